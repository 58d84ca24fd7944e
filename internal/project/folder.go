package project

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/workspace"
)

// ground is what depends on which files there are and what Git tracks of them, and not on what they say, but for Git's own
// files and .gitattributes. Snapshots share it as long as no file comes or goes.
type ground struct {
	disk  workspace.FS // of which only the said counts
	repos *git.Cache

	folders  memo[string, *folder]
	entries  memo[string, []string] // of a folder
	nixFiles memo[string, nixFiles] // by root
	ends     memo[string, *ends]    // by root
	inKind   folderKinds
}

func newGround(fsys workspace.FS) *ground { return &ground{disk: fsys, repos: &git.Cache{FS: fsys}} }

// folder is the surroundings of the files of one folder.
type folder struct {
	ground     *ground
	dir        string
	repo       *git.Repo
	repoErr    error
	flakeDir   string
	root       string
	inStore    bool // the folder lies in what Nix copied to its store, outside of a repository
	inFlake    lazy[bool]
	part       lazy[bool]
	attributes lazy[*attributes]
}

func (g *ground) folder(dir string) *folder {
	return g.folders.get(dir, func() *folder { return g.openFolder(dir) })
}

func (g *ground) openFolder(dir string) *folder {
	f := &folder{ground: g, dir: dir}
	var up *folder
	if parent := filepath.Dir(dir); parent != dir {
		up = g.folder(parent)
	}
	if up != nil && !g.startsRepo(dir) {
		f.repo, f.repoErr = up.repo, up.repoErr
	} else if f.repo, f.repoErr = g.repos.Open(dir); f.repo != nil && f.repoErr == nil {
		f.repoErr = f.repo.Load()
	}
	switch {
	case workspace.Has(g.disk, dir, "flake.nix") && g.kindOf(filepath.Join(dir, "flake.nix")) == Regular:
		f.flakeDir = dir
	case up != nil && up.repo == f.repo:
		f.flakeDir = up.flakeDir
	}
	f.inStore = f.repo == nil && (isStoreObject(dir) || up != nil && up.inStore)
	f.root = bound(f, up)
	return f
}

// startsRepo reports whether a folder can lie in another repository than the folder above it.
func (g *ground) startsRepo(dir string) bool {
	if g.repos.Knows(dir) {
		return true
	}
	if info, err := g.disk.Lstat(dir); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return true
	}
	return workspace.Has(g.disk, dir, ".git")
}

// bound returns the root of a folder's project, up being the folder above.
func bound(f, up *folder) string {
	switch {
	case f.repo != nil:
		return f.repo.Root()
	case f.inStore:
		if up.inStore {
			return up.root
		}
		return f.dir
	case up != nil && up.repo == nil && up.flakeDir != "": // the outermost flake is the same
		return up.root
	}
	return f.dir
}

// unbound reports whether neither a repository nor a flake bounds the project, nor what Nix copied.
func (f *folder) unbound() bool { return f.repo == nil && f.flakeDir == "" && !f.inStore }

// fragment reports whether more may belong to the project than is in it: nothing bounds it, and Nix files lie above it, or more folders
// below it than are looked into. What lies directly in /tmp or /home is nobody's project.
func (f *folder) fragment() bool {
	return f.unbound() && f.part.get(func() bool {
		for dir := filepath.Dir(f.root); filepath.Dir(dir) != dir && filepath.Dir(filepath.Dir(dir)) != filepath.Dir(dir); dir = filepath.Dir(dir) {
			if slices.ContainsFunc(f.ground.entriesOf(dir), isNix) {
				return true
			}
		}
		return f.ground.isCut(f.root)
	})
}

// isStoreObject reports whether a folder lies directly in a Nix store under a name as Nix gives them: 32 digits of its
// base 32, a hyphen and more. The store may be one below another root, as `nix --store DIR` has it.
func isStoreObject(dir string) bool {
	store, name := filepath.Split(dir)
	digest, _, ok := strings.Cut(name, "-")
	return ok && len(digest) == 32 && strings.Trim(digest, "0123456789abcdfghijklmnpqrsvwxyz") == "" &&
		strings.HasSuffix(filepath.ToSlash(store), "/nix/store/")
}

// tracked reports whether Git tracks a path of the folder's repository.
func (f *folder) tracked(path string) bool {
	rel, ok := f.repo.Rel(path)
	if ok {
		_, ok = f.repo.Tracked(rel)
	}
	return ok
}

// seenByFlake reports whether a flake whose flake.nix Git tracks lies in the folder or above it, within the repository.
func (f *folder) seenByFlake() bool {
	if f.repo == nil || f.repoErr != nil || f.flakeDir == "" {
		return false
	}
	return f.inFlake.get(func() bool {
		if f.tracked(filepath.Join(f.flakeDir, "flake.nix")) {
			return true
		}
		above := filepath.Dir(f.flakeDir)
		up := f.ground.folder(above)
		return above != f.flakeDir && up.repo == f.repo && up.seenByFlake()
	})
}

// rel returns a path relative to the project's root, with slashes.
func (f *folder) rel(path string) string {
	if f.repo != nil {
		if rel, ok := f.repo.Rel(path); ok && rel != "" {
			return rel
		}
	}
	rel, err := filepath.Rel(f.root, path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(rel)
}

// within reports whether a path lies below the project's root. Where nothing bounds the project it extends to the
// folders that are there.
func (f *folder) within(path string) bool {
	if f.unbound() {
		_, err := f.ground.disk.Stat(filepath.Dir(path))
		return err == nil
	}
	rest, ok := strings.CutPrefix(path, strings.TrimSuffix(f.root, string(filepath.Separator)))
	return ok && (rest == "" || rest[0] == filepath.Separator)
}
