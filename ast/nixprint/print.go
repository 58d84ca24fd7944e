// Package nixprint writes a tree in the normal form of nix-instantiate --parse of Nix 2.34: one line,
// names sorted, attribute paths merged, operators and paths resolved to what the evaluator sees.
//
// The facts are those of nixexpr.cc (show), parser.y and print.cc. Printing uses a stack of its own, so
// the depth of a tree is bounded by memory alone.
package nixprint

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/attrs"
)

// Options say where a file lies, which its path literals depend on.
type Options struct {
	Dir  string // the absolute folder that relative paths start from; see BaseDir
	Home string // the home folder, that ~/ means
}

// Print returns the normal form of a tree without the final newline. A tree with syntax errors has none:
// the result is "". Names that Nix rejects (undefined variables, duplicates) are not looked for; of two
// definitions the first is printed.
func Print(t *ast.Tree, o Options) string {
	if len(t.Errors()) > 0 {
		return ""
	}
	p := printer{opts: o}
	p.todo = append(p.todo, item{node: t.Expr()})
	for len(p.todo) > 0 {
		next := p.todo[len(p.todo)-1]
		p.todo = p.todo[:len(p.todo)-1]
		switch {
		case next.set != nil:
			p.bindings(next.set)
		case next.node.IsValid():
			p.expr(next.node)
		default:
			p.out.WriteString(next.text)
			continue
		}
		slices.Reverse(p.seq)
		p.todo = append(p.todo, p.seq...)
		p.seq = p.seq[:0]
	}
	return p.out.String()
}

// item is a piece of output that is still to be written: the bindings of a set, an expression, or text.
type item struct {
	set  *attrs.Set
	node ast.Node
	text string
}

type printer struct {
	opts Options
	out  strings.Builder
	todo []item // what remains, the next last
	seq  []item // the pieces of the item being written, in order
}

func (p *printer) text(s string)         { p.seq = append(p.seq, item{text: s}) }
func (p *printer) node(n ast.Node)       { p.seq = append(p.seq, item{node: n}) }
func (p *printer) contents(s *attrs.Set) { p.seq = append(p.seq, item{set: s}) }

// expr appends the pieces of an expression.
func (p *printer) expr(n ast.Node) {
	n = n.Unparen()
	switch n.Kind() {
	case ast.Ident:
		p.text(ast.QuoteAttr(n.Text()))
	case ast.Int:
		v, _ := ast.IntValue(n)
		p.text(strconv.FormatInt(v, 10))
	case ast.Float:
		v, _ := strconv.ParseFloat(n.Text(), 64)
		p.text(strconv.FormatFloat(v, 'g', 6, 64))
	case ast.URI:
		p.text(ast.QuoteString(n.Text()))
	case ast.String:
		p.str(n)
	case ast.IndString:
		p.indented(n)
	case ast.Path:
		p.path(n)
	case ast.List:
		p.text("[ ")
		for c := range n.Children() {
			p.text("(")
			p.node(c)
			p.text(") ")
		}
		p.text("]")
	case ast.AttrSet:
		p.set(&attrs.Merge(n).Set)
	case ast.LegacyLet:
		p.text("(")
		p.set(&attrs.Merge(n).Set)
		p.text(").body")
	case ast.Select:
		s := ast.SelectExpr{Node: n}
		p.text("(")
		p.node(s.Operand())
		p.text(").")
		p.attrpath(s.Attrpath())
		if d := s.Default(); d.IsValid() {
			p.text(" or (")
			p.node(d)
			p.text(")")
		}
	case ast.HasAttr:
		h := ast.HasAttrExpr{Node: n}
		p.text("((")
		p.node(h.Operand())
		p.text(") ? ")
		p.attrpath(h.Attrpath())
		p.text(")")
	case ast.Apply, ast.SearchPath:
		p.call(n)
	case ast.Unary:
		if n.Op() == ast.OpNeg {
			p.call(n)
			return
		}
		p.text("(! ")
		p.node(n.FirstChild())
		p.text(")")
	case ast.Binary:
		p.binary(ast.BinaryExpr{Node: n})
	case ast.If:
		p.keyword("(if ", n.Child(0), " then ", n.Child(1), " else ", n.Child(2), ")")
	case ast.With:
		p.keyword("(with ", n.Child(0), "; ", n.Child(1), ")")
	case ast.Assert:
		p.keyword("assert ", n.Child(0), "; ", n.Child(1))
	case ast.Let:
		l := ast.LetExpr{Node: n}
		p.text("(let ")
		p.contents(&attrs.Merge(l.Bindings()).Set)
		p.keyword("in ", l.Body(), ")")
	case ast.Lambda:
		l := ast.LambdaExpr{Node: n}
		p.text("(")
		p.param(l.Param())
		p.keyword(": ", l.Body(), ")")
	}
}

// keyword appends texts and expressions in turn.
func (p *printer) keyword(parts ...any) {
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			p.text(part)
		case ast.Node:
			p.node(part)
		}
	}
}

// calls are the operators that Nix's parser replaces by calls of primops, and whether the operands swap.
var calls = map[ast.Op]struct {
	primop string
	swap   bool
}{
	ast.OpSub:     {"__sub", false},
	ast.OpMul:     {"__mul", false},
	ast.OpDiv:     {"__div", false},
	ast.OpLess:    {"__lessThan", false},
	ast.OpGreater: {"__lessThan", true},
}

