package secrets

import (
	"regexp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/secret"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "credentials-in-url", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "A URL has a password or token in it",
	Doc: "`https://user:password@host/…` and `?access_token=…` put what should be known to few into the file, into `flake.lock`, into the Nix\n" +
		"store, into the lists of processes and into logs. For inputs and fetchers, Nix takes credentials from `access-tokens` and `netrc-file`\n" +
		"in a `nix.conf` that is not in the repository, and Git from a credential helper or SSH. For services, build the URL at run time.\n" +
		"\n" +
		"Nothing is said of variables and templates in that place, of `user:password` as documentation writes it, of comments, and of the machine\n" +
		"itself with a password that is the name of the user, as test databases have. Tokens of known form are told by `inline-token`.",
	Severity: diag.Warning, Presets: rules.Recommended,
	On: []ast.Kind{ast.File},
	Node: func(p *rules.Pass, _ ast.Node) {
		for _, at := range credentials(p.Tree.Source()) {
			if inText(p, at.span) && (!at.known || !p.Runs("inline-token")) {
				p.ReportMildly(at.finding("the Nix store"), diag.Hint)
			}
		}
	},
	Script: func(p *rules.Pass, d *shell.Doc) {
		for _, at := range credentials(d.Text) {
			if !commented(d.Text, at.span.Start) && (!at.known || !p.Runs("inline-token")) {
				p.ReportMildly(at.finding("the logs of whatever fetches it"), diag.Hint)
			}
		}
	},
})

// credential is a secret in a URL.
type credential struct {
	span  source.Span
	local bool // the URL is one of the machine itself
	known bool // it has the form of a token
	what  string
}

func (c *credential) finding(also string) diag.Finding {
	f := diag.Finding{
		Span: c.span, Secret: true, Message: "the " + c.what + " in this URL is in Git, and in " + also,
		Help: "leave it out: Nix takes it from `access-tokens` or `netrc-file`, Git from a credential helper or SSH, and a service at run time",
	}
	if c.local {
		f.Severity = diag.Info
	}
	return f
}

// tokenParameter matches parameters of a URL that hold a secret.
var tokenParameter = regexp.MustCompile(`[?&](?:access_token|private_token|auth_token|api_key|apikey|token|password|client_secret)=([A-Za-z0-9_.~%-]{12,})`)

// credentials finds the secrets in the URLs of a text.
func credentials(text string) (out []credential) {
	const mark = "://"
	for at := 0; ; {
		i := strings.Index(text[at:], mark)
		if i < 0 {
			return out
		}
		start := at + i + len(mark)
		at = start
		end := start
		for end < len(text) && end-start < 400 && strings.IndexByte(" \t\r\n\"'`<>\\|", text[end]) < 0 {
			end++
		}
		url := text[start:end]
		scheme := text[max(0, start-12) : start-len(mark)]
		if strings.HasSuffix(scheme, "docker") || strings.HasSuffix(scheme, "oci") {
			continue
		}
		authority := url
		if j := strings.IndexAny(authority, "/?#"); j >= 0 {
			authority = authority[:j]
		}
		if j := strings.LastIndexByte(authority, '@'); j > 0 {
			user, password, has := strings.Cut(authority[:j], ":")
			host := authority[j+1:]
			if has && isPassword(user, password, host) {
				from := start + len(user) + 1
				out = append(out, credential{
					span: source.Span{Start: uint32(from), End: uint32(start + j)}, local: isLocal(host), what: "password",
					known: len(secret.Find(password)) > 0,
				})
			}
		}
		if m := tokenParameter.FindStringSubmatchIndex(url); m != nil {
			value := url[m[2]:m[3]]
			if !secret.IsPlaceholder(value) && !secret.IsWeak(value) && strings.ContainsAny(value, "0123456789") && secret.Entropy(value) > 2.8 {
				out = append(out, credential{
					span: source.Span{Start: uint32(start + m[2]), End: uint32(start + m[3])}, what: "token", known: len(secret.Find(value)) > 0,
				})
			}
		}
	}
}

// told are passwords as documentation writes them.
var told = []string{"password", "passwd", "pass", "pwd", "pw", "p", "secret", "token", "xxx", "bar", "user", "x-oauth-basic", "x", "x-access-token", "password123", "passw0rd", "mypassword", "mypass"}

// isPassword reports whether what stands behind the name of a user in a URL is a password and no stand-in.
func isPassword(user, password, host string) bool {
	if password == "" || host == "" || strings.HasPrefix(host, "sha256") || strings.ContainsAny(user+password, "$(){}[]\\^") {
		return false
	}
	lower := strings.ToLower(password)
	if slices.Contains(told, lower) || secret.IsPlaceholder(password) || secret.IsWeak(password) || strings.EqualFold(user, password) && isLocal(host) {
		return false
	}
	if strings.ToUpper(password) == password && strings.ContainsAny(password, "_ABCDEFGHIJKLMNOPQRSTUVWXYZ") && strings.Trim(password, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == "" {
		return false // the name of a variable
	}
	return strings.Trim(password, "0123456789") != "" || len(password) > 5 // a port
}

// isLocal reports whether a host is the machine itself, or one without a domain, as containers have.
func isLocal(host string) bool {
	name, _, _ := strings.Cut(host, ":")
	return !strings.Contains(name, ".") || strings.HasPrefix(name, "127.") || strings.HasSuffix(name, ".example") || strings.HasPrefix(name, "example.") || strings.Contains(name, ".example.")
}

// commented reports whether the line of a script has a comment before a place.
func commented(text string, at uint32) bool {
	line := text[strings.LastIndexByte(text[:at], '\n')+1 : at]
	return strings.HasPrefix(strings.TrimSpace(line), "#")
}
