package correctness

import (
	"fmt"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// mergesDeep is the version from which Nix merges two literal sets of one name to any depth; before, it
// merged one level (parser-state.hh, addAttr).
var mergesDeep = config.Version{Major: 2, Minor: 24}

var _ = rules.Register(&rules.Rule{
	ID: "duplicate-attr", Family: family, Since: "0.1.0",
	Summary: "An attribute is defined twice",
	Doc: "Nix refuses a set or `let` that defines an attribute twice, however the two are written: `a = 1;` and `\"a\" = 2;`,\n" +
		"`inherit a;` and `a = 1;`, `a = x;` and `a.b = 1;`. Two set literals for one name are no duplicates: they merge.\n" +
		"\n" +
		"Before version 2.24 Nix merged set literals one level deep only. Where `minimum-nix-version` is older, deeper ones\n" +
		"are reported too.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Aliases: []string{"nixf:sema-duplicated-attrname", "nil:duplicated_key"},
	File: func(p *rules.Pass) {
		var before diag.Finding // shares its message with others of the same attribute
		var first ast.Node
		var path string
		for c := range p.Names().Conflicts() {
			if c.Formal || c.OldOnly && !p.MinNix.Before(mergesDeep) {
				continue
			}
			if p.Tree.Root().HasError() && parted(c) {
				continue
			}
			if c.First != first || c.Path != path {
				first, path = c.First, c.Path
				before.Message = fmt.Sprintf("attribute %s is already defined", diag.Code(c.Path))
				before.Related = []diag.Related{{Span: c.First.Span(), Message: "first defined here"}}
			}
			f := before
			f.Span = c.Second.Span()
			if c.OldOnly {
				f.Help = fmt.Sprintf("Nix %s merges the two; `minimum-nix-version` is %s", mergesDeep, p.MinNix)
			}
			p.Report(f)
		}
	},
})

// maxParted bounds the look between two definitions.
const maxParted = 1000

// parted reports whether something that could not be read stands between two definitions: they may have been
// meant for two sets.
func parted(c sema.Conflict) bool {
	n := c.First
	for n.Parent().IsValid() && n.Parent().SubtreeEnd() <= c.Second.ID() {
		n = n.Parent()
	}
	for range maxParted {
		n = n.NextSibling()
		if !n.IsValid() || n.ID() > c.Second.ID() {
			return false
		}
		if n.Is(ast.Error) {
			return true
		}
	}
	return true
}
