// Package values holds the rules about expressions whose evaluation surely fails: calls that lack an argument, attributes
// that are not there, operands of the wrong kind. They present what package eval proves; none of them has special cases of
// its own.
package values

import (
	"fmt"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

const family = "values"

// severity is what all pages say of it.
const severity = rules.Failing + " Nothing is reported\n" +
	"of what depends on arguments that are not known, or on packages: only what fails whoever uses the file. What fails in a\n" +
	"function for the arguments of a call is reported at the argument to blame, or at the call, with the place in the function.\n" +
	"What stands behind a condition is reported as well, unless the condition never holds, or is not known and asks of the same\n" +
	"name: `if isFoo x then x.foo`. Of functions of nixpkgs' `lib`, the most usual are known; what rests on an argument `lib` is reported\n" +
	"only where the project gives its files no other one.\n" +
	"\n" +
	"A finding shows how what it blames came to its place. `nixsift what FILE:LINE:COLUMN` says what is known of any expression,\n" +
	"and why.\n"

// asks are the facts that report asks the project for.
var asks = project.ForDefinesCallPackage | project.ForDefinesBuilder | project.ForExtendsLib | rules.ForComes

// each calls do for what surely fails in the file for one of the reasons, and reports what it returns.
func each(p *rules.Pass, do func(f eval.Finding, code *eval.Code) (diag.Finding, bool), reasons ...eval.Reason) {
	failures, code := p.Failures()
	for _, f := range failures {
		for _, r := range reasons {
			if f.Reason != r {
				continue
			}
			if f.Inside != nil {
				if isMatterOf(f, reasons) && !(f.Reason == eval.MissingAttr && !f.Sure && (f.MayMiss() || code.MayMiss(f.Name))) {
					report(p, inside(p, f), f)
				}
				continue
			}
			if found, ok := do(f, code); ok && !told(p, f) {
				withSteps(p, f, &found)
				report(p, found, f)
			}
		}
	}
}

// report reports a finding with the severity that its place gives it. One that takes a function for callPackage by its name is
// none where the project has a function of its own under that name; nor is one that takes an argument for nixpkgs' lib where
// the project gives its files another one.
func report(p *rules.Pass, found diag.Finding, f eval.Finding) {
	end := endingOf(f)
	switch {
	case f.Assumed != "":
		if found.Help == "" {
			found.Help = "nixpkgs' own " + diag.Code(f.Assumed) + " is meant, which an overlay may replace"
		}
		name := f.Assumed
		p.ReportFailing(found, end, rules.Perhaps, func(a *rules.Asked) bool { return a.DefinesBuilder(name) })
	case f.Filled:
		p.ReportFailing(found, end, rules.Perhaps, func(a *rules.Asked) bool { return a.DefinesCallPackage() })
	case p.RestsOnLib(f):
		p.ReportFailing(found, end, p.Comes(f), func(a *rules.Asked) bool { return a.ReplacesLib() })
	default:
		p.ReportFailing(found, end, p.Comes(f), nil)
	}
}

// endingOf returns what the message about a failure ends with.
func endingOf(f eval.Finding) rules.Ending {
	if f.Inside != nil || f.Later() {
		return rules.NoEnding
	}
	switch f.Reason {
	case eval.MissingArg, eval.Recursion:
		return rules.NoEnding
	case eval.UnexpectedArg, eval.BadArgument, eval.NotFunction, eval.BadBuiltinArg, eval.RelativePath:
		return rules.CallFails
	case eval.BadCondition:
		return rules.ConditionFails
	case eval.BadOperands, eval.OutOfRange:
		if f.Operator() == "" {
			return rules.CallFails
		}
	}
	return rules.ThisFails
}

// called returns what stands for the function of a call.
func called(f eval.Finding) source.Span {
	if f.Filled {
		return f.Called()
	}
	return f.Callee()
}

// origin returns the place of the function or set that a failure is about.
func origin(f eval.Finding, path, message string) []diag.Related {
	file, start, end, ok := f.Origin()
	if !ok || start >= end {
		return nil
	}
	if file == "" {
		file = path
	}
	return []diag.Related{{File: file, Span: source.Span{Start: start, End: end}, Message: message}}
}

// maxQuoted is the length up to which a message repeats an expression.
const maxQuoted = 40

// quoted returns an expression as a message names it, or other words where it is long.
func quoted(p *rules.Pass, span source.Span, otherwise string) string {
	text := span.Of(p.Tree.Source())
	if len(text) == 0 || len(text) > maxQuoted {
		return otherwise
	}
	for _, c := range text {
		if c == '\n' || c == '`' {
			return otherwise
		}
	}
	return diag.Code(text)
}

// gets says what a function gets that it does not take.
func gets(f eval.Finding, name string) string {
	if f.Text != "" {
		return fmt.Sprintf("%s gets %s as %s where it needs %s", name, kinds(f.Got, "something"), diag.Code(f.Text), wanted(f.Want))
	}
	return fmt.Sprintf("%s gets %s where it needs %s", name, kinds(f.Got, "something"), wanted(f.Want))
}

// wanted describes what is taken.
func wanted(k eval.Kinds) string {
	if text := k.Describe(); text != "" {
		return text
	}
	if others := (eval.Anything &^ eval.Failures &^ k).Describe(); others != "" {
		return "anything but " + others
	}
	return "something else"
}

// kinds describes what was met.
func kinds(k eval.Kinds, otherwise string) string {
	if text := k.Describe(); text != "" {
		return text
	}
	return otherwise
}
