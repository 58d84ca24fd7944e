package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/baseline"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/version"
)

// The keys that tables of a configuration file may have.
const (
	extendsKey    = "extends"
	requiredKey   = "required-version"
	presetKey     = "preset"
	editionKey    = "edition"
	previewKey    = "preview"
	selectKey     = "select"
	ignoreKey     = "ignore"
	excludeKey    = "exclude"
	minimumNixKey = "minimum-nix-version"
	generatedKey  = "generated"
	failOnKey     = "fail-on"
	baselineKey   = "baseline"
	rulesKey      = "rules"
	overrideKey   = "override"
	pathsKey      = "paths"
)

var (
	topKeys = []string{
		extendsKey, requiredKey, presetKey, editionKey, previewKey, selectKey, ignoreKey, excludeKey, minimumNixKey, generatedKey, failOnKey, baselineKey,
		inputsKey, rulesKey, overrideKey, ruleKey, policyKey,
	}
	overrideKeys = []string{pathsKey, selectKey, ignoreKey, rulesKey}
)

// decoder reads one configuration file.
type decoder struct {
	cat     *Catalogue
	path    string
	lines   *source.LineIndex
	report  func(span source.Span, format string, args ...any)
	notices []Notice
	refused bool // the file is for other versions of the program
	outside func(path string) (root string)
}

// leadsOut reports a path that leads out of the checkout.
func (d *decoder) leadsOut(span source.Span, text, root string) {
	d.report(span, "`%s` leads out of %s, so that what is checked would not depend on the checkout alone: copy the file into it", text, root)
}

// reference is a file that another one extends.
type reference struct {
	text string
	span source.Span
}

func (d *decoder) origin(span source.Span, what string) Origin {
	return Origin{d.path, d.lines.Line(span.Start), what}
}

// file reads the whole file into c, whose values are those of the files that it extends, and returns what it says of
// rules and files.
func (d *decoder) file(c *Config, root *value) *layer {
	l := &layer{dir: filepath.Dir(d.path), lines: d.lines, exclude: newGlobs()}
	set := func(e *entry, ok bool) {
		if ok {
			c.origins[e.key] = d.origin(e.span, e.key)
		}
	}
	for _, e := range root.entries {
		switch e.key {
		case extendsKey, requiredKey, ruleKey, policyKey: // read before
		case presetKey:
			set(e, d.oneOf(e, d.cat.checkPreset, &c.Preset))
		case editionKey:
			set(e, d.oneOf(e, d.cat.checkEdition, &c.Edition))
		case previewKey:
			set(e, d.bool(e, &c.Preview))
		case generatedKey:
			set(e, d.bool(e, &c.Generated))
		case failOnKey:
			set(e, d.failOn(c, e))
		case minimumNixKey:
			set(e, d.version(c, e))
		case baselineKey:
			set(e, d.baseline(c, e))
		case inputsKey:
			d.inputs(c, e)
		case excludeKey:
			l.exclude = d.globs(e)
		case overrideKey:
			l.overrides = d.overrides(e)
		case selectKey, ignoreKey, rulesKey: // together, below
		default:
			if r := d.cat.find(e.key); len(r) > 0 {
				d.report(e.span, "unknown key `%s`: rules are set in [rules]", e.key)
			} else {
				d.unknown(e, "key", topKeys)
			}
		}
	}
	l.block = d.block(root)
	return l
}

// block reads what a table says of rules.
func (d *decoder) block(table *value) block {
	var b block
	var selects, ignores []listed
	if e := table.get(selectKey); e != nil {
		selects = d.list(e)
	}
	if e := table.get(ignoreKey); e != nil {
		ignores = d.list(e)
	}
	if e := table.get(rulesKey); e != nil {
		b.settings = d.rules(e)
		d.contradictions(b.settings, selects, ignores)
	}
	if e := table.get(ignoreKey); e != nil {
		for _, r := range both(selects, ignores) {
			d.report(e.span, "`%s` stands both in `select` and in `ignore`: name it once", r.ID)
		}
	}
	b.selects, b.choices = selects, choose(selects, ignores)
	return b
}

// list reads a list of rules.
func (d *decoder) list(e *entry) []listed {
	var all []listed
	d.texts(e, func(v *value) {
		s, problem := d.cat.selector(v.text)
		if problem == "" && e.key == ignoreKey {
			problem = d.cat.unsilenced(s)
		}
		if problem != "" {
			d.report(v.span, "%s", problem)
			return
		}
		from := d.origin(v.span, e.key+" `"+v.text+"`")
		d.notice(v.text, from)
		all = append(all, listed{s, from, v.span})
	})
	return all
}

func (d *decoder) notice(name string, from Origin) {
	if id := d.cat.Renamed(name); id != "" {
		d.notices = append(d.notices, Notice{name, id, from})
	}
}

