package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// collection writes a repository like a large collection of packages: packages of one to three files, short and long,
// with patches beside them, by name and in folders that lists call; modules and tests with their lists; a library; sets
// of packages with scopes of their own; overlays; a project in a folder that a loader gives names to; CI files.
type collection struct {
	root   string
	random *rand.Rand
	nix    int // Nix files so far
	err    error
	called map[string][]string // lines of a list of packages, by its path

	// modules and tests are paths, relative to the lists that hold them.
	modules, tests []string
	example        string // the path of a package that asks nothing
	ci             string // the path of a CI file
}

// writeCollection writes a collection of about n Nix files into a folder.
func writeCollection(root string, n int) (*collection, error) {
	c := &collection{root: root, random: rand.New(rand.NewPCG(1, uint64(n))), called: map[string][]string{}}
	c.fixed()
	for c.nix < n && c.err == nil {
		switch i := c.random.IntN(100); {
		case i < 55:
			c.byName()
		case i < 80:
			c.listed()
		case i < 88:
			c.module()
		case i < 94:
			c.test()
		case i < 97:
			c.scope()
		default:
			c.data()
		}
	}
	c.lists()
	return c, c.err
}

func (c *collection) pick(list ...string) string { return list[c.random.IntN(len(list))] }

// maybe is true once in n times.
func (c *collection) maybe(n int) bool { return c.random.IntN(n) == 0 }

func (c *collection) put(path, text string) {
	if strings.HasSuffix(path, ".nix") {
		c.nix++
	}
	path = filepath.Join(c.root, filepath.FromSlash(path))
	if c.err == nil {
		c.err = os.MkdirAll(filepath.Dir(path), 0o777)
	}
	if c.err == nil {
		c.err = os.WriteFile(path, []byte(text), 0o666)
	}
}

// name returns a new name of a package.
func (c *collection) name() string {
	return fmt.Sprintf("%s%s%d", c.pick("lib", "go-", "py", "gnome-", "x", "open", "tree-sitter-", "", "rust", "K"),
		c.pick("http", "font", "log", "view", "crypt", "parse", "mail", "disk", "audio", "net"), c.nix)
}

func (c *collection) hash() string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	b := make([]byte, 43)
	for i := range b {
		b[i] = digits[c.random.IntN(len(digits))]
	}
	return "sha256-" + string(b) + "="
}

// byName is a package that a loader finds by its name.
func (c *collection) byName() {
	name := c.name()
	dir := "pkgs/by-name/" + strings.ToLower(name[:2]) + "/" + name
	c.example = dir + "/package.nix"
	c.pkg(dir, "package.nix", name)
}

// listed is a package that a list calls by its path: a folder or a file.
func (c *collection) listed() {
	name := c.name()
	folder := c.pick("tools", "servers", "development", "applications", "games") + "/" + c.pick("misc", "text", "libraries", "networking", "audio")
	list := "pkgs/top-level/all-packages.nix"
	if c.maybe(4) {
		folder, list = "development/python-modules", "pkgs/top-level/python-packages.nix"
	}
	arguments := c.pick("", "", "", " inherit (xorg) libX11;", " stdenv = gccStdenv;", " enableGui = true;")
	target := folder + "/" + name
	if c.maybe(5) {
		c.pkg("pkgs/"+folder, name+".nix", name)
		target += ".nix"
	} else {
		c.pkg("pkgs/"+target, "default.nix", name)
	}
	c.called[list] = append(c.called[list], fmt.Sprintf("  %s = callPackage ../%s {%s };\n", name, target, arguments))
}

var dependencies = []string{
	"zlib", "openssl", "curl", "libxml2", "gtk3", "qtbase", "pkg-config", "cmake", "ncurses", "python3", "glib", "boost", "sqlite", "libpng", "ffmpeg",
	"meson", "ninja", "autoreconfHook", "makeWrapper", "installShellFiles", "perl", "gettext", "libiconv", "systemd", "xorg", "wayland", "dbus", "nixosTests",
}

