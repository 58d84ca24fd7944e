package module

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/rules/ruletest"
)

// TestSiblings holds the advice of missing-mkif to name guarded siblings only where there are some.
func TestSiblings(t *testing.T) {
	const head = `{ config, lib, pkgs, ... }: { options.a.enable = lib.mkEnableOption "a"; config = `
	for config, siblings := range map[string]bool{
		`{ environment.systemPackages = [ pkgs.a ]; services.b = lib.mkIf config.a.enable { enable = true; }; }`:                            true,
		`lib.mkMerge [ { environment.systemPackages = [ pkgs.a ]; } (lib.mkIf config.a.enable { services.b.enable = true; }) ]`:             true,
		`lib.mkMerge [ { environment.systemPackages = [ pkgs.a ]; } (lib.mkIf (config.a.enable && pkgs.x) { services.b.enable = true; }) ]`: true,
		`{ environment.systemPackages = [ pkgs.a ]; services.b.enable = config.a.enable; }`:                                                 true,
		`lib.mkMerge [ { environment.systemPackages = [ pkgs.a ]; } (lib.mkIf config.b.enable { services.b.enable = true; }) ]`:             false,
		`{ environment.systemPackages = [ pkgs.a ]; }`:                                                                                      false,
	} {
		found := ruletest.Findings(t, "missing-mkif", "module.nix", head+config+"; }")
		require.Len(t, found, 1, config)
		if siblings {
			require.Contains(t, found[0].Help, "as its siblings are", config)
		} else {
			require.NotContains(t, found[0].Help, "siblings", config)
		}
	}
}
