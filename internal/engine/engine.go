// Package engine runs rules over files: it selects what to read, parses, dispatches, applies severities and
// suppressions, and brings the findings into one total order. Files are checked in parallel; the result does
// not depend on how many at once.
package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nixsift/nixsift/internal/changes"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/secret"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/internal/workspace"
)

// Options says what to check, and how.
type Options struct {
	// FS is the file system; nil is the machine's.
	FS workspace.FS
	// Paths are the files and folders to report on.
	Paths []string
	// ConfigPath names a configuration file to use for all files, instead of those found upward from each.
	ConfigPath string
	// Preset, Edition and Severities ("id=severity") override the configuration.
	Preset, Edition string
	Severities      []string
	// Select, Ignore and Only say which rules run, and Preview that patterns mean those in preview, too; see config.Flags.
	Select, Ignore, Only []string
	Preview              bool
	// Inputs allows findings to rest on sources of inputs in the Nix store, and on other flakes that the run is about.
	Inputs bool
	// Exclude are patterns of files to leave out beside those of the configuration, relative to the absolute path Dir.
	Exclude []string
	Dir     string
	// NoExclude checks what the configuration excludes, Generated generated files like others.
	NoExclude, Generated bool
	// Changing says that files change while the engine lives, as under a language server: nothing is
	// remembered of the folders.
	Changing bool
	// Links fills Result.LeftAlone, Silenced fills Result.Silenced.
	Links, Silenced bool
	// Changes narrows the run to the files among Paths that a change touches, and to what others say of those that it
	// takes away. FS is to be that of the changes.
	Changes *changes.Set
	// Baseline is the absolute path of a baseline to use for all files, instead of those that configurations name or that lie
	// beside them; NoBaseline uses none. Adopting says that a baseline is to be written: one that is not there is empty, and
	// files that none holds for belong to one at the top of their project.
	Baseline             string
	NoBaseline, Adopting bool
	// Now returns the moment that the age of what is locked counts from; without it, or with the zero time, rules tell no age. It is
	// called by workers, and only where a rule asks.
	Now func() time.Time
	// Jobs is the number of files checked at once; 0 is one for each processor.
	Jobs int
	// Approve, where it is given, is asked about each fix before Fix applies it: one after the other, in the order of the
	// findings, each about the texts as those before have left them.
	Approve func(Proposal) bool
	// Progress, where it is given, tells how far a run is.
	Progress *Progress
	// SpareFrom is the number of tracked Nix files from which on a run over changes, or over files that are named, does without questions
	// that need all of them; 0 is project.ManyFiles.
	SpareFrom int
	// keepTexts keeps all texts that findings are about.
	keepTexts bool
	// together is the number of units for manyUnits; 0 is that.
	together int
}

// ErrorKind sorts the things that kept files from being checked.
type ErrorKind string

// The kinds of error. All but Internal are the user's to mend.
const (
	Unreadable ErrorKind = "unreadable"
	TooLarge   ErrorKind = "too-large"
	// Unparsed is a file that can be read but not, or not wholly, understood, Unsupported one of no known kind.
	Unparsed    ErrorKind = "unparsed"
	Unsupported ErrorKind = "unsupported"
	BadConfig   ErrorKind = "config"
	Internal    ErrorKind = "internal"
)

// FileError is a file that could not be checked, or not by every rule.
type FileError struct {
	File         string
	Message      string
	Kind         ErrorKind
	Line, Column int // from 1, or 0 where the error is about the whole file
}

// Result is the outcome of a run.
type Result struct {
	Findings   []diag.Finding  // in the order of diag.Compare
	Errors     []FileError     // sorted by file and message
	Files      int             // the number of files checked
	Suppressed int             // findings that comments silenced
	Silenced   []diag.Silenced // those findings and those in a baseline, in the order of diag.Compare
	Baselined  int             // findings that are in a baseline
	Baselines  []*Baseline     // the baselines that hold for something, sorted by path
	// Notices are earlier ids of rules in configurations, on the command line and in comments, each once.
	Notices   []config.Notice
	LeftAlone []workspace.LeftAlone
	Generated int // findings below error that were left out because their file is generated
	// Exhausted are the files of which not all could be evaluated for want of fuel, sorted: something may not be found there.
	Exhausted []string
	// Excluded are the files that were named but are left out by the configuration, Empty the folders with
	// nothing to check; both sorted by path.
	Excluded []Excluded
	Empty    []workspace.EmptyFolder
	Configs  []string       // the configuration files that hold for something, sorted
	Secrets  *secret.Values // what rules found of them, silenced or not; nothing may show them
	settings *settings

	gate      func(file string) diag.Severity
	catalogue func(file string) *config.Catalogue
	fs        workspace.FS
	mu        sync.Mutex
	texts     map[string]string
	sums      map[string]uint64           // of the texts that are not kept, by file
	again     struct{ file, text string } // what was read again last
	prints    map[string]prints           // by file
	left      map[finder]int              // findings below error of generated files
	partial   map[string]bool             // files that do not, or not wholly, parse, and empty ones
	reported  map[string]bool             // the files that the run was about
	blocking  map[string]bool             // those of which only findings of rules that Blocks count
	bereft    map[string]bool             // those of which only findings about files that are gone count
}

