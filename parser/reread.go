package parser

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// maxRereads bounds how often a file with errors is read again.
const maxRereads = 2

// reread looks for what turns text into code: expansions of a shell, and the string that nobody closed. What follows it is turned inside out, so that errors are
// many and far from their cause. If the file reads no worse with the string cut where its line, or its
// indented block, ends, then that is what the tree shows; the place where Nix gives up keeps an error.
func (p *Parser) reread(src string) {
	p.readExpansions(src)
	at := p.firstOther()
	if at < 0 {
		return
	}
	was := p.errors[at]
	for range maxRereads {
		c, ok := p.suspect()
		if !ok {
			break
		}
		count := len(p.errors)
		p.cuts = append(p.cuts, c)
		p.once(src)
		if len(p.errors) > count {
			p.cuts = p.cuts[:len(p.cuts)-1]
			p.once(src)
			break
		}
	}
	if len(p.cuts) > 0 {
		p.keepPlace(was, p.cuts[0])
	}
	p.calm(was)
}

// maxCalm is the number of errors up to which all are told, whatever they look like.
const maxCalm = 3

// maxOdd is the number of errors up to which one sign of text read as code is not enough.
const maxOdd = 8

// maxNear is the number of lines within which the next error follows one that is no mistake of its own.
const maxNear = 5

// calm leaves only the first error, and the one where Nix gives up, of a file whose text and code have changed
// places: behind a quote that is missing or one too many, each further error is a consequence.
func (p *Parser) calm(was ast.SyntaxError) {
	if len(p.errors) <= maxCalm {
		return
	}
	signs := 0
	for _, e := range p.errors {
		if p.showsText(e) {
			signs++
		}
	}
	if signs == 0 || signs == 1 && len(p.errors) <= maxOdd {
		return
	}
	kept := p.errors[:1]
	if between := p.src[kept[0].Span.Start:p.errors[1].Span.Start]; len(p.cuts) == 0 && strings.Count(between, "\n") <= maxNear {
		kept[0].Help, kept[0].Fix = "what follows reads as if a quote before this were missing, or one too many", nil
	}
	if line := p.lineOf(was); !line.Contains(kept[0].Span.Start) {
		for _, e := range p.errors[1:] {
			if line.Contains(e.Span.Start) {
				kept = append(kept, e)
				break
			}
		}
	}
	p.errors = kept
}

// showsText reports whether an error is one that text read as code makes: at an interpolation or a byte that
// code does not have, or a string without end.
func (p *Parser) showsText(e ast.SyntaxError) bool {
	switch p.src[min(int(e.Span.Start), len(p.src)-1)] {
	case '$', '`', '\\':
		return true
	}
	return e.Kind == ast.ErrSyntax && strings.HasSuffix(e.Message, "in a string")
}

// keepPlace adds the error that Nix reports to those of a file that was read again, if none is on its line.
func (p *Parser) keepPlace(was ast.SyntaxError, c cut) {
	line := p.lineOf(was)
	for _, e := range p.errors {
		if line.Contains(e.Span.Start) {
			return
		}
	}
	was.Help, was.Fix = "a consequence of what is not closed above", nil
	was.Hint = &ast.SyntaxHint{Span: source.Span{Start: uint32(c.open), End: uint32(c.open) + 1}, Message: "it opens here"}
	p.errors = append(p.errors, was)
	slices.SortStableFunc(p.errors, func(a, b ast.SyntaxError) int { return int(a.Span.Start) - int(b.Span.Start) })
}

// lineOf returns the line on which an error starts.
func (p *Parser) lineOf(e ast.SyntaxError) source.Span {
	line := source.Span{Start: uint32(strings.LastIndexByte(p.src[:e.Span.Start], '\n') + 1), End: uint32(len(p.src)) + 1}
	if n := strings.IndexByte(p.src[e.Span.Start:], '\n'); n >= 0 {
		line.End = e.Span.Start + uint32(n) + 1
	}
	return line
}

// maxLooks bounds what suspect looks at, in sizes of the file: text in nested strings belongs to each of them.
const maxLooks = 16

