package engine

import (
	"path/filepath"
	"slices"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/custom"
	"github.com/nixsift/nixsift/rules"
)

// own lets the rules that the configuration defines look at a file.
func (w *worker) own(pass *rules.Pass) {
	if w.plan.own == nil || w.cancelled() {
		return
	}
	name := w.config.Relative(pass.Path)
	var found []*custom.Found
	w.guard(pass.Rule, func() { found = w.plan.own.Find(pass, name) })
	for _, f := range found {
		if w.cancelled() {
			return
		}
		pass.SetRule(f.Rule.Rule)
		w.guard(pass.Rule, func() { f.Report(pass, name) })
		if f.Cut {
			w.exhausted = moved(w.exhausted, &map[string]bool{pass.Path: true})
		}
	}
}

// defined returns the rules that the configurations of the paths define, so that the command line can name them.
func (e *Engine) defined() (all []config.Rule) {
	c := e.Start()
	known := map[string]bool{}
	for _, path := range append(slices.Clone(e.opts.Paths), e.opts.Dir) {
		if path == "" {
			continue
		}
		for _, file := range []string{path, filepath.Join(path, "default.nix")} {
			for _, r := range c.config(file).Own() {
				if !known[r.ID] {
					known[r.ID] = true
					all = append(all, r)
				}
			}
		}
	}
	return all
}
