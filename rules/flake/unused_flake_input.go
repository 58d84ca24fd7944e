package flake

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unused-flake-input", Family: family, Since: "0.1.0",
	Summary: "Nothing uses an input of the flake",
	Doc: "An input that nothing uses is fetched, locked and updated all the same, and whoever uses the flake as an input gets\n" +
		"it too. Remove it, from the arguments of `outputs` as well: for a name that stands only there Nix asks the registry. An\n" +
		"input that only follows another fetches nothing more, and is info.\n" +
		"\n" +
		"An input is used where `outputs` has its name, where another input follows it, and where all inputs are passed on:\n" +
		"`inherit inputs`, `mkFlake { inherit inputs; }`, `import ./outputs.nix inputs`, `inputs.${name}`, `self.inputs`, or\n" +
		"`self` passed to what may read them. Where files read `flake.lock`, as those with flake-compat do, the names in\n" +
		"them are uses. In templates, examples and tests it is info.",
	Severity: diag.Warning, Presets: rules.Recommended, Tags: diag.Unnecessary,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		if !f.Nix.InputsLiteral || !f.Nix.Outputs.IsLambda || len(f.Nix.Inputs) == 0 || hasNoOutputs(f.Nix) {
			return
		}
		used, ok := usedInputs(p, f)
		if !ok {
			return
		}
		var unused []*flake.Input
		for _, in := range f.Nix.Inputs {
			if !used[in.Name] && len(in.Faults) == 0 && !followed(f, in) {
				unused = append(unused, in)
			}
		}
		if len(unused) == 0 {
			return
		}
		severity := diag.Warning
		if p.Project.InAside(f.Dir) {
			severity = diag.Info
		}
		listed := formalNames(f)
		lock, dir, project := filepath.Join(f.Dir, "flake.lock"), f.Dir, p.Project
		ifFlake(p, f, f.Nix.Set, func(report func(diag.Finding)) {
			p.Ask(func(a *rules.Asked) {
				texts := ""
				for _, name := range []string{"default.nix", "shell.nix"} {
					if file := project.File(filepath.Join(dir, name)); file != nil {
						texts += file.Text()
					}
				}
				for _, ref := range a.References(lock) {
					if file := project.File(ref.From); file != nil && ref.From != filepath.Join(dir, "flake.nix") {
						texts += file.Text()
					}
				}
				for _, in := range unused {
					if strings.Contains(texts, in.Name) {
						continue
					}
					found := diag.Finding{
						Span: in.NameNode.Span(), Severity: severity,
						Message: fmt.Sprintf("nothing uses the input %s", diag.Code(in.Name)),
						Help:    "remove it, and run `nix flake lock`",
					}
					if in.Follows != nil { // nothing more is fetched for it
						found.Severity = diag.Info
					}
					if listed[in.Name] {
						found.Help = "remove it, and its name from the arguments of `outputs`, for which Nix else asks the registry; then run `nix flake lock`"
					}
					a.Report(found)
				}
			})
		})
	},
})

// formalNames returns the names that outputs takes one by one.
func formalNames(f *flake.Flake) map[string]bool {
	names := map[string]bool{}
	for _, formal := range f.Nix.Outputs.Formals {
		names[strings.Clone(formal.Name().Text())] = true
	}
	return names
}

// followed reports whether another input follows an input or reaches into it.
func followed(f *flake.Flake, in *flake.Input) bool {
	for _, by := range f.Nix.FollowersOf(in.Name) {
		if by != in && (by.Parent != in || len(by.Path) > 2) {
			return true
		}
	}
	return false
}

// usedInputs returns the names of the inputs that outputs uses; ok is false where it may use any.
func usedInputs(p *rules.Pass, f *flake.Flake) (used map[string]bool, ok bool) {
	o, names := &f.Nix.Outputs, p.Names()
	scope, ok := names.ScopeOf(o.Lambda.Node)
	if !ok {
		return nil, false
	}
	if strings.Contains(o.Lambda.Text(), "flake.lock") {
		return nil, false
	}
	used = map[string]bool{}
	for id := names.Scope(scope).First; id <= names.Scope(scope).Last; id++ {
		b := names.Binding(id)
		whole := b.Kind == sema.AtBinding || !o.Pattern
		for u := range names.UsesOf(id) {
			switch {
			case whole:
				if !usesOfSet(u, used) {
					return nil, false
				}
			case b.Name == "self":
				if !usesOfSelf(u.Node, used) {
					return nil, false
				}
			default:
				used[b.Name] = true
			}
		}
	}
	return used, true
}

// usesOfSet notes which inputs a use of the set of all inputs takes; ok is false where that may be any.
func usesOfSet(u sema.Use, used map[string]bool) (ok bool) {
	n := u.Node.OutsideParens()
	up := n.Parent()
	if up.Is(ast.InheritFrom) {
		for part := range (ast.InheritNode{Node: up.Parent()}).Names() {
			name, ok := ast.AttrName(part)
			if !ok || name == "self" {
				return false
			}
			used[name] = true
		}
		return true
	}
	path := selected(n)
	if len(path) == 0 {
		return false
	}
	if path[0] == "self" {
		return selfPath(up, path[1:], used)
	}
	used[path[0]] = true
	return true
}

// usesOfSelf is usesOfSet for self.
func usesOfSelf(n ast.Node, used map[string]bool) (ok bool) {
	n = n.OutsideParens()
	if n.Parent().Is(ast.InheritFrom) {
		for part := range (ast.InheritNode{Node: n.Parent().Parent()}).Names() {
			if name, ok := ast.AttrName(part); !ok || name == "inputs" {
				return false
			}
		}
		return true
	}
	if path := selected(n); len(path) > 0 {
		return selfPath(n.Parent(), path, used)
	}
	return asPath(n)
}

// selfPath notes what self.PATH takes of the inputs; n is the expression.
func selfPath(n ast.Node, path []string, used map[string]bool) (ok bool) {
	switch {
	case len(path) == 0:
		return asPath(n.OutsideParens())
	case path[0] != "inputs":
		return true
	case len(path) == 1 || path[1] == "self":
		return false
	}
	used[path[1]] = true
	return true
}

// selected returns the names that are taken of an expression: a and b of x.a.b and of x ? a.b, up to one that is computed.
func selected(n ast.Node) (path []string) {
	up := n.Parent()
	var parts ast.AttrpathNode
	if s, ok := ast.AsSelect(up); ok && s.Operand() == n {
		parts = s.Attrpath()
	} else if h := (ast.HasAttrExpr{Node: up}); up.Is(ast.HasAttr) && h.Operand() == n {
		parts = h.Attrpath()
	} else {
		return nil
	}
	for part := range parts.Children() {
		name, ok := ast.AttrName(part)
		if !ok {
			break
		}
		path = append(path, name)
	}
	return path
}

// asPath reports whether self is used as the path of its source: in a string, before +, as a src.
func asPath(n ast.Node) bool {
	up := n.Parent()
	switch {
	case up.Is(ast.Interpolation):
		return true
	case up.Is(ast.Binary):
		return up.Op() == ast.OpAdd
	case up.Is(ast.Binding):
		path := ast.BindingNode{Node: up}.Attrpath()
		switch path.LastName() {
		case "src", "path":
			return true
		}
	}
	return false
}
