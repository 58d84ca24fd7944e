package flake

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const engineLock = `{
  "nodes": {
    "blank": {
      "locked": { "type": "git", "url": "https://example.org/blank", "dirtyRev": "abc-dirty", "narHash": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "submodules": true },
      "original": { "type": "git", "url": "https://example.org/blank", "submodules": true }
    },
    "engine": {
      "flake": false,
      "inputs": { "nixpkgs": "nixpkgs_2", "blank": ["blank"], "none": [] },
      "locked": { "lastModified": 1700000000, "owner": "ada", "repo": "engine", "rev": "0123456789abcdef0123456789abcdef01234567", "type": "github" },
      "original": { "owner": "ada", "repo": "engine", "type": "github" }
    },
    "nixpkgs_2": {
      "locked": { "path": "./sub", "type": "path" },
      "original": { "path": "./sub", "type": "path" },
      "parent": ["engine"]
    },
    "root": { "inputs": { "blank": "blank", "engine": "engine" } }
  },
  "root": "root",
  "version": 7
}
`

func TestReadLock(t *testing.T) {
	l, err := ReadLock(engineLock)
	require.Nil(t, err)
	assert.Empty(t, l.Problems)
	assert.Equal(t, 7, l.Version)
	assert.Equal(t, "7", l.VersionSpan.Of(engineLock))
	assert.Equal(t, `"root"`, l.RootSpan.Of(engineLock))
	require.Len(t, l.Nodes, 4)
	e := l.Node("engine")
	assert.Equal(t, `"engine"`, e.Key.Of(engineLock))
	assert.True(t, strings.HasPrefix(e.Span.Of(engineLock), `{
      "flake": false,`))
	assert.True(t, strings.HasSuffix(e.Span.Of(engineLock), `"type": "github" }
    }`))
	assert.False(t, e.Flake)
	assert.Equal(t, "false", e.FlakeSpan.Of(engineLock))
	require.Len(t, e.Inputs, 3)
	assert.Equal(t, "nixpkgs_2", e.Inputs[0].Node)
	assert.Equal(t, `"nixpkgs_2"`, e.Inputs[0].Value.Of(engineLock))
	assert.Equal(t, `"nixpkgs"`, e.Inputs[0].Key.Of(engineLock))
	assert.Equal(t, []string{"blank"}, e.Inputs[1].Follows)
	assert.Equal(t, `["blank"]`, e.Inputs[1].Value.Of(engineLock))
	assert.True(t, e.Inputs[2].IsFollows)
	assert.Empty(t, e.Inputs[2].Follows)
	assert.Equal(t, "0123456789abcdef0123456789abcdef01234567", e.Rev())
	assert.Equal(t, int64(1700000000), e.LastModified())
	owner, ok := e.Locked.Attr("owner")
	assert.True(t, ok)
	assert.Equal(t, `"ada"`, owner.Value.Of(engineLock))
	assert.Equal(t, `"owner"`, owner.Key.Of(engineLock))
	ref, ok := e.Original.Ref()
	assert.True(t, ok)
	assert.Equal(t, "github:ada/engine", ref.String())
	b := l.Node("blank")
	assert.Equal(t, "abc-dirty", b.DirtyRev())
	assert.Equal(t, "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", b.NarHash())
	assert.Equal(t, "1", b.Original.Get("submodules"))
	assert.Equal(t, []string{"engine"}, l.Node("nixpkgs_2").Parent)
	assert.True(t, l.Node("nixpkgs_2").HasParent)
	assert.Nil(t, l.RootNode().Locked)
	assert.Empty(t, l.RootNode().Rev())
	assert.Nil(t, l.Node("zz"))
}

// lockProblems are changes to engineLock with the kind and place of the one problem that they make; an
// empty place means that Nix 2.34 does not mind.
var lockProblems = []struct {
	old, new string
	kind     ProblemKind
	at       string
}{
	{`"version": 7`, `"version": 8`, ProblemVersion, "8"},
	{`"version": 7`, `"version": -1`, ProblemVersion, "-1"},
	{`"version": 7`, `"version": 6`, 0, ""},
	{`"version": 7`, `"version": 7.0`, 0, ""},
	{`"version": 7`, `"version": "7"`, ProblemShape, `"7"`},
	{`,
  "version": 7`, ``, ProblemVersion, "{"},
	{`"root": "root",`, ``, ProblemShape, "{"},
	{`"root": "root",`, `"root": 3,`, ProblemShape, "3"},
	{`"nixpkgs": "nixpkgs_2"`, `"nixpkgs": "gone"`, ProblemMissingNode, `"gone"`},
	{`"nixpkgs": "nixpkgs_2"`, `"nixpkgs": 4`, ProblemShape, "4"},
	{`["blank"]`, `[5]`, ProblemShape, "5"},
	{`["blank"]`, `["gone"]`, 0, ""},
	{`["blank"]`, `{"a": "b"}`, ProblemShape, "{"},
	{`"flake": false`, `"flake": "false"`, ProblemShape, `"false"`},
	{`"flake": false`, `"flake": null`, ProblemShape, `null`},
	{`["engine"]`, `"engine"`, ProblemShape, `"engine"`},
	{`"rev": "0123456789abcdef0123456789abcdef01234567"`, `"rev": null`, ProblemShape, `null`},
	{`{ "path": "./sub", "type": "path" },
      "original"`, `3, "original"`, ProblemShape, "3"},
	{`"locked": { "path"`, `"unlocked": { "path"`, ProblemShape, `"nixpkgs_2"`},
	{`"original": { "path"`, `"origin": { "path"`, ProblemShape, `"nixpkgs_2"`},
	{`"nodes": {`, `"nodes": { "orphan": 3,`, 0, ""},
	{`"nodes": {`, `"nodes": { "orphan": { "inputs": { "a": "gone" }, "locked": 4 },`, 0, ""},
	{`"inputs": { "nixpkgs"`, `"inputs": 3, "unused": { "nixpkgs"`, ProblemShape, "3"},
	{`"inputs": { "nixpkgs"`, `"inputs": null, "unused": { "nixpkgs"`, 0, ""},
	{`"inputs": { "nixpkgs"`, `"inputs": [], "unused": { "nixpkgs"`, 0, ""},
	{`"engine": {
`, `"engine": 1, "engine": {
`, 0, ""},
	{`"root": {`, `"root": { "locked": 3,`, 0, ""},
}

