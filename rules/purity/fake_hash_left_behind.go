package purity

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "fake-hash-left-behind", Family: family, Since: "0.1.0",
	Summary: "A hash is a placeholder",
	Doc: "`lib.fakeHash`, `sha256-AAAA…=`, zeros and an empty string stand for a hash that is not known: the build fails with \"hash\n" +
		"mismatch\", and prints the right one. Write that in its place.\n" +
		"\n" +
		"Reported as the value of `hash`, `sha256`, `vendorHash` and the like in what a fetcher or builder is given. Behind `or`, in\n" +
		"a condition or a table by versions it is a fallback, and left alone, and so are examples of options. In tests, examples and\n" +
		"templates it is a hint.",
	Severity: diag.Warning, Presets: rules.Recommended,
	On: []ast.Kind{ast.Binding},
	Node: func(p *rules.Pass, n ast.Node) {
		b := ast.BindingNode{Node: n}
		name := b.Attrpath().LastName()
		if !isHashName(name) || !n.Parent().Is(ast.AttrSet) {
			return
		}
		value := b.Value().Unparen()
		what := ""
		switch text, whole := ast.StringValue(value); {
		case whole && text == "":
			what = emptyHash
		case whole && isZero(text):
			what = "the hash `" + shortened(text) + "`"
		case !whole && strings.HasPrefix(ast.LastName(value), "fake"):
			if lib := nixlang.Lib(p.Names(), value); lib == "fakeHash" || lib == "fakeSha256" || lib == "fakeSha512" {
				what = "`" + lib + "`"
			}
		}
		if what == "" || !fetches(n.Parent(), what == emptyHash) || documented(n) {
			return
		}
		p.ReportMildly(diag.Finding{
			Span: value.Span(), Message: fmt.Sprintf("%s is a placeholder: the build fails with a hash mismatch", what),
			Help: "build it once, and write the hash that Nix prints behind `got:`",
		}, diag.Hint)
	},
})

const emptyHash = "an empty hash"

// isZero reports whether a hash of any algorithm and encoding has zeros only (libutil/hash.cc: base 16, nix32, base 64, SRI).
func isZero(text string) bool {
	if i := strings.IndexAny(text, "-:"); i >= 0 {
		if !slices.Contains([]string{"md5", "sha1", "sha256", "sha512", "blake3"}, text[:i]) {
			return false
		}
		text = text[i+1:]
	}
	text = strings.TrimRight(text, "=")
	switch len(text) {
	case 22, 27, 43, 86:
		return strings.Trim(text, "A") == ""
	case 26, 32, 40, 52, 64, 103, 128:
		return strings.Trim(text, "0") == ""
	}
	return false
}

// shortened returns a hash as messages name it.
func shortened(text string) string {
	const shown = 14
	if len(text) > shown {
		return text[:shown] + "…"
	}
	return text
}

// fetches reports whether a set is what a fetcher or builder is given; an empty hash is one only of those that are known.
func fetches(set ast.Node, empty bool) bool {
	at := set.OutsideParens()
	if fn := at.Parent(); fn.Is(ast.Lambda) { // mkDerivation (finalAttrs: { … })
		at = fn.OutsideParens()
	}
	call, ok := ast.AsApply(at.Parent())
	if ok && call.Arg() == at {
		name := ast.LastName(call.Func())
		if strings.HasPrefix(name, "fetch") || strings.HasPrefix(name, "build") || name == "mkDerivation" || name == "derivation" || name == "overrideAttrs" {
			return true
		}
	}
	if empty {
		return false
	}
	names, _, _ := attributes(set)
	return slices.ContainsFunc(names, func(name string) bool { return name == "url" || name == "urls" || name == "repo" || name == "pname" })
}
