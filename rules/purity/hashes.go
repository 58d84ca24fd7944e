package purity

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// isHashName reports whether an attribute of a fetcher or builder holds the hash of what is fetched: hash, sha256, vendorHash,
// cargoSha256.
func isHashName(name string) bool {
	if name == "" || strings.IndexByte("hH1265", name[len(name)-1]) < 0 {
		return false
	}
	lower := strings.ToLower(name)
	return strings.HasSuffix(lower, "hash") || strings.HasSuffix(lower, "sha1") || strings.HasSuffix(lower, "sha256") || strings.HasSuffix(lower, "sha512") || lower == "md5"
}

// fetchers are functions of nixpkgs that fetch what a hash pins, with the attributes of which one tells where from.
var fetchers = map[string][]string{
	"fetchurl": {"url", "urls"}, "fetchzip": {"url", "urls"}, "fetchpatch": {"url"}, "fetchpatch2": {"url"}, "fetchgit": {"url"}, "fetchsvn": {"url"},
	"fetchhg": {"url"}, "fetchFromGitHub": {"repo"}, "fetchFromGitLab": {"repo"}, "fetchFromGitea": {"repo"}, "fetchFromForgejo": {"repo"},
	"fetchFromCodeberg": {"repo"}, "fetchFromSourcehut": {"repo"}, "fetchFromBitbucket": {"repo"}, "fetchFromSavannah": {"repo"}, "fetchFromGitiles": {"url"},
}

// fetcher returns the name of the fetcher of nixpkgs that a function is, as far as the name tells: one of a set of packages, or
// an argument, not a function of the file's own. It is "" for others.
func fetcher(names *sema.Info, fn ast.Node) string {
	fn = fn.Unparen()
	name := ast.LastName(fn)
	if fetchers[name] == nil || nixlang.Builtin(names, fn) != "" {
		return ""
	}
	switch fn.Kind() {
	case ast.Select:
		if (ast.SelectExpr{Node: fn}).Default().IsValid() {
			return ""
		}
		if b := names.Resolve((ast.SelectExpr{Node: fn}).Operand().Unparen()); b != nil && nixlang.IsBuiltins(names, defaultOf(b)) {
			return ""
		}
		return name
	case ast.Ident:
		u, ok := names.Use(fn)
		if !ok {
			return ""
		}
		if u.Target == sema.ToWith {
			return name // nixlang.Builtin has ruled out with builtins
		}
		b := names.Resolve(fn)
		if b == nil {
			return ""
		}
		in, inherited := ast.AsInherit(b.Decl)
		if d := defaultOf(b); d.IsValid() && nixlang.Builtin(names, d) == name {
			return ""
		}
		if b.Kind == sema.FormalBinding || inherited && in.From().IsValid() && !nixlang.IsBuiltins(names, in.From()) {
			return name
		}
	}
	return ""
}

// fetcherCall returns the set that a call of a fetcher of nixpkgs is given, with the name of that; "" for other calls.
func fetcherCall(names *sema.Info, call ast.ApplyExpr) (name string, set ast.Node) {
	set = call.Arg().Unparen()
	if !set.Is(ast.AttrSet) {
		return "", set
	}
	return fetcher(names, call.Func()), set
}

// defaultOf returns the default of an argument, which is what it is where nobody passes another. It is invalid where there is none.
func defaultOf(b *sema.Binding) ast.Node {
	if !b.Decl.Is(ast.Formal) {
		return ast.Node{}
	}
	return ast.FormalNode{Node: b.Decl}.Default()
}

// attributes returns the names of the attributes of a set, and their values where they are not inherited; ok is false where some
// are computed.
func attributes(set ast.Node) (names []string, values map[string]ast.Node, ok bool) {
	values = map[string]ast.Node{}
	for c := range set.Children() {
		if in, inherited := ast.AsInherit(c); inherited {
			for part := range in.Names() {
				name, static := ast.AttrName(part)
				if !static {
					return nil, nil, false
				}
				names = append(names, name)
			}
			continue
		}
		b, isBinding := ast.AsBinding(c)
		if !isBinding {
			return nil, nil, false
		}
		name, static := ast.AttrName(b.Attrpath().FirstChild())
		if !static {
			return nil, nil, false
		}
		names = append(names, name)
		if b.Attrpath().IsSingle(name) {
			values[name] = b.Value().Unparen()
		}
	}
	return names, values, true
}

// documented reports whether an expression is only shown to people: the example of an option, and its kin.
func documented(n ast.Node) bool {
	left := 64
	for up := n.Parent(); up.IsValid() && left > 0; up, left = up.Parent(), left-1 {
		if b, ok := ast.AsBinding(up); ok {
			if name := b.Attrpath().LastName(); name == "expected" || modsys.IsDocumentation(name) {
				return true
			}
		}
	}
	return false
}
