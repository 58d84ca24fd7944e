package flake

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// insertCases add nixpkgs.follows = "nixpkgs" to the input a.
var insertCases = []struct{ name, src, want string }{
	{"dotted", `{
  inputs.a.url = "github:o/a";
  outputs = _: { };
}
`, `{
  inputs.a.url = "github:o/a";
  inputs.a.inputs.nixpkgs.follows = "nixpkgs";
  outputs = _: { };
}
`},
	{"dotted with a sibling far from the url", `{
  inputs.a.inputs.x.follows = "x"; # shared
  inputs.x.url = "github:o/x";

  inputs.a.url = "github:o/a";
  outputs = _: { };
}
`, `{
  inputs.a.inputs.x.follows = "x"; # shared
  inputs.a.inputs.nixpkgs.follows = "nixpkgs";
  inputs.x.url = "github:o/x";

  inputs.a.url = "github:o/a";
  outputs = _: { };
}
`},
	{"short, quoted, tabs", "{\n\tinputs = {\n\t\t\"a\".url = \"github:o/a\";\n\t\tb.url = \"github:o/b\";\n\t};\n\toutputs = _: { };\n}\n",
		"{\n\tinputs = {\n\t\t\"a\".url = \"github:o/a\";\n\t\t\"a\".inputs.nixpkgs.follows = \"nixpkgs\";\n\t\tb.url = \"github:o/b\";\n\t};\n\toutputs = _: { };\n}\n"},
	{"set", `{
  inputs = {
    a = {
      url = "github:o/a"; # the engine
      # inputs.nixpkgs.follows = "nixpkgs";
    };
  };
  outputs = _: { };
}
`, `{
  inputs = {
    a = {
      url = "github:o/a"; # the engine
      inputs.nixpkgs.follows = "nixpkgs";
      # inputs.nixpkgs.follows = "nixpkgs";
    };
  };
  outputs = _: { };
}
`},
	{"set with a sibling", `{
  inputs.a = {
    inputs.x.follows = "x";
    url = "github:o/a";
  };
  outputs = _: { };
}
`, `{
  inputs.a = {
    inputs.x.follows = "x";
    inputs.nixpkgs.follows = "nixpkgs";
    url = "github:o/a";
  };
  outputs = _: { };
}
`},
	{"a set of inputs", `{
  inputs.a = {
    url = "github:o/a";
    inputs = {
      x.follows = "x";
    };
  };
  outputs = _: { };
}
`, `{
  inputs.a = {
    url = "github:o/a";
    inputs = {
      x.follows = "x";
      nixpkgs.follows = "nixpkgs";
    };
  };
  outputs = _: { };
}
`},
	{"a dotted set of inputs on one line", `{
  inputs.a.url = "github:o/a";
  inputs.a.inputs = { x.follows = "x"; };
  outputs = _: { };
}
`, `{
  inputs.a.url = "github:o/a";
  inputs.a.inputs = { x.follows = "x"; nixpkgs.follows = "nixpkgs"; };
  outputs = _: { };
}
`},
	{"one line", `{
  inputs.a = { url = "github:o/a"; };
  outputs = _: { };
}
`, `{
  inputs.a = { url = "github:o/a"; inputs.nixpkgs.follows = "nixpkgs"; };
  outputs = _: { };
}
`},
	{"one long line", `{
  inputs = {
    a = { url = "github:organisation/a-repository-with-a-long-name/some-branch"; flake = true; };
  };
  outputs = _: { };
}
`, `{
  inputs = {
    a = {
      url = "github:organisation/a-repository-with-a-long-name/some-branch";
      flake = true;
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };
  outputs = _: { };
}
`},
	{"all on one line", `{ inputs = { a.url = "github:o/a"; b.url = "github:o/b"; }; outputs = _: { }; }`,
		`{ inputs = { a.url = "github:o/a"; a.inputs.nixpkgs.follows = "nixpkgs"; b.url = "github:o/b"; }; outputs = _: { }; }`},
	{"two bindings on a line", `{
  inputs.a.url = "github:o/a"; inputs.b.url = "github:o/b";
  outputs = _: { };
}
`, `{
  inputs.a.url = "github:o/a"; inputs.a.inputs.nixpkgs.follows = "nixpkgs"; inputs.b.url = "github:o/b";
  outputs = _: { };
}
`},
	{"empty", `{
  inputs.a = { };
  outputs = _: { };
}
`, `{
  inputs.a = { inputs.nixpkgs.follows = "nixpkgs"; };
  outputs = _: { };
}
`},
	{"empty with a comment", `{
  inputs.a = {
    # from the registry
  };
  outputs = _: { };
}
`, `{
  inputs.a = {
    # from the registry
    inputs.nixpkgs.follows = "nixpkgs";
  };
  outputs = _: { };
}
`},
	{"empty with a comment on the line", `{
  inputs.a = { /* from the registry */ };
  outputs = _: { };
}
`, `{
  inputs.a = { /* from the registry */
    inputs.nixpkgs.follows = "nixpkgs";
  };
  outputs = _: { };
}
`},
	{"closing brace behind the last binding", `{ inputs = {
    a.url = "github:o/a"; };
  outputs = _: { };
}
`, `{ inputs = {
    a.url = "github:o/a";
    a.inputs.nixpkgs.follows = "nixpkgs"; };
  outputs = _: { };
}
`},
	{"opening brace before the only binding", `{
  inputs.a = { url = "github:o/a"; # here
  };
  outputs = _: { };
}
`, `{
  inputs.a = { url = "github:o/a"; inputs.nixpkgs.follows = "nixpkgs"; # here
  };
  outputs = _: { };
}
`},
	{"leading block comment", `{
  /* one */ inputs.a.url = "github:o/a"; /* two */
  outputs = _: { };
}
`, `{
  /* one */ inputs.a.url = "github:o/a"; inputs.a.inputs.nixpkgs.follows = "nixpkgs"; /* two */
  outputs = _: { };
}
`},
	{"a path over several lines", `{
  inputs
    .a # why not
    .url = "github:o/a";
  outputs = _: { };
}
`, `{
  inputs
    .a # why not
    .url = "github:o/a";
  inputs.a.inputs.nixpkgs.follows = "nixpkgs";
  outputs = _: { };
}
`},
	{"CRLF", "{\r\n  inputs.a.url = \"github:o/a\"; # x\r\n  outputs = _: { };\r\n}\r\n",
		"{\r\n  inputs.a.url = \"github:o/a\"; # x\r\n  inputs.a.inputs.nixpkgs.follows = \"nixpkgs\";\r\n  outputs = _: { };\r\n}\r\n"},
	{"rec and parentheses", `{
  inputs = rec {
    a = (rec {
      url = "github:o/a";
    });
  };
  outputs = _: { };
}
`, `{
  inputs = rec {
    a = (rec {
      url = "github:o/a";
      inputs.nixpkgs.follows = "nixpkgs";
    });
  };
  outputs = _: { };
}
`},
	{"a comment over several lines behind", `{
  inputs.a.url = "github:o/a"; /* a
  b */
  outputs = _: { };
}
`, `{
  inputs.a.url = "github:o/a"; inputs.a.inputs.nixpkgs.follows = "nixpkgs"; /* a
  b */
  outputs = _: { };
}
`},
	{"no final newline", "{\n  inputs.a.url = \"github:o/a\";\n  outputs = _: { };\n  inputs.a.flake = true;}",
		"{\n  inputs.a.url = \"github:o/a\";\n  outputs = _: { };\n  inputs.a.flake = true;\n  inputs.a.inputs.nixpkgs.follows = \"nixpkgs\";}"},
}

