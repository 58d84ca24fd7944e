package ide

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/internal/sema"
)

// TestDocs holds that each builtin that Nix has is documented, with as many arguments as it takes, and that no documentation is
// of something that is not there.
func TestDocs(t *testing.T) {
	count := func(args string) int {
		depth, words := 0, 0
		for _, w := range strings.Fields(args) {
			if depth == 0 {
				words++
			}
			depth += strings.Count(w, "{") - strings.Count(w, "}")
		}
		return words
	}
	for _, b := range sema.Builtins() {
		if b.Only != "" || !b.Until.IsZero() || strings.HasPrefix(b.Feature, "allow-unsafe") {
			continue
		}
		doc, ok := builtinDocs[b.Name]
		if !assert.True(t, ok, b.Name) {
			continue
		}
		assert.NotEmpty(t, doc.text, b.Name)
		assert.Equal(t, int(b.Args), count(doc.args), b.Name)
	}
	for name := range builtinDocs {
		assert.NotNil(t, sema.LookupBuiltin(name), name)
	}
	for name, doc := range libDocs {
		if entry := libtable.Lookup(name); entry != nil && entry.Args > 0 { // of a module, or of what lib gives, the table counts the arguments differently by one
			assert.InDelta(t, entry.Args, count(doc.args), 1, name)
		}
		part, in, ok := strings.Cut(name, ".")
		if ok {
			assert.True(t, libtable.PartNamed(part).Has(in), name)
		}
	}
}
