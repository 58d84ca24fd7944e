package comes

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// yielding are functions whose value gives way to another one, as those of a weaker priority do, with the number of arguments before it.
var yielding = map[string]int{"mkDefault": 0, "mkOptionDefault": 0, "mkOverride": 1, "attrByPath": 1, "findFirst": 1, "defaultTo": 0}

// telling are functions whose second argument is a message, for which their first one decides.
var telling = []string{"assertMsg", "throwIf", "throwIfNot", "warnIf", "warnIfNot"}

// namesOnly are functions that look at the names of a set, and at no value, with the number of arguments before the set.
var namesOnly = map[string]int{"attrNames": 0, "hasAttr": 1, "functionArgs": 0}

// argument follows the argument of a call, and returns the path in what the call gives.
func (j *judge) argument(w *Way, call ast.ApplyExpr, path []string) []string {
	fn, args := ast.Call(call.Func())
	name := ast.LastName(fn)
	before, isYielding := yielding[name]
	switch {
	case name == "tryEval":
		w.Caught = true
		return nil
	case name == "throw" || name == "abort":
		w.lower(Never) // it fails in any case
		return nil
	case len(args) == 1 && (strings.HasPrefix(name, "optional") || name == "mkIf"):
		j.under(w, args[0], true)
		return path
	case len(args) == 1 && slices.Contains(telling, name):
		w.under(j.names, args[0])
		return path
	case isYielding && len(args) == before:
		if name != "mkOverride" || len(args[0].Unparen().Text()) > len("99") {
			w.lower(Perhaps)
		}
		return path
	case name == "mkForce" || name == "mkBefore" || name == "mkAfter":
		return path
	case name == "mkOption" && len(path) > 0:
		w.lower(Perhaps) // a definition stands in the place of the default; the manual asks for the others
		return nil
	case len(path) > 0 && path[0] != "" && j.isFile(fn, args):
		if !slices.Contains(usedArgs, path[0]) {
			w.lower(Perhaps)
		}
		return nil
	}
	if n, ok := namesOnly[name]; ok && len(args) == n && len(path) > 0 {
		w.lower(Never)
		return nil
	}
	if lambda, ok := j.function(fn, len(args)); ok {
		inner := j.parameter(lambda, path)
		w.Degree, w.Probed, w.Caught = min(w.Degree, inner.Degree), w.Probed || inner.Probed, w.Caught || inner.Caught
	}
	return nil
}

// isFile reports whether what is called is a file, by import or callPackage, that gets a set of arguments.
func (j *judge) isFile(fn ast.Node, args []ast.Node) bool {
	name := ast.LastName(fn)
	return len(args) == 1 && (name == "import" && !args[0].Unparen().Is(ast.SearchPath) || strings.HasPrefix(name, "callPackage"))
}

// function returns the function that stands in the file and gets an argument behind so many others.
func (j *judge) function(fn ast.Node, before int) (l ast.LambdaExpr, ok bool) {
	fn = fn.Unparen()
	if fn.Is(ast.Ident) {
		b := j.names().Resolve(fn)
		if b == nil || b.More || !b.Value.IsValid() || b.Kind != sema.LetBinding && b.Kind != sema.RecBinding {
			return l, false
		}
		fn = b.Value.Unparen()
	}
	for ; before > 0 && fn.Is(ast.Lambda); before-- {
		fn = (ast.LambdaExpr{Node: fn}).Body().Unparen()
	}
	return ast.LambdaExpr{Node: fn}, fn.Is(ast.Lambda)
}

// parameter returns how evaluation of what a function gives comes by what lies at a path in its argument.
func (j *judge) parameter(l ast.LambdaExpr, path []string) (best Way) {
	scope, ok := j.names().ScopeOf(l.Node)
	if !ok {
		return Way{Degree: Surely}
	}
	pattern, isPattern := l.Pattern()
	if isPattern && len(path) == 0 {
		return Way{Degree: Surely} // a pattern needs the set
	}
	s := j.names().Scope(scope)
	for id := s.First; id <= s.Last; id++ {
		if j.left--; j.left < 0 {
			return Way{Degree: Perhaps}
		}
		inner := path
		if isPattern && j.names().Binding(id).Kind == sema.FormalBinding {
			if name := j.names().Binding(id).Name; path[0] != "" && path[0] != name {
				continue
			}
			inner = path[1:]
		}
		if best = best.or(j.uses(id, inner, l.Node)); best.decided(l.Node) {
			return best
		}
	}
	if isPattern && best.Degree == Never && pattern.At().IsValid() {
		best.Degree = Perhaps
	}
	best.Default = nil
	return best
}

// byDefault follows the default of an argument.
func (j *judge) byDefault(f ast.FormalNode) Way {
	lambda := f.Parent().Parent()
	if j.sub || lambda != fileFunction(f.Tree()) {
		return Way{}
	}
	names := j.names()
	scope, ok := names.ScopeOf(lambda)
	if !ok {
		return Way{}
	}
	d := &Default{Formal: strings.Clone(f.Name().Text())}
	id := j.inScope(scope, d.Formal)
	direct := false
	var through []sema.BindingID
	for u := range names.UsesOf(id) {
		if !f.Parent().Encloses(u.Node) {
			direct = true
			break
		}
		left := maxAround
		for up := u.Node.Parent(); left > 0 && !up.Is(ast.Lambda); up, left = up.Parent(), left-1 {
			// What a function in a default reads, nothing may ever ask for.
			if up.Is(ast.Formal) && up.Parent() == f.Parent() {
				if other := j.inScope(scope, (ast.FormalNode{Node: up}).Name().Text()); !slices.Contains(through, other) {
					through = append(through, other)
				}
				break
			}
		}
	}
	switch {
	case direct:
		through = []sema.BindingID{id}
	case len(through) == 0:
		return Way{}
	default:
		for _, id := range through {
			d.Through = append(d.Through, strings.Clone(names.Binding(id).Name))
		}
	}
	for _, id := range through {
		body := &judge{names: j.names, left: j.left, sub: true}
		if body.uses(id, nil, ast.Node{}).Degree == Surely {
			d.Used = append(d.Used, strings.Clone(names.Binding(id).Name))
		}
	}
	return Way{Degree: Surely, Default: d}
}

// fileFunction returns the function that a file is, behind what it binds and asserts; the node is invalid where it is none.
func fileFunction(t *ast.Tree) ast.Node {
	n := t.Expr().Unparen()
	for range maxAround {
		switch n.Kind() {
		case ast.Lambda:
			return n
		case ast.Let, ast.With, ast.Assert:
			n = n.Child(1).Unparen()
		default:
			return ast.Node{}
		}
	}
	return ast.Node{}
}
