package project

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
)

// guards is what a file asks for existence, in whatever spelling: what is missing there is provided for.
type guards struct {
	paths map[string]bool // absolute
	funcs map[string]bool // functions of the file that ask about an argument
	asks  bool            // it may ask about something
}

// guarded reports whether the file asks somewhere whether the target of a literal is there, or the folder around it.
func (p *paths) guarded(l literal) bool {
	if g := p.guarding(); len(g.paths) == 0 && len(g.funcs) == 0 {
		return false
	}
	if p.guards.paths[l.target] {
		return true
	}
	// A file's own folder is there anyway.
	for dir := filepath.Dir(l.target); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if p.guards.paths[dir] && dir != filepath.Dir(p.Path) {
			return true
		}
	}
	at := l.node.OutsideParens()
	if list := at.Parent(); list.Is(ast.List) {
		at = list.OutsideParens()
	}
	for app := at.Parent(); app.IsCall(); app = app.OutsideParens().Parent() {
		fn, args := ast.Call(app)
		for _, part := range append(args, fn) { // map optionalImport [ ./a ]
			if p.guards.funcs[ast.LastName(part)] {
				return true
			}
		}
	}
	return false
}

func (p *paths) guarding() *guards {
	if p.guards == nil {
		p.guards = p.findGuards()
	}
	return p.guards
}

func (p *paths) findGuards() *guards {
	g := &guards{paths: map[string]bool{}, funcs: map[string]bool{}}
	text := p.Tree.Source()
	g.asks = slices.ContainsFunc([]string{"pathExists", "maybeMissing", "pathIs", "pathType", "readFileType", "readDir"}, func(word string) bool { return strings.Contains(text, word) })
	if !g.asks {
		return g
	}
	for i, r := range p.Tree.Records() {
		switch r.Kind {
		case ast.Ident, ast.Select:
			n := p.Tree.Node(ast.NodeID(i))
			if name := ast.LastName(n); probeFuncs[name] || name == "maybeMissing" {
				p.addGuard(g, n.OutsideParens())
			}
		case ast.HasAttr:
			p.addListed(g, ast.HasAttrExpr{Node: p.Tree.Node(ast.NodeID(i))})
		}
	}
	return g
}

// addGuard notes what a function that asks for existence is about: its argument, the elements of the list that it
// filters, the argument of the function around.
func (p *paths) addGuard(g *guards, fn ast.Node) {
	app, ok := ast.AsApply(fn.Parent())
	if !ok {
		return
	}
	if app.Arg() == fn { // filter pathExists [ ./a ./b ]
		p.addPaths(g, app.Node)
		return
	}
	arg := app.Arg().Unparen()
	if path, ok := p.valueOf(arg, 4); ok {
		g.paths[path] = true
		return
	}
	b := p.Names().Resolve(arg)
	if b == nil || b.Kind != sema.ParamBinding && b.Kind != sema.FormalBinding {
		return
	}
	// optionalImport = f: if pathExists f then import f else { };
	lambda := p.Names().Scope(b.Scope).Node
	for up := lambda.OutsideParens().Parent(); up.Is(ast.Lambda); up = up.OutsideParens().Parent() {
		lambda = up
	}
	switch up := lambda.OutsideParens().Parent(); up.Form() {
	case ast.Binding:
		if name := (ast.BindingNode{Node: up}).Attrpath().LastName(); name != "" {
			g.funcs[name] = true
		}
	case ast.Apply:
		p.addPaths(g, up)
	}
}

// addPaths notes the paths among the arguments of a call, and in lists there.
func (p *paths) addPaths(g *guards, app ast.Node) {
	for up := app.OutsideParens().Parent(); up.IsCall() && (ast.ApplyExpr{Node: up}).Func().Unparen() == app; up = up.OutsideParens().Parent() {
		app = up
	}
	_, args := ast.Call(app)
	for _, arg := range args {
		arg = arg.Unparen()
		if path, ok := p.valueOf(arg, 4); ok {
			g.paths[path] = true
		}
		if arg.Is(ast.List) {
			for e := range arg.Children() {
				if path, ok := p.valueOf(e, 4); ok {
					g.paths[path] = true
				}
			}
		}
	}
}

// addListed notes the file that readDir ./x ? "name" asks for.
func (p *paths) addListed(g *guards, h ast.HasAttrExpr) {
	names, ok := h.Attrpath().Static()
	set := h.Operand().Unparen()
	if b := p.Names().Resolve(set); b != nil {
		set = b.Value.Unparen()
	}
	if app, isCall := ast.AsApply(set); ok && isCall && len(names) == 1 && ast.LastName(app.Func()) == "readDir" {
		if dir, ok := p.valueOf(app.Arg(), 4); ok {
			g.paths[filepath.Join(dir, names[0])] = true
		}
	}
}

// valueOf returns the path that an expression stands for: a literal, one that a string completes, a name for it.
func (p *paths) valueOf(n ast.Node, depth int) (path string, ok bool) {
	n = n.Unparen()
	if depth == 0 {
		return "", false
	}
	switch n.Form() {
	case ast.Path:
		return project.Resolve(p.Path, n)
	case ast.Ident:
		if p.isParameter(n) {
			return p.Project.FlakeDir(), n.Text() == "self"
		}
		b := p.Names().Resolve(n)
		if b == nil || b.More {
			return "", false
		}
		if in, inherited := ast.AsInherit(b.Decl); inherited && in.From().IsValid() { // inherit (inputs) self
			from := in.From().Unparen()
			return p.Project.FlakeDir(), b.Name == "self" && from.Is(ast.Ident) && from.Text() == "inputs" && p.isParameter(from)
		}
		if b.Value.IsValid() {
			return p.valueOf(b.Value, depth-1)
		}
	case ast.Select:
		s := ast.SelectExpr{Node: n}
		if head := s.Operand().Unparen(); head.Is(ast.Ident) && p.isParameter(head) {
			return p.Project.FlakeDir(), project.FlakeRoot(head) == n
		}
		if s.Attrpath().IsSingle("outPath") && !s.Default().IsValid() {
			return p.valueOf(s.Operand(), depth-1)
		}
	case ast.Binary:
		if dir, ok := p.valueOf(n.Child(0), depth-1); ok && n.Op() == ast.OpAdd {
			if text, ok := ast.StringValue(n.Child(1).Unparen()); ok {
				return filepath.Clean(dir + filepath.FromSlash(text)), true
			}
		}
	case ast.Apply:
		fn, args := ast.Call(n)
		switch name := ast.LastName(fn); {
		case name == "toString" && len(args) == 1:
			return p.valueOf(args[0], depth-1)
		case name == "append" && len(args) == 2:
			dir, isPath := p.valueOf(args[0], depth-1)
			text, isText := ast.StringValue(args[1].Unparen())
			return filepath.Join(dir, filepath.FromSlash(text)), isPath && isText
		}
	case ast.String:
		text, dir := "", ""
		for part := range ast.Parts(n) {
			switch {
			case part.IsText() && dir != "":
				text += part.Span.Of(p.Tree.Source())
			case part.IsText() || dir != "":
				return "", false
			default:
				if dir, ok = p.valueOf(part.Interp.FirstChild(), depth-1); !ok {
					return "", false
				}
			}
		}
		return filepath.Clean(dir + filepath.FromSlash(text)), dir != ""
	}
	return "", false
}
