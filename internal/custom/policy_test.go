package custom_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/custom"
)

func TestPolicies(t *testing.T) {
	policy := func(require, bad, good string) string {
		return "[[policy]]\nid = 'p'\nmessage = 'm'\nrequire = '''" + require + "'''\nbad = ['" + bad + "']\ngood = ['" + good + "']\n"
	}
	const old, fresh = `{"nixpkgs": {"owner": "NixOS", "repo": "nixpkgs", "age": 31}}`, `{"nixpkgs": {"owner": "NixOS", "repo": "nixpkgs"}}`
	c, problems := load(policy(`input("nixpkgs").age < 30d`, old, fresh))
	assert.Empty(t, problems)
	assert.Len(t, custom.Of(c), 1)
	for _, text := range []string{ // what a condition does not look at is left out
		policy(`input("nixpkgs").age < 30d`, `{"nixpkgs": {"age": 31}}`, `{"nixpkgs": {}}`),
		policy(`count(nodes, repo == "nixpkgs") <= 1`, `{"a": {"repo": "nixpkgs"}, "b": {"repo": "nixpkgs"}}`, `{"a": {}, "b": {}}`),
		policy(`input("a").type == "git"`, `{"a": {"type": "path"}}`, `{"a": {"type": "git"}}`),
		policy(`every input: host != "x"`, `{"a": {"type": "gitlab", "host": "x"}}`, `{"a": {"type": "tarball"}}`),
	} {
		_, problems := load(text)
		assert.Empty(t, problems, text)
	}
	for text, problem := range map[string]string{
		policy(`input("nixpkgs").agee < 30d`, old, fresh):                    "4:31: `require` of `p`: unknown field `agee`; did you mean `age`?",
		policy(`input("nixpkgs").age < 90d`, old, fresh):                     "5:8: `bad` of `p`: the policy finds nothing in this example: `require` holds",
		policy(`input("nixpkgs").age < 30d`, old, `{"a": {"b": "c"}}`):       "6:9: `good` of `p`: an example is JSON of inputs by name, such as",
		"[[policy]]\nid = 'p'\nmessage = 'm'\nbad = ['{}']\ngood = ['{}']\n": "1:3: a policy needs `require`",
	} {
		_, problems := load(text)
		if assert.Len(t, problems, 1, text) {
			assert.True(t, strings.HasPrefix(problems[0], problem), problems[0])
		}
	}
}
