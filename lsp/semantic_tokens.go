package lsp

import (
	"context"
	"slices"
	"strconv"
	"sync"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/ide"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// sentTokens are the tokens of a document that the client has, for telling what has changed.
type sentTokens struct {
	mu   sync.Mutex
	id   int
	data []uint32
}

// replace takes newer tokens, and returns their name, and the older ones if they have the name given.
func (s *sentTokens) replace(data []uint32, previous string) (id string, old []uint32, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, ok = s.data, s.id > 0 && previous == strconv.Itoa(s.id)
	s.id++
	s.data = data
	return strconv.Itoa(s.id), old, ok
}

// tokensFull lists the words of a document.
func tokensFull(s *Server, r *protocol.Request) (work, error) {
	return onTokens(s, r, func(r *reader, sent *sentTokens, _ *protocol.DocumentParams) any {
		data := r.tokens(r.whole())
		id, _, _ := sent.replace(data, "")
		return protocol.SemanticTokens{ResultID: id, Data: data}
	})
}

// tokensDelta lists how the words of a document differ from those that the client has, or all of them.
func tokensDelta(s *Server, r *protocol.Request) (work, error) {
	return onTokens(s, r, func(r *reader, sent *sentTokens, params *protocol.SemanticTokensDeltaParams) any {
		data := r.tokens(r.whole())
		id, old, ok := sent.replace(data, params.PreviousResultID)
		if !ok {
			return protocol.SemanticTokens{ResultID: id, Data: data}
		}
		return protocol.SemanticTokensDelta{ResultID: id, Edits: changedNumbers(old, data)}
	})
}

// onTokens makes work of a function over a document and the tokens that the client has of it.
func onTokens[P any, Q ofDocument[P]](s *Server, r *protocol.Request, run func(r *reader, sent *sentTokens, params Q) any) (work, error) {
	return reading(func(_ context.Context, r *reader, params Q) (any, error) {
		s.mu.Lock()
		o := s.open[key(params.Document())]
		s.mu.Unlock()
		if o == nil {
			return nil, nil // closed meanwhile
		}
		return run(r, &o.tokens, params), nil
	})(s, r)
}

// tokensRange lists the words of a part of a document.
func tokensRange(_ context.Context, r *reader, params *protocol.RangeParams) (any, error) {
	return protocol.SemanticTokens{Data: r.tokens(span(r.doc.lines, r.doc.encoding, params.Range))}, nil
}

// whole returns the span of the document.
func (r *reader) whole() source.Span { return source.Span{End: uint32(len(r.Text()))} }

// tokens returns the numbers of the words of a part of the document. It is not nil.
func (r *reader) tokens(within source.Span) []uint32 {
	words := r.TokensIn(within)
	data := make([]uint32, 0, 5*len(words))
	at := r.here()
	line, character := 0, 0
	for _, w := range words {
		to := at.rangeOf(w.Span)
		if to.Start.Line != line {
			character = 0
		}
		data = append(data, uint32(to.Start.Line-line), uint32(to.Start.Character-character), uint32(to.End.Character-to.Start.Character),
			uint32(w.Type), uint32(w.Modifiers))
		line, character = to.Start.Line, to.Start.Character
	}
	return data
}

// changedNumbers returns the edit that makes numbers of others, if they differ.
func changedNumbers(old, data []uint32) []protocol.SemanticTokensEdit {
	start := 0
	for start < len(old) && start < len(data) && old[start] == data[start] {
		start++
	}
	end := 0
	for end < len(old)-start && end < len(data)-start && old[len(old)-1-end] == data[len(data)-1-end] {
		end++
	}
	if start == len(old) && start == len(data) {
		return []protocol.SemanticTokensEdit{}
	}
	return []protocol.SemanticTokensEdit{{Start: start, DeleteCount: len(old) - start - end, Data: slices.Clone(data[start : len(data)-end])}}
}

// tokenOptions say what the numbers of tokens mean.
func tokenOptions() *protocol.SemanticTokensOptions {
	return &protocol.SemanticTokensOptions{
		Legend: protocol.SemanticTokensLegend{TokenTypes: ide.TokenTypes, TokenModifiers: ide.TokenModifierNames},
		Range:  true, Full: protocol.SemanticTokensFull{Delta: true},
	}
}
