package corpus

import (
	gocontext "context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
)

// pureCase is a flake with outputs that fail in pure evaluation, or do not.
type pureCase struct {
	rule  string
	files map[string]string // beside flake.nix
	// fails has what Nix says of outputs that fail, by their code; works are outputs that have a value. The code sees self and
	// nixpkgs. What is found in a file that the code of one that fails names is found in that.
	fails map[string]string
	works []string
	// repo makes a repository of the flake, in which all files are added that it does not name.
	repo []string
}

// pureCases are the claims of rules about pure evaluation.
var pureCases = []pureCase{
	{
		rule: "lookup-path",
		files: map[string]string{
			"default.nix": "{ pkgs ? import <nixpkgs> { } }: pkgs", "finder.nix": "let __findFile = _: name: name; in <anything>", "file.nix": "<nixpkgs/lib>",
		},
		fails: map[string]string{
			"<nixpkgs>":                   "cannot look up '<nixpkgs>' in pure evaluation mode",
			"import ./file.nix":           "cannot look up '<nixpkgs/lib>' in pure evaluation mode",
			"import ./default.nix { }":    "cannot look up '<nixpkgs>' in pure evaluation mode",
			`import (self + "/file.nix")`: "cannot look up '<nixpkgs/lib>' in pure evaluation mode",
		},
		works: []string{
			"import ./default.nix { pkgs = 1; }", "import ./finder.nix", "(builtins.tryEval <nixpkgs>).success", "builtins.typeOf <nix/fetchurl.nix>",
			"if builtins ? currentSystem then <nixpkgs> else 1",
		},
	},
	{
		rule: "impure-builtin",
		files: map[string]string{
			"global.nix": `if builtins ? currentSystem then __currentSystem else "x"`, "default.nix": "{ system ? builtins.currentSystem, pkgs ? system }: pkgs",
			"asked.nix": "if builtins ? currentTime then builtins.currentTime else 0",
		},
		fails: map[string]string{
			"builtins.currentSystem":                                 "attribute 'currentSystem' missing",
			"(builtins.tryEval builtins.currentTime).success":        "attribute 'currentTime' missing",
			`builtins.storePath "/nix/store/x"`:                      "'builtins.storePath' is not allowed in pure evaluation mode",
			"import ./global.nix":                                    "undefined variable '__currentSystem'",
			"import ./default.nix { }":                               "attribute 'currentSystem' missing",
			"let inherit (builtins) currentSystem; in currentSystem": "attribute 'currentSystem' missing",
		},
		works: []string{
			`builtins.currentSystem or "x"`, "import ./asked.nix", `import ./default.nix { system = "x"; }`,
			`if builtins.getEnv "HOME" == "" then 1 else throw "x"`, "import ./default.nix { pkgs = 1; }",
		},
	},
	{
		rule: "nixpkgs-import-without-system",
		fails: map[string]string{
			"(import nixpkgs { }).hello": "attribute 'currentSystem' missing", `(import "${nixpkgs}" { config = { }; }).hello`: "attribute 'currentSystem' missing",
		},
		works: []string{`(import nixpkgs { system = "x"; }).hello`, `(import nixpkgs { localSystem.system = "x"; }).hello`},
	},
	{
		rule: "impure-fetch",
		fails: map[string]string{
			`fetchTarball "https://example.org/x.tar.gz"`:                                                               "'fetchTarball' requires a 'sha256' argument",
			`fetchTarball { url = "https://example.org/0123456789012345678901234567890123456789.tar.gz"; name = "x"; }`: "'fetchTarball' requires a 'sha256' argument",
			`builtins.fetchurl "https://example.org/x"`:                                                                 "'fetchurl' requires a 'sha256' argument",
		},
	},
	{
		rule: "fetch-git-without-rev",
		fails: map[string]string{
			`(builtins.fetchGit "https://example.org/r").outPath`:                "'fetchGit' doesn't fetch unlocked input",
			`builtins.fetchGit { url = "https://example.org/r"; ref = "main"; }`: "'fetchGit' doesn't fetch unlocked input",
			"builtins.fetchGit ./.":                                            "'fetchGit' doesn't fetch unlocked input",
			`builtins.fetchMercurial "https://example.org/r"`:                  "'fetchMercurial' requires a Mercurial revision",
			`builtins.fetchTree { type = "github"; owner = "o"; repo = "r"; }`: "'fetchTree' doesn't fetch unlocked input",
			`builtins.fetchTree "github:o/r"`:                                  "'fetchTree' doesn't fetch unlocked input",
			`builtins.getFlake "github:o/r"`:                                   "cannot call 'getFlake' on unlocked flake reference",
			"builtins.getFlake (toString ./.)":                                 "cannot call 'getFlake' on unlocked flake reference",
		},
	},
	{
		rule:  "impure-path",
		files: map[string]string{"home.nix": "{ a = 1; b = ~/x; }", "sound.nix": "1"},
		fails: map[string]string{
			"import /etc/nosuch.nix":               "access to absolute path '/etc/nosuch.nix' is forbidden in pure evaluation mode",
			"builtins.readFile /etc/nosuch":        "access to absolute path '/etc/nosuch' is forbidden in pure evaluation mode",
			`"${/etc/nosuch}"`:                     "access to absolute path '/etc/nosuch' is forbidden in pure evaluation mode",
			`builtins.readFile "/etc/nosuch"`:      "access to absolute path '/etc/nosuch' is forbidden in pure evaluation mode",
			`import "/etc/nosuch.nix"`:             "access to absolute path '/etc/nosuch.nix' is forbidden in pure evaluation mode",
			`builtins.readFile (/etc + "/nosuch")`: "access to absolute path '/etc/nosuch' is forbidden in pure evaluation mode",
			"(import ./home.nix).a":                "the path '~/x' can not be resolved in pure mode",
		},
		works: []string{
			"toString /etc/nosuch", "builtins.pathExists /etc/probed", "baseNameOf /etc/nosuch", `"/etc/nosuch"`, "/etc/nosuch == 1", "import ./sound.nix",
			"if builtins.pathExists /etc/asked then import /etc/asked else 1", "builtins.substring 0 1 (self + /etc/nosuch)",
			"builtins.filter builtins.pathExists [ /etc/filtered ]", `builtins.filter (p: builtins.pathExists (p + "/x")) [ /etc/completed ]`,
			"let list = [ /etc/listed ]; in builtins.filter (p: builtins.pathExists p) list",
		},
	},
	{
		rule:  "path-escapes-repository",
		files: map[string]string{"hosts/pear.nix": "builtins.readFile ../../secrets/b.yaml", "hosts/fig.nix": "import ../sound.nix", "sound.nix": "1"},
		repo:  []string{},
		fails: map[string]string{
			"import ../nosuch.nix":                 "/nix/store/nosuch.nix' is forbidden in pure evaluation mode",
			"import ./hosts/pear.nix":              "/nix/store/secrets/b.yaml' is forbidden in pure evaluation mode",
			`"${../nosuch}/x"`:                     "/nix/store/nosuch' is forbidden in pure evaluation mode",
			`builtins.readFile (../. + "/nosuch")`: "/nix/store/nosuch' is forbidden in pure evaluation mode",
			`map import [ ../nosuch.nix ]`:         "/nix/store/nosuch.nix' is forbidden in pure evaluation mode",
			`let x = "y"; in import ../n/${x}.nix`: "/nix/store/n/y.nix' is forbidden in pure evaluation mode",
		},
		works: []string{"toString ../nosuch", "baseNameOf ../nosuch", "../nosuch == 1", "import ./hosts/fig.nix", "import ./hosts/../sound.nix"},
	},
	{
		rule: "untracked-file",
		files: map[string]string{
			"new.nix": "1", "old.nix": "1", "data/x": "text", "parts/default.nix": "1", "asked.nix": "1", "tests/y.nix": "1", "tests/x.nix": "import ./y.nix",
		},
		repo: []string{"new.nix", "data", "parts", "asked.nix", "tests/y.nix"},
		fails: map[string]string{
			`import (./. + "/new.nix")`:                    "Path 'new.nix' in the repository",
			`import (self + "/new.nix")`:                   "Path 'new.nix' in the repository",
			`builtins.readFile "${self}/data/x"`:           "Path 'data/x' in the repository",
			`builtins.readFile (./data + "/x")`:            "Path 'data/x' in the repository",
			`import "${self}/parts"`:                       "Path 'parts' in the repository",
			`import (toString ./. + "/new.nix")`:           "Path 'new.nix' in the repository",
			`builtins.readFile "${./.}/data/x"`:            "No such file or directory",
			`builtins.readFile (self.outPath + "/data/x")`: "Path 'data/x' in the repository",
			"import ./tests/x.nix":                         "Path 'tests/y.nix' in the repository",
		},
		works: []string{
			`"${self}/data/x" == 1`, `import (self + "/old.nix")`, `baseNameOf (./. + "/new.nix")`, `toString ./new.nix == 1`,
			`let self = toString ./.; in baseNameOf (self + "/new.nix")`,
		},
	},
}

