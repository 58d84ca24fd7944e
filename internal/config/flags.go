package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
)

// Flags is what the command line says over all configuration files. Elements of the lists of rules may hold several
// names with commas between them.
type Flags struct {
	Preset  string   // in place of the files' presets, unless it is ""
	Edition string   // in place of the files' editions, unless it is ""
	Select  []string // beside a Preset run these, too; without one run these only, unless a file turns them off and they are not named one by one
	Ignore  []string // do not run these
	Only    []string // run these only, even if a file turns them off
	Rules   []string // "rule=severity"
	Exclude []string // patterns of files, relative to Dir
	Dir     string   // absolute
	Preview bool     // as if the files set preview
	Inputs  bool     // as if the files allowed sources in the Nix store
	Own     []Rule   // that some file defines, so that lists may name them whether or not this one does
}

// flags are Flags, read.
type flags struct {
	cat      *Catalogue
	dir      string
	exclude  *globs
	preset   string
	selects  []listed
	only     bool             // the rules to run come from Only
	chosen   map[*Rule]choice // those to run, but for what is ignored; nil where no list says
	ignores  []choice
	settings []setting
	notices  []Notice
}

// flagReader reads Flags and keeps what is wrong with them.
type flagReader struct {
	cat  *Catalogue
	out  *flags
	errs []error
}

func (x *flagReader) wrong(format string, args ...any) {
	x.errs = append(x.errs, fmt.Errorf(format, args...))
}

// With returns the configuration changed by the command line, which wins over everything in the files. The error names
// every mistake.
func (c *Config) With(f Flags) (*Config, error) {
	cat := c.cat.with(f.Own)
	x := &flagReader{cat: cat, out: &flags{cat: cat, dir: f.Dir, preset: f.Preset, exclude: newGlobs(), only: len(f.Only) > 0}}
	x.read(f)
	if len(x.errs) > 0 {
		return nil, errors.Join(x.errs...)
	}
	d := &Config{
		Path: c.Path, Dir: c.Dir, Preset: c.Preset, Edition: c.Edition, MinimumNix: c.MinimumNix, Generated: c.Generated,
		Preview: c.Preview, Required: c.Required, Baseline: c.Baseline, baselineAt: c.baselineAt, Inputs: c.Inputs, FailOn: c.FailOn, cat: cat, definitions: c.definitions, sources: c.sources, layers: c.layers, flags: x.out,
		origins: maps.Clone(c.origins), notices: append(c.notices[:len(c.notices):len(c.notices)], x.out.notices...),
		resolved: map[string]*Resolved{},
	}
	if f.Preset != "" {
		d.Preset, d.origins["preset"] = f.Preset, Origin{What: "--preset"}
	}
	if f.Edition != "" {
		d.Edition, d.origins[editionKey] = f.Edition, Origin{What: "--edition"}
	}
	if f.Preview {
		d.Preview, d.origins["preview"] = true, Origin{What: "--preview"}
	}
	if f.Inputs {
		d.Inputs.Store, d.origins[inputsKey+"."+storeKey] = true, Origin{What: "--inputs"}
	}
	return d, nil
}

func (x *flagReader) read(f Flags) {
	if f.Preset != "" {
		if msg := x.cat.checkPreset(f.Preset); msg != "" {
			x.wrong("%s", msg)
		}
	}
	if f.Edition != "" {
		if msg := x.cat.checkEdition(f.Edition); msg != "" {
			x.wrong("%s", msg)
		}
	}
	selects, ignores, only := x.list("--select", f.Select), x.list("--ignore", f.Ignore), x.list("--only", f.Only)
	if len(f.Only) > 0 && len(f.Select) > 0 {
		x.wrong("--only and --select both say which rules run: use one of them")
	}
	x.settings(f.Rules)
	for _, p := range f.Exclude {
		clean, problem := checkGlob(p, "the working directory")
		if problem != "" {
			x.wrong("--exclude: %s", problem)
			continue
		}
		x.out.exclude.add(clean, Origin{What: "--exclude"})
	}
	selects = append(selects, only...)
	x.out.selects = selects
	x.contradictions(selects, ignores)
	if len(f.Only)+len(f.Select) > 0 {
		x.out.chosen = map[*Rule]choice{}
	}
	for _, ch := range choose(selects, ignores) {
		if ch.on {
			x.out.chosen[ch.rule] = ch
		} else {
			x.out.ignores = append(x.out.ignores, ch)
		}
	}
}

