package flake

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "follows-cycle", Family: family, Since: "0.1.0",
	Summary: "Inputs follow each other in a circle",
	Doc: "An input that follows itself, directly or through others, has no source: \"follow cycle detected: [b -> a -> b]\".\n" +
		"Nix 2.8 writes such a lock file without a word and overflows its stack when the flake is used.\n" +
		"\n" +
		"Overrides count where `flake.lock` says that the overridden input exists; where it cannot tell, a circle of\n" +
		"overrides alone is a warning.",
	Severity: diag.Error, Presets: rules.Recommended,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		if !f.Nix.InputsLiteral {
			return
		}
		settled, reported := map[string]bool{}, map[*flake.Input]bool{}
		for _, root := range f.Nix.Inputs {
			for in := range root.All() {
				if cycle := followCycle(f, in, settled); len(cycle) > 0 && !reported[cycle[0]] {
					reported[cycle[0]] = true
					reportCycle(p, f, cycle)
				}
			}
		}
	},
})

// maxFollowed bounds the length of a path that grows with each follows: only a circle makes it grow on.
const maxFollowed = 128

// followCycle returns the circle of follows that an input leads into, from its first input in flake.nix on, or nil. It
// resolves paths as far as flake.nix alone tells. Paths in settled were walked before; those of this walk are added.
func followCycle(f *flake.Flake, in *flake.Input, settled map[string]bool) []*flake.Input {
	if in.Follows == nil || in.Follows.Err != nil {
		return nil
	}
	// What a path leads to first stands at its place in taken.
	seen := map[string]int{}
	var taken []*flake.Input
	path := in.Path
	for len(path) <= maxFollowed {
		key := strings.Join(path, "/")
		if from, again := seen[key]; again {
			return fromFirst(taken[from:])
		}
		if settled[key] {
			return nil
		}
		settled[key] = true
		at, rest := followAt(f, path)
		if at == nil || at.Follows.Err != nil {
			return nil
		}
		seen[key] = len(taken)
		taken = append(taken, at)
		path = append(slices.Clone(at.Follows.Path), rest...)
	}
	// A path that grows on goes round and round in its last steps.
	last := taken[len(taken)-1]
	from := len(taken) - 2
	for from >= 0 && taken[from] != last {
		from--
	}
	cycle := taken[max(from, 0)+1:]
	if len(cycle) == 0 {
		cycle = taken[len(taken)-1:]
	}
	return fromFirst(cycle)
}

// fromFirst turns a circle so that it starts with its first input in flake.nix.
func fromFirst(cycle []*flake.Input) []*flake.Input {
	first := 0
	for i, in := range cycle {
		if in.NameNode.Span().Start < cycle[first].NameNode.Span().Start {
			first = i
		}
	}
	return append(slices.Clone(cycle[first:]), cycle[:first]...)
}

// followAt returns the first input or override on a path that follows, and the path behind it.
func followAt(f *flake.Flake, path []string) (at *flake.Input, rest []string) {
	if len(path) == 0 {
		return nil, nil
	}
	at = f.Nix.Input(path[0])
	for i := 1; at != nil; i++ {
		if at.Follows != nil {
			return at, path[i:]
		}
		if i == len(path) {
			break
		}
		at = at.Override(path[i])
	}
	return nil, nil
}

func joined(in *flake.Input) string { return strings.Join(in.Path, "/") }

func reportCycle(p *rules.Pass, f *flake.Flake, cycle []*flake.Input) {
	severity := diag.Warning
	for _, in := range cycle {
		if in.Parent == nil {
			severity = diag.Error // it has to be resolved
			continue
		}
		s, ok := overridden(p, f, in)
		if !ok {
			return
		}
		severity = max(severity, s)
	}
	const shown = 20 // of a long circle
	var names []string
	finding := diag.Finding{Span: cycle[0].Follows.Node.Span(), Severity: severity}
	for i, in := range cycle[:min(len(cycle), shown)] {
		names = append(names, joined(in))
		if i > 0 {
			finding.Related = append(finding.Related, diag.Related{Span: in.Follows.Node.Span(), Message: fmt.Sprintf("`%s` follows `%s`", names[i], in.Follows.Text)})
		}
	}
	if len(cycle) > shown {
		names = append(names, "…")
	}
	names = append(names, names[0])
	finding.Message = fmt.Sprintf("inputs follow each other in a circle: `%s`", strings.Join(names, "` → `"))
	finding.Help = "give one of them a `url`, or let it follow another input"
	if len(cycle) == 1 {
		finding.Message = fmt.Sprintf("input `%s` follows itself", names[0])
		finding.Help = "give it a `url`, or let it follow another input"
	}
	p.Report(finding)
}
