{
  description = "A flake that nixsift checks";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    nixsift = {
      url = "github:nixsift/nixsift";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    {
      self,
      nixpkgs,
      nixsift,
    }:
    let
      eachSystem =
        f:
        nixpkgs.lib.genAttrs [
          "x86_64-linux"
          "aarch64-linux"
          "aarch64-darwin"
        ] (system: f nixpkgs.legacyPackages.${system});
    in
    {
      checks = eachSystem (pkgs: {
        nixsift = nixsift.lib.mkCheck {
          inherit pkgs;
          src = self;
        };
      });
    };
}
