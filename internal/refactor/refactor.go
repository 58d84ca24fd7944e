// Package refactor offers changes of Nix code that keep what it means, at a place of a file. Each kind has a file of its own. It knows
// nothing of protocols: places are bytes. What cannot be told for certain is not offered.
package refactor

import (
	"cmp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// Kind sorts changes.
type Kind uint8

// The kinds.
const (
	Rewrite         Kind = iota // the same in another form
	Extract                     // a part gets a name or a file of its own
	Inline                      // a name gives way to what it stands for
	OrganizeImports             // the list of imports is put in order
)

// Change is one change that can be made.
type Change struct {
	Title string
	Kind  Kind
	Edits []diag.Edit // of the file, sorted, and apart from each other
	// New is a file to be created, nil for none.
	New *NewFile
}

// NewFile is a file that a change creates.
type NewFile struct {
	Path, Text string
}

// File is what is asked about.
type File struct {
	Path  string
	Tree  *ast.Tree
	Names *sema.Info
	// Modules tells what the file is as a module.
	Modules func() *module.File
	// Exists reports whether there is a file or folder; without it, nothing is put into files of their own.
	Exists func(path string) bool
}

// place is where a change is asked for.
type place struct {
	*File
	at   source.Span // without blanks around
	node ast.Node    // the innermost one there
}

// offers find the changes, in the order in which they are told.
var offers = []func(*place) []Change{
	(*place).toInherit, (*place).fromInherit, (*place).flatten, (*place).pack, (*place).quote, (*place).otherString, (*place).quoteURL,
	(*place).withToLet, (*place).addFormal, (*place).inline, (*place).extractToLet, (*place).extractToFile, (*place).fromJSON,
	(*place).guardConfig, (*place).organizeImports,
}

// At returns the changes that can be made of what a span holds or, where it is empty, of what stands there. In a file with syntax
// errors that is only what takes JSON for them.
func (f *File) At(at source.Span) []Change {
	p := f.placeOf(at)
	if !p.node.IsValid() {
		return nil
	}
	if len(f.Tree.Errors()) > 0 {
		return p.fromJSON()
	}
	var out []Change
	for _, offer := range offers {
		out = append(out, offer(p)...)
	}
	return out
}

// placeOf finds out what a span holds: of an empty one, the word there or before.
func (f *File) placeOf(at source.Span) *place {
	src := f.Tree.Source()
	at.Start, at.End = min(at.Start, uint32(len(src))), min(at.End, uint32(len(src)))
	text := at.Of(src)
	at.Start += uint32(len(text) - len(strings.TrimLeft(text, space)))
	at.End = max(at.Start, at.End-uint32(len(text)-len(strings.TrimRight(text, space))))
	p := &place{File: f, at: at}
	if at.Len() > 0 {
		p.node = f.Tree.NodeAt(at)
		return p
	}
	tok := f.Tree.TokenAt(at.Start)
	if !isWord(tok) && at.Start > 0 {
		if before := f.Tree.TokenAt(at.Start - 1); isWord(before) || tok.Kind().IsTrivia() && !before.Kind().IsTrivia() {
			tok = before
		}
	}
	if !tok.Kind().IsTrivia() && tok.Span().Len() > 0 {
		p.node = f.Tree.NodeAt(tok.Span())
	}
	return p
}

const space = " \t\r\n"

// isWord reports whether a token is a name or a keyword.
func isWord(tok ast.Token) bool { return tok.Kind() == ast.TokIdent || tok.Kind().IsKeyword() }

// up returns the innermost node around the place that is of one of some kinds; it is invalid where there is none.
func (p *place) up(kinds ...ast.Kind) ast.Node {
	for n := p.node; n.IsValid(); n = n.Parent() {
		if slices.Contains(kinds, n.Kind()) {
			return n
		}
	}
	return ast.Node{}
}

// named returns the binding at whose name, equals sign or semicolon the place is, or at a brace of whose set.
func (p *place) named() (b ast.BindingNode, ok bool) {
	n := p.up(ast.Binding)
	if !n.IsValid() {
		return b, false
	}
	b = ast.BindingNode{Node: n}
	at := p.node == n || b.Attrpath().Encloses(p.node) || p.at.Len() == 0 && p.node == b.Value() && p.node.Is(ast.AttrSet)
	return b, at && b.Value().IsValid()
}

// replace is a change that puts a text in the place of a span.
func replace(title string, kind Kind, span source.Span, text string) Change {
	return Change{Title: title, Kind: kind, Edits: []diag.Edit{{Span: span, Text: text}}}
}

// sorted puts edits into order, and makes one of those that touch each other.
func sorted(edits []diag.Edit) (out []diag.Edit) {
	slices.SortStableFunc(edits, func(a, b diag.Edit) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End))
	})
	for _, e := range edits {
		if last := len(out) - 1; last >= 0 && out[last].Span.End == e.Span.Start {
			out[last].Span.End = e.Span.End
			out[last].Text += e.Text
			continue
		}
		out = append(out, e)
	}
	return out
}

// isRecursive reports whether the names that a set of bindings defines are seen in it.
func isRecursive(set ast.Node) bool {
	return set.Is(ast.Bindings) || set.Is(ast.LegacyLet) || set.IsRec()
}

// isMerged reports whether a set literal is the value of an attribute that other definitions beside it define, too: then its names may
// be seen elsewhere.
func isMerged(set ast.Node) bool {
	b, ok := ast.AsBinding(set.OutsideParens().Parent())
	if !ok {
		return false
	}
	name := b.Attrpath().FirstName()
	for c := range b.Parent().Children() {
		other, ok := ast.AsBinding(c)
		if first, static := ast.AttrName(other.Attrpath().First()); ok && c != b.Node && static && first == name {
			return true
		}
	}
	return isInMerged(b.Parent())
}

// isInMerged is isMerged for a set around bindings.
func isInMerged(set ast.Node) bool {
	return set.Is(ast.AttrSet) && set.OutsideParens().Parent().Is(ast.Binding) && isMerged(set)
}

// step is one level of indentation where code is indented so.
func step(indent string) string {
	if strings.HasPrefix(indent, "\t") {
		return "\t"
	}
	return "  "
}

// lines puts statements on lines of their own where the node starts one, else beside each other.
func lines(n ast.Node, statements []string) string {
	if nixlang.StartsLine(n.FirstToken()) {
		return strings.Join(statements, nixlang.LineBreak(n.Tree().Source())+nixlang.Indent(n.Tree(), n.Start()))
	}
	return strings.Join(statements, " ")
}