func (p *printer) binary(b ast.BinaryExpr) {
	switch op := b.Op(); op {
	case ast.OpPipeInto, ast.OpPipeFrom, ast.OpSub, ast.OpMul, ast.OpDiv, ast.OpLess, ast.OpGreater:
		p.call(b.Node)
	case ast.OpLessEq:
		p.keyword("(! (__lessThan ", b.Right(), " ", b.Left(), "))")
	case ast.OpGreaterEq:
		p.keyword("(! (__lessThan ", b.Left(), " ", b.Right(), "))")
	default:
		p.keyword("(", b.Left(), " "+op.String()+" ", b.Right(), ")")
	}
}

// call appends a call. An application of a call is one call with more arguments (parser.y, makeCall),
// and everything that desugars to a call counts.
func (p *printer) call(n ast.Node) {
	var args []item // the last first
	arg := func(n ast.Node) { args = append(args, item{node: n}) }
	word := func(s string) { args = append(args, item{text: s}) }
	var head item
	for head == (item{}) {
		n = n.Unparen()
		first, second := n.FirstChild(), n.Child(1)
		switch op := n.Op(); {
		case n.Is(ast.Apply) && second.Is(ast.Ident) && second.FirstToken().Kind() == ast.TokOrKw:
			word("or")
			head.node = first
		case n.Is(ast.Apply), op == ast.OpPipeFrom:
			arg(second)
			n = first
		case op == ast.OpPipeInto:
			arg(first)
			n = second
		case op == ast.OpNeg:
			arg(first)
			word("0")
			head.text = "__sub"
		case calls[op].swap:
			arg(first)
			arg(second)
			head.text = calls[op].primop
		case calls[op].primop != "":
			arg(second)
			arg(first)
			head.text = calls[op].primop
		case n.Is(ast.SearchPath):
			text := n.Text()
			word(ast.QuoteString(text[1 : len(text)-1]))
			word("__nixPath")
			head.text = "__findFile"
		default:
			head.node = n
		}
	}
	p.text("(")
	p.seq = append(p.seq, head)
	for _, a := range slices.Backward(args) {
		p.text(" ")
		p.seq = append(p.seq, a)
	}
	p.text(")")
}

// str appends a "…" string: a literal, or a concatenation where something is interpolated.
func (p *printer) str(n ast.Node) {
	if text, ok := ast.StringValue(n); ok {
		p.text(ast.QuoteString(text))
		return
	}
	p.parts(func(yield func(item)) {
		for part := range ast.Parts(n) {
			if part.IsText() {
				yield(item{text: ast.QuoteString(ast.UnescapeString(part.Span.Of(n.Tree().Source())))})
			} else {
				yield(item{node: part.Interp.FirstChild()})
			}
		}
	})
}

func (p *printer) indented(n ast.Node) {
	if text, ok := ast.ConstantText(n); ok {
		p.text(ast.QuoteString(text))
		return
	}
	p.parts(func(yield func(item)) {
		for _, part := range ast.IndentedParts(n) {
			if part.Interp.IsValid() {
				yield(item{node: part.Interp.FirstChild()})
			} else {
				yield(item{text: ast.QuoteString(part.Text)})
			}
		}
	})
}

// parts appends a concatenation.
func (p *printer) parts(each func(yield func(item))) {
	sep := "("
	each(func(i item) {
		p.text(sep)
		p.seq = append(p.seq, i)
		sep = " + "
	})
	p.text(")")
}

// path appends a path literal. The piece before the first interpolation is resolved, and keeps a final
// slash; the others are plain strings.
func (p *printer) path(n ast.Node) {
	src := n.Tree().Source()
	first := n.FirstToken().Text()
	base := first
	switch first[0] {
	case '~':
		base = p.opts.Home + first[1:]
	case '/':
		base = path.Clean(first)
	default:
		base = path.Clean(p.opts.Dir + "/" + first)
	}
	if first[0] != '~' && len(first) > 1 && strings.HasSuffix(first, "/") {
		base += "/"
	}
	if !n.FirstChild().IsValid() {
		p.text(base)
		return
	}
	p.parts(func(yield func(item)) {
		yield(item{text: base})
		for part := range ast.Parts(n) {
			switch {
			case !part.IsText():
				yield(item{node: part.Interp.FirstChild()})
			case part.Span.Start != n.Start():
				yield(item{text: ast.QuoteString(part.Span.Of(src))})
			}
		}
	})
}

// param appends the parameter of a function; formals are sorted, and the @ name stands last.
func (p *printer) param(n ast.Node) {
	if n.Is(ast.Name) {
		p.text(n.Text())
		return
	}
	pattern := ast.PatternNode{Node: n}
	formals := slices.Collect(pattern.Formals())
	slices.SortStableFunc(formals, func(a, b ast.FormalNode) int {
		return strings.Compare(a.Name().Text(), b.Name().Text())
	})
	p.text("{ ")
	for i, f := range formals {
		if i > 0 {
			p.text(", ")
		}
		p.text(f.Name().Text())
		if d := f.Default(); d.IsValid() {
			p.keyword(" ? ", d)
		}
	}
	if pattern.HasEllipsis() {
		if len(formals) > 0 {
			p.text(", ")
		}
		p.text("...")
	}
	p.text(" }")
	if at := pattern.At(); at.IsValid() {
		p.text(" @ " + at.Text())
	}
}