// Gate returns the least severity of a finding about a file with which its configuration makes a run fail.
func (r *Result) Gate(file string) diag.Severity { return r.gate(file) }

// Previews returns the number of rules that ran for no file, and would have run for some were they not in preview.
func (r *Result) Previews() int { return r.settings.previews() }

// Excluded is a file that a pattern leaves out.
type Excluded struct {
	Path string
	By   config.Pattern
}

// Engine is the options of all checks, understood. It does not change.
type Engine struct {
	catalogue *config.Catalogue
	opts      Options
	flags     config.Flags
	only      map[string]bool // the rules to which the command line narrows the run; nil for all
}

// Checker checks files as they are in one snapshot of the project. It may be used from several goroutines.
type Checker struct {
	*Engine
	*settings
	fs       workspace.FS
	snapshot *project.Snapshot
	room     spacious
	once     bool // nobody asks anything after the run
}

// New makes an engine. It fails on options that name no rule or preset, or a configuration that is not there or has mistakes.
func New(opts Options) (*Engine, error) {
	if opts.FS == nil {
		opts.FS = workspace.OS
	}
	if opts.Now == nil {
		opts.Now = func() time.Time { return time.Time{} }
	}
	e := &Engine{catalogue: Catalogue(), opts: opts}
	e.flags = config.Flags{
		Preset: opts.Preset, Edition: opts.Edition, Select: opts.Select, Ignore: opts.Ignore, Only: opts.Only, Rules: opts.Severities,
		Exclude: opts.Exclude, Dir: opts.Dir, Preview: opts.Preview, Inputs: opts.Inputs,
	}
	c, err := config.Default(e.catalogue).With(e.flags)
	if err != nil {
		if e.flags.Own = e.defined(); len(e.flags.Own) > 0 {
			c, err = config.Default(e.catalogue).With(e.flags)
		}
	}
	if err != nil {
		return nil, err
	}
	e.only = c.Narrow()
	if opts.ConfigPath != "" && !opts.Changing {
		return e, e.given()
	}
	return e, nil
}

// given returns what is wrong with the configuration that the options name: nothing is checked by another one.
func (e *Engine) given() error {
	name := e.opts.ConfigPath
	text, err := e.opts.FS.ReadFile(name)
	if err != nil {
		return fmt.Errorf("--config %s: %s", e.shown(name), unreadable(err))
	}
	var errs []error
	_, problems := config.Load(name, string(text), e.catalogue, e.opts.FS)
	for _, p := range problems {
		p.File = e.shown(p.File)
		errs = append(errs, p)
	}
	return errors.Join(errs...)
}

// shown returns a path relative to the options' folder, where they name one.
func (e *Engine) shown(path string) string {
	if rel, err := filepath.Rel(e.opts.Dir, path); err == nil && e.opts.Dir != "" {
		return rel
	}
	return path
}

// Start returns what checks the files of the options' file system as they are.
func (e *Engine) Start() *Checker {
	if e.opts.Changing {
		return e.over(e.opts.FS, project.NewLive(e.opts.FS), nil)
	}
	fs := workspace.Remember(e.opts.FS)
	snapshot := project.New(fs)
	if e.opts.Changes != nil {
		snapshot.Git().Know(e.opts.Changes.Repo)
	}
	if e.isPart(fs) {
		snapshot.SpareFrom(cmp.Or(e.opts.SpareFrom, project.ManyFiles))
	}
	return e.over(fs, snapshot, nil)
}

// isPart reports whether the run is over some files of projects: what has changed, or what is named one by one, as hooks do.
func (e *Engine) isPart(fs workspace.FS) bool {
	return e.opts.Changes != nil || len(e.opts.Paths) > 0 && !slices.ContainsFunc(e.opts.Paths, func(path string) bool {
		info, err := fs.Stat(path)
		return err != nil || info.IsDir()
	})
}

