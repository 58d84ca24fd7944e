package ruletest

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fixture"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// evaluated has Nix evaluate each attribute of the files that a fixture names for it: those in which something is found
// fail, all others have a value. The nixpkgs lib that such a file may take is that of the reference data.
func evaluated(t *testing.T, nix string, f *fixture.Fixture, root string, res *engine.Result) {
	lib := testenv.Shared(t, "corpus", "nixpkgs-lib", "lib")
	for _, name := range f.Evaluated {
		path := filepath.Join(root, filepath.FromSlash(name))
		text, ok := textOf(f, name)
		require.True(t, ok, "the section evaluated names %s, which is no file of the fixture", name)
		set := parser.Parse(text).Expr()
		for !set.Is(ast.AttrSet) {
			require.True(t, set.Is(ast.Lambda) || set.Is(ast.Let) || set.Is(ast.Paren), "%s is no set", name)
			set = set.Child(set.NumChildren() - 1)
		}
		value := func(attr string) string {
			return "let file = import " + path + "; in (if builtins.isFunction file then file { lib = import " + lib + "; } else file)." + attr
		}
		var sound []string
		for child := range set.Children() {
			b, ok := ast.AsBinding(child)
			require.True(t, ok && b.Attrpath().FirstChild().Is(ast.Name), "%s: %q is not the value of one attribute", name, child.Text())
			attr := b.Attrpath().Text()
			i := slices.IndexFunc(res.Findings, func(d diag.Finding) bool {
				return d.File == path && b.Start() <= d.Span.Start && d.Span.End <= b.End()
			})
			if i < 0 {
				sound = append(sound, value(attr))
				continue
			}
			if has, err := Eval(nix, value(attr)); err == nil {
				t.Errorf("%s: `%s` has the value %s, and the rule says: %s", name, attr, has, res.Findings[i].Message)
			}
		}
		if len(sound) == 0 {
			continue
		}
		if _, err := Eval(nix, asList(sound)); err != nil {
			t.Errorf("%s: what nothing is found in has no value: %v", name, err)
		}
	}
}

func textOf(f *fixture.Fixture, name string) (string, bool) {
	for _, file := range f.Files {
		if file.Name == name {
			return file.Text, true
		}
	}
	return "", false
}
