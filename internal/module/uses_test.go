package module

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
)

// TestUses packs the uses of a file and compares them with what they are made of.
func TestUses(t *testing.T) {
	f := analyze(`{ config, lib, name, ... }: let cfg = config.my.web; in {
		my.web = { port = -80; host = "ä"; "a.b".c = lib.mkForce true; d = lib.mkIf cfg.on [ 1 ]; };
		my.${name}.x = 1;
		home-manager.users.kim.programs.git.enable = cfg.a.b or (config ? my.b);
		inherit (config.other) one two;
		deep.` + strings.Repeat("very", 60) + `.e = config.my.${name}.x;
	}`)
	defined, reads := f.DefinedOptions(), f.ReadOptions()
	require.Len(t, defined, 9)
	require.Len(t, reads, 6)
	n, exact := 0, []string{}
	for i, u := range f.Uses().Each() {
		require.Equal(t, n, i)
		n++
		if i >= len(defined) {
			r := reads[i-len(defined)]
			assert.Equal(t, Use{Path: append([]string{}, r.Path...), Spans: u.Spans, Node: r.Node.Span(), Cut: r.Cut, Guarded: r.Guarded}, *u)
			for j := range u.Path {
				want := source.Span{}
				if own := j - len(r.Path) + len(r.Parts); own >= 0 {
					want = r.Parts[own].Span()
				}
				assert.Equal(t, want, u.Spans[j], r.Path)
			}
			continue
		}
		d := defined[i]
		assert.Equal(t, Use{
			Path: append([]string{}, d.Path...), Spans: u.Spans, Node: d.Node.Span(), Defined: true, Cut: d.Cut, Priority: d.Priority, Value: u.Value,
		}, *u)
		for j, part := range d.Parts {
			assert.Equal(t, part.Span(), u.Spans[j], d.Path)
		}
		if u.Value.Exact {
			exact = append(exact, strings.Join(u.Path, ".")+" = "+u.Value.Describe())
		}
	}
	assert.Equal(t, len(defined)+len(reads), n)
	assert.Equal(t, []string{"my.web.port = -80", `my.web.host = "ä"`, "my.web.a.b.c = true"}, exact)
	for range (Uses{}).Each() {
		t.Fatal("none")
	}
}