// pkg writes a package and what lies beside it.
func (c *collection) pkg(dir, file, name string) {
	var b strings.Builder
	fetch := c.pick("fetchurl", "fetchFromGitHub", "fetchzip", "fetchFromGitLab", "fetchgit")
	builder := c.pick("stdenv.mkDerivation", "stdenv.mkDerivation", "stdenv.mkDerivation", "buildGoModule", "rustPlatform.buildRustPackage", "python3Packages.buildPythonApplication")
	takes := []string{"lib", "stdenv", fetch}
	if holder, _, _ := strings.Cut(builder, "."); holder != "stdenv" {
		takes = append(takes, holder)
	}
	var used []string
	for _, i := range c.random.Perm(len(dependencies))[:c.random.IntN(9)] {
		used = append(used, dependencies[i])
	}
	mac := len(used) > 0 && c.maybe(4) && !slices.Contains(used, "libiconv")
	takes = append(takes, used...)
	if mac {
		takes = append(takes, "libiconv")
	}
	patch, extra := c.maybe(5), c.maybe(12)
	helper := c.maybe(15) && file != name+".nix"
	if helper {
		takes = append(takes, "callPackage")
	}
	gui := c.maybe(6)
	if gui {
		takes = append(takes, "enableGui ? false", "withDocs ? !stdenv.hostPlatform.isDarwin")
	}
	if c.maybe(30) {
		takes = append(takes, "unused")
	}
	if c.maybe(3) {
		b.WriteString("{ " + strings.Join(takes, ", ") + " }:\n\n")
	} else {
		b.WriteString("{\n  " + strings.Join(takes, ",\n  ") + ",\n}:\n\n")
	}
	pinned := false
	if c.maybe(5) {
		fmt.Fprintf(&b, "let\n  pin = \"%d.%d\";\n%sin\n", c.random.IntN(9), c.random.IntN(30), c.pick("", "", "  flags = lib.optional (lib.versionAtLeast pin \"2\") \"--new\";\n"))
		pinned = true
	}
	self := c.pick("", "", "rec ", "(finalAttrs: ")
	version := fmt.Sprintf("%d.%d.%d", c.random.IntN(9), c.random.IntN(30), c.random.IntN(9))
	fmt.Fprintf(&b, "%s %s{\n  pname = %q;\n  version = %q;\n\n", builder, self, name, version)
	if pinned {
		b.WriteString("  passthru.pinned = pin;\n")
	}
	ref := "v" + version
	switch self {
	case "rec ":
		ref = "v${version}"
	case "(finalAttrs: ":
		ref = "v${finalAttrs.version}"
	}
	if strings.HasPrefix(fetch, "fetchFrom") {
		fmt.Fprintf(&b, "  src = %s {\n    owner = %q;\n    repo = %q;\n    rev = %q;\n    hash = %q;\n  };\n\n", fetch, c.pick("acme", "tools", name), name, ref, c.hash())
	} else {
		fmt.Fprintf(&b, "  src = %s {\n    url = \"https://example.org/%s/%s.tar.gz\";\n    hash = %q;\n  };\n\n", fetch, name, ref, c.hash())
	}
	if patch {
		c.put(dir+"/fix-"+name+".patch", strings.Repeat("--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n", 1+c.random.IntN(30)))
		fmt.Fprintf(&b, "  patches = [ ./fix-%s.patch ];\n\n", name)
	}
	if helper {
		c.put(dir+"/deps.nix", "{ lib, fetchurl }:\n"+c.pick("lib.listToAttrs [ ]", "{\n  inherit (lib) licenses;\n}", "builtins.map (x: fetchurl x) [ ]")+"\n")
		b.WriteString("  deps = callPackage ./deps.nix { };\n")
	}
	if len(used) > 0 {
		half := len(used) / 2
		if c.maybe(4) {
			fmt.Fprintf(&b, "  nativeBuildInputs = with lib; [ %s ];\n", strings.Join(used[:half], " "))
		} else {
			fmt.Fprintf(&b, "  nativeBuildInputs = [\n    %s\n  ];\n", strings.Join(used[:half], "\n    "))
		}
		fmt.Fprintf(&b, "  buildInputs = [ %s ]", strings.Join(used[half:], " "))
		if mac {
			b.WriteString(" ++ lib.optionals stdenv.hostPlatform.isDarwin [ libiconv ]")
		}
		b.WriteString(";\n\n")
	}
	if gui {
		b.WriteString("  configureFlags = lib.optional enableGui \"--gui\" ++ lib.optional withDocs \"--docs\";\n")
	}
	for i := range c.random.IntN(12) {
		fmt.Fprintf(&b, "  %sFlags%d = lib.optionals stdenv.hostPlatform.%s [ \"--with-%d\" ];\n", c.pick("configure", "make", "cmake"), i, c.pick("isLinux", "isDarwin", "isx86_64"), i)
	}
	if c.maybe(3) {
		fmt.Fprintf(&b, "  postInstall = ''\n%s  '';\n", strings.Repeat("    install -Dm644 doc/$name $out/share/doc # ${lib.getBin stdenv.cc}\n", 1+c.random.IntN(10)))
	}
	if c.maybe(3) {
		fmt.Fprintf(&b, "  # %s\n  doCheck = %s;\n", c.pick("The tests need a network.", "TODO: mend upstream", "https://example.org/issue/1"), c.pick("false", "true", "!stdenv.hostPlatform.isDarwin"))
	}
	if extra && file != name+".nix" {
		c.put(dir+"/tests.nix", "{ pkgs, lib, ... }:\n{\n  name = \""+name+"\";\n  nodes.machine = { environment.systemPackages = [ pkgs."+c.pick("hello", "git")+" ]; };\n}\n")
		b.WriteString("  passthru.tests.vm = import ./tests.nix;\n")
	}
	if c.maybe(40) {
		b.WriteString("  passthru.all = import ../../../.. { };\n  passthru.here = ./.;\n")
	}
	fmt.Fprintf(&b, "\n  meta = %s{\n    description = %q;\n    homepage = \"https://example.org/%s\";\n    license = %s;\n    maintainers = with lib.maintainers; [ %s ];\n    platforms = lib.platforms.%s;\n  };\n}",
		c.pick("", "", "with lib; "), c.pick("A tool for ", "Library of ", "Simple ", "the best ")+name, name, c.pick("lib.licenses.mit", "lib.licenses.gpl3Plus", "[ lib.licenses.asl20 ]"),
		c.pick("alice", "bob", "carol dave"), c.pick("linux", "unix", "all"))
	if strings.HasPrefix(self, "(") {
		b.WriteByte(')')
	}
	b.WriteByte('\n')
	c.put(dir+"/"+file, b.String())
}

