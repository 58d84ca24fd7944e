package engine_test

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
)

// names presents all that is known of the names of a file.
func names(x *sema.Info) (out []any) {
	id := func(n ast.Node) any {
		if !n.IsValid() {
			return nil
		}
		return []any{n.ID(), n.Tree() == x.Tree()}
	}
	for _, s := range x.Scopes() {
		out = append(out, id(s.Node), s.Parent, s.First, s.Last)
	}
	for i := range x.Bindings() {
		b := x.Binding(sema.BindingID(i))
		out = append(out, b.Kind, b.Scope, b.Name, id(b.Node), id(b.Decl), id(b.Value), b.More, x.IsUsed(sema.BindingID(i)))
		for u := range x.UsesOf(sema.BindingID(i)) {
			out = append(out, id(u.Node))
		}
	}
	for _, u := range x.Uses() {
		again, ok := x.Use(u.Node)
		out = append(out, id(u.Node), u.Target, u.Binding, u.Scope, again == u, ok)
	}
	for c := range x.Conflicts() {
		out = append(out, c.Path, id(c.First), id(c.Second), c.Formal, c.OldOnly)
	}
	for u := range x.Undefined() {
		out = append(out, id(u.Node))
	}
	return out
}

// TestParsed edits a buffer at random: what its check leaves for requests is what parsing makes of each text, and lasts.
func TestParsed(t *testing.T) {
	const text = `{ lib, config, ... }@args:
let a = 1; b = rec { c = a; d.e = c; d.f = 2; }; inherit (b) c; a = 3;
in with lib; {
  options.x.enable = mkEnableOption "x ${b.c} é"; config = lib.mkIf config.x.enable { y = args.z or ./none + none; };
}
`
	started, err := engine.New(engine.Options{Changing: true, Only: []string{"undefined-variable", "unused-let-binding"}})
	require.NoError(t, err)
	c, path := started.Start(), filepath.Join(t.TempDir(), "a.nix")
	r := rand.New(rand.NewPCG(1, 1))
	now := text
	type copied struct {
		tree  *ast.Tree
		names *sema.Info
	}
	var before copied
	found := 0
	for step := range 400 {
		if step%40 == 39 {
			now = text
		}
		at := r.IntN(len(now))
		end := min(len(now), at+r.IntN(3))
		now = strings.ToValidUTF8(now[:at]+[]string{" ", "(", ")", ";", "x", "a", "\"", "${", "let q = 1; in q", "= ", "", "'", "\n# c\n"}[r.IntN(13)]+now[end:], "")
		_, err := c.CheckBuffer(context.Background(), engine.Buffer{Path: path, Kind: workspace.Nix, Text: now, Record: true}, nil)
		require.NoError(t, err)
		if before.tree != nil { // which the check had no part in
			require.Equal(t, names(sema.Resolve(parser.Parse(before.tree.Source()))), names(before.names))
		}
		tree, info := engine.Parsed(path, now)
		if tree == nil { // nobody asked for the names
			before = copied{}
			continue
		}
		found++
		want := parser.Parse(now)
		require.Equal(t, want.Records(), tree.Records(), now)
		require.Equal(t, want.Tokens(), tree.Tokens(), now)
		require.Len(t, tree.Errors(), len(want.Errors()), now)
		require.Equal(t, names(sema.Resolve(want)), names(info), now)
		before = copied{tree, info}
		other, _ := engine.Parsed(path, now+" ")
		require.Nil(t, other)
	}
	assert.Greater(t, found, 300)
}
