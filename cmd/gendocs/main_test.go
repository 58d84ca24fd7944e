package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// TestUpToDate fails where a generated page differs from what the rules and fixtures make.
func TestUpToDate(t *testing.T) {
	require.NoError(t, run(testenv.Root(t), true))
}