// module is a module of the system.
func (c *collection) module() {
	name := c.name()
	path := c.pick("services", "programs", "hardware") + "/" + c.pick("web", "monitoring", "misc", "desktops") + "/" + name + ".nix"
	c.modules = append(c.modules, path)
	var options, lines strings.Builder
	for i := range 1 + c.random.IntN(12) {
		fmt.Fprintf(&options, "    setting%d = lib.mkOption {\n      type = lib.types.%s;\n      default = %s;\n      description = \"What %d is.\";\n    };\n",
			i, c.pick("str", "int", "bool", "listOf lib.types.str"), c.pick("null", "\"a\"", "[ ]", "true"), i)
		fmt.Fprintf(&lines, "      environment.%s_%d = toString cfg.setting%d;\n", strings.ToUpper(name), i, i)
	}
	c.put("nixos/modules/"+path, fmt.Sprintf(`{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.%[1]s;
in
{
  options.services.%[1]s = {
    enable = lib.mkEnableOption "%[1]s";
    package = lib.mkPackageOption pkgs "%[1]s" { };
%[2]s  };

  config = lib.mkIf cfg.enable {
    systemd.services.%[1]s = {
      wantedBy = [ "multi-user.target" ];
%[3]s      serviceConfig.ExecStart = "${cfg.package}/bin/%[1]s";
    };
  };
}
`, name, options.String(), lines.String()))
}

