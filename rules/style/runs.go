package style

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/suppress"
)

// run is a group of bindings on neighbouring lines that one inherit can replace, with the inherits of the same
// source beside and between them.
type run struct {
	from        string   // the source, as in inherit (from), or empty
	names       []string // of the bindings
	all         []string // those that the inherits have, too
	first, last ast.Node // bindings
	head, tail  ast.Node // bindings or inherits
}

// subjects are the names with their source.
func (r *run) subjects() []string {
	all := make([]string, len(r.names))
	for i, name := range r.names {
		all[i] = name + " " + r.from
	}
	return all
}

// longest is the length of the names up to which an inherit takes more of them in.
const longest = 64

// runs calls yield for each group of neighbouring bindings of a set for which source gives the same text.
// Comments, blank lines and broken code end a group.
func runs(set ast.Node, source func(b ast.BindingNode) (from, name string, ok bool), yield func(run)) {
	var r run
	flush := func() {
		if len(r.names) > 0 {
			yield(r)
		}
		r = run{}
	}
	broken := false
	for c := range set.Children() {
		// What follows a broken binding may be part of it.
		if after := broken; c.HasError() || after {
			broken = c.HasError()
			flush()
			continue
		}
		in, isInherit := ast.AsInherit(c)
		from, names, ok := "", []string(nil), false
		if isInherit {
			from, names, ok = inherited(in)
		} else if c.Is(ast.Binding) {
			name := ""
			from, name, ok = source(ast.BindingNode{Node: c})
			names = []string{name}
		}
		if !ok {
			flush()
			continue
		}
		if r.head.IsValid() && (r.from != from || parted(r.tail, c) || isInherit && length(r.all)+length(names) > longest) {
			flush()
		}
		if !r.head.IsValid() {
			r.head, r.from = c, from
		}
		if !isInherit {
			if len(r.names) == 0 {
				r.first = c
			}
			r.names, r.last = append(r.names, names...), c
		}
		r.all, r.tail = append(r.all, names...), c
	}
	flush()
}

// inherited takes an inherit on one line without comments apart: the text of its source and its names.
func inherited(in ast.InheritNode) (from string, names []string, ok bool) {
	t := in.Tree()
	if nixlang.HasBreak(in.Text()) || t.HasComment(in.Span()) {
		return "", nil, false
	}
	if in.From().IsValid() {
		from = in.From().Text()
	}
	for name := range in.Names() {
		names = append(names, name.Text())
	}
	return from, names, len(names) > 0 && length(names) <= longest
}

// length is the length of names with the blanks between them.
func length(names []string) int {
	n := 0
	for _, name := range names {
		n += len(name) + 1
	}
	return n
}

// parted reports whether a comment, which is no suppression, or a blank line stands between two neighbouring nodes.
func parted(a, b ast.Node) bool {
	text := suppress.Blanked(a.Tree(), between(a.LastToken(), b.FirstToken()))
	return nixlang.Breaks(text) > 1 || strings.TrimSpace(text) != ""
}

func (r *run) span() source.Span { return source.Span{Start: r.first.Start(), End: r.last.End()} }

// statement returns the statement that replaces the bindings as messages show it: without some of many names.
func (r *run) statement() string {
	const most = 4
	text := "inherit"
	if r.from != "" {
		text += " (" + short(r.from) + ")"
	}
	for i, name := range r.all {
		if i == most {
			text += " …"
			break
		}
		text += " " + name
	}
	return diag.Code(text + ";")
}

// fix replaces the bindings by one statement.
func (r *run) fix(text string) diag.Fix {
	t, span := r.first.Tree(), source.Span{Start: r.head.Start(), End: r.tail.End()}
	return diag.Fix{
		Title: "write " + r.statement(), Safety: unlessLost(diag.Safe, t, span),
		Edits: []diag.Edit{{Span: span, Text: text}},
	}
}

// either returns singular for one binding, else plural.
func (r *run) either(singular, plural string) string {
	if len(r.names) == 1 {
		return singular
	}
	return plural
}
