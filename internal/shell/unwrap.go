package shell

import (
	"slices"
	"strings"
)

// A run is what a command's words run: commands, each as its words, program texts, a script file.
type run struct {
	cmds  [][]Word
	texts []*Word // programs that are passed to a shell as one word
	file  *Word   // a script that is passed to a shell or sourced
	stdin bool    // a shell that reads its program from standard input
}

// A wrapper describes a program that runs the command in its arguments.
type wrapper struct {
	short  string // one-letter options that take an argument
	long   string // long options that take the next word, space-separated
	assign bool   // NAME=value may stand before the command
	skip   int    // words before the command that are the wrapper's own
}

// wrappers lists programs that run their operands as a command, from their manuals.
var wrappers = map[string]wrapper{
	"sudo": {short: "ughpCrtTUDR", assign: true,
		long: "--user --group --host --prompt --close-from --role --type --chroot --chdir --other-user"},
	"doas":             {short: "uC"},
	"env":              {short: "uC", long: "--unset --chdir", assign: true},
	"time":             {short: "fo", long: "--format --output"},
	"exec":             {short: "a"},
	"command":          {},
	"builtin":          {},
	"nohup":            {},
	"setsid":           {},
	"chronic":          {},
	"unbuffer":         {},
	"fakeroot":         {},
	"dbus-run-session": {},
	"nice":             {short: "n", long: "--adjustment"},
	"ionice":           {short: "cn", long: "--class --classdata"},
	"stdbuf":           {short: "ioe", long: "--input --output --error"},
	"timeout":          {short: "sk", long: "--signal --kill-after", skip: 1},
	"xargs":            {short: "aIdELnPs", long: "--arg-file --delimiter --max-args --max-procs --max-chars"},
	"xvfb-run":         {short: "nsfpew", long: "--server-num --server-args"},
	"flock":            {short: "wE", long: "--timeout --wait --conflict-exit-code", skip: 1},
	"chroot":           {skip: 1},
	"gosu":             {skip: 1},
	"su-exec":          {skip: 1},
	"systemd-run":      {short: "pMuEt", long: "--property --unit --setenv --uid --gid --working-directory"},
	"systemd-inhibit":  {},
	"strace":           {short: "eoEpsu"},
}

var shells = map[string]bool{"sh": true, "bash": true, "dash": true, "ash": true, "zsh": true, "ksh": true,
	"mksh": true, "rbash": true}

// unwrap finds what a command's words run.
func unwrap(words []Word) run {
	var r run
	r.unwrap(words, 0)
	return r
}

func (r *run) unwrap(words []Word, depth int) {
	for ; len(words) > 0 && depth < 20; depth++ {
		name, rest := words[0].program(), words[1:]
		if w, ok := wrappers[name]; ok {
			if inner := w.inner(name, rest); len(inner) > 0 {
				words = inner
				continue
			}
			break
		}
		if shells[name] {
			r.shell(rest)
			break
		}
		own, inner := r.runner(name, words, rest, depth)
		if own > 0 {
			r.cmds = append(r.cmds, words[:own])
		}
		words = inner
	}
	if len(words) > 0 {
		r.cmds = append(r.cmds, words)
	}
}

// inner returns the command behind a wrapper's own options.
func (w wrapper) inner(name string, rest []Word) []Word {
	skip := w.skip
	for i := 0; i < len(rest); i++ {
		t := rest[i].Text
		switch {
		case t == "--":
			return rest[min(i+1+skip, len(rest)):]
		case name == "command" && (t == "-v" || t == "-V"):
			return nil
		case strings.HasPrefix(t, "--"):
			if slices.Contains(strings.Fields(w.long), t) {
				i++
			}
		case len(t) > 1 && t[0] == '-':
			if k := strings.IndexAny(t[1:], w.short); k >= 0 && w.short != "" && k == len(t)-2 {
				i++
			}
		case w.assign && (isAssignment(t) || t == "-"):
		case skip > 0:
			skip--
		default:
			return rest[i:]
		}
	}
	return nil
}

func isAssignment(t string) bool {
	name, _, ok := strings.Cut(t, "=")
	return ok && validName(name)
}

