package lsp_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// lockOf makes a lock file of a flake with one input called nixpkgs.
func lockOf(ref, rev string) string {
	return `{ "nodes": { "nixpkgs": { "locked": { "lastModified": 1700000000, "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "owner": "NixOS", "repo": "nixpkgs", "rev": "` + rev + `", "type": "github" },
    "original": { "owner": "NixOS", "ref": "` + ref + `", "repo": "nixpkgs", "type": "github" } }, "root": { "inputs": { "nixpkgs": "nixpkgs" } } }, "root": "root", "version": 7 }
`
}

// project is what the editing run edits: the texts that each file takes on. What one says matters to another: who calls a
// package with what, what specialArgs and scopes have, what is locked, tracked and there. Two of them lie outside of the
// repository and of the client's folder.
var project = map[string][]string{
	"flake.nix": {
		`{ inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-23.11"; outputs = { self, nixpkgs }: { x = import ./load.nix; }; }`,
		`{ inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-24.11"; outputs = { self, nixpkgs }: { y = import ./scoped.nix; z = import ./pure.nix { }; }; }`,
		`{ inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-24.11"; outputs = { self, nixpkgs }: { z = import (self + "/pure.nix") { pkgs = 1; }; }; }`,
		`{ inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-24.11"; outputs = inputs@{ self, nixpkgs }: { nixosModules = import ./own.nix inputs; x = nixpkgs.lib.nixosSystem { specialArgs = { inherit inputs self; }; modules = [ ./modules/own.nix ]; }; }; }`,
		`{ inputs = { nixpkgs.url = "github:NixOS/nixpkgs/nixos-24.11"; more.url = "github:o/r"; }; outputs = _: { }; }`,
	},
	"flake.lock": {
		lockOf("nixos-23.11", "0000000000000000000000000000000000000000"), lockOf("nixos-24.11", "1111111111111111111111111111111111111111"), `{ "nodes": `,
	},
	"pkgs/tool.nix": {
		"{ lib, stdenv, extra, other }:\nstdenv.mkDerivation { pname = \"tool\"; version = lib.max 1 2; }\n",
		"{ lib, stdenv }:\n\nstdenv.mkDerivation { pname = \"tool\"; meta = undefinedName; description = lib.nixpkgsVersion; }\n",
		"{ lib, stdenv, extra }: stdenv.mkDerivation { p = lib.crossLists; src = ../src; }\n",
	},
	"caller.nix": {
		"{ callPackage }: { a = callPackage ./pkgs/tool.nix { extra = 1; }; }\n", "{ callPackage }: { a = callPackage ./pkgs/tool.nix { }; }\n",
		"{ callPackage }: { a = callPackage ./pkgs/tool.nix { other = 2; }; b = import ./loose.nix { config = 1; pkgs = 2; }; }\n",
	},
	"loose.nix": {
		"{ config, pkgs, lib, ... }: { imports = [ pkgs.thing ]; boot.x = config.y; }\n",
		"{ pkgs, lib, tools, ... }: { imports = [ tools.module ]; services.x.enable = true; }\n",
		"{ config, lib, pkgs, ... }: { config = if config.a then { b = 1; } else { }; }\n",
	},
	"host.nix": {
		"nixosSystem { specialArgs = { inherit tools; }; modules = [ ./loose.nix ]; }\n", "nixosSystem { specialArgs = { pkgs = 1; }; modules = [ ./loose.nix ./missing.nix ]; }\n",
		"{ x = ./new.nix; y = import ./loose.nix; }\n",
	},
	"load.nix": {
		"builtins.scopedImport { given = 1; } ./scoped.nix\n", "builtins.scopedImport { other = 1; } ./scoped.nix\n", "map (f: builtins.scopedImport { given = 1; } f)\n", "1\n",
	},
	"scoped.nix":        {"{ a = given; }\n", "{ a = other; b = given; }\n", "{ }\n"},
	"lib.nix":           {"{ crossLists = f: f; }\n", "{ nixpkgsVersion = x: x; }\n", "{ }\n"},
	"examples/gone.nix": {"import ./nothing.nix\n", "import ../nothing.nix\n"},
	"uses.nix":          {"import ./examples/gone.nix\n", "1\n"},
	"pure.nix": {
		"{ pkgs ? import <nixpkgs> { } }: pkgs.${builtins.currentSystem}\n", "{ pkgs ? fetchTarball \"https://example.org/x\" }: import /etc/x ./Src ../../out pkgs\n", "1\n",
	},
	"nixsift.toml":     {"preview = true\n", "", "[rules]\nmissing-path = \"error\"\n", "[rules]\nunused-lambda-formal = \"off\"\n", "exclude = [ \"pkgs\" ]\n"},
	"new.nix":          {"1\n"},
	"src/default.nix":  {"1\n"},
	".gitattributes":   {"", "pkgs/*.nix linguist-generated\n"},
	".gitignore":       {"", "new.nix\n"},
	"examples/a/.keep": {""},
	"own.nix":          {"inputs: { first = 1; }\n", "inputs: { first = 1; second = inputs.self.nixosModules.first; }\n", "{ self, ... }: self.all\n"},
	"modules/own.nix": {
		"{ self, inputs, ... }: { imports = [ self.nixosModules.secnd inputs.nixpgks.x ]; }\n", "{ self, inputs, ... }: { imports = [ self.nixosModules.first inputs.mroe.x ]; }\n",
		"{ inputs = import ./extra.nix; }\n",
	},
	"modules/extra.nix": {"{ pkgs, ... }: { my.thing = pkgs.x; imports = [ pkgs.y ]; }\n", "{ a, ... }: { b = a; }\n"},
	"calls/tool.nix": {
		"{ size, name ? \"x\" }: size\n", "# moved\n{ size, depth }:\n{ inherit size depth; }\n", "{ size, ... }@args: { inherit (args) size; all = args; }\n",
		"{ size, : 1\n", "size: { width = size; }\n",
	},
	"calls/default.nix": {"import ./tool.nix\n", "{ size }: import ./tool.nix { inherit size; }\n", "let a = 1; in { size = a; }\n"},
	"calls/uses.nix": {
		"let tool = import ./tool.nix; in { a = tool { size = 1; }; b = (tool { size = 1; depth = 2; }).depth; }\n",
		"{ callPackage }: { a = import ./. { size = 1; }; b = callPackage ./. { nmae = 1; }; c = (import ./.).width; }\n",
		"{ a = import ../../beside/lib.nix { nmae = 1; size = 2; }; inherit (import ../../beside) size depth; }\n",
	},
	"values/sum.nix": {
		"1 + import ./part.nix\n", "# moved\n{ a = 1 + import ./part.nix; b = \"x\" - 1; }\n", "let f = import ./.; in { a = f { x = 1; }; b = f 2 + \"\"; c = \"${import ./part.nix}\"; }\n",
	},
	"values/part.nix":         {"2\n", "\"two\"\n", "import ./default.nix { x = 1; }\n", "[ \n", "import ../load.nix\n"},
	"values/default.nix":      {"{ x }: x\n", "{ x, y }: [ ]\n", "# moved\nx: import ./part.nix\n"},
	"../beside/lib.nix":       {"{ name, size }: name\n", "{ ... }: 1\n", "{ size }: { }\n"},
	"../beside/default.nix":   {"{ size = 1; }\n", "rec { size = 1; depth = size; }\n", "import ../repo/calls/uses.nix\n"},
	"modules/all.nix":         {"{ imports = [ ./extra.nix ]; }\n", "{ x = import ./extra.nix { pkgs = 1; }; }\n", "{ }\n"},
	".github/workflows/c.yml": {"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: nix build --override-input nixpkgs path:/home/me/nixpkgs\n", "on: push\n"},
}

