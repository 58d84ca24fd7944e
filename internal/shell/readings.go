package shell

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// A Reading is one of the texts that a word may have: each variable in it has one of its values.
type Reading struct {
	Text   string
	pieces []readPiece
}

// A readPiece is a stretch of a reading that stands in one place of the file.
type readPiece struct {
	start int // in the reading's text
	part  part
	at    *textMap
	// name is the variable that the piece is, or lies in, the value of, and value where that stands; empty for what the word
	// itself writes.
	name  string
	value source.Span
	// through are all variables that it came through, the innermost first.
	through []string
	given   bool // it stands in the document that calls
}

// A Place is where a part of a reading comes from.
type Place struct {
	// Span is where the part stands, where Exact is set; else where the value stands that it lies in or begins with.
	Span  source.Span
	Exact bool
	// Variable is that whose value has the part, without `$`, and Value where that value stands; empty where the word itself has
	// the part.
	Variable string
	Value    source.Span
	// Given is set where all of that is in the document that calls (ReadCalled).
	Given bool
}

// PlaceOf returns where the range [i, j) of the reading's text comes from.
func (r *Reading) PlaceOf(i, j int) Place {
	var first *readPiece
	for k := range r.pieces {
		p := &r.pieces[k]
		end := p.start + len(p.part.text)
		if end <= i || p.start >= j && j > i {
			continue
		}
		if i >= p.start && j <= end {
			if n := len(p.part.text); n == p.part.end-p.part.src {
				return Place{p.at.span(p.part.src+i-p.start, p.part.src+j-p.start), true, p.name, p.value, p.given}
			}
			return Place{p.at.span(p.part.src, p.part.end), false, p.name, p.value, p.given}
		}
		if first == nil || first.name == "" {
			first = p
		}
	}
	if first == nil || first.name == "" {
		return Place{}
	}
	return Place{first.value, false, first.name, first.value, first.given}
}

// Values returns where the values of variables stand that the reading has, given ones or others.
func (r *Reading) Values(given bool) (out []source.Span) {
	for _, p := range r.pieces {
		if p.name != "" && p.given == given && !slices.Contains(out, p.value) {
			out = append(out, p.value)
		}
	}
	return out
}

