package suspicious

import (
	"slices"
	"sort"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/role"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var (
	formalsEverywhere = rules.NewSetting("everywhere", "Report functions that are no packages, too.", false)
	formalsInterfaces = rules.NewSetting("interfaces",
		"Report names that others decide on, too: in all functions, headers of modules included.", false)
)

var _ = rules.Register(&rules.Rule{
	ID: "unused-lambda-formal", Family: family, Since: "0.1.0",
	Summary: "A name of a function's set pattern `{ a, b, ... }:` is never used",
	Doc: "`callPackage` passes what the pattern names, so in a package an unused name is a dependency that is none. With\n" +
		"the option `everywhere` other functions are looked at too, as information: those whose pattern ends with `...`, so that\n" +
		"the caller's attribute is accepted without the name, and functions of `let` whose calls all stand in the file.\n" +
		"\n" +
		"The rule is silent where the name is not the author's to drop: in the header of a module, in the `outputs` of a flake,\n" +
		"for an option of a package (`{ withX ? true }:`), for the `lib` that cabal2nix always writes, for what a `callPackage`\n" +
		"or a function of the project's own, `callFromScope ./x { … }`, passes explicitly to the file, where it passes a set that\n" +
		"is not written out, for what a `callPackage` passes to files that it computes, for what `override` of a package of that\n" +
		"name passes, where other files call the function with arguments of their own, and where `@args` is used, which may read\n" +
		"the attribute. A name that starts with an underscore is kept on purpose.\n" +
		"The option `interfaces` lifts this, for those who want every unused name reported, as deadnix does: then nothing is\n" +
		"milder but names beside a used `@args`, which are hints.\n" +
		"\n" +
		"The fix removes the name. It needs an eye: a caller that passes it explicitly, or reads `functionArgs`, sees the\n" +
		"difference.",
	Severity: diag.Warning, Presets: rules.Recommended, Tags: diag.Unnecessary,
	Fix: rules.FixSometimes, SafeFix: rules.FewerTokens,
	Aliases: []string{
		"deadnix:unused-lambda-formal", "nixf:sema-unused-def-lambda-noarg-formal", "nixf:sema-unused-def-lambda-witharg-formal",
		"nil:unused_binding", "hammering:unused-argument",
	},
	Options: []*rules.Option{formalsEverywhere.Option, formalsInterfaces.Option},
	Asks:    project.ForMayPass,
	On:      []ast.Kind{ast.Formal},
	File: func(p *rules.Pass) {
		var scope sema.ScopeID
		var unused []sema.BindingID
		for id, b := range unusedNames(p, sema.FormalBinding) {
			if b.Scope != scope && scope != 0 {
				reportFormals(p, scope, unused)
				unused = unused[:0]
			}
			scope = b.Scope
			unused = append(unused, id)
		}
		if scope != 0 {
			reportFormals(p, scope, unused)
		}
	},
})

// reportFormals reports unused formals of one function, if its role lets them go.
func reportFormals(p *rules.Pass, scope sema.ScopeID, unused []sema.BindingID) {
	names := p.Names()
	fn := ast.LambdaExpr{Node: names.Scope(scope).Node}
	pattern, _ := fn.Pattern()
	r := formalsReport{path: p.Path, everywhere: formalsEverywhere.In(p), all: formalsInterfaces.In(p)}
	if at := pattern.At(); at.IsValid() {
		for id := names.Scope(scope).First; id <= names.Scope(scope).Last; id++ {
			r.whole = r.whole || names.Binding(id).Kind == sema.AtBinding && p.Live().IsLive(id)
		}
	}
	if r.whole && !r.all {
		return
	}
	kindFor := interfaceOf(p, fn, pattern)
	kind, settled := p.Shape().Kind()
	if top := fn.Node == p.Tree.Expr().Unparen(); !top {
		if here := kindFor(role.Role{}); r.speaksOf(here) {
			r.report(here, r.read(p, fn, pattern, unused), p.Report, nil)
		}
	} else if !settled || kind == role.Package || r.everywhere || r.all {
		shape, formals := p.Shape(), r.read(p, fn, pattern, unused)
		p.Ask(func(a *rules.Asked) {
			if kind := kindFor(a.Role(r.path, shape)); r.speaksOf(kind) {
				r.report(kind, formals, a.Report, a)
			}
		})
	}
}

