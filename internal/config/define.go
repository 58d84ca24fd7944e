package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/near"
)

// The keys of a rule that a configuration file defines, beside those that it has in common with others.
const (
	ruleKey     = "rule"
	policyKey   = "policy"
	requireKey  = "require"
	idKey       = "id"
	patternKey  = "pattern"
	patternsKey = "patterns"
	whereKey    = "where"
	messageKey  = "message"
	helpKey     = "help"
	urlKey      = "url"
	severityKey = "severity"
	fixKey      = "fix"
	safetyKey   = "fix-safety"
	badKey      = "bad"
	goodKey     = "good"
	codeKey     = "code"
	pathKey     = "path"
	fixedKey    = "fixed"
	hostKey     = "host"
)

var (
	ruleKeys = []string{
		idKey, patternKey, patternsKey, whereKey, messageKey, helpKey, urlKey, severityKey, fixKey, safetyKey, pathsKey, excludeKey, badKey, goodKey,
	}
	policyKeys  = []string{idKey, requireKey, messageKey, helpKey, urlKey, severityKey, badKey, goodKey}
	exampleKeys = []string{codeKey, pathKey, hostKey, fixedKey}
	safeties    = []string{"safe", "unsafe"}
)

// OwnFamily is the family of the rules that configuration files define.
const OwnFamily = "custom"

// maxDefinitions bounds the rules that one configuration defines, maxExamples the examples of one of them, maxID the length of its name.
const (
	maxDefinitions = 2000
	maxExamples    = 200
	maxID          = 100
)

// Text is a string of a configuration file with its place. The zero Text stands for a key that is not there.
type Text struct {
	Value string
	Span  source.Span // with the quotes
	raw   string      // what the file has in Span
}

// Given reports whether the file has the text.
func (t Text) Given() bool { return t.raw != "" }

// At returns the place in the file of the byte of the value at an offset.
func (t Text) At(offset int) source.Span {
	at := min(t.rawOffset(offset), max(len(t.raw)-1, 0))
	start := t.Span.Start + uint32(at)
	return source.Span{Start: start, End: min(start+1, t.Span.End)}
}

// rawOffset returns where in raw a byte of the value comes from.
func (t Text) rawOffset(offset int) int {
	at := 1
	for _, q := range []string{`"""`, `'''`} {
		if strings.HasPrefix(t.raw, q) {
			at = 3
			rest := t.raw[at:]
			at += len(rest) - len(strings.TrimPrefix(strings.TrimPrefix(rest, "\r"), "\n"))
		}
	}
	if strings.HasPrefix(t.raw, "'") {
		return at + offset
	}
	for value := 0; value < offset && at < len(t.raw); {
		if t.raw[at] != '\\' || at+1 >= len(t.raw) {
			at++
			value++
			continue
		}
		switch c := t.raw[at+1]; {
		case c == 'u':
			at, value = at+6, value+t.escaped(at+2, 4)
		case c == 'U':
			at, value = at+10, value+t.escaped(at+2, 8)
		case strings.IndexByte(" \t\r\n", c) >= 0: // the line goes on behind the white space
			rest := t.raw[at+1:]
			at += 1 + len(rest) - len(strings.TrimLeft(rest, " \t\r\n"))
		default:
			at, value = at+2, value+1
		}
	}
	return at
}

// escaped returns how many bytes the letter has whose number stands in some hexadecimal digits of raw.
func (t Text) escaped(at, digits int) int {
	letter, err := strconv.ParseInt(t.raw[at:min(at+digits, len(t.raw))], 16, 32)
	if err != nil {
		return 1
	}
	return max(utf8.RuneLen(rune(letter)), 1)
}

// Example is code that a rule must or must not find something in.
type Example struct {
	Code  Text
	Path  Text // that the code is said to lie at, relative to the folder of the configuration; none for any
	Fixed Text // what fixing makes of it, where that is given
	Host  Text // the configuration that is said to have it as a module, such as nixosConfigurations.a; none for none
}

// Definition is a rule that a configuration file defines, as it is written.
type Definition struct {
	File     string // it stands in
	Line     int    // of its header
	ID       Text
	Patterns []Text
	Where    Text
	Require  Text // of a policy, which has neither patterns nor a fix: what the lock file is to meet
	Message  Text
	Help     Text
	URL      Text
	Severity diag.Severity // Off where it does not run unless somebody turns it on
	Fix      Text
	Safety   diag.Safety
	Bad      []Example
	Good     []Example
	// Made is what the Maker of the catalogue made of it.
	Made any

	key            string // of its table
	lines          *source.LineIndex
	paths, exclude *globs
}

