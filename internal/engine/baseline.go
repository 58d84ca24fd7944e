package engine

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/baseline"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fingerprint"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/rules"
)

// Baseline is a baseline as a run found it.
type Baseline struct {
	Path     string
	Text     string           // of the file
	There    bool             // the file exists
	Found    int              // findings that are in it
	Moved    int              // those of them whose file had another name
	Fixed    []baseline.Entry // what is gone, with the number of findings
	Idle     []baseline.Entry // what the run could not have found since the configuration leaves the rule or the file out, likewise
	Unknown  []baseline.Entry // what no rule is called that it is of, likewise
	New      []diag.Finding   // that it has not, and could have
	Worse    int              // those of them that it has with a lower severity
	Refused  []diag.Finding   // that no baseline can have: Nix itself refuses the file
	match    *baseline.Match
	acceptAt []int // by key of the match: the place of its finding in New, or -1
	state    func(baseline.Key) state
}

// Next returns the text of the baseline without what is fixed and with those of New that are to be accepted; prune takes
// out what is idle or unknown, too. count is the number of findings that it has.
func (b *Baseline) Next(accept func(*diag.Finding) bool, prune bool) (text string, count int) {
	leaves := func(key baseline.Key) bool {
		s := b.state(key)
		return s == isGone || prune && (s == leftOut || s == unknown)
	}
	accepted := make([]bool, len(b.New))
	for i := range b.New {
		if accepted[i] = accept(&b.New[i]); accepted[i] {
			count++
		}
	}
	takes := func(i int) bool { return b.acceptAt[i] >= 0 && accepted[b.acceptAt[i]] }
	count += b.Found + b.match.Left(func(key baseline.Key) bool { return !leaves(key) }) + b.match.Worse(func(i int) bool { return !takes(i) })
	return b.match.Next(leaves, takes).Text(), count
}

// Acceptable reports whether a baseline may have the findings of a rule: not of one without which a file is not, or not wholly,
// analysed, or that Nix refuses.
func Acceptable(rule string) bool {
	r := rules.Lookup(rule)
	return r == nil || !r.Mandatory && !r.Blocks() // one that a configuration defines is neither
}

// baselineFiles are the baselines of settings. The lock of those holds for read.
type baselineFiles struct {
	byFolder   sync.Map // from folder to *baselineFile
	read       map[string]*baselineFile
	readBefore map[string]*baselineFile // of a checker before a change
}

// baselineFile is a baseline, read. Its content is nil where it is not there or cannot be used.
type baselineFile struct {
	path, text string
	there      bool
	problem    *config.Problem
	content    *baseline.Baseline
}

// baseline returns the baseline that holds for a file, or nil.
func (e *Checker) baseline(file string) *baselineFile {
	if e.opts.NoBaseline {
		return nil
	}
	dir := filepath.Dir(file)
	if b, ok := e.byFolder.Load(dir); ok {
		return b.(*baselineFile)
	}
	path, by := e.baselinePath(file)
	var b *baselineFile
	if path != "" {
		e.mu.Lock()
		if b = e.read[path]; b == nil {
			b = e.readBaseline(path, by)
			e.read[path] = b
		}
		e.mu.Unlock()
	}
	e.byFolder.Store(dir, b)
	return b
}

// baselinePath returns the path of the baseline for a file, or "", and the configuration that names it, if one does. The nearest one
// upward in the repository holds: one that lies there, or that a configuration names. Where there is none, a new one would lie beside the
// outermost configuration.
func (e *Checker) baselinePath(file string) (path string, by *config.Config) {
	c := e.config(file)
	if e.opts.Baseline != "" {
		return e.opts.Baseline, nil
	}
	for dir := filepath.Dir(file); ; {
		if c.Baseline != "" {
			return c.Baseline, c
		}
		if e.opts.ConfigPath != "" {
			return filepath.Join(c.Dir, baseline.FileName), nil
		}
		if found := e.finder.Find(dir, baseline.FileName); found != "" && (c.Path == "" || len(filepath.Dir(found)) >= len(c.Dir)) {
			return found, nil
		}
		if c.Path == "" {
			break
		}
		path = filepath.Join(c.Dir, baseline.FileName)
		if dir = e.finder.Above(c.Dir); dir == "" {
			break
		}
		if e.finder.Find(dir, config.FileName) == "" { // the defaults would be read for nothing
			if found := e.finder.Find(dir, baseline.FileName); found != "" {
				return found, nil
			}
			break
		}
		c = e.config(filepath.Join(dir, config.FileName))
	}
	if path == "" && e.opts.Adopting {
		path = filepath.Join(e.home(file), baseline.FileName)
	}
	return path, nil
}

