//go:build unix

package testenv

import (
	"os"
	"syscall"
	"testing"
)

// nobody is the user that owns no files.
const nobody = 65534

// Unprivileged has the rest of a test run as a user whom the modes of files bind: root becomes nobody, who cannot reach temporary
// folders and homes that the test has had before.
func Unprivileged(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	if err := syscall.Setreuid(-1, nobody); err != nil {
		Missing(t, "a user whom the modes of files bind ("+err.Error()+")")
	}
	t.Cleanup(func() {
		if err := syscall.Setreuid(-1, 0); err != nil {
			t.Fatal(err)
		}
	})
}
