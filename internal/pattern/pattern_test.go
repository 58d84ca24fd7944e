package pattern_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/pattern"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// found returns the matches of a pattern in a text: place, captures, and a question mark where it is only possible.
func found(t *testing.T, text, in string) []string {
	t.Helper()
	p, err := pattern.Compile(text)
	require.NoError(t, err, text)
	tree := parser.Parse(in)
	require.Empty(t, tree.Errors(), in)
	out := []string{}
	for _, m := range p.Find(sema.Resolve(tree)).Matches {
		s := m.Span.Of(in)
		for _, c := range m.Vars {
			s += fmt.Sprintf(" | %s=%s", c.Name, c.Text())
		}
		if m.Possible {
			s += " ?"
		}
		out = append(out, s)
	}
	return out
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		pattern, in string
		want        []string
	}{
		// Expressions, trivia and parentheses.
		{"$x", "1", []string{"1 | x=1"}},
		{"f $x", "f   /* c */ ((1))", []string{"f   /* c */ ((1)) | x=1"}},
		{"(f) $x", "f (a b)", []string{"f (a b) | x=a b"}},
		{"f ( /* c */ a + b )", "[ (f (a+b)) (f (b + a)) ]", []string{"f (a+b)"}},
		{"$f $x", "g 1 2", []string{"g 1 2 | f=g 1 | x=2", "g 1 | f=g | x=1"}},
		{"$f ($x: $body)", "map (y: y + 1) [ ]", []string{"map (y: y + 1) | f=map | x=y | body=y + 1"}},
		{"$f ($x:$body)", "map ({ a }: a)", []string{"map ({ a }: a) | f=map | x={ a } | body=a"}},
		{"$x + $x", "[ (a.b + (a . b)) (a + b) ]", []string{"a.b + (a . b) | x=a.b"}},
		{"if $c then true else false", "x: if x then true else false", []string{"if x then true else false | c=x"}},
		{"!(!$x)", "! (! a)", []string{"! (! a) | x=a"}},
		{"$a -> $b", "x: y: x  ->y", []string{"x  ->y | a=x | b=y"}},
		{"$x ? a.b", "x: x.y?a.b", []string{"x.y?a.b | x=x.y"}},
		{"assert $c; $b", "assert true; 1", []string{"assert true; 1 | c=true | b=1"}},
		{"with $e; $b", "with { }; 1", []string{"with { }; 1 | e={ } | b=1"}},
		{"1 - $_", "[ (1 - 2) (2 - 1) ]", []string{"1 - 2"}},
		{"<nixpkgs>", "import <nixpkgs> { }", []string{"<nixpkgs>"}},
		{"import ./a.nix", "[ (import ./a.nix) (import ./b.nix) ]", []string{"import ./a.nix"}},
		{"./${$x}/b", "x: ./${x.y}/b", []string{"./${x.y}/b | x=x.y"}},
		// Strings by value.
		{`"a\nb"`, "[ ''a\nb'' \"a\\x\" ]", []string{"''a\nb''"}},
		{`"x${$y}"`, "y: [ ''x${y}'' \"x${y}z\" ]", []string{"''x${y}'' | y=y"}},
		{`"http://a.b/c"`, "[ http://a.b/c ]", []string{"http://a.b/c"}},
		// Selections.
		{"stdenv.isLinux", "{ stdenv, pkgs }: [ stdenv.isLinux (stdenv).isLinux pkgs.stdenv.isLinux stdenv.isLinux.x (stdenv.isLinux or false) ]",
			[]string{"stdenv.isLinux", "(stdenv).isLinux", "stdenv.isLinux"}},
		{"$s.isLinux", "{ pkgs }: pkgs.stdenv.isLinux", []string{"pkgs.stdenv.isLinux | s=pkgs.stdenv"}},
		{"$x.${$n} or $d", "x: x.a or 1", []string{}},
		{"$x.$n or $d", "x: x.a or 1", []string{"x.a or 1 | x=x | n=a | d=1"}},
		{`$x."a b"`, `x: x."a b"`, []string{`x."a b" | x=x`}},
		{"$x.${$n}", "x: n: x.${n}", []string{"x.${n} | x=x | n=n"}},
		// The same thing under other names.
		{"lib.mkForce $x", "{ lib, ... }: [ (lib.mkForce 1) (with lib; mkForce 2) (let inherit (lib) mkForce; in mkForce 3) ]",
			[]string{"lib.mkForce 1 | x=1", "mkForce 2 | x=2", "mkForce 3 | x=3"}},
		{"lib.mkForce $x", "{ pkgs, ... }: [ (pkgs.lib.mkForce 1) (with pkgs.lib; mkForce 2) ]", []string{"pkgs.lib.mkForce 1 | x=1", "mkForce 2 | x=2"}},
		{"lib.mkForce $x", "{ lib, pkgs, ... }: with lib; with pkgs; mkForce 1", []string{"mkForce 1 | x=1 ?"}},
		{"lib.mkForce $x", "{ lib, mkForce, ... }: with lib; mkForce 1", []string{}},
		{"lib.types.str", "{ lib, ... }: with lib.types; [ str ] ++ (with lib; [ types.str ])", []string{"str"}},
		{"lib.$f $x", "{ lib, ... }: with lib; mkIf 1", []string{"mkIf 1 | f=mkIf | x=1"}},
		{"stdenv.isLinux", "{ stdenv, ... }: let inherit (stdenv) isLinux; in isLinux", []string{"isLinux"}},
		{"builtins.map $f $l", "f: [ (map f [ ]) (builtins.map f 1) (with builtins; map f 2) ]", []string{"map f [ ] | f=f | l=[ ]", "builtins.map f 1 | f=f | l=1", "map f 2 | f=f | l=2"}},
		{"builtins.head $l", "[ (__head 1) (let inherit (builtins) head; in head 2) (let head = 1; in head 3) ]", []string{"__head 1 | l=1", "head 2 | l=2"}},
		{"toString $x", "[ (builtins.toString 1) ]", []string{"builtins.toString 1 | x=1"}},
		// Lists and arguments.
		{"[ $$$items ]", "[ 1 2 ]", []string{"[ 1 2 ] | items=1 2"}},
		{"[ $$$items ]", "[ ]", []string{"[ ] | items="}},
		{"[ $x ]", "[ [ 1 ] 2 ]", []string{"[ 1 ] | x=1"}},
		{"[ $$$a 3 $$$b ]", "[ 1 2 3 4 ]", []string{"[ 1 2 3 4 ] | a=1 2 | b=4"}},
		{"[ $$$ $x $$$ $x $$$ ]", "[ 1 2 3 2 4 ]", []string{"[ 1 2 3 2 4 ] | x=2"}},
		{"f [ $$$ $x $$$ ] $x", "f [ 1 2 3 ] 2", []string{"f [ 1 2 3 ] 2 | x=2"}},
		{"lib.mkMerge [ $$$ ]", "{ lib }: lib.mkMerge [ 1 (x: x) ]", []string{"lib.mkMerge [ 1 (x: x) ]"}},
		{"f $$$args", "f 1 2 (3)", []string{"f 1 2 (3) | args=1 2 (3)"}},
		{"f $$$a 2 $b", "f 1 2 3", []string{"f 1 2 3 | a=1 | b=3"}},
		// Sets: order, dots, what else is there.
		{"{ a = 1; b = $x; }", "{ b = 2; a = 1; }", []string{"{ b = 2; a = 1; } | x=2"}},
		{"{ a = 1; }", "{ b = 2; a = 1; }", []string{"a = 1;"}},
		{"{ }", "[ { } { a = 1; } ]", []string{"{ }"}},
		{"{ services.$name.enable = true; }", "{ services = { nginx = { enable = true; port = 1; }; }; }", []string{"enable = true; | name=nginx"}},
		{"{ services.$name.enable = true; }", "{ services.nginx.enable = true; services.b = { enable = true; }; services.c.enable = false; }",
			[]string{"services.nginx.enable = true; | name=nginx", "enable = true; | name=b"}},
		{"{ services = { $name = { enable = true; }; }; }", "{ services.nginx.enable = true; }", []string{"services.nginx.enable = true; | name=nginx"}},
		{"{ enable = $x; }", "{ a.enable = 1; }", []string{"a.enable = 1; | x=1"}},
		{"{ a = $x; }", "{ a.b = 1; a.c = 2; }", []string{"a.b = 1; | x={ b = 1; c = 2; }"}},
		{"{ $$$a; src = ./.; $$$b }", "{ x = 1; src = ./.; y = 2; z = 3; }", []string{"{ x = 1; src = ./.; y = 2; z = 3; } | a=x = 1; | b=y = 2; z = 3;"}},
		{"{ $$$a; src = ./.; $$$b }", "{ src = ./.; }", []string{"{ src = ./.; } | a= | b="}},
		{"{ $$$rest }", "{ a = 1; b = 2; }", []string{"{ a = 1; b = 2; } | rest=a = 1; b = 2;"}},
		{"{ a = 1; $$$rest }", "{ b = 1; a = 1; c = 2; }", []string{"{ b = 1; a = 1; c = 2; } | rest=b = 1;\nc = 2;"}},
		{"rec { a = 1; }", "[ { a = 1; } rec { a = 1; } ]", []string{"a = 1;"}},
		{"{ inherit x; }", "x: [ { inherit x; } { x = x; } { x = 1; } ]", []string{"x", "x = x;"}},
		{"{ inherit (lib) $n; }", "{ lib }: { inherit (lib) a b; }", []string{"a | n=a", "b | n=b"}},
		{"{ x = $v; }", "{ x, y }: [ { inherit x; } { inherit (y) x; } ]", []string{"x | v=x", "x | v=y.x"}},
		{"{ ${$n} = $v; }", "n: { ${n} = 1; }", []string{"${n} = 1; | n=n | v=1"}},
		{`{ "a b" = 1; }`, `{ "a b" = 1; }`, []string{`"a b" = 1;`}},
		{"f { $n = $v; $m = $v; }", "f { a = 1; b = 2; c = 1; }", []string{"f { a = 1; b = 2; c = 1; } | n=a | v=1 | m=c"}},
		// let, functions.
		{"let $x = $v; in $x", "let a = 1; in a", []string{"let a = 1; in a | x=a | v=1"}},
		{"let $x = $v; in $x", "let a = 1; b = 2; in a", []string{}},
		{"let $$$b in $x", "let a = 1; b = 2; in a", []string{"let a = 1; b = 2; in a | b=a = 1; b = 2; | x=a"}},
		{"$x: $x", "[ (x: x) (x: y: x) ]", []string{"x: x | x=x"}},
		{"{ a, b ? $d, ... }: $body", "{ b ? 1, a, ... }: a", []string{"{ b ? 1, a, ... }: a | d=1 | body=a"}},
		{"{ a }: a", "[ ({ a, b }: a) ({ a }: a) ({ a, ... }: a) ]", []string{"{ a }: a"}},
		{"{ lib, $$$rest }: $b", "{ pkgs, lib, ... }: 1", []string{"{ pkgs, lib, ... }: 1 | rest=pkgs | b=1"}},
		{"{ $$$ }: $b", "args@{ pkgs, lib }: 1", []string{"args@{ pkgs, lib }: 1 | b=1"}},
		{"$a@{ ... }: $b", "{ ... }@args: args", []string{"{ ... }@args: args | a=args | b=args"}},
	} {
		assert.Equal(t, c.want, found(t, c.pattern, c.in), "%s\nin %s", c.pattern, c.in)
	}
}

