{
  description = "What a module sees of flake-parts: mkFlake, systems, perSystem, checks";

  inputs.nixpkgs-lib.url = "github:nix-community/nixpkgs.lib";

  outputs =
    { nixpkgs-lib, ... }:
    let
      inherit (nixpkgs-lib) lib;
      inherit (lib) mkOption types;

      flake-parts-lib.mkPerSystemOption =
        module: mkOption { type = types.deferredModuleWith { staticModules = [ module ]; }; };

      core =
        {
          config,
          inputs,
          lib,
          ...
        }:
        {
          options = {
            systems = mkOption { type = types.listOf types.str; };
            flake = mkOption { type = types.lazyAttrsOf types.raw; };
            perSystem =
              flake-parts-lib.mkPerSystemOption {
                options.checks = mkOption {
                  type = types.lazyAttrsOf types.package;
                  default = { };
                };
              }
              // {
                apply =
                  module: system:
                  (lib.evalModules {
                    modules = [
                      module
                      { _module.args.pkgs = lib.mkOptionDefault inputs.nixpkgs.legacyPackages.${system}; }
                    ];
                    prefix = [
                      "perSystem"
                      system
                    ];
                    specialArgs = { inherit system; };
                  }).config;
              };
          };
          config.flake.checks = lib.genAttrs config.systems (system: (config.perSystem system).checks);
        };
    in
    {
      lib.mkFlake =
        { inputs }:
        module:
        (lib.evalModules {
          modules = [
            core
            module
          ];
          specialArgs = {
            inherit inputs flake-parts-lib;
            inherit (inputs) self;
          };
        }).config.flake;
    };
}