func TestLockProblems(t *testing.T) {
	for _, c := range lockProblems {
		require.Equal(t, 1, strings.Count(engineLock, c.old), c.old)
		text := strings.Replace(engineLock, c.old, c.new, 1)
		l, err := ReadLock(text)
		require.Nil(t, err, text)
		if c.at == "" {
			assert.Empty(t, l.Problems, c.new)
			continue
		}
		if assert.Len(t, l.Problems, 1, c.new) {
			p := l.Problems[0]
			assert.Equal(t, c.kind, p.Kind, c.new)
			assert.Equal(t, c.at, p.Span.Of(text), c.new)
			assert.NotEmpty(t, p.Message)
		}
	}
}

func TestLockSyntax(t *testing.T) {
	for _, c := range []struct {
		text, at  string
		blank     bool
		conflicts int
	}{
		{"", "", true, 0},
		{" \n\t", " \n\t", true, 0},
		{"\ufeff", "\ufeff", true, 0},
		{`{ "nodes": { }`, "", false, 0},
		{`{ "nodes": { }, }`, "}", false, 0},
		{`{ "nodes": [1 2] }`, "2] }", false, 0},
		{`{ "nodes": tru }`, " }", false, 0},
		{`{ 'nodes': 1 }`, "'nodes': 1 }", false, 0},
		{`{ } x`, "x", false, 0},
		{`{ } { }`, "{ }", false, 0},
		{"{ \"a\": \"\xff\" }", "\xff\" }", false, 0},
		{"{\n<<<<<<< HEAD\n  \"version\": 7\n=======\n  \"version\": 6\n>>>>>>> other\n}\n", "<<<<<<< HEAD\n  \"version\": 7\n=======\n  \"version\": 6\n>>>>>>> other\n}\n", false, 3},
		{"{\r\n<<<<<<< HEAD\r\n  \"version\": 7\r\n", "<<<<<<< HEAD\r\n  \"version\": 7\r\n", false, 1},
		{strings.Repeat("[", 100_000), "", false, 0},
	} {
		l, err := ReadLock(c.text)
		require.NotNil(t, err, c.text)
		assert.Nil(t, l)
		assert.NotEmpty(t, err.Error())
		assert.Equal(t, c.blank, err.Blank, c.text)
		assert.Len(t, err.Conflicts, c.conflicts, c.text)
		assert.LessOrEqual(t, int(err.Offset), len(c.text))
		if len(c.text) < 1000 {
			assert.Equal(t, c.at, c.text[err.Offset:], "%q: %v", c.text, err)
		}
	}
	for _, text := range []string{"\ufeff" + engineLock, "[]", "1", "null", strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000), engineLock + "\x00{", `{ "nodes": null, "root": "r", "version": 7 }`, "{ }"} {
		_, err := ReadLock(text)
		assert.Nil(t, err, text)
	}
	l, err := ReadLock("\ufeff" + engineLock)
	require.Nil(t, err)
	assert.Equal(t, `"engine"`, l.Node("engine").Key.Of(l.Text))
}

// TestLockCuts reads a lock cut and changed at every byte.
func TestLockCuts(t *testing.T) {
	nix := read(`{ inputs.engine.url = "github:ada/engine"; inputs.engine.inputs.nixpkgs.follows = "x"; outputs = { blank, ... }: { }; }`)
	for i := range engineLock {
		for _, text := range []string{engineLock[:i], engineLock[:i] + "3" + engineLock[i+1:], engineLock[:i] + "[]" + engineLock[i:], engineLock[:i] + "\"" + engineLock[i+1:]} {
			f := &Flake{Nix: nix}
			if f.Lock, f.LockError = ReadLock(text); f.Lock == nil {
				assert.NotNil(t, f.LockError)
			}
			use(f)
		}
	}
}

// use calls every question of a flake.
func use(f *Flake) {
	names := append(f.Reachable(), "gone", "")
	for _, name := range names {
		f.PathTo(name)
		f.Candidates(name, 9)
		f.RootInputs(name)
		f.Children(name)
		for _, other := range names {
			f.SameSource(name, other)
		}
	}
	for _, root := range f.Nix.AllInputs() {
		for in := range root.All() {
			f.Stale(in)
			f.Missing(in)
			f.NodeOf(in)
			f.InputsOf(in)
		}
	}
}
