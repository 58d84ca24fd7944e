package ci

import (
	"fmt"
	pathpkg "path"
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "path-override-input", Family: family, Since: "0.1.0",
	Summary: "CI replaces a flake input, or the flake itself, by a `path:` reference or a path of one machine",
	Doc: "A `path:` reference copies the whole folder to the store: files that Git does not track or ignores, build output,\n" +
		"logs. Its hash changes with any of them, and with it every derivation that depends on the source, so nothing is found\n" +
		"in the binary cache; the revision is lost too. `nix flake lock` even writes the absolute path into `flake.lock`.\n" +
		"\n" +
		"The same folder without `path:` (`./other`, `../other`) is taken through Git: only tracked files, stable as long as\n" +
		"they are. An absolute path, or one in a home folder, exists on one machine only.\n" +
		"\n" +
		"What is only read, copied or hashed may come by `path:`: a template, `nix flake show`, `nix hash path`; so may what lies\n" +
		"in a temporary folder.\n" +
		"\n" +
		"Checked are the files of GitHub, Forgejo, Gitea, GitLab, Woodpecker, Drone, CircleCI, Buildkite, Azure Pipelines, Jenkins,\n" +
		"Travis, Cirrus, Bitbucket and builds.sr.ht, and the scripts, Makefiles, justfiles and Taskfiles that they run. Those that\n" +
		"only people run, `.envrc` and Dockerfiles may use folders beside the checkout; there an override by `path:` is information,\n" +
		"unless it goes into `flake.lock`, which is looked for in the shell text of Nix files too. So is one by a folder of the\n" +
		"same checkout that Git tracks, one for an input that is no flake, and what a README or another document for contributors\n" +
		"advises: in code blocks of shell, behind prompts, and in commands between backticks.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.IndString},
	Node: func(p *rules.Pass, n ast.Node) {
		if text := n.Text(); strings.Contains(text, "--override-input") && strings.Contains(text, "path:") {
			overriddenInNix(p, n)
		}
	},
	Mentions: []string{"--override-input", "path:.", "path:/", "path:~", "path:$", "path:\"", "path:'"},
	Programs: isNix,
	Prose:    true,
	Script: func(p *rules.Pass, d *shell.Doc) {
		c := &overrides{once: newOnce(p), doc: d, inputs: true, flakes: !p.Runs("path-installable")}
		c.document()
	},
})

// overrides looks for references in the words of commands. A word that two commands share through a
// variable is reported once.
type overrides struct {
	*once
	doc    *shell.Doc
	inputs bool // report inputs that are replaced
	flakes bool // report flakes that are taken

	fetched  map[string]bool // folders of the checkout that other repositories are fetched into
	lookedAt bool            // fetched is known
	scratch  bool            // the script is in a folder that belongs to no repository or is not tracked yet
}

// document looks at all commands of the document.
func (c *overrides) document() {
	var in *shell.Script
	for script, cmd := range c.doc.Commands() {
		if script != in {
			in, c.scratch = script, false
		}
		if !cmd.Recovered && isNix(cmd.Name) {
			c.args(call{script, cmd.Name, ownArgs(cmd.Name, cmd.Args), cmd.Span, cmd})
		}
		c.enter(script, cmd)
	}
	for _, in := range c.doc.Inputs {
		c.scratch = false
		c.args(call{nil, "", in.Words, in.Span, nil})
	}
}

// writesLock reports whether the arguments are those of a command that writes flake.lock.
func writesLock(args []shell.Word) bool {
	return len(args) > 1 && args[0].Text == "flake" && (args[1].Text == "lock" || args[1].Text == "update")
}