// test is a test of the system.
func (c *collection) test() {
	name := c.name()
	path := name + ".nix"
	if c.maybe(3) {
		path = name + "/default.nix"
		c.put("nixos/tests/"+name+"/common.nix", "{ lib, ... }:\n{\n  imports = [ ../../modules/profiles/minimal.nix ];\n  boot.loader.timeout = lib.mkForce 0;\n}\n")
	}
	c.tests = append(c.tests, fmt.Sprintf("  %s = runTest ./%s;\n", name, strings.TrimSuffix(path, "/default.nix")))
	imports := ""
	if strings.Contains(path, "/") {
		imports = "imports = [ ./common.nix ];\n      "
	}
	c.put("nixos/tests/"+path, fmt.Sprintf(`{ pkgs, lib, ... }:
{
  name = %q;
  nodes.machine =
    { config, pkgs, ... }:
    {
      %sservices.nginx.enable = true;
      environment.systemPackages = [ pkgs.curl ];
    };
  testScript = ''
%s  '';
}
`, name, imports, strings.Repeat("    machine.wait_for_unit(\"nginx.service\")\n    machine.succeed(\"curl ${lib.escapeShellArg \"http://localhost\"}\")\n", 1+c.random.IntN(12))))
}

// scope is a set of packages with a scope of its own.
func (c *collection) scope() {
	name := c.name()
	dir := "pkgs/desktops/" + name
	var b strings.Builder
	fmt.Fprintf(&b, "{ lib, newScope, pkgs }:\nlib.makeScope newScope (self: with self; {\n  inherit (pkgs) zlib;\n")
	for i := range 1 + c.random.IntN(6) {
		part := fmt.Sprintf("%s-%d", c.pick("core", "panel", "session", "files"), i)
		fmt.Fprintf(&b, "  %s = callPackage %s { };\n", part, c.pick("./"+part, "./"+part+"/default.nix"))
		c.pkg(dir+"/"+part, "default.nix", part)
	}
	fmt.Fprintf(&b, "  wrapped = callPackage (%s + \"/wrapper.nix\") { unwrapped = self.core-0; };\n})\n", c.pick("./.", "../"+name))
	c.put(dir+"/default.nix", b.String())
	c.put(dir+"/wrapper.nix", "{ lib, runCommand, unwrapped, makeWrapper }:\nrunCommand \"wrapper\" { nativeBuildInputs = [ makeWrapper ]; } ''\n  makeWrapper ${lib.getExe unwrapped} $out/bin/x\n''\n")
	c.called["pkgs/top-level/all-packages.nix"] = append(c.called["pkgs/top-level/all-packages.nix"],
		fmt.Sprintf("  %s = recurseIntoAttrs (callPackage ../desktops/%s { });\n", name, name))
}

// data is a file that a tool writes, of up to some hundred kilobytes.
func (c *collection) data() {
	name := c.name()
	dir := "pkgs/development/" + c.pick("node-packages", "haskell-modules", "lisp-modules") + "/" + name
	if c.maybe(2) {
		c.put(dir+"/sources.json", "{}\n")
	}
	var b strings.Builder
	b.WriteString(c.pick("# This file was generated by a tool. Do not edit!\n", "") + "{ fetchurl }:\n{\n")
	size := 3 + c.random.IntN(20)
	if c.maybe(40) {
		size *= 40
	}
	for i := range size {
		fmt.Fprintf(&b, "  \"%s-%d\" = fetchurl {\n    url = \"https://registry.example.org/%s/-/%d.tgz\";\n    hash = %q;\n  };\n", name, i, name, i, c.hash())
	}
	b.WriteString("}\n")
	c.put(dir+"/deps.nix", b.String())
	c.put(dir+"/default.nix", "{ pkgs, callPackage }:\n(callPackage ./deps.nix { }).override { fetchurl = pkgs.fetchurl; }\n")
	c.called["pkgs/top-level/all-packages.nix"] = append(c.called["pkgs/top-level/all-packages.nix"],
		fmt.Sprintf("  %s = callPackage ../%s { };\n", name, strings.TrimPrefix(dir, "pkgs/")))
}

