package project

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/comes"
	"github.com/nixsift/nixsift/internal/workspace"
)

// Reach says whether the flakes of a project have Nix evaluate a file, as far as the paths in its files tell: forward from
// each flake.nix. So it is purely evaluated, and sees what Git tracks.
type Reach uint8

// The degrees: no way is known, though a path may be computed; a way leads through a path that is handed on, or a folder
// whose files are listed; the file is imported, called, or a module.
const (
	Unreached Reach = iota
	MaybeReached
	Reached
)

// reached is what the flakes of a project reach.
type reached struct {
	files []workspace.File // sorted by path
	how   []Reach          // by file
	// taken are the steps of defaults that some call takes.
	taken map[stepAt]Reach
	// asked are, of files that path literals import or call, the attributes that these ask for; those of "" for any.
	asked map[int]map[string]Reach
	arguments
}

// ofAttr returns how an attribute of what a file gives is reached, any where it is "".
func (r *reached) ofAttr(path, attr string) Reach {
	i, ok := r.find(path)
	if !ok {
		return Unreached
	}
	return r.attrOf(i, attr)
}

func (r *reached) attrOf(i int, attr string) Reach {
	if asked := r.asked[i]; asked != nil && attr != "" {
		return min(r.how[i], max(asked[""], asked[attr]))
	}
	return r.how[i]
}

func (r *reached) of(path string) Reach {
	i, ok := r.find(path)
	if !ok {
		return Unreached
	}
	return r.how[i]
}

// find returns where a file is, or would be.
func (r *reached) find(path string) (i int, ok bool) {
	return slices.BinarySearchFunc(r.files, path, func(f workspace.File, path string) int { return strings.Compare(f.Path, path) })
}

// Reach returns how the flakes of the project reach a file of it.
func (a *Answers) Reach(path string) Reach {
	if a.deps != nil {
		return noted(a.View, question{"reach", path, ""}, func(a *Answers) Reach { return a.Reach(path) })
	}
	return a.reach().of(path)
}

// ReachAttr returns how the flakes of the project reach what a file, or its function, has under an attribute; "" stands for all that it
// gives.
func (a *Answers) ReachAttr(path, attr string) Reach {
	if attr == "" {
		return a.Reach(path)
	}
	if a.deps != nil {
		return noted(a.View, question{"reach of attribute", path, attr}, func(a *Answers) Reach { return a.ReachAttr(path, attr) })
	}
	return a.reach().ofAttr(path, attr)
}

func (a *Answers) reach() *reached {
	return steps.in(a).reach.get(reachKey{a.references(), a.hostGraphs()}, func() *reached {
		w := a.walk()
		w.run()
		return &w.reached
	})
}

func (a *Answers) walk() *walk {
	w := &walk{ground: a.folder.ground, refs: a.references(), steps: steps.in(a), hosts: a.hostGraphs(), listed: map[folderWalk]bool{}}
	w.taken, w.asked = map[stepAt]Reach{}, map[int]map[string]Reach{}
	w.arguments = arguments{given: map[int][]given{}, otherwise: map[int]bool{}}
	w.held = map[int]bool{}
	w.files = a.snapshot.nixFilesOf(a.Root())
	w.how = make([]Reach, len(w.files))
	return w
}

// walk goes from file to file, along the sure ways first.
type walk struct {
	reached
	ground      *ground
	refs        *referenceIndex
	steps       *stepIndex
	hosts       *hostGraphs
	todo, later []int
	listed      map[folderWalk]bool
	held        map[int]bool // files of which something is left out, for the arguments that they have so far
}

// stepAt is a step, by the file and its place among the steps of that.
type stepAt struct {
	file string
	step int
}

// folderWalk is a folder whose files were gone through.
type folderWalk struct {
	dir string
	how Reach
	top bool // only what lies right in it
}

// reachKey is what Reach is found out from, besides steps.
type reachKey struct {
	refs  *referenceIndex
	hosts *hostGraphs
}

func (w *walk) run() {
	for _, f := range w.files {
		if filepath.Base(f.Path) == "flake.nix" {
			w.visit(f.Path, Reached, false)
		}
	}
	w.drain()
	var kept map[string]bool
	for _, g := range w.hosts.all {
		for path, how := range g.reachedFiles {
			i, ok := w.find(path)
			if !ok {
				continue
			}
			if how == MaybeReached {
				if kept == nil {
					kept = w.kept()
				}
				if kept[path] {
					continue
				}
			}
			module := slices.ContainsFunc(g.reached[path], func(r hostReach) bool { return r.module })
			if module || w.how[i] == Unreached {
				w.reachOtherwise(i)
			}
			if w.asked[i] == nil || module {
				w.ask(i, literal{}, how)
			}
			w.mark(i, how)
		}
	}
	w.drain()
}

// drain goes on from the files that are still to do.
func (w *walk) drain() {
	for len(w.todo) > 0 || len(w.later) > 0 {
		if len(w.todo) == 0 {
			w.todo, w.later = w.later, nil
		}
		i := w.todo[len(w.todo)-1]
		w.todo = w.todo[:len(w.todo)-1]
		w.from(i)
	}
}

