package engine

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/baseline"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/custom"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/rules"
)

// plan is what runs on the files of one resolved configuration.
type plan struct {
	resolved *config.Resolved
	minNix   config.Version
	severity map[*rules.Rule]level
	byKind   [ast.NumKinds]dispatch
	pipes    dispatch // for calls by pipe operators: the rules that ask for Apply, and for Binary not
	files    []*rules.Rule
	flakes   []*rules.Rule
	locks    []*rules.Rule
	scripts  []*rules.Rule
	syntax   map[ast.ErrorKind]*rules.Rule
	own      *custom.Set   // of rules that the configuration defines; nil for none
	asks     project.Facts // that the rules ask for
}

// dispatch are the rules for a kind of nodes: those for all of them, and those for some names.
type dispatch struct {
	all    []*rules.Rule
	byName rules.ByName
}

func (d *dispatch) add(r *rules.Rule, k ast.Kind) {
	if len(r.Names) > 0 && rules.HasHead(k) {
		d.byName.Add(r)
	} else {
		d.all = append(d.all, r)
	}
}

// level is the severity of a rule, and whether the user set it.
type level struct {
	severity   diag.Severity
	configured bool
}

// Catalogue describes the registered rules to the packages that must not know them.
func Catalogue() *config.Catalogue {
	var entries []config.Rule
	for _, r := range rules.All() {
		entry := config.Rule{
			ID: r.ID, Family: r.Family, Summary: r.Summary, Aliases: r.Aliases, Formerly: r.Formerly, Severity: r.Severity,
			Edition: r.Edition, Preview: r.Stage == rules.Preview, Mandatory: r.Mandatory, Blocks: r.Blocks(),
		}
		for _, name := range rules.PresetNames() {
			if r.InPreset(name) {
				entry.Presets = append(entry.Presets, name)
			}
		}
		for _, o := range r.Options {
			entry.Options = append(entry.Options, config.Option{Name: o.Name, Default: o.Default, Doc: o.Doc})
		}
		entries = append(entries, entry)
	}
	return config.NewCatalogue(rules.PresetNames(), entries).Making(custom.Make)
}

// Rule returns the rule that a finding in a file names: one of the program, or one that the configuration of the file defines. It is nil
// where there is none.
func (e *Checker) Rule(file, id string) *rules.Rule { return ruleOf(id, e.config(file)) }

func ruleOf(id string, c *config.Config) *rules.Rule {
	if r := rules.Lookup(id); r != nil {
		return r
	}
	if r := custom.Lookup(c, id); r != nil {
		return r.Rule
	}
	return nil
}

// Rule returns a rule by its id: one of the program, or the first one that a configuration of the run defines. It is nil where there is
// none.
func (r *Result) Rule(id string) *rules.Rule {
	if rule := rules.Lookup(id); rule != nil {
		return rule
	}
	s := r.settings
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, file := range slices.Sorted(maps.Keys(s.configs)) {
		if rule := custom.Lookup(s.configs[file].config, id); rule != nil {
			return rule.Rule
		}
	}
	return nil
}

// settings are what configuration files say, read when they are asked for.
type settings struct {
	finder  *config.Finder
	fs      workspace.FS
	before  map[string]*loaded // of a checker before a change: a file that says the same is the same
	mu      sync.Mutex
	configs map[string]*loaded
	plans   map[*config.Resolved]*plan
	// inputs are the sources of inputs that count, one for each configuration.
	inputs map[*config.Config]*project.Sources
	baselineFiles
}

func newSettings(fs workspace.FS, snapshot *project.Snapshot, before *settings) *settings {
	has := func(dir, name string) bool { return workspace.Has(fs, dir, name) }
	s := &settings{
		finder: config.NewFinder(has, snapshot.Git().Starts, config.FileName, baseline.FileName), fs: fs,
		configs: map[string]*loaded{}, plans: map[*config.Resolved]*plan{}, inputs: map[*config.Config]*project.Sources{},
		baselineFiles: baselineFiles{read: map[string]*baselineFile{}},
	}
	if before != nil {
		before.mu.Lock()
		s.before = maps.Clone(before.configs)
		s.readBefore = maps.Clone(before.read)
		before.mu.Unlock()
	}
	return s
}

// previews counts the rules that no configuration of a file turned on, and that some would have turned on were they not in preview.
func (s *settings) previews() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range rules.All() {
		held := false
		for resolved := range s.plans {
			if on, _ := resolved.Severity(r.ID); on != diag.Off {
				held = false
				break
			}
			held = held || resolved.InPreview(r.ID)
		}
		if held {
			n++
		}
	}
	return n
}

// loaded is a configuration file, read.
type loaded struct {
	config   *config.Config
	problems []config.Problem
	failed   bool // the file could not be read
}

// configFiles returns the paths of the configuration files that were read, sorted.
func (s *settings) configFiles() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Sorted(maps.Keys(s.configs)), func(path string) bool { return path == "" })
}

