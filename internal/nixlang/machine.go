package nixlang

import (
	"slices"
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

// laterNames end the names of attributes, in lower case, that hold the name of what a service reads at run time.
var laterNames = []string{
	"passwordfile", "passwordfiles", "keyfile", "keyfiles", "keypath", "tokenfile", "secretfile", "secretsfile", "credentialsfile", "environmentfile", "environmentfiles",
	"envfile", "passphrasefile", "privatekeyfile", "datadir", "statedir", "logdir", "cachedir", "logfile", "pidfile", "socket", "mountpoint",
}

// sameAsText take a path or its text alike.
var sameAsText = []string{"toString", "import", "readFile", "readDir", "pathExists", "baseNameOf"}

// OnlyText reports whether a path literal surely is used as text, so that quoting it changes nothing that is copied to the store:
// it is an argument of such a function, or the value of an attribute, itself or in a list, whose name says that what it names is
// read at run time.
func OnlyText(n ast.Node) bool {
	at := n.OutsideParens()
	if call, ok := ast.AsApply(at.Parent()); ok {
		return call.Arg() == at && slices.Contains(sameAsText, ast.LastName(call.Func()))
	}
	if at.Parent().Is(ast.List) {
		at = at.Parent().OutsideParens()
	}
	b, ok := ast.AsBinding(at.Parent())
	if !ok || !b.Parent().Is(ast.AttrSet) || b.Parent().IsRec() {
		return false
	}
	name := strings.ToLower(b.Attrpath().LastName())
	return slices.ContainsFunc(laterNames, func(end string) bool { return strings.HasSuffix(name, end) })
}
