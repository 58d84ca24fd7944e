//go:build unix

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// planted is a project full of secrets, each of which has a part that stands nowhere else.
type planted struct {
	rand   *rand.Rand
	plain  []string // passwords, which only rules recognise
	formed []string // keys and tokens, which have a form
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

func (p *planted) random(n int, alphabet string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[p.rand.IntN(len(alphabet))]
	}
	return string(b)
}

func (p *planted) password() string {
	s := p.random(10, letters)
	p.plain = append(p.plain, s)
	return s
}

// short is a password of four letters, which is looked for with its quotes.
func (p *planted) short() string {
	s := p.random(4, letters)
	p.plain = append(p.plain, `"`+s+`"`)
	return s
}

func (p *planted) formedAs(prefix string, n int, alphabet string) string {
	s := p.random(n, alphabet)
	p.formed = append(p.formed, s)
	return prefix + s
}

func (p *planted) token() string {
	switch p.rand.IntN(4) {
	case 0:
		return p.formedAs("ghp_", 36, letters)
	case 1:
		return p.formedAs("glpat-", 20, letters)
	case 2:
		return p.formedAs("npm_", 36, letters)
	}
	return p.formedAs("sk_live_", 24, letters)
}

// assigned is a secret that only what it is given to shows to be one.
func (p *planted) assigned() string { return p.formedAs("", 8, letters) + "Q7x" }

func (p *planted) key() string {
	lines := []string{"-----BEGIN OPENSSH PRIVATE KEY-----"}
	for range 3 {
		lines = append(lines, p.formedAs("", 64, letters+"+/"))
	}
	return strings.Join(append(lines, "-----END OPENSSH PRIVATE KEY-----"), "\n      ")
}

