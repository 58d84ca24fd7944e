package refactor

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// selected returns the expression that is selected whole.
func (p *place) selected() (n ast.Node, ok bool) {
	if p.at.Len() == 0 || !p.node.IsValid() || p.node.Span() != p.at {
		return n, false
	}
	for n = p.node; n.Parent().IsValid() && n.Parent().Span() == p.at && isExpression(n.Parent()); {
		n = n.Parent()
	}
	return n, isExpression(n) && !n.HasError()
}

// isExpression reports whether a node is a whole expression.
func isExpression(n ast.Node) bool {
	switch n.Kind() {
	case ast.Error, ast.File, ast.Name, ast.Interpolation, ast.Binding, ast.Inherit, ast.InheritFrom, ast.Attrpath, ast.Bindings,
		ast.Pattern, ast.AtName, ast.Formal, ast.Ellipsis:
		return false
	case ast.String, ast.IndString:
		return !n.Parent().Is(ast.Attrpath) && !n.Parent().Is(ast.Inherit)
	case ast.Ident:
		return n.Text() != "or" && n.Text() != "__curPos"
	}
	return true
}

// anchor returns the outermost expression around a node that sees the same names, and to which a let can be put without parentheses; it is
// invalid within the names of definitions, which may have to be known without evaluation.
func anchor(n ast.Node) ast.Node {
	for {
		up := n.Parent()
		switch up.Kind() {
		case ast.Binding, ast.Formal, ast.File, ast.InheritFrom, ast.LegacyLet, ast.Lambda, ast.Let:
			return n
		case ast.With:
			if up.FirstChild() != n {
				return n
			}
		case ast.Attrpath:
			if up.Parent().Is(ast.Binding) {
				return ast.Node{}
			}
		case ast.Inherit:
			return ast.Node{}
		}
		n = up
	}
}

// extractToLet gives the selected expression a name.
func (p *place) extractToLet() []Change {
	n, ok := p.selected()
	if !ok || n.Is(ast.Ident) {
		return nil
	}
	at := anchor(n)
	if b, ok := ast.AsBinding(at.Parent()); ok && at == n && b.Parent().Is(ast.AttrSet) && !b.Parent().IsRec() && !isMerged(b.Parent()) {
		at = anchor(b.Parent()) // it has a name where it is
	}
	if !at.IsValid() || at == n {
		return nil
	}
	around := at
	let, inLet := ast.AsLet(at.Parent())
	if inLet = inLet && let.Body() == at && let.Bindings().FirstChild().IsValid() && !let.HasError(); inLet {
		around = let.Node
	}
	name := p.freshName(n, around)
	title := "give it the name `" + name + "` in a `let`"
	indent, eol := nixlang.Indent(p.Tree, at.Start()), nixlang.LineBreak(p.Tree.Source())
	use := diag.Edit{Span: n.Span(), Text: nixlang.Splice(p.Tree, n.Span(), name)}
	if inLet {
		last := let.Bindings().FirstChild()
		for c := range let.Bindings().Children() {
			last = c
		}
		end := last.LastToken()
		if next := end.Next(); next.Kind() == ast.TokSpace && !nixlang.HasBreak(next.Text()) && next.Next().Kind() == ast.TokLineComment {
			end = next.Next()
		}
		separator, to := " ", nixlang.Indent(p.Tree, last.Start())
		if nixlang.StartsLine(last.FirstToken()) || end.Kind() == ast.TokLineComment {
			separator = eol + to
		}
		text := separator + name + " = " + nixlang.Shifted(n, nixlang.Indent(p.Tree, n.Start()), to) + ";"
		where := source.Span{Start: end.Span().End, End: end.Span().End}
		return []Change{{Title: title, Kind: Extract, Edits: sorted([]diag.Edit{{Span: where, Text: text}, use})}}
	}
	head := "let " + name + " = " + n.Text() + "; in "
	if nixlang.HasBreak(at.Text()) || nixlang.HasBreak(n.Text()) {
		inner := indent + step(indent)
		head = "let" + eol + inner + name + " = " + nixlang.Shifted(n, nixlang.Indent(p.Tree, n.Start()), inner) + ";" + eol + indent + "in" + eol + indent
	}
	start := source.Span{Start: at.Start(), End: at.Start()}
	if at.Start() > 0 && strings.IndexByte(space+"([{;=", p.Tree.Source()[at.Start()-1]) < 0 {
		head = " " + head
	}
	if at.Start() == n.Start() {
		return []Change{replace(title, Extract, n.Span(), head+use.Text)}
	}
	return []Change{{Title: title, Kind: Extract, Edits: []diag.Edit{{Span: start, Text: head}, use}}}
}

