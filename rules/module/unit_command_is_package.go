package module

import (
	"maps"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unit-command-is-package", Family: family, Since: "0.1.0",
	Summary: "The command of a unit is a package, and not a program in it",
	Doc: "A package in a string is the path of a folder. `ExecStart = \"${pkgs.hello}\"` asks systemd to run that folder. So does\n" +
		"`pkgs.writeShellScriptBin`, which makes a package with the script in its `bin`.\n" +
		"\n" +
		"Use `lib.getExe pkgs.hello`, or `\"${pkgs.hello}/bin/hello\"`. `pkgs.writeShellScript` makes a script that can be run as it is.",
	Severity: diag.Warning, Presets: rules.Recommended,
	On:    []ast.Kind{ast.Binding},
	Names: slices.Sorted(maps.Keys(commandKeys)),
	Node: func(p *rules.Pass, n ast.Node) {
		value, _, ok := commandOf(n)
		if !ok {
			return
		}
		eachCommand(p.Names(), value, func(n ast.Node) {
			at := n
			text, holes, is := commandText(n)
			if is {
				text = strings.TrimLeft(text, "@-:+!|")
				if text == "" || text[0] != hole || len(text) > 1 && text[1] != ' ' && text[1] != '\n' {
					return
				}
				at = holes[0]
			}
			what := packageOf(p.Names(), at)
			if what == "" {
				return
			}
			f := diag.Finding{Span: at.Span(), Message: what + " is a package: its path is a folder, and no program", Help: "use `lib.getExe`, or the path of the program in its `bin`"}
			if strings.Contains(what, "writeShellScriptBin") {
				f.Help = "use `pkgs.writeShellScript`, or `lib.getExe`"
			}
			p.Report(f)
		}, 8)
	},
})

// packageMakers are functions of nixpkgs that make a package with programs in its bin.
var packageMakers = set(`writeShellScriptBin writeScriptBin writeShellApplication symlinkJoin buildEnv mkDerivation buildGoModule
	buildRustPackage buildPythonApplication buildPythonPackage buildNpmPackage writePython3Bin runCommandLocalBin`)

// packageOf names the package that an expression surely is, or returns "".
func packageOf(names *sema.Info, n ast.Node) string {
	for range 8 {
		n = n.Tail()
		b := (*sema.Binding)(nil)
		if n.Is(ast.Ident) {
			b = names.Resolve(n)
		}
		if b == nil || b.Kind != sema.LetBinding || b.More || !b.Value.IsValid() {
			break
		}
		n = b.Value
	}
	switch n.Kind() {
	case ast.Select:
		s := ast.SelectExpr{Node: n}
		parts, static := s.Attrpath().Static()
		if !static || s.Default().IsValid() || !s.Operand().Unparen().Is(ast.Ident) {
			return ""
		}
		last := parts[len(parts)-1]
		root := s.Operand().Unparen().Text()
		switch {
		case root == "pkgs" && len(parts) == 1 && names.Resolve(s.Operand().Unparen()) != nil && !strings.Contains(strings.ToLower(last), "shell") &&
			!strings.Contains(strings.ToLower(last), "script"):
			return diag.Code(n.Text())
		case last == "package" && (root == "cfg" || root == "config"):
			return diag.Code(n.Text())
		}
	case ast.Apply:
		fn, _ := ast.Call(n)
		if name := ast.LastName(fn); packageMakers[name] {
			return "what `" + name + "` makes"
		}
	}
	return ""
}
