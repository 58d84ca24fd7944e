package diag_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/diag"
)

func TestCode(t *testing.T) {
	for text, want := range map[string]string{
		"a.b": "`a.b`", "a`b": "`` a`b ``", "`": "`` ` ``", "``x`": "``` ``x` ```", "f\n  x": "`f x`", "a  b": "`a  b`", "\t": "`\"\\t\"`",
	} {
		assert.Equal(t, want, diag.Code(text))
	}
}
