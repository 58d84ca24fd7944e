package secret_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/secret"
)

const random = "q7RtYx2LmW9aKc4HvB8nZs1DpJ6gFeU3oTiN"

func TestFind(t *testing.T) {
	for text, want := range map[string]string{
		"t = ghp_" + random + ";":                        "ghp_" + random,
		"https://ghp_" + random + "@github.com":          "ghp_" + random,
		"Use ghp_" + random + ".":                        "ghp_" + random,
		"xghp_" + random:                                 "",
		"ghp_" + random + "Z":                            "",
		"ghp_" + random[1:]:                              "",
		"ghp_" + strings.Repeat("x", 36):                 "",
		"AKIAIOSFODNN7EXAMPLE":                           "",
		"AKIAQ7RTYX2LMW4AKC4H":                           "AKIAQ7RTYX2LMW4AKC4H",
		"a/AKIAQ7RTYX2LMW4AKC4H+b":                       "",
		"sha256-" + random + "abcdefgh=":                 "",
		"-----BEGIN PRIVATE KEY-----":                    "",
		"-----BEGIN PUBLIC KEY-----\n" + random + random: "",
		"x = ''\\n-----BEGIN RSA PRIVATE KEY-----\n" + random + random + "\n": "-----BEGIN RSA PRIVATE KEY-----\n" + random + random + "\n",
		"cache-1:" + random + random + random[:14] + "==":                     random + random + random[:14] + "==",
		"https://hooks.slack.com/services/T0/B0/" + random:                    random,
		"xdiscord.com/api/webhooks/1/" + random + "#":                         random,
	} {
		got := ""
		for _, f := range secret.Find(text) {
			got += f.Span.Of(text)
		}
		assert.Equal(t, want, got, text)
	}
}

func TestValues(t *testing.T) {
	var v secret.Values
	v.Note("a.nix", source.Span{Start: 4, End: 9}, `"abc"`)
	v.Note("a.nix", source.Span{Start: 20, End: 29}, `"correct"`)
	assert.Equal(t, `*** and *** and *** but abc`, v.Hide(`"abc" and correct and ghp_`+random+` but abc`))
	assert.Equal(t, `x = *****; y = abc; z = *********`, v.Mask("", `x = "abc"; y = abc; z = "correct"`))
	assert.Equal(t, `x = *****`, v.Mask("a.nix", `x = wxyz1`), "by its place")
	assert.Equal(t, `x = wxyz1`, v.Mask("b.nix", `x = wxyz1`))
	assert.True(t, v.Shows("incorrect"))
	assert.Equal(t, "plain", (*secret.Values)(nil).Hide("plain"))
	assert.Equal(t, "a *\n* c", secret.Mask("a b\nd c", []source.Span{{Start: 2, End: 5}}))
}

func TestIsName(t *testing.T) {
	for name, want := range map[string]bool{
		"password": true, "adminPassword": true, "admin_pass-word": true, "PASSWORD": true, "services.x.apiKey": true, "secret access key": true,
		"a-very-long-name-before-the-secretAccessKey": true, "\u00e4Password": true, "pass\u212aey": false, "api\u212aey": true, // the sign of Kelvin is a k in lower case
		"token": true, "to_ken": true, "PSK": true, "secret": true, "mytoken": false, "psks": false, "passwordFile": false, "pass": false, "": false, "-": false,
		strings.Repeat("-", 99) + "token": true, strings.Repeat("x", 99) + "token": false,
	} {
		assert.Equal(t, want, secret.IsName(name), "%q", name)
	}
	assert.Zero(t, testing.AllocsPerRun(10, func() { secret.IsName("services.example-Setting_Password") }))
	assert.Zero(t, testing.AllocsPerRun(10, func() { secret.IsName("enable") }))
}
