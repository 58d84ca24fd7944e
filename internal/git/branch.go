package git

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/osfile"
)

const (
	headsDir  = "refs/heads/"
	remoteDir = "refs/remotes/origin/"
)

// DefaultBranch returns the branch that the others of a repository come from, as far as it tells: the one that `origin` had as
// its own when it was cloned (refs/remotes/origin/HEAD), the one of init.defaultBranch if there is such a branch, the only
// one. "" where none of that is so.
func (r *Repo) DefaultBranch() string {
	if name := r.symbolic(filepath.Join(r.commonDir, filepath.FromSlash(remoteDir), "HEAD"), remoteDir); name != "" {
		return name
	}
	branches := r.branches()
	if name := r.config().defaultBranch; slices.Contains(branches, name) {
		return name
	}
	current := r.symbolic(filepath.Join(r.gitDir, "HEAD"), headsDir)
	switch {
	case len(branches) == 0:
		return current // without a commit yet
	case len(branches) == 1:
		return branches[0]
	}
	return ""
}

// symbolic returns what a symbolic reference means, below a prefix; "" for others.
func (r *Repo) symbolic(path, prefix string) string {
	text, err := osfile.Read(path, maxRef)
	if err != nil {
		return ""
	}
	ref, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "ref:")
	name, below := strings.CutPrefix(strings.TrimSpace(ref), prefix)
	if !ok || !below || strings.HasPrefix(name, ".") { // .invalid stands where references are kept in tables
		return ""
	}
	return name
}

// Bounds of the size in bytes of a reference, and of all that are packed.
const (
	maxRef    = 1 << 16
	maxPacked = 64 << 20
)

// branches returns the names of the local branches, sorted.
func (r *Repo) branches() []string {
	var out []string
	heads := filepath.Join(r.commonDir, filepath.FromSlash(headsDir))
	_ = filepath.WalkDir(heads, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && !strings.HasSuffix(path, ".lock") {
			if rel, err := filepath.Rel(heads, path); err == nil {
				out = append(out, filepath.ToSlash(rel))
			}
		}
		return nil
	})
	packed, _ := osfile.Read(filepath.Join(r.commonDir, "packed-refs"), maxPacked)
	for line := range strings.Lines(string(packed)) {
		if _, ref, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			if name, ok := strings.CutPrefix(ref, headsDir); ok {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