// TestEditingRun edits open documents and files on disk at random: what the server says of the open documents becomes what
// a fresh run of the command line finds, saved or not.
func TestEditingRun(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { editingRun(t, rand.New(rand.NewPCG(seed, 1))) })
	}
}

func editingRun(t *testing.T, r *rand.Rand) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	dir = filepath.Join(dir, "repo")
	require.NoError(t, os.Mkdir(dir, 0o755))
	git := repository(t, dir)
	var names []string
	for name, texts := range project {
		names = append(names, name)
		if r.IntN(5) > 0 {
			lsptest.WriteFile(t, dir, name, texts[0])
		}
	}
	slices.Sort(names)
	git("add", "-A", ".")
	c := lsptest.Start(t, lsp.Options{Idle: 10 * time.Millisecond, Poll: 50 * time.Millisecond, Large: r.IntN(2)})
	c.Initialize(dir, "")
	buffers, versions := map[string]string{}, map[string]int{}
	asked := 0
	for step := range 120 {
		name := names[r.IntN(len(names))]
		path := filepath.Join(dir, name)
		text := project[name][r.IntN(len(project[name]))]
		_, isOpen := buffers[name]
		what := r.IntN(8)
		if step/6%2 == 0 { // typing alone, in several documents
			what = 7
		}
		switch what {
		case 0, 1: // on disk, as another program would
			lsptest.WriteFile(t, dir, name, text)
			c.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": lsptest.URI(path), "type": 2}}})
		case 2:
			require.NoError(t, os.RemoveAll(path))
			c.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": lsptest.URI(path), "type": 3}}})
		case 3: // the index, of which no client tells
			git("add", "-A", ".")
		case 4:
			if strings.HasPrefix(name, "../") {
				continue
			}
			git("rm", "-q", "-r", "-f", "--cached", "--ignore-unmatch", "--", name)
		case 5:
			if isOpen && name != "nixsift.toml" {
				lsptest.WriteFile(t, dir, name, buffers[name])
				c.Save(lsptest.URI(path))
			} else if isOpen {
				c.Close(lsptest.URI(path))
				delete(buffers, name)
			}
		default:
			if filepath.Ext(name) != ".nix" && name != "flake.lock" && filepath.Ext(name) != ".yml" {
				continue
			}
			if isOpen && r.IntN(8) == 0 {
				c.Close(lsptest.URI(path))
				delete(buffers, name)
				continue
			}
			versions[name]++
			if isOpen {
				c.Edit(lsptest.URI(path), versions[name], lsptest.Change{Text: text})
			} else {
				c.Open(lsptest.URI(path), "", versions[name], text)
			}
			buffers[name] = text
		}
		if step%6 == 5 {
			asked += agree(t, c, dir, buffers)
		}
	}
	require.Greater(t, asked, 20, "findings that were compared")
}

