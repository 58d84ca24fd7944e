package shell

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// render writes the commands one a line: the name, then the words between bars; words through a variable
// carry its name, alternatives stand in braces.
func render(d *Doc) string {
	var b strings.Builder
	for _, c := range d.Commands() {
		b.WriteString(c.Name)
		for _, w := range c.Args {
			b.WriteString("|" + renderWord(w))
		}
		if c.Recovered {
			b.WriteString(" ?")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func renderWord(w Word) string {
	text := w.Text
	if len(w.Alts) > 0 {
		var alts []string
		for _, a := range w.Alts {
			alts = append(alts, a.Text)
		}
		text += "{" + strings.Join(alts, ",") + "}"
	}
	if w.Via != "" {
		text += "^" + w.Via
	}
	return text
}

// variants are the same file with other line ends, a byte order mark, and text of several bytes a rune
// before everything else.
func variants(text string) map[string]string {
	return map[string]string{
		"plain": text,
		"crlf":  strings.ReplaceAll(text, "\n", "\r\n"),
		"bom":   "\ufeff" + text,
		"wide":  "# żółw 日本 🐢\n" + text,
	}
}

func TestScalarStyles(t *testing.T) {
	const command = "nix build .#x --override-input dep path:../dep --impure"
	want := "nix|build|.#x|--override-input|dep|path:../dep|--impure\n"
	for name, run := range map[string]string{
		"plain":             " " + command,
		"plain folded":      " nix build .#x\n          --override-input dep\n          path:../dep\n          --impure",
		"plain next line":   "\n          " + command,
		"plain comment":     " # why\n          " + command,
		"plain end comment": " " + command + " # why",
		"single":            " '" + command + "'",
		"single folded":     " 'nix build .#x\n          --override-input   \n          dep path:../dep --impure'",
		"double":            " \"" + command + "\"",
		"double folded":     " \"nix build .#x \\\n          --override-input dep\n          path:../dep --impure\"",
		"double tab":        " \"nix build .#x\t--override-input dep path:../dep \t--impure\"",
		"literal":           " |\n          " + command + "\n",
		"literal keep":      " |+\n          " + command + "\n\n",
		"literal strip":     " |- # why\n\n          " + command,
		"literal indicator": " |2\n          " + command,
		"literal split":     " |\n          nix build .#x \\\n            --override-input dep \\\n            path:../dep --impure\n",
		"folded":            " >\n          nix build .#x\n          --override-input dep\n          path:../dep --impure\n",
		"folded strip":      " >-\n          nix build .#x --override-input\n          dep path:../dep\n          --impure",
		"anchor":            " &go " + command,
		"tag":               " !!str " + command,
		"anchored literal":  " &go |\n          " + command,
		"quoted words":      " nix \"build\" '.#x' --override-input \"dep\" 'path:../dep' --impure",
		"escaped words":     " nix build .#x --over\\ride-input dep path:../dep --impure",
		"multi-byte":        " |\n          : 日本; " + command,
	} {
		for kind, text := range variants("on: push\njobs:\n  a:\n    steps:\n      - name: x\n        run:" + run + "\n        env: {}\n") {
			t.Run(name+" "+kind, func(t *testing.T) {
				if strings.Contains(name, "quoted words") && strings.HasPrefix(run, " \"") {
					t.Skip()
				}
				d := ReadCI(".github/workflows/x.yml", text)
				require.Empty(t, d.Problems)
				got := strings.TrimPrefix(render(d), ":|日本\n")
				assert.Equal(t, want, got)
				require.NotEmpty(t, d.Scripts)
				assert.Nil(t, d.Scripts[0].Err)
				for _, c := range d.Commands() {
					for _, w := range c.Args {
						checkWord(t, name, text, w)
						if w.Text == "path:../dep" {
							assert.Equal(t, w.Text, strings.Trim(w.Span.Of(text), `'"`))
							assert.Equal(t, "../dep", w.At(len("path:"), len(w.Text)).Of(text))
						}
					}
				}
			})
		}
	}
}

func TestDoubleQuotedEscapes(t *testing.T) {
	text := `jobs: {a: {steps: [{run: "printf '\t\x41\u00e9\U0001F422' && nix\
         \ build \"path:./a\" --x\/y"}]}}`
	d := ReadCI(".github/workflows/x.yml", text)
	require.Empty(t, d.Problems)
	assert.Equal(t, "printf|\tAé🐢\nnix|build|path:./a|--x/y\n", render(d))
	c := d.Scripts[0].Commands[1]
	assert.Equal(t, `\"path:./a\"`, c.Args[1].Span.Of(text))
	assert.Equal(t, `path:./a`, c.Args[1].At(0, 8).Of(text))
	assert.Equal(t, `--x\/y`, c.Args[2].Span.Of(text))
}

// workflow wraps shell text in a workflow's step.
func workflow(script string) string {
	return "jobs:\n  a:\n    steps:\n      - run: |\n          " +
		strings.ReplaceAll(strings.TrimRight(script, "\n"), "\n", "\n          ") + "\n"
}

func TestCommands(t *testing.T) {
	for script, want := range map[string]string{
		"nix build":                                              "nix|build\n",
		"# nix build\necho nix build # nix":                      "echo|nix|build\n",
		"sudo -E -u root nix build":                              "nix|build\n",
		"sudo -H env A=1 B=2 nice -n 5 nix build":                "nix|build\n",
		"env -i - X=1 nix build":                                 "nix|build\n",
		"FOO=1 nix build":                                        "nix|build\n",
		"time nix build":                                         "nix|build\n",
		"/usr/bin/time -f '%e' nix build":                        "nix|build\n",
		"timeout -k 5 --signal=9 1h nix build":                   "nix|build\n",
		"timeout --foreground 60 nix build":                      "nix|build\n",
		"exec -a x nix build":                                    "nix|build\n",
		"command nix build; command -v nix":                      "nix|build\ncommand|-v|nix\n",
		"ls | xargs -n1 -I {} nix build {}":                      "ls\nnix|build|{}\n",
		"sudo -v":                                                "sudo|-v\n",
		"/run/current-system/sw/bin/nix build":                   "nix|build\n",
		"\"$HOME\"/bin/nix-build a":                              "nix-build|a\n",
		"$TOOL build":                                            "|build\n",
		"if ! nix build; then nix a; elif b; then c; else d; fi": "nix|build\nnix|a\nb\nc\nd\n",
		"while a; do b; done < <(nix c)":                         "a\nb\nnix|c\n",
		"for x in $(nix a); do nix b; done":                      "nix|a\nnix|b\n",
		"case $(nix a) in x) nix b;; esac":                       "nix|a\nnix|b\n",
		"(nix a) && { nix b; } || nix c | nix d & nix e":         "nix|a\nnix|b\nnix|c\nnix|d\nnix|e\n",
		"f() { nix a; }; f":                                      "nix|a\nf\n",
		"x=$(nix a) y=`nix b` z=\"$(nix c \"$(nix d)\")\"":       "nix|a\nnix|b\nnix|c|$(nix d)\nnix|d\n",
		"[[ $(nix a) == b && -n $(nix c) ]]; (( $(nix d) ))":     "nix|a\nnix|c\nnix|d\n",
		"echo ${X:-$(nix a)} ${Y/a/$(nix b)} ${Z:$(nix c)}":      "echo|$(nix a)^X|${Y/a/$(nix b)}|${Z:$(nix c)}\nnix|a\nnix|b\nnix|c\n",
		"bash -c 'nix a; nix b'":                                 "bash|-c|nix a; nix b\nnix|a\nnix|b\n",
		"bash -euo pipefail -c \"nix a \\\"\\$x\\\"\"":           "bash|-euo|pipefail|-c|nix a \"$x\"\nnix|a|$x\n",
		"sh -ec 'bash -lc \"nix a\"'":                            "sh|-ec|bash -lc \"nix a\"\nbash|-lc|nix a\nnix|a\n",
		"su - x -c 'nix a'":                                      "su|-|x|-c|nix a\nnix|a\n",
		"eval 'nix a'":                                           "eval|nix a\nnix|a\n",
		"eval nix a":                                             "nix|a\n",
		"trap 'nix a' EXIT":                                      "trap|nix a|EXIT\nnix|a\n",
		"nix-shell -p x --run 'nix a' --pure":                    "nix-shell|-p|x|--run|nix a|--pure\nnix|a\n",
		"nix develop .#ci --command nix build --x":               "nix|develop|.#ci|--command\nnix|build|--x\n",
		"nix shell a b -c sudo nix c":                            "nix|shell|a|b|-c\nnix|c\n",
		"nix run .#x -- -c nix":                                  "nix|run|.#x|--|-c|nix\n",
		"cachix watch-exec mine -- nix build":                    "cachix|watch-exec|mine|--\nnix|build\n",
		"devenv -v shell -- nix build":                           "devenv|-v|shell|--\nnix|build\n",
		"direnv exec . nix build":                                "nix|build\n",
		"find . -name x -exec nix a {} \\; -exec nix b {} +":     "find|.|-name|x|-exec|nix|a|{}|;|-exec|nix|b|{}|+\nnix|a|{}\nnix|b|{}\n",
		"bash <<'EOF'\nnix a $x\nEOF\nnix b":                     "bash\nnix|a|$x\nnix|b\n",
		"bash -s -- x <<EOF\nnix a \\$y\nEOF":                    "bash|-s|--|x\nnix|a|$y\n",
		"bash <<< 'nix a'":                                       "bash\nnix|a\n",
		"cat <<EOF\nnix a\n$(nix b)\nEOF\nnix c":                 "cat\nnix|b\nnix|c\n",
		"cat > x.sh <<-'EOF'\n\tnix a\n\tEOF":                    "cat\n",
		"nix build 2>&1 | tee log > \"$(nix a)\"":                "nix|build\ntee|log\nnix|a\n",
		"! time -p nix a":                                        "nix|a\n",
		"nix build --x=\"a b\"c\\ d$'e\\tf'":                     "nix|build|--x=a bc de\tf\n",
	} {
		for kind, text := range variants(workflow(script)) {
			t.Run(script+" "+kind, func(t *testing.T) {
				d := ReadCI(".github/workflows/x.yml", text)
				require.Empty(t, d.Problems)
				require.Nil(t, d.Scripts[0].Err)
				assert.Equal(t, want, render(d))
				for _, c := range d.Commands() {
					for _, w := range append([]Word{c.Word}, c.Args...) {
						checkWord(t, script, text, w)
					}
				}
			})
		}
		t.Run(script+" file", func(t *testing.T) {
			assert.Equal(t, want, render(ReadScript("x.sh", script)))
		})
	}
}

func TestVariables(t *testing.T) {
	for script, want := range map[string]string{
		"args=(--override-input dep \"path:$PWD?dir=src\")\nargs+=(--impure)\nnix build \"${args[@]}\" .#x": "nix|build|--override-input^args|dep^args|path:$PWD?dir=src^args|--impure^args|.#x\n",
		"FLAGS=\"--override-input x path:../y\"\nnix build $FLAGS":                                          "nix|build|--override-input^FLAGS|x^FLAGS|path:../y^FLAGS\n",
		"FLAGS=\"--a $(nix b c)\"; nix build ${FLAGS}":                                                      "nix|b|c\nnix|build|--a^FLAGS|$(nix b c)^FLAGS\n",
		"nix build $FLAGS\nexport FLAGS='--a b'":                                                            "nix|build|--a^FLAGS|b^FLAGS\n",
		"REF=path:../y; nix build \"$REF\"":                                                                 "nix|build|path:../y^REF\n",
		"REF='a b'; nix build \"$REF\"":                                                                     "nix|build|a b^REF\n",
		"F='--a'; F+=' --b'; nix x $F":                                                                      "nix|x|--a^F|--b^F\n",
		"F='--a'; F=\"$F --b\"; nix x $F":                                                                   "nix|x|--a^F|$F^F|--b^F\n",
		"A=--a; B=\"$A --b\"; nix x $B":                                                                     "nix|x|--a^B|--b^B\n",
		"if y; then R=a; else R=b; fi; nix x \"$R\"":                                                        "y\nnix|x|$R{a,b}\n",
		"F=; if y; then F='--a b'; fi; nix x $F":                                                            "y\nnix|x|--a^F|b^F\n",
		"for d in a b; do nix x \"./$d\" $d; done":                                                          "nix|x|./$d|$d{a,b}\n",
		"NIX='nix --offline'; $NIX build":                                                                   "nix|--offline^NIX|build\n",
		"nix x ${F:-path:../d}":                                                                             "nix|x|path:../d^F\n",
		"nix x ${F:+--override-input a \"path:../b c\"}":                                                    "nix|x|--override-input^F|a^F|path:../b c^F\n",
		"a=(x y); nix z ${a[@]+\"${a[@]}\"} \"${a[*]}\" $a":                                                 "nix|z|x^a|y^a|x^a|y^a|x^a\n",
		"local a b=--c; nix x $b":                                                                           "nix|x|--c^b\n",
		"declare -a q=(--c d); nix x \"${q[@]}\"":                                                           "nix|x|--c^q|d^q\n",
		"set -- --a b; nix x \"$@\"":                                                                        "set|--|--a|b\nnix|x|--a^@|b^@\n",
		"f() { nix x \"$@\" -z; }; f --a b; f c":                                                            "nix|x|--a^@|b^@|c^@|-z\nf|--a|b\nf|c\n",
		"f() { nix x --override-input a \"$1\"; }; f path:../b":                                             "nix|x|--override-input|a|path:../b^1\nf|path:../b\n",
		"CMD='nix build --a'; eval \"$CMD\"; bash -c \"$CMD\"":                                              "nix|build|--a\neval|nix build --a^CMD\nbash|-c|nix build --a^CMD\n",
		"nix x $UNKNOWN \"${also[@]}\" $1 \"$@\"":                                                           "nix|x|$UNKNOWN|${also[@]}|$1|$@\n",
		"X=$X; nix x $X":                                                                                    "nix|x|$X^X\n",
		"A=$B B=$A; nix x $A":                                                                               "nix|x|$A^A\n",
		"E=''; nix x $E \"$E\" y":                                                                           "nix|x|^E|y\n",
		"nix x ${#F} ${F%a} ${F:1} ${!F}; F=a":                                                              "nix|x|${#F}|${F%a}|${F:1}|${!F}\n",
		"bash -c 'F=\"--a b\"; nix x $F'":                                                                   "bash|-c|F=\"--a b\"; nix x $F\nnix|x|--a^F|b^F\n",
	} {
		for kind, text := range variants(workflow(script)) {
			t.Run(script+" "+kind, func(t *testing.T) {
				d := ReadCI(".github/workflows/x.yml", text)
				require.Empty(t, d.Problems)
				require.Nil(t, d.Scripts[0].Err)
				assert.Equal(t, want, render(d))
				for _, c := range d.Commands() {
					for _, w := range append([]Word{c.Word}, c.Args...) {
						checkWord(t, script, text, w)
						if w.Via != "" {
							assert.Contains(t, w.Use.Of(text), "$")
							assert.True(t, c.Span.Covers(w.Use) || c.Name == "nix" && strings.Contains(script, "eval"))
						}
					}
				}
			})
		}
	}
}

func TestRecovery(t *testing.T) {
	for script, want := range map[string]string{
		"nix a\nfoo )\nnix b\n":                   "nix|a\nnix|b ?\n",
		"nix a\nif b; then\n  nix c\n":            "nix|a\nb ?\nnix|c ?\n",
		"nix a\necho \"unclosed\nnix b":           "nix|a\necho ?\n",
		"nix a\ncat <<EOF\nnix b\n":               "nix|a\n",
		"nix a\n}\nnix b\n)\nnix c":               "nix|a\nnix|b ?\nnix|c ?\n",
		"cat <<EOF | x\nnix a\nEOF\nfoo )\nnix b": "cat\nx\nnix|b ?\n",
		"nix a; bash -c 'nix b; )'; nix c":        "nix|a\nbash|-c|nix b; )\nnix|b\nnix|c\n",
	} {
		t.Run(script, func(t *testing.T) {
			d := ReadScript("x.sh", script)
			require.NotNil(t, d.Scripts[0].Err)
			assert.NotEmpty(t, d.Scripts[0].Err.Msg)
			assert.LessOrEqual(t, int(d.Scripts[0].Err.Span.End), len(script))
			assert.Equal(t, want, render(d))
		})
	}
}

func TestDialect(t *testing.T) {
	for text, want := range map[string]string{
		"#!/bin/sh\n":                                                            "sh",
		"#!/usr/bin/env bash\n":                                                  "bash",
		"#!/usr/bin/env -S bash -e\n":                                            "bash",
		"#! /usr/bin/env -S A=1 zsh\n":                                           "zsh",
		"#!/usr/bin/env nix-shell\n#!nix-shell -i bash -p jq\n":                  "bash",
		"#!/usr/bin/env nix-shell\n#! nix-shell --pure -i python3\n":             "python3",
		"#!/usr/bin/env nix-shell\n# c\n#!nix-shell -p a\n#!nix-shell -i fish\n": "fish",
		"#! /usr/bin/env nix\n#! nix shell nixpkgs#bash --command bash\n":        "bash",
		"#!/usr/bin/env python3\n":                                               "python3",
		"echo":                                                                   "bash",
		"#!\n":                                                                   "bash",
		"":                                                                       "bash",
	} {
		assert.Equal(t, want, Dialect("x", text), text)
	}
	assert.Equal(t, "zsh", Dialect("x.zsh", "echo"))
	assert.True(t, IsScript("x", "#!/bin/sh\n"))
	assert.True(t, IsScript("x.bash", ""))
	assert.False(t, IsScript("x", "#!/usr/bin/env python3\n"))
	assert.False(t, IsScript("x", "echo"))
	d := ReadScript("x", "#!/usr/bin/env python3\nimport nix\n")
	assert.Equal(t, "python3", d.Scripts[0].Shell)
	assert.Empty(t, d.Scripts[0].Commands)
}

func TestReadText(t *testing.T) {
	file := "x = ''\n  ${pkgs.nix}/bin/nix build \"${a \"b\"}\" --x ${c}\n'';"
	start := strings.Index(file, "${pkgs")
	text := file[start : len(file)-3]
	var opaque []Region
	for _, s := range []string{"${pkgs.nix}", "${a \"b\"}", "${c}"} {
		i := strings.Index(text, s)
		opaque = append(opaque, Region{i, i + len(s)})
	}
	d := ReadText("x.nix", text, func(i int) uint32 { return uint32(start + i) }, opaque...)
	require.Nil(t, d.Scripts[0].Err)
	assert.Equal(t, "nix|build|${a \"b\"}|--x|${c}\n", render(d))
	c := d.Scripts[0].Commands[0]
	assert.Equal(t, "${pkgs.nix}/bin/nix", c.Word.Span.Of(file))
	assert.Equal(t, `"${a "b"}"`, c.Args[1].Span.Of(file))
	assert.False(t, c.Args[1].Static)
	assert.Equal(t, "--x", c.Args[2].Span.Of(file))
	assert.Empty(t, render(ReadText("x.nix", "", func(int) uint32 { panic("no bytes") })))
}

func TestScriptMaps(t *testing.T) {
	text := "jobs:\n  a:\n    steps:\n    - run: |\n        a b\n        c\n"
	s := ReadCI(".github/workflows/x.yml", text).Scripts[0]
	assert.Equal(t, "a b\nc\n", s.Text)
	for i, c := range s.Text {
		assert.Equal(t, string(c), text[s.Offset(i):s.Offset(i)+1], fmt.Sprint(i))
	}
	assert.Equal(t, "b\n        c", s.SpanOf(2, 5).Of(text))
	assert.Equal(t, "|\n        a b\n        c", s.Span.Of(text))
}
