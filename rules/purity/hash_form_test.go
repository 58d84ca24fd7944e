package purity

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/rules/ruletest"
)

// TestHashForms asks Nix which forms of a hash it takes for an algorithm.
func TestHashForms(t *testing.T) {
	nix := testenv.Nix234(t)
	const (
		base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"
		base16 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
		nix32  = "0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73"
	)
	taken := 0
	for _, text := range []string{
		base64, base64 + "=", base64 + "==", "sha256-" + base64, "sha256-" + base64 + "=", "sha256-" + base64 + "==", "sha256-" + base64 + "A=", "sha256-" + base64[1:] + "=",
		"sha256:" + base64 + "=", "sha256=" + base64 + "=", "SHA256-" + base64 + "=", "sha256-" + strings.ReplaceAll(base64, "+", "-") + "=", "sha512-" + base64 + "=", "sha1-" + base64 + "=",
		base16, strings.ToUpper(base16), base16[1:], base16 + "0", base16[1:] + "g", "sha256:" + base16, "sha256-" + base16, "md5:" + base16,
		nix32, strings.ToUpper(nix32), nix32[1:], nix32[1:] + "e", "sha256:" + nix32, "sha256-" + nix32,
	} {
		_, err := ruletest.Eval(nix, fmt.Sprintf(`builtins.convertHash { hash = "%s"; hashAlgo = "sha256"; toHashFormat = "sri"; }`, text))
		assert.Equal(t, err == nil, accepted(text, "sha256"), text)
		why, right := misformed(text, "sha256")
		if err == nil {
			taken++
			assert.Empty(t, why, text)
		}
		if right != "" {
			assert.True(t, accepted(right, "sha256"), right)
		}
	}
	assert.Greater(t, taken, 8)
}
