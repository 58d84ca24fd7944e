// Package config reads nixsift.toml and answers, for one file at a time, which rules are on, how severe
// they are and with which options.
//
// The rules themselves are unknown here: a Catalogue describes them. Every mistake in a configuration
// file is a Problem with a position; what is not mistaken still holds.
package config

import (
	"errors"
	"fmt"
	"maps"
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

// Config is the configuration that holds below one folder. It is safe for concurrent use.
type Config struct {
	Path       string  // the file it was read from; "" for the defaults
	Dir        string  // the folder that patterns are relative to
	Preset     string  // the name of a preset of the catalogue
	MinimumNix Version // the oldest Nix that the code has to work with
	Generated  bool    // generated files are checked like others

	cat       *Catalogue
	exclude   *globs
	rules     []setting
	overrides []override
	flags     []setting // from the command line; they win

	mu       sync.Mutex
	resolved map[string]*Resolved // by which overrides match: a byte for each
}

// setting is what one place says about one rule.
type setting struct {
	rule        *Rule
	severity    diag.Severity
	hasSeverity bool
	options     map[string]any
}

type override struct {
	paths *globs
	rules []setting
}

// Default returns the configuration that holds where there is no file.
func Default(cat *Catalogue) *Config {
	return &Config{
		Preset: cat.presets[0], MinimumNix: DefaultMinimumNix, cat: cat,
		exclude: newGlobs(nil), resolved: map[string]*Resolved{},
	}
}

// With returns the configuration changed by the command line: another preset unless preset is "", and
// severities given as "rule=severity", which win over everything in the file. The error names every
// mistake.
func (c *Config) With(preset string, rules []string) (*Config, error) {
	d := &Config{
		Path: c.Path, Dir: c.Dir, Preset: c.Preset, MinimumNix: c.MinimumNix, Generated: c.Generated, cat: c.cat,
		exclude: c.exclude, rules: c.rules, overrides: c.overrides, flags: c.flags[:len(c.flags):len(c.flags)],
		resolved: map[string]*Resolved{},
	}
	var errs []error
	if preset != "" {
		d.Preset = preset
		if msg := c.cat.checkPreset(preset); msg != "" {
			errs = append(errs, errors.New(msg))
		}
	}
	for _, arg := range rules {
		name, severity, ok := strings.Cut(arg, "=")
		if !ok {
			errs = append(errs, fmt.Errorf("%q sets no severity: write rule=severity", arg))
			continue
		}
		r, msg := c.cat.one(strings.TrimSpace(name))
		if msg == "" {
			var s diag.Severity
			s, msg = r.checkSeverity(strings.TrimSpace(severity))
			d.flags = append(d.flags, setting{rule: r, severity: s, hasSeverity: true})
		}
		if msg != "" {
			errs = append(errs, errors.New(msg))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return d, nil
}

// Excluded reports whether a file or folder is left out: a pattern of exclude matches it or a folder
// above it. The path is absolute.
func (c *Config) Excluded(path string) bool {
	rel, ok := c.rel(path)
	return ok && c.exclude.match(rel)
}

// For returns what holds for a file, given by its absolute path. Files to which the same overrides apply
// share one Resolved, so that its address can serve as a key.
func (c *Config) For(path string) *Resolved {
	var hits []byte
	if len(c.overrides) > 0 {
		hits = make([]byte, len(c.overrides))
		if rel, ok := c.rel(path); ok {
			for i, o := range c.overrides {
				if o.paths.match(rel) {
					hits[i] = 1
				}
			}
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

// rel returns the path relative to the configuration's folder, with slashes; false outside of it.
func (c *Config) rel(path string) (string, bool) {
	if c.Dir == "" {
		return "", false
	}
	rel, ok := strings.CutPrefix(path, c.Dir)
	if !ok {
		return "", false
	}
	if sep := string(filepath.Separator); !strings.HasSuffix(c.Dir, sep) {
		if rel, ok = strings.CutPrefix(rel, sep); !ok {
			return "", false
		}
	}
	return filepath.ToSlash(rel), rel != ""
}

// resolve lays the preset, [rules], the overrides that match and the command line over each other.
func (c *Config) resolve(hits []byte) *Resolved {
	r := &Resolved{
		minNix:   c.MinimumNix,
		severity: make(map[string]severity, len(c.cat.rules)),
		options:  map[string]map[string]any{},
	}
	for _, rule := range c.cat.rules {
		s := severity{value: rule.Severity}
		if !rule.inPreset(c.Preset) {
			s.value = diag.Off
		}
		r.severity[rule.ID] = s
		if len(rule.Options) > 0 {
			values := make(map[string]any, len(rule.Options))
			for _, o := range rule.Options {
				values[o.Name] = o.Default
			}
			r.options[rule.ID] = values
		}
	}
	r.apply(c.rules)
	for i, hit := range hits {
		if hit != 0 {
			r.apply(c.overrides[i].rules)
		}
	}
	r.apply(c.flags)
	return r
}

// Resolved is what configuration says for a set of files. It is immutable.
type Resolved struct {
	minNix   Version
	severity map[string]severity
	options  map[string]map[string]any
}

type severity struct {
	value      diag.Severity
	configured bool
}

func (r *Resolved) apply(settings []setting) {
	for _, s := range settings {
		if s.hasSeverity {
			r.severity[s.rule.ID] = severity{s.severity, true}
		}
		maps.Copy(r.options[s.rule.ID], s.options)
	}
}

// Severity returns the severity of the rule with the id, Off where it does not run. Configured tells
// that it is the user's word, not the rule's own severity.
func (r *Resolved) Severity(rule string) (value diag.Severity, configured bool) {
	s := r.severity[rule]
	return s.value, s.configured
}

// Options returns the options of the rule with the id, defaults included: string, int64, bool or
// []string by name; nil for a rule without any. The map must not be changed.
func (r *Resolved) Options(rule string) map[string]any { return r.options[rule] }

// MinNix returns the oldest Nix that the code has to work with.
func (r *Resolved) MinNix() Version { return r.minNix }

func (r *Rule) inPreset(preset string) bool {
	if r.Mandatory || preset == "all" {
		return true
	}
	for _, p := range r.Presets {
		if p == preset {
			return preset != "none"
		}
	}
	return false
}
