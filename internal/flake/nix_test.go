package flake

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/parser"
)

func read(src string) *Nix { return ReadNix(parser.Parse(src)) }

// describe writes inputs in one line each: path, reference or follows, what else is set.
func describe(n *Nix) (out []string) {
	for _, root := range n.AllInputs() {
		for in := range root.All() {
			s := strings.Join(in.Path, ".")
			if !in.Ref.IsZero() {
				s += " " + in.Ref.String()
			}
			if in.Follows != nil {
				s += " -> " + in.Follows.Text
			}
			if !in.Flake {
				s += " noflake"
			}
			if !in.Literal {
				s += " opaque"
			}
			if in.RefErr != nil {
				s += " error"
			}
			out = append(out, s)
		}
	}
	return out
}

func TestReadInputs(t *testing.T) {
	for _, c := range []struct {
		name, src string
		want      []string
	}{
		{"every style", `{
			inputs.a.url = "github:o/a";
			inputs.b = { url = "github:o/b"; flake = false; };
			inputs.a.inputs.x.follows = "b";
			inputs = {
				c.url = github:o/c;
				d = { url = ''github:o/d''; inputs = { x.follows = "a"; y = { url = "nixpkgs"; inputs.z.follows = "d/x"; }; }; };
				"e".follows = "d";
				${"f"} = ({ url = ("path:./f"); });
				g.url = ./g;
				h = { type = "github"; owner = "o"; repo = "h"; ref = "main"; };
				i = { };
				c.flake = (false);
			};
			inputs.d.inputs.w.follows = "";
			outputs = { self, a, j, k ? null, ... }: { };
		}`, []string{
			"a github:o/a", "a.x -> b", "b github:o/b noflake", "c github:o/c noflake", "d github:o/d", "d.x -> a",
			"d.y nixpkgs", "d.y.z -> d/x", "d.w -> ", "e -> d", "f path:./f", "g path:./g", "h github:o/h/main", "i i", "j j", "k k",
		}},
		{"not literal", `{
			inputs.a.url = "github:${"o"}/a";
			inputs.b.url = "github:o/" + "b";
			inputs.c = import ./c.nix;
			inputs.d = { inherit (x) url; };
			inputs.e = "github:o/e";
			inputs.f.flake = "false";
			inputs.g.foo.url = "github:o/g";
			inputs.h.inputs = x;
			inputs.h.url = "github:o/h";
			inputs.i = { url = "github:o/i"; inputs.${x}.follows = "a"; };
			inputs.k.follows = x;
			outputs = _: { };
		}`, []string{"a opaque", "b opaque", "c opaque", "d opaque", "e opaque", "f opaque", "g", "h github:o/h opaque", "i github:o/i opaque", "k opaque"}},
		{"errors", `{
			inputs.a.url = "ssh://h/a";
			inputs.b.type = "nope";
			inputs.c.url = ~/c;
			outputs = _: { };
		}`, []string{"a error", "b  error", "c path:~/c error"}},
		{"rec and parentheses", `(rec { inputs = rec { a = rec { url = "github:o/a"; }; }; outputs = (({ self, a }: { })); })`, []string{"a github:o/a"}},
		{"no set", `let x = 1; in { inputs.a.url = "github:o/a"; }`, nil},
		{"unknown inputs hide nothing implicit", `{ inputs = import ./i.nix; outputs = { self, a }: { }; }`, nil},
		{"implicit only", `{ outputs = { nixpkgs, self }: { }; }`, []string{"nixpkgs nixpkgs"}},
		{"self is no input", `{ inputs.self.submodules = true; outputs = _: { }; }`, nil},
		{"file and tarball", `{ inputs.a = { url = "https://h/a.exe"; flake = false; }; inputs.b = { url = "https://h/b.zip"; flake = false; }; }`,
			[]string{"a https://h/a.exe noflake", "b https://h/b.zip noflake"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, describe(read(c.src)))
		})
	}
}

func TestInputDetails(t *testing.T) {
	n := read(`{
		inputs = {
			a = { url = "github:o/a"; inputs.b.follows = "b"; };
			b = { type = "git"; url = "https://h/b"; submodules = true; lastModified = 5; };
			f = { url = "https://h/a.exe"; flake = false; };
		};
		inputs.self.lfs = true;
		outputs = { self, ... }@args: { };
	}`)
	require.Len(t, n.Inputs, 3)
	assert.True(t, n.InputsLiteral)
	a := n.Input("a")
	assert.Equal(t, `"github:o/a"`, a.URLNode.Text())
	assert.Equal(t, "a", a.NameNode.Text())
	assert.Equal(t, `a = { url = "github:o/a"; inputs.b.follows = "b"; };`, a.Decls()[0].Text())
	over := a.Override("b")
	require.NotNil(t, over)
	assert.Equal(t, a, over.Parent)
	assert.Equal(t, `"b"`, over.Follows.Node.Text())
	assert.Equal(t, `inputs.b.follows = "b";`, over.Follows.Def.Text())
	assert.Equal(t, []*Input{over}, n.FollowersOf("b"))
	assert.Empty(t, n.FollowersOf("a"))
	b := n.Input("b")
	f, ok := b.FetcherAttr("submodules")
	assert.True(t, ok)
	assert.Equal(t, "1", f.Value)
	assert.Equal(t, "5", b.Ref.Params["lastModified"])
	assert.Equal(t, TypeFile, n.Input("f").Ref.Type)
	assert.Nil(t, n.Input("zz"))
	require.NotNil(t, n.Self)
	assert.NotNil(t, n.Self.Sub("lfs"))
	assert.Equal(t, "args", n.Outputs.ArgName())
	assert.True(t, n.Outputs.Ellipsis)
	_, ok = n.Outputs.Formal("self")
	assert.True(t, ok)
	for src, style := range map[string]Style{
		`{ inputs.a.url = "x"; }`:               StyleDotted,
		`{ inputs.a = { url = "x"; }; }`:        StyleDottedSet,
		`{ inputs = { a.url = "x"; }; }`:        StyleShort,
		`{ inputs = { a = { url = "x"; }; }; }`: StyleSet,
		`{ outputs = { a }: { }; }`:             StyleNone,
	} {
		assert.Equal(t, style, read(src).Input("a").Style(), src)
	}
	bad := read(`{ inputs.a.follows = "b/c.d"; }`).Input("a")
	assert.Error(t, bad.Follows.Err)
}

