package traps

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "args-binding-misses-default", Family: family, Since: "0.1.0",
	Summary: "An argument with a default is read from the `@` name, which does not have the default",
	Doc: "In `{ a ? 1, ... }@args:` the name `args` is what the caller passed: where that has no `a`, `args.a` fails although\n" +
		"`a` has a default. Read `a`. Tests such as `args ? a` and `args.a or x` ask what was passed, and are left alone, and so\n" +
		"is a function that contains one for the same name. A default of `null` only says that the argument may be missing. Nor\n" +
		"is a default reported that reads an argument whose own default leads back to it: `{ a ? args.b, b ? args.a }@args:`\n" +
		"asks for one of the two, and reading `b` itself would never end.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.AtName},
	Node: func(p *rules.Pass, n ast.Node) {
		pattern := ast.PatternNode{Node: n.Parent()}
		defaults := map[string]ast.Node{}
		for f := range pattern.Formals() {
			if def := f.Default(); def.IsValid() && !(def.Unparen().Is(ast.Ident) && def.Unparen().Text() == "null") {
				defaults[f.Name().Text()] = f.Node
			}
		}
		if len(defaults) == 0 {
			return
		}
		names := p.Names()
		id, ok := atBinding(names, pattern.Parent(), n)
		if !ok {
			return
		}
		asked := map[string]bool{}
		for u := range names.UsesOf(id) {
			switch name, _, asks := readFrom(names, u.Node); {
			case asks && name == "":
				return // args ? ${name} asks for any
			case asks:
				asked[name] = true
			}
		}
		for u := range names.UsesOf(id) {
			if in, ok := ast.AsInherit(u.Node.OutsideParens().Parent().Parent()); ok && in.From() == u.Node.OutsideParens() {
				inheritedFrom(p, in, defaults, asked)
				continue
			}
			name, part, asks := readFrom(names, u.Node)
			formal, ok := defaults[name]
			if !ok || asks || asked[name] || leadsTo(defaults, n.Text(), name, defaultAround(pattern, u.Node)) {
				continue
			}
			f := diag.Finding{
				Span:    source.Span{Start: u.Node.OutsideParens().Start(), End: part.End()},
				Message: "`" + n.Text() + "." + name + "` has no default: it fails where the caller does not pass `" + name + "`",
				Help:    "read `" + name + "`, which has one",
				Related: []diag.Related{{Span: formal.Span(), Message: "the default"}},
			}
			if seen := visible(names, u.Scope, name); seen == formal && ast.IsIdentifier(name) {
				f.Fixes = []diag.Fix{rules.Replace("read `"+name+"`", diag.Unsafe, f.Span, name)}
			}
			p.Report(f)
		}
	},
})

// defaultAround returns the name of the formal of a pattern in whose default a node stands, or "".
func defaultAround(pattern ast.PatternNode, n ast.Node) string {
	for up := range n.Ancestors() {
		if up == pattern.Node || up.SubtreeEnd() > pattern.SubtreeEnd() {
			break
		}
		if up.Is(ast.Formal) && up.Parent() == pattern.Node {
			return ast.FormalNode{Node: up}.Name().Text()
		}
	}
	return ""
}

// leadsTo reports whether the default of one argument reads another, itself or through further defaults, by its name or
// from the @ name at.
func leadsTo(defaults map[string]ast.Node, at, from, to string) bool {
	if to == "" {
		return false
	}
	seen, todo := map[string]bool{from: true}, []string{from}
	for len(todo) > 0 {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if name == to {
			return true
		}
		formal, ok := defaults[name]
		if !ok {
			continue
		}
		for d := range (ast.FormalNode{Node: formal}).Default().Descendants() {
			read := ""
			if s, ok := ast.AsSelect(d); ok && s.Operand().Unparen().Text() == at {
				read = s.Attrpath().FirstName()
			} else if d.Is(ast.Ident) {
				read = d.Text()
			}
			if read != "" && !seen[read] {
				seen[read] = true
				todo = append(todo, read)
			}
		}
	}
	return false
}

// inheritedFrom examines inherit (args) ….
func inheritedFrom(p *rules.Pass, in ast.InheritNode, defaults map[string]ast.Node, asked map[string]bool) {
	for part := range in.Names() {
		name, _ := ast.AttrName(part)
		formal, ok := defaults[name]
		if !ok || asked[name] {
			continue
		}
		args := in.From().Unparen().Text()
		p.Report(diag.Finding{
			Span:    part.Span(),
			Message: "`" + args + "." + name + "` has no default: it fails where the caller does not pass `" + name + "`",
			Help:    "inherit `" + name + "` without `(" + args + ")`",
			Related: []diag.Related{{Span: formal.Span(), Message: "the default"}},
		})
	}
}

// atBinding returns the binding of an @ name.
func atBinding(names *sema.Info, lambda, at ast.Node) (sema.BindingID, bool) {
	scope, ok := names.ScopeOf(lambda)
	if !ok {
		return 0, false
	}
	s := names.Scope(scope)
	for id := s.First; id <= s.Last; id++ {
		if b := names.Binding(id); b.Kind == sema.AtBinding && b.Node == at {
			return id, true
		}
	}
	return 0, false
}

// readFrom returns the attribute that is read from a use of a set: name in args.name. asks is set where it is
// only asked for: args ? name, args.name or default, hasAttr "name" args. The name is empty where it is not
// known.
func readFrom(names *sema.Info, use ast.Node) (name string, part ast.Node, asks bool) {
	at := use.OutsideParens()
	up := at.Parent()
	switch up.Form() {
	case ast.Select:
		s := ast.SelectExpr{Node: up}
		if s.Operand() != at {
			return "", part, false
		}
		part, asks = s.Attrpath().FirstChild(), s.Default().IsValid()
	case ast.HasAttr:
		part, asks = ast.HasAttrExpr{Node: up}.Attrpath().FirstChild(), true
	case ast.Apply:
		call, ok := ast.AsApply(ast.ApplyExpr{Node: up}.Func().Unparen())
		if !ok || (ast.ApplyExpr{Node: up}).Func() == at || nixlang.Function(names, call.Func()) != "hasAttr" {
			return "", part, false
		}
		name, _ = ast.StringValue(call.Arg().Unparen())
		return name, part, true
	default:
		return "", part, false
	}
	name, _ = ast.AttrName(part)
	return name, part, asks
}

// visible returns the declaration that a name has in a scope.
func visible(names *sema.Info, scope sema.ScopeID, name string) ast.Node {
	left := 4096
	for b := range names.InScope(scope) {
		if left--; left == 0 {
			break
		}
		if b.Name == name {
			return b.Decl
		}
	}
	return ast.Node{}
}
