package project

import (
	"path/filepath"
	"slices"
	"strings"
)

// sampleNames are folders whose files are for others to complete, or are input of tests; lower case.
var sampleNames = []string{
	"test", "tests", "testing", "testdata", "testflake", "example", "examples", "demo", "demos", "template", "templates", "fixture",
	"fixtures", "sample", "samples", "sandbox", "playground", "skeleton",
}

// asideNames are folders that serve the development of what lies beside them.
var asideNames = []string{
	"dev", "devs", "development", "check", "checks", "ci", "doc", "docs", "documentation", "benchmark", "benchmarks", "bench",
}

// sampleEdges mark a folder by the first or the last word of its name: test-vm, flake-template.
var sampleEdges = []string{"test", "tests", "template", "templates", "example", "examples"}

// Sample reports whether a file or folder lies in a folder for tests, examples or templates, and no file outside of
// such folders imports it. The folders above the nearest nixsift.toml do not count: it makes what is below it a project
// of its own. For a Nix file that lies so, all Nix files of the project are needed: see Gathering.
func (p *Project) Sample(path string) bool {
	return p.inFolder(path, samples) && !p.reached(path, samples)
}

// Aside is Sample for folders that serve development, too: dev, ci, docs, checks, benchmarks.
func (p *Project) Aside(path string) bool {
	return p.inFolder(path, asides) && !p.reached(path, asides)
}

// reached reports whether Nix evaluates a file for one that lies in no folder of a kind, or nothing about other files.
func (p *Project) reached(path string, kind folderKind) bool {
	if filepath.Ext(path) != ".nix" {
		return false
	}
	x, s := p.references(), p.store
	key := folderKey{root: p.Root(), kind: kind}
	s.mu.Lock()
	l := s.reach[key]
	if l == nil {
		l = &lazy[map[string]bool]{}
		s.reach[key] = l
	}
	s.mu.Unlock()
	return l.get(func() map[string]bool {
		return x.closure(func(path string) bool { return !p.inFolder(path, kind) })
	})[path]
}

// folderKind is a kind of folder whose names tell it.
type folderKind uint8

const (
	samples folderKind = iota
	asides
)

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

func (p *Project) inFolder(path string, kind folderKind) bool {
	if p.repo == nil && p.flakeDir == "" {
		if rel, err := filepath.Rel(p.root, path); err != nil || rel == "." {
			return false
		}
		// Nothing says where the project starts: the nearest folders must tell.
		const near = 4
		parts := strings.Split(filepath.ToSlash(path), "/")
		return slices.ContainsFunc(parts[max(0, len(parts)-near):], kind.has)
	}
	if !p.Within(path) || path == p.root {
		return false
	}
	return kind.has(filepath.Base(path)) && !p.store.hasConfig(path) || p.store.folderIs(folderKey{p.root, filepath.Dir(path), kind})
}

// folderIs reports whether a folder or one above it, below the root, is of a kind, unless a nixsift.toml is
// nearer.
func (s *Store) folderIs(key folderKey) bool {
	if known, ok := s.kinds.Load(key); ok {
		return known.(bool)
	}
	is := false
	if key.dir != key.root && !s.hasConfig(key.dir) {
		is = key.kind.has(filepath.Base(key.dir)) || s.folderIs(folderKey{key.root, filepath.Dir(key.dir), key.kind})
	}
	s.kinds.Store(key, is)
	return is
}

func (s *Store) hasConfig(dir string) bool {
	_, err := s.fs.Lstat(filepath.Join(dir, "nixsift.toml"))
	return err == nil
}

// AsidePath is Aside for a path with slashes that is relative to the project.
func AsidePath(rel string) bool { return slices.ContainsFunc(strings.Split(rel, "/"), isAside) }

func isSample(name string) bool {
	name = strings.TrimPrefix(strings.ToLower(name), ".")
	if slices.Contains(sampleNames, name) {
		return true
	}
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == '.' })
	return len(words) > 1 && (slices.Contains(sampleEdges, words[0]) || slices.Contains(sampleEdges, words[len(words)-1]))
}

func isAside(name string) bool {
	bare := strings.TrimPrefix(strings.ToLower(name), ".")
	return isSample(name) || slices.Contains(asideNames, bare) || strings.HasPrefix(bare, "dev-") || strings.HasPrefix(bare, "dev_")
}
