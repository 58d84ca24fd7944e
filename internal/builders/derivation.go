package builders

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
)

// Derivation is a call that makes a derivation, or changes one.
type Derivation struct {
	// Call is the whole application, Builder the name of the function: mkDerivation, runCommand, overrideAttrs.
	Call    ast.Node
	Builder string
	// Attrs are the attributes, as an expression: a set, a function to one, an update; invalid where none are given.
	Attrs ast.Node
	// Base is the derivation that is changed, for overrideAttrs and its kin: an expression, or a selection whose last name is that
	// of the function.
	Base ast.Node
	// Scripts are what the builder runs.
	Scripts []Script

	wrapper ast.Node // the function of the file through which the attributes go
	fn      ast.Node
}

// Script is one text that a builder runs.
type Script struct {
	// Attr is the attribute that holds it, "" for the argument of runCommand.
	Attr string
	// Expr is the expression that makes it.
	Expr ast.Node
	// Path is set where it is a file: its absolute path.
	Path string
}

// Derivation returns the derivation that a call makes. ok is false for other expressions, and for what a builder does not run as
// shell.
func (r *Reader) Derivation(n ast.Node) (d Derivation, ok bool) {
	at := n.OutsideParens()
	if up, isCall := ast.AsApply(at.Parent()); isCall && up.Func() == at {
		return d, false // the call is not complete
	}
	if !n.IsCall() || !r.mayBuild(n) {
		return d, false
	}
	fn, _ := ast.Call(n)
	c, ok := r.call(n)
	if !ok {
		return d, false
	}
	d = Derivation{Call: n, Builder: c.name, fn: fn}
	last := c.args[len(c.args)-1]
	switch {
	case c.own.IsValid():
		return r.wrapped(d, c)
	case isRunCommand(c.name):
		if len(c.args) != 3 {
			return d, false
		}
		d.Attrs = c.args[1]
		d.add("", last, r)
		d.phases(r, d.Attrs)
	case c.name == "runCommandWith":
		if len(c.args) != 2 {
			return d, false
		}
		d.Attrs = c.args[0]
		d.add("", last, r)
		if set := tail(d.Attrs); set.Is(ast.AttrSet) {
			if b, has := ast.Attr(set, "derivationArgs"); has {
				d.Attrs = b.Value()
			}
		}
	case c.name == "overrideAttrs" || c.name == "overridePythonAttrs":
		if len(c.args) != 1 || !c.holder.IsValid() {
			return d, false
		}
		d.Base, d.Attrs = c.holder.Unparen(), last
		if path := c.holder.NextSibling(); path.NumChildren() > 1 { // pkgs.hello.overrideAttrs
			d.Base = c.holder.Parent()
		}
		d.phases(r, last)
	case c.name == "overrideDerivation":
		if len(c.args) != 2 {
			return d, false
		}
		d.Base, d.Attrs = c.args[0], last
		d.phases(r, last)
	case isSetBuilder(c.name):
		d.Attrs = last
		d.phases(r, last)
	default:
		return d, false
	}
	return d, true
}

// wrapped returns the derivation that a function of the file makes of the attributes that a call passes.
func (r *Reader) wrapped(d Derivation, c called) (Derivation, bool) {
	last := c.args[len(c.args)-1]
	set := tail(last)
	if !set.Is(ast.AttrSet) {
		return d, false
	}
	inner, ok := r.call(tail(c.own))
	if !ok || !isSetBuilder(inner.name) {
		return d, false
	}
	d.Builder = inner.name
	if d.phases(r, last); len(d.Scripts) == 0 {
		return d, false
	}
	// The attributes go on as a whole: args, args // { … }, { … } // args.
	passed := false
	for _, u := range r.usesOfParam(c.own) {
		for up := u.Node.OutsideParens(); ; up = up.Parent().OutsideParens() {
			if call, isCall := ast.AsApply(up.Parent()); isCall && call.Arg() == up {
				passed = passed || call.Node == tail(c.own)
				break
			}
			if bin, isBinary := ast.AsBinary(up.Parent()); !isBinary || bin.Op() != ast.OpUpdate {
				break
			}
		}
	}
	if !passed {
		return d, false
	}
	d.Attrs, d.wrapper = last, c.own
	return d, true
}