// overriddenInNix finds overrides in shell text of a Nix file: those that go into flake.lock, and those by folders that are
// not in the store.
func overriddenInNix(p *rules.Pass, str ast.Node) {
	doc := embedded(p, str)
	if doc == nil {
		return
	}
	for _, c := range calls(doc) {
		locks := c.name == "nix" && writesLock(c.args)
		for i, w := range c.args {
			if w.Text != "--override-input" || i+2 >= len(c.args) {
				continue
			}
			name, ref := c.args[i+1], c.args[i+2]
			path, ok := strings.CutPrefix(ref.Text, "path:")
			f := diag.Finding{Span: ref.Span}
			switch {
			case !ok:
				continue
			case locks:
				f.Message = fmt.Sprintf("input `%s` is replaced by `%s`, whose absolute path goes into `flake.lock`", name.Text, ref.Text)
				f.Help = "other machines, and this one after a garbage collection, do not have it; lock a reference that can be fetched"
			case placeOf(path) == unknown || isScratch(c.script, path):
				continue
			default:
				f.Severity = diag.Info
				f.Message = fmt.Sprintf("input `%s` is replaced by `%s`, a copy of the folder with its untracked files", name.Text, ref.Text)
				f.Help = "without `path:` Nix takes the folder through Git, tracked files only"
			}
			p.ReportMildly(f, diag.Info)
		}
	}
}

// place says where a path leads.
type place uint8

const (
	unknown  place = iota // through a variable of unknown value
	checkout              // the checkout's root
	inside                // a folder of the checkout
	fetched               // a folder in it that holds another checkout
	made                  // a folder in it without anything that Git tracks
	sibling               // a folder beside it
	machine               // an absolute path, or one in a home folder
)

// override checks --override-input NAME REF.
func (c *overrides) override(script *shell.Script, name, ref shell.Word, locks bool) {
	path, isPath := strings.CutPrefix(ref.Text, "path:")
	where := placeOf(path)
	if !isPath {
		c.machinePath(script, name, ref)
		return
	}
	if script != nil && script.WorkingDir != "" && where == checkout && !strings.Contains(script.WorkingDir, "$") {
		where = inside
	}
	if where == inside {
		where = c.inside(script, path)
	}
	f := diag.Finding{Span: ref.Span}
	what := fmt.Sprintf("input `%s` is replaced by `%s`", name.Text, ref.Text)
	switch where {
	case machine:
		f.Message = what + ", a path of one machine, which is copied whole, untracked files included"
	case made:
		f.Message = what + ", a folder without any file that Git tracks: every hash that depends on it changes with what is in it"
	case sibling, fetched:
		f.Message = what + ", a copy of the folder with its untracked files: every hash that depends on it changes with them"
	case inside:
		f.Severity = diag.Info
		f.Message = what + ", a copy of the folder with its untracked files"
	default:
		f.Message = what + ", a copy of the whole checkout with its untracked files: every hash that depends on it changes with them"
		if where == unknown {
			f.Message = what + ", which is copied whole, untracked files included: every hash that depends on it changes with them"
		}
	}
	if locks {
		f.Message += "; the absolute path goes into `flake.lock`"
	} else if byPeople(c.pass, c.doc, script) {
		f.Severity = diag.Info
	}
	if c.notFlake(name.Text) {
		f.Severity = diag.Info
		f.Help = "the input is no flake, and a folder below a repository needs `path:`; make sure that it holds tracked files only"
	} else {
		c.withoutPath(&f, ref, path, where)
	}
	c.report(f)
}

// withoutPath adds the advice to leave path: out.
func (c *overrides) withoutPath(f *diag.Finding, ref shell.Word, path string, where place) {
	if where == machine {
		f.Help = "CI and other machines do not have it; use a Git URL, or a relative path without `path:`"
		return
	}
	if where == made {
		f.Help = "if it is a Git checkout, leave `path:` out; what a step generates is better built by Nix, or added with `git add`"
		return
	}
	f.Help = "without `path:` Nix takes the folder through Git, tracked files only"
	plain := path
	if plain != "" && where != unknown && !strings.HasPrefix(plain, ".") && !strings.HasPrefix(plain, "$") {
		plain = "./" + plain
	}
	if i := strings.Index(ref.Text, "path:"); i >= 0 && (i == 0 || ref.Text[:i] == flakeOption) && where != unknown && path != "" {
		span := ref.At(i, i+len("path:"))
		if span.Len() == len("path:") && span != ref.Span { // which is the whole word where the text is put together
			text := strings.TrimSuffix(plain, path)
			f.Fixes = []diag.Fix{rules.Replace("use `"+plain+"`", diag.Unsafe, span, text)}
		}
	}
}

