package nixlang

import (
	"iter"
	"sort"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// UsesIn returns the uses in the subtree of a node, in source order. The result must not be changed.
func UsesIn(names *sema.Info, n ast.Node) []sema.Use {
	uses := names.Uses()
	from := sort.Search(len(uses), func(i int) bool { return uses[i].Node.ID() >= n.ID() })
	end := n.SubtreeEnd()
	to := from + sort.Search(len(uses)-from, func(i int) bool { return uses[from+i].Node.ID() >= end })
	return uses[from:to]
}

// MentionsFree reports whether an expression reads a variable of that name from outside of it: a binding
// of the name put around the expression would catch the use.
func MentionsFree(names *sema.Info, n ast.Node, name string) bool {
	for _, u := range UsesIn(names, n) {
		if text, _ := ast.AttrName(u.Node); text == name && IsFree(names, u, n) {
			return true
		}
	}
	return false
}

// IsFree reports whether a use in the subtree of n refers to something outside of n.
func IsFree(names *sema.Info, u sema.Use, n ast.Node) bool {
	return u.Target != sema.ToBinding || !n.Encloses(names.Binding(u.Binding).Node)
}

// lookupBound is the number of bindings after which Bound and Hidden give up.
const lookupBound = 4096

// Bound returns the binding that a name has in a scope, or nil. In a scope with very many names it may miss one.
func Bound(names *sema.Info, scope sema.ScopeID, name string) *sema.Binding {
	left := lookupBound
	for b := range names.InScope(scope) {
		if b.Name == name {
			return b
		}
		if left--; left == 0 {
			break
		}
	}
	return nil
}

// Hidden reports whether a scope binds a name, so that the global of that name cannot be written there. In
// a scope with very many names it says so without a search.
func Hidden(names *sema.Info, scope sema.ScopeID, name string) bool {
	left := lookupBound
	for b := range names.InScope(scope) {
		if left--; left == 0 || b.Name == name {
			return true
		}
	}
	return false
}

// Builtin returns the name of the builtin function or value that an expression means: map, builtins.map,
// __map, a name inherited from builtins, and one that `with builtins;` provides; builtins may have another name, as in
// let b = builtins. It is empty for anything else.
func Builtin(names *sema.Info, n ast.Node) string {
	n = n.Unparen()
	switch n.Kind() {
	case ast.Ident:
		u, ok := names.Use(n)
		if !ok {
			return ""
		}
		text := n.Text()
		switch u.Target {
		case sema.ToGlobal:
			if len(text) > 2 && text[:2] == "__" {
				return text[2:]
			}
			return text
		case sema.ToBinding:
			b := names.Binding(u.Binding)
			if in, ok := ast.AsInherit(b.Decl); ok && in.From().IsValid() && IsBuiltins(names, in.From()) && sema.IsBuiltin(b.Name) {
				return b.Name
			}
		case sema.ToWith:
			if IsBuiltins(names, InnermostWith(names, u.Scope)) && sema.IsBuiltin(text) {
				return text
			}
		}
	case ast.Select:
		s := ast.SelectExpr{Node: n}
		part := s.Attrpath().FirstChild()
		if s.Default().IsValid() || part.NextSibling().IsValid() || !IsBuiltins(names, s.Operand()) {
			return ""
		}
		if name, ok := ast.AttrName(part); ok && sema.IsBuiltin(name) {
			return name
		}
	}
	return ""
}

// Function returns the name of the builtin, or else of the value of nixpkgs' lib, that an expression means; "" for anything else.
func Function(names *sema.Info, n ast.Node) string {
	if name := Builtin(names, n); name != "" {
		return name
	}
	return Lib(names, n)
}

// Constant returns the name of the global true, false or null that an expression is, as builtins.true is, too; "" for others. The names are
// asked for only where the expression looks like one.
func Constant(names func() *sema.Info, n ast.Node) string {
	n = n.Unparen()
	if !n.Is(ast.Ident) && !n.Is(ast.Select) {
		return ""
	}
	switch text := ast.LastName(n); text {
	case "true", "false", "null":
		if Builtin(names(), n) == text {
			return text
		}
	}
	return ""
}

// BuiltinNames returns the names that builtins have where Builtin tells them: with underscores, too.
func BuiltinNames(builtins ...string) (names []string) {
	for _, name := range builtins {
		names = append(names, name, "__"+name)
	}
	return names
}

// maxAlias is the number of names after which IsBuiltins gives up.
const maxAlias = 4

// IsBuiltins reports whether an expression is the set of builtins, under a name of the file's own, too.
func IsBuiltins(names *sema.Info, n ast.Node) bool {
	for range maxAlias {
		if n = n.Unparen(); !n.Is(ast.Ident) {
			return false
		}
		if names.IsGlobal(n, "builtins") {
			return true
		}
		b := names.Resolve(n)
		if b == nil || !b.Value.IsValid() {
			return false
		}
		n = b.Value
	}
	return false
}

// InnermostWith returns the attrset of the nearest with around a scope, which hides those of all others.
func InnermostWith(names *sema.Info, scope sema.ScopeID) ast.Node {
	for env := range withs(names, scope) {
		return env
	}
	return ast.Node{}
}

// maxScopes bounds how many scopes outward withs are looked for.
const maxScopes = 256

// withs yields the attrsets of the withs around a scope, from the nearest outward, and an invalid node where there may be more.
func withs(names *sema.Info, scope sema.ScopeID) iter.Seq[ast.Node] {
	return func(yield func(ast.Node) bool) {
		for range maxScopes {
			if scope == 0 {
				return
			}
			s := names.Scope(scope)
			if s.Node.Is(ast.With) && !yield(ast.WithExpr{Node: s.Node}.Env()) {
				return
			}
			scope = s.Parent
		}
		yield(ast.Node{})
	}
}

// onlyWith returns the attrset of the one with around a scope; ok is false where there are several.
func onlyWith(names *sema.Info, scope sema.ScopeID) (env ast.Node, ok bool) {
	for with := range withs(names, scope) {
		if ok || !with.IsValid() {
			return ast.Node{}, false
		}
		env, ok = with, true
	}
	return env, ok
}
