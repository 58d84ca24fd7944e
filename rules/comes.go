package rules

import (
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
)

// Failing is what the pages of rules say that report by ReportFailing.
const Failing = "\n\nIt is an error where evaluation of what the file is for comes by for certain: of the file, or what it gives when it is called; of an\n" +
	"output of the flake; of an option that a module defines which a flake reaches or that stands in a list of modules, unless an `mkIf`\n" +
	"decides that. It is a warning where only evaluating that attribute, element or function does; in tests, examples and templates it is\n" +
	"a hint."

// Comes says whether evaluation of what a file is for surely comes by a place.
type Comes struct {
	sure bool
	// module is set where it does if the file is a module that something evaluates.
	module bool
}

// Perhaps is the Comes of what only somebody who asks for it evaluates.
var Perhaps = Comes{}

// Surely is the Comes of what all evaluate.
var Surely = Comes{sure: true}

// ForComes are the facts that rules ask the project for that report by ReportFailing.
var ForComes = project.ForReach

// Comes returns whether evaluation surely comes by what fails: that of the file's value, or of what that gives when it is called; of
// an output of the flake; or of the options that a module of the file defines.
func (p *Pass) Comes(f eval.Finding) (c Comes) {
	if f.Sure {
		return Comes{sure: true}
	}
	merged := p.merged()
	if own, written := merged.own.of(f), merged.written.of(f); own+written > 0 {
		without := merges{}
		if f.Inside != nil { // others may come to the same place
			without = p.evaluateMerged(f.Through(p.lowered()))
		}
		c = Comes{sure: without.written.of(f) < written, module: without.own.of(f) < own}
	}
	c.sure = c.sure || p.comesByOutput(f)
	return c
}

// comesByOutput reports whether an output of the flake around the file surely fails so.
func (p *Pass) comesByOutput(f eval.Finding) bool {
	dir := p.Project.FlakeDir()
	if dir == "" {
		return false
	}
	if x := p.examined; x.alone {
		x.more.Store(true)
		return false
	}
	through := eval.Passage{}
	if f.Inside != nil {
		through = f.Through(p.lowered())
	}
	return p.Project.FailingOutput(dir, f.Spots(), through) != ""
}

// RestsOnLib reports whether a failure is none where an argument called lib is not nixpkgs' lib.
func (p *Pass) RestsOnLib(f eval.Finding) bool {
	code := p.lowered()
	return code != nil && f.RestsOnLib(code, p.imports())
}

// Or returns whether evaluation surely comes by one of two places.
func (c Comes) Or(o Comes) Comes { return Comes{c.sure || o.sure, c.module || o.module} }

// merges are the ways in which modules of a file surely fail: the module that the file is, and those that stand in it where
// modules stand.
type merges struct{ own, written ways }

// ways count definitions by the ways in which they surely fail.
type ways map[eval.Spot]int

// of returns how many definitions fail as one does.
func (w ways) of(f eval.Finding) (n int) {
	if len(w) == 0 {
		return 0
	}
	for _, s := range f.Spots() {
		n += w[s]
	}
	return n
}

// merged returns how the modules of the file fail.
func (p *Pass) merged() *merges {
	p.examined.merge.Do(func() { p.examined.merged = p.evaluateMerged(eval.Passage{}) })
	return &p.examined.merged
}

// evaluateMerged evaluates what the modules of the file define, with nothing known of what a failure comes through, if it is any.
func (p *Pass) evaluateMerged(hole eval.Passage) (m merges) {
	code := p.lowered()
	if code == nil {
		return m
	}
	ev, scopes, spent := eval.NewEvaluation(), eval.NewScopes(code, nil), 0
	ev.Import, ev.Scoped = p.imports(), p.scopedImports()
	ev.Hole(code, hole)
	ask := func(part eval.Part) *eval.Value {
		if spent > workOfValues+workOfExpr*code.Len() {
			p.examined.exhausted.Store(true)
			return eval.Unknown()
		}
		v := ev.Ask(part)
		spent += ev.Cost()
		return v
	}
	look := func(at *module.Module) (found ways) {
		e, ok := code.At(at.Body.Span())
		if !ok {
			return nil
		}
		module.EachMerged(scopes.Within(e), ask, func(v *eval.Value) {
			for _, end := range v.Ends() {
				for _, s := range end.Spots() {
					if found == nil {
						found = ways{}
					}
					found[s]++
				}
			}
		})
		return found
	}
	if at := p.Modules().Module; at != nil {
		m.own = look(at)
	}
	for _, at := range p.Modules().Inline() {
		if !at.Submodule {
			for s, n := range look(at) {
				if m.written == nil {
					m.written = ways{}
				}
				m.written[s] += n
			}
		}
	}
	return m
}

// IsEvaluatedModule reports whether a file is a module that a flake reaches, or that stands in a list of modules.
func (a *Asked) IsEvaluatedModule(path string) bool {
	if a.Reach(path) == project.Reached {
		return true
	}
	for _, r := range a.References(path) {
		if r.Kind == project.InList {
			return true
		}
	}
	return false
}

// ReportFailing reports a finding about what fails wherever it is evaluated: with its severity where evaluation of what the file is
// for surely comes by; as a warning where only evaluating something in it does; and as a hint where the file is one for tests,
// examples or templates. Its message ends accordingly. It is none where refuted, which may be nil, holds.
func (p *Pass) ReportFailing(f diag.Finding, end Ending, comes Comes, refuted func(a *Asked) bool) {
	own := f.Severity
	if !comes.sure {
		f.Severity = diag.Warning
	}
	if comes.sure || !comes.module {
		end.End(&f, comes.sure)
		if refuted != nil {
			p.ReportUnless(f, diag.Hint, refuted)
		} else {
			p.ReportMildly(f, diag.Hint)
		}
		return
	}
	path := strings.Clone(p.Path)
	p.Ask(func(a *Asked) {
		if refuted != nil && refuted(a) {
			return
		}
		sample := a.Sample(path)
		sure := !sample && a.IsEvaluatedModule(path)
		switch {
		case sample:
			f.Severity = diag.Hint
		case sure:
			f.Severity = own
		}
		end.End(&f, sure)
		a.Report(f)
	})
}
