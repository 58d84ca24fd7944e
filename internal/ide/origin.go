package ide

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
)

// origins returns the expressions that a node stands for where evaluating its file does not tell: an argument that the project passes
// to modules, what such an argument has, and the set that a function makes of its own fixpoint (finalAttrs). Each is one that it may
// stand for; others are possible.
func (v *View) origins(n ast.Node) []origin { return v.originsOf(n, newTracing()) }

// maxTraced bounds how many places one question about origins looks at, maxOrigins how many each stands for.
const maxTraced, maxOrigins = 256, 32

// tracing is what one question has found out so far: files hand things to each other in circles, and by many ways.
type tracing struct {
	left    int
	origins map[traced][]origin
	attrs   map[traced]map[string]eval.AttrFact
}

// traced is a node of a file.
type traced struct {
	file string
	node ast.NodeID
}

func newTracing() *tracing {
	return &tracing{left: maxTraced, origins: map[traced][]origin{}, attrs: map[traced]map[string]eval.AttrFact{}}
}

// origin is an expression in a file.
type origin struct {
	view *View
	node ast.Node
}

// originsOf is origins within another question. A place that waits for itself has none.
func (v *View) originsOf(n ast.Node, t *tracing) []origin {
	if !n.IsValid() {
		return nil
	}
	key := traced{v.path, n.ID()}
	out, known := t.origins[key]
	if known || t.left == 0 {
		return out
	}
	t.left--
	t.origins[key] = nil
	seen := map[traced]bool{}
	for _, o := range v.lookForOrigins(n, t) {
		if at := (traced{o.view.path, o.node.ID()}); !seen[at] && len(out) < maxOrigins {
			seen[at] = true
			out = append(out, o)
		}
	}
	t.origins[key] = out
	return out
}

// lookForOrigins is originsOf without memory.
func (v *View) lookForOrigins(n ast.Node, t *tracing) []origin {
	if from := inheritedFrom(n); from.IsValid() {
		return v.originsOfAttr(from, n, t)
	}
	if op := operandOf(n); op.IsValid() {
		if out := v.originsOfAttr(op, n, t); len(out) > 0 {
			return out
		}
		return v.valuesAt(v.ownOutput(op, n), t)
	}
	n = n.Unparen()
	if sel, ok := ast.AsSelect(n); ok {
		return v.originsOf(sel.Attrpath().Last(), t)
	}
	b := v.names().Resolve(n)
	switch {
	case b == nil:
		return nil
	case b.Decl.Is(ast.Inherit) && b.Node != n:
		return v.originsOf(b.Node, t)
	case b.Kind == sema.FormalBinding:
		return v.passedToModules(b, t)
	case b.Kind == sema.ParamBinding:
		if set := fixpointOf(b.Decl); set.IsValid() {
			return []origin{{v, set}}
		}
	}
	return nil
}

// inheritedFrom returns the expression that an inherit takes a name from; it is invalid where a node is no such name.
func inheritedFrom(n ast.Node) ast.Node {
	if !n.Parent().Is(ast.Inherit) {
		return ast.Node{}
	}
	return (ast.InheritNode{Node: n.Parent()}).From()
}

// originsOfAttr returns what the attribute that a node names is in what another node stands for.
func (v *View) originsOfAttr(of, n ast.Node, t *tracing) (out []origin) {
	name, ok := ast.AttrName(n)
	if !ok {
		return nil
	}
	for _, from := range v.originsOf(of, t) {
		if a, ok := from.view.attrsOf(from.node, t)[name]; ok && a.Span.Len() > 0 {
			out = append(out, from.view.valuesAt([]Location{{a.File, a.Span, a.Span}}, t)...)
		}
	}
	return out
}

