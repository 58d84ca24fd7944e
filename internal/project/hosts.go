package project

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/ast/source"
)

// Host is an evaluation of modules that a flake makes: a configuration of NixOS, nix-darwin, home-manager and the like, or a user
// of home-manager inside of one.
type Host struct {
	// Output is the attribute of the flake's outputs, as in nixosConfigurations.alpha; of a user it goes on as the option does.
	Output string
	// Complete is set where all modules are known that the host has: files of the project, what is written in them, and modules of
	// other projects.
	Complete bool
	// Args are the names in specialArgs or extraSpecialArgs, sorted; there may be others where Open is set.
	Args []string
	Open bool
	// Self are those of Args that are the flake itself or its outputs, Inputs those that are its inputs. Only of names that say so
	// is it found out (NamesFlake).
	Self, Inputs []string
	// Image is what makes the host an image, for people: an option, a module of nixpkgs, an output; "" where nothing surely does.
	Image string
	// exports is set where this is no host: the modules that a flake has for others.
	exports bool
}

// Passes reports whether the host gives its modules a special argument, or may do so.
func (h *Host) Passes(name string) bool {
	_, has := slices.BinarySearch(h.Args, name)
	return has || h.Open
}

func (h *Host) equal(o *Host) bool {
	return h == o || h.Output == o.Output && h.Complete == o.Complete && h.Open == o.Open && slices.Equal(h.Args, o.Args) &&
		slices.Equal(h.Self, o.Self) && slices.Equal(h.Inputs, o.Inputs) && h.Image == o.Image
}

// NamesFlake reports whether an argument is called as people call their flake, its outputs or its inputs.
func NamesFlake(name string) bool {
	switch name = strings.ToLower(name); name {
	case "self", "outputs", "inputs":
		return true
	}
	return strings.HasSuffix(name, "flake") || strings.HasSuffix(name, "self")
}

// MadePath is a path that an expression puts together, for some host or output of the flake, and that Nix reads there.
type MadePath struct {
	Span   source.Span
	Target string // absolute
	// How is what reads it.
	How PathUse
	// Sure tells that no condition that is not known decides whether it is read.
	Sure bool
	// Output is the one for which it is read first.
	Output string
}

// PathUse says what reads a path.
type PathUse uint8

// The uses: a file of code, or a folder with a default.nix; a module, likewise; a file; a folder that is listed; what is only
// asked for by pathExists.
const (
	AsCode PathUse = iota
	AsModule
	AsText
	AsFolder
	AsExistence
)

// hostGraph is what the hosts of a flake reach.
type hostGraph struct {
	hosts   []*Host
	reached map[string][]hostReach // by file
	made    map[string][]MadePath  // by the file that has the expressions, in their order
	files   map[string]bool        // that were evaluated, or would have been
	cut     bool                   // a bound was met: there may be other hosts, and modules for others
}

// hostReach is a host that reaches a file.
type hostReach struct {
	host   *Host
	sure   bool // no condition that is not known decides about it
	module bool // it is a module, and not what some expression imports
}

// HostsOfFile are the hosts of a flake that have a file as a module, whatever the way.
type HostsOfFile struct {
	Surely, Perhaps []*Host // those that may have it for all that is known: they import it on a condition, or are not complete
	// Exported is set where the flake has the module for others, too, or imports it into such; or may do so, where it is too large.
	Exported bool
}

func (h HostsOfFile) equal(o HostsOfFile) bool {
	return h.Exported == o.Exported && slices.EqualFunc(h.Surely, o.Surely, (*Host).equal) && slices.EqualFunc(h.Perhaps, o.Perhaps, (*Host).equal)
}

// HostsOf returns the hosts of the flake around a file that have it as a module. Where none surely does, Perhaps is not told.
func (v *View) HostsOf(path string) HostsOfFile {
	if v.deps != nil {
		return notedBy(v, question{"hosts", path, ""}, HostsOfFile.equal, func(a *Answers) HostsOfFile { return a.HostsOf(path) })
	}
	g := v.hostsFor(path)
	out := HostsOfFile{Exported: g.cut}
	sure := map[*Host]bool{}
	for _, r := range g.reached[path] {
		switch {
		case r.host.exports:
			out.Exported = true
		case r.sure && r.module:
			out.Surely = append(out.Surely, r.host)
			sure[r.host] = true
		case r.module && r.host.Complete:
			out.Perhaps = append(out.Perhaps, r.host)
		}
	}
	if len(out.Surely) == 0 {
		return HostsOfFile{Exported: out.Exported}
	}
	for _, h := range g.hosts {
		if !h.Complete && !sure[h] {
			out.Perhaps = append(out.Perhaps, h)
		}
	}
	return out
}

// MadePaths returns the paths that expressions of a file put together, as the flake around it evaluates them.
func (v *View) MadePaths(path string) []MadePath {
	if v.deps != nil {
		return notedBy(v, question{"made paths", path, ""}, slices.Equal[[]MadePath], func(a *Answers) []MadePath { return a.MadePaths(path) })
	}
	return v.hostsFor(path).made[path]
}

var noHosts = &hostGraph{}

// hostsFor returns the graph of the flake around a file.
func (v *View) hostsFor(path string) *hostGraph {
	dir := v.snapshot.folder(filepath.Dir(path)).flakeDir
	if dir == "" {
		return noHosts
	}
	return v.snapshot.hostsIn(dir)
}

// hostsIn returns the graph of the flake in a folder.
func (s *Snapshot) hostsIn(dir string) *hostGraph {
	return s.hosts.get(dir, func() *hostGraph { return readHosts(s.View(filepath.Join(dir, "flake.nix")), dir) })
}

// hostsAfter returns the graphs that do not depend on files that have changed.
func hostsAfter(m *memo[string, *hostGraph], changed []string) *memo[string, *hostGraph] {
	var gone []string
	for dir, g := range m.known() {
		if dependsOn(g.files, dir, changed) {
			gone = append(gone, dir)
		}
	}
	return m.without(gone...)
}

// hostGraphs are the graphs of the flakes of a project.
type hostGraphs struct{ all []*hostGraph }

// hostSets keeps the last graphs that were asked for, so that the same ones are one.
type hostSets struct {
	mu   sync.Mutex
	last *hostGraphs
}

// hostGraphs returns the graphs of the flakes of the project.
func (a *Answers) hostGraphs() *hostGraphs {
	var all []*hostGraph
	for _, f := range a.snapshot.nixFilesOf(a.Root()) {
		if filepath.Base(f.Path) == "flake.nix" {
			all = append(all, a.snapshot.hostsIn(filepath.Dir(f.Path)))
		}
	}
	sets := &steps.in(a).hosts
	sets.mu.Lock()
	defer sets.mu.Unlock()
	if sets.last == nil || !slices.Equal(sets.last.all, all) {
		sets.last = &hostGraphs{all}
	}
	return sets.last
}

// reachedFiles returns the files that hosts and outputs of the flake reach, sorted, and how surely.
func (g *hostGraph) reachedFiles(yield func(path string, how Reach) bool) {
	for _, path := range slices.Sorted(maps.Keys(g.reached)) {
		how := MaybeReached
		if slices.ContainsFunc(g.reached[path], func(r hostReach) bool { return r.sure }) {
			how = Reached
		}
		if !yield(path, how) {
			return
		}
	}
}
