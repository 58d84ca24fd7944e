package project

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/eval"
)

// failingOutputs are the outputs of a flake whose evaluation surely fails.
type failingOutputs struct {
	outputs []failingOutput
	files   map[string]bool // that were evaluated for it
}

// failingOutput is the path of an output, and the ways in which evaluating it surely ends.
type failingOutput struct {
	path  []string
	spots []eval.Spot
}

// maxFailingDepth is the number of names of an output that somebody asks for: apps.SYSTEM.NAME.program.
const maxFailingDepth = 4

// maxThrough is the number of outputs that are evaluated anew for one question.
const maxThrough = 8

// FailingOutput returns the first output of the flake in a folder whose evaluation surely ends in one of some ways, and through
// what is named unless that is none; "" where there is no such output.
func (v *View) FailingOutput(dir string, ways []eval.Spot, through eval.Passage) (output string) {
	if v.deps != nil {
		return noted(v, question{"failing output", dir, fmt.Sprint(ways, through)}, func(a *Answers) string { return a.FailingOutput(dir, ways, through) })
	}
	failing := v.snapshot.failing.get(dir, func() *failingOutputs {
		r := v.readerOf(dir)
		f := &failingOutputs{files: r.files}
		if root := r.root(); root.IsValid() {
			r.failing(root, nil, f)
		}
		return f
	})
	left := maxThrough
	for _, o := range failing.outputs {
		switch {
		case !slices.ContainsFunc(o.spots, func(s eval.Spot) bool { return slices.Contains(ways, s) }):
			continue
		case through != (eval.Passage{}):
			if left--; left < 0 {
				return ""
			}
			if !v.failsThrough(dir, o, through) {
				continue
			}
		}
		return strings.Join(append([]string{"outputs"}, o.path...), ".")
	}
	return ""
}

// failing notes the outputs of a set that surely fail. What it only may have is left out.
func (r *outputsReader) failing(p eval.Part, path []string, f *failingOutputs) {
	if r.spent > workOfOutputs || r.names > maxOutputNames {
		return
	}
	v := r.ev.Ask(p)
	r.spent += r.ev.Cost()
	if v.Fails() {
		o := failingOutput{path: slices.Clone(path)}
		for _, end := range v.Ends() {
			o.spots = append(o.spots, end.Spots()...)
		}
		f.outputs = append(f.outputs, o)
		return
	}
	if len(path) == maxFailingDepth || v.Kinds()&^eval.Failures != eval.Set {
		return
	}
	names, _ := v.Members()
	r.names += len(names)
	for _, name := range names {
		if below, ok := v.Attr(name); ok {
			r.failing(below, append(path, strings.Clone(name)), f)
		}
	}
}

// failsThrough reports whether an output that surely fails would not if nothing were known of what a failure comes through. What
// is evaluated for a set on the way to the output does not fail: where the output is then not surely there, nothing is told.
func (v *View) failsThrough(dir string, o failingOutput, through eval.Passage) bool {
	r := v.readerOf(dir)
	r.hole = through
	at := r.root()
	for _, name := range o.path {
		below, ok := r.ev.Ask(at).Attr(name)
		if !ok {
			return false
		}
		at = below
	}
	return at.IsValid() && !r.ev.Ask(at).Fails()
}

// readerOf returns a reader of the outputs of the flake in a folder.
func (v *View) readerOf(dir string) *outputsReader {
	return &outputsReader{view: v.Of(filepath.Join(dir, "flake.nix")), dir: dir, files: map[string]bool{}}
}

// unknownAt has the evaluation know nothing of what is asked about a file.
func (r *outputsReader) unknownAt(code *eval.Code) {
	if code != nil && r.ev != nil {
		r.ev.Hole(code, r.hole)
	}
}

// failingAfter returns the failing outputs that do not depend on files that have changed, for the snapshot with these.
func failingAfter(m *memo[string, *failingOutputs], changed []string) *memo[string, *failingOutputs] {
	var gone []string
	for dir, f := range m.known() {
		if dependsOn(f.files, dir, changed) {
			gone = append(gone, dir)
		}
	}
	return m.without(gone...)
}

// dependsOn reports whether the outputs of the flake in a folder, for which some files were evaluated, may be others once some
// have changed. Its own two files count where nothing was evaluated, too: a broken flake.nix has no outputs until it is mended.
func dependsOn(files map[string]bool, dir string, changed []string) bool {
	return slices.ContainsFunc(changed, func(path string) bool {
		return files[path] || path == filepath.Join(dir, "flake.nix") || path == filepath.Join(dir, "flake.lock")
	})
}
