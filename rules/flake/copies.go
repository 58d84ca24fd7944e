package flake

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/nixsift/nixsift/internal/flake"
)

// fit says how a root input and a copy go together.
type fit uint8

// The fits, best first: the same release or branch, nothing known to the contrary, another release or
// branch, a fork.
const (
	sameChannel fit = iota
	unknownChannel
	otherChannel
	fork
)

// choice is a root input that a copy could follow.
type choice struct {
	in   *flake.Input
	node *flake.LockNode // nil where the lock lacks it
	fit  fit
	// across is set where a fork is of another release, rolls for a rolling one.
	across, rolls bool
	// followers is how many other inputs follow it.
	followers int
}

// duplicate is an input of an input that has its own node in the lock though the root has such an input.
type duplicate struct {
	path    []string // from the root
	key     flake.LockInput
	node    *flake.LockNode
	owner   flake.Ref // the flake that declares it
	parts   bool      // that flake is made with flake-parts
	weight  weight
	choices []choice // the best first, each another node
	pinned  bool     // its flake names one revision of it
	source  bool     // it is a plain source tree, with flake = false
	rolls   bool     // it is of a rolling release
}

func (d *duplicate) name() string   { return d.path[len(d.path)-1] }
func (d *duplicate) direct() bool   { return len(d.path) == 2 }
func (d *duplicate) joined() string { return strings.Join(d.path, "/") }

// sameContent reports whether the copy is, for the time being, what the best choice is too.
func (d *duplicate) sameContent() bool {
	n := d.choices[0].node
	return n != nil && d.node.NarHash() != "" && d.node.NarHash() == n.NarHash()
}

// maxNodes bounds how many nodes below one input are looked at, maxLevels how far below it, maxBelow the nodes below all inputs
// together, and maxRoots the root inputs that are compared with one copy.
const (
	maxNodes  = 4096
	maxLevels = 64
	maxBelow  = 16 * maxNodes
	maxRoots  = 64
)

// roots are the inputs of a flake's root, as copies are compared with them: each at most maxRoots.
type roots struct {
	f                    *flake.Flake
	packageSets, systems []root
	sources              map[string][]root // plain source trees, by their repository; those of none under ""
	carries              map[*flake.LockNode]bool
	left                 int // the nodes that are still looked at
}

type root struct {
	in   *flake.Input
	node string // "" where the lock lacks it
	ref  flake.Ref
}

func newRoots(f *flake.Flake) *roots {
	r := &roots{f: f, sources: map[string][]root{}, carries: map[*flake.LockNode]bool{}, left: maxBelow}
	for _, in := range f.Nix.AllInputs() {
		one := root{in: in, ref: in.Ref}
		name, ok := f.Resolve([]string{in.Name})
		if ok {
			one.node = name
			one.ref, _ = f.Lock.Node(name).Source()
		}
		switch {
		case !in.Flake:
			if ok {
				r.sources[one.ref.Repository()] = append(r.sources[one.ref.Repository()], one)
			}
		case isPackageSet(one.ref):
			r.packageSets = append(r.packageSets, one)
		}
		if ok && in.Flake && isSystems(one.ref) {
			r.systems = append(r.systems, one)
		}
	}
	return r
}

// some returns the first of the roots that one copy is compared with.
func some[T any](all []T) []T { return all[:min(len(all), maxRoots)] }

// duplicates returns what a root input brings itself though the root has it, breadth first.
func (r *roots) duplicates(in *flake.Input) []duplicate {
	f := r.f
	top, ok := f.NodeOf(in)
	if !ok {
		return nil
	}
	type step struct {
		node *flake.LockNode
		path []string
		over *flake.Input
	}
	var out []duplicate
	seen := map[*flake.LockNode]bool{top: true}
	queue := []step{{top, in.Path, in}}
	for i := 0; i < min(len(queue), maxNodes) && len(queue[i].path) <= maxLevels; i++ {
		if r.left--; r.left < 0 {
			break
		}
		s := queue[i]
		owner, ok := s.node.Source()
		if !ok || isPackageSet(owner) {
			continue
		}
		parts := usesFlakeParts(f, s.node)
		for _, sub := range s.node.Inputs {
			node := f.Lock.Node(sub.Node)
			if sub.IsFollows || node == nil || seen[node] {
				continue
			}
			seen[node] = true
			var over *flake.Input
			if s.over != nil {
				over = s.over.Override(sub.Name)
			}
			if over != nil && (over.Follows != nil || over.Attr.Sub("url") != nil || len(over.Attrs) > 0 || !over.Literal) {
				continue // flake.nix says what stands here
			}
			path := append(slices.Clone(s.path), sub.Name)
			d, ok := r.duplicateOf(in, node, path)
			if ok {
				d.key, d.owner, d.parts = sub, owner, parts
				out = append(out, d)
			}
			// Following the copy would remove what is below it.
			if !ok || d.choices[0].fit > unknownChannel {
				queue = append(queue, step{node, path, over})
			}
		}
	}
	return out
}

