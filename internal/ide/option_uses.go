package ide

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
)

// namedOption returns the path of the option of the project that a node names, or nil; what the user names in it is project.AnyName.
// Options in the elements of lists are none: who defines them is not known.
func (v *View) namedOption(n ast.Node) []string {
	if !mayBeOption(n) {
		return nil
	}
	path, declared := v.optionOf(n)
	if len(declared) == 0 {
		path = v.declaredInType(n, maxSteps)
	}
	if path == nil || slices.Contains(path, module.Element) {
		return nil
	}
	path = v.pattern(path)
	if len(v.Option(path).Declared) == 0 {
		return nil
	}
	return path
}

// pattern returns the path of an option with project.AnyName for the names in it that are the user's.
func (v *View) pattern(path []string) []string {
	path = slices.Clone(path)
	for i := range path {
		if i > 0 && v.namesValues(path[:i]) {
			path[i] = project.AnyName
		}
	}
	return path
}

// valueType returns the type of the values of an option, without the wrappers that change no path; ok is false where there is none.
func (v *View) valueType(path []string) (t module.Type, ok bool) {
	answer := v.Option(path)
	if answer.At != len(path) || len(answer.Declared) == 0 {
		return t, false
	}
	t = answer.Declared[0].Type
	for (t.Name == "nullOr" || t.Name == "uniq") && len(t.Of) == 1 {
		t = t.Of[0]
	}
	return t, true
}

func (v *View) namesValues(path []string) bool {
	t, ok := v.valueType(path)
	return ok && (t.Name == "attrsOf" || t.Name == "lazyAttrsOf")
}

// declaredInType returns the path of an option that a node declares, or defines, in the submodule that the type of another is; nil where
// it does not.
func (v *View) declaredInType(n ast.Node, left int) []string {
	path := n.Parent()
	if left == 0 || !path.Is(ast.Attrpath) || !path.Parent().Is(ast.Binding) {
		return nil
	}
	var names []string
	for part := path.FirstChild(); part.IsValid(); part = part.NextSibling() {
		name, ok := ast.AttrName(part)
		if !ok {
			return nil
		}
		if names = append(names, name); part == n {
			break
		}
	}
	at, declares := path.Parent(), false
	for range maxSteps {
		if names[0] == "options" || names[0] == "config" {
			declares, names = names[0] == "options", names[1:]
			break
		}
		set := at.Parent()
		up := set.OutsideParens().Parent()
		for up.Is(ast.List) || up.Is(ast.Apply) && through[calledName(up)] {
			up = up.OutsideParens().Parent()
		}
		if !set.Is(ast.AttrSet) || !up.Is(ast.Binding) {
			return nil
		}
		above := (ast.BindingNode{Node: up}).Attrpath()
		names, at = append(above.Names(), names...), up
	}
	outer := v.submoduleAround(at, left)
	if len(names) == 0 || outer == nil {
		return nil
	}
	full := slices.Concat(outer, names)
	for _, d := range v.Option(full).Declared {
		if !declares || d.File == v.path && d.Span == n.Span() {
			return full
		}
	}
	return nil
}

// calledName returns the last name of what a call calls.
func calledName(call ast.Node) string {
	fn, _ := ast.Call(call)
	return ast.LastName(fn)
}

// submoduleAround returns the path of the values of which the submodule is the type that a node stands in; nil where that is not known.
func (v *View) submoduleAround(n ast.Node, left int) []string {
	outer := v.optionAround(n, left)
	for range maxSteps {
		if outer == nil {
			return nil
		}
		t, ok := v.valueType(outer)
		switch {
		case !ok:
			return nil
		case t.IsSubmodule():
			return outer
		case t.Name == "attrsOf" || t.Name == "lazyAttrsOf":
			outer = append(outer, project.AnyName)
		case t.Name == "listOf" || t.Name == "nonEmptyListOf":
			outer = append(outer, module.Element)
		default:
			return nil
		}
	}
	return nil
}

// optionAround returns the path of the option in the type of which a node stands; nil where that is not known.
func (v *View) optionAround(n ast.Node, left int) []string {
	for at := n.Parent(); at.IsValid(); at = at.Parent() {
		b, ok := ast.AsBinding(at)
		if !ok || b.Attrpath().Dotted() != "type" {
			continue
		}
		call := at.Parent().OutsideParens().Parent()
		decl := call.OutsideParens().Parent()
		if !call.Is(ast.Apply) || !decl.Is(ast.Binding) {
			return nil
		}
		name := (ast.BindingNode{Node: decl}).Attrpath().Last()
		if path := v.option(name); path != nil {
			return slices.Clone(path)
		}
		return v.declaredInType(name, left-1)
	}
	return nil
}

// optionUses returns where an option is declared, defined and read; its path is a pattern.
func (v *View) optionUses(path []string) (uses []Use) {
	for _, d := range v.Option(path).Declared {
		uses = append(uses, Use{d.File, d.Span, true})
	}
	for _, p := range v.OptionPlaces(path) {
		if p.Defined || !v.isOfType(p) {
			uses = append(uses, Use{p.File, p.Span, p.Defined})
		}
	}
	if slices.Contains(path, project.AnyName) {
		for _, file := range v.NixFiles() {
			uses = append(uses, v.walkedUses(file, path)...)
		}
	}
	return sortedUses(uses)
}

// isOfType reports whether a place reads the options of a submodule, whose config is its own.
func (v *View) isOfType(p project.OptionPlace) bool {
	if f := v.File(p.File); f == nil || !strings.Contains(f.Text(), "submodule") {
		return false
	}
	o := v.openFile(p.File)
	return o != nil && o.readInType(o.tree.NodeAt(p.Span)) != nil
}

// readInType returns the path of an option that a node names behind the config of the submodule that the type of another is; nil where it
// does not.
func (v *View) readInType(n ast.Node) []string {
	base := inheritedFrom(n)
	if !base.IsValid() {
		base = operandOf(n)
	}
	if !base.IsValid() {
		return nil
	}
	base, _ = chain(base)
	b := v.names().Resolve(base)
	if b == nil || b.Kind != sema.FormalBinding || b.Name != "config" || v.submoduleAround(b.Decl.Parent().Parent(), maxSteps) == nil {
		return nil
	}
	path, ok := v.optionBase(n, maxSteps)
	if !ok {
		return nil
	}
	return path
}

// walkedUses returns where a file reads an option from the values that a function such as mapAttrs goes through, and where the submodule
// that has the option reads and defines it.
func (v *View) walkedUses(file string, path []string) (uses []Use) {
	last := path[len(path)-1]
	f := v.File(file)
	if f == nil || !strings.Contains(f.Text(), last) || !strings.Contains(f.Text(), "config") {
		return nil
	}
	o := v.openFile(file)
	if o == nil {
		return nil
	}
	records := o.tree.Records()
	for i := range records {
		if k := records[i].Kind; k != ast.Name && k != ast.String {
			continue
		}
		n := o.tree.Node(ast.NodeID(i))
		if name, ok := ast.AttrName(n); !ok || name != last {
			continue
		}
		if got := o.declaredInType(n, maxSteps); got != nil && slices.Equal(o.pattern(got), path) {
			uses = append(uses, Use{file, n.Span(), true})
		} else if !operandOf(n).IsValid() && !inheritedFrom(n).IsValid() {
			continue
		} else if got, ok := o.optionBase(n, maxSteps); ok && slices.Equal(o.pattern(got), path) {
			uses = append(uses, Use{file, n.Span(), false})
		}
	}
	return uses
}