func TestCompileErrors(t *testing.T) {
	for _, c := range []struct {
		pattern string
		at      int
		says    string
	}{
		{"", 0, "empty"},
		{"f (", 3, "no Nix code"},
		{"{ $$$a; b = ; }", 12, "no Nix code"},
		{"$", 0, "has a name"},
		{"$$x", 0, "begins with $, or with $$$"},
		{"$1", 0, "has a name"},
		{"$x-y", 2, "letters, digits and _"},
		{"$x/$y", 2, "cannot be part of a path"},
		{"x:$y", 0, "blank behind the colon"},
		{"$$$x", 0, "stands for several"},
		{"f (a + $$$x)", 7, "stands for several"},
		{"[ $x $$$x ]", 5, "two metavariables"},
		{"_x $x", 0, "cannot be told apart"},
		{"{ $a = 1; $a = 2; }", 10, "twice"},
		{strings.Repeat("$x ", 300), 768, "256"},
	} {
		_, err := pattern.Compile(c.pattern)
		var e *pattern.Error
		if assert.ErrorAs(t, err, &e, c.pattern) {
			assert.Equal(t, c.at, e.Offset, "%s: %s", c.pattern, e.Message)
			assert.Contains(t, e.Message, c.says, c.pattern)
		}
	}
}

