package shell

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.yaml.in/yaml/v3"
)

// TestDocuments holds that the documents of a stream are read whatever stands between them, as another library does.
func TestDocuments(t *testing.T) {
	between := []string{"---\n", "---\n", "--- # c\n", "---\t\n", "...\n", "\n", "  \n", "# c\n", "  # c\n", "%YAML 1.1\n---\n"}
	compared := 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 0))
		var b strings.Builder
		for n := range 1 + r.IntN(8) {
			switch {
			case r.IntN(3) > 0:
				b.WriteString(between[r.IntN(len(between))])
			case r.IntN(2) == 0:
				fmt.Fprintf(&b, "k%d: {script: a}\n", n)
			default:
				fmt.Fprintf(&b, "k%d:\n  script: |\n    a\n", n)
			}
		}
		text := b.String()
		var want []string
		for dec := yaml.NewDecoder(strings.NewReader(text)); ; {
			var doc yaml.Node
			err := dec.Decode(&doc)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				want = nil
				break
			}
			if len(doc.Content) > 0 && doc.Content[0].Kind == yaml.MappingNode {
				for i := 0; i < len(doc.Content[0].Content); i += 2 {
					want = append(want, doc.Content[0].Content[i].Value)
				}
			}
		}
		if want == nil {
			continue
		}
		y := parseYAML(text)
		var got []string
		for _, doc := range y.docs {
			for _, e := range y.entries(doc) {
				got = append(got, e.key)
			}
		}
		if len(y.problems) > 0 {
			continue
		}
		compared++
		assert.Equal(t, want, got, "%q", text)
	}
	assert.Greater(t, compared, 500)
}
