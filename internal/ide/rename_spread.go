package ide

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
)

// spread follows a set, or a function, to all places of the project that take it, and renames an attribute, or a formal, there. Where
// it goes where nobody can follow, that is an error: then nothing is certain.
type spread struct {
	*View    // of the file that defines it
	ctx      context.Context
	name, to string
	formal   bool // a formal is renamed, not an attribute
	edits    map[Use]string
	seen     map[Use]bool
}

func (v *View) newSpread(ctx context.Context, name, to string, formal bool) *spread {
	return &spread{View: v, ctx: ctx, name: name, to: to, formal: formal, edits: map[Use]string{}, seen: map[Use]bool{}}
}

// at returns a place as messages tell it.
func at(v *View, n ast.Node) string {
	return fmt.Sprintf("%s:%d", v.Rel(v.path), source.NewLineIndex(v.Text()).Line(n.Start()))
}

// lost is the error of a place beyond which nothing is known.
func (s *spread) lost(g *View, n ast.Node) error {
	what := "the set"
	if s.formal {
		what = "the function"
	}
	return fmt.Errorf("who names `%s` is not known for certain: %s takes %s as a whole", s.name, at(g, n), what)
}

// replace notes an edit.
func (s *spread) replace(g *View, span source.Span, text string) {
	s.edits[Use{File: g.path, Span: span}] = text
}

