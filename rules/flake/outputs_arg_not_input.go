package flake

import (
	"fmt"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "outputs-arg-not-input", Family: family, Since: "0.1.0",
	Summary: "`outputs` takes an argument that is no input",
	Doc: "What `outputs` names is an input, declared or not. One that is not declared is looked up in the registry, whose\n" +
		"entries differ from machine to machine, and where that does not have the name, the flake cannot be used: \"cannot\n" +
		"find flake 'flake:foo' in the flake registries\". A default, `foo ? null`, does not change that, nor does `...`.\n" +
		"\n" +
		"It is an error where the name is a misspelt input that the pattern has no place for. Names of the global registry,\n" +
		"such as `nixpkgs`, are info. Nothing is said of what flake.lock has; where flake.lock is there and lacks the name,\n" +
		"`lock-missing-entry` tells.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		if !f.Nix.InputsLiteral {
			return
		}
		var found []diag.Finding
		misspelt := meantInputs(f)
		for _, in := range f.Nix.Implicit {
			if _, locked := f.Resolve([]string{in.Name}); locked {
				continue
			}
			finding := diag.Finding{
				Span:    in.NameNode.Span(),
				Message: fmt.Sprintf("%s is no input of the flake, so Nix looks it up in the registry", diag.Code(in.Name)),
				Help:    fmt.Sprintf("declare %s", diag.Code("inputs."+in.Name+".url")),
			}
			meant := misspelt[in]
			switch _, known := in.Ref.Registry(); {
			case meant != nil:
				if !f.Nix.Outputs.Ellipsis {
					finding.Severity = diag.Error
				}
				finding.Help = fmt.Sprintf("did you mean %s?", diag.Code(meant.Name))
				finding.Related = []diag.Related{{Span: meant.NameNode.Span(), Message: "an input"}}
				if fix, ok := renameFormal(p, f, in.NameNode, meant.Name); ok {
					finding.Fixes = []diag.Fix{fix}
				}
			case soundLock(f):
				continue
			case in.Name == "inputs":
				finding.Message = "no input of the flake is called `inputs`, so Nix looks it up in the registry"
				finding.Help = "for all inputs write `inputs@{ … }:`"
				if pattern, ok := f.Nix.Outputs.Lambda.Pattern(); ok && !pattern.At().IsValid() {
					finding.Help = "for all inputs write `inputs@` before the pattern, and not `inputs` in it"
				}
			case known:
				finding.Severity = diag.Info
			default:
				finding.Message += "; the global registry is not known to have it"
			}
			if p.Project.InAside(f.Dir) && finding.Severity != diag.Error {
				finding.Severity = diag.Info
			}
			found = append(found, finding)
		}
		tellFaults(p, f, found)
	},
})

// renameFormal returns the fix that renames a formal of outputs with all its uses. ok is false where the new name means
// something else somewhere, or a use cannot be renamed alone.
func renameFormal(p *rules.Pass, f *flake.Flake, name ast.Node, to string) (fix diag.Fix, ok bool) {
	if !ast.IsIdentifier(to) {
		return diag.Fix{}, false
	}
	names := p.Names()
	scope, ok := names.ScopeOf(f.Nix.Outputs.Lambda.Node)
	if !ok {
		return diag.Fix{}, false
	}
	fix = rules.Replace("write "+diag.Code(to), diag.Unsafe, name.Span(), to)
	id := names.Scope(scope).First
	for ; id <= names.Scope(scope).Last && names.Binding(id).Node != name; id++ {
	}
	if id > names.Scope(scope).Last {
		return diag.Fix{}, false
	}
	for u := range names.UsesOf(id) {
		if !u.Node.Is(ast.Ident) {
			return diag.Fix{}, false // inherited: the attribute would change its name
		}
		fix.Edits = append(fix.Edits, diag.Edit{Span: u.Node.Span(), Text: to})
	}
	for _, u := range names.Uses() { // what already has the name would become the input
		if u.Target != sema.ToBinding && u.Node.Text() == to {
			return diag.Fix{}, false
		}
	}
	for _, b := range names.Bindings() {
		if b.Name == to && b.Node.IsValid() && b.Scope != 0 && (source.Span{Start: f.Nix.Outputs.Lambda.Start(), End: f.Nix.Outputs.Lambda.End()}).Covers(b.Node.Span()) {
			return diag.Fix{}, false
		}
	}
	return fix, true
}
