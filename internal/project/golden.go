package project

import (
	"path/filepath"
	"slices"
	"strings"
)

// pairs are names of files, or their ends behind a dot, that formatters and other tools for Nix have in their tests: what they are given,
// and what they are to make of it.
var pairs = []struct{ given, made string }{
	{"in", "out"}, {"input", "output"}, {"input", "expected"}, {"before", "after"}, {"actual", "expected"}, {"given", "expected"},
}

// results are the ends of files that hold what a program is to say of the file beside them, whose name they have, with or without its
// ".nix": those of Nix's own tests, rnix and snapshot testing.
var results = []string{".exp", ".err.exp", ".expect", ".expected", ".golden", ".snap", ".ast"}

// Golden reports whether a file in a folder for tests is what a program is given there, or what it is to make of that: in.nix beside
// out.nix, x.nix beside x.exp. What is wrong in it may be what the test is about.
func (v *View) Golden(path string) bool {
	if v.deps != nil {
		return noted(v, question{"golden", path, ""}, func(a *Answers) bool { return a.Golden(path) })
	}
	stem, ok := strings.CutSuffix(path, ".nix")
	if !ok || !v.InSamples(filepath.Dir(path)) {
		return false
	}
	there := func(path string) bool { return v.snapshot.kindOf(path) == Regular }
	dir, name := stem[:strings.LastIndexByte(stem, filepath.Separator)+1], filepath.Base(stem)
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		dir, name = dir+name[:i+1], name[i+1:]
	}
	for _, p := range pairs {
		if name == p.given && there(dir+p.made+".nix") || name == p.made && there(dir+p.given+".nix") {
			return true
		}
	}
	return slices.ContainsFunc(results, func(end string) bool { return there(stem+end) || there(path+end) })
}
