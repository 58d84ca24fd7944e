package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/near"
)

// Rule is what configuration needs to know of a rule.
type Rule struct {
	ID       string
	Family   string
	Summary  string   // one sentence, without a period
	Aliases  []string // other ids, and names in other tools as "tool:name"
	Formerly []string // earlier ids

	Severity  diag.Severity // where the rule is on and nothing else is said
	Presets   []string      // the presets that turn it on, beside "all"
	Edition   string        // that with which it comes into its presets; "" is the first one
	Preview   bool          // only its name or the setting preview turns it on
	Mandatory bool          // the severity cannot be changed and comments cannot silence it
	Blocks    bool          // it tells what keeps a file from being analysed; a run of other rules alone has it none the less
	Options   []Option
	Own       bool // a configuration file defines it, so that it is on whatever the preset
	Idle      bool // of Own: only its name turns it on
}

// Option is a setting of a rule beside its severity. The type of Default is the option's type: string,
// int64, bool or []string.
type Option struct {
	Name    string
	Default any
	Doc     string // one sentence
}

// Catalogue is the set of rules and presets that exist. It is immutable and safe for concurrent use.
type Catalogue struct {
	rules    []*Rule
	presets  []string
	editions []string // the first one first
	families []string // sorted
	byID     map[string]*Rule
	byFormer map[string]*Rule   // by earlier ids
	byAlias  map[string][]*Rule // lower case; both "tool:name" and "name"
	ids      []string           // of the rules
	maker    Maker              // of rules that files define; nil where they cannot
}

// FirstEdition is the edition of presets that holds where a configuration names none, so that a newer program finds no
// more by itself.
const FirstEdition = "2026"

// NewCatalogue builds the catalogue of the rules, whose ids must be distinct. The first preset is the
// default one. It panics on an option whose default has none of the types of options, and on a name that means two
// things: these are mistakes in the program.
func NewCatalogue(presets []string, rules []Rule) *Catalogue {
	c := &Catalogue{
		presets: presets, editions: []string{FirstEdition}, byID: make(map[string]*Rule, len(rules)),
		byFormer: map[string]*Rule{}, byAlias: map[string][]*Rule{},
	}
	for _, r := range rules {
		c.rules = append(c.rules, &r)
		c.byID[r.ID] = &r
		c.ids = append(c.ids, r.ID)
		c.families = append(c.families, r.Family)
		if r.Edition != "" {
			c.editions = append(c.editions, r.Edition)
		}
		for _, o := range r.Options {
			switch o.Default.(type) {
			case string, int64, bool, []string:
			default:
				panic(fmt.Sprintf("option %s of rule %s has a default of type %T", o.Name, r.ID, o.Default))
			}
		}
		for _, alias := range r.Aliases {
			alias = strings.ToLower(alias)
			c.addAlias(alias, &r)
			if _, bare, ok := strings.Cut(alias, ":"); ok {
				c.addAlias(bare, &r)
			}
		}
	}
	for _, list := range []*[]string{&c.editions, &c.families} {
		slices.Sort(*list)
		*list = slices.DeleteFunc(slices.Compact(*list), func(s string) bool { return s == "" })
	}
	for _, r := range c.rules {
		if slices.Contains(c.families, r.ID) {
			panic(fmt.Sprintf("%s is a rule and a family", r.ID))
		}
		for _, old := range r.Formerly {
			if c.byID[old] != nil || c.byFormer[old] != nil || slices.Contains(c.families, old) {
				panic(fmt.Sprintf("%s is no earlier id of %s only", old, r.ID))
			}
			c.byFormer[old] = r
		}
	}
	return c
}

// Editions returns the editions of presets, the first one first.
func (c *Catalogue) Editions() []string { return slices.Clone(c.editions) }

// Renamed returns the id of the rule that had another one earlier, or "".
func (c *Catalogue) Renamed(old string) string {
	if r := c.byFormer[old]; r != nil {
		return r.ID
	}
	return ""
}

func (c *Catalogue) addAlias(alias string, r *Rule) {
	if !slices.Contains(c.byAlias[alias], r) {
		c.byAlias[alias] = append(c.byAlias[alias], r)
	}
}

// Find returns the ids of the rules that a name means: the rule that has or had that id, else every rule that has
// it as an alias, with or without the tool's name before it. Aliases are compared without case.
func (c *Catalogue) Find(name string) []string {
	var ids []string
	for _, r := range c.find(name) {
		ids = append(ids, r.ID)
	}
	return ids
}

func (c *Catalogue) find(name string) []*Rule {
	if r := c.byID[name]; r != nil {
		return []*Rule{r}
	}
	if r := c.byFormer[name]; r != nil {
		return []*Rule{r}
	}
	return c.byAlias[strings.ToLower(name)]
}

// OfTool returns the ids of the rules that stand for one of a tool's, sorted as the rules are.
func (c *Catalogue) OfTool(tool string) []string {
	var ids []string
	for _, r := range c.rules {
		if slices.ContainsFunc(r.Aliases, func(alias string) bool { return strings.HasPrefix(strings.ToLower(alias), tool+":") }) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// Mandatory reports whether the rule with the id can neither be lowered nor silenced.
func (c *Catalogue) Mandatory(id string) bool {
	r := c.byID[id]
	return r != nil && r.Mandatory
}

// Nearest returns the rule id that looks most like the name, or "" if none looks like it.
func (c *Catalogue) Nearest(name string) string { return near.Find(name, c.ids) }

// NearestAlias returns the name of a rule in another tool that looks most like the name, or "" if none looks like
// it.
func (c *Catalogue) NearestAlias(tool, name string) string {
	var names []string
	for alias := range c.byAlias {
		if bare, ok := strings.CutPrefix(alias, tool+":"); ok {
			names = append(names, bare)
		}
	}
	slices.Sort(names)
	return near.Find(name, names)
}

// Suggestion returns how a message about an unknown rule goes on: "; did you mean `x`?", or "" where no
// rule looks like it.
func (c *Catalogue) Suggestion(name string) string {
	if id := c.Nearest(name); id != "" {
		return "; did you mean `" + id + "`?"
	}
	return ""
}

func (r *Rule) option(name string) (Option, bool) {
	for _, o := range r.Options {
		if o.Name == name {
			return o, true
		}
	}
	return Option{}, false
}
