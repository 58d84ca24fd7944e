package main

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/custom"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/rules"
)

// knownRules returns the rules of the program and those that the configuration of the folder defines that the command is run in, sorted
// by id, and what they are called. What is wrong with the configuration is told.
func knownRules(s streams) ([]*rules.Rule, *config.Catalogue, error) {
	wd, err := workingDir()
	if err != nil {
		return nil, nil, err
	}
	e, err := engine.New(engine.Options{Dir: wd})
	if err != nil {
		return nil, nil, err
	}
	c := e.Start()
	conf := c.Config(filepath.Join(wd, "default.nix"))
	tellErrors(s, wd, configErrors(c))
	all := rules.All()
	for _, r := range custom.Of(conf) {
		own := *r.Rule
		own.Defined = shownDefinition(wd, own.Defined)
		all = append(all, &own)
	}
	slices.SortFunc(all, func(a, b *rules.Rule) int { return strings.Compare(a.ID, b.ID) })
	return all, conf.Catalogue(), nil
}

// shownDefinition returns the place of a definition, file:line, with the file as messages show it.
func shownDefinition(wd, at string) string {
	i := strings.LastIndexByte(at, ':')
	if !filepath.IsAbs(at[:i]) {
		return at
	}
	return shown(wd, at[:i]) + at[i:]
}

// configErrors returns what is wrong with the configuration files that were read.
func configErrors(c *engine.Checker) (errs []engine.FileError) {
	for _, p := range c.Problems() {
		errs = append(errs, engine.FileError{File: p.File, Message: p.Message, Kind: engine.BadConfig, Line: p.Pos.Line, Column: p.Pos.Column})
	}
	return errs
}

// ruleOf returns the rule of an id among some, or nil.
func ruleOf(all []*rules.Rule, id string) *rules.Rule {
	if i := slices.IndexFunc(all, func(r *rules.Rule) bool { return r.ID == id }); i >= 0 {
		return all[i]
	}
	return nil
}
