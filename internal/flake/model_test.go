package flake

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/parser"
)

// gh is a lock node of github:owner/repo with a revision.
func gh(owner, repo, ref, inputs string) string {
	original := `"owner": "` + owner + `", "repo": "` + repo + `", "type": "github"`
	locked := original + `, "rev": "` + strings.Repeat("a", 40) + `", "narHash": "sha256-x"`
	if ref != "" {
		original += `, "ref": "` + ref + `"`
	}
	return `{ "inputs": {` + inputs + `}, "locked": {` + locked + `}, "original": {` + original + `} }`
}

func newFlake(t *testing.T, nix string, nodes ...string) *Flake {
	t.Helper()
	lock := `{ "nodes": { ` + strings.Join(nodes, ", ") + ` }, "root": "root", "version": 7 }`
	f := New(".", parser.Parse(nix), &lock)
	require.Nil(t, f.LockError, lock)
	return f
}

func garage(t *testing.T) *Flake {
	return newFlake(t, `{
	inputs = {
		nixpkgs.url = "https://channels.nixos.org/nixos-24.05/nixexprs.tar.xz";
		stable.follows = "nixpkgs";
		car = { url = "github:ada/car"; inputs.wheel.follows = "wheel"; inputs.radio.follows = ""; };
		wheel.url = "github:ada/wheel/v2";
		gone.url = "github:ada/gone";
	};
	outputs = { self, nixpkgs, flake-utils, ... }: { };
}`,
		`"nixpkgs": { "locked": {"type": "tarball", "url": "https://releases.nixos.org/nixos/24.05/nixos-24.05.1.a/nixexprs.tar.xz", "narHash": "x"}, "original": {"type": "tarball", "url": "https://channels.nixos.org/nixos-24.05/nixexprs.tar.xz"} }`,
		`"nixpkgs_2": `+gh("nixos", "nixpkgs", "nixos-unstable", ""),
		`"nixpkgs_3": { "locked": {"type": "path", "path": "/nix/store/x-source"}, "original": {"type": "indirect", "id": "nixpkgs"} }`,
		`"flake-utils": { "locked": {"type": "github", "owner": "numtide", "repo": "flake-utils"}, "original": {"type": "indirect", "id": "flake-utils"} }`,
		`"car": `+gh("ada", "car", "", `"nixpkgs": "nixpkgs_2", "wheel": ["wheel"], "radio": [], "deep": "deep", "own": ["car", "deep", "nixpkgs"]`),
		`"deep": `+gh("ada", "deep", "", `"nixpkgs": "nixpkgs_3", "utils": "flake-utils_2"`),
		`"flake-utils_2": `+gh("numtide", "flake-utils", "", ""),
		`"wheel": `+gh("ada", "wheel", "v1", ""),
		`"orphan": `+gh("ada", "orphan", "", ""),
		`"root": { "inputs": { "nixpkgs": "nixpkgs", "stable": ["nixpkgs"], "car": "car", "wheel": "wheel", "flake-utils": "flake-utils" } }`)
}

func TestResolve(t *testing.T) {
	f := garage(t)
	for path, want := range map[string]string{
		"": "root", "nixpkgs": "nixpkgs", "stable": "nixpkgs", "car/nixpkgs": "nixpkgs_2", "car/wheel": "wheel", "car/radio": "root",
		"car/radio/stable": "nixpkgs", "car/own": "nixpkgs_3", "car/deep/utils": "flake-utils_2", "car/zz": "", "zz": "", "car/deep/nixpkgs/x": "",
	} {
		got, ok := f.Resolve(nonEmpty(strings.Split(path, "/")))
		assert.Equal(t, want != "", ok, path)
		assert.Equal(t, want, got, path)
	}
	assert.Equal(t, []string{"root", "nixpkgs", "car", "wheel", "flake-utils", "nixpkgs_2", "deep", "nixpkgs_3", "flake-utils_2"}, f.Reachable())
	for node, want := range map[string][]string{"deep": {"car", "deep"}, "nixpkgs_3": {"car", "deep", "nixpkgs"}, "root": {}} {
		path, ok := f.PathTo(node)
		assert.True(t, ok)
		assert.Equal(t, want, path)
	}
	_, ok := f.PathTo("orphan")
	assert.False(t, ok)
	assert.Equal(t, []string{"nixpkgs", "stable"}, f.RootInputs("nixpkgs"))
	assert.Len(t, f.Children("car"), 5)
	target, ok := f.Target("car", "own")
	assert.True(t, ok)
	assert.Equal(t, "nixpkgs_3", target)
}