// formalsReport is about the unused formals of one function.
type formalsReport struct {
	path            string
	whole           bool // the function uses the attrset as a whole
	everywhere, all bool // the options
}

// unusedFormal is an unused formal, as far as it can be told without asking who calls the function. All of it outlives the
// tree.
type unusedFormal struct {
	name     string
	finding  diag.Finding
	fixes    []diag.Fix // where the name is the author's to drop
	optional bool       // it has a default
	cabal    bool       // cabal2nix always writes it into packages
}

func (r *formalsReport) speaksOf(kind interfaceKind) bool {
	return r.all || kind == packageInterface || kind != fixedInterface && r.everywhere
}

func (r *formalsReport) read(p *rules.Pass, fn ast.LambdaExpr, pattern ast.PatternNode, unused []sema.BindingID) (formals []unusedFormal) {
	names := p.Names()
	cabal := fromCabal(fn.Body())
	var spans map[ast.Node]source.Span
	for _, id := range unused {
		b := names.Binding(id)
		u := unusedFormal{
			name:     strings.Clone(b.Name),
			finding:  diag.Finding{Span: b.Node.Span(), Message: neverUsed(names, id)},
			optional: (ast.FormalNode{Node: b.Decl}).Default().IsValid(),
			cabal:    cabal && b.Name == "lib",
		}
		if !names.IsUsed(id) {
			if spans == nil {
				spans = formalSpans(names, pattern, unused)
			}
			if s, ok := formalLines(b.Decl); ok {
				u.fixes = []diag.Fix{rules.Delete("remove `"+b.Name+"` from the pattern", diag.Unsafe, s)}
			} else if s, ok := spans[b.Decl]; ok && !p.Tree.HasComment(s) {
				u.fixes = []diag.Fix{rules.Delete("remove `"+b.Name+"` from the pattern", diag.Unsafe, s)}
			}
		}
		formals = append(formals, u)
	}
	return formals
}

// report reports the formals of a function of the given kind. answers is nil where its kind does not depend on them.
func (r *formalsReport) report(kind interfaceKind, formals []unusedFormal, report func(diag.Finding), answers *rules.Asked) {
	var callers []project.Reference
	if kind == packageInterface {
		callers = answers.References(r.path)
	}
	for _, u := range formals {
		if kind == packageInterface && u.cabal && !r.all {
			continue
		}
		f := u.finding
		free := kind == packageInterface || kind == openInterface
		switch kind {
		case packageInterface:
			passed := func(ref project.Reference) bool { return ref.Passes(u.name) }
			if u.optional || slices.ContainsFunc(callers, passed) || answers.MayPass(r.path, u.name) {
				if !r.all {
					continue
				}
				free = false
			}
		case openInterface, localInterface:
			f.Severity = diag.Info
		}
		switch {
		case r.whole:
			f.Severity, free = diag.Hint, false
		case r.all:
			f.Severity = diag.Off // that of the rule
		}
		f.Help = "remove it from the pattern and from the calls"
		if free {
			f.Help, f.Fixes = "remove it from the pattern", u.fixes
		}
		report(f)
	}
}

// fromCabal reports whether a package is what cabal2nix prints, which takes lib whether it needs it or not.
func fromCabal(body ast.Node) bool {
	call, ok := ast.AsApply(body.Unparen())
	if !ok || ast.LastName(call.Func()) != "mkDerivation" {
		return false
	}
	for c := range call.Arg().Unparen().Children() {
		if b, ok := ast.AsBinding(c); ok {
			if strings.HasSuffix(b.Attrpath().FirstName(), "HaskellDepends") {
				return true
			}
		}
	}
	return false
}

// interfaceKind says who else depends on the names in a pattern.
type interfaceKind uint8

const (
	fixedInterface   interfaceKind = iota // others decide on the names
	packageInterface                      // callPackage passes what is named
	openInterface                         // a pattern with ...: what is not named is accepted
	localInterface                        // only calls within the file, with literal sets
)

