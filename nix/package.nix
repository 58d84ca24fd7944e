{
  lib,
  stdenv,
  go,
  buildGoModule,
  buildGo126Module ? throw "nixsift: this nixpkgs has no Go 1.26",
  installShellFiles,
  versionCheckHook,
  # The commit, as `nixsift --version` prints it behind the version.
  revision ? "",
}:
let
  inherit (lib) fileset;

  # The version is where the program has it, and nowhere else.
  version = builtins.head (
    builtins.match ".*\nconst Number = \"([^\"\n]+)\".*" (builtins.readFile ../internal/version/version.go)
  );

  build = if lib.versionAtLeast go.version "1.26" then buildGoModule else buildGo126Module;
in
build {
  pname = "nixsift";
  inherit version;

  # All Go files, and not those of the command only: what they import is what is vendored.
  src = fileset.toSource {
    root = ../.;
    fileset = fileset.unions [
      ../go.mod
      ../go.sum
      ../LICENSE
      (fileset.fileFilter (file: file.hasExt "go") ../.)
      # What is embedded.
      ../internal/scaffold/ci
      ../internal/config/packs
    ];
  };

  # `go run ./scripts/vendorhash` keeps it.
  vendorHash = "sha256-uPMGu5MiaFWGrDlmWzZ13yn/T6mE6teRERVjc2B370E=";

  subPackages = [ "cmd/nixsift" ];
  env.CGO_ENABLED = 0;
  ldflags = [
    "-s"
    "-w"
  ]
  ++ lib.optional (revision != "") "-X github.com/nixsift/nixsift/internal/version.commit=${revision}";

  # The tests need Git, fixtures and other programs; the repository's CI runs them.
  doCheck = false;

  nativeBuildInputs = [ installShellFiles ];
  postInstall = lib.optionalString (stdenv.buildPlatform.canExecute stdenv.hostPlatform) ''
    for shell in bash fish zsh; do
      "$out/bin/nixsift" completion "$shell" > "nixsift.$shell"
    done
    installShellCompletion nixsift.bash nixsift.fish nixsift.zsh
  '';

  doInstallCheck = stdenv.buildPlatform.canExecute stdenv.hostPlatform;
  nativeInstallCheckInputs = [ versionCheckHook ];
  versionCheckProgramArg = "--version";

  meta = {
    description = "Static analyzer and linter for Nix";
    homepage = "https://github.com/nixsift/nixsift";
    license = lib.licenses.mit;
    mainProgram = "nixsift";
  };
}