// Takes reports whether the rule is about a file, given by its path relative to the folder of the configuration, with slashes.
func (d *Definition) Takes(rel string) bool {
	return (len(d.paths.patterns) == 0 || d.paths.match(rel)) && !d.exclude.match(rel)
}

// LineOf returns the line of the file that a span begins on.
func (d *Definition) LineOf(s source.Span) int { return d.lines.Line(s.Start) }

// Maker makes a rule of a definition and tells what is wrong with it. What it makes of one that has mistakes is not used.
type Maker func(d *Definition, wrong func(at source.Span, message string)) (made any, entry Rule)

// Making returns the catalogue with what makes rules of definitions; without, files cannot define any.
func (c *Catalogue) Making(m Maker) *Catalogue {
	made := *c
	made.maker = m
	return &made
}

// Definitions returns the rules that the configuration defines, in the order of the files.
func (c *Config) Definitions() []*Definition { return c.definitions }

// Catalogue returns the rules that the configuration is about: those of the program and those that it defines.
func (c *Config) Catalogue() *Catalogue { return c.cat }

// Idle reports whether only its name turns on the rule of an id, which a configuration file defines.
func (c *Catalogue) Idle(id string) bool { return c.byID[id] != nil && c.byID[id].Idle }

// Own returns what there is to know of the rules that the configuration defines, those with mistakes included.
func (c *Config) Own() (all []Rule) {
	for _, r := range c.cat.rules {
		if r.Own {
			all = append(all, *r)
		}
	}
	return all
}

// defines reads the rules that a file defines, and adds them to the catalogue.
func (l *loader) defines(d *decoder, root *value) {
	for _, key := range []string{ruleKey, policyKey} {
		if e := root.get(key); e != nil && d.isTables(e, key) {
			l.definesAll(d, e.val.elems, key)
		}
	}
}

// definesAll reads the tables of a key.
func (l *loader) definesAll(d *decoder, tables []*value, key string) {
	var entries []Rule
	for _, table := range tables {
		if len(l.config.definitions) == maxDefinitions {
			d.report(table.span, "more than %d rules are defined", maxDefinitions)
			break
		}
		def, ok := d.definition(table, key)
		if !ok {
			if id := def.ID.Value; isID(id) && l.cat.find(id) == nil { // others may name it
				entries = append(entries, Rule{ID: id, Family: OwnFamily, Severity: diag.Warning, Own: true, Idle: true})
			}
			continue
		}
		if entry, ok := l.make(d, def, entries); ok {
			entries = append(entries, entry)
		}
	}
	l.cat = l.cat.with(entries)
	d.cat = l.cat
}

// make adds a definition whose name is free, and whose parts fit together.
func (l *loader) make(d *decoder, def *Definition, before []Rule) (Rule, bool) {
	if problem := l.cat.taken(def, l.config.definitions, before); problem != "" {
		d.report(def.ID.Span, "%s", problem)
		return Rule{}, false
	}
	if l.cat.maker == nil {
		return Rule{}, false
	}
	sound := true
	made, entry := l.cat.maker(def, func(at source.Span, message string) {
		sound = false
		d.report(at, "%s", message)
	})
	if sound {
		def.Made = made
		l.config.definitions = append(l.config.definitions, def)
	}
	return entry, true // its name is known in any case
}

// isTables reports whether the value of a key is an array of tables.
func (d *decoder) isTables(e *entry, key string) bool {
	if e.val.tables || e.val.kind == kindArray && allTables(e.val.elems) {
		return true
	}
	d.report(e.val.span, "`%s` must be an array of tables, not %s: write [[%s]]", key, e.val.kindName(), key)
	return false
}

// taken says why a rule cannot have its id, or "".
func (c *Catalogue) taken(def *Definition, others []*Definition, here []Rule) string {
	id := def.ID.Value
	for _, o := range others {
		if o.ID.Value == id {
			return fmt.Sprintf("`%s` is defined twice, first in %s on line %d: give one of them another id", id, shortName(o.File), o.Line)
		}
	}
	if slices.ContainsFunc(here, func(r Rule) bool { return r.ID == id }) {
		return fmt.Sprintf("`%s` is defined twice in this file: give one of them another id", id)
	}
	switch found := c.find(id); {
	case len(found) > 0 && found[0].Own:
		return fmt.Sprintf("`%s` is defined twice: give one of them another id", id)
	case len(found) > 0 && found[0].ID == id:
		return fmt.Sprintf("nixsift has a rule `%s`: give this one another id", id)
	case len(found) > 0:
		return fmt.Sprintf("`%s` is another name of nixsift's rule `%s`: give this one another id", id, found[0].ID)
	case id == OwnFamily || slices.Contains(c.families, id):
		return fmt.Sprintf("`%s` is the name of a family of rules: give this one another id", id)
	case strings.EqualFold(id, "all"):
		return fmt.Sprintf("`%s` stands for all rules: give this one another id", id)
	}
	return ""
}

