package ast_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/ast"
)

func TestShellExpansion(t *testing.T) {
	for _, text := range []string{
		"${VAR:-x}", "${VAR:-}", "${VAR:-$HOME}", "${VAR:-${X:-y}}", `${VAR:-"x"}`, "${VAR-x}", "${VAR:=x}", "${v=x}", "${v:?x}", "${v?}", "${v+x}",
		"${var:0:3}", "${var: -1}", "${@:2}", "${#n}", "${#a[@]}", "${#}", "${#@}", "${a[@]}", "${a[*]}", "${a[0]}", "${a[$i]}", "${v%.*}", "${v%%.*}",
		"${v#*/}", "${v##*/}", "${v//a/b}", "${v/ /_}", "${v/#a/b}", "${!x}", "${!x@}", "${!a[@]}", "${v^^}", "${v,,}", "${v@Q}", "${1}", "${10}",
		"${1:-x}", "${@}", "${*}", "${?}", "${$}", "${-}", `${v%\}}`,
	} {
		assert.Equal(t, len(text), ast.ShellExpansion(text+" rest }"), text)
	}
	for _, text := range []string{
		"", "$", "${", "${}", "${name}", "${name", "${a.b}", "${a-b.c", "${ a:-b }", "${a b}", "${a: b}", "${a: a + 1}", "${a:b}", "${(a)}", "${toString 1}",
		"${http://x}", "${9223372036854775808}", "${a == b}", "${a ++ b}", "${./a}", "${a[", "${a@b}", "${v:-''}", `${v:-"}`, "${v:-\n}", "$${v:-x}",
		"${v:-" + strings.Repeat("x", 300) + "}",
	} {
		assert.Zero(t, ast.ShellExpansion(text), text)
	}
}
