package eval

import "github.com/nixsift/nixsift/ast/source"

// Reason says why evaluating something fails.
type Reason uint8

// The reasons. What stands behind them is told by the fields of Failure.
const (
	Thrown        Reason = iota // throw, or an assertion that does not hold
	Aborted                     // abort
	MissingAttr                 // Name is no attribute of the set
	MissingArg                  // the function needs Names
	UnexpectedArg               // the function takes none of Names
	NotFunction                 // what is called is Got
	NotSet                      // what an attribute is taken of is Got
	BadArgument                 // what a function with a set pattern is given is Got
	BadOperand                  // an operand is Got
	BadOperands                 // the operands are Got and Other, and do not go together
	BadCondition                // what must be a Boolean is Got
	Uncoercible                 // what must be a string is Got
	BadName                     // a computed attribute name is Got
	DuplicateAttr               // a computed name is Name, which the set has already, by what First shows
	BadBuiltinArg               // argument Index of the builtin Name is Got
	OutOfRange                  // the builtin Name, or a division, gets Text, which is of the right kind
	RelativePath                // the builtin Name takes a path, and gets Text, which is no absolute one
	Undefined                   // no with has Name
	Recursion                   // the value needs itself
	Needed                      // the value needs a source, of which it must not
)

// site is a place at which something is evaluated.
type site struct {
	code *Code
	expr Expr
	// lexical is set where the values of all formals around the place are unknown: what holds there holds whoever calls.
	lexical bool
}

// Failure is one way in which evaluation fails.
type Failure struct {
	Reason Reason
	at     site
	// Name is the attribute or builtin, Names those of MissingArg and UnexpectedArg, in the order of the function or of the
	// argument.
	Name  string
	Names []string
	// Text is the text that Name gets; of BadBuiltinArg, the attribute of the argument that is wrong, if it is one.
	Text string
	// Start and End are the part that is to blame where that is less than the expression: a name in a path.
	Start, End uint32
	// First is the definition that came before that of a DuplicateAttr: its name.
	First source.Span
	// Got and Other are the kinds that were met, Want is what a builtin takes in place of Got.
	Got, Other, Want Kinds
	// Filled is set where the call is one of callPackage or its kin, which fill in arguments.
	Filled bool
	// Assumed is the function of nixpkgs that a failure rests on, where that is known by its name only.
	Assumed string
	// Index is the number of the argument, or of the arguments that went well before.
	Index int
	// around are the kinds that what stands around the place takes, where evaluating the place alone does not fail; else 0.
	around Kinds
	// part is the attribute of the value at the place that fails, where evaluating the place alone does not.
	part   string
	takes  []string // the names that a builtin takes, of MissingArg and UnexpectedArg
	set    *set
	fn     *function
	arg    *thunk // of BadArgument, MissingArg and UnexpectedArg
	thunk  *thunk
	cycle  []*thunk
	source *Source
	// Fixpoint is the fixpoint that a recursion goes through, if it is one that only the way tells in which a function is used.
	Fixpoint *Fixpoint
}

// failed returns a hard failure as a value.
func failed(f *Failure) *Value { return &Value{kinds: Hard, fail: f} }

// maxCandidates is the number of attributes up to which a set is searched for what was meant: larger ones are data.
const maxCandidates = 500

// Candidates returns the names that are there where Name or one of Names is not: the attributes of the set, or the formals
// of the function. It is nil where they are not all known, or too many.
func (f *Failure) Candidates() []string {
	switch {
	case f.set != nil:
		if f.set.size > maxCandidates {
			return nil
		}
		names, _ := f.set.names()
		return names
	case f.takes != nil:
		return f.takes
	case f.fn != nil && f.fn.code != nil:
		var names []string
		for _, formal := range f.fn.lambda().formals {
			names = append(names, formal.sym)
		}
		return names
	}
	return nil
}

// failsWith reports whether evaluation surely fails there, with what there is at the place of a failure.
func (f *Failure) failsWith(v *Value) bool {
	return v.Fails() || f.around != 0 && v.kinds&f.around == 0
}

// Later reports whether evaluating the place does not fail, but only an attribute of what it gives: of a derivation, what has Nix
// write it.
func (f *Failure) Later() bool { return f.part != "" }

// Origin returns where the set or function that a failure is about is defined: the file and the bytes. ok is false where
// that is not one place.
func (f *Failure) Origin() (file string, start, end uint32, ok bool) {
	switch {
	case f.fn != nil && f.fn.code != nil:
		l := f.fn.lambda()
		return f.fn.code.Path, l.start, l.end, true
	case f.set != nil && f.set.code != nil && f.set.below == nil:
		s := f.set.code.Span(f.set.expr)
		return f.set.code.Path, s.Start, s.End, true
	case f.thunk != nil && f.thunk.code != nil:
		s := f.thunk.code.Span(f.thunk.expr)
		return f.thunk.code.Path, s.Start, s.End, true
	}
	return "", 0, 0, false
}
