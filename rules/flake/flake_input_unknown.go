package flake

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-input-unknown", Family: family, Since: "0.1.0",
	Summary: "An input is used that flake.nix does not declare",
	Doc: "`inputs.nixos-hardwear.nixosModules` fails with \"attribute 'nixos-hardwear' missing\" where `flake.nix` has no input of that\n" +
		"name: it is misspelt, renamed or removed. `self.inputs` has no `self`, though `inputs` has.\n" +
		"\n" +
		"In `flake.nix` it is an error. In other files the argument `inputs` is the flake's where a flake reaches the file and passes that,\n" +
		"by `specialArgs`, `import ./x.nix { inherit inputs; }` or flake-parts, and where no file of the project gives the name to\n" +
		"anything else: a warning. What a file asks for by `?` or `or` may be missing.\n" +
		"\n" +
		"The fix puts the input that was probably meant.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Asks: project.ForHanding,
	On:   []ast.Kind{ast.Select, ast.Inherit, ast.With},
	File: func(p *rules.Pass) {
		f := p.Project.Flake()
		if f == nil || !f.Nix.InputsLiteral || f.Nix.Outputs.Attr == nil {
			return
		}
		var declared []string
		for _, t := range takenOf(p) {
			if t.of != withSelf && t.of != withoutSelf {
				continue
			}
			name, node := t.path[0].name, t.path[0].node
			if name == "" || f.Nix.Input(name) != nil || p.MayMiss(name) {
				continue
			}
			if t.of == withSelf && (name == "outPath" || name == "_type") {
				continue
			}
			if declared == nil {
				for _, in := range f.Nix.AllInputs() {
					declared = append(declared, in.Name)
				}
			}
			name = strings.Clone(name)
			found := diag.Finding{
				Span: node.Span(), Message: "the flake has no input " + diag.Code(name),
				Help: "declare it in `flake.nix`",
			}
			if t.given != "" {
				found.Severity = diag.Warning
			}
			if meant := near.Find(name, declared); meant != "" {
				found.Help = "did you mean " + diag.Code(meant) + "?"
				if node.Text() == name && !node.Parent().Is(ast.Inherit) && !node.Is(ast.Ident) {
					found.Fixes = []diag.Fix{rules.Replace("write "+diag.Code(meant), diag.Unsafe, node.Span(), ast.QuoteAttr(meant))}
				}
			}
			if name == "self" {
				found.Message, found.Help = "`self.inputs` has no `self`", "write `self`"
			}
			rules.ThisFails.End(&found, t.given == "")
			reportTaken(p, f, &t, found, func(a *rules.Asked, dir string) bool { return hasInput(a, dir, name) })
		}
	},
})

// hasInput reports whether the flake in a folder may have an input.
func hasInput(a *rules.Asked, dir, name string) bool {
	f := a.FlakeIn(dir)
	return f == nil || !f.Nix.InputsLiteral || f.Nix.Input(name) != nil
}