func TestInsertFollows(t *testing.T) {
	for _, c := range insertCases {
		t.Run(c.name, func(t *testing.T) {
			n := read(c.src)
			edits, ok := InsertFollows(n.Input("a"), "nixpkgs", "nixpkgs")
			require.True(t, ok)
			assert.Equal(t, c.want, apply(c.src, edits))
			over := read(c.want).Input("a").Override("nixpkgs")
			require.NotNil(t, over)
			assert.Equal(t, "nixpkgs", over.Follows.Text)
		})
	}
}

// TestInsertFollowsEvaluated compares what Nix makes of the inputs before and after.
func TestInsertFollowsEvaluated(t *testing.T) {
	nix := testenv.Nix234(t)
	dir := t.TempDir()
	expr := "["
	for i, c := range insertCases {
		edits, ok := InsertFollows(read(c.src).Input("a"), "nixpkgs", "nixpkgs")
		require.True(t, ok, c.name)
		for suffix, text := range map[string]string{"before": c.src, "after": apply(c.src, edits)} {
			require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprint(suffix, i, ".nix")), []byte(text), 0o600))
		}
		expr += fmt.Sprintf(" (import ./before%d.nix).inputs (import ./after%d.nix).inputs", i, i)
	}
	cmd := exec.Command(nix, "--eval", "--strict", "--json", "-E", expr+" ]")
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "HOME="+dir, "NIX_REMOTE=local?root="+t.TempDir())
	out, err := cmd.Output()
	require.NoError(t, err)
	var got []map[string]any
	require.NoError(t, json.Unmarshal(out, &got))
	require.Len(t, got, 2*len(insertCases))
	for i, c := range insertCases {
		want := got[2*i]
		a := want["a"].(map[string]any)
		inputs, _ := a["inputs"].(map[string]any)
		if inputs == nil {
			inputs = map[string]any{}
		}
		inputs["nixpkgs"] = map[string]any{"follows": "nixpkgs"}
		a["inputs"] = inputs
		assert.Equal(t, want, got[2*i+1], c.name)
	}
}

