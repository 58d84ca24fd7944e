package parser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
)

// violation returns what is wrong with a tree of src, or "".
func violation(tree *ast.Tree, src string) string {
	// The tokens are the text.
	at := uint32(0)
	n := tree.NumTokens()
	for i := range n {
		tok := tree.Token(i)
		if tok.Start() != at {
			return fmt.Sprintf("token %d starts at %d, not at %d", i, tok.Start(), at)
		}
		if at = tok.Span().End; at == tok.Start() && tok.Kind() != ast.TokEOF {
			return fmt.Sprintf("token %d (%s) is empty", i, tok.Kind())
		}
	}
	if int(at) != len(src) || tree.Token(n-1).Kind() != ast.TokEOF || tree.Source() != src {
		return fmt.Sprintf("the tokens end at %d of %d", at, len(src))
	}
	// Nodes lie in their parents, in order, and do not overlap.
	records := tree.Records()
	if records[0].Kind != ast.File || int(records[0].End) != len(records) || tree.Expr().Parent() != tree.Root() {
		return "the root is not the file"
	}
	var kinds ast.Kinds
	for _, r := range records {
		kinds |= ast.KindsOf(r.Kind)
	}
	if kinds != tree.Kinds() {
		return fmt.Sprintf("the kinds are %b, not %b", kinds, tree.Kinds())
	}
	lastEnd := make([]uint32, len(records)) // the first token behind the children so far
	for i := 1; i < len(records); i++ {
		r := &records[i]
		parent := tree.Node(ast.NodeID(i)).Parent()
		pr := &records[parent.ID()]
		switch {
		case parent.ID() >= ast.NodeID(i) || pr.End < r.End || r.End <= ast.NodeID(i):
			return fmt.Sprintf("node %d %s is not in its parent %d", i, r.Kind, parent.ID())
		case r.First < pr.First || r.Last > pr.Last && r.Last+1 != r.First:
			return fmt.Sprintf("%s %v reaches out of %s %v", r.Kind, tree.Node(ast.NodeID(i)).Span(), pr.Kind, parent.Span())
		case r.Last+1 < r.First:
			return fmt.Sprintf("node %d %s ends before it starts", i, r.Kind)
		case r.First < lastEnd[parent.ID()]:
			return fmt.Sprintf("node %d %s overlaps its elder sibling", i, r.Kind)
		case r.Flags&ast.HasError != 0 && pr.Flags&ast.HasError == 0:
			return fmt.Sprintf("node %d %s has an error, its parent has none", i, r.Kind)
		}
		lastEnd[parent.ID()] = r.Last + 1
		if r.Kind != ast.Error && r.Last+1 > r.First && (tree.Token(int(r.First)).Kind().IsTrivia() || tree.Token(int(r.Last)).Kind().IsTrivia()) {
			return fmt.Sprintf("node %d %s starts or ends with trivia", i, r.Kind)
		}
	}
	// Errors are sorted, one at a place, and the tree knows of them.
	for i, e := range tree.Errors() {
		switch {
		case i > 0 && e.Span.Start <= tree.Errors()[i-1].Span.Start:
			return "errors are not in order"
		case e.Span.End > at || e.Span.Start > e.Span.End:
			return fmt.Sprintf("error outside of the file: %v", e.Span)
		case e.Message == "" || e.Kind == "":
			return "error without message"
		case e.Fix != nil && (e.Fix.Span.End > at || e.Fix.Span.Start > e.Fix.Span.End || e.Fix.Title == ""):
			return fmt.Sprintf("fix outside of the file: %v", e.Fix.Span)
		case e.Hint != nil && e.Hint.Span.End > at:
			return fmt.Sprintf("hint outside of the file: %v", e.Hint.Span)
		}
	}
	if len(tree.Errors()) == 0 && tree.Root().HasError() {
		return "an error node without an error"
	}
	return arity(tree)
}

