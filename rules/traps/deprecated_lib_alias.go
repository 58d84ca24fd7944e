package traps

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "deprecated-lib-alias", Family: family, Since: "0.1.0",
	Summary: "A name of nixpkgs' `lib` is deprecated or gone",
	Doc: "nixpkgs renames functions of `lib`, warns for some releases and then drops the old names: evaluation fails with\n" +
		"\"attribute … missing\". The rule has a table of such names with their releases. Where `flake.lock` pins nixpkgs, that\n" +
		"decides: a name that the pinned release has not is an error, one that is deprecated only later is left alone. Without\n" +
		"such a lock, and for names that nixpkgs does not warn about yet, it is information. A fork of nixpkgs counts by the\n" +
		"release in its branch. Names that the project defines itself are left alone: its `lib` may have them.\n" +
		"It is a warning at most where only the manual of an option evaluates it: in a `description`, an `example`, a `defaultText`, and what\n" +
		"`mkEnableOption` and `literalExpression` are given.\n" +
		"It is information, too, where `lib` is an argument and the project gives its files another one than nixpkgs', which may have\n" +
		"the name.\n" +
		"\n" +
		"Where the function returned its argument, as `lib.mdDoc` did, the fix removes the call.\n" +
		"The fix is safe where the new name means the same and the pinned nixpkgs, or any, has it.",
	Severity: diag.Warning, Presets: rules.Recommended, Tags: diag.Deprecated,
	Fix: rules.FixSometimes, SafeFix: rules.SameValue,
	Asks:  project.ForDefinesLibName | project.ForExtendsLib,
	On:    []ast.Kind{ast.Select, ast.Ident, ast.Inherit},
	Names: libtable.DeprecatedNames(),
	Node: func(p *rules.Pass, n ast.Node) {
		if n.Is(ast.Inherit) {
			inheritedAliases(p, ast.InheritNode{Node: n})
			return
		}
		name := ast.LastName(n)
		if !libtable.IsDeprecatedName(name) {
			return
		}
		path, part, ok := nixlang.LibPath(p.Names(), n)
		if !ok || asked(n, name) {
			return
		}
		f, d, ok := aboutAlias(p, path)
		if !ok {
			return
		}
		f.Span = part.Span()
		if f.Severity == diag.Error && nixlang.OnlyDocuments(p.Names(), n) {
			f.Severity = diag.Warning
		}
		fix, ok := renameAlias(p, n, part, path, d)
		if d.Identity {
			fix, ok = withoutCall(p, n, d)
		}
		if ok {
			f.Fixes = []diag.Fix{fix}
		}
		reportAlias(p, n, path, f)
	},
})

// reportAlias reports a finding about a path below lib that an expression names, unless the project defines the name itself. It is
// information where lib is an argument and the project gives its files another one.
func reportAlias(p *rules.Pass, n ast.Node, path string, f diag.Finding) {
	given := nixlang.FromCaller(p.Names(), n)
	name := strings.Clone(path[strings.LastIndexByte(path, '.')+1:])
	p.Ask(func(a *rules.Asked) {
		if a.DefinesLibName(name) {
			return
		}
		if given && a.ReplacesLib() {
			f.Severity = diag.Info
		}
		a.Report(f)
	})
}

// inheritedAliases examines inherit (lib) ….
func inheritedAliases(p *rules.Pass, in ast.InheritNode) {
	from := in.From()
	if !from.IsValid() {
		return
	}
	for part := range in.Names() {
		name, ok := ast.AttrName(part)
		if !ok || !libtable.IsDeprecatedName(name) {
			continue
		}
		base, ok := nixlang.LibSource(p.Names(), from)
		if !ok {
			return
		}
		if base != "" {
			name = base + "." + name
		}
		if f, _, ok := aboutAlias(p, name); ok {
			f.Span = part.Span()
			if f.Severity == diag.Error {
				f.Severity = diag.Warning // lazy: it fails only where the name is used
			}
			reportAlias(p, from, name, f)
		}
	}
}

// aboutAlias returns what is to be said of a path below lib; ok is false where it is in order for the pinned
// nixpkgs.
func aboutAlias(p *rules.Pass, path string) (f diag.Finding, d *libtable.Deprecation, ok bool) {
	d = libtable.Deprecated(path)
	if d == nil {
		return f, d, false
	}
	pin, pinned := p.Project.Pin()
	if pinned && pin.May.Compare(d.Since) < 0 {
		return f, d, false
	}
	if !pinned {
		f.Severity = diag.Info
	}
	switch {
	case !d.Gone.IsZero() && pinned && pin.Has.Compare(d.Gone) >= 0:
		f.Severity = diag.Error
		f.Message = "`lib." + path + "` is gone since nixpkgs " + d.Gone.String() + ", and `flake.lock` pins a newer one"
		if pin.Has == d.Gone {
			f.Message = "`lib." + path + "` is gone since nixpkgs " + d.Gone.String() + ", which `flake.lock` pins"
		}
	case !d.Gone.IsZero():
		f.Message = "`lib." + path + "` is gone since nixpkgs " + d.Gone.String()
	case d.Silent:
		f.Severity = diag.Info
		f.Message = "`lib." + path + "` is deprecated"
	case d.Since.IsZero():
		f.Message = "`lib." + path + "` is deprecated: nixpkgs warns when it is evaluated"
	default:
		f.Message = "`lib." + path + "` is deprecated since nixpkgs " + d.Since.String()
	}
	var help []string
	if d.Use != "" {
		help = append(help, "use `lib."+d.Use+"`")
	}
	if d.Advice != "" {
		help = append(help, d.Advice)
	}
	f.Help = strings.Join(help, "; ")
	return f, d, true
}

