package custom

import (
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/pattern"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/query"
	"github.com/nixsift/nixsift/internal/role"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// Set is the rules that run on some files. It is immutable.
type Set struct {
	patterns *pattern.Set
	of       []variantOf // by pattern
}

type variantOf struct {
	rule    *Rule
	variant int
}

// NewSet returns the set of some rules; nil for none.
func NewSet(list []*Rule) *Set {
	s := new(Set)
	var patterns []*pattern.Pattern
	for _, r := range list {
		for i, v := range r.variants {
			patterns = append(patterns, v.pattern)
			s.of = append(s.of, variantOf{r, i})
		}
	}
	if len(patterns) == 0 {
		return nil
	}
	s.patterns = pattern.NewSet(patterns)
	return s
}

// Found is what the patterns of one rule match in a file.
type Found struct {
	Rule *Rule
	// Cut is set where looking for all matches would have taken too long.
	Cut     bool
	matches []matched
	host    string // of an example: the one that is said to have the file as a module
}

type matched struct {
	*variant
	match *pattern.Match
}

// Find returns what the patterns of the rules match in a file. name is its path relative to the folder of the configuration, with
// slashes, or "" outside of that.
func (s *Set) Find(p *rules.Pass, name string) []*Found {
	var out []*Found
	for _, by := range s.patterns.Find(p.Names()) {
		of := s.of[by.Pattern]
		if !of.rule.def.Takes(name) {
			continue
		}
		if len(out) == 0 || out[len(out)-1].Rule != of.rule {
			out = append(out, &Found{Rule: of.rule})
		}
		f := out[len(out)-1]
		f.Cut = f.Cut || by.Cut
		for i := range by.Matches {
			f.matches = append(f.matches, matched{&of.rule.variants[of.variant], &by.Matches[i]})
		}
	}
	return out
}

// Report reports the matches of which the condition holds, by the pass of the file whose rule is set. What one of several `with`
// gives is not reported: it may be something else.
func (f *Found) Report(p *rules.Pass, name string) {
	judge := query.NewJudge(file{p, name})
	seen := map[source.Span]bool{}
	var open []unsettled
	for _, m := range f.matches {
		if m.match.Possible || seen[m.match.Span] {
			continue
		}
		if m.where != nil {
			v := judge.Of(m.where, m.match)
			if !v.Settled {
				open = append(open, unsettled{v, detached(f.Rule.finding(p, m))})
			}
			if !v.Settled || !v.Holds {
				continue
			}
		}
		seen[m.match.Span] = true
		p.Report(f.Rule.finding(p, m))
	}
	if len(open) == 0 {
		return
	}
	p.Ask(func(a *rules.Asked) {
		var in query.Around = a.Answers
		if f.host != "" {
			in = saidHost{a.Answers, f.host}
		}
		for _, u := range open {
			if !seen[u.finding.Span] && u.verdict.Ask(in) {
				seen[u.finding.Span] = true
				a.Report(u.finding)
			}
		}
	})
}

// saidHost is the project around an example that a host is said to have as a module.
type saidHost struct {
	*project.Answers
	output string
}

// HostsOf returns the host.
func (s saidHost) HostsOf(string) project.HostsOfFile {
	return project.HostsOfFile{Surely: []*project.Host{{Output: s.output}}}
}

// detached returns a finding that does not refer to the text of the file.
func detached(f diag.Finding) diag.Finding {
	for _, fix := range f.Fixes {
		for i := range fix.Edits {
			fix.Edits[i].Text = strings.Clone(fix.Edits[i].Text)
		}
	}
	return f
}

// unsettled is a finding of which the rest of the project decides whether it is one.
type unsettled struct {
	verdict query.Verdict
	finding diag.Finding
}

func (r *Rule) finding(p *rules.Pass, m matched) diag.Finding {
	out := diag.Finding{Span: m.match.Span, Message: r.message.of(m.match), Help: r.help.of(m.match)}
	if m.fix == nil {
		return out
	}
	edits, why := m.fix.Edits(p.Tree, m.match)
	if why == "" && len(edits) > 0 {
		out.Fixes = []diag.Fix{{Title: "write `" + shorten(r.fixed.of(m.match)) + "`", Safety: r.def.Safety, Edits: edits}}
	}
	return out
}

// file is a file as conditions see it.
type file struct {
	pass *rules.Pass
	name string
}

func (f file) Names() *sema.Info { return f.pass.Names() }

func (f file) Path() string { return f.pass.Path }

func (f file) View() *project.View { return f.pass.Project }

func (f file) Modules() *module.File { return f.pass.Modules() }

func (f file) Shape() role.Shape { return f.pass.Shape() }

func (f file) Name() string { return f.name }

func (f file) Value(at source.Span) *eval.Value { return f.pass.ValueAt(at) }
