package module

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// Read is a place that reads options: config.a.b, or cfg.b where cfg is config.a. What stands at the path is read as a whole.
type Read struct {
	Path []string
	// Node is the name or selection; Parts are the last names of the path as they stand in it, one for each of the names
	// that it adds to what its operand stands for.
	Node  ast.Node
	Parts []ast.Node
	// At is the expression whose value is that of the option: Node, or the name that is inherited from Node.
	At ast.Node
	// Cut is set where a computed name follows the path.
	Cut bool
	// Guarded is set where the option may be missing: config ? a.b, config.a.b or c.
	Guarded bool
	// Own is set where the config is that of a module of the file and no other, such as osConfig or a submodule's.
	Own bool
}

// configNames are the arguments that hold the values of options: of the module's own evaluation, and of that around it.
var configNames = words("config osConfig nixosConfig darwinConfig hmConfig")

// ReadOptions returns the places of the file that read options, of whatever evaluation, in source order.
func (f *File) ReadOptions() []Read {
	if f.done&doneReads == 0 {
		f.done |= doneReads
		f.eachRead(func(r Read) { f.reads = append(f.reads, r) })
	}
	return f.reads
}

func (f *File) eachRead(yield func(Read)) {
	r := reader{f: f, left: maxDefinitions + nodeDefinitions*len(f.tree.Records())}
	records := f.tree.Records()
	for i := range records {
		switch records[i].Kind {
		case ast.Apply:
			if n := f.tree.Node(ast.NodeID(i)); n.Parent().Is(ast.Apply) && n.Parent().FirstChild() == n {
				continue // the whole call tells
			} else if lookups[ast.LastName((ast.ApplyExpr{Node: innermost(n)}).Func())] {
				r.node(n, yield)
			}
		case ast.Ident, ast.Select, ast.HasAttr:
			r.node(f.tree.Node(ast.NodeID(i)), yield)
		case ast.Inherit:
			in := ast.InheritNode{Node: f.tree.Node(ast.NodeID(i))}
			from := in.From()
			if !from.IsValid() {
				continue
			}
			base, ok := r.place(from, maxAliases)
			if !ok {
				continue
			}
			for part := range in.Names() {
				r.inherited(base, part, yield)
			}
		}
	}
	if r.left < 0 {
		yield(Read{Node: f.tree.Root(), Cut: true})
	}
}

type reader struct {
	f    *File
	left int
}

// optionPlace is what of the options an expression stands for.
type optionPlace struct {
	path []string
	cut  bool
	own  bool
}

// inherited yields a name that is inherited from options. Behind let, what is read is what the name is used for.
func (r *reader) inherited(base optionPlace, part ast.Node, yield func(Read)) {
	if r.isLet(part.Parent()) {
		return
	}
	read := Read{Path: base.path, Node: part, At: part, Cut: base.cut, Own: base.own}
	if name, static := ast.AttrName(part); static && !base.cut {
		read.Path = append(slices.Clip(base.path), name)
		read.Parts = []ast.Node{part}
	}
	yield(read)
}

// isLet reports whether an inherit or binding is one of a let.
func (r *reader) isLet(n ast.Node) bool { return n.Parent().Is(ast.Bindings) }

// node yields what an expression reads, unless one around it tells more.
func (r *reader) node(n ast.Node, yield func(Read)) {
	if r.left--; r.left < 0 {
		return
	}
	outer := n.OutsideParens()
	up := outer.Parent()
	switch up.Kind() {
	case ast.Select, ast.HasAttr:
		if up.FirstChild() == outer {
			return
		}
	case ast.InheritFrom:
		return
	case ast.Binding:
		if b := (ast.BindingNode{Node: up}); r.isLet(up) && b.Value() == outer && b.Attrpath().Parts()[0].NextSibling() == (ast.Node{}) {
			return // what is read is what the name is used for
		}
		// An argument that is passed on under its name: what gets it reads of it what counts.
		if b := (ast.BindingNode{Node: up}); n.Is(ast.Ident) && configNames[n.Text()] && configNames[b.Attrpath().FirstName()] {
			return
		}
	}
	p, ok := r.place(n, maxAliases)
	if !ok {
		if path := r.ofOptions(n); path != nil {
			yield(Read{Path: path, Node: n, At: n, Guarded: true})
		}
		return
	}
	read := Read{Path: p.path, Node: n, At: n, Cut: p.cut, Own: p.own}
	switch n.Kind() {
	case ast.Ident:
		if len(p.path) == 0 && p.own && r.passed(outer, up) {
			return
		}
		if b := r.f.names.Resolve(n); b != nil && b.Decl.Is(ast.Inherit) {
			read.Node, read.Parts = b.Node, []ast.Node{b.Node} // the name comes from there
		}
	case ast.Select:
		s := ast.SelectExpr{Node: n}
		read.Guarded = s.Default().IsValid()
		read.Parts = s.Attrpath().Parts()
	case ast.Apply:
		fn, _ := ast.Call(n)
		read.Guarded = ast.LastName(fn) != "getAttrFromPath"
	case ast.HasAttr:
		read.Guarded = true
		read.Parts = (ast.HasAttrExpr{Node: n}).Attrpath().Parts()
	}
	if p.cut {
		read.Parts = nil
	}
	yield(read)
}

// valueOf are the attributes of an option in options that tell of its value.
var valueOf = words("value isDefined definitions definitionsWithLocations highestPrio")

