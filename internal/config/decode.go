package config

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/near"
)

// Load reads the text of a configuration file. Path is its absolute path: patterns are relative to its
// folder, and problems name it. Every mistake is reported, in the order of the file; the configuration is
// made of all the rest, so it is never nil.
func Load(path, text string, cat *Catalogue) (*Config, []Problem) {
	c := Default(cat)
	c.Path, c.Dir = path, filepath.Dir(path)
	d := &decoder{cat: cat}
	lines := source.NewLineIndex(text)
	var problems []Problem
	d.report = func(span source.Span, format string, args ...any) {
		problems = append(problems, Problem{path, span, lines.Position(span.Start), fmt.Sprintf(format, args...)})
	}
	d.file(c, readTOML(lines, d.report))
	slices.SortStableFunc(problems, func(a, b Problem) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	return c, problems
}

type decoder struct {
	cat    *Catalogue
	report func(span source.Span, format string, args ...any)
}

var topKeys = []string{"preset", "exclude", "minimum-nix-version", "generated", "rules", "override"}

func (d *decoder) file(c *Config, root *value) {
	for _, e := range root.entries {
		switch e.key {
		case "preset":
			if s, ok := d.text(e, e.val); ok {
				if msg := d.cat.checkPreset(s); msg != "" {
					d.report(e.val.span, "%s", msg)
				} else {
					c.Preset = s
				}
			}
		case "exclude":
			c.exclude = newGlobs(d.globs(e))
		case "minimum-nix-version":
			d.version(c, e)
		case "generated":
			if e.val.kind != kindBool {
				d.report(e.val.span, "`%s` must be true or false, not %s", e.key, e.val.kind)
			} else {
				c.Generated = e.val.bool
			}
		case "rules":
			c.rules = d.rules(e)
		case "override":
			c.overrides = d.overrides(e)
		default:
			if r := d.cat.find(e.key); len(r) > 0 {
				d.report(e.span, "unknown key `%s`: rules are set in [rules]", e.key)
			} else {
				d.unknown(e, "key", topKeys)
			}
		}
	}
}

// unknown reports a key that is none of the known ones.
func (d *decoder) unknown(e *entry, what string, known []string) {
	if meant := near.Find(e.key, known); meant != "" {
		d.report(e.span, "unknown %s `%s`; did you mean `%s`?", what, e.key, meant)
		return
	}
	d.report(e.span, "unknown %s `%s`; known here: %s", what, e.key, quoted(known))
}

func quoted(names []string) string { return "`" + strings.Join(names, "`, `") + "`" }

func (d *decoder) text(e *entry, v *value) (string, bool) {
	if v.kind != kindString {
		d.report(v.span, "`%s` must be a string, not %s", e.key, v.kind)
	}
	return v.text, v.kind == kindString
}

// texts reads an array of strings and calls use for each.
func (d *decoder) texts(e *entry, use func(v *value)) bool {
	if e.val.kind != kindArray || e.val.tables {
		d.report(e.val.span, "`%s` must be an array of strings, not %s", e.key, e.val.kindName())
		return false
	}
	ok := true
	for _, v := range e.val.elems {
		if v.kind != kindString {
			d.report(v.span, "`%s` must be an array of strings; this is %s", e.key, v.kind)
			ok = false
			continue
		}
		use(v)
	}
	return ok
}

func (v *value) kindName() string {
	if v.tables {
		return "an array of tables"
	}
	return v.kind.String()
}

func (d *decoder) globs(e *entry) []string {
	var patterns []string
	d.texts(e, func(v *value) {
		clean, problem := checkGlob(v.text)
		if problem != "" {
			d.report(v.span, "%s", problem)
			return
		}
		patterns = append(patterns, clean)
	})
	return patterns
}

func (d *decoder) version(c *Config, e *entry) {
	if e.val.kind == kindFloat || e.val.kind == kindInt {
		d.report(e.val.span, "`%s` must be a string, not %s: write \"%s\"", e.key, e.val.kind, e.val.text)
		return
	}
	s, ok := d.text(e, e.val)
	if !ok {
		return
	}
	v, err := ParseVersion(s)
	if err != nil {
		d.report(e.val.span, "%s", err)
		return
	}
	c.MinimumNix = v
}

func (d *decoder) overrides(e *entry) []override {
	if !e.val.tables && !(e.val.kind == kindArray && allTables(e.val.elems)) {
		d.report(e.val.span, "`override` must be an array of tables, not %s: write [[override]]", e.val.kind)
		return nil
	}
	var all []override
	for _, table := range e.val.elems {
		o := override{paths: newGlobs(nil)}
		for _, e := range table.entries {
			switch e.key {
			case "paths":
				o.paths = newGlobs(d.globs(e))
			case "rules":
				o.rules = d.rules(e)
			default:
				d.unknown(e, "key of an override", []string{"paths", "rules"})
			}
		}
		for _, need := range []string{"paths", "rules"} {
			if table.get(need) == nil {
				d.report(table.span, "an override needs `%s`", need)
			}
		}
		all = append(all, o)
	}
	return all
}

func allTables(vs []*value) bool {
	return !slices.ContainsFunc(vs, func(v *value) bool { return v.kind != kindTable })
}

func (d *decoder) rules(e *entry) []setting {
	if e.val.kind != kindTable {
		d.report(e.val.span, "`rules` must be a table, not %s", e.val.kindName())
		return nil
	}
	var all []setting
	seen := map[*Rule]*entry{}
	for _, e := range e.val.entries {
		r, msg := d.cat.one(e.key)
		if msg != "" {
			d.report(e.span, "%s", msg)
			continue
		}
		if first := seen[r]; first != nil {
			d.report(e.span, "`%s` and `%s` are the same rule: set it once", first.key, e.key)
			continue
		}
		seen[r] = e
		all = append(all, d.rule(r, e))
	}
	return all
}

// rule reads what stands behind a rule's name: a severity, or a table of it and the rule's options.
func (d *decoder) rule(r *Rule, e *entry) setting {
	s := setting{rule: r}
	switch e.val.kind {
	case kindString:
		d.severity(&s, e.val)
	case kindTable:
		for _, o := range e.val.entries {
			if o.key == "severity" {
				if _, ok := d.text(o, o.val); ok {
					d.severity(&s, o.val)
				}
				continue
			}
			d.option(&s, o)
		}
	default:
		d.report(e.val.span, "`%s` must be a severity in quotes or a table, not %s", e.key, e.val.kindName())
	}
	return s
}

func (d *decoder) severity(s *setting, v *value) {
	severity, msg := s.rule.checkSeverity(v.text)
	if msg != "" {
		d.report(v.span, "%s", msg)
		return
	}
	s.severity, s.hasSeverity = severity, true
}

func (d *decoder) option(s *setting, e *entry) {
	o, ok := s.rule.option(e.key)
	if !ok {
		known := []string{"severity"}
		for _, o := range s.rule.Options {
			known = append(known, o.Name)
		}
		d.unknown(e, "option of `"+s.rule.ID+"`:", known)
		return
	}
	var val any
	switch o.Default.(type) {
	case []string:
		list := []string{}
		if !d.texts(e, func(v *value) { list = append(list, v.text) }) {
			return
		}
		val = list
	case string:
		val, ok = e.val.text, e.val.kind == kindString
	case bool:
		val, ok = e.val.bool, e.val.kind == kindBool
	case int64:
		val, ok = e.val.num, e.val.kind == kindInt
	}
	if !ok {
		d.report(e.val.span, "`%s` must be %s, not %s", e.key, optionKind(o.Default), e.val.kindName())
		return
	}
	if s.options == nil {
		s.options = map[string]any{}
	}
	s.options[e.key] = val
}

func optionKind(def any) kind {
	switch def.(type) {
	case bool:
		return kindBool
	case int64:
		return kindInt
	}
	return kindString
}

// checkPreset returns what is wrong with the name of a preset, or "".
func (c *Catalogue) checkPreset(name string) string {
	if slices.Contains(c.presets, name) {
		return ""
	}
	if meant := near.Find(name, c.presets); meant != "" {
		return fmt.Sprintf("unknown preset `%s`; did you mean `%s`?", name, meant)
	}
	return fmt.Sprintf("unknown preset `%s`; presets are %s", name, quoted(c.presets))
}

// one returns the rule that a name means, or what is wrong with the name.
func (c *Catalogue) one(name string) (*Rule, string) {
	found := c.find(name)
	switch {
	case len(found) == 1:
		return found[0], ""
	case len(found) > 1:
		return nil, fmt.Sprintf("`%s` names several rules: %s", name, quoted(c.Find(name)))
	}
	if meant := c.Suggestion(name); meant != "" {
		return nil, fmt.Sprintf("unknown rule `%s`%s", name, meant)
	}
	return nil, fmt.Sprintf("unknown rule `%s`; `nixsift rules` lists them", name)
}

var severities = []string{"off", "hint", "info", "warning", "error"}

// checkSeverity reads a severity for the rule, or says what is wrong with it.
func (r *Rule) checkSeverity(name string) (diag.Severity, string) {
	s, err := diag.ParseSeverity(name)
	if err != nil {
		if meant := near.Find(name, severities); meant != "" {
			return s, fmt.Sprintf("unknown severity `%s`; did you mean `%s`?", name, meant)
		}
		return s, fmt.Sprintf("unknown severity `%s`; use %s", name, quoted(severities))
	}
	if r.Mandatory && s != r.Severity {
		return s, fmt.Sprintf("the severity of `%s` is always %s, as Nix itself refuses such a file; exclude the file instead",
			r.ID, r.Severity)
	}
	return s, ""
}
