package project

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/internal/workspace"
)

// sampleNames are folders whose files are for others to complete, or are input of tests; lower case.
var sampleNames = []string{
	"test", "tests", "testing", "testdata", "testflake", "example", "examples", "demo", "demos", "template", "templates", "fixture",
	"fixtures", "sample", "samples", "sandbox", "playground", "skeleton",
	"testsupport", "testlib", "testutil", "testutils", "testhelpers", "testsuite", "testbed", "testcases", "testvm", "testvms", "testnodes",
	"skel", "scaffold", "scaffolds", "boilerplate", "starter", "starters", "tutorial", "tutorials", "draft", "drafts",
}

// asideNames are folders that serve the development of what lies beside them.
var asideNames = []string{
	"dev", "devs", "development", "check", "checks", "ci", "doc", "docs", "documentation", "benchmark", "benchmarks", "bench",
}

// sampleEdges mark a folder by the first or the last word of its name: test-vm, flake-template.
var sampleEdges = []string{"test", "tests", "template", "templates", "example", "examples"}

// InSamples reports whether a file or folder lies in a folder for tests, examples or templates. The folders above the
// nearest nixsift.toml do not count: it makes what is below it a project of its own.
func (v *View) InSamples(path string) bool { return v.inKind(path, samples) }

// InAside is InSamples for folders that serve development, too: dev, ci, docs, checks, benchmarks.
func (v *View) InAside(path string) bool { return v.inKind(path, asides) }

func (v *View) inKind(path string, kind folderKind) bool {
	if v.deps != nil {
		return noted(v, question{"in folder", path, kind.String()}, func(a *Answers) bool { return a.inKind(path, kind) })
	}
	return v.folder.inKind(path, kind)
}

// Sample reports whether a file is InSamples, and no file outside of such folders imports it.
func (a *Answers) Sample(path string) bool {
	if a.deps != nil {
		return noted(a.View, question{"sample", path, ""}, func(a *Answers) bool { return a.Sample(path) })
	}
	return a.InSamples(path) && !a.reached(path, samples)
}

// reached reports whether Nix evaluates a file for one that lies in no folder of a kind, or nothing about other files.
func (a *Answers) reached(path string, kind folderKind) bool {
	if !isNix(path) {
		return false
	}
	x := a.references()
	return x.reach.get(kind, func() fileSet {
		return x.closure(a.snapshot.nixFilesOf(a.Root()), func(path string) bool { return !a.folder.inKind(path, kind) })
	}).has(path)
}

// folderKind is a kind of folder whose names tell it.
type folderKind uint8

const (
	samples folderKind = iota
	asides
)

func (k folderKind) String() string { return [...]string{"sample", "aside"}[k] }

func (k folderKind) has(name string) bool {
	if name = strings.TrimSuffix(name, ".nix"); k == asides {
		return isAside(name)
	}
	return isSample(name)
}

// folderKey is a question about a folder of a project.
type folderKey struct {
	root, dir string
	kind      folderKind
}

// folderKinds are the folders of which the kind is known.
type folderKinds struct {
	mu sync.Mutex
	is map[folderKey]bool
}

func (k *folderKinds) get(key folderKey) (is, known bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	is, known = k.is[key]
	return is, known
}

func (k *folderKinds) put(key folderKey, is bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.is == nil {
		k.is = map[folderKey]bool{}
	}
	k.is[key] = is
}

func (f *folder) inKind(path string, kind folderKind) bool {
	if f.unbound() {
		if rel, err := filepath.Rel(f.root, path); err != nil || rel == "." {
			return false
		}
		// Nothing says where the project starts: the nearest folders must tell.
		const near = 4
		parts := strings.Split(filepath.ToSlash(path), "/")
		return slices.ContainsFunc(parts[max(0, len(parts)-near):], kind.has)
	}
	if !f.within(path) || path == f.root {
		return false
	}
	g := f.ground
	return kind.has(filepath.Base(path)) && !g.hasConfig(path) || g.folderIs(folderKey{f.root, filepath.Dir(path), kind})
}

// folderIs reports whether a folder or one above it, below the root, is of a kind, unless a nixsift.toml is
// nearer.
func (g *ground) folderIs(key folderKey) bool {
	is, known := g.inKind.get(key)
	if known {
		return is
	}
	if key.dir != key.root && !g.hasConfig(key.dir) {
		is = key.kind.has(filepath.Base(key.dir)) || g.folderIs(folderKey{key.root, filepath.Dir(key.dir), key.kind})
	}
	g.inKind.put(key, is)
	return is
}

func (g *ground) hasConfig(dir string) bool {
	return workspace.Has(g.disk, dir, "nixsift.toml")
}

// AsidePath is InAside for a path with slashes that is relative to the project.
func AsidePath(rel string) bool { return slices.ContainsFunc(strings.Split(rel, "/"), isAside) }

func isSample(name string) bool {
	name = strings.TrimPrefix(strings.ToLower(name), ".")
	if slices.Contains(sampleNames, name) || strings.HasSuffix(name, "tests") { // nixosTests, unittests
		return true
	}
	const between = "-_."
	name = strings.Trim(name, between)
	first := strings.IndexAny(name, between)
	return first >= 0 && (slices.Contains(sampleEdges, name[:first]) || slices.Contains(sampleEdges, name[strings.LastIndexAny(name, between)+1:]))
}

func isAside(name string) bool {
	bare := strings.TrimPrefix(strings.ToLower(name), ".")
	return isSample(name) || slices.Contains(asideNames, bare) || strings.HasPrefix(bare, "dev-") || strings.HasPrefix(bare, "dev_")
}
