package flake

import (
	"slices"

	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

// ownInputs are the inputs that an input has itself.
type ownInputs struct {
	names []string // callers do not write to them
	by    string   // what tells, for messages
	// Nix reads the same; false for a checkout, which may be of another version.
	sure bool
}

// inputNames returns the names of an input's own inputs: those that the lock has, or for a flake in a folder
// beside this one, which Nix reads anew each time, those that its flake.nix declares. Where the lock does not tell, a
// source that is at hand does. known is false where nothing tells.
func inputNames(p *rules.Pass, f *flake.Flake, in *flake.Input) (own ownInputs, known bool) {
	if !local(f, in) {
		if n, known := f.NodeOf(in); known {
			return ownInputs{n.InputNames(), "`flake.lock`", true}, true
		}
	}
	if in.Parent != nil || !in.Literal || !in.Flake {
		return own, false
	}
	at, source, ok := p.Project.InputFlake(f.Dir, in.Name)
	if !ok || !at.Nix.InputsLiteral {
		return own, false
	}
	for _, i := range at.Nix.AllInputs() {
		own.names = append(own.names, i.Name)
	}
	slices.Sort(own.names)
	own.by, own.sure = flakeOf(p, source), source.Whole()
	return own, true
}

// flakeOf names the flake.nix of a source.
func flakeOf(p *rules.Pass, s project.Source) string { return s.Name(p.Project, "flake.nix") }
