package nixlang

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// roots are the folders that machines have at their root, but for /lib and /share, which code appends to others.
const roots = " Applications Library System Users bin boot cdrom data dev etc home media mnt nix opt persist persistent private proc root run " +
	"sbin srv sys tmp usr var "

// OfMachine reports whether a path is absolute and begins with a folder that machines have at their root.
func OfMachine(path string) bool {
	if !strings.HasPrefix(path, "/") {
		return false
	}
	first, _, _ := strings.Cut(path[1:], "/")
	return first != "" && strings.Contains(roots, " "+first+" ")
}

// Appended reports whether a path is the right operand of +, which takes it as text: nixpkgs + /etc/x.
func Appended(n ast.Node) bool {
	at := n.OutsideParens()
	up := at.Parent()
	return up.Is(ast.Binary) && up.Op() == ast.OpAdd && up.FirstChild() != at && !up.FirstChild().Unparen().Is(ast.String)
}
