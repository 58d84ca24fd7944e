package role

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/module"
)

// Classify tells what a file, given by its absolute path, says of its role: from the surest sign to the weakest, its name
// and shape, then its place.
func Classify(path string, t *ast.Tree, modules *module.File) Shape {
	if filepath.Base(path) == "flake.nix" {
		if _, ok := ast.Attr(t.Expr(), "outputs"); ok {
			return Shape{settled: true, own: Role{Kind: Flake, Sure: true}}
		}
	}
	c := classifier{path: path, dirs: strings.Split(filepath.ToSlash(filepath.Dir(path)), "/")}
	var s Shape
	if modules.Module != nil {
		if c.module(modules.Module, &s); s.settled {
			return s
		}
	}
	if first, second := parameters(t.Expr()); first != "" && second != "" {
		named := overlayNames(first, second)
		if named || c.under("overlays", "overlay") {
			s.own = Role{Kind: Overlay, Sure: named}
			return s
		}
	}
	s.own, s.function = c.function(t.Expr())
	return s
}

type classifier struct {
	path string
	dirs []string
}

// under reports whether one of the file's folders, or the file itself without its extension, has one of the
// names.
func (c *classifier) under(names ...string) bool {
	base := strings.TrimSuffix(filepath.Base(c.path), ".nix")
	return slices.Contains(names, base) || c.within(names...)
}

// within reports whether one of the file's folders has one of the names.
func (c *classifier) within(names ...string) bool {
	return slices.ContainsFunc(c.dirs, func(d string) bool { return slices.Contains(names, d) })
}

// module reads a file with the shape of a module. That may be a coincidence: then who refers to it tells.
func (c *classifier) module(m *module.Module, s *Shape) {
	r := Role{Kind: Module, Sure: m.Certainty == module.Certain}
	class, votes, dendritic := defined(m)
	if r.Class, r.Dendritic = class, dendritic; class == "" {
		r.Class = c.place()
	}
	if m.Certainty != module.Possible {
		s.settled, s.own = true, r
		return
	}
	placed := c.under("modules", "nixos", "home", "home-manager", "darwin", "hosts", "profiles", "machines", "users", "systems") &&
		!c.under("pkgs", "packages", "overlays", "overlay", "lib", "templates", "shells")
	s.module, s.possible, s.needsEntry = r, true, !placed && votes < 2
}

// defined finds the class of a module by what it says and defines and the arguments it takes, and by how many
// of its names.
func defined(m *module.Module) (class modsys.Class, best int, dendritic bool) {
	votes := map[modsys.Class]int{}
	for _, p := range m.Parts() {
		skip := 0
		switch name := p.Name(0); name {
		case "_class":
			if s, ok := ast.StringValue(p.Value); ok && modsys.ClassNamed(s) != "" {
				return modsys.ClassNamed(s), 2, false
			}
		case "config":
			if skip = 1; len(p.Path) == 1 && p.Value.IsValid() {
				m.EachDefinition(p.Value, func(d module.Part) { votes[modsys.NamespaceOf(d.Name(0)).Class]++ })
				continue
			}
		}
		name := p.Name(skip)
		votes[modsys.NamespaceOf(name).Class]++
		if name == "flake" && (p.Name(skip+1) == "modules" || hasModules(p.Value)) {
			dendritic = true
		}
	}
	if dendritic {
		return modsys.FlakeParts, 2, true
	}
	for _, formal := range formals(m.Func) {
		switch formal {
		case "osConfig", "nixosConfig", "darwinConfig":
			votes[modsys.HomeManager] += 2
		case "withSystem", "moduleWithSystem", "flake-parts-lib", "getSystem":
			votes[modsys.FlakeParts] += 2
		}
	}
	for _, cl := range []modsys.Class{modsys.NixOS, modsys.HomeManager, modsys.Darwin, modsys.Nixvim, modsys.FlakeParts} {
		if votes[cl] > best {
			class, best = cl, votes[cl]
		}
	}
	return class, best, false
}

