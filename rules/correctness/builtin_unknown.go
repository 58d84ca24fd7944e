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
	Fix:     rules.FixSometimes,
	Aliases: []string{"nixf:sema-primop-unknown"},
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
				asked = askedFor(names)
			}
			if !asked[name] && !asked[nixVersion] {
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
	b := sema.LookupBuiltin(name)
	switch {
	case b == nil:
		f.Message = "Nix has no builtin `" + name + "`"
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
	case b.Only != "":
		f.Severity = diag.Info
		f.Message = "only " + b.Only + " has the builtin `" + name + "`"
		f.Help = "write `builtins." + name + " or …` for others"
	case !isZero(b.Until) && versionOf(b.Until).Before(minNix):
		f.Message = "the builtin `" + name + "` is gone: Nix " + versionOf(b.Until).String() + " was the last to have it"
	case !isZero(b.Since) && minNix.Before(versionOf(b.Since)):
		f.Severity = diag.Info
		f.Message = "the builtin `" + name + "` is there since Nix " + versionOf(b.Since).String() + ", and `minimum-nix-version` is " + minNix.String()
		f.Help = "write `builtins." + name + " or …` for older versions"
	default:
		return f, false
	}
	return f, true
}

func isZero(v sema.NixVersion) bool { return v == sema.NixVersion{} }

func versionOf(v sema.NixVersion) config.Version {
	return config.Version{Major: int(v.Major), Minor: int(v.Minor)}
}

// nixVersion stands in the result of askedFor for the version of Nix or of its language.
const nixVersion = "nixVersion"

// askedFor returns the builtins that the file tests for, the version of Nix among them.
func askedFor(names *sema.Info) map[string]bool {
	asked := map[string]bool{}
	for _, u := range names.Uses() {
		if u.Target != sema.ToGlobal {
			continue
		}
		switch u.Node.Text() {
		case "__nixVersion", "__langVersion":
			asked[nixVersion] = true
		case "builtins":
			if name, ok := testedFor(names, u.Node.OutsideParens()); ok {
				asked[name] = true
			}
		}
	}
	return asked
}

// testedFor returns the name that an expression around `builtins` asks for: in builtins ? name and in
// builtins.hasAttr "name" builtins; and the version where it is read.
func testedFor(names *sema.Info, n ast.Node) (string, bool) {
	up := n.Parent()
	switch up.Kind() {
	case ast.HasAttr:
		return ast.AttrName(ast.HasAttrExpr{Node: up}.Attrpath().FirstChild())
	case ast.Select:
		name, _ := ast.AttrName(ast.SelectExpr{Node: up}.Attrpath().FirstChild())
		return nixVersion, name == nixVersion || name == "langVersion"
	case ast.Apply:
		call, ok := ast.AsApply(ast.ApplyExpr{Node: up}.Func().Unparen())
		if ok && up.FirstChild() != n && nixlang.Builtin(names, call.Func()) == "hasAttr" {
			return ast.StringValue(call.Arg().Unparen())
		}
	}
	return "", false
}
