package eval

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// stubs writes arguments at random that more or less fit how they are used.
type stubs struct {
	*generator
	shapes map[ast.NodeID]*shape
	// rests is set where what is said rests on an argument lib that is nixpkgs' lib, be it extended.
	rests bool
	outer bool // what is written is an argument, and nothing in one
}

// libs defines what arguments called lib are: lib0 and lib1 are nixpkgs' lib with more in it, the functions of odd0 and odd1 do
// something else.
func libs(lib string) string {
	return `libs = rec {
		lib0 = (import ` + lib + `).extend (final: prev: { mine = { }; });
		lib1 = lib0.extend (final: prev: {
			maintainers = prev.maintainers // { me = { }; };
			types = prev.types // { mine = prev.types.int; };
			my.f = x: x;
			strings = prev.strings // { quote = s: "'${s}'"; };
		});
		odd0 = lib0 // builtins.mapAttrs (_: v: if builtins.isFunction v then (x: y: [ x y ]) else v) {
			inherit (lib0) map mapAttrs mapAttrs' mapAttrsToList genAttrs optional optionals optionalString optionalAttrs filterAttrs;
			inherit (lib0) concatStringsSep concatMapStringsSep mkOption mkIf foldl';
		};
		odd1 = builtins.mapAttrs (_: v: if builtins.isFunction v then (x: {
			__functor = _: y: { outPath = "/o"; inherit x y; };
			outPath = "/o";
		}) else v) lib0;
	}`
}

// known are what has its meaning by its name.
var known = map[string]string{
	"callPackage": "(libs.lib0.callPackageWith { })", "callPackages": "(libs.lib0.callPackagesWith { })", "newScope": "libs.lib0.callPackageWith",
	"callPackageWith": "libs.lib0.callPackageWith", "callPackagesWith": "libs.lib0.callPackagesWith",
}

// value writes what fits a shape, mostly.
func (g *stubs) value(name string, s *shape) string {
	switch {
	case known[name] != "":
		return known[name]
	case name == "lib" && (g.rests || !g.outer): // that of pkgs is nixpkgs' own
		return g.pick("libs.lib0", "libs.lib1")
	case name == "lib" && g.chance(80):
		return g.pick("libs.lib0", "libs.lib1", "libs.odd0", "libs.odd1")
	case s == nil:
		s = &shape{}
	}
	kind := s.kind
	if g.chance(15) {
		kind = 0
	}
	switch {
	case len(s.attrs) > 0 && g.chance(97):
		defer func(outer bool) { g.outer = outer }(g.outer)
		g.outer = false
		var b strings.Builder
		b.WriteString("{ ")
		if s.kind == Function {
			b.WriteString("__functor = _: " + g.function() + "; ")
		}
		if s.kind == String {
			b.WriteString(`outPath = "/o"; `)
		}
		for _, n := range slices.Sorted(mapKeys(s.attrs)) {
			if !g.chance(4) && !(n == "outPath" && s.kind == String) {
				b.WriteString(strconv.Quote(n) + " = " + g.value(n, s.attrs[n]) + "; ")
			}
		}
		return g.overlaid(b.String()+"}", s)
	case kind == Function:
		return g.function()
	case kind == String:
		return g.pick(`"s"`, `"x86_64-linux"`, `"25.11"`, `{ outPath = "/o"; a = 1; }`, "/p", `{ __toString = _: "t"; }`)
	case kind == Set:
		return g.pick("{ }", `{ a = 1; b = "b"; }`, "{ enable = true; name = \"n\"; }", `{ a = { type = "derivation"; outPath = "/o"; name = "n"; }; }`, "libs.lib0")
	case kind == List:
		return g.pick("[ ]", `[ "a" "b" ]`, "[ { a = 1; } ]", `[ { name = "a"; value = [ ]; } ]`, "[ /p ]")
	case kind == Bool:
		return g.pick("true", "false")
	}
	return g.pick("true", "false", "null", "1", `"s"`, "/p", "[ ]", `[ "a" ]`, "{ }", `{ a = 1; }`, `{ outPath = "/o"; }`, "(x: x)", "(throw \"t\")", "1.5",
		"{ __functor = _: x: x; outPath = \"/o\"; }", "libs.lib0", `{ type = "derivation"; outPath = "/o"; name = "n-1"; pname = "n"; version = "1"; meta = { }; }`)
}

