package custom

import (
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/pattern"
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
	about := file{p, name}
	seen := map[source.Span]bool{}
	for _, m := range f.matches {
		if m.match.Possible || seen[m.match.Span] || m.where != nil && !m.where.Holds(about, m.match) {
			continue
		}
		seen[m.match.Span] = true
		p.Report(f.Rule.finding(p, m))
	}
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

func (f file) Name() string { return f.name }

func (f file) Value(at source.Span) *eval.Value { return f.pass.ValueAt(at) }