// Variables returns the names of the variables that the reading depends on, without `$`.
func (r *Reading) Variables() (out []string) {
	for _, p := range r.pieces {
		for _, name := range p.through {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// Bounds of what is looked at for one word: its readings, and the assignments that lead to them.
const (
	maxReadings     = 64
	maxReadingSteps = 2000
	maxAssigned     = 2 * maxReadings // to one variable
)

// Readings returns the texts that a word of a command may have, as far as all of it is known: values that are not known beside
// others are left out, and of words with too many there are none. So a value that stands in no reading may be used all the
// same, and readings may be there that the conditions around them keep from being used. A value of a script's own that is
// written over later is no reading: it stands for what is not found.
func (s *Script) Readings(c *Command, w *Word) []Reading {
	if w.raw == nil {
		return nil
	}
	scopes := []*scope{s.scope}
	for _, around := range s.aliased {
		scopes = append(scopes, &scope{parent: around, vars: s.scope.vars})
	}
	if c != nil && c.shared != nil {
		scopes = append(scopes, c.shared.scopes...)
	}
	raw := *w.raw
	raw.alt = nil
	var out []Reading
	for _, in := range scopes {
		e := &readingExpander{left: maxReadingSteps, open: map[found]bool{}, shifts: s.shifts}
		for _, pieces := range e.word(&raw, in, true) {
			if in == nil || !in.idle() || !slices.ContainsFunc(pieces, func(p readPiece) bool { return p.name != "" }) {
				out = append(out, newReading(pieces))
			}
		}
		if e.left <= 0 || len(out) > maxReadings {
			return nil
		}
	}
	return out
}

func newReading(pieces []readPiece) Reading {
	var b strings.Builder
	for i := range pieces {
		pieces[i].start = b.Len()
		b.WriteString(pieces[i].part.text)
	}
	return Reading{b.String(), pieces}
}

// A readingExpander finds the readings of one word.
type readingExpander struct {
	left   int
	open   map[found]bool // the variables that are being expanded
	shifts bool           // positions may change
}

// word returns the readings of a word, each as pieces. The shell expands braces in what it reads itself.
func (e *readingExpander) word(w *rawWord, in *scope, braces bool) (out [][]readPiece) {
	out = [][]readPiece{nil}
	for _, p := range w.parts {
		var values [][]readPiece
		switch {
		case p.dyn != nil:
			values = e.values(&p, in)
		case braces && !p.quoted:
			values = e.braces(p, w.at)
		default:
			values = [][]readPiece{{{part: p, at: w.at}}}
		}
		if e.left -= len(out) * len(values); e.left <= 0 || len(out)*len(values) > maxReadings {
			e.left = 0
			return nil
		}
		if len(values) == 1 && len(values[0]) == 1 {
			for i := range out {
				out[i] = append(slices.Clip(out[i]), values[0][0])
			}
			continue
		}
		var next [][]readPiece
		for _, head := range out {
			for _, tail := range values {
				next = append(next, slices.Concat(head, tail))
			}
		}
		out = next
	}
	return out
}

// braces returns the alternatives of a stretch with one pair of braces, {a,b}.
func (e *readingExpander) braces(p part, at *textMap) [][]readPiece {
	open := strings.IndexByte(p.text, '{')
	end := strings.IndexByte(p.text, '}')
	if open < 0 || end < open || len(p.text) != p.end-p.src || strings.Count(p.text, "{") != 1 || strings.Count(p.text, "}") != 1 ||
		!strings.Contains(p.text[open:end], ",") {
		return [][]readPiece{{{part: p, at: at}}}
	}
	cut := func(from, to int) readPiece {
		return readPiece{part: part{text: p.text[from:to], src: p.src + from, end: p.src + to}, at: at}
	}
	var out [][]readPiece
	for from := open + 1; from <= end; {
		to := end
		if i := strings.IndexByte(p.text[from:end], ','); i >= 0 {
			to = from + i
		}
		item := cut(from, to)
		item.name, item.value = "{}", at.span(item.part.src, item.part.end)
		pieces := []readPiece{cut(0, open), item, cut(end+1, len(p.text))}
		out = append(out, slices.DeleteFunc(pieces, func(p readPiece) bool { return p.part.text == "" }))
		from = to + 1
	}
	return out
}

// values returns the readings that an expansion may have.
func (e *readingExpander) values(p *part, in *scope) (out [][]readPiece) {
	d := p.dyn
	if e.left--; d.name == "" || in == nil || e.left <= 0 {
		return nil
	}
	if d.exp != nil {
		switch d.exp.Op.String() {
		case "+", ":+":
			return nil
		}
		if d.exp.Word != nil {
			raw := d.unit.raw(d.exp.Word, d.base, d.fn)
			out = e.named(d.name, raw.whole, e.plain(&raw, in, true, true))
		}
	}
	name, from := d.name, in
	if d.expr {
		from, name = in.outer(), strings.TrimPrefix(name, "env.")
	}
	if n := position(name); n > 0 {
		f, calls := e.find(from, variableKey("@", d.fn))
		if e.shifts || e.tooMany(calls) {
			return out
		}
		e.within(f, func() {
			for _, v := range calls {
				if n <= len(v.words) {
					out = append(out, e.named(name, v.words[n-1].whole, e.plain(&v.words[n-1], from, p.quoted, false))...)
				}
			}
		})
		return out
	}
	f, vars := e.find(from, variableKey(name, d.fn))
	if e.tooMany(vars) {
		return out
	}
	e.within(f, func() {
		first := true // of the plain assignments
		for _, v := range vars {
			several := v.set && slices.ContainsFunc(vars, func(o *variable) bool { return o != v && o.set })
			if v.append {
				out = nil
				return
			}
			if skip := several && first; !skip {
				out = append(out, e.value(name, v, p, from)...)
			}
			first = first && !v.set
		}
	})
	return out
}

// find returns the assignments to a variable in the innermost scope that has some, but for those that are being expanded.
func (e *readingExpander) find(s *scope, key string) (found, []*variable) {
	for ; s != nil; s = s.parent {
		f := found{s, key}
		if vars := s.vars[key]; vars != nil && !e.open[f] {
			return f, vars
		}
	}
	return found{}, nil
}

// tooMany ends the search where a variable has so many assignments that there are too many readings anyhow, or nearly all of
// its values are not known: each word in which it stands would look at all of them.
func (e *readingExpander) tooMany(vars []*variable) bool {
	if len(vars) > maxAssigned {
		e.left = 0
		return true
	}
	return false
}

func (e *readingExpander) within(f found, do func()) {
	e.open[f] = true
	do()
	delete(e.open, f)
}

// value returns the readings that one assignment gives an expansion.
func (e *readingExpander) value(name string, v *variable, p *part, in *scope) (out [][]readPiece) {
	if v.scope != nil {
		in = v.scope
	}
	switch {
	case v.array && p.dyn.array || len(v.words) == 0:
		return nil
	case v.each:
		for i := range v.words {
			out = append(out, e.items(name, &v.words[i], in)...)
		}
		return out
	}
	out = e.named(name, v.words[0].whole, e.plain(&v.words[0], in, p.quoted || p.dyn.expr, false))
	if v.given {
		for _, pieces := range out {
			for i := range pieces {
				pieces[i].given = true
			}
		}
	}
	return out
}

// items returns what the words of a loop give its variable, one after the other.
func (e *readingExpander) items(name string, w *rawWord, in *scope) (out [][]readPiece) {
	p := w.lone()
	if p == nil || p.dyn.exp != nil {
		return e.named(name, w.whole, e.plain(w, in, true, true))
	}
	from, key := in, variableKey(p.dyn.name, p.dyn.fn)
	if p.dyn.expr {
		from, key = in.outer(), strings.TrimPrefix(p.dyn.name, "env.")
	}
	f, vars := e.find(from, key)
	if e.tooMany(vars) {
		return out
	}
	e.within(f, func() {
		for _, v := range vars {
			if e.left--; e.left <= 0 {
				return
			}
			around := from
			if v.scope != nil {
				around = v.scope
			}
			var words []rawWord
			switch {
			case v.array && !p.dyn.array:
				continue
			case v.array || v.each || p.quoted && !p.dyn.expr:
				words = v.words
			default:
				for i := range v.words {
					words = append(words, v.words[i].fields(false)...)
				}
			}
			for i := range words {
				out = append(out, e.named(name, words[i].whole, e.plain(&words[i], around, true, v.array))...)
			}
		}
	})
	return out
}

// plain returns the readings of a word that are neither empty nor, where the shell would split them, several words.
func (e *readingExpander) plain(w *rawWord, in *scope, whole, braces bool) [][]readPiece {
	return slices.DeleteFunc(e.word(w, in, braces), func(pieces []readPiece) bool {
		empty := true
		for _, p := range pieces {
			empty = empty && p.part.text == ""
			if !whole && strings.ContainsAny(p.part.text, " \t\n*?") {
				return true
			}
		}
		return empty
	})
}

// named notes in the pieces of values that no other variable has which one they are the value of.
func (e *readingExpander) named(name string, whole source.Span, values [][]readPiece) [][]readPiece {
	for _, pieces := range values {
		value := whole
		if i := slices.IndexFunc(pieces, func(p readPiece) bool { return p.name == "{}" }); i >= 0 {
			value = pieces[i].value
		}
		for i := range pieces {
			p := &pieces[i]
			if p.name == "" || p.name == "{}" {
				p.name, p.value = name, value
			}
			p.through = append(slices.Clip(p.through), name)
		}
	}
	return values
}