// shell reads the options of a shell.
func (r *run) shell(rest []Word) {
	command := false
	for i := 0; i < len(rest); i++ {
		t := rest[i].Text
		switch {
		case t == "--rcfile" || t == "--init-file":
			i++
			continue
		case t == "--", strings.HasPrefix(t, "--"):
			continue
		case len(t) > 1 && (t[0] == '-' || t[0] == '+'):
			command = command || strings.Contains(t, "c")
			r.stdin = r.stdin || strings.Contains(t, "s")
			if strings.ContainsAny(t, "oO") {
				i++
			}
			continue
		}
		switch {
		case command:
			r.texts = append(r.texts, &rest[i])
			r.stdin = false
		case t == "-" || t == "/dev/stdin":
			r.stdin = true
		case !r.stdin:
			r.file = &rest[i]
		}
		return
	}
	r.stdin = !command
}

// runner handles programs that run another command but are of interest themselves. own is the number of
// words that are the program's, inner the command that follows; with own = 0 and inner = words it is an
// ordinary command.
func (r *run) runner(name string, words, rest []Word, depth int) (own int, inner []Word) {
	all := len(words)
	switch name {
	case "nix", "nom":
		sub := false
		for i := range rest {
			switch t := rest[i].Text; {
			case t == "develop" || t == "shell":
				sub = true
			case t == "--":
				return all, nil
			case sub && (t == "-c" || t == "--command"):
				return i + 2, rest[i+1:]
			}
		}
	case "nix-shell":
		r.after(rest, "--run", "--command")
	case "su", "runuser", "script":
		r.after(rest, "-c", "--command", "-qc", "-qec", "-lc")
		if i := index(rest, "--"); name == "runuser" && i >= 0 {
			return 0, rest[i+1:]
		}
	case "devenv":
		if i := index(rest, "shell"); i >= 0 {
			for i++; i < len(rest) && strings.HasPrefix(rest[i].Text, "-"); i++ {
				if rest[i].Text == "--" {
					i++
					break
				}
			}
			return i + 1, rest[i:]
		}
	case "direnv":
		if len(rest) > 2 && rest[0].Text == "exec" {
			return 0, rest[2:]
		}
	case "cachix", "attic":
		if len(rest) > 2 && rest[0].Text == "watch-exec" {
			i := 2
			if k := index(rest, "--"); k >= 0 {
				i = k + 1
			}
			return i + 1, rest[i:]
		}
	case "eval":
		if len(rest) == 1 {
			r.texts = append(r.texts, &rest[0])
			return all, nil
		}
		return 0, rest
	case "trap":
		if i := index(rest, "--") + 1; i < len(rest) && !strings.HasPrefix(rest[i].Text, "-") {
			r.texts = append(r.texts, &rest[i])
		}
	case "source", ".":
		if len(rest) > 0 {
			r.file = &rest[0]
		}
	case "find":
		for i := 0; i < len(rest); i++ {
			if !slices.Contains([]string{"-exec", "-execdir", "-ok", "-okdir"}, rest[i].Text) {
				continue
			}
			end := i + 1
			for end < len(rest) && rest[end].Text != ";" && rest[end].Text != "+" {
				end++
			}
			r.unwrap(rest[i+1:end], depth+1)
			i = end
		}
	}
	return all, nil
}

// after takes the word behind one of the options as a program text.
func (r *run) after(rest []Word, options ...string) {
	for i := 0; i+1 < len(rest); i++ {
		if slices.Contains(options, rest[i].Text) {
			r.texts = append(r.texts, &rest[i+1])
			return
		}
	}
}

func index(words []Word, text string) int {
	return slices.IndexFunc(words, func(w Word) bool { return w.Text == text })
}

// program returns the base name of the program that the word names, "" where it cannot be read off.
func (w *Word) program() string {
	if w.raw == nil || len(w.Alts) > 0 {
		return ""
	}
	tail := ""
	for i := len(w.raw.parts) - 1; i >= 0; i-- {
		p := w.raw.parts[i]
		if p.dyn != nil {
			if k := strings.LastIndexByte(tail, '/'); k >= 0 {
				return tail[k+1:]
			}
			return ""
		}
		tail = p.text + tail
	}
	return tail[strings.LastIndexByte(tail, '/')+1:]
}