// duplicateOf tells whether the root has an input like a node.
func (r *roots) duplicateOf(top *flake.Input, node *flake.LockNode, path []string) (duplicate, bool) {
	f := r.f
	ref, ok := node.Source()
	if !ok {
		return duplicate{}, false
	}
	original, _ := node.Original.Ref()
	d := duplicate{path: path, node: node, weight: weigh(ref, path[len(path)-1]), pinned: fixed(original), source: !node.Flake, rolls: rolls(node)}
	byNode := map[string]int{}
	add := func(in *flake.Input, name string, like fit) {
		if in == top || in.Follows != nil && len(in.Follows.Path) > 1 && in.Follows.Path[0] == top.Name {
			return
		}
		c := choice{in: in, fit: like, followers: len(f.Nix.FollowersOf(in.Name))}
		if name != "" {
			c.node = f.Lock.Node(name)
			c.rolls = rolls(c.node)
		}
		if !r.worth(&d, c) {
			return
		}
		if got := d.compare(c); like != fork {
			c.fit = got
		} else {
			c.across = got == otherChannel
		}
		if i, ok := byNode[name]; ok && name != "" {
			if d.prefers(c, d.choices[i]) {
				d.choices[i] = c
			}
			return
		}
		byNode[name] = len(d.choices)
		d.choices = append(d.choices, c)
	}
	for _, c := range f.Candidates(node.Name, maxRoots) {
		add(c.Input, c.Node, unknownChannel)
	}
	switch {
	case d.source:
		for _, one := range some(r.sources[ref.Repository()]) {
			if one.node != node.Name && flake.SameSource(one.ref, ref) {
				add(one.in, one.node, unknownChannel)
			}
		}
	case isSystems(ref) && len(d.choices) == 0:
		for _, one := range some(r.systems) {
			add(one.in, one.node, unknownChannel)
		}
	case d.weight == packageSet || len(d.choices) == 0 && isLib(ref, d.name()):
		like := unknownChannel
		if d.weight == packageSet {
			like = fork
		}
		for _, one := range some(r.packageSets) {
			if one.node != node.Name && !flake.SameSource(one.ref, ref) {
				add(one.in, one.node, like)
			}
		}
	}
	slices.SortStableFunc(d.choices, func(a, b choice) int {
		switch {
		case d.prefers(a, b):
			return -1
		case d.prefers(b, a):
			return 1
		}
		return 0
	})
	if d.weight == ordinary && len(d.choices) > 0 && !developerTools[ref.Repository()] && r.carriesPackageSet(node) {
		d.weight = framework
	}
	return d, len(d.choices) > 0
}

// worth reports whether following a root input would do good. To follow a fixed revision would fix the copy too,
// and what itself has a package set of its own would bring that along.
func (r *roots) worth(d *duplicate, c choice) bool {
	ref := c.in.Ref
	if c.node != nil {
		if original, ok := c.node.Original.Ref(); ok {
			ref = original
		}
	}
	switch {
	case !flake.IsID(c.in.Name):
		return false // no follows can name it
	case fixed(ref) && !(d.pinned && c.node != nil && c.node.NarHash() != "" && c.node.NarHash() == d.node.NarHash()):
		return false
	case c.node == nil || !c.node.Flake || d.source:
		return true
	}
	return !r.carriesPackageSet(c.node) || r.carriesPackageSet(d.node)
}