// settingFiles returns the configuration files that were read, what they extend, and the baselines, sorted.
func (s *settings) settingFiles() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	files := slices.Collect(maps.Keys(s.read))
	for _, l := range s.configs {
		for _, src := range l.config.Sources() {
			files = append(files, src.Path)
		}
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// isConfig reports whether a path is that of a configuration file or a baseline that was read, or that another one extends.
func (s *settings) isConfig(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.configs[path] != nil || s.read[path] != nil {
		return true
	}
	for _, l := range s.configs {
		if slices.ContainsFunc(l.config.Sources(), func(src config.Source) bool { return src.Path == path }) {
			return true
		}
	}
	return false
}

// Config returns the configuration that holds for a file, given by its absolute path. What is wrong with it is among
// Problems.
func (e *Checker) Config(path string) *config.Config { return e.config(path) }

// config returns the configuration that holds for a file.
func (e *Checker) config(path string) *config.Config {
	file := e.opts.ConfigPath
	if file == "" {
		file = e.finder.Find(path[:max(len(filepath.VolumeName(path))+1, strings.LastIndexByte(path, filepath.Separator))], config.FileName)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	l := e.configs[file]
	if l == nil {
		l = e.load(file)
		e.configs[file] = l
	}
	return l.config
}

func (e *Checker) load(file string) *loaded {
	l := &loaded{config: config.Default(e.catalogue)}
	if file != "" {
		text, err := e.settings.fs.ReadFile(file)
		if err != nil {
			l.failed = true
			l.problems = append(l.problems, config.Problem{File: file, Message: unreadable(err)})
		} else {
			l.config, l.problems = config.Load(file, string(text), e.catalogue, e.settings.fs)
		}
	}
	if old := e.before[file]; old != nil && !l.failed && !old.failed && slices.Equal(old.config.Sources(), l.config.Sources()) {
		return old
	}
	if c, err := l.config.With(e.flags); err == nil {
		l.config = c
		for _, msg := range c.Unmet() {
			l.problems = append(l.problems, config.Problem{File: cmp.Or(file, e.opts.Dir), Message: "the command line: " + msg})
		}
	}
	return l
}

// notices returns the earlier ids of rules in the configurations and suppressions of a run, each where it stands first.
func (e *Checker) notices(suppressions map[string]*suppress.Table) []config.Notice {
	var all []config.Notice
	for _, l := range e.configs {
		all = append(all, l.config.Notices()...)
	}
	for file, t := range suppressions {
		all = append(all, e.renamed(file, t)...)
	}
	slices.SortFunc(all, func(a, b config.Notice) int {
		return cmp.Or(strings.Compare(a.Old, b.Old), strings.Compare(a.From.File, b.From.File), cmp.Compare(a.From.Line, b.From.Line))
	})
	return slices.CompactFunc(all, func(a, b config.Notice) bool { return a.Old == b.Old })
}

// renamed returns the earlier ids of rules in the suppressions of a file.
func (e *Checker) renamed(file string, t *suppress.Table) (all []config.Notice) {
	for name, line := range t.Names() {
		if id := e.config(file).Catalogue().Renamed(name); id != "" {
			all = append(all, config.Notice{Old: name, New: id, From: config.Origin{File: file, Line: line, What: "suppression"}})
		}
	}
	return all
}

// excluded reports whether the configuration keeps a file from being checked.
func (e *Checker) excluded(path string) bool { return e.config(path).Excluded(path) }

// plan returns the dispatch tables for a file under a configuration.
func (e *Checker) plan(c *config.Config, path string) *plan {
	resolved := c.For(path)
	e.mu.Lock()
	defer e.mu.Unlock()
	if p := e.plans[resolved]; p != nil {
		return p
	}
	p := &plan{resolved: resolved, minNix: c.MinimumNix, severity: map[*rules.Rule]level{}, syntax: map[ast.ErrorKind]*rules.Rule{}}
	for _, r := range rules.All() {
		sev, configured := resolved.Severity(r.ID)
		if sev == diag.Off {
			continue
		}
		p.severity[r] = level{sev, configured}
		p.asks |= r.Asks
		p.add(r)
	}
	var own []*custom.Rule
	for _, r := range custom.Of(c) {
		if sev, configured := resolved.Severity(r.ID); sev != diag.Off {
			p.severity[r.Rule] = level{sev, configured}
			p.asks |= r.Asks
			if r.Flake != nil {
				p.add(r.Rule)
				continue
			}
			own = append(own, r)
		}
	}
	p.own = custom.NewSet(own)
	e.snapshot.Want(p.asks | project.ForReferences)
	e.plans[resolved] = p
	return p
}

// add puts a rule into the tables.
func (p *plan) add(r *rules.Rule) {
	switch {
	case r.Node != nil:
		for _, k := range r.On {
			p.byKind[k].add(r, k)
		}
		if slices.Contains(r.On, ast.Apply) && !slices.Contains(r.On, ast.Binary) {
			p.pipes.add(r, ast.Apply)
		}
	case r.File != nil:
		p.files = append(p.files, r)
	case r.Flake != nil:
		p.flakes = append(p.flakes, r)
	case r.Lock != nil:
		p.locks = append(p.locks, r)
	}
	if r.Syntax != "" && p.syntax != nil {
		p.syntax[r.Syntax] = r
	}
	if r.Script != nil {
		p.scripts = append(p.scripts, r)
	}
}

// judged returns the severity of a finding as its rule has it, which asks for one or for none.
func judged(r *rules.Rule, asked diag.Severity) diag.Severity { return cmp.Or(asked, r.Severity) }

// effective joins the severity that a finding asks for with the rule's configured one. A finding that is
// milder than its rule stays so; what the user sets bounds it.
func effective(r *rules.Rule, asked, set diag.Severity, configured bool) diag.Severity {
	switch {
	case asked == diag.Off || asked == r.Severity:
		return set
	case !configured || r.Mandatory:
		return asked
	case asked < r.Severity:
		return min(asked, set)
	case set == r.Severity:
		return asked
	}
	return set
}

// mentions returns the texts without which no rule finds anything in a command of a program, or in any for "".
func (p *plan) mentions(program string) []string {
	var out []string
	for _, r := range p.scripts {
		if program == "" || r.Programs == nil || r.Programs(program) {
			out = append(out, r.Mentions...)
		}
	}
	return out
}
