{ config, lib, ... }:
{
  options.site.desktop.enable = lib.mkEnableOption "a desktop";

  imports = lib.optionals config.site.desktop.enable [ ./sound.nix ];

  config = lib.mkIf config.site.desktop.enable {
    services.xserver.enable = true;
  };
}
