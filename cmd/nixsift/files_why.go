package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/workspace"
)

// reachedJSON says who evaluates a file: `nixsift files --why --format json`.
type reachedJSON struct {
	Reach   string          `json:"reach"`
	Outputs []reachedByJSON `json:"outputs"`
	NamedBy []string        `json:"namedBy"`
}

type reachedByJSON struct {
	Output string `json:"output"`
	Module bool   `json:"module"`
	Sure   bool   `json:"sure"`
}

// reachNames are the words for how a flake reaches a file.
var reachNames = map[project.Reach]string{project.Reached: "surely", project.MaybeReached: "perhaps", project.Unreached: "no"}

// whoReaches says of the Nix files of a list who evaluates them, by path.
func whoReaches(wd string, list *engine.Listing) map[string]*reachedJSON {
	snapshot := project.New(workspace.OS)
	out := map[string]*reachedJSON{}
	for _, f := range list.Files {
		if f.Folder || f.Reason != "" || f.Kind != workspace.Nix {
			continue
		}
		answers := snapshot.View(f.Path).Answers()
		r := &reachedJSON{Reach: reachNames[answers.Reach(f.Path)], Outputs: []reachedByJSON{}, NamedBy: []string{}}
		for _, by := range answers.ReachedBy(f.Path) {
			r.Outputs = append(r.Outputs, reachedByJSON(by))
		}
		for _, ref := range answers.References(f.Path) {
			if from := slashed(wd, ref.From); !slices.Contains(r.NamedBy, from) {
				r.NamedBy = append(r.NamedBy, from)
			}
		}
		out[f.Path] = r
	}
	return out
}

// write writes lines for people.
func (r *reachedJSON) write(w io.Writer) {
	switch r.Reach {
	case "no":
		fmt.Fprintln(w, "    no flake is seen to evaluate it")
	case "perhaps":
		fmt.Fprintln(w, "    a flake may evaluate it")
	default:
		fmt.Fprintln(w, "    a flake evaluates it")
	}
	for _, by := range r.Outputs {
		how := "for"
		if by.Module {
			how = "as a module of"
		}
		if !by.Sure {
			how = "perhaps " + how
		}
		fmt.Fprintf(w, "    %s %s\n", how, by.Output)
	}
	for _, from := range r.NamedBy {
		fmt.Fprintf(w, "    named by %s\n", from)
	}
}
