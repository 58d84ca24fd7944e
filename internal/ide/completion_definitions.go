package ide

import (
	"path/filepath"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/module"
)

// defining proposes names for a definition or a formal, if the cursor is where one begins.
func (p *proposals) defining(tok ast.Token) bool {
	n := p.tree.NodeAt(tok.Span())
	switch tok.Kind() {
	case ast.TokLBrace, ast.TokComma:
		if n.Is(ast.Pattern) {
			if begun := n.LastToken().NextSignificant().Kind(); n.Parent().HasError() && begun != ast.TokColon && begun != ast.TokAt {
				p.definitionNames(n.Parent(), nil) // a set without the first =
			} else {
				p.formals(n)
			}
			return true
		}
		if tok.Kind() == ast.TokComma {
			return false
		}
	case ast.TokSemi:
		if !n.Is(ast.Binding) && !n.Is(ast.Inherit) && !n.Is(ast.Error) {
			return false
		}
		n = n.Parent()
	case ast.TokLet:
	default:
		return false
	}
	p.add(Item{Label: "inherit", Kind: ItemKeyword, Snippet: keywordSnippets["inherit"], rank: 5})
	if n.Is(ast.AttrSet) {
		p.definitionNames(n, nil)
	}
	return n.Is(ast.AttrSet) || n.Is(ast.Bindings) || n.Is(ast.Let) || n.Is(ast.LegacyLet)
}

// moduleArguments are what module systems pass to every module.
var moduleArguments = []string{"config", "lib", "options", "pkgs", "modulesPath"}

// formals proposes arguments for a function: inputs for the outputs of a flake, else what modules get.
func (p *proposals) formals(pattern ast.Node) {
	has := func(name string) bool {
		_, ok := (ast.PatternNode{Node: pattern}).Formal(name)
		return ok
	}
	if dir := p.FlakeDir(); dir != "" && p.path == filepath.Join(dir, "flake.nix") {
		p.inputNames()
		p.add(Item{Label: "self", Kind: ItemInput, Detail: "this flake"})
		return
	}
	if up := pattern.Parent().Parent(); up.Is(ast.File) || up.Is(ast.Paren) || up.Is(ast.List) {
		for _, name := range moduleArguments {
			if !has(name) {
				p.add(Item{Label: name, Kind: ItemVariable, Detail: "an argument of modules"})
			}
		}
		if p.modules().Module == nil {
			return
		}
		for _, name := range p.ModuleArgNames() {
			if !has(name) {
				p.add(Item{Label: name, Kind: ItemVariable, Detail: "what the project passes to modules", rank: 1})
			}
		}
	}
}

// through are functions that give definitions on as they are.
var through = map[string]bool{
	"mkIf": true, "mkMerge": true, "mkForce": true, "mkDefault": true, "mkOverride": true, "mkOrder": true, "mkBefore": true, "mkAfter": true,
	"mkVMOverride": true, "optionalAttrs": true, "recursiveUpdate": true, "optional": true, "optionals": true,
}

// definitionPath returns the names under which the attributes of a set stand in the value of the file, or of a module in it; ok is
// false where the set is something else.
func definitionPath(set ast.Node) (path []string, ok bool) {
	n := set
	for range 1000 {
		n = n.OutsideParens()
		up := n.Parent()
		switch up.Kind() {
		case ast.Binding:
			names := (ast.BindingNode{Node: up}).Attrpath().Names()
			if last := names[len(names)-1]; modsys.IsList(last) || modsys.IsExportOfOne(last) || len(names) > 1 && modsys.IsExport(names[len(names)-2]) {
				return path, true
			}
			path = append(names, path...)
			if n = up.Parent(); !n.Is(ast.AttrSet) {
				return nil, false
			}
			continue
		case ast.Apply:
			if fn, _ := ast.Call(up); n == up.FirstChild() || !through[ast.LastName(fn)] {
				return nil, false
			}
			for up.Parent().Is(ast.Apply) && up.Parent().FirstChild() == up {
				up = up.Parent()
			}
		case ast.List:
		case ast.Binary:
			if up.Op() != ast.OpUpdate && up.Op() != ast.OpConcat {
				return nil, false
			}
		case ast.Let, ast.With, ast.Assert, ast.If:
			if up.FirstChild() == n {
				return nil, false
			}
		case ast.Lambda:
		case ast.File:
			return path, true
		default:
			return nil, false
		}
		n = up
	}
	return nil, false
}