// home returns the folder of a new baseline for a file for which no configuration holds: the top of its repository, else
// the folder one stands in, else the outermost flake around it or its folder.
func (e *Checker) home(file string) string {
	view := e.snapshot.View(file)
	if rel, err := filepath.Rel(e.opts.Dir, file); view.Repo() == nil && err == nil && filepath.IsLocal(rel) {
		return e.opts.Dir
	}
	return view.Root()
}

// readBaseline reads the baseline at a path, which a configuration may name. One that is not there is wrong where somebody names it.
func (e *Checker) readBaseline(path string, by *config.Config) *baselineFile {
	named := e.opts.Baseline != "" || by != nil
	b := &baselineFile{path: path, there: true}
	old := e.readBefore[path]
	if why := e.misplaced(path, by); why != "" {
		b.problem = &config.Problem{File: path, Message: "the baseline " + why}
		if by != nil {
			*b.problem = by.BaselineProblem("the baseline that `baseline` names " + why)
		}
		return b
	}
	if _, err := e.settings.fs.Lstat(path); err != nil && workspace.IsMissing(err) {
		if old != nil && !old.there && !named && old.problem == nil {
			return old
		}
		b.there = false
		if _, err := workspace.OS.Lstat(path); err == nil && named && e.opts.Changes != nil {
			b.problem = &config.Problem{File: path, Message: "the baseline is there, but not staged: `git add` it"}
		} else if named && !e.opts.Adopting {
			b.problem = &config.Problem{File: path, Message: "the baseline is not there: `nixsift baseline --baseline FILE` writes one"}
			if by != nil {
				*b.problem = by.BaselineProblem("the baseline that `baseline` names is not there: `nixsift baseline` writes it")
			}
		}
		return b
	}
	text, err := e.settings.fs.ReadFile(path)
	if err != nil {
		b.problem = &config.Problem{File: path, Message: "the baseline " + unreadable(err)}
		return b
	}
	if old != nil && old.content != nil && old.text == string(text) {
		return old
	}
	b.text = string(text)
	content, mistake := baseline.Read(b.text)
	if mistake != nil {
		at := mistake.Pos.Offset
		b.problem = &config.Problem{File: path, Span: source.Span{Start: at, End: at}, Pos: mistake.Pos, Message: mistake.Message}
		return b
	}
	b.content = content.Rename(e.catalogue.Renamed)
	return b
}

// usable returns the baseline that holds for a file, or nil where there is none or it cannot be used.
func (e *Checker) usable(file string) *baselineFile {
	b := e.baseline(file)
	if b == nil || b.problem != nil || !b.there && !e.opts.Adopting {
		return nil
	}
	return b
}

// rel returns the path of a file as the baseline has it.
func (b *baselineFile) rel(file string) (string, bool) {
	rel, err := filepath.Rel(filepath.Dir(b.path), file)
	return strings.ToValidUTF8(filepath.ToSlash(rel), "\ufffd"), err == nil
}

// file returns the absolute path of a file of the baseline.
func (b *baselineFile) file(rel string) string {
	return filepath.Join(filepath.Dir(b.path), filepath.FromSlash(rel))
}

// gone returns what tells whether a file of the baseline is not there any more.
func (e *Checker) gone(b *baselineFile) func(rel string) bool {
	return func(rel string) bool {
		_, err := e.fs.Lstat(b.file(rel))
		return err != nil && workspace.IsMissing(err)
	}
}

// InBaseline reports which of the findings in one file, whose text is given, are in a baseline.
func (e *Checker) InBaseline(file, text string, findings []diag.Finding) []bool {
	b := e.baseline(file)
	if b == nil || b.content == nil || len(b.content.Entries) == 0 {
		return nil
	}
	rel, ok := b.rel(file)
	if !ok {
		return nil
	}
	var keys []baseline.Key
	var at []int
	text = withoutSecrets(file, text)
	for i := range findings {
		if f := &findings[i]; f.File == file && Acceptable(f.Rule) {
			for key := range keysOf(f, rel, contentOf(text, f)) {
				keys, at = append(keys, key), append(at, i)
			}
		}
	}
	in := make([]bool, len(findings))
	match := b.content.Lay(keys, e.gone(b))
	for k, i := range at {
		in[i] = match.In(k) && (in[i] || k == 0 || at[k-1] != i)
	}
	return in
}

