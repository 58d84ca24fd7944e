package report

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// BenchmarkTextLongLine writes findings that lie on one line of 700 KB: a finding must not cost more there than
// anywhere else.
func BenchmarkTextLongLine(b *testing.B) {
	const each = "a = ((x)); "
	for name, text := range map[string]string{"long": strings.Repeat(each, 700_000/len(each)), "short": strings.Repeat(each+"\n", 700_000/len(each))} {
		b.Run(name, func(b *testing.B) {
			run := &Run{
				Sources: func(string) (string, bool) { return text, true },
				Rule:    func(string) Rule { return Rule{URL: "https://example.org/rule"} },
			}
			for at := 0; at+len(each) < len(text) && len(run.Findings) < 10_000; at += len(text) / 10_000 {
				run.Findings = append(run.Findings, diag.Finding{
					Rule: "useless-parens", Severity: diag.Info, File: "a.nix", Span: source.Span{Start: uint32(at), End: uint32(at + 5)},
					Message: "parentheses around a name", Help: "remove them",
				})
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := Write(io.Discard, "text", run, Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(run.Findings)), "ns/finding")
		})
	}
}

// BenchmarkFormats writes 20,000 findings in 400 files.
func BenchmarkFormats(b *testing.B) {
	const line = "  a = ((x));\n"
	text := strings.Repeat(line, 50)
	run := &Run{
		Sources: func(string) (string, bool) { return text, true },
		Rule: func(string) Rule {
			return Rule{Summary: "Parentheses that change nothing", URL: "https://example.org/rule"}
		},
		BaseDir: "/home/someone/flake",
	}
	for i := range 20_000 {
		at := uint32(i % 50 * len(line))
		run.Findings = append(run.Findings, diag.Finding{
			Rule: "useless-parens", Severity: diag.Info, File: fmt.Sprintf("/home/someone/flake/modules/m%d.nix", i/50), Span: source.Span{Start: at + 6, End: at + 11},
			Message: "parentheses around a name", Help: "remove them",
			Related: []diag.Related{{Span: source.Span{Start: at + 2, End: at + 3}, Message: "the value of this"}},
			Fixes: []diag.Fix{{Title: "remove the parentheses", Safety: diag.Safe, Edits: []diag.Edit{
				{Span: source.Span{Start: at + 6, End: at + 7}}, {Span: source.Span{Start: at + 10, End: at + 11}},
			}}},
		})
	}
	for _, format := range Formats() {
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := Write(io.Discard, format, run, Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(run.Findings)), "ns/finding")
		})
	}
}
