package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
	"github.com/nixsift/nixsift/rules"
)

// Suppressing says how comments silence findings: with a reason, in one line or "", and File with one comment at the top of each file.
type Suppressing struct {
	Reason string
	File   bool
}

// Suppressed is what becomes of files in which comments silence the findings of a result. Nothing is written.
type Suppressed struct {
	Result        *Result           // what is found without the comments
	Before, Texts map[string]string // of the files that change
	Count         int               // findings that the comments silence
	Left          []Unsuppressed    // in the order of diag.Compare
	// Broken are the findings of rules that were not asked for by name, because of which Nix refuses a file: what others find there may
	// not be seen.
	Broken []diag.Finding
}

// Unsuppressed is a finding that no comment silences, and why. Its place is that in the text before; After is its start in the text
// with comments.
type Unsuppressed struct {
	diag.Finding
	After uint32
	Why   string
}

const (
	cures = "write `# nixsift: ignore-file[%s]` and a reason at the top of the file (`nixsift suppress --file` does), turn the rule off for the file " +
		"in nixsift.toml, or accept it with `nixsift baseline`"
	others = "accept it with `nixsift baseline`, or turn the rule off for the file in nixsift.toml"
)

// Suppress adds comments to the files of a run so that they silence its findings, and those that come to light behind them. The files
// are checked with the comments: one that makes its rule say nothing, or other rules say more, is left out.
func Suppress(ctx context.Context, opts Options, how Suppressing) (*Suppressed, error) {
	opts.Silenced = true
	if opts.FS == nil {
		opts.FS = workspace.OS
	}
	s := &silencer{ctx: ctx, opts: opts, how: how, catalogue: Catalogue(), named: map[string]bool{}, files: map[string]*silencing{}}
	for _, value := range slices.Concat(opts.Select, opts.Only) {
		for _, name := range config.SplitNames(value) {
			ids, wide := s.catalogue.Select(name)
			for _, id := range ids {
				s.named[id] = s.named[id] || !wide
			}
		}
	}
	res, err := Check(ctx, opts)
	if err != nil {
		return nil, err
	}
	s.rules = func(file string) suppress.Rules { return res.catalogue(file) }
	out := &Suppressed{Result: res, Before: map[string]string{}, Texts: map[string]string{}}
	for range passes {
		s.take(res)
		changed, err := s.settle()
		if err != nil {
			return nil, err
		}
		if !changed {
			break
		}
		again := opts
		again.FS = s.overlay(nil)
		if res, err = Check(ctx, again); err != nil {
			return nil, err
		}
	}
	s.take(res)
	s.tell(out)
	return out, nil
}

const (
	passes = 4   // over all paths
	rounds = 100 // of comments in the files that still have findings, in one pass
)

// silencer adds comments to the files of a run.
type silencer struct {
	ctx       context.Context
	opts      Options
	how       Suppressing
	catalogue suppress.Rules                   // of the program
	rules     func(file string) suppress.Rules // that a file may name
	named     map[string]bool                  // the rules that the run names one by one
	files     map[string]*silencing
	broken    []diag.Finding
}

// silencing is one file.
type silencing struct {
	text    string // with the comments so far
	before  string
	count   int            // findings that its comments silence
	found   []diag.Finding // what the selected rules find in the text
	present map[spot]bool  // what all rules find in it
	seen    map[spot]bool  // what the selected rules find in it where the run is about such files alone
	barred  map[spot]string
	suspect map[spot]bool // comments for these may have been why others failed
	behind  map[spot]bool // comments for these failed on lines of their own
	size    int           // how many findings to take at once; 0 is all

	trial   string // the text with more comments
	targets []diag.Finding
}

// spot names a finding through all texts of a file that differ in suppressions.
type spot struct {
	rule string
	mark uint32
}

func marksOf(file, text string) suppress.Marks {
	if workspace.KindOf(file) == workspace.Nix {
		return suppress.MarksOf(parser.Parse(text))
	}
	return suppress.MarksOfText(text)
}

// spots returns the spots of what is found in one file.
func spots(m suppress.Marks, found []diag.Finding) map[spot]bool {
	all := map[spot]bool{}
	for _, f := range found {
		if f.Rule != suppress.WithoutReason {
			all[spotOf(m, f)] = true
		}
	}
	return all
}

