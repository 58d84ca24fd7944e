package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/builders"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "script-tool-not-in-closure", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "A script calls a program by its bare name that nothing provides where it runs",
	Doc: "A service of systemd has `coreutils`, `findutils`, `gnugrep`, `gnused` and `systemd` in its `PATH`, and what its `path` lists; a\n" +
		"`writeShellApplication` has its `runtimeInputs`, and else what its caller has. A script that calls `jq` by its bare name runs on the\n" +
		"machine of its author, and ends with \"command not found\" on one that was built from the closure alone, as from an installer or\n" +
		"behind an air gap.\n" +
		"\n" +
		"List the package in `path` or `runtimeInputs`, or call `${pkgs.jq}/bin/jq`. Only programs count that are known by name. Nothing is\n" +
		"said where the script sets `PATH`, defines a function of the name or asks by `command -v`, nor where the list of packages is not\n" +
		"wholly known, nor of what the caller has to provide where a file of the project installs it. For a program whose caller may provide it, and for a service of which the file defines a part only, it is an info,\n" +
		"and only programs count that are not on every machine.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Asks: project.ForInstalls,
	On:   []ast.Kind{ast.Apply, ast.Binding},
	File: func(p *rules.Pass) {
		src := p.Tree.Source()
		isUnit := strings.Contains(src, "systemd")
		isApp := strings.Contains(src, "writeShellApplication")
		if !isUnit && !isApp && !strings.Contains(src, "systemPackages") {
			return
		}
		c := closure{pass: p, reader: &builders.Reader{Path: p.Path, Names: p.Names(), Project: p.Project, Evaluator: p}}
		if isUnit {
			c.units()
		}
		if isApp {
			c.applications()
		}
		c.installed()
	},
})

// closure looks for programs that scripts of one file lack.
type closure struct {
	pass   *rules.Pass
	reader *builders.Reader
	seen   []source.Span
}

func (c *closure) units() {
	for _, u := range c.reader.Units() {
		if u.OwnPath || len(u.Scripts) == 0 {
			continue
		}
		var packages []string
		open := false
		for _, path := range u.Paths {
			names, more := c.reader.Packages(path)
			packages, open = append(packages, names...), open || more
		}
		for _, s := range u.Scripts {
			have, unknown := packages, open
			if s.Inputs.IsValid() {
				names, more := c.reader.Packages(s.Inputs)
				have, unknown = append(slices.Clone(packages), names...), open || more
			}
			if unknown {
				continue
			}
			severity := diag.Warning
			if !u.Whole {
				severity = diag.Info
			}
			c.script(s.Expr, have, !u.Whole, severity, fmt.Sprintf("the service `%s` does not have it in its `path`", u.Name), "`path` of the service")
		}
	}
}

func (c *closure) applications() {
	for i, rec := range c.pass.Tree.Records() {
		if rec.Kind != ast.Apply {
			continue
		}
		a, ok := c.reader.Application(c.pass.Tree.Node(ast.NodeID(i)))
		if !ok || a.Open {
			continue
		}
		var have []string
		open := false
		if a.Inputs.IsValid() {
			have, open = c.reader.Packages(a.Inputs)
		}
		if open {
			continue
		}
		severity, why := diag.Info, "`runtimeInputs` do not have it, so that it has to come from the caller's `PATH`"
		if a.Alone {
			severity, why = diag.Warning, "`runtimeInputs` do not have it, and the script inherits no `PATH`"
		}
		c.script(a.Text, have, !a.Alone, severity, why, "`runtimeInputs`")
	}
}

// installed looks at scripts among the packages of a system: they have what the system has.
func (c *closure) installed() {
	if c.pass.Module() == nil {
		return
	}
	var lists []ast.Node
	for i, rec := range c.pass.Tree.Records() {
		if rec.Kind != ast.Binding {
			continue
		}
		if b := (ast.BindingNode{Node: c.pass.Tree.Node(ast.NodeID(i))}); b.Attrpath().LastName() == "systemPackages" {
			lists = append(lists, b.Value())
		}
	}
	var packages []string
	for _, l := range lists {
		names, open := c.reader.Packages(l)
		if open {
			return
		}
		packages = append(packages, names...)
	}
	for _, l := range lists {
		for _, text := range c.reader.Programs(l) {
			c.script(text, packages, true, diag.Info, "`environment.systemPackages` of this file do not have it", "`environment.systemPackages`, or in `runtimeInputs` of a `writeShellApplication`")
		}
	}
}

