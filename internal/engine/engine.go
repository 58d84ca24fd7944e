// Package engine runs rules over files: it selects what to read, parses, dispatches, applies severities and
// suppressions, and brings the findings into one total order. Files are checked in parallel; the result does
// not depend on how many at once.
package engine

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/rules"
)

// Options says what to check, and how.
type Options struct {
	// FS is the file system; nil is the machine's.
	FS workspace.FS
	// Paths are the files and folders to report on.
	Paths []string
	// ConfigPath names a configuration file to use for all files, instead of those found upward from each.
	ConfigPath string
	// Preset and Severities ("id=severity") override the configuration.
	Preset     string
	Severities []string
	// Only, where it is not empty, are the only rules to run, at their own severity even if they are off.
	Only []string
	// NoExclude checks what the configuration excludes, Generated generated files like others.
	NoExclude, Generated bool
	// Changing says that files change while the engine lives, as under a language server: nothing is
	// remembered of the folders.
	Changing bool
	// Links fills Result.LeftAlone.
	Links bool
	// Jobs is the number of files checked at once; 0 is one for each processor.
	Jobs int
	// keepTexts keeps all texts that findings are about.
	keepTexts bool
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
	Findings   []diag.Finding // in the order of diag.Compare
	Errors     []FileError    // sorted by file and message
	Files      int            // the number of files checked
	Suppressed int            // findings that comments silenced
	LeftAlone  []workspace.LeftAlone
	Generated  int // findings below error that were left out because their file is generated
	// Excluded are the files that were named but are left out by the configuration, Empty the folders with
	// nothing to check; both sorted by path.
	Excluded []string
	Empty    []workspace.EmptyFolder

	fs       workspace.FS
	mu       sync.Mutex
	texts    map[string]string
	sums     map[string]uint64           // of the texts that are not kept, by file
	again    struct{ file, text string } // what was read again last
	reported map[string]bool             // the files that the run was about
	blocking map[string]bool             // those of which only findings of rules that Blocks count
}

// Engine is the options of all checks, understood. It does not change.
type Engine struct {
	catalogue *config.Catalogue
	opts      Options
	only      map[string]bool
}

// Checker checks files as they are in one snapshot of the project. It may be used from several goroutines.
type Checker struct {
	*Engine
	*settings
	fs       workspace.FS
	snapshot *project.Snapshot
	room     spacious
}

// New makes an engine. It fails on options that name no rule or preset.
func New(opts Options) (*Engine, error) {
	if opts.FS == nil {
		opts.FS = workspace.OS
	}
	e := &Engine{catalogue: Catalogue(), opts: opts}
	if _, err := config.Default(e.catalogue).With(opts.Preset, opts.Severities); err != nil {
		return nil, err
	}
	for _, name := range opts.Only {
		ids := e.catalogue.Find(name)
		if len(ids) == 0 {
			if guess := e.catalogue.Nearest(name); guess != "" {
				return nil, fmt.Errorf("unknown rule `%s`; did you mean `%s`?", name, guess)
			}
			return nil, fmt.Errorf("unknown rule `%s`; `nixsift rules` lists them", name)
		}
		if e.only == nil {
			e.only = map[string]bool{}
		}
		for _, id := range ids {
			e.only[id] = true
		}
	}
	return e, nil
}

// Start returns what checks the files of the options' file system as they are.
func (e *Engine) Start() *Checker {
	if e.opts.Changing {
		return e.over(e.opts.FS, project.NewLive(e.opts.FS), nil)
	}
	fs := workspace.Remember(e.opts.FS)
	return e.over(fs, project.New(fs), nil)
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
	return e.Start().Run(ctx, opts.Paths)
}

// Run checks paths. The error is about the call; what is wrong with files is in the result.
func (e *Checker) Run(ctx context.Context, paths []string) (*Result, error) {
	res := &Result{fs: e.fs, texts: map[string]string{}, sums: map[string]uint64{}, blocking: map[string]bool{}}
	selection, problems := workspace.Select(e.fs, paths, workspace.Options{
		NoExclude: e.opts.NoExclude, Exclude: e.excluded, Git: e.snapshot.Git(), Links: e.opts.Links,
	})
	res.LeftAlone = selection.LeftAlone
	for _, p := range problems {
		kind := Unreadable
		if p.Kind == workspace.Unsupported {
			kind = Unsupported
		}
		res.Errors = append(res.Errors, FileError{File: p.Path, Message: p.Err.Error(), Kind: kind})
	}
	res.Excluded, res.Empty = selection.Excluded, selection.Empty
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
				if f.Named {
					res.blocking[lock] = true
				} else {
					reported[lock] = true
				}
			}
		}
	}
	res.reported = reported

	jobs := cmp.Or(e.opts.Jobs, runtime.GOMAXPROCS(0))
	workers := make([]*worker, min(jobs, max(1, len(units)/4)))
	for i := range workers {
		workers[i] = newWorker(e)
	}
	err := each(ctx, workers, len(units), func(w *worker, i int) { w.do(units[i]) })
	if err != nil {
		return nil, err
	}
	var later []later
	for _, w := range workers {
		later = append(later, w.later...)
	}
	if err := each(ctx, workers, len(later), func(w *worker, i int) {
		w.finish(later[i])
	}); err != nil {
		return nil, err
	}
	e.collect(res, workers, reported)
	return res, nil
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

// suppress applies the comments of one file to its findings.
func (e *Checker) suppress(res *Result, file string, t *suppress.Table, findings []diag.Finding) []diag.Finding {
	resolved := e.config(file).For(file)
	kept, n, extra := t.Apply(findings, func(id string) bool {
		sev, _ := e.severity(resolved, id)
		return sev != diag.Off
	})
	res.Suppressed += n
	for _, f := range extra {
		r := rules.Lookup(f.Rule)
		sev, configured := e.severity(resolved, f.Rule)
		if r == nil || sev == diag.Off {
			continue
		}
		f.File = file
		f.Severity = effective(r, f.Severity, sev, configured)
		kept = append(kept, f)
	}
	return kept
}
