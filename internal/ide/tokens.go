package ide

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// TokenType says what a word of code is.
type TokenType uint8

// The types, named as editors name them.
const (
	TokenNamespace TokenType = iota // builtins, lib and its parts, inputs
	TokenParameter
	TokenVariable
	TokenProperty // an attribute
	TokenFunction
	TokenKeyword
	TokenComment
	TokenString
	TokenNumber
	TokenOperator
)

// TokenTypes are the names of the types.
var TokenTypes = []string{"namespace", "parameter", "variable", "property", "function", "keyword", "comment", "string", "number", "operator"}

// TokenModifiers say more of a token.
type TokenModifiers uint8

// The modifiers, named as editors name them.
const (
	TokenDeclaration    TokenModifiers = 1 << iota
	TokenReadonly                      // true, false, null
	TokenDeprecated                    // of lib
	TokenDefaultLibrary                // of Nix, or of lib
	TokenDocumentation                 // a documentation comment
)

// TokenModifierNames are the names of the modifiers, from the lowest bit on.
var TokenModifierNames = []string{"declaration", "readonly", "deprecated", "defaultLibrary", "documentation"}

// CodeToken is a word of code, or a line of a comment or string.
type CodeToken struct {
	Span      source.Span
	Type      TokenType
	Modifiers TokenModifiers
}

// TokensIn returns the words of a part of the file, in source order. They do not overlap, and each lies in one line.
func (v *View) TokensIn(within source.Span) []CodeToken {
	t := tokenizer{View: v, names: v.names(), out: make([]CodeToken, 0, within.Len()/6+1)}
	first := v.tree.TokenAt(within.Start)
	t.first = first.Index()
	t.nodes = make([]ast.NodeID, v.tree.TokenAt(within.End).Index()-t.first+1)
	t.place(within)
	for tok := first; tok.IsValid() && tok.Kind() != ast.TokEOF && tok.Start() < within.End; tok = tok.Next() {
		t.token(tok)
	}
	return t.out
}

type tokenizer struct {
	*View
	names *sema.Info
	out   []CodeToken
	// nodes are, from the token of the number first on, the nodes that say what their tokens are.
	first int
	nodes []ast.NodeID
}

// place finds the nodes of a part of the file. Asking for each token takes too long in files that are half typed.
func (t *tokenizer) place(within source.Span) {
	set := func(tok ast.Token, n ast.Node) {
		if i := tok.Index() - t.first; i >= 0 && i < len(t.nodes) {
			t.nodes[i] = n.ID()
		}
	}
	records := t.tree.Records()
	for id := t.tree.Root().ID(); int(id) < len(records); id++ {
		n := t.tree.Node(id)
		if n.Start() >= within.End {
			break
		}
		if n.End() <= within.Start {
			id = n.SubtreeEnd() - 1
			continue
		}
		switch n.Kind() {
		case ast.Ident, ast.Name:
			set(n.FirstToken(), n)
		case ast.AtName:
			set(n.FirstToken(), n)
			set(n.LastToken(), n)
		case ast.String:
			if isAttribute(n) {
				set(n.FirstToken().Next(), n)
			}
		case ast.HasAttr:
			set((ast.HasAttrExpr{Node: n}).Attrpath().FirstToken().PrevSignificant(), n)
		case ast.Select:
			if def := (ast.SelectExpr{Node: n}).Default(); def.IsValid() {
				set(def.FirstToken().PrevSignificant(), n)
			}
		}
	}
}

// nodeOf returns the node that says what a token is; it is invalid where none was found.
func (t *tokenizer) nodeOf(tok ast.Token) ast.Node {
	if id := t.nodes[tok.Index()-t.first]; id != 0 {
		return t.tree.Node(id)
	}
	return ast.Node{}
}

func (t *tokenizer) token(tok ast.Token) {
	kind := tok.Kind()
	switch kind {
	case ast.TokSpace, ast.TokStray:
	case ast.TokLineComment:
		t.add(tok.Span(), TokenComment, 0)
	case ast.TokBlockComment:
		modifiers := TokenModifiers(0)
		if text := tok.Text(); strings.HasPrefix(text, "/**") && len(text) > len("/**/") {
			modifiers = TokenDocumentation
		}
		t.lines(tok.Span(), TokenComment, modifiers)
	case ast.TokText, ast.TokIndText:
		if n := t.nodeOf(tok); n.IsValid() {
			t.name(n, tok.Span())
		} else {
			t.lines(tok.Span(), TokenString, 0)
		}
	case ast.TokQuote, ast.TokIndQuote, ast.TokPath, ast.TokPathText, ast.TokSearchPath, ast.TokURI:
		t.add(tok.Span(), TokenString, 0)
	case ast.TokInt, ast.TokFloat:
		t.add(tok.Span(), TokenNumber, 0)
	case ast.TokIdent:
		t.name(t.nodeOf(tok), tok.Span())
	case ast.TokOrKw:
		if n := t.nodeOf(tok); n.Is(ast.Select) {
			t.add(tok.Span(), TokenKeyword, 0)
		} else {
			t.name(n, tok.Span())
		}
	default:
		switch {
		case kind.IsKeyword():
			t.add(tok.Span(), TokenKeyword, 0)
		case ast.TokEq <= kind && kind <= ast.TokPipeFrom, kind == ast.TokQuestion && t.nodeOf(tok).Is(ast.HasAttr):
			t.add(tok.Span(), TokenOperator, 0)
		}
	}
}

func (t *tokenizer) add(at source.Span, typ TokenType, modifiers TokenModifiers) {
	if at.Len() > 0 {
		t.out = append(t.out, CodeToken{at, typ, modifiers})
	}
}

