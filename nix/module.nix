# What the modules of NixOS, nix-darwin and home-manager share: the options, and the package to install.
{
  # From pkgs to the package of this flake.
  packageOf,
  # What installs a list of packages: its attribute path.
  install,
}:
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.programs.nixsift;
in
{
  options.programs.nixsift = {
    enable = lib.mkEnableOption "nixsift, a static analyzer and linter for Nix";
    package = lib.mkOption {
      type = lib.types.package;
      default = packageOf pkgs;
      defaultText = lib.literalMD "the package of nixsift's flake";
      description = "The package to install.";
    };
  };

  config = lib.mkIf cfg.enable (lib.setAttrByPath install [ cfg.package ]);
}
