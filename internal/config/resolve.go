package config

import (
	"fmt"
	"maps"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// setting is what one place says about one rule.
type setting struct {
	rule        *Rule
	key         source.Span // of the rule's name in a file
	severity    diag.Severity
	hasSeverity bool
	options     map[string]any
	from        Origin
	optionsFrom map[string]Origin
}

// block is what one place says about rules: the lists of those to run and not to run, and settings of single ones,
// which have the last word.
type block struct {
	selects  []listed
	choices  []choice
	settings []setting
}

// choice is what the lists of one block say about one rule.
type choice struct {
	rule  *Rule
	on    bool
	reach reach
	from  Origin
}

// listed is a name in a list, with its place.
type listed struct {
	selector
	from Origin
	span source.Span // in the file of from
}

// unmet says why a name of a select list stands for no rule that may run, or "".
func (c *Config) unmet(l listed) string {
	preview := false
	for _, r := range l.rules {
		if l.reach == reachOne || c.takes(r) {
			return ""
		}
		preview = preview || r.Preview
	}
	if preview && !c.Preview {
		return fmt.Sprintf("`%s` stands for rules in preview only: set `preview = true`, or name them one by one", l.text)
	}
	return fmt.Sprintf("`%s` stands for rules of later editions than %s only: set `edition`, or name them one by one", l.text, c.Edition)
}

// Unmet says which lists of the command line stand for no rule that may run under this configuration.
func (c *Config) Unmet() []string {
	var all []string
	if c.flags != nil {
		for _, l := range c.flags.selects {
			if msg := c.unmet(l); msg != "" {
				all = append(all, msg)
			}
		}
	}
	return all
}

// choose joins the lists of a block: for each rule the narrower name wins, and of equals the one to ignore.
func choose(selects, ignores []listed) []choice {
	at := map[*Rule]int{}
	var all []choice
	take := func(l listed, on bool) {
		for _, r := range l.rules {
			i, ok := at[r]
			switch {
			case !ok:
				at[r] = len(all)
				all = append(all, choice{r, on, l.reach, l.from})
			case l.reach > all[i].reach || l.reach == all[i].reach && all[i].on && !on:
				all[i] = choice{r, on, l.reach, l.from}
			}
		}
	}
	for _, l := range selects {
		take(l, true)
	}
	for _, l := range ignores {
		take(l, false)
	}
	return all
}

// Resolved is what configuration says for a set of files. It is immutable.
type Resolved struct {
	minNix Version
	rules  map[string]*state
	chosen bool // the command line alone says which rules run
}

// state is what is said about one rule so far.
type state struct {
	on         bool
	severity   diag.Severity // where it is on
	configured bool          // the severity is the user's word
	denied     bool          // a configuration file turned it off by its last word
	narrowed   bool          // it is the command line that turned it off
	from       Origin        // who turned it on or off, or set the severity last
	options    map[string]any
	optionFrom map[string]Origin
}

func (s *state) turn(on bool, from Origin) {
	s.on, s.denied, s.from = on, !on, from
}

// inPreview is the origin of a rule that the preset names and does not turn on, since it is in preview.
const inPreview = "in preview"

// resolve lays the preset, the files with the overrides that match, and the command line over each other.
func (c *Config) resolve(hits []byte) *Resolved {
	r := &Resolved{minNix: c.MinimumNix, rules: make(map[string]*state, len(c.cat.rules))}
	base := c.PresetOrigin()
	for _, rule := range c.cat.rules {
		s := &state{severity: rule.Severity, on: c.inPreset(rule), from: base}
		switch {
		case rule.Mandatory:
			s.from = Origin{What: "always on"}
		case rule.Own:
			s.from = c.defined(rule.ID)
		case rule.Preview && !s.on && c.presetNames(rule):
			s.from.What = inPreview
		case !s.on && c.presetNames(rule):
			s.from.What = "edition `" + rule.Edition + "` of the presets"
		}
		if len(rule.Options) > 0 {
			s.options, s.optionFrom = make(map[string]any, len(rule.Options)), map[string]Origin{}
			for _, o := range rule.Options {
				s.options[o.Name] = o.Default
			}
		}
		r.rules[rule.ID] = s
	}
	for _, l := range c.layers {
		c.apply(r, &l.block)
		for i := range l.overrides {
			if hits[i] != 0 {
				c.apply(r, &l.overrides[i].block)
			}
		}
		hits = hits[len(l.overrides):]
	}
	if c.flags != nil {
		c.flags.apply(c, r)
		r.chosen = c.flags.narrows()
	}
	return r
}

// PresetOrigin returns the origin of the rules that are on or off since the preset says so.
func (c *Config) PresetOrigin() Origin {
	o := c.Origin(presetKey)
	switch o.What {
	case "default":
		o.What = "default preset `" + c.Preset + "`"
	case presetKey, "--preset":
		o.What += " `" + c.Preset + "`"
	default:
		o.What = "not selected"
	}
	return o
}

// defined returns where a rule of a configuration file stands.
func (c *Config) defined(id string) Origin {
	for _, d := range c.definitions {
		if d.ID.Value == id {
			return Origin{d.File, d.Line, "[[" + d.key + "]]"}
		}
	}
	return Origin{What: "[[" + ruleKey + "]]"}
}

// presetNames reports whether the preset lists a rule, be it in preview or of a later edition.
func (c *Config) presetNames(r *Rule) bool {
	if r.Mandatory || c.Preset == "all" {
		return true
	}
	for _, p := range r.Presets {
		if p == c.Preset {
			return c.Preset != "none"
		}
	}
	return false
}

// inPreset reports whether the preset, in its edition, turns a rule on.
func (c *Config) inPreset(r *Rule) bool {
	if r.Mandatory || r.Blocks && c.selectedOnly() {
		return true
	}
	if r.Own {
		return !r.Idle
	}
	return c.presetNames(r) && c.takes(r)
}

// takes reports whether names that stand for several rules, presets above all, stand for a rule, too.
func (c *Config) takes(r *Rule) bool {
	return (c.Preview || !r.Preview) && r.Edition <= c.Edition && !r.Idle
}

// selectedOnly reports whether lists alone say which rules run.
func (c *Config) selectedOnly() bool { return c.origins["preset"].What == selectKey }

func (c *Config) apply(r *Resolved, b *block) {
	for _, ch := range b.choices {
		if ch.rule.Mandatory || ch.on && !c.counts(ch) {
			continue
		}
		r.rules[ch.rule.ID].turn(ch.on, ch.from)
	}
	for _, s := range b.settings {
		st := r.rules[s.rule.ID]
		if s.hasSeverity {
			st.turn(s.severity != diag.Off, s.from)
			if st.on {
				st.severity, st.configured = s.severity, true
			}
		}
		maps.Copy(st.options, s.options)
		maps.Copy(st.optionFrom, s.optionsFrom)
	}
}

// counts reports whether a choice means its rule, which may be in preview or of a later edition.
func (c *Config) counts(ch choice) bool { return ch.reach == reachOne || c.takes(ch.rule) }

// Severity returns the severity of the rule with the id, Off where it does not run. Configured tells
// that it is the user's word, not the rule's own severity.
func (r *Resolved) Severity(rule string) (value diag.Severity, configured bool) {
	s := r.rules[rule]
	if s == nil || !s.on {
		return diag.Off, false
	}
	return s.severity, s.configured
}

// Off reports whether the rule with the id is off whatever the command line says.
func (r *Resolved) Off(rule string) bool {
	s := r.rules[rule]
	return s == nil || !s.on && !s.narrowed
}

// Origin returns who turned the rule with the id on or off, or set its severity.
func (r *Resolved) Origin(rule string) Origin { return r.rules[rule].from }

// InPreview reports whether nothing but its being in preview keeps a rule of the preset from running.
func (r *Resolved) InPreview(rule string) bool {
	s := r.rules[rule]
	return s != nil && !s.on && !r.chosen && s.from.What == inPreview
}

// Options returns the options of the rule with the id, defaults included: string, int64, bool or
// []string by name; nil for a rule without any. The map must not be changed.
func (r *Resolved) Options(rule string) map[string]any {
	if s := r.rules[rule]; s != nil {
		return s.options
	}
	return nil
}

// OptionOrigin returns who set an option of the rule with the id; false for its default.
func (r *Resolved) OptionOrigin(rule, option string) (Origin, bool) {
	o, ok := r.rules[rule].optionFrom[option]
	return o, ok
}

// MinNix returns the oldest Nix that the code has to work with.
func (r *Resolved) MinNix() Version { return r.minNix }
