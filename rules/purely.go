package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
)

// Reaching is what pages of rules about pure evaluation say of the files that count.
const Reaching = "\n\nA flake reaches what its `flake.nix` imports, calls or has among its modules, and what that does in turn; it perhaps reaches\n" +
	"what is handed to a function, and the files of folders that are listed. `default.nix`, `shell.nix` and the like that no\n" +
	"flake imports are evaluated impurely. The default of an argument counts where a file that a flake reaches imports this one and\n" +
	"leaves the argument out. Nothing is said behind a condition that asks of the machine (`builtins ? currentSystem`,\n" +
	"`inPureEvalMode`, `pathExists`, `getEnv`); what other conditions guard is reported more mildly. In tests, examples and\n" +
	"templates all is a hint where a flake reaches it, and nothing is said elsewhere.\n"

// AtRunTime is the advice on what differs from site to site, for systems that are made into images.
const AtRunTime = "what differs from site to site is read at run time, by a unit, its `EnvironmentFile` or at first boot"

// Degrees are the severities of a finding in a file that a flake surely reaches, in one that it may reach, in the default of an
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
type Purely struct {
	guarded bool // it never is in pure evaluation
	caught  bool // by tryEval, if it fails in a way that this catches
	depends bool // on a condition, or on what stands before or
	inner   bool // it is the default of an argument of another function
	// formal is the argument of the function that the file is whose default it is. Where the body does not use that, through
	// are the arguments whose defaults do.
	formal  string
	through []string
}

// Caught reports whether the expression stands behind tryEval.
func (p Purely) Caught() bool { return p.caught }

// maxPlace bounds how far around an expression conditions are looked for.
const maxPlace = 256

// Purely finds out how an expression comes to be evaluated purely.
func (p *Pass) Purely(n ast.Node) Purely { return purely(p.Names(), n) }

func purely(names *sema.Info, n ast.Node) (p Purely) {
	left := maxPlace
	for at, up := n, n.Parent(); up.IsValid() && left > 0; at, up, left = up, up.Parent(), left-1 {
		switch up.Kind() {
		case ast.If:
			if up.FirstChild() != at {
				p.under(names, up.FirstChild())
			}
		case ast.Binary:
			if op := up.Op(); up.FirstChild() != at && (op == ast.OpAnd || op == ast.OpOr || op == ast.OpImpl) {
				p.under(names, up.FirstChild())
			}
		case ast.Select:
			p.depends = p.depends || (ast.SelectExpr{Node: up}).Default() == at
		case ast.Apply:
			if up.FirstChild() == at {
				break
			}
			fn, args := ast.Call((ast.ApplyExpr{Node: up}).Func())
			switch name := ast.LastName(fn); {
			case name == "tryEval":
				p.caught = true
			case name == "throw" || name == "abort":
				p.guarded = true // it fails in any case
			case len(args) == 1 && (strings.HasPrefix(name, "optional") || name == "mkIf"):
				depends := p.depends
				p.under(names, args[0])
				p.depends = depends // on what is there to be turned on
			}
		case ast.Formal:
			p.inner = true
			if fn := up.Parent().Parent(); fn == n.Tree().Expr().Unparen() {
				p.defaultOf(names, ast.FormalNode{Node: up})
			}
			return p
		}
	}
	return p
}

// defaultOf notes that an expression is the default of an argument of the function that the file is, if anything uses that.
func (p *Purely) defaultOf(names *sema.Info, f ast.FormalNode) {
	scope, ok := names.ScopeOf(f.Parent().Parent())
	if !ok {
		return
	}
	var through []string
	for id := names.Scope(scope).First; id <= names.Scope(scope).Last; id++ {
		if names.Binding(id).Decl != f.Node {
			continue
		}
		for u := range names.UsesOf(id) {
			if !f.Parent().Encloses(u.Node) {
				p.inner, p.formal = false, strings.Clone(f.Name().Text())
				return
			}
			left := maxPlace
			for up := u.Node.Parent(); left > 0 && !up.Is(ast.Lambda); up, left = up.Parent(), left-1 {
				// What a function in a default reads, nothing may ever ask for.
				if up.Is(ast.Formal) && up.Parent() == f.Parent() {
					through = append(through, strings.Clone((ast.FormalNode{Node: up}).Name().Text()))
					break
				}
			}
		}
	}
	if p.through = through; len(through) > 0 {
		p.inner, p.formal = false, strings.Clone(f.Name().Text())
	}
}

// usedArgs are arguments of functions that files use in any case.
var usedArgs = []string{"pkgs", "nixpkgs", "lib"}

// certain reports whether the default counts in any case once the caller leaves the argument out.
func (p *Purely) certain() bool {
	used := func(name string) bool { return slices.Contains(usedArgs, name) }
	return used(p.formal) || slices.ContainsFunc(p.through, used)
}

// machineWords are what conditions have that ask of the machine, in lower case.
var machineWords = []string{"getenv", "pure", "currentsystem", "currenttime", "nixpath", "tryeval", "pathexists"}

// under notes that an expression is evaluated only where a condition holds, or does not.
func (p *Purely) under(names *sema.Info, cond ast.Node) {
	p.depends = true
	cond = cond.Unparen()
	if b := names.Resolve(cond); b != nil && b.Value.IsValid() {
		cond = b.Value
	}
	text := strings.ToLower(cond.Text())
	for _, word := range machineWords {
		p.guarded = p.guarded || strings.Contains(text, word)
	}
}

// Reach returns how a flake reaches the expression in a file, and who leaves the argument out whose default it is: "" where it is
// none.
func (p Purely) Reach(a *Asked, path string) (how project.Reach, caller string) {
	switch {
	case p.guarded || p.inner:
		return project.Unreached, ""
	case p.formal == "":
		return a.Answers.Reach(path), ""
	}
	c := a.Leaving(path, p.formal, p.through...)
	if !p.certain() {
		return project.Unreached, c.Path
	}
	return c.Reach, c.Path
}

// Report reports what is wrong with the expression where evaluation is pure, as badly as who reaches the file says.
func (p Purely) Report(pass *Pass, f diag.Finding, s Degrees) {
	pass.ReportImpure(false, Impurity{At: p, Finding: f, Degrees: s})
}

// ReportImpure reports impurities of the file, as badly as who reaches it says. Where that is not known, it reports just the first
// one if once is set.
func (p *Pass) ReportImpure(once bool, found ...Impurity) {
	found = slices.DeleteFunc(found, func(i Impurity) bool { return i.At.guarded || i.At.inner })
	if len(found) == 0 {
		return
	}
	path := p.Path
	p.Ask(func(a *Asked) {
		told := false
		for _, i := range found {
			f, how, ok := i.in(a, path)
			if !ok || once && how != project.Reached && told {
				continue
			}
			told = told || how != project.Reached
			a.Report(f)
		}
	})
}

// in returns the finding with what the other files of the project say of it; ok is false where it is none.
func (i Impurity) in(a *Asked, path string) (f diag.Finding, how project.Reach, ok bool) {
	f = i.Finding
	how, caller := i.At.Reach(a, path)
	if i.At.formal != "" {
		if caller == "" {
			return f, how, false
		}
		f.Message += fmt.Sprintf("; %s calls the file without %s", diag.Code(a.Rel(caller)), diag.Code(i.At.formal))
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
	if i.At.depends && f.Severity > diag.Info {
		f.Severity--
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