// usesOfParam returns the uses of what a function takes as a whole.
func (r *Reader) usesOfParam(fn ast.Node) (uses []sema.Use) {
	l := ast.LambdaExpr{Node: fn}
	scope, ok := r.Names.ScopeOf(fn)
	if !ok {
		return nil
	}
	pattern, isPattern := l.Pattern()
	s := r.Names.Scope(scope)
	for id := s.First; id <= s.Last; id++ {
		if isPattern && r.Names.Binding(id).Node != pattern.At() {
			continue
		}
		for u := range r.Names.UsesOf(id) {
			uses = append(uses, u)
		}
	}
	return uses
}

// add notes a script: a text, a file, or a file that holds a text.
func (d *Derivation) add(attr string, n ast.Node, r *Reader) {
	to := r.Follow(n)
	if text, ok := r.written(to); ok {
		n = text
	}
	if path, ok := r.file(n); ok {
		d.Scripts = append(d.Scripts, Script{Attr: attr, Expr: n, Path: path})
		return
	}
	d.Scripts = append(d.Scripts, Script{Attr: attr, Expr: n})
}

// written returns the text of a call that writes one to a file: builtins.toFile "x" ”…”, pkgs.writeScript "x" ”…”.
func (r *Reader) written(n ast.Node) (text ast.Node, ok bool) {
	if only, single := lone(n); single {
		n = only
	}
	c, ok := r.call(n)
	if !ok || len(c.args) != 2 {
		return text, false
	}
	switch c.name {
	case "toFile", "writeText", "writeScript", "writeShellScript":
		return c.args[1], true
	}
	return text, false
}

// lone returns the expression that a string consists of: "${x}".
func lone(n ast.Node) (ast.Node, bool) {
	n = n.Unparen()
	only := n.FirstChild()
	if !n.Is(ast.String) || !only.Is(ast.Interpolation) || only.Start() != n.Start()+1 || only.End()+1 != n.End() {
		return ast.Node{}, false
	}
	return only.FirstChild().Unparen(), true
}

// file returns the absolute path of the file that an expression is, or reads: ./x.sh, "${./x.sh}", builtins.readFile ./x.sh,
// lib.fileContents ./x.sh.
func (r *Reader) file(n ast.Node) (path string, ok bool) {
	n = r.Follow(n)
	if only, single := lone(n); single {
		n = r.Follow(only)
	}
	if c, isCall := r.call(n); isCall && len(c.args) == 1 && (c.name == "readFile" || c.name == "fileContents") {
		n = r.Follow(c.args[0])
	}
	return project.Resolve(r.Path, n)
}

// maxSets bounds the literals that the attributes of one derivation consist of.
const maxSets = 32

// sets returns the set literals that attributes consist of: operands of //, results of functions, arms of conditions.
func (r *Reader) sets(n ast.Node) (sets []ast.Node) {
	todo := []ast.Node{n}
	for steps := 0; len(todo) > 0 && steps < 4*maxSets && len(sets) < maxSets; steps++ {
		n := tail(r.Follow(todo[len(todo)-1]))
		todo = todo[:len(todo)-1]
		switch n.Form() {
		case ast.AttrSet:
			sets = append(sets, n)
		case ast.Ident:
			if to := r.Follow(n); to != n {
				todo = append(todo, to)
			}
		case ast.Binary:
			if n.Op() == ast.OpUpdate {
				todo = append(todo, n.Child(1), n.FirstChild())
			}
		case ast.If:
			todo = append(todo, n.Child(2), n.Child(1))
		case ast.Apply:
			if fn, args := ast.Call(n); len(args) == 2 && ast.LastName(fn) == "optionalAttrs" {
				todo = append(todo, args[1])
			}
		}
	}
	return sets
}

// phases notes the scripts in the attributes of a derivation.
func (d *Derivation) phases(r *Reader, attrs ast.Node) {
	seen := map[string]bool{}
	for _, set := range r.sets(attrs) {
		for c := range set.Children() {
			if in, ok := ast.AsInherit(c); ok && !in.From().IsValid() {
				for name := range in.Names() {
					if b := r.Names.Resolve(name); b != nil && isPhase(b.Name, d.Builder) && !seen[b.Name] && b.Kind == sema.LetBinding && b.Value.IsValid() {
						seen[b.Name] = true
						d.add(b.Name, b.Value, r)
					}
				}
				continue
			}
			b, ok := ast.AsBinding(c)
			if !ok {
				continue
			}
			part, single := b.Attrpath().Single()
			name, static := ast.AttrName(part)
			if !single || !static || seen[name] {
				continue
			}
			switch {
			case name == "args":
				seen[name] = true
				d.arguments(r, b.Value())
			case name == "builder":
				if _, isFile := r.file(b.Value()); isFile {
					seen[name] = true
					d.add(name, b.Value(), r)
				} else if _, isText := r.written(r.Follow(b.Value())); isText {
					seen[name] = true
					d.add(name, b.Value(), r)
				}
			case isPhase(name, d.Builder):
				seen[name] = true
				d.add(name, b.Value(), r)
			}
		}
	}
}

