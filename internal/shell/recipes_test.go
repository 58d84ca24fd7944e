package shell

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/growth"
)

const makefile = `LIB ?= path:../lib
export ROOT := $(CURDIR)

.PHONY: all
all: check | tools
# nothing here
	@echo "$(LIB)"
check: $(wildcard *.nix)
	-nix build --override-input lib $(LIB) \
	  --override-input root path:$(ROOT)/x
ifdef SLOW
	nix flake check "path:$${PWD}" $$(pwd)
endif

tools: ; nix develop -c make -C sub lint
lone = value
	not a recipe
`

const justfile = `set shell := ["bash", "-c"]
lib := "path:../lib"
other-lib := 'path:../other'
alias c := check

# Check everything.
check *args: (build "x") tools
    @nix flake check --override-input lib {{ lib }} {{args}}

    nix flake check --override-input lib {{other-lib}}
build name="a":
    #!/usr/bin/env bash
    set -e
    for i in {{name}}; do nix build ".#$i"; done
tools:
    just --working-directory sub lint
snake:
    #!/usr/bin/env python3
    print("nix build path:.")
`

func TestRecipes(t *testing.T) {
	for name, text := range variants(makefile) {
		d := ReadScript("Makefile", text)
		require.Equal(t, strings.Join([]string{
			"echo|path:../lib^inputs.LIB",
			"nix|build|--override-input|lib|path:../lib^inputs.LIB|--override-input|root|path:$(ROOT)/x",
			"nix|flake|check|path:${PWD}|$(pwd)", "pwd", "nix|develop|-c", "make|-C|sub|lint", "",
		}, "\n"), render(d), name)
		for _, c := range d.Commands() {
			if c.Name != "pwd" {
				require.True(t, strings.HasPrefix(text[c.Span.Start:], c.Name), "%s: %s", name, c.Name)
			}
		}
		require.Subset(t, slices.Collect(maps.Keys(d.Run(nil))), []string{"all", "check", "tools"}, name)
		require.NotContains(t, d.Run([]string{"tools"}), "check", name)
	}
	for name, text := range variants(justfile) {
		d := ReadScript("a/justfile", text)
		require.Equal(t, strings.Join([]string{
			"nix|flake|check|--override-input|lib|path:../lib^inputs.lib|{{args}}",
			"nix|flake|check|--override-input|lib|path:../other^inputs.other-lib",
			"set|-e", "nix|build|.#$i", "just|--working-directory|sub|lint", "",
		}, "\n"), render(d), name)
		run := d.Run([]string{"check"})
		assert.True(t, run["build"] && run["tools"] && !run["snake"], name)
		require.NotEmpty(t, d.Calls)
		assert.Equal(t, "sub/justfile", d.Calls[0].Path)
	}
	for file, want := range map[string]string{"a/Makefile": "make", "x.mk": "make", ".justfile": "just", "x.just": "just", "makefile.sh": ""} {
		assert.Equal(t, want, RecipeTool(file), file)
	}
}

func TestStringsOfJust(t *testing.T) {
	text := "v := \"$(curl https://a.io | jq \\\"x\\\" )\"\n" +
		"lib := \"path:../\\\"lib\"\nraw := 'path:\\a'\n" +
		"open := \"a\\\"\n" +
		"all:\n    nix build --override-input lib {{raw}}\n"
	for name, text := range variants(text) {
		d := ReadScript("justfile", text)
		require.Equal(t, "nix|build|--override-input|lib|path:\\a^inputs.raw\n", render(d), name)
		_, _, ok := d.Mention(d.Unread, []string{"curl", "path:../", "path:\\a"})
		assert.False(t, ok, name)
		_, _, ok = d.Mention(d.Unread, []string{"open := "})
		assert.True(t, ok, name)
	}
}

