package role_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/workspace"
)

// files are a small project; the comment at the end of each says what it is.
var files = map[string]struct{ text, want string }{
	"flake.nix":                  {`{ outputs = { self, nixpkgs }: { x = nixpkgs.lib.nixosSystem { modules = [ ./listed.nix ]; }; }; }`, "flake"},
	"templates/a/flake.nix":      {`{ outputs = { self }: { }; }`, "flake"},
	"configuration.nix":          {`{ config, pkgs, ... }: { imports = [ ./hardware.nix ]; boot.loader.grub.enable = true; }`, "module nixos"},
	"home.nix":                   {`{ config, pkgs, ... }: { home.packages = [ pkgs.git ]; programs.git.enable = true; }`, "module homeManager"},
	"x11.nix":                    {`{ lib, pkgs, ... }: { xresources.properties."Xft.dpi" = 96; }`, "module homeManager"},
	"mac.nix":                    {`{ pkgs, ... }: { homebrew.enable = true; services.nix-daemon.enable = true; }`, "module darwin"},
	"editor.nix":                 {`{ lib, ... }: { plugins.lualine.enable = true; keymaps = [ ]; }`, "module nixvim"},
	"parts.nix":                  {`{ inputs, withSystem, ... }: { perSystem = { pkgs, ... }: { packages.a = pkgs.hello; }; }`, "module flake"},
	"dendrite.nix":               {`{ config, ... }: { flake.modules.nixos.base = { pkgs, ... }: { }; }`, "module flake dendritic"},
	"classed.nix":                {`{ lib, ... }: { _class = "darwin"; imports = [ ]; }`, "module darwin"},
	"home/tool.nix":              {`{ config, lib, ... }: { options.my.tool.enable = lib.mkEnableOption "x"; config = { }; }`, "module homeManager"},
	"nixos/tool.nix":             {`{ config, lib, ... }: { options.my.tool.enable = lib.mkEnableOption "x"; config = { }; }`, "module nixos"},
	"desk.nix":                   {`{ osConfig, lib, ... }: { imports = [ ]; }`, "module homeManager"},
	"listed.nix":                 {`{ lib, pkgs, ... }: { my.thing = 1; }`, "module"},
	"unlisted.nix":               {`{ lib, pkgs, ... }: { thing = 1; }`, "plain"},
	"modules/loose.nix":          {`{ lib, pkgs, ... }: { my.thing = 1; }`, "module"},
	"pkgs/hello/default.nix":     {`{ lib, stdenv, fetchurl }: stdenv.mkDerivation { pname = "hello"; }`, "package"},
	"cells/app/packages.nix":     {`{ inputs, cell }: { default = inputs.app; }`, "plain"},
	"packages.nix":               {`{ pkgs, lib }: { a = pkgs.b; }`, "plain"},
	"packages/loaded.nix":        {`{ inputs, cell }: { default = inputs.app; }`, "plain"},
	"packages/named.nix":         {`{ lib, zlib }: { a = zlib; }`, "package"},
	"tools/script.nix":           {`{ writeShellScriptBin }: writeShellScriptBin "x" "echo"`, "package"},
	"tools/called.nix":           {`{ lib, ... }: { a = 1; }`, "package"},
	"tools/default.nix":          {`{ pkgs }: { a = pkgs.callPackage ./called.nix { }; b = import ./applied.nix { inherit pkgs; config = 1; }; }`, "plain"},
	"tools/applied.nix":          {`{ config, pkgs, ... }: { a = config; }`, "module called"},
	"overlays/default.nix":       {`final: prev: { a = prev.b; }`, "overlay"},
	"overlay.nix":                {`{ inputs }: self: super: { a = super.b; }`, "overlay"},
	"overlays/odd.nix":           {`_: pkgs: { a = 1; }`, "overlay"},
	"lib/default.nix":            {`{ lib }: { f = x: x; }`, "plain"},
	"data.nix":                   {`{ a = 1; }`, "plain"},
	"add.nix":                    {`a: b: a + b`, "plain"},
	"hosts/rook/hardware-a.nix":  {`{ config, lib, pkgs, modulesPath, ... }: { imports = [ ]; boot.kernelModules = [ ]; }`, "module nixos"},
	"tests/services/default.nix": {`{ lib, pkgs, ... }: { basic = ./basic.nix; } // lib.optionalAttrs true { }`, "plain"},
}

func TestClassify(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for name, f := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(f.text), 0o644))
	}
	snapshot := project.New(workspace.OS)
	for name, f := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		answers := snapshot.View(path).Answers()
		shape := answers.File(path).Shape()
		r := answers.Role(path, shape)
		if kind, settled := shape.Kind(); settled {
			require.Equal(t, kind, r.Kind, name)
		}
		got := r.Kind.String()
		if r.Class != "" {
			got += " " + string(r.Class)
		}
		if r.Dendritic {
			got += " dendritic"
		}
		if r.CallerArgs() {
			got += " called"
		}
		require.Equal(t, f.want, got, name)
	}
}
