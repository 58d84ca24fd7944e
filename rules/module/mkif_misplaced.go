package module

import (
	"fmt"
	"maps"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "mkif-misplaced", Family: family, Since: "0.1.0",
	Summary: "A `mkIf`, `mkForce` or the like is passed to a function that takes it for a value",
	Doc: "Properties are taken apart where the module system merges the definitions of an option, and nowhere else. In an argument of\n" +
		"`pkgs.mkShell`, `stdenv.mkDerivation`, `pkgs.writeText` or another function they are sets: \"cannot coerce a set to a\n" +
		"string\". `builtins.toJSON` and the generators write `{\"_type\":\"if\",…}` out.\n" +
		"\n" +
		"Use `lib.optionals`, `lib.optionalString`, `lib.optionalAttrs` or `if` there. In the value of an option a property may stand\n" +
		"inside sets and lists, as in `home.file.x.text = lib.mkIf c \"…\"`.",
	Severity: diag.Error, Presets: rules.Recommended,
	On:    []ast.Kind{ast.Apply},
	Names: slices.Concat(slices.Sorted(maps.Keys(takesValues)), slices.Sorted(maps.Keys(writesOut))),
	Node: func(p *rules.Pass, n ast.Node) {
		app := ast.ApplyExpr{Node: n}
		fn := app.Func().Unparen()
		for fn.Is(ast.Apply) {
			fn = (ast.ApplyExpr{Node: fn}).Func().Unparen()
		}
		name := ast.LastName(fn)
		if !takesValues[name] && !writesOut[name] || n.HasError() {
			return
		}
		eachPlain(app.Arg(), 4, func(n ast.Node) {
			if !n.Is(ast.Apply) && !n.Is(ast.Ident) {
				return
			}
			prop, ok := propertyOf(p.Names(), n)
			if !ok {
				return
			}
			f := diag.Finding{
				Span:    n.Span(),
				Message: fmt.Sprintf("`%s` makes a set that %s takes for the value", prop.name, diag.Code(name)),
				Help:    "only definitions of options know it",
			}
			if writesOut[name] || perhaps(p, n) {
				f.Severity = diag.Warning
			}
			if prop.name == "mkIf" {
				f.Help = "use `lib.optionals`, `lib.optionalString`, `lib.optionalAttrs` or `if`"
			}
			if n.Encloses(prop.call) {
				f.Span.Start, f.Span.End = prop.call.Start(), prop.fn.End()
			}
			p.Report(f)
		})
	},
})

// takesValues are functions of nixpkgs that make derivations and strings of what they are given; writesOut are those that
// write any value as text.
var (
	takesValues = set(`mkDerivation mkShell mkShellNoCC runCommand runCommandLocal runCommandCC writeText writeTextFile writeTextDir writeScript
		writeScriptBin writeShellScript writeShellScriptBin writeShellApplication symlinkJoin buildEnv buildGoModule buildRustPackage
		buildPythonPackage buildPythonApplication buildNpmPackage buildFHSEnv overrideAttrs substituteAll replaceVars fetchurl fetchFromGitHub
		optionalString escapeShellArg escapeShellArgs makeBinPath makeLibraryPath makeSearchPath removePrefix removeSuffix splitString toUpper toLower`)
	writesOut = set("toJSON toXML toINI toYAML toTOML toKeyValue toGitINI toLua toPretty toPlist toDhall toHyprconf")
)

// eachPlain yields what an argument consists of: it, and the values of sets and elements of lists that are written out.
func eachPlain(n ast.Node, depth int, yield func(n ast.Node)) {
	n = n.Tail()
	if depth == 0 {
		return
	}
	switch n.Kind() {
	case ast.AttrSet:
		for c := range n.Children() {
			if b, ok := ast.AsBinding(c); ok {
				eachPlain(b.Value(), depth-1, yield)
			}
		}
	case ast.List:
		for c := range n.Children() {
			eachPlain(c, depth-1, yield)
		}
	case ast.Binary:
		if n.Op() == ast.OpUpdate {
			eachPlain(n.Child(0), depth-1, yield)
			eachPlain(n.Child(1), depth-1, yield)
		}
	default:
		yield(n)
	}
}
