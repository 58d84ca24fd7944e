package pattern

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/attrs"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// maxText is the length in bytes, and maxVars the number of metavariables, that a pattern may have.
const (
	maxText = 1 << 16
	maxVars = 256
)

// spot is a metavariable where it is written: its offset in the text that is parsed, and its length with the dollar signs.
type spot struct {
	at, size int
	name     string
	many     bool
}

// Compile reads a pattern. The error is an *Error.
func Compile(text string) (*Pattern, error) {
	if len(text) > maxText {
		return nil, &Error{0, fmt.Sprintf("the pattern has %d bytes; at most %d are read", len(text), maxText)}
	}
	if strings.TrimSpace(text) == "" {
		return nil, &Error{0, "the pattern is empty: write Nix code, in which $x stands for any expression"}
	}
	c := &compiler{text: text, src: []byte(text)}
	if err := c.mark(); err != nil {
		return nil, err
	}
	c.fill()
	src := string(c.src)
	p := &Pattern{text: text, tree: parser.Parse(src), sets: map[ast.NodeID]*set{}, implied: map[*attrs.Set]*set{}}
	if errs := p.tree.Errors(); len(errs) > 0 {
		return nil, &Error{c.original(int(errs[0].Span.Start)), "this is no Nix code: " + c.plain(errs[0].Message)}
	}
	p.names, p.root = sema.Resolve(p.tree), p.tree.Expr().Unparen()
	if err := p.place(c); err != nil {
		return nil, err
	}
	if err := p.checkNames(c); err != nil {
		return nil, err
	}
	if err := p.readSets(c); err != nil {
		return nil, err
	}
	p.prepare()
	return p, nil
}

// compiler makes Nix code of a pattern: dollar signs become underscores, and what makes a statement of $$$rest is put in.
type compiler struct {
	text  string
	src   []byte
	spots []spot
	put   []int // where in src bytes were put in, ascending
}

const statement = "=0" // turns ___rest; into a statement

// mark turns metavariables into names. Where a colon stood between two, as in $x:$y, the lexer sees the second only once
// the first is a name.
func (c *compiler) mark() error {
	for {
		toks := new(parser.Parser).Lex(string(c.src))
		found := false
		for i := 0; i < len(toks.Kinds); i++ {
			if toks.Kinds[i] != ast.TokStray || c.src[toks.Start[i]] != '$' {
				continue
			}
			at := int(toks.Start[i])
			dollars := 1
			for at+dollars < len(c.src) && c.src[at+dollars] == '$' {
				dollars++
			}
			end := at + dollars
			for end < len(c.src) && IsWord(c.src[end], end > at+dollars) {
				end++
			}
			name := string(c.src[at+dollars : end])
			switch {
			case dollars != 1 && dollars != 3:
				return &Error{at, "a metavariable begins with $, or with $$$ where it stands for several"}
			case name == "" && dollars == 1:
				return &Error{at, "a metavariable has a name behind its $: a letter or _, then letters, digits and _"}
			case end < len(c.src) && (c.src[end] == '-' || c.src[end] == '\'') && name != "" && !strings.HasPrefix(string(c.src[end:]), "->"):
				return &Error{end, fmt.Sprintf("the name of a metavariable has letters, digits and _ only: write a blank behind $%s", name)}
			case end < len(c.src) && c.src[end] == '/' && (end+1 == len(c.src) || c.src[end+1] != '/'):
				if end+1 < len(c.src) && IsWord(c.src[end+1], true) || end+1 < len(c.src) && c.src[end+1] == '$' {
					return &Error{end, "a metavariable cannot be part of a path: write blanks around / for a quotient, or ./${$x} in a path"}
				}
			}
			if len(c.spots) == maxVars {
				return &Error{at, fmt.Sprintf("a pattern may have %d metavariables", maxVars)}
			}
			c.spots = append(c.spots, spot{at, end - at, name, dollars == 3})
			for k := range dollars {
				c.src[at+k] = '_'
			}
			found = true
			for i+1 < len(toks.Kinds) && int(toks.Start[i+1]) < end {
				i++
			}
		}
		if !found {
			slices.SortFunc(c.spots, func(a, b spot) int { return a.at - b.at })
			return nil
		}
	}
}

