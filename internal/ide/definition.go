package ide

import (
	"path/filepath"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
)

// Definition returns where what stands at an offset is defined, and the text that stands for it. Of a formal at its own place these
// are the calls that pass it.
func (v *View) Definition(offset uint32) (origin source.Span, to []Location) {
	n := v.nodeAt(offset)
	if !n.IsValid() {
		return origin, nil
	}
	if target, at, ok := v.pathAt(n); ok {
		return at.Span(), v.fileAt(target)
	}
	return n.Span(), v.definitions(n)
}

// Declaration is Definition, but for options: of a definition it is where the option is declared, and of a name that an inherit
// gives the inherit.
func (v *View) Declaration(offset uint32) (origin source.Span, to []Location) {
	n := v.nodeAt(offset)
	if b := v.names().Resolve(n); b != nil {
		return n.Span(), []Location{v.placeOf(b)}
	}
	return v.Definition(offset)
}

// fileAt returns the file at a path, or the default.nix of a folder.
func (v *View) fileAt(target string) []Location {
	switch v.Kind(target) {
	case project.Regular:
		return []Location{{File: target}}
	case project.Folder:
		if file := filepath.Join(target, "default.nix"); v.Kind(file) == project.Regular {
			return []Location{{File: file}}
		}
	}
	return nil
}

// maxSteps bounds how many inherits are followed.
const maxSteps = 32

func (v *View) definitions(n ast.Node) []Location {
	if in, ok := v.input(n); ok {
		return v.inputPlaces(n, in)
	}
	if n.Is(ast.Ident) || n.Parent().Is(ast.Inherit) {
		if places := v.nameDefinitions(n, maxSteps); places != nil {
			return places
		}
	}
	if b := v.declared(n); b != nil && (b.Kind == sema.FormalBinding || b.Kind == sema.ParamBinding) && !n.Is(ast.Ident) {
		if calls := v.passed(b); len(calls) > 0 {
			return calls
		}
		var to []Location
		for _, at := range v.placesPassed(b) {
			to = append(to, Location{at.view.path, at.node.Span(), at.node.Span()})
		}
		if len(to) > 0 {
			return to
		}
		return []Location{v.placeOf(b)}
	}
	if op := operandOf(n); op.IsValid() {
		if at, ok := v.attribute(op, n); ok {
			return []Location{at}
		}
		if to := v.ownOutput(op, n); len(to) > 0 {
			return to
		}
		if in, _, to := v.inputOutput(op, n); in.Input != nil {
			if len(to) == 0 {
				to = v.inputPlaces(n, in)
			}
			return to
		}
	}
	if path, declared := v.optionOf(n); len(declared) > 0 {
		return optionPlaces(declared)
	} else if to := v.foreignPlaces(path); to != nil {
		return to
	}
	if n.Parent().Is(ast.Attrpath) && n.Parent().Parent().Is(ast.Binding) {
		if to := v.passedTo(n); to != nil {
			return to
		}
		return []Location{{v.path, n.Parent().Parent().Span(), n.Span()}}
	}
	return nil
}

// inputPlaces returns the places of an input that are not the node itself: its declaration, then its entry in the lock file.
func (v *View) inputPlaces(n ast.Node, in input) (to []Location) {
	file := filepath.Join(in.flake.Dir, "flake.nix")
	if name := in.NameNode; name.IsValid() && !(file == v.path && name.Span() == n.Span()) {
		at := Location{file, name.Span(), name.Span()}
		if decls := in.Decls(); len(decls) > 0 {
			at.Span = decls[0].Span()
		}
		if !in.IsImplicit() {
			to = append(to, at)
		}
	}
	if at, ok := in.lockPlace(); ok {
		to = append(to, at)
	}
	return to
}

// optionPlaces returns where options are declared.
func optionPlaces(declared []project.DeclaredOption) (to []Location) {
	for _, d := range declared {
		to = append(to, Location{d.File, d.Span, d.Span})
	}
	return to
}

// placeOf returns where a name of the file stands first.
func (v *View) placeOf(b *sema.Binding) Location {
	at := Location{v.path, b.Decl.Span(), b.Node.Span()}
	if b.Kind == sema.ParamBinding {
		at.Span = at.Name
	}
	if !at.Span.Covers(at.Name) {
		at.Span = at.Name
	}
	return at
}

// nameDefinitions returns where a variable, or the name of an inherit, is defined; inherits are followed.
func (v *View) nameDefinitions(n ast.Node, left int) []Location {
	if left == 0 {
		return nil
	}
	if n.Parent().Is(ast.Inherit) {
		if from := (ast.InheritNode{Node: n.Parent()}).From(); from.IsValid() {
			if at, ok := v.attribute(from, n); ok {
				return []Location{at}
			}
			if in, ok := v.inputNamed(from, n); ok {
				return in
			}
			return v.ownOutput(from, n)
		}
	}
	u, ok := v.names().Use(n)
	switch {
	case !ok:
		return nil
	case u.Target == sema.ToWith:
		for id := u.Scope; id != 0; id = v.names().Scope(id).Parent {
			if with := v.names().Scope(id).Node; with.Is(ast.With) {
				if at, ok := v.attribute(with.FirstChild(), n); ok {
					return []Location{at}
				}
			}
		}
		return nil
	case u.Target != sema.ToBinding:
		return nil
	}
	b := v.names().Binding(u.Binding)
	if b.Decl.Is(ast.Inherit) && b.Node != n {
		if further := v.nameDefinitions(b.Node, left-1); further != nil {
			return further
		}
	}
	return []Location{v.placeOf(b)}
}

