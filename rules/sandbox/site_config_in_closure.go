package sandbox

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "site-config-in-closure", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "An image gets what the machine that builds it answers",
	Doc: "What evaluation asks of a machine is settled when an image is built: `builtins.readFile \"/etc/site.yaml\"`, `importJSON /var/…`,\n" +
		"`builtins.getEnv` and `builtins.currentTime` in a module of an installer or a disk image make the answers of the building machine\n" +
		"a part of the closure. Each site gets them, an airgapped one cannot build its own, and the image is another one on each machine.\n" +
		"\n" +
		"Answers of a site belong to run time: to a unit that reads `/etc/site.yaml`, its `EnvironmentFile`, a question of the installer, the\n" +
		"first boot. What is the same for all sites belongs into the repository.\n" +
		"\n" +
		"An image is a system that has a module of nixpkgs for images (`installer/cd-dvd`, `installer/sd-card`, `installer/netboot`,\n" +
		"`image/repart.nix` and the like) or of nixos-generators, or defines their options (`isoImage`, `sdImage`, `image.repart`), one that `nixosGenerate`\n" +
		"makes, one whose `config` `make-disk-image.nix` is given, and one of which a file or an output of the flake is `config.system.build.isoImage` or\n" +
		"another image. So are the modules in `image.modules`, what `dockerTools` and its kin are given, and a configuration of NixOS among that.\n" +
		"In what a flake reaches, `impure-builtin` and `impure-path` tell of the same places; paths of the store are told by\n" +
		"`store-path-literal`, fetches without a hash by `impure-fetch` and `fetch-tarball-without-hash`, secrets by `secret-read-at-evaluation`.",
	Severity: diag.Info, Presets: rules.Recommended,
	Asks:  project.ForReach | project.ForImageOf,
	On:    []ast.Kind{ast.Apply, ast.Select, ast.Ident},
	Names: slices.Concat(siteReaders, nixlang.BuiltinNames("readFile", "readDir", "getEnv", "currentTime")),
	Node: func(p *rules.Pass, n ast.Node) {
		what, by, direct, ok := asksSite(p, n)
		if !ok || onlyTold(n) {
			return
		}
		container := project.BuilderOfImage(n).IsValid()
		f := diag.Finding{Span: n.Span(), Help: rules.AtRunTime}
		told, path := p.Runs(by), p.Path
		p.Ask(func(a *rules.Asked) {
			if told && direct && a.Reach(path) != project.Unreached {
				return
			}
			of := "the image that this file makes"
			if !container {
				image, ok := a.AnyImageOf(path)
				switch {
				case !ok:
					return
				case image.Output != "":
					of = "the image " + diag.Code(image.Output)
				case image.From != path:
					of = "the image of " + diag.Code(a.Rel(image.From))
				}
			}
			f.Message = fmt.Sprintf("%s is settled when %s is built, and is the same at each site", what, of)
			if a.Sample(path) {
				f.Severity = diag.Hint
			}
			a.Report(f)
		})
	},
})

// siteReaders are functions of nixpkgs' lib that read a file.
var siteReaders = []string{"importJSON", "importTOML", "fileContents"}

// asksSite tells what an expression asks of the machine that evaluates it, and the rule that tells of the same place where a flake reaches it; direct
// is set where that sees it.
func asksSite(p *rules.Pass, n ast.Node) (what, by string, direct, ok bool) {
	if !n.IsCall() {
		ok = nixlang.Builtin(p.Names(), n) == "currentTime"
		return "`builtins.currentTime`", "impure-builtin", true, ok
	}
	call := ast.ApplyExpr{Node: n}
	fn, arg := call.Func().Unparen(), call.Arg().Unparen()
	if fn.IsCall() {
		return "", "", false, false
	}
	switch name := nixlang.Builtin(p.Names(), fn); {
	case name == "getEnv":
		text, constant := ast.ConstantText(arg)
		if !constant {
			return "a variable of the environment", "impure-builtin", true, true
		}
		return "the variable " + diag.Code(text) + " of the environment", "impure-builtin", true, true
	case name == "readFile", name == "readDir", slices.Contains(siteReaders, ast.LastName(fn)):
		direct = true
		if b := p.Names().Resolve(arg); b != nil && b.Value.IsValid() {
			arg, direct = b.Value.Unparen(), false
		}
		if !arg.Is(ast.Path) && !arg.Is(ast.String) {
			return "", "", false, false
		}
		text := strings.Trim(arg.Text(), `"`)
		if !nixlang.OfMachine(text) || strings.HasPrefix(text, "/nix/store") || leftToSecrets(p, text) {
			return "", "", false, false
		}
		return "what the building machine has in " + diag.Code(text), "impure-path", direct || arg.Is(ast.Path), true
	}
	return "", "", false, false
}

// leftToSecrets reports whether a file is one of those that secret-read-at-evaluation tells of.
func leftToSecrets(p *rules.Pass, path string) bool {
	return strings.HasPrefix(path, "/run/") && p.Runs("secret-read-at-evaluation")
}

// talkers are functions whose first argument is a message.
var talkers = []string{"throw", "abort", "trace", "warn"}

// onlyTold reports whether an expression is only shown, compared or given to throw.
func onlyTold(n ast.Node) bool {
	if kept(n) {
		return true
	}
	left := maxAround
	for up := range n.Ancestors() {
		if left--; left == 0 {
			return false
		}
		if up.IsCall() {
			if slices.Contains(talkers, ast.LastName((ast.ApplyExpr{Node: up}).Func())) {
				return true
			}
		}
	}
	return false
}