// shellsOut are words of scripts whose commands may run elsewhere, or with another PATH.
var shellsOut = []string{"chroot", "nixos-enter", "nix-shell", "nix shell", "nix develop", "nix run", "env -i", "systemd-run", "machinectl", "nsenter"}

// script looks at one script. Where its caller may provide programs, only those count that machines do not have by themselves.
func (c *closure) script(n ast.Node, have []string, inherits bool, severity diag.Severity, why, where string) {
	text := c.reader.Text(n)
	if text.TooLong {
		c.unread(n)
		return
	}
	if !text.Mentions(toolNames) {
		return
	}
	doc := text.Read(c.pass.Path)
	told := map[string]bool{}
	for script, cmd := range doc.Commands() {
		name := cmd.Name
		t, known := tools[name]
		if !known || cmd.Recovered || told[name] || inherits && !t.special || !isBare(cmd) || script.Defines(name) || asks(script, name) || setsPath(script) {
			continue
		}
		if slices.ContainsFunc(have, func(pkg string) bool { return t.provides(name, pkg) }) || c.mentions(inherits, name) || !text.InOne(cmd.Word.Span) {
			continue
		}
		if slices.Contains(c.seen, cmd.Word.Span) {
			continue
		}
		told[name] = true
		c.seen = append(c.seen, cmd.Word.Span)
		f := diag.Finding{
			Span: cmd.Word.Span, Message: fmt.Sprintf("`%s` is called by its bare name, and %s", name, why), Severity: severity,
			Help: fmt.Sprintf("list `pkgs.%s` in %s", t.packages[0], where),
		}
		if text.Guarded(cmd.Word.Span) {
			f.Severity = diag.Info
		}
		if !inherits {
			c.pass.ReportMildly(f, diag.Info)
			continue
		}
		packages := append(slices.Clone(t.packages), name)
		c.pass.ReportUnless(f, diag.Info, func(a *rules.Asked) bool { return slices.ContainsFunc(packages, a.Installs) })
	}
}

// unread tells, once for a script, that it is too long to be read, at its beginning.
func (c *closure) unread(n ast.Node) {
	at := source.Span{Start: n.Start(), End: n.FirstToken().Span().End}
	if slices.Contains(c.seen, at) {
		return
	}
	c.seen = append(c.seen, at)
	c.pass.ReportMildly(diag.Finding{
		Span: at, Severity: diag.Info, Message: "the script is too long to be read: which programs it calls is not known",
		Help: "keep data of this size in a file of its own, and let the script read it",
	}, diag.Hint)
}

var toolNames = slices.Sorted(maps.Keys(tools))

// isBare reports whether a command word is the name of a program and nothing else.
func isBare(cmd *shell.Command) bool {
	return cmd.Word.Static && cmd.Word.Via == "" && !strings.ContainsAny(cmd.Word.Text, "/$")
}

// mentions reports whether something in the file may bring a program of the name where the caller provides programs: a script of
// that name, programs.NAME, services.NAME.
func (c *closure) mentions(inherits bool, name string) bool {
	src := c.pass.Tree.Source()
	return strings.Contains(src, `"`+name+`"`) || inherits && (strings.Contains(src, "programs."+name) || strings.Contains(src, "services."+name))
}

// asks reports whether a script asks whether a program is there.
func asks(s *shell.Script, name string) bool {
	for _, by := range []string{"command -v ", "type ", "which ", "hash "} {
		for rest := s.Text; ; {
			_, behind, found := strings.Cut(rest, by)
			if !found {
				break
			}
			rest = behind
			line, _, _ := strings.Cut(behind, "\n")
			if slices.Contains(strings.Fields(line), name) || strings.HasPrefix(strings.TrimLeft(line, "-tPpaf \"'"), name) {
				return true
			}
		}
	}
	return false
}

// setsPath reports whether a script has a PATH of its own, or runs commands where that does not hold.
func setsPath(s *shell.Script) bool {
	return slices.ContainsFunc(s.Assigns, func(a shell.Assign) bool { return a.Name == "PATH" }) ||
		slices.ContainsFunc(shellsOut, func(w string) bool { return strings.Contains(s.Text, w) })
}