// inputNamed returns the places of an input that an inherit takes from inputs.
func (v *View) inputNamed(from, n ast.Node) (to []Location, ok bool) {
	name, static := ast.AttrName(n)
	if from = from.Unparen(); !static || !from.Is(ast.Ident) || from.Text() != "inputs" || !v.fromCaller(from) {
		return nil, false
	}
	f := v.Flake()
	if f == nil || f.Nix == nil || f.Nix.Input(name) == nil {
		return nil, false
	}
	return v.inputPlaces(n, input{f, f.Nix.Input(name), name}), true
}

// attribute returns where the attribute that a node names is defined in the value of an expression.
func (v *View) attribute(of, n ast.Node) (at Location, ok bool) {
	name, static := ast.AttrName(n)
	if n.Is(ast.Ident) {
		name, static = n.Text(), true
	}
	if !static {
		return Location{}, false
	}
	a, ok := v.attrs(of)[name]
	if !ok || a.Span.Len() == 0 {
		return Location{}, false
	}
	return Location{a.File, a.Span, a.Span}, true
}

// passed returns the places of the calls that pass a formal, or the argument of a function.
func (v *View) passed(b *sema.Binding) (to []Location) {
	r := v.report(b.Node)
	if b.Kind == sema.FormalBinding {
		r = v.report(b.Decl)
	}
	if r == nil {
		return nil
	}
	r.LookForCalls(v.Answers)
	for _, c := range r.Calls {
		at := Location{c.File, c.Span, c.Span}
		for _, f := range c.Formals {
			if f.Name == b.Name && !f.Given && !f.Maybe && c.By == "" {
				at.File = ""
			}
		}
		if at.File == "" {
			continue
		}
		if name, ok := v.inCall(c, b.Name); ok {
			at.Name = name
		}
		to = append(to, at)
	}
	return to
}

// inCall returns the name of an attribute in the set that is written in a call.
func (v *View) inCall(c eval.Call, name string) (at source.Span, ok bool) {
	o := v.openFile(c.File)
	if o == nil {
		return at, false
	}
	_, args := ast.Call(o.tree.NodeAt(c.Span))
	for _, a := range args {
		for child := range a.Unparen().Children() {
			if b, is := ast.AsBinding(child); is && b.Attrpath().FirstName() == name {
				return b.Attrpath().First().Span(), true
			}
			if !child.Is(ast.Inherit) {
				continue
			}
			for part := range (ast.InheritNode{Node: child}).Names() {
				if got, _ := ast.AttrName(part); got == name {
					return part.Span(), true
				}
			}
		}
	}
	return at, false
}

// passedTo returns the formal that an attribute of a set in a call is passed to.
func (v *View) passedTo(n ast.Node) []Location {
	path := n.Parent()
	if path.FirstChild() != n {
		return nil
	}
	name, static := ast.AttrName(n)
	f := v.calledWith(path.Parent().Parent())
	if f == nil || !static {
		return nil
	}
	for _, formal := range f.Formals {
		if formal.Name == name {
			return []Location{{f.File, formal.Span, formal.Span}}
		}
	}
	return nil
}

// calledWith returns the function that a set is the argument of; nil where that is not known, or takes no set.
func (v *View) calledWith(set ast.Node) *eval.FunctionFact {
	arg := set.OutsideParens()
	call, ok := ast.AsApply(arg.Parent())
	if !ok || call.Arg() != arg {
		return nil
	}
	if f := v.packaged(call); f != nil {
		return f
	}
	return v.function(call.Func())
}

// function returns what is known of the function that an expression is.
func (v *View) function(n ast.Node) *eval.FunctionFact {
	k, _ := v.known(n)
	if len(k.Values) == 0 {
		for _, o := range v.origins(n) {
			if k, _ = o.view.known(o.node); len(k.Values) > 0 {
				break
			}
		}
	}
	for i := range k.Values {
		if f := k.Values[i].Function; f != nil && f.Pattern {
			return f
		}
	}
	return nil
}

// packaged returns the function in the file that callPackage, or import, gets before the set.
func (v *View) packaged(call ast.ApplyExpr) *eval.FunctionFact {
	_, args := ast.Call(call.Func())
	if len(args) == 0 || !args[len(args)-1].Unparen().Is(ast.Path) {
		return nil
	}
	target, ok := project.Resolve(v.path, args[len(args)-1].Unparen())
	if !ok {
		return nil
	}
	for _, at := range v.fileAt(target) {
		if o := v.openFile(at.File); o != nil {
			return o.function(o.tree.Expr())
		}
	}
	return nil
}
