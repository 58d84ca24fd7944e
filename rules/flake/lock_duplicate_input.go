package flake

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var duplicateAllow = rules.NewSetting("allow",
	"Inputs that may have or be a copy, by name (`flake-utils`) or by path (`hyprland/nixpkgs`).", []string{})

var _ = rules.Register(&rules.Rule{
	ID: "lock-duplicate-input", Family: family, Since: "0.1.0",
	Summary: "Several inputs each bring their own copy of a flake that the flake itself does not have",
	Doc: "Each of the inputs locks the flake for itself: it is fetched and evaluated several times, at whatever revisions the\n" +
		"inputs happened to be updated. There is nothing to follow yet; declare the input and let them follow it:\n" +
		"\n" +
		"```nix\n" +
		"inputs.flake-utils.url = \"github:numtide/flake-utils\";\n" +
		"inputs.engine.inputs.flake-utils.follows = \"flake-utils\";\n" +
		"inputs.radio.inputs.flake-utils.follows = \"flake-utils\";\n" +
		"```\n" +
		"\n" +
		"Only direct inputs of the flake's inputs count, of one repository, folder and branch, or release of nixpkgs, that are\n" +
		"locked to different contents. A revision that an input fixes is no copy of another, and what is built with the copy\n" +
		"of an input whose binary cache `nixConfig` names is left alone. There is one finding for each flake that is brought.\n" +
		"Where the flake has such an input itself, missing-follows speaks.",
	Severity: diag.Info, Presets: rules.Recommended,
	Options: []*rules.Option{duplicateAllow.Option},
	Flake: func(p *rules.Pass, f *flake.Flake) {
		if !f.Nix.InputsLiteral || !soundLock(f) {
			return
		}
		lock := filepath.Join(f.Dir, "flake.lock")
		for _, g := range copiesAmongInputs(f, duplicateAllow.In(p)) {
			finding := diag.Finding{
				Span:     place(g.copies[0].in),
				Message:  fmt.Sprintf("%s each bring their own `%s`, which the flake itself does not have", diag.List(g.owners(), 5), g.name),
				Help:     g.cure(),
				Anywhere: true,
			}
			for i, c := range g.copies {
				path := c.in.Name + "/" + c.entry.Name
				finding.Subjects = append(finding.Subjects, path)
				if i < maxCopiesShown {
					finding.Related = append(finding.Related, diag.Related{File: lock, Span: c.entry.Key, Message: fmt.Sprintf("`%s`: %s", path, describe(c.node))})
				}
			}
			if p.Project.InAside(f.Dir) {
				finding.Severity = diag.Hint
			}
			p.Report(finding)
		}
	},
})

// maxCopiesShown is the number of copies that a finding points at.
const maxCopiesShown = 8

// copyGroup is one flake that several inputs bring.
type copyGroup struct {
	name   string // of the input that the flake could have
	weight weight
	copies []ownCopy // in the order of flake.nix
}

// ownCopy is a direct input of an input with a node of its own.
type ownCopy struct {
	in    *flake.Input
	entry flake.LockInput
	node  *flake.LockNode
}

// copiesAmongInputs returns what at least two inputs bring and the flake itself has nothing like, the heaviest
// first.
func copiesAmongInputs(f *flake.Flake, allow []string) []copyGroup {
	type key struct{ repository, dir, branch string }
	found := map[key]*copyGroup{}
	var groups []*copyGroup
	hasSet := slices.ContainsFunc(f.Nix.AllInputs(), func(in *flake.Input) bool {
		name, _ := f.Resolve([]string{in.Name})
		ref, ok := in.Ref, true
		if n := f.Lock.Node(name); n != nil {
			ref, ok = n.Source()
		}
		return ok && isPackageSet(ref)
	})
	cached := func(in *flake.Input) bool {
		return slices.ContainsFunc(f.Nix.Substituters(), func(v flake.SettingValue) bool { return isCacheOf(cacheName(v.Text), in) })
	}
	for _, in := range f.Nix.AllInputs() {
		top, ok := f.NodeOf(in)
		if !ok || !in.Flake || !in.Literal || in.Follows != nil || cached(in) {
			continue
		}
		owner, ok := top.Source()
		if !ok || isPackageSet(owner) {
			continue
		}
		seen := map[key]bool{}
		for _, entry := range top.Inputs {
			node := f.Lock.Node(entry.Node)
			if entry.IsFollows || node == nil || slices.Contains(allow, entry.Name) || slices.Contains(allow, in.Name) ||
				slices.Contains(allow, in.Name+"/"+entry.Name) || isTestOnly(owner.Repository(), entry.Name) {
				continue
			}
			if over := in.Override(entry.Name); over != nil && (!over.Ref.IsZero() || !over.Literal) {
				continue // flake.nix says what stands here
			}
			ref, ok := node.Source()
			original, _ := node.Original.Ref()
			if !ok || ref.Repository() == "" || original.IsPinned() || original.IsLocal() {
				continue
			}
			k := key{ref.Repository(), ref.Dir, branch(original)}
			if isPackageSet(ref) {
				k.branch = node.Release()
			}
			if seen[k] {
				continue
			}
			if len(f.Candidates(node.Name)) > 0 || hasSet && (isPackageSet(ref) || isLib(ref, entry.Name)) {
				continue // missing-follows
			}
			seen[k] = true
			g := found[k]
			if g == nil {
				g = &copyGroup{name: entry.Name, weight: weigh(ref, entry.Name)}
				if developerTools[k.repository] {
					g.weight = utility
				}
				found[k] = g
				groups = append(groups, g)
			}
			g.copies = append(g.copies, ownCopy{in, entry, node})
		}
	}
	var out []copyGroup
	for _, g := range groups {
		if g.differ() && f.Nix.Input(g.name) == nil && flake.IsID(g.name) {
			out = append(out, *g)
		}
	}
	slices.SortStableFunc(out, func(a, b copyGroup) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(len(b.copies), len(a.copies)))
	})
	return out
}

// differ reports whether the copies are not all of one content.
func (g *copyGroup) differ() bool {
	for _, c := range g.copies[1:] {
		first := g.copies[0].node
		if c.node.Rev() != first.Rev() || c.node.NarHash() != first.NarHash() {
			return true
		}
	}
	return false
}

func (g *copyGroup) owners() (names []string) {
	for _, c := range g.copies {
		names = append(names, c.in.Name)
	}
	return names
}

// cure says what to declare and what is to follow it.
func (g *copyGroup) cure() string {
	first := g.copies[0].node
	original, _ := first.Original.Ref()
	declared := fmt.Sprintf("`inputs.%s.url = %s;`", ast.QuoteAttr(g.name), ast.QuoteString(original.String()))
	if !first.Flake {
		declared = fmt.Sprintf("`inputs.%s = { url = %s; flake = false; };`", ast.QuoteAttr(g.name), ast.QuoteString(original.String()))
	}
	var follow []string
	for _, c := range g.copies {
		follow = append(follow, fmt.Sprintf("`%s.follows = %s;`", flake.AttrPath([]string{c.in.Name, c.entry.Name}), ast.QuoteString(g.name)))
	}
	return "declare " + strings.TrimSpace(declared) + " and write " + diag.Join(follow, 4)
}
