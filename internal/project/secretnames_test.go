package project_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestUndeclaredSecret holds what makes a secret undeclared, and what may declare it.
func TestUndeclaredSecret(t *testing.T) {
	for _, c := range []struct {
		name, more string
		undeclared bool
	}{
		{"declared by its name", ``, true},
		{"computed by genAttrs", `{ lib, ... }: { sops.secrets = lib.genAttrs [ "a" ] (_: { }); }`, false},
		{"computed by mapAttrs", `{ lib, ... }: { sops = { secrets = lib.mapAttrs (_: _: { }) { a = 1; }; }; }`, false},
		{"an interpolated name", `{ lib, x, ... }: { sops.secrets."${x}-token" = { }; }`, false},
		{"a computed name", `{ lib, x, ... }: { sops.secrets.${x} = { }; }`, false},
		{"merged with what a file has", `{ lib, ... }: { sops.secrets = { a = { }; } // import ./a.nix; }`, false},
		{"all of it from elsewhere", `{ lib, x, ... }: { sops = x; }`, false},
		{"inherited", `{ lib, x, ... }: { sops = { inherit (x) secrets; }; }`, false},
		{"an alias", `{ lib, ... }: { imports = [ (lib.mkAliasOptionModule [ "my" "secrets" ] [ "sops" "secrets" ]) ]; }`, false},
		{"asked for", `{ config, ... }: { a = config.sops.secrets ? tokne; }`, false},
		{"asked for with a default", `{ config, ... }: { a = config.sops.secrets.tokne.path or null; }`, false},
		{"a private input", `{ inputs, ... }: { imports = [ inputs.private.nixosModules.default ]; }`, false},
		{"a file of a private input", `{ inputs, ... }: { imports = [ "${inputs.private}/host.nix" ]; }`, false},
		{"an argument of the flake", `{ outputs = { private, ... }: { a = [ private.nixosModules.x ]; }; }`, false},
		{"a file of the machine", `{ imports = [ /etc/nixos/secrets.nix ]; }`, false},
		{"fetched", `{ imports = [ (builtins.fetchTarball "https://example.org/private.tar.gz") ]; }`, false},
		{"a known input", `{ inputs, ... }: { imports = [ inputs.sops-nix.nixosModules.sops inputs.self.nixosModules.x ]; }`, true},
		{"a package of an input", `{ inputs, ... }: { environment.systemPackages = [ inputs.private.packages.x ]; }`, true},
		{"another tool's", `{ lib, ... }: { age.secrets = lib.genAttrs [ "a" ] (_: { }); }`, true},
		{"a package of the name", `{ pkgs, ... }: { a = { inherit (pkgs) sops age; }; b.sops = pkgs.sops; }`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{"flake.nix": `{ outputs = { ... }: { }; }`, "host.nix": `{ sops.secrets.token = { }; sops.secrets.wifi.owner = "a"; }`}
			if c.more != "" {
				files["more.nix"] = c.more
			}
			a := project.New(workspace.OS).ViewOf(testenv.Tree(t, files)).Answers()
			near, undeclared := a.UndeclaredSecret("sops.secrets", "tokne")
			assert.Equal(t, c.undeclared, undeclared)
			if undeclared {
				assert.Equal(t, "token", near)
			}
			_, undeclared = a.UndeclaredSecret("sops.secrets", "token")
			assert.False(t, undeclared)
			_, undeclared = a.UndeclaredSecret("sops.templates", "token")
			assert.False(t, undeclared, "a set of which the project declares nothing")
		})
	}
}
