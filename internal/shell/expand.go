package shell

import (
	"slices"
	"strings"
)

// A scope holds assignments that a script sees: its own, around them those of the CI file. Assignments are
// tracked without regard to control flow: a variable has every value that it is given anywhere.
type scope struct {
	parent *scope
	vars   map[string][]*variable
	order  []*variable
	hidden bool // of a job that only others extend
}

// idle reports whether nothing runs in the scope itself.
func (s *scope) idle() bool {
	for ; s != nil; s = s.parent {
		if s.hidden {
			return true
		}
	}
	return false
}

func (s *scope) define(v *variable) {
	if s.vars == nil {
		s.vars = map[string][]*variable{}
	}
	key := variableKey(v.name, v.fn)
	s.vars[key] = append(s.vars[key], v)
	s.order = append(s.order, v)
}

// listed returns the variables that the CI file sets.
func (s *scope) listed() []Assign {
	var out []Assign
	for _, v := range s.order {
		if v.ci && validName(v.name) {
			out = append(out, v.export())
		}
	}
	return out
}

// variableKey tells the arguments of each function apart; other variables are the script's.
func variableKey(name, fn string) string {
	if name == "@" || name == "*" {
		return "@ " + fn
	}
	return name
}

// outer returns the scope around a script's own.
func (s *scope) outer() *scope {
	if s.parent != nil {
		return s.parent
	}
	return s
}

type found struct {
	scope *scope
	key   string
}

// find returns the assignments to a variable in the innermost scope that has some.
func (s *scope) find(key string) []*variable {
	for ; s != nil; s = s.parent {
		if vars := s.vars[key]; vars != nil {
			return vars
		}
	}
	return nil
}

// fuel bounds what expansions do: the assignments looked at, the words made of them, and the parts that those are copied
// from. What the call itself writes is ended when it has begun.
type fuel struct {
	left int
	out  bool // something was not expanded for want of it, or because it lies too deep
}

// What one call may take of the fuel of its document, which is minFuel and twice as much as that has bytes: maxCallFuel, and half
// of what is left where that is more. A value that is doubled over and over ends
// at a few thousand words so, which every rule looks at. maxVariables bounds how many variables may lead from one to the next.
const (
	maxCallFuel  = 1000
	minFuel      = 10_000
	maxVariables = 20_000
)

// A valueKey tells apart the places where a variable has the same value.
type valueKey struct {
	name          found
	from          *scope // in which the words of the value are expanded
	array, quoted bool
}

// An expander replaces expansions by the words of the assignments they come from.
type expander struct {
	scope *scope
	*expansions
}

// expansions is what the expanders of one call share.
type expansions struct {
	fuel  *fuel
	depth int           // of variables within each other
	open  map[found]int // the variables that are being expanded, with their depth
	// known are values that do not depend on which variables are being expanded; outermost is the least depth of an open
	// variable that a value had to do without.
	known     map[valueKey][][]rawWord
	outermost int
}

func (e *expander) in(s *scope) *expander { return &expander{s, e.expansions} }

// findClosed is scope.find that passes over variables that are being expanded.
func (e *expander) findClosed(s *scope, key string) (found, []*variable) {
	for ; s != nil; s = s.parent {
		vars := s.vars[key]
		if vars == nil {
			continue
		}
		f := found{s, key}
		depth, open := e.open[f]
		if !open {
			return f, vars
		}
		e.outermost = min(e.outermost, depth)
	}
	return found{}, nil
}

// within calls a function while a variable is being expanded.
func (e *expander) within(f found, do func()) {
	e.depth++
	e.open[f] = e.depth
	do()
	delete(e.open, f)
	e.depth--
}

// word expands a word: only one that is nothing but an expansion stands for other words.
func (e *expander) word(w rawWord) []rawWord {
	p := w.lone()
	if p == nil {
		return []rawWord{w}
	}
	if e.fuel.left <= 0 || e.depth >= maxVariables {
		e.fuel.out = true
		return []rawWord{w}
	}
	values := e.values(p)
	if values == nil {
		return []rawWord{w}
	}
	count := 0
	single := len(values) > 1
	for _, v := range values {
		single = single && len(v) == 1
		count += len(v)
	}
	if e.fuel.left -= count + 1; e.fuel.left < 0 && e.depth > 0 { // or else each variable around copies them, too
		e.fuel.out = true
		return []rawWord{w}
	}
	out := make([]rawWord, 0, count)
	for _, v := range values {
		out = append(out, v...)
	}
	for i := range out {
		out[i].via, out[i].use = p.dyn.name, w.whole
	}
	if !single {
		return out
	}
	w.alt = nil
	for _, v := range out {
		if v.alt != nil {
			w.alt = append(w.alt, v.alt...)
		} else {
			w.alt = append(w.alt, v)
		}
	}
	e.fuel.left -= len(w.alt)
	return []rawWord{w}
}

