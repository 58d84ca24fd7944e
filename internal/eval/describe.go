package eval

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// Where returns what a failure is about: the file, or "" where that lies nowhere, and the bytes. ok is false where that is no
// place in a file.
func (f *Failure) Where() (file string, span source.Span, ok bool) {
	if f.at.code == nil {
		return "", source.Span{}, false
	}
	return f.at.code.Path, f.span(f.at.code, f.at.expr), true
}

// Describe says in a few words why evaluation fails.
func (f *Failure) Describe() string {
	got := f.Got.Describe()
	if got == "" {
		got = "something else"
	}
	switch f.Reason {
	case Thrown:
		return "it throws, or an assertion does not hold"
	case Aborted:
		return "it aborts"
	case MissingAttr:
		return "the set has no attribute " + diag.Code(f.Name)
	case MissingArg:
		return "the call does not pass " + codes(f.Names)
	case UnexpectedArg:
		return "the function does not take " + codes(f.Names)
	case NotFunction:
		return "what is called is " + got
	case NotSet:
		return "what should be a set is " + got
	case BadArgument:
		return "the function takes a set and gets " + got
	case BadOperand:
		return "the operator does not take " + got
	case BadOperands:
		return "the operator does not take " + got + " and " + f.Other.Describe()
	case BadCondition:
		return "what should be a Boolean is " + got
	case Uncoercible:
		return "interpolation does not make a string of " + got
	case BadName:
		return "the name of an attribute is " + got
	case BadBuiltinArg:
		return fmt.Sprintf("%s gets %s", diag.Code(f.Name), got)
	case OutOfRange:
		if f.Name == "" {
			return "a number is divided by zero"
		}
		return fmt.Sprintf("%s gets %s", diag.Code(f.Name), f.Text)
	case RelativePath:
		return fmt.Sprintf("%s gets %s, which is no absolute path", diag.Code(f.Name), diag.Code(f.Text))
	case Undefined:
		return "nothing defines " + diag.Code(f.Name)
	case Recursion:
		return "the value needs itself"
	}
	return "Nix refuses it"
}

func codes(names []string) string {
	var b strings.Builder
	for i, name := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(diag.Code(name))
	}
	return b.String()
}
