package project

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// scopeReader reads, without evaluating, which names a call of scopedImport brings into which files.
type scopeReader struct {
	names *sema.Info
}

// maxSteps bounds how many names and operators are followed for one answer.
const maxSteps = 16

// scopedImport reads the use of scopedImport at a node.
func (r scopeReader) scopedImport(fn ast.Node) (sc scope) {
	call, ok := ast.AsApply(fn.Parent())
	if !ok || call.Func() != fn {
		return scope{open: true, anywhere: true}
	}
	r.set(call.Arg(), &sc, maxSteps)
	r.applied(call.Node, &sc, maxSteps)
	return sc
}

// overList are functions that apply their first argument to each element of the second.
var overList = map[string]bool{"map": true, "concatMap": true}

// applied adds what a function is applied to, in its place or through the name that it is bound to.
func (r scopeReader) applied(fn ast.Node, sc *scope, left int) {
	at := fn.OutsideParens()
	switch up := at.Parent(); {
	case left == 0:
	case up.Is(ast.Apply) && (ast.ApplyExpr{Node: up}).Func() == at:
		r.target((ast.ApplyExpr{Node: up}).Arg(), sc, left-1)
		return
	case up.Is(ast.Apply) && overList[ast.LastName((ast.ApplyExpr{Node: up}).Func())]: // map (scopedImport scope) [ ./a.nix ]
		if outer, ok := ast.AsApply(up.OutsideParens().Parent()); ok && outer.Func().Unparen() == up {
			r.target(outer.Arg(), sc, left-1)
			return
		}
	case up.Is(ast.Binding): // load = scopedImport scope;
		if uses, ok := r.usesOf(up); ok {
			for _, u := range uses {
				r.applied(u, sc, left-1)
			}
			return
		}
	}
	sc.anywhere = true
}

// usesOf returns the uses of what a let binds; ok is false where others can use it, too.
func (r scopeReader) usesOf(binding ast.Node) (uses []ast.Node, ok bool) {
	if !binding.Parent().Is(ast.Bindings) {
		return nil, false
	}
	for id, b := range r.names.Bindings() {
		if id == 0 || b.Decl != binding || b.More || !b.Value.IsValid() {
			continue
		}
		for u := range r.names.UsesOf(sema.BindingID(id)) {
			if !u.Node.Is(ast.Ident) {
				return nil, false
			}
			uses = append(uses, u.Node)
		}
		return uses, true
	}
	return nil, false
}

// set adds the names of a set that becomes a scope.
func (r scopeReader) set(n ast.Node, sc *scope, left int) {
	n = n.Unparen()
	if left == 0 {
		sc.open = true
		return
	}
	switch n.Kind() {
	case ast.AttrSet:
		names := map[string]bool{}
		addNames(n, names)
		for name := range names {
			sc.names = append(sc.names, strings.Clone(name))
			sc.open = sc.open || name == "" // a key that is computed
		}
		slices.Sort(sc.names)
	case ast.Let:
		r.set((ast.LetExpr{Node: n}).Body(), sc, left-1)
	case ast.Binary:
		if n.Op() != ast.OpUpdate {
			sc.open = true
			return
		}
		r.set((ast.BinaryExpr{Node: n}).Left(), sc, left-1)
		r.set((ast.BinaryExpr{Node: n}).Right(), sc, left-1)
	case ast.Apply:
		app := ast.ApplyExpr{Node: n}
		if text := literalPath(app.Arg()); text != "" && ast.LastName(app.Func()) == "import" {
			sc.imports = append(sc.imports, text)
			return
		}
		sc.open = true
	case ast.Ident:
		b := r.names.Resolve(n)
		switch {
		case r.names.IsGlobal(n, "builtins"):
			sc.builtins = true
		case b != nil && b.Value.IsValid() && !b.More:
			r.set(b.Value, sc, left-1)
		case b != nil && b.Kind == sema.ParamBinding && r.forwards(b):
		default:
			sc.open = true
		}
	default:
		sc.open = true
	}
}

// forwards reports whether a parameter is that of a function which takes the place of scopedImport, so that its callers
// are read on their own: scopedImport = attrs: path: scopedImport (overrides // attrs) path.
func (r scopeReader) forwards(b *sema.Binding) bool {
	up := b.Decl.OutsideParens().Parent()
	return up.Is(ast.Binding) && ast.BindingNode{Node: up}.Attrpath().LastName() == "scopedImport"
}

// target adds the files that an expression stands for.
func (r scopeReader) target(n ast.Node, sc *scope, left int) {
	if found, ok := r.paths(n, left); ok {
		sc.targets = append(sc.targets, found...)
	} else {
		sc.anywhere = true
	}
}

