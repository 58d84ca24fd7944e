package rules

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/role"
)

// Asked is what the rest of a rule has: the answers of the other files of the project, and where findings go. The tree of
// the file, its names and its modules are gone.
type Asked struct {
	*project.Answers
	host  Host
	rule  *Rule
	path  string
	doubt *doubt
}

// Ask has the rest of a rule called when all files of the project are known: in a run behind the last of them. What it
// needs of the file it must hold already, findings with their fixes best of all: by then other files lie in the
// memory of the tree. Only what comes of Pass.Project, Rule.Flake and Rule.Script lives on.
func (p *Pass) Ask(then func(a *Asked)) {
	a := &Asked{Answers: p.Project.AnswersFrom(p.rule.Asks), rule: p.rule, path: p.Path}
	if p.doubts() {
		if p.doubt == nil {
			p.doubt = doubtOf(p.Tree)
		}
		a.doubt = p.doubt
	}
	p.host.Later(p.rule, func(host Host) {
		a.host = host
		then(a)
	})
}

// Report reports a finding as that of the pass does.
func (a *Asked) Report(f diag.Finding) {
	if a.doubt == nil || !a.doubt.about(a.path, &f) {
		report(a.host, a.rule, a.path, f)
	}
}

// ReportMildly reports a finding, with another severity where the file is one for tests, examples or templates.
func (p *Pass) ReportMildly(f diag.Finding, sample diag.Severity) {
	if !p.Project.InSamples(p.Path) {
		p.Report(f)
		return
	}
	p.ReportUnless(f, sample, func(*Asked) bool { return false })
}

// ReportUnless is ReportMildly for a finding that is none where the other files of the project say something.
func (p *Pass) ReportUnless(f diag.Finding, sample diag.Severity, refuted func(a *Asked) bool) {
	path := p.Path
	p.Ask(func(a *Asked) {
		if refuted(a) {
			return
		}
		if a.Sample(path) {
			f.Severity = sample
		}
		a.Report(f)
	})
}

// Failing is what the pages of rules say that report by ReportFailing.
const Failing = "\n\nIt is an error where evaluating the file, or calling what it is, comes by for certain, and a warning where only\n" +
	"evaluating that attribute, element or function does; in tests, examples and templates it is a hint."

// ReportFailing reports a finding about what fails wherever it is evaluated: with its severity where evaluating the file, or
// calling what it is, surely comes by; as a warning where only evaluating something in it does; and as a hint where the file is
// one for tests, examples or templates. It is none where refuted, which may be nil, holds.
func (p *Pass) ReportFailing(f diag.Finding, sure bool, refuted func(a *Asked) bool) {
	if !sure {
		f.Severity = diag.Warning
	}
	if refuted != nil {
		p.ReportUnless(f, diag.Hint, refuted)
	} else {
		p.ReportMildly(f, diag.Hint)
	}
}

// WithRole calls then with the role of the file, at once where that does not depend on who refers to it, else as Ask does:
// then may use nothing of the file in any case.
func (p *Pass) WithRole(then func(r role.Role, report func(diag.Finding))) {
	shape := p.Shape()
	if _, settled := shape.Kind(); settled {
		then(shape.Role(0), p.Report)
		return
	}
	path := p.Path
	p.Ask(func(a *Asked) { then(a.Role(path, shape), a.Report) })
}