// kept returns the files that path literals name where pure evaluation does not come by, as behind a condition that asks of the machine: of
// such a condition evaluating the outputs knows nothing.
func (w *walk) kept() map[string]bool {
	kept := map[string]bool{}
	for i, from := range w.refs.paths {
		for _, l := range w.refs.literals[i] {
			if l.kind.evaluates() && l.how == Unreached {
				target := resolve(from, l.text)
				kept[target], kept[filepath.Join(target, "default.nix")] = true, true
			}
		}
	}
	return kept
}

// refuted reports whether all hosts that have a file as a module are known wholly, and none of them evaluates a target: so they decide
// about a condition in the file that is not known by itself.
func (w *walk) refuted(path, target string) bool {
	decided := false
	for _, g := range w.hosts.all {
		by := g.reached[path]
		if len(by) == 0 {
			continue
		}
		if g.cut || len(g.reached[target])+len(g.reached[filepath.Join(target, "default.nix")]) > 0 {
			return false
		}
		for _, r := range by {
			if !r.module || !r.host.Complete || r.host.exports {
				return false
			}
		}
		decided = true
	}
	return decided
}

// from goes on from a file.
func (w *walk) from(at int) {
	path := w.files[at].Path
	if i, ok := slices.BinarySearch(w.refs.paths, path); ok {
		for _, l := range w.refs.literals[i] {
			if l.kind.evaluates() && l.how > Unreached {
				target := resolve(path, l.text)
				if l.kind == InList && l.how == MaybeReached && w.refuted(path, target) {
					continue
				}
				how := min(w.attrOf(at, l.attr), l.how)
				i, ok := w.nixFile(target)
				if !ok || how == Unreached {
					continue
				}
				if w.excluded(at, l.guards) {
					w.held[at] = true
					continue
				}
				if l.kind != ImportWithArgs {
					w.reachOtherwise(i)
				}
				w.ask(i, l, how)
				w.mark(i, how)
				switch l.kind {
				case Import: // what calls it is not known
					w.called(target, MaybeReached, true, nil)
				case CallPackage:
					w.called(target, MaybeReached, true, []string{"pkgs", "lib"})
				}
			}
		}
	}
	for _, s := range w.steps.of(path) {
		if s.ofDefault != nil {
			continue
		}
		if w.excluded(at, s.guards) {
			w.held[at] = true
		} else {
			w.step(path, s, min(w.attrOf(at, s.attr), s.how))
		}
	}
}

// step takes a step of a file.
func (w *walk) step(path string, s step, how Reach) {
	target, ok := w.ground.stepTarget(path, s)
	if !ok || how == Unreached {
		return
	}
	switch s.kind {
	case stepImport:
		w.visit(target, how, s.called)
	case stepHanded:
		if !w.visit(target, MaybeReached, false) && !strings.HasSuffix(target, ".nix") {
			w.below(target, MaybeReached, false)
		}
	case stepLoader:
		w.below(target, how, false)
	case stepListed:
		w.below(target, MaybeReached, false)
	case stepNear:
		w.below(target, MaybeReached, true)
	case stepCall:
		if i, ok := w.nixFile(target); ok {
			w.give(i, given{s.names, s.values, s.open})
		}
		w.called(target, how, s.open, s.names)
	}
}

// called takes the steps of defaults that count where a file, or the default.nix of a folder, is called with a set that has some
// names, or may have others where open is set.
func (w *walk) called(path string, how Reach, open bool, names []string) {
	if len(w.steps.defaults) == 0 {
		return
	}
	if !w.steps.defaults[path] {
		if path += string(filepath.Separator) + "default.nix"; !w.steps.defaults[path] {
			return
		}
	}
	for i, s := range w.steps.of(path) {
		if s.ofDefault == nil || !leaves(s.ofDefault.Formal, s.ofDefault.Through, names) {
			continue
		}
		by := how
		if open || !s.ofDefault.Counts() {
			by = min(by, MaybeReached)
		}
		if key := (stepAt{path, i}); w.taken[key] < by {
			w.taken[key] = by
			w.step(path, s, by)
		}
	}
}

// leaves reports whether a set of arguments with some names leaves a name to its default, and, where through has names, one of these.
func leaves(name string, through, names []string) bool {
	has := func(name string) bool { return slices.Contains(names, name) }
	return !has(name) && (len(through) == 0 || slices.ContainsFunc(through, func(name string) bool { return !has(name) }))
}

// stepTarget returns the path that a step leads to from a file.
func (g *ground) stepTarget(from string, s step) (path string, ok bool) {
	if s.base != "" {
		return filepath.Clean(resolve(from, s.base) + filepath.FromSlash(s.rest)), true
	}
	root := g.folder(filepath.Dir(from)).flakeDir
	return filepath.Clean(root + filepath.FromSlash(s.rest)), root != ""
}