// keysOf yields the keys of a finding: one for each of its subjects, so that a set that loses a member has no other key than before, and
// one that grows has. It is in a baseline that has all of them.
func keysOf(f *diag.Finding, rel string, content fingerprint.Content) func(func(baseline.Key) bool) {
	key := baseline.Key{File: rel, Rule: f.Rule, Content: content, Severity: cmp.Or(f.Judged, f.Severity)}
	return func(yield func(baseline.Key) bool) {
		if len(f.Subjects) == 0 {
			yield(key)
		}
		for _, subject := range f.Subjects {
			key.Content = content.About(subject, f.Anywhere)
			if !yield(key) {
				return
			}
		}
	}
}

// accept takes from the result of a run over paths the findings that are in baselines.
func (e *Checker) accept(res *Result, paths []string) {
	if e.opts.NoBaseline {
		return
	}
	scope := &scope{Checker: e, res: res, paths: paths, failed: map[string]bool{}}
	files := slices.Concat(slices.Collect(maps.Keys(res.reported)), slices.Collect(maps.Keys(res.bereft)))
	if c := e.opts.Changes; c != nil {
		for _, file := range c.Gone() {
			if scope.within(file) {
				files = append(files, file)
			}
		}
	}
	of := map[*baselineFile]*Baseline{}
	for _, file := range files {
		if b := e.baseline(file); b != nil && of[b] == nil {
			of[b] = &Baseline{Path: b.path, Text: b.text, There: b.there}
		}
	}
	for _, path := range e.besideFiles(paths) {
		if b := e.baseline(path); b != nil && b.there && of[b] == nil {
			of[b] = &Baseline{Path: b.path, Text: b.text, There: b.there}
		}
	}
	res.Errors = e.withConfigErrors(res.Errors)
	scope.noteErrors()
	if len(of) == 0 {
		return
	}
	keys := map[*baselineFile][]baseline.Key{}
	at := map[*baselineFile][]int{}
	scope.eachKey(func(i int, b *baselineFile, key baseline.Key) {
		keys[b], at[b] = append(keys[b], key), append(at[b], i)
	})
	in := make([]bool, len(res.Findings))
	for b, use := range of {
		if b.problem != nil || !b.there && !e.opts.Adopting {
			continue
		}
		use.match = b.content.Lay(keys[b], e.gone(b))
		use.state = scope.state(b)
		use.Moved, use.Worse = use.match.Moved(), use.match.Worse(func(int) bool { return true })
		use.Fixed = use.match.Gone(func(key baseline.Key) bool { return use.state(key) == isGone })
		use.Idle = use.match.Gone(func(key baseline.Key) bool { return use.state(key) == leftOut })
		use.Unknown = use.match.Gone(func(key baseline.Key) bool { return use.state(key) == unknown })
		use.sort(res.Findings, at[b], in)
		res.Baselines = append(res.Baselines, use)
		res.Baselined += use.Found
	}
	slices.SortFunc(res.Baselines, func(a, b *Baseline) int { return strings.Compare(a.Path, b.Path) })
	if e.opts.Adopting {
		for _, f := range res.Findings {
			if b := e.baseline(f.File); b != nil && of[b].match != nil && !Acceptable(f.Rule) {
				of[b].Refused = append(of[b].Refused, f)
			}
		}
	}
	scope.take(in)
}

// besideFiles returns a path for each of those of a run for which a baseline may hold of whose files none is left to check. A run
// over a change asks its files alone.
func (e *Checker) besideFiles(paths []string) (at []string) {
	if e.opts.Changes != nil {
		return nil
	}
	for _, path := range paths {
		if info, err := e.fs.Stat(path); err == nil && info.IsDir() {
			path = filepath.Join(path, baseline.FileName)
		}
		at = append(at, path)
	}
	return at
}

// sort tells the findings that the baseline has, which it marks, from those that are new. at has, by key of the match, their places.
func (b *Baseline) sort(findings []diag.Finding, at []int, in []bool) {
	b.acceptAt = make([]int, len(at))
	for k := 0; k < len(at); {
		i, first := at[k], k
		in[i] = true
		for ; k < len(at) && at[k] == i; k++ {
			in[i] = in[i] && b.match.In(k)
			b.acceptAt[k] = len(b.New)
		}
		if !in[i] {
			b.New = append(b.New, findings[i])
			continue
		}
		b.Found++
		for ; first < k; first++ {
			b.acceptAt[first] = -1
		}
	}
}

