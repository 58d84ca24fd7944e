package secrets

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/parser"
)

// TestWithin asks of all nodes of a deep and wide file what is around them: each node is looked at once.
func TestWithin(t *testing.T) {
	const width, depth = 500, 300
	tree := parser.Parse(strings.Repeat("{ a = ", depth) + "{ testScript = { " + strings.Repeat("b = [ 1 ]; ", width) + "}; c = 1; }" + strings.Repeat("; d = 1; }", depth))
	var known map[ast.NodeID]bool
	looked := 0
	for i := range tree.Records() {
		n := tree.Node(ast.NodeID(i))
		want := false
		for up := range n.Ancestors() {
			want = want || up.Is(ast.Binding) && (ast.BindingNode{Node: up}).Attrpath().LastName() == "testScript"
		}
		assert.Equal(t, want, within(&known, n, func(up ast.Node) bool {
			looked++
			return up.Is(ast.Binding) && (ast.BindingNode{Node: up}).Attrpath().LastName() == "testScript"
		}), n.Text())
	}
	assert.LessOrEqual(t, looked, len(tree.Records()))
}