// write makes the files. Beside the secrets, on their lines, stands what other rules report and mend.
func (p *planted) write(t *testing.T, dir string) {
	var host strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&host, format+"\n", args...) }
	line("{ config, lib, pkgs, ... }:\nlet\n  wifi = (\"%s\");\n  unused = \"%s\";\n  same = rec { password = \"%s\"; };\nin\n{", p.password(), p.token(), p.password())
	line("  networking.wireless.networks.home.psk = wifi; users.users.same = same;")
	line("  users.users.twice.password = \"%[1]s\"; # not %[1]s again\n  users.users.thrice = { password = \"%[1]s\"; password = \"%[1]s\"; };", p.password())
	for i := range 25 {
		line("  users.users.u%d = rec { isNormalUser = true == true; password = (\"%s\"); };", i, p.password())
	}
	for i := range 5 {
		line("  users.users.s%d = rec { password = (\"%s\"); };", i, p.short())
	}
	for i := range 10 {
		line("  services.wonder%d.settings = { a = let in 1; auth.client_secret = lib.mkForce (\"%s\"); };", i, p.password())
		line("  services.k3s.token = if true == true then \"%s\" else (\"%s\");", p.password(), p.password())
	}
	for i := range 10 {
		line("  environment.variables.T%d = (\"%s\"); environment.etc.e%d.text = ''\n      export A=%s\n      %s\n  '';", i, p.token(), i, p.token(), p.key())
		line("  x%d.url = (\"https://kim:%s@git.corp.net/a\");", i, p.password())
	}
	for i := range 3 {
		line("  users.users.p%d = { isNormalUser = true == true; password = \"${\"%s\"}\"; };", i, p.password())
		line("  users.users.q%d = { password = (\"%s\" + \"%s\"); };", i, p.password(), p.password())
		line("  users.users.r%d = { password = toString (\"%s\"); };", i, p.password())
		line("  users.users.v%d = let pw = (\"%s\"); in { password = \"${pw}\"; };", i, p.password())
		line("  users.users.w%d = { password = \"%s${(\"%s\")}\"; };", i, p.password(), p.password())
	}
	for i := range 4 {
		line("  environment.etc.c%d.text = if true == true then \"password=%s\" else (\"%s\");", i, p.assigned(), "--token "+p.assigned())
		line("  systemd.services.d%d = rec { script = (\"export A_TOKEN=%s\"); preStart = \"curl -u kim:%s a\"; };", i, p.assigned(), p.assigned())
		line("  e%d = (\"machine a login b password %s\"); f%[1]d = (\"IDENTIFIED BY '%[3]s'\");", i, p.assigned(), p.assigned())
		line("  g%d = (\"Authorization: Bearer %s\"); h%[1]d = (\"Server=a;Password=%[3]s;\"); apiKey%[1]d = { apiKey = (\"%[4]s\"); };", i, p.assigned(), p.assigned(), p.assigned())
	}
	for i, format := range []string{
		`services.a%d.adminPassword = lib.mkDefault (("%s"));`, `services.a%d.adminPassword = lib.mkForce ("%s");`, `services.a%d.adminPassword = (("%s"));`,
		`users.users.a%d.password = lib.mkForce (("%s"));`, `users.users.a%d.initialPassword = lib.mkIf (config.x == true) (("%s"));`,
		`services.a%d.adminPassword = if config.x == true then null else (("%s"));`, `users.users.a%d.password = if config.x == true then "%s" else null;`,
		`services.a%d.adminPassword = let p = (("%s")); in ((p));`, `services.a%d = { adminPassword = lib.mkIf config.x (("%s")); };`,
		`s.a%d = { passwords = [ (("%s")) ]; };`, `s.a%d.passwords = { bob = (("%s")); };`, `s.a%d.passwords.bob = ("%s");`, `s.a%d.password = { value = (("%s")); };`,
		`s.a%d.api_token = "pre${(("%s"))}";`, `s.a%d.password = lib.concatStrings [ (("%s")) ];`, `s.a%d."db-password" = (("%s"));`,
		`s.a%d.env = { PGPASSWORD = (("%s")); };`, `s.a%d.psk = (("%s"));`, `s.a%d.passphrase = (("%s"));`, `s.a%d.args = [ (("--token")) (("%s")) ];`,
		`s.a%d.${"password"} = (("%s"));`, `s.a%d.password = builtins.toString ("%s");`, `s.a%d.password = config.x.y or ("%s");`, `s.a%d.password = "a" + ("%s");`,
		`s.a%d.text = "password = " + ("%s");`, `s.a%d.env = [ { name = "DB_PASSWORD"; value = ("%s"); } ];`, `s.a%d.pass = if (("%s") == null) then 1 else 2;`,
	} {
		secret := p.password()
		if strings.Contains(format, "== null") {
			secret, p.plain = "compared", p.plain[:len(p.plain)-1]
		}
		line("  "+format, i, secret)
	}
	line("  nix.settings.access-tokens = [ (\"git.corp.net=%s\") ];\n}", p.password())
	files := map[string]string{
		"host.nix":                 host.String(),
		"flake.nix":                fmt.Sprintf("{\n  inputs.a.url = (\"git+https://oauth2:%s@gitlab.com/a/b\");\n  outputs = { self, a }: { nixosConfigurations.h = a.lib.nixosSystem { modules = [ ./host.nix ./own.nix ./use.nix ]; }; };\n}\n", p.token()),
		"own.nix":                  fmt.Sprintf("{ lib, ... }: { options.own.password = lib.mkOption { default = (\"%s\"); }; options.own.token = lib.mkOption { }; config.own.token = (\"%s\"); }\n", p.password(), p.password()),
		"use.nix":                  "{ config, ... }: { users.users.own.password = config.own.password; services.k3s.token = config.own.token; }\n",
		".github/workflows/ci.yml": fmt.Sprintf("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    env:\n      T: %s\n      DB_PASSWORD: %s\n    steps:\n      - run: nix build --impure --option access-tokens git.corp.net=%s && git clone https://kim:%s@git.corp.net/x\n", p.token(), p.assigned(), p.password(), p.password()),
		"build.sh":                 fmt.Sprintf("#!/bin/sh\nexport T=%s; mysql -p%s\nnix build --impure github:a/b --option access-tokens github.com=%s\n", p.token(), p.assigned(), p.token()),
		"nixsift.toml":             "preset = \"all\"\npreview = true\n",
	}
	for name, text := range files {
		file := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
}

// shows returns the secrets that a text has in it.
func shows(text string, secrets []string) (found []string) {
	for _, s := range secrets {
		if strings.Contains(text, s) || strings.Contains(text, strings.ReplaceAll(s, `"`, `\"`)) && strings.HasPrefix(s, `"`) {
			found = append(found, s)
		}
	}
	return found
}

