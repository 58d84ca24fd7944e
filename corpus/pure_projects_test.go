package corpus

import (
	gocontext "context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
)

// pureRules are the rules about what pure evaluation refuses.
var pureRules = []string{
	"lookup-path", "impure-path", "fetch-git-without-rev", "impure-fetch", "impure-builtin", "nixpkgs-import-without-system", "fetch-tarball-without-hash",
}

// pureProject is a flake whose output o is code, and what the worst finding about it is: an error only where Nix surely refuses it.
type pureProject struct {
	code  string
	files map[string]string // beside flake.nix
	want  diag.Severity     // what is below a warning counts as nothing
}

// lookup and fetch fail in pure evaluation.
const (
	lookup = "<nixpkgs>"
	fetch  = `fetchTarball "https://example.org/x.tar.gz"`
)

// pureProjects are ways from outputs of flakes to what pure evaluation refuses: such as all take, and such as something keeps closed.
var pureProjects = []pureProject{
	{code: "import ./x.nix", files: map[string]string{"x.nix": lookup}, want: diag.Error},
	{code: "let choice = self ? outPath; in if choice then 1 else import ./x.nix", files: map[string]string{"x.nix": lookup}, want: diag.Warning},
	{code: "let choice = self ? outPath; in if choice then import ./x.nix else 1", files: map[string]string{"x.nix": `"a"`}},
	{code: "(import ./x.nix { legacy = false; }).a", files: map[string]string{"x.nix": "{ legacy }: { a = if legacy then <nixpkgs> else 1; }"}},
	{code: "if self ? old || false then import ./x.nix else 1", files: map[string]string{"x.nix": fetch}, want: diag.Warning},
	{code: "self ? old && import ./x.nix", files: map[string]string{"x.nix": lookup}, want: diag.Warning},
	{code: "self.old or 1 + (self.outPath2 or 1)", files: map[string]string{}},
	{code: "self.lastModified or (import ./x.nix)", files: map[string]string{"x.nix": lookup}, want: diag.Warning},
	// Names.
	{code: "let p = <nixpkgs>; in if self ? old then p else 1", want: diag.Warning},
	{code: "let p = <nixpkgs>; in 1"},
	{code: "let p = <nixpkgs>; q = p; in { inherit q; }", want: diag.Error},
	{code: "let p = import ./x.nix; in 1", files: map[string]string{"x.nix": lookup}},
	{code: "let inherit (import ./x.nix) a; in a", files: map[string]string{"x.nix": "{ a = <nixpkgs>; }"}, want: diag.Error},
	{code: "let s = { a = <nixpkgs>; b = 1; }; in s.b"},
	{code: "let s = { a.c = <nixpkgs>; a.b = 1; }; in s.a.b"},
	{code: "let s = { a.c = <nixpkgs>; a.b = 1; }; in s.a.c", want: diag.Error},
	{code: "(rec { a = <nixpkgs>; b = 1; c = b; }).c"},
	{code: "(rec { a = <nixpkgs>; c = a; }).c", want: diag.Error},
	{code: "({ a = <nixpkgs>; } // { a = 1; }).a"},
	{code: "let s = { a = <nixpkgs>; }; in s ? a"},
	{code: "builtins.attrNames { a = <nixpkgs>; }"},
	{code: "let s = { a = <nixpkgs>; }; in { inherit (s) a; }", want: diag.Error},
	{code: `let p = ` + fetch + `; in if self ? old then p else 1`, want: diag.Warning},
	{code: `let p = builtins.fetchGit "https://example.org/r"; in if self ? old then p else 1`, want: diag.Warning},
	{code: `let p = builtins.readFile /etc/nosuch; in if self ? old then p else 1`, want: diag.Warning},
	{code: "let system = builtins.currentSystem; in if self ? old then system else 1"},
	{code: "with import <nixpkgs> { }; 1"},
	{code: "with import <nixpkgs> { }; hello", want: diag.Error},
	{code: "with { a = <nixpkgs>; b = 1; }; b"},
	{code: "with { a = <nixpkgs>; b = 1; }; [ a ]", want: diag.Error},
	{code: "with { a = <nixpkgs>; }; with { a = 1; }; a", want: diag.Warning},
	{code: "with { a = <nixpkgs>; }; (builtins.tryEval a).success"},
	{code: "with { a = <nixpkgs>; }; [ a (builtins.tryEval a).success ]", want: diag.Error},
	{code: "with { a = <nixpkgs>; }; if builtins.pathExists ./x.nix then a else 1"},
	// Attributes of files.
	{code: "with import ./x.nix; (builtins.tryEval a).success", files: map[string]string{"x.nix": "{ a = <nixpkgs>; b = 1; }"}, want: diag.Warning},
	{code: "let x = import ./x.nix; in [ x.b (builtins.tryEval x.a).success ]", files: map[string]string{"x.nix": "{ a = <nixpkgs>; b = 1; }"}, want: diag.Warning},
	{code: "let inherit (import ./x.nix) a b; in [ b (builtins.tryEval a).success ]", files: map[string]string{"x.nix": "{ a = <nixpkgs>; b = 1; }"}, want: diag.Warning},
	{code: "let x = import ./x.nix; in [ x.a (builtins.tryEval x.a).success ]", files: map[string]string{"x.nix": "{ a = <nixpkgs>; b = 1; }"}, want: diag.Error},
	{code: "(import ./x.nix).b", files: map[string]string{"x.nix": "{ a = <nixpkgs>; b = 1; }"}},
	{code: "(import ./x.nix).a", files: map[string]string{"x.nix": "{ a = <nixpkgs>; b = 1; }"}, want: diag.Error},
	{code: "let x = import ./x.nix { }; in [ x.b x.c ]", files: map[string]string{"x.nix": "{ pkgs ? 1 }: let s = <nixpkgs>; in rec { a = s; b = 1; c = b; }"}},
	{code: "let x = import ./x.nix { }; in [ x.b x.c ]", files: map[string]string{"x.nix": "{ pkgs ? 1 }: let s = <nixpkgs>; in rec { a = s; b = 1; c = a; }"}, want: diag.Error},
	{code: "let inherit (import ./x.nix) b; in b", files: map[string]string{"x.nix": "{ a = import ./y.nix; b = 1; }", "y.nix": lookup}},
	{code: "let inherit (import ./x.nix) b; in b", files: map[string]string{"x.nix": "{ a = 1; b = import ./y.nix; }", "y.nix": lookup}, want: diag.Error},
	{code: "let x = import ./x.nix; in if self ? old then x.a else x.b", files: map[string]string{"x.nix": "{ a = <nixpkgs>; b = 1; }"}, want: diag.Warning},
	{code: "[ (import ./x.nix).b (import ./y.nix) ]", files: map[string]string{"x.nix": "{ a = <nixpkgs>; b = 1; }", "y.nix": "(import ./x.nix).a"}, want: diag.Error},
	{code: "(import ./x.nix).b", files: map[string]string{"x.nix": "let s = <nixpkgs>; in { a = s; b = s; }"}, want: diag.Error},
	{code: "(import ./x.nix).b", files: map[string]string{"x.nix": "let s = import ./y.nix; in { a = s; b = [ s ]; }", "y.nix": lookup}, want: diag.Error},
	{code: "(import ./x.nix) ? a", files: map[string]string{"x.nix": "{ a = <nixpkgs>; b = 1; }"}},
	{code: "let x = import ./x.nix; in { inherit (x) a; }", files: map[string]string{"x.nix": "{ a = <nixpkgs>; b = 1; }"}, want: diag.Error},
	{code: "import ./x.nix", files: map[string]string{"x.nix": "{ a = <nixpkgs>; b = 1; }"}, want: diag.Error},
	// Functions of the file.
	{code: "let f = { a, b ? 1 }: if b == 2 then a else b; in f { a = <nixpkgs>; }", want: diag.Warning},
	{code: "let f = { a, ... }: 1; in f { a = <nixpkgs>; }"},
	{code: "let f = x: y: y; in f <nixpkgs> 1"},
	{code: "let f = x: y: y; in f 1 <nixpkgs>", want: diag.Error},
	{code: "let f = args: args.b; in f { a = <nixpkgs>; b = 1; }"},
	{code: "let f = args: args.a; in f { a = <nixpkgs>; b = 1; }", want: diag.Error},
	{code: "let f = { a ? 1, ... }@args: { nixpkgs = <nixpkgs>; } // args; in (f { nixpkgs = 1; }).nixpkgs", want: diag.Warning},
	{code: "(x: 1) <nixpkgs>"},
	// What asks of the machine.
	{code: "if builtins ? currentSystem then import ./x.nix else 1", files: map[string]string{"x.nix": lookup}},
	{code: "let impure = builtins ? currentSystem; in if !impure then 1 else import ./x.nix", files: map[string]string{"x.nix": lookup}},
	{code: "if (builtins.tryEval <nixpkgs>).success then import ./x.nix else 1", files: map[string]string{"x.nix": lookup}},
	{code: `if builtins.getEnv "X" == "" then 1 else import ./x.nix`, files: map[string]string{"x.nix": fetch}, want: diag.Warning}, // as in any file
	{code: "if builtins.pathExists ./local.nix then import ./x.nix else 1", files: map[string]string{"x.nix": lookup}, want: diag.Warning},
	{code: "if builtins ? currentSystem then import ./x.nix else 1", files: map[string]string{"x.nix": "__currentSystem"}},
	{code: "if builtins ? currentSystem then import ./x.nix else 1", files: map[string]string{"x.nix": "let x = ~/x; in 1"}},
	{code: "import ./x.nix", files: map[string]string{"x.nix": "let x = ~/x; in 1"}, want: diag.Error},
	{code: "import ./x.nix", files: map[string]string{"x.nix": "let x = __currentSystem; in 1"}, want: diag.Error},
	{code: "import ./x.nix", files: map[string]string{"x.nix": "let x = [ /etc/x <nixpkgs> ]; in 1"}},
	// Arguments.
	{code: "import ./x.nix { pkgs = 1; }", files: map[string]string{"x.nix": "{ pkgs ? import <nixpkgs> { } }: pkgs"}},
	{code: "import ./x.nix { }", files: map[string]string{"x.nix": "{ pkgs ? import <nixpkgs> { } }: pkgs"}, want: diag.Error},
	{code: "import ./x.nix { }", files: map[string]string{"x.nix": "let s = <nixpkgs>; in { pkgs ? import s { } }: pkgs"}, want: diag.Error},
	{code: "import ./x.nix { }", files: map[string]string{"x.nix": "{ pkgs ? <nixpkgs>, old ? false }: if old then pkgs else 1"}},
	{code: "import ./x.nix { pkgs = 1; }", files: map[string]string{"x.nix": "{ pkgs ? import ./y.nix }: pkgs", "y.nix": lookup}},
	{code: "import ./x.nix { }", files: map[string]string{"x.nix": "{ pkgs ? import ./y.nix }: pkgs", "y.nix": lookup}, want: diag.Error},
	{code: "if self ? old then import ./x.nix { } else 1", files: map[string]string{"x.nix": "{ pkgs ? import ./y.nix }: pkgs", "y.nix": lookup}, want: diag.Warning},
	{code: "import ./x.nix { pkgs = 1; lib = 1; }", files: map[string]string{"x.nix": "{ lib ? import ./y.nix { }, pkgs }: lib", "y.nix": "{ pkgs ? import <nixpkgs> { } }: pkgs"}},
	{code: "import ./x.nix { source = <nixpkgs>; }", files: map[string]string{"x.nix": "{ source, old ? false }: if old then source else 1"}, want: diag.Warning},
	{code: "import ./x.nix { legacy = true; }", files: map[string]string{"x.nix": "{ legacy ? false }: if legacy then 1 else import ./y.nix", "y.nix": lookup}},
	{code: "[ (import ./x.nix { legacy = true; }) (import ./x.nix { }) ]", files: map[string]string{"x.nix": "{ legacy ? true }: if !legacy then <nixpkgs> else 1"}},
	{code: "[ (import ./x.nix { legacy = 1; }) (import ./x.nix { legacy = { }; }) ]", files: map[string]string{"x.nix": "{ legacy ? null }: if legacy == null then <nixpkgs> else legacy"}},
	{code: "import ./x.nix { inherit (self) a; b = false; }", files: map[string]string{"x.nix": "{ a ? null, b }: if b && a != null then <nixpkgs> else 1"}},
	{code: "import ./x.nix { b = false; }", files: map[string]string{"x.nix": "{ b }: let c = b; in { d = if c then <nixpkgs> else 1; e = c && <nixpkgs> == 1; }"}},
	{code: "import ./x.nix { b = true; }", files: map[string]string{"x.nix": "{ b }: if b == false then import ./y.nix { } else 1", "y.nix": "{ pkgs ? import <nixpkgs> { } }: pkgs"}},
	// Modules, with what a flake in the place of nixpkgs does with them.
	{code: "host { modules = [ ./m.nix ]; }", files: map[string]string{"m.nix": "{ x = <nixpkgs>; }"}, want: diag.Error},
	{
		code:  "host { specialArgs.inFlake = true; modules = [ ./m.nix ]; }",
		files: map[string]string{"m.nix": "{ lib, inFlake, ... }: { imports = lib.optionals (!inFlake) [ ./x.nix ]; }", "x.nix": "{ x = <nixpkgs>; }"},
	},
	{
		code:  "host { specialArgs.inFlake = true; modules = [ ./m.nix ]; }",
		files: map[string]string{"m.nix": "{ lib, inFlake, ... }: { imports = if inFlake then [ ] else [ ./x.nix ]; }", "x.nix": "{ x = <nixpkgs>; }"},
	},
	{
		code:  "host { specialArgs.inFlake = true; modules = [ ./m.nix ]; }",
		files: map[string]string{"m.nix": "{ lib, inFlake, ... }: { imports = lib.optional inFlake ./x.nix; }", "x.nix": "{ x = <nixpkgs>; }"}, want: diag.Error,
	},
	{
		code:  "host { modules = [ ./m.nix ]; }",
		files: map[string]string{"m.nix": "{ lib, config, ... }: { a = lib.mkIf (config ? old) { b = <nixpkgs>; }; }"}, want: diag.Warning,
	},
	{code: "host { specialArgs.unstable = <unstable>; modules = [ ./m.nix ]; }", files: map[string]string{"m.nix": "{ ... }: { }"}, want: diag.Warning},
	{code: "host { modules = if self ? outPath then [ ] else [ ./m.nix ]; }", files: map[string]string{"m.nix": "{ x = <nixpkgs>; }"}, want: diag.Warning},
	{code: "let extra = [ ./m.nix ]; in host { modules = [ ]; }", files: map[string]string{"m.nix": "{ x = <nixpkgs>; }"}},
}