// lines adds a text line by line, without the blanks around each.
func (t *tokenizer) lines(at source.Span, typ TokenType, modifiers TokenModifiers) {
	text := at.Of(t.Text())
	for from := 0; from < len(text); {
		end := len(text)
		if i := strings.IndexAny(text[from:], "\r\n"); i >= 0 {
			end = from + i
		}
		line := text[from:end]
		left := len(line) - len(strings.TrimLeft(line, " \t"))
		line = strings.TrimSpace(line)
		start := at.Start + uint32(from+left)
		t.add(source.Span{Start: start, End: start + uint32(len(line))}, typ, modifiers)
		from = end + 1
	}
}

// isAttribute reports whether a node is a string that names an attribute.
func isAttribute(n ast.Node) bool {
	if !n.Parent().Is(ast.Attrpath) && !n.Parent().Is(ast.Inherit) {
		return false
	}
	_, ok := ast.AttrName(n)
	return ok && n.Is(ast.String)
}

// name adds a name.
func (t *tokenizer) name(n ast.Node, at source.Span) {
	if !n.IsValid() {
		return
	}
	up := n.Parent()
	switch {
	case n.Is(ast.Ident):
		t.use(n, at)
	case n.Is(ast.AtName), up.Is(ast.Formal), up.Is(ast.Lambda):
		t.add(at, TokenParameter, TokenDeclaration)
	case up.Is(ast.Inherit):
		if from := (ast.InheritNode{Node: up}).From(); !from.IsValid() {
			t.use(n, at)
		} else if part, ok := nixlang.LibSource(t.names, from); ok {
			name, _ := ast.AttrName(n)
			t.lib(strings.TrimPrefix(part+"."+name, "."), at)
		} else {
			t.add(at, TokenProperty, TokenDeclaration)
		}
	case up.Is(ast.Attrpath) && up.Parent().Is(ast.Binding):
		binding := ast.BindingNode{Node: up.Parent()}
		typ := TokenProperty
		if binding.Parent().Is(ast.Bindings) && up.FirstChild() == n {
			typ = TokenVariable
		}
		if !n.NextSibling().IsValid() && binding.Value().Unparen().Is(ast.Lambda) {
			typ = TokenFunction
		}
		t.add(at, typ, TokenDeclaration)
	case up.Is(ast.Attrpath):
		t.selected(n, at)
	case n.Is(ast.Name), n.Is(ast.String):
		t.add(at, TokenProperty, 0)
	}
}

// use adds a variable.
func (t *tokenizer) use(n ast.Node, at source.Span) {
	u, ok := t.names.Use(n)
	if !ok {
		return
	}
	text := n.Text()
	switch u.Target {
	case sema.ToGlobal:
		b := sema.LookupBuiltin(text)
		switch {
		case text == "true" || text == "false" || text == "null":
			t.add(at, TokenVariable, TokenReadonly|TokenDefaultLibrary)
		case text == "builtins":
			t.add(at, TokenNamespace, TokenDefaultLibrary)
		case b == nil || b.Args > 0:
			t.add(at, TokenFunction, TokenDefaultLibrary)
		default:
			t.add(at, TokenVariable, TokenDefaultLibrary)
		}
	case sema.ToWith:
		if path, last, ok := nixlang.LibPath(t.names, n); ok && last == n {
			t.lib(path, at)
			return
		}
		t.add(at, TokenVariable, 0)
	case sema.ToBinding:
		b := t.names.Binding(u.Binding)
		switch {
		case nixlang.IsLib(t.names, n):
			t.add(at, TokenNamespace, TokenDefaultLibrary)
		case b.Kind == sema.FormalBinding || b.Kind == sema.ParamBinding || b.Kind == sema.AtBinding:
			t.add(at, TokenParameter, 0)
		case b.Value.IsValid() && b.Value.Unparen().Is(ast.Lambda):
			t.add(at, TokenFunction, 0)
		case b.Decl.Is(ast.Inherit):
			if name := nixlang.Lib(t.names, n); name != "" {
				t.lib(name, at)
			} else {
				t.add(at, TokenVariable, 0)
			}
		case b.Kind == sema.RecBinding:
			t.add(at, TokenProperty, 0)
		default:
			t.add(at, TokenVariable, 0)
		}
	}
}

// selected adds a name in a selection.
func (t *tokenizer) selected(n ast.Node, at source.Span) {
	op := operandOf(n)
	if nixlang.IsBuiltins(t.names, op) {
		name, _ := ast.AttrName(n)
		if b := sema.LookupBuiltin(name); b != nil && b.Args > 0 {
			t.add(at, TokenFunction, TokenDefaultLibrary)
		} else {
			t.add(at, TokenVariable, TokenDefaultLibrary)
		}
		return
	}
	if base, path := chain(n); nixlang.IsLib(t.names, base) {
		t.lib(strings.Join(path, "."), at)
		return
	}
	t.add(at, TokenProperty, 0)
}

// lib adds a name of nixpkgs' lib, given by its path.
func (t *tokenizer) lib(path string, at source.Span) {
	if !strings.Contains(path, ".") && !libtable.Ever(path) && libtable.PartNamed(path) == nil {
		t.add(at, TokenVariable, 0)
		return
	}
	modifiers := TokenDefaultLibrary
	if libtable.Deprecated(path) != nil {
		modifiers |= TokenDeprecated
	}
	typ := TokenFunction
	switch entry := libtable.Lookup(path[strings.LastIndexByte(path, '.')+1:]); {
	case libtable.PartNamed(path) != nil || libtable.DataNamed(path) != nil:
		typ = TokenNamespace
	case entry != nil && entry.Args == 0:
		typ = TokenVariable
	}
	t.add(at, typ, modifiers)
}
