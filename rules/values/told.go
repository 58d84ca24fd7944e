package values

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

// told reports whether another rule, which all presets have, tells of a failure: shell-expansion-in-string of what stands in
// such a one, those of misread calls, legacy-let-missing-body, builtin-unknown, call-argument-mismatch or import-unknown-attr.
func told(p *rules.Pass, f eval.Finding) bool {
	switch f.Reason {
	case eval.MissingArg, eval.UnexpectedArg, eval.NotFunction, eval.MissingAttr:
		if _, _, ok := f.OfFile(); ok {
			return true
		}
	}
	switch {
	case f.Reason == eval.MissingAttr && p.Tree.NodeAt(f.Span).Is(ast.LegacyLet), f.Reason == eval.NotFunction && misread(p, f):
		return true
	case f.Reason == eval.MissingAttr:
		if set, ok := f.Operand(); ok && p.Names().IsGlobal(p.Tree.NodeAt(set), "builtins") {
			return true
		}
	}
	for up := range p.Tree.NodeAt(f.Span).Ancestors() {
		if up.Is(ast.Interpolation) {
			return nixlang.ReadExpansion(up) != ""
		}
	}
	return false
}

// misread reports whether a call of what is no function is one by its form only: a quotient, as path-division says, or a
// number that falls into two tokens, as float-leading-zero and tokens-without-space do.
func misread(p *rules.Pass, f eval.Finding) bool {
	fn := p.Tree.NodeAt(f.Callee()).OutsideParens()
	call, ok := ast.AsApply(fn.Parent())
	if !ok || call.Func() != fn || !call.Is(ast.Apply) {
		return false
	}
	arg := call.Arg()
	glued := fn.End() == arg.Start()
	if arg.Is(ast.Path) {
		text := arg.Text()
		return strings.LastIndexByte(text, '/') == 0 && !arg.FirstChild().IsValid() && (f.Got&^(eval.Int|eval.Float) == 0 || glued && fn.Is(ast.Paren))
	}
	return glued && (fn.Is(ast.Int) || fn.Is(ast.Float)) && (arg.Is(ast.Ident) || arg.Is(ast.Int) || arg.Is(ast.Float))
}