// definitionNames proposes names for attributes of a set, behind some names of an attribute path.
func (p *proposals) definitionNames(set ast.Node, prefix []string) {
	from := len(p.items)
	p.gatherNames(set, prefix)
	p.define(from)
}

func (p *proposals) gatherNames(set ast.Node, prefix []string) {
	if len(prefix) == 0 {
		if f := p.calledWith(set); f != nil {
			for _, formal := range f.Formals {
				if _, there := ast.Attr(set, formal.Name); there {
					continue
				}
				i := Item{Label: formal.Name, Kind: ItemVariable, Detail: "an argument"}
				if formal.Optional {
					i.Detail, i.rank = "an argument with a default", 1
				}
				p.attr(i)
			}
			return
		}
		if p.documentedArgs(set) {
			return
		}
	}
	if p.derivationNames(set, prefix) {
		return
	}
	path, ok := definitionPath(set)
	if !ok {
		return
	}
	path = append(path[:len(path):len(path)], prefix...)
	if dir := p.FlakeDir(); dir != "" && p.path == filepath.Join(dir, "flake.nix") {
		p.flakeSchema(path)
	}
	if len(path) > 0 && path[0] == "options" {
		return
	}
	if len(path) == 0 && p.modules().Module != nil {
		for _, name := range []string{"imports", "options", "config"} {
			p.add(Item{Label: name, Kind: ItemModule, Detail: "a part of a module", rank: 1})
		}
	}
	if len(path) > 0 && path[0] == "config" {
		path = path[1:]
	}
	p.options(path)
}

// outputNames are outputs that Nix and its users give a meaning.
var outputNames = []string{
	"packages", "legacyPackages", "devShells", "apps", "checks", "formatter", "overlays", "nixosModules", "nixosConfigurations", "lib", "templates",
	"hydraJobs", "bundlers", "darwinModules", "darwinConfigurations", "homeModules", "homeConfigurations",
}

// perSystem are the outputs that have an attribute for each system.
var perSystem = map[string]bool{"packages": true, "legacyPackages": true, "devShells": true, "apps": true, "checks": true, "formatter": true, "bundlers": true}

var systemNames = []string{"x86_64-linux", "aarch64-linux", "x86_64-darwin", "aarch64-darwin"}

func (p *proposals) systems() {
	for _, name := range systemNames {
		p.add(Item{Label: name, Kind: ItemValue, Detail: "a system"})
	}
}

// inputAttributes are what the declaration of an input may have.
var inputAttributes = []Item{
	{Label: "url", Detail: "the reference of the flake"}, {Label: "inputs", Detail: "what its own inputs are"},
	{Label: "follows", Detail: "another input that it is"}, {Label: "flake", Detail: "false for a source without flake.nix"},
	{Label: "type", Detail: "the type of the reference", rank: 1}, {Label: "owner", rank: 1}, {Label: "repo", rank: 1}, {Label: "ref", rank: 1},
	{Label: "rev", rank: 1}, {Label: "dir", rank: 1},
}

