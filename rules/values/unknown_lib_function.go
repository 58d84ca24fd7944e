package values

import (
	"cmp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unknown-lib-function", Family: family, Since: "0.1.0",
	Summary: "A name is taken of nixpkgs' `lib` that it has not, and never had",
	Doc: "`lib.concatString` fails with \"attribute 'concatString' missing\" as soon as it is evaluated. The rule knows the names of\n" +
		"`lib` and of its parts such as `lib.strings`, and the names that earlier releases had: of what is gone by now,\n" +
		"`deprecated-lib-alias` tells.\n" +
		"\n" +
		"It is a warning where `flake.lock` pins nixpkgs, and information without: a newer nixpkgs may have the name. A name that\n" +
		"resembles none of `lib` is reported only where nixpkgs is pinned and it is not taken apart further, as in `lib.hm.dag`.\n" +
		"Of data, `lib.licenses`, `lib.platforms` and `lib.sourceTypes`, only names are reported that are nearly one of it, and not by\n" +
		"a number alone, as information: other releases have other ones.\n" +
		"\n" +
		"Left alone are names that the file asks for, as in `lib ? name` and `lib.name or other`. In a project that extends\n" +
		"`lib`, or gives its files another set under that name, nothing is reported but names that only a part of nixpkgs' `lib`\n" +
		"has and the project defines nowhere: `lib.toPretty` for `lib.generators.toPretty`. In tests and examples it is a hint.\n" +
		"\n" +
		"The fix puts the name that was probably meant, or the part of `lib` that has it before it.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Asks: project.ForExtendsLib | project.ForDefinesLibName | project.ForDefinesPartName,
	On:   []ast.Kind{ast.Select, ast.Ident, ast.Inherit},
	Node: func(p *rules.Pass, n ast.Node) {
		switch n.Kind() {
		case ast.Inherit:
			unknownInherited(p, ast.InheritNode{Node: n})
			return
		case ast.Ident:
			if u, ok := p.Names().Use(n); !ok || u.Target != sema.ToWith || libtable.Ever(n.Text()) {
				return
			}
		case ast.Select: // most are of lib itself, and known
			s := ast.SelectExpr{Node: n}
			if of := s.Operand(); of.Is(ast.Ident) && of.Text() == "lib" && !s.Attrpath().First().NextSibling().IsValid() && libtable.Ever(s.Attrpath().LastName()) {
				return
			}
		}
		path, ok := pathInLib(p.Names(), n)
		if !ok || byPosition(p.Names(), n) {
			return
		}
		names := strings.Split(path, ".")
		at := func(i int) ast.Node {
			if n.Is(ast.Ident) {
				return n
			}
			parts := slices.Collect((ast.SelectExpr{Node: n}).Attrpath().Children())
			if i += len(parts) - len(names); i >= 0 {
				return parts[i]
			}
			return ast.Node{}
		}
		part := libtable.PartNamed(names[0])
		switch data := libtable.DataNamed(names[0]); {
		case data != nil && len(names) > 1 && !data.Ever(names[1]):
			aboutData(p, data, names[1], at(1), n.Is(ast.Ident))
		case part == nil && !libtable.Ever(names[0]):
			aboutUnknown(p, nil, names[0], at(0), len(names) > 1, n.Is(ast.Ident))
		case part != nil && len(names) > 1 && !part.Ever(names[1]):
			aboutUnknown(p, part, names[1], at(1), len(names) > 2, n.Is(ast.Ident))
		case part != nil && len(names) > 2:
			if inner := libtable.PartNamed(names[0] + "." + names[1]); inner != nil && !inner.Ever(names[2]) {
				aboutUnknown(p, inner, names[2], at(2), len(names) > 3, n.Is(ast.Ident))
			}
		}
	},
})

