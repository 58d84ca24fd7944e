// Package custom makes rules of what configuration files define: patterns with conditions, messages and fixes, and
// conditions that flake.lock is to meet. Such a rule is compiled once and held against its own examples; patterns are
// looked for together with all others in one walk over a file.
package custom

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/pattern"
	"github.com/nixsift/nixsift/internal/query"
	"github.com/nixsift/nixsift/rules"
)

// Rule is a rule that a configuration file defines, compiled. It is immutable.
type Rule struct {
	*rules.Rule
	def      *config.Definition
	variants []variant
	message  template
	help     template
	fixed    template
}

// variant is one of the patterns of a rule with what goes with it.
type variant struct {
	pattern *pattern.Pattern
	where   *query.Where         // nil for all matches
	fix     *pattern.Replacement // nil for none
}

// Of returns the rules that a configuration defines.
func Of(c *config.Config) []*Rule {
	var all []*Rule
	for _, d := range c.Definitions() {
		if r, ok := d.Made.(*Rule); ok {
			all = append(all, r)
		}
	}
	return all
}

// Lookup returns the rule with an id that a configuration defines, or nil.
func Lookup(c *config.Config, id string) *Rule {
	for _, d := range c.Definitions() {
		if r, ok := d.Made.(*Rule); ok && r.ID == id {
			return r
		}
	}
	return nil
}

// Definition returns the rule as it is written.
func (r *Rule) Definition() *config.Definition { return r.def }

// Make is the config.Maker of rules.
func Make(d *config.Definition, wrong func(at source.Span, message string)) (any, config.Rule) {
	c := compiler{def: d, wrong: wrong}
	r := c.rule()
	entry := config.Rule{
		ID: r.ID, Family: r.Family, Summary: r.Summary, Severity: r.Severity, Own: true, Idle: d.Severity == diag.Off,
	}
	return r, entry
}

type compiler struct {
	def    *config.Definition
	wrong  func(at source.Span, message string)
	failed bool
}

// fail reports what is wrong with a text of the definition. An error of a pattern says where in it.
func (c *compiler) fail(t config.Text, what string, err error) {
	c.failed = true
	var e *pattern.Error
	if errors.As(err, &e) {
		c.wrong(t.At(e.Offset), fmt.Sprintf("%s of `%s`: %s", what, c.def.ID.Value, e.Message))
		return
	}
	c.wrong(t.Span, fmt.Sprintf("%s of `%s`: %v", what, c.def.ID.Value, err))
}

// rule compiles the definition. What it returns after a failure has metadata only.
func (c *compiler) rule() *Rule {
	d := c.def
	severity := d.Severity
	if severity == diag.Off {
		severity = diag.Warning
	}
	r := &Rule{def: d, Rule: &rules.Rule{
		ID: d.ID.Value, Family: config.OwnFamily, Severity: severity, Own: true, Page: strings.TrimSpace(d.URL.Value),
		Defined: fmt.Sprintf("%s:%d", d.File, d.Line),
	}}
	r.Summary = summary(d.Message.Value)
	r.Doc = document(d)
	if d.Require.Given() {
		c.policy(r)
		return r
	}
	if d.Fix.Given() {
		r.Fix = rules.FixSometimes
	}
	for _, text := range d.Patterns {
		c.variant(r, text)
	}
	if c.failed {
		return r
	}
	r.message = c.template("the message", d.Message, r)
	r.help = c.template("the help", d.Help, r)
	r.fixed = c.template("`fix`", d.Fix, r)
	if !c.failed {
		c.examples(r)
	}
	return r
}

// summary returns a message as what a rule is about: in one line, without a period.
func summary(message string) string {
	return strings.TrimRight(strings.Join(strings.Fields(strings.ReplaceAll(message, "$$", "$")), " "), ".")
}

// variant compiles one pattern.
func (c *compiler) variant(r *Rule, text config.Text) {
	p, err := pattern.Compile(text.Value)
	if err != nil {
		c.fail(text, "the pattern", err)
		return
	}
	v := variant{pattern: p}
	if c.def.Where.Given() && !c.failed {
		if v.where, err = query.ReadWhere(c.def.Where.Value, p); err != nil {
			c.fail(c.def.Where, "`where`", c.about(err, p))
		}
	}
	if c.def.Fix.Given() && !c.failed { // what is wrong with each pattern alike is told once
		if v.fix, err = p.Replacement(c.def.Fix.Value); err != nil {
			c.fail(c.def.Fix, "`fix`", c.about(err, p))
		}
	}
	r.variants = append(r.variants, v)
}

