package builders

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/shell"
)

// Text is the shell text of an expression, as far as literals tell it: strings, what they interpolate of the same kind, + and the
// functions of lib that put strings together. What is not known stands in it as it is written.
type Text struct {
	// Pieces are what it consists of, in order.
	Pieces []shell.Piece
	// Literals are the strings that the pieces come from.
	Literals []source.Span
	// TooLong is set where it is longer than what is read: then it has no pieces.
	TooLong bool

	interps map[uint32]ast.Node // by the place of their pieces
	guarded []source.Span       // literals that a condition decides about
	size    int
	steps   int // the expressions that were looked at
	r       *Reader
}

// Bounds of a text: the bytes, and how deep texts are followed into each other. Of a longer text nothing is told.
const (
	maxText  = 1 << 20
	maxDepth = 8
	maxParts = 1 << 15
	maxSteps = 4 * maxParts // also of texts that are empty
)

// Text returns the shell text of an expression of the file.
func (r *Reader) Text(n ast.Node) *Text {
	t := &Text{r: r, interps: map[uint32]ast.Node{}}
	t.expr(n, 0, false)
	if t.size > maxText || len(t.Pieces) > maxParts {
		t.Pieces, t.TooLong = nil, true
	}
	return t
}

// Mentions reports whether the text has one of some words in it.
func (t *Text) Mentions(words []string) bool {
	for _, p := range t.Pieces {
		if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(p.Text, w) }) {
			return true
		}
	}
	return false
}

// RunsScripts reports whether the text has an interpolation that may be a script, which it may run.
func (t *Text) RunsScripts() bool {
	for _, n := range t.interps {
		switch to := t.r.Follow(n); to.Form() {
		case ast.Apply, ast.Path:
			return true
		}
	}
	return false
}

// Read reads the text as a shell does.
func (t *Text) Read(file string) *shell.Doc { return shell.ReadPieces(file, t.Pieces) }

// Guarded reports whether what stands at a place is there on a condition only.
func (t *Text) Guarded(at source.Span) bool {
	return slices.ContainsFunc(t.guarded, func(g source.Span) bool { return g.Covers(at) })
}

// InOne reports whether a range lies in one of the literals, so that it is what the text has there.
func (t *Text) InOne(at source.Span) bool {
	return at.Start < at.End && slices.ContainsFunc(t.Literals, func(l source.Span) bool { return l.Covers(at) })
}

// Interpolated returns the expression whose value a word consists of, or begins with, invalid for others.
func (t *Text) Interpolated(w *shell.Word) ast.Node {
	if !strings.HasPrefix(w.Text, "${") {
		return ast.Node{}
	}
	at := w.Span.Start
	n, ok := t.interps[at]
	if !ok && w.Quoted {
		n = t.interps[at+1]
	}
	return n
}

func (t *Text) add(p shell.Piece) {
	t.size += len(p.Text)
	if t.size <= maxText && len(t.Pieces) <= maxParts {
		t.Pieces = append(t.Pieces, p)
	}
}

// line ends a line between texts that are put together.
func (t *Text) line(at uint32) { t.add(shell.Piece{Text: "\n", Span: source.Span{Start: at, End: at}}) }

// opaque notes an expression of which nothing is known, as a line of its own.
func (t *Text) opaque(n ast.Node) {
	if t.size > maxText {
		return
	}
	t.line(n.Start())
	t.add(shell.Piece{Text: n.Text(), Opaque: true, Span: n.Span()})
	t.line(n.End())
}

// expr adds an expression.
func (t *Text) expr(n ast.Node, depth int, guarded bool) {
	if t.steps++; t.steps > maxSteps || len(t.Pieces) > maxParts {
		t.size = maxText + 1
	}
	if t.size > maxText {
		return
	}
	n = t.r.Follow(n)
	if depth > maxDepth {
		t.opaque(n)
		return
	}
	switch n.Form() {
	case ast.String, ast.IndString:
		t.literal(n, depth, guarded)
	case ast.Let, ast.With, ast.Assert:
		t.expr(n.Child(1), depth+1, guarded)
	case ast.Binary:
		t.sum(n, depth, guarded)
	case ast.If:
		t.expr(n.Child(1), depth+1, true)
		t.line(n.Child(1).End())
		t.expr(n.Child(2), depth+1, true)
	case ast.Select:
		if d := (ast.SelectExpr{Node: n}).Default(); d.IsValid() {
			t.line(n.Start())
			t.expr(d, depth+1, true)
			t.line(n.End())
			return
		}
		t.opaque(n)
	case ast.Apply:
		t.call(n, depth, guarded)
	default:
		t.opaque(n)
	}
}

