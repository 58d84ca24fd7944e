package values

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/rules"
)

// told reports whether call-argument-mismatch or import-unknown-attr tells of a failure: of a file that a path literal
// names, they find by its outermost expressions what is wrong with calling it and with taking attributes of it.
func told(p *rules.Pass, f eval.Finding) bool {
	file, _, _, ok := f.Origin()
	if ok && file == p.Path {
		return false
	}
	for _, l := range p.Loads() {
		var same bool
		switch {
		case l.From.Is(ast.Select), l.From.Is(ast.HasAttr):
			same = l.From.Child(1).FirstChild().Span() == f.Span
		case l.From.IsValid():
			same = l.From.Span().Covers(f.Span)
		case l.Arg.IsValid():
			arg, ok := f.Argument()
			same = ok && l.Arg.Unparen().Span() == arg
		}
		if same {
			return true
		}
	}
	return false
}
