package secret_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/growth"
	"github.com/nixsift/nixsift/internal/secret"
)

// TestInNix holds what names say to be secrets: all texts that have SECRET in them, and no others.
func TestInNix(t *testing.T) {
	for _, code := range []string{
		`{ a.password = "SECRET1"; }`,
		`{ a.adminPassword = (("SECRET1")); }`,
		`{ a.adminPassword = lib.mkForce (("SECRET1")); b.psk = lib.mkDefault "SECRET2"; c.dbpass = lib.mkOverride 50 "SECRET3"; }`,
		`{ password = lib.mkIf (x == "plain") "SECRET1"; token = lib.mkIf (lib.elem "plain" y) "SECRET2"; }`,
		`{ password = if x == "plain" then "SECRET1" else (if y then "SECRET2" else null); }`,
		`{ password = config.x.y or "SECRET1"; secretKey = (config.x or { }).y or ("SECRET2"); }`,
		`{ password = builtins.toString "SECRET1"; password2.value = "plain"; }`,
		`{ passwords = [ "SECRET1" ("SECRET2") { value = "SECRET3"; } ]; }`,
		`{ passwords.bob = "SECRET1"; x.passwords = { bob = "SECRET2"; ana = lib.mkForce ("SECRET3"); }; }`,
		`{ passwords.bob.value = "SECRET1"; passwords.bob.owner = "plain"; x.passwords.${n} = "SECRET2"; }`,
		`{ password.value = "SECRET1"; x.password = { value = ("SECRET2"); description = "plain"; _secret = "/run/plain/x"; }; }`,
		`{ password = let p = "SECRET1"; q = "plain"; in p; }`,
		`let p = ("SECRET1"); q = "plain"; s.a = "plain"; t = { a = "SECRET2"; b = "plain"; }; in { password = p; token = t.a; x = q; }`,
		`rec { a = "SECRET1"; password = lib.mkForce a; b = { c = "plain"; }; }`,
		`let p = "plain"; in p: { password = p; }`,
		`{ p ? "SECRET1", q ? "plain", token ? "SECRET2" }: { password = p; }`,
		`{ ${"password"} = "SECRET1"; "db-password" = "SECRET2"; x."${"password"}" = "SECRET3"; }`,
		`{ password = lib.concatStrings [ "SECRET1" ("SECRET2") ]; secret = "SECRET3" + (("SECRET4")); }`,
		`{ password = "SECRET1${x}SECRET2${("SECRET3")}"; }`,
		`{ password = "SECRET1" |> lib.mkForce; token = lib.mkForce <| "SECRET2"; }`,
		`{ password = with x; assert y == "plain"; "SECRET1"; }`,
		"{ password = ''\n  SECRET1\n''; }",
		`{ PGPASSWORD = "SECRET1"; MYSQL_PWD = "SECRET2"; pass = "SECRET3"; adminPass = "SECRET4"; passphrase = "SECRET5"; PRIVATE_KEY = "SECRET6"; }`,
		`{ password = lib.mkOption { type = lib.types.str; default = "SECRET1"; description = "plain"; example = "plain"; }; }`,
		`{ passwords = lib.mkOption { default = { a = "SECRET1"; }; description = "plain"; }; }`,
		`[ "--user" "plain" "--password" ("SECRET1") "--flag" "plain" ]`,
		`[ { name = "DB_PASSWORD"; value = "SECRET1"; } { name = "HOME"; value = "plain"; } (lib.nameValuePair "password" "SECRET2") (lib.nameValuePair "user" "plain") ]`,
		`"a password=" + ("SECRET1") + "plain" + " --token " + "SECRET2"`,
		`"plain DB_PASSWORD=${("SECRET1")} x=${"plain"}"`,
		`{ hashedPassword = lib.mkForce "$6$SECRET1$abc"; password = "!SECRET2"; a.token = "$SECRET3 4"; }`,
		`{ password = (x: "SECRET1") 1; token = (x: x) "SECRET2"; secret = [ "SECRET3" ("SECRET4") ]; }`,
		`{ password = { a = "plain"; }.b or "SECRET1"; token = { a = "SECRET2"; b = "plain"; }.a; }`,
		`{ nix.settings.access-tokens = [ ("a.org=SECRET1") ]; nix.settings.extra-access-tokens = "SECRET2"; }`,
		// What is no secret.
		`{ id_token = [ "plain" "plain_word" ]; "org.portal.Secret" = [ "plain-keyring" ]; lock-secrets = "plain"; PermitEmptyPasswords = "plain"; }`,
		`{ askPassword = "${pkgs.a}/libexec/plain"; token = "/plain"; userPasswords = lib.mkNullableEnableOption "plain"; }`,
		`{ etc."pam.d/passwd".text = "plain"; etc.passwd.text = "plain:x:0"; "config.d/pass".text = "plain"; user.signingKey = "plain1A2B"; }`,
		"{ mkSecret = name: f \"plain/${name}\" { }; x.token = pkgs.writeShellScript \"plain\" ''plain''; getToken = ''\n  set plain ${\"plain\"}\n  echo plain\n''; }",
		`{ secret = pkgs.writeText "plain" "SECRET1"; token = builtins.hashString "plain" "SECRET2"; privateKeys = f [ "plain" ]; }`,
		`[ "--with-token" "--plain=${f "plain"}" ]`,
		`{ passwordFile = "plain"; x.passwordFile = ("plain"); bypass = "plain"; compass = "plain"; mytoken = "plain"; csrfToken.name = "plain"; }`,
		`{ password = builtins.readFile "plain"; token = lib.fileContents "plain"; secret = builtins.getEnv "PLAIN"; }`,
		`{ password = "$PLAIN"; a.password = "\${PLAIN}"; b.password = "@plain@"; c.password = "/run/secrets/plain"; d.password = "file:${x}"; e.password = "$__file{${config.plain.path}}"; }`,
		`{ sops.secrets.plain = { owner = "plain"; sopsFile = "plain"; }; sops.secrets."mail/password".owner = "plain"; age.secrets.password.path = "plain"; }`,
		`{ password.enable = true; password = { type = "plain"; file = "plain"; }; tokens = [ "plain" "if" ]; secrets = [ "plain" ]; }`,
		`{ password = config.services.plain; token = plain; password2 = "plain"; services.passwordless = "plain"; }`,
		`{ enablePassword = lib.mkEnableOption "plain"; password = lib.mkEnableOption "plain"; a = x.password == "plain"; }`,
		`{ password = throw "plain"; token = lib.attrByPath [ "plain" ] null x; }`,
	} {
		marked := code
		var left strings.Builder
		at := uint32(0)
		for _, s := range secret.InNix(code) {
			marked = marked[:s.Start] + strings.Repeat("*", s.Len()) + marked[s.End:]
			left.WriteString(code[at:s.Start])
			at = s.End
			assert.Contains(t, s.Of(code), "SECRET", code)
		}
		assert.NotContains(t, marked, "SECRET", code)
		left.WriteString(code[at:])
		assert.Equal(t, strings.Count(code, "plain"), strings.Count(left.String(), "plain"), code)
	}
}

