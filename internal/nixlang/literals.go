package nixlang

import (
	"sort"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// schemes are URL schemes that are written without //, those of flake references among them.
const schemes = " github gitlab sourcehut flake path indirect mailto data magnet urn channel tarball file git hg tel sip xmpp irc "

// IsURL reports whether the text of a URL literal is meant as one: it has // or a known scheme, or a dot
// with a slash behind it. What else Nix takes for a URL, such as x:y or self:super.a, is more likely a
// function without its blank, and so is what repeats its scheme, path:path.name.
func IsURL(text string) bool {
	scheme, rest, ok := strings.Cut(text, ":")
	if !ok {
		return false
	}
	if again, ok := strings.CutPrefix(rest, scheme); ok && (again == "" || !ast.IsIdentifier("x"+again[:1])) {
		return false
	}
	if strings.HasPrefix(rest, "//") || strings.Contains(schemes, " "+scheme+" ") || strings.Contains(scheme, "+") {
		return true
	}
	_, behind, dotted := strings.Cut(rest, ".")
	return dotted && strings.Contains(behind, "/")
}

// IsShortPath reports whether a Path is written without a leading /, ./, ../ or ~/: foo/bar. Nix 2.34 warns
// about these with lint-short-path-literals.
func IsShortPath(n ast.Node) bool {
	if !n.Is(ast.Path) {
		return false
	}
	text := n.FirstToken().Text()
	return !strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "./") && !strings.HasPrefix(text, "../") && !strings.HasPrefix(text, "~/")
}

// LooksDivided reports whether a short path looks like a quotient: two numbers, or two operands each of which
// is a number, a variable in scope or a selection from one. What import or callPackage is given does not, nor
// does a source.
func LooksDivided(names *sema.Info, n ast.Node) bool {
	if !IsShortPath(n) || n.FirstChild().IsValid() {
		return false
	}
	left, right, ok := strings.Cut(n.Text(), "/")
	if !ok || strings.Contains(right, "/") {
		return false
	}
	left = strings.TrimPrefix(left, "-")
	if strings.Contains(right, ".") && ast.IsIdentifier(left) && !isNumber(right[:1]) {
		return false // dir/file.nix
	}
	scope := ScopeAt(names, n)
	return isOperand(names, scope, left) && isOperand(names, scope, right) && !wantsPath(n)
}

// isOperand reports whether text is a number, or a variable in scope or a selection from one.
func isOperand(names *sema.Info, scope sema.ScopeID, text string) bool {
	whole, fraction, dotted := strings.Cut(text, ".")
	if isNumber(whole) {
		return !dotted || isNumber(fraction)
	}
	for part := range strings.SplitSeq(text, ".") {
		if !ast.IsIdentifier(part) {
			return false
		}
	}
	return Bound(names, scope, whole) != nil
}

func isNumber(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// wantsPath reports whether a path is expected where n stands: as the argument of import, callPackage or a
// builtin that reads files, as a source, or in a list of imports.
func wantsPath(n ast.Node) bool {
	at := n.OutsideParens()
	up := at.Parent()
	if call, ok := ast.AsApply(up); ok && call.Arg() == at {
		switch ast.LastName(call.Func()) {
		case "import", "callPackage", "readFile", "readDir", "pathExists", "readFileType", "baseNameOf":
			return true
		}
		return false
	}
	if up.Is(ast.List) {
		up = up.OutsideParens().Parent()
	}
	if b, ok := ast.AsBinding(up); ok {
		path := b.Attrpath()
		return path.IsSingle("src") || path.IsSingle("imports")
	}
	return false
}

// maxNesting is the number of nodes around a node up to which its scope is looked for.
const maxNesting = 1024

// ScopeAt returns the innermost scope that a node stands in; the outermost one for a node in very many others,
// as in a chain of thousands of operators.
func ScopeAt(names *sema.Info, n ast.Node) sema.ScopeID {
	below, left := n, maxNesting
	for a := range n.Ancestors() {
		if left--; left == 0 {
			break
		}
		switch a.Form() {
		case ast.With:
			// The attrset of a with does not see its names.
			if a.FirstChild() == below {
				break
			}
			fallthrough
		case ast.Let, ast.LegacyLet, ast.Lambda:
			if id, ok := names.ScopeOf(a); ok {
				return id
			}
		case ast.AttrSet:
			if id, ok := names.ScopeOf(a); ok && a.IsRec() {
				return id
			}
		}
		below = a
	}
	return 0
}

// PatternSigns are the signs that a backslash may stand before in a regular expression (libstdc++,
// bits/regex_scanner.tcc).
const PatternSigns = `.[\()*+?{|^$`

// InPattern reports whether a string is a regular expression or a piece of one: an argument of builtins.match or
// split or of types.strMatching, or bound by let to a name whose only use is that.
func InPattern(names *sema.Info, text ast.Node) bool {
	for range maxNesting {
		at := text.OutsideParens()
		up := at.Parent()
		switch {
		case up.Is(ast.Binary) && up.Op() == ast.OpAdd:
			text = up
			continue
		case up.IsCall():
			call := ast.ApplyExpr{Node: up}
			return call.Arg() == at && takesPattern(names, call.Func().Unparen())
		case up.Is(ast.Binding) && up.Parent().Is(ast.Bindings):
			use := onlyUse(names, up)
			if !use.IsValid() {
				return false
			}
			text = use
			continue
		}
		return false
	}
	return false
}

// takesPattern reports whether a function takes a regular expression first.
func takesPattern(names *sema.Info, fn ast.Node) bool {
	switch Builtin(names, fn) + Lib(names, fn) {
	case "match", "split":
		return true
	}
	return ast.LastName(fn) == "strMatching"
}

// onlyUse returns the one use of the name that a definition of a let binds, or an invalid node.
func onlyUse(names *sema.Info, binding ast.Node) ast.Node {
	scope, ok := names.ScopeOf(binding.Parent().Parent())
	if !ok {
		return ast.Node{}
	}
	s := names.Scope(scope)
	i := s.First + sema.BindingID(sort.Search(int(s.Last-s.First)+1, func(i int) bool {
		return names.Binding(s.First+sema.BindingID(i)).Node.ID() >= binding.ID()
	}))
	if i > s.Last || names.Binding(i).Decl != binding || names.Binding(i).More {
		return ast.Node{}
	}
	var only ast.Node
	for u := range names.UsesOf(i) {
		if only.IsValid() {
			return ast.Node{}
		}
		only = u.Node
	}
	return only
}
