package eval

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// TestRestsOnLib: what fails only where lib is nixpkgs' own says so, be it another file that takes it from this one.
func TestRestsOnLib(t *testing.T) {
	files := map[string]string{
		"/make.nix":  `lib: { make = x: lib.optional x 1; many = x: lib.length x; }`,
		"/plain.nix": `{ make = x: builtins.length x; }`,
	}
	lowered := func(path, text string) *Code {
		tree := parser.Parse(text)
		require.Empty(t, tree.Errors(), text)
		return Lower(tree, path, sema.Resolve(tree))
	}
	imports := func(path string) *Code {
		if files[path] == "" {
			return nil
		}
		return lowered(path, files[path])
	}
	for text, rests := range map[string]bool{
		`{ lib }: { a = lib.optional "x" 1; }`:                                          true,
		`{ lib }: { a = builtins.length "x"; }`:                                         false,
		`{ lib }: { a = lib.id 1; b = builtins.length "x"; }`:                           false,
		`lib: let inherit (import ./make.nix lib) make; in { a = make "x"; }`:           true,
		`{ lib }: { a = (import ./make.nix lib).many 1; }`:                              true,
		`{ lib }: { a = (import ./make.nix lib).made; }`:                                false,
		`{ lib }: { a = (import ./plain.nix).make "x"; }`:                               false,
		`{ lib, a }: { b = a && lib.optional a 1; }`:                                    true,
		`{ lib, a }: { b = a && [ ]; c = lib.id 1; }`:                                   false,
		`{ lib, a }: let f = c: c && a; in { b = f (lib.optional a 1); c = lib.id 1; }`: true,
	} {
		code := lowered("/x.nix", text)
		ev := NewEvaluation()
		ev.Import = imports
		findings, _ := Examine(ev, code)
		require.Len(t, findings, 1, text)
		require.Equal(t, rests, findings[0].RestsOnLib(code, imports), text)
	}
}
