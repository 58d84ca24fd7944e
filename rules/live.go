package rules

import (
	"sort"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/suppress"
)

// Live tells which bindings the file needs. What a suppression comment stands before is pinned: the user
// wants to keep it, so what it uses is needed.
func (p *Pass) Live() *sema.Live {
	if p.live == nil {
		p.live = p.Names().Live(pins(p.Tree))
	}
	return p.live
}

// pins returns a function that tells whether a declared name stands on a line that a suppression comment may
// cover, or nil where no comment is one.
func pins(t *ast.Tree) func(name ast.Node) bool {
	text := t.Source()
	if !suppress.Mentioned(text) {
		return nil
	}
	var covered []source.Span
	for c := range t.Comments() {
		if suppress.Mentioned(c.Text()) && !strings.Contains(c.Text(), "ignore-file") {
			covered = append(covered, source.Span{Start: lineStart(text, c.Start()), End: nextLineEnd(text, c)})
		}
	}
	if len(covered) == 0 {
		return nil
	}
	holds := func(at uint32) bool {
		// Where several cover a place, the last that starts before it does.
		i := sort.Search(len(covered), func(i int) bool { return covered[i].Start > at })
		return i > 0 && covered[i-1].Contains(at)
	}
	return func(name ast.Node) bool {
		if holds(name.Start()) {
			return true
		}
		up := name.Parent()
		return up.Is(ast.Inherit) && holds(up.Start())
	}
}

func lineStart(text string, at uint32) uint32 {
	return uint32(strings.LastIndexByte(text[:at], '\n') + 1)
}

// nextLineEnd returns the end of the line with the next code behind a comment.
func nextLineEnd(text string, comment ast.Token) uint32 {
	at := comment.Span().End
	if next := comment.NextSignificant(); next.IsValid() {
		at = next.Start()
	}
	if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
		return at + uint32(i) + 1
	}
	return uint32(len(text))
}
