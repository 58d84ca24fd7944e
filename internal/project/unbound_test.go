package project_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestUnbound asks about the project of a file in a folder that nothing bounds: a small one is a project, of a large
// one only the folder itself counts.
func TestUnbound(t *testing.T) {
	for _, c := range []struct {
		folders int
		flake   bool
		want    int
	}{{10, false, 2}, {1200, false, 1}, {1200, true, 2}} {
		files := map[string]string{"a.nix": "1", "b.nix": "[ ./a.nix ]", "f0/c.nix": "[ ../a.nix ]"}
		for i := range c.folders {
			files[fmt.Sprintf("f%d/x.txt", i)] = ""
		}
		if c.flake {
			files["flake.nix"] = "{ outputs = _: { }; }"
		}
		dir := testenv.Tree(t, files)
		path := filepath.Join(dir, "a.nix")
		assert.Len(t, project.New(workspace.OS).View(path).Answers().References(path), c.want, "%+v", c)
	}
}

// TestFragment asks for options in folders that nothing bounds: where Nix files lie above, these may declare what is missing. So may
// modules that take definitions of anything.
func TestFragment(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"part/above.nix":        "{ lib, ... }: { imports = [ ./below/in ]; options.own.level = lib.mkOption { }; }",
		"part/below/in/a.nix":   "{ lib, ... }: { options.own.name = lib.mkOption { }; config.own.levl = 1; }",
		"whole/below/in/a.nix":  "{ lib, ... }: { options.own.name = lib.mkOption { }; config.own.levl = 1; }",
		"free/below/in/a.nix":   "{ lib, ... }: { freeformType = lib.types.attrs; options.own.name = lib.mkOption { }; }",
		"flake/above.nix":       "{ }",
		"flake/in/flake.nix":    "{ outputs = _: { }; }",
		"flake/in/below/in.nix": "{ lib, ... }: { options.own.name = lib.mkOption { }; }",
	})
	for at, want := range map[string]struct {
		verdict project.OptionVerdict
		any     bool
	}{
		"part/below/in/a.nix": {project.NothingKnown, true}, "whole/below/in/a.nix": {project.OptionMissing, false},
		"free/below/in/a.nix": {project.NothingKnown, true}, "flake/in/below/in.nix": {project.OptionMissing, false},
	} {
		a := project.New(workspace.OS).View(filepath.Join(dir, filepath.FromSlash(at))).Answers()
		assert.Equal(t, want.verdict, a.Option([]string{"own", "levl"}).Verdict, at)
		assert.Equal(t, want.any, a.AnyOption(), at)
	}
}
