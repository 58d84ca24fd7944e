package project

import (
	"fmt"
	"slices"

	"github.com/nixsift/nixsift/internal/comes"
)

// arguments are what the functions that files are get, by the place of the file among those that flakes reach.
type arguments struct {
	given     map[int][]given
	otherwise map[int]bool // files that something else reaches than a call with a set that is written out
}

// given is the set of one call.
type given struct {
	names  []string // sorted
	values []comes.Const
	open   bool // it may have other names
}

// excludes reports whether the function of a file that is called so has an argument that is not as a guard says.
func (g *given) excludes(guard comes.Guard) bool {
	i, has := slices.BinarySearch(g.names, guard.Formal)
	switch {
	case has && i < len(g.values):
		return guard.Is.Excludes(g.values[i])
	case has:
		return false
	}
	return !g.open && guard.Is.Excludes(guard.Default)
}

// excluded reports whether each of the calls that reach a file has an argument by which evaluation does not come by what has the guards.
func (a *arguments) excluded(i int, guards []comes.Guard) bool {
	if len(guards) == 0 || a.otherwise[i] || len(a.given[i]) == 0 {
		return false
	}
	for _, g := range a.given[i] {
		if !slices.ContainsFunc(guards, g.excludes) {
			return false
		}
	}
	return true
}

// give notes that a file is called with a set.
func (w *walk) give(i int, g given) {
	known := w.given[i]
	if slices.ContainsFunc(known, func(o given) bool {
		return g.open == o.open && slices.Equal(g.names, o.names) && slices.Equal(g.values, o.values)
	}) {
		return
	}
	w.given[i] = append(known, g)
	w.again(i)
}

// reachOtherwise notes that a file is reached by something else than a call with a set that is written out.
func (w *walk) reachOtherwise(i int) {
	if !w.otherwise[i] {
		w.otherwise[i] = true
		w.again(i)
	}
}

// again looks anew at a file of which something was left out.
func (w *walk) again(i int) {
	if w.held[i] {
		w.held[i] = false
		w.todo = append(w.todo, i)
	}
}

// ReachUnder is ReachAttr for what has guards: it is not reached where all calls that reach the file exclude it.
func (a *Answers) ReachUnder(path, attr string, guards []comes.Guard) Reach {
	if len(guards) == 0 {
		return a.ReachAttr(path, attr)
	}
	if a.deps != nil {
		more := fmt.Sprint(attr, guards)
		return noted(a.View, question{"reach under", path, more}, func(a *Answers) Reach { return a.ReachUnder(path, attr, guards) })
	}
	return a.reach().under(path, attr, guards)
}

func (r *reached) under(path, attr string, guards []comes.Guard) Reach {
	if i, ok := r.find(path); ok && r.excluded(i, guards) {
		return Unreached
	}
	return r.ofAttr(path, attr)
}
