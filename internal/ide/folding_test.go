package ide

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/parser"
)

// TestFoldsOfHalfTyped holds that what may be hidden of a text lies in each other or apart, wherever one stopped to type.
func TestFoldsOfHalfTyped(t *testing.T) {
	const text = "# a\r\n# b\nargs@{\n a ? {\n },\n # c\n # d\n b }:\nlet\n x = rec /*\n*/ {\n y = [\n ''\n ${\n z\n }\n'' ]; };\nin \"\n\" [ {\n}\n] {\n}@c: let {\n body = 1;\r\r}\n/* end\n"
	for from := range len(text) {
		for to := range len(text) + 1 - from {
			s := text[from : from+to]
			v := View{tree: parser.Parse(s)}
			var open []Fold
			for _, f := range v.Folds() {
				for len(open) > 0 && open[len(open)-1].Span.End <= f.Span.Start {
					open = open[:len(open)-1]
				}
				if len(open) > 0 && (!open[len(open)-1].Span.Covers(f.Span) || open[len(open)-1].Comment) {
					assert.Failf(t, "crossing", "%q: %q and %q", s, open[len(open)-1].Span.Of(s), f.Span.Of(s))
					return
				}
				open = append(open, f)
			}
		}
	}
}