// revision matches what fixes an archive to one revision.
var revision = regexp.MustCompile(`\b[0-9a-f]{40}\b`)

// fixed reports whether a reference names one revision of its repository, or the archive of one.
func fixed(ref flake.Ref) bool {
	if ref.IsPinned() || ref.Type != flake.TypeTarball && ref.Type != flake.TypeFile {
		return ref.IsPinned()
	}
	u, err := url.Parse(ref.URL)
	return err == nil && (u.Hostname() == "releases.nixos.org" || revision.MatchString(u.Path) ||
		u.Hostname() == "api.flakehub.com" && strings.HasPrefix(u.Path, "/f/pinned/"))
}

// usesFlakeParts reports whether a node has flake-parts among its inputs.
func usesFlakeParts(f *flake.Flake, node *flake.LockNode) bool {
	for _, in := range node.Inputs {
		name, ok := f.Target(node.Name, in.Name)
		if n := f.Lock.Node(name); ok && n != nil {
			if ref, ok := n.Source(); ok && ref.Repository() == "github.com/hercules-ci/flake-parts" {
				return true
			}
		}
	}
	return false
}

// carriesPackageSet reports whether a node has a package set of its own.
func (r *roots) carriesPackageSet(node *flake.LockNode) bool {
	carries, known := r.carries[node]
	if !known {
		carries = slices.ContainsFunc(node.Inputs, func(in flake.LockInput) bool {
			n := r.f.Lock.Node(in.Node)
			if in.IsFollows || n == nil {
				return false
			}
			ref, ok := n.Source()
			return ok && isPackageSet(ref)
		})
		r.carries[node] = carries
	}
	return carries
}

// prefers reports whether a is surely the better choice than b: by its channel, by the name that the copy
// has, by what most inputs follow, by being no mere alias, by its revision not being fixed.
func (d *duplicate) prefers(a, b choice) bool {
	if a.fit != b.fit {
		return a.fit < b.fit
	}
	small := d.weight == utility
	for _, better := range []func(choice) bool{
		func(c choice) bool { return c.in.Flake != d.source },
		func(c choice) bool { return c.in.Name == d.name() },
		func(c choice) bool { return !small || c.in.Name == "nixpkgs" },
		func(c choice) bool { return small || c.node == nil || c.rolls == d.rolls },
		func(c choice) bool { return c.in.Name == "nixpkgs" },
		func(c choice) bool { return c.followers >= max(a.followers, b.followers) },
		func(c choice) bool { return small || c.node == nil || c.node.Channel() == d.node.Channel() },
		func(c choice) bool { return c.in.Follows == nil },
	} {
		if x, y := better(a), better(b); x != y {
			return x
		}
	}
	return false
}

// rolls reports whether a package set is of a rolling release.
func rolls(n *flake.LockNode) bool { return n.Release() == "unstable" }

// compare compares the channels of the copy and a root input of the same repository.
func (d *duplicate) compare(c choice) fit {
	if d.weight == utility {
		return unknownChannel
	}
	theirs, _ := d.node.Original.Ref()
	ours := c.in.Ref
	release := ours.Release()
	if c.node != nil {
		ours, _ = c.node.Original.Ref()
		release = c.node.Release()
	}
	if d.weight == packageSet {
		switch {
		case release != "" && d.node.Release() != "":
			if release == d.node.Release() {
				return sameChannel
			}
			return otherChannel
		case c.node != nil && apart(d.node, c.node):
			return otherChannel
		}
		return unknownChannel
	}
	if fixed(theirs) || fixed(ours) {
		return unknownChannel
	}
	if branch(theirs) == branch(ours) {
		return sameChannel
	}
	return otherChannel
}

// branch is the channel of a reference; the usual names of main branches are the same as none.
func branch(ref flake.Ref) string {
	switch c := ref.Channel(); c {
	case "main", "master", "HEAD", "*":
		return ""
	default:
		return c
	}
}

// apart reports whether two locked contents are so far from each other in time that they hardly are one
// release.
func apart(a, b *flake.LockNode) bool {
	x, y := a.LastModified(), b.LastModified()
	const limit = int64(240 * 24 * time.Hour / time.Second)
	return x > 0 && y > 0 && max(x, y)-min(x, y) > limit
}
