package module

import (
	"strings"

	"github.com/nixsift/nixsift/internal/libtable"
)

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// isLibName reports whether nixpkgs' lib has, or had, a name: what with lib; can bind.
func isLibName(name string) bool {
	return libtable.Lookup(name) != nil || libtable.IsDeprecatedName(name)
}
