package values

import (
	"fmt"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "wrong-operand", Family: family, Since: "0.1.0",
	Summary: "An operator has an operand of a kind that it does not take",
	Doc: "`++` joins lists, `//` sets, `+` strings, paths or numbers: `[ 1 ] // { }` and `\"port \" + 80` fail as soon as they are\n" +
		"evaluated. Use the other operator, or convert: `\"port \" + toString 80`. `==` and `!=` take anything, and `<` takes two\n" +
		"numbers, strings, paths or lists. Nothing is divided by zero." + optionNote + severity,
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: asks | project.ForModules,
	File: func(p *rules.Pass) {
		told := map[eval.Expr]bool{}
		each(p, func(f eval.Finding, _ *eval.Code) (diag.Finding, bool) {
			op := f.Operator()
			if f.Reason == eval.OutOfRange && op != "" {
				return diag.Finding{Span: f.Span, Message: f.Describe()}, true
			}
			if op == "" || told[f.Place()] {
				return diag.Finding{}, false // wrong-builtin-argument tells of it; of two wrong operands, one is told
			}
			told[f.Place()] = true
			found := diag.Finding{Span: f.Span}
			switch {
			case f.Reason == eval.BadOperand && f.Want != 0:
				found.Message = fmt.Sprintf("%s takes two %ss, and this is %s", diag.Code(op), noun[f.Want], kinds(f.Got, "something else"))
			case f.Reason == eval.BadOperand:
				found.Message = fmt.Sprintf("%s does not take %s", diag.Code(op), kinds(f.Got, "this"))
			case op == "+":
				found.Message = fmt.Sprintf("%s cannot be added to %s", kinds(f.Other, "this"), kinds(f.Got, "what stands before"))
			case op == "-" && f.Got == eval.Int && f.Other&(eval.Int|eval.Float) == 0:
				found.Message = fmt.Sprintf("%s takes numbers, and this is %s", diag.Code(op), kinds(f.Other, "something else"))
			default:
				found.Message = fmt.Sprintf("%s does not take %s and %s", diag.Code(op), kinds(f.Got, "one thing"), kinds(f.Other, "another"))
			}
			found.Help = rightOperator(f, op)
			return found, true
		}, eval.BadOperand, eval.BadOperands, eval.OutOfRange)
		options(p, module.OfOperator, func(n *module.Need, code string, got eval.Kinds, what string) diag.Finding {
			op := n.Operator.String()
			found := diag.Finding{Message: fmt.Sprintf("%s does not take %s, which is %s", diag.Code(op), code, what)}
			if n.Other != 0 {
				found.Message = fmt.Sprintf("%s is %s, which %s does not take with %s", code, what, diag.Code(op), kinds(n.Other, "the other"))
			}
			switch {
			case op == "+" && got&^(eval.Int|eval.Float) == 0:
				found.Help = "`toString` makes a string of it"
			case op == "+" && got == eval.List:
				found.Help = "lists are joined by `++`"
			case op == "++" && n.Kinds == eval.List && got&eval.Null == 0:
				found.Help = "put it into a list: `[ … ]`"
			}
			return found
		})
	},
})

// noun names a kind.
var noun = map[eval.Kinds]string{eval.List: "list", eval.Set: "set"}

// rightOperator says what to write in place of an operator with wrong operands; "" where that is not known.
func rightOperator(f eval.Finding, op string) string {
	switch {
	case op == "+" && (f.Got == eval.String || f.Got == eval.Path) && f.Other&^(eval.Int|eval.Float) == 0:
		return "`toString` makes a string of it"
	case (op == "+" || op == "//") && f.Got == eval.List:
		return "lists are joined by `++`"
	case op == "++" && f.Got == eval.Set:
		return "sets are joined by `//`"
	}
	return ""
}
