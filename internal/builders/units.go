package builders

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// Unit is a service of systemd as one file defines it, with the scripts that it runs.
type Unit struct {
	// Name is its name as it is written, User tells that it is one of systemd.user.
	Name string
	User bool
	// Scripts are the texts of script, preStart and their kin, and those of the programs that Exec… names.
	Scripts []UnitScript
	// Paths are the values of its path.
	Paths []ast.Node
	// OwnPath is set where it sets PATH itself, or where a part of it is not seen.
	OwnPath bool
	// Whole is set where the file defines what the unit runs.
	Whole bool
}

// UnitScript is one script of a unit.
type UnitScript struct {
	Script
	// Inputs are the programs of a writeShellApplication, or invalid.
	Inputs ast.Node
}

// unitScripts are the options of a service that are shell (NixOS, nixos/lib/systemd-unit-options.nix).
var unitScripts = []string{"script", "preStart", "postStart", "preStop", "postStop", "reload"}

// unitPrograms are the settings that name a program.
var unitPrograms = []string{"ExecStart", "ExecStartPre", "ExecStartPost", "ExecStop", "ExecStopPost", "ExecReload"}

// Units returns the services that the file defines, in the order of their first definition.
func (r *Reader) Units() []*Unit {
	var units []*Unit
	byName := map[string]*Unit{}
	tree := r.Names.Tree()
	for i, rec := range tree.Records() {
		n := tree.Node(ast.NodeID(i))
		if rec.Kind != ast.Binding && rec.Kind != ast.Inherit {
			continue
		}
		b, isBinding := ast.AsBinding(n)
		last := ""
		if isBinding {
			last = b.Attrpath().LastName()
		} else if last = inheritsPath(n); last == "" {
			continue
		}
		if !slices.Contains(unitScripts, last) && !slices.Contains(unitPrograms, last) && last != "path" && last != "PATH" && last != "Environment" && last != "environment" {
			continue
		}
		path, _ := PathFrom(n)
		if !isBinding {
			path = append(path, last)
		}
		at := slices.Index(path, "systemd")
		if at < 0 {
			continue
		}
		rest := path[at+1:]
		user := len(rest) > 0 && rest[0] == "user"
		if user {
			rest = rest[1:]
		}
		if len(rest) < 3 || rest[0] != "services" || slices.Contains(path[:at], "initrd") { // the initrd has another PATH
			continue
		}
		key := strings.Join(path[:at], ".") + "|" + rest[1]
		if user {
			key += "|user"
		}
		u := byName[key]
		if u == nil {
			u = &Unit{Name: rest[1], User: user}
			byName[key], units = u, append(units, u)
		}
		if !isBinding {
			u.OwnPath = true
			continue
		}
		r.define(u, rest[2:], b)
	}
	return units
}

// inheritsPath returns the name of an inherited part of a unit that may have its path, or "".
func inheritsPath(inherit ast.Node) string {
	for name := range (ast.InheritNode{Node: inherit}).Names() {
		switch text, _ := ast.AttrName(name); text {
		case "path", "environment", "serviceConfig":
			return "path"
		}
	}
	return ""
}

// mergedWithOthers reports whether the set of a unit in which a binding stands is put together with something that is no set of
// the file: by //, or in mkMerge.
func (r *Reader) mergedWithOthers(b ast.BindingNode) bool {
	if _, single := b.Attrpath().Single(); !single {
		return false // the set around is one of units
	}
	isSet := func(n ast.Node) bool {
		n = r.Follow(property(n))
		if fn, args := ast.Call(n); len(args) == 2 && ast.LastName(fn) == "optionalAttrs" {
			n = args[1].Unparen()
		}
		return n.Is(ast.AttrSet)
	}
	n := b.Parent()
	for range maxAround {
		up := n.Parent()
		switch up.Form() {
		case ast.Binary:
			if !isSet(up.Child(1)) && up.Child(1) != n || !isSet(up.FirstChild()) && up.FirstChild() != n {
				return true
			}
		case ast.List:
			for e := range up.Children() {
				if e != n && !isSet(e) {
					return true
				}
			}
		case ast.Apply, ast.Paren, ast.Let, ast.With, ast.Assert:
		default:
			return false
		}
		n = up
	}
	return true
}

