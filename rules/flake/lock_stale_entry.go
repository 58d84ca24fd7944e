package flake

import (
	"fmt"
	gopath "path"
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lock-stale-entry", Family: family, Since: "0.1.0",
	Summary: "flake.lock is of another declaration of an input",
	Doc: "Where the reference or the follows of an input differs from what `flake.lock` records, Nix locks the input anew when\n" +
		"the flake is used: the revision of the lock file is not the one that is built. Where Nix may not write the file it\n" +
		"fails, as in CI with `--no-update-lock-file`. Run `nix flake lock` and commit the result.\n" +
		"\n" +
		"Nix compares what it keeps of a reference letter by letter: the case of an owner, a slash at the end of a path\n" +
		"count; parameters that a type ignores, and whether the reference is written as a URL or as attributes, do not.\n" +
		"`flake = false`, and overrides of inputs that an input does not have, change nothing either. An override that is\n" +
		"gone from `flake.nix` counts for the inputs of the flake's own inputs only, as Nix looks no deeper.\n" +
		"\n" +
		"A lock file that Nix before 2.26 wrote for a relative path, and one in which a tool let two inputs share a node, are\n" +
		"written anew, too.\n" +
		"\n" +
		"This and the other rules about `flake.lock` decide what can be told offline: inputs and overrides of any depth that are added, removed, follow\n" +
		"something else or have another reference, `flake = false`, relative paths. They say nothing of inputs that are computed, of what the\n" +
		"flake of an input that is fetched anew has, and of an override that followed into its own input and is gone." + asideIsInfo,
	Severity: diag.Warning, Presets: rules.Recommended, LockAlone: true,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		if !soundLock(f) {
			return
		}
		inLock := map[flake.ChangeKind]int{}
		for _, c := range f.Changes() {
			if c.Input != nil && toldBroken(p, f, c.Input) {
				continue
			}
			if c.Input == nil {
				inLock[c.Kind]++
			}
			if c.Input != nil || inLock[c.Kind] <= maxProblems && (c.Kind != flake.ChangeShared || inLock[c.Kind] == 1) {
				reportStale(p, f, c)
			}
		}
	},
})

func reportStale(p *rules.Pass, f *flake.Flake, c flake.Change) {
	lock := filepath.Join(f.Dir, "flake.lock")
	path := inputPath(c.Path())
	finding := diag.Finding{Help: "run `nix flake lock`"}
	switch c.Kind {
	case flake.ChangeSource:
		finding.Message = changedMessage(f, c, path)
	case flake.ChangeNoFollows:
		finding.Message = fmt.Sprintf("input `%s` follows %s in flake.lock, but not in flake.nix any more", path, followsPath(c.Entry.Follows))
	case flake.ChangeParent:
		finding.Message = parentMessage(f, c, path)
	case flake.ChangeShared:
		finding.Message = fmt.Sprintf("input `%s` shares the node `%s` with another input, so Nix rewrites flake.lock", path, c.Entry.Node)
		finding.Help = "run `nix flake lock`; to have one copy only, let the inputs follow in flake.nix"
	default:
		return
	}
	if c.Input == nil {
		finding.File, finding.Span = lock, c.Entry.Value
	} else {
		finding.Span = place(c.Input)
		if c.Input.Follows != nil {
			finding.Span = c.Input.Follows.Node.Span()
		}
		finding.Related = []diag.Related{{File: lock, Span: c.Entry.Value, Message: "as it is locked"}}
	}
	if p.Project.InAside(f.Dir) {
		finding.Severity = diag.Info
	}
	p.Report(finding)
}

// changedMessage says what flake.nix and flake.lock have for one input.
func changedMessage(f *flake.Flake, c flake.Change, path string) string {
	follows := c.Input != nil && c.Input.Follows != nil
	switch {
	case follows && c.Entry.IsFollows:
		return fmt.Sprintf("input `%s` follows %s in flake.nix, but %s in flake.lock", path, followsPath(c.Input.Follows.Path), followsPath(c.Entry.Follows))
	case follows:
		return fmt.Sprintf("input `%s` follows %s in flake.nix, but flake.lock still has %s for it", path, followsPath(c.Input.Follows.Path), lockedAs(f, c.Entry))
	case c.Entry.IsFollows:
		return fmt.Sprintf("input `%s` follows %s in flake.lock, but flake.nix has it by itself", path, followsPath(c.Entry.Follows))
	}
	return fmt.Sprintf("input `%s` has changed: flake.lock has %s", path, lockedAs(f, c.Entry))
}

// followsPath returns what an input follows, as messages write it.
func followsPath(path []string) string {
	if len(path) == 0 {
		return "the flake itself"
	}
	return diag.Code(inputPath(path))
}

// parentMessage says why Nix does not keep an entry for what it records of the flake that a relative path starts from.
func parentMessage(f *flake.Flake, c flake.Change, path string) string {
	node := f.Lock.Node(c.Entry.Node)
	original, _ := node.Original.Ref()
	switch {
	case c.Input != nil && c.Input.Ref.IsRelative() && !original.IsRelative() && !madeAbsolute(original.Path, c.Input.Ref.Path):
		return fmt.Sprintf("input `%s` has changed: flake.lock has %s", path, lockedAs(f, c.Entry))
	case !node.HasParent:
		return fmt.Sprintf("input `%s` is locked as Nix before 2.26 did with relative paths, so a newer Nix rewrites flake.lock", path)
	case !original.IsRelative():
		return fmt.Sprintf("input `%s` is locked with a `parent`, which only a relative path has, so Nix rewrites flake.lock", path)
	}
	return fmt.Sprintf("input `%s` is locked as a path in the flake of `%s`, not of the one that has it as an input, so Nix rewrites flake.lock", path, inputPath(node.Parent))
}

// madeAbsolute reports whether an absolute path can be what Nix before 2.26 made of a relative one.
func madeAbsolute(absolute, relative string) bool {
	clean := strings.TrimLeft(gopath.Clean("/"+relative), "/")
	return clean == "" || strings.HasSuffix(gopath.Clean(absolute), "/"+clean)
}

// lockedAs says what an entry of the lock file is.
func lockedAs(f *flake.Flake, entry flake.LockInput) string {
	if entry.IsFollows {
		return "what follows " + followsPath(entry.Follows)
	}
	if n := f.Lock.Node(entry.Node); n != nil {
		if ref, ok := n.Original.Ref(); ok {
			return "`" + ref.String() + "`"
		}
	}
	return "an input of its own"
}
