package module

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/rules/ruletest"
)

// TestInsteadOf holds the help about a refused value against the type that refuses it.
func TestInsteadOf(t *testing.T) {
	for _, c := range []struct{ of, value, help string }{
		{`enum [ "daily" "weekly" ]`, `"dayly"`, "did you mean `daily`?"},
		{`enum [ "daily" "weekly" ]`, `"never"`, ""},
		{`enum [ 1 2 ]`, `3`, ""},
		{`nullOr (lib.types.enum [ "daily" ])`, `"daliy"`, "did you mean `daily`?"},
		{`listOf (lib.types.enum [ "daily" ])`, `[ "daily" "Daily" ]`, "did you mean `daily`?"},
		{`either lib.types.int (lib.types.enum [ "auto" ])`, `"auot"`, "did you mean `auto`?"},
		{`port`, `70000`, "it takes numbers from 0 to 65535"},
		{`port`, `"80"`, "write it without quotes: `80`"},
		{`ints.positive`, `0`, "it takes numbers from 1 on"},
		{`ints.s8`, `-129`, "it takes numbers from -128 to 127"},
	} {
		found := ruletest.Findings(t, "option-value-type", "module.nix",
			"{ lib, ... }: { options.own.a = lib.mkOption { type = lib.types."+c.of+"; }; config.own.a = "+c.value+"; }\n")
		require.Len(t, found, 1, c.of)
		assert.Equal(t, c.help, found[0].Help, "%s, %s", c.of, c.value)
	}
}
