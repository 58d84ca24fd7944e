package lsp

import (
	"context"
	"fmt"
	"sync"

	"github.com/nixsift/nixsift/internal/ide"
	"github.com/nixsift/nixsift/lsp/protocol"
	"github.com/nixsift/nixsift/rules"
)

var itemKinds = [...]protocol.CompletionItemKind{
	ide.ItemVariable: protocol.CompletionVariable, ide.ItemFunction: protocol.CompletionFunction, ide.ItemAttribute: protocol.CompletionField,
	ide.ItemOption: protocol.CompletionProperty, ide.ItemModule: protocol.CompletionModule, ide.ItemInput: protocol.CompletionModule,
	ide.ItemValue: protocol.CompletionValue, ide.ItemKeyword: protocol.CompletionKeyword, ide.ItemFile: protocol.CompletionFile,
	ide.ItemFolder: protocol.CompletionFolder, ide.ItemRule: protocol.CompletionValue,
}

// ruleNames are the rules that comments may name.
var ruleNames = sync.OnceValue(func() (names []ide.Named) {
	for _, r := range rules.All() {
		if !r.Mandatory && !r.Engine {
			names = append(names, ide.Named{ID: r.ID, Summary: r.Summary})
		}
	}
	return names
})

// completion proposes what may be written at a place.
func completion(_ context.Context, r *reader, params *protocol.PositionParams) (any, error) {
	c := r.Propose(r.offset(params.Position), ruleNames())
	at := r.here().rangeOf(c.Span)
	list := protocol.CompletionList{IsIncomplete: c.More, Items: make([]protocol.CompletionItem, 0, len(c.Items))}
	hide := r.Hide
	for n, i := range c.Items {
		text := i.Text
		if text == "" {
			text = i.Label
		}
		item := protocol.CompletionItem{
			Label: i.Label, Kind: itemKinds[i.Kind], Detail: hide(i.Detail), SortText: fmt.Sprintf("%04d", n),
			TextEdit: &protocol.TextEdit{Range: at, NewText: text},
		}
		if i.Text != "" {
			item.FilterText = i.Label
		}
		if i.Snippet != "" && r.client.Snippets {
			item.TextEdit.NewText, item.InsertTextFormat, item.FilterText = i.Snippet, snippetFormat, i.Label
		}
		switch {
		case i.Doc == "":
		case r.client.ResolvesDocumentation:
			item.Data = &protocol.CompletionItemData{URI: r.doc.uri, Position: params.Position}
		default:
			item.Documentation = r.documentation(i)
		}
		list.Items = append(list.Items, item)
	}
	return list, nil
}

// snippetFormat marks a snippet.
const snippetFormat = 2

// documentation presents that of a proposal.
func (r *reader) documentation(i ide.Item) *protocol.MarkupContent {
	doc := markup(r.client.ItemMarkdown, r.Hide(i.Doc))
	return &doc
}

// resolveProposal answers with the proposal as it is where it has no more to tell, or its document is closed.
func resolveProposal(s *Server, r *protocol.Request) (work, error) {
	var params protocol.ResolveItemParams
	if err := r.Decode(&params); err != nil {
		return nil, err
	}
	s.mu.Lock()
	open := s.open[key(params.Document())] != nil
	s.mu.Unlock()
	if !open {
		return func(context.Context) (any, error) { return params.With(nil), nil }, nil
	}
	return reading(resolveItem)(s, r)
}

// resolveItem tells the documentation of a proposal, if it is still one where it was made. What was typed since stands behind that place.
func resolveItem(_ context.Context, r *reader, params *protocol.ResolveItemParams) (any, error) {
	for _, i := range r.Propose(r.offset(params.Data.Position), ruleNames()).Items {
		if i.Label == params.Label && i.Doc != "" {
			return params.With(r.documentation(i)), nil
		}
	}
	return params.With(nil), nil
}
