package flake

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestOutputSets(t *testing.T) {
	for body, want := range map[string][]string{
		`{ a = 1; b.c = 2; b.d = 3; }`:                                                 {"0:a", "0:b"},
		`let x = 1; in with x; assert true; (rec { a = x; })`:                          {"0:a"},
		`{ a = 1; } // { b = 1; } // f { c = 1; }`:                                     {"0:a", "0:b"},
		`if x then { a = 1; } else { b = 1; }`:                                         {"0:a", "0:b"},
		`lib.recursiveUpdate { a = 1; } { b = 1; }`:                                    {"0:a", "0:b"},
		`utils.lib.eachDefaultSystem (system: let p = 1; in { a = p; }) // { b = 1; }`: {"0:b", "1:a"},
		`eachSystem [ "x" ] (system: { a = 1; })`:                                      {"1:a"},
		`eachSystem { a = 1; }`:                                                        nil,
		`parts.lib.mkFlake { inherit inputs; } { systems = [ ]; flake.a = 1; flake.b.c = 1; perSystem = { pkgs, ... }: { d = 1; }; }`:        {"0:a", "0:b", "2:d"},
		`parts.lib.mkFlake { inherit inputs; } ({ self, ... }: { flake = { a = 1; } // { b = 1; }; perSystem = let x = 1; in { d = x; }; })`: {"0:a", "0:b", "2:d"},
		`import ./outputs.nix inputs`: nil,
		`x: { a = 1; }`:               nil,
	} {
		var got []string
		for _, s := range read(`{ outputs = inputs: ` + body + `; }`).OutputSets() {
			for _, a := range s.Attr.Subs {
				got = append(got, string('0'+rune(s.Scope))+":"+a.Name)
			}
		}
		slices.Sort(got)
		assert.Equal(t, want, got, body)
	}
	assert.Nil(t, read(`{ outputs = import ./o.nix; }`).OutputSets())
}
