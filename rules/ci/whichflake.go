package ci

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

// places follows the scripts of a document through the folders of the checkout. A script may be in any of the folders that it
// has changed to, since what a subshell or a condition does is not followed.
type places struct {
	pass *rules.Pass
	doc  *shell.Doc

	script *shell.Script
	dirs   []string // absolute; empty where the script may be anywhere
}

// calls goes through the commands of Nix in the document, and on the way with the script from folder to folder.
func (l *places) calls(do func(c *call)) {
	for script, cmd := range l.doc.Commands() {
		l.enter(script)
		if !cmd.Recovered && isNix(cmd.Name) {
			do(&call{script, cmd.Name, ownArgs(cmd.Name, cmd.Args), cmd.Span, cmd})
		}
		l.follow(cmd)
	}
}

// enter begins a script.
func (l *places) enter(script *shell.Script) {
	if l.script == script && script != nil {
		return
	}
	l.script, l.dirs = script, nil
	start := l.pass.Project.Root()
	switch {
	case script == nil:
	case script.Source == shell.Recipe:
		start = filepath.Dir(l.pass.Path) // make and just change to it
	case script.Source == shell.ScriptFile || script.Source == shell.EmbeddedText:
		// Mostly the root, but some are called elsewhere.
		l.dirs = []string{filepath.Dir(l.pass.Path)}
	case l.elsewhere(script.Job):
		return
	}
	if dir, ok := l.resolve(start, workingDir(script)); ok {
		if l.dirs = append(l.dirs, dir); script != nil && strings.Contains(script.Text, "mktemp") {
			l.dirs = nil
		}
	} else {
		l.dirs = nil
	}
}

func workingDir(s *shell.Script) string {
	if s == nil || s.WorkingDir == "" {
		return "."
	}
	return s.WorkingDir
}

// elsewhere reports whether a job checks another repository or revision out where its own would lie.
func (l *places) elsewhere(job string) bool {
	return slices.ContainsFunc(steps(l.doc), func(with []shell.Input) bool {
		if with[0].Job != job || !strings.Contains(with[0].Uses, "/checkout@") {
			return false
		}
		other := false
		for _, in := range with {
			switch {
			case in.Name == "path" && path.Clean(in.Text) != "." && !strings.Contains(in.Text, "${{"):
				return false // beside it
			case (in.Name == "repository" || in.Name == "ref") && !strings.Contains(in.Text, "${{"):
				other = true
			}
		}
		return other
	})
}

// follow notes where a command leads the script.
func (l *places) follow(cmd *shell.Command) {
	switch {
	case (cmd.Name == "cd" || cmd.Name == "pushd") && len(cmd.Args) > 0:
		if cmd.Args[0].Text == "-" {
			return // to where it was
		}
		for _, from := range slices.Clone(l.dirs) {
			dir, ok := l.resolve(from, cmd.Args[0].Text)
			if !ok {
				l.dirs = nil
				return
			}
			if !slices.Contains(l.dirs, dir) && len(l.dirs) < maxDirs {
				l.dirs = append(l.dirs, dir)
			}
		}
	case cmd.Name == "nix" && len(cmd.Args) > 1 && cmd.Args[0].Text == "flake" && (cmd.Args[1].Text == "new" || cmd.Args[1].Text == "init"),
		cmd.Name == "git" && len(cmd.Args) > 0 && (cmd.Args[0].Text == "checkout" || cmd.Args[0].Text == "switch" || cmd.Args[0].Text == "clone"):
		l.dirs = nil // what lies there is not what the working tree has
	}
}

// maxDirs is how many folders a script may be in before no more are told apart.
const maxDirs = 16

// resolve returns the folder of the checkout that a path leads to.
func (l *places) resolve(from, path string) (dir string, ok bool) {
	rel := relative(path)
	if rel != path {
		from = l.pass.Project.Root()
	}
	if strings.ContainsAny(rel, "$`{~*") || filepath.IsAbs(rel) {
		return "", false
	}
	dir = filepath.Join(from, filepath.FromSlash(rel))
	return dir, l.pass.Project.Within(dir) && l.pass.Project.Kind(dir) == project.Folder
}

// flakes returns the flakes that a command may be about, all in the checkout; none where that is not known.
func (l *places) flakes(refs []shell.Word) (out []*flake.Flake) {
	if len(refs) == 0 {
		refs = []shell.Word{{Text: "."}}
	}
	for _, ref := range refs {
		for _, from := range l.dirs {
			f := l.flakeAt(from, ref.Text)
			if f == nil {
				return nil
			}
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

// flakeAt returns the flake that a reference means in a folder: Nix looks for flake.nix there and above, up to the root of the
// repository.
func (l *places) flakeAt(from, ref string) *flake.Flake {
	text, _, _ := strings.Cut(strings.TrimPrefix(ref, flakeOption), "#")
	text, query, _ := strings.Cut(text, "?")
	path := strings.TrimPrefix(text, "path:")
	switch {
	case path == "":
		path = "."
	case path == text && !strings.HasPrefix(path, ".") && !strings.HasPrefix(path, "/") && relative(path) == path:
		return nil // a registry's id, or a URL
	}
	if query != "" {
		return nil
	}
	dir, ok := l.resolve(from, path)
	if !ok {
		return nil
	}
	for ; l.pass.Project.Within(dir); dir = filepath.Dir(dir) {
		if f := l.pass.Project.FlakeIn(dir); f != nil {
			return f
		}
		if dir == l.pass.Project.Root() {
			break
		}
	}
	return nil
}
