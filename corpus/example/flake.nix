{
  description = "Two hosts and the modules they share";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

    home-manager = {
      url = "github:nix-community/home-manager";
      inputs.nixpkgs.follows = "nixpkgs";
    };

    # This one brings a nixpkgs of its own.
    sops-nix.url = "github:Mic92/sops-nix";

    # Works on one machine only.
    site-secrets.url = "git+file:///home/alice/site-secrets";
  };

  outputs =
    { self, nixpkgs, ... }@inputs:
    let
      host =
        name:
        nixpkgs.lib.nixosSystem {
          specialArgs = { inherit inputs; };
          modules = [ ./hosts/${name}.nix ];
        };
    in
    {
      nixosConfigurations.atlas = host "atlas";
      nixosConfigurations.boreas = host "boreas";
    };
}