// valuesAt returns the values of the attributes whose names, or which themselves, stand at some places.
func (v *View) valuesAt(places []Location, t *tracing) (out []origin) {
	for _, to := range places {
		o := v.openFile(to.File)
		if o == nil {
			continue
		}
		at := o.tree.NodeAt(to.Name)
		if at.Parent().Is(ast.Inherit) {
			out = append(out, o.ofInherit(at, t)...)
		} else if b := o.bindingAt(to.Name); b.IsValid() && (ast.BindingNode{Node: b}).Attrpath().Last().Span() == to.Name {
			out = append(out, origin{o, (ast.BindingNode{Node: b}).Value()})
		}
	}
	return out
}

// ofInherit returns what the name of an inherit stands for.
func (v *View) ofInherit(n ast.Node, t *tracing) []origin {
	if from := inheritedFrom(n); from.IsValid() {
		return v.originsOf(n, t)
	}
	switch b := v.names().Resolve(n); {
	case b == nil:
	case b.Value.IsValid():
		return []origin{{v, b.Value}}
	default:
		return append(v.originsOf(b.Node, t), origin{v, n})
	}
	return nil
}

// passedToModules returns what the project passes for an argument of the function that is the module in the file.
func (v *View) passedToModules(b *sema.Binding, t *tracing) (out []origin) {
	for _, at := range v.placesPassed(b) {
		part := at.view.tree.NodeAt(at.node.Span())
		if part.Parent().Is(ast.Inherit) {
			out = append(out, at.view.ofInherit(part, t)...)
			continue
		}
		if d := at.view.bindingAt(part.Span()); d.IsValid() && (ast.BindingNode{Node: d}).Attrpath().Last() == part {
			out = append(out, origin{at.view, (ast.BindingNode{Node: d}).Value()})
		}
	}
	return out
}

// maxPassing bounds the files that are looked at for what they pass to modules.
const maxPassing = 16

// placesPassed returns the names under which the project passes an argument of the function that is the module in the file.
func (v *View) placesPassed(b *sema.Binding) (out []origin) {
	if b.Kind != sema.FormalBinding || slices.Contains(moduleArguments, b.Name) {
		return nil
	}
	pattern := ast.PatternNode{Node: b.Decl.Parent()}
	fn := pattern.Parent()
	if !fn.Is(ast.Lambda) || fn.OutsideParens().Parent().Is(ast.Apply) || !pattern.HasEllipsis() && v.modules().Module == nil {
		return nil // all modules that files hold are called with more than they take
	}
	for i, file := range v.ModuleArgFiles(b.Name) {
		if i == maxPassing {
			break
		}
		if o := v.openFile(file); o != nil {
			for _, at := range project.PassedToModules(o.tree, b.Name) {
				out = append(out, origin{o, at})
			}
		}
	}
	return out
}

// fixpoints are functions whose argument is a function of what it gives, by name: those that make derivations, and those of lib.
var fixpoints = map[string]bool{"overrideAttrs": true, "fix": true, "fix'": true, "makeExtensible": true, "mkDerivation": true}

// fixpointOf returns the set that a function gives whose parameter is that set, as stdenv.mkDerivation and lib.fix take them; it is
// invalid where it is none.
func fixpointOf(lambda ast.Node) (set ast.Node) {
	fn, ok := ast.AsLambda(lambda)
	if !ok {
		return ast.Node{}
	}
	arg := lambda.OutsideParens()
	call, ok := ast.AsApply(arg.Parent())
	if !ok || call.Arg() != arg {
		return ast.Node{}
	}
	name := ast.LastName(call.Func())
	if !fixpoints[name] && !(strings.HasPrefix(name, "build") && nixlang.MakerArgs(name) > 0) {
		return ast.Node{}
	}
	body := fn.Body().Tail()
	if inner, ok := ast.AsLambda(body); ok && name == "overrideAttrs" { // finalAttrs: previousAttrs:
		body = inner.Body().Tail()
	} else if name == "overrideAttrs" {
		return ast.Node{} // of what was before
	}
	if !body.Is(ast.AttrSet) {
		return ast.Node{}
	}
	return body
}