// IsWord reports whether a byte may stand in the name of a metavariable; digits tells whether a digit may.
func IsWord(b byte, digits bool) bool {
	return b == '_' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || digits && '0' <= b && b <= '9'
}

// fill makes statements of the $$$rest that stand in sets: behind a brace, a semicolon or let, and not among formals.
func (c *compiler) fill() {
	toks := new(parser.Parser).Lex(string(c.src))
	starts := map[int]bool{}
	for _, s := range c.spots {
		if s.many {
			starts[s.at] = true
		}
	}
	var significant []int
	for i, k := range toks.Kinds {
		if !k.IsTrivia() {
			significant = append(significant, i)
		}
	}
	closing := matching(toks, significant)
	var open []int // the opening brackets around, as indices of significant
	var ends []insertion
	for i, t := range significant {
		switch toks.Kinds[t] {
		case ast.TokLBrace, ast.TokLParen, ast.TokLBracket, ast.TokDollarCurly:
			open = append(open, i)
		case ast.TokRBrace, ast.TokRParen, ast.TokRBracket:
			open = open[:max(len(open)-1, 0)]
		}
		if !starts[int(toks.Start[t])] || i == 0 || i+1 >= len(significant) {
			continue
		}
		switch toks.Kinds[significant[i-1]] {
		case ast.TokLBrace:
			if beginsFormals(toks, significant, closing, open) {
				continue
			}
		case ast.TokSemi, ast.TokLet:
		default:
			continue
		}
		text := statement
		switch toks.Kinds[significant[i+1]] {
		case ast.TokSemi:
		case ast.TokRBrace, ast.TokIn:
			text += ";"
		default:
			continue
		}
		ends = append(ends, insertion{int(toks.Start[t+1]), text})
	}
	c.insert(ends)
}

type insertion struct {
	at   int
	text string
}

// matching returns, for each opening brace, the index of its closing one in significant.
func matching(toks ast.Tokens, significant []int) map[int]int {
	closing := map[int]int{}
	var open []int
	for i, t := range significant {
		switch toks.Kinds[t] {
		case ast.TokLBrace, ast.TokLParen, ast.TokLBracket, ast.TokDollarCurly:
			open = append(open, i)
		case ast.TokRBrace, ast.TokRParen, ast.TokRBracket:
			if len(open) > 0 {
				closing[open[len(open)-1]] = i
				open = open[:len(open)-1]
			}
		}
	}
	return closing
}

// beginsFormals reports whether the innermost open brace begins the formals of a function.
func beginsFormals(toks ast.Tokens, significant []int, closing map[int]int, open []int) bool {
	if len(open) == 0 {
		return false
	}
	first := open[len(open)-1]
	end, ok := closing[first]
	if !ok || end+1 >= len(significant) {
		return false
	}
	behind := toks.Kinds[significant[end+1]]
	return behind == ast.TokColon || behind == ast.TokAt
}

// insert puts texts in and moves the spots behind them.
func (c *compiler) insert(list []insertion) {
	var out []byte
	from, k := 0, 0
	for _, in := range list {
		out = append(out, c.src[from:in.at]...)
		for ; k < len(c.spots) && c.spots[k].at < in.at; k++ {
			c.spots[k].at += len(c.put)
		}
		for i := range len(in.text) {
			c.put = append(c.put, len(out))
			out = append(out, in.text[i])
		}
		from = in.at
	}
	for ; k < len(c.spots); k++ {
		c.spots[k].at += len(c.put)
	}
	c.src = append(out, c.src[from:]...)
}

// original returns the offset in the pattern of one in the code made of it.
func (c *compiler) original(at int) int {
	n, _ := slices.BinarySearch(c.put, at)
	return min(at-n, len(c.text))
}