// value follows an expression of a file that is the set or function, or gives it when it is called some times.
func (s *spread) value(g *View, e ast.Node, calls int) error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	e = e.OutsideParens()
	k := Use{File: g.path, Span: e.Span(), Defines: calls == 0}
	if s.seen[k] {
		return nil
	}
	s.seen[k] = true
	up := e.Parent()
	first := up.FirstChild() == e
	switch up.Kind() {
	case ast.File:
		return s.exported(g, calls)
	case ast.Let, ast.Assert:
		if !first {
			return s.value(g, up, calls)
		}
	case ast.With:
		if !first {
			return s.value(g, up, calls)
		}
		if calls == 0 && !s.formal {
			return s.with(g, ast.WithExpr{Node: up})
		}
	case ast.Lambda:
		if !first {
			return s.value(g, up, calls+1)
		}
	case ast.Apply:
		if first && calls > 0 {
			return s.value(g, up, calls-1)
		}
		if first && s.formal {
			return s.call(g, ast.ApplyExpr{Node: up}.Arg(), false)
		}
	case ast.Select, ast.HasAttr:
		if first && calls == 0 && !s.formal {
			return s.part(g, up.Child(1).FirstChild())
		}
	case ast.InheritFrom:
		if calls == 0 && !s.formal {
			return s.inherit(g, ast.InheritNode{Node: up.Parent()})
		}
	case ast.Binding:
		id := g.names().Declared(up)
		if b := g.names().Binding(id); id != 0 && b.Kind == sema.LetBinding && b.Value.IsValid() && !b.More {
			for u := range g.names().UsesOf(id) {
				if u.Node.Parent().Is(ast.Inherit) {
					return s.lost(g, u.Node)
				}
				if err := s.value(g, u.Node, calls); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return s.lost(g, e)
}

// part renames the first name of a path behind the set, if it is the one.
func (s *spread) part(g *View, part ast.Node) error {
	name, static := ast.AttrName(part)
	switch {
	case !static:
		return fmt.Errorf("who names `%s` is not known for certain: %s takes an attribute whose name is computed", s.name, at(g, part))
	case name == s.name:
		s.replace(g, part.Span(), ast.QuoteAttr(s.to))
	}
	return nil
}

// inherit gives a name that is inherited from the set another source.
func (s *spread) inherit(g *View, in ast.InheritNode) error {
	for n := range in.Names() {
		name, static := ast.AttrName(n)
		switch {
		case !static:
			return s.part(g, n)
		case name != s.name:
			continue
		}
		if g.tree.HasComment(in.Span()) {
			return fmt.Errorf("there is a comment in the `inherit` at %s", at(g, n))
		}
		span, text := inheritAs(n, n.Text(), ast.QuoteAttr(s.to))
		s.replace(g, span, text)
	}
	return nil
}

// inheritAs takes a name out of an inherit with a source: as a definition of a name by an attribute.
func inheritAs(n ast.Node, name, attribute string) (span source.Span, text string) {
	in := ast.InheritNode{Node: n.Parent()}
	from := in.From()
	operand := from.Text()
	if k := from.Kind(); k != ast.Ident && k != ast.Select && k != ast.Paren && k != ast.AttrSet {
		operand = "(" + operand + ")"
	}
	text = name + " = " + operand + "." + attribute + ";"
	rest := ""
	for other := range in.Names() {
		if other != n {
			rest += " " + other.Text()
		}
	}
	if rest != "" {
		text += " inherit (" + from.Text() + ")" + rest + ";"
	}
	return in.Span(), text
}

// with renames the names that only this with can give.
func (s *spread) with(g *View, w ast.WithExpr) error {
	for _, u := range g.names().Uses() {
		name, _ := ast.AttrName(u.Node)
		switch {
		case u.Target != sema.ToWith || name != s.name && name != s.to || !w.Body().Encloses(u.Node):
			continue
		case name == s.to:
			return fmt.Errorf("`%s` would mean another name at %s", s.to, at(g, u.Node))
		}
		inner := g.names().Scope(u.Scope)
		for id := u.Scope; id != 0; id, inner = inner.Parent, g.names().Scope(inner.Parent) {
			if inner.Node.Is(ast.With) && inner.Node != w.Node {
				return fmt.Errorf("which `with` gives `%s` at %s is not known for certain", name, at(g, u.Node))
			}
		}
		if u.Node.Parent().Is(ast.Inherit) || !ast.IsIdentifier(s.to) {
			return s.lost(g, u.Node)
		}
		for b := range g.names().InScope(u.Scope) {
			if b.Name == s.to {
				return fmt.Errorf("`%s` means another name at %s", s.to, at(g, u.Node))
			}
		}
		s.replace(g, u.Node.Span(), s.to)
	}
	return nil
}

// call renames what a call passes; byName tells that what is not passed is looked up by its name.
func (s *spread) call(g *View, arg ast.Node, byName bool) error {
	set := arg.Unparen()
	if !set.Is(ast.AttrSet) {
		return fmt.Errorf("the call at %s passes `%s` in a set that is not written there", at(g, arg), s.name)
	}
	passed := false
	for c := range set.Children() {
		if in, ok := ast.AsInherit(c); ok {
			for n := range in.Names() {
				if name, _ := ast.AttrName(n); name != s.name {
					continue
				}
				if g.tree.HasComment(in.Span()) {
					return fmt.Errorf("there is a comment in the `inherit` at %s", at(g, n))
				}
				passed = true
				span, text := g.outOfInherit(n, true, s.to)
				s.replace(g, span, text)
			}
			continue
		}
		b, ok := ast.AsBinding(c)
		name, static := ast.AttrName(b.Attrpath().First())
		switch {
		case !ok || !static:
			return s.lost(g, c)
		case name == s.to:
			return fmt.Errorf("the call at %s passes `%s` already", at(g, c), s.to)
		case name == s.name:
			if set.IsRec() {
				return s.lost(g, c)
			}
			passed = true
			s.replace(g, b.Attrpath().First().Span(), s.to)
		}
	}
	if byName && !passed {
		return fmt.Errorf("the call at %s passes `%s` by its name", at(g, arg), s.name)
	}
	return nil
}

// exported follows what is the value of a file to all that refer to that.
func (s *spread) exported(g *View, calls int) error {
	base := filepath.Base(g.path)
	if base == "flake.nix" || filepath.Dir(g.path) == g.Root() && (base == defaultFile || base == "shell.nix") {
		return fmt.Errorf("`%s` is seen by whoever uses %s", s.name, g.Rel(g.path))
	}
	found := false
	for _, path := range s.NixFiles() {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		f := s.File(path)
		if f == nil || !mayRefer(f.Text(), g.path) {
			continue
		}
		o := s.openFile(path)
		if o == nil {
			continue
		}
		refers, err := s.references(o, g.path, calls)
		if err != nil {
			return err
		}
		found = found || refers
	}
	if !found {
		return fmt.Errorf("`%s` is seen by whoever uses %s, which no file of the project does", s.name, g.Rel(g.path))
	}
	return nil
}

// mayRefer reports whether a text may have a path that leads to a file.
func mayRefer(text, file string) bool {
	base := filepath.Base(file)
	if strings.Contains(text, base) || strings.Contains(text, "/${") {
		return true
	}
	return base == defaultFile && (strings.Contains(text, filepath.Base(filepath.Dir(file))) || strings.Contains(text, "./.") || strings.Contains(text, "../"))
}

// references follows the paths of a file that lead to another.
func (s *spread) references(o *View, file string, calls int) (found bool, err error) {
	records := o.tree.Records()
	for i := range records {
		n := o.tree.Node(ast.NodeID(i))
		switch records[i].Kind {
		case ast.String, ast.IndString:
			if text, ok := ast.StringValue(n); ok && strings.Contains(text, "/"+filepath.Base(file)) {
				return false, fmt.Errorf("%s may name the file by a text", at(o, n))
			}
			continue
		case ast.Path:
		default:
			continue
		}
		if n.FirstChild().IsValid() {
			prefix := source.Span{Start: n.Start(), End: n.FirstChild().Start()}.Of(o.Text())
			dir, ok := project.ResolveText(o.path, prefix[:strings.LastIndexByte(prefix, '/')+1])
			if ok && strings.HasPrefix(file, strings.TrimSuffix(dir, "/")+"/") {
				return false, fmt.Errorf("%s may name the file by a path that is computed", at(o, n))
			}
			continue
		}
		target, ok := project.Resolve(o.path, n)
		if !ok || target != file && filepath.Join(target, defaultFile) != file {
			continue
		}
		if target != file && !project.Evaluates(n) {
			continue // the folder
		}
		found = true
		if err := s.referred(o, n, calls); err != nil {
			return false, err
		}
	}
	return found, nil
}

// referred follows a path that leads to the file.
func (s *spread) referred(o *View, n ast.Node, calls int) error {
	e := n.OutsideParens()
	app, ok := ast.AsApply(e.Parent())
	if !ok || app.Arg() != e {
		return s.lost(o, n)
	}
	if o.names().IsGlobal(app.Func().Unparen(), "import") || o.builtin(app.Func().Unparen()) == "import" {
		return s.value(o, app.Node, calls)
	}
	outer, ok := ast.AsApply(app.OutsideParens().Parent())
	if s.formal && calls == 0 && ok && outer.Func().Unparen() == app.Node && ast.LastName(app.Func()) == "callPackage" {
		if err := s.call(o, outer.Arg(), true); err != nil {
			return err
		}
		return s.overridden()
	}
	return s.lost(o, n)
}

// overridden looks for arguments that are given to a package later.
func (s *spread) overridden() error {
	for _, path := range s.NixFiles() {
		f := s.File(path)
		if f == nil || !strings.Contains(f.Text(), "override") || !strings.Contains(f.Text(), s.name) {
			continue
		}
		o := s.openFile(path)
		if o == nil {
			continue
		}
		records := o.tree.Records()
		for i := range records {
			if records[i].Kind != ast.Binding && records[i].Kind != ast.Inherit {
				continue
			}
			n := o.tree.Node(ast.NodeID(i))
			names := func(yield func(ast.Node) bool) { yield(ast.BindingNode{Node: n}.Attrpath().First()) }
			if in, ok := ast.AsInherit(n); ok {
				names = in.Names()
			}
			for name := range names {
				if text, _ := ast.AttrName(name); text != s.name {
					continue
				}
				for up := range n.Ancestors() {
					if app, ok := ast.AsApply(up); ok && strings.HasPrefix(ast.LastName(app.Func()), "override") {
						return fmt.Errorf("%s may give `%s` to the package again", at(o, n), s.name)
					}
				}
			}
		}
	}
	return nil
}

// list returns the edits by file and place. The error names two that meet.
func (s *spread) list() ([]diag.Edit, error) {
	out := make([]diag.Edit, 0, len(s.edits))
	for u, text := range s.edits {
		out = append(out, diag.Edit{File: u.File, Span: u.Span, Text: text})
	}
	return sortedEdits(out)
}

// sortedEdits sorts edits by file and place.
func sortedEdits(edits []diag.Edit) ([]diag.Edit, error) {
	slices.SortFunc(edits, func(a, b diag.Edit) int {
		if a.File != b.File {
			return strings.Compare(a.File, b.File)
		}
		return int(a.Span.Start) - int(b.Span.Start)
	})
	for i := 1; i < len(edits); i++ {
		if edits[i].File == edits[i-1].File && edits[i].Span.Start < edits[i-1].Span.End {
			return nil, fmt.Errorf("two names to change stand in one `inherit`")
		}
	}
	return edits, nil
}
