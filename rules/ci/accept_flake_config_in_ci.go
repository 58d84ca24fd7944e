package ci

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "accept-flake-config-in-ci", Family: family, Since: "0.1.0",
	Summary: "CI takes the settings of Nix from the flake that it builds",
	Doc: "With `--accept-flake-config`, or `accept-flake-config = true` in `nix.conf`, Nix takes all of a flake's `nixConfig` without a\n" +
		"question: caches and the keys that it trusts for them, and hooks that run programs. In CI the user is often trusted by\n" +
		"the daemon, so whoever may change `flake.nix`, by a pull request too, decides whose binaries are taken.\n" +
		"\n" +
		"Caches that CI shall use are better named where it installs Nix (`extra_nix_config`, `extra-conf`), with their keys. For\n" +
		"the flake of the repository itself this is information; it is a warning where the flake comes from elsewhere, and may\n" +
		"change without a change here. A flake from elsewhere at a fixed revision is as it was when it was chosen.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Mentions: []string{"accept-flake-config"},
	Programs: isNix,
	Script: func(p *rules.Pass, d *shell.Doc) {
		var evaluated map[source.Span][]*flake.Flake
		eachSetting(p, d, func(s setting) {
			if s.name != "accept-flake-config" || s.value != "true" {
				return
			}
			if s.call == nil && s.job != "" {
				if flakes, whole := jobFlakes(p, d, s.job); len(flakes) > 0 {
					acceptedConfig(p, s, flakes, whole)
					return
				}
			}
			own := p.Project.Flake()
			if s.call != nil && s.call.name != "" {
				if evaluated == nil {
					evaluated = evaluatedFlakes(p, d)
				}
				own = nil
				if flakes := evaluated[s.call.span]; len(flakes) == 1 {
					own = flakes[0]
				}
			}
			var all []*flake.Flake
			if own != nil {
				all = []*flake.Flake{own}
			}
			acceptedConfig(p, s, all, s.call != nil && s.call.local())
		})
	},
})

// evaluatedFlakes returns the flakes of the checkout that the commands of Nix evaluate, by the spans of the commands.
func evaluatedFlakes(p *rules.Pass, d *shell.Doc) map[source.Span][]*flake.Flake {
	at := &places{pass: p, doc: d}
	out := map[source.Span][]*flake.Flake{}
	at.calls(func(c *call) { out[c.span] = at.flakes(c.references()) })
	return out
}

// jobFlakes returns the flakes of the checkout that the commands of Nix in a job evaluate, and whether these are all that the job may
// evaluate; none where it is not known of some command, or there is none.
func jobFlakes(p *rules.Pass, d *shell.Doc, job string) (out []*flake.Flake, whole bool) {
	whole = !slices.ContainsFunc(d.Inputs, func(in shell.Input) bool { return in.Job == job && strings.HasPrefix(in.Uses, ".") })
	at := &places{pass: p, doc: d}
	unknown := false
	at.calls(func(c *call) {
		if c.script == nil || c.script.Job != job {
			return
		}
		if _, foreign := c.foreign(); foreign || !evaluatesFlake(c) {
			unknown = unknown || foreign
			whole = false
			return
		}
		if plain := c.plain(); len(plain) > 0 && slices.Contains([]string{"run", "shell", "develop"}, plain[0].Text) {
			whole = false // the program may run Nix itself
		}
		flakes := at.flakes(c.references())
		if unknown = unknown || len(flakes) != 1; !unknown && !slices.Contains(out, flakes[0]) {
			out = append(out, flakes[0])
		}
	})
	for script, cmd := range d.Commands() {
		if script.Job == job && !isNix(cmd.Name) && !slices.Contains(harmless, cmd.Name) {
			whole = false // it may run Nix itself
		}
	}
	if unknown {
		return nil, false
	}
	return out, whole
}

// harmless are commands that surely do not run Nix.
var harmless = []string{"echo", "printf", "jq", "cat", "cd", "mkdir", "rm", "cp", "mv", "ls", "test", "[", "set", "export", "true", "exit", "tee", "grep", "sed"}

// evaluatesFlake reports whether a command evaluates a flake, that of its folder where it names none.
func evaluatesFlake(c *call) bool {
	if len(c.references()) > 0 || !isNixCommand(c.name) {
		return len(c.references()) > 0
	}
	if _, expr := c.has("--expr", "--file", "-f"); expr {
		return false
	}
	plain := c.plain()
	return len(plain) > 0 && slices.Contains([]string{"build", "develop", "run", "shell", "fmt", "eval", "flake"}, plain[0].Text)
}