// contradictions reports severities in [rules] that say the opposite of a list beside it, where that has the rule's name.
func (d *decoder) contradictions(settings []setting, selects, ignores []listed) {
	for _, s := range settings {
		if !s.hasSeverity {
			continue
		}
		switch off := s.severity == diag.Off; {
		case off && named(selects, s.rule):
			d.report(s.key, "`%s` is off, and `select` names it: leave one of them out", s.rule.ID)
		case !off && named(ignores, s.rule):
			d.report(s.key, "`%s` has a severity, and `ignore` names it: leave one of them out", s.rule.ID)
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

func (d *decoder) globs(e *entry) *globs {
	patterns := newGlobs()
	d.texts(e, func(v *value) {
		clean, problem := checkGlob(v.text, "the folder of "+FileName)
		if problem != "" {
			d.report(v.span, "%s", problem)
			return
		}
		patterns.add(clean, d.origin(v.span, e.key))
	})
	return patterns
}

// quotable reads a string that people forget to put in quotes, since it looks like a number.
func (d *decoder) quotable(e *entry) (string, bool) {
	if e.val.kind == kindFloat || e.val.kind == kindInt {
		d.report(e.val.span, "`%s` must be a string, not %s: write \"%s\"", e.key, e.val.kind, e.val.text)
		return "", false
	}
	return d.text(e, e.val)
}

func (d *decoder) version(c *Config, e *entry) bool {
	s, ok := d.quotable(e)
	if !ok {
		return false
	}
	v, err := ParseVersion(s)
	if err != nil {
		d.report(e.val.span, "%s", err)
		return false
	}
	c.MinimumNix = v
	return true
}

// failOn reads the least severity that makes a run fail.
func (d *decoder) failOn(c *Config, e *entry) bool {
	s, ok := d.text(e, e.val)
	if !ok {
		return false
	}
	v, err := diag.ParseSeverity(s)
	if err != nil || v == diag.Off {
		d.report(e.val.span, "`%s` is no severity that a finding has: use %s", s, quoted(gates))
		return false
	}
	c.FailOn = v
	return true
}

// baseline reads the path of the baseline, relative to the file.
func (d *decoder) baseline(c *Config, e *entry) bool {
	s, ok := d.text(e, e.val)
	switch {
	case !ok:
		return false
	case strings.TrimSpace(s) == "" || strings.HasSuffix(s, "/"):
		d.report(e.val.span, "`%s` names no file; leave the key out for %s beside this file", baselineKey, baseline.FileName)
		return false
	case filepath.IsAbs(s) || strings.HasPrefix(s, "/") || strings.HasPrefix(s, "~"):
		d.report(e.val.span, "`%s` must be relative to this file, so that it is the same on every machine", s)
		return false
	}
	path := filepath.Join(filepath.Dir(d.path), filepath.FromSlash(s))
	if root := d.outside(path); root != "" {
		d.leadsOut(e.val.span, s, root)
		return false
	}
	c.Baseline, c.baselineAt = path, Problem{File: d.path, Span: e.val.span, Pos: d.lines.Position(e.val.span.Start)}
	return true
}

// required reads the versions of the program that the file is for.
func (d *decoder) required(c *Config, e *entry) bool {
	s, ok := d.quotable(e)
	if !ok {
		return false
	}
	wrong, refused := checkRequired(s)
	if wrong != "" {
		d.report(e.val.span, "%s", wrong)
		d.refused = refused
		return false
	}
	c.Required = s
	return true
}

// oneOf reads a string that check has nothing to say about.
func (d *decoder) oneOf(e *entry, check func(string) string, to *string) bool {
	s, ok := d.quotable(e)
	if !ok {
		return false
	}
	if msg := check(s); msg != "" {
		d.report(e.val.span, "%s", msg)
		return false
	}
	*to = s
	return true
}

func (d *decoder) bool(e *entry, to *bool) bool {
	if e.val.kind != kindBool {
		d.report(e.val.span, "`%s` must be true or false, not %s", e.key, e.val.kindName())
		return false
	}
	*to = e.val.bool
	return true
}

func (d *decoder) overrides(e *entry) []override {
	if !e.val.tables && !(e.val.kind == kindArray && allTables(e.val.elems)) {
		d.report(e.val.span, "`override` must be an array of tables, not %s: write [[override]]", e.val.kind)
		return nil
	}
	var all []override
	for _, table := range e.val.elems {
		o := override{paths: newGlobs()}
		said := false
		for _, e := range table.entries {
			switch e.key {
			case pathsKey:
				o.paths = d.globs(e)
			case selectKey, ignoreKey, rulesKey:
				said = true
			default:
				d.unknown(e, "key of an override", overrideKeys)
			}
		}
		if e := table.get(pathsKey); e == nil {
			d.report(table.span, "an override needs `%s`", pathsKey)
		} else if e.val.kind == kindArray && len(e.val.elems) == 0 {
			d.report(e.val.span, "`%s` is empty, so the override is about no file: name some, or leave it out", pathsKey)
		}
		if !said {
			d.report(table.span, "an override needs `%s`, `%s` or `%s`", rulesKey, selectKey, ignoreKey)
		}
		o.block = d.block(table)
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
		d.notice(e.key, d.origin(e.span, e.key))
		all = append(all, d.rule(r, e))
	}
	return all
}

// rule reads what stands behind a rule's name: a severity, or a table of it and the rule's options.
func (d *decoder) rule(r *Rule, e *entry) setting {
	s := setting{rule: r, key: e.span, from: d.origin(e.span, "["+rulesKey+"]")}
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
		s.options, s.optionsFrom = map[string]any{}, map[string]Origin{}
	}
	s.options[e.key], s.optionsFrom[e.key] = val, d.origin(e.span, "["+rulesKey+"]")
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

// checkEdition returns what is wrong with the name of an edition, or "".
func (c *Catalogue) checkEdition(name string) string {
	if slices.Contains(c.editions, name) {
		return ""
	}
	return fmt.Sprintf("unknown edition `%s`; nixsift %s has %s", name, version.Number, quoted(c.editions))
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

// gates are the severities that a finding may have.
var gates = severities[1:]

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
