package module

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unit-command-needs-shell", Family: family, Since: "0.1.0",
	Summary: "A command of a unit has what only a shell understands",
	Doc: "systemd runs the command in `ExecStart` and its kin without a shell: `|`, `>`, `&&` and `$(…)` are passed to the program as\n" +
		"arguments, `~` stays as it is, the program has to be an absolute path or a bare name, and a line break ends the setting, so that the next\n" +
		"line is none. `%` begins a specifier of systemd's: in `date +%Y-%m-%d` it puts the machine's ID in place of `%m`.\n" +
		"\n" +
		"Write `script = ''…''` for a service of NixOS, or `pkgs.writeShellScript \"name\" ''…''` as the command. Several commands of one\n" +
		"service are a list. `%%` is a percent sign, `%h` the user's home. A `;` as a word of its own and `$NAME` are systemd's, too.",
	Severity: diag.Warning, Presets: rules.Recommended,
	On:    []ast.Kind{ast.Binding},
	Names: slices.Sorted(maps.Keys(commandKeys)),
	Node: func(p *rules.Pass, n ast.Node) {
		value, key, ok := commandOf(n)
		if !ok {
			return
		}
		eachCommand(p.Names(), value, func(n ast.Node) {
			text, _, ok := commandText(n)
			if !ok {
				return
			}
			if message, help := misread(text, key); message != "" {
				p.Report(diag.Finding{Span: n.Span(), Message: message, Help: help})
			}
		}, 8)
	},
})

// operators are words that mean something to a shell alone.
var operatorWord = regexp.MustCompile(`^(\|{1,2}|\|&|&&|&|[0-9]?>{1,2}[|&]?.*|&>{1,2}.*|<{1,3}|<[^>]*)$`)

// shells are programs that read a command of their language, here or elsewhere.
var shellProgram = regexp.MustCompile(`(^|/)(sh|bash|dash|zsh|ksh|fish|nu|busybox|ssh|xonsh|elvish|runtimeShell)$`)

// strftime are formats of times and of printf as programs take them.
var strftime = regexp.MustCompile(`\+"?'?%[A-Za-z]|%Y[-_/.]?%m|%H[:_-]?%M`)

// noSpecifier are letters and digits behind % that are no specifiers (systemd.unit(5), SPECIFIERS): systemd refuses those, and no other characters
// (src/shared/specifier.c, POSSIBLE_SPECIFIERS).
var noSpecifier = regexp.MustCompile(`%[cekrxzFKOQRXZ0-9]`)

const useScript = "use `script`, or `pkgs.writeShellScript` as the command"

// misread says what systemd makes of a command that is meant for a shell, or "".
func misread(text, key string) (message, help string) {
	trimmed := strings.TrimRight(text, " \t\n")
	for i := strings.IndexByte(trimmed, '\n'); i >= 0; {
		line := strings.TrimRight(trimmed[:i], " \t")
		if !strings.HasSuffix(line, `\`) && strings.TrimSpace(trimmed[:i]) != "" {
			return "a line break ends " + diag.Code(key) + ": what follows is no command", "use a list for several commands, " + strings.TrimPrefix(useScript, "use ") + ", or end the line with a backslash"
		}
		next := strings.IndexByte(trimmed[i+1:], '\n')
		if next < 0 {
			break
		}
		i += next + 1
	}
	words := commandWords(trimmed)
	if len(words) == 0 {
		return "", ""
	}
	program := strings.TrimLeft(words[0].text, "@-:+!|")
	switch {
	case strings.HasPrefix(program, "~"):
		return "systemd does not expand `~`: the program is not found", "write an absolute path; `%h` is the home of the user"
	case strings.HasPrefix(program, "./"), strings.HasPrefix(program, "../"):
		return "systemd has no folder that " + diag.Code(program) + " is relative to: the program has to be an absolute path", "write an absolute path, such as `${./program}`"
	case strings.HasPrefix(program, "$"):
		return "systemd expands no variable in the name of the program", "write an absolute path; `%h` is the home of the user"
	case strings.Contains(program, "/") && program[0] != '/' && program[0] != hole && program[0] != '%':
		return "the program has to be an absolute path: " + diag.Code(strings.ReplaceAll(program, string(rune(hole)), "…")) + " is none", "write an absolute path"
	}
	plain := strings.ReplaceAll(trimmed, "%%", "")
	if strftime.MatchString(plain) {
		return "systemd takes `%` for the start of a specifier of its own", "write `%%`"
	}
	if no := unknownSpecifier(plain); no != "" {
		return "systemd knows no specifier " + diag.Code(no) + " and ignores the command", "write `%%` where `%` is meant"
	}
	shell := false
	for i, w := range words {
		if i == 0 {
			w.text = program
		}
		if shellProgram.MatchString(w.text) {
			shell = true
		}
		switch {
		case w.quoted:
		case i > 0 && operatorWord.MatchString(w.text):
			return fmt.Sprintf("systemd runs no shell: %s is an argument of the program here", diag.Code(strings.ReplaceAll(w.text, string(rune(hole)), "…"))), useScript
		case i > 0 && (w.text == "~" || strings.HasPrefix(w.text, "~/") || strings.Contains(w.text, "=~/")):
			return "systemd does not expand `~`", "write an absolute path; `%h` is the home of the user"
		case !shell && strings.Contains(w.text, "$("), !shell && strings.Count(w.text, "`") > 0:
			return "systemd runs no shell: " + diag.Code("$(…)") + " is not replaced by the output of a command", useScript
		}
	}
	return "", ""
}
