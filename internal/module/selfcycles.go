package module

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// edge says that an option needs another.
type edge struct {
	to         int // of the definitions
	use        ast.Node
	conditions []ast.Node // under which it does
	weak       bool
}

// maxCycle is the number of options up to which a cycle is looked for.
const maxCycle = 4

// cycles looks for options of the module that need each other.
func (s *selfSearch) cycles() {
	s.findCyclic()
	if !slices.Contains(s.cyclic, true) {
		return
	}
	told := make([]bool, len(s.options))
	for _, f := range s.found {
		told[s.byPath[strings.Join(f.Path, ".")]] = true
	}
	for i := range s.all {
		if option := s.all[i].option; !told[option] && s.cyclic[option] {
			s.from(i, []int{i}, nil, told)
		}
	}
}

// findCyclic finds the options that may be in a cycle: only for those it is looked for, since what surely is
// needed costs the evaluator far more.
func (s *selfSearch) findCyclic() {
	s.cyclic = make([]bool, len(s.options))
	edges, back := make([][]int, len(s.options)), make([][]int, len(s.options))
	reads := false
	for from := range s.options {
		edges[from] = s.optionsRead(from)
		for _, to := range edges[from] {
			back[to] = append(back[to], from)
			reads = true
		}
	}
	if !reads {
		return
	}
	// What is in a cycle is read and reads: take away what is not, until nothing changes. What is left on ways between cycles costs
	// only time.
	var todo []int
	out, in := make([]int, len(s.options)), make([]int, len(s.options))
	for i := range s.options {
		s.cyclic[i] = true
		out[i], in[i] = len(edges[i]), len(back[i])
		if out[i] == 0 || in[i] == 0 {
			todo = append(todo, i)
		}
	}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !s.cyclic[i] {
			continue
		}
		s.cyclic[i] = false
		for _, t := range edges[i] {
			if in[t]--; in[t] == 0 {
				todo = append(todo, t)
			}
		}
		for _, f := range back[i] {
			if out[f]--; out[f] == 0 {
				todo = append(todo, f)
			}
		}
	}
}

// optionsRead returns the options of the module that the definitions of one of them read, but for itself, each as often as it is read.
func (s *selfSearch) optionsRead(from int) (to []int) {
	add := func(option int, ok bool) {
		if ok && option != from {
			to = append(to, option)
		}
	}
	for _, i := range s.options[from] {
		d := &s.all[i]
		if !d.value.IsValid() {
			add(s.inheritedOption(d))
		}
		for k := range len(d.conditions) + 1 {
			n := d.value
			if k < len(d.conditions) {
				n = d.conditions[k]
			}
			if !n.IsValid() {
				continue
			}
			for _, r := range s.reads(n) {
				for names := 1; names <= len(r.path); names++ {
					add(s.optionAt(r, names))
				}
			}
		}
	}
	return to
}

// from goes on from the last of the definitions on a way; edges are those between them.
func (s *selfSearch) from(start int, way []int, edges []edge, told []bool) {
	for _, e := range s.edges(way[len(way)-1]) {
		option := s.all[e.to].option
		if option == s.all[start].option && len(way) > 1 {
			all := append(slices.Clone(edges), e)
			if !compatible(all) {
				continue
			}
			found := SelfDefinition{Module: s.m, Path: s.all[start].path, Node: s.all[start].node, Use: all[0].use, Default: s.all[start].isDefault}
			for j, i := range way {
				told[s.all[i].option] = true
				found.Unsure = found.Unsure || all[j].weak
				if j > 0 {
					found.Through = append(found.Through, Through{s.all[i].path, s.all[i].node})
				}
			}
			s.found = append(s.found, found)
			return
		}
		if told[option] || len(way) == maxCycle || slices.Contains(way, e.to) || e.to < start {
			continue
		}
		s.from(start, append(way[:len(way):len(way)], e.to), append(edges[:len(edges):len(edges)], e), told)
		if told[s.all[start].option] {
			return
		}
	}
}

// compatible reports whether the conditions under which options need others are those of one mkIf, or none.
func compatible(all []edge) bool {
	var most []ast.Node
	for _, e := range all {
		if len(e.conditions) > len(most) {
			most = e.conditions
		}
	}
	for _, e := range all {
		if !slices.Equal(e.conditions, most[:len(e.conditions)]) {
			return false
		}
	}
	return true
}

// edges returns what a definition surely needs of the options that the module defines.
func (s *selfSearch) edges(i int) (out []edge) {
	d := s.all[i]
	if s.beaten(&d) {
		return nil
	}
	each := func(n ast.Node, value bool, do func(at int, use ast.Node)) {
		seen := map[int]bool{}
		for _, r := range s.reads(n) {
			for k := 1; k <= len(r.path); k++ {
				option, ok := s.optionAt(r, k)
				if !ok || seen[option] || value && option == d.option || !s.cyclic[option] {
					continue
				}
				seen[option] = true
				all := s.options[option]
				if use := s.needs(n, s.all[all[0]].path); use.IsValid() && s.exactly(n, s.all[all[0]].path) {
					for _, at := range all {
						do(at, use)
					}
				}
			}
		}
	}
	for k, c := range d.conditions {
		each(c, false, func(at int, use ast.Node) { out = append(out, edge{at, use, d.conditions[:k], false}) })
	}
	if d.value.IsValid() {
		each(d.value, true, func(at int, use ast.Node) { out = append(out, edge{at, use, d.conditions, d.weak}) })
	} else if option, ok := s.inheritedOption(&d); ok {
		for _, at := range s.options[option] {
			out = append(out, edge{at, d.node, d.conditions, d.weak})
		}
	}
	return out
}