// TestPureClaims has Nix evaluate what rules about pure evaluation claim to fail there, and neighbours that are told apart.
func TestPureClaims(t *testing.T) {
	gittest.Isolate(t)
	nix := newPureNix(t)
	for _, c := range pureCases {
		t.Run(c.rule, func(t *testing.T) { c.run(t, nix) })
	}
}

func (c pureCase) run(t *testing.T, nix *pureNix) {
	text := "{\n  inputs.nixpkgs = { url = \"path:./nixpkgs\"; flake = false; };\n  outputs = { self, nixpkgs }: {\n"
	codes := append(slices.Sorted(maps.Keys(c.fails)), c.works...)
	outputs := map[string]string{} // by code
	for i, code := range codes {
		outputs[code] = "o" + string(rune('a'+i))
		text += "    " + outputs[code] + " = " + code + ";\n"
	}
	files := map[string]string{
		"flake.nix": text + "  };\n}\n",
		// As pkgs/top-level/impure.nix of nixpkgs.
		"nixpkgs/default.nix": "{ localSystem ? { system = args.system or builtins.currentSystem; }, ... }@args: { hello = localSystem.system; }",
	}
	maps.Copy(files, c.files)
	dir := testenv.Tree(t, files)
	ref := "path:" + dir
	if c.repo != nil {
		ref = dir
		gittest.Run(t, dir, "init", "-q")
		gittest.Run(t, dir, "add", "-A")
		for _, name := range c.repo {
			gittest.Run(t, dir, "rm", "-q", "-r", "--cached", name)
		}
	}
	res, err := engine.Check(gocontext.Background(), engine.Options{Paths: []string{dir}, Only: []string{c.rule}})
	require.NoError(t, err)
	require.Empty(t, res.Errors)
	found := func(code string) bool {
		from := strings.Index(text, "    "+outputs[code]+" = ")
		to := from + strings.Index(text[from:], "\n")
		return slices.ContainsFunc(res.Findings, func(f diag.Finding) bool {
			if f.Severity < diag.Warning {
				return false
			}
			if name := filepath.Base(f.File); name != "flake.nix" { // an import of the file is meant
				return strings.Contains(code, name) && c.fails[code] != ""
			}
			return from <= int(f.Span.Start) && int(f.Span.End) <= to
		})
	}
	for code, want := range c.fails {
		said, ok := nix.eval(t, ref, outputs[code])
		assert.False(t, ok, "%s has a value: %s", code, said)
		assert.Contains(t, said, want, code)
		assert.True(t, found(code), "nothing is found in %s", code)
	}
	for _, code := range c.works {
		said, ok := nix.eval(t, ref, outputs[code])
		assert.True(t, ok, "%s: %s", code, said)
		assert.False(t, found(code), "something is found in %s", code)
	}
}

