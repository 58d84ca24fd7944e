// Package secret knows secrets by their form: keys and tokens whose issuers give them a shape that nothing else has. It finds them in
// text, tells placeholders from what may be real, and puts stars in the place of what must not be shown.
package secret

import (
	"iter"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nixsift/nixsift/ast/source"
)

// Found is a secret in a text.
type Found struct {
	Span source.Span
	// What it is, with an article: "a GitHub token".
	What string
	// Public is set for what some programs carry openly, such as keys that only name their user.
	Public bool
	// Key is set for private keys, which stand for an identity and are no tokens.
	Key bool
}

// minWord is the length of the shortest token that is looked for.
const minWord = 20

// Find returns the secrets in a text, in order and without placeholders. It is asked of all text, of which it looks at few bytes: tokens
// are long.
func Find(text string) []Found {
	var out []Found
	hooks := false
	for start, end := range runs(text, &wordByte, minWord) {
		before, after := byte(0), byte(0)
		if start > 0 {
			before = text[start-1]
		}
		if end < len(text) {
			after = text[end]
		}
		hooks = hooks || before == '/'
		if f, ok := token(text[start:end], before, after); ok {
			f.Span.Start, f.Span.End = f.Span.Start+uint32(start), f.Span.End+uint32(start)
			out = append(out, f)
		}
	}
	out = appendSigning(out, text)
	if hooks {
		out = appendHooks(out, text)
	}
	if strings.Contains(text, "BEGIN ") { // few texts do; they all have dashes
		out = appendPEM(out, text)
	}
	slices.SortFunc(out, func(a, b Found) int { return int(a.Span.Start) - int(b.Span.Start) })
	return out
}

// runs yields where bytes of an alphabet stand that are least or more in a row: start and end. Of what lies between it looks at few.
func runs(text string, of *[256]bool, least int) iter.Seq2[int, int] {
	return func(yield func(start, end int) bool) {
		for start := 0; start+least <= len(text); {
			at := start + least - 1
			for at >= start && of[text[at]] {
				at--
			}
			if at >= start {
				start = at + 1
				continue
			}
			end := start + least
			for end < len(text) && of[text[end]] {
				end++
			}
			if !yield(start, end) {
				return
			}
			start = end + 1
		}
	}
}

// pemBegin is the last word before the label of a text in the form of RFC 7468.
const pemBegin = "-----BEGIN"

// wordByte tells the bytes that tokens are made of, base64Byte those of base 64.
var wordByte, base64Byte = bytesOf(alnum + "_-."), bytesOf(base64)

func bytesOf(alphabet string) (of [256]bool) {
	for _, c := range []byte(alphabet) {
		of[c] = true
	}
	return of
}

// token tells whether a word is a token. before and after are the bytes around it, 0 at the ends.
func token(word string, before, after byte) (f Found, ok bool) {
	// What base 64 writes may begin with letters of any kind behind these.
	partly := before == '+' || before == '/' || after == '+' || after == '/'
	if !partly && jwt(word) {
		return Found{Span: source.Span{End: uint32(len(word))}, What: "a JSON web token", Public: true}, true
	}
	for _, s := range shapesBy[word[0]] {
		rest, has := strings.CutPrefix(word, s.prefix)
		if !has || partly && !strings.ContainsAny(s.prefix, "_-.") {
			continue
		}
		rest = strings.TrimRight(rest, ".")
		if s.fits(rest) && !placeholder(rest) {
			return Found{Span: source.Span{End: uint32(len(s.prefix) + len(rest))}, What: s.what, Public: s.public, Key: s.key}, true
		}
	}
	return f, false
}

// jwt reports whether a word is a signed JSON web token (RFC 7515): three parts of which the first two are objects, written in base 64.
func jwt(word string) bool {
	const object = "eyJ" // {"
	if !strings.HasPrefix(word, object) {
		return false
	}
	parts := strings.Split(word, ".")
	return len(parts) == 3 && strings.HasPrefix(parts[1], object) && len(parts[0]) >= 16 && len(parts[1]) >= 16 && len(parts[2]) >= 32
}

// signingKey is the length in base 64 of a private key of a binary cache (64 bytes, ed25519), with the two signs that fill it up.
const signingKey = 88