// pathInLib returns the path below nixpkgs' lib that a name or selection means, also by a name of the file for a part of lib:
// inherit (lib) types; … types.str.
func pathInLib(names *sema.Info, n ast.Node) (path string, ok bool) {
	if path, _, ok = nixlang.LibPath(names, n); ok || !n.Is(ast.Select) {
		return path, ok
	}
	s := ast.SelectExpr{Node: n}
	of := s.Operand().Unparen()
	if s.Default().IsValid() || !of.Is(ast.Ident) || libtable.PartNamed(of.Text()) == nil && libtable.DataNamed(of.Text()) == nil {
		return "", false
	}
	base := ""
	if b := names.Resolve(of); b == nil {
		base, _, ok = nixlang.LibPath(names, of)
	} else if in, inherited := ast.AsInherit(b.Decl); inherited && in.From().IsValid() && !b.More {
		base, ok = nixlang.LibSource(names, in.From())
		base = strings.TrimPrefix(base+"."+b.Name, ".")
	} else if !inherited && b.Value.IsValid() && !b.More && (b.Kind == sema.LetBinding || b.Kind == sema.RecBinding) {
		base, ok = nixlang.LibSource(names, b.Value)
	}
	rest, static := s.Attrpath().Static()
	if !ok || !static || base != of.Text() {
		return "", false
	}
	return base + "." + strings.Join(rest, "."), true
}

// unknownInherited examines inherit (lib) ….
func unknownInherited(p *rules.Pass, in ast.InheritNode) {
	from := in.From()
	if !from.IsValid() {
		return
	}
	base, ok := nixlang.LibSource(p.Names(), from)
	part, data := libtable.PartNamed(base), libtable.DataNamed(base)
	if !ok || base != "" && part == nil && data == nil || byPosition(p.Names(), from) {
		return
	}
	for name := range in.Names() {
		switch text, ok := ast.AttrName(name); {
		case data != nil:
			if ok && !data.Ever(text) {
				aboutData(p, data, text, name, true)
			}
		case !ok, part != nil && part.Ever(text), part == nil && (libtable.Ever(text) || libtable.PartNamed(text) != nil):
		default:
			aboutUnknown(p, part, text, name, false, true)
		}
	}
}

// byPosition reports whether the lib of an expression is the argument of a function without a pattern, lib: …, of which less is
// known.
func byPosition(names *sema.Info, n ast.Node) bool {
	for n = n.Unparen(); n.Is(ast.Select); n = n.Unparen() {
		n = (ast.SelectExpr{Node: n}).Operand()
	}
	b := names.Resolve(n)
	return b != nil && b.Kind == sema.ParamBinding
}

// extensions are what frameworks of modules add to the lib that they hand to them: home-manager, nixvim, nvf.
var extensions = map[string]bool{"hm": true, "nixvim": true, "nvim": true}

// aboutUnknown reports a name that lib, or a part of it, has not. more tells that an attribute of it is taken, bound that the
// name is that of a variable.
func aboutUnknown(p *rules.Pass, part *libtable.Part, name string, at ast.Node, more, bound bool) {
	if !at.IsValid() || part == nil && extensions[name] {
		return
	}
	pin, pinned := p.Project.Pin()
	pinned = pinned && pin.Has.Compare(libtable.Made) <= 0
	holder := "`lib`"
	var candidates []string
	if part != nil {
		holder, candidates = "`lib."+part.Name+"`", part.Names
	} else {
		for _, known := range libtable.Names() {
			if !more || known.Args == 0 {
				candidates = append(candidates, known.Name)
			}
		}
	}
	f := diag.Finding{Span: at.Span(), Message: "nixpkgs' " + holder + " has no " + diag.Code(name)}
	elsewhere, data, guess := "", "", nearName(name, candidates)
	if part != nil && guess == "" && len(name) == 3 {
		if near := near.Find(name, candidates); near != "" && near[0] == name[0] {
			guess = near // lib.types.bol
		}
	}
	if part == nil && !(more && libtable.PartNamed(guess) != nil) { // lib.type.uniq is of types, and not of gvariant.type
		elsewhere, data = libtable.InPart(name), libtable.InData(name)
	}
	switch {
	case elsewhere != "" || data != "":
		in := cmp.Or(elsewhere, data)
		f.Help = "it is " + diag.Code("lib."+in+"."+name)
		if !bound && at.Is(ast.Name) {
			f.Fixes = []diag.Fix{rules.Replace("use "+diag.Code("lib."+in+"."+name), diag.Unsafe, at.Span(), in+"."+at.Text())}
		}
	case guess == "" && part != nil && part.Name == "types" && near.Find(name, []string{"string"}) != "":
		f.Help = "did you mean `str`?" // types.string is gone
	case guess != "":
		f.Help = "did you mean " + diag.Code(guess) + "?"
		if !bound && at.Is(ast.Name) {
			f.Fixes = []diag.Fix{rules.Replace("use "+diag.Code(guess), diag.Unsafe, at.Span(), ast.QuoteAttr(guess))}
		}
	case part != nil && libtable.Lookup(name) != nil:
		f.Help = "it is " + diag.Code("lib."+name)
	case part != nil:
		return
	case sema.LookupBuiltin(name) != nil:
		f.Help = "it is " + diag.Code("builtins."+name)
	case !pinned || more:
		return
	}
	if asksFor(p.Tree, name) {
		return
	}
	name = strings.Clone(name)
	path := p.Path
	p.Ask(func(a *rules.Asked) {
		if a.ExtendsLib() {
			if elsewhere == "" || a.DefinesLibName(name) {
				return
			}
			pinned = false
		}
		if pinned {
			rules.ThisFails.End(&f, false)
		} else {
			f.Severity = diag.Info
		}
		if a.Sample(path) {
			f.Severity = diag.Hint
		}
		a.Report(f)
	})
}

