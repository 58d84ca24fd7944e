package shell

import (
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// maxJustLost bounds the bytes of a justfile that are read as a part of what turns out to be no item. Behind that an item has to end on
// its line.
const maxJustLost = 1 << 19

// justfile reads the items of a justfile (just manual, "Grammar"): the bodies of recipes line by line, the rest token by token, so
// that strings, commands and parentheses may go over several lines.
func (p *recipeReader) justfile(text string) {
	lost := 0
	for start := 0; start < len(text); {
		end := start + lineLen(text[start:])
		line := text[start:end]
		body := p.within && (strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") || p.cont && p.body.text.Len() > 0)
		switch {
		case body:
			p.line(line, start)
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#"):
		default:
			p.flush()
			p.within, p.cont = false, false
			within := text
			if lost > maxJustLost {
				within = text[:end]
			}
			tokens, stop, ok := justTokens(within, start)
			if ok && p.justItem(tokens) {
				end = stop
			} else {
				p.skip(start, end)
				lost += stop - start
			}
		}
		start = end + 1
	}
	p.flush()
}

// A justToken is a name, a string, a command in backticks, or one other character.
type justToken struct {
	kind     byte // 'a' for a name, '"' for a string, '`' for a command, or else the character
	text     string
	start    int
	pieces   textBuilder // what a string or command stands for
	exprs    []expr      // what just replaces in it
	bound    bool        // it stands right behind the token before
	endsWith int         // behind the token
}

// justTokens returns the tokens up to the end of the line on which the parentheses around them are closed, and where that is, or how far
// it came.
func justTokens(text string, at int) (out []justToken, end int, ok bool) {
	depth := 0
	for at < len(text) {
		c := text[at]
		before := at
		t := justToken{kind: c, start: at, bound: len(out) > 0 && out[len(out)-1].endsWith == at}
		switch {
		case c == '\n':
			if depth == 0 {
				return out, at, true
			}
			at++
			continue
		case c == ' ' || c == '\t' || c == '\r':
			at++
			continue
		case strings.HasPrefix(text[at:], "\\\n"):
			at += 2
			continue
		case c == '#':
			at += lineLen(text[at:])
			continue
		case c == '"' || c == '\'' || c == '`':
			if at, ok = t.quoted(text, at, 0); !ok {
				return nil, at, false
			}
		case (c == 'x' || c == 'f') && at+1 < len(text) && (text[at+1] == '"' || text[at+1] == '\''):
			if at, ok = t.quoted(text, at+1, c); !ok {
				return nil, at, false
			}
		case recipeName(text[at : at+1]):
			for at < len(text) && recipeName(text[before:at+1]) {
				at++
			}
			t.kind = 'a'
		default:
			switch c {
			case '(', '{', '[':
				depth++
			case ')', '}', ']':
				depth--
			}
			at++
		}
		t.text, t.endsWith = text[before:at], at
		out = append(out, t)
	}
	return out, len(text), depth <= 0
}

// justEscapes are the escapes of one letter in "…" of just.
var justEscapes = map[byte]string{'n': "\n", 'r': "\r", 't': "\t", '"': "\"", '\\': "\\", '\n': ""}

// quoted reads a string or command at an offset, with the letter before it: three quotes begin one whose lines lose the
// indentation that they share (just manual, "Strings"). It returns where it ends, or how far it came.
func (t *justToken) quoted(text string, at int, prefix byte) (end int, ok bool) {
	quote := text[at : at+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(text[at:], triple) {
		quote = triple
	}
	start := at + len(quote)
	stop := start
	for ; ; stop++ {
		if stop >= len(text) || len(quote) == 1 && quote == "`" && text[stop] == '\n' {
			return min(stop, len(text)), false
		}
		if text[stop] == '\\' && quote[0] == '"' {
			stop++
		} else if strings.HasPrefix(text[stop:], quote) {
			break
		}
	}
	if t.kind = '"'; quote[0] == '`' {
		t.kind = '`'
	}
	in := 0
	if body := text[start:stop]; len(quote) == 3 {
		if strings.HasPrefix(body, "\n") {
			start++
			body = body[1:]
		}
		in = sharedIndent(body)
	}
	for from := start; from < stop; {
		line := min(from+lineLen(text[from:]), stop)
		skip := min(in, line-from)
		end := min(line+1, stop) // with the end of the line, which may be escaped
		t.add(text, from+skip, end, quote[0] == '"')
		from = end
	}
	if whole := t.pieces.text.String(); prefix == 'x' {
		t.exprs = variablesIn(whole)
	} else if prefix == 'f' {
		t.exprs = enclosed(whole, "{{", "}}", nil)
	}
	return stop + len(quote), true
}

// add appends a part of a line of a string, with its escapes read; one of another kind stays as it is written.
func (t *justToken) add(text string, from, end int, escapes bool) {
	run := from
	for i := from; escapes && i+1 < end; i++ {
		if text[i] != '\\' {
			continue
		}
		if is, ok := justEscapes[text[i+1]]; ok {
			t.pieces.add(text[run:i], run, i-run)
			t.pieces.add(is, i, 2)
			run = i + 2
		}
		i++
	}
	t.pieces.add(text[run:end], run, end-run)
}

// sharedIndent returns how many blanks all lines begin with that have something else.
func sharedIndent(text string) int {
	in := -1
	for line := range strings.SplitSeq(text, "\n") {
		if n := len(line) - len(strings.TrimLeft(line, " \t")); n < len(line) && (in < 0 || n < in) {
			in = n
		}
	}
	return max(in, 0)
}

// variablesIn returns the variables in x"…", which just takes from its environment.
func variablesIn(text string) (out []expr) {
	for i := 0; i < len(text); i++ {
		if text[i] != '$' {
			continue
		}
		end := i + 1
		if strings.HasPrefix(text[end:], "{") {
			if k := strings.IndexByte(text[end:], '}'); k > 0 {
				end += k + 1
			}
		} else {
			for end < len(text) && validName(text[i+1:end+1]) {
				end++
			}
		}
		if end > i+1 {
			out = append(out, expr{start: i, end: end, name: strings.Trim(text[i+1:end], "{}")})
			i = end - 1
		}
	}
	return out
}

// justItem reads an assignment, a setting or the head of a recipe, and reports whether it is one.
func (p *recipeReader) justItem(tokens []justToken) bool {
	for _, t := range tokens {
		if t.kind == '`' {
			p.command(&t)
		}
	}
	word := func(i int) string {
		if i < len(tokens) {
			return tokens[i].text
		}
		return ""
	}
	switch word(0) {
	case "[", "set", "alias", "import", "mod", "unexport":
		return true
	}
	at, exported := 0, false
	for (word(at) == "export" || word(at) == "eager") && word(at+1) != ":" {
		exported = exported || word(at) == "export"
		at++
	}
	if at+2 < len(tokens) && tokens[at].kind == 'a' && word(at+1) == ":" && word(at+2) == "=" && tokens[at+2].bound {
		p.justDefine(p.vars, word(at), tokens[at+3:], exported)
		return true
	}
	return p.justHead(tokens)
}

// justDefine defines a variable or parameter by each value that an expression may have; without one that is known it hides
// others of the name.
func (p *recipeReader) justDefine(in *scope, name string, tokens []justToken, exported bool) {
	x := &justExpression{tokens: tokens}
	values := x.expression()
	if x.at < len(tokens) {
		values = nil
	}
	var words []rawWord
	for _, v := range values {
		s := scalar{text: v.text.text.String(), at: v.text.mapTo(p.at, v.src)}
		words = append(words, s.word(v.exprs))
	}
	if len(words) == 0 {
		in.define(&variable{name: "inputs." + name, unknown: true})
	}
	for _, w := range words {
		in.define(&variable{name: "inputs." + name, words: []rawWord{w}, whole: w, ci: true})
		if exported {
			in.define(&variable{name: name, words: []rawWord{w}, whole: w, ci: true})
		}
	}
}

// justHead reads the head of a recipe: its name, its parameters, behind the colon what runs before it.
func (p *recipeReader) justHead(tokens []justToken) bool {
	at := 0
	if at < len(tokens) && tokens[at].kind == '@' {
		at++
	}
	if at >= len(tokens) || tokens[at].kind != 'a' {
		return false
	}
	name := tokens[at].text
	params := &scope{parent: p.vars}
	exported := false
	for at++; at < len(tokens) && tokens[at].kind != ':'; at++ {
		switch t := tokens[at]; t.kind {
		case '$':
			exported = true
		case '*', '+':
		case 'a':
			end := at + 1
			var value []justToken
			if end < len(tokens) && tokens[end].kind == '=' {
				x := &justExpression{tokens: tokens, at: end + 1}
				x.value()
				value, end = tokens[end+1:min(x.at, len(tokens))], x.at
			}
			p.justDefine(params, t.text, value, exported)
			at, exported = min(end, len(tokens))-1, false
		default:
			return false
		}
	}
	if at >= len(tokens) {
		return false
	}
	var needs []string
	for i := at + 1; i < len(tokens); i++ {
		switch t := tokens[i]; {
		case t.kind == 'a':
			needs = append(needs, t.text)
		case t.kind == '(':
			if i+1 < len(tokens) && tokens[i+1].kind == 'a' {
				needs = append(needs, tokens[i+1].text)
			}
			for depth := 0; i < len(tokens); i++ {
				if tokens[i].kind == '(' {
					depth++
				} else if tokens[i].kind == ')' {
					if depth--; depth == 0 {
						break
					}
				}
			}
		}
	}
	p.within, p.name, p.params = true, name, params
	p.doc.recipes = append(p.doc.recipes, recipe{name, needs})
	return true
}

// command adds a command in backticks, which just runs for a value: nothing in it is just's own (just manual, "Command Evaluation
// Using Backticks").
func (p *recipeReader) command(t *justToken) {
	text := t.pieces.text.String()
	at := t.pieces.mapTo(p.at, t.start+1)
	s := &Script{Source: Recipe, Shell: Dialect("", text), Text: text, scope: &scope{parent: p.vars}, at: at,
		Span: source.Span{Start: p.at.start(t.start), End: p.at.end(t.endsWith)}}
	p.script(s, nil)
}
