package eval

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestBuilders: of each builder it is known how many arguments it takes, and those that need names take one.
func TestBuilders(t *testing.T) {
	for name, b := range builders {
		assert.Positive(t, b.args, name)
		if b.required != nil || b.names != nil {
			assert.Equal(t, 1, b.args, name)
		}
	}
}
