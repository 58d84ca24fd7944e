package flake

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFaults finds what is wrong with an input, and the rest of the input beside it.
func TestFaults(t *testing.T) {
	for src, want := range map[string]struct {
		kinds []FaultKind
		ref   string
	}{
		`url = "github:o/a";`:                                          {nil, "github:o/a"},
		`url = "github:o/a"; follow = "b";`:                            {[]FaultKind{FaultUnknown}, "github:o/a"},
		`url = "github:o/a"; ref = "main";`:                            {[]FaultKind{FaultNoType}, "github:o/a"},
		`url = "github:o/a"; ref = x;`:                                 {nil, "github:o/a"},
		`url = "github:o/a"; editor.url = "github:o/e";`:               {[]FaultKind{FaultNested}, "github:o/a"},
		`url = "github:o/a"; b.follows = "b";`:                         {[]FaultKind{FaultOverride}, "github:o/a"},
		`url = "github:o/a"; flake = "false";`:                         {[]FaultKind{FaultType}, "github:o/a"},
		`url = "github:o/a"; inputs = [ ];`:                            {[]FaultKind{FaultType}, "github:o/a"},
		`url = [ ];`:                                                   {[]FaultKind{FaultType}, ""},
		`follows = 1;`:                                                 {[]FaultKind{FaultType}, ""},
		`nix.url = "github:o/a";`:                                      {[]FaultKind{FaultNested}, ""},
		`owner = "o"; repo = "a";`:                                     {[]FaultKind{FaultNoType, FaultNoType}, ""},
		`type = "github"; owner = "o"; repo = "a"; tag = "x";`:         {[]FaultKind{FaultUnknown}, "github:o/a"},
		`type = "github"; owner = "o";`:                                {[]FaultKind{FaultMissing}, "github:o/"},
		`type = "gitbuh"; owner = "o";`:                                {[]FaultKind{FaultFetcher}, ""},
		`type = "git"; url = "https://h/a"; submodules = 1;`:           {[]FaultKind{FaultType}, "git+https://h/a"},
		`type = "git"; url = "https://h/a"; publicKeys = [ { } ];`:     {nil, ""},
		`type = t; owner = "o"; repo = "a"; whatever = 1; ref = null;`: {[]FaultKind{FaultType}, ""},
	} {
		in := read(`{ inputs.a = { ` + src + ` }; outputs = _: { }; }`).Input("a")
		var kinds []FaultKind
		for _, f := range in.Faults {
			kinds = append(kinds, f.Kind)
			assert.True(t, f.Node.IsValid(), src)
		}
		assert.ElementsMatch(t, want.kinds, kinds, src)
		got := ""
		if !in.Ref.IsZero() {
			got = in.Ref.String()
		}
		assert.Equal(t, want.ref, got, src)
	}
	dotted := read(`{ inputs.a.b.nix.url = "github:o/a"; outputs = _: { }; }`).Input("a")
	require.Len(t, dotted.Faults, 1)
	assert.Equal(t, FaultDot, dotted.Faults[0].Kind)
	assert.Equal(t, "a.b.nix", dotted.Faults[0].Name)
	twice := read(`{ inputs.inputs = { a.url = "github:o/a"; b.url = "github:o/b"; }; outputs = _: { }; }`).Input("inputs")
	require.Len(t, twice.Faults, 1)
	assert.Equal(t, FaultExtraInputs, twice.Faults[0].Kind)
}
