package style

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// run is a group of bindings on neighbouring lines that one inherit can replace.
type run struct {
	from  string // the source, as in inherit (from), or empty
	names []string
	first ast.Node
	last  ast.Node
}

// runs calls yield for each group of neighbouring bindings of a set for which source gives the same text.
// Comments and blank lines end a group.
func runs(set ast.Node, source func(b ast.BindingNode) (from, name string, ok bool), yield func(run)) {
	var r run
	flush := func() {
		if len(r.names) > 0 {
			yield(r)
		}
		r = run{}
	}
	for c := range set.Children() {
		if !c.Is(ast.Binding) {
			flush()
			continue
		}
		from, name, ok := source(ast.BindingNode{Node: c})
		if !ok {
			flush()
			continue
		}
		if len(r.names) > 0 && (r.from != from || parted(r.last, c)) {
			flush()
		}
		if len(r.names) == 0 {
			r.first, r.from = c, from
		}
		r.names, r.last = append(r.names, name), c
	}
	flush()
}

// parted reports whether a comment or blank line stands between two neighbouring nodes.
func parted(a, b ast.Node) bool {
	s := between(a.LastToken(), b.FirstToken())
	return strings.Count(s.Of(a.Tree().Source()), "\n") > 1 || a.Tree().HasComment(s)
}

func (r *run) span() source.Span { return source.Span{Start: r.first.Start(), End: r.last.End()} }

// fix replaces the bindings by one statement.
func (r *run) fix(text string) diag.Fix {
	t := r.first.Tree()
	return diag.Fix{
		Title: "write `" + short(text) + "`", Safety: unlessLost(diag.Safe, t, r.span()),
		Edits: []diag.Edit{{Span: r.span(), Text: text}},
	}
}

// either returns singular for one binding, else plural.
func (r *run) either(singular, plural string) string {
	if len(r.names) == 1 {
		return singular
	}
	return plural
}
