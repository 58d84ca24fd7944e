package osfile

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBounded(t *testing.T) {
	full := 0
	b := NewBounded(10, func() { full++ })
	n, err := io.Copy(b, strings.NewReader("0123456789"))
	require.NoError(t, err)
	assert.EqualValues(t, 10, n)
	assert.Zero(t, full)
	n, err = io.Copy(b, strings.NewReader("more"))
	require.NoError(t, err)
	assert.EqualValues(t, 4, n)
	assert.Equal(t, 1, full)
	assert.Equal(t, "0123456789", b.String())
}
