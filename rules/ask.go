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

// Ask has the rest of a rule called when all files of the project are known: in a run some time behind the last of them. What it
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

// AskAll is Ask for what a rule asks about every file of its kind, and what needs all files of the project to be answered: in a run over
// changed files of a large repository it is not asked (project.View.Spares).
func (p *Pass) AskAll(then func(a *Asked)) {
	if !p.Project.Spares() {
		p.Ask(then)
	}
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