// isPhase reports whether an attribute of a derivation is shell that its builder runs.
func isPhase(name, builder string) bool {
	switch name {
	case "buildCommand":
		return true
	case "extraCommands", "runAsRoot", "fakeRootCommands":
		return strings.HasSuffix(builder, "Image") || strings.HasSuffix(builder, "ImageWithNixDb")
	}
	if builder == "derivation" || builder == "derivationStrict" {
		return false
	}
	if strings.HasSuffix(name, "Phase") {
		return true
	}
	for _, when := range []string{"pre", "post"} {
		rest, ok := strings.CutPrefix(name, when)
		if ok && rest != "" && rest[0] >= 'A' && rest[0] <= 'Z' && rest != "Fetch" {
			return true
		}
	}
	return false
}

// Variables returns the attributes of a derivation that are strings without interpolation: its builder has them in its environment.
func (r *Reader) Variables(d *Derivation) map[string]string {
	all := map[string]string{}
	if !d.Attrs.IsValid() {
		return all
	}
	for _, set := range r.sets(d.Attrs) {
		for c := range set.Children() {
			b, ok := ast.AsBinding(c)
			if !ok {
				continue
			}
			part, single := b.Attrpath().Single()
			name, static := ast.AttrName(part)
			text, isText := ast.StringValue(r.Follow(b.Value()))
			if _, have := all[name]; single && static && isText && !have {
				all[name] = text
			}
		}
	}
	return all
}

// arguments notes what the arguments of a builder run: [ "-c" "…" ], [ "-e" ./builder.sh ].
func (d *Derivation) arguments(r *Reader, list ast.Node) {
	list = r.Follow(list)
	if !list.Is(ast.List) {
		return
	}
	command := false
	for e := range list.Children() {
		if text, ok := ast.StringValue(e.Unparen()); ok && strings.HasPrefix(text, "-") {
			command = command || !strings.HasPrefix(text, "--") && strings.Contains(text, "c")
			continue
		}
		_, isFile := r.file(e)
		_, isText := r.written(r.Follow(e))
		if command || isFile || isText {
			d.add("args", e, r)
		}
		return
	}
}

// Runs reports whether the builder runs a phase: not where an attribute switches it off, nor a check that nothing switches on.
func (r *Reader) Runs(d *Derivation, attr string) bool {
	phase := strings.TrimSuffix(attr, "Phase")
	for _, when := range []string{"pre", "post"} {
		if rest, ok := strings.CutPrefix(phase, when); ok && rest != "" {
			phase = strings.ToLower(rest[:1]) + rest[1:]
		}
	}
	switch phase {
	case "check", "installCheck":
		does := "do" + strings.ToUpper(phase[:1]) + phase[1:]
		switch r.Flag(d, does) {
		case Yes:
			return true
		case Maybe:
			return d.Base.IsValid() || d.wrapper.IsValid()
		}
		_, has, _ := r.Value(tail(d.Attrs)).Lookup(does)
		return has == eval.Absent && d.Builder != "mkDerivation" && !isRunCommand(d.Builder) && phase == "check" && !d.Base.IsValid()
	case "dist":
		return r.Flag(d, "doDist") == Yes
	case "unpack", "patch", "configure", "build", "install", "fixup":
		return r.Flag(d, "dont"+strings.ToUpper(phase[:1])+phase[1:]) != Yes
	}
	return true
}

// Flag tells whether an attribute of a derivation is set, and neither false nor null.
func (r *Reader) Flag(d *Derivation, name string) Verdict {
	if !d.Attrs.IsValid() {
		return No
	}
	p, has, whole := r.Value(tail(d.Attrs)).Lookup(name)
	if has == eval.Absent {
		return No
	}
	if !p.IsValid() {
		return Maybe
	}
	v := r.Part(p)
	b, isBool := v.Bool()
	switch {
	case !whole:
		return Maybe
	case v.Kinds() == eval.Null, isBool && !b:
		return No
	case has == eval.Present && (isBool || v.Kinds()&(eval.Bool|eval.Null) == 0):
		return Yes
	}
	return Maybe
}
