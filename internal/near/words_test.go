package near_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/near"
)

func TestReordered(t *testing.T) {
	candidates := []string{"concatMapStrings", "concatStringsSep", "mapAttrs'", "attrNames", "is-x86_64"}
	for name, want := range map[string]string{
		"concatSepStrings": "concatStringsSep", "sepConcatStrings": "concatStringsSep", "namesAttr": "attrNames", "x86_64_is": "is-x86_64",
		"concatStrings": "", "concatStringsSep": "", "names": "", "": "", "concatMapStringsSep": "",
	} {
		assert.Equal(t, want, near.Reordered(name, candidates), name)
	}
}
