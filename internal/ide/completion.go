package ide

import (
	"cmp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// ItemKind says what a proposal is.
type ItemKind uint8

// The kinds.
const (
	ItemVariable ItemKind = iota
	ItemFunction
	ItemAttribute
	ItemOption
	ItemModule // a part of lib, a set of options
	ItemInput
	ItemValue
	ItemKeyword
	ItemFile
	ItemFolder
	ItemRule
)

// Item is something that may be written at a place.
type Item struct {
	Label  string
	Kind   ItemKind
	Detail string // in one line
	Doc    string // in Markdown
	Text   string // what to write; "" for the label
	// Snippet is what to write where snippets are known, "" for no other than Text.
	Snippet string
	value   string // of a definition, the snippet of its value
	rank    int    // the lower, the earlier
}

// Completion is what may be written at a place.
type Completion struct {
	Span  source.Span // what is there of it
	Items []Item      // the best first
	// More is set where there are others: with more letters they may come.
	More bool
}

// Named is a rule that comments may name.
type Named struct{ ID, Summary string }

// maxItems bounds what one answer proposes.
const maxItems = 300

// proposals gathers what may be written.
type proposals struct {
	*View
	offset uint32
	start  uint32 // of the word at the cursor
	items  []Item
	seen   map[string]bool
}

func (p *proposals) add(i Item) {
	if !p.seen[i.Label] {
		p.seen[i.Label] = true
		p.items = append(p.items, i)
	}
}

// attr adds the name of an attribute, which is written as an attribute path has it.
func (p *proposals) attr(i Item) {
	if quoted := ast.QuoteAttr(i.Label); quoted != i.Label {
		i.Text = quoted
	}
	p.add(i)
}

// Propose returns what may be written at an offset; rules are those that a comment may name.
func (v *View) Propose(offset uint32, rules []Named) Completion {
	p := &proposals{View: v, offset: offset, start: offset, seen: map[string]bool{}}
	text := v.Text()
	for p.start > 0 && isNameByte(text[p.start-1]) {
		p.start--
	}
	p.gather(rules)
	word := text[p.start:offset]
	items := p.items[:0]
	for _, i := range p.items {
		if fits(i.Label, word) {
			if !strings.HasPrefix(i.Label, word) {
				i.rank += 10
			}
			items = append(items, i)
		}
	}
	slices.SortStableFunc(items, func(a, b Item) int { return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.Label, b.Label)) })
	c := Completion{Span: source.Span{Start: p.start, End: offset}, Items: items[:min(len(items), maxItems)], More: len(items) > maxItems}
	return c
}

// isNameByte reports whether a byte can stand in a name.
func isNameByte(b byte) bool {
	return b == '_' || b == '-' || b == '\'' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9'
}

// fits reports whether the letters of a word stand in a label, in this order, whatever their case.
func fits(label, word string) bool {
	label, word = strings.ToLower(label), strings.ToLower(word)
	for i := 0; i < len(word); i++ {
		at := strings.IndexByte(label, word[i])
		if at < 0 {
			return false
		}
		label = label[at+1:]
	}
	return true
}

// before returns the last token in front of the word that is no trivia.
func (p *proposals) before() ast.Token {
	if p.start == 0 {
		return ast.Token{}
	}
	tok := p.tree.TokenAt(p.start - 1)
	if isTrivia(tok.Kind()) {
		tok = tok.PrevSignificant()
	}
	return tok
}

// gather finds out what stands at the cursor.
func (p *proposals) gather(rules []Named) {
	if p.offset > 0 {
		at := p.tree.TokenAt(p.offset - 1)
		switch at.Kind() {
		case ast.TokLineComment, ast.TokBlockComment:
			if at.Kind() == ast.TokLineComment || p.offset < at.Span().End {
				p.ruleNames(at, rules)
				return
			}
		}
		n := p.tree.NodeAt(source.Span{Start: p.offset - 1, End: p.offset})
		if (n.Is(ast.String) || n.Is(ast.IndString)) && (p.offset < n.End() || p.offset == n.Start()+1) {
			p.inString(n)
			return
		}
	}
	if p.paths() {
		return
	}
	tok := p.before()
	if !tok.IsValid() {
		p.expression(tok)
		return
	}
	switch tok.Kind() {
	case ast.TokDot:
		p.behindDot(tok)
		return
	case ast.TokQuestion:
		if has := p.tree.NodeAt(tok.Span()); has.Is(ast.HasAttr) {
			p.attributes(has.FirstChild())
			return
		}
	case ast.TokInt, ast.TokFloat:
		if tok.Span().End == p.start {
			return
		}
	}
	if p.inherited(tok) {
		return
	}
	if p.defining(tok) {
		return
	}
	p.expression(tok)
}

