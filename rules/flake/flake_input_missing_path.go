package flake

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-input-missing-path", Family: family, Since: "0.1.0",
	Summary: "The path of an input names a folder that is not there, or has no flake",
	Doc: "A relative path is looked up in the source tree of the flake. Where nothing is, or a folder without flake.nix, Nix cannot lock the flake:\n" +
		"\"Path 'nosuch/flake.nix' does not exist in Git repository …\". With `?dir=` or `dir` that folder below the path has to have the\n" +
		"flake.nix.\n" +
		"\n" +
		"It is a warning for `flake = false`, where Nix fails once the input is used, and for an input whose comment says that it is overridden. Left\n" +
		"alone are submodules, what Git tracks though it is not on disk, and paths with `@`, `$` or braces.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		var found []diag.Finding
		var s *signs
		for _, in := range f.Nix.Inputs {
			finding, ok := missingInput(p, f, in)
			if !ok {
				continue
			}
			if s == nil {
				s = readSigns(p, f)
			}
			for _, n := range s.notes[in] {
				if strings.Contains(strings.ToLower(n.text), "overrid") {
					finding.Severity = diag.Warning
				}
			}
			found = append(found, finding)
		}
		tellFaults(p, f, found)
	},
})

func missingInput(p *rules.Pass, f *flake.Flake, in *flake.Input) (finding diag.Finding, ok bool) {
	ref := in.Ref
	switch {
	case !ref.IsRelative() || in.RefErr != nil || len(in.Faults) > 0 || !in.Literal:
		return finding, false
	case ref.Path == "" || strings.HasPrefix(ref.Path, "~") || strings.ContainsAny(ref.Path+ref.Dir, "@$<>{}") || misreadAsPath(ref.Text, ref):
		return finding, false
	}
	at := target(f, in)
	if _, _, out := outside(p, at); out || !p.Project.Within(at) {
		return finding, false
	}
	wanted := filepath.Join(at, filepath.FromSlash(path.Clean("/"+ref.Dir)))
	file := wanted
	if in.Flake {
		file = filepath.Join(wanted, "flake.nix")
	}
	if p.Project.Exists(file) || elsewhereInGit(p, file) || p.Project.Kind(at) == project.Regular {
		return finding, false
	}
	finding.Span = place(in)
	rel := func(path string) string {
		if r, err := filepath.Rel(f.Dir, path); err == nil {
			path = r
		}
		return diag.Code(filepath.ToSlash(path))
	}
	switch {
	case p.Project.Kind(wanted) == project.Folder:
		finding.Message = fmt.Sprintf("input %s names the folder %s, which has no flake.nix", inputCode(in), rel(wanted))
		finding.Help = "name the folder of a flake, or write `flake = false`"
	default:
		finding.Message = fmt.Sprintf("input %s names %s, where nothing is", inputCode(in), rel(wanted))
		finding.Help = "name a folder of this repository, or the URL of another one"
		suggestFolder(p, &finding, in, wanted)
	}
	if !in.Flake {
		finding.Severity = diag.Warning
	}
	return finding, true
}

// elsewhereInGit reports whether a path is in the repository though it is not on disk: in a submodule, or tracked.
func elsewhereInGit(p *rules.Pass, at string) bool {
	repo := p.Project.Repo()
	if repo == nil {
		return false
	}
	rel, ok := repo.Rel(at)
	if !ok {
		return false
	}
	_, submodule := repo.Submodule(rel)
	_, tracked := repo.Tracked(rel)
	return submodule || tracked || repo.HasBelow(rel)
}

// suggestFolder offers the folder beside the missing one that was probably meant.
func suggestFolder(p *rules.Pass, finding *diag.Finding, in *flake.Input, missing string) {
	dir, name := filepath.Split(missing)
	var folders []string
	for _, entry := range p.Project.Entries(filepath.Clean(dir)) {
		if !in.Flake || p.Project.Kind(filepath.Join(dir, entry, "flake.nix")) == project.Regular {
			folders = append(folders, entry)
		}
	}
	meant := near.Find(name, folders)
	if meant == "" {
		return
	}
	finding.Help = "did you mean " + diag.Code(meant) + "?"
	if text := in.URLNode.Text(); in.URLNode.IsValid() && strings.Count(text, name) == 1 {
		finding.Fixes = []diag.Fix{rules.Replace("write "+diag.Code(meant), diag.Unsafe, in.URLNode.Span(), strings.Replace(text, name, meant, 1))}
	}
}
