package nixlang

// makers are functions of nixpkgs that give a derivation, with the number of their arguments (pkgs/build-support
// and pkgs/stdenv of nixpkgs).
var makers = map[string]int{
	"mkDerivation": 1, "mkShell": 1, "mkShellNoCC": 1, "symlinkJoin": 1, "buildEnv": 1, "buildFHSEnv": 1,
	"runCommand": 3, "runCommandLocal": 3, "runCommandCC": 3, "runCommandNoCC": 3,
	"writeText": 2, "writeTextDir": 2, "writeTextFile": 1, "writeScript": 2, "writeScriptBin": 2,
	"writeShellScript": 2, "writeShellScriptBin": 2, "writeShellApplication": 1,
	"concatText": 2, "linkFarm": 2, "linkFarmFromDrvs": 2, "applyPatches": 1, "substituteAll": 1, "makeDesktopItem": 1,
	"fetchurl": 1, "fetchzip": 1, "fetchgit": 1, "fetchpatch": 1, "fetchpatch2": 1, "fetchFromGitHub": 1, "fetchFromGitLab": 1,
	"buildGoModule": 1, "buildRustPackage": 1, "buildNpmPackage": 1, "buildPythonPackage": 1, "buildPythonApplication": 1,
}

// MakerArgs returns the number of arguments of the function of nixpkgs that has a name and gives a derivation; 0 for other names.
func MakerArgs(name string) int { return makers[name] }
