package all_test

import (
	"fmt"
	"strings"
)

// many writes a piece n times. %d in it is its number, and %[2]d the next one.
func many(n int, piece string) string {
	var b strings.Builder
	for i := range n {
		switch {
		case strings.Contains(piece, "%[2]d"):
			fmt.Fprintf(&b, piece, i, i+1)
		case strings.Contains(piece, "%"):
			fmt.Fprintf(&b, piece, i)
		default:
			b.WriteString(piece)
		}
	}
	return b.String()
}

// around writes an opening n times, the middle, and a closing n times.
func around(n int, open, middle, closing string) string {
	return many(n, open) + middle + many(n, closing)
}

// shapes are ways in which a file can be large: each makes one of about n pieces.
var shapes = map[string]func(n int) string{
	"set":              func(n int) string { return "{ " + many(n, "a%d = 1; ") + "}" },
	"rec set":          func(n int) string { return "rec { " + many(n, "a%d = a%[2]d; ") + "}" },
	"list":             func(n int) string { return "[ " + many(n, "a%d ") + "]" },
	"list of strings":  func(n int) string { return "{ a }: [ " + many(n, `"${a}/b%d" `) + "]" },
	"list of calls":    func(n int) string { return "f: [ " + many(n, "f x%d ") + "]" },
	"nested sets":      func(n int) string { return around(n, "{ a = ", "1", "; }") },
	"nested rec sets":  func(n int) string { return around(n, "rec { a = ", "1", "; }") },
	"nested lists":     func(n int) string { return around(n, "[ ", "1", " ]") },
	"parentheses":      func(n int) string { return around(n, "(", "1", ")") },
	"nested calls":     func(n int) string { return "f: " + around(n, "f (", "1", ")") },
	"nested maps":      func(n int) string { return "f: " + around(n, "map (x: f x) (", "1", ")") },
	"long call":        func(n int) string { return "f: f " + many(n, "a ") },
	"++":               func(n int) string { return many(n, "[ ./a ] ++ ") + "[ ]" },
	"++ grouped":       func(n int) string { return around(n, "(", "[ ]", " ++ [ a ])") },
	"//":               func(n int) string { return many(n, "{ a%d = 1; } // ") + "{ }" },
	"+":                func(n int) string { return many(n, `"a" + `) + `"b"` },
	"+ paths":          func(n int) string { return many(n, "./a + ") + "./b" },
	"-":                func(n int) string { return many(n, "1 - ") + "1" },
	"*":                func(n int) string { return many(n, "2 * ") + "1" },
	"/":                func(n int) string { return many(n, "2 / ") + "1" },
	"&&":               func(n int) string { return "a: " + many(n, "a && ") + "true" },
	"||":               func(n int) string { return "a: " + many(n, "a || ") + "false" },
	"->":               func(n int) string { return "a: " + many(n, "a -> ") + "false" },
	"&& grouped":       func(n int) string { return "a: " + around(n, "(", "a", " && a == a)") },
	"!":                func(n int) string { return "a: " + many(n, "!") + "a" },
	"negated":          func(n int) string { return "a: " + around(n, "!(", "a", ")") },
	"|>":               func(n int) string { return "a: a" + many(n, " |> a") },
	"<|":               func(n int) string { return "a: " + many(n, "a <| ") + "a" },
	"select":           func(n int) string { return "a: a" + many(n, ".b%d") },
	"select or":        func(n int) string { return "a: " + many(n, "a.b or ") + "1" },
	"select grouped":   func(n int) string { return "a: " + around(n, "(", "a", ").b") },
	"has attribute":    func(n int) string { return "a: a ? b" + many(n, ".b%d") },
	"equality":         func(n int) string { return "a: [ " + many(n, "(a == true) (a == false) (a != null) ") + "]" },
	"lambdas":          func(n int) string { return many(n, "a%d: ") + "1" },
	"same lambdas":     func(n int) string { return many(n, "a: ") + "a" },
	"patterns":         func(n int) string { return many(n, "{ a%d, ... }@b%d: ") + "1" },
	"lambda list":      func(n int) string { return "f: [ " + many(n, "(x: f x) (x: y: f x y) ") + "]" },
	"formals":          func(n int) string { return "{ " + many(n, "a%d, ") + "... }: 1" },
	"formals used":     func(n int) string { return "{ " + many(n, "a%d, ") + "... }@args: [ " + many(n, "a%d args.a%d ") + "]" },
	"formals default":  func(n int) string { return "{ " + many(n, "a%d ? a%[2]d, ") + "... }@args: args.b" },
	"let":              func(n int) string { return "let " + many(n, "a%d = 1; ") + "in 1" },
	"let chain":        func(n int) string { return "let " + many(n, "a%d = a%[2]d; ") + "in a0" },
	"let doubling":     func(n int) string { return "let " + many(n, "a%d = a%[2]d ++ a%[2]d; ") + "in a0" },
	"lets":             func(n int) string { return many(n, "let a%d = 1; in ") + "1" },
	"same lets":        func(n int) string { return many(n, "let a = 1; in ") + "a" },
	"nested lets":      func(n int) string { return around(n, "let a = ", "1", "; in a") },
	"legacy lets":      func(n int) string { return around(n, "let { body = ", "1", "; }") },
	"withs":            func(n int) string { return many(n, "with a%d; ") + "b" },
	"closed withs":     func(n int) string { return many(n, "with { a%d = 1; }; ") + "[ " + many(n, "b%d ") + "]" },
	"with uses":        func(n int) string { return "a: with a; [ " + many(n, "b%d ") + "]" },
	"asserts":          func(n int) string { return "a: " + many(n, "assert a; ") + "1" },
	"else if":          func(n int) string { return "a: " + many(n, "if a == 1 then 1 else ") + "1" },
	"nested if":        func(n int) string { return "a: " + around(n, "if a then ", "1", " else 1") },
	"same branches":    func(n int) string { return "a: " + around(n, "if a then [ 1 2 3 ] else (", "1", ")") },
	"strings":          func(n int) string { return "[ " + many(n, `"a\.b" `) + "]" },
	"interpolations":   func(n int) string { return `a: "` + many(n, "${a} ") + `"` },
	"nested strings":   func(n int) string { return around(n, `"\.${`, "1", `}"`) },
	"indented":         func(n int) string { return "''\n" + many(n, "  a $ '' ''$ b\n") + "''" },
	"indented tabs":    func(n int) string { return "''\n" + many(n, "\ta ${b}\n  c\n") + "''" },
	"many indented":    func(n int) string { return "[ " + many(n, "''\n  a\n'' ") + "]" },
	"escapes":          func(n int) string { return `"` + many(n, `\d\.`) + `"` },
	"comments":         func(n int) string { return many(n, "# comment %d\n") + "1" },
	"block comments":   func(n int) string { return many(n, "/* a */ ") + "1" },
	"inner comments":   func(n int) string { return "{ " + many(n, "# always\na%d = 1; # b\n") + "}" },
	"suppressions":     func(n int) string { return "[ " + many(n, "# nixsift: ignore[unused-rec]\n(rec { })\n") + "]" },
	"unused comments":  func(n int) string { return "[ " + many(n, "# nixsift: ignore[unused-rec]\n1\n") + "]" },
	"unknown comments": func(n int) string { return "[ " + many(n, "# nixsift: ignore[unused-rek]\n1\n") + "]" },
	"file comments": func(n int) string {
		return many(n, "# nixsift: ignore-file[unused-rec]\n") + "[ " + many(n, "(rec { }) ") + "]"
	},
	"same sets":       func(n int) string { return "[ " + many(n, "{ a = 1; b = [ c d ]; } ") + "]" },
	"same attributes": func(n int) string { return "{ " + many(n, "a = 1; ") + "}" },
	"same prefix":     func(n int) string { return "{ " + many(n, "a.b.c%d = 1; ") + "}" },
	"merged sets":     func(n int) string { return "{ " + many(n, "a = { b%d = 1; }; ") + "}" },
	"merged rec sets": func(n int) string { return "{ " + many(n, "a = rec { b%d = 1; c = b%d; }; ") + "}" },
	"merged deeper":   func(n int) string { return "{ " + many(n, "a%d = rec { b = 1; }; a%[1]d.c = 2; ") + "}" },
	"clashes":         func(n int) string { return "{ " + many(n, "a.b = { c = 1; }; ") + "}" },
	"attribute path":  func(n int) string { return "{ a" + many(n, ".b%d") + " = 1; }" },
	"attribute paths": func(n int) string { return "{ a" + many(n, ".b") + " = 1; a" + many(n, ".b") + ".c = 2; }" },
	"growing paths": func(n int) string {
		var b strings.Builder
		for i := range 300 {
			b.WriteString("a" + strings.Repeat(".b", n/300) + ".c" + fmt.Sprint(i) + " = 1; ")
		}
		return "{ " + b.String() + "}"
	},
	"dynamic names":   func(n int) string { return "a: { " + many(n, "${a}.b%d = 1; ") + "}" },
	"quoted names":    func(n int) string { return "{ " + many(n, `"a%d" = 1; "${"b%[1]d"}" = 2; `) + "}" },
	"inherits":        func(n int) string { return "a: { " + many(n, "inherit a; ") + "}" },
	"inherited":       func(n int) string { return "a: { inherit " + many(n, "b%d ") + "; }" },
	"inherits from":   func(n int) string { return "a: { " + many(n, "inherit (a) b%d; ") + "}" },
	"manual inherits": func(n int) string { return "a: { " + many(n, "b%d = a.b%d; c = c; ") + "}" },
	"let inherits":    func(n int) string { return "a: let " + many(n, "inherit (a) b%d; ") + "in 1" },
	"inherits unknown": func(n int) string {
		return "let a = { " + many(n, "c%d = 1; ") + "}; inherit (a) " + many(n, "b%d ") + "; in 1"
	},
	"selects unknown": func(n int) string { return "let a = { " + many(n, "c%d = 1; ") + "}; in [ " + many(n, "a.b%d ") + "]" },
	"misspelt":        func(n int) string { return "let " + many(n, "name%d = 1; ") + "in [ " + many(n, "nmae%d ") + "]" },
	"misspelt with": func(n int) string {
		return "with import <nixpkgs> { }; let " + many(n, "name%d = 1; ") + "in [ " + many(n, "nmae%d lib.mkIff%d ") + "]"
	},
	"derivation": func(n int) string { return "p: p.mkDerivation { " + many(n, "buildInput%d = [ p.a ]; ") + "}" },
	"derivations": func(n int) string {
		return "p: [ " + many(n, `(p.stdenv.mkDerivation { pname = "a"; buildInput = [ ]; nativBuildInputs = [ ]; meta.licence = 1; makeFlags = [ "A=b c" ]; }) `) + "]"
	},
	"callPackage": func(n int) string { return "self: { " + many(n, "a%d = self.callPackage ./a%d { b = 1; }; ") + "}" },
	"local calls": func(n int) string {
		return "let " + many(n, "f%d = { a, b }: a; ") + "in [ " + many(n, "(f%d { a = 1; b = 2; }) ") + "]"
	},
	"overlay":      func(n int) string { return "final: prev: { " + many(n, "a%d = prev.a%d // { b = final.a%d; }; ") + "}" },
	"paths":        func(n int) string { return "[ " + many(n, "./a%d.nix ") + "]" },
	"same paths":   func(n int) string { return "[ " + many(n, "./a.nix ") + "]" },
	"imports":      func(n int) string { return "[ " + many(n, "(import ./a%d.nix) (import <nixpkgs> { }) ") + "]" },
	"path strings": func(n int) string { return "[ " + many(n, `"${./a}/b" (toString ./. + "/a%d") `) + "]" },
	"licences":     func(n int) string { return "lib: [ " + many(n, `{ meta.license = lib.licenses.gpl3; } `) + "]" },
	"deprecated": func(n int) string {
		return "{ lib, ... }: [ " + many(n, "lib.mdDoc lib.fold (builtins.toPath ./a) https://a.b 1. ") + "]"
	},
	"folds":         func(n int) string { return "lib: " + around(n, "lib.foldl' (a: b: a // { x = ", "b", "; }) { } [ ]") },
	"elem in loops": func(n int) string { return "xs: " + around(n, "builtins.filter (x: builtins.elem x ", "xs", ") xs") },
	"module": func(n int) string {
		return "{ config, lib, ... }: { options.a.enable = lib.mkEnableOption \"a\"; config = lib.mkMerge [ " + many(n, "{ services.a%d.enable = true; } ") + "]; }"
	},
	"module imports": func(n int) string {
		return "{ config, lib, ... }: { imports = [ " + many(n, "(lib.optional config.a ./b) ") + "]; }"
	},
	"module options": func(n int) string {
		return "{ config, lib, ... }: { " + many(n, "options.a.b%d = lib.mkOption { }; config.imports = [ ]; ") + "}"
	},
	"module if": func(n int) string {
		return "{ config, lib, ... }: { config = lib.mkMerge [ " + many(n, "(if config.a then { b = 1; } else { }) ") + "]; }"
	},
	"module lets": func(n int) string {
		return "{ config, lib, ... }: let " + many(n, "a%d = config.b%d; ") + "in { imports = [ " + many(n, "(if a%d then ./a else ./b) ") + "]; config = lib.mkMerge [ " + many(n, "(if a%d then { x = 1; } else { }) ") + "]; }"
	},
	"modules": func(n int) string {
		return "{ " + many(n, "nixosModules.a%d = { config, ... }: { imports = [ config.a ]; }; ") + "}"
	},
	"nested modules": func(n int) string {
		return around(n, "{ config, ... }: { imports = [ (", "{ imports = [ config.a ]; }", ") ]; }")
	},
	"shared module": func(n int) string {
		return "let common = { " + many(n, "a%d = 1; ") + "}; in { " + many(n, "nixosModules.a%d = { config, lib, ... }: common // { imports = lib.optional config.a ./b; }; ") + "}"
	},
	"mkif modules": func(n int) string {
		return "{ " + many(n, "nixosModules.a%d = { config, lib, ... }: { options.a%d.enable = lib.mkEnableOption \"a\"; config = { environment.systemPackages = [ 1 ]; }; }; ") + "}"
	},
	"mkif modules in let": func(n int) string {
		return "{ config, lib, ... }: let " + many(n, "a%d = config.b%d; ") + "in { imports = [ " + many(n, "({ config, lib, ... }: { options.a%d.enable = lib.mkEnableOption \"a\"; config = { environment.systemPackages = [ 1 ]; }; }) ") + "]; }"
	},
	"guards of let": func(n int) string {
		return "{ config, lib, ... }: let a0 = [ " + many(n, "(f b) ") + "]; in { options.a.enable = lib.mkEnableOption \"a\"; config = { " + many(n, "environment.etc.b%d.text = a0; ") + "}; }"
	},
	"properties": func(n int) string {
		return "{ lib, ... }: let x0 = lib.mkIf true [ ]; " + many(n, "x%[2]d = x%[1]d; ") + "in { " + many(n, "a%d = [ ] ++ x%d; b%[1]d = { c = 1; } // lib.mkForce { }; ") + "}"
	},
	"specialArgs": func(n int) string { return "{ " + many(n, "a%d.specialArgs = b; b = { c = 1; }; ") + "}" },
	"guards": func(n int) string {
		return "{ config, lib, ... }: let " + many(n, "a%d = a%[2]d; ") + "in { options.a.enable = lib.mkEnableOption \"a\"; config = { " + many(n, "environment.etc.b%d = a%d; ") + "}; }"
	},
	"errors":        func(n int) string { return "[ " + many(n, "(1 ; ") + "]" },
	"half lets":     func(n int) string { return many(n, "let a = ; in ") },
	"half brackets": func(n int) string { return many(n, "{ a = [ ") },
	"half inherit":  func(n int) string { return "{ " + many(n, "inherit z (p) q; ") + "}" },
	"dots":          func(n int) string { return "{ " + many(n, "a..b = 1; inherit (x) a b. ; ") + "}" },
	"commas":        func(n int) string { return "{ " + many(n, "a%d; ") + "}: 1" },
	"same formals":  func(n int) string { return "{ " + many(n, "a, ") + "... }: 1" },
	"stray":         func(n int) string { return "[ " + many(n, "\x01 ") + "]" },
	"negative":      func(n int) string { return "[ " + many(n, "-1 ") + "]" },
	"crlf":          func(n int) string { return "{\r\n" + many(n, "  a%d = 1;\r\n") + "}" },
	"uris":          func(n int) string { return "[ " + many(n, "x:y a%d:b ") + "]" },
	"regex":         func(n int) string { return "[ " + many(n, `(builtins.match "[\\d]" a) `) + "]" },
	"let rec set":   func(n int) string { return "let inherit (rec { " + many(n, "a%d = 1; ") + "}) a0; in a0" },
	"unused rec":    func(n int) string { return "[ " + many(n, "(rec { a%d = 1; }) ") + "]" },
	"one line":      func(n int) string { return "[ " + many(n, "(a) ") + "]" },
	"self binding": func(n int) string {
		return "let " + many(n, "a%d = a%d; ") + "in rec { " + many(n, "b%d = b%d; ") + "}"
	},
	"inherits of one": func(n int) string {
		return "let a = { " + many(n, "c%d = 1; ") + "}; " + many(n, "inherit (a) c%d; ") + "in 1"
	},
	"inherits of none": func(n int) string {
		return "let inherit ({ " + many(n, "c%d = 1; ") + "}) " + many(n, "b%d ") + "; in b0"
	},
	"broken scopes":   func(n int) string { return many(n, "let a%d = ; in ") + "[ " + many(n, "b%d ") + "]" },
	"minus names":     func(n int) string { return "{ " + many(n, "a%d, ") + "... }: [ " + many(n, "a%d-a1 ") + "]" },
	"guarded":         func(n int) string { return "a: " + around(n, "if a ? b then a.b else (", "1", ")") },
	"tests":           func(n int) string { return "a: " + around(n, "a ? b && (", "a.b", ")") },
	"spread keys":     func(n int) string { return "{ " + many(n, "a.b%d = 1; c%[1]d = 2; ") + "}" },
	"many keys":       func(n int) string { return "{ " + many(n, "a%d.b = 1; c = 2; a%[1]d.d = 3; ") + "}" },
	"unsorted":        func(n int) string { return "{ b, a, ... }: {\n" + many(n, "  z%d = 1;\n  a%[1]d = 1;\n") + "}" },
	"args":            func(n int) string { return "{ " + many(n, "a%d ? 1, ") + "... }@args: [ " + many(n, "args.a%d ") + "]" },
	"calls in scopes": func(n int) string { return many(n, "let f%d = x: x; in ") + "[ " + many(n, "(f%d 1) ") + "]" },
	"unguarded mkIf":  func(n int) string { return "{ lib, ... }: { " + many(n, "a%d = [ ] ++ lib.mkIf true [ ]; ") + "}" },
	"option sets": func(n int) string {
		return "{ config, lib, ... }: let " + many(n, "a%d = { b = a%[2]d; c = a%[2]d; }; ") + "in { options = a0; config = { }; }"
	},
	"definition sets": func(n int) string {
		return "{ config, lib, ... }: let " + many(n, "a%d = a%[2]d // a%[2]d; ") + "in { options.a.enable = lib.mkEnableOption \"\"; config = a0; }"
	},
	"same modules": func(n int) string {
		return "{ config, lib, ... }: let m = { imports = [ m m ]; }; in { imports = [ " + many(n, "m (lib.optional config.a m) ") + "]; }"
	},
	"flake inputs": func(n int) string {
		return "{ inputs = { " + many(n, `a%d.url = "github:o/r%d"; `) + "}; outputs = { self, ... }: { }; }"
	},
	"flake follows": func(n int) string {
		return "{ " + many(n, `inputs.a%d.inputs.nixpkgs.follows = "a%[2]d"; `) + "outputs = inputs: { }; }"
	},
}
