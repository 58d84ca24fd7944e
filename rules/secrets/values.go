package secrets

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/builders"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// reader follows names of one file.
type reader struct {
	*builders.Reader
	modules func() *module.File
	left    int // the expressions that are still looked at for one value
}

func newReader(p *rules.Pass) *reader {
	return &reader{Reader: &builders.Reader{Path: p.Path, Names: p.Names(), Project: p.Project, Evaluator: p}, modules: p.Modules}
}

// maxPaths bounds the paths that one attribute is followed to, and maxUses the uses of one name.
const (
	maxPaths = 16
	maxUses  = 8
)

// paths returns the options that an attribute may be: those of the set around it, and of the places where a set that a name stands for, or
// that a function gives, goes. In the place of a name that is not known, as in genAttrs, stands "*".
func (r *reader) paths(n ast.Node) (found [][]string) {
	type step struct {
		at   ast.Node
		rest []string
	}
	todo := []step{{at: n}}
	seen := map[ast.NodeID]bool{}
	for len(todo) > 0 && len(found) < maxPaths {
		s := todo[0]
		todo = todo[1:]
		if seen[s.at.ID()] {
			continue
		}
		seen[s.at.ID()] = true
		path, top := builders.PathFrom(s.at)
		path = append(path, s.rest...)
		found = append(found, path)
		for top.Parent().Is(ast.Lambda) && top.Parent().Child(1) == top {
			top = top.Parent()
		}
		if fn := top.OutsideParens(); top.Is(ast.Lambda) && fn.Parent().IsCall() {
			call, args := ast.Call(outermost(fn))
			if slices.Contains([]string{"genAttrs", "genAttrs'", "mapAttrs", "listToAttrs", "mapAttrs'", "imap0", "imap1"}, ast.LastName(call)) && slices.Contains(args, fn) {
				todo = append(todo, step{outermost(fn), append([]string{"*"}, path...)})
			}
			continue
		}
		// The binding of a let: what it gives goes where its name stands.
		rest := path
		if top.Is(ast.Binding) && len(rest) > 0 {
			rest = rest[1:]
		} else {
			top = top.OutsideParens().Parent()
		}
		if !top.Is(ast.Binding) || !top.Parent().Is(ast.Bindings) || !(ast.BindingNode{Node: top}).Attrpath().IsSingle((ast.BindingNode{Node: top}).Attrpath().FirstName()) {
			continue
		}
		left := maxUses
		for u := range r.Names.UsesOf(r.Names.Declared(top)) {
			if left--; left < 0 {
				break
			}
			use := u.Node.OutsideParens()
			for use.Parent().IsCall() && (ast.ApplyExpr{Node: use.Parent()}).Func() == use {
				use = use.Parent().OutsideParens()
			}
			todo = append(todo, step{use, rest})
		}
	}
	return found
}

// outermost returns the call that an argument belongs to, with all its arguments.
func outermost(n ast.Node) ast.Node {
	for up := n.Parent(); up.IsCall() || up.Is(ast.Paren); up = n.Parent() {
		if up.Is(ast.Paren) && up.Parent().IsCall() && (ast.ApplyExpr{Node: up.Parent()}).Arg() == up {
			return n
		}
		n = up
	}
	return n
}

// maxLiterals bounds the texts that a value is followed to, maxLevels the expressions within each other, and maxSteps all that are looked
// at: a value may need itself in several places.
const (
	maxLiterals = 16
	maxLevels   = 12
	maxSteps    = 2000
)

// literals returns the strings, and what is put together with +, that a value is, or may be, through names, properties of modules and
// conditions.
func (r *reader) literals(n ast.Node) []ast.Node {
	r.left = maxSteps
	return r.leaves(n, maxLevels, nil)
}

func (r *reader) leaves(n ast.Node, depth int, out []ast.Node) []ast.Node {
	if r.left--; r.left < 0 || depth == 0 || len(out) >= maxLiterals || !n.IsValid() {
		return out
	}
	n = r.Follow(n)
	switch n.Form() {
	case ast.String, ast.IndString, ast.Path:
		return append(out, n)
	case ast.Binary:
		if n.Op() == ast.OpAdd {
			return append(out, n)
		}
	case ast.If:
		return r.leaves(n.Child(2), depth-1, r.leaves(n.Child(1), depth-1, out))
	case ast.Let, ast.With, ast.Assert:
		return r.leaves(n.Child(1), depth-1, out)
	case ast.Apply:
		fn, args := ast.Call(n)
		name := ast.LastName(fn)
		if slices.Contains(writers, name) {
			return append(out, n)
		}
		if strings.HasPrefix(name, "mk") && name != "mkOption" || name == "toString" || name == "trim" || name == "optionalString" && len(args) == 2 {
			last := args[len(args)-1]
			if l := r.Follow(last); name == "mkMerge" && l.Is(ast.List) {
				for c := range l.Children() {
					out = r.leaves(c, depth-1, out)
				}
				return out
			}
			return r.leaves(last, depth-1, out)
		}
	case ast.Select:
		s := ast.SelectExpr{Node: n}
		if set := r.Follow(s.Operand()); set.Is(ast.AttrSet) {
			if names, static := s.Attrpath().Static(); static {
				if b, has := ast.Attr(set, names...); has {
					return r.leaves(b.Value(), depth-1, out)
				}
			}
		}
		for _, value := range r.definitions(n) {
			out = r.leaves(value, depth-1, out)
		}
		if d := s.Default(); d.IsValid() {
			return r.leaves(d, depth-1, out)
		}
	case ast.Ident: // inherit (config.my) password
		for _, value := range r.definitions(n) {
			out = r.leaves(value, depth-1, out)
		}
	}
	return out
}

