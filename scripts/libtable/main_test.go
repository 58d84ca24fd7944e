package main

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/internal/testenv"
)

func TestCommittedTable(t *testing.T) {
	require.NoError(t, checkTable(filepath.Join(testenv.Root(t), tablePath)))
}

// TestLibAgrees evaluates lib again.
func TestLibAgrees(t *testing.T) {
	nix, lib := testenv.Nix234(t), testenv.Shared(t, "corpus", "nixpkgs-lib", "lib")
	names, err := measure(nix, lib)
	require.NoError(t, err)
	assert.True(t, slices.Equal(libtable.Names(), names))
	functions, err := measureParts(nix, lib, parts)
	require.NoError(t, err)
	assert.Equal(t, libtable.Parts(), functions)
	data, err := measureParts(nix, lib, dataParts)
	require.NoError(t, err)
	assert.Equal(t, libtable.Data(), data)
	require.NoError(t, verify(nix, lib))
}

// TestVerifyFinds shows that wrong facts are found.
func TestVerifyFinds(t *testing.T) {
	nix, lib := testenv.Nix234(t), testenv.Shared(t, "corpus", "nixpkgs-lib", "lib")
	saved := facts
	defer func() { facts = saved }()
	facts = []libtable.Deprecation{
		{Name: "optional", Set: "lists", Use: "noSuchName"},
		{Name: "zip", Set: "attrsets", Since: r(24, 5)},
		{Name: "fold", Set: "lists", Silent: true, Use: "fold"},
	}
	err := verify(nix, lib)
	for _, want := range []string{
		"lib.lists.optional: facts.go says silent = false, lib warns = false", "lib.noSuchName, which should replace lib.optional: there = false",
		"lib.zip: facts.go says gone = false, lib has it = false", "lib.fold: facts.go says silent = true, lib warns = true", "lib.fold, which should replace lib.fold",
	} {
		assert.ErrorContains(t, err, want)
	}
}