func TestCircles(t *testing.T) {
	f := newFlake(t, `{ outputs = _: { }; }`,
		`"a": `+gh("o", "a", "", `"b": "b", "x": ["a", "x"], "y": ["a", "y", "y"], "z": ["a", "b", "z"]`),
		`"b": `+gh("o", "b", "", `"a": "a", "z": ["a", "z"]`),
		`"root": { "inputs": { "a": "a", "c": ["d"], "d": ["c"], "e": ["e", "e", "e"] } }`)
	for _, path := range []string{"a/x", "a/y", "a/z", "c", "d", "e", "a/b/z"} {
		_, ok := f.Resolve(strings.Split(path, "/"))
		assert.False(t, ok, path)
	}
	got, ok := f.Resolve([]string{"a", "b", "a", "b"})
	assert.True(t, ok)
	assert.Equal(t, "b", got)
	path, ok := f.PathTo("b")
	assert.True(t, ok)
	assert.Equal(t, []string{"a", "b"}, path)
	use(f)
}

func TestSources(t *testing.T) {
	f := garage(t)
	assert.True(t, f.SameSource("nixpkgs", "nixpkgs_2"))
	assert.True(t, f.SameSource("nixpkgs_2", "nixpkgs_3"))
	assert.False(t, f.SameSource("car", "deep"))
	assert.False(t, f.SameSource("car", "zz"))
	names := func(cs []Candidate) (out []string) {
		for _, c := range cs {
			out = append(out, c.Input.Name+"="+c.Node)
		}
		return out
	}
	assert.Equal(t, []string{"nixpkgs=nixpkgs", "stable=nixpkgs"}, names(f.Candidates("nixpkgs_2", 9)))
	assert.Equal(t, []string{"flake-utils=flake-utils"}, names(f.Candidates("flake-utils_2", 9)))
	assert.Empty(t, f.Candidates("nixpkgs", 9))
	assert.Empty(t, f.Candidates("deep", 9))
	assert.Equal(t, "24.05", f.Lock.Node("nixpkgs").Release())
	assert.Equal(t, "unstable", f.Lock.Node("nixpkgs_2").Release())
	assert.Equal(t, "nixos-unstable", f.Lock.Node("nixpkgs_2").Channel())
	assert.Equal(t, "unstable", f.Lock.Node("nixpkgs_3").Release())
	assert.Empty(t, f.Lock.Node("root").Release())
}

