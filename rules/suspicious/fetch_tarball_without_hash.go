package suspicious

import (
	"regexp"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "fetch-tarball-without-hash", Family: family, Since: "0.1.0",
	Summary: "`fetchTarball` or `builtins.fetchurl` fetches what no hash pins",
	Doc: "Without a hash Nix takes whatever the URL has on that day, and asks again when the answer of an hour ago is too old: the\n" +
		"same commit of a project evaluates to different things, and whoever can change the answer runs code in the evaluation.\n" +
		"Pure evaluation, as in flakes, refuses it: \"in pure evaluation mode, 'fetchTarball' requires a 'sha256' argument\".\n" +
		"\n" +
		"Write `fetchTarball { url = \"…\"; sha256 = \"…\"; }`; `nix-prefetch-url --unpack URL` prints the hash. A URL with a whole\n" +
		"commit in it, and one that is put together, are an info: pure evaluation refuses them just as well. In tests, examples and\n" +
		"templates it is a hint. Files of the machine (`file://…`) and arguments that are no literals are left alone.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Asks:  project.ForReach,
	On:    []ast.Kind{ast.Apply},
	Names: nixlang.BuiltinNames("fetchTarball", "fetchurl"),
	Node: func(p *rules.Pass, n ast.Node) {
		name, url, ok := nixlang.UnhashedFetch(p.Names(), ast.ApplyExpr{Node: n})
		if !ok {
			return
		}
		f := diag.Finding{
			Span: url.Span(), Message: "no hash pins what `" + name + "` fetches",
			Help: "write `" + name + " { url = …; sha256 = …; }`",
		}
		if text, whole := ast.StringValue(url); !url.Is(ast.URI) && !whole || commit.MatchString(text) || commit.MatchString(url.Text()) {
			f.Severity = diag.Info
		}
		if !p.Runs("impure-fetch") {
			p.ReportMildly(f, diag.Hint)
			return
		}
		path, at := p.Path, p.Purely(n)
		p.Ask(func(a *rules.Asked) {
			if how, _ := at.Reach(a, path); how == project.Reached {
				return // there impure-fetch says that it fails
			}
			if a.Sample(path) {
				f.Severity = diag.Hint
			}
			a.Report(f)
		})
	},
})

// commit is a whole Git commit in a URL.
var commit = regexp.MustCompile(`\b[0-9a-f]{40}\b`)
