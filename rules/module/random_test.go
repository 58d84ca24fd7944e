package module

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
)

// graphRules are the rules that look at several modules, or at the options that they declare.
var graphRules = []string{
	"unknown-option", "option-value-type", "renamed-option", "duplicate-option", "conflicting-definitions", "import-cycle",
	"mkforce-fight", "mkoverride-around-mkif",
}

// TestRandomProjects makes small projects of modules at random and evaluates them with the real module system, in one process:
// where a rule finds an error, evaluation fails. NIXSIFT_MODULE_CASES says how many.
func TestRandomProjects(t *testing.T) {
	cases := 150
	if n, err := strconv.Atoi(os.Getenv("NIXSIFT_MODULE_CASES")); err == nil {
		cases = n
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	claims := make([]string, cases)
	for i := range cases {
		files := randomProject(rand.New(rand.NewPCG(uint64(i), 14)))
		at := filepath.Join(dir, strconv.Itoa(i))
		require.NoError(t, os.Mkdir(at, 0o755))
		for name, text := range files {
			require.NoError(t, os.WriteFile(filepath.Join(at, name), []byte(text), 0o644))
		}
		res, err := engine.Check(context.Background(), engine.Options{Paths: []string{at}, Only: graphRules})
		require.NoError(t, err)
		for _, f := range res.Findings {
			if f.Severity == diag.Error {
				claims[i] += fmt.Sprintf("%s: %s\n", filepath.Base(f.File), f.Message)
			}
		}
	}
	works := evaluated(t, dir, cases)
	failing, found := 0, 0
	for i, claim := range claims {
		if !works[i] {
			failing++
			if claim != "" {
				found++
			}
		} else if claim != "" {
			t.Errorf("project %d evaluates, though:\n%s%s", i, claim, projectText(filepath.Join(dir, strconv.Itoa(i))))
		}
	}
	t.Logf("%d of %d projects fail, %d of these are found", failing, cases, found)
	require.Greater(t, failing, cases/10)
	require.Greater(t, cases-failing, cases/10)
	require.Greater(t, found*10, failing*7)
}

// evaluated evaluates the projects below a folder and returns which of them evaluate.
func evaluated(t *testing.T, dir string, cases int) []bool {
	nix := filepath.Join(filepath.Dir(testenv.Nix234(t)), "nix")
	lib := testenv.Shared(t, "corpus", "nixpkgs-lib", "lib")
	cmd := exec.Command(nix, "repl", "--quiet", "--extra-experimental-features", "nix-command", "--option", "max-call-depth", "1000")
	cmd.Env = append(os.Environ(), "NIX_PATH=", "HOME="+dir, "NIX_STATE_DIR="+t.TempDir(), "NIX_REMOTE=dummy://")
	var input strings.Builder
	fmt.Fprintf(&input, "lib = import %s\n", lib)
	for i := range cases {
		fmt.Fprintf(&input, "builtins.deepSeq (lib.evalModules { modules = [ %s/%d/m0.nix ]; }).config (\"evalu\" + \"ates %d\")\n", dir, i, i)
	}
	cmd.Stdin = strings.NewReader(input.String())
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	works := make([]bool, cases)
	for s := bufio.NewScanner(out); s.Scan(); {
		if _, n, ok := strings.Cut(s.Text(), `"evaluates `); ok {
			n, _, _ = strings.Cut(n, `"`)
			i, err := strconv.Atoi(n)
			require.NoError(t, err)
			works[i] = true
		}
	}
	_ = cmd.Wait()
	return works
}

func projectText(dir string) string {
	var b strings.Builder
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		text, _ := os.ReadFile(filepath.Join(dir, e.Name()))
		fmt.Fprintf(&b, "-- %s --\n%s", e.Name(), text)
	}
	return b.String()
}

