package config

import (
	"path"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"
)

// globs is a list of patterns. A pattern matches a path, and everything below a folder that it matches.
type globs struct {
	patterns []string
	mu       sync.Mutex
	dirs     map[string]bool // folders asked for before
}

func newGlobs(patterns []string) *globs { return &globs{patterns: patterns, dirs: map[string]bool{}} }

// checkGlob returns the pattern in the form to match with, or a message on what is wrong with it.
func checkGlob(pattern string) (clean, problem string) {
	clean = strings.TrimSuffix(strings.TrimPrefix(pattern, "./"), "/")
	switch {
	case strings.TrimSpace(clean) == "":
		return "", "an empty pattern matches nothing"
	case strings.HasPrefix(pattern, "/") || strings.HasPrefix(pattern, "~"):
		return "", "pattern `" + pattern + "` must be relative to the folder of " + FileName
	case strings.HasPrefix(pattern, "!"):
		return "", "pattern `" + pattern + "` cannot be negated"
	case clean == ".." || strings.HasPrefix(clean, "../") || strings.Contains(clean, "/../") || strings.HasSuffix(clean, "/.."):
		return "", "pattern `" + pattern + "` leaves the folder of " + FileName
	case !doublestar.ValidatePattern(clean):
		return "", "bad pattern `" + pattern + "`: a bracket or brace is not closed"
	}
	return clean, ""
}

func (g *globs) match(rel string) bool {
	if len(g.patterns) == 0 {
		return false
	}
	if dir := path.Dir(rel); dir != "." && dir != "/" && g.matchDir(dir) {
		return true
	}
	return g.matchOne(rel)
}

func (g *globs) matchDir(dir string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if hit, ok := g.dirs[dir]; ok {
		return hit
	}
	hit := false
	for i := 0; i <= len(dir) && !hit; i++ {
		if i == len(dir) || dir[i] == '/' {
			hit = g.matchOne(dir[:i])
		}
	}
	g.dirs[dir] = hit
	return hit
}

func (g *globs) matchOne(rel string) bool {
	for _, p := range g.patterns {
		if doublestar.MatchUnvalidated(p, rel) {
			return true
		}
	}
	return false
}