// define notes a definition of a part of a unit.
func (r *Reader) define(u *Unit, option []string, b ast.BindingNode) {
	name := option[len(option)-1]
	switch {
	case len(option) == 1 && name == "path":
		u.Paths = append(u.Paths, b.Value())
	case name == "PATH", name == "Environment" && strings.Contains(b.Value().Text(), "PATH"), name == "environment" && !b.Value().Unparen().Is(ast.AttrSet):
		u.OwnPath = true
	case len(option) == 1 && slices.Contains(unitScripts, name):
		u.OwnPath = u.OwnPath || r.mergedWithOthers(b)
		// mkBefore and mkAfter add to what somebody else defines.
		fn, _ := ast.Call(b.Value())
		u.Whole = u.Whole || name == "script" && ast.LastName(fn) != "mkAfter" && ast.LastName(fn) != "mkBefore"
		u.Scripts = append(u.Scripts, UnitScript{Script: Script{Attr: name, Expr: property(b.Value())}})
	case len(option) == 2 && option[0] == "serviceConfig" && slices.Contains(unitPrograms, name):
		u.Whole = u.Whole || name == "ExecStart"
		u.OwnPath = u.OwnPath || r.mergedWithOthers(b)
		if s, ok := r.program(b.Value()); ok {
			s.Attr = name
			u.Scripts = append(u.Scripts, s)
		}
	}
}

// program returns the script that makes the program of a command: writeShellScript, "${…}", "${app}/bin/app", lib.getExe app.
func (r *Reader) program(n ast.Node) (s UnitScript, ok bool) {
	n = r.Follow(property(n))
	if n.Is(ast.String) && n.FirstChild().IsValid() && n.FirstChild().Start() == n.Start()+1 {
		n = r.Follow(n.FirstChild().FirstChild())
	}
	c, ok := r.call(n)
	if ok && len(c.args) == 1 && c.name == "getExe" {
		c, ok = r.call(r.Follow(c.args[0]))
	}
	if !ok {
		return s, false
	}
	switch c.name {
	case "writeShellScript", "writeShellScriptBin", "writeScript", "writeScriptBin":
		if len(c.args) == 2 {
			s.Expr = c.args[1]
			return s, true
		}
	case "writeShellApplication":
		app, ok := r.application(c)
		s.Expr, s.Inputs = app.Text, app.Inputs
		return s, ok && !app.Open
	}
	return s, false
}

// Application is a call of writeShellApplication.
type Application struct {
	// Text is the script, Inputs the programs in its PATH, or invalid.
	Text, Inputs ast.Node
	// Alone is set where it has no other PATH.
	Alone bool
	// Open is set where it is not known what else it is given.
	Open bool
}

// Application returns what a call gives writeShellApplication; ok is false for other calls.
func (r *Reader) Application(n ast.Node) (a Application, ok bool) {
	c, ok := r.call(n)
	if !ok || c.name != "writeShellApplication" || len(c.args) != 1 {
		return a, false
	}
	return r.application(c)
}

func (r *Reader) application(c called) (a Application, ok bool) {
	set := r.Follow(c.args[0])
	if !set.Is(ast.AttrSet) {
		return a, false
	}
	for part := range set.Children() {
		if in, inherited := ast.AsInherit(part); inherited {
			for name := range in.Names() {
				a.Open = a.Open || slices.Contains([]string{"runtimeInputs", "text", "runtimeEnv"}, name.Text())
			}
			continue
		}
		b, isBinding := ast.AsBinding(part)
		if !isBinding {
			a.Open = true
			continue
		}
		switch b.Attrpath().FirstName() {
		case "text":
			a.Text = b.Value()
		case "runtimeInputs":
			a.Inputs = b.Value()
		case "inheritPath":
			a.Alone = r.Names.IsGlobal(b.Value().Unparen(), "false")
		case "runtimeEnv":
			a.Open = a.Open || strings.Contains(b.Value().Text(), "PATH")
		}
	}
	return a, a.Text.IsValid()
}

// isProperty reports whether a function of nixpkgs' lib gives an option the value that is its last argument.
func isProperty(name string) bool {
	switch name {
	case "mkIf", "mkMerge", "mkForce", "mkDefault", "mkOverride", "mkBefore", "mkAfter", "mkOrder", "mkOptionDefault", "mkVMOverride", "mkImageMediaOverride":
		return true
	}
	return false
}

// property returns what mkIf, mkForce and their kin give an option.
func property(n ast.Node) ast.Node {
	for range maxFollow {
		n = n.Unparen()
		fn, args := ast.Call(n)
		if len(args) == 0 || !isProperty(ast.LastName(fn)) {
			return n
		}
		n = args[len(args)-1]
	}
	return n
}

// maxAround bounds the nodes around a binding that its path is taken from.
const maxAround = 64

// PathOf returns the attributes that lead to a binding from the outermost set around, through mkIf, mkMerge, // and lists of them.
// A dynamic attribute is as it is written.
func PathOf(b ast.BindingNode) []string {
	path, _ := PathFrom(b.Node)
	return path
}

