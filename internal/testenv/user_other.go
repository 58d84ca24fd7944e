//go:build !unix

package testenv

import "testing"

// Unprivileged skips the test: there are no modes that keep a user from reading.
func Unprivileged(t testing.TB) {
	t.Helper()
	t.Skip("modes bind nobody here")
}