// behindDot proposes what may stand behind a dot.
func (p *proposals) behindDot(dot ast.Token) {
	tok := dot.PrevSignificant()
	if !tok.IsValid() {
		return
	}
	n := p.tree.NodeAt(tok.Span())
	if !isWord(tok.Kind()) {
		for n.Parent().IsValid() && n.Parent().LastToken() == tok && !n.Parent().Is(ast.Binding) {
			n = n.Parent()
		}
	}
	if path := n.Parent(); path.Is(ast.Attrpath) && path.Parent().Is(ast.Binding) {
		var names []string
		for part := path.FirstChild(); part.IsValid(); part = part.NextSibling() {
			name, ok := ast.AttrName(part)
			if !ok {
				name = part.Text()
			}
			names = append(names, name)
			if part == n {
				break
			}
		}
		p.definitionNames(path.Parent().Parent(), names)
		return
	}
	p.attributes(n)
}

// inherited proposes names of an inherit, if the cursor is in one.
func (p *proposals) inherited(tok ast.Token) bool {
	for range maxSteps {
		switch tok.Kind() {
		case ast.TokIdent:
			tok = tok.PrevSignificant()
			continue
		case ast.TokInherit:
			n := p.tree.NodeAt(tok.Span())
			p.scope(nixlang.ScopeAt(p.names(), n))
			return true
		case ast.TokRParen:
			from := p.tree.NodeAt(tok.Span())
			if !from.Is(ast.InheritFrom) {
				return false
			}
			p.attributes(from.FirstChild())
			return true
		}
		return false
	}
	return false
}

// keywords begin expressions, or go on with them.
var keywords = []string{"let", "in", "if", "then", "else", "with", "rec", "assert", "inherit", "or"}

// expression proposes what an expression may begin with, behind a token.
func (p *proposals) expression(tok ast.Token) {
	scope := sema.ScopeID(0)
	if tok.IsValid() {
		n := p.tree.NodeAt(tok.Span())
		scope = nixlang.ScopeAt(p.names(), n)
		switch tok.Kind() {
		case ast.TokIn, ast.TokColon, ast.TokSemi:
			if inner, ok := p.names().ScopeOf(n); ok {
				scope = inner
			}
		}
		p.optionValues(tok)
	}
	p.scope(scope)
	for _, name := range sema.Globals() {
		p.add(p.builtinItem(name, 4))
	}
	for _, word := range keywords {
		p.add(Item{Label: word, Kind: ItemKeyword, Snippet: keywordSnippets[word], rank: 5})
	}
}

// scope proposes the names that a scope sees.
func (p *proposals) scope(id sema.ScopeID) {
	for b := range p.names().InScope(id) {
		if !ast.IsIdentifier(b.Name) {
			continue
		}
		i := Item{Label: b.Name, Kind: ItemVariable, Detail: bindingWords[b.Kind]}
		if b.Value.IsValid() && b.Value.Unparen().Is(ast.Lambda) {
			i.Kind = ItemFunction
		}
		if b.Decl.IsValid() && b.Kind == sema.LetBinding {
			i.Doc = docComment(b.Decl)
		}
		p.add(i)
	}
	for range maxSteps {
		if id == 0 {
			return
		}
		s := p.names().Scope(id)
		if s.Node.Is(ast.With) {
			had := len(p.items)
			p.attributes(s.Node.FirstChild())
			for i := range p.items[had:] {
				p.items[had+i].rank = 3
			}
		}
		id = s.Parent
	}
}

// bindingWords say what binds a name.
var bindingWords = [...]string{
	sema.LetBinding: "a name of let", sema.RecBinding: "an attribute of a recursive set", sema.ParamBinding: "an argument",
	sema.AtBinding: "all arguments", sema.FormalBinding: "an argument",
}

func (p *proposals) builtinItem(name string, rank int) Item {
	doc := builtinDocs[name]
	i := Item{Label: name, Kind: ItemFunction, Detail: strings.TrimSpace(name + " " + doc.args), Doc: doc.text, rank: rank}
	if b := sema.LookupBuiltin(name); b == nil || b.Args == 0 {
		i.Kind = ItemValue
	}
	return i
}
