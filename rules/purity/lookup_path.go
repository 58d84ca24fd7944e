package purity

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lookup-path", Family: family, Since: "0.1.0",
	Summary: "A file is looked up in `NIX_PATH`",
	Doc: "`<nixpkgs>` is whatever `NIX_PATH` or the channels of whoever evaluates say that it is. Pure evaluation, that of flakes, has\n" +
		"neither: \"cannot look up '<nixpkgs>' in pure evaluation mode\". In a flake, take the input, `inputs.nixpkgs` or\n" +
		"`nixpkgs.lib.nixosSystem`; elsewhere, a source with a hash, as `fetchTarball` or npins give it.\n" +
		"\n" +
		"`<nix/fetchurl.nix>` is built in, and `tryEval` catches what fails. A file that binds `__findFile` looks up things in its own way.\n" +
		"A shell that people start by hand, `shell.nix` or a file that is a call of `mkShell`, may take what they have." + rules.Reaching,
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: project.ForReach,
	On:   []ast.Kind{ast.SearchPath},
	File: func(p *rules.Pass) {
		if strings.Contains(p.Tree.Source(), "__findFile") {
			return
		}
		elsewhere := diag.Info
		if isShell(p.Path, p.Tree) {
			elsewhere = diag.Off
		}
		for i, r := range p.Tree.Records() {
			if r.Kind != ast.SearchPath {
				continue
			}
			n := p.Tree.Node(ast.NodeID(i))
			text := n.Text()
			if strings.HasPrefix(text, "<nix/") {
				continue
			}
			f := diag.Finding{Span: n.Span(), Message: fmt.Sprintf("%s is looked up in `NIX_PATH`, which pure evaluation has not", diag.Code(text))}
			f.Help = "in a flake, use the input instead, such as `inputs.nixpkgs`; elsewhere, a source that a hash pins"
			at := p.Purely(n)
			if at.Caught() {
				continue
			}
			p.ReportImpure(false, rules.Impurity{
				At: at, Finding: f, Degrees: rules.Degrees{Reached: diag.Error, Maybe: diag.Warning, Lazy: diag.Info, Other: elsewhere},
				Other: fmt.Sprintf("%s is what the `NIX_PATH` of whoever evaluates says", diag.Code(text)),
			})
		}
	},
})

// shellMaker matches functions that make a shell for development: mkShell, mkShellNoCC, shellFor of Haskell, buildFHSEnv.
var shellMaker = regexp.MustCompile(`Shell(NoCC)?$|^shellFor$|^buildFHS`)

// isShell reports whether a file is a shell for development, by its name or what it gives.
func isShell(path string, t *ast.Tree) bool {
	if filepath.Base(path) == "shell.nix" {
		return true
	}
	n := t.Expr().Unparen()
	for range maxAround {
		switch n.Form() {
		case ast.Lambda, ast.Let, ast.With, ast.Assert:
			n = n.Child(n.NumChildren() - 1).Unparen()
		case ast.Select:
			n = (ast.SelectExpr{Node: n}).Operand().Unparen() // (buildFHSEnv { }).env
		case ast.Apply:
			fn, args := ast.Call(n)
			if name := ast.LastName(fn); shellMaker.MatchString(name) || name == "override" && strings.Contains(fn.Text(), "mkShell") {
				return true
			}
			for _, arg := range args {
				if hook, _ := ast.Attr(arg.Unparen(), "shellHook"); arg.Unparen().Is(ast.AttrSet) && hook.IsValid() {
					return true
				}
			}
			return false
		default:
			return false
		}
	}
	return false
}
