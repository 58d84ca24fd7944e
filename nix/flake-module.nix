# A module for flake-parts: a check in every system.
{
  # `lib.mkCheck` of this flake.
  mkCheck,
  # From pkgs to the package of this flake.
  packageOf,
}:
{
  lib,
  flake-parts-lib,
  self,
  ...
}:
{
  options.perSystem = flake-parts-lib.mkPerSystemOption (
    {
      config,
      pkgs,
      ...
    }:
    let
      cfg = config.nixsift;
    in
    {
      options.nixsift = {
        enable = lib.mkEnableOption "the check of the flake with nixsift";
        package = lib.mkOption {
          type = lib.types.package;
          default = packageOf pkgs;
          defaultText = lib.literalMD "the package of nixsift's flake";
          description = "The nixsift that checks.";
        };
        src = lib.mkOption {
          type = lib.types.path;
          default = self;
          defaultText = lib.literalExpression "self";
          description = "The folder to check.";
        };
        args = lib.mkOption {
          type = lib.types.listOf lib.types.str;
          default = [ ];
          example = [
            "--fail-on"
            "error"
          ];
          description = "Arguments for `nixsift check`; paths are below `src`.";
        };
        checkName = lib.mkOption {
          type = lib.types.str;
          default = "nixsift";
          description = "The attribute of `checks` that holds the check.";
        };
      };

      config = lib.mkIf cfg.enable {
        checks.${cfg.checkName} = mkCheck {
          inherit pkgs;
          inherit (cfg) package src args;
          name = cfg.checkName;
        };
      };
    }
  );
}