// visit notes that a file, or the default.nix of a folder, is evaluated, whatever of it; called is set where what it is called with is
// noted, too. It is false where there is none.
func (w *walk) visit(path string, how Reach, called bool) bool {
	i, ok := w.nixFile(path)
	if ok {
		if !called {
			w.reachOtherwise(i)
		}
		w.ask(i, literal{}, how)
		w.mark(i, how)
	}
	return ok
}

// nixFile finds a file, or the default.nix of a folder.
func (w *walk) nixFile(path string) (i int, ok bool) {
	if i, ok = w.find(path); !ok {
		i, ok = w.find(path + string(filepath.Separator) + "default.nix")
	}
	return i, ok
}

// ask notes what a literal asks for of a file that is evaluated for it.
func (w *walk) ask(i int, l literal, how Reach) {
	asked := w.asked[i]
	if asked == nil {
		asked = map[string]Reach{}
		w.asked[i] = asked
	}
	more := false
	note := func(name string, how Reach) {
		if how > asked[name] {
			asked[name], more = how, true
		}
	}
	if l.asks == nil {
		note("", how)
	}
	for _, ask := range l.asks {
		switch ask.Degree {
		case comes.Surely:
			note(ask.Name, how)
		case comes.Perhaps:
			note(ask.Name, min(how, MaybeReached))
		}
	}
	if more && w.how[i] > Unreached {
		w.todo = append(w.todo, i) // what it has for that counts now
	}
}

func (w *walk) mark(i int, how Reach) {
	if how <= w.how[i] {
		return
	}
	w.how[i] = how
	if how == Reached {
		w.todo = append(w.todo, i)
	} else {
		w.later = append(w.later, i)
	}
}

// entryPoints are files that people start Nix with where there is no flake: a folder that is listed has them for that.
var entryPoints = []string{"default.nix", "shell.nix", "release.nix", "ci.nix"}

// below notes that the files below a folder are evaluated, of its own ones and the default.nix of those in it only where top
// is set.
func (w *walk) below(dir string, how Reach, top bool) {
	key := folderWalk{dir, how, top}
	if w.listed[key] {
		return
	}
	w.listed[key] = true
	prefix := strings.TrimSuffix(dir, string(filepath.Separator)) + string(filepath.Separator)
	first, _ := w.find(prefix)
	for i := first; i < len(w.files) && strings.HasPrefix(w.files[i].Path, prefix); i++ {
		rel := w.files[i].Path[len(prefix):]
		folder, name := filepath.Split(rel)
		switch depth := strings.Count(folder, string(filepath.Separator)); {
		case folder == "" && how < Reached && slices.Contains(entryPoints, name):
		case name == "flake.nix":
		case top && (depth > 1 || depth == 1 && name != "default.nix"):
		case how < Reached && w.refs.onlyQuoted(w.files[i].Path):
		default:
			w.reachOtherwise(i)
			w.mark(i, how)
		}
	}
}

// caller is a file that calls the function of another with a set whose names are known.
type caller struct {
	stepAt
	names []string
	attr  string // of the file, for which it calls
	how   Reach  // where a flake surely reaches the file; Unreached where it is a default that calls
	// guards are what has to be so of the arguments of the file's function.
	guards []comes.Guard
}

// calls returns how a flake comes by a call.
func (r *reached) calls(c caller) Reach {
	if c.how == Unreached {
		return r.taken[c.stepAt]
	}
	return min(r.under(c.file, c.attr, c.guards), c.how)
}

// Caller is a file that leaves an argument to its default.
type Caller struct {
	Path string // "" where there is none
	Reach
}

// callers returns the calls with a set whose names are known, by what is called.
func (a *Answers) callers() map[string][]caller {
	ways := steps.in(a)
	return ways.calls.get(func() map[string][]caller {
		all := map[string][]caller{}
		for i, from := range ways.paths {
			for at, s := range ways.steps[i] {
				if s.kind != stepCall || s.open {
					continue
				}
				if target, ok := a.folder.ground.stepTarget(from, s); ok {
					all[target] = append(all[target], caller{stepAt{from, at}, s.names, s.attr, s.how, s.guards})
				}
			}
		}
		return all
	})
}

// Leaving returns the file that a flake reaches most surely of those that import a file and call it with a set that surely lacks
// a name, and, where through has names, one of these: so that its default counts.
func (a *Answers) Leaving(path, name string, through ...string) Caller {
	if a.deps != nil {
		more := strings.Join(append([]string{name}, through...), " ")
		return noted(a.View, question{"leaving", path, more}, func(a *Answers) Caller { return a.Leaving(path, name, through...) })
	}
	calls := a.callers()
	best := Caller{}
	consider := func(target string) {
		for _, c := range calls[target] {
			if !leaves(name, through, c.names) {
				continue
			}
			if how := a.reach().calls(c); how > best.Reach {
				best = Caller{c.file, how}
			}
		}
	}
	consider(path)
	if filepath.Base(path) == "default.nix" {
		consider(filepath.Dir(path))
	}
	return best
}
