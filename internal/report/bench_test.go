package report

import (
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
				Rule:    func(string) (string, string) { return "", "https://example.org/rule" },
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
