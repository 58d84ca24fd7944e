package ide

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// Function is a function that has a name, or that a file is; or else, of what calls one, a definition or a file.
type Function struct {
	Name     string
	Detail   string // its arguments; "" for what is no function
	File     string
	Span, At source.Span // all of it, and its name, or its first argument
}

// CallsOf are the calls between two functions.
type CallsOf struct {
	Function
	Places []source.Span // of what is called
}

// FunctionsAt returns the functions that stand at an offset: one that is defined there or used, by its name or by the path of its file, and
// one whose first argument is there.
func (v *View) FunctionsAt(offset uint32) (out []Function) {
	n := v.nodeAt(offset)
	if !n.IsValid() {
		return nil
	}
	if f, ok := v.definedAt(n); ok {
		return []Function{f}
	}
	_, to := v.Definition(offset)
	for _, at := range to {
		o := v.openFile(at.File)
		if o == nil {
			continue
		}
		if at.Name.Len() == 0 {
			if l := o.tree.Expr().Unparen(); l.Is(ast.Lambda) {
				out = append(out, o.functionOf(l))
			}
		} else if f, ok := o.definedAt(o.tree.NodeAt(at.Name)); ok && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// definedAt returns the function that is defined by a node: the last name of a binding, or the first argument.
func (v *View) definedAt(n ast.Node) (f Function, ok bool) {
	up := n.Parent()
	switch {
	case up.Is(ast.Attrpath) && up.Parent().Is(ast.Binding) && !n.NextSibling().IsValid():
		if l := (ast.BindingNode{Node: up.Parent()}).Value().Unparen(); l.Is(ast.Lambda) {
			return v.functionOf(l), true
		}
	case up.Is(ast.Formal) && up.FirstChild() == n:
		return v.definedAt(up.Parent())
	case n.Is(ast.Pattern), n.Is(ast.Name) && up.Is(ast.Lambda):
		if l := up; l.Is(ast.Lambda) && l.FirstChild() == n {
			return v.functionOf(l), true
		}
	}
	return f, false
}

// functionOf returns the function that a Lambda is.
func (v *View) functionOf(l ast.Node) Function {
	f := Function{Detail: arguments(l), File: v.path, Span: l.Span(), At: l.FirstChild().Span()}
	outer := l.OutsideParens()
	switch up := outer.Parent(); {
	case up.Is(ast.Binding):
		f.Span, f.At = up.Span(), (ast.BindingNode{Node: up}).Attrpath().Last().Span()
		f.Name = strings.Join(strings.Fields((ast.BindingNode{Node: up}).Attrpath().Text()), " ")
	case up.Is(ast.File):
		f.Name = v.fileName()
	default:
		f.Name = "function in " + v.around(l).Name
	}
	return f
}

// fileName returns the name of the file, with its folder's where it says nothing by itself.
func (v *View) fileName() string {
	name := filepath.Base(v.path)
	if name == "default.nix" {
		name = filepath.Base(filepath.Dir(v.path)) + "/" + name
	}
	return name
}

// around returns what a node stands in: the innermost function with a name around it, or else the outermost definition, or the file.
func (v *View) around(n ast.Node) Function {
	var outermost ast.BindingNode
	for up := n.Parent(); up.IsValid(); up = up.Parent() {
		if b, ok := ast.AsBinding(up); ok {
			if l := b.Value().Unparen(); l.Is(ast.Lambda) && b.Value().Encloses(n) {
				return v.functionOf(l)
			}
			outermost = b
		}
	}
	if l := v.tree.Expr().Unparen(); l.Is(ast.Lambda) && l != n {
		return v.functionOf(l)
	}
	if outermost.IsValid() {
		path := outermost.Attrpath()
		return Function{Name: strings.Join(strings.Fields(path.Text()), " "), File: v.path, Span: outermost.Span(), At: path.Last().Span()}
	}
	at := v.tree.Expr().Span()
	return Function{Name: v.fileName(), File: v.path, Span: at, At: source.Span{Start: at.Start, End: at.Start}}
}

// lambdaAt returns the function whose name, or first argument, stands at an offset, as At of a Function says; it is invalid where there is
// none.
func (v *View) lambdaAt(offset uint32) ast.Node {
	for n := v.tree.NodeAt(source.Span{Start: offset, End: offset + 1}); n.IsValid(); n = n.Parent() {
		if n.Is(ast.Lambda) {
			return n
		}
		if b, ok := ast.AsBinding(n); ok {
			if l := b.Value().Unparen(); l.Is(ast.Lambda) {
				return l
			}
			return ast.Node{}
		}
	}
	return ast.Node{}
}

// Callers returns what calls the function at an offset, in the files of the project, as far as that is known.
func (v *View) Callers(ctx context.Context, offset uint32) (out []CallsOf) {
	l := v.lambdaAt(offset)
	r := v.report(l)
	if r == nil {
		return nil
	}
	r.LookForCalls(v.Answers)
	for _, c := range r.Calls {
		if ctx.Err() != nil {
			return nil
		}
		o := v.openFile(c.File)
		if o == nil {
			continue
		}
		n := o.tree.NodeAt(c.Span)
		fn, _ := ast.Call(n)
		out = addCall(out, o.around(n), fn.Span())
	}
	return out
}

// addCall adds a call to those of the same function.
func addCall(list []CallsOf, of Function, at source.Span) []CallsOf {
	for i := range list {
		if list[i].Function == of {
			if !slices.Contains(list[i].Places, at) {
				list[i].Places = append(list[i].Places, at)
			}
			return list
		}
	}
	return append(list, CallsOf{of, []source.Span{at}})
}

// Callees returns the functions that the function at an offset calls in its text, as far as that is known.
func (v *View) Callees(ctx context.Context, offset uint32) (out []CallsOf) {
	l := v.lambdaAt(offset)
	if !l.IsValid() {
		return nil
	}
	left := maxAsked
	for n := range l.Descendants() {
		if !n.Is(ast.Apply) || n.OutsideParens().Parent().Is(ast.Apply) && n.OutsideParens().Parent().FirstChild() == n.OutsideParens() {
			continue
		}
		if left--; left < 0 || ctx.Err() != nil {
			break
		}
		fn, args := ast.Call(n)
		if path := args[0].Unparen(); path.Is(ast.Path) {
			if target, _, ok := v.pathAt(path); ok {
				for _, at := range v.fileAt(target) {
					if o := v.openFile(at.File); o != nil && o.tree.Expr().Unparen().Is(ast.Lambda) && len(args) > 1 {
						out = addCall(out, o.functionOf(o.tree.Expr().Unparen()), path.Span())
					}
				}
				continue
			}
		}
		k, ok := v.known(fn)
		if !ok {
			continue
		}
		for i := range k.Values {
			f := k.Values[i].Function
			if f == nil || f.Builtin != "" {
				continue
			}
			if o := v.openFile(f.File); o != nil {
				if to := o.lambdaOf(f.Span); to.IsValid() {
					out = addCall(out, o.functionOf(to), fn.Span())
				}
			}
		}
	}
	return out
}

// lambdaOf returns the function whose parameter stands at a place.
func (v *View) lambdaOf(param source.Span) ast.Node {
	n := v.tree.NodeAt(param)
	for n.IsValid() && !n.Is(ast.Lambda) {
		n = n.Parent()
	}
	return n
}
