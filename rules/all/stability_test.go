package all

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/rules"
)

// TestEditions holds that a rule that a later version brings turns no gate red: it is in preview, or of a later edition.
func TestEditions(t *testing.T) {
	for _, r := range rules.All() {
		if r.Since != "0.1.0" && r.Edition == "" {
			assert.Equal(t, rules.Preview, r.Stage, "%s has come with %s: it needs a later edition, or to be in preview", r.ID, r.Since)
		}
	}
}
