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
	told := map[string]bool{}
	for _, f := range s.found {
		told[strings.Join(f.Path, ".")] = true
	}
	s.findCyclic()
	for i, d := range s.all {
		if key := strings.Join(d.path, "."); told[key] || !s.cyclic[key] {
			continue
		}
		s.from(i, []int{i}, nil, told)
	}
}

// findCyclic finds the options that may be in a cycle: only for those it is looked for, since what surely is
// needed costs the evaluator far more.
func (s *selfSearch) findCyclic() {
	s.cyclic = map[string]bool{}
	reads := func(key string) (to []string) {
		for _, i := range s.byPath[key] {
			d := s.all[i]
			nodes := d.conditions
			if d.value.IsValid() {
				nodes = append(slices.Clip(nodes), d.value)
			} else if base := s.m.ConfigPath(d.from); base != nil {
				to = append(to, strings.Join(append(slices.Clone(base), d.path[len(d.path)-1]), "."))
			}
			for _, n := range nodes {
				for _, r := range s.reads(n) {
					for k := 1; k <= len(r.path); k++ {
						to = append(to, strings.Join(r.path[:k], "."))
					}
				}
			}
		}
		return slices.DeleteFunc(to, func(to string) bool { return to == key || len(s.byPath[to]) == 0 })
	}
	edges, back := map[string][]string{}, map[string][]string{}
	for key := range s.byPath {
		if to := reads(key); len(to) > 0 {
			edges[key] = to
			for _, t := range to {
				back[t] = append(back[t], key)
			}
		}
	}
	// What is in a cycle is read and reads: take away what is not, until nothing changes. What is left on ways between cycles costs
	// only time.
	var todo []string
	out, in := map[string]int{}, map[string]int{}
	for key := range s.byPath {
		out[key], in[key] = len(edges[key]), len(back[key])
		if out[key] == 0 || in[key] == 0 {
			todo = append(todo, key)
		}
	}
	gone := map[string]bool{}
	for len(todo) > 0 {
		key := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if gone[key] {
			continue
		}
		gone[key] = true
		for _, t := range edges[key] {
			if in[t]--; in[t] == 0 {
				todo = append(todo, t)
			}
		}
		for _, f := range back[key] {
			if out[f]--; out[f] == 0 {
				todo = append(todo, f)
			}
		}
	}
	for key := range s.byPath {
		if !gone[key] {
			s.cyclic[key] = true
		}
	}
}

// from goes on from the last of the definitions on a way; edges are those between them.
func (s *selfSearch) from(start int, way []int, edges []edge, told map[string]bool) {
	for _, e := range s.edges(way[len(way)-1]) {
		key := strings.Join(s.all[e.to].path, ".")
		if key == strings.Join(s.all[start].path, ".") && len(way) > 1 {
			all := append(slices.Clone(edges), e)
			if !compatible(all) {
				continue
			}
			found := SelfDefinition{Module: s.m, Path: s.all[start].path, Node: s.all[start].node, Use: all[0].use, Default: s.all[start].isDefault}
			for j, i := range way {
				told[strings.Join(s.all[i].path, ".")] = true
				found.Unsure = found.Unsure || all[j].weak
				if j > 0 {
					found.Through = append(found.Through, Through{s.all[i].path, s.all[i].node})
				}
			}
			s.found = append(s.found, found)
			return
		}
		if told[key] || len(way) == maxCycle || slices.Contains(way, e.to) || e.to < start {
			continue
		}
		s.from(start, append(way[:len(way):len(way)], e.to), append(edges[:len(edges):len(edges)], e), told)
		if told[strings.Join(s.all[start].path, ".")] {
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
	if d.isDefault && s.definedPlainly(d.path) {
		return nil
	}
	own := strings.Join(d.path, ".")
	each := func(n ast.Node, value bool, do func(at int, use ast.Node)) {
		seen := map[string]bool{}
		for _, r := range s.reads(n) {
			for k := 1; k <= len(r.path); k++ {
				key := strings.Join(r.path[:k], ".")
				all := s.byPath[key]
				if len(all) == 0 || seen[key] || value && key == own || !s.cyclic[key] {
					continue
				}
				seen[key] = true
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
	} else if base := s.m.ConfigPath(d.from); base != nil {
		for _, at := range s.byPath[strings.Join(append(slices.Clone(base), d.path[len(d.path)-1]), ".")] {
			out = append(out, edge{at, d.node, d.conditions, d.weak})
		}
	}
	return out
}
