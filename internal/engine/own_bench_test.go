package engine_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
)

// BenchmarkOwnRules checks the benchmark tree without and with a hundred rules of a configuration: half of them call a function by its
// name, a tenth begin with a metavariable.
func BenchmarkOwnRules(b *testing.B) {
	tree := testenv.Shared(b, "corpus", "bench")
	for _, name := range []string{"without", "with"} {
		text := ""
		if name == "with" {
			text = hundredRules()
		}
		file := filepath.Join(b.TempDir(), "rules.toml")
		require.NoError(b, os.WriteFile(file, []byte(text), 0o600))
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				res, err := engine.Check(context.Background(), engine.Options{Paths: []string{tree}, ConfigPath: file, Dir: tree})
				require.NoError(b, err)
				require.NotZero(b, res.Files)
				b.ReportMetric(float64(len(res.Findings)), "findings")
			}
		})
	}
}

// hundredRules returns a configuration with a hundred rules.
func hundredRules() string {
	var b strings.Builder
	n := 0
	add := func(pattern, bad string) {
		n++
		fmt.Fprintf(&b, "[[rule]]\nid = \"r-%d\"\npattern = '''%s'''\nmessage = \"m\"\nseverity = \"hint\"\nbad = ['''%s''']\ngood = ['''{ }''']\n\n", n, pattern, bad)
	}
	for _, f := range strings.Fields("mkForce mkOverride mkBefore mkAfter mkOrder mkMerge optionals optional optionalAttrs optionalString concatMapStrings concatStringsSep mapAttrsToList filterAttrs " +
		"genAttrs attrValues attrNames literalExpression mdDoc literalMD mkEnableOption mkPackageOption mkRenamedOptionModule mkRemovedOptionModule mkAliasOptionModule assertMsg") {
		add("lib."+f+" $x", "lib."+f+" 1")
	}
	for _, f := range strings.Fields("fetchurl fetchFromGitHub fetchpatch fetchzip runCommand writeText writeShellScript writeShellScriptBin substituteAll callPackage buildEnv symlinkJoin") {
		add("pkgs."+f+" $$$x", "pkgs."+f+" 1")
	}
	for _, f := range strings.Fields("toString import throw abort removeAttrs fetchTarball fetchGit readFile getEnv toJSON fromJSON pathExists") {
		add(f+" $x", f+" 1")
	}
	for i := 0; n < 50; i++ {
		add(fmt.Sprintf("helper%d $x $y", i), fmt.Sprintf("helper%d 1 2", i))
	}
	add("$f ($x: $body)", "f (x: x)")
	add("$f { enable = false; }", "f { enable = false; }")
	add("$a ++ [ ]", "a ++ [ ]")
	add("$a // { }", "a // { }")
	add("$f $x $x", "f 1 1")
	add("$x == true", "x == true")
	add("$x.enable == $y.enable", "a.enable == b.enable")
	add("$f (import $p)", "f (import ./p)")
	add("$f [ $x $x ]", "f [ 1 1 ]")
	add("$x.override { $$$a; }", "a.override { b = 1; }")
	for _, s := range strings.Fields("nginx openssh postgresql docker samba printing avahi tlp fwupd xserver pipewire flatpak tailscale syncthing jellyfin") {
		add("{ services."+s+".enable = true; }", "services."+s+".enable = true;")
	}
	for _, s := range strings.Fields("description homepage license maintainers platforms mainProgram longDescription changelog branch broken") {
		add("{ meta."+s+" = $x; }", "meta."+s+" = 1;")
	}
	for n < 100 {
		add(fmt.Sprintf("[ $$$a special%d $$$b ]", n), fmt.Sprintf("[ 1 special%d ]", n))
	}
	return b.String()
}
