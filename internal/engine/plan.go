package engine

import (
	"maps"
	"path/filepath"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/rules"
)

// plan is what runs on the files of one resolved configuration.
type plan struct {
	resolved *config.Resolved
	minNix   config.Version
	severity map[*rules.Rule]level
	byKind   [ast.NumKinds][]*rules.Rule
	files    []*rules.Rule
	flakes   []*rules.Rule
	locks    []*rules.Rule
	scripts  []*rules.Rule
	syntax   map[ast.ErrorKind]*rules.Rule
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
		entry := config.Rule{ID: r.ID, Severity: r.Severity, Mandatory: r.Mandatory, Aliases: r.Aliases}
		for _, name := range rules.PresetNames() {
			if r.InPreset(name) {
				entry.Presets = append(entry.Presets, name)
			}
		}
		for _, o := range r.Options {
			entry.Options = append(entry.Options, config.Option{Name: o.Name, Default: o.Default})
		}
		entries = append(entries, entry)
	}
	return config.NewCatalogue(rules.PresetNames(), entries)
}

// settings are what configuration files say, read when they are asked for.
type settings struct {
	finder  *config.Finder
	fs      workspace.FS
	before  map[string]*loaded // of a checker before a change: a file that says the same is the same
	mu      sync.Mutex
	configs map[string]*loaded
	plans   map[*config.Resolved]*plan
	folders sync.Map // from folder to *loaded
}

func newSettings(fs workspace.FS, snapshot *project.Snapshot, before *settings) *settings {
	s := &settings{
		finder: config.NewFinder(fs.Lstat, snapshot.Git().Starts), fs: fs,
		configs: map[string]*loaded{}, plans: map[*config.Resolved]*plan{},
	}
	if before != nil {
		before.mu.Lock()
		s.before = maps.Clone(before.configs)
		before.mu.Unlock()
	}
	return s
}

// loaded is a configuration file, read.
type loaded struct {
	config   *config.Config
	text     string
	problems []config.Problem
}

// isConfig reports whether a path is that of a configuration file that was read.
func (s *settings) isConfig(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.configs[path] != nil
}

// config returns the configuration that holds for a file.
func (e *Checker) config(path string) *config.Config {
	dir := path[:max(len(filepath.VolumeName(path))+1, strings.LastIndexByte(path, filepath.Separator))]
	if l, ok := e.folders.Load(dir); ok {
		return l.(*loaded).config
	}
	file := e.opts.ConfigPath
	if file == "" {
		file = e.finder.Find(dir)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	l := e.configs[file]
	if l == nil {
		l = e.load(file)
		e.configs[file] = l
	}
	e.folders.Store(dir, l)
	return l.config
}

func (e *Checker) load(file string) *loaded {
	l := &loaded{config: config.Default(e.catalogue)}
	if file != "" {
		text, err := e.settings.fs.ReadFile(file)
		if err != nil {
			l.problems = append(l.problems, config.Problem{File: file, Message: unreadable(err)})
		} else {
			l.text = string(text)
		}
	}
	if old := e.before[file]; old != nil && old.text == l.text && len(l.problems) == 0 && !old.unread() {
		return old
	}
	if file != "" && len(l.problems) == 0 {
		l.config, l.problems = config.Load(file, l.text, e.catalogue)
	}
	if c, err := l.config.With(e.opts.Preset, e.opts.Severities); err == nil {
		l.config = c
	}
	return l
}

// unread reports whether the file could not be read.
func (l *loaded) unread() bool {
	return len(l.problems) == 1 && l.problems[0].Pos.Line == 0
}

// excluded reports whether the configuration keeps a file from being checked.
func (e *Checker) excluded(path string) bool { return e.config(path).Excluded(path) }

// severity returns the severity of a rule under a configuration, and whether the user set it.
func (e *Engine) severity(resolved *config.Resolved, id string) (diag.Severity, bool) {
	if e.only == nil {
		return resolved.Severity(id)
	}
	r := rules.Lookup(id)
	if r == nil || !e.only[id] && !r.Blocks() {
		return diag.Off, false
	}
	if sev, configured := resolved.Severity(id); configured && sev != diag.Off {
		return sev, true
	}
	return r.Severity, false
}

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
		sev, configured := e.severity(resolved, r.ID)
		if sev == diag.Off {
			continue
		}
		p.severity[r] = level{sev, configured}
		p.add(r)
	}
	e.plans[resolved] = p
	return p
}

// add puts a rule into the tables.
func (p *plan) add(r *rules.Rule) {
	switch {
	case r.Node != nil:
		for _, k := range r.On {
			p.byKind[k] = append(p.byKind[k], r)
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
