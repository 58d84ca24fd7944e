{
  imports = [
    ../modules/web.nix
    ../modules/desktop.nix
    ./hardware-atlas.nix
  ];

  networking.hostName = "atlas";
  site.web.enable = true;
}
