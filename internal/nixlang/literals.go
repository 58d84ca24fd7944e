package nixlang

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// schemes are URL schemes that are written without //, those of flake references among them.
const schemes = " github gitlab sourcehut flake path indirect mailto data magnet urn channel tarball file git hg "

// IsURL reports whether the text of a URL literal is meant as one: it has // or a known scheme, or a dot
// with a slash behind it. What else Nix takes for a URL, such as x:y or self:super.a, is more likely a
// function without its blank.
func IsURL(text string) bool {
	scheme, rest, ok := strings.Cut(text, ":")
	if !ok {
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
// is a number or a variable in scope.
func LooksDivided(names *sema.Info, n ast.Node) bool {
	if !IsShortPath(n) || n.FirstChild().IsValid() {
		return false
	}
	left, right, ok := strings.Cut(n.Text(), "/")
	if !ok || strings.Contains(right, "/") {
		return false
	}
	scope := ScopeAt(names, n)
	for _, operand := range []string{left, right} {
		if !isNumber(operand) && !(ast.IsIdentifier(operand) && Hidden(names, scope, operand)) {
			return false
		}
	}
	return true
}

func isNumber(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// ScopeAt returns the innermost scope that a node stands in.
func ScopeAt(names *sema.Info, n ast.Node) sema.ScopeID {
	below := n
	for a := range n.Ancestors() {
		switch a.Kind() {
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
