package purity

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/rules/ruletest"
)

func TestRules(t *testing.T) { ruletest.Run(t, "testdata") }

// TestZeroHashes asks Nix what hashes of zeros are, in all encodings and algorithms.
func TestZeroHashes(t *testing.T) {
	nix := testenv.Nix234(t)
	got, err := ruletest.Eval(nix, `builtins.concatLists (map (algo: let
  zero = { md5 = 32; sha1 = 40; sha256 = 64; sha512 = 128; }.${algo};
  hex = builtins.concatStringsSep "" (builtins.genList (_: "0") zero);
  to = format: builtins.convertHash { hash = hex; hashAlgo = algo; toHashFormat = format; };
in [ hex (to "nix32") (to "base64") (to "sri") "${algo}:${hex}" ]) [ "md5" "sha1" "sha256" "sha512" ])`)
	require.NoError(t, err)
	texts := quoted(got)
	require.Len(t, texts, 20)
	for _, text := range texts {
		assert.True(t, isZero(text), text)
	}
	for _, text := range []string{"", "0", "00000000", "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "x:0000000000000000000000000000000000000000000000000000", "AAAA"} {
		assert.False(t, isZero(text), text)
	}
}

// quoted returns the strings of a list as Nix prints it, which have no quotes in them.
func quoted(list string) (texts []string) {
	for i, part := range strings.Split(list, `"`) {
		if i%2 == 1 {
			texts = append(texts, part)
		}
	}
	return texts
}