// about adds to an error which of several patterns it is about.
func (c *compiler) about(err error, p *pattern.Pattern) error {
	var e *pattern.Error
	if len(c.def.Patterns) == 1 || !errors.As(err, &e) {
		return err
	}
	return &pattern.Error{Offset: e.Offset, Message: fmt.Sprintf("%s (with the pattern `%s`)", e.Message, shorten(p.String()))}
}

// template is a text with metavariables.
type template []piece

// piece is text, or a metavariable by its name.
type piece struct {
	text string
	name string
}

// template reads a text in which $x stands for what a metavariable has met, and $$ for a dollar sign. Each pattern of the rule must have
// the metavariables.
func (c *compiler) template(what string, t config.Text, r *Rule) template {
	var out template
	text := t.Value
	literal := func(s string) {
		if s != "" {
			out = append(out, piece{text: s})
		}
	}
	from := 0
	for at := 0; at < len(text); {
		if text[at] != '$' {
			at++
			continue
		}
		literal(text[from:at])
		dollars := 1
		for at+dollars < len(text) && text[at+dollars] == '$' {
			dollars++
		}
		end := at + dollars
		for end < len(text) && pattern.IsWord(text[end], end > at+dollars) {
			end++
		}
		name := text[at+dollars : end]
		switch {
		case name != "" && dollars != 2:
			c.has(what, t, at, name, r)
			out = append(out, piece{name: name})
		default:
			literal(strings.Repeat("$", max(dollars/2, 1)) + name)
		}
		at, from = end, end
	}
	literal(text[from:])
	return out
}

// has reports a metavariable that a pattern lacks.
func (c *compiler) has(what string, t config.Text, at int, name string, r *Rule) {
	for _, v := range r.variants {
		if slices.Contains(v.pattern.Vars(), name) {
			continue
		}
		message := fmt.Sprintf("the pattern has no metavariable $%s", name)
		if len(r.variants) > 1 {
			message = fmt.Sprintf("the pattern `%s` has no metavariable $%s", shorten(v.pattern.String()), name)
		}
		if guess := near.Find(name, v.pattern.Vars()); guess != "" {
			message += fmt.Sprintf("; did you mean $%s?", guess)
		} else {
			message += "; a dollar sign is written $$"
		}
		c.fail(t, what, &pattern.Error{Offset: at, Message: message})
		return
	}
}

// of returns the text for a match.
func (t template) of(m *pattern.Match) string {
	var b strings.Builder
	for _, p := range t {
		b.WriteString(p.text)
		if p.name != "" {
			c, _ := m.Var(p.name)
			b.WriteString(shorten(c.Text()))
		}
	}
	return b.String()
}

// longest is the number of letters of a piece of code that a message shows.
const longest = 80

// shorten brings code into one line that is not too long.
func shorten(code string) string {
	code = strings.Join(strings.Fields(code), " ")
	if letters := []rune(code); len(letters) > longest {
		return string(letters[:longest-1]) + "…"
	}
	return code
}

// document writes the documentation of a rule in Markdown.
func document(d *config.Definition) string {
	var b strings.Builder
	if help := strings.TrimSpace(d.Help.Value); help != "" {
		fmt.Fprintf(&b, "%s\n\n", help)
	} else {
		fmt.Fprintf(&b, "A configuration file defines this rule.\n\n")
	}
	if d.Require.Given() {
		fmt.Fprintf(&b, "flake.lock is to meet `%s`.\n\n", strings.TrimSpace(d.Require.Value))
	}
	language := "nix"
	if d.Require.Given() {
		language = "json"
	}
	block := func(head string, texts ...string) {
		if len(texts) > 0 {
			fmt.Fprintf(&b, "%s\n\n```%s\n%s\n```\n\n", head, language, strings.Join(texts, "\n"))
		}
	}
	var patterns, bad, good []string
	for _, p := range d.Patterns {
		patterns = append(patterns, strings.TrimSpace(p.Value))
	}
	block("It finds", patterns...)
	if d.Where.Given() {
		fmt.Fprintf(&b, "where `%s`.\n\n", strings.TrimSpace(d.Where.Value))
	}
	if d.Fix.Given() {
		block("and makes of it, where that is asked for ("+d.Safety.String()+"),", strings.TrimSpace(d.Fix.Value))
	}
	for _, x := range d.Bad {
		bad = append(bad, strings.TrimSpace(x.Code.Value))
	}
	for _, x := range d.Good {
		good = append(good, strings.TrimSpace(x.Code.Value))
	}
	block("Not so:", bad...)
	block("But so:", good...)
	return strings.TrimSpace(b.String())
}