// types and values are what options of random projects are made of, by kind.
var (
	randomTypes = []string{
		"bool", "int", "str", "lines", "path", "port", "ints.positive", "float", "(listOf str)", "(attrsOf int)", "(nullOr str)", `(enum [ "a" "b" ])`,
		"(either int bool)", "(oneOf [ str (listOf int) ])", "anything", "attrs", "(submodule { options.v = mkOption { type = int; default = 1; }; })",
		"(attrsOf (submodule { options.v = mkOption { type = str; default = \"v\"; }; }))", "(coercedTo int toString str)", "raw", "(uniq int)", "singleLineStr",
		"(enum [ 1 2 ])", "(nullOr (submodule { options.v = mkOption { type = int; default = 1; }; options.w = mkOption { type = int; default = 1; }; }))", "deferredModule",
	}
	randomDefaults = []string{
		"true", "1", `"s"`, `"l"`, "/p", "1", "1", "1.5", "[ ]", "{ }", "null", `"a"`, "1", `"s"`, "1", "{ }", "{ }", "{ }", `"s"`, "1", "1", `"s"`,
		"1.0", "{ v = mkDefault 2; w = 3; }", "{ }",
	}
	randomValues = []string{
		"true", "false", "1", "2", "0", "70000", `"a"`, `"c"`, `"/p"`, "/q", "null", "[ ]", `[ "a" ]`, "[ 1 ]", "{ }", "{ v = 2; }", `{ v = "w"; }`,
		"{ k.v = 1; }", `{ k.v = "w"; }`, "1.5", "x: x", "(let n = 1; in n)", `"${toString 1}"`, "config.own.a1", "(if config.own.a1 == 1 then 1 else true)", "{ k = 1; }",
		"1.0", "2.0", "{ k = mkDefault 1; l = 2; }", "{ v = mkForce 1; }", "({ v = \"x\"; } // { v = 2; })",
	}
	randomWraps = []string{"%s", "%s", "%s", "%s", "%s", "mkForce %s", "mkDefault %s", "mkIf true %s", "mkIf false %s", "mkMerge [ %s ]", "mkOverride 100 %s", "mkForce (mkIf true %s)", "mkForce (mkMerge [ %s ])"}
)

// randomProject returns the files of a project; m0.nix imports the others.
func randomProject(r *rand.Rand) map[string]string {
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	n := 1 + r.IntN(4)
	type option struct {
		path string
		kind int
	}
	options := []option{{"own.a1", 1}}
	declared := make([]string, n)
	declared[0] = "own.a1 = mkOption { type = int; default = 1; };"
	for i := range n {
		for range r.IntN(3) {
			k := r.IntN(len(randomTypes))
			name := fmt.Sprintf("own.%s%s%d", []string{"", "", "set."}[r.IntN(3)], []string{"port", "level", "name"}[r.IntN(3)], len(options))
			if r.IntN(25) == 0 {
				name = options[r.IntN(len(options))].path // declared twice
			}
			options = append(options, option{name, k})
			declared[i] += fmt.Sprintf(" %s = mkOption { type = %s; default = %s; };", name, randomTypes[k], randomDefaults[k])
		}
	}
	files := map[string]string{}
	for i := range n {
		var imports []string
		for j := range n {
			if j == i+1 || j > i && r.IntN(3) == 0 || r.IntN(60) == 0 {
				imports = append(imports, fmt.Sprintf("./m%d.nix", j))
			}
		}
		renames := ""
		if r.IntN(8) == 0 {
			renames = fmt.Sprintf("(mkRenamedOptionModule [ \"own\" \"old%d\" ] [ \"own\" \"a1\" ])", i)
		}
		config := ""
		for k := range r.IntN(3) {
			o := options[r.IntN(len(options))]
			value := randomDefaults[o.kind]
			if r.IntN(3) == 0 {
				value = pick(randomValues)
			}
			path := o.path
			if r.IntN(12) == 0 {
				path += "x"
			}
			config += fmt.Sprintf(" %s = "+pick(randomWraps)+";", path, value)
			if k > 0 && strings.Contains(config[:strings.LastIndex(config, path)], path) {
				config = config[:strings.LastIndex(config, " "+path)] // no attribute twice
			}
		}
		more := ""
		if r.IntN(4) == 0 {
			o := options[r.IntN(len(options))]
			more = fmt.Sprintf(" // { %s = %s; }", o.path, randomDefaults[o.kind])
		}
		files[fmt.Sprintf("m%d.nix", i)] = fmt.Sprintf("{ config, lib, ... }:\nwith lib;\n{\n  imports = [ %s %s ];\n  options = with types; {%s };\n  config = {%s }%s;\n}\n",
			strings.Join(imports, " "), renames, declared[i], config, more)
	}
	return files
}