// pureNix evaluates outputs of flakes with Nix 2.34, offline and purely, with a store of its own.
type pureNix struct {
	nix, base string
}

// newPureNix makes a store in a temporary folder; without Nix it skips the test.
func newPureNix(t testing.TB) *pureNix {
	nix := filepath.Join(filepath.Dir(testenv.Nix234(t)), "nix")
	if _, err := os.Stat(nix); err != nil {
		testenv.Missing(t, "nix beside nix-instantiate")
	}
	base, err := filepath.EvalSymlinks(testenv.Tree(t, nil))
	require.NoError(t, err)
	t.Cleanup(func() { // what lies in a store is read-only
		_ = filepath.WalkDir(base, func(path string, d os.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				err = os.Chmod(path, 0o700)
			}
			return err
		})
	})
	return &pureNix{nix, base}
}

// eval returns what Nix says of the value of an output of a flake, given as path:DIR or the folder of a repository, evaluated to
// the bottom, and whether it has one.
func (n *pureNix) eval(t testing.TB, flake, output string) (said string, ok bool) {
	t.Helper()
	ctx, cancel := gocontext.WithTimeout(gocontext.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, n.nix, "eval", "--offline", "--json", "--store", filepath.Join(n.base, "store"), flake+"#"+output)
	cmd.Env = slices.Concat(gittest.Command(t, n.base).Env, []string{"HOME=" + n.base, "NIX_PATH=", "NIX_REMOTE=", "NIX_CONFIG=" + strings.Join([]string{
		"experimental-features = nix-command flakes fetch-tree", "substituters =", "flake-registry =", "warn-dirty = false", "build-users-group =",
	}, "\n")})
	out, err := cmd.CombinedOutput()
	require.NoError(t, ctx.Err(), "Nix does not end")
	return string(out), err == nil
}