// values returns the values that an expansion may have, each as the words it yields; nil if none is known.
func (e *expander) values(p *part) [][]rawWord {
	d := p.dyn
	if d.name == "" {
		return nil
	}
	var values [][]rawWord
	alternate := d.exp != nil && (d.exp.Op.String() == "+" || d.exp.Op.String() == ":+")
	if !alternate {
		values = e.lookup(p)
	}
	if d.exp != nil && d.exp.Word != nil {
		raw := d.unit.raw(d.exp.Word, d.base, d.fn)
		words := []rawWord{raw}
		if !p.quoted {
			words = raw.fields(true)
		}
		e.depth++
		if words = e.words(words); len(words) > 0 {
			values = append(values, words)
		}
		e.depth--
	}
	return values
}

func (e *expander) words(in []rawWord) []rawWord {
	out := make([]rawWord, 0, len(in))
	for _, w := range in {
		out = append(out, e.word(w)...)
	}
	return out
}

func (e *expander) lookup(p *part) (out [][]rawWord) {
	d := p.dyn
	name, from := d.name, e.scope
	if d.expr {
		from = from.outer()
		name = strings.TrimPrefix(name, "env.")
	}
	if n := position(name); n > 0 {
		f, vars := e.findClosed(from, variableKey("@", d.fn))
		if len(vars) != 1 || n > len(vars[0].words) {
			return nil
		}
		e.within(f, func() { out = [][]rawWord{e.word(vars[0].words[n-1])} })
		return out
	}
	f, vars := e.findClosed(from, variableKey(name, d.fn))
	if vars == nil || vars[0].unknown {
		return nil
	}
	key := valueKey{f, e.scope, d.array, p.quoted}
	if values, ok := e.known[key]; ok {
		e.fuel.left -= len(values)
		return values
	}
	outermost := e.outermost
	e.outermost = e.depth + 1
	e.within(f, func() { out = e.assigned(p, vars) })
	if e.outermost > e.depth && !e.fuel.out {
		e.known[key] = out
	}
	e.outermost = min(outermost, e.outermost)
	return out
}

// assigned returns the values that the assignments of a variable give an expansion of it.
func (e *expander) assigned(p *part, vars []*variable) (out [][]rawWord) {
	e.fuel.left -= len(vars)
	var bases, appends []*variable
	for _, v := range vars {
		if v.append {
			appends = append(appends, v)
		} else {
			bases = append(bases, v)
		}
	}
	if len(bases) == 0 {
		// What is appended to was assigned further out, if anywhere.
		for _, words := range e.lookup(p) {
			out = append(out, slices.Clone(words))
		}
	}
	for _, v := range bases {
		var words []rawWord
		if len(bases) == 1 && !v.array {
			words, appends = withAppended(v.words[0], appends, p.quoted)
			e.fuel.left -= len(words[0].parts)
		} else {
			words = v.words
		}
		out = append(out, e.value(v, words, p.dyn.array, p.quoted))
	}
	for _, v := range appends {
		words := e.value(v, v.words, p.dyn.array, p.quoted)
		if len(out) == 1 {
			out[0] = append(out[0], words...)
		} else {
			out = append(out, words)
		}
	}
	return out
}

// withAppended joins strings that are appended to the value without white space between.
func withAppended(word rawWord, appends []*variable, quoted bool) (words []rawWord, rest []*variable) {
	all := []rawWord{word}
	for _, v := range appends {
		if v.array || len(v.words) == 0 || len(word.parts) == 0 || v.words[0].at != word.at ||
			!quoted && strings.HasPrefix(v.words[0].text(), " ") {
			break
		}
		all = append(all, v.words[0])
	}
	return []rawWord{join(all)}, appends[len(all)-1:]
}

// value returns the words that one assignment's value yields where it is expanded.
func (e *expander) value(v *variable, words []rawWord, all, quoted bool) []rawWord {
	if v.scope != nil {
		e = e.in(v.scope)
	}
	if v.array {
		if !all && len(words) > 1 {
			words = words[:1]
		}
		return e.words(words)
	}
	if quoted {
		return e.words(words)
	}
	var out []rawWord
	for i := range words {
		fields := words[i].fields(false)
		e.fuel.left -= len(fields) + len(words[i].parts)
		for _, f := range fields {
			// Quotes in the assignment do not keep the value from being split here.
			if p := f.lone(); p != nil {
				p.quoted = false
			}
			out = append(out, e.word(f)...)
		}
	}
	return out
}

// position returns the number of a positional parameter, 0 for other names.
func position(name string) int {
	if len(name) == 1 && name[0] >= '1' && name[0] <= '9' {
		return int(name[0] - '0')
	}
	return 0
}