// aboutData reports a name that a part of lib with data has not, such as that of a licence, where it is nearly one that is there.
// Other releases have other ones, which mostly differ in a number.
func aboutData(p *rules.Pass, part *libtable.Part, name string, at ast.Node, bound bool) {
	guess := nearName(name, part.Names)
	if !at.IsValid() || guess == "" || lettersOf(guess) == lettersOf(name) || asksFor(p.Tree, name) {
		return
	}
	f := diag.Finding{
		Span: at.Span(), Severity: diag.Info, Message: "nixpkgs' " + diag.Code("lib."+part.Name) + " has no " + diag.Code(name),
		Help: "did you mean " + diag.Code(guess) + "?",
	}
	if !bound && at.Is(ast.Name) {
		f.Fixes = []diag.Fix{rules.Replace("use "+diag.Code(guess), diag.Unsafe, at.Span(), ast.QuoteAttr(guess))}
	}
	path := p.Path
	p.Ask(func(a *rules.Asked) {
		if a.ExtendsLib() {
			return
		}
		if a.Sample(path) {
			f.Severity = diag.Hint
		}
		a.Report(f)
	})
}

// lettersOf returns the letters of a name in small ones.
func lettersOf(name string) string {
	return strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// nearName is near.Find, but of names of three letters only those are near that have the same letters.
func nearName(name string, candidates []string) string {
	if len(name) > 3 {
		return cmp.Or(near.Reordered(name, candidates), near.Find(name, candidates))
	}
	for _, c := range candidates {
		if len(c) == len(name) && letters(c) == letters(name) {
			return c
		}
	}
	return ""
}

// letters returns the letters of a name in order, without their case.
func letters(name string) string {
	sorted := []byte(strings.ToLower(name))
	slices.Sort(sorted)
	return string(sorted)
}

// asksFor reports whether a file asks somewhere whether a set has a name.
func asksFor(t *ast.Tree, name string) bool {
	for i, r := range t.Records() {
		switch n := t.Node(ast.NodeID(i)); r.Kind {
		case ast.HasAttr:
			for part := range (ast.HasAttrExpr{Node: n}).Attrpath().Children() {
				if text, ok := ast.AttrName(part); ok && text == name {
					return true
				}
			}
		case ast.Select:
			s := ast.SelectExpr{Node: n}
			if s.Default().IsValid() && strings.Contains(s.Attrpath().Text(), name) {
				return true
			}
		case ast.String:
			if text, ok := ast.StringValue(n); ok && text == name {
				return true // hasAttr "name" lib
			}
		}
	}
	return false
}
