package project

import (
	"cmp"
	"slices"
)

// A ReachedBy is an output of a flake for which Nix evaluates a file.
type ReachedBy struct {
	Output string // as Host has it
	Module bool   // it has the file as a module
	Sure   bool   // no condition that is not known decides about it
}

// ReachedBy returns the hosts and outputs of the flake around a file that evaluate it, by name, as far as evaluating the outputs tells;
// Reach knows of more. It is for what is shown: no view records it.
func (v *View) ReachedBy(path string) (out []ReachedBy) {
	for _, r := range v.hostsFor(path).reached[path] {
		by := ReachedBy{r.host.Output, r.module, r.sure}
		i := slices.IndexFunc(out, func(o ReachedBy) bool { return o.Output == by.Output })
		if i < 0 {
			out = append(out, by)
			continue
		}
		out[i].Module, out[i].Sure = out[i].Module || by.Module, out[i].Sure || by.Sure
	}
	slices.SortFunc(out, func(a, b ReachedBy) int { return cmp.Compare(a.Output, b.Output) })
	return out
}
