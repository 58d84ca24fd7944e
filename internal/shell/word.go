package shell

import (
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"

	"github.com/nixsift/nixsift/ast/source"
)

// A rawWord is a word taken apart: its text in pieces, each with its place in the text that at maps to the
// file.
type rawWord struct {
	parts  []part
	whole  source.Span // in the file, quotes included
	quoted bool
	at     *textMap

	via string
	use source.Span
	alt []rawWord
}

// A part is a stretch of a word: literal text, or an expansion as written.
type part struct {
	text     string
	src, end int // range of the text that the word's map knows
	quoted   bool
	dyn      *expansion
}

// An expansion is a part whose value is known at run time only.
type expansion struct {
	name  string // the variable, if the value is just that
	array bool   // "${name[@]}"
	expr  bool   // an expression of the CI system, replaced before the shell sees the text
	fn    string // the function it stands in, for "$@"
	exp   *syntax.Expansion
	unit  *unit // of exp
	base  int
}

func (w *rawWord) text() string {
	switch len(w.parts) {
	case 0:
		return ""
	case 1:
		return w.parts[0].text
	}
	var b strings.Builder
	for _, p := range w.parts {
		b.WriteString(p.text)
	}
	return b.String()
}

func (w *rawWord) static() bool {
	for _, p := range w.parts {
		if p.dyn != nil {
			return false
		}
	}
	return true
}

// lone returns the expansion that the whole word consists of.
func (w *rawWord) lone() *part {
	if len(w.parts) == 1 && w.parts[0].dyn != nil {
		return &w.parts[0]
	}
	return nil
}

// span maps the range [i, j) of the word's text to the file.
func (w *rawWord) span(i, j int) source.Span { return w.spanFrom(0, 0, i, j) }

// spanFrom is span where the parts before the first, which has the offset pos in the text, end before i.
func (w *rawWord) spanFrom(first, pos, i, j int) source.Span {
	start, end := w.whole.Start, w.whole.End
	for _, p := range w.parts[first:] {
		n := len(p.text)
		verbatim := n == p.end-p.src
		if i >= pos && i < pos+n {
			at := p.src
			if verbatim {
				at += i - pos
			}
			start = w.at.start(at)
			if j <= i {
				return source.Span{Start: start, End: start}
			}
		}
		if j > pos && j <= pos+n {
			at := p.end
			if verbatim {
				at = p.src + j - pos
			}
			end = w.at.end(at)
		}
		pos += n
		if i < j && j <= pos {
			break
		}
	}
	if i >= pos {
		start = end
	}
	return source.Span{Start: start, End: max(start, end)}
}

// slice returns the part of the word from offset i to j of its text as a word of its own. Parts that are
// not copied byte by byte are taken whole.
func (w *rawWord) slice(i, j int) rawWord { return w.sliceFrom(0, 0, i, j) }

// sliceFrom is slice where the parts before the first, which has the offset pos in the text, end before i.
func (w *rawWord) sliceFrom(first, pos, i, j int) rawWord {
	out := rawWord{at: w.at, whole: w.spanFrom(first, pos, i, j)}
	for _, p := range w.parts[first:] {
		if pos >= j {
			break
		}
		n := len(p.text)
		a, b := max(i-pos, 0), min(j-pos, n)
		pos += n
		if a >= b {
			continue
		}
		if p.dyn == nil && n == p.end-p.src {
			p.text, p.src, p.end = p.text[a:b], p.src+a, p.src+b
		}
		out.parts = append(out.parts, p)
		out.quoted = out.quoted || p.quoted
	}
	return out
}

// fields splits the word at white space, as the shell splits an expansion's value: not inside expansions,
// nor inside quotes where keep says so.
func (w *rawWord) fields(keep bool) []rawWord {
	var out []rawWord
	start, pos := -1, 0
	first, at := 0, 0 // the part that start lies in, and its offset
	for k, p := range w.parts {
		solid := p.dyn != nil || keep && p.quoted
		for i := 0; i < len(p.text); i++ {
			blank := !solid && strings.IndexByte(" \t\n", p.text[i]) >= 0
			if blank && start >= 0 {
				out = append(out, w.sliceFrom(first, at, start, pos+i))
				start = -1
			} else if !blank && start < 0 {
				start, first, at = pos+i, k, pos
			}
		}
		pos += len(p.text)
	}
	if start >= 0 {
		out = append(out, w.sliceFrom(first, at, start, pos))
	}
	return out
}

// join returns the words' parts as one word, at the place of the first.
func join(words []rawWord) rawWord {
	out := words[0]
	if len(words) > 1 {
		out.parts = append([]part(nil), out.parts...)
		for _, w := range words[1:] {
			if w.at != out.at {
				break
			}
			out.parts = append(out.parts, w.parts...)
			out.quoted = out.quoted || w.quoted
		}
	}
	return out
}

func (w *rawWord) export() Word {
	out := Word{Text: w.text(), Span: w.whole, Quoted: w.quoted, Static: w.static(), Via: w.via, Use: w.use, raw: w}
	for i := range w.alt {
		out.Alts = append(out.Alts, w.alt[i].export())
	}
	return out
}

// raw takes a word of the syntax tree apart; base is the offset of the tree's text in the unit.
func (u *unit) raw(w *syntax.Word, base int, fn string) rawWord {
	out := rawWord{at: u.at}
	start, end, ok := u.extent(w, base)
	if !ok {
		return out
	}
	// Escaped line ends around the text are the parser's, not the word's.
	for strings.HasSuffix(u.text[start:end], "\\\n") {
		end -= 2
	}
	for strings.HasPrefix(u.text[start:end], "\\\n") {
		start += 2
	}
	out.whole = u.at.span(start, end)
	u.addParts(&out, w.Parts, base, fn, false)
	return out
}

