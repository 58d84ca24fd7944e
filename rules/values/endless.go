package values

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// What is looked at of functions that call themselves: how far outward from a call, and how many functions of a file.
const maxAround, maxRecursive = 64, 100

// endlessCalls reports the functions of the file of which no call has a value, since it comes to another one in any case.
func endlessCalls(p *rules.Pass) {
	for _, id := range recursiveFunctions(p.Names()) {
		b := p.Names().Binding(id)
		if !p.Endless(b.Value) {
			continue
		}
		p.ReportFailing(diag.Finding{
			Span:    b.Node.Span(),
			Message: diag.Code(b.Name) + " comes to a call of itself whatever it is given: no call of it ends",
			Help:    "a function that calls itself needs a case in which it does not",
		}, rules.NoEnding, rules.Perhaps, nil)
	}
}

// recursiveFunctions returns the names of let and of recursive sets that are functions which may call themselves, or name such as do, in
// the order of the file.
func recursiveFunctions(names *sema.Info) (found []sema.BindingID) {
	function := func(id sema.BindingID) bool {
		b := names.Binding(id)
		return (b.Kind == sema.LetBinding || b.Kind == sema.RecBinding) && !b.More && b.Value.IsValid() && b.Value.Unparen().Is(ast.Lambda)
	}
	// Of functions that call each other, one is named before its definition ends.
	early := false
	for _, u := range names.Uses() {
		early = early || u.Target == sema.ToBinding && u.Node.Start() < names.Binding(u.Binding).Decl.End() && function(u.Binding)
	}
	if !early {
		return nil
	}
	bound := map[ast.NodeID]sema.BindingID{}
	for i := range names.Bindings() {
		if id := sema.BindingID(i); i > 0 && function(id) {
			bound[names.Binding(id).Decl.ID()] = id
		}
	}
	uses := map[[2]sema.BindingID]bool{}           // a function, and one that it names
	users := map[sema.BindingID][]sema.BindingID{} // the functions that name each one
	left := map[sema.BindingID]int{}               // how many each one names of those that may lead back to it
	for _, u := range names.Uses() {
		if u.Target != sema.ToBinding || !function(u.Binding) {
			continue
		}
		up := u.Node
		for range maxAround {
			if up = up.Parent(); !up.IsValid() {
				break
			}
			if id, ok := bound[up.ID()]; ok && !uses[[2]sema.BindingID{id, u.Binding}] {
				uses[[2]sema.BindingID{id, u.Binding}] = true
				users[u.Binding] = append(users[u.Binding], id)
				left[id]++
			}
		}
	}
	var done []sema.BindingID
	for _, id := range bound {
		if left[id] == 0 {
			done = append(done, id)
		}
	}
	for len(done) > 0 {
		last := done[len(done)-1]
		done = done[:len(done)-1]
		for _, user := range users[last] {
			if left[user]--; left[user] == 0 {
				done = append(done, user)
			}
		}
	}
	for id, n := range left {
		if n > 0 {
			found = append(found, id)
		}
	}
	slices.Sort(found)
	return found[:min(len(found), maxRecursive)]
}
