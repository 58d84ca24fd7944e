package ide

import (
	"path/filepath"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
)

// binding returns the name of the file that a node uses or declares, or nil.
func (v *View) binding(n ast.Node) *sema.Binding {
	if b := v.names().Resolve(n); b != nil {
		return b
	}
	return v.declared(n)
}

// declared returns the name of a let, recursive set or function that a node declares, or a part of, or nil.
func (v *View) declared(n ast.Node) *sema.Binding {
	up := n.Parent()
	switch {
	case up.Is(ast.Formal) && up.FirstChild() != n, up.Is(ast.Lambda) && up.FirstChild() != n:
		return nil
	case up.Is(ast.Formal), up.Is(ast.Lambda), up.Is(ast.AtName), n.Is(ast.AtName), n.Is(ast.Formal), up.Is(ast.Inherit):
	case up.Is(ast.Attrpath) && up.FirstChild() == n && up.Parent().Is(ast.Binding):
	default:
		return nil
	}
	name, ok := ast.AttrName(n)
	switch {
	case n.Is(ast.Formal):
		name = n.FirstChild().Text()
	case n.Is(ast.AtName):
		name = n.Text()
		if name != "" && name[0] == '@' {
			name = name[1:]
		}
	case !ok:
		return nil
	}
	for at := up; at.IsValid(); at = at.Parent() {
		scope, opens := v.names().ScopeOf(at)
		if !opens {
			if at.Is(ast.AttrSet) {
				return nil // whose attributes are no names
			}
			continue
		}
		s := v.names().Scope(scope)
		for id := s.First; id <= s.Last; id++ {
			if b := v.names().Binding(id); b.Name == name {
				return b
			}
		}
		return nil
	}
	return nil
}

// idOf returns the number of a name of the file.
func (v *View) idOf(b *sema.Binding) sema.BindingID {
	s := v.names().Scope(b.Scope)
	for id := s.First; id <= s.Last; id++ {
		if v.names().Binding(id) == b {
			return id
		}
	}
	return 0
}

// builtin returns the name below builtins that a node means: map, builtins.map; or "".
func (v *View) builtin(n ast.Node) string {
	if n.Is(ast.Ident) {
		if u, ok := v.names().Use(n); ok && u.Target == sema.ToGlobal {
			if name := n.Text(); sema.LookupBuiltin(name) != nil {
				return name
			}
			if name := n.Text(); len(name) > 2 && sema.LookupBuiltin(name[2:]) != nil {
				return name[2:]
			}
		}
		return ""
	}
	if op := operandOf(n); op.IsValid() && nixlang.IsBuiltins(v.names(), op) {
		if name, ok := ast.AttrName(n); ok && sema.LookupBuiltin(name) != nil {
			return name
		}
	}
	return ""
}

// libPath returns the path below nixpkgs' lib that a node means, or "".
func (v *View) libPath(n ast.Node) string {
	if n.Is(ast.Ident) {
		if path, last, ok := nixlang.LibPath(v.names(), n); ok && last == n {
			return path
		}
		return v.inheritedLib(n)
	}
	sel := n.Parent().Parent()
	if !sel.Is(ast.Select) || n != (ast.SelectExpr{Node: sel}).Attrpath().Last() {
		return ""
	}
	if path, _, ok := nixlang.LibPath(v.names(), sel); ok {
		return path
	}
	if (ast.SelectExpr{Node: sel}).Default().IsValid() {
		return ""
	}
	return v.inheritedLib(sel)
}

// inheritedLib returns the path below lib of a name that an inherit (lib) gives.
func (v *View) inheritedLib(n ast.Node) string {
	path, ok := v.modules().LibPath(n)
	if !ok {
		return ""
	}
	return path
}

// option returns the path of the option that a node defines, reads or declares, up to the node.
func (v *View) option(n ast.Node) []string {
	m := v.modules()
	upTo := func(path []string, parts []ast.Node) []string {
		if i := slices.Index(parts, n); i >= 0 && len(parts) <= len(path) {
			return path[:len(path)-len(parts)+i+1]
		}
		return nil
	}
	defined := m.DefinedOptions()
	for i := range defined {
		if path := upTo(defined[i].Path, defined[i].Parts); path != nil {
			return path
		}
	}
	reads := m.ReadOptions()
	for i := range reads {
		if path := upTo(reads[i].Path, reads[i].Parts); path != nil {
			return path
		}
	}
	found, _ := m.Declarations()
	for i := range found {
		if found[i].Span == n.Span() {
			return found[i].Path
		}
	}
	return nil
}

// mayBeOption reports whether a node is a name that can be a part of an option's path.
func mayBeOption(n ast.Node) bool { return n.Parent().Is(ast.Attrpath) || n.Parent().Is(ast.Inherit) }

