package eval

import (
	"maps"
	"slices"
)

// attr is one attribute of a set.
type attr struct {
	value *thunk
	// maybe is set where the attribute may be missing.
	maybe bool
}

// set is the attributes of a set, in layers: // lays its right side upon its left one. A set is immutable.
type set struct {
	// own are the attributes of the outermost layer, or nil for those of a literal, whose values are in the order of its attributes.
	own     map[string]attr
	literal *setCode
	values  []*thunk
	// open is set where there may be attributes that own has not. They hide those below.
	open bool
	// notLib is set for builtins: those that they may have besides have neither the name of one that is known, nor that of a function
	// that only lib has.
	notLib bool
	// foreign is set where those are another project's.
	foreign bool
	below   *set
	depth   int // the layers below
	size    int // the attributes of all layers
	// made is set where callPackage, as far as its name tells, has made it of the set below.
	made bool
	// code and expr are the literal or call that the uppermost layer comes from, or nil.
	code *Code
	expr Expr
}

// origin returns what a set of one layer comes from; nil where that is not one expression.
func (s *set) origin() (code *Code, e Expr) {
	if s.below != nil {
		return nil, 0
	}
	return s.code, s.expr
}

// openSet is the set of which nothing is known.
var openSet = &set{open: true}

// maxLayers is the number of layers from which on a set is made anew, maxDepth that from which on nothing is known of it.
const maxLayers, maxDepth = 12, 200

// get returns an attribute of the outermost layer.
func (s *set) get(name string) (a attr, ok bool) {
	if s.literal == nil {
		a, ok = s.own[name]
		return a, ok
	}
	i, ok := s.literal.find(name)
	if !ok {
		return attr{}, false
	}
	return attr{value: s.values[i]}, true
}

// all yields the attributes of the outermost layer, in no order.
func (s *set) all(yield func(string, attr) bool) {
	if s.literal == nil {
		maps.All(s.own)(yield)
		return
	}
	for i, t := range s.values {
		if !yield(s.literal.attrs[i].sym, attr{value: t}) {
			return
		}
	}
}

// Presence says whether a set has an attribute.
type Presence uint8

// The presences. Possible is said, too, of a value of which it is not known whether it is a set.
const (
	Absent Presence = iota
	Possible
	Present
)

// lookup looks an attribute up. values are those that it may have, and unknown tells that it may have any other.
func (s *set) lookup(name string) (values []*thunk, has Presence, unknown bool) {
	for ; s != nil; s = s.below {
		a, ok := s.get(name)
		if ok {
			values = append(values, a.value)
			if !a.maybe {
				return values, Present, unknown
			}
			has = Possible
		}
		if s.open && !(s.notLib && (ok || onlyInLib(name))) && !(s.foreign && name == toStringName) {
			has, unknown = Possible, true
		}
	}
	return values, has, unknown
}

// lacking returns those of some names that the set surely has not, in their order.
func (s *set) lacking(names []string) (out []string) {
	for _, name := range names {
		if _, has, _ := s.lookup(name); has == Absent {
			out = append(out, name)
		}
	}
	return out
}

// others returns the names that the set surely has besides some, in no order.
func (s *set) others(names []string) (out []string) {
	for ; s != nil; s = s.below {
		for name, a := range s.all {
			if !a.maybe && !slices.Contains(names, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// closed reports whether all names of the set are known.
func (s *set) closed() bool {
	for ; s != nil; s = s.below {
		if s.open {
			return false
		}
	}
	return true
}

// plain reports whether each attribute of the set is surely there, with one value, and there are no others.
func (s *set) plain() bool {
	for ; s != nil; s = s.below {
		if s.open {
			return false
		}
		if s.literal != nil {
			continue
		}
		for _, a := range s.own {
			if a.maybe {
				return false
			}
		}
	}
	return true
}

// flat returns the attributes of a plain set. It must not be changed.
func (s *set) flat() map[string]attr {
	if s.below == nil {
		if s.own == nil && s.literal != nil {
			s.own = maps.Collect(s.all)
		}
		return s.own
	}
	all := make(map[string]attr, s.size)
	for ; s != nil; s = s.below {
		for n, a := range s.all {
			if _, hidden := all[n]; !hidden {
				all[n] = a
			}
		}
	}
	return all
}

// sorted returns the names of a plain set in the order in which Nix lists them.
func (s *set) sorted() []string {
	if s.below == nil && s.literal != nil {
		names := make([]string, len(s.values))
		for i := range names {
			names[i] = s.literal.attrs[i].sym
		}
		slices.Sort(names)
		return names
	}
	return slices.Sorted(maps.Keys(s.flat()))
}

// names returns the names of the attributes, sorted; ok is false where they are not all known.
func (s *set) names() (names []string, ok bool) {
	if !s.closed() {
		return nil, false
	}
	return s.sorted(), true
}

func (s *set) empty() bool { return len(s.own) == 0 && len(s.values) == 0 && s.below == nil && !s.open }

// update returns left // right.
func update(left, right *set) *set {
	switch {
	case left.empty():
		return right
	case right.empty():
		return left
	case left.depth+right.depth+1 > maxDepth:
		return openSet
	}
	layers := []*set{right}
	for below := right.below; below != nil; below = below.below {
		layers = append(layers, below)
	}
	out := left
	for _, layer := range slices.Backward(layers) {
		n := max(len(layer.own), len(layer.values))
		out = &set{
			own: layer.own, literal: layer.literal, values: layer.values, open: layer.open, below: out, depth: out.depth + 1,
			size: out.size + n, code: layer.code, expr: layer.expr, notLib: layer.notLib, foreign: layer.foreign,
		}
	}
	if out.depth > maxLayers && out.plain() {
		own := out.flat()
		return &set{own: own, size: len(own)}
	}
	return out
}
