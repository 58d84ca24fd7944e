package purity

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
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
		case !whole:
			if name := fakeHash(p.Names(), value, maxAliases); name != "" {
				what = "`" + name + "`"
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

// maxAliases bounds the variables that stand for one another.
const maxAliases = 4

// fakeHash returns the name of the placeholder of lib that an expression is, of nixpkgs' lib or of that of some packages, or "".
func fakeHash(names *sema.Info, n ast.Node, aliases int) string {
	n = n.Unparen()
	if with, ok := ast.AsWith(n); ok {
		n = with.Body().Unparen()
	}
	if b := names.Resolve(n); b != nil && aliases > 0 && b.Kind == sema.LetBinding && !b.More && b.Value.IsValid() {
		return fakeHash(names, b.Value, aliases-1)
	}
	name := ast.LastName(n)
	switch name {
	case "fakeHash", "fakeSha256", "fakeSha512":
	default:
		return ""
	}
	if nixlang.Lib(names, n) != "" {
		return name
	}
	var from ast.Node
	if s, ok := ast.AsSelect(n); ok && !s.Default().IsValid() {
		if _, single := s.Attrpath().Single(); !single {
			if s.Holder() == "lib" && !isWritten(names, s.Operand()) {
				return name
			}
			return ""
		}
		from = s.Operand()
	} else if u, ok := names.Use(n); ok && u.Target == sema.ToWith {
		from = nixlang.InnermostWith(names, u.Scope)
	} else if ok && u.Target == sema.ToBinding {
		if in, ok := ast.AsInherit(names.Binding(u.Binding).Decl); ok {
			from = in.From()
		}
	}
	if from.IsValid() && isLibOf(names, from, aliases) {
		return name
	}
	return ""
}

// isLibOf reports whether an expression is the attribute lib of what the file does not write out itself.
func isLibOf(names *sema.Info, n ast.Node, aliases int) bool {
	n = n.Unparen()
	if b := names.Resolve(n); b != nil && aliases > 0 && b.Kind == sema.LetBinding && !b.More {
		if in, ok := ast.AsInherit(b.Decl); ok {
			return b.Name == "lib" && in.From().IsValid() && !isWritten(names, in.From())
		}
		return b.Value.IsValid() && isLibOf(names, b.Value, aliases-1)
	}
	s, ok := ast.AsSelect(n)
	return ok && !s.Default().IsValid() && ast.LastName(n) == "lib" && !isWritten(names, s.Operand())
}

// isWritten reports whether an expression is a set that the file writes out, or a variable bound to one.
func isWritten(names *sema.Info, n ast.Node) bool {
	n = n.Unparen()
	if b := names.Resolve(n); b != nil {
		n = b.Value.Unparen()
	}
	return n.Is(ast.AttrSet)
}

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