// PathFrom is PathOf for any expression in a set, or one of its attributes. top is the outermost node that the path leads from: the set, or
// the binding of a let.
func PathFrom(n ast.Node) (path []string, top ast.Node) {
	defer func() { slices.Reverse(path) }() // it is gathered from the innermost one outward
	for range maxAround {
		if binding, ok := ast.AsBinding(n); ok {
			for _, part := range slices.Backward(binding.Attrpath().Parts()) {
				name, static := ast.AttrName(part)
				if !static {
					name = part.Text()
				}
				path = append(path, name)
			}
		}
		up := n.Parent()
		switch up.Form() {
		case ast.AttrSet, ast.Binding, ast.List, ast.Paren:
		case ast.Let, ast.With, ast.Assert:
			if up.FirstChild() == n {
				return path, n
			}
		case ast.Binary:
			if up.Op() != ast.OpUpdate {
				return path, n
			}
		case ast.Apply:
			fn, _ := ast.Call(up)
			if !isProperty(ast.LastName(fn)) && ast.LastName(fn) != "optionalAttrs" || (ast.ApplyExpr{Node: up}).Arg() != n {
				return path, n
			}
		default:
			return path, n
		}
		n = up
	}
	return path, n
}

// Packages returns the names of the packages in a list: pkgs.jq, with pkgs; [ jq ], names of the file for these. open is set where
// there may be others.
func (r *Reader) Packages(n ast.Node) (names []string, open bool) {
	todo := []ast.Node{n}
	for steps := 0; len(todo) > 0; steps++ {
		if steps > 1<<10 {
			return names, true
		}
		n := r.Follow(property(todo[len(todo)-1]))
		todo = todo[:len(todo)-1]
		switch n.Form() {
		case ast.List:
			for e := range n.Children() {
				name, ok := r.packageOf(e)
				if !ok {
					open = true
					continue
				}
				names = append(names, name)
			}
		case ast.With, ast.Let, ast.Assert:
			todo = append(todo, n.Child(1))
		case ast.Binary:
			if n.Op() != ast.OpConcat {
				open = true
				continue
			}
			todo = append(todo, n.Child(1), n.FirstChild())
		case ast.If:
			todo = append(todo, n.Child(1), n.Child(2))
		case ast.Apply:
			fn, args := ast.Call(n)
			switch name := ast.LastName(fn); {
			case name == "optionals" && len(args) == 2:
				todo = append(todo, args[1])
			case name == "optional" && len(args) == 2:
				if name, ok := r.packageOf(args[1]); ok {
					names = append(names, name)
				} else {
					open = true
				}
			default:
				open = true
			}
		default:
			open = true
		}
	}
	return names, open
}

// outputs are the outputs of packages that are selected by name.
var outputs = []string{"out", "bin", "dev", "lib", "man"}

// packageOf returns the name of a package: that of the set of packages, or of the program that a script is made.
func (r *Reader) packageOf(n ast.Node) (name string, ok bool) {
	n = r.Follow(n)
	switch n.Form() {
	case ast.Ident:
		return n.Text(), true
	case ast.Select:
		s := ast.SelectExpr{Node: n}
		names, static := s.Attrpath().Static()
		if !static {
			return "", false
		}
		for len(names) > 1 && slices.Contains(outputs, names[len(names)-1]) {
			names = names[:len(names)-1]
		}
		if last := names[len(names)-1]; last == "package" || last == "finalPackage" {
			if len(names) < 2 {
				return "", false
			}
			return names[len(names)-2], true
		}
		first := ast.LastName(s.Operand())
		if first == "cfg" || first == "config" || first == "inputs" || first == "self" {
			return "", false
		}
		return names[len(names)-1], true
	case ast.Apply:
		c, isCall := r.call(n)
		if !isCall || len(c.args) == 0 {
			return "", false
		}
		switch c.name {
		case "writeShellScriptBin", "writeScriptBin":
			return ast.StringValue(c.args[0].Unparen())
		case "writeShellApplication":
			if b, has := ast.Attr(c.args[0], "name"); has {
				return ast.StringValue(b.Value().Unparen())
			}
		case "override", "overrideAttrs", "withPackages", "withPlugins":
			if c.holder.IsValid() {
				if path := c.holder.NextSibling(); path.NumChildren() > 1 {
					return ast.AttrName(path.Child(path.NumChildren() - 2))
				}
				return r.packageOf(c.holder)
			}
		}
	}
	return "", false
}

// Programs returns the texts of the scripts in a list of packages that have no list of programs themselves.
func (r *Reader) Programs(list ast.Node) (texts []ast.Node) {
	todo := []ast.Node{list}
	for steps := 0; len(todo) > 0 && steps < 1<<10; steps++ {
		n := r.Follow(property(todo[len(todo)-1]))
		todo = todo[:len(todo)-1]
		switch n.Kind() {
		case ast.List:
			for e := range n.Children() {
				if c, ok := r.call(r.Follow(e)); ok && (c.name == "writeShellScriptBin" || c.name == "writeScriptBin") && len(c.args) == 2 {
					texts = append(texts, c.args[1])
				}
			}
		case ast.With, ast.Let, ast.Assert:
			todo = append(todo, n.Child(1))
		case ast.Binary:
			if n.Op() == ast.OpConcat {
				todo = append(todo, n.Child(1), n.FirstChild())
			}
		}
	}
	return texts
}