// agree waits until the server says of the open documents what a run over the disk with the documents finds, and returns
// the number of findings.
func agree(t *testing.T, c *lsptest.Client, dir string, buffers map[string]string) int {
	t.Helper()
	fsys := workspace.NewOverlay(workspace.OS)
	var paths []string
	for name, text := range buffers {
		path := filepath.Join(dir, name)
		fsys.Set(path, []byte(text))
		paths = append(paths, path)
	}
	if len(paths) == 0 {
		return 0
	}
	want := map[string][]string{}
	res, err := engine.Check(context.Background(), engine.Options{FS: fsys, Paths: paths})
	require.NoError(t, err)
	for _, f := range res.Findings {
		text, _ := res.Text(f.File)
		line, col := source.NewLineIndex(text).UTF16(f.Span.Start)
		want[f.File] = append(want[f.File], fmt.Sprintf("%d:%d %d %s %s", line, col, f.Severity, f.Rule, f.Message))
	}
	defer func() {
		if t.Failed() {
			t.Logf("wanted: %q", want)
		}
	}()
	for name := range buffers {
		path := filepath.Join(dir, name)
		c.DiagnosticsThat(lsptest.URI(path), func(p lsptest.Published) bool {
			var got []string
			for _, d := range p.Diagnostics {
				message, _, _ := strings.Cut(d.Message, "\n")
				got = append(got, fmt.Sprintf("%d:%d %d %s %s", d.Range.Start.Line, d.Range.Start.Character, 5-d.Severity, d.Code, message))
			}
			return slices.Equal(got, want[path])
		})
	}
	return len(res.Findings)
}
