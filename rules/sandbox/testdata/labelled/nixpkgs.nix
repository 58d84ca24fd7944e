# What the labelled files take of nixpkgs, reduced to derivations: enough to ask Nix which of them have a fixed output.
label:
let
  system = "x86_64-linux";
  resolve = attrs: if builtins.isFunction attrs then (let final = attrs final; in final) else attrs;
  # As stdenv does: attributes that are null are left out by Nix (__ignoreNulls).
  mkDerivation =
    given:
    let
      attrs = resolve given;
      drv = derivation (
        builtins.removeAttrs attrs [ "meta" "passthru" ]
        // {
          inherit system label;
          __ignoreNulls = true;
          name = attrs.name or "${attrs.pname}-${attrs.version}";
          builder = attrs.builder or "/bin/sh";
        }
      );
    in
    drv // {
      overrideAttrs = f: mkDerivation (attrs // (f attrs));
    };
  runCommand = name: env: buildCommand: mkDerivation ({ inherit name buildCommand; } // env);
  package = name: mkDerivation { inherit name; };
  named = f: args: mkDerivation ((if args ? name && !(args ? pname) then args else { name = "x"; } // args) // f args);
  plain = named (_: { });
  tools = builtins.listToAttrs (
    map (name: { inherit name; value = package name; }) [
      "aria2" "bash" "cabal-install" "cargo" "coreutils" "crane" "curl" "elixir" "git" "gitMinimal" "go" "hello" "jq" "kubernetes-helm" "kustomize" "nodejs"
      "pnpm" "pnpmConfigHook" "podman" "python3" "rsync" "skopeo" "wget" "yarn"
    ]
  );
  lib = {
    getExe = x: "${x}/bin/x";
    getExe' = x: y: "${x}/bin/${y}";
    makeBinPath = builtins.concatStringsSep ":";
    concatStringsSep = builtins.concatStringsSep;
    optionalAttrs = c: x: if c then x else { };
    licenses.mit = { };
  };
in
tools
// {
  inherit mkDerivation runCommand lib;
  stdenv = { inherit mkDerivation; };
  stdenvNoCC = { inherit mkDerivation; };
  runCommandLocal = runCommand;
  runCommandCC = runCommand;
  runCommandNoCC = runCommand;
  python3Packages = { buildPythonPackage = plain; pip = package "pip"; };
  rustPlatform.buildRustPackage = plain;
  buildNpmPackage = plain;
  symlinkJoin = plain;
  mkShell = args: plain ({ name = "shell"; } // args);
  dockerTools.buildImage = plain;
  fetchurl = { url, hash }: mkDerivation { name = "source"; inherit url; outputHashAlgo = "sha256"; outputHash = hash; };
  fetchPnpmDeps = { src, hash }: mkDerivation { name = "deps"; inherit src; outputHash = hash; outputHashAlgo = "sha256"; };
  writeShellScript = name: text: builtins.toFile name text;
  writeShellScriptBin = name: text: builtins.toFile name text;
  writeScriptBin = name: text: builtins.toFile name text;
  writeShellApplication = { name, text, ... }: builtins.toFile name text;
  # What their callers pass.
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  packHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  args = { name = "pack"; url = "https://packs.example.org/a"; outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; };
  src = "/src";
  wheels = "/wheels";
  cache = "/cache";
  chart = "/chart";
  image = "/image";
  base = "/base";
}
