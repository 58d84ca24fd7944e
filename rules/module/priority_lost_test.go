package module

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/rules/ruletest"
)

// TestPriorityLost holds priority-lost against the real module system: each module has a definition with LOST in it, of which the
// values of the options show nothing where the rule speaks.
func TestPriorityLost(t *testing.T) {
	nix := testenv.Nix234(t)
	lib := testenv.Shared(t, "corpus", "nixpkgs-lib", "lib")
	const options = `options = {
		list = lib.mkOption { type = lib.types.listOf lib.types.str; default = [ ]; };
		text = lib.mkOption { type = lib.types.lines; default = ""; };
		env = lib.mkOption { type = lib.types.attrsOf lib.types.str; default = { }; };
		any = lib.mkOption { type = lib.types.anything; default = { }; };
		sub = lib.mkOption { default = { }; type = lib.types.submodule { options.a = lib.mkOption { default = ""; }; options.b = lib.mkOption { default = ""; }; }; };
		set.a = lib.mkOption { default = ""; };
		set.b = lib.mkOption { default = ""; };
	};`
	for config, lost := range map[string]bool{
		`{ list = lib.mkDefault [ "LOST" ]; } { list = [ "b" ]; }`:                                            true,
		`{ list = [ "LOST" ]; } { list = lib.mkForce [ "b" ]; }`:                                              true,
		`{ list = lib.mkOptionDefault [ "LOST" ]; } { list = lib.mkDefault [ "b" ]; }`:                        true,
		`{ list = lib.mkBefore [ "LOST" ]; } { list = lib.mkOverride 99 [ "b" ]; }`:                           true,
		`{ text = lib.mkDefault "LOST"; } { text = lib.mkAfter "b"; }`:                                        true,
		`{ env.A = lib.mkDefault "LOST"; } { env.A = "b"; }`:                                                  true,
		`{ env = lib.mkDefault { A = "LOST"; }; } { env.B = "b"; }`:                                           true,
		`{ env.A = "LOST"; } { env = lib.mkForce { B = "b"; }; }`:                                             true,
		`{ sub = lib.mkDefault { a = "LOST"; }; } { sub.b = "b"; }`:                                           true,
		`{ any.x.y = lib.mkDefault "LOST"; } { any.x.y = "b"; }`:                                              true,
		`{ set.a = lib.mkDefault "LOST"; } (lib.mkMerge [ { set = { a = "b"; }; } ])`:                         true,
		`{ set = lib.mkForce { a = "b"; }; } { set.a = "LOST"; }`:                                             true,
		`(lib.mkIf (config.text == "") { list = lib.mkDefault [ "LOST" ]; }) { list = [ "b" ]; }`:             true,
		`{ list = lib.mkMerge [ (lib.mkDefault [ "LOST" ]) [ "b" ] ]; }`:                                      true,
		`{ env = lib.mkForce { A = "LOST"; }; } { env = lib.mkVMOverride { B = lib.mkDefault "b"; }; }`:       true,
		`{ env.A = lib.mkVMOverride "b"; } { env = lib.mkForce { A = "LOST"; }; }`:                            false,
		`{ env = lib.mkForce { A = lib.mkDefault "LOST"; B = "b"; }; }`:                                       false,
		`{ env = lib.mkDefault { A = lib.mkOptionDefault "LOST"; B = "b"; }; }`:                               false,
		`{ sub = lib.mkForce { a = lib.mkDefault "LOST"; b = "b"; }; }`:                                       false,
		`{ sub = lib.mkForce (lib.mkIf true { a = lib.mkDefault "LOST"; b = "b"; }); }`:                       false,
		`{ set.a = "LOST"; } (lib.mkForce { set.a = lib.mkDefault [ "b" ]; })`:                                true,
		`{ set.a = ""; } (lib.mkForce { set.b = lib.mkDefault [ "LOST" ]; })`:                                 false,
		`{ list = lib.mkDefault [ "LOST" ]; } { list = lib.mkDefault [ "b" ]; }`:                              false,
		`{ list = [ "LOST" ]; } { list = lib.mkAfter [ "b" ]; }`:                                              false,
		`{ set = lib.mkDefault { a = "LOST"; }; } { set.b = "b"; }`:                                           false,
		`{ env.A = lib.mkDefault "LOST"; } { env.B = "b"; }`:                                                  false,
		`{ list = lib.mkDefault [ "LOST" ]; } { list = lib.mkIf (config.text != "") [ "b" ]; }`:               false,
		`{ list = lib.mkDefault [ "LOST" ]; } (lib.mkIf (config.text != "") { list = lib.mkForce [ "b" ]; })`: false,
	} {
		module := "{ config, lib, ... }: { " + options + " config = lib.mkMerge [ " + config + " ]; }"
		t.Run(config, func(t *testing.T) {
			t.Parallel()
			found := ruletest.Findings(t, "priority-lost", "module.nix", module)
			if lost {
				require.Len(t, found, 1)
				require.Contains(t, module[found[0].Span.Start:found[0].Span.End], "LOST")
			} else {
				require.Empty(t, found)
			}
			file := filepath.Join(t.TempDir(), "harness.nix")
			text := fmt.Sprintf("let lib = import %s; in builtins.toJSON (removeAttrs (lib.evalModules { modules = [ (%s) ]; }).config [ \"_module\" ])", lib, module)
			require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
			out, err := exec.Command(nix, "--eval", file).CombinedOutput()
			require.NoError(t, err, string(out))
			require.Equal(t, lost, !strings.Contains(string(out), "LOST"), string(out))
		})
	}
}
