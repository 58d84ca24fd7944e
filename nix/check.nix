# A derivation that succeeds where `nixsift check` does, for `checks` of a flake. It needs no repository, no home and no
# network: what is in `src` is all that there is, and of a flake that is what Git tracks.
{
  pkgs,
  package,
}:
{
  # The folder to check: of a flake `self`, so that flake.nix and flake.lock are checked, too.
  src,
  # Arguments for `nixsift check`, for example [ "--fail-on" "error" "hosts" ]; paths are below `src`.
  args ? [ ],
  name ? "nixsift",
}:
pkgs.runCommand name { nativeBuildInputs = [ package ]; } ''
  cd ${pkgs.lib.escapeShellArg "${src}"}
  nixsift check ${pkgs.lib.escapeShellArgs args}
  touch "$out"
''
