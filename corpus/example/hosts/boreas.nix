{
  imports = [
    ../modules/web.nix
    ../modules/dekstop.nix
  ];

  networking.hostName = "boreas";
}
