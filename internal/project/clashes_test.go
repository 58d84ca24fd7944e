package project

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestStrongerLooksAtItsOption lets two files disagree about many options, of which a third one forces one, beside many others: for each
// option, what is forced under other names is not looked at.
func TestStrongerLooksAtItsOption(t *testing.T) {
	const n = 50
	set := func(line string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, line, i)
		}
		return "{ lib, ... }: { " + b.String()
	}
	dir := testenv.Tree(t, map[string]string{
		"flake.nix": `{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ./b.nix ]; }; }; }`,
		"a.nix":     set("services.s%d.enable = true; ") + "}",
		"b.nix":     set("services.s%d.enable = false; ") + "}",
		"c.nix":     set("services.other.o%d = lib.mkForce 1; ") + "services.s7 = lib.mkForce { }; }",
	})
	a := New(workspace.OS).View(filepath.Join(dir, "flake.nix")).Answers()
	found := a.Clashes(filepath.Join(dir, "a.nix"))
	require.Len(t, found, n)
	forced := modules.in(a).forced.get(func() *forcedNode { panic("it is made with the answer") })
	asked := 0
	for _, c := range found {
		assert.Equal(t, c.Path[1] == "s7", c.Unsure, c.Path)
		forced.around(c.Path, 100, func(string) bool {
			asked++
			return true
		})
	}
	assert.Equal(t, 1, asked)
	forced.around([]string{"services"}, 100, func(string) bool {
		asked++
		return true
	})
	assert.Equal(t, 1+n+1, asked, "what lies below a set belongs to it")
	forced.around([]string{"services"}, 50, func(string) bool { panic("they are not stronger than each other") })
}
