package ci

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "impure-flag-in-ci", Family: family, Since: "0.1.0",
	Summary: "CI evaluates a flake impurely, or sets for it what pure evaluation does not read",
	Doc: "With `--impure` a flake may read environment variables, the time, the system and files outside of its source. What CI\n" +
		"builds then depends on the runner, the evaluation is not cached, and who builds the same commit may get something else.\n" +
		"\n" +
		"Mostly it stands there for one thing: `NIXPKGS_ALLOW_UNFREE=1` and its kin, which nixpkgs reads from the environment. Say\n" +
		"it where the flake imports nixpkgs: `import nixpkgs { inherit system; config.allowUnfreePredicate = …; }`. Without\n" +
		"`--impure` such a variable has no effect on a flake, which is a warning.\n" +
		"\n" +
		"`--impure` beside `--expr` and `--file`, which are no flakes, is left alone; so it is where the flake has an input that\n" +
		"needs it: devenv, nixGL.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Mentions: []string{"--impure", "--no-pure-eval", "pure-eval", "NIXPKGS_ALLOW_"},
	Programs: isNix,
	Script: func(p *rules.Pass, d *shell.Doc) {
		at := newOnce(p)
		for _, c := range calls(d) {
			if w, ok := c.has("--impure"); ok && c.evaluatesFlake() && !needsImpure(p, &c) && !byPeople(p, d, c.script) {
				at.report(impureFlag(&c, "--impure", diag.Finding{Span: w.Span}))
			}
			if a, ok := unreadAllowance(d, &c); ok && !byPeople(p, d, c.script) {
				at.report(diag.Finding{
					Span:    a.Span,
					Message: fmt.Sprintf("`%s` has no effect: a flake is evaluated purely, and reads no variables", a.Name),
					Help:    "set " + diag.Code(allowance(a.Name)) + " where the flake imports nixpkgs",
				})
			}
		}
		eachSetting(p, d, func(s setting) {
			if s.name != "pure-eval" || s.value != "false" || s.call != nil && (!s.call.evaluatesFlake() || needsImpure(p, s.call)) {
				return
			}
			f := impureFlag(s.call, s.written, diag.Finding{Span: s.span})
			at.report(f)
		})
	},
})

// allowances are the variables that nixpkgs takes settings of its config from (pkgs/stdenv/generic/check-meta.nix), with what
// to set instead.
var allowances = []struct{ name, instead string }{
	{"NIXPKGS_ALLOW_UNFREE", "config.allowUnfreePredicate"},
	{"NIXPKGS_ALLOW_INSECURE", "config.permittedInsecurePackages"},
	{"NIXPKGS_ALLOW_BROKEN", "config.allowBroken"},
	{"NIXPKGS_ALLOW_UNSUPPORTED_SYSTEM", "config.allowUnsupportedSystem"},
	{"NIXPKGS_ALLOW_NONSOURCE", "config.allowNonSource"},
}

// allowance returns what to set instead of a variable, "" where nixpkgs does not read it.
func allowance(name string) string {
	for _, a := range allowances {
		if a.name == name {
			return a.instead
		}
	}
	return ""
}

// impureFlag fills in what an impure evaluation is for, as far as it can be seen.
func impureFlag(c *call, written string, f diag.Finding) diag.Finding {
	f.Severity = diag.Info
	f.Message = fmt.Sprintf("`%s` lets the flake read the runner's environment, files and time: what CI builds depends on them", written)
	f.Help = "find what needs it by evaluating without, and let the flake say it itself"
	if c == nil || c.script == nil {
		return f
	}
	for _, a := range allowances {
		if assigned(c.script, a.name) {
			f.Message = fmt.Sprintf("`%s` lets nixpkgs read `%s`, and everything else read the runner's environment, files and time", written, a.name)
			f.Help = "set " + diag.Code(a.instead) + " where the flake imports nixpkgs, and leave both out"
			break
		}
	}
	return f
}

func assigned(s *shell.Script, name string) bool {
	is := func(a shell.Assign) bool { return a.Name == name }
	return slices.ContainsFunc(s.Env, is) || slices.ContainsFunc(s.Assigns, is)
}

// pureCommands are the subcommands of nix that evaluate flakes, purely unless told otherwise.
var pureCommands = []string{
	"build", "run", "develop", "shell", "eval", "bundle", "print-dev-env", "path-info", "copy", "search", "fmt", "why-depends", "flake check",
	"flake show", "profile install", "profile add", "profile upgrade",
}

// evaluatesFlake reports whether a command evaluates a flake. Words of an input may be of any command.
func (c *call) evaluatesFlake() bool {
	if w, other := c.has("--expr", "--file", "-f", "--stdin"); other && !slices.Contains(programs[c.name].flake, w.Text) {
		return false
	}
	switch c.name {
	case "":
		return true
	case "nix", "nom":
		return slices.Contains(pureCommands, c.subcommand())
	case "nixos-rebuild", "darwin-rebuild", "home-manager", "nix-eval-jobs":
		return len(c.references()) > 0
	case "deploy", "nix-fast-build", "nh", "system-manager", "nixos-rebuild-ng":
		return true
	}
	return false
}

// needsImpure reports whether the flake, or one that the command names, is known to be made for impure evaluation.
func needsImpure(p *rules.Pass, c *call) bool {
	known := func(text string) bool {
		text = strings.ToLower(text)
		return strings.Contains(text, "devenv") || strings.Contains(text, "nixgl")
	}
	for _, w := range c.args {
		if known(w.Text) {
			return true
		}
	}
	f := p.Project.Flake()
	if f == nil || f.Nix == nil {
		return false
	}
	for _, in := range f.Nix.AllInputs() {
		if known(in.Name) || known(in.URL) {
			return true
		}
	}
	return false
}

// unreadAllowance returns the assignment of a variable for nixpkgs before a command that evaluates a flake purely.
func unreadAllowance(d *shell.Doc, c *call) (a shell.Assign, ok bool) {
	if c.script == nil || !c.evaluatesFlake() || c.name != "nix" && c.name != "nom" {
		return a, false
	}
	if _, impure := c.has("--impure", "--no-pure-eval", "--option"); impure {
		return a, false
	}
	for _, w := range c.args {
		if !w.Static && w.Via == "" && strings.HasPrefix(w.Text, "$") {
			return a, false // options that are not known
		}
	}
	for _, a := range c.script.Assigns {
		if allowance(a.Name) != "" && isPrefix(d, a, c) {
			return a, true
		}
	}
	return a, false
}

// isPrefix reports whether an assignment stands before the command in its statement, with nothing but other ones between.
func isPrefix(d *shell.Doc, a shell.Assign, c *call) bool {
	blank := func(start, end uint32) bool {
		return start <= end && int(end) <= len(d.Text) && strings.Trim(strings.ReplaceAll(d.Text[start:end], "\\\n", ""), " \t") == ""
	}
	at := a.Span.End
	for _, b := range c.script.Assigns { // in the order of the text
		if b.Span.Start > at && blank(at, b.Span.Start) {
			at = b.Span.End
		}
	}
	return blank(at, c.span.Start)
}
