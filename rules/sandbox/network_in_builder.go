package sandbox

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/builders"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "network-in-builder", Family: family, Since: "0.1.0",
	Summary: "A builder without fixed output uses the network",
	Doc: "Nix builds in a sandbox without network, unless the hash of the output is known (`outputHash`): `curl` ends with \"Could not\n" +
		"resolve host\". It works only where the sandbox is off, as on macOS by default, and not in CI.\n" +
		"\n" +
		"Fetch in a derivation of its own whose hash is known, and let the builder take the result: `pkgs.fetchurl`, `fetchgit`,\n" +
		"`dockerTools.pullImage`, the hashes of dependencies that language builders take.\n" +
		"\n" +
		"Read are the phases and hooks of derivations, the scripts of `runCommand` and its kin, `derivation` with a script as argument,\n" +
		"files that such a script is read from, and the `kustomization.yaml` of a folder that is built. A command counts where it is\n" +
		"called, not in `echo` and comments, and where its address is none of the machine or the build itself. Derivations with\n" +
		"`outputHash`, however it is set, or with `__impure` may use the network, and so may what runs elsewhere: `shellHook`, update\n" +
		"scripts, programs, services, the effects of Hercules CI. With `__noChroot = true` the build asks to run outside of the sandbox, which Nix refuses unless it is\n" +
		"relaxed: that is an info. So is a command that a condition decides about, or whose address is not known, and a script of more than a\n" +
		"megabyte, which is not read.",
	Severity: diag.Warning, Presets: rules.Recommended,
	On: []ast.Kind{ast.Apply},
	File: func(p *rules.Pass) {
		r := &builders.Reader{Path: p.Path, Names: p.Names(), Project: p.Project, Evaluator: p}
		for i, rec := range p.Tree.Records() {
			if rec.Kind != ast.Apply {
				continue
			}
			found, ok := r.Derivation(p.Tree.Node(ast.NodeID(i)))
			if !ok {
				continue
			}
			d := found // on the heap, unlike what most calls give
			if d.Base.IsValid() {
				loosened(p, r, &d)
			}
			c := check{pass: p, reader: r, derivation: &d}
			for _, s := range d.Scripts {
				c.script(s, s.Attr, 0)
			}
		}
	},
})

// check looks at the scripts of one derivation.
type check struct {
	pass       *rules.Pass
	reader     *builders.Reader
	derivation *builders.Derivation
	seen       []source.Span

	judged             bool
	quiet, unsandboxed bool
}

// silent reports whether the derivation may use the network. It is asked last, since it evaluates.
func (c *check) silent() bool {
	if !c.judged {
		c.judged = true
		c.quiet = c.reader.Fixed(c.derivation) != builders.No || c.reader.Flag(c.derivation, "__impure") != builders.No || c.reader.Effect(c.derivation)
		c.unsandboxed = !c.quiet && c.reader.Flag(c.derivation, "__noChroot") != builders.No
	}
	return c.quiet
}

// effectVariable begins the variables that the agent of Hercules CI gives to effects, and no builder has.
const effectVariable = "HERCULES_CI_"

// maxScripts bounds how deep the scripts that scripts run are read.
const maxScripts = 3

// unread tells, once for a derivation, that a script of it is too long to be read.
func (c *check) unread() {
	fn, _ := ast.Call(c.derivation.Call)
	at := fn.Span()
	if slices.Contains(c.seen, at) || c.silent() {
		return
	}
	c.seen = append(c.seen, at)
	c.pass.Report(diag.Finding{
		Span: at, Severity: diag.Info, Message: "a script of this derivation is too long to be read: whether it uses the network is not known",
		Help: "keep data of this size in a file of its own, and let the script read it",
	})
}