// TestSecretsAreNotShown plants secrets everywhere and looks for them in all that the program writes, but into the files that it mends.
func TestSecretsAreNotShown(t *testing.T) {
	dir := t.TempDir()
	p := &planted{rand: rand.New(rand.NewPCG(3, 5))}
	p.write(t, dir)
	all := append(append([]string{}, p.plain...), p.formed...)
	require.Greater(t, len(all), 100)
	told := 0
	look := func(secrets []string, args ...string) string {
		out := start(t, dir, nil, args...)
		text := out.out + out.errors
		told += len(text)
		assert.Empty(t, shows(text, secrets), "%v", args)
		assert.NotContains(t, text, "panic", "%v", args)
		return text
	}
	for _, format := range report.Formats() {
		text := look(all, "check", "--format", format, ".")
		assert.Contains(t, text, "plaintext-password", format)
		if format != "text" && format != "markdown" { // these end before
			assert.Contains(t, text, "which is given to", format)
		}
	}
	stars := look(all, "check", "--only", "plaintext-password,inline-private-key,inline-token,credentials-in-url,access-tokens-in-file", ".")
	assert.Contains(t, stars, "****")
	assert.Contains(t, look(all, "check", "--unsafe-fixes", "--diff", "."), "cannot be applied")
	look(all, "check", "--statistics", ".")
	look(all, "suppress", "--diff", ".")
	// Nor where no rule about secrets looks.
	for _, only := range []string{"useless-parens", "bool-comparison"} {
		assert.Contains(t, look(all, "fix", "--unsafe-fixes", "--diff", "--only", only, "host.nix"), "****", only)
		look(all, "suppress", "--diff", "--only", only, "host.nix")
		for _, format := range []string{"text", "json", "sarif", "gitlab", "markdown"} {
			look(all, "check", "--only", only, "--format", format, "host.nix")
		}
	}
	for _, pattern := range []string{"lib.mkForce $x", "{ password = $x; ... }", "lib.mkDefault $x", "($x)", "$x or $y"} {
		look(all, "query", pattern, "host.nix")
		look(all, "query", "--format", "json", pattern, "host.nix")
		look(all, "query", "--replace", "f", "--diff", pattern, "host.nix")
	}
	assert.Contains(t, look(all, "query", "--replace", "$x", "--diff", "lib.mkForce $x", "host.nix"), "****")
	look(all, "inputs", ".")
	look(all, "explain", "plaintext-password")
	// What only has a form is not shown either where no rule looks for it.
	look(p.formed, "check", "--isolated", "--preset", "all", "--no-preview", ".")
	look(p.formed, "check", "--only", "redundant-parentheses,useless-parentheses,bool-comparison", ".")
	// Values, at the places where they stand.
	host, err := os.ReadFile(filepath.Join(dir, "host.nix"))
	require.NoError(t, err)
	for i, line := range strings.Split(string(host), "\n") {
		if at := strings.Index(line, "(\""); at >= 0 && i%5 == 0 {
			for _, format := range []string{"text", "json"} {
				look(all, "what", "--format", format, fmt.Sprintf("host.nix:%d:%d", i+1, at+3))
			}
		}
	}
	look(all, "baseline", ".")
	written, err := filepath.Glob(filepath.Join(dir, "*baseline*"))
	require.NoError(t, err)
	for _, file := range written {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Empty(t, shows(string(text), all), file)
	}
	assert.NotEmpty(t, written)
	look(all, "check", "--format", "sarif", ".")
	c := lsptest.Start(t, lsp.Options{Version: "1"})
	c.Initialize(dir, "")
	for _, name := range []string{"host.nix", "flake.nix", "own.nix"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		uri := "file://" + filepath.Join(dir, name)
		c.Open(uri, "nix", 1, string(text))
		assert.NotEmpty(t, c.Diagnostics(uri, 1).Diagnostics)
	}
	for _, m := range c.Messages() {
		assert.Empty(t, shows(string(m.Params)+string(m.Result), all), m.Method)
	}
	look(all, "fix", "--unsafe-fixes", ".")
	assert.Greater(t, told, 10000)
}