// suspect returns the first string literal before the first error that looks as if it had swallowed code,
// and where it should end.
func (p *Parser) suspect() (found cut, ok bool) {
	limit := p.errors[p.firstOther()].Span.Start
	found.open = len(p.src)
	var stack []int // the tokens of open quotes and braces
	looks := maxLooks * len(p.src)
	consider := func(open, closing int) {
		at := int(p.start[open])
		if at >= found.open || p.start[open] > limit || p.cutAt(at) > 0 || looks < 0 {
			return
		}
		looks -= int(p.start[closing] - p.start[open])
		if end := p.swallowed(open, closing); end > 0 {
			found, ok = cut{at, end}, true
		}
	}
	quotes := 0 // that are open
	for i := 0; i < p.n-1; i++ {
		if quotes == 0 && p.start[i] > limit {
			break
		}
		switch k := p.kinds[i]; k {
		case ast.TokQuote, ast.TokIndQuote:
			switch n := len(stack); {
			case n > 0 && p.kinds[stack[n-1]] == k:
				consider(stack[n-1], i)
				stack = stack[:n-1]
				quotes--
			case p.cutAt(int(p.start[i])) == 0:
				stack = append(stack, i)
				quotes++
			}
		case ast.TokLBrace, ast.TokDollarCurly:
			stack = append(stack, i)
		case ast.TokRBrace:
			if n := len(stack); n > 0 {
				if opener := p.kinds[stack[n-1]]; opener == ast.TokQuote || opener == ast.TokIndQuote {
					quotes--
				}
				stack = stack[:n-1]
			}
		}
	}
	for _, i := range stack {
		if k := p.kinds[i]; k == ast.TokQuote || k == ast.TokIndQuote {
			consider(i, p.n-1)
		}
	}
	return found, ok
}

// swallowed returns where the string between two tokens should have ended, or 0 where it looks sound. The
// closing token is the end of the file for a string without end.
func (p *Parser) swallowed(open, closing int) int {
	text := p.src[p.start[open+1]:p.start[closing]]
	base := int(p.start[open+1])
	newline := strings.IndexByte(text, '\n')
	if newline < 0 {
		return 0
	}
	if p.kinds[open] == ast.TokIndQuote {
		return p.outdent(open, base, text)
	}
	// Behind a real closing quote comes a blank or punctuation, not a word.
	switch next := p.kinds[min(closing+1, p.n-1)]; {
	case p.kinds[closing] == ast.TokEOF, next == ast.TokQuote, next == ast.TokInt, next == ast.TokPath, next == ast.TokURI,
		next == ast.TokStray, ast.TokIf <= next && next <= ast.TokOrKw, next == ast.TokIdent:
		line := strings.TrimRight(text[:newline], " \t\r")
		return base + len(strings.TrimRight(line, ";)]} \t"))
	}
	return 0
}

// outdent returns the end of the line before the first one that looks like code and is indented no more
// than the line on which the string opens, or 0. The text of the string starts at base.
func (p *Parser) outdent(open, base int, text string) int {
	indent := p.indent(open)
	for i := strings.IndexByte(text, '\n'); i >= 0; {
		rest := text[i+1:]
		end := strings.IndexByte(rest, '\n')
		if end >= 0 {
			rest = rest[:end]
		}
		code := strings.TrimLeft(rest, " \t")
		if len(rest)-len(code) <= indent && looksLikeCode(code) {
			return base + len(strings.TrimRight(text[:i], "\r"))
		}
		if end < 0 {
			break
		}
		i += 1 + end
	}
	return 0
}

// looksLikeCode reports whether a line of text starts like a binding, or closes a set or let.
func looksLikeCode(line string) bool {
	line = strings.TrimRight(line, " \t\r")
	switch line {
	case "}", "};", ")", ");", "]", "];", "in", "})":
		return true
	}
	end := 0
	for end < len(line) && (class[line[end]]&clIdent != 0 || line[end] == '.') {
		end++
	}
	if end == 0 || class[line[0]]&clIdentStart == 0 {
		return false
	}
	rest := strings.TrimLeft(line[end:], " ")
	return strings.HasPrefix(rest, "=") && !strings.HasPrefix(rest, "==") && (len(rest) == 1 || rest[1] == ' ') && len(line[end:]) > len(rest)
}