// script looks at a script that an attribute of the derivation runs.
func (c *check) script(s builders.Script, attr string, depth int) {
	l := line{tree: &sourceTree{reader: c.reader}}
	if s.Path != "" {
		text, ok := l.tree.read(s.Path)
		if !ok || !mentionsAny(text) {
			return
		}
		l.doc = shell.ReadScript(s.Path, text)
		l.about = text
	} else {
		l.text = c.reader.Text(s.Expr)
		if l.text.TooLong {
			c.unread()
			return
		}
		if !l.text.Mentions(words) && !l.text.RunsScripts() {
			return
		}
		l.doc = l.text.Read(c.pass.Path)
		l.about = l.doc.Text
	}
	l.about += c.derivation.Call.Text()
	if strings.Contains(l.about, effectVariable) {
		return
	}
	l.tree.src = sourceOf(c.reader, c.derivation)
	for script, cmd := range l.doc.Commands() {
		if cmd.Recovered {
			continue
		}
		l.script, l.cmd = script, cmd
		asks := programs[versionless(l.cmdName())]
		if asks == nil {
			if l.text != nil && depth < maxScripts {
				if inner, ok := l.text.Script(cmd); ok {
					c.script(inner, attr, depth+1)
				}
			}
			continue
		}
		if l.environment == nil {
			l.environment = c.reader.Variables(c.derivation)
		}
		l.args = l.args[:0]
		for _, w := range cmd.Args {
			l.args = append(l.args, l.resolve(w.Text))
		}
		l.entry = ""
		if u, ok := asks(&l); ok && (attr == "" || c.reader.Runs(c.derivation, attr)) && !c.silent() {
			c.report(&l, s, u)
		}
	}
}

// versionless returns the name of a program without the version that it ends in: python3.11.
func versionless(name string) string {
	for _, p := range []string{"python3", "pip3"} {
		if strings.HasPrefix(name, p+".") {
			return p
		}
	}
	return name
}

func mentionsAny(text string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// report tells of a command.
func (c *check) report(l *line, s builders.Script, u use) {
	span := l.cmd.Word.Span
	for i := 0; i < u.words && i < len(l.cmd.Args); i++ {
		if at := l.cmd.Args[i].Span; at.Start >= span.End {
			span.End = at.End
		}
	}
	f := diag.Finding{
		Message: fmt.Sprintf("`%s` needs the network, which the sandbox of a build does not have", u.what),
		Help:    "fetch with " + u.instead + ", and let the builder take the result",
	}
	if l.text == nil {
		f.Span = s.Expr.Span()
		f.Related = []diag.Related{{File: s.Path, Span: span, Message: "the command"}}
		f.Message = fmt.Sprintf("`%s` in `%s` needs the network, which the sandbox of a build does not have", u.what, filepath.Base(s.Path))
	} else {
		if !l.text.InOne(span) {
			if span = l.cmd.Word.Span; !l.text.InOne(span) {
				return
			}
		}
		f.Span = span
		if l.text.Guarded(span) {
			f.Severity = diag.Info
		}
	}
	if l.entry != "" {
		f.Related = append(f.Related, diag.Related{File: l.entry, Span: l.entryAt, Message: "this is fetched"})
	}
	if u.likely {
		f.Severity = diag.Info
	}
	if c.unsandboxed {
		f.Severity = diag.Info
		f.Message = fmt.Sprintf("`%s` needs the network: `__noChroot` asks for a build outside of the sandbox, which Nix refuses unless that is relaxed", u.what)
	}
	if slices.Contains(c.seen, f.Span) {
		return
	}
	c.seen = append(c.seen, f.Span)
	c.pass.ReportMildly(f, diag.Info)
}

// loosened tells of an override that takes the hash away from what a fetcher makes.
func loosened(p *rules.Pass, r *builders.Reader, d *builders.Derivation) {
	fn, _ := ast.Call(r.Follow(d.Base))
	if name := ast.LastName(fn); !strings.HasPrefix(name, "fetch") || name == "fetchTarball" && fn.Is(ast.Ident) {
		return
	}
	set := d.Attrs.Unparen()
	for set.Is(ast.Lambda) {
		set = set.Child(1).Unparen()
	}
	b, ok := ast.Attr(set, "outputHash")
	if !ok || !p.Names().IsGlobal(b.Value().Unparen(), "null") && p.Value(b.Value()).Kinds() != eval.Null {
		return
	}
	p.ReportMildly(diag.Finding{
		Span: b.Span(), Message: "without its hash the output is no longer fixed, and the fetcher has no network",
		Help: "keep `outputHash`, or fetch at run time",
	}, diag.Info)
}