// arities are the least and most children of each kind, -1 for any number.
var arities = [ast.NumKinds][2]int{
	ast.Error: {0, -1}, ast.File: {1, 2}, ast.String: {0, -1}, ast.IndString: {0, -1}, ast.Path: {0, -1}, ast.Interpolation: {1, 2},
	ast.Paren: {1, 2}, ast.List: {0, -1}, ast.AttrSet: {0, -1}, ast.LegacyLet: {0, -1}, ast.Binding: {2, 3}, ast.Inherit: {0, -1},
	ast.InheritFrom: {1, 2}, ast.Attrpath: {1, -1}, ast.Select: {2, 3}, ast.HasAttr: {2, 2}, ast.Apply: {2, 2}, ast.Unary: {1, 1},
	ast.Binary: {2, 2}, ast.If: {3, 3}, ast.With: {2, 2}, ast.Assert: {2, 2}, ast.Let: {2, 2}, ast.Bindings: {0, -1}, ast.Lambda: {2, 2},
	ast.Pattern: {0, -1}, ast.Formal: {1, 2},
}

func arity(tree *ast.Tree) string {
	for i := range tree.Records() {
		n := tree.Node(ast.NodeID(i))
		want := arities[n.Kind()]
		// Only a missing or superfluous piece, which is an Error node, adds a child.
		if got := n.NumChildren(); got < want[0] || want[1] >= 0 && got > want[1] {
			return fmt.Sprintf("%s with %d children: %q", n.Kind(), got, n.Text())
		}
		if n.Op() != ast.OpNone && !n.Is(ast.Unary) && !n.Is(ast.Binary) {
			return fmt.Sprintf("%s with an operator", n.Kind())
		}
	}
	return ""
}

// shapes are variants of a text that must stay whole: line ends, marks, bytes.
var shapes = map[string]func(string) string{
	"as it is":         func(s string) string { return s },
	"CR LF":            func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
	"lone CR":          func(s string) string { return strings.ReplaceAll(s, "\n", "\r") },
	"tabs":             func(s string) string { return strings.ReplaceAll(s, "  ", "\t") },
	"byte order mark":  func(s string) string { return "\ufeff" + s },
	"NUL":              func(s string) string { return s[:len(s)/2] + "\x00" + s[len(s)/2:] },
	"invalid UTF-8":    func(s string) string { return s[:len(s)/3] + "\xff\xfe" + s[len(s)/3:] },
	"no final newline": func(s string) string { return strings.TrimRight(s, "\n") },
	"cut off":          func(s string) string { return s[:len(s)*2/3] },
}

// TestLossless checks the invariants of the trees of all corpora.
func TestLossless(t *testing.T) {
	var p Parser
	files := nixFiles(t)
	for i, src := range files {
		for name, shape := range shapes {
			if name != "as it is" && i%10 != 0 {
				continue
			}
			text := shape(src)
			if bad := violation(p.Parse(text), text); bad != "" {
				t.Fatalf("%s: %s\n%.2000s", name, bad, src)
			}
		}
	}
}

// TestReuse checks that a Parser leaves nothing of one file in the tree of the next.
func TestReuse(t *testing.T) {
	var p Parser
	for _, src := range []string{`{ a = "${x}"; b = [ 1 2`, "x: y: x", `"`, "let a = 1; in a", "", "{ a, b", "''${", "1 +"} {
		assert.Equal(t, dump(Parse(src)), dump(p.Parse(src)), src)
	}
	require.Empty(t, p.Parse("1").Errors())
}

// dump writes a tree as one s-expression and its errors.
func dump(tree *ast.Tree) string {
	var b strings.Builder
	var ends []ast.NodeID
	for n := range tree.Root().Descendants() {
		for len(ends) > 0 && ends[len(ends)-1] <= n.ID() {
			b.WriteByte(')')
			ends = ends[:len(ends)-1]
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		if !n.FirstChild().IsValid() {
			b.WriteString(n.Kind().String())
			if text := n.Text(); text != "" {
				fmt.Fprintf(&b, ":%s", text)
			}
			continue
		}
		b.WriteString("(" + n.Kind().String() + n.Op().String())
		ends = append(ends, n.SubtreeEnd())
	}
	b.WriteString(strings.Repeat(")", len(ends)))
	for _, e := range tree.Errors() {
		fmt.Fprintf(&b, "\n%d-%d %s: %s", e.Span.Start, e.Span.End, e.Kind, e.Message)
	}
	return b.String()
}