// definitions returns the values that the file gives to an option that code reads from config, the default of its declaration among them.
func (r *reader) definitions(n ast.Node) (values []ast.Node) {
	f := r.modules()
	if f.Module == nil {
		return nil
	}
	path := f.Module.ConfigPath(n)
	if len(path) == 0 {
		return nil
	}
	for _, d := range f.DefinedOptions() {
		if d.Value.IsValid() && !d.Cut && slices.Equal(d.Path, path) {
			values = append(values, d.Value)
		}
	}
	for _, o := range f.Module.Options() {
		if !slices.Equal(o.Path, path) {
			continue
		}
		for _, arg := range argumentsOf(o.Value) {
			if b, has := ast.Attr(r.Follow(arg), "default"); has {
				values = append(values, b.Value())
			}
		}
	}
	return values
}

func argumentsOf(call ast.Node) []ast.Node {
	_, args := ast.Call(call.Unparen())
	return args
}

// writers are functions that make a file of a text.
var writers = []string{"writeText", "toFile", "writeTextFile", "writeTextDir", "writeScript"}

// fragment is a literal that a value is, or is put together from.
type fragment struct {
	at source.Span
	// value is that of the whole.
	value string
}

// fragments returns the literals that a value is, or may be, as literals does, and those it is put together from by interpolation and +
// where all of them are known.
func (r *reader) fragments(n ast.Node) (out []fragment) {
	for _, leaf := range r.literals(n) {
		if value, whole := ast.StringValue(leaf); whole {
			out = append(out, fragment{leaf.Span(), value})
		} else if spans, value, known := r.compose(leaf, maxLevels); known {
			for _, at := range spans {
				out = append(out, fragment{at, value})
			}
		}
	}
	return out
}

// compose returns the places of the literals that a string is put together from, and its value; known is false where a part comes from
// elsewhere.
func (r *reader) compose(n ast.Node, depth int) (spans []source.Span, value string, known bool) {
	if depth == 0 || !n.IsValid() {
		return nil, "", false
	}
	n = r.Follow(n)
	if value, known = ast.StringValue(n); known {
		return []source.Span{n.Span()}, value, true
	}
	add := func(part ast.Node) bool {
		more, text, ok := r.compose(part, depth-1)
		spans, value = append(spans, more...), value+text
		return ok && len(spans) <= maxLiterals
	}
	switch n.Form() {
	case ast.String, ast.IndString:
		for p := range ast.Parts(n) {
			if p.Interp.IsValid() {
				if !add(p.Interp.FirstChild()) {
					return nil, "", false
				}
			} else if text := p.Span.Of(r.Names.Tree().Source()); text != "" {
				spans, value = append(spans, p.Span), value+text
			}
		}
		return spans, value, true
	case ast.Binary:
		known = n.Op() == ast.OpAdd && add(n.Child(0)) && add(n.Child(1))
		return spans, value, known
	case ast.Apply:
		if fn, args := ast.Call(n); ast.LastName(fn) == "toString" && len(args) == 1 {
			return r.compose(args[0], depth-1)
		}
	}
	return nil, "", false
}

// usersOf is the option of nginx in which the names of users are attributes.
const usersOf = "basicAuth"

// attribute is an attribute with a value: bound, or inherited.
type attribute struct {
	// Node is the Binding, or the name in an Inherit.
	node  ast.Node
	last  string
	value ast.Node
}

// attributesOf yields the attributes of a file whose own name, the last of the path, is wanted.
func (r *reader) attributesOf(wanted func(name string) bool, yield func(attribute)) {
	tree := r.Names.Tree()
	for i, rec := range tree.Records() {
		switch rec.Kind {
		case ast.Binding:
			n := tree.Node(ast.NodeID(i))
			b := ast.BindingNode{Node: n}
			before, last := b.Attrpath().LastTwo()
			switch name, _ := ast.AttrName(last); {
			case wanted(name):
				yield(attribute{n, name, b.Value()})
			case before.IsValid() && wanted(usersOf):
				if of, static := ast.AttrName(before); static && of == usersOf {
					yield(attribute{n, usersOf, b.Value()})
				}
			}
		case ast.Inherit:
			in := ast.InheritNode{Node: tree.Node(ast.NodeID(i))}
			for part := range in.Names() {
				name, static := ast.AttrName(part)
				if !static || !wanted(name) {
					continue
				}
				if from := in.From(); from.IsValid() {
					if set := r.Follow(from); set.Is(ast.AttrSet) {
						if b, has := ast.Attr(set, name); has {
							yield(attribute{part, name, b.Value()})
						}
					}
					continue
				}
				if b := r.Names.Resolve(part); b != nil && b.Kind == sema.LetBinding && !b.More && b.Value.IsValid() {
					yield(attribute{part, name, b.Value})
				}
			}
		}
	}
}

// pathsOf returns the options that an attribute may be.
func (r *reader) pathsOf(a attribute) [][]string {
	if a.node.Is(ast.Binding) {
		return r.paths(a.node)
	}
	paths := r.paths(a.node.Parent())
	for i := range paths {
		paths[i] = append(paths[i], a.last)
	}
	return paths
}
