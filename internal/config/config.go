// Package config reads nixsift.toml and answers, for one file at a time, which rules are on, how severe
// they are and with which options, and who said so.
//
// The rules themselves are unknown here: a Catalogue describes them. Every mistake in a configuration
// file is a Problem with a position; what is not mistaken still holds.
package config

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// Problem is a mistake in a configuration file. Span is in bytes, half-open; Pos is its start.
type Problem struct {
	File    string
	Span    source.Span
	Pos     source.Position
	Message string
}

// Error returns the problem in one line: file:line:column: message, or file: message where Pos is zero.
func (p Problem) Error() string {
	if p.Pos.Line == 0 {
		return p.File + ": " + p.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Pos.Line, p.Pos.Column, p.Message)
}

// Origin is the place that a value comes from.
type Origin struct {
	File string // a configuration file, or "" for what stands in none
	Line int    // in it, from 1; 0 where there is no file
	What string // "default", "preset `strict`", "select `flake/*`", "[rules]", "--rule"
}

// Notice is an earlier id of a rule that a configuration uses.
type Notice struct {
	Old, New string
	From     Origin
}

// String says it in one line, without the place.
func (n Notice) String() string {
	return fmt.Sprintf("the rule `%s` is called `%s` now; the old name goes on to work", n.Old, n.New)
}

// Config is the configuration that holds below one folder. It is safe for concurrent use.
type Config struct {
	Path       string        // the file it was read from; "" for the defaults
	Dir        string        // its folder
	Preset     string        // the name of a preset of the catalogue
	Edition    string        // of the presets
	MinimumNix Version       // the oldest Nix that the code has to work with
	Generated  bool          // generated files are checked like others
	Preview    bool          // patterns and presets mean rules in preview, too
	Required   string        // the versions of the program that the configuration is for, "" for all
	Baseline   string        // the absolute path of the baseline that a file names, or ""
	Inputs     Inputs        // the sources of inputs that findings may rest on
	FailOn     diag.Severity // the least severity of a finding that makes the exit status 1

	baselineAt Problem // without a message, at the value of Baseline

	cat         *Catalogue
	definitions []*Definition
	sources     []Source
	notices     []Notice
	origins     map[string]Origin // of the values above, by key
	layers      []*layer          // of the files, what is extended before what extends it
	flags       *flags            // from the command line; nil for none

	mu       sync.Mutex
	resolved map[string]*Resolved // by which overrides match: a byte for each
}

// Source is a file that a configuration was read from.
type Source struct {
	Path string // absolute
	Text string // "" where it cannot be read
}

// layer is what one file says about rules and files. Its patterns are relative to dir.
type layer struct {
	dir     string
	lines   *source.LineIndex
	exclude *globs
	block
	overrides []override
}

type override struct {
	paths *globs
	block
}

// Default returns the configuration that holds where there is no file.
func Default(cat *Catalogue) *Config {
	return &Config{
		Preset: cat.presets[0], Edition: FirstEdition, MinimumNix: DefaultMinimumNix, FailOn: diag.Warning, cat: cat,
		origins: map[string]Origin{}, resolved: map[string]*Resolved{},
	}
}

// Sources returns the files that the configuration was read from: its own last, those it extends before.
func (c *Config) Sources() []Source { return c.sources }

// Notices returns the earlier ids of rules that the configuration uses, those of the command line included.
func (c *Config) Notices() []Notice { return c.notices }

// Origin returns where the value of a key comes from that is not about one rule: preset, edition,
// minimum-nix-version, generated, preview, required-version, baseline, fail-on; InputOrigin knows the table of inputs.
func (c *Config) Origin(key string) Origin {
	if o, ok := c.origins[key]; ok {
		return o
	}
	return Origin{What: "default"}
}

// BaselineProblem returns what is wrong with the baseline that a file names, at the place where it does.
func (c *Config) BaselineProblem(message string) Problem {
	p := c.baselineAt
	p.Message = message
	return p
}

// Pattern is a pattern that leaves files out, with its place.
type Pattern struct {
	Text string
	From Origin
}

// Exclude returns the patterns that leave files out.
func (c *Config) Exclude() []Pattern {
	var all []Pattern
	for _, l := range c.layers {
		all = append(all, l.exclude.list()...)
	}
	if c.flags != nil {
		all = append(all, c.flags.exclude.list()...)
	}
	return all
}

// Excluded reports whether a file or folder is left out: a pattern of exclude matches it or a folder
// above it. The path is absolute.
func (c *Config) Excluded(path string) bool {
	for _, l := range c.layers {
		if rel, ok := relative(l.dir, path); ok && l.exclude.match(rel) {
			return true
		}
	}
	if c.flags == nil {
		return false
	}
	rel, ok := relative(c.flags.dir, path)
	return ok && c.flags.exclude.match(rel)
}

// ExcludedBy returns the first pattern that leaves a file or folder out.
func (c *Config) ExcludedBy(path string) (Pattern, bool) {
	first := func(dir string, g *globs) (Pattern, bool) {
		if rel, ok := relative(dir, path); ok {
			return g.first(rel)
		}
		return Pattern{}, false
	}
	for _, l := range c.layers {
		if p, ok := first(l.dir, l.exclude); ok {
			return p, true
		}
	}
	if c.flags != nil {
		return first(c.flags.dir, c.flags.exclude)
	}
	return Pattern{}, false
}

// For returns what holds for a file, given by its absolute path. Files to which the same overrides apply
// share one Resolved, so that its address can serve as a key.
func (c *Config) For(path string) *Resolved {
	var hits []byte
	for _, l := range c.layers {
		if len(l.overrides) == 0 {
			continue
		}
		rel, ok := relative(l.dir, path)
		for _, o := range l.overrides {
			hit := byte(0)
			if ok && o.paths.match(rel) {
				hit = 1
			}
			hits = append(hits, hit)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.resolved[string(hits)]
	if r == nil {
		r = c.resolve(hits)
		c.resolved[string(hits)] = r
	}
	return r
}

// Relative returns the path of a file relative to the folder of the configuration, with slashes, as conditions and patterns see it; ""
// outside of it.
func (c *Config) Relative(path string) string {
	rel, _ := relative(c.Dir, path)
	return rel
}

// relative returns a path relative to a folder, with slashes; false outside of it.
func relative(dir, path string) (string, bool) {
	if dir == "" {
		return "", false
	}
	rel, ok := strings.CutPrefix(path, dir)
	if !ok {
		return "", false
	}
	if sep := string(filepath.Separator); !strings.HasSuffix(dir, sep) {
		if rel, ok = strings.CutPrefix(rel, sep); !ok {
			return "", false
		}
	}
	return filepath.ToSlash(rel), rel != ""
}
