{ modulesPath, ... }:
{
  imports = [ "${modulesPath}/installer/scan/not-detected.nix" ];
  nixpkgs.hostPlatform = "x86_64-linux";
}
