package project

import (
	"slices"

	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/libtable"
)

// View is what the check of one file sees of what is around it: all that is told without reading the other files of the
// project. What needs those is asked of Answers. A view that records (Recording) keeps what it was asked.
type View struct {
	snapshot *Snapshot
	folder   *folder
	deps     *Deps
	sources  *Sources // of inputs; nil for none beside those in the project
}

// Answers answers questions about what other Nix files say. The first that is about all files of a project needs all of them.
type Answers struct {
	*View
	asks Facts
}

// Answers returns what answers for the project of the view.
func (v *View) Answers() *Answers { return &Answers{v, Everything} }

// AnswersFrom returns Answers that panics where it is asked for facts that are not among some. Who refers to a file is
// told in any case.
func (v *View) AnswersFrom(facts Facts) *Answers { return &Answers{v, facts | ForReferences} }

// Recording returns the view with everything that it is asked kept in d.
func (v *View) Recording(d *Deps) *View {
	surroundings := func(v *View) surroundings {
		f := v.folder
		s := surroundings{root: f.root, flakeDir: f.flakeDir, repo: f.repo != nil, inFlake: f.seenByFlake()}
		if f.repoErr != nil {
			s.repoErr = f.repoErr.Error()
		}
		return s
	}
	now := surroundings(v)
	d.note(v, question{what: "surroundings"}, func(a *Answers) bool { return surroundings(a.View) == now })
	return &View{v.snapshot, v.folder, d, v.sources}
}

// Of returns what the check of another file sees, given by its absolute path, be it in this project or in another. A
// view that records goes on to.
func (v *View) Of(path string) *View {
	other := v.snapshot.View(path).With(v.sources)
	if v.deps != nil {
		return other.Recording(v.deps)
	}
	return other
}

// surroundings is what every check depends on.
type surroundings struct {
	root, flakeDir, repoErr string
	repo, inFlake           bool
}

// plain returns the view as one that does not record.
func (v *View) plain() *View {
	return &View{snapshot: v.snapshot, folder: v.folder, sources: v.sources}
}

// Root returns the folder that bounds the project: the repository's root, else the root of what Nix copied to its store,
// else the outermost flake around the folder, else the folder itself.
func (v *View) Root() string { return v.folder.root }

// Repo returns the innermost Git repository around the folder, or nil where there is none or it cannot be
// read (RepoError).
func (v *View) Repo() *Repo {
	if v.folder.repo == nil {
		return nil
	}
	return &Repo{v.folder.repo, v}
}

// IndexFile returns the path of the index of the repository around the folder, or "".
func (v *View) IndexFile() string {
	if v.folder.repo == nil {
		return ""
	}
	return v.folder.repo.IndexFile()
}

// RepoError tells why a repository that is there cannot be read.
func (v *View) RepoError() error { return v.folder.repoErr }

// FlakeDir returns the nearest folder, from this one upward and within the repository, that has a flake.nix,
// or "".
func (v *View) FlakeDir() string { return v.folder.flakeDir }

// InFlake reports whether a flake whose flake.nix Git tracks lies in the folder or above it, within the
// repository: then Nix sees the folder's files through Git.
func (v *View) InFlake() bool { return v.folder.seenByFlake() }

// InStore reports whether the folder lies in what Nix copied to its store, outside of a repository. The project is the
// whole of that: what Git does not track is missing from the copy of a flake.
func (v *View) InStore() bool { return v.folder.inStore }

// Rel returns path as messages name it: relative to the project's root, with slashes.
func (v *View) Rel(path string) string { return v.folder.rel(path) }

// Flake returns the flake of FlakeDir, or nil.
func (v *View) Flake() *flake.Flake {
	if v.deps != nil {
		return noted(v, question{what: "flake"}, func(a *Answers) *flake.Flake { return a.Flake() })
	}
	if v.folder.flakeDir == "" {
		return nil
	}
	return v.snapshot.Flake(v.folder.flakeDir)
}

// FlakeIn returns the flake in a folder, which need not lie in the project, or nil.
func (v *View) FlakeIn(dir string) *flake.Flake {
	if v.deps != nil {
		return noted(v, question{"flake", dir, ""}, func(a *Answers) *flake.Flake { return a.FlakeIn(dir) })
	}
	return v.snapshot.Flake(dir)
}

// LockIn returns what lies under the name flake.lock in a folder.
func (v *View) LockIn(dir string) *flake.LockFile {
	if v.deps != nil {
		return noted(v, question{"lock", dir, ""}, func(a *Answers) *flake.LockFile { return a.LockIn(dir) })
	}
	return v.snapshot.LockFile(dir)
}

