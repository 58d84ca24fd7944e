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
		"Copies are of one repository, folder and branch, or release of nixpkgs, and locked to different contents; each is shown\n" +
		"with the inputs that lead to it. It is a hint where they lie deeper than the inputs of the flake's inputs, since\n" +
		"each then takes a long override. A revision that an input fixes is no copy of another, and what is built with the copy\n" +
		"of an input whose binary cache `nixConfig` names is left alone. There is one finding for each flake that is brought.\n" +
		"Package sets of different releases are a hint, since following would change what is built.\n" +
		"Where the flake has such an input itself, missing-follows speaks.\n" +
		"\n" +
		"Two inputs of the flake itself that are one branch, locked to different revisions, are reported, too, unless a comment\n" +
		"or a name, as `nixpkgs-pinned`, tells what the second is for.",
	Severity: diag.Info, Presets: rules.Recommended,
	Options: []*rules.Option{duplicateAllow.Option},
	Flake: func(p *rules.Pass, f *flake.Flake) {
		if !f.Nix.InputsLiteral || !soundLock(f) {
			return
		}
		lock := filepath.Join(f.Dir, "flake.lock")
		reportDeclaredTwice(p, f, duplicateAllow.In(p))
		for _, g := range copiesAmongInputs(f, duplicateAllow.In(p)) {
			finding := diag.Finding{
				Span:     place(g.copies[0].in),
				Message:  fmt.Sprintf("%s each bring their own `%s`, which the flake itself does not have", diag.List(g.owners(), 5), g.name),
				Help:     g.cure(),
				Anywhere: true,
			}
			for i, c := range g.copies {
				finding.Subjects = append(finding.Subjects, strings.Join(c.path, "/"))
				if i < maxCopiesShown {
					finding.Related = append(finding.Related, diag.Related{File: lock, Span: c.entry.Key, Message: c.way() + ": " + describe(c.node)})
				}
			}
			if g.mixed {
				finding.Message = fmt.Sprintf("%s each bring their own `%s`, of different releases, which the flake itself does not have", diag.List(g.owners(), 5), g.name)
				finding.Help = fmt.Sprintf("declare one `%s`, and let those inputs follow it that go with its release", g.name)
			}
			if g.deep() || g.mixed || p.Project.InAside(f.Dir) {
				finding.Severity = diag.Hint
			}
			p.Report(finding)
		}
	},
})

// maxCopiesShown is the number of copies that a finding points at, and maxSteps that of the inputs that are named on
// the way to one.
const (
	maxCopiesShown = 8
	maxSteps       = 6
)

// copyGroup is one flake that several inputs bring.
type copyGroup struct {
	name   string // of the input that the flake could have
	weight weight
	mixed  bool      // the copies are of different releases
	copies []ownCopy // the nearest to the root first, in the order of flake.nix
}

// ownCopy is an input of an input, or of one of those, with a node of its own.
type ownCopy struct {
	in    *flake.Input // of the flake, that it comes by
	path  []string     // from the root
	entry flake.LockInput
	node  *flake.LockNode
}

// way names the inputs that lead to the copy.
func (c *ownCopy) way() string {
	steps := append([]string{"root"}, c.path...)
	if n := len(steps); n > maxSteps+1 {
		steps = slices.Concat(steps[:maxSteps/2+1], []string{"…"}, steps[n-maxSteps/2:])
	}
	return "`" + strings.Join(steps, " → ") + "`"
}

// bringer is a node whose inputs are looked at.
type bringer struct {
	in   *flake.Input // of the flake, that leads to it
	path []string
	node *flake.LockNode
	over *flake.Input // what flake.nix says of it; nil where that is nothing
}

// copyKey is what copies of one flake have in common.
type copyKey struct{ repository, dir, branch string }

// copySearch collects the copies of one flake's lock.
type copySearch struct {
	f      *flake.Flake
	allow  []string
	hasSet bool // the flake has a package set
	found  map[copyKey]*copyGroup
	groups []*copyGroup
	seen   map[*flake.LockNode]bool
}

// copiesAmongInputs returns what at least two inputs bring and the flake itself has nothing like, the heaviest
// first.
func copiesAmongInputs(f *flake.Flake, allow []string) []copyGroup {
	s := &copySearch{f: f, allow: allow, found: map[copyKey]*copyGroup{}, seen: map[*flake.LockNode]bool{}}
	s.hasSet = slices.ContainsFunc(f.Nix.AllInputs(), func(in *flake.Input) bool {
		name, _ := f.Resolve([]string{in.Name})
		ref, ok := in.Ref, true
		if n := f.Lock.Node(name); n != nil {
			ref, ok = n.Source()
		}
		return ok && isPackageSet(ref)
	})
	nodes := 0
	for level := s.top(); len(level) > 0 && len(level[0].path) <= maxLevels; {
		var below []bringer
		for _, b := range level {
			if nodes++; nodes <= maxNodes {
				below = append(below, s.inputsOf(b)...)
			}
		}
		// What is to follow takes with it what lies below.
		gone := map[*flake.LockNode]bool{}
		for _, g := range s.groups {
			if s.tells(g) {
				for _, c := range g.copies {
					gone[c.node] = true
				}
			}
		}
		level = slices.DeleteFunc(below, func(b bringer) bool { return gone[b.node] })
	}
	var out []copyGroup
	for _, g := range s.groups {
		if s.tells(g) {
			out = append(out, *g)
		}
	}
	if g := s.ofReleases(); s.tells(&g) {
		out = append(out, g)
	}
	slices.SortStableFunc(out, func(a, b copyGroup) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(len(b.copies), len(a.copies)))
	})
	return out
}

