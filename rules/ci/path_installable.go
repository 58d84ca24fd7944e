package ci

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "path-installable", Family: family, Since: "0.1.0",
	Summary: "CI builds or runs a flake that it takes by `path:`",
	Doc: "`nix build path:.#x` copies the whole folder to the store: files that Git does not track or ignores, build output, `.git`\n" +
		"itself. Each change of them changes the source, so that CI builds anew what the binary cache has; the flake has no\n" +
		"revision (`self.rev`), and files that nobody committed make the build pass. `nix build .#x` takes the same folder\n" +
		"through Git.\n" +
		"\n" +
		"What is only read, copied or hashed may come by `path:`, and what lies in a temporary folder. Where this rule is off,\n" +
		"`path-override-input` reports the same.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Mentions: []string{"path:.", "path:/", "path:~", "path:$", "path:\"", "path:'", "path:{"},
	Programs: isNix,
	Script: func(p *rules.Pass, d *shell.Doc) {
		c := &overrides{once: newOnce(p), doc: d, flakes: true}
		c.document()
	},
})

// reference checks a flake reference that a command builds or runs.
func (c *overrides) reference(script *shell.Script, ref shell.Word) {
	text := strings.TrimPrefix(ref.Text, flakeOption)
	path, ok := strings.CutPrefix(text, "path:")
	if !ok || byPeople(c.pass, c.doc, script) || isScratch(script, path) || c.scratch && placeOf(path) != machine {
		return
	}
	where := placeOf(path)
	f := diag.Finding{
		Span:    ref.Span,
		Message: fmt.Sprintf("the flake is taken from `%s`, a copy of the folder with its untracked files: every hash changes with them", text),
	}
	if where == inside {
		f.Severity = diag.Info
	}
	c.withoutPath(&f, ref, path, where)
	c.report(f)
}

// inputsFrom checks --inputs-from REF, which names where inputs are looked up; what is built does not depend on it.
func (c *overrides) inputsFrom(script *shell.Script, ref shell.Word) {
	path, ok := strings.CutPrefix(ref.Text, "path:")
	if !ok || byPeople(c.pass, c.doc, script) || c.scratch {
		return
	}
	f := diag.Finding{
		Span: ref.Span, Severity: diag.Info,
		Message: fmt.Sprintf("inputs are looked up in `%s`, a copy of the folder with its untracked files", ref.Text),
	}
	c.withoutPath(&f, ref, path, placeOf(path))
	c.report(f)
}