// ofOptions returns the path of an option of which options.a.b.value, or the like, tells the value; nil for anything else.
func (r *reader) ofOptions(n ast.Node) (path []string) {
	s, is := ast.AsSelect(n)
	if !is {
		return nil
	}
	b := r.f.names.Resolve(s.Operand().Unparen())
	if b == nil || b.Kind != sema.FormalBinding || b.Name != "options" {
		return nil
	}
	for i, part := range s.Attrpath().Parts() {
		name, static := r.f.optionName(part, i == 0)
		switch {
		case !static:
			return nil
		case i > 0 && valueOf[name]:
			return path
		}
		path = append(path, name)
	}
	return nil
}

// lookups are functions that take an attribute from a set by a list of names.
var lookups = words("attrByPath hasAttrByPath getAttrFromPath")

// innermost returns the call with the first argument.
func innermost(call ast.Node) ast.Node {
	for {
		fn := (ast.ApplyExpr{Node: call}).Func().Unparen()
		if !fn.Is(ast.Apply) {
			return call
		}
		call = fn
	}
}

// passed reports whether config as a whole is an argument of a function that takes what a list of names says.
func (r *reader) passed(n, call ast.Node) bool {
	if !call.Is(ast.Apply) || call.FirstChild() == n {
		return false
	}
	fn, args := ast.Call(call)
	if !lookups[ast.LastName(fn)] || len(args) < 2 {
		return false
	}
	_, whole := r.f.pathList(args[0])
	return whole
}

// place returns what of the options an expression stands for.
func (r *reader) place(n ast.Node, depth int) (p optionPlace, ok bool) {
	if n = n.Unparen(); depth == 0 || !n.IsValid() {
		return p, false
	}
	switch n.Kind() {
	case ast.Ident, ast.Name:
		b := r.f.names.Resolve(n)
		switch {
		case b == nil:
			return r.underWith(n, depth)
		case b.Kind == sema.FormalBinding && configNames[b.Name]:
			return optionPlace{path: []string{}, own: b.Name == "config" && r.ofModule(b.Decl.Parent().Parent())}, true
		case b.Kind != sema.LetBinding && b.Kind != sema.RecBinding || b.More:
			return p, false
		case b.Value.IsValid():
			return r.place(b.Value, depth-1)
		}
		if in, inherited := ast.AsInherit(b.Decl); inherited {
			if !in.From().IsValid() {
				return r.place(b.Node, depth-1)
			}
			if p, ok = r.place(in.From(), depth-1); ok && !p.cut {
				p.path = append(slices.Clip(p.path), b.Name)
				return p, true
			}
			// inherit (args) config
			if configNames[b.Name] && r.isArguments(in.From()) {
				return optionPlace{path: []string{}, own: b.Name == "config"}, true
			}
			return p, ok
		}
	case ast.Select:
		s := ast.SelectExpr{Node: n}
		return r.selected(s.Operand(), s.Attrpath(), depth)
	case ast.HasAttr:
		return r.selected((ast.HasAttrExpr{Node: n}).Operand(), (ast.HasAttrExpr{Node: n}).Attrpath(), depth)
	case ast.Apply:
		fn, args := ast.Call(n)
		if !lookups[ast.LastName(fn)] || len(args) < 2 {
			return p, false
		}
		names, whole := r.f.pathList(args[0])
		if p, ok = r.place(args[len(args)-1], depth-1); ok && !p.cut {
			p.path, p.cut = append(slices.Clip(p.path), names...), !whole
		}
		return p, ok
	case ast.With, ast.Let, ast.Assert:
		return r.place(n.Child(1), depth-1)
	}
	return p, false
}

// selected returns what is selected of an operand. Behind the name config in a path, of whatever configuration, options follow.
func (r *reader) selected(operand ast.Node, attrs ast.AttrpathNode, depth int) (p optionPlace, ok bool) {
	p, ok = r.place(operand, depth-1)
	if s, is := ast.AsSelect(operand.Unparen()); is && s.Default().IsValid() {
		p.cut = true // it may be the default
	}
	inside := ok
	for part := range attrs.Children() {
		name, static := r.f.optionName(part, len(p.path) == 0)
		switch {
		case p.cut:
			return p, ok
		case inside && !static:
			p.cut = true
		case inside:
			p.path = append(slices.Clip(p.path), name)
		case static && configNames[name]:
			p, ok, inside = optionPlace{path: []string{}, own: name == "config" && r.isArguments(operand)}, true, true
		}
	}
	return p, ok
}

// underWith returns what a name means that with config.a; around it binds, if that is the innermost one.
func (r *reader) underWith(n ast.Node, depth int) (p optionPlace, ok bool) {
	if u, found := r.f.names.Use(n); !found || u.Target != sema.ToWith {
		return p, false
	}
	for up := n; up.IsValid(); up = up.Parent() {
		w, is := ast.AsWith(up)
		if !is || w.Env().Encloses(n) {
			continue
		}
		// An option that is missing would be looked for further out.
		if p, ok = r.place(w.Env(), depth-1); ok {
			p.cut, p.own = true, false
		}
		return p, ok
	}
	return p, false
}

// isArguments reports whether a name is the whole argument of a module.
func (r *reader) isArguments(n ast.Node) bool {
	b := r.f.names.Resolve(n.Unparen())
	return b != nil && (b.Kind == sema.AtBinding || b.Kind == sema.ParamBinding)
}

// ofModule reports whether a function is a module of the file, and none of an evaluation inside another.
func (r *reader) ofModule(fn ast.Node) bool {
	m := r.f.ModuleOf(fn)
	return m != nil && !m.Submodule
}
