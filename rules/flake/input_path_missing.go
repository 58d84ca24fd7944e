package flake

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "input-path-missing", Family: family, Since: "0.1.0",
	Summary: "A path in the source of an input is not there",
	Doc: "`\"${inputs.core}/modules/x.nix\"` and `inputs.core + \"/modules/x.nix\"` are files of the input's source tree. Where that is at hand, in the same\n" +
		"repository, at a place that the configuration names, or, if that is allowed, in the same run or in the Nix store ([sources of\n" +
		"inputs](../configuration.md#sources-of-inputs)), the file is looked for. A checkout may be of another version than flake.lock has.\n" +
		"\n" +
		"In other files than `flake.nix` the argument `inputs` is the flake's where a flake reaches the file and passes that. Files that ask\n" +
		"`pathExists` are left alone, and so are paths with more than letters, digits and `._+-/` in them.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Asks: project.ForHanding,
	On:   []ast.Kind{ast.String, ast.IndString, ast.Binary},
	File: func(p *rules.Pass) {
		text := p.Tree.Source()
		if !strings.Contains(text, "inputs") && filepath.Base(p.Path) != "flake.nix" || strings.Contains(text, "pathExists") {
			return
		}
		f := p.Project.Flake()
		if f == nil || !f.Nix.InputsLiteral || f.Nix.Outputs.Attr == nil {
			return
		}
		var r *ownReader
		for i, rec := range p.Tree.Records() {
			if rec.Kind != ast.String && rec.Kind != ast.IndString && rec.Kind != ast.Binary {
				continue
			}
			n := p.Tree.Node(ast.NodeID(i))
			base, rest, ok := pathInto(n)
			if !ok || onlyNamed(n) {
				continue
			}
			if r == nil {
				r = newOwnReader(p)
			}
			if t, ok := r.read(base, 0); ok {
				lookInto(p, f, &t, n, rest)
			}
		}
	},
})

// plainPath matches what is a path and nothing else: no pattern, no text around it.
var plainPath = regexp.MustCompile(`^/[A-Za-z0-9._+/-]*[A-Za-z0-9_+-]$`)

// pathInto splits "${base}/rest" and base + "/rest".
func pathInto(n ast.Node) (base ast.Node, rest string, ok bool) {
	switch n.Kind() {
	case ast.Binary:
		b := ast.BinaryExpr{Node: n}
		if n.Op() != ast.OpAdd {
			return base, "", false
		}
		rest, ok = ast.StringValue(b.Right())
		return b.Left().Unparen(), rest, ok && plainPath.MatchString(rest)
	case ast.String, ast.IndString:
		var interp ast.Node
		for part := range ast.Parts(n) {
			switch {
			case !part.IsText() && !interp.IsValid() && rest == "":
				interp = part.Interp
			case !part.IsText() || !interp.IsValid():
				return base, "", false
			default:
				rest += part.Span.Of(n.Tree().Source())
			}
		}
		if !interp.IsValid() {
			return base, "", false
		}
		return interp.FirstChild().Unparen(), rest, plainPath.MatchString(rest)
	}
	return base, "", false
}

// namers are functions that look at a path as a text.
var namers = []string{"hasPrefix", "hasSuffix", "hasInfix", "removePrefix", "removeSuffix", "elem", "remove", "trace", "warn", "baseNameOf", "dirOf", "toString", "splitString"}

// onlyNamed reports whether a path is compared with others, and not read: what is not there does no harm.
func onlyNamed(n ast.Node) bool {
	at := n.OutsideParens()
	for up := at.Parent(); up.IsValid(); up = at.Parent() {
		switch up.Kind() {
		case ast.Binary:
			if op := up.Op(); op == ast.OpEq || op == ast.OpNeq {
				return true
			}
		case ast.Apply:
			if app := (ast.ApplyExpr{Node: up}); app.Arg() == at {
				fn, _ := ast.Call(app.Func())
				return slices.Contains(namers, ast.LastName(fn))
			}
			return false
		case ast.Binding:
			return (ast.BindingNode{Node: up}).Attrpath().LastName() == "disabledModules"
		case ast.List:
		default:
			return false
		}
		at = up.OutsideParens()
	}
	return false
}

// lookInto reports a path in an input that is not in its source.
func lookInto(p *rules.Pass, f *flake.Flake, t *taken, at ast.Node, rest string) {
	if t.of != withSelf && t.of != withoutSelf || t.given == "inputs'" || len(t.path) == 0 || len(t.path) > 2 || len(t.path) == 2 && t.path[1].name != "outPath" {
		return
	}
	name := t.path[0].name
	source, missing := lackingPath(p.Project, f, name, rest)
	if !missing {
		return
	}
	name, rest = strings.Clone(name), strings.Clone(rest)
	found := diag.Finding{
		Span:    head(at),
		Message: "the source of the input " + diag.Code(name) + " has no " + diag.Code(strings.TrimPrefix(rest, "/")),
		Help:    "it was looked for in " + sourceFolder(p, source),
	}
	dir, file := filepath.Split(filepath.Join(source.Dir, filepath.FromSlash(rest)))
	if meant := near.Find(file, p.Project.Entries(filepath.Clean(dir))); meant != "" {
		found.Help = "did you mean " + diag.Code(meant) + "?"
		if text := at.Text(); strings.Count(text, "/"+file) == 1 {
			found.Fixes = []diag.Fix{rules.Replace("write "+diag.Code(meant), diag.Unsafe, at.Span(), strings.Replace(text, "/"+file, "/"+meant, 1))}
		}
	}
	reportTaken(p, f, t, found, func(a *rules.Asked, dir string) bool {
		other := a.FlakeIn(dir)
		if other == nil || !other.Nix.InputsLiteral {
			return true
		}
		_, lacks := lackingPath(a.View, other, name, rest)
		return other.Nix.Input(name) != nil && !lacks
	})
}

// lackingPath reports whether the source of an input of a flake surely has nothing at a path.
func lackingPath(v *project.View, f *flake.Flake, input, rest string) (s project.Source, ok bool) {
	in := standsFor(f, f.Nix.Input(input))
	if in == nil || !in.Flake && in.Ref.Dir != "" {
		return s, false
	}
	s, ok = v.InputSource(f.Dir, in.Name)
	if !ok || len(v.Entries(s.Dir)) == 0 {
		return s, false // it cannot be listed, or is gone
	}
	at := filepath.Join(s.Dir, filepath.FromSlash(rest))
	return s, !v.Exists(at) && v.Kind(at) == project.Nothing
}

// sourceFolder names the folder of a source.
func sourceFolder(p *rules.Pass, s project.Source) string {
	if s.Origin == project.OriginStore {
		return diag.Code(filepath.ToSlash(s.Dir))
	}
	return diag.Code(p.Project.Rel(s.Dir))
}