func spotOf(m suppress.Marks, f diag.Finding) spot { return spot{f.Rule, m.Of(f.Span.Start)} }

// take starts with what the selected rules find now, and bars what no comment can silence.
func (s *silencer) take(res *Result) {
	for _, f := range s.files {
		f.found, f.size = nil, 0
	}
	s.broken = nil
	for _, found := range res.Findings {
		rule := rules.Lookup(found.Rule)
		if rule != nil && rule.Mandatory && !s.named[found.Rule] {
			s.broken = append(s.broken, found)
			continue
		}
		f := s.files[found.File]
		if f == nil {
			text, known := res.Text(found.File)
			f = &silencing{text: text, before: text, barred: map[spot]string{}, suspect: map[spot]bool{}, behind: map[spot]bool{}}
			s.files[found.File] = f
			if !known {
				f.barred[spot{}] = "the file changed meanwhile: run this again"
			} else if fix.Conflicted(text) {
				f.barred[spot{}] = "the file has the markers of a merge"
			}
		}
		f.found = append(f.found, found)
	}
	for file, f := range s.files {
		m := marksOf(file, f.text)
		for _, found := range f.found {
			at := spotOf(m, found)
			if why := f.barred[spot{}]; why != "" {
				f.barred[at] = why
				continue
			}
			switch rule := rules.Lookup(found.Rule); {
			case rule == nil: // a configuration defines it
			case rule.Mandatory:
				f.barred[at] = "Nix itself refuses the file: mend it, or exclude the file in nixsift.toml"
			case rule.Engine:
				f.barred[at] = "it is about a comment: mend that"
			case workspace.KindOf(file) == workspace.FlakeLock:
				f.barred[at] = "there are no comments in JSON: " + others
			}
		}
	}
}

// overlay returns the files with their comments, those of trial with the ones that are tried.
func (s *silencer) overlay(trial []string) *workspace.Overlay {
	o := workspace.NewOverlay(s.opts.FS)
	for file, f := range s.files {
		if f.text != f.before {
			o.Set(file, []byte(f.text))
		}
	}
	for _, file := range trial {
		o.Set(file, []byte(s.files[file].trial))
	}
	return o
}

// check runs over some files the selected rules, and all of the configuration, which tell of idle comments.
func (s *silencer) check(files []string, fs workspace.FS) (selected, configured *Result, err error) {
	opts := s.opts
	opts.FS, opts.Paths = fs, files
	if selected, err = Check(s.ctx, opts); err != nil {
		return nil, nil, err
	}
	opts.Select, opts.Only, opts.Ignore, opts.NoBaseline, opts.Baseline = nil, nil, nil, true, ""
	configured, err = Check(s.ctx, opts)
	return selected, configured, err
}

// settle adds comments until nothing is left that one can silence, and reports whether there are new ones.
func (s *silencer) settle() (changed bool, err error) {
	looked := false
	for range rounds {
		var files []string
		for _, file := range slices.Sorted(maps.Keys(s.files)) {
			if s.try(file) {
				files = append(files, file)
			}
		}
		if len(files) == 0 {
			return changed, nil
		}
		if !looked {
			looked = true
			if err := s.look(files); err != nil {
				return changed, err
			}
		}
		selected, configured, err := s.check(files, s.overlay(files))
		if err != nil {
			return changed, err
		}
		byFile := func(all []diag.Finding) map[string][]diag.Finding {
			in := map[string][]diag.Finding{}
			for _, f := range all {
				in[f.File] = append(in[f.File], f)
			}
			return in
		}
		var silenced []diag.Finding
		for _, f := range selected.Silenced {
			if !f.Baselined {
				silenced = append(silenced, f.Finding)
			}
		}
		found, silent, more := byFile(selected.Findings), byFile(silenced), byFile(configured.Findings)
		for _, file := range files {
			if s.files[file].judge(file, s.how.File, found[file], silent[file], more[file]) {
				changed = true
			}
		}
	}
	return changed, nil
}

// look notes what all rules find in files before the first comments.
func (s *silencer) look(files []string) error {
	selected, configured, err := s.check(files, s.overlay(nil))
	if err != nil {
		return err
	}
	for _, file := range files {
		f := s.files[file]
		m := marksOf(file, f.text)
		of := func(g diag.Finding) bool { return g.File != file }
		f.seen = spots(m, slices.DeleteFunc(slices.Clone(selected.Findings), of))
		f.present = spots(m, slices.DeleteFunc(slices.Clone(configured.Findings), of))
		maps.Copy(f.present, f.seen)
		maps.Copy(f.present, spots(m, f.found))
	}
	return nil
}

