package corpus

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fixture"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
	"github.com/nixsift/nixsift/rules"
	"github.com/nixsift/nixsift/rules/ruletest"
)

// moduleUnit is what of a fixture is evaluated at once: a flake with its hosts, or a module with what it imports.
type moduleUnit struct {
	fixture string
	entry   string // the path of the flake.nix or of the module
	files   map[string]string
	within  map[string]bool // the files that it leads to
	// bad are the lines with errors, warned those with warnings, by file, from 1.
	bad    []placedLine
	warned []placedLine
}

type placedLine struct {
	file    string
	line    int
	message string
}

// variant is a unit without some lines, and whether it is to fail; or says that the next variant may come out so in its place.
type variant struct {
	or    bool
	unit  *moduleUnit
	what  string
	files map[string]string
	fails bool
}

func (u *moduleUnit) name() string { return u.fixture + " " + u.entry }

// TestModuleFixtures has Nix evaluate the projects and files in the fixtures of rules about modules: without the lines in which something is
// found each evaluates, and with any of the lines that have an error, alone, it fails.
func TestModuleFixtures(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "rules", "module", "testdata", "*.txtar"))
	require.NoError(t, err)
	var variants []variant
	for _, at := range paths {
		for _, u := range moduleUnits(t, at) {
			variants = append(variants, u.variants()...)
		}
	}
	base, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	if to := os.Getenv("NIXSIFT_MODULE_KEEP"); to != "" {
		base = to
	}
	all := make([]randomCase, len(variants))
	for i, v := range variants {
		all[i].dir = filepath.Join(base, fmt.Sprint(i))
		for name, text := range v.files {
			to := filepath.Join(all[i].dir, filepath.FromSlash(name))
			require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
			require.NoError(t, os.WriteFile(to, []byte(text), 0o644))
		}
		writeGone(all[i].dir, v.files)
		require.NoError(t, os.WriteFile(filepath.Join(all[i].dir, "unit.nix"), []byte(unitHarness(t, v)), 0o644))
	}
	evaluateAll(t, base, all, `dir: import (dir + "/unit.nix")`)
	used := map[string]bool{}
	failing, working := 0, 0
	for i, v := range variants {
		why, excepted := unevaluated[v.unit.name()]
		switch {
		case v.or && all[i].fails:
		case !v.fails && i > 0 && variants[i-1].or && !all[i-1].fails:
		case all[i].fails == v.fails:
			if v.fails {
				failing++
			} else {
				working++
			}
		case excepted:
			used[v.unit.name()] = true
			t.Logf("%s (%s): %s", v.unit.name(), v.what, why)
		default:
			t.Errorf("%d: %s, %s: fails is %v: %s", i, v.unit.name(), v.what, all[i].fails, all[i].message)
		}
	}
	for name := range unevaluated {
		if !used[name] {
			t.Errorf("%s is no exception", name)
		}
	}
	t.Logf("%d variants fail as they are to, %d evaluate as they are to", failing, working)
}

