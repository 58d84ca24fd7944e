package traps

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "escaping-with-shadow", Family: family, Since: "0.1.0",
	Summary: "A name in the body of a `with` is not the one of the opened set",
	Doc: "`with` never hides a name that a `let`, a function or a recursive set binds around it, nor one that Nix binds\n" +
		"everywhere, such as `map`: `let x = 1; in with { x = 2; }; x` is 1. Where the opened set has the name too, that one\n" +
		"is out of reach but for a selection.\n" +
		"\n" +
		"Reported for sets whose names stand in the file, and, as information, for functions of nixpkgs' `lib` whose name the\n" +
		"file gives to something else.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.With},
	Node: func(p *rules.Pass, n ast.Node) {
		w := ast.WithExpr{Node: n}
		if base, isLib := nixlang.LibSource(p.Names(), w.Env()); isLib {
			if base == "" && !deeplyNested(n) {
				shadowedLib(p, w)
			}
			return
		}
		set, ok := literalSet(p.Names(), w.Env())
		if !ok || deeplyNested(n) {
			return
		}
		uses := nixlang.UsesIn(p.Names(), w.Body())
		if len(uses) > maxUses {
			return
		}
		has := staticNames(set)
		for _, u := range uses {
			name, _ := ast.AttrName(u.Node)
			at, ok := has[name]
			if !ok || u.Target == sema.ToWith || !nixlang.IsFree(p.Names(), u, n) || sameValue(p.Names(), set, at, u) {
				continue
			}
			f := diag.Finding{
				Span:    u.Node.Span(),
				Message: "`" + name + "` is Nix's own here, not that of the opened set: `with` hides no builtin",
				Related: []diag.Related{{Span: at.Span(), Message: "out of reach"}},
				Help:    "rename one of them, or select it from the set",
			}
			if b := p.Names().Resolve(u.Node); b != nil {
				f.Message = "`" + name + "` is the one that is bound outside the `with`, not that of the opened set"
				f.Related = append(f.Related, diag.Related{Span: b.Node.Span(), Message: "this one is used"})
			}
			if env := w.Env().Unparen(); env.Is(ast.Ident) && u.Node.Is(ast.Ident) {
				f.Fixes = []diag.Fix{rules.Replace("select it from `"+env.Text()+"`", diag.Unsafe, u.Node.Span(), env.Text()+"."+ast.QuoteAttr(name))}
			}
			p.Report(f)
		}
	},
})

// shadowedLib examines with lib; …: a name that a let around it binds to something else hides lib's function.
func shadowedLib(p *rules.Pass, w ast.WithExpr) {
	names := p.Names()
	uses := nixlang.UsesIn(names, w.Body())
	if len(uses) > maxUses {
		return
	}
	for _, u := range uses {
		if u.Target != sema.ToBinding || !u.Node.Is(ast.Ident) {
			continue
		}
		b := names.Binding(u.Binding)
		if b.Kind != sema.LetBinding && b.Kind != sema.RecBinding || b.More || !b.Value.Unparen().Is(ast.Lambda) || !nixlang.IsFree(names, u, w.Node) {
			continue
		}
		if l := libtable.Lookup(b.Name); l == nil || l.Args == 0 {
			continue
		}
		p.Report(diag.Finding{
			Span: u.Node.Span(), Severity: diag.Info,
			Message: "`" + b.Name + "` is the one that is bound outside the `with`, not that of `lib`",
			Related: []diag.Related{{Span: b.Node.Span(), Message: "this one is used"}},
			Help:    "rename it, or select `" + w.Env().Text() + "." + b.Name + "`",
			Fixes:   []diag.Fix{rules.Replace("select it from `"+w.Env().Text()+"`", diag.Unsafe, u.Node.Span(), w.Env().Text()+"."+b.Name)},
		})
	}
}

// sameValue reports whether an attribute of a set has the value that a use of its name has: with { x = x; }; x.
func sameValue(names *sema.Info, set, at ast.Node, use sema.Use) bool {
	b, ok := ast.AsBinding(at.Parent().Parent())
	if !ok || set.IsRec() || at.NextSibling().IsValid() {
		return false
	}
	value, ok := names.Use(b.Value().Unparen())
	return ok && value.Target == use.Target && value.Binding == use.Binding && b.Value().Unparen().Text() == use.Node.Text()
}

// maxUses bounds the names that are looked at for one with.
const maxUses = 10000

// deeplyNested reports whether a with stands in many others.
func deeplyNested(n ast.Node) bool {
	withs, steps := 0, 0
	for up := range n.Ancestors() {
		if up.Is(ast.With) {
			withs++
		}
		if steps++; steps == maxSteps {
			break
		}
	}
	return withs > 8
}

// staticNames returns the names that an attrset literal surely has, with the places where they stand.
func staticNames(set ast.Node) map[string]ast.Node {
	names := map[string]ast.Node{}
	for c := range set.Children() {
		switch c.Kind() {
		case ast.Binding:
			part := ast.BindingNode{Node: c}.Attrpath().FirstChild()
			if name, ok := ast.AttrName(part); ok {
				names[name] = part
			}
		case ast.Inherit:
			in := ast.InheritNode{Node: c}
			for part := range in.Names() {
				// with { inherit x; }; x is x either way.
				if name, ok := ast.AttrName(part); ok && in.From().IsValid() {
					names[name] = part
				}
			}
		}
	}
	return names
}
