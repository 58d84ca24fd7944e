package eval

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/testenv"
)

// TestOperandKinds: what operators are said to take is what the evaluator takes.
func TestOperandKinds(t *testing.T) {
	dir := testenv.Tree(t, nil)
	values := map[Kinds]string{
		Int: "1", Float: "1.5", Bool: "true", Null: "null", String: `"a"`, Path: "/a", List: "[ ]", Set: `{ outPath = "/a"; }`, Function: "(x: x)",
	}
	for op, sign := range map[ast.Op]string{
		ast.OpConcat: "++", ast.OpUpdate: "//", ast.OpSub: "-", ast.OpMul: "*", ast.OpDiv: "/", ast.OpAdd: "+", ast.OpLess: "<",
		ast.OpLessEq: "<=", ast.OpGreater: ">", ast.OpGreaterEq: ">=", ast.OpEq: "==", ast.OpNeq: "!=",
	} {
		for a, left := range values {
			for b, right := range values {
				takes := OperandKinds(op, 0)
				taken := takes == 0 || takes&a != 0 && OperandKinds(op, a)&b != 0
				expr := left + " " + sign + " " + right
				assert.Equal(t, taken, !valueOf(t, NewEvaluation(), dir, expr).Fails(), expr)
			}
		}
	}
}