// overlaid writes a set as projects make theirs: with more attributes, with overlays that replace some of them, overridable.
func (g *stubs) overlaid(set string, s *shape) string {
	if g.chance(60) {
		return set
	}
	var replaced strings.Builder
	for _, n := range slices.Sorted(mapKeys(s.attrs)) {
		if g.chance(25) && n != "lib" && known[n] == "" {
			q := strconv.Quote(n)
			replaced.WriteString(q + " = " + g.pick("prev."+q+" or 1", "final.added", g.value(n, nil), "{ inherit prev; outPath = \"/o\"; }") + "; ")
		}
	}
	overlay := "(final: prev: { added = " + g.pick("1", `"s"`, "{ }", "prev", "x: x") + "; " + replaced.String() + "})"
	switch g.IntN(5) {
	case 0:
		return fmt.Sprintf("(libs.lib0.fix (libs.lib0.extends %s (_: %s)))", overlay, set)
	case 1:
		return fmt.Sprintf("((libs.lib0.makeExtensible (_: %s)).extend %s)", set, overlay)
	case 2:
		return fmt.Sprintf("(libs.lib0.makeOverridable (_: %s) { })", set)
	case 3:
		return fmt.Sprintf(`({ type = "derivation"; outPath = "/o"; drvPath = "/d"; name = "n-1"; meta = { }; overrideAttrs = _: { outPath = "/o"; }; } // %s)`, set)
	}
	return fmt.Sprintf("(let prev = %s; final = %s prev prev; in prev // final)", set, overlay)
}

func (g *stubs) function() string {
	return g.pick("(x: x)", "(x: y: y)", "(x: { })", `(x: "s")`, "(x: [ ])", "(x: true)", "(x: y: z: { })", "(x: { outPath = \"/o\"; a = x; })",
		"({ ... }@x: x)", "{ __functor = _: x: x; a = 1; }", "(f: if builtins.isFunction f then f { } else f)", "(x: y: [ x y ])", "(x: x // { extra = 1; })",
		`(x: y: "s")`, "(x: y: z: w: true)", "libs.lib0.id", "libs.lib0.const", "(x: _: x)", "(x: if builtins.isAttrs x then x else { })")
}

// argument writes what a function may be called with: what it takes, and with ... what nobody asked for.
func (g *stubs) argument(fn ast.LambdaExpr) string {
	g.outer = true
	pattern, ok := fn.Pattern()
	if !ok {
		return g.value(fn.Param().Text(), g.shapes[fn.Param().ID()])
	}
	whole := &shape{}
	if at := pattern.At(); at.IsValid() {
		if s := g.shapes[at.ID()]; s != nil {
			whole = s
		}
	}
	var b strings.Builder
	b.WriteString("{ ")
	has := map[string]bool{}
	for f := range pattern.Formals() {
		name := f.Name().Text()
		has[name] = true
		if f.Default().IsValid() && g.chance(50) {
			continue
		}
		b.WriteString(name + " = " + g.value(name, g.shapes[f.Name().ID()]) + "; ")
	}
	if pattern.HasEllipsis() {
		for _, n := range slices.Sorted(mapKeys(whole.attrs)) {
			if !has[n] && g.chance(90) {
				has[n] = true
				b.WriteString(strconv.Quote(n) + " = " + g.value(n, whole.attrs[n]) + "; ")
			}
		}
		for _, n := range []string{"lib", "pkgs", "config", "options", "self", "inputs", "modulesPath", "username", "extra"} {
			if !has[n] && g.chance(30) {
				b.WriteString(n + " = " + g.value(n, nil) + "; ")
			}
		}
	}
	return b.String() + "}"
}