// list reads names of rules that a flag gives.
func (x *flagReader) list(flag string, values []string) []listed {
	var all []listed
	for _, value := range values {
		for _, name := range SplitNames(value) {
			s, problem := x.cat.selector(name)
			if problem != "" {
				x.wrong("%s: %s", flag, problem)
				continue
			}
			if problem := x.cat.unsilenced(s); flag == "--ignore" && problem != "" {
				x.wrong("%s: %s", flag, problem)
				continue
			}
			from := Origin{What: flag + " `" + name + "`"}
			x.notice(name, from)
			all = append(all, listed{selector: s, from: from})
		}
	}
	return all
}

func (x *flagReader) notice(name string, from Origin) {
	if id := x.cat.Renamed(name); id != "" {
		x.out.notices = append(x.out.notices, Notice{name, id, from})
	}
}

// settings reads "rule=severity".
func (x *flagReader) settings(args []string) {
	for _, arg := range args {
		name, severity, ok := strings.Cut(arg, "=")
		if !ok {
			x.wrong("%q sets no severity: write rule=severity", arg)
			continue
		}
		name = strings.TrimSpace(name)
		r, msg := x.cat.one(name)
		if msg == "" {
			var s diag.Severity
			s, msg = r.checkSeverity(strings.TrimSpace(severity))
			from := Origin{What: "--rule"}
			x.notice(name, from)
			x.out.settings = append(x.out.settings, setting{rule: r, severity: s, hasSeverity: true, from: from})
		}
		if msg != "" {
			x.wrong("%s", msg)
		}
	}
}

// contradictions reports rules that are turned on and off by their names.
func (x *flagReader) contradictions(on, off []listed) {
	for _, r := range both(on, off) {
		x.wrong("`%s` is both to run and to ignore: name it once", r.ID)
	}
	for _, s := range x.out.settings {
		if s.severity == diag.Off && named(on, s.rule) {
			x.wrong("`%s` is to run, and --rule turns it off: leave one of them out", s.rule.ID)
		}
		if s.severity != diag.Off && named(off, s.rule) {
			x.wrong("`%s` is to be ignored, and --rule sets its severity: leave one of them out", s.rule.ID)
		}
	}
}

// named reports whether a list has the name of a rule.
func named(list []listed, r *Rule) bool {
	return slices.ContainsFunc(list, func(l listed) bool { return l.reach == reachOne && l.rules[0] == r })
}

// both returns the rules whose names stand in both lists.
func both(on, off []listed) []*Rule {
	var all []*Rule
	for _, l := range off {
		if l.reach == reachOne && named(on, l.rules[0]) && !slices.Contains(all, l.rules[0]) {
			all = append(all, l.rules[0])
		}
	}
	return all
}

// unsilenced says why the rule that a selector names cannot be ignored, or "".
func (c *Catalogue) unsilenced(s selector) string {
	if s.reach != reachOne || !s.rules[0].Mandatory {
		return ""
	}
	_, msg := s.rules[0].checkSeverity(diag.Off.String())
	return msg
}

// Narrow returns the ids of the rules to which the command line narrows the run, nil where it does not. Rules that tell
// what keeps a file from being analysed run beside them.
func (c *Config) Narrow() map[string]bool {
	if c.flags == nil || !c.flags.narrows() {
		return nil
	}
	ids := make(map[string]bool, len(c.flags.chosen))
	for r := range c.flags.chosen {
		ids[r.ID] = true
	}
	return ids
}

func (f *flags) narrows() bool { return f.chosen != nil && (f.only || f.preset == "") }

// apply lays the command line over what the files say.
func (f *flags) apply(c *Config, r *Resolved) {
	before := make(map[string]bool, len(r.rules))
	for id, s := range r.rules {
		before[id] = s.on
	}
	for _, rule := range f.cat.rules {
		s := r.rules[rule.ID]
		ch, ok := f.chosen[rule]
		switch {
		case ok && c.counts(ch) && (f.only || ch.reach == reachOne || !s.denied):
			if !s.on || f.narrows() {
				s.turn(true, ch.from)
			}
		case !f.narrows():
		case rule.Blocks && (f.only || !s.denied):
			if !s.on {
				s.turn(true, Origin{What: "tells what keeps a file from being analysed"})
			}
		case s.on:
			s.turn(false, Origin{What: "not among the rules of the command line"})
		}
	}
	for _, ch := range f.ignores {
		if !ch.rule.Mandatory {
			r.rules[ch.rule.ID].turn(false, ch.from)
		}
	}
	c.apply(r, &block{settings: f.settings})
	for id, s := range r.rules {
		s.narrowed = (before[id] || f.preset != "") && !s.on
	}
}
