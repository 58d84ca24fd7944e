package parser

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// readExpansions reads a file with errors again, with the expansions of a shell in its strings as text where Nix
// refuses them: one with a # makes a comment of the rest of its line, and all that follows is turned inside out.
func (p *Parser) readExpansions(src string) {
	if !p.holdsExpansion() {
		return
	}
	before := len(p.errors)
	p.shell = true
	p.once(src)
	if others := p.others(); others == len(p.errors) || others > before {
		p.shell = false
		p.once(src)
	}
}

// holdsExpansion reports whether there is an expansion of a shell that Nix refuses where the lexer sees an interpolation: up to the first
// of them it reads the same, whether it takes them for text or not.
func (p *Parser) holdsExpansion() bool {
	var inner *Parser
	for i, k := range p.kinds[:p.n] {
		if k != ast.TokDollarCurly {
			continue
		}
		n := ast.ShellExpansion(p.src[p.start[i]:])
		if n == 0 {
			continue
		}
		if inner == nil {
			inner = pool.Get().(*Parser)
			defer func() { inner.forget(); pool.Put(inner) }()
		}
		if inner.refuses(p.src[int(p.start[i])+2 : int(p.start[i])+n-1]) {
			return true
		}
	}
	return false
}

// refusedExpansion returns the length of the expansion of a shell that text starts with, if Nix cannot read it as an
// interpolation, and 0 otherwise.
func refusedExpansion(text string) int {
	n := ast.ShellExpansion(text)
	if n == 0 {
		return 0
	}
	p := pool.Get().(*Parser)
	defer pool.Put(p)
	defer p.forget()
	if !p.refuses(text[2 : n-1]) {
		return 0
	}
	return n
}

// refuses reports whether Nix cannot read what stands in an interpolation as code. It takes the place of what was parsed before.
func (p *Parser) refuses(code string) bool {
	p.cuts, p.shell = p.cuts[:0], false
	p.once(code)
	// A comment holds the brace that should end the interpolation.
	return len(p.errors) > 0 || slices.Contains(p.kinds[:p.n], ast.TokLineComment)
}

// shellExpansion reports and reads an expansion of a shell in the string of the given kind that opens with a token.
func (p *Parser) shellExpansion(kind ast.Kind, opener int) {
	first, begin := p.i, p.count
	s := p.span(first, first+2)
	text := s.Of(p.src)
	escape := ast.EscapeInterpolation(p.src, s.Start, p.start[opener+1], kind)
	p.report(ast.SyntaxError{
		Kind: ast.ErrShellExpansion, Span: s, Message: "`" + text + "` is an expansion of the shell: no interpolation that Nix can read",
		Help: "write `" + escape + text[1:] + "`, which Nix leaves alone",
		Fix: &ast.SyntaxFix{
			Title: "write `" + escape + "{`", Span: source.Span{Start: s.Start, End: s.Start + 1}, Text: escape,
			// Another ${ inside, and a backslash that was to be the escape, need an eye.
			Sure: !strings.Contains(text[1:], "${") && (s.Start == 0 || p.src[s.Start-1] != '\\'),
		},
	})
	p.adv()
	p.leaf(ast.Error)
	p.adv()
	p.wrap(ast.Interpolation, first, begin)
}

// others returns the number of errors that are about something else than expansions of a shell.
func (p *Parser) others() (n int) {
	for _, e := range p.errors {
		if e.Kind != ast.ErrShellExpansion {
			n++
		}
	}
	return n
}

// firstOther returns the index of the first error that is about something else, or -1.
func (p *Parser) firstOther() int {
	return slices.IndexFunc(p.errors, func(e ast.SyntaxError) bool { return e.Kind != ast.ErrShellExpansion })
}