// hostFlake stands in the place of nixpkgs: nixosSystem gives what the modules define.
const hostFlake = `{ outputs = _: { lib = rec {
	optional = cond: x: if cond then [ x ] else [ ];
	optionals = cond: list: if cond then list else [ ];
	mkIf = cond: content: if cond then content else { };
	nixosSystem = { modules, specialArgs ? { } }: let
		load = m: let
			f = if builtins.isPath m then import m else m;
			v = if builtins.isFunction f then f (builtins.intersectAttrs (builtins.functionArgs f) ({ inherit lib; config = { }; } // specialArgs)) else f;
		in [ (removeAttrs v [ "imports" ]) ] ++ builtins.concatMap load (v.imports or [ ]);
		lib = { inherit optional optionals mkIf; };
	in { config = builtins.concatMap load modules; };
}; }; }`

// TestPureProjects: what is an error Nix refuses, and around all else it evaluates the output.
func TestPureProjects(t *testing.T) {
	gittest.Isolate(t)
	nix := newPureNix(t)
	for i, p := range pureProjects {
		t.Run(fmt.Sprintf("%02d", i), func(t *testing.T) {
			output, attr := "o = "+p.code, "o"
			if strings.HasPrefix(p.code, "host ") || strings.Contains(p.code, "in host ") {
				code := strings.Replace(p.code, "host ", "nixpkgs.lib.nixosSystem ", 1)
				output, attr = "nixosConfigurations.o = "+code, "nixosConfigurations.o.config"
			}
			files := map[string]string{"flake.nix": fmt.Sprintf("{ outputs = { self, nixpkgs }: { %s; }; }", output)}
			maps.Copy(files, p.files)
			dir := testenv.Tree(t, files)
			res, err := engine.Check(gocontext.Background(), engine.Options{Paths: []string{dir}, Only: pureRules})
			require.NoError(t, err)
			require.Empty(t, res.Errors)
			worst, said := diag.Off, []string{}
			for _, f := range res.Findings {
				worst = max(worst, f.Severity)
				said = append(said, fmt.Sprintf("%v %s", f.Severity, f.Message))
			}
			if worst < diag.Warning {
				worst = diag.Off
			}
			want := p.want
			if want < diag.Warning {
				want = diag.Off
			}
			assert.Equal(t, want, worst, "%s: %v", p.code, said)
			out, ok := nix.eval(t, "path:"+withHosts(t, files), attr)
			assert.Equal(t, want != diag.Error, ok, "%s: %s", p.code, out)
			if !ok {
				assert.Regexp(t, "pure evaluation mode|in pure mode|undefined variable '__current", out)
			}
		})
	}
}

// withHosts makes the flake of some files with hostFlake for its nixpkgs.
func withHosts(t *testing.T, files map[string]string) (dir string) {
	all := maps.Clone(files)
	all["flake.nix"] = strings.Replace(files["flake.nix"], "{ ", "{ inputs.nixpkgs.url = \"path:./stub\"; ", 1)
	all["stub/flake.nix"] = hostFlake
	return testenv.Tree(t, all)
}
