package rules

import (
	"fmt"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/comes"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
)

// Reaching is what pages of rules about pure evaluation say of the files that count.
const Reaching = "\n\nA flake reaches what its `flake.nix` imports, calls or has among its modules, and what that does in turn; it perhaps reaches\n" +
	"what is handed to a function, and the files of folders that are listed. `default.nix`, `shell.nix` and the like that no\n" +
	"flake imports are evaluated impurely. The default of an argument counts where a file that a flake reaches imports this one and\n" +
	"leaves the argument out. Nothing is said behind a condition that asks of the machine (`builtins ? currentSystem`,\n" +
	"`inPureEvalMode`, `pathExists`, `getEnv`), and of what nothing asks for: a name that is not used, an argument that the\n" +
	"function does not take, an attribute that no file takes of the one that has it. What other conditions guard, such as `if`,\n" +
	"`or`, `optionals` and `mkIf`, and what another definition may replace, such as `mkDefault`, a flake perhaps evaluates: that\n" +
	"is reported more mildly, and so are the files that are imported there; nothing is said where the arguments with which flakes call\n" +
	"the file keep it from being evaluated (`import ./x.nix { legacy = false; }`). In tests, examples and templates all is a hint where\n" +
	"a flake reaches it, and nothing is said elsewhere.\n"

// AtRunTime is the advice on what differs from site to site, for systems that are made into images.
const AtRunTime = "what differs from site to site is read at run time, by a unit, its `EnvironmentFile` or at first boot"

// Degrees are the severities of a finding that a flake surely comes by, that it may come by, in the default of an
// argument that such a file leaves out and that may not count, and in others; diag.Off stands for nothing.
type Degrees struct{ Reached, Maybe, Lazy, Other diag.Severity }

// Impurity is a finding about an expression that is another in pure evaluation.
type Impurity struct {
	At      Purely
	Finding diag.Finding
	Degrees Degrees
	// Other is the message where no flake reaches the file, if it is another one there.
	Other string
	// Site is set where the expression asks the machine for something that differs from site to site.
	Site bool
}

// Purely is how an expression comes to be evaluated where evaluation is pure, in what a flake reaches. It refers to no tree.
type Purely struct{ way comes.Way }

// WholeFile is how a file comes to be evaluated: for what Nix refuses as it reads the file.
var WholeFile = Purely{comes.Way{Degree: comes.Surely}}

// Caught reports whether the expression stands behind tryEval.
func (p Purely) Caught() bool { return p.way.Caught }

// Purely finds out how an expression comes to be evaluated purely.
func (p *Pass) Purely(n ast.Node) Purely { return Purely{comes.By(n, p.Names)} }

// silent reports whether nothing is said of the expression, be the file what it may.
func (p Purely) silent() bool { return p.way.Degree == comes.Never || p.way.Probed }

// Reach returns how a flake reaches the expression in a file, and who leaves the argument out whose default it is: "" where it is
// none.
func (p Purely) Reach(a *Asked, path string) (how project.Reach, caller string) {
	d := p.way.Default
	switch {
	case p.silent():
		return project.Unreached, ""
	case d == nil:
		return p.perhaps(a.ReachUnder(path, p.way.Attr, p.way.Guards)), ""
	}
	c := a.Leaving(path, d.Formal, d.Through...)
	if !d.Counts() {
		if c.Reach < project.Reached {
			return project.Unreached, "" // perhaps called, and what that gives perhaps asked for it
		}
		return project.Unreached, c.Path
	}
	return p.perhaps(c.Reach), c.Path
}

// perhaps returns how the expression is reached in a file that is.
func (p Purely) perhaps(how project.Reach) project.Reach {
	if p.way.Degree < comes.Surely {
		return min(how, project.MaybeReached)
	}
	return how
}

// Report reports what is wrong with the expression where evaluation is pure, as badly as who reaches the file says.
func (p Purely) Report(pass *Pass, f diag.Finding, s Degrees) {
	pass.ReportImpure(false, Impurity{At: p, Finding: f, Degrees: s})
}

// ReportImpure reports impurities of the file, as badly as who reaches it says. Where that is not known, it reports just the first
// one if once is set.
func (p *Pass) ReportImpure(once bool, found ...Impurity) {
	found = slices.DeleteFunc(found, func(i Impurity) bool { return i.At.silent() })
	if len(found) == 0 {
		return
	}
	path := p.Path
	p.Ask(func(a *Asked) {
		told := false
		for _, i := range found {
			f, how, ok := i.in(a, path)
			if !ok {
				continue
			}
			if once && how != project.Reached && (i.At.way.Default != nil || a.Answers.Reach(path) != project.Reached) {
				if told {
					continue
				}
				told = true
			}
			a.Report(f)
		}
	})
}

// in returns the finding with what the other files of the project say of it; ok is false where it is none.
func (i Impurity) in(a *Asked, path string) (f diag.Finding, how project.Reach, ok bool) {
	f = i.Finding
	how, caller := i.At.Reach(a, path)
	if d := i.At.way.Default; d != nil {
		if caller == "" {
			return f, how, false
		}
		f.Message += fmt.Sprintf("; %s calls the file without %s", diag.Code(a.Rel(caller)), diag.Code(d.Formal))
	}
	switch {
	case how == project.Reached:
		f.Severity = i.Degrees.Reached
	case how == project.MaybeReached:
		f.Severity = i.Degrees.Maybe
	case caller != "":
		f.Severity = i.Degrees.Lazy
	default:
		f.Severity = i.Degrees.Other
		if i.Other != "" {
			f.Message = i.Other
		}
	}
	if i.Site {
		if image, ok := a.ImageOf(path); ok {
			f.Help += fmt.Sprintf("; %s is an image: %s", diag.Code(image.Output), AtRunTime)
		}
	}
	if f.Severity == diag.Off {
		return f, how, false
	}
	if a.Sample(path) {
		if how == project.Unreached {
			return f, how, false // as tests without a flake do
		}
		f.Severity = diag.Hint
	}
	return f, how, true
}
