package flake

import (
	"fmt"
	"path/filepath"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lock-absolute-path", Family: family, Since: "0.1.0",
	Summary: "flake.lock holds a path of one machine",
	Doc: "A locked path such as `/home/me/x` or `/nix/store/…-source`, or a `file:///` URL, can be fetched only where that\n" +
		"path exists: \"path '…' does not exist\" elsewhere. It comes from an absolute path in `flake.nix`, from\n" +
		"`nix flake lock --override-input`, from a registry of the machine that names a path, or from a relative path that\n" +
		"Nix before 2.26 locked.\n" +
		"\n" +
		"Correct the input in `flake.nix` if need be, then run `nix flake update` for it. Relative paths, with or without\n" +
		"`parent`, are right; so is `/dev/null`. System folders such as `/etc/nixos` are info.",
	Severity: diag.Warning, Presets: rules.Recommended, LockAlone: true,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		for _, name := range f.Reachable() {
			n := f.Lock.Node(name)
			locked, ok := n.Locked.Ref()
			if !ok {
				continue
			}
			where, severity, ok := machinePath(locked)
			if !ok {
				continue
			}
			input, _ := f.PathTo(name)
			finding := diag.Finding{
				File: filepath.Join(f.Dir, "flake.lock"), Span: n.Key, Severity: severity,
				Message:  fmt.Sprintf("input `%s` is locked to `%s`, a path of one machine", inputPath(input), where),
				Help:     relock(f, n, input),
				Subjects: []string{inputPath(input) + " " + where}, Anywhere: true,
			}
			for _, attr := range []string{"path", "url"} {
				if a, ok := n.Locked.Attr(attr); ok {
					finding.Related = append(finding.Related, diag.Related{File: finding.File, Span: a.Value, Message: "this path"})
				}
			}
			if in := declarationOf(f, input[0]); in != nil && in.Attr != nil {
				finding.Related = append(finding.Related, diag.Related{File: filepath.Join(f.Dir, "flake.nix"), Span: place(in), Message: "the input"})
			}
			p.Report(finding)
		}
	},
})

// declarationOf returns the declaration of an input of the flake, or nil where there is none or no flake.nix.
func declarationOf(f *flake.Flake, name string) *flake.Input {
	if f.Nix == nil {
		return nil
	}
	return f.Nix.Input(name)
}

// relock says how to get the path out of the lock file, by where it came from.
func relock(f *flake.Flake, n *flake.LockNode, input []string) string {
	update := fmt.Sprintf("run `nix flake update %s`", inputPath(input))
	original, _ := n.Original.Ref()
	in := declarationOf(f, input[0])
	ref := original
	if in != nil {
		ref = in.Ref
	}
	if len(input) > 1 && original.IsLocal() && !original.IsRelative() {
		return fmt.Sprintf("the flake of `%s` names the path: follow another input instead", inputPath(input[:len(input)-1]))
	}
	switch {
	case len(input) == 1 && (in != nil || f.Nix == nil) && ref.IsLocal() && !ref.IsRelative():
		return "name a relative path or the URL of a repository in flake.nix, then " + update
	case original.Type == flake.TypeIndirect:
		return fmt.Sprintf("a registry of this machine gave it: name the URL of `%s` in flake.nix, then %s", original.ID, update)
	case len(input) == 1 && in != nil && ref.IsRelative():
		return update + " with Nix 2.26 or later, which locks a relative path as it is"
	}
	return update + " without `--override-input`"
}
