package corpus

import (
	"bufio"
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
)

// randomCases returns how many projects NIXSIFT_MODULE_CASES asks for, and with which NIXSIFT_MODULE_SEED they begin.
func randomCases(t *testing.T) (cases, seed int) {
	cases = 300
	for name, to := range map[string]*int{"NIXSIFT_MODULE_CASES": &cases, "NIXSIFT_MODULE_SEED": &seed} {
		if text := os.Getenv(name); text != "" {
			n, err := strconv.Atoi(text)
			require.NoError(t, err, name)
			*to = n
		}
	}
	return cases, seed
}

// randomCase is a project, what is found in it, and what Nix says of it.
type randomCase struct {
	dir      string
	mistakes []string
	errors   []string // of the rules
	warnings []string
	fails    bool
	message  string
}

// lint are rules that warn of what does not fail.
var lint = map[string]bool{
	"useless-bool-op": true, "constant-condition": true, "empty-pattern": true,
	"unused-at-binding": true, "unused-let-binding": true, "redundant-import-call": true, "duplicate-import": true, "unused-option": true, "empty-let": true,
	"priority-lost": true, "renamed-option": true, "missing-mkif": true, "unread-enable": true,
}

// TestRandomProjects makes projects of modules at random, most with a mistake in them, and evaluates them with the real module system,
// in one process: where a rule finds an error, evaluation fails. With -v it tells what is missed, by kinds.
func TestRandomProjects(t *testing.T) {
	cases, seed := randomCases(t)
	base, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	if to := os.Getenv("NIXSIFT_MODULE_KEEP"); to != "" {
		base = to
	}
	all := make([]randomCase, cases)
	for i := range all {
		files, mistakes := randomProject(rand.New(rand.NewPCG(uint64(seed+i), 14)))
		c := &all[i]
		c.dir, c.mistakes = filepath.Join(base, strconv.Itoa(i)), mistakes
		for name, text := range files {
			path := filepath.Join(c.dir, filepath.FromSlash(name))
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		}
		res, err := engine.Check(t.Context(), engine.Options{Paths: []string{c.dir}})
		require.NoError(t, err)
		for _, f := range res.Findings {
			text := fmt.Sprintf("%s: %s [%s]", strings.TrimPrefix(f.File, c.dir+"/"), f.Message, f.Rule)
			switch f.Severity {
			case diag.Error:
				c.errors = append(c.errors, text)
			case diag.Warning:
				if lint[f.Rule] {
					continue
				}
				c.warnings = append(c.warnings, text)
			}
		}
	}
	evaluateAll(t, base, all, fmt.Sprintf(randomHarness, testenv.Shared(t, "corpus", "nixpkgs-lib", "lib")))
	failing, found, warned := 0, 0, 0
	examples := map[string][]string{}
	var kinds, told, missed counts
	for i := range all {
		c := &all[i]
		switch {
		case !c.fails && len(c.errors) > 0:
			t.Errorf("project %d evaluates, though:\n%s\n%s", i, strings.Join(c.errors, "\n"), projectText(c.dir))
		case c.fails:
			failing++
			kind := strings.Join(c.mistakes, " + ")
			if len(c.mistakes) == 2 {
				kind = "two"
			}
			kinds.add(kind, len(c.errors) > 0)
			if len(c.errors)+len(c.warnings) == 0 && len(examples[kind]) < 8 {
				examples[kind] = append(examples[kind], fmt.Sprintf("%d: %s", i, c.message))
			}
			told.add(kind, len(c.errors)+len(c.warnings) > 0)
			if len(c.errors) > 0 {
				found++
			} else {
				if len(c.warnings) > 0 {
					warned++
				}
				missed.add(messageKind(c.message), len(c.warnings) > 0)
			}
		}
	}
	t.Logf("%d of %d projects fail, %d of these are found (%d %%), %d more have a warning", failing, cases, found, found*100/max(failing, 1), warned)
	t.Logf("errors by mistake:\n%s", kinds.table())
	t.Logf("errors or warnings by mistake:\n%s", told.table())
	for kind, some := range examples {
		t.Logf("missed: %s\n%s", kind, strings.Join(some, "\n"))
	}
	t.Logf("what Nix says of those that are missed, and how many have a warning:\n%s", missed.table())
	require.Greater(t, failing, cases/10)
	require.Greater(t, cases-failing, cases/10)
	require.Greater(t, found*100, failing*45)
	require.Greater(t, (found+warned)*10, failing*7)
}

// counts counts cases by kind, and for how many something holds.
type counts map[string][2]int

func (c *counts) add(kind string, holds bool) {
	if *c == nil {
		*c = counts{}
	}
	n := (*c)[kind]
	n[0]++
	if holds {
		n[1]++
	}
	(*c)[kind] = n
}

// table has the kinds with the most cases for which it does not hold first.
func (c counts) table() string {
	kinds := slices.SortedFunc(maps.Keys(c), func(a, b string) int {
		return cmp.Or(cmp.Compare(c[b][0]-c[b][1], c[a][0]-c[a][1]), cmp.Compare(a, b))
	})
	var b strings.Builder
	for _, k := range kinds {
		fmt.Fprintf(&b, "%6d of %6d  %s\n", c[k][1], c[k][0], k)
	}
	return b.String()
}

