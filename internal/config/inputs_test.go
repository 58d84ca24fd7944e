package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestInputs holds that places of inputs are relative to the file that names them, and that of two files the one that extends wins.
func TestInputs(t *testing.T) {
	base := files(map[string]string{"/base.toml": "[inputs]\nstore = true\ncore = 'sub/../core'\ntools = 'tools'\n"})
	c, problems := Load("/p/nixsift.toml", "extends = '../base.toml'\n[inputs]\ncore = '../fork'\nstore = false\n\"a.b\" = '.'\n", testCatalogue(), base)
	require.Empty(t, problems)
	assert.Equal(t, Inputs{Places: map[string]string{"core": "/fork", "tools": "/tools", "a.b": "/p"}}, c.Inputs)
	assert.Equal(t, Origin{"/base.toml", 4, "[inputs]"}, c.InputOrigin("tools"))
	assert.Equal(t, Origin{"/p/nixsift.toml", 4, "[inputs]"}, c.InputOrigin("store"))
	given, err := c.With(Flags{Inputs: true})
	require.NoError(t, err)
	assert.True(t, given.Inputs.Store)
	assert.Equal(t, "--inputs", given.InputOrigin("store").What)
	assert.False(t, c.Inputs.Store)

	named, problems := Load("/p/nixsift.toml", "inputs.store = '../store'\n", testCatalogue(), base)
	require.Empty(t, problems)
	assert.Equal(t, Inputs{Places: map[string]string{"store": "/store"}}, named.Inputs, "an input may be called store")
}

// TestInputProblems holds that a mistake in the table of inputs is told.
func TestInputProblems(t *testing.T) {
	for text, want := range map[string]string{
		"inputs = true":                  "`inputs` must be a table, not a boolean",
		"inputs.store = 1":               "`store` must be true or false, not an integer",
		"inputs.core = true":             "`core` must be the folder of the input's source, relative to this file, not a boolean",
		"inputs.core = ''":               "`core` names no folder",
		"inputs.core = '/home/me/core'":  "`/home/me/core` must be relative to this file, so that it is the same on every machine",
		"inputs.core = 'git+https://h/'": "`git+https://h/` is an address: name the folder of a checkout",
	} {
		_, problems := Load("/p/nixsift.toml", text, testCatalogue(), files(nil))
		require.Len(t, problems, 1, text)
		assert.Equal(t, want, problems[0].Message)
	}
}
