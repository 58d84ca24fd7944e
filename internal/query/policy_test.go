package query_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/pattern"
	"github.com/nixsift/nixsift/internal/query"
)

const policyLock = `{ "version": 7, "root": "root", "nodes": {
  "root": { "inputs": { "nixpkgs": "nixpkgs", "hm": "hm", "tool": "tool", "data": "data" } },
  "hm": { "inputs": { "nixpkgs": ["nixpkgs"] },
    "locked": { "type": "gitlab", "owner": "o", "repo": "hm", "rev": "1111111111111111111111111111111111111111", "lastModified": 1700000000 },
    "original": { "type": "gitlab", "owner": "o", "repo": "hm" } },
  "tool": { "inputs": { "nixpkgs": "nixpkgs_2" },
    "locked": { "type": "git", "url": "https://git.example.org/tool", "rev": "1111111111111111111111111111111111111111" },
    "original": { "type": "git", "url": "https://git.example.org/tool" } },
  "data": { "flake": false,
    "locked": { "type": "github", "owner": "o", "repo": "data", "rev": "1111111111111111111111111111111111111111", "lastModified": 1700000000 },
    "original": { "type": "github", "owner": "o", "repo": "data" } },
  "nixpkgs": {
    "locked": { "type": "github", "owner": "NixOS", "repo": "nixpkgs", "rev": "1111111111111111111111111111111111111111", "lastModified": 1700000000 },
    "original": { "type": "github", "owner": "NixOS", "repo": "nixpkgs", "ref": "nixos-25.05" } },
  "nixpkgs_2": {
    "locked": { "type": "github", "owner": "NixOS", "repo": "nixpkgs", "rev": "2222222222222222222222222222222222222222", "lastModified": 1600000000 },
    "original": { "type": "github", "owner": "NixOS", "repo": "nixpkgs" } }
} }`

func policyFlake(t testing.TB) *flake.Flake {
	file := &flake.LockFile{}
	file.Read(policyLock)
	require.Nil(t, file.Error)
	require.Empty(t, file.Lock.Problems)
	return flake.NewAlone("/p", file)
}

// TestPolicies asks a lock file; why is what it says, with "; " between, "" where the policy is met.
func TestPolicies(t *testing.T) {
	f := policyFlake(t)
	now := time.Unix(1700000000, 0).Add(40 * 24 * time.Hour)
	for text, why := range map[string]string{
		`input("nixpkgs").owner == "NixOS" and input("nixpkgs").age < 41d`:    "",
		`input("nixpkgs").age <= 960h`:                                        "",
		`input("nixpkgs").age < 30d`:                                          "`nixpkgs` is 40 days old on 2023-12-24: it is of 2023-11-14",
		`input("nixpkgs").age < 2w or input("nixpkgs").ref =~ "^nixos-"`:      "",
		`input("tool").age > 1h`:                                              "`tool` is of an unknown age",
		`input("tool/nixpkgs").rev =~ '^2{40}$'`:                              "",
		`input("hm/nixpkgs").ref == 'nixos-25.05'`:                            "",
		`input("nixpgks").owner == "NixOS"`:                                   "the lock file has no input `nixpgks`",
		`input("nixpgks").owner != "NixOS"`:                                   "the lock file has no input `nixpgks`",
		`not input("nixpgks").locked`:                                         "",
		`every input: follows("nixpkgs") or is_non_flake`:                     "`tool` has a `nixpkgs` of its own and is a flake",
		`every input: locked`:                                                 "",
		`every input: locked == true and locked != false`:                     "",
		`every input: not is_flake == true`:                                   "`nixpkgs` is a flake; `hm` is a flake; `tool` is a flake",
		`every input: host == "github.com" or host =~ "^git[.]example"`:       "`hm` has the `host` \"gitlab.com\"",
		`some input: type == "git" and url == "https://git.example.org/tool"`: "",
		`(some input: owner == "none") or input("data").is_non_flake`:         "",
		`count(nodes, repo == "nixpkgs") == 2 and count(nodes) > 4`:           "",
		`count(nodes, repo == "nixpkgs") <= 1`:                                "the count is 2: `nixpkgs`, `tool/nixpkgs`",
		`not count(nodes, repo == "nixpkgs") >= 2`:                            "the count is 2: `nixpkgs`, `tool/nixpkgs`",
		`not input("hm").follows("nixpkgs")`:                                  "`hm` takes `nixpkgs` from the flake",
	} {
		p, err := query.ReadPolicy(text)
		if !assert.NoError(t, err, text) {
			continue
		}
		var said []string
		for _, b := range p.Check(f, now) {
			said = append(said, b.Why)
		}
		assert.Equal(t, why, strings.Join(said, "; "), text)
	}
}

func TestPolicyMistakes(t *testing.T) {
	for text, problem := range map[string]string{
		``:                                  "the condition ends here, but a condition: input(",
		`owner == "a"`:                      "`owner` of which input? Write input(\"nixpkgs\").owner",
		`input("a").ownr == "b"`:            "unknown field `ownr`; did you mean `owner`?",
		`input("a").owner`:                  "`owner` is compared with something",
		`input("a").owner == 3`:             "`owner` is a text: compare it with one in quotes",
		`input("a").owner < "b"`:            "`<` compares numbers and durations",
		`input("a").owner =~ "("`:           "missing closing )",
		`input("a").age < 30`:               "`age` is a duration",
		`input("a").age < 99999999999999w`:  "`99999999999999w` is too long",
		`input("a").locked == "x"`:          "`locked` is true or false",
		`evry input: locked`:                "`evry` is not expected here; did you mean `every`?",
		`input("a").follow("b")`:            "there is no `follow(…)`; did you mean `follows`?",
		`every input: folows("b")`:          "there is no `folows(…)`; did you mean `follows`?",
		`inputs("a").locked`:                "there is no `inputs(…)`; did you mean `input`?",
		`cnt(nodes) == 1`:                   "there is no `cnt(…)`: use count, follows, input",
		`owner("a")`:                        "`(` is not expected here",
		`every input locked`:                "`locked` is not expected here",
		`count(nodes, owner == "a") <=`:     "the condition ends here, but a text in quotes, a number",
		`input(a).owner == "b"`:             "`a` is not expected here, but the name of an input in quotes",
		strings.Repeat("(", 70):             "parentheses may be 64 deep",
		strings.Repeat("every input: ", 70): "`every` and `some` may be 64 deep",
		strings.Repeat(" ", 1<<14+1):        "the condition has 16385 bytes",
	} {
		_, err := query.ReadPolicy(text)
		var e *pattern.Error
		if assert.True(t, errors.As(err, &e), text) {
			assert.Contains(t, e.Message, problem, text)
			assert.LessOrEqual(t, e.Offset, len(text))
		}
	}
}

func FuzzPolicy(f *testing.F) {
	for _, seed := range []string{
		`input("nixpkgs").owner == "NixOS" and input("nixpkgs").age < 30d`, `every input: follows("nixpkgs") or is_non_flake`,
		`count(nodes, repo == "nixpkgs") == 1`, `not (some input: url =~ '^git')`, `input("`, `every`, `not not`, `30d`, `count(nodes,`,
	} {
		f.Add(seed)
	}
	of := policyFlake(f)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := query.ReadPolicy(text)
		if err != nil {
			var e *pattern.Error
			require.ErrorAs(t, err, &e)
			require.LessOrEqual(t, e.Offset, len(text))
			return
		}
		p.Check(of, time.Unix(1800000000, 0))
	})
}