// paths returns the files, or the folders of the files, of the project that an expression stands for: none for what lies
// elsewhere. ok is false where that is not known.
func (r scopeReader) paths(n ast.Node, left int) (found []target, ok bool) {
	n = n.Unparen()
	if left == 0 {
		return nil, false
	}
	switch n.Kind() {
	case ast.Path:
		return pathTarget(n)
	case ast.SearchPath:
		return nil, true
	case ast.String:
		return r.stringTarget(n, left-1)
	case ast.If:
		then, ok := r.paths((ast.IfExpr{Node: n}).Then(), left-1)
		other, also := r.paths((ast.IfExpr{Node: n}).Else(), left-1)
		return append(then, other...), ok && also
	case ast.List:
		for e := range n.Children() {
			more, ok := r.paths(e, left-1)
			if !ok {
				return nil, false
			}
			found = append(found, more...)
		}
		return found, true
	case ast.Binary:
		if n.Op() != ast.OpAdd {
			return nil, false
		}
		found, ok = r.paths((ast.BinaryExpr{Node: n}).Left(), left-1)
		text, static := ast.StringValue((ast.BinaryExpr{Node: n}).Right().Unparen())
		return joined(found, text, static), ok
	case ast.Select:
		return r.selected(ast.SelectExpr{Node: n}, left-1)
	case ast.Ident:
		return r.named(n, left-1)
	case ast.Apply:
		fn, args := ast.Call(n)
		switch name := ast.LastName(fn); {
		case name == "toString" && len(args) == 1:
			return r.paths(args[0], left-1)
		case name == "append" && len(args) == 2:
			text, static := ast.StringValue(args[1].Unparen())
			found, ok = r.paths(args[0], left-1)
			return joined(found, "/"+text, static), ok
		case strings.HasPrefix(name, "fetch") || name == "toFile" || strings.HasPrefix(name, "writeText"):
			return nil, true
		}
	}
	return nil, false
}

// joined completes paths by text, if that is known: else they stand for all that is below them.
func joined(found []target, text string, known bool) []target {
	for i := range found {
		if known && strings.HasPrefix(text, "/") {
			found[i].below = strings.Clone(strings.TrimSuffix(found[i].below, "/") + text)
		}
	}
	return found
}

// pathTarget reads a path literal; one with interpolation stands for the folder before it.
func pathTarget(n ast.Node) ([]target, bool) {
	text := n.Text()
	if n.HasError() || strings.HasPrefix(text, "~") {
		return nil, !n.HasError()
	}
	if before, _, dynamic := strings.Cut(text, "${"); dynamic {
		text = before[:strings.LastIndexByte(before, '/')+1]
		if text != "/" {
			text = strings.TrimSuffix(text, "/")
		}
	}
	return []target{{below: strings.Clone(text)}}, true
}

// stringTarget reads a string that begins with a path: "${./x}/y.nix".
func (r scopeReader) stringTarget(n ast.Node, left int) (found []target, ok bool) {
	text, static, first := "", true, true
	for part := range ast.Parts(n) {
		switch {
		case first && part.IsText():
			return nil, false
		case first:
			if found, ok = r.paths(part.Interp.FirstChild(), left); !ok {
				return nil, false
			}
		case part.IsText() && static:
			text += part.Span.Of(n.Tree().Source())
		default:
			static = false
		}
		first = false
	}
	if !static { // up to the last folder that is known
		text = text[:max(0, strings.LastIndexByte(text, '/'))]
	}
	return joined(found, text, true), ok
}

// selected reads inputs.self, which is the flake, and other inputs, which lie outside.
func (r scopeReader) selected(sel ast.SelectExpr, left int) ([]target, bool) {
	names, ok := sel.Attrpath().Static()
	if !ok || sel.Default().IsValid() {
		return nil, false
	}
	root := sel.Operand().Unparen()
	last := names[len(names)-1]
	switch {
	case last == "outPath" && len(names) == 1:
		return r.paths(root, left)
	case last == "self" && root.Is(ast.Ident) && root.Text() == "inputs":
		return []target{{ofFlake: true}}, true
	case root.Is(ast.Ident) && (root.Text() == "inputs" || root.Text() == "sources"):
		return nil, true
	}
	return nil, false
}

// named reads a name: what it is bound to, or what the function that it is a parameter of is applied to.
func (r scopeReader) named(n ast.Node, left int) ([]target, bool) {
	b := r.names.Resolve(n)
	switch {
	case b != nil && b.Value.IsValid() && !b.More:
		return r.paths(b.Value, left)
	case b != nil && b.Kind == sema.ParamBinding:
		var sc scope
		r.passed(b.Decl, &sc, left)
		return sc.targets, !sc.anywhere
	case n.Text() == "self" && (b == nil || b.Kind == sema.FormalBinding):
		return []target{{ofFlake: true}}, true
	}
	return nil, false
}

// passed adds what a function gets for its parameter: lambda is that function, perhaps within others.
func (r scopeReader) passed(lambda ast.Node, sc *scope, left int) {
	before := 0 // parameters before it
	at := lambda.OutsideParens()
	for at.Parent().Is(ast.Lambda) && left > 0 {
		at = at.Parent().OutsideParens()
		before++
		left--
	}
	switch up := at.Parent(); {
	case left == 0:
		sc.anywhere = true
	case up.Is(ast.Apply) && (ast.ApplyExpr{Node: up}).Arg() == at && before == 0: // map (p: …) [ ./a.nix ]
		r.applied(at, sc, left-1)
	case up.Is(ast.Binding):
		uses, ok := r.usesOf(up)
		sc.anywhere = sc.anywhere || !ok
		for _, u := range uses {
			r.argument(u, before, sc, left-1)
		}
	default:
		sc.anywhere = true
	}
}

// argument adds the argument of a call at a use of a function, where before others come first.
func (r scopeReader) argument(fn ast.Node, before int, sc *scope, left int) {
	for range before {
		up := fn.OutsideParens().Parent()
		if app, ok := ast.AsApply(up); !ok || app.Func() != fn.OutsideParens() {
			sc.anywhere = true
			return
		}
		fn = up
	}
	r.applied(fn, sc, left)
}

// literalPath returns the text of a path literal without interpolation, or "".
func literalPath(n ast.Node) string {
	n = n.Unparen()
	if !n.Is(ast.Path) || n.FirstChild().IsValid() || n.HasError() || strings.HasPrefix(n.Text(), "~") {
		return ""
	}
	return strings.Clone(n.Text())
}