// shortName returns the last name of a path.
func shortName(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }

// with returns the catalogue with more rules.
func (c *Catalogue) with(entries []Rule) *Catalogue {
	if len(entries) == 0 {
		return c
	}
	n := *c
	n.rules, n.ids, n.families = slices.Clone(c.rules), slices.Clone(c.ids), slices.Clone(c.families)
	n.byID = maps.Clone(c.byID)
	for _, r := range entries {
		if n.byID[r.ID] != nil {
			continue
		}
		n.rules = append(n.rules, &r)
		n.byID[r.ID] = &r
		n.ids = append(n.ids, r.ID)
		if !slices.Contains(n.families, r.Family) {
			n.families = append(n.families, r.Family)
		}
	}
	slices.Sort(n.families)
	return &n
}

// definition reads the table of one rule. ok is false where it lacks what a rule cannot do without.
func (d *decoder) definition(table *value, key string) (def *Definition, ok bool) {
	def = &Definition{
		File: d.path, Line: d.lines.Line(table.span.Start), Severity: diag.Warning, Safety: diag.Unsafe,
		key: key, lines: d.lines, paths: newGlobs(), exclude: newGlobs(),
	}
	ok = true
	report := d.report
	defer func() { d.report = report }()
	d.report = func(span source.Span, format string, args ...any) {
		ok = false
		report(span, format, args...)
	}
	text := func(e *entry, to *Text) { *to, _ = d.textOf(e, e.val) }
	for _, e := range table.entries {
		if key == policyKey && !slices.Contains(policyKeys, e.key) {
			d.unknown(e, "key of a policy", policyKeys)
			continue
		}
		switch e.key {
		case requireKey:
			if key != policyKey {
				d.unknown(e, "key of a rule", ruleKeys)
			}
			text(e, &def.Require)
		case idKey:
			text(e, &def.ID)
		case patternKey:
			var t Text
			text(e, &t)
			def.Patterns = append(def.Patterns, t)
		case patternsKey:
			d.texts(e, func(v *value) {
				if t, found := d.textOf(e, v); found {
					def.Patterns = append(def.Patterns, t)
				}
			})
		case whereKey:
			text(e, &def.Where)
		case messageKey:
			text(e, &def.Message)
		case helpKey:
			text(e, &def.Help)
		case urlKey:
			text(e, &def.URL)
		case fixKey:
			text(e, &def.Fix)
		case severityKey:
			d.ownSeverity(e, &def.Severity)
		case safetyKey:
			d.safety(e, &def.Safety)
		case pathsKey:
			def.paths = d.globs(e)
		case excludeKey:
			def.exclude = d.globs(e)
		case badKey:
			def.Bad = d.examples(e, def.Bad)
		case goodKey:
			def.Good = d.examples(e, def.Good)
		default:
			d.unknown(e, "key of a rule", ruleKeys)
		}
	}
	d.complete(table, def)
	return def, ok
}

