package values

import (
	"fmt"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "wrong-builtin-argument", Family: family, Since: "0.1.0",
	Summary: "A function of Nix or of nixpkgs' `lib` is given something of a kind that it does not take",
	Doc: "`builtins.length { }`, `map f \"x\"` and `toString builtins.attrNames set`, where parentheses are missing, fail as soon as they\n" +
		"are evaluated. So do `lib.concatStringsSep list \",\"` and `lib.mapAttrs set f`, whose arguments are in the wrong order, and\n" +
		"`filter f list` where `f` returns something other than a Boolean.\n" +
		"\n" +
		"Some take not all values of their kind: `head [ ]`, `elemAt list 3` of three elements, `substring (-1) 2 text`, `div 1 0`,\n" +
		"`hashString \"sha-256\" text`, `match \"*.nix\" name`.\n" +
		"\n" +
		"`derivation` evaluates what it gets only where its `drvPath` or an output is: then it refuses attributes of which no text can\n" +
		"be made, empty ones that it needs, and names with characters that paths in the store cannot have." + severity,
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: asks,
	File: func(p *rules.Pass) {
		var last source.Span // of two wrong arguments of a call, one is told
		each(p, func(f eval.Finding, _ *eval.Code) (diag.Finding, bool) {
			if f.Span == last {
				return diag.Finding{}, false
			}
			last = f.Span
			callee := f.Callee()
			found := diag.Finding{Span: callee}
			name := quoted(p, callee, "the function")
			if f.Reason == eval.OutOfRange {
				if f.Operator() != "" || throws[f.Name] && isTried(p.Tree.NodeAt(f.Span)) {
					return diag.Finding{}, false
				}
				found.Message = name + " gets " + f.Text
				if f.Name == "" || f.Text == "" {
					found.Message = name + " divides by zero"
				}
				return found, true
			}
			if f.Reason == eval.BadOperands {
				if f.Operator() != "" {
					return diag.Finding{}, false
				}
				found.Message = fmt.Sprintf("%s does not take %s and %s", name, kinds(f.Got, "one thing"), kinds(f.Other, "another"))
				return found, true
			}
			found.Message = gets(f, name)
			return found, true
		}, eval.BadBuiltinArg, eval.BadOperands, eval.OutOfRange)
	},
})

// throws are the functions of lib that throw where they refuse a value, which tryEval catches.
var throws = map[string]bool{"last": true, "init": true}

// isTried reports whether an expression stands in a call of tryEval.
func isTried(n ast.Node) bool {
	for up := range n.Ancestors() {
		if call, ok := ast.AsApply(up); ok && ast.LastName(call.Func()) == "tryEval" {
			return true
		}
	}
	return false
}
