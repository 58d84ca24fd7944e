package engine_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
)

// TestNamesInThemselves checks modules whose names stand twice in their own values, or in those of the next of many: following each would
// never end.
func TestNamesInThemselves(t *testing.T) {
	chain := "a0 = lib.mkMerge [ a1 a1 ];"
	for i := 1; i < 30; i++ {
		n, next := string(rune('0'+i/10))+string(rune('0'+i%10)), string(rune('0'+(i+1)/10))+string(rune('0'+(i+1)%10))
		chain += " a" + n + " = lib.mkMerge [ a" + next + " a" + next + " ]; t" + n + " = lib.types.either t" + next + " t" + next + ";"
	}
	dir := testenv.Tree(t, map[string]string{
		"merge.nix": "{ config, lib, ... }:\nlet x = lib.mkMerge [ x x ]; y = lib.mkIf config.a.b (lib.mkMerge [ y y z ]); z = lib.mkMerge [ y z y ];\n" +
			"in { config.services.foo = x; config.services.bar = y; options.own.a = lib.mkOption { default = x; }; }\n",
		"types.nix": "{ config, lib, ... }:\nlet l = l ++ l; t = lib.types.either t t; u = lib.types.oneOf [ u u u ];\n" +
			"  p = lib.types.submodule { options.a = lib.mkOption { type = p; }; options.b = lib.mkOption { type = p; }; };\n" +
			"in { imports = l; options.own.t = lib.mkOption { type = t; default = 1; }; options.own.u = lib.mkOption { type = u; };\n" +
			"  options.own.p = lib.mkOption { type = lib.types.listOf (lib.types.attrsOf p); }; config.own.p = [ { a.b = { }; } ] ++ l; }\n",
		"chain.nix": "{ config, lib, ... }:\nlet " + chain + "\nin { config.services.foo = a0; options.own.t = lib.mkOption { type = t01; default = 1; }; }\n",
	})
	res := check(t, engine.Options{Paths: []string{dir}, Preset: "all", Preview: true, Severities: []string{"test-panic=off"}})
	assert.Empty(t, res.Errors)
}
