package shell

import (
	"strings"
)

// A scope holds assignments that a script sees: its own, around them those of the CI file. Assignments are
// tracked without regard to control flow: a variable has every value that it is given anywhere.
type scope struct {
	parent *scope
	vars   map[string][]*variable
	order  []*variable
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
	vars  []*variable
}

func (s *scope) find(key string) found { return s.findUnseen(key, nil) }

func (s *scope) findUnseen(key string, seen []found) found {
next:
	for ; s != nil; s = s.parent {
		vars := s.vars[key]
		if vars == nil {
			continue
		}
		for _, f := range seen {
			if f.scope == s && f.key == key {
				continue next
			}
		}
		return found{s, key, vars}
	}
	return found{}
}

// fuel bounds what expansions do: the assignments looked at, the words made of them, and the parts that those are copied
// from. What has begun is ended.
type fuel struct {
	left int
	out  bool // something was not expanded for want of it
}

// maxCallFuel is what one call may take of the fuel of its document, which is minFuel and as much as that has bytes.
const (
	maxCallFuel = 5000
	minFuel     = 50_000
)

// An expander replaces expansions by the words of the assignments they come from.
type expander struct {
	scope *scope
	seen  []found // the variables that are being expanded
	fuel  *fuel
}

// word expands a word: only one that is nothing but an expansion stands for other words.
func (e *expander) word(w rawWord) []rawWord {
	p := w.lone()
	if p == nil || len(e.seen) > 10 {
		return []rawWord{w}
	}
	if e.fuel.left <= 0 {
		e.fuel.out = true
		return []rawWord{w}
	}
	values := e.values(p)
	if values == nil {
		return []rawWord{w}
	}
	var out []rawWord
	single := len(values) > 1
	for _, v := range values {
		single = single && len(v) == 1
		out = append(out, v...)
	}
	e.fuel.left -= len(out) + 1
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
		inner := &expander{scope: e.scope, seen: append(e.seen, found{}), fuel: e.fuel}
		if words = inner.words(words); len(words) > 0 {
			values = append(values, words)
		}
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

func (e *expander) lookup(p *part) [][]rawWord {
	d := p.dyn
	name, from := d.name, e.scope
	if d.expr {
		from = from.outer()
		name = strings.TrimPrefix(name, "env.")
	}
	if n := position(name); n > 0 {
		f := from.findUnseen(variableKey("@", d.fn), e.seen)
		if len(f.vars) != 1 || n > len(f.vars[0].words) {
			return nil
		}
		inner := &expander{scope: e.scope, seen: append(e.seen, f), fuel: e.fuel}
		return [][]rawWord{inner.word(f.vars[0].words[n-1])}
	}
	f := from.findUnseen(variableKey(name, d.fn), e.seen)
	if f.vars == nil {
		return nil
	}
	e.fuel.left -= len(f.vars)
	var bases, appends []*variable
	for _, v := range f.vars {
		if v.append {
			appends = append(appends, v)
		} else {
			bases = append(bases, v)
		}
	}
	inner := &expander{scope: e.scope, seen: append(e.seen, f), fuel: e.fuel}
	var out [][]rawWord
	if len(bases) == 0 {
		// What is appended to was assigned further out, if anywhere.
		out = inner.lookup(p)
	}
	for _, v := range bases {
		var words []rawWord
		if len(bases) == 1 && !v.array {
			words, appends = withAppended(v.words[0], appends, p.quoted)
			e.fuel.left -= len(words[0].parts)
		} else {
			words = v.words
		}
		out = append(out, inner.value(v, words, d.array, p.quoted))
	}
	for _, v := range appends {
		words := inner.value(v, v.words, d.array, p.quoted)
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
		e = &expander{scope: v.scope, seen: e.seen, fuel: e.fuel}
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
