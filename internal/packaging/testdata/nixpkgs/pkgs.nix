# Functions take what the real ones are given here and nothing else, so that a name that they do not know is an error.
{
  lib,
  system,
  go ? "1.26.4",
}:
let
  platform = lib.systems.elaborate system;

  shell =
    {
      name,
      script,
      inputs ? [ ],
      meta ? { },
    }:
    derivation {
      inherit name system;
      builder = "/bin/sh";
      args = [
        "-euc"
        script
      ];
      PATH = "${lib.makeBinPath inputs}:/usr/bin:/bin";
    }
    // {
      inherit meta;
    };

  tool =
    name:
    shell {
      inherit name;
      script = "mkdir \"$out\"";
    };

  buildGoModule =
    {
      pname,
      version,
      src,
      vendorHash,
      subPackages,
      env,
      ldflags,
      doCheck,
      nativeBuildInputs,
      postInstall,
      doInstallCheck,
      nativeInstallCheckInputs,
      versionCheckProgramArg,
      meta,
    }:
    assert lib.isAttrs (lib.head nativeBuildInputs) && lib.isAttrs (lib.head nativeInstallCheckInputs);
    assert doInstallCheck && !doCheck;
    # The program is built beforehand, without Nix; what the flake says of the build is there for tests to read.
    shell {
      name = "${pname}-${version}";
      inherit meta;
      script = ''
        mkdir -p "$out/bin" "$out/share"
        cp ${builtins.path { path = ./nixsift; }} "$out/bin/nixsift"
        chmod +x "$out/bin/nixsift"
        installShellCompletion() {
          for file; do
            test -s "$file"
            cp "$file" "$out/share"
          done
        }
        cd "$TMPDIR"
        ${postInstall}
        case $("$out/bin/nixsift" ${versionCheckProgramArg}) in
          *${version}*) ;;
          *) exit 1 ;;
        esac
      '';
    }
    // {
      inherit
        pname
        version
        src
        vendorHash
        subPackages
        env
        ldflags
        ;
    };

  pkgs = {
    inherit lib pkgs buildGoModule;
    stdenv = {
      buildPlatform = platform;
      hostPlatform = platform;
    };
    callPackage = lib.callPackageWith pkgs;
    go = tool "go-${go}" // {
      version = go;
    };
    runCommand =
      name:
      {
        nativeBuildInputs ? [ ],
      }:
      script:
      shell {
        inherit name script;
        inputs = nativeBuildInputs;
      };
    mkShell =
      {
        packages,
        inputsFrom,
      }:
      shell {
        name = "nix-shell";
        script = lib.concatMapStrings (p: "test -e ${p}\n") (packages ++ inputsFrom) + "mkdir \"$out\"";
      };
  }
  // lib.genAttrs [
    "actionlint"
    "git"
    "golangci-lint"
    "gopls"
    "goreleaser"
    "installShellFiles"
    "versionCheckHook"
  ] tool;
in
pkgs
