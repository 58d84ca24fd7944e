package patch

import (
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// Edits returns the edits of whole lines, sorted, that make one text of another.
func Edits(before, after string) (edits []diag.Edit) {
	old, now := compare(before, after)
	starts := make([]uint32, len(old.lines)+1)
	for i, line := range old.lines {
		starts[i+1] = starts[i] + uint32(len(line))
	}
	for _, c := range changes(old, now) {
		edits = append(edits, diag.Edit{Span: source.Span{Start: starts[c.start], End: starts[c.end]}, Text: strings.Join(c.lines, "")})
	}
	return edits
}