// extent returns the word's range in the unit's text; positions that the parser made up are not ok.
func (u *unit) extent(n syntax.Node, base int) (start, end int, ok bool) {
	if w, isWord := n.(*syntax.Word); isWord && (w == nil || len(w.Parts) == 0) {
		return 0, 0, false
	}
	p, q := n.Pos(), n.End()
	if !p.IsValid() || !q.IsValid() {
		return 0, 0, false
	}
	start, end = base+int(p.Offset()), base+int(q.Offset())
	return start, end, start <= end && end <= len(u.text)
}

func (u *unit) addParts(out *rawWord, parts []syntax.WordPart, base int, fn string, quoted bool) {
	for _, p := range parts {
		start, end, ok := u.extent(p, base)
		if !ok {
			continue
		}
		switch p := p.(type) {
		case *syntax.Lit:
			u.literal(out, start, end, quoted, "$`\"\\")
		case *syntax.SglQuoted:
			out.quoted = true
			if p.Dollar {
				u.ansi(out, start+2, end-1)
			} else {
				u.verbatim(out, start+1, end-1, true)
			}
		case *syntax.DblQuoted:
			out.quoted = true
			u.addParts(out, p.Parts, base, fn, true)
		default:
			d := &expansion{}
			if pe, ok := p.(*syntax.ParamExp); ok {
				d = u.parameter(pe, base, fn)
			}
			out.parts = append(out.parts, part{text: u.text[start:end], src: start, end: end, quoted: quoted, dyn: d})
		}
	}
}

// parameter says which variable a parameter expansion stands for, with no name where its value is not just
// the variable's.
func (u *unit) parameter(pe *syntax.ParamExp, base int, fn string) *expansion {
	d := &expansion{fn: fn, base: base, unit: u}
	if pe.Param == nil || pe.Excl || pe.Length || pe.Width || pe.IsSet || pe.Slice != nil || pe.Repl != nil ||
		pe.Names != 0 || pe.NestedParam != nil || len(pe.Modifiers) > 0 {
		return d
	}
	if pe.Index != nil {
		w, ok := pe.Index.(*syntax.Word)
		if !ok || w.Lit() != "@" && w.Lit() != "*" {
			return d
		}
		d.array = true
	}
	if pe.Exp != nil {
		switch pe.Exp.Op {
		case syntax.AlternateUnset, syntax.AlternateUnsetOrNull, syntax.DefaultUnset, syntax.DefaultUnsetOrNull,
			syntax.AssignUnset, syntax.AssignUnsetOrNull:
			d.exp = pe.Exp
		case syntax.ErrorUnset, syntax.ErrorUnsetOrNull:
		default:
			return d
		}
	}
	d.name = pe.Param.Value
	if d.name == "@" || d.name == "*" {
		d.array = true
	}
	return d
}

// verbatim adds the range as it stands, with the CI system's expressions in it as expansions.
func (u *unit) verbatim(out *rawWord, start, end int, quoted bool) {
	for start < end {
		stop, e := end, u.exprAt(start, end)
		if e != nil && e.start > start {
			stop = e.start
		} else if e != nil {
			stop = min(e.end, end)
			out.parts = append(out.parts, part{text: u.text[start:stop], src: start, end: stop, quoted: quoted,
				dyn: &expansion{name: e.name, expr: true}})
			start = stop
			continue
		}
		out.parts = append(out.parts, part{text: u.text[start:stop], src: start, end: stop, quoted: quoted})
		start = stop
	}
}

// literal adds text in which a backslash escapes: anything outside quotes, and inside them what special
// lists. An escaped line end is no text at all.
func (u *unit) literal(out *rawWord, start, end int, quoted bool, special string) {
	run := start
	for i := start; i < end; i++ {
		if u.text[i] != '\\' || i+1 >= end {
			continue
		}
		if next := u.text[i+1]; next == '\n' {
			u.verbatim(out, run, i, quoted)
			run = i + 2
		} else if !quoted || strings.IndexByte(special, next) >= 0 {
			u.verbatim(out, run, i, quoted)
			_, n := utf8.DecodeRuneInString(u.text[i+1 : end])
			out.parts = append(out.parts, part{text: u.text[i+1 : i+1+n], src: i, end: i + 1 + n, quoted: true})
			out.quoted = true
			run = i + 1 + n
		} else {
			continue
		}
		i = run - 1
	}
	u.verbatim(out, run, end, quoted)
}

var ansiEscapes = map[byte]string{'n': "\n", 't': "\t", 'r': "\r", '\\': "\\", '\'': "'", '"': "\"", '?': "?",
	'a': "\a", 'b': "\b", 'e': "\x1b", 'E': "\x1b", 'f': "\f", 'v': "\v"}

// ansi adds the content of $'…'. Escapes by number stay as written.
func (u *unit) ansi(out *rawWord, start, end int) {
	run := start
	for i := start; i+1 < end; i++ {
		if u.text[i] != '\\' {
			continue
		}
		if text, ok := ansiEscapes[u.text[i+1]]; ok {
			u.verbatim(out, run, i, true)
			out.parts = append(out.parts, part{text: text, src: i, end: i + 2, quoted: true})
			run = i + 2
		}
		i++
	}
	u.verbatim(out, run, end, true)
}