// plain gives metavariables in a message their dollar signs back.
func (c *compiler) plain(message string) string {
	for _, s := range c.spots {
		if s.name != "" {
			sign := "$"
			if s.many {
				sign = "$$$"
			}
			message = strings.ReplaceAll(message, "`"+strings.Repeat("_", len(sign))+s.name+"`", "`"+sign+s.name+"`")
		}
	}
	return message
}

// place finds the node of each metavariable.
func (p *Pattern) place(c *compiler) error {
	p.metas = make([]meta, len(p.tree.Records()))
	index := map[string]int{}
	many := map[string]bool{}
	next := 0
	for id := range p.metas {
		n := p.tree.Node(ast.NodeID(id))
		if next == len(c.spots) || !n.Is(ast.Ident) && !n.Is(ast.Name) && !n.Is(ast.AtName) || int(n.Start()) < c.spots[next].at {
			continue
		}
		s := c.spots[next]
		if int(n.Start()) != s.at || n.Span().Len() != s.size {
			break
		}
		next++
		m := meta{anonymous, s.many}
		if s.name != "" && s.name != "_" {
			if index[s.name] == 0 {
				p.vars = append(p.vars, s.name)
				index[s.name], many[s.name] = len(p.vars), s.many
			}
			if many[s.name] != s.many {
				return &Error{c.original(s.at), fmt.Sprintf("$%s and $$$%s are two metavariables: give one another name", s.name, s.name)}
			}
			m.v = index[s.name]
		}
		p.metas[id] = m
		if s.many && !p.takesMany(n) {
			return &Error{c.original(s.at), "$$$ stands for several elements, arguments, attributes or formals, and none of these stand here; $x is one expression"}
		}
	}
	if next < len(c.spots) {
		return &Error{c.original(c.spots[next].at), "no metavariable can stand here"}
	}
	return nil
}

// takesMany reports whether several pieces of code can stand in the place of a node.
func (p *Pattern) takesMany(n ast.Node) bool {
	up := n.Parent()
	switch up.Kind() {
	case ast.List, ast.Formal:
		return up.NumChildren() > 0 && (up.Is(ast.List) || !n.NextSibling().IsValid())
	case ast.Apply:
		return up.Child(1) == n
	case ast.Attrpath:
		return isStatement(n)
	}
	return false
}

// isStatement reports whether a name is what fill made a statement of.
func isStatement(n ast.Node) bool {
	b := n.Parent().Parent()
	return b.Is(ast.Binding) && b.FirstChild().Text() == n.Text() && strings.HasPrefix(b.Text(), n.Text()+statement)
}

// checkNames refuses what would be taken for something else than it seems.
func (p *Pattern) checkNames(c *compiler) error {
	hidden := map[string]bool{}
	for id, m := range p.metas {
		if m.v != 0 {
			hidden[p.tree.Node(ast.NodeID(id)).Text()] = true
		}
	}
	for id, m := range p.metas {
		n := p.tree.Node(ast.NodeID(id))
		switch {
		case m.v != 0:
		case (n.Is(ast.Name) || n.Is(ast.Ident)) && hidden[n.Text()]:
			return &Error{c.original(int(n.Start())), fmt.Sprintf("`%s` and a metavariable cannot be told apart: give the metavariable another name", n.Text())}
		case n.Is(ast.URI) && strings.Contains(n.Text(), "$"):
			return &Error{c.original(int(n.Start())), "this is a URL to Nix: write a blank behind the colon of a function"}
		}
	}
	return nil
}

// readSets merges the sets of the pattern.
func (p *Pattern) readSets(c *compiler) error {
	for id := range p.metas {
		n := p.tree.Node(ast.NodeID(id))
		if !n.Is(ast.AttrSet) && !n.Is(ast.Bindings) && !n.Is(ast.LegacyLet) {
			continue
		}
		m := attrs.Merge(n)
		for _, x := range m.Conflicts {
			if !p.meta(x.Second).many {
				return &Error{c.original(int(x.Second.Start())), "the pattern has this attribute twice: metavariables that stand for different attributes have different names"}
			}
		}
		p.sets[n.ID()] = p.readSet(&m.Set)
	}
	return nil
}
