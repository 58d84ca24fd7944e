package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestAppendResolved holds it to resolve.
func TestAppendResolved(t *testing.T) {
	for _, file := range []string{"/r/a/f.nix", "/f.nix", "/r/a b/é.nix"} {
		for _, literal := range []string{
			"./.", "./x.nix", "../x", "../..", "../../../../x", "./a/../b", "./a/./b", "a/b", "/", "/x/../..", "/x/y.nix", "./...", "./.a/..b", "..//x",
		} {
			assert.Equal(t, resolve(file, literal), string(appendResolved(nil, file, literal)), "%s in %s", literal, file)
			assert.Equal(t, "p"+resolve(file, literal), string(appendResolved([]byte("p"), file, literal)))
		}
	}
}
