package lsp

import (
	"context"

	"github.com/nixsift/nixsift/lsp/protocol"
)

// foldingRange lists what may be hidden in a document. Editors fold whole lines, most of them nothing else, so of what has the same lines
// only the outermost is told.
func foldingRange(_ context.Context, r *reader, _ *protocol.DocumentParams) (any, error) {
	out := []protocol.FoldingRange{}
	at := r.here()
	for _, f := range r.Folds() {
		to := at.rangeOf(f.Span)
		d := protocol.FoldingRange{StartLine: to.Start.Line, StartCharacter: to.Start.Character, EndLine: to.End.Line, EndCharacter: to.End.Character}
		if f.Comment && r.client.CommentFolds {
			d.Kind = protocol.FoldComment
		}
		if n := len(out); d.StartLine < d.EndLine && (n == 0 || out[n-1].StartLine != d.StartLine || out[n-1].EndLine != d.EndLine) {
			out = append(out, d)
		}
	}
	return out, nil
}
