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

// Sample reports whether a file or folder lies in a folder for tests, examples or templates. The folders
// above the nearest nixsift.toml do not count: it makes what is below it a project of its own.
func (p *Project) Sample(path string) bool { return p.inFolder(path, isSample) }

// Aside is Sample for folders that serve development, too: dev, ci, docs, checks, benchmarks.
func (p *Project) Aside(path string) bool { return p.inFolder(path, isAside) }

func (p *Project) inFolder(path string, is func(name string) bool) bool {
	root := p.Root()
	rel, err := filepath.Rel(root, path)
	if err != nil || rel == "." {
		return false
	}
	if p.repo == nil && p.flakeDir == "" {
		// Nothing says where the project starts: the nearest folders must tell.
		const near = 4
		parts := strings.Split(filepath.ToSlash(path), "/")
		return slices.ContainsFunc(parts[max(0, len(parts)-near):], is)
	}
	parts := strings.Split(filepath.ToSlash(rel), "/")
	for i := len(parts) - 1; i >= 0; i-- {
		if is(strings.TrimSuffix(parts[i], ".nix")) {
			return !p.store.ownProject(root, parts, i)
		}
	}
	return false
}

// ownProject reports whether a nixsift.toml lies in one of the folders from parts[:i+1] downward.
func (s *Store) ownProject(root string, parts []string, i int) bool {
	for folder := filepath.Join(root, filepath.Join(parts[:i]...)); i < len(parts); i++ {
		folder = filepath.Join(folder, parts[i])
		if _, err := s.fs.Lstat(filepath.Join(folder, "nixsift.toml")); err == nil {
			return true
		}
	}
	return false
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