// try makes the text with comments for the findings that are to be silenced next, and reports whether there are any.
func (s *silencer) try(file string) bool {
	f := s.files[file]
	m := marksOf(file, f.text)
	for {
		f.choose(m, s.how.File)
		if len(f.targets) == 0 {
			return false
		}
		comment := suppress.Comment{Reason: s.how.Reason, Behind: func(g diag.Finding) bool { return f.behind[spotOf(m, g)] }}
		done := s.insert(file, f.text, f.targets, comment, s.how.File)
		whole := !s.how.File && len(done.Left) > 0 && s.insert(file, f.text, done.Left[:1], comment, true).Silenced > 0
		for _, left := range done.Left {
			ways := others
			if whole {
				ways = fmt.Sprintf(cures, left.Rule)
			}
			f.barred[spotOf(m, left)] = "no comment can stand there: " + ways
		}
		if done.Silenced > 0 {
			f.trial = done.Text
			f.targets = slices.DeleteFunc(f.targets, func(t diag.Finding) bool { return f.barred[spotOf(m, t)] != "" })
			return true
		}
		if len(done.Left) == 0 {
			return false
		}
	}
}

// insert adds comments to a text: for single findings, or whole for the file.
func (s *silencer) insert(file, text string, found []diag.Finding, comment suppress.Comment, whole bool) suppress.Inserted {
	kind := workspace.KindOf(file)
	if kind == workspace.Nix {
		if whole {
			return suppress.InsertForFile(parser.Parse(text), parser.Parse, s.rules(file), found, comment)
		}
		return suppress.Insert(parser.Parse(text), parser.Parse, s.rules(file), found, comment)
	}
	same := func(after string) bool { return shell.Same(file, kind == workspace.CI, text, after) }
	if whole {
		return suppress.InsertForText(text, s.rules(file), found, comment, same)
	}
	return suppress.InsertText(text, s.rules(file), found, comment, same)
}

// choose takes the findings to silence next: those that are not suspect, as many as failed last by half, then the suspects one by
// one. Comments for whole files silence all findings of a rule.
func (f *silencing) choose(m suppress.Marks, whole bool) {
	var free, suspects []diag.Finding
	for _, g := range f.found {
		switch at := spotOf(m, g); {
		case f.barred[at] != "":
		case f.suspect[at]:
			suspects = append(suspects, g)
		default:
			free = append(free, g)
		}
	}
	switch {
	case len(free) > 0 && f.size > 0:
		f.targets = free[:min(f.size, len(free))]
	case len(free) > 0:
		f.targets = free
	default:
		f.targets = suspects[:min(1, len(suspects))]
	}
	if whole {
		chosen := map[string]bool{}
		for _, t := range f.targets {
			chosen[t.Rule] = true
		}
		f.targets = slices.DeleteFunc(slices.Concat(free, suspects), func(g diag.Finding) bool { return !chosen[g.Rule] })
	}
	f.targets = slices.Clone(f.targets)
}

