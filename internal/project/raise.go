package project

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// raisers are the tokens of which a file must have one to have facts of a kind. So files that have none are not parsed for
// a question about all files, and few of the others are looked through.
type raisers struct {
	paths bool // a path literal
	sets  bool // an attribute, or a name of a let, that is given a value
	// Identifiers, names of attributes and strings that are nothing else: whole, or by how they start or end.
	names, starts, ends []string
}

// tokenTable finds the kinds that tokens raise.
type tokenTable struct {
	paths Facts
	sets  Facts
	names map[string]Facts // by name
	edges []edge
	// first has the lengths that names with a first byte have, and last those with a last byte, as sets; 63 stands for all
	// from there on. Most words of a file are of no length that counts.
	first, last [256]uint64
}

// edge is how names start, or end.
type edge struct {
	text  string
	ends  bool
	kinds Facts
}

// tables has the tables of sets of kinds.
var tables memo[Facts, *tokenTable]

// raisedBy returns those of some kinds that a text raises.
func raisedBy(text ast.Tokens, want Facts) Facts {
	t := tables.get(want, func() *tokenTable {
		t := &tokenTable{names: map[string]Facts{}}
		for slot, k := range kinds {
			if want&(1<<slot) != 0 {
				t.add(k.raisedBy(), 1<<slot)
			}
		}
		return t
	})
	return t.raised(text)
}

func (t *tokenTable) add(r *raisers, kinds Facts) {
	if r.paths {
		t.paths |= kinds
	}
	if r.sets {
		t.sets |= kinds
	}
	for _, name := range r.names {
		t.names[name] |= kinds
		t.first[name[0]] |= lengthBit(len(name))
	}
	atLeast := func(text string) uint64 { return ^(lengthBit(len(text)) - 1) }
	for _, text := range r.starts {
		t.edges = append(t.edges, edge{text, false, kinds})
		t.first[text[0]] |= atLeast(text)
	}
	for _, text := range r.ends {
		t.edges = append(t.edges, edge{text, true, kinds})
		t.last[text[len(text)-1]] |= atLeast(text)
	}
}

func lengthBit(n int) uint64 { return 1 << min(n, 63) }

// raised returns the kinds that a text raises.
func (t *tokenTable) raised(text ast.Tokens) Facts {
	var found Facts
	for i, k := range text.Kinds {
		switch k {
		case ast.TokPath:
			found |= t.paths
			continue
		case ast.TokAssign:
			found |= t.sets
			continue
		case ast.TokIdent:
		case ast.TokText:
			if text.Kinds[i-1] != ast.TokQuote || text.Kinds[i+1] != ast.TokQuote {
				continue
			}
		default:
			continue
		}
		start, end := text.Start[i], text.Start[i+1]
		if length := lengthBit(int(end - start)); (t.first[text.Source[start]]|t.last[text.Source[end-1]])&length != 0 {
			found |= t.named(text.Source[start:end])
		}
	}
	return found
}

// named returns the kinds that a name raises.
func (t *tokenTable) named(name string) Facts {
	found := t.names[name]
	for _, e := range t.edges {
		if e.ends && strings.HasSuffix(name, e.text) || !e.ends && strings.HasPrefix(name, e.text) {
			found |= e.kinds
		}
	}
	return found
}
