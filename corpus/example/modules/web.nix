{ config, lib, pkgs, ... }:
let
  cfg = config.site.web;
in
{
  options.site.web = {
    enable = lib.mkEnableOption "the site's web server";
    port = lib.mkOption {
      type = lib.types.port;
      default = 8080;
      description = "The port to listen on.";
    };
  };

  config = {
    networking.firewall.allowedTCPPorts = [ cfg.port ];
    environment.systemPackages = [ pkgs.curl ];
    services.nginx.enable = true;
  };
}
