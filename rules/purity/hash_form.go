package purity

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "hash-form", Family: family, Since: "0.1.0",
	Summary: "A hash has a length or letters that its algorithm does not give",
	Doc: "Nix takes a hash as `sha256-` with base 64 (SRI), where `=` at the end may be missing, as `sha256:` with base 16, nix32 or base 64, and\n" +
		"in an attribute that names the algorithm without either. Another length, a letter of another alphabet (nix32 has no `e`, `o`, `t`\n" +
		"and `u`), or another algorithm than that of the attribute ends the evaluation.\n" +
		"\n" +
		"Reported in what a fetcher or builder is given. Where only the spelling is wrong, as base 64 for URLs, upper case in nix32, or `sha256-`\n" +
		"before base 16, a fix writes the form that Nix takes; the hash itself is copied wrongly where its length is.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.Binding},
	Node: func(p *rules.Pass, n ast.Node) {
		b := ast.BindingNode{Node: n}
		name := b.Attrpath().LastName()
		if !isHashName(name) || !n.Parent().Is(ast.AttrSet) {
			return
		}
		value := b.Value().Unparen()
		text, whole := ast.StringValue(value)
		if !whole || !value.Is(ast.String) || !looksHashed(text) || !fetches(n.Parent(), true) || documented(n) {
			return
		}
		why, right := misformed(text, algorithmOf(name))
		if why == "" {
			return
		}
		f := diag.Finding{Span: value.Span(), Message: fmt.Sprintf("Nix refuses the hash `%s`: %s", shortened(text), why)}
		if right != "" {
			f.Fixes = []diag.Fix{rules.Replace("write it as Nix takes it", diag.Unsafe, value.Span(), `"`+right+`"`)}
		} else {
			f.Help = "copy it again, or build with `\"\"` once and write the hash that Nix prints behind `got:`"
		}
		p.ReportMildly(f, diag.Hint)
	},
})

// hashSizes are the algorithms of Nix and their sizes in bytes (libutil/include/nix/util/hash.hh).
var hashSizes = map[string]int{"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64, "blake3": 32}

// algorithmOf returns the algorithm that an attribute names, "" where it takes any.
func algorithmOf(name string) string {
	lower := strings.ToLower(name)
	for _, algorithm := range []string{"md5", "sha1", "sha256", "sha512"} {
		if strings.HasSuffix(lower, algorithm) {
			return algorithm
		}
	}
	return ""
}

// The alphabets of hashes (libutil/hash.cc, libutil/base-nix-32.cc).
const (
	base16Letters = "0123456789abcdefABCDEF"
	nix32Letters  = "0123456789abcdfghijklmnpqrsvwxyz"
	base64Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	safeLetters   = base64Letters + "-_"
)

// looksHashed reports whether a text is meant as a hash, and no template or word.
func looksHashed(text string) bool {
	const least = 20
	return len(text) >= least && !isZero(text) && onlyOf(text, safeLetters+"=: ") && strings.ContainsAny(text, "0123456789")
}

// onlyOf reports whether a text consists of letters of an alphabet.
func onlyOf(text, alphabet string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune(alphabet, r) }) < 0
}

// misformed tells why Nix refuses a hash for an attribute with an algorithm, "" where it does not or where that is not known, and how the
// same hash is written right, if only the spelling is wrong.
func misformed(text, algorithm string) (why, right string) {
	i := strings.IndexAny(text, ":-=")
	prefix, body, sri := "", text, false
	if i > 0 && hashSizes[strings.ToLower(text[:i])] > 0 {
		prefix, body, sri = text[:i], text[i+1:], text[i] == '-'
		if text[i] == '=' || prefix != strings.ToLower(prefix) {
			if right := strings.ToLower(prefix) + "-" + body; accepted(right, algorithm) {
				return fmt.Sprintf("it begins with `%s`, not with `%s-`", text[:i+1], strings.ToLower(prefix)), right
			}
			return "", ""
		}
	}
	of := prefix
	switch {
	case of == "" && algorithm == "":
		return "", "" // what the algorithm is may be said elsewhere
	case of == "":
		of = algorithm
	case algorithm != "" && algorithm != prefix:
		return fmt.Sprintf("the attribute is for %s, and this one says `%s`", algorithm, prefix), ""
	}
	size := hashSizes[of]
	if sri {
		if fitsBase64(body, size) {
			return "", ""
		}
		switch {
		case len(body) == 2*size && onlyOf(body, base16Letters):
			return "behind `" + of + "-` stands base 64, and this is base 16", of + ":" + body
		case len(body) == nix32Length(size) && onlyOf(body, nix32Letters):
			return "behind `" + of + "-` stands base 64, and this is nix32", of + ":" + body
		}
		if right := of + "-" + standard(body); accepted(right, algorithm) {
			return "`-` and `_` are letters of base 64 for URLs", right
		}
		return fmt.Sprintf("%s in base 64 has %d letters and `=`, and this has %d", of, (size*8+5)/6, len(strings.TrimRight(body, "="))), ""
	}
	if accepted(text, algorithm) {
		return "", ""
	}
	separator := strings.TrimSuffix(text, body)
	for _, other := range []string{strings.ToLower(body), standard(body), body + "=", body + "==", strings.TrimSpace(body)} {
		if len(body) == 2*size && other == strings.ToLower(body) {
			continue
		}
		if right := separator + other; accepted(right, algorithm) {
			return "it is not spelt as base 16, nix32 or base 64", right
		}
	}
	switch len(body) {
	case 2 * size:
		return "it has the length of base 16 and other letters", ""
	case nix32Length(size):
		return "it has the length of nix32, which has no `e`, `o`, `t` and `u` and no upper case", ""
	}
	return fmt.Sprintf("%s has %d digits in base 16, %d in nix32 or %d letters in base 64, and this has %d", of, 2*size, nix32Length(size), (size+2)/3*4, len(body)), ""
}

// standard returns base 64 for URLs as base 64.
func standard(body string) string { return strings.NewReplacer("-", "+", "_", "/").Replace(body) }

// accepted reports whether Nix takes a hash for an attribute with an algorithm.
func accepted(text, algorithm string) bool {
	of, body := algorithm, text
	i := strings.IndexAny(text, ":-")
	if i > 0 && hashSizes[text[:i]] > 0 {
		if algorithm != "" && algorithm != text[:i] {
			return false
		}
		of, body = text[:i], text[i+1:]
		if text[i] == '-' {
			return fitsBase64(body, hashSizes[of])
		}
	}
	size := hashSizes[of]
	switch len(body) {
	case 2 * size:
		return onlyOf(body, base16Letters)
	case nix32Length(size):
		return onlyOf(body, nix32Letters)
	case (size + 2) / 3 * 4:
		return fitsBase64(body, size)
	}
	return false
}

// nix32Length is the length of a hash in nix32.
func nix32Length(size int) int { return (size*8-1)/5 + 1 }

// fitsBase64 reports whether Nix reads a number of bytes from base 64: it ends at the first =, and leaves line ends out.
func fitsBase64(body string, size int) bool {
	body, _, _ = strings.Cut(body, "=")
	return onlyOf(body, base64Letters) && len(body)*6/8 == size
}
