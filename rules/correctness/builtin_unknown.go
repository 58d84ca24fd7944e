package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "builtin-unknown", Family: family, Since: "0.1.0",
	Summary: "An attribute of `builtins` is read that the Nix in use has not",
	Doc: "`builtins.name` fails as soon as it is evaluated where Nix has no such builtin. The rule knows the builtins of Nix 2.3\n" +
		"and later, of Lix, of Determinate Nix and of common plugins. A name that none of them has is an error; one that is\n" +
		"newer than `minimum-nix-version`, or that only a fork or plugin has, is told as information.\n" +
		"\n" +
		"Code that asks first is left alone: `builtins.name or other`, `builtins ? name`, a comparison with\n" +
		"`builtins.nixVersion` in the same file.",
	Severity: diag.Error, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Aliases: []string{"nixf:sema-primop-unknown"},
	On:      []ast.Kind{ast.Select},
	File: func(p *rules.Pass) {
		names := p.Names()
		var asked map[string]bool
		for _, u := range names.Uses() {
			if u.Target != sema.ToGlobal || u.Node.End()-u.Node.Start() != uint32(len("builtins")) || u.Node.Text() != "builtins" {
				continue
			}
			s, ok := ast.AsSelect(u.Node.OutsideParens().Parent())
			if !ok || s.Operand() != u.Node.OutsideParens() || s.Default().IsValid() || s.HasError() {
				continue
			}
			part := s.Attrpath().FirstChild()
			name, ok := ast.AttrName(part)
			if !ok {
				continue
			}
			f, ok := aboutBuiltin(name, p.MinNix)
			if !ok {
				continue
			}
			if asked == nil {
				asked = nixlang.AskedBuiltins(names)
			}
			if !asked[name] && !asked["nixVersion"] {
				f.Span = part.Span()
				if part.Is(ast.Name) && len(f.Fixes) > 0 {
					f.Fixes[0].Edits[0].Span = f.Span
				} else {
					f.Fixes = nil
				}
				p.Report(f)
			}
		}
	},
})

// aboutBuiltin returns what is to be said of a builtin's name; ok is false where it is there.
func aboutBuiltin(name string, minNix config.Version) (f diag.Finding, ok bool) {
	available, b := sema.BuiltinIn(name, sema.NixVersion{Major: uint8(min(minNix.Major, 255)), Minor: uint8(min(minNix.Minor, 255))})
	switch available {
	case sema.Unknown:
		f.Message = "Nix has no builtin " + diag.Code(name)
		var all []string
		for _, b := range sema.Builtins() {
			all = append(all, b.Name)
		}
		if guess := near.Find(name, all); guess != "" {
			f.Help = "did you mean `" + guess + "`?"
			f.Fixes = []diag.Fix{{Title: "use `" + guess + "`", Edits: []diag.Edit{{Text: guess}}}}
		} else if libtable.Lookup(name) != nil {
			f.Help = "nixpkgs has `lib." + name + "`"
		}
	case sema.Elsewhere:
		f.Severity = diag.Info
		f.Message = "only " + b.Only + " has the builtin `" + name + "`"
		f.Help = "write `builtins." + name + " or …` for others"
	case sema.Gone:
		f.Message = "the builtin `" + name + "` is gone: Nix " + b.Until.String() + " was the last to have it"
	case sema.Newer:
		f.Severity = diag.Info
		f.Message = "the builtin `" + name + "` is there since Nix " + b.Since.String() + ", and `minimum-nix-version` is " + minNix.String()
		f.Help = "write `builtins." + name + " or …` for older versions"
	}
	return f, available != sema.Available
}
