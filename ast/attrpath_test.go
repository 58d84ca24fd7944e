package ast_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/parser"
)

func TestAttrpath(t *testing.T) {
	for text, want := range map[string]struct {
		names       []string
		first, last string
		single      bool
		dotted      string
	}{
		`{ a = 1; }`:                  {[]string{"a"}, "a", "a", true, "a"},
		`{ a."b.c".d = 1; }`:          {[]string{"a", "b.c", "d"}, "a", "d", false, `a."b.c".d`},
		`{ ${"a"}.b = 1; }`:           {[]string{"a", "b"}, "a", "b", false, "a.b"},
		`{ a.${x} = 1; }`:             {[]string{"a", ""}, "a", "", false, ""},
		`{ "${x}" = 1; }`:             {[]string{""}, "", "", true, ""},
		`{ ${x}.b."" = 1; }`:          {[]string{"", "b", ""}, "", "", false, ""},
		`{ "or" = 1; }`:               {[]string{"or"}, "or", "or", true, "or"},
		`{ a /* x */ . /* y */ b=1;}`: {[]string{"a", "b"}, "a", "b", false, "a.b"},
	} {
		path := ast.BindingNode{Node: parser.Parse(text).Expr().FirstChild()}.Attrpath()
		require.Equal(t, want.names, path.Names(), text)
		require.Equal(t, want.first, path.FirstName(), text)
		require.Equal(t, want.last, path.LastName(), text)
		require.Equal(t, want.dotted, path.Dotted(), text)
		require.Len(t, path.Parts(), len(want.names), text)
		_, single := path.Single()
		require.Equal(t, want.single, single, text)
		require.Equal(t, want.single && want.dotted != "", path.IsSingle(want.last), text)
		require.True(t, path.Has("x", "a", "or") == (want.first != ""), text)
	}
	none := ast.AttrpathNode{}
	require.False(t, none.Last().IsValid())
	require.Empty(t, none.LastName())
}

func TestLastName(t *testing.T) {
	for text, want := range map[string]struct{ name, holder string }{
		"mkIf":                 {"mkIf", ""},
		"(mkIf)":               {"mkIf", ""},
		"lib.mkIf":             {"mkIf", "lib"},
		"lib.modules.mkIf":     {"mkIf", "modules"},
		"((lib.modules)).mkIf": {"mkIf", "modules"},
		`lib."mkIf"`:           {"mkIf", "lib"},
		`(import x).lib.mkIf`:  {"mkIf", "lib"},
		`(import x).mkIf`:      {"mkIf", ""},
		"lib.${x}.mkIf":        {"mkIf", ""},
		"lib.modules.${x}":     {"", "modules"},
		"lib.mkIf or f":        {"", "lib"},
		"(a.b or c).mkIf":      {"mkIf", ""},
		"f x":                  {"", ""},
		"x: x":                 {"", ""},
		"with lib; mkIf":       {"", ""},
		`"mkIf"`:               {"", ""},
	} {
		n := parser.Parse(text).Expr()
		require.Equal(t, want.name, ast.LastName(n), text)
		if s, ok := ast.AsSelect(n); ok {
			require.Equal(t, want.holder, s.Holder(), text)
		}
	}
	require.Empty(t, ast.LastName(ast.Node{}))
}
