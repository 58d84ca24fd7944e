package secret

import (
	"regexp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// InURL is a secret in a URL.
type InURL struct {
	Span source.Span
	// What it is: "password" or "token".
	What string
	// Local is set where the URL is one of the machine itself, Formed where the secret has the form of a token.
	Local, Formed bool
}

// tokenParameter matches parameters of a URL that hold a secret.
var tokenParameter = regexp.MustCompile(`[?&](?:access_token|private_token|auth_token|api_key|apikey|token|password|client_secret)=([A-Za-z0-9_.~%-]{12,})`)

// FindInURLs returns the secrets in the URLs of a text, in order.
func FindInURLs(text string) (out []InURL) {
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
				out = append(out, InURL{
					Span: source.Span{Start: uint32(from), End: uint32(start + j)}, Local: isLocal(host), What: "password",
					Formed: len(Find(password)) > 0,
				})
			}
		}
		if !strings.ContainsAny(url, "?&") { // few have parameters
			continue
		}
		if m := tokenParameter.FindStringSubmatchIndex(url); m != nil {
			value := url[m[2]:m[3]]
			if !IsPlaceholder(value) && !IsWeak(value) && strings.ContainsAny(value, "0123456789") && Entropy(value) > 2.8 {
				out = append(out, InURL{
					Span: source.Span{Start: uint32(start + m[2]), End: uint32(start + m[3])}, What: "token", Formed: len(Find(value)) > 0,
				})
			}
		}
	}
}

// documented are passwords as documentation writes them.
var documented = []string{"password", "passwd", "pass", "pwd", "pw", "p", "secret", "token", "xxx", "bar", "user", "x-oauth-basic", "x", "x-access-token", "password123", "passw0rd", "mypassword", "mypass"}

// isPassword reports whether what stands behind the name of a user in a URL is a password and no stand-in.
func isPassword(user, password, host string) bool {
	if password == "" || host == "" || strings.HasPrefix(host, "sha256") || strings.ContainsAny(user+password, "$(){}[]\\^") {
		return false
	}
	lower := strings.ToLower(password)
	if slices.Contains(documented, lower) || IsPlaceholder(password) || IsWeak(password) || strings.EqualFold(user, password) && isLocal(host) {
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