// take takes the findings that are marked from the result.
func (s *scope) take(in []bool) {
	kept := s.res.Findings[:0]
	for i, f := range s.res.Findings {
		switch {
		case !in[i]:
			kept = append(kept, f)
		case s.opts.Silenced:
			s.res.Silenced = append(s.res.Silenced, diag.Silenced{Finding: f, Baselined: true})
		}
	}
	clear(s.res.Findings[len(kept):])
	s.res.Findings = kept
	slices.SortStableFunc(s.res.Silenced, func(a, b diag.Silenced) int { return diag.CompareAt(&a.Finding, &b.Finding) })
}

// scope is what a run looked at.
type scope struct {
	*Checker
	res    *Result
	paths  []string
	failed map[string]bool // files and folders that were not, or not wholly, analysed
	blind  bool            // anything may have been overlooked
}

// noteErrors notes where the run may have overlooked something: in files with errors, those that do not parse, and those with findings
// that no baseline may have.
func (s *scope) noteErrors() {
	for _, err := range s.res.Errors {
		if err.Kind == BadConfig || err.File == "" {
			s.blind = true
		}
		s.failed[err.File] = true
	}
	maps.Copy(s.failed, s.res.partial)
	for i := range s.res.Findings {
		if f := &s.res.Findings[i]; !Acceptable(f.Rule) {
			s.failed[f.File] = true
		}
	}
	for file := range maps.Clone(s.failed) {
		if other := besides(file); other != "" {
			s.failed[other] = true // rules look at both
		}
	}
}

// overlooked reports whether a file, or a folder above it, was not wholly analysed.
func (s *scope) overlooked(file string) bool {
	if s.blind {
		return true
	}
	for len(s.failed) > 0 && !s.failed[file] {
		up := filepath.Dir(file)
		if up == file {
			return false
		}
		file = up
	}
	return s.failed[file]
}

// eachKey calls use with the findings that a baseline may have, in their order.
func (s *scope) eachKey(use func(i int, b *baselineFile, key baseline.Key)) {
	var b *baselineFile
	var rel, text string
	var known, asked bool // the text
	var made prints
	for i := range s.res.Findings {
		f := &s.res.Findings[i]
		if i == 0 || f.File != s.res.Findings[i-1].File {
			if b = s.usable(f.File); b != nil {
				var ok bool
				if rel, ok = b.rel(f.File); !ok {
					b = nil
				}
			}
			made, asked = s.res.prints[f.File], false
		}
		if b == nil || !Acceptable(f.Rule) {
			continue
		}
		content, ok := made[printOf{f.Span, f.Secret}]
		if !ok {
			if !asked {
				if text, known = s.res.Text(f.File); !known {
					s.failed[f.File] = true // it changed meanwhile
				}
				text, asked = withoutSecrets(f.File, text), true
			}
			if !known {
				continue
			}
			content = contentOf(text, f)
		}
		for key := range keysOf(f, rel, content) {
			use(i, b, key)
		}
	}
}

// state is what a run tells of an entry of which findings are not found.
type state uint8

const (
	unseen  state = iota // nothing: runs over some files, or with some rules, tell nothing about the others
	leftOut              // no run can find them, as things are configured
	unknown              // no rule is called so
	isGone               // what it has was looked for, and is not there
)

// state returns what tells what the run says of a key of a baseline.
func (s *scope) state(b *baselineFile) func(baseline.Key) state {
	gone := s.gone(b)
	return func(key baseline.Key) state {
		file := b.file(key.File)
		if s.overlooked(file) {
			return unseen
		}
		if !s.res.reported[file] {
			if c := s.opts.Changes; !s.within(file) || c != nil && !slices.Contains(c.Gone(), file) {
				return unseen
			}
			if gone(key.File) {
				return isGone
			}
			if by, excluded := s.config(file).ExcludedBy(file); excluded && by.From.File != "" && !s.opts.NoExclude {
				return leftOut
			}
			return unseen
		}
		if s.Rule(file, key.Rule) == nil {
			return unknown
		}
		if s.baseline(file) != b || !Acceptable(key.Rule) || s.res.left[finder{file, key.Rule}] > 0 {
			return leftOut
		}
		resolved := s.config(file).For(file)
		if severity, _ := resolved.Severity(key.Rule); severity != diag.Off {
			return isGone
		}
		if resolved.Off(key.Rule) {
			return leftOut
		}
		return unseen
	}
}

// within reports whether a path lies in what the run was about.
func (s *scope) within(path string) bool {
	return slices.ContainsFunc(s.paths, func(p string) bool {
		rest, ok := strings.CutPrefix(path, strings.TrimSuffix(p, string(filepath.Separator)))
		return ok && (rest == "" || rest[0] == filepath.Separator)
	})
}