// machinePath reports an override by a plain absolute path, which no other machine has.
func (c *overrides) machinePath(script *shell.Script, name, ref shell.Word) {
	path := ref.Text
	for _, prefix := range []string{"git+file://", "git+file:"} {
		path = strings.TrimPrefix(path, prefix)
	}
	if placeOf(path) != machine || strings.HasPrefix(path, "/nix/store/") || byPeople(c.pass, c.doc, script) {
		return
	}
	c.report(diag.Finding{
		Span:    ref.Span,
		Message: fmt.Sprintf("input `%s` is replaced by `%s`, a path of one machine", name.Text, ref.Text),
		Help:    "CI and other machines do not have it; use a Git URL or a path within the checkout",
	})
}

// notFlake reports whether flake.nix declares an input with flake = false.
func (c *overrides) notFlake(name string) bool {
	f := c.pass.Project.Flake()
	if f == nil || f.Nix == nil {
		return false
	}
	for _, in := range f.Nix.Inputs {
		if in.Name == name {
			return !in.Flake
		}
	}
	return false
}

// workspaceVars are the variables and commands that stand for the checkout's root.
var workspaceVars = append(shell.CheckoutRoots(),
	"$PWD", "${PWD}", "$(pwd)", "`pwd`", "$(git rev-parse --show-toplevel)", "$(CURDIR)", "${CURDIR}", "$(PWD)", "$(shell pwd)",
	"{{justfile_directory()}}", "{{ justfile_directory() }}", "{{.ROOT_DIR}}", "{{.TASKFILE_DIR}}",
)

// inside tells what a folder of the checkout holds, as far as the file and the working tree show it.
func (c *overrides) inside(script *shell.Script, path string) place {
	folder := strings.Trim(relative(path), "/")
	if !c.lookedAt {
		c.lookedAt = true
		c.lookForCheckouts()
	}
	dir := ""
	if script != nil {
		dir = script.WorkingDir
	}
	folder = pathpkg.Join(dir, folder)
	for up := folder; up != "." && up != "/"; up = pathpkg.Dir(up) {
		if c.fetched[up] {
			return fetched
		}
	}
	p := c.pass.Project
	repo := p.Repo()
	if repo == nil || p.RepoError() != nil || strings.Contains(folder, "$") {
		return inside
	}
	if p.Kind(filepath.Join(p.Root(), filepath.FromSlash(folder))) == project.Folder && !repo.HasBelow(folder) {
		if _, sub := repo.Submodule(folder); !sub {
			return made
		}
	}
	return inside
}

// lookForCheckouts finds the folders that the file's steps fetch repositories into.
func (c *overrides) lookForCheckouts() {
	c.fetched = map[string]bool{}
	for _, in := range c.doc.Inputs {
		if in.Name == "path" && strings.Contains(in.Uses, "/checkout@") {
			c.fetched[pathpkg.Clean(strings.TrimSpace(in.Text))] = true
		}
	}
	for script, cmd := range c.doc.Commands() {
		if n := len(cmd.Args); cmd.Name == "git" && n > 2 && cmd.Args[0].Text == "clone" && !strings.Contains(cmd.Args[n-1].Text, "://") {
			c.fetched[pathpkg.Join(script.WorkingDir, cmd.Args[n-1].Text)] = true
		}
	}
}

// homeVars are the beginnings of paths in a home folder.
var homeVars = []string{"~", "$HOME", "${HOME}", "%h"}

// relative returns a path without query and fragment, from the checkout's root where it begins with a variable
// for that.
func relative(path string) string {
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	for _, v := range workspaceVars {
		if rest, ok := strings.CutPrefix(path, v); ok && (rest == "" || rest[0] == '/') {
			return "." + rest
		}
	}
	return path
}

// placeOf tells where a path leads, seen from the checkout's root. A query or a fragment is no part of it.
func placeOf(path string) place {
	rel := relative(path)
	for _, v := range homeVars {
		if rel == v || strings.HasPrefix(rel, v+"/") {
			return machine
		}
	}
	if strings.ContainsAny(rel, "$`{") {
		return unknown
	}
	if strings.HasPrefix(rel, "/") {
		return machine
	}
	depth := 0
	for part := range strings.SplitSeq(rel, "/") {
		switch part {
		case "", ".":
		case "..":
			if depth--; depth < 0 {
				return sibling
			}
		default:
			depth++
		}
	}
	if depth == 0 {
		return checkout
	}
	return inside
}
