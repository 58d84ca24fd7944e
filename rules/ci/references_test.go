package ci

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/shell"
)

// TestRepeatedReferences holds that a reference which variables repeat is looked at once, and what the command itself writes
// each time.
func TestRepeatedReferences(t *testing.T) {
	d := shell.ReadScript("a.sh", "#!/bin/bash\na=\".#x .#y\"\nb=\"$a $a\"\nc=\"$b $b\"\nnix build $c $c .#x .#x\n")
	all := calls(d)
	if assert.Len(t, all, 1) {
		var got []string
		for _, w := range all[0].references() {
			got = append(got, w.Text)
		}
		assert.Equal(t, []string{".#x", ".#y", ".#x", ".#x"}, got)
		assert.Len(t, all[0].args, 1+8*2+2)
	}
}
