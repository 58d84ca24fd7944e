package ci

import (
	"regexp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

// A setting is a setting of nix.conf that a CI file, or a script that CI runs, makes.
type setting struct {
	name, value string
	span        source.Span
	call        *call  // the command whose arguments make it; nil for what holds for all commands
	written     string // as the user wrote it
	job         string // that it is made for; "" where that is not known
	conf        string // the text of the configuration that it stands in; "" for an option
}

// flagSettings are the flags of Nix for settings that are on or off, without --no-.
var flagSettings = map[string]string{"--sandbox": "sandbox", "--accept-flake-config": "accept-flake-config", "--pure-eval": "pure-eval"}

// eachSetting calls do for the settings that a document makes for CI: by options, NIX_CONFIG, the inputs of actions that
// install Nix, and what scripts write to nix.conf. Each place is told once.
func eachSetting(p *rules.Pass, d *shell.Doc, do func(setting)) {
	seen := map[source.Span]bool{}
	tell := func(script *shell.Script, s setting) {
		if script != nil && script.Source != shell.ScriptFile && !slices.ContainsFunc(d.Scripts, func(o *shell.Script) bool { return o.Job != script.Job && sets(o, s.span) }) {
			s.job = script.Job
		}
		if !seen[s.span] && !byPeople(p, d, script) {
			seen[s.span] = true
			do(s)
		}
	}
	for _, c := range calls(d) {
		c.settings(func(s setting) { tell(c.script, s) })
	}
	for _, script := range d.Scripts {
		for _, list := range [][]shell.Assign{script.Env, script.Assigns} {
			for _, a := range list {
				if a.Name == "NIX_CONFIG" && len(a.Words) == 1 {
					w := a.Words[0]
					settingsIn(w.Text, w.At, func(s setting) { tell(script, s) })
				}
			}
		}
		for _, w := range script.Written {
			if isNixConf(w.File.Text) || strings.Contains(w.File.Text, "GITHUB_ENV") && mentionsNixConfig(w.Words) {
				text, at := joined(w.Words)
				settingsIn(text, at, func(s setting) { tell(script, s) })
			}
		}
	}
	for i := range d.Inputs {
		if in := &d.Inputs[i]; isConfInput(in.Name) {
			settingsIn(in.Text, in.SpanOf, func(s setting) {
				s.job = in.Job
				tell(nil, s)
			})
		}
	}
}

// settings calls do for what the arguments of a command set.
func (c *call) settings(do func(setting)) {
	for i, w := range c.args {
		if name, value := flagSettings[w.Text], "true"; name != "" {
			do(setting{name: name, value: value, span: w.Span, call: c, written: w.Text})
		} else if rest, ok := strings.CutPrefix(w.Text, "--no-"); ok && flagSettings["--"+rest] != "" {
			do(setting{name: flagSettings["--"+rest], value: "false", span: w.Span, call: c, written: w.Text})
		}
		if (w.Text == "--option" || w.Text == "--nix-option") && i+2 < len(c.args) {
			name, value := c.args[i+1], c.args[i+2]
			span := source.Span{Start: name.Span.Start, End: value.Span.End}
			if span.Start >= span.End { // each from a variable
				span = value.Span
			}
			do(setting{name: canonical(name.Text), value: value.Text, span: span, call: c, written: w.Text + " " + name.Text + " " + value.Text})
		}
	}
}

// canonical returns the name by which Nix knows a setting now.
func canonical(name string) string {
	switch name {
	case "build-use-sandbox", "build-use-chroot":
		return "sandbox"
	}
	return name
}

// settingLine is a line of nix.conf; that of a file of environment variables may begin with the variable.
var settingLine = regexp.MustCompile(`^[ \t"']*(?:NIX_CONFIG=["']?)?([a-z][a-z0-9-]*)[ \t]*=[ \t]*([^#"']*)`)

// settingsIn calls do for the settings in the text of a nix.conf, whose lines may end in a \n for printf and echo.
func settingsIn(text string, at func(start, end int) source.Span, do func(setting)) {
	for start := 0; start <= len(text); {
		end, next := len(text), len(text)+1
		if i := strings.IndexByte(text[start:], '\n'); i >= 0 {
			end, next = start+i, start+i+1
		}
		if i := strings.Index(text[start:end], `\n`); i >= 0 {
			end, next = start+i, start+i+2
		}
		if m := settingLine.FindStringSubmatchIndex(text[start:end]); m != nil {
			value := strings.TrimRight(text[start+m[4]:start+m[5]], " \t")
			from, to := start+m[2], start+m[4]+len(value)
			do(setting{name: canonical(text[from : start+m[3]]), value: value, span: at(from, to), written: text[from:to], conf: text})
		}
		start = next
	}
}

// isNixConf reports whether a path is that of a configuration of Nix.
func isNixConf(path string) bool {
	return strings.HasSuffix(strings.TrimRight(path, `"'`), "nix.conf") || strings.HasSuffix(path, "nix.custom.conf")
}

func mentionsNixConfig(words []shell.Word) bool {
	for _, w := range words {
		if strings.Contains(w.Text, "NIX_CONFIG") {
			return true
		}
	}
	return false
}

// isConfInput reports whether an input of an action holds lines of nix.conf: extra_nix_config of cachix/install-nix-action, extra-conf
// of DeterminateSystems/nix-installer-action, nix_conf of nixbuild/nix-quick-install-action, and their like.
func isConfInput(name string) bool {
	name = strings.ToLower(strings.ReplaceAll(name, "_", "-"))
	return name == "extra-conf" || strings.Contains(name, "nix") && strings.Contains(name, "conf")
}

// joined returns words as echo joins them, with the places of its parts.
func joined(words []shell.Word) (text string, at func(start, end int) source.Span) {
	if len(words) == 1 {
		return words[0].Text, words[0].At
	}
	var b strings.Builder
	starts := make([]int, len(words))
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		starts[i] = b.Len()
		b.WriteString(w.Text)
	}
	in := func(offset int) int {
		k := len(words) - 1
		for k > 0 && starts[k] > offset {
			k--
		}
		return k
	}
	return b.String(), func(start, end int) source.Span {
		i, j := in(start), in(max(start, end-1))
		if i == j {
			return words[i].At(start-starts[i], end-starts[i])
		}
		span := source.Span{Start: words[i].At(start-starts[i], len(words[i].Text)).Start, End: words[j].At(0, end-starts[j]).End}
		if span.Start > span.End {
			return words[i].Span
		}
		return span
	}
}

// sets reports whether a script has a variable that is set where a setting stands: a whole workflow may set it.
func sets(script *shell.Script, at source.Span) bool {
	return slices.ContainsFunc(script.Env, func(a shell.Assign) bool {
		return len(a.Words) == 1 && a.Words[0].Span.Start <= at.Start && at.End <= a.Words[0].Span.End
	})
}