// interfaceOf returns who depends on the names in a pattern, by the role of the file: for its outermost function alone
// that counts.
func interfaceOf(p *rules.Pass, fn ast.LambdaExpr, pattern ast.PatternNode) func(role.Role) interfaceKind {
	top, open := fn.Node == p.Tree.Expr().Unparen(), pattern.HasEllipsis()
	here := fixedInterface
	switch {
	case open && (p.Modules().MayBeModule(fn.Node) || boundTo(fn.Node, "outputs") || boundTo(fn.Node, "perSystem")):
		return func(role.Role) interfaceKind { return fixedInterface }
	case open:
		here = openInterface
	case !top && calledHereOnly(p.Names(), fn.Node):
		here = localInterface
	}
	return func(r role.Role) interfaceKind {
		switch {
		case !top:
		case r.Kind == role.Package && !r.CallerArgs():
			return packageInterface
		case !open || r.Kind == role.Module || r.CallerArgs():
			return fixedInterface
		}
		return here
	}
}

// calledHereOnly reports whether a function is a name of a let, all uses of which call it with a literal set.
func calledHereOnly(names *sema.Info, fn ast.Node) bool {
	value := fn.OutsideParens()
	decl := value.Parent()
	if !decl.Is(ast.Binding) || !decl.Parent().Is(ast.Bindings) {
		return false
	}
	scope, ok := names.ScopeOf(decl.Parent().Parent())
	if !ok {
		return false
	}
	first := names.Scope(scope).First
	id := first + sema.BindingID(sort.Search(int(names.Scope(scope).Last-first)+1, func(i int) bool {
		return names.Binding(first+sema.BindingID(i)).Node.ID() >= decl.ID()
	}))
	if id > names.Scope(scope).Last || names.Binding(id).Decl != decl || names.Binding(id).More {
		return false
	}
	for u := range names.UsesOf(id) {
		call := u.Node.OutsideParens()
		a, ok := ast.AsApply(call.Parent())
		if !ok || a.Func() != call {
			return false
		}
		if arg := a.Arg().Unparen(); !arg.Is(ast.AttrSet) || arg.IsRec() {
			return false
		}
	}
	return names.IsUsed(id)
}

// boundTo reports whether a function is the value of an attribute of the given name.
func boundTo(fn ast.Node, name string) bool {
	b, ok := ast.AsBinding(fn.OutsideParens().Parent())
	if !ok {
		return false
	}
	last := b.Attrpath().LastName()
	return last == name
}

// formalSpans returns what to delete to remove each of the unused formals, with one comma.
func formalSpans(names *sema.Info, pattern ast.PatternNode, unused []sema.BindingID) map[ast.Node]source.Span {
	gone, spans := map[ast.Node]bool{}, map[ast.Node]source.Span{}
	for _, id := range unused {
		gone[names.Binding(id).Decl] = true
	}
	var prev ast.Node
	leading := true // all before it go
	for c := range pattern.Children() {
		if !c.Is(ast.Formal) && !c.Is(ast.Ellipsis) {
			continue
		}
		if leading && prev.IsValid() {
			spans[prev] = source.Span{Start: prev.Start(), End: c.Start()}
		} else if gone[c] && prev.IsValid() {
			spans[c] = source.Span{Start: prev.End(), End: c.End()}
		}
		leading = leading && gone[c]
		prev = c
	}
	return spans
}

// formalLines returns the lines of a formal that has them to itself, with its comma and its comments. A comment
// above stays where others may be meant as well: if the next formal follows at once and has none.
func formalLines(formal ast.Node) (source.Span, bool) {
	last := formal.LastToken()
	comma := last.NextSignificant()
	if comma.Kind() != ast.TokComma || comma.Prev() != last || !nixlang.StartsLine(formal.FirstToken()) {
		return source.Span{}, false
	}
	pc := piece{t: formal.Tree(), start: formal.Start(), end: comma.Span().End, before: formal.FirstToken().Prev(), linesOwn: true}
	pc.trail(comma)
	if next := comma.NextSignificant(); !pc.blankBelow() && next.Kind() == ast.TokIdent {
		if above := next.Prev(); above.Kind() == ast.TokSpace && above.Start() == pc.end {
			return pc.cut(false, false, false).Span, pc.wholeLines()
		}
	}
	pc.lead(formal.FirstToken())
	return pc.cut(false, false, false).Span, pc.wholeLines()
}