// judge decides on the comments that are tried, by what the selected rules find with them, what of that is silent, and what those of the
// configuration find. It reports whether they stay.
func (f *silencing) judge(file string, whole bool, found, silent, configured []diag.Finding) bool {
	m, after := marksOf(file, f.text), marksOf(file, f.trial)
	silenced := spots(after, silent)
	seen := spots(after, found)
	present := spots(after, configured)
	maps.Copy(present, seen)
	free := map[spot]bool{} // may be silenced in turn
	for _, g := range found {
		if rule := rules.Lookup(g.Rule); rule == nil || !rule.Mandatory && !rule.Engine {
			free[spotOf(after, g)] = true
		}
	}
	why := map[spot]string{}
	targets := spots(m, f.targets)
	// A finding about the whole file, such as about its line ends, may come to stand in the comment.
	heard := moves(f.seen, silenced, func(at spot) bool { return targets[at] })
	moved := moves(f.present, present, func(at spot) bool { return !targets[at] })
	for _, t := range f.targets {
		if at := spotOf(m, t); f.seen[at] && !silenced[at] && !heard.from[at] {
			why[at] = "where a comment stands the rule says nothing or something else: " + others
		}
	}
	if len(why) == 0 {
		lines, linesBefore := source.NewLineIndex(f.text), source.NewLineIndex(f.before)
		before := marksOf(file, f.before)
		for _, g := range slices.Concat(found, configured) {
			at := spotOf(after, g)
			if f.present[at] || free[at] || moved.to[at] || g.Rule == suppress.WithoutReason {
				continue
			}
			reason := fmt.Sprintf("with a comment `%s` would speak up on line %d (%s): %s", g.Rule, linesBefore.Line(before.At(at.mark)), g.Message, others)
			for _, t := range beside(m, lines, f.targets, at.mark) {
				why[spotOf(m, t)] = reason
			}
		}
	}
	single := len(spots(m, f.targets)) == 1 || whole && !slices.ContainsFunc(f.targets, func(t diag.Finding) bool { return t.Rule != f.targets[0].Rule })
	switch {
	case len(why) == 0:
		f.text, f.found, f.seen, f.present = f.trial, found, seen, present
		f.count += len(f.targets)
		f.size *= 2
		return true
	case single && !whole && !f.behind[spotOf(m, f.targets[0])]:
		f.behind[spotOf(m, f.targets[0])] = true
	case single:
		for _, t := range f.targets {
			for _, reason := range why {
				f.barred[spotOf(m, t)] = reason
			}
		}
	case !slices.ContainsFunc(f.targets, func(t diag.Finding) bool { return why[spotOf(m, t)] == "" }):
		f.size = max(1, len(f.targets)/2)
	default:
		for at := range why {
			f.suspect[at] = true
		}
	}
	return false
}

// movement is places that a rule left, and those that it speaks about instead.
type movement struct{ from, to map[spot]bool }

// moves pairs the places that rules speak about before only, of those that may move, with places that they speak about after only. It
// pairs none of a rule that speaks about several of either: which is which is not known.
func moves(before, after map[spot]bool, may func(at spot) bool) movement {
	only := func(in, out map[spot]bool, may func(at spot) bool) map[string][]spot {
		of := map[string][]spot{}
		for at := range in {
			if !out[at] && may(at) {
				of[at.rule] = append(of[at.rule], at)
			}
		}
		return of
	}
	x := movement{map[spot]bool{}, map[spot]bool{}}
	came := only(after, before, func(spot) bool { return true })
	for rule, left := range only(before, after, may) {
		if len(left) == 1 && len(came[rule]) == 1 {
			x.from[left[0]], x.to[came[rule][0]] = true, true
		}
	}
	return x
}

// beside returns the findings on the line of a place in a text, or else those before and behind it that are nearest.
func beside(m suppress.Marks, lines *source.LineIndex, findings []diag.Finding, mark uint32) (near []diag.Finding) {
	line := lines.Line(m.At(mark))
	for _, f := range findings {
		if lines.Line(f.Span.Start) == line {
			near = append(near, f)
		}
	}
	if len(near) > 0 {
		return near
	}
	i := slices.IndexFunc(findings, func(f diag.Finding) bool { return m.Of(f.Span.Start) > mark })
	if i < 0 {
		i = len(findings)
	}
	return findings[max(0, i-1):min(len(findings), i+1)]
}

// tell fills in what came of the files.
func (s *silencer) tell(out *Suppressed) {
	out.Broken = s.broken
	for file, f := range s.files {
		out.Count += f.count
		if f.text != f.before {
			out.Before[file], out.Texts[file] = f.before, f.text
		}
		m, before := marksOf(file, f.text), marksOf(file, f.before)
		for _, g := range f.found {
			left := Unsuppressed{Finding: g, After: g.Span.Start, Why: f.barred[spotOf(m, g)]}
			if left.Why == "" {
				left.Why = "it came to light late: run this again"
			}
			if f.text != f.before {
				left.Span.Start = before.At(m.Of(g.Span.Start))
				left.Span.End = max(left.Span.Start, before.At(m.Of(g.Span.End)))
			}
			out.Left = append(out.Left, left)
		}
	}
	slices.SortStableFunc(out.Left, func(a, b Unsuppressed) int { return diag.Compare(a.Finding, b.Finding) })
}
