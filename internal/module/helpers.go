package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// given are the arguments of a call by the functions that take them, each with one parameter.
type given map[ast.Node]ast.Node

// of returns the argument that a name stands for, or the node itself.
func (g given) of(f *File, n ast.Node) ast.Node {
	n = n.Unparen()
	if !n.Is(ast.Ident) && !n.Is(ast.Name) {
		return n
	}
	if b := f.names.Resolve(n); b != nil && b.Kind == sema.ParamBinding {
		if arg, ok := g[b.Decl]; ok {
			return arg
		}
	}
	return n
}

// byHelper reads an option that a function of the file declares: mkBoolOpt false "…" where a let binds
// mkBoolOpt = default: description: mkOption { type = types.bool; inherit default description; }. Such functions may call each other.
func (w *declarations) byHelper(d *Declared, call ast.Node) {
	var args given
	for range maxAliases {
		fn, list := ast.Call(call)
		if len(list) == 0 {
			return
		}
		if path, ok := w.f.LibPath(fn); ok {
			w.calledFor(d, path, list, args)
			return
		}
		body := w.f.letValue(fn.Unparen())
		if !body.IsValid() {
			return
		}
		taken := given{}
		for _, arg := range list {
			l, ok := ast.AsLambda(body.Tail())
			if !ok {
				return
			}
			if _, pattern := l.Pattern(); pattern {
				return
			}
			taken[l.Node], body = args.of(w.f, arg), l.Body()
		}
		if call = body.Tail(); !call.Is(ast.Apply) {
			return
		}
		args = taken
	}
}

// calledFor reads the call of a function of lib to which a helper comes down.
func (w *declarations) calledFor(d *Declared, path string, list []ast.Node, args given) {
	switch {
	case (path == "mkOption" || path == "options.mkOption") && len(list) == 1:
		if set := list[0].Unparen(); set.Is(ast.AttrSet) {
			d.How = ByOption
			w.optionFacts(d, set, args)
		}
	case (path == "mkEnableOption" || path == "options.mkEnableOption") && len(list) == 1:
		d.enables()
	}
}
