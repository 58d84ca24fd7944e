//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/testenv"
)

var whatProject = map[string]string{
	"conf/default.nix": "{\n  port = 80;\n  hosts = [ \"a\" \"b\" ];\n  tls = { on = true; key = ./key.pem; };\n}\n",
	"lib.nix": "rec {\n  pass = x: x;\n  twice = f: x: f (f x);\n  mk = { name, size ? 1.5, ... }: { inherit name size; kind = \"made\"; };\n" +
		"  n = 2;\n  m = n * 21;\n  nothing = null;\n}\n",
	"main.nix": "let\n  conf = import ./conf;\n  l = import ./lib.nix;\n  unused = l.mk { name = \"ü\"; } // { size = l.twice (x: x * 2) 3; };\n" +
		"  port = l.pass conf.port;\n  inherit (conf.tls) key;\nin\n{\n  a = \"port ${toString port}\";\n  b.c = conf.tls;\n  b.d = map l.pass conf.hosts;\n" +
		"  e = l.nothing;\n  f = port > 79 && conf.tls.on;\n  g = unused.sise;\n}\n",
	"package.nix": "{ lib, stdenv, port ? 80 }:\nstdenv.mkDerivation { name = lib.optionalString true \"x\"; inherit port; }\n",
	"all.nix": "{ pkgs }:\n{\n  one = pkgs.callPackage ./package.nix { port = 81; };\n  two = import ./package.nix { inherit (pkgs) lib stdenv; };\n" +
		"  three = pkgs.callPackage ./package.nix { };\n}\n",
	"broken.nix": "{ a = ; }\n", "undefined.nix": "{ a = b; }\n", "twice.nix": "{ a = 1; a = 2; }\n", "comment.nix": "# only\n\n{ }\n",
}

// whatPlace returns the place of a mark "|" in a text that a file of the project has, as the command takes it.
func whatPlace(t *testing.T, file, from string) string {
	t.Helper()
	text := whatProject[file]
	offset := strings.Index(text, strings.ReplaceAll(from, "|", ""))
	require.GreaterOrEqual(t, offset, 0, "%s: %s", file, from)
	at := source.NewLineIndex(text).Position(uint32(offset + max(0, strings.IndexByte(from, '|'))))
	return fmt.Sprintf("%s:%d:%d", file, at.Line, at.Column)
}

func TestWhat(t *testing.T) {
	dir := testenv.Tree(t, whatProject)
	for _, c := range []struct{ file, from, want string }{
		{"main.nix", "${toString |port}", `main.nix:9:24: ` + "`port`" + `

  is       an integer: 80
  from     main.nix:5:3             by way of ` + "`port`" + `
           main.nix:2:3             by way of ` + "`conf`" + `
           conf/default.nix:2:10    made here, as ` + "`port`" + `
  read     conf/default.nix, lib.nix
`},
		{"main.nix", "|unused = ", `main.nix:4:3: the definition of ` + "`unused`" + `

  is       a set with 3 attributes
             kind                   lib.nix:4:56
             name                   main.nix:4:19
             size                   main.nix:4:38
  read     lib.nix
`},
		{"main.nix", "g = unused.|sise", `main.nix:14:7: ` + "`unused.sise`" + `

  is       nothing: evaluating it fails: the set has no attribute ` + "`sise`" + ` (main.nix:14:14)
  read     lib.nix
`},
		{"lib.nix", "|mk = ", `lib.nix:4:3: the definition of ` + "`mk`" + `

  is       a function that takes a set of 2 attributes and any others (lib.nix:4:8)
             name                   lib.nix:4:10
             size ?                 lib.nix:4:16
  called   main.nix:4:12            with name: a string: "ü"; not passed: size
`},
		{"lib.nix", "|x: x;", `lib.nix:2:10: the parameter ` + "`x`" + `

  is       what a caller passes
  called   main.nix:5:10            with an integer: 80
           main.nix:11:9            with a string: "a", or a string: "b"
`},
		{"package.nix", "|port ?", `package.nix:1:16: the parameter ` + "`port`" + `

  is       what a caller passes
  default  an integer: 80
  called   all.nix:3:9              by ` + "`callPackage`" + ` with an integer: 81
           all.nix:4:9              not passed
           all.nix:5:11             by ` + "`callPackage`" + ` taken from the package set
`},
		{"package.nix", "|stdenv.mkDerivation", `package.nix:2:1: ` + "`stdenv`" + `

  is       anything: nothing is known of it
  since    package.nix:1:8          the argument ` + "`stdenv`" + ` may be anything
`},
		{"package.nix", "name = |lib.opt", `package.nix:2:30: ` + "`lib`" + `

  is       taken for nixpkgs' ` + "`lib`" + `, or for a part of it
`},
		{"package.nix", "|name = lib.opt", `package.nix:2:23: the definition of ` + "`name`" + `

  is       a string: "x"
  from     package.nix:2:54         made here: ` + "`\"x\"`" + `
  if       package.nix:2:30         ` + "`lib.optionalString`" + ` is that of nixpkgs' ` + "`lib`" + `
`},
	} {
		o := start(t, dir, nil, "what", whatPlace(t, c.file, c.from))
		assert.Equal(t, exitClean, o.status, o.errors)
		assert.Equal(t, c.want, o.out, c.from)
		o = start(t, dir, nil, "what", "--format", "json", whatPlace(t, c.file, c.from))
		validJSON(t, "what-v1.schema.json", o.out)
	}
	o := start(t, filepath.Join(dir, "conf"), nil, "what", "../main.nix:5:3")
	assert.Contains(t, o.out, "default.nix:2:10", "paths are relative to the folder one stands in")
	o = start(t, dir, nil, "what", "conf:2:3")
	assert.Contains(t, o.out, "conf/default.nix:2:3: the definition of `port`", "a folder is its default.nix")
}