// freshName returns a name for an expression that nothing around it binds or uses.
func (p *place) freshName(n, around ast.Node) string {
	base := "value"
	switch fn, _ := ast.Call(n); {
	case n.Is(ast.Select):
		base = (ast.SelectExpr{Node: n}).Attrpath().LastName()
	case n.Is(ast.Lambda):
		base = "f"
	case n.Is(ast.Apply) && ast.LastName(fn) == "import":
		base = "imported"
	}
	if !ast.IsIdentifier(base) || base == "or" || sema.IsGlobal(base) {
		base = "value"
	}
	used := map[string]bool{}
	for _, tok := range identifiers(around) {
		used[tok] = true
	}
	scope := nixlang.ScopeAt(p.Names, n)
	for i := 1; ; i++ {
		name := base
		if i > 1 {
			name += strconv.Itoa(i)
		}
		if !used[name] && !nixlang.Hidden(p.Names, scope, name) || i > 1000 {
			return name
		}
	}
}

// identifiers returns the words of an expression.
func identifiers(n ast.Node) (words []string) {
	for tok := n.FirstToken(); tok.IsValid() && tok.Start() < n.End(); tok = tok.Next() {
		if tok.Kind() == ast.TokIdent {
			words = append(words, tok.Text())
		}
	}
	return words
}

// extractToFile puts the selected expression into a file beside this one, as a function of the names that it uses.
func (p *place) extractToFile() []Change {
	n, ok := p.selected()
	if !ok || p.Exists == nil || isSmall(n) || !anchor(n).IsValid() {
		return nil
	}
	scope := nixlang.ScopeAt(p.Names, n)
	if nixlang.Hidden(p.Names, scope, "import") {
		return nil
	}
	var names []string
	for _, u := range nixlang.UsesIn(p.Names, n) {
		name, _ := ast.AttrName(u.Node)
		switch {
		case name == "__curPos", u.Target == sema.ToWith, u.Target == sema.ToNothing:
			return nil
		case !nixlang.IsFree(p.Names, u, n) || u.Target == sema.ToGlobal:
		case !ast.IsIdentifier(name) || name == "or":
			return nil
		default:
			names = append(names, name)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	base := p.fileName(n)
	text := nixlang.Shifted(n, nixlang.Indent(p.Tree, n.Start()), "") + "\n"
	call, level := "import ./"+base, nixlang.LevelApply
	if len(names) > 0 {
		text = "{ " + strings.Join(names, ", ") + " }:\n" + text
		call += " { inherit " + strings.Join(names, " ") + "; }"
	}
	x := replace("put it into the file `"+base+"`", Extract, n.Span(), nixlang.Splice(p.Tree, n.Span(), nixlang.Wrap(call, level, n)))
	x.New = &NewFile{Path: filepath.Join(filepath.Dir(p.Path), base), Text: text}
	return []Change{x}
}

// isSmall reports whether an expression is too little for a file of its own.
func isSmall(n ast.Node) bool {
	switch n.Kind() {
	case ast.Ident, ast.Int, ast.Float, ast.URI, ast.SearchPath, ast.Path, ast.String, ast.Select:
		return true
	}
	return false
}

// fileName returns the name of a file for an expression: that of the attribute that it is the value of, if it is.
func (p *place) fileName(n ast.Node) string {
	base := "extracted"
	if b, ok := ast.AsBinding(n.OutsideParens().Parent()); ok {
		if name := b.Attrpath().LastName(); isFileName(name) {
			base = name
		}
	}
	for i := 1; ; i++ {
		name := base + ".nix"
		if i > 1 {
			name = base + "-" + strconv.Itoa(i) + ".nix"
		}
		if !p.Exists(filepath.Join(filepath.Dir(p.Path), name)) || i > 1000 {
			return name
		}
	}
}

// isFileName reports whether a path literal can name a file of that name.
func isFileName(name string) bool {
	for i := range len(name) {
		c := name[i]
		if c != '_' && c != '-' && (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return name != "" && name != "default" && name != "flake"
}