// sum adds the operands of +.
func (t *Text) sum(n ast.Node, depth int, guarded bool) {
	if n.Op() != ast.OpAdd {
		t.opaque(n)
		return
	}
	var operands []ast.Node
	for ; n.Is(ast.Binary) && n.Op() == ast.OpAdd; n = n.FirstChild().Unparen() {
		operands = append(operands, n.Child(1))
	}
	operands = append(operands, n)
	for _, o := range slices.Backward(operands) {
		t.expr(o, depth+1, guarded)
	}
}

// call adds what a function of lib, or of nixpkgs, makes of texts.
func (t *Text) call(n ast.Node, depth int, guarded bool) {
	fn, args := ast.Call(n)
	name := nixlang.Function(t.r.Names, fn)
	switch {
	case name == "optionalString" && len(args) == 2:
		t.line(n.Start())
		t.expr(args[1], depth+1, true)
		t.line(n.End())
	case name == "toString" && len(args) == 1:
		t.expr(args[0], depth+1, guarded)
	case (name == "concatStringsSep" || name == "concatLines" || name == "concatStrings") && len(args) > 0:
		list := t.r.Follow(args[len(args)-1])
		separator := ""
		if name == "concatLines" {
			separator = "\n"
		} else if len(args) == 2 {
			separator, _ = ast.StringValue(args[0].Unparen())
		}
		if !list.Is(ast.List) || name == "concatStringsSep" && len(args) != 2 {
			t.opaque(n)
			return
		}
		first := true
		for e := range list.Children() {
			if !first {
				t.add(shell.Piece{Text: separator, Span: source.Span{Start: e.Start(), End: e.Start()}})
			}
			first = false
			t.expr(e, depth+1, guarded)
		}
	default:
		t.opaque(n)
	}
}

// literal adds a string.
func (t *Text) literal(n ast.Node, depth int, guarded bool) {
	if int(n.End()-n.Start()) > maxText {
		t.size = maxText + 1
		return
	}
	t.Literals = append(t.Literals, n.Span())
	if guarded {
		t.guarded = append(t.guarded, n.Span())
	}
	for _, p := range ast.PlacedTexts(n) {
		if !p.Interp.IsValid() {
			t.add(shell.Piece{Text: p.Text, Span: p.Span})
			continue
		}
		t.interpolation(p, depth)
	}
}

// interpolation adds an interpolation: the text of a string of the file where that is one, else what is written.
func (t *Text) interpolation(p ast.PlacedText, depth int) {
	inner := p.Interp.FirstChild().Unparen()
	to := t.r.Follow(inner)
	isString := to.Is(ast.String) || to.Is(ast.IndString)
	switch {
	case depth >= maxDepth:
	case isString && !strings.ContainsAny(strings.TrimSpace(to.Text()), " \n"):
		t.word(p, to)
		return
	case isString:
		t.expr(to, depth+1, false)
		return
	case to.IsCall() && strings.Contains(to.Text(), "\n"), (to.Is(ast.If) || to.Is(ast.Binary)) && strings.Contains(to.Text(), "''\n"):
		// Lines, as of optionalString, and no part of a word.
		before := len(t.Pieces)
		t.expr(to, depth+1, to.Is(ast.If))
		if len(t.Pieces) > before+3 || len(t.Pieces) > before && !t.Pieces[min(before+1, len(t.Pieces)-1)].Opaque {
			return
		}
		t.Pieces = t.Pieces[:before]
	}
	t.interps[p.Span.Start] = inner
	t.add(shell.Piece{Text: p.Span.Of(inner.Tree().Source()), Opaque: true, Span: p.Span})
}

// word adds a string without blanks, such as the path of a program, in the place where it is interpolated.
func (t *Text) word(p ast.PlacedText, n ast.Node) {
	for _, piece := range ast.PlacedTexts(n) {
		text, opaque := piece.Text, piece.Interp.IsValid()
		if opaque {
			text = piece.Interp.Text()
			if _, have := t.interps[p.Span.Start]; !have {
				t.interps[p.Span.Start] = piece.Interp.FirstChild().Unparen()
			}
		}
		t.add(shell.Piece{Text: text, Opaque: opaque, Span: p.Span})
	}
}
