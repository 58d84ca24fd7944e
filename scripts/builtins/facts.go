package main

import "github.com/nixsift/nixsift/internal/sema"

// fact is what programs cannot tell: when exactly a builtin came, what it depends on, who else has it.
type fact struct {
	name         string
	since, until sema.NixVersion
	feature      string
	only         string
	args         uint8 // for what no program at hand has, or cannot be asked
}

func v(major, minor uint8) sema.NixVersion { return sema.NixVersion{Major: major, Minor: minor} }

const (
	nativeCode  = "allow-unsafe-native-code-during-evaluation"
	determinate = "Determinate Nix"
)

// facts are kept by hand. Versions are from the release notes of Nix (doc/manual/source/release-notes) unless
// something else is said.
var facts = []fact{
	{name: "ceil", since: v(2, 4)},
	{name: "floor", since: v(2, 4)},
	{name: "fetchTree", since: v(2, 4), feature: "fetch-tree"}, // the feature is needed from 2.19 on
	{name: "getFlake", since: v(2, 4), feature: "flakes"},
	{name: "groupBy", since: v(2, 5)},
	{name: "zipAttrsWith", since: v(2, 6)},
	{name: "fetchClosure", since: v(2, 8), feature: "fetch-closure"},
	{name: "break", since: v(2, 9)},
	{name: "traceVerbose", since: v(2, 10)},
	{name: "readFileType", since: v(2, 14)},
	{name: "flakeRefToString", since: v(2, 18), feature: "flakes"},
	{name: "outputOf", since: v(2, 18), feature: "dynamic-derivations"},
	{name: "parseFlakeRef", since: v(2, 18), feature: "flakes"},
	{name: "convertHash", since: v(2, 19)},
	{name: "addDrvOutputDependencies", since: v(2, 20)}, // NixOS/nix#7910; the notes do not name it
	{name: "warn", since: v(2, 23)},

	{name: "exec", feature: nativeCode},
	{name: "importNative", feature: nativeCode},
	{name: "valueSize", until: v(2, 3), args: 1}, // primops.cc of 2.3

	// derivation is written in Nix (primops/derivation.nix): a function of one set.
	{name: "derivation", args: 1},

	// Determinate Nix: doc/manual/source/release-notes-determinate/changes.md and its manual.
	{name: "derivationWithMeta", only: determinate, args: 1},
	{name: "filterAttrs", only: determinate, args: 2},
	{name: "parallel", only: determinate, args: 2},
	{name: "wasi", only: determinate, feature: "wasm-builtin", args: 2},
	{name: "wasm", only: determinate, feature: "wasm-builtin", args: 2},

	// Plugins that people load with plugin-files.
	{name: "extraBuiltins", only: "the plugin nix-plugins"},
	{name: "doc", only: "the plugin nix-doc", args: 1},
}
