package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/nixsift/nixsift/internal/near"
)

// reach says how narrow a selector is. In one place, the narrower one wins.
type reach uint8

const (
	reachNone reach = iota
	reachAll        // every rule
	reachMany       // a family, a pattern, a name of another tool that several rules stand for
	reachOne        // one rule by its name
)

// selector is what one name in a list of rules stands for.
type selector struct {
	text  string
	rules []*Rule
	reach reach
}

// selector reads a name in a list of rules, or says what is wrong with it. Names are ids, aliases, families as `flake`
// or `flake/*`, patterns over ids (`missing-*`) or over families and ids (`flake/missing-*`), and ALL.
func (c *Catalogue) selector(text string) (s selector, problem string) {
	s.text = text
	isGlob := strings.ContainsAny(text, "*?[{")
	switch family, id, slash := strings.Cut(text, "/"); {
	case text == "":
		return s, "an empty name selects nothing"
	case text == "*" || strings.EqualFold(text, "all"):
		s.rules, s.reach = c.rules, reachAll
	case isGlob && !doublestar.ValidatePattern(text):
		return s, fmt.Sprintf("bad pattern `%s`: a bracket or brace is not closed", text)
	case isGlob:
		s.reach = reachMany
		for _, r := range c.rules {
			name := r.ID
			if slash {
				name = r.Family + "/" + r.ID
			}
			if doublestar.MatchUnvalidated(text, name) {
				s.rules = append(s.rules, r)
			}
		}
	case slices.Contains(c.families, strings.TrimSuffix(text, "/")):
		s.reach, s.rules = reachMany, c.ofFamily(family)
	case slash && c.byID[id] != nil && c.byID[id].Family == family:
		s.reach, s.rules = reachOne, []*Rule{c.byID[id]}
	default:
		s.rules, s.reach = c.find(text), reachOne
		if len(s.rules) > 1 {
			s.reach = reachMany
		}
	}
	if len(s.rules) == 0 {
		return s, c.unknownSelector(text, isGlob)
	}
	return s, ""
}

func (c *Catalogue) ofFamily(name string) []*Rule {
	var found []*Rule
	for _, r := range c.rules {
		if r.Family == name {
			found = append(found, r)
		}
	}
	return found
}

// unknownSelector says that a name selects nothing, and what was probably meant.
func (c *Catalogue) unknownSelector(text string, isGlob bool) string {
	family, id, slash := strings.Cut(text, "/")
	meant := ""
	switch {
	case slash && c.byID[id] != nil:
		meant = c.byID[id].Family + "/" + id
	case slash && !slices.Contains(c.families, family):
		if f := near.Find(family, c.families); f != "" {
			meant = f + "/" + id
		}
	case slash && !isGlob:
		if r := c.Nearest(id); r != "" {
			meant = c.byID[r].Family + "/" + r
		}
	case !isGlob:
		meant = near.Find(text, append(slices.Clone(c.ids), c.families...))
	}
	if meant != "" {
		if _, problem := c.selector(meant); problem != "" {
			meant = ""
		}
	}
	what := "unknown rule or family"
	if isGlob {
		what = "no rule matches"
	}
	if meant != "" {
		return fmt.Sprintf("%s `%s`; did you mean `%s`?", what, text, meant)
	}
	return fmt.Sprintf("%s `%s`; `nixsift rules` lists them", what, text)
}

// Select returns the ids of the rules that a name in a suppression stands for: as Find does, or those of a family or
// of a pattern, of which wide tells. Those that cannot be silenced are no part of a family; where everything is
// meant, nothing is returned.
func (c *Catalogue) Select(name string) (ids []string, wide bool) {
	if ids := c.Find(name); len(ids) > 0 {
		return ids, false
	}
	s, problem := c.selector(name)
	if problem != "" {
		return nil, false
	}
	if s.reach == reachAll {
		return nil, true
	}
	for _, r := range s.rules {
		if !r.Mandatory || s.reach == reachOne {
			ids = append(ids, r.ID)
		}
	}
	return ids, s.reach != reachOne
}

// SplitNames splits names that one value of a flag gives at the commas that do not stand in braces or brackets. An empty part is
// kept, so that it can be refused.
func SplitNames(value string) []string {
	var parts []string
	depth, start := 0, 0
	for i := range len(value) {
		switch value[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',':
			if depth <= 0 {
				parts = append(parts, strings.TrimSpace(value[start:i]))
				start = i + 1
			}
		}
	}
	return append(parts, strings.TrimSpace(value[start:]))
}
