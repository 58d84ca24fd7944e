package shell

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestWritten: what goes to files, by redirections of commands and groups, here-documents and tee.
func TestWritten(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"redirected", "echo a b > f\nprintf 'c\\n' >>\"$D/f\"\necho out 2> f\necho on the screen", []string{"f: a b", "$D/f: c\\n"}},
		{"through tee", "echo a | sudo tee -a /etc/f >/dev/null\necho b | tr a b | tee f", []string{"/etc/f: a"}},
		{"here-documents", "cat > f <<EOF\na $x\nEOF\ntee g h <<'EOF'\nb\nEOF\nsudo tee i <<< c", []string{"f: a $x\n", "g: b\n", "h: b\n", "i: c"}},
		{"groups", "{ echo a; (echo b); } > f\nif true; then echo c; fi > g\necho d", []string{"f: a", "f: b", "g: c"}},
		{"lists", "true && echo a > f || echo b | tee g", []string{"f: a", "g: b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			doc := ReadScript("x.sh", c.text)
			for _, w := range doc.Scripts[0].Written {
				var words []string
				for _, word := range w.Words {
					words = append(words, word.Text)
					if !word.Quoted && !strings.Contains(word.Text, "\n") {
						assert.Equal(t, word.Text, c.text[word.Span.Start:word.Span.End])
					}
				}
				got = append(got, w.File.Text+": "+strings.Join(words, " "))
			}
			assert.ElementsMatch(t, c.want, got)
		})
	}
}
