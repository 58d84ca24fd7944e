package main

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/testenv"
)

func TestCommittedTable(t *testing.T) {
	require.NoError(t, checkTable(filepath.Join(testenv.Root(t), tablePath)))
}

// TestProgramsAgree asks the oldest and the newest Nix again.
func TestProgramsAgree(t *testing.T) {
	var seen []observation
	for _, program := range []string{testenv.Nix28(t), testenv.Nix234(t)} {
		o, err := observe(program)
		require.NoError(t, err)
		seen = append(seen, o)
	}
	table, err := merge(seen)
	require.NoError(t, err)
	assert.True(t, slices.Equal(sema.Builtins(), table))
}

// TestContradictions shows that a wrong or missing fact is found.
func TestContradictions(t *testing.T) {
	old := observation{version: v(2, 8), plain: map[string]bool{"a": true, "gone": true}, all: map[string]measured{"a": {Args: 1}, "gone": {}}}
	cur := observation{version: v(2, 34), plain: map[string]bool{"a": true, "new": true}, all: map[string]measured{"a": {Args: 1}, "new": {}, "hidden": {}}}
	saved := facts
	defer func() { facts = saved }()

	facts = nil
	_, err := merge([]observation{old, cur})
	for _, want := range []string{"new is not in Nix 2.8", "gone is not in Nix 2.34", "hidden needs a feature"} {
		assert.ErrorContains(t, err, want)
	}
	facts = []fact{{name: "new", since: v(2, 8)}, {name: "gone", until: v(2, 34)}, {name: "hidden", since: v(2, 20)}}
	_, err = merge([]observation{old, cur})
	for _, want := range []string{"Nix 2.8 has new, but it has not", "Nix 2.34 has gone, but it has not", "hidden needs a feature"} {
		assert.ErrorContains(t, err, want)
	}
	facts = []fact{{name: "new", since: v(2, 9)}, {name: "gone", until: v(2, 9)}, {name: "hidden", since: v(2, 20), feature: "f"}, {name: "fork", only: "a fork", args: 2}}
	table, err := merge([]observation{old, cur})
	require.NoError(t, err)
	assert.Equal(t, []sema.Builtin{{Name: "a", Args: 1}, {Name: "fork", Args: 2, Only: "a fork"}, {Name: "gone", Until: v(2, 9)},
		{Name: "hidden", Since: v(2, 20), Feature: "f"}, {Name: "new", Since: v(2, 9)}}, table)
}