// acceptedConfig reports a setting that lets Nix take the nixConfig of flakes: those of the checkout that are known to be evaluated.
// whole is set where no others are.
func acceptedConfig(p *rules.Pass, s setting, own []*flake.Flake, whole bool) {
	f := diag.Finding{
		Span: s.span, Severity: diag.Info,
		Message: fmt.Sprintf("`%s` lets every flake of the job set caches, trusted keys and hooks of Nix", s.written),
		Help:    "name the caches and keys that CI shall trust where it installs Nix",
	}
	if s.call != nil {
		if ref, ok := s.call.foreign(); ok {
			f.Severity = diag.Warning
			f.Message = fmt.Sprintf("`%s` takes caches, trusted keys and hooks from `%s`, whatever they are when CI runs", s.written, ref.Text)
			f.Help = "name the caches and keys that CI shall trust where it installs Nix, or pin the flake to a revision"
			p.Report(f)
			return
		}
		if s.call.elsewhere() {
			return
		}
	}
	var names []string
	known, trusts, beside := len(own) > 0, false, true
	for _, f := range own {
		if f.Nix == nil || f.Nix.Root == nil {
			known = false
			continue
		}
		settings, literal := f.Nix.Config()
		for _, c := range settings {
			if !slices.Contains(neverAsked, c.Name) {
				names = append(names, c.Name)
				beside = beside && setBeside(s.conf, c)
				trusts = trusts || decidesTrust(c.Name)
			}
		}
		known = known && literal
	}
	slices.Sort(names)
	names = slices.Compact(names)
	switch {
	case len(names) > 0 && !trusts:
		f.Message = fmt.Sprintf("`%s` takes %s from `nixConfig`, and whatever a change of `flake.nix` adds", s.written, diag.List(names, 4))
		f.Help = "set them where CI installs Nix"
	case len(names) > 0:
		f.Message = fmt.Sprintf("`%s` takes %s from `nixConfig`: who changes `flake.nix` decides what CI trusts", s.written, diag.List(names, 4))
		if known && beside {
			f.Help = "leave it out: what `nixConfig` sets is set beside it"
		}
	case known && whole:
		f.Message = fmt.Sprintf("`%s` has no effect: `nixConfig` of `flake.nix` sets nothing that Nix asks about, and that of inputs is never taken", s.written)
		f.Help = "leave it out, so that a later change of `flake.nix` is not taken unseen"
	}
	p.Report(f)
}

// neverAsked are the settings that Nix takes from any flake without a question (ConfigFile::apply in src/libflake/config.cc).
var neverAsked = []string{
	"bash-prompt", "bash-prompt-prefix", "bash-prompt-suffix", "flake-registry", "commit-lock-file-summary", "commit-lockfile-summary",
}

// decidesTrust reports whether a setting decides whose binaries and programs are taken.
func decidesTrust(name string) bool {
	for _, part := range []string{"substituters", "binary-cache", "keys", "hook", "plugin", "builders", "sandbox"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// foreign returns a reference of the command to a flake that is neither the repository's nor fixed to a revision.
func (c *call) foreign() (ref shell.Word, ok bool) {
	_, ofInputs := c.has("--inputs-from")
	for _, w := range c.references() {
		r, ok := refOf(w)
		if ok && !r.IsLocal() && !r.IsPinned() && !(r.Type == flake.TypeIndirect && (ofInputs || r.ID == "nixpkgs")) && !r.IsNixpkgs() {
			return w, true
		}
	}
	return shell.Word{}, false
}

// elsewhere reports whether the command is about flakes of other repositories only: of nixpkgs, of the inputs that the lock
// fixes, of references to a revision or to what a variable says.
func (c *call) elsewhere() bool {
	refs := c.references()
	for _, w := range refs {
		if r, ok := refOf(w); ok && r.IsLocal() || !ok && !remoteRef.MatchString(w.Text) {
			return false
		}
	}
	return len(refs) > 0
}

// remoteRef matches references to other repositories whatever the variables in them are.
var remoteRef = regexp.MustCompile(`^(?:--flake=)?(?:github|gitlab|sourcehut|(?:git\+|tarball\+|file\+|hg\+)?(?:https?|ssh|git)):`)

// local reports whether the command is about flakes of the checkout only.
func (c *call) local() bool {
	for _, w := range c.references() {
		if r, ok := refOf(w); !ok || !r.IsLocal() {
			return false
		}
	}
	return c.name != ""
}

// refOf reads a reference without its fragment, where all of it is known.
func refOf(w shell.Word) (r flake.Ref, ok bool) {
	text, _, _ := strings.Cut(strings.TrimPrefix(w.Text, flakeOption), "#")
	if text == "" {
		text = "."
	}
	if strings.ContainsAny(text, "$`{") {
		return flake.Ref{}, false
	}
	r, err := flake.ParseRef(text)
	return r, err == nil
}

// setBeside reports whether the text of a configuration makes a setting, with or without extra-, and gives it all the values that it
// has.
func setBeside(conf string, c flake.Setting) bool {
	var values []string
	settingsIn(conf, func(int, int) source.Span { return source.Span{} }, func(s setting) {
		if strings.TrimPrefix(s.name, "extra-") == strings.TrimPrefix(c.Name, "extra-") {
			for _, v := range strings.Fields(s.value) {
				values = append(values, strings.TrimSuffix(v, "/"))
			}
		}
	})
	return c.Literal && len(c.Values) > 0 && !slices.ContainsFunc(c.Values, func(v flake.SettingValue) bool {
		return slices.ContainsFunc(strings.Fields(v.Text), func(word string) bool { return !slices.Contains(values, strings.TrimSuffix(word, "/")) })
	})
}