// optionOf returns what the project knows of the option that a node names, with its path; Declared is empty where it knows none.
func (v *View) optionOf(n ast.Node) (path []string, declared []project.DeclaredOption) {
	if !mayBeOption(n) {
		return nil, nil
	}
	if inner := v.readInType(n); inner != nil {
		return v.declaredAt(inner)
	}
	path, declared = v.declaredAt(v.option(n))
	if len(declared) > 0 || !operandOf(n).IsValid() && !inheritedFrom(n).IsValid() {
		return path, declared
	}
	if base, ok := v.optionBase(n, maxSteps); ok {
		if base, declared = v.declaredAt(base); len(declared) > 0 || path == nil {
			path = base
		}
	}
	return path, declared
}

// declaredAt returns the declarations of the option at a path, with that; none where the project knows none.
func (v *View) declaredAt(path []string) ([]string, []project.DeclaredOption) {
	if path == nil {
		return nil, nil
	}
	answer := v.Option(path)
	if answer.Verdict != project.OptionExists && answer.Verdict != project.OptionRenamed || answer.At != len(path) {
		return path, nil
	}
	return path, answer.Declared
}

// input is an input of the flake around the file.
type input struct {
	flake *flake.Flake
	*flake.Input
	name string
}

// input returns the input of the flake around the file that a node names; ok is false where it names none.
func (v *View) input(n ast.Node) (in input, ok bool) {
	dir := v.FlakeDir()
	if dir == "" {
		return in, false
	}
	here := v.path == filepath.Join(dir, "flake.nix")
	if !here && !v.maybeInput(n) {
		return in, false
	}
	f := v.Flake()
	if f == nil || f.Nix == nil {
		return in, false
	}
	found := func(name string) (input, bool) {
		in := f.Nix.Input(name)
		return input{f, in, name}, in != nil
	}
	if v.maybeInput(n) {
		name, _ := ast.AttrName(n)
		return found(name)
	}
	if !here {
		return in, false
	}
	if b := v.binding(n); b != nil && b.Kind == sema.FormalBinding && f.Nix.Outputs.Lambda.IsValid() && b.Decl.Parent().Parent().Span() == f.Nix.Outputs.Lambda.Span() {
		return found(b.Name)
	}
	at := n.Span()
	for _, root := range f.Nix.Inputs {
		for in := range root.All() {
			if in.Attr != nil {
				for _, d := range in.Attr.Defs {
					if d.Part.Span() == at {
						return input{f, in, in.Name}, true
					}
				}
			}
			if in.URLNode.IsValid() && in.URLNode.Span().Covers(at) {
				return input{f, in, in.Name}, true
			}
			if in.Follows != nil && in.Follows.Node.Span().Covers(at) && len(in.Follows.Path) == 1 {
				return found(in.Follows.Path[0])
			}
		}
	}
	return in, false
}

// maybeInput reports whether a node is the name behind inputs or self.inputs.
func (v *View) maybeInput(n ast.Node) bool {
	op := operandOf(n)
	switch {
	case op.Is(ast.Ident):
		return op.Text() == "inputs" && v.fromCaller(op)
	case op.Is(ast.Name) && op.Text() == "inputs":
		self := operandOf(op)
		return self.Is(ast.Ident) && self.Text() == "self" && v.fromCaller(self)
	}
	return false
}

// fromCaller reports whether a variable is an argument, or one that the file does not bind.
func (v *View) fromCaller(n ast.Node) bool {
	b := v.names().Resolve(n)
	return b == nil || b.Kind == sema.FormalBinding || b.Kind == sema.ParamBinding || b.Kind == sema.AtBinding
}

// lockPlace returns where flake.lock has an input; ok is false where it has it not.
func (in input) lockPlace() (at Location, ok bool) {
	node, ok := in.flake.NodeOf(in.Input)
	if !ok {
		return Location{}, false
	}
	return Location{filepath.Join(in.flake.Dir, "flake.lock"), source.Span{Start: node.Key.Start, End: node.Span.End}, node.Key}, true
}

// pathAt returns the file or folder that a path at a node names, with what text behind it adds; ok is false where that is not known.
func (v *View) pathAt(n ast.Node) (target string, at ast.Node, ok bool) {
	switch {
	case n.Is(ast.Path):
		if c, more := project.Completed(n); more && c.Whole {
			if target, ok = v.Completion(v.path, c); ok {
				return target, c.At, true
			}
		}
		target, ok = project.Resolve(v.path, n)
		return target, n, ok
	case n.Is(ast.String) && n.Parent().Is(ast.Binary) && n.Parent().Op() == ast.OpAdd:
		if base := n.Parent().FirstChild().Unparen(); base.Is(ast.Path) || base.Is(ast.Ident) || base.Is(ast.Select) {
			if c, more := project.Completed(base); more && c.Whole {
				target, ok = v.Completion(v.path, c)
				return target, c.At, ok
			}
		}
	}
	return "", ast.Node{}, false
}