func (e *Engine) over(fs workspace.FS, snapshot *project.Snapshot, before *settings) *Checker {
	return &Checker{Engine: e, settings: newSettings(fs, snapshot, before), fs: fs, snapshot: snapshot}
}

// Next returns the checker of the files after a change.
func (e *Checker) Next(change project.Change) *Checker {
	snapshot := e.snapshot.Next(change)
	if !change.Disk && !slices.ContainsFunc(change.Files, e.isConfig) {
		return &Checker{Engine: e.Engine, settings: e.settings, fs: change.FS, snapshot: snapshot}
	}
	return e.over(change.FS, snapshot, e.settings)
}

// Snapshot returns what is known of the files around those that are checked.
func (e *Checker) Snapshot() *project.Snapshot { return e.snapshot }

// unit is one piece of work: a file, or the flake in a folder.
type unit struct {
	file  workspace.File
	flake string
}

// Check runs the rules over the paths of the options.
func Check(ctx context.Context, opts Options) (*Result, error) {
	e, err := New(opts)
	if err != nil {
		return nil, err
	}
	c := e.Start()
	c.once = true
	res, err := c.Run(ctx, opts.Paths)
	if err == nil {
		c.accept(res, opts.Paths)
	}
	return res, err
}

// SettingFiles returns the files that said how to check: configurations, what they extend, baselines. They are sorted.
func (r *Result) SettingFiles() []string { return r.settings.settingFiles() }

// Run checks paths, baselines apart. The error is about the call; what is wrong with files is in the result.
func (e *Checker) Run(ctx context.Context, paths []string) (*Result, error) {
	res := e.result()
	units := e.units(res, paths)
	workers := e.workers(len(units))
	for len(units) > 0 {
		n := e.whole(units)
		if err := e.runAll(ctx, workers, units[:n]); err != nil {
			return nil, err
		}
		units = units[n:]
		if e.once && len(units) > 0 {
			e.snapshot.Forget()
		}
	}
	e.collect(res, workers, res.reported)
	res.Configs = e.configFiles()
	return res, nil
}

// manyUnits is the number of units from which on what waits for the other files of a project does not wait for those of the next.
const manyUnits = 512

// whole returns how many of some units, the first ones, are those of whole projects: many, or all. What lies in a project is of it,
// though it be a project of its own.
func (e *Checker) whole(units []unit) int {
	root := ""
	for i, u := range units {
		path := u.path()
		if root != "" && workspace.Within(root, path) {
			continue
		}
		if i >= cmp.Or(e.opts.together, manyUnits) {
			return i
		}
		root = e.snapshot.View(path).Root()
	}
	return len(units)
}

// runAll checks units, and answers what they ask of other files when all of them are known.
func (e *Checker) runAll(ctx context.Context, workers []*worker, units []unit) error {
	err := each(ctx, workers, len(units), func(w *worker, i int) {
		w.do(units[i])
		e.opts.Progress.did(units[i])
	})
	if err != nil {
		return err
	}
	e.room.drop()
	var waiting []later
	for _, w := range workers {
		waiting, w.later = append(waiting, w.later...), nil
	}
	return each(ctx, workers, len(waiting), func(w *worker, i int) {
		w.finish(waiting[i])
		waiting[i] = later{} // which may hold what it has reported
	})
}

// result returns the empty result of a run.
func (e *Checker) result() *Result {
	return &Result{
		gate:      func(file string) diag.Severity { return e.config(file).FailOn },
		catalogue: func(file string) *config.Catalogue { return e.config(file).Catalogue() }, fs: e.fs, settings: e.settings,
		texts: map[string]string{}, sums: map[string]uint64{}, prints: map[string]prints{}, left: map[finder]int{}, partial: map[string]bool{}, blocking: map[string]bool{}, bereft: map[string]bool{},
	}
}

// workers returns the workers for so many units.
func (e *Checker) workers(units int) []*worker {
	jobs := cmp.Or(e.opts.Jobs, runtime.GOMAXPROCS(0))
	workers := make([]*worker, min(jobs, max(1, units/4)))
	for i := range workers {
		workers[i] = newWorker(e)
	}
	return workers
}