// flakeSchema proposes what may stand at a path of flake.nix.
func (p *proposals) flakeSchema(path []string) {
	names := func(detail string, list ...string) {
		for _, name := range list {
			p.add(Item{Label: name, Kind: ItemAttribute, Detail: detail, value: flakeValues[name]})
		}
	}
	switch {
	case len(path) == 0:
		names("of a flake", "description", "inputs", "outputs", "nixConfig")
	case path[0] == "inputs":
		p.inputSchema(path[1:])
	case path[0] == "nixConfig" && len(path) == 1:
		names("a setting of Nix", "extra-substituters", "extra-trusted-public-keys", "extra-experimental-features", "bash-prompt", "allow-import-from-derivation")
	case path[0] == "outputs" && len(path) == 1:
		names("an output", outputNames...)
	case path[0] == "outputs" && len(path) == 2 && perSystem[path[1]]:
		p.systems()
	}
}

// inputSchema proposes what may stand at a path below the inputs of a flake.
func (p *proposals) inputSchema(path []string) {
	switch {
	case len(path)%2 == 1 && (len(path) == 1 || path[len(path)-2] == "inputs"):
		for _, i := range inputAttributes {
			i.Kind, i.value = ItemAttribute, flakeValues[i.Label]
			p.add(i)
		}
	case len(path) == 2 && path[1] == "inputs":
		f := p.Flake()
		in := f.Nix.Input(path[0])
		if in == nil {
			return
		}
		if own, ok := f.InputsOf(in); ok {
			for _, o := range own {
				p.attr(Item{Label: o.Name, Kind: ItemInput, Detail: "an input of " + path[0]})
			}
		}
	}
}

// flakeSchemes begin references of flakes (Nix manual, flake references).
var flakeSchemes = []string{"github:", "gitlab:", "sourcehut:", "git+https://", "git+ssh://", "git+file://", "path:", "https://", "flake:", "tarball+https://"}

// inFlakeInputs reports whether a binding is about an input of the flake.nix that the file is.
func (p *proposals) inFlakeInputs(b ast.BindingNode) bool {
	dir := p.FlakeDir()
	if dir == "" || p.path != filepath.Join(dir, "flake.nix") {
		return false
	}
	path, ok := definitionPath(b.Parent())
	path = append(path, b.Attrpath().Names()...)
	return ok && len(path) > 2 && path[0] == "inputs"
}

// inString proposes what a string may be: what an input follows, the name of a system, the path behind a folder.
func (p *proposals) inString(n ast.Node) {
	if p.behindFolder(n) {
		return
	}
	p.start = n.Start() + 1
	b, ok := ast.AsBinding(n.Parent())
	t, isOption := module.Type{}, false
	if ok && n.Is(ast.String) {
		t, isOption = p.optionTypeOf(b)
	}
	switch {
	case !n.Is(ast.String):
	case isOption && t.Name == "enum":
		for _, v := range t.Values {
			if v.Exact && v.Kinds == eval.String {
				p.add(Item{Label: v.Literal, Kind: ItemValue, Detail: "a value of the option"})
			}
		}
	case ok && b.Attrpath().LastName() == "follows":
		if dir := p.FlakeDir(); dir != "" && p.path == filepath.Join(dir, "flake.nix") {
			p.inputNames()
		}
	case ok && b.Attrpath().LastName() == "url" && p.inFlakeInputs(b):
		for _, scheme := range flakeSchemes {
			p.add(Item{Label: scheme, Kind: ItemValue, Detail: "a kind of reference"})
		}
	case ok && (b.Attrpath().LastName() == "system" || b.Attrpath().LastName() == "hostPlatform"), inSystems(n):
		p.systems()
	}
	if p.start > p.offset || slices.ContainsFunc(p.items, func(i Item) bool { return i.Text != "" }) {
		for i := range p.items {
			p.items[i].Text = ""
		}
	}
}

// inSystems reports whether a string is one of a list of systems.
func inSystems(n ast.Node) bool {
	if !n.Parent().Is(ast.List) {
		return false
	}
	b, ok := ast.AsBinding(n.Parent().OutsideParens().Parent())
	return ok && (b.Attrpath().LastName() == "systems" || b.Attrpath().LastName() == "supportedSystems")
}
