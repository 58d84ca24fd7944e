package engine

import (
	"context"
	"maps"
	"path/filepath"
	"slices"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/internal/workspace"
)

// Changed is what happened between two runs.
type Changed struct {
	// Files are the absolute paths of the files that have another text, or came or went.
	Files []string
	// Disk says that files came or went, or that what Git tracks changed.
	Disk bool
	// Everything says that anything may have changed, folders for instance.
	Everything bool
}

// Repeat checks the same paths again and again, and of what is there only what a change concerns. It is for one goroutine.
type Repeat struct {
	engine  *Engine
	paths   []string
	checker *Checker
	kept    map[string]*outcome // by unit
}

// outcome is what came of one unit, and what that depends on.
type outcome struct {
	unit         unit
	deps         *Deps // nil where it is not known
	findings     []diag.Finding
	suppressions map[string]*suppress.Table
	errors       []FileError
	texts        map[string]string
	sums         map[string]uint64
	prints       map[string]prints
	partial      map[string]bool
	exhausted    map[string]bool
	named        map[namedFile]bool
	left         map[finder]int
	checked      int
	later        []later
}

// take adds what a worker has found since it was asked last, and takes that from it.
func (o *outcome) take(w *worker) {
	if w.deps != nil {
		o.deps, w.deps = w.deps, nil
	}
	o.findings = w.findings.take(o.findings, all)
	o.errors, w.errors = append(o.errors, w.errors...), nil
	o.later, w.later = append(o.later, w.later...), nil
	o.checked, w.checked = o.checked+w.checked, 0
	o.suppressions = moved(o.suppressions, &w.suppressions)
	o.texts = moved(o.texts, &w.texts)
	o.sums = moved(o.sums, &w.sums)
	o.prints = moved(o.prints, &w.prints)
	o.partial = moved(o.partial, &w.partial)
	o.exhausted = moved(o.exhausted, &w.exhausted)
	o.named = moved(o.named, &w.named)
	for of, n := range w.left {
		if o.left == nil {
			o.left = map[finder]int{}
		}
		o.left[of] += n
	}
	clear(w.left)
}

// moved returns a map with what is in another, which is empty then.
func moved[K comparable, V any](to map[K]V, from *map[K]V) map[K]V {
	switch {
	case len(*from) == 0:
		return to
	case to == nil:
		to = *from
	default:
		maps.Copy(to, *from)
	}
	*from = map[K]V{}
	return to
}

// addTo adds the outcome to what a worker has found.
func (o *outcome) addTo(w *worker) {
	for _, f := range o.findings {
		w.findings.add(f)
	}
	w.errors = append(w.errors, o.errors...)
	w.checked += o.checked
	maps.Copy(w.suppressions, o.suppressions)
	maps.Copy(w.texts, o.texts)
	maps.Copy(w.sums, o.sums)
	maps.Copy(w.prints, o.prints)
	for file := range o.partial {
		w.unsure(file)
	}
	for file := range o.exhausted {
		w.exhausted = moved(w.exhausted, &map[string]bool{file: true})
	}
	for n := range o.named {
		w.named = moved(w.named, &map[namedFile]bool{n: true})
	}
	for of, n := range o.left {
		w.left[of] += n
	}
}

// Repeat returns what checks the paths of the options.
func (e *Engine) Repeat() *Repeat { return &Repeat{engine: e, paths: e.opts.Paths} }

// Run checks the paths after a change; the first run takes any. It finds what Check finds then.
func (r *Repeat) Run(ctx context.Context, change Changed) (*Result, error) {
	switch {
	case r.checker == nil || change.Everything:
		r.checker, r.kept = r.engine.Start(), nil
	case change.Disk:
		r.checker = r.checker.Next(project.Change{FS: workspace.Remember(r.engine.opts.FS), Files: change.Files, Disk: true})
	default:
		r.checker = r.checker.Next(project.Change{FS: r.checker.fs, Files: change.Files})
	}
	e := r.checker
	res := e.result()
	units := e.units(res, r.paths)
	workers := e.workers(len(units))
	outcomes, stale, err := r.holding(ctx, workers, units, change)
	if err != nil {
		return nil, r.lost(err)
	}
	for _, w := range workers {
		w.keeps = true
	}
	err = each(ctx, workers, len(stale), func(w *worker, i int) {
		w.do(stale[i].unit)
		stale[i].take(w)
		e.opts.Progress.did(stale[i].unit)
	})
	if err == nil {
		e.room.drop()
		err = each(ctx, workers, len(stale), func(w *worker, i int) {
			waiting := stale[i].later
			stale[i].later = nil
			for _, l := range waiting {
				w.finish(l)
			}
			stale[i].take(w)
		})
	}
	if err != nil {
		return nil, r.lost(err)
	}
	r.kept = make(map[string]*outcome, len(outcomes))
	sum := newWorker(e)
	for _, o := range outcomes {
		r.kept[o.unit.key()] = o
		o.addTo(sum)
	}
	e.collect(res, []*worker{sum}, res.reported)
	res.Configs = e.configFiles()
	e.accept(res, r.paths)
	return res, nil
}

// lost drops what is kept, since a run ended early.
func (r *Repeat) lost(err error) error {
	r.checker, r.kept = nil, nil
	return err
}

// IndexFiles returns the paths of the Git indexes that the last run depended on: what reads them does so behind the file
// system.
func (r *Repeat) IndexFiles() []string {
	found := map[string]bool{}
	for _, o := range r.kept {
		if index := r.checker.snapshot.View(o.unit.path()).IndexFile(); index != "" {
			found[index] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// holding returns the outcomes of all units: those that are kept and hold, and those that are to be made.
func (r *Repeat) holding(ctx context.Context, workers []*worker, units []unit, change Changed) (all, stale []*outcome, err error) {
	changed := make(map[string]bool, len(change.Files))
	for _, file := range change.Files {
		changed[file] = true
	}
	all = make([]*outcome, len(units))
	err = each(ctx, workers, len(units), func(_ *worker, i int) {
		u := units[i]
		old := r.kept[u.key()]
		if old != nil && old.unit == u && old.deps != nil && !changed[u.path()] && old.deps.Hold(r.checker) {
			all[i] = old
		}
	})
	for i, o := range all {
		if o == nil {
			all[i] = &outcome{unit: units[i]}
			stale = append(stale, all[i])
		}
	}
	return all, stale, err
}

// path returns the path of a unit: that of flake.nix for the flake in a folder.
func (u unit) path() string {
	if u.flake != "" {
		return u.flake + string(filepath.Separator) + "flake.nix"
	}
	return u.file.Path
}

func (u unit) key() string {
	if u.flake != "" {
		return "flake " + u.flake
	}
	return u.file.Path
}
