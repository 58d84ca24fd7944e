package values

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

// told reports whether call-argument-mismatch or import-unknown-attr tells of a failure: of a file that a path literal
// names, they find by its outermost expressions what is wrong with calling it and with taking attributes of it.
func told(p *rules.Pass, f eval.Finding) bool {
	file, _, _, ok := f.Origin()
	if ok && file == p.Path {
		return false
	}
	found := false
	project.Loads(p.Path, p.Names(), func(l project.Load) {
		switch {
		case l.From.Is(ast.Select), l.From.Is(ast.HasAttr):
			found = found || l.From.Child(1).FirstChild().Span() == f.Span
		case l.From.IsValid():
			found = found || within(f.Span, l.From.Span())
		case l.Arg.IsValid():
			arg, ok := f.Argument()
			found = found || ok && l.Arg.Unparen().Span() == arg
		}
	})
	return found
}

func within(inner, outer source.Span) bool {
	return outer.Start <= inner.Start && inner.End <= outer.End
}