func TestBackticksOfJust(t *testing.T) {
	text := "current-system := `nix eval --impure --raw --expr builtins.currentSystem`\n" +
		"export rev := trim(`git rev-parse HEAD`) + \"`nix no`\" + `nix a` # `nix no`\n" +
		"lib := \"path:../lib\"\n" +
		"all: # `nix no`\n    nix build --override-input lib {{lib}}\n" +
		"later := 'x' + `nix run \"path:./y\" | cat`\nopen := `nix no\n"
	for name, text := range variants(text) {
		d := ReadScript("justfile", text)
		require.Equal(t, strings.Join([]string{
			"nix|eval|--impure|--raw|--expr|builtins.currentSystem", "git|rev-parse|HEAD", "nix|a",
			"nix|build|--override-input|lib|path:../lib^inputs.lib", "nix|run|path:./y", "cat", "",
		}, "\n"), render(d), name)
		for _, c := range d.Commands() {
			require.True(t, strings.HasPrefix(text[c.Span.Start:], c.Name), "%s: %s", name, c.Name)
		}
		_, _, ok := d.Mention(d.Unread, []string{"--impure", "nix a", "path:./y"})
		assert.False(t, ok, name)
		_, _, ok = d.Mention(d.Unread, []string{"open := `nix no"})
		assert.True(t, ok, name)
		assert.Equal(t, map[string]bool{"all": true}, d.Run(nil), name)
	}
}

// TestExpressionsOfJust: what a justfile computes, with the places in it; nothing of a legal file is unread.
func TestExpressionsOfJust(t *testing.T) {
	text := `set shell := ["bash", "-c"] # path:./no
set dotenv-load
alias b := build
import 'path:x.just'

long := """
  nix build \
    path:./long
"""
raw := '''
  path:\n
'''
made := "path:" + "./made" / dir
dir := 'dir'
which := if os() == "linux" { "path:./linux" } else if x =~ 'a' { "path:./a" } else { "path:./other" }
given := env("REF", "path:./given")
shout := uppercase("path:./no")
home := x"path:$HOME/x"
both := f'path:{{dir}}/f'
ran := ` + "```" + `
  nix run path:./ran
  nix run path:./again
` + "```" + `
split := (
  "path:" +
  "./split"
)
export SHOWN := "path:./shown"
_checked := assert(dir == "path:no", "path:never")

[private]
[group("x: y")]
build host="a:b" *args='path:./args': (other "path:./x") && last
    nix a {{raw}} {{made}} {{which}} {{given}} {{shout}} {{home}} {{both}} {{split}} $SHOWN {{host}} {{args}}

@other dir $flag=("path:./" + "flag"):
    nix b {{dir}} $flag {{long}}

last: # path:./no
    #!/usr/bin/env bash
    nix c
`
	for name, text := range variants(text) {
		d := ReadScript("justfile", text)
		require.Equal(t, []string{
			"nix|run|path:./ran", "nix|run|path:./again",
			"nix|a|path:\\n^inputs.raw|path:./made/dir^inputs.made|{{which}}{path:./linux,path:./a,path:./other}|path:./given^inputs.given|{{shout}}|path:$HOME/x^inputs.home|" +
				"path:{{dir}}/f^inputs.both|path:./split^inputs.split|path:./shown^SHOWN|a:b^inputs.host|path:./args^inputs.args",
			"nix|b|{{dir}}|path:./flag^flag|nix^inputs.long|build^inputs.long|path:./long^inputs.long", "nix|c", "",
		}, strings.Split(render(d), "\n"), name)
		assert.Empty(t, d.Unread, name)
		assert.Equal(t, map[string]bool{"build": true, "other": true, "last": true}, d.Run([]string{"build"}), name)
	}
}

// TestJustIsLinear: neither parentheses that nothing closes nor many operands are read over and over.
func TestJustIsLinear(t *testing.T) {
	for name, text := range map[string]func(n int) string{
		"open":     func(n int) string { return strings.Repeat("x := (\n", n) },
		"no item":  func(n int) string { return strings.Repeat("(\n", n) + strings.Repeat(")\n", n) },
		"operands": func(n int) string { return "x := \"a\"" + strings.Repeat(` + "b"`, n) + "\na:\n\tnix build {{x}}\n" },
	} {
		growth.Memory(t, name, 2000, func(n int) func() {
			text := text(n)
			return func() { ReadScript("justfile", text) }
		})
	}
}

// TestEscapedLineEndsOfJust: a line end behind a backslash is none of the string.
func TestEscapedLineEndsOfJust(t *testing.T) {
	d := ReadScript("justfile", "x := \"path:\\\n./x\"\na:\n    nix build {{x}}\n")
	assert.Equal(t, "nix|build|path:./x^inputs.x", strings.TrimSpace(render(d)))
}