// units returns the units that paths mean, and notes in a result what is wrong with paths.
func (e *Checker) units(res *Result, paths []string) []unit {
	selection, errs := e.choose(paths, workspace.Options{Links: e.opts.Links})
	res.LeftAlone, res.Errors = selection.LeftAlone, errs
	res.Empty = selection.Empty
	for _, dir := range selection.Empty {
		e.config(filepath.Join(dir.Path, config.FileName)) // no file asks for it, and its mistakes count
	}
	for _, path := range selection.Excluded {
		by, _ := e.config(path).ExcludedBy(path)
		res.Excluded = append(res.Excluded, Excluded{path, by})
	}
	units := make([]unit, 0, len(selection.Files))
	reported := make(map[string]bool, len(selection.Files))
	flakes := map[string]bool{}
	for _, f := range selection.Files {
		reported[f.Path] = true
		units = append(units, unit{file: f})
		if name := filepath.Base(f.Path); name == "flake.nix" || name == "flake.lock" {
			dir := filepath.Dir(f.Path)
			if !flakes[dir] {
				units = append(units, unit{flake: dir})
				flakes[dir] = true
			}
			// A walk leaves out a lock file that Git ignores; its rules say so. Of one beside a flake.nix that was
			// named, what keeps Nix from using the flake is told.
			if lock := filepath.Join(dir, "flake.lock"); e.opts.NoExclude || !e.excluded(lock) {
				if f.Named || e.opts.Changes != nil {
					res.blocking[lock] = true
				} else {
					reported[lock] = true
				}
			}
		}
	}
	res.reported = reported
	for _, f := range e.bereft(paths, reported) {
		res.bereft[f.Path] = true
		units = append(units, unit{file: f})
	}
	e.snapshot.Expect(len(selection.Files))
	e.opts.Progress.begin(len(selection.Files))
	return units
}

// each lets the workers do n pieces of work.
func each(ctx context.Context, workers []*worker, n int, do func(w *worker, i int)) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for _, w := range workers {
		wg.Go(func() {
			const batch = 8
			for ctx.Err() == nil {
				end := int(next.Add(batch))
				for i := end - batch; i < min(end, n); i++ {
					do(w, i)
				}
				if end >= n {
					return
				}
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// withConfigErrors adds what is wrong with configuration files, and sorts.
func (e *Checker) withConfigErrors(errs []FileError) []FileError {
	for _, p := range e.Problems() {
		errs = append(errs, FileError{p.File, p.Message, BadConfig, p.Pos.Line, p.Pos.Column})
	}
	slices.SortFunc(errs, func(a, b FileError) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), strings.Compare(a.Message, b.Message))
	})
	return slices.Compact(errs)
}

// choose returns the files that paths mean, and what is wrong with the paths.
func (e *Checker) choose(paths []string, opts workspace.Options) (workspace.Selection, []FileError) {
	opts.NoExclude, opts.Exclude, opts.Git = e.opts.NoExclude, e.excluded, e.snapshot.Git()
	if c := e.opts.Changes; c != nil {
		opts.Among, opts.AmongFolder = c.Has, c.HasBelow
	}
	selection, problems := workspace.Select(e.fs, paths, opts)
	e.loadChanged(paths) // the folders are listed
	var errs []FileError
	for _, p := range problems {
		if c := e.opts.Changes; c != nil && p.Kind == workspace.Missing && slices.Contains(c.Gone(), p.Path) {
			continue // that is the change
		}
		kind := Unreadable
		if p.Kind == workspace.Unsupported {
			kind = Unsupported
		}
		errs = append(errs, FileError{File: p.Path, Message: p.Err.Error(), Kind: kind})
	}
	return selection, errs
}

// suppress applies the comments of one file to its findings.
func (e *Checker) suppress(res *Result, file string, t *suppress.Table, findings []diag.Finding) []diag.Finding {
	resolved := e.config(file).For(file)
	t.Off = resolved.Off
	kept, silenced, extra := t.Apply(findings, func(id string) bool {
		sev, _ := resolved.Severity(id)
		return sev != diag.Off
	})
	if res.bereft[file] {
		silenced = slices.DeleteFunc(silenced, func(s diag.Silenced) bool { return !e.aboutGone(file, s.Span) })
		kept = slices.DeleteFunc(kept, func(f diag.Finding) bool { return !e.aboutGone(file, f.Span) })
		extra = nil
	}
	res.Suppressed += len(silenced)
	if e.opts.Silenced {
		for _, s := range silenced {
			s.File = cmp.Or(s.File, file) // those about the comments have none
			res.Silenced = append(res.Silenced, s)
		}
	}
	for _, f := range extra {
		r := e.Rule(file, f.Rule)
		sev, configured := resolved.Severity(f.Rule)
		if r == nil || sev == diag.Off {
			continue
		}
		f.File = file
		f.Judged = judged(r, f.Severity)
		f.Severity = effective(r, f.Severity, sev, configured)
		kept = append(kept, f)
	}
	return kept
}