// walkers are functions that call their first argument with parts of their second: with the name and the value of each attribute, or
// with each element, where nothing else is said by the number of the parameter that is the value.
var walkers = map[string]struct {
	param int
	list  bool
}{
	"mapAttrs": {1, false}, "mapAttrs'": {1, false}, "mapAttrsToList": {1, false}, "concatMapAttrs": {1, false}, "filterAttrs": {1, false},
	"map": {0, true}, "concatMap": {0, true}, "filter": {0, true}, "concatMapStrings": {0, true}, "any": {0, true}, "all": {0, true},
	"imap0": {1, true}, "imap1": {1, true}, "concatMapAttrsStringSep": {1, false}, "concatMapStringsSep": {0, true}, "forEach": {0, true},
}

// walked returns the expression whose attributes or elements a parameter of a function gets, one after the other; list is set for
// elements.
func walked(b *sema.Binding) (of ast.Node, list, ok bool) {
	if b.Kind != sema.ParamBinding || !b.Decl.Is(ast.Lambda) {
		return of, false, false
	}
	fn, n := b.Decl, 0
	for up := fn.OutsideParens().Parent(); up.Is(ast.Lambda); up = fn.OutsideParens().Parent() {
		fn, n = up, n+1
	}
	arg := fn.OutsideParens()
	up := arg.Parent()
	if !up.Is(ast.Apply) {
		return of, false, false
	}
	for up.Parent().Is(ast.Apply) && up.Parent().FirstChild() == up {
		up = up.Parent()
	}
	called, args := ast.Call(up)
	name := ast.LastName(called)
	w, known := walkers[name]
	at := slices.Index(args, arg)
	if !known || n != w.param || at < 0 {
		return of, false, false
	}
	other := at + 1
	if name == "forEach" {
		other = at - 1
	}
	if other < 0 || other >= len(args) {
		return of, false, false
	}
	of, list = args[other].Unparen(), w.list
	if inner, values := ast.Call(of); list && len(values) == 1 && ast.LastName(inner) == "attrValues" {
		return values[0], false, true
	}
	return of, list, true
}

// optionBase returns the path of options that an expression stands for: that of cfg, where that is config.a.b, and that of x in
// mapAttrs (name: x: …) config.a.
func (v *View) optionBase(n ast.Node, left int) (path []string, ok bool) {
	if left == 0 {
		return nil, false
	}
	if op := operandOf(n); op.IsValid() {
		name, static := ast.AttrName(n)
		if path, ok = v.optionBase(op, left-1); !static {
			name = project.AnyName
		}
		return append(path[:len(path):len(path)], name), ok
	}
	if from := inheritedFrom(n); from.IsValid() {
		name, static := ast.AttrName(n)
		path, ok = v.optionBase(from, left-1)
		return append(path[:len(path):len(path)], name), ok && static
	}
	n = n.Unparen()
	if sel, is := ast.AsSelect(n); is {
		return v.optionBase(sel.Attrpath().Last(), left-1)
	}
	if !n.Is(ast.Ident) {
		return nil, false
	}
	b := v.names().Resolve(n)
	switch {
	case b != nil && b.Value.IsValid():
		return v.optionBase(b.Value, left-1)
	case b != nil && b.Decl.Is(ast.Inherit):
		return v.optionBase(b.Node, left-1)
	case n.Text() == "config" || n.Text() == "options" || n.Text() == "osConfig":
		if b != nil && b.Kind == sema.FormalBinding {
			if inner := v.submoduleAround(b.Decl.Parent().Parent(), left-1); inner != nil {
				return inner, true
			}
		}
		return nil, v.fromCaller(n)
	case b == nil:
		return nil, false
	}
	of, list, found := walked(b)
	if !found {
		return nil, false
	}
	name := project.AnyName
	if list {
		name = module.Element
	}
	path, ok = v.optionBase(of, left-1)
	return append(path[:len(path):len(path)], name), ok && len(path) > 0
}