// complete reports what a rule lacks.
func (d *decoder) complete(table *value, def *Definition) {
	switch {
	case table.get(idKey) == nil:
		d.report(table.span, "a rule needs `%s`: a name in lower case with hyphens, by which comments and [rules] call it", idKey)
	case def.ID.Given() && !isID(def.ID.Value):
		d.report(def.ID.Span, "`%s` is no id of a rule: write lower-case letters and digits with single hyphens between them, as no-mkforce", def.ID.Value)
	}
	switch {
	case def.key == policyKey:
		if e := table.get(requireKey); e == nil {
			d.report(table.span, "a policy needs `%s`: what a lock file is to meet, such as input(\"nixpkgs\").owner == \"NixOS\"", requireKey)
		}
	case table.get(patternKey) != nil && table.get(patternsKey) != nil:
		d.report(table.get(patternsKey).span, "a rule has `%s` or `%s`, not both", patternKey, patternsKey)
	case table.get(patternKey) == nil && table.get(patternsKey) == nil:
		d.report(table.span, "a rule needs `%s`: Nix code in which $x stands for any expression", patternKey)
	case len(def.Patterns) == 0 && table.get(patternsKey) != nil:
		d.report(table.get(patternsKey).span, "`%s` has no pattern", patternsKey)
	}
	if e := table.get(messageKey); e == nil {
		d.report(table.span, "a rule needs `%s`: what is wrong, with metavariables of the pattern", messageKey)
	} else if def.Message.Given() && strings.TrimSpace(def.Message.Value) == "" {
		d.report(e.val.span, "`%s` says nothing", messageKey)
	}
	if e := table.get(safetyKey); e != nil && table.get(fixKey) == nil {
		d.report(e.span, "`%s` says how safe `%s` is, and there is none", safetyKey, fixKey)
	}
	for _, key := range []string{badKey, goodKey} {
		switch e := table.get(key); {
		case e == nil && key == badKey:
			d.report(table.span, "a rule needs `%s`: pieces of code in which it finds something, so that it is known to match", badKey)
		case e == nil:
			d.report(table.span, "a rule needs `%s`: pieces of code that are right, and in which it finds nothing", goodKey)
		case e.val.kind == kindArray && len(e.val.elems) == 0:
			d.report(e.span, "`%s` has no example: write one at least", key)
		}
	}
}

// isID reports whether a text can be the id of a rule.
func isID(text string) bool {
	for part := range strings.SplitSeq(text, "-") {
		if part == "" || strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
	}
	return len(text) <= maxID
}

// textOf reads a string with its place.
func (d *decoder) textOf(e *entry, v *value) (Text, bool) {
	if _, ok := d.text(e, v); !ok {
		return Text{}, false
	}
	return Text{v.text, v.span, v.span.Of(d.lines.Text())}, true
}

func (d *decoder) ownSeverity(e *entry, to *diag.Severity) {
	t, ok := d.textOf(e, e.val)
	if !ok {
		return
	}
	s, msg := new(Rule).checkSeverity(t.Value)
	if msg != "" {
		d.report(e.val.span, "%s", msg)
		return
	}
	*to = s
}

func (d *decoder) safety(e *entry, to *diag.Safety) {
	t, ok := d.textOf(e, e.val)
	switch {
	case !ok:
	case t.Value == safeties[0]:
		*to = diag.Safe
	case t.Value == safeties[1]:
		*to = diag.Unsafe
	default:
		message := fmt.Sprintf("unknown safety `%s`: use `safe` for what --fix applies, `unsafe` for what needs --unsafe-fixes", t.Value)
		if meant := near.Find(t.Value, safeties); meant != "" {
			message = fmt.Sprintf("unknown safety `%s`; did you mean `%s`?", t.Value, meant)
		}
		d.report(e.val.span, "%s", message)
	}
}

// examples reads examples: code, or tables of it with more.
func (d *decoder) examples(e *entry, before []Example) []Example {
	if e.val.kind != kindArray {
		d.report(e.val.span, "`%s` must be an array of strings, not %s", e.key, e.val.kindName())
		return before
	}
	for _, v := range e.val.elems {
		if len(before) == maxExamples {
			d.report(v.span, "a rule may have %d examples of each kind", maxExamples)
			break
		}
		switch v.kind {
		case kindString:
			before = append(before, Example{Code: Text{v.text, v.span, v.span.Of(d.lines.Text())}})
		case kindTable:
			before = append(before, d.example(e, v))
		default:
			d.report(v.span, "an example must be a string, or a table with `%s`; this is %s", codeKey, v.kind)
		}
	}
	return before
}

func (d *decoder) example(of *entry, table *value) Example {
	var x Example
	for _, e := range table.entries {
		var to *Text
		switch e.key {
		case codeKey:
			to = &x.Code
		case pathKey:
			to = &x.Path
		case hostKey:
			to = &x.Host
		case fixedKey:
			to = &x.Fixed
			if of.key == goodKey {
				d.report(e.span, "`%s` belongs to an example in `%s`: nothing is fixed in one that is right", fixedKey, badKey)
			}
		default:
			d.unknown(e, "key of an example", exampleKeys)
			continue
		}
		*to, _ = d.textOf(e, e.val)
	}
	if table.get(codeKey) == nil {
		d.report(table.span, "an example needs `%s`", codeKey)
	}
	return x
}
