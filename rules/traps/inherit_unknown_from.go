package traps

import (
	"cmp"
	"maps"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "inherit-unknown-from", Family: family, Since: "0.1.0",
	Summary: "An attribute is inherited from a set that has no such attribute",
	Doc: "`inherit (set) name;` asks for the attribute only when the value is used: a name that `set` does not have goes\n" +
		"unnoticed until then, and even `? name` says that it is there. Reported for `builtins` and for sets of which all\n" +
		"attributes are known: those that stand in the file, and those that are put together by functions, `//` and imports. Of the\n" +
		"latter, a name that the file asks for with `?` or `or` somewhere may be missing. What is inherited from `import ./x.nix`\n" +
		"itself is told by `import-unknown-attr`.\n" +
		"\n" +
		"A builtin that is newer than `minimum-nix-version`, or that only a fork or plugin has, is told as information.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.Inherit},
	Node: func(p *rules.Pass, n ast.Node) {
		in := ast.InheritNode{Node: n}
		from := in.From().Unparen()
		if !from.IsValid() {
			return
		}
		if p.Names().IsGlobal(from, "builtins") {
			inheritedBuiltins(p, in)
			return
		}
		has, set, ok := literalAttrs(p, from)
		names := slices.Sorted(maps.Keys(has))
		lacks := func(name string) bool { return !has[name] }
		if !ok {
			if !p.MayBe(from, eval.Set) {
				return
			}
			v := p.Value(from)
			if !v.Surely(eval.Set) || p.IsOfFile(v) {
				return
			}
			if names, _ = v.Names(); len(names) > maxAttrs {
				names = nil // these are data
			}
			lacks = func(name string) bool { return v.Lacks(name) && !p.MayMiss(name) }
		}
		source := "the set"
		if from.Is(ast.Ident) {
			source = diag.Code(from.Text())
		}
		for part := range in.Names() {
			name, static := ast.AttrName(part)
			if !static || !lacks(name) {
				continue
			}
			f := diag.Finding{Span: part.Span(), Message: source + " has no attribute " + diag.Code(name) + ": using it fails"}
			if set.IsValid() {
				f.Related = []diag.Related{{Span: set.FirstToken().Span(), Message: "the set"}}
			}
			propose(p, &f, part, name, names)
			p.Report(f)
		}
	},
})

// literalAttrs returns the names of the set literal that an expression is, and the literal; ok is false where it is none.
func literalAttrs(p *rules.Pass, n ast.Node) (names map[string]bool, set ast.Node, ok bool) {
	if set, ok = literalSet(p.Names(), n); ok {
		names, ok = attrNames(set)
	}
	return names, set, ok
}

// propose adds the name that was probably meant. The fix changes it where it is used, too.
func propose(p *rules.Pass, f *diag.Finding, part ast.Node, name string, all []string) {
	guess := near.Find(name, all)
	if guess == "" {
		return
	}
	f.Help = "did you mean " + diag.Code(guess) + "?"
	if !part.Is(ast.Name) || !ast.IsIdentifier(guess) || inSet(part.Parent().Parent(), guess) {
		return
	}
	edits := []diag.Edit{{Span: part.Span(), Text: guess}}
	names := p.Names()
	if scope, ok := names.ScopeOf(outerScope(part)); ok {
		if nixlang.Bound(names, scope, guess) != nil {
			return
		}
		id := bindingAt(names, scope, part)
		for u := range names.UsesOf(id) {
			if !u.Node.Is(ast.Ident) || len(edits) > maxSteps || nixlang.Bound(names, u.Scope, guess) != nil {
				return
			}
			edits = append(edits, diag.Edit{Span: u.Node.Span(), Text: guess})
		}
		slices.SortFunc(edits, func(a, b diag.Edit) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	}
	f.Fixes = []diag.Fix{{Title: "use `" + guess + "`", Edits: edits}}
}

// outerScope returns the let or recursive set whose name an inherited name is.
func outerScope(part ast.Node) ast.Node {
	set := part.Parent().Parent()
	if set.Is(ast.Bindings) {
		return set.Parent()
	}
	return set
}

// bindingAt returns the binding of a scope that a node names.
func bindingAt(names *sema.Info, scope sema.ScopeID, name ast.Node) sema.BindingID {
	s := names.Scope(scope)
	for id := s.First; id <= s.Last; id++ {
		if names.Binding(id).Node == name {
			return id
		}
	}
	return 0
}

// inSet reports whether a set or let has a name, or so many that it is not worth a search.
func inSet(set ast.Node, name string) bool {
	left := maxAttrs
	for c := range set.Children() {
		if left--; left < 0 {
			return true
		}
		if b, ok := ast.AsBinding(c); ok {
			if b.Attrpath().FirstName() == name {
				return true
			}
		}
		if in, ok := ast.AsInherit(c); ok {
			for part := range in.Names() {
				if text, _ := ast.AttrName(part); text == name {
					return true
				}
			}
		}
	}
	return false
}

// inheritedBuiltins examines inherit (builtins) ….
func inheritedBuiltins(p *rules.Pass, in ast.InheritNode) {
	oldest := sema.NixVersion{Major: uint8(min(p.MinNix.Major, 255)), Minor: uint8(min(p.MinNix.Minor, 255))}
	var asked map[string]bool
	for part := range in.Names() {
		name, static := ast.AttrName(part)
		if !static {
			continue
		}
		available, b := sema.BuiltinIn(name, oldest)
		if available == sema.Available {
			continue
		}
		if asked == nil {
			asked = nixlang.AskedBuiltins(p.Names())
		}
		if asked[name] || asked["nixVersion"] {
			continue
		}
		f := diag.Finding{Span: part.Span()}
		switch available {
		case sema.Unknown:
			f.Message = "Nix has no builtin " + diag.Code(name) + ": using it fails"
			var all []string
			for _, b := range sema.Builtins() {
				all = append(all, b.Name)
			}
			propose(p, &f, part, name, all)
		case sema.Elsewhere:
			f.Severity = diag.Info
			f.Message = "only " + b.Only + " has the builtin `" + name + "`"
		case sema.Gone:
			f.Message = "the builtin `" + name + "` is gone: Nix " + b.Until.String() + " was the last to have it"
		case sema.Newer:
			f.Severity = diag.Info
			f.Message = "the builtin `" + name + "` is there since Nix " + b.Since.String() + ", and `minimum-nix-version` is " + p.MinNix.String()
		}
		p.Report(f)
	}
}
