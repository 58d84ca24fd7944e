package suspicious

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "crlf-in-source", Family: family, Since: "0.1.0",
	Summary: "Lines end in CR LF, as on Windows",
	Doc: "In a `''` string the CR becomes part of the value, where shells and other programs stumble over it, and the\n" +
		"indentation of the line is not removed. In a `\"…\"` string CR LF is read as LF, and between tokens it does no harm:\n" +
		"a file with such lines outside `''` strings only is a hint.\n" +
		"\n" +
		"The fix writes LF throughout. It is safe where no string changes by it.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixAlways, SafeFix: rules.SameParse,
	Aliases: []string{"lix:cr-line-endings"},
	File: func(p *rules.Pass) {
		src := p.Tree.Source()
		first := strings.Index(src, "\r\n")
		if first < 0 {
			return
		}
		f := diag.Finding{
			Span: source.Span{Start: uint32(first), End: uint32(first) + 1}, Severity: diag.Hint,
			Message: "lines of this file end in CR LF", Help: "write them with LF",
		}
		fixSafety := diag.Safe
		for i := range p.Tree.NumTokens() {
			tok := p.Tree.Token(i)
			switch tok.Kind() {
			case ast.TokIndText:
				if at := strings.Index(tok.Text(), "\r\n"); at >= 0 && f.Severity == diag.Hint {
					start := tok.Start() + uint32(at)
					f.Span = source.Span{Start: start, End: start + 1}
					f.Severity, fixSafety = diag.Warning, diag.Unsafe
					f.Message = "the CR of this line becomes part of the `''` string"
				}
			case ast.TokText:
				if strings.Contains(tok.Text(), "\\\r\n") {
					fixSafety = diag.Unsafe // an escaped CR stays
				}
			}
		}
		last := strings.LastIndex(src, "\r\n")
		all := source.Span{Start: uint32(first), End: uint32(last) + 2}
		f.Fixes = []diag.Fix{rules.Replace("end lines in LF", fixSafety, all, strings.ReplaceAll(all.Of(src), "\r\n", "\n"))}
		p.Report(f)
	},
})