func TestStale(t *testing.T) {
	f := garage(t)
	stale := map[string]bool{}
	missing := []string{}
	for _, root := range f.Nix.AllInputs() {
		for in := range root.All() {
			stale[strings.Join(in.Path, "/")] = f.Stale(in)
		}
		if f.Missing(root) {
			missing = append(missing, root.Name)
		}
	}
	assert.Equal(t, map[string]bool{"nixpkgs": false, "stable": false, "car": false, "car/wheel": false, "car/radio": false,
		"wheel": true, "gone": false, "flake-utils": false}, stale)
	assert.Equal(t, []string{"gone"}, missing)
	_, ok := f.InputsOf(f.Nix.Input("wheel"))
	assert.False(t, ok)
	inputs, ok := f.InputsOf(f.Nix.Input("car"))
	assert.True(t, ok)
	assert.Len(t, inputs, 5)
	node, ok := f.NodeOf(f.Nix.Input("stable"))
	assert.True(t, ok)
	assert.Equal(t, "nixpkgs", node.Name)

	for _, c := range []struct {
		nix, entry, node string
		want             bool
	}{
		{`a.url = "github:o/a";`, `"a": "a"`, gh("O", "A", "", ""), true},
		{`a.url = "github:o/a";`, `"a": "a"`, gh("o", "a", "main", ""), true},
		{`a.url = "github:o/a/main";`, `"a": "a"`, gh("o", "a", "main", ""), false},
		{`a.url = "github:o/a";`, `"a": ["b"]`, gh("o", "a", "", ""), true},
		{`a.follows = "b";`, `"a": "a"`, gh("o", "a", "", ""), true},
		{`a.follows = "b";`, `"a": ["b"]`, gh("o", "a", "", ""), false},
		{`a.follows = "b/c";`, `"a": ["b"]`, gh("o", "a", "", ""), true},
		{`a.follows = "";`, `"a": []`, gh("o", "a", "", ""), false},
		{`a.url = x;`, `"a": "a"`, gh("o", "a", "", ""), false},
		{`a.url = "ssh://h/x";`, `"a": "a"`, gh("o", "a", "", ""), false},
		{`a.url = "github:o/a";`, `"a": "a"`, `{ }`, false},
		{`a.url = "github:o/a";`, `"b": "a"`, gh("o", "b", "", ""), false},
		{`a = { };`, `"a": "a"`, gh("o", "b", "", ""), true},
		{`a.url = ./sub;`, `"a": "a"`, `{ "original": { "type": "path", "path": "sub" }, "locked": { } }`, false},
		{`a.url = "path:./sub";`, `"a": "a"`, `{ "original": { "type": "path", "path": "/nix/store/x" }, "locked": { } }`, false},
		{`a.url = "path:./sub";`, `"a": "a"`, `{ "original": { "type": "path", "path": "./other" }, "locked": { } }`, true},
		{`a = { url = "https://h/x"; flake = false; };`, `"a": "a"`, `{ "original": { "type": "file", "url": "https://h/x" }, "locked": { } }`, false},
		{`a.inputs.b.follows = "c"; a.url = "github:o/a";`, `"a": "a"`, gh("o", "a", "", `"b": ["c"]`), false},
	} {
		f := newFlake(t, `{ inputs = { `+c.nix+` }; outputs = _: { }; }`, `"a": `+c.node, `"root": { "inputs": { `+c.entry+` } }`)
		assert.Equal(t, c.want, f.Stale(f.Nix.Input("a")), "%s %s", c.nix, c.node)
	}

	f = newFlake(t, `{ inputs.a = { url = "github:o/a"; inputs.b.follows = "c"; inputs.d.follows = "c"; inputs.e.url = "github:o/e"; }; outputs = _: { }; }`,
		`"a": `+gh("o", "a", "", `"b": "b", "e": "e"`), `"b": `+gh("o", "b", "", ""), `"e": `+gh("o", "e", "", ""), `"root": { "inputs": { "a": "a" } }`)
	a := f.Nix.Input("a")
	assert.True(t, f.Stale(a.Override("b")), "the lock has its own b")
	assert.False(t, f.Stale(a.Override("d")), "the lock knows no d")
	assert.False(t, f.Stale(a.Override("e")))
}

func TestNoLock(t *testing.T) {
	f := New(".", parser.Parse(`{ inputs.a.url = "github:o/a"; outputs = _: { }; }`), nil)
	assert.Nil(t, f.Lock)
	assert.Nil(t, f.LockError)
	use(f)
	assert.False(t, f.Missing(f.Nix.Input("a")))
	broken := "{"
	f = New(".", parser.Parse(`{ }`), &broken)
	assert.NotNil(t, f.LockError)
	use(f)
}