// TestHideNamed holds that secrets that are words are hidden with their quotes only.
func TestHideNamed(t *testing.T) {
	const nix = `{ a.password = lib.mkForce "nextcloud"; b.password = ("cOrrect horse"); c.token = ("x9y8z7w6"); }`
	assert.Equal(t, "`***` is *** and ***, of nextcloud", secret.HideNamed(nix, "`\"nextcloud\"` is cOrrect horse and x9y8z7w6, of nextcloud"))
	before, after := (*secret.Values)(nil).MaskChange("a.nix", `{ password = ("x9y8z7w6"); }`, `{ user = "x9y8z7w6"; }`)
	assert.Equal(t, `{ password = ("********"); }`, before)
	assert.Equal(t, `{ user = "********"; }`, after)
	before, _ = (*secret.Values)(nil).MaskChange("a.md", `{ user = ("x9y8z7w6"); }`, "")
	assert.Equal(t, `{ user = ("x9y8z7w6"); }`, before)
}

// TestInNixGrowth holds that the work grows with the text.
func TestInNixGrowth(t *testing.T) {
	repeat := func(n int, format string) (all string) {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for name, shape := range map[string]func(n int) string{
		"uses": func(n int) string {
			return "let " + repeat(n, `v%[1]d = "x9y8z7w6%[1]d";`) + "in {" + repeat(n, "a%[1]d.password = v%[1]d;") + "}"
		},
		"one": func(n int) string { return `let v = "x9y8z7w6"; in {` + repeat(n, "a%d.password = v;") + "}" },
		"nested": func(n int) string {
			return repeat(n, `let v%d = "x"; in `) + "[" + repeat(n, "{ password = v%d; }") + "]"
		},
		"values": func(n int) string { return "{" + repeat(n, `a%d.value = "x"; password = (("x9y8z7w6"));`) + "}" },
		"joined": func(n int) string { return `{ password = ` + repeat(n, `"x9y8z%d" + `) + `""; }` },
		"lists":  func(n int) string { return `{ passwords = [` + repeat(n, `"x9y8z%d" `) + `]; }` },
	} {
		growth.Time(t, name, 500, func(n int) func() {
			text := shape(n)
			return func() { secret.HideNamed(text, text) }
		})
	}
}