func TestReplace(t *testing.T) {
	for _, c := range []struct{ pattern, with, in, want string }{
		{"stdenv.isLinux", "stdenv.hostPlatform.isLinux", "{ stdenv }: [ stdenv.isLinux /* c */ stdenv.isLinux.x ]", "{ stdenv }: [ stdenv.hostPlatform.isLinux /* c */ stdenv.hostPlatform.isLinux.x ]"},
		{"lib.mdDoc $x", "$x", "{ lib }: { a = lib.mdDoc \"x\"; b = lib.mdDoc (c + d); e = f (lib.mdDoc x); }", "{ lib }: { a = \"x\"; b = c + d; e = f x; }"},
		{"lib.mdDoc $x", "$x", "{ lib }: lib.mdDoc (lib.mdDoc \"x\")", "{ lib }: \"x\""},
		{"f $x", "$x", "1 * f (a + b)", "1 * (a + b)"},
		{"f $x", "$x", "f/*c*/ 1", "f/*c*/ 1"},
		{"f $x", "$x", "f (a /* c */ b)", "a /* c */ b"},
		{"f $x $y", "f $y $x", "f (a b) 2", "f 2 (a b)"},
		{"!($a == $b)", "$a != $b", "!(x == y) && z", "x != y && z"},
		{"{ $$$a; src = ./.; $$$b }", "{ $$$a; src = ./src; $$$b }", "{\n  # one\n  x = 1; # two\n  src = ./.; # three\n  y = 2;\n}", "{\n  # one\n  x = 1; # two\n  src = ./src; # three\n  y = 2;\n}"},
		{"{ services.$n.enable = true; }", "{ services.$n.enable = false; }", "{ services = { a = { enable = true; x = 1; }; b.enable = true; }; }", "{ services = { a = { enable = false; x = 1; }; b.enable = false; }; }"},
		{"{ old = $x; }", "{ new = $x; }", "{ a = 1; old = { b = 2; }; }", "{ a = 1; new = { b = 2; }; }"},
		{"{ a = $x; }", "$x", "{ a = 1; b = 2; }", "{ a = 1; b = 2; }"},
		{"{ a = $x; }", "$x", "{ a = 1; }", "1"},
		{"[ $$$a 1 $$$b ]", "[ $$$a 2 $$$b ]", "[ 0 # c\n 1 3 ]", "[ 0 # c\n 2 3 ]"},
		{"[ $x ]", "f $x", "x: x ++ [ (a b) ]", "x: x ++ f (a b)"},
		{"mkIf $c $v", "lib.mkIf $c $v", "mkIf: mkIf (a && b) { c = mkIf d e; }", "mkIf: lib.mkIf (a && b) { c = lib.mkIf d e; }"},
		{"let $x = $v; in $x", "$v", "let a = 1 + 2; in a", "1 + 2"},
		{"f $$$args", "g $$$args", "f 1 (a b)", "g 1 (a b)"},
		{"{ $$$r }: $b", "{ $$$r, ... }: $b", "{ a, b }: a", "{ a, b, ... }: a"},
	} {
		p, err := pattern.Compile(c.pattern)
		require.NoError(t, err, c.pattern)
		r, err := p.Replacement(c.with)
		require.NoError(t, err, c.with)
		tree := parser.Parse(c.in)
		got, _, _, ok := r.Apply(tree, p.Find(sema.Resolve(tree)).Matches)
		assert.True(t, ok, c.in)
		assert.Equal(t, c.want, got, "%s => %s", c.pattern, c.with)
	}
}

func TestReplacementErrors(t *testing.T) {
	p, err := pattern.Compile("f $value $$$rest")
	require.NoError(t, err)
	for with, says := range map[string]string{"$valu": "did you mean $value?", "$rest": "three", "g $_": "without a name", "g (": "no Nix code"} {
		_, err := p.Replacement(with)
		assert.ErrorContains(t, err, says)
	}
}