// tells reports whether a group is worth a finding.
func (s *copySearch) tells(g *copyGroup) bool {
	return len(g.copies) > 1 && differ(g.copies) && s.f.Nix.Input(g.name) == nil && flake.IsID(g.name)
}

// ofReleases returns the package sets of nixpkgs that are no copies of each other by their releases.
func (s *copySearch) ofReleases() (all copyGroup) {
	for _, g := range s.groups {
		if ref, _ := g.copies[0].node.Source(); ref.IsNixpkgs() && !s.tells(g) && !g.deep() && len(g.copies[0].path) == 2 {
			all.name, all.weight, all.mixed = "nixpkgs", g.weight, true
			all.copies = append(all.copies, g.copies[0])
		}
	}
	return all
}

// top returns the inputs of the flake that may bring copies.
func (s *copySearch) top() (top []bringer) {
	substituters := s.f.Nix.Substituters()
	for _, in := range s.f.Nix.AllInputs() {
		node, ok := s.f.NodeOf(in)
		if !ok || !in.Flake || !in.Literal || in.Follows != nil || slices.Contains(s.allow, in.Name) ||
			slices.ContainsFunc(substituters, func(v flake.SettingValue) bool { return isCacheOf(cacheName(v.Text), in) }) {
			continue
		}
		top = append(top, bringer{in, []string{in.Name}, node, in})
	}
	return top
}

// inputsOf takes up the copies that a node brings, and returns those of its inputs that may bring more.
func (s *copySearch) inputsOf(b bringer) (below []bringer) {
	owner, ok := b.node.Source()
	if !ok || isPackageSet(owner) {
		return nil
	}
	direct := len(b.path) == 1
	own := map[copyKey]bool{}
	for _, entry := range b.node.Inputs {
		node := s.f.Lock.Node(entry.Node)
		path := append(slices.Clone(b.path), entry.Name)
		if entry.IsFollows || node == nil || s.seen[node] || allowsPath(s.allow, path) || isTestOnly(owner.Repository(), entry.Name) {
			continue
		}
		var over *flake.Input
		if b.over != nil {
			over = b.over.Override(entry.Name)
		}
		if over != nil && (!over.Ref.IsZero() || !over.Literal) {
			continue // flake.nix says what stands here
		}
		ref, ok := node.Source()
		original, _ := node.Original.Ref()
		if !ok {
			continue
		}
		s.seen[node] = true
		aside := slices.Contains(ownDevelopment[owner.Repository()], entry.Name) || outsideFlakes[ref.Repository()] || checksOnly[ref.Repository()]
		if node.Flake && !aside {
			below = append(below, bringer{b.in, path, node, over})
		}
		if ref.Repository() == "" || original.IsPinned() || original.IsLocal() || !direct && (aside || developerTools[owner.Repository()]) {
			continue
		}
		k := copyKey{ref.Repository(), ref.Dir, branch(original)}
		if isPackageSet(ref) {
			k.branch = node.Release()
		}
		if own[k] || len(s.f.Candidates(node.Name, 1)) > 0 || s.hasSet && (isPackageSet(ref) || isLib(ref, entry.Name)) {
			continue // the last two: missing-follows
		}
		own[k] = true
		g := s.found[k]
		if g == nil {
			g = &copyGroup{name: entry.Name, weight: weigh(ref, entry.Name)}
			if developerTools[k.repository] {
				g.weight = utility
			}
			s.found[k] = g
			s.groups = append(s.groups, g)
		}
		g.copies = append(g.copies, ownCopy{b.in, path, entry, node})
	}
	return below
}

// deep reports whether there would be no copies of different content if only inputs of inputs counted.
func (g *copyGroup) deep() bool {
	n := slices.IndexFunc(g.copies, func(c ownCopy) bool { return len(c.path) > 2 })
	return n >= 0 && !differ(g.copies[:n])
}

// differ reports whether copies are not all of one content.
func differ(copies []ownCopy) bool {
	return slices.ContainsFunc(copies, func(c ownCopy) bool {
		return c.node.Rev() != copies[0].node.Rev() || c.node.NarHash() != copies[0].node.NarHash()
	})
}

func (g *copyGroup) owners() (names []string) {
	for _, c := range g.copies {
		names = append(names, strings.Join(c.path[:len(c.path)-1], "/"))
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
		follow = append(follow, fmt.Sprintf("`%s.follows = %s;`", flake.AttrPath(c.path), ast.QuoteString(g.name)))
	}
	return "declare " + strings.TrimSpace(declared) + " and write " + diag.Join(follow, 4)
}