// fixed writes what there is once.
func (c *collection) fixed() {
	c.put("default.nix", "{ system ? builtins.currentSystem, config ? { }, overlays ? [ ] }:\nimport ./pkgs/top-level { inherit system config overlays; }\n")
	c.put("flake.nix", "{\n  description = \"A collection\";\n  outputs = { self }: {\n    lib = import ./lib;\n    nixosModules.notDetected = ./nixos/modules/installer/scan/not-detected.nix;\n    legacyPackages.x86_64-linux = import ./. { system = \"x86_64-linux\"; };\n  };\n}\n")
	c.put("lib/default.nix", "let\n  lib = { strings = import ./strings.nix { inherit lib; }; lists = import ./lists.nix { inherit lib; }; };\nin\nlib\n")
	c.put("lib/strings.nix", "{ lib }:\nrec {\n  concat = builtins.concatStringsSep \"\";\n  optional = cond: s: if cond then s else \"\";\n}\n")
	c.put("lib/lists.nix", "{ lib }:\nrec {\n  singleton = x: [ x ];\n  optionals = cond: xs: if cond then xs else [ ];\n}\n")
	c.put("pkgs/top-level/default.nix", "{ system, config, overlays }:\nlet\n  lib = import ../../lib;\nin\nimport ./stage.nix { inherit lib system config overlays; }\n")
	c.put("pkgs/top-level/stage.nix", "{ lib, system, config, overlays }:\nlet\n  self = import ./all-packages.nix self { inherit lib; } // { callPackage = f: args: import f args; };\n  byName = import ./by-name-overlay.nix ../by-name;\nin\nself // byName self\n")
	c.put("pkgs/top-level/by-name-overlay.nix", "root: self:\nbuiltins.mapAttrs (shard: _: builtins.mapAttrs (name: _: self.callPackage (root + \"/${shard}/${name}/package.nix\") { }) (builtins.readDir (root + \"/${shard}\"))) (builtins.readDir root)\n")
	c.put("nixos/modules/profiles/minimal.nix", "{ lib, ... }:\n{\n  documentation.enable = lib.mkDefault false;\n}\n")
	c.put("nixos/modules/installer/scan/not-detected.nix", "{ lib, ... }:\n{\n  hardware.enableRedistributableFirmware = lib.mkDefault true;\n}\n")
	c.put("nixos/lib/eval-config.nix", "{ modules, specialArgs ? { }, lib ? import ../../lib }:\nlib.evalModules { modules = modules ++ import ../modules/module-list.nix; specialArgs = specialArgs // { inherit lib; modulesPath = ../modules; }; }\n")
	c.put("nixos/modules/default.nix", "{ lib, ... }@args:\n{\n  imports = import ./module-list.nix;\n  _module.args.baseModules = args;\n}\n")
	// A project whose files are given names.
	c.put("maintainers/site/default.nix", "{ lib }:\nlib.mapAttrs (name: _: builtins.scopedImport { inherit lib site; } (./pages + \"/${name}\")) (builtins.readDir ./pages)\n")
	for i := range 12 {
		c.put(fmt.Sprintf("maintainers/site/pages/%d.nix", i), fmt.Sprintf("{\n  title = site.title + \" %d\";\n  body = lib.concatStrings [ \"a\" site.footer ];\n}\n", i))
	}
	for i := range 30 {
		c.put(fmt.Sprintf("pkgs/overlays/o%d.nix", i), "final: prev: {\n  hello = prev.hello.override { stdenv = final.clangStdenv; };\n  vim = prev.vim.overrideAttrs (old: { patches = old.patches ++ [ ../vim.patch ]; });\n}\n")
	}
	c.put("pkgs/vim.patch", "--- a\n+++ b\n")
	c.ci = ".github/workflows/build.yml"
	for _, path := range []string{c.ci, ".github/workflows/eval.yml"} {
		c.put(path, "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          nix-build -A hello\n          nix flake check --override-input nixpkgs path:./fork\n          ./ci/run.sh\n")
	}
	c.put("ci/run.sh", "#!/usr/bin/env bash\nset -eu\nnix-build -A tests\n")
	c.put(".gitignore", "result\nresult-*\n*.swp\n/outputs\n")
}

// lists writes the lists of what there is.
func (c *collection) lists() {
	for _, list := range []string{"pkgs/top-level/all-packages.nix", "pkgs/top-level/python-packages.nix"} {
		c.put(list, "self: { lib, xorg ? { }, gccStdenv ? null, ... }:\nwith self;\n{\n"+strings.Join(c.called[list], "\n")+"}\n")
	}
	var b strings.Builder
	for _, m := range c.modules {
		b.WriteString("  ./" + m + "\n")
	}
	c.put("nixos/modules/module-list.nix", "[\n"+b.String()+"]\n")
	c.put("nixos/tests/all-tests.nix", "{ runTest }:\n{\n"+strings.Join(c.tests, "")+"}\n")
}