// appendSigning finds the private keys of binary caches: cache-1:BASE64==.
func appendSigning(out []Found, text string) []Found {
	for start, end := range runs(text, &base64Byte, signingKey-2) {
		if end-start != signingKey-2 || !strings.HasPrefix(text[end:], "==") || start < 2 || text[start-1] != ':' || placeholder(text[start:end]) {
			continue
		}
		name := start - 1
		for name > 0 && wordByte[text[name-1]] {
			name--
		}
		if name < start-1 && text[name] != '-' {
			out = append(out, Found{Span: source.Span{Start: uint32(start), End: uint32(end + 2)}, What: "a private key of a binary cache", Key: true})
		}
	}
	return out
}

// appendHooks finds web hooks, whose last part is a word as tokens are.
func appendHooks(out []Found, text string) []Found {
	for _, hook := range []struct{ host, what string }{
		{"hooks.slack.com/services/T", "a web hook of Slack"}, {"discord.com/api/webhooks/", "a web hook of Discord"},
		{"discordapp.com/api/webhooks/", "a web hook of Discord"},
	} {
		for at := 0; ; {
			i := strings.Index(text[at:], hook.host)
			if i < 0 {
				break
			}
			start := at + i + len(hook.host)
			end := start
			for end < len(text) && (wordByte[text[end]] || text[end] == '/') {
				end++
			}
			at = end
			if slash := strings.LastIndexByte(text[start:end], '/'); slash > 0 && end-start-slash-1 >= minWord && !placeholder(text[start+slash+1:end]) {
				out = append(out, Found{Span: source.Span{Start: uint32(start + slash + 1), End: uint32(end)}, What: hook.what})
			}
		}
	}
	return out
}

// appendPEM finds private keys in the form of RFC 7468, of OpenSSH and of PGP: the header, and behind it what is encoded.
func appendPEM(out []Found, text string) []Found {
	const begin, private = pemBegin + " ", "PRIVATE KEY"
	for at := 0; ; {
		i := strings.Index(text[at:], begin)
		if i < 0 {
			return out
		}
		start := at + i
		at = start + len(begin)
		line := text[at:min(len(text), at+60)]
		stop := strings.Index(line, "-----")
		if stop < 0 {
			continue
		}
		label := line[:stop]
		if !strings.HasSuffix(label, private) && !strings.HasSuffix(label, private+" BLOCK") {
			continue
		}
		body := at + stop + len("-----")
		end := len(text)
		if j := strings.Index(text[body:], "-----END "); j >= 0 {
			end = body + j
		}
		end = min(end, body+maxPEM)
		if !encoded(text[body:end]) {
			continue
		}
		if rest := text[end:min(len(text), end+70)]; strings.HasPrefix(rest, "-----END ") {
			if j := strings.Index(rest[5:], "-----"); j >= 0 {
				end += 5 + j + len("-----")
			}
		}
		out = append(out, Found{Span: source.Span{Start: uint32(start), End: uint32(end)}, What: "a private key", Key: true})
		at = end
	}
}

// maxPEM bounds the text of a private key: one of RSA with 16384 bits takes 13 thousand bytes.
const maxPEM = 1 << 14

// encoded reports whether a text begins with enough lines in base 64 for a key. Headers as "Proc-Type: 4,ENCRYPTED" may stand before.
func encoded(text string) bool {
	const least = 40
	text = strings.NewReplacer(`\n`, "\n", `\r`, "", `"`, " ", "'", " ").Replace(text)
	var body strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.Contains(line, ": ") || line == "" {
			continue
		}
		if !all(strings.TrimRight(line, "="), base64) {
			break
		}
		body.WriteString(line)
	}
	return body.Len() >= least && !placeholder(body.String())
}

// all reports whether a text has bytes of an alphabet only.
func all(text, alphabet string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune(alphabet, r) }) < 0
}

// placeholder reports whether the part of a token that should be random is not: it says so, repeats itself or counts.
func placeholder(text string) bool {
	lower := strings.ToLower(text)
	for _, word := range []string{"example", "placeholder", "changeme", "your", "replace", "xxxx", "0000", "aaaaa", "12345", "abcdef", "deadbeef", "fake", "dummy", "redacted"} {
		// Short words come about by chance in what is long.
		if strings.Contains(lower, word) && (len(word) > 5 || len(text) < 60) {
			return true
		}
	}
	return Entropy(text) < leastEntropy
}

// leastEntropy is the entropy in bits for each byte below which a text of twenty bytes or more is not random. In 16 digits those
// have 3.2 and more, but for one of a million.
const leastEntropy = 2.6

