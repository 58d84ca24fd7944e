package flake

import (
	"path/filepath"
	"slices"

	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

// inputNames returns the names of an input's own inputs: those that the lock has, or for a flake in a folder
// beside this one, which Nix reads anew each time, those that its flake.nix declares. known is false where neither
// tells. Callers do not write to them.
func inputNames(p *rules.Pass, f *flake.Flake, in *flake.Input) (names []string, known bool) {
	if !local(f, in) {
		n, known := f.NodeOf(in)
		if !known {
			return nil, false
		}
		return n.InputNames(), true
	}
	if in.Parent != nil || !in.Ref.IsRelative() || !in.Literal || !in.Flake {
		return nil, false
	}
	dir := filepath.Join(f.Dir, filepath.FromSlash(in.Ref.Path), filepath.FromSlash(in.Ref.Dir))
	file := p.Project.File(filepath.Join(dir, "flake.nix"))
	if file == nil || file.Tree().Root().HasError() {
		return nil, false
	}
	nix := flake.ReadNix(file.Tree())
	if nix == nil || !nix.InputsLiteral {
		return nil, false
	}
	for _, i := range nix.AllInputs() {
		names = append(names, i.Name)
	}
	slices.Sort(names)
	return names, true
}