// TestSecretsInUnreadScripts holds that the rules about secrets look at the text of a script, parsed or not: what they look at is no
// reason to call the script unread.
func TestSecretsInUnreadScripts(t *testing.T) {
	const data = "#!/usr/bin/env bash\nsed '1,/^DATA$/d' \"$0\"\nexit\nDATA\nhaha :D :) xox https://ana:b@c npm_config AKIA\n"
	dir := testenv.Tree(t, map[string]string{"data.sh": data, "token.sh": data + "(ghp_DjJpz6ZFkn7XvgKJWSKhK7EGYfwzy9zMTI18)\n"})
	o := start(t, dir, nil, "check", "--preview", "data.sh")
	assert.Equal(t, 0, o.status, o.out+o.errors)
	o = start(t, dir, nil, "check", "--preview", "token.sh")
	assert.Equal(t, 1, o.status, o.out+o.errors)
	assert.Contains(t, o.out, "inline-token")
}

// TestSecretsAreToldOnce holds that a token in an option or a variable is told by the rule that knows its form, and by no other; what
// else stands in the same text is told all the same.
func TestSecretsAreToldOnce(t *testing.T) {
	const token = "ghp_DjJpz6ZFkn7XvgKJWSKhK7EGYfwzy9zMTI18"
	for code, want := range map[string][]string{
		`systemd.services.a.environment.GITHUB_TOKEN = "` + token + `";`:                                           {"inline-token"},
		`systemd.services.a.serviceConfig.Environment = [ "GITHUB_TOKEN=` + token + `" ];`:                         {"inline-token"},
		`systemd.services.a.serviceConfig.Environment = "GITHUB_TOKEN=` + token + ` B_PASSWORD=of-the-unit";`:      {"inline-token", "secret-in-environment"},
		`systemd.services.a.environment.GITHUB_TOKEN = "ghp_" + "DjJpz6ZFkn7XvgKJWSKhK7EGYfwzy9zMTI18";`:           {"secret-in-environment", "secret-in-environment"},
		`services.github-runners.a.token = "` + token + `";`:                                                       {"inline-token"},
		`services.github-runners.a.tokenFile = pkgs.writeText "t" "` + token + `";`:                                {"inline-token"},
		`systemd.services.a.environment.DB_PASSWORD = "postgres://kim:9dk3ks9dk@db/x"; users.mutableUsers = true;`: {"credentials-in-url"},
	} {
		dir := testenv.Tree(t, map[string]string{"a.nix": "{ pkgs, ... }: {\n" + code + "\n}\n"})
		o := start(t, dir, nil, "check", "--preview", "--format", "json", "--only", "secrets", "a.nix")
		var told []string
		for _, m := range regexp.MustCompile(`"rule": ?"([a-z-]+)"`).FindAllStringSubmatch(o.out, -1) {
			told = append(told, m[1])
		}
		assert.ElementsMatch(t, want, told, code)
	}
}

// TestSecretsAreInNoFingerprint holds that what is written of a finding is the same whatever the secret is that it marks, or that stands on
// its line: nobody can guess a short one from a hash.
func TestSecretsAreInNoFingerprint(t *testing.T) {
	written := func(user, wifi, token string) (all string) {
		dir := testenv.Tree(t, map[string]string{"nixsift.toml": "preset = \"all\"\npreview = true\n", "host.nix": fmt.Sprintf(
			"{ lib, ... }: {\n  users.users.kim.password = (%q); networking.wireless.networks.a.psk = %q; x = true == true;\n"+
				"  environment.etc.a.text = (''\n    token=%s\n  '');\n}\n", user, wifi, token)})
		for _, args := range [][]string{{"check", "--exit-zero", "--format", "gitlab", "."}, {"check", "--exit-zero", "--format", "sarif", "."}, {"baseline", "."}} {
			all += start(t, dir, nil, args...).out
		}
		files, err := filepath.Glob(filepath.Join(dir, "*baseline*"))
		require.NoError(t, err)
		require.Len(t, files, 1)
		text, err := os.ReadFile(files[0])
		require.NoError(t, err)
		return strings.ReplaceAll(all+string(text), dir, "")
	}
	one := written("kim4711x", "winter22", "4rF7tG2yH5uJ")
	assert.Contains(t, one, "plaintext-password")
	assert.Contains(t, one, "inline-password")
	assert.Equal(t, one, written("lee0815y", "summer99", "9kL2jH5gF8dS"))
	assert.NotEqual(t, one, written("lee0815yz", "summer99", "9kL2jH5gF8dS"), "where things stand counts")
}
