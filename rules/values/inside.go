package values

import (
	"fmt"
	"slices"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/rules"
)

// isMatterOf reports whether the rule that tells of some reasons tells of a failure in a function: operands of operators are
// the matter of one rule, those of functions of another.
func isMatterOf(f eval.Finding, reasons []eval.Reason) bool {
	return f.Reason != eval.BadOperands && f.Reason != eval.OutOfRange || (f.Operator() == "") == slices.Contains(reasons, eval.BadBuiltinArg)
}

// inside presents what fails in a function for the arguments of a call: at the argument that is to blame, or at the call, with
// the place in the function.
func inside(p *rules.Pass, f eval.Finding) diag.Finding {
	why, help := whatFails(f)
	found := diag.Finding{Span: f.Span, Help: help}
	if f.OfArgument() {
		found.Message = fmt.Sprintf("the function that gets %s fails: %s", quoted(p, f.Span, "this"), why)
	} else {
		found.Message = fmt.Sprintf("evaluating %s fails: %s", quoted(p, f.Span, "this"), why)
	}
	file := f.Inside.File
	if file == "" {
		file = p.Path
	}
	if file != p.Path || !f.Inside.Span.Covers(f.Span) {
		found.Related = []diag.Related{{File: file, Span: f.Inside.Span, Message: "fails here"}}
	}
	switch f.Reason {
	case eval.MissingArg, eval.UnexpectedArg, eval.BadArgument:
		found.Related = append(found.Related, origin(f, p.Path, "what it takes")...)
	}
	withSteps(p, f, &found)
	return found
}

// whatFails says in what way evaluation fails at a place that is not at hand.
func whatFails(f eval.Finding) (why, help string) {
	switch f.Reason {
	case eval.BadOperand, eval.BadOperands:
		op := f.Operator()
		if op == "" {
			return fmt.Sprintf("a function does not take %s and %s", kinds(f.Got, "one thing"), kinds(f.Other, "another")), ""
		}
		return wrongOperands(f, op), rightOperator(f, op)
	case eval.Uncoercible:
		return fmt.Sprintf("interpolation does not make a string of %s", kinds(f.Got, "this")), coercible(f.Got)
	case eval.MissingAttr:
		if guess := near.Among(f.Name, slices.Values(f.Candidates())); guess != "" {
			help = "did you mean " + diag.Code(guess) + "?"
		}
		return "the set has no attribute " + diag.Code(f.Name), help
	case eval.NotSet:
		if f.Name != "" {
			return fmt.Sprintf("%s is taken of %s", diag.Code(f.Name), kinds(f.Got, "what is no set")), ""
		}
		return kinds(f.Got, "this") + " is no set", ""
	case eval.MissingArg:
		return "a function needs the " + counted("argument", f.Names) + ", which is not passed", ""
	case eval.UnexpectedArg:
		return "a function takes no " + counted("argument", f.Names), ""
	case eval.BadArgument:
		return fmt.Sprintf("a function takes a set and gets %s", kinds(f.Got, "something else")), ""
	case eval.NotFunction:
		return kinds(f.Got, "this") + " is called and is no function", ""
	case eval.BadCondition:
		return kinds(f.Got, "this") + " stands in the place of a Boolean", ""
	case eval.BadBuiltinArg:
		return gets(f, diag.Code(f.Name)), ""
	case eval.OutOfRange:
		return f.Describe(), ""
	case eval.Recursion:
		if members, _ := f.Cycle(); len(members) > 0 {
			return "the value of " + diag.Code(members[0].Name) + " needs itself there, infinite recursion", ""
		}
		return "a value needs itself there, infinite recursion", ""
	case eval.RelativePath:
		return fmt.Sprintf("%s takes an absolute path, and gets %s", diag.Code(f.Name), diag.Code(f.Text)), ""
	}
	return "that is not possible", ""
}

// wrongOperands says what an operator that is not at hand does not take.
func wrongOperands(f eval.Finding, op string) string {
	switch {
	case f.Reason == eval.BadOperand && f.Want != 0:
		return fmt.Sprintf("%s takes two %ss, and gets %s", diag.Code(op), noun[f.Want], kinds(f.Got, "something else"))
	case f.Reason == eval.BadOperand:
		return fmt.Sprintf("%s does not take %s", diag.Code(op), kinds(f.Got, "this"))
	case op == "+":
		return fmt.Sprintf("%s cannot be added to %s", kinds(f.Other, "this"), kinds(f.Got, "what stands before"))
	}
	return fmt.Sprintf("%s does not take %s and %s", diag.Code(op), kinds(f.Got, "one thing"), kinds(f.Other, "another"))
}

// counted names things with their word, in the plural where there are several.
func counted(word string, names []string) string {
	if len(names) > 1 {
		word += "s"
	}
	return word + " " + diag.List(names, maxListed)
}