// moduleUnits returns what of a fixture can be evaluated.
func moduleUnits(t *testing.T, at string) (units []*moduleUnit) {
	data, err := os.ReadFile(at)
	require.NoError(t, err)
	f, err := fixture.Parse(data)
	require.NoError(t, err)
	id := strings.TrimSuffix(filepath.Base(at), ".txtar")
	root := ruletest.Materialise(t, f)
	res, err := engine.Check(t.Context(), engine.Options{Paths: []string{root}, Only: []string{id}})
	require.NoError(t, err)
	files, flakes := map[string]string{}, map[string]bool{}
	for _, file := range f.Files {
		files[file.Name] = file.Text
		if path.Base(file.Name) == "flake.nix" {
			flakes[path.Dir(file.Name)] = true
		}
	}
	inFlake := func(name string) bool {
		for dir := path.Dir(name); ; dir = path.Dir(dir) {
			if flakes[dir] && (dir != "." || path.Dir(name) == ".") {
				return true
			}
			if dir == "." {
				return false
			}
		}
	}
	reached := map[string][]string{}
	imported := map[string]bool{}
	for name := range files {
		reached[name] = pathsIn(name, files)
		for _, to := range reached[name] {
			imported[to] = imported[to] || to != name
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if path.Ext(name) != ".nix" || path.Base(name) != "flake.nix" && (imported[name] || inFlake(name)) {
			continue
		}
		u := &moduleUnit{fixture: id, entry: name, files: files}
		within := closure(name, reached)
		if !isReadable(files, within) || !mayBeModule(files[name]) && id != "module-formals-closed" {
			continue
		}
		for _, d := range res.Findings {
			rel, err := filepath.Rel(root, d.File)
			require.NoError(t, err)
			if rel = filepath.ToSlash(rel); !within[rel] {
				continue
			}
			p := placedLine{rel, source.NewLineIndex(files[rel]).Line(d.Span.Start), d.Message}
			if d.Severity == diag.Error {
				u.bad = append(u.bad, p)
			} else {
				u.warned = append(u.warned, p)
			}
		}
		u.within = within
		units = append(units, u)
	}
	return units
}

// isReadable reports whether Nix can read some of the files.
func isReadable(files map[string]string, some map[string]bool) bool {
	for name := range some {
		if path.Ext(name) == ".nix" && len(parser.Parse(files[name]).Errors()) > 0 {
			return false
		}
	}
	return true
}

// mayBeModule reports whether a file is a set, or a function that takes any arguments.
func mayBeModule(text string) bool {
	fn, ok := ast.AsLambda(parser.Parse(text).Expr().Tail())
	return !ok || strings.Contains(strings.SplitN(fn.Text(), ":", 2)[0], "...") || !strings.Contains(strings.SplitN(fn.Text(), ":", 2)[0], "{")
}

var pathLiteral = regexp.MustCompile(`\.\.?/[\w./+-]*`)

// pathsIn returns the files of a fixture that one of them names.
func pathsIn(name string, files map[string]string) (found []string) {
	for _, literal := range pathLiteral.FindAllString(files[name], -1) {
		to := path.Join(path.Dir(name), literal)
		for _, to := range []string{to, path.Join(to, "default.nix")} {
			if _, is := files[to]; is {
				found = append(found, to)
			}
		}
	}
	return found
}

func closure(from string, reached map[string][]string) map[string]bool {
	all, todo := map[string]bool{from: true}, []string{from}
	for len(todo) > 0 {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, to := range reached[name] {
			if !all[to] {
				all[to] = true
				todo = append(todo, to)
			}
		}
	}
	return all
}

// variants are the unit without all lines in which something is found, and with each one that has an error. Where a file cannot do without such a
// line, the unit is evaluated as it is.
func (u *moduleUnit) variants() (all []variant) {
	lines := slices.Concat(u.bad, u.warned)
	whole := variant{unit: u, what: "as it is", files: u.files}
	if len(lines) == 0 {
		return []variant{whole}
	}
	files, ok := u.without(lines, placedLine{})
	if ok {
		all = append(all, variant{unit: u, what: "without what is found", files: files})
	}
	if rules.Lookup(u.fixture).Severity < diag.Error { // what is found fails only here and there
		if ok {
			all[0].or = true
		}
		return append(all, whole)
	}
	told := false
	for _, b := range u.bad {
		if files, ok := u.without(lines, b); ok {
			all = append(all, variant{unit: u, what: fmt.Sprintf("with line %d of %s alone (%s)", b.line, b.file, b.message), files: files, fails: true})
		} else if !told {
			told, whole.fails = true, true
			all = append(all, whole)
		}
	}
	return all
}

// without takes lines out of the files, but for one, and reports whether they can do without them.
func (u *moduleUnit) without(lines []placedLine, but placedLine) (files map[string]string, ok bool) {
	files = maps.Clone(u.files)
	for name, text := range files {
		gone := map[int]bool{}
		for _, l := range lines {
			if l.file == name && (l.file != but.file || l.line != but.line) {
				gone[l.line] = true
			}
		}
		if len(gone) == 0 {
			continue
		}
		all := strings.Split(text, "\n")
		for line := range gone {
			all[line-1] = ""
		}
		files[name] = strings.Join(all, "\n")
		if tree := parser.Parse(files[name]); len(tree.Errors()) > 0 && len(parser.Parse(text).Errors()) == 0 {
			return nil, false
		}
	}
	return files, true
}

// writeGone writes empty modules for the paths that name nothing in a fixture.
func writeGone(dir string, files map[string]string) {
	for name, text := range files {
		if path.Ext(name) != ".nix" {
			continue
		}
		for _, literal := range pathLiteral.FindAllString(text, -1) {
			to := path.Join(path.Dir(name), strings.TrimSuffix(literal, "."))
			if path.Ext(to) != ".nix" {
				to = path.Join(to, "default.nix")
			}
			at := filepath.Join(dir, filepath.FromSlash(to))
			if rel, err := filepath.Rel(dir, at); err != nil || strings.HasPrefix(rel, "..") {
				continue
			}
			if _, err := os.Stat(at); err == nil {
				continue
			}
			if os.MkdirAll(filepath.Dir(at), 0o755) == nil {
				_ = os.WriteFile(at, []byte("{ }\n"), 0o644) // a folder may be in the way
			}
		}
	}
}

var (
	pkgsName       = regexp.MustCompile(`\bpkgs\.([\w-]+)`)
	moduleName     = regexp.MustCompile(`\b(?:nixosModules|homeModules|homeManagerModules|darwinModules|flakeModules)\.([\w-]+)`)
	inputName      = regexp.MustCompile(`\b(?:inputs|args)\.([\w-]+)`)
	formals        = regexp.MustCompile(`\{([\w, .?]*)\}(?:@\w+)?:`)
	outputsFormals = regexp.MustCompile(`outputs = *(?:\w+@)?\{[^}]*\}|outputs = *\w+:`)
	formalName     = regexp.MustCompile(`[a-zA-Z][\w-]*`)
	configRead     = regexp.MustCompile(`\b(?:config|cfg)((?:\.[a-zA-Z_][\w-]*)+)`)
	aliasOf        = regexp.MustCompile(`\bcfg = config((?:\.[\w-]+)+);`)
)

// outside are the first names of the options that are around a module.
const outside = "services programs networking environment users systemd boot hardware time home xdg nix nixpkgs security virtualisation fonts i18n console system documentation fileSystems " +
	"swapDevices containers specialisation sops age launchd homebrew wayland gtk qt dconf power powerManagement sound zramSwap location isoImage"

// unitHarness evaluates a unit with what is around it: the options of NixOS and home-manager, which take everything and have what the unit reads of
// them, the packages, inputs and arguments that it names.
func unitHarness(t *testing.T, v variant) string {
	flake := path.Base(v.unit.entry) == "flake.nix"
	text, own := "", ""
	for _, name := range slices.Sorted(maps.Keys(v.files)) {
		if v.unit.within[name] && path.Ext(name) == ".nix" {
			text += v.files[name] + "\n"
		}
	}
	own = v.files[v.unit.entry]
	names := func(of *regexp.Regexp) map[string]bool {
		found := map[string]bool{}
		for _, m := range of.FindAllStringSubmatch(text, -1) {
			found[m[1]] = true
		}
		return found
	}
	set := func(names map[string]bool, value string, but ...string) string {
		var b strings.Builder
		for _, n := range slices.Sorted(maps.Keys(names)) {
			if !slices.Contains(but, n) {
				fmt.Fprintf(&b, " %q = %s;", n, value)
			}
		}
		return b.String()
	}
	arguments, free := "", "{ }"
	if !flake {
		if v.unit.fixture != "imports-under-config" && !strings.Contains(text, "freeformType") {
			free = "{ freeformType = types.lazyAttrsOf loose; }"
		}
		for _, m := range formals.FindAllStringSubmatch(own, -1) {
			for _, n := range strings.Split(m[1], ",") {
				if n = strings.TrimSpace(n); formalName.FindString(n) == n && n != "" && !slices.Contains(strings.Fields("config lib pkgs options inputs modulesPath specialArgs name"), n) {
					arguments += " " + n + " = " + argumentIn(own, n) + ";"
				}
			}
		}
	}
	reads := map[string]bool{}
	alias := ""
	if m := aliasOf.FindStringSubmatch(text); m != nil {
		alias = m[1]
	}
	for _, m := range configRead.FindAllStringSubmatch(text, -1) {
		at := m[1]
		if strings.HasPrefix(m[0], "cfg") {
			at = alias + at
		}
		names := strings.Split(strings.TrimPrefix(at, "."), ".")
		if names[0] == "home-manager" || regexp.MustCompile(`options(\.|\s*=\s*\{\s*)`+names[0]+`\b`).MatchString(text) {
			continue
		}
		if free != "{ }" || len(names) > 1 && slices.Contains(strings.Fields(outside), names[0]) {
			reads[strings.Join(names, ".")] = true
		}
	}
	defaults := ""
	for _, at := range slices.Sorted(maps.Keys(reads)) {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(reads)), func(other string) bool { return strings.HasPrefix(other, at+".") }) {
			defaults += " " + at + " = lib.mkOverride 1600 " + ofName(path.Base(strings.ReplaceAll(at, ".", "/"))) + ";"
		}
	}
	entry := fmt.Sprintf(`(evaluate { modules = [ (./. + "/%s") { config._module.args = arguments; } ]; specialArgs = arguments // { inherit inputs; }; }).config`, v.unit.entry)
	if flake {
		entry = `map (h: h.config) hosts`
	}
	given := "inputs"
	if m := outputsFormals.FindString(own); !strings.Contains(m, "...") {
		given = "{ }"
	}
	return fmt.Sprintf(`
let
  lib = import %s;
  inherit (lib) mkOption types;
  stub = name: { outPath = "/nix/store/" + name; pname = name; version = "1"; __functor = self: _: self; };
  pkgs = { %s } // {
    inherit lib;
    stdenv = { isLinux = true; isDarwin = false; hostPlatform = { isLinux = true; isDarwin = false; system = "x86_64-linux"; }; };
    system = "x86_64-linux";
    writeText = name: text: stub (name + text);
  };
  loose = lib.mkOptionType {
    name = "loose";
    emptyValue.value = { };
    merge = loc: defs:
      let values = map (d: d.value) defs; in
      if lib.all (v: builtins.isAttrs v && !(v ? __functor)) values then (types.lazyAttrsOf loose).merge loc defs
      else if lib.all builtins.isList values then lib.concatLists values
      else lib.last values;
  };
  any = mkOption { default = { }; type = types.submodule { freeformType = types.lazyAttrsOf loose; }; };
  text = mkOption { type = types.nullOr types.str; default = null; };
  around = {
    options = lib.genAttrs (lib.splitString " " "%s") (_: any) // {
      warnings = mkOption { default = [ ]; type = types.listOf loose; };
      assertions = mkOption { default = [ ]; type = types.listOf loose; };
      time = mkOption { default = { }; type = types.submodule { freeformType = types.lazyAttrsOf loose; options.timeZone = text; }; };
      meta = mkOption { default = { }; type = loose; };
    };
    config._module.args = { inherit pkgs; };
  };
  users = { extraSpecialArgs ? { }, ... }: types.attrsOf (types.submoduleWith { specialArgs = { osConfig = { }; } // extraSpecialArgs; modules = [ around ]; });
  free = %s;
  base = { config, ... }: {
    imports = [ around ];
    ${if free ? freeformType then "freeformType" else null} = free.freeformType;
    options.home-manager = mkOption {
      default = { };
      type = types.submodule ({ config, ... }: { freeformType = types.lazyAttrsOf loose; options.users = mkOption { default = { }; type = users { inherit (config) extraSpecialArgs; }; }; options.extraSpecialArgs = mkOption { default = { }; }; });
    };
    config = { %s };
  };
  evaluate = { modules, specialArgs ? { }, extraSpecialArgs ? { }, ... }: lib.evalModules { specialArgs = { modulesPath = ./.; } // specialArgs // extraSpecialArgs; modules = modules ++ [ base ]; };
  modulesOf = { default = { }; %s };
  arguments = { %s };
  inputs = { %s } // { inherit nixpkgs self; home-manager = host; nix-darwin = host; darwin = host; };
  host = input // { lib = lib // { nixosSystem = evaluate; darwinSystem = evaluate; homeManagerConfiguration = evaluate; }; legacyPackages.x86_64-linux = pkgs; };
  nixpkgs = host;
  input = stub "input" // { rev = "1"; nixosModules = modulesOf; homeModules = modulesOf; homeManagerModules = modulesOf; darwinModules = modulesOf; flakeModules = modulesOf; packages.x86_64-linux = pkgs; };
  self = input // { inherit inputs; };
  flake = let inherit (import ./%s) outputs; in outputs (lib.mapAttrs (name: _: inputs.${name} or input) (builtins.functionArgs outputs) // %s);
  hosts = lib.concatMap (kind: lib.attrValues (flake.${kind} or { })) [ "nixosConfigurations" "darwinConfigurations" "homeConfigurations" ];
in builtins.deepSeq (%s) ("evalu" + "ates")
`, testenv.Shared(t, "corpus", "nixpkgs-lib", "lib"), set(names(pkgsName), `stub "p"`), outside, free, defaults, set(names(moduleName), "{ }", "default"),
		arguments,
		set(names(inputName), "input"), v.unit.entry, given, entry)
}

// argumentIn is a value for an argument of a module by the way it is used.
func argumentIn(text, name string) string {
	switch {
	case regexp.MustCompile(`(if|optional|optionals|mkIf|&&|!|\|\||optionalAttrs|optionalString) *\(*!?` + name + `\b`).MatchString(text):
		return "true"
	case strings.Contains(strings.ToLower(name), "name") || strings.HasPrefix(name, "user") || regexp.MustCompile(`\$\{`+name+`\}`).MatchString(text):
		return `"x"`
	case strings.HasSuffix(name, "s"):
		return "[ ]"
	}
	return "input"
}

// ofName is a value that an option of a name may have.
func ofName(name string) string {
	switch {
	case strings.HasPrefix(strings.ToLower(name), "port"):
		return "1"
	case strings.HasSuffix(name, "s") || strings.HasSuffix(name, "Ports"):
		return "[ ]"
	case strings.Contains(strings.ToLower(name), "name") || name == "package" || name == "kind" || name == "text":
		return `"x"`
	}
	return "false"
}