// renameAlias replaces the old name by the new one, where it stands as the last part of an expression that means the path.
func renameAlias(p *rules.Pass, n, part ast.Node, path string, d *libtable.Deprecation) (diag.Fix, bool) {
	if d.Use == "" || !d.Same {
		return diag.Fix{}, false
	}
	safety := safetyOf(p, d)
	title := "use `lib." + d.Use + "`"
	set, name, inSet := strings.Cut(d.Use, ".")
	if !inSet {
		set, name = "", d.Use
	}
	if n.Is(ast.Ident) {
		if set != "" || nixlang.Hidden(p.Names(), scopeOf(p.Names(), n), name) || sema.IsGlobal(name) {
			return diag.Fix{}, false
		}
		return rules.Replace(title, safety, part.Span(), name), true
	}
	before, _ := (ast.SelectExpr{Node: n}).Attrpath().LastTwo()
	inOldSet := before.Is(ast.Name) && before.Text() == d.Set
	base, _, inPart := strings.Cut(path, ".")
	switch {
	case set == "" && inOldSet && !p.Tree.HasComment(source.Span{Start: before.Start(), End: part.End()}):
		return rules.Replace(title, safety, source.Span{Start: before.Start(), End: part.End()}, name), true
	case set == "" && !inPart, set != "" && inPart && set == base:
		return rules.Replace(title, safety, part.Span(), name), true
	case set != "" && inOldSet:
		return diag.Fix{Title: title, Safety: safety, Edits: []diag.Edit{{Span: before.Span(), Text: set}, {Span: part.Span(), Text: name}}}, true
	}
	return diag.Fix{}, false
}

// safetyOf is that of a fix which holds from a release on.
func safetyOf(p *rules.Pass, d *libtable.Deprecation) diag.Safety {
	if pin, pinned := p.Project.Pin(); d.UseSince.IsZero() || pinned && pin.Has.Compare(d.UseSince) >= 0 {
		return diag.Safe
	}
	return diag.Unsafe
}

// withoutCall puts the argument in the place of a call of a function that returns it: without the parentheses
// around the call where it needs none.
func withoutCall(p *rules.Pass, n ast.Node, d *libtable.Deprecation) (diag.Fix, bool) {
	call, ok := ast.AsApply(n.Parent())
	if !ok || call.Func() != n || call.HasError() {
		return diag.Fix{}, false
	}
	arg, whole := call.Arg(), call.Node
	if up := whole.Parent(); up.Is(ast.Paren) && slices.Contains([]ast.Kind{ast.String, ast.IndString, ast.Ident, ast.Paren}, arg.Kind()) {
		whole = up
	}
	if !arg.IsValid() || p.Tree.HasComment(source.Span{Start: whole.Start(), End: arg.Start()}) || p.Tree.HasComment(source.Span{Start: arg.End(), End: whole.End()}) {
		return diag.Fix{}, false
	}
	return rules.Replace("remove the call of `"+d.Name+"`", safetyOf(p, d), whole.Span(), nixlang.Splice(p.Tree, whole.Span(), arg.Text())), true
}

func scopeOf(names *sema.Info, n ast.Node) sema.ScopeID {
	u, _ := names.Use(n)
	return u.Scope
}

// asked reports whether the code around a place tests which name there is: it is what remains where a selection
// fails, lib.new or lib.old, or in an arm of an if that asks for a name or for the version of lib.
func asked(n ast.Node, name string) bool {
	at := n
	for range maxSteps {
		up := at.Parent()
		switch up.Kind() {
		case ast.Select:
			if (ast.SelectExpr{Node: up}).Default() == at {
				return true
			}
		case ast.If:
			if cond := (ast.IfExpr{Node: up}).Cond(); cond != at && asksFor(cond, name) {
				return true
			}
		case ast.File:
			return false
		}
		at = up
	}
	return false
}

// asksFor reports whether a condition looks at lib: for an attribute of it, or at its version.
func asksFor(cond ast.Node, name string) bool {
	text := cond.Text()
	if len(text) > 400 {
		return false
	}
	for _, sign := range []string{name, "lib ?", "lib.version", "versionAtLeast", "versionOlder", "trivial.release", "oldestSupportedRelease"} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}