// place finds the class of a module by the nearest folder whose name tells it.
func (c *classifier) place() modsys.Class {
	for i := len(c.dirs) - 1; i >= 0; i-- {
		switch c.dirs[i] {
		case "nixos", "hosts", "nixosModules", "nixos-modules":
			return modsys.NixOS
		case "home", "home-manager", "homeManager", "hm", "homeModules", "users", "home-modules":
			return modsys.HomeManager
		case "darwin", "darwinModules", "nix-darwin", "macos":
			return modsys.Darwin
		case "nixvim":
			return modsys.Nixvim
		case "flake-parts", "flakeModules", "flake-modules":
			return modsys.FlakeParts
		}
	}
	return ""
}

// hasModules reports whether a set literal defines modules.
func hasModules(n ast.Node) bool {
	_, ok := ast.Attr(n, "modules")
	return ok
}

func formals(fn ast.Node) (names []string) {
	p, ok := ast.LambdaExpr{Node: fn}.Pattern()
	if !fn.IsValid() || !ok {
		return nil
	}
	for f := range p.Formals() {
		names = append(names, f.Name().Text())
	}
	return names
}

// overlayNames reports whether the parameters of a function have the names that overlays give them.
func overlayNames(first, second string) bool {
	first, second = strings.TrimLeft(first, "_"), strings.TrimLeft(second, "_")
	return (first == "final" || first == "self") && (second == "prev" || second == "super")
}

// parameters returns the names of the parameters of a function of two, through let and functions of formals
// around it.
func parameters(n ast.Node) (first, second string) {
	for i := 0; i < 64; i++ {
		n = n.Unparen()
		switch n.Kind() {
		case ast.Let, ast.With, ast.Assert:
			n = n.Child(1)
			continue
		case ast.Lambda:
			l := ast.LambdaExpr{Node: n}
			body := l.Body().Unparen()
			if l.Param().Is(ast.Name) && body.Is(ast.Lambda) && (ast.LambdaExpr{Node: body}).Param().Is(ast.Name) {
				return l.Param().Text(), (ast.LambdaExpr{Node: body}).Param().Text()
			}
			n = body
			continue
		}
		break
	}
	return "", ""
}

// function tells a package, which callPackage fills, from other functions; ok is false where the file is no function.
func (c *classifier) function(n ast.Node) (r Role, ok bool) {
	n = n.Unparen()
	if !n.Is(ast.Lambda) {
		return r, false
	}
	p, ok := ast.LambdaExpr{Node: n}.Pattern()
	if !ok {
		return r, true
	}
	body := (ast.LambdaExpr{Node: n}).Body()
	for i := 0; i < 64; i++ {
		body = body.Unparen()
		if k := body.Kind(); k != ast.Let && k != ast.With && k != ast.Assert {
			break
		}
		body = body.Child(1)
	}
	fn, _ := ast.Call(body)
	switch name := ast.LastName(fn); {
	case body.IsCall() && builders(name):
		r.Kind = Package
	case c.within("pkgs", "packages", "by-name") && !p.HasEllipsis() && !loaderArgs(p) && !ofTwo(body):
		r.Kind = Package
	}
	return r, true
}

// ofTwo reports whether an expression is a function of two: then an overlay or its kin is made of the function around,
// by a call with just its arguments.
func ofTwo(n ast.Node) bool {
	first, second := parameters(n)
	return first != "" && second != ""
}

// loaderArgs reports whether a pattern has a name that loaders of whole folders pass, but no set of packages has.
func loaderArgs(p ast.PatternNode) bool {
	for f := range p.Formals() {
		switch f.Name().Text() {
		case "inputs", "cell", "self", "super", "root", "flake":
			return true
		}
	}
	return false
}

// builders reports whether a function of the name makes a derivation.
func builders(name string) bool {
	switch name {
	case "mkDerivation", "runCommand", "runCommandLocal", "runCommandNoCC", "symlinkJoin", "stdenvNoCC", "buildEnv", "overrideAttrs",
		"mkShell", "mkShellNoCC", "buildFHSEnv", "appimageTools":
		return true
	}
	return strings.HasPrefix(name, "build") && len(name) > 5 && name[5] >= 'A' && name[5] <= 'Z' ||
		strings.HasPrefix(name, "writeShell") || strings.HasPrefix(name, "writeText") || strings.HasPrefix(name, "writeScript")
}
