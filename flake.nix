{
  description = "A static analyzer and linter for Nix";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;

      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "aarch64-darwin"
      ];
      eachSystem = f: lib.genAttrs systems (system: f nixpkgs.legacyPackages.${system});

      # The commit as `go build` would record it, in twelve digits; "" outside of Git.
      revision =
        if self ? rev then
          builtins.substring 0 12 self.rev
        else if self ? dirtyRev then
          builtins.substring 0 12 self.dirtyRev + ".dirty"
        else
          "";

      packageFor = pkgs: pkgs.callPackage ./nix/package.nix { inherit revision; };
      # The package with the nixpkgs that is locked here, which has a Go that is new enough.
      packageOf = pkgs: self.packages.${pkgs.stdenv.hostPlatform.system}.default;

      # pkgs, src, and optionally package, args, name; see nix/check.nix.
      mkCheck =
        {
          pkgs,
          package ? packageOf pkgs,
          ...
        }@args:
        import ./nix/check.nix { inherit pkgs package; } (
          removeAttrs args [
            "pkgs"
            "package"
          ]
        );

      moduleFor = install: import ./nix/module.nix { inherit packageOf install; };
    in
    {
      lib = { inherit mkCheck; };

      overlays.default = final: _: { nixsift = packageFor final; };

      packages = eachSystem (pkgs: {
        default = packageFor pkgs;
      });

      apps = eachSystem (pkgs: {
        default = {
          type = "app";
          program = lib.getExe (packageOf pkgs);
          meta.description = "Check Nix code, flakes, lock files and CI files";
        };
      });

      devShells = eachSystem (pkgs: {
        default = pkgs.mkShell {
          inputsFrom = [ (packageOf pkgs) ];
          packages = [
            pkgs.actionlint
            pkgs.git
            pkgs.golangci-lint
            pkgs.gopls
            pkgs.goreleaser
          ];
        };
      });

      checks = eachSystem (pkgs: {
        package = packageOf pkgs;
        nixsift = mkCheck {
          inherit pkgs;
          src = self;
          # The example has a configuration of its own, and faults.
          args = [
            "--exclude"
            "corpus/**"
          ];
        };
      });

      nixosModules.default = moduleFor [
        "environment"
        "systemPackages"
      ];
      darwinModules.default = self.nixosModules.default;
      homeModules.default = moduleFor [
        "home"
        "packages"
      ];

      flakeModules.default = import ./nix/flake-module.nix { inherit mkCheck packageOf; };

      templates = {
        default = {
          path = ./nix/templates/default;
          description = "A flake that nixsift checks";
        };
        flake-parts = {
          path = ./nix/templates/flake-parts;
          description = "A flake of flake-parts that nixsift checks";
        };
      };
    };
}
