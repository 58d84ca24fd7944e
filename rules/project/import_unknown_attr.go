package project

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "import-unknown-attr", Family: family, Since: "0.1.0",
	Summary: "An attribute is taken of another file that has no such attribute",
	Doc: "`(import ./lib.nix).name` fails with \"attribute 'name' missing\" where the set in `lib.nix` has no `name`; so does what\n" +
		"`inherit (import ./lib.nix) name;` makes, once it is used. The name was changed in one of the files only, or misspelt.\n" +
		"\n" +
		"Reported where all attributes of the set stand in the other file: it is a set literal, behind `let` and functions if\n" +
		"need be, without `//` and computed names. A default (`or`) and a test (`?`) of the same name in the file say that it may\n" +
		"be missing. In tests, examples and templates that nothing else imports, and for `inherit`, it is a warning.\n" +
		"\n" +
		"The fix puts the name that was probably meant.",
	Severity: diag.Error, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Placed: true,
	On:     []ast.Kind{ast.Path},
	File: func(p *rules.Pass) {
		var list []takenAttr
		asked := map[askedAttr]bool{}
		for _, l := range p.Loads() {
			if !l.From.IsValid() {
				continue
			}
			one := takenAttr{askedAttr: askedAttr{target: l.Target}, given: l.Given, pkg: l.Package}
			add := func(part ast.Node, inherited bool) {
				if name, static := ast.AttrName(part); static {
					one.name, one.span, one.inherited = strings.Clone(name), part.Span(), inherited
					one.plain = part.Is(ast.Name) && !inherited
					list = append(list, one)
				}
			}
			switch l.From.Kind() {
			case ast.Select:
				s := ast.SelectExpr{Node: l.From}
				part := s.Attrpath().FirstChild()
				if !s.Default().IsValid() {
					add(part, false)
				} else if name, static := ast.AttrName(part); static {
					asked[askedAttr{l.Target, strings.Clone(name)}] = true
				}
			case ast.HasAttr:
				if name, static := ast.AttrName(l.From.Child(1).FirstChild()); static {
					asked[askedAttr{l.Target, strings.Clone(name)}] = true
				}
			case ast.Inherit:
				for part := range (ast.InheritNode{Node: l.From}).Names() {
					add(part, true)
				}
			}
		}
		list = slices.DeleteFunc(list, func(t takenAttr) bool { return asked[t.askedAttr] })
		if len(list) > 0 {
			path := p.Path
			p.Ask(func(a *rules.Asked) {
				for _, t := range list {
					t.check(a, path)
				}
			})
		}
	},
})

// askedAttr is an attribute of another file.
type askedAttr struct{ target, name string }

// takenAttr is a place that takes one, apart from the tree.
type takenAttr struct {
	askedAttr
	span      source.Span
	given     int  // arguments that the file got
	pkg       bool // callPackage has added attributes
	inherited bool
	plain     bool // another name can be put in its place
}

func (t *takenAttr) check(a *rules.Asked, path string) {
	from := a.Signature(t.target)
	if from.Set == nil || t.given != len(from.Params) {
		return
	}
	has := from.Set.Attrs
	if _, found := slices.BinarySearch(has, t.name); found {
		return
	}
	if t.pkg && strings.HasPrefix(t.name, "override") { // lib.makeOverridable: override, overrideAttrs, overrideDerivation
		return
	}
	f := diag.Finding{
		Span:    t.span,
		Message: fmt.Sprintf("%s has no attribute %s: using it fails", diag.Code(a.Rel(t.target)), diag.Code(t.name)),
		Related: []diag.Related{{File: from.Set.File, Span: from.Set.Span, Message: "the set"}},
	}
	if t.inherited || t.pkg || a.Sample(path) {
		f.Severity = diag.Warning
	}
	if guess := near.Find(t.name, has); guess != "" {
		f.Help = "did you mean " + diag.Code(guess) + "?"
		if t.plain {
			f.Fixes = []diag.Fix{rules.Replace("use "+diag.Code(guess), diag.Unsafe, t.span, ast.QuoteAttr(guess))}
		}
	}
	a.Report(f)
}