func TestInsertFollowsRefused(t *testing.T) {
	for _, src := range []string{
		`{ outputs = { self, a }: { }; }`,
		`{ inputs.a.follows = "b"; }`,
		`{ inputs.a = { url = "github:o/a"; flake = false; }; }`,
		`{ inputs.a.url = "github:" + "o/a"; }`,
		`{ inputs.a = import ./a.nix; }`,
		`{ inputs.a = { inherit (x) url; }; }`,
		`{ inputs.a = { url = "github:o/a"; inputs = x; }; }`,
		`{ inputs.a = { url = "github:o/a"; inputs.nixpkgs.url = "github:o/n"; }; }`,
		`{ inputs.a = { url = "github:o/a"; inputs.nixpkgs.follows = "n"; }; }`,
		`{ inputs.a = { url = "github:o/a"; ${x}.b = 1; }; }`,
	} {
		in := read(src).Input("a")
		require.NotNil(t, in, src)
		_, ok := InsertFollows(in, "nixpkgs", "nixpkgs")
		assert.False(t, ok, src)
	}
	in := read(`{ inputs.a.url = "github:o/a"; }`).Input("a")
	_, ok := InsertFollows(in, "nixpkgs", "b.c")
	assert.False(t, ok, "no follows can name b.c")
	edits, ok := InsertFollows(in, "x.nix", "b/c")
	assert.True(t, ok)
	assert.Equal(t, ` inputs.a.inputs."x.nix".follows = "b/c";`, edits[0].Text)
}

func TestInsertBelowOverride(t *testing.T) {
	src := "{\n  inputs.a = {\n    url = \"github:o/a\";\n    inputs.b.url = \"github:o/b\";\n  };\n}\n"
	edits, ok := InsertFollows(read(src).Input("a").Override("b"), "c", "a/c")
	require.True(t, ok)
	assert.Equal(t, "{\n  inputs.a = {\n    url = \"github:o/a\";\n    inputs.b.url = \"github:o/b\";\n    inputs.b.inputs.c.follows = \"a/c\";\n  };\n}\n", apply(src, edits))
}

func TestRemoveOverride(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"dotted", "{\n  inputs.a.url = \"x\";\n  inputs.a.inputs.b.follows = \"b\";\n  outputs = _: { };\n}\n",
			"{\n  inputs.a.url = \"x\";\n  outputs = _: { };\n}\n"},
		{"one of two in a set", "{\n  inputs.a.inputs = {\n    b.follows = \"b\";\n    c.follows = \"c\";\n  };\n}\n",
			"{\n  inputs.a.inputs = {\n    c.follows = \"c\";\n  };\n}\n"},
		{"the last of a set", "{\n  inputs.a = {\n    url = \"x\";\n    inputs = {\n      b.follows = \"b\";\n    };\n  };\n}\n",
			"{\n  inputs.a = {\n    url = \"x\";\n  };\n}\n"},
		{"one line", `{ inputs.a = { url = "x"; inputs.b.follows = "b"; }; }`, `{ inputs.a = { url = "x"; }; }`},
		{"two bindings", "{\n  inputs.a.inputs.b.url = \"x\";\n  inputs.a.inputs.b.inputs.c.follows = \"c\";\n}\n", "{\n}\n"},
		{"at the start of a line", "{\n  inputs.a.inputs.b.follows = \"b\"; inputs.a.url = \"x\";\n}\n", "{\n  inputs.a.url = \"x\";\n}\n"},
		{"a comment behind", "{\n  inputs.a.inputs.b.follows = \"b\"; # why\n}\n", ""},
		{"a comment within", "{\n  inputs.a.inputs.b = {\n    # why\n    follows = \"b\";\n  };\n}\n", ""},
	} {
		edits, ok := RemoveOverride(read(c.src).Input("a").Override("b"))
		assert.Equal(t, c.want != "", ok, c.name)
		if ok {
			assert.Equal(t, c.want, apply(c.src, edits), c.name)
		}
	}
	_, ok := RemoveOverride(read(`{ inputs.a.url = "x"; }`).Input("a"))
	assert.False(t, ok)
}