func TestOutputs(t *testing.T) {
	for src, want := range map[string]string{
		`{ outputs = inputs: { }; }`:             "arg=inputs",
		`{ outputs = { self, a, ... }@i: { }; }`: "pattern arg=i ellipsis",
		`{ outputs = i@{ self, a }: { }; }`:      "pattern arg=i",
		`{ outputs = import ./o.nix; }`:          "none",
		`{ inherit outputs; }`:                   "none",
		`{ }`:                                    "none",
	} {
		o := read(src).Outputs
		got := ""
		if !o.IsLambda {
			got = "none"
		}
		if o.Pattern {
			got += "pattern "
		}
		if o.ArgName() != "" {
			got += "arg=" + o.ArgName()
		}
		if o.Ellipsis {
			got += " ellipsis"
		}
		assert.Equal(t, want, got, src)
	}
}

func TestConfig(t *testing.T) {
	n := read(`{
		description = "An engine";
		nixConfig = {
			extra-substituters = [ "https://a.example.org" "https://b.example.org" ];
			extra-trusted-public-keys = "a:1 b:2";
			accept-flake-config = true;
			cores = 4;
			bad = [ ("x" + "y") ];
			worse = { };
		};
		nixConfig.substituters = "https://c.example.org";
		outputs = _: { };
	}`)
	text, ok := n.Description()
	assert.True(t, ok)
	assert.Equal(t, "An engine", text)
	words := func(values []SettingValue) (out []string) {
		for _, v := range values {
			out = append(out, v.Text)
		}
		return out
	}
	assert.Equal(t, []string{"https://a.example.org", "https://b.example.org", "https://c.example.org"}, words(n.Substituters()))
	assert.Equal(t, []string{"a:1", "b:2"}, words(n.PublicKeys()))
	settings, literal := n.Config()
	assert.True(t, literal)
	got := map[string]bool{}
	for _, s := range settings {
		got[s.Name] = s.Literal
	}
	assert.Equal(t, map[string]bool{"extra-substituters": true, "extra-trusted-public-keys": true, "accept-flake-config": true,
		"cores": true, "bad": false, "worse": false, "substituters": true}, got)
	_, literal = read(`{ nixConfig = import ./c.nix; }`).Config()
	assert.False(t, literal)
	_, ok = read(`{ description = "a" + "b"; }`).Description()
	assert.False(t, ok)
}

// TestBrokenFlakes reads what an editor may hold, and what nobody would write.
func TestBrokenFlakes(t *testing.T) {
	whole := `{ inputs = { a.url = "github:o/a"; b = { url = "github:o/b"; inputs.c.follows = "a"; }; }; nixConfig.x = [ "a" ]; outputs = { self, a, ... }@i: { }; }`
	for i := range whole {
		for _, src := range []string{whole[:i], whole[i:], whole[:i] + whole[min(i+3, len(whole)):], whole[:i] + "${" + whole[i:]} {
			n := read(src)
			for _, in := range n.AllInputs() {
				InsertFollows(in, "x", "y")
				for o := range in.All() {
					RemoveOverride(o)
				}
			}
			n.Config()
		}
	}
	for _, src := range []string{
		"{ " + strings.Repeat("inputs.a.", 50_000) + "url = \"x\"; }",
		strings.Repeat("{ inputs = ", 5_000) + "1" + strings.Repeat("; }", 5_000),
		strings.Repeat("(", 5_000) + "{ }" + strings.Repeat(")", 5_000),
		"{ outputs = " + strings.Repeat("x: ", 100_000) + "1; }",
	} {
		n := read(src)
		for _, in := range n.AllInputs() {
			assert.False(t, in.Literal && len(in.Overrides) > 0)
		}
	}
	n := read("{ inputs.a.url = \"github:o/a\"; inputs.b = { url = \"github:o/b\" }; outputs = { self }: { }; }")
	assert.False(t, n.Input("b") != nil && n.Input("b").Literal)
}