// messageKind leaves out of a message of Nix what stands in quotes.
func messageKind(message string) string {
	var b strings.Builder
	for i, part := range strings.FieldsFunc(message, func(r rune) bool { return strings.ContainsRune("`'\"", r) }) {
		if i%2 == 0 {
			b.WriteString(part)
		} else {
			b.WriteString("…")
		}
	}
	text := []rune(b.String())
	return string(text[:min(len(text), 90)])
}

// randomHarness evaluates a project as NixOS does: with options of its own beside, and with pkgs.
const randomHarness = `
let
  lib = import %s;
  inherit (lib) mkOption types;
  base = {
    options = {
      tree = mkOption { type = types.attrsOf types.anything; default = { }; };
      warnings = mkOption { type = types.listOf types.str; default = [ ]; };
      assertions = mkOption { type = types.listOf types.unspecified; default = [ ]; };
      networking.hostName = mkOption { type = types.str; default = "nixos"; };
      time.timeZone = mkOption { type = types.nullOr types.str; default = null; };
      environment.systemPackages = mkOption { type = types.listOf types.anything; default = [ ]; };
      environment.etc = mkOption { default = { }; type = types.attrsOf (types.submodule { options.text = mkOption { type = types.str; }; }); };
    };
    config._module.args.pkgs = { inherit lib; hello = "hello"; stdenv.isLinux = true; };
  };
  nixosSystem = { modules, specialArgs ? { } }: lib.evalModules { specialArgs = { modulesPath = "/m"; } // specialArgs; modules = modules ++ [ base ]; };
  hosts = dir: (import (dir + "/flake.nix")).outputs { self = { }; nixpkgs = { lib = lib // { inherit nixosSystem; }; }; };
  value = dir: if builtins.pathExists (dir + "/flake.nix")
    then map (h: h.config // { assertions = map (a: a.assertion || throw a.message) h.config.assertions; }) (builtins.attrValues (hosts dir).nixosConfigurations)
    else (nixosSystem { modules = [ (dir + "/m0.nix") ]; }).config;
in
dir: builtins.deepSeq (value dir) ("evalu" + "ates")
`

// evaluateAll has one Nix evaluate all projects: evaluates is a function of the folder of one to the text evaluates. One that ends Nix itself fails, and another Nix goes on behind it.
func evaluateAll(t *testing.T, base string, all []randomCase, evaluates string) {
	nix := filepath.Join(filepath.Dir(testenv.Nix234(t)), "nix")
	harness := filepath.Join(base, "harness.nix")
	require.NoError(t, os.WriteFile(harness, []byte(evaluates), 0o644))
	for from := 0; from < len(all); {
		cmd := exec.Command(nix, "repl", "--quiet", "--extra-experimental-features", "nix-command", "--option", "max-call-depth", "1500")
		cmd.Env = append(os.Environ(), "NIX_PATH=", "HOME="+base, "NIX_STATE_DIR="+t.TempDir(), "NIX_REMOTE=dummy://")
		var input strings.Builder
		fmt.Fprintf(&input, "evaluates = import %s\n", harness)
		for i := from; i < len(all); i++ {
			fmt.Fprintf(&input, "\"project\" + \" %d\"\nevaluates %s\n", i, all[i].dir)
		}
		input.WriteString("\"project\" + \" end\"\n")
		cmd.Stdin = strings.NewReader(input.String())
		out, in, err := os.Pipe()
		require.NoError(t, err)
		cmd.Stdout, cmd.Stderr = in, in
		require.NoError(t, cmd.Start())
		require.NoError(t, in.Close())
		at := readOutcomes(bufio.NewScanner(out), all)
		_ = cmd.Wait()
		_ = out.Close()
		if at < from {
			t.Fatal("Nix evaluates nothing")
		}
		from = at + 1
	}
}

// readOutcomes reads what Nix says of projects, and returns the number of the last that it said something of.
func readOutcomes(s *bufio.Scanner, all []randomCase) (last int) {
	s.Buffer(nil, 1<<26)
	last = -1
	for s.Scan() {
		line := plainText(s.Text())
		if _, n, ok := strings.Cut(line, `"project `); ok {
			i, err := strconv.Atoi(strings.TrimSuffix(n, `"`))
			if err != nil {
				return len(all) - 1
			}
			last = i
			all[i].fails = true
			continue
		}
		if last < 0 {
			continue
		}
		if strings.Contains(line, `"evaluates"`) {
			all[last].fails = false
		}
		if _, message, ok := strings.Cut(line, "error: "); ok {
			all[last].message = message
		}
	}
	return last
}

// plainText is a line without what colours it.
func plainText(line string) string {
	for {
		before, rest, ok := strings.Cut(line, "\x1b[")
		if !ok {
			return line
		}
		_, after, _ := strings.Cut(rest, "m")
		line = before + after
	}
}

func projectText(dir string) string {
	var b strings.Builder
	_ = filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			text, _ := os.ReadFile(path)
			fmt.Fprintf(&b, "-- %s --\n%s", strings.TrimPrefix(path, dir+"/"), text)
		}
		return nil
	})
	return b.String()
}
