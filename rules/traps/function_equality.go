package traps

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "function-equality", Family: family, Since: "0.1.0",
	Summary: "A function is compared with `==` or `!=`",
	Doc: "Functions are never equal, not even to themselves: `f == f` is false and `f != f` is true, whatever `f` does. Compare\n" +
		"a name or another property that tells them apart.\n" +
		"\n" +
		"Reported where one side is a function by its text, a name bound to one in the file, a function of Nix or of `lib`, or\n" +
		"surely comes to one, however it is reached: through sets, calls and files that are imported.\n" +
		"`f == null` is a fine test, and `assert f != x;` holds, as it should.",
	Severity: diag.Warning, Presets: rules.Recommended,
	On: []ast.Kind{ast.Binary},
	Node: func(p *rules.Pass, n ast.Node) {
		if n.Op() != ast.OpEq && n.Op() != ast.OpNeq {
			return
		}
		b := ast.BinaryExpr{Node: n}
		left, right := b.Left().Unparen(), b.Right().Unparen()
		fn := left
		if !isFunction(p, left) {
			if fn = right; !isFunction(p, right) {
				return
			}
		}
		if isNull(p, left) || isNull(p, right) {
			return
		}
		if n.Op() == ast.OpNeq && asserted(n) {
			return
		}
		result := "false"
		if n.Op() == ast.OpNeq {
			result = "true"
		}
		p.Report(diag.Finding{
			Span:    n.Span(),
			Message: "`" + short(fn) + "` is a function, and functions are never equal: this is always " + result,
			Help:    "compare something that tells them apart, or test with `builtins.isFunction`",
		})
	},
})

// asserted reports whether an expression is the condition of an assert, or one that a conjunction of it needs.
func asserted(n ast.Node) bool {
	for range maxSteps {
		up := n.Parent()
		switch {
		case up.Is(ast.Paren), up.Is(ast.Binary) && up.Op() == ast.OpAnd:
			n = up
		default:
			return up.Is(ast.Assert) && up.FirstChild() == n
		}
	}
	return false
}

// maxAliases bounds the names that are followed from one to the next.
const maxAliases = 4

// isNull reports whether an expression is null, by its text or as what it comes to.
func isNull(p *rules.Pass, n ast.Node) bool {
	return p.Names().IsGlobal(n, "null") || p.MayBe(n, eval.Null) && p.Value(n).Surely(eval.Null)
}

// isFunction reports whether an expression is a function: by its text, as a name that a let binds to one, as one of Nix or
// lib, or as what it surely comes to.
func isFunction(p *rules.Pass, n ast.Node) bool {
	return functionByName(p, n) || p.MayBe(n, eval.Function) && p.Value(n).Surely(eval.Function)
}

func functionByName(p *rules.Pass, n ast.Node) bool {
	names := p.Names()
	for range maxAliases {
		switch n.Kind() {
		case ast.Lambda:
			return true
		case ast.Ident, ast.Select:
			if b := sema.LookupBuiltin(nixlang.Builtin(names, n)); b != nil {
				return b.Args > 0
			}
			if l := libtable.Lookup(nixlang.Lib(names, n)); l != nil {
				return l.Args > 0
			}
		default:
			return false
		}
		b := names.Resolve(n)
		if b == nil || b.Kind != sema.LetBinding && b.Kind != sema.RecBinding || b.More || !b.Value.IsValid() || hasOverrides(names, b) {
			return false
		}
		n = b.Value.Unparen()
	}
	return false
}
