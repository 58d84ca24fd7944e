package secrets

import (
	"path"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/builders"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/secret"
)

// plainKinds are the ends of the names of files that hold a secret as it is. Encrypted files, public keys and code have others.
var plainKinds = []string{"", ".txt", ".key", ".env", ".secret", ".secrets", ".token", ".password", ".passwd", ".pass", ".pem", ".psk", ".cred", ".credentials"}

// privateKeys are names of private keys; with the end .pub they are public.
var privateKeys = []string{"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_ed25519_sk", "ssh_host_rsa_key", "ssh_host_ed25519_key", "ssh_host_ecdsa_key", "privkey.pem", "private.key", "private.pem", "privatekey", "private_key", "private-key", "server.key", "tls.key", "ca.key", "wg.key", "keys.txt", "key", "key.pem", "key.txt"}

// isSecretFile reports whether the name of a file says that it holds a secret that is not encrypted.
func isSecretFile(name string) bool {
	base := strings.ToLower(path.Base(name))
	if slices.Contains(privateKeys, base) {
		return true
	}
	if base == ".env" || base == "secrets.env" || base == "secret.env" || base == ".netrc" || base == "netrc" {
		return true
	}
	if !isPlain(base) {
		return false
	}
	stem := strings.TrimSuffix(base, path.Ext(base))
	return secret.IsName(stem) || stem == "passwords" || stem == "tokens" || stem == "credentials" || stem == "secrets" && path.Ext(base) != ""
}

// isPlain reports whether a file of the name may hold a secret as it is.
func isPlain(base string) bool {
	ext := strings.ToLower(path.Ext(base))
	if base == "secrets" || base == "keys" || base == "." || base == ".." {
		return false // a folder
	}
	return slices.Contains(plainKinds, ext) || ext == strings.ToLower(base) // .netrc
}

// isEncrypted reports whether a path or a text behind one names what is encrypted.
func isEncrypted(name string) bool {
	lower := strings.ToLower(name)
	return slices.ContainsFunc([]string{".age", ".gpg", ".asc", ".sops", ".enc", ".pub", ".yaml", ".yml", ".json", ".nix", ".ini", ".example", ".sample", ".template", ".crypt"}, func(s string) bool {
		return strings.Contains(lower, s)
	})
}

// decrypters are attributes below which files are encrypted: sops-nix, agenix, agenix-rekey and their kin.
var decrypters = []string{"sops", "age", "agenix", "rekey", "secrix", "vars", "ragenix", "sopsFile", "defaultSopsFile", "rekeyFile", "sopsSecrets", "keyFiles", "authorizedKeys", "clan", "scalpel", "secretspec"}

// isDecrypted reports whether what stands at a place is given to what decrypts it.
func isDecrypted(n ast.Node) bool {
	names, _ := builders.PathFrom(n)
	return slices.ContainsFunc(names, func(name string) bool {
		return slices.Contains(decrypters, name) || strings.HasPrefix(strings.ToLower(name), "public") || strings.Contains(strings.ToLower(name), "sops") && !strings.Contains(name, "/")
	})
}

// takesSecretFile reports whether an option takes the name of a file with a secret.
func takesSecretFile(name string) bool {
	if strings.HasSuffix(name, "ile") || strings.HasSuffix(name, "ILE") || strings.HasSuffix(name, "ath") { // few are looked at closely
		for _, end := range []string{"File", "_FILE", "_file", "-file", "Path", "_path", "-path"} {
			if stem, ok := strings.CutSuffix(name, end); ok {
				return secret.IsName(stem) || endsInSecret(stem)
			}
		}
	}
	return name == "sslCertificateKey" || secret.IsName(name) && name != "secret" && name != "token"
}

// endsInSecret reports whether the last word of a name, before one for the environment, is one for secrets: cachixToken, TOKEN_ENV.
func endsInSecret(stem string) bool {
	lower := strings.ToLower(stem)
	if len(lower) != len(stem) {
		return false // letters that are not ASCII
	}
	for _, end := range []string{"environment", "env"} {
		if cut, ok := strings.CutSuffix(lower, end); ok && cut != "" {
			lower = strings.TrimRight(cut, "-_")
			break
		}
	}
	for _, word := range []string{"credentials", "password", "passwords", "passphrase", "token", "tokens", "secret", "secrets", "psk", "authkey", "signingkey", "presharedkey"} {
		start := len(lower) - len(word)
		if start < 0 || lower[start:] != word {
			continue
		}
		// A word of its own: nonsecret and the like are others.
		if start == 0 || strings.IndexByte("-_.", lower[start-1]) >= 0 || 'A' <= stem[start] && stem[start] <= 'Z' || len(word) > len("password") {
			return true
		}
	}
	return false
}

// bindingOf returns the binding whose value an expression is a part of, without sets and functions between them; invalid where there is
// none.
func bindingOf(n ast.Node) ast.Node {
	for up := n.Parent(); up.IsValid(); up = up.Parent() {
		switch up.Form() {
		case ast.Binding:
			return up
		case ast.Paren, ast.Interpolation, ast.String, ast.If, ast.List:
			continue
		case ast.Apply:
			fn, _ := ast.Call(up)
			if strings.HasPrefix(ast.LastName(fn), "mk") {
				continue
			}
		}
		return ast.Node{}
	}
	return ast.Node{}
}

// readsFile reports whether a function reads a file when it is evaluated.
func (r *reader) readsFile(fn ast.Node) bool {
	switch nixlang.Function(r.Names, fn) {
	case "readFile", "fileContents", "importJSON", "importTOML":
		return true
	}
	return false
}
