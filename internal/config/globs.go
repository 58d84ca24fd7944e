package config

import (
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"
)

// globs is a list of patterns. A pattern matches a path, and everything below a folder that it matches.
type globs struct {
	patterns []Pattern
	mu       sync.Mutex
	dirs     map[string]bool // folders asked for before
}

func newGlobs() *globs { return &globs{dirs: map[string]bool{}} }

// add adds a pattern in the form of checkGlob.
func (g *globs) add(pattern string, from Origin) {
	g.patterns = append(g.patterns, Pattern{pattern, from})
}

func (g *globs) list() []Pattern { return g.patterns }

// checkGlob returns the pattern in the form to match with, or a message on what is wrong with it. base names the folder
// that patterns are relative to.
func checkGlob(pattern, base string) (clean, problem string) {
	clean = strings.TrimSuffix(strings.TrimPrefix(pattern, "./"), "/")
	switch {
	case strings.TrimSpace(clean) == "":
		return "", "an empty pattern matches nothing"
	case strings.HasPrefix(pattern, "/") || strings.HasPrefix(pattern, "~"):
		return "", "pattern `" + pattern + "` must be relative to " + base
	case strings.HasPrefix(pattern, "!"):
		return "", "pattern `" + pattern + "` cannot be negated"
	case clean == ".." || strings.HasPrefix(clean, "../") || strings.Contains(clean, "/../") || strings.HasSuffix(clean, "/.."):
		return "", "pattern `" + pattern + "` leaves " + base
	case braceDepth(clean) > maxBraces:
		return "", "a pattern has braces nested more than " + strconv.Itoa(maxBraces) + " deep"
	case !doublestar.ValidatePattern(clean):
		return "", "bad pattern `" + pattern + "`: a bracket or brace is not closed"
	}
	return clean, ""
}

// GlobProblem says what is wrong with a pattern of paths, or returns "".
func GlobProblem(pattern string) string {
	_, problem := checkGlob(pattern, "the folder of the configuration")
	return problem
}

// maxBraces is how deep braces may be nested in a pattern: the library looks at what is in them again for each level.
const maxBraces = 20

// braceDepth returns how deep braces are nested in a pattern.
func braceDepth(pattern string) int {
	depth, deepest := 0, 0
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case '{':
			depth++
			deepest = max(deepest, depth)
		case '}':
			depth = max(depth-1, 0)
		}
	}
	return deepest
}

// first returns the first pattern that matches.
func (g *globs) first(rel string) (Pattern, bool) {
	for _, p := range g.patterns {
		for i := 0; i <= len(rel); i++ {
			if (i == len(rel) || rel[i] == '/') && doublestar.MatchUnvalidated(p.Text, rel[:i]) {
				return p, true
			}
		}
	}
	return Pattern{}, false
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
		if doublestar.MatchUnvalidated(p.Text, rel) {
			return true
		}
	}
	return false
}