// pin is what Pin answers.
type pin struct {
	libtable.Pin
	ok bool
}

// Pin returns the release of nixpkgs that the flake around the file locks, if the lock tells.
func (v *View) Pin() (libtable.Pin, bool) {
	if v.deps != nil {
		p := noted(v, question{what: "pin"}, func(a *Answers) pin {
			p, ok := a.Pin()
			return pin{p, ok}
		})
		return p.Pin, p.ok
	}
	return v.Flake().Pin()
}

// Within reports whether a path lies below the project's root. Where nothing bounds the project, neither a
// repository nor a flake, it extends to the folders that are there.
func (v *View) Within(path string) bool {
	if v.deps != nil && v.folder.unbound() {
		return noted(v, question{"within", path, ""}, func(a *Answers) bool { return a.Within(path) })
	}
	return v.folder.within(path)
}

// Kind is what a path leads to.
type Kind uint8

// The kinds: nothing, or nothing that may be looked at; a regular file; a folder; a device, socket or FIFO.
const (
	Nothing Kind = iota
	Regular
	Folder
	Special
)

// Kind tells what is at a path, links resolved.
func (v *View) Kind(path string) Kind {
	if v.deps != nil {
		return noted(v, question{"kind", path, ""}, func(a *Answers) Kind { return a.Kind(path) })
	}
	return v.snapshot.kindOf(path)
}

func (g *ground) kindOf(path string) Kind {
	switch info, err := g.disk.Stat(path); {
	case err != nil:
		return Nothing
	case info.IsDir():
		return Folder
	case info.Mode().IsRegular():
		return Regular
	}
	return Special
}

// Exists reports whether something has a path, be it a link that leads nowhere.
func (v *View) Exists(path string) bool {
	if v.deps != nil {
		return noted(v, question{"exists", path, ""}, func(a *Answers) bool { return a.Exists(path) })
	}
	_, err := v.snapshot.fs.Lstat(path)
	return err == nil
}

// RealPath returns a path with its links resolved, and false where nothing is there.
func (v *View) RealPath(path string) (resolved string, ok bool) {
	if v.deps != nil {
		resolved = noted(v, question{"real", path, ""}, func(a *Answers) string {
			resolved, _ := a.RealPath(path)
			return resolved
		})
		return resolved, resolved != ""
	}
	resolved, err := v.snapshot.fs.EvalSymlinks(path)
	if err != nil {
		return "", false
	}
	return resolved, true
}

// Entries returns the names of what lies in a folder, sorted; nil where it cannot be listed. The names must not be
// changed.
func (v *View) Entries(dir string) []string {
	if v.deps != nil {
		return notedBy(v, question{"entries", dir, ""}, slices.Equal[[]string], func(a *Answers) []string { return a.Entries(dir) })
	}
	return v.snapshot.entriesOf(dir)
}

// Elsewhere returns the one file of the project whose path ends as a path does that a file names and that is not there;
// for a folder, the one with a default.nix, if folders are asked for. The folder that the rest of its path names must be above
// the one of the other, or right in it: such a way is written too long or too short. A folder beside is a thing of its own
// (another host, user, package), and what is missing in one is not what the other has; the folder of the naming file itself
// is as good as one above. What is for samples and tests is not meant outside of them. ok is false where there are none or
// several.
func (v *View) Elsewhere(from, path string, folders bool) (found string, ok bool) {
	if v.deps != nil {
		what := "file elsewhere"
		if folders {
			what = "elsewhere"
		}
		found = noted(v, question{what, path, from}, func(a *Answers) string {
			found, _ := a.Elsewhere(from, path, folders)
			return found
		})
		return found, found != ""
	}
	if found, ok = v.folder.elsewhere(from, path, folders); !ok {
		return "", false
	}
	return found, true
}

// File returns a file, whether or not it lies in the project, by its absolute path; nil where nothing can be read. It is
// the one way to another file.
func (v *View) File(path string) *File {
	if v.deps != nil {
		same := func(x, y *File) bool { return x == y || x != nil && y != nil && x.text == y.text }
		return notedBy(v, question{"file", path, ""}, same, func(a *Answers) *File { return a.File(path) })
	}
	return v.snapshot.File(path)
}

func (v *View) linguistGenerated(path string) bool {
	if v.deps != nil {
		return noted(v, question{"generated", path, ""}, func(a *Answers) bool { return a.linguistGenerated(path) })
	}
	return v.folder.linguistGenerated(path)
}