func TestWhatRefuses(t *testing.T) {
	dir := testenv.Tree(t, whatProject)
	for place, want := range map[string]string{
		"":                   "is no place: write FILE:LINE:COLUMN",
		"main.nix":           "is no place: write FILE:LINE:COLUMN",
		"main.nix:2":         "is no place: write FILE:LINE:COLUMN",
		"main.nix:x:1":       "is no place: write FILE:LINE:COLUMN",
		"main.nix:0:1":       "both count from 1",
		"main.nix:1:0":       "both count from 1",
		"main.nix:1:-1":      "both count from 1",
		"none.nix:1:1":       "none.nix: no such file",
		"main.nix:99:1":      "main.nix: there is no line 99: it has 16",
		"main.nix:1:9":       "main.nix: there is no column 9 in line 1: that ends before column 4",
		"broken.nix:1:1":     "broken.nix:1:7: ",
		"undefined.nix:1:1":  "undefined.nix:1:7: undefined variable `b`, so Nix evaluates nothing of the file",
		"twice.nix:1:1":      "twice.nix:1:10: `a` is defined twice, so Nix evaluates nothing of the file",
		"comment.nix:1:1":    "comment.nix:1:1: there is neither an expression nor a name here",
		"comment.nix:4:1":    "comment.nix:4:1: there is neither an expression nor a name here",
		"/dev/null:1:1":      "/dev/null",
		"a:b/none.nix:1:1":   "a:b/none.nix: no such file",
		"main.nix:1:1 extra": "is no place",
	} {
		o := start(t, dir, nil, "what", place)
		assert.Equal(t, exitUsage, o.status, place)
		assert.Contains(t, o.errors, want, place)
		assert.Empty(t, o.out, place)
	}
	o := start(t, dir, nil, "what")
	assert.Equal(t, exitUsage, o.status)
	assert.Contains(t, o.errors, "`nixsift what` needs a place")
	o = start(t, dir, nil, "what", "--format", "xml", "main.nix:1:1")
	assert.Equal(t, exitUsage, o.status)
	assert.Contains(t, o.errors, `unknown format "xml"`)
}