// Entropy returns the entropy of the bytes of a text, in bits for each byte.
func Entropy(text string) float64 {
	var count [256]int
	for i := range len(text) {
		count[text[i]]++
	}
	bits := 0.0
	for _, n := range count {
		if n > 0 {
			share := float64(n) / float64(len(text))
			bits -= share * math.Log2(share)
		}
	}
	return bits
}

// IsPlaceholder reports whether a password or token stands for another: it is empty, a name of a variable, a template, or says that it
// is to be replaced.
func IsPlaceholder(value string) bool {
	value = strings.TrimSpace(value)
	if len(value) == 0 {
		return true
	}
	switch value[0] {
	case '$', '@', '<', '%', '{', '!', '*', '/', '#':
		return true
	}
	lower := strings.ToLower(value)
	for _, scheme := range []string{"file:", "env:", "ext:", "env.", "exec:", "cmd:", "pass:", "op://", "vault:", "https://", "http://", "./", "~/"} {
		if strings.HasPrefix(lower, scheme) {
			return true
		}
	}
	if strings.Trim(lower, "x") == "" || strings.Trim(lower, ".") == "" {
		return true
	}
	return strings.Contains(value, "${") || strings.Contains(value, "{{") || strings.Contains(value, "$(")
}

// IsWeak reports whether a password is one that examples have.
func IsWeak(value string) bool {
	lower := strings.ToLower(strings.Trim(value, " !123.-_"))
	return IsToReplace(lower) || slices.Contains([]string{"password", "passwd", "secret", "pass", "token", "test", "admin", "foo", "bar", "foobar", "hunter", "nixos", "dummy", "fake", "demo",
		"sw2ycwtib9zpoohopsmm", // the default of Grafana
	}, lower)
}

// IsToReplace reports whether a value says of itself that another belongs there.
func IsToReplace(value string) bool {
	lower := strings.ToLower(value)
	return slices.ContainsFunc([]string{"changeme", "change-me", "change_me", "replace", "example", "placeholder", "your", "todo", "fixme", "insert", "redacted"},
		func(word string) bool { return strings.Contains(lower, word) })
}

// names are the last words of names of settings that hold secrets, without what separates words.
var names = []string{
	"password", "passwd", "passphrase", "dbpass", "adminpass", "userpass", "smtppass", "clientsecret", "secretkey", "secretaccesskey", "jwtsecret",
	"sessionsecret", "cookiesecret", "sharedsecret", "apikey", "apisecret", "apitoken", "accesstoken", "authtoken", "bottoken", "admintoken", "astoken", "hstoken",
	"encryptionkey", "masterkey", "privatekey",
}

// longest is the length of the longest of these.
var longest = len(slices.MaxFunc(names, func(a, b string) int { return len(a) - len(b) }))

// mayEnd tells the bytes that a name of a secret may end in: those of the last letters in either case, what separates words, and all that is
// not ASCII.
var mayEnd = func() (of [256]bool) {
	for _, name := range append([]string{"token", "secret", "psk", "-", "_", ".", " "}, names...) {
		last := name[len(name)-1:]
		of[last[0]], of[strings.ToUpper(last)[0]] = true, true
	}
	for c := utf8.RuneSelf; c < len(of); c++ {
		of[c] = true
	}
	return of
}()

// IsName reports whether the name of a setting or attribute says that it holds a secret. It is asked of every attribute, and so allocates
// nothing but for names that are not ASCII.
func IsName(name string) bool {
	if name == "" || !mayEnd[name[len(name)-1]] {
		return false
	}
	if last := name[len(name)-1]; len(name) > 1 && isAlnum(last) && !secretEnds(name[len(name)-2], last) {
		return false
	}
	if strings.IndexFunc(name, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
		name = strings.ToLower(name)
	}
	var room [32]byte
	at := len(room) // the end of the name in lower case, without what separates words, from here on
	for i := len(name) - 1; i >= 0 && len(room)-at <= longest; i-- {
		c := name[i]
		switch {
		case strings.IndexByte("-_. ", c) >= 0:
			continue
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		at--
		room[at] = c
	}
	plain := room[at:]
	switch string(plain) {
	case "token", "secret", "psk":
		return true
	}
	return slices.ContainsFunc(names, func(s string) bool { return len(s) <= len(plain) && string(plain[len(plain)-len(s):]) == s })
}