// TestWhatNix compares what is said of places in closed files with what Nix makes of the same expressions.
func TestWhatNix(t *testing.T) {
	nix := testenv.Nix234(t)
	dir := testenv.Tree(t, whatProject)
	const l, unused = "(import ./lib.nix)", "((import ./lib.nix).mk { name = \"ü\"; } // { size = (import ./lib.nix).twice (x: x * 2) 3; })"
	for _, c := range []struct{ file, from, expr string }{
		{"main.nix", "|conf = import", "import ./conf"},
		{"main.nix", "conf = |import", "import"},
		{"main.nix", "import |./conf", "./conf"},
		{"main.nix", "|l = import", l},
		{"main.nix", "|unused = l", unused},
		{"main.nix", "unused = |l.mk", l},
		{"main.nix", "unused = l.|mk", l + ".mk"},
		{"main.nix", "mk |{ name", "{ name = \"ü\"; }"},
		{"main.nix", "{ |name = ", "\"ü\""},
		{"main.nix", "} |// { size", unused},
		{"main.nix", "// { |size", unused + ".size"},
		{"main.nix", "twice (x|: x * 2) 3", "x: x * 2"},
		{"main.nix", "|port = l.pass", "(import ./conf).port"},
		{"main.nix", "|conf.port;", "import ./conf"},
		{"main.nix", "inherit (conf.tls) |key", "(import ./conf).tls.key"},
		{"main.nix", "inherit (|conf.tls)", "import ./conf"},
		{"main.nix", "inherit (conf.|tls)", "(import ./conf).tls"},
		{"main.nix", "\nin|\n{\n  a", "import ./main.nix"},
		{"main.nix", "\n  |a = \"port", "(import ./main.nix).a"},
		{"main.nix", "\"|port ${", "(import ./main.nix).a"},
		{"main.nix", "|b.c", "(import ./main.nix).b"},
		{"main.nix", "b.|c", "(import ./main.nix).b.c"},
		{"main.nix", "|b.d", "(import ./main.nix).b"},
		{"main.nix", "\n  |e = ", "(import ./main.nix).e"},
		{"main.nix", "\n  |f = ", "(import ./main.nix).f"},
		{"main.nix", "port |> 79", "(import ./conf).port > 79"},
		{"main.nix", "conf.tls.|on", "(import ./conf).tls.on"},
		{"lib.nix", "|twice", l + ".twice"},
		{"lib.nix", "|m = ", l + ".m"},
		{"lib.nix", "size ? |1.5", "1.5"},
		{"lib.nix", "|mk = ", l + ".mk"},
		{"conf/default.nix", "|hosts", "(import ./conf).hosts"},
		{"conf/default.nix", "[ |\"a\"", "\"a\""},
		{"conf/default.nix", "|tls", "(import ./conf).tls"},
		{"package.nix", "|{ lib, stdenv", "import ./package.nix"},
	} {
		o := start(t, dir, nil, "what", "--format", "json", whatPlace(t, c.file, c.from))
		require.Equal(t, exitClean, o.status, o.errors)
		validJSON(t, "what-v1.schema.json", o.out)
		var got struct {
			Kinds    []string
			Sole     bool
			Complete bool
			Values   []struct {
				Value      any
				Length     *int
				Open       *bool
				Attributes *[]struct {
					Name, File string
					Maybe      bool
				}
				Function *struct {
					Builtin string
					Formals *[]struct {
						Name     string
						Optional bool
					}
				}
			}
		}
		require.NoError(t, json.Unmarshal([]byte(o.out), &got))

		cmd := exec.Command(nix, "--store", "dummy://", "--eval", "--strict", "--json", "--expr", `let v = `+c.expr+`; in {
			type = builtins.typeOf v;
			attrs = if builtins.isAttrs v then builtins.attrNames v else null;
			length = if builtins.isList v then builtins.length v else null;
			args = if builtins.isFunction v then builtins.functionArgs v else null;
			value = if builtins.isPath v then toString v else if builtins.isAttrs v || builtins.isList v || builtins.isFunction v then null else v;
		}`)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+dir, "NIX_PATH=")
		out, err := cmd.Output()
		require.NoError(t, err, c.expr)
		var nix struct {
			Type   string
			Attrs  []string
			Length *int
			Args   map[string]bool
			Value  any
		}
		require.NoError(t, json.Unmarshal(out, &nix))

		kind := map[string]string{"int": "integer", "bool": "boolean", "lambda": "function"}[nix.Type]
		if kind == "" {
			kind = nix.Type
		}
		assert.Equal(t, []string{kind}, got.Kinds, "%s: %s", c.file, c.from)
		assert.True(t, got.Sole && got.Complete, c.from)
		if kind == "null" {
			assert.Empty(t, got.Values)
			continue
		}
		require.Len(t, got.Values, 1, c.from)
		v := got.Values[0]
		assert.Equal(t, nix.Value, v.Value, c.from)
		assert.Equal(t, nix.Length, v.Length, c.from)
		if nix.Attrs != nil {
			var names []string
			for _, a := range *v.Attributes {
				names = append(names, a.Name)
				assert.False(t, a.Maybe, c.from)
				assert.NotEmpty(t, a.File, c.from)
			}
			assert.Equal(t, nix.Attrs, names, c.from)
			assert.False(t, *v.Open, c.from)
		}
		if nix.Type == "lambda" && v.Function.Builtin == "" {
			args := map[string]bool{}
			if v.Function.Formals != nil {
				for _, a := range *v.Function.Formals {
					args[a.Name] = a.Optional
				}
			}
			assert.Equal(t, nix.Args, args, c.from)
		}
	}
}

// TestWhatOfStdin: a place may be one of standard input, wherever the flags stand; what that imports lies beside the file that it is of.
func TestWhatOfStdin(t *testing.T) {
	dir := testenv.Tree(t, whatProject)
	text := "let conf = import ./conf; in\nconf.port |> (x: x + 1)\n"
	for _, args := range [][]string{{"what", "-:2:11"}, {"what", "-:2:11", "--format", "text"}, {"what", "--stdin-path", "new.nix", "--", "-:2:11"}} {
		code, out, errs := nixsift(t, dir, text, args...)
		assert.Equal(t, exitClean, code, errs)
		assert.Contains(t, out, "is       an integer: 81\n", args)
		assert.Contains(t, out, "conf/default.nix", args)
	}
	code, _, errs := nixsift(t, dir, "{ a = ; }", "what", "-:1:1")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, errs, "stdin.nix:1:7: ")
}
