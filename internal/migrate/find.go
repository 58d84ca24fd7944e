package migrate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/pelletier/go-toml/v2"

	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/internal/workspace"
)

// Find adds what the folder uses: statix.toml, treefmt.toml, .pre-commit-config.yaml, Nix files that configure
// treefmt-nix or git-hooks.nix, and commands of CI files, scripts, justfiles and makefiles. The error is that of a
// file that is there and cannot be read or parsed.
func (p *Plan) Find() error {
	text, err := p.optional("statix.toml")
	if err != nil {
		return err
	}
	if text != nil {
		if p.conf, err = readStatix("statix.toml", text); err != nil {
			return err
		}
	}
	if err := p.findTreefmt(); err != nil {
		return err
	}
	if err := p.findPreCommit(); err != nil {
		return err
	}
	p.findInTree()
	for _, name := range []string{"justfile", "Justfile", ".justfile", "Makefile", "makefile", "GNUmakefile"} {
		if text := p.mentioning(name); text != "" {
			p.recipes(name, text)
		}
	}
	if p.conf != nil && !p.conf.read {
		return p.add(call{tool: "statix", file: p.conf.file, what: "statix", walks: true, statix: p.conf})
	}
	return nil
}

// findInTree reads Nix files, CI files and shell scripts.
func (p *Plan) findInTree() {
	selection, _ := workspace.Select(workspace.OS, []string{p.dir}, workspace.Options{})
	var nix nixModules
	inner := map[string]bool{".": false} // folders of repositories within the folder: other projects
	for _, f := range selection.Files {
		rel, err := filepath.Rel(p.dir, f.Path)
		if err != nil {
			continue
		}
		rel = filepath.ToSlash(rel)
		hidden := strings.HasPrefix(rel, ".") || strings.Contains(rel, "/.")
		p.hidden = p.hidden || f.Kind == workspace.Nix && hidden
		if f.Kind != workspace.Other && !isTemplate(rel) && !p.isInner(path.Dir(rel), inner) {
			switch text := p.mentioning(rel); {
			case text == "":
			case f.Kind == workspace.Nix:
				nix.read(rel, text)
			case f.Kind == workspace.CI && (strings.HasPrefix(rel, ".") || !strings.Contains(rel, "/")):
				p.commands(rel, shell.ReadCI(rel, text))
				p.actions(rel, text)
			case f.Kind == workspace.Shell && !workspace.IsProse(rel):
				p.commands(rel, shell.ReadScript(rel, text))
			}
		}
	}
	nix.report(p)
}

// isInner reports whether a folder, relative to the plan's, belongs to a repository of its own.
func (p *Plan) isInner(dir string, known map[string]bool) bool {
	is, ok := known[dir]
	if !ok {
		_, err := os.Lstat(filepath.Join(p.dir, filepath.FromSlash(dir), ".git"))
		is = err == nil || p.isInner(path.Dir(dir), known)
		known[dir] = is
	}
	return is
}

// isTemplate reports whether a file lies in a folder for others to complete or for tests to read.
func isTemplate(rel string) bool {
	return slices.ContainsFunc(strings.Split(path.Dir(rel), "/"), func(dir string) bool {
		switch strings.ToLower(dir) {
		case "template", "templates", "example", "examples", "fixture", "fixtures", "testdata", "skeleton", "sample", "samples":
			return true
		}
		return false
	})
}

// mentioning returns the text of a file that names one of the tools, else "".
func (p *Plan) mentioning(rel string) string {
	text, err := p.readFile(rel)
	if err != nil {
		return ""
	}
	if s := string(text); slices.ContainsFunc(tools, func(t tool) bool { return strings.Contains(s, t.name) }) {
		return s
	}
	return ""
}

// optional reads a file that need not exist: nil then.
func (p *Plan) optional(rel string) ([]byte, error) {
	text, err := p.readFile(rel)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return nil, fmt.Errorf("reading %s: %w", rel, err)
	case text == nil:
		text = []byte{}
	}
	return text, nil
}

// try adds a call that was found; one that cannot be understood is lost, not an error.
func (p *Plan) try(c call) {
	for _, u := range p.uses {
		if u.tool == c.tool && u.file == c.file && u.what == c.what {
			return
		}
	}
	if err := p.add(c); err != nil {
		p.lost = append(p.lost, c.place()+err.Error())
	}
	for _, text := range c.computed {
		if p.only == "" || p.only == c.tool {
			p.lost = append(p.lost, c.place()+"`"+text+"` is computed")
		}
	}
}

// findTreefmt reads the configuration of treefmt.
func (p *Plan) findTreefmt() error {
	for _, name := range []string{"treefmt.toml", ".treefmt.toml"} {
		text, err := p.optional(name)
		if err != nil {
			return err
		}
		if text == nil {
			continue
		}
		var c struct {
			Excludes []string
			Global   struct{ Excludes []string }
			// Formatter holds tables that this reader does not know whole.
			Formatter map[string]struct {
				Command                     string
				Options, Includes, Excludes []string
			}
		}
		if err := toml.Unmarshal(text, &c); err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		names := make([]string, 0, len(c.Formatter))
		for n := range c.Formatter {
			names = append(names, n)
		}
		slices.Sort(names)
		for _, n := range names {
			f := c.Formatter[n]
			calls := toolCalls(name, commandLine(f.Command, f.Options))
			if len(calls) == 0 {
				calls = wrapped(n, f.Command, f.Options)
			}
			for _, x := range calls {
				x.file, x.what = name, strings.TrimSpace(x.tool+" "+strings.Join(x.args, " "))
				x.exclude = p.patterns(x, slices.Concat(c.Excludes, c.Global.Excludes, f.Excludes), fromTreefmt)
				p.includes(x, f.Includes)
				p.try(x)
			}
		}
		return nil // treefmt reads the first that is there
	}
	return nil
}

// wrapped returns the call that a formatter of another name or command stands for: statix-fix, a script.
func wrapped(name, command string, args []string) []call {
	base := path.Base(command)
	for _, t := range tools {
		if name == t.name || strings.HasPrefix(base, t.name) {
			if strings.HasPrefix(base, "statix-fix") {
				args = slices.Concat([]string{"fix"}, args)
			}
			return []call{{tool: t.name, args: args}}
		}
	}
	return nil
}

// patterns turns the globs or expressions of whoever passes file names into patterns of nixsift.toml.
func (p *Plan) patterns(c call, list []string, from func(string) ([]string, bool)) []string {
	u := &use{plan: p, tool: c.tool, file: c.file}
	if p.only != "" && c.tool != p.only {
		return nil
	}
	for _, s := range list {
		u.leaveOut(s, from)
	}
	return u.exclude
}

// includes tells of a formatter that looks at some files only.
func (p *Plan) includes(c call, list []string) {
	if len(list) > 0 && !slices.Contains(list, "*.nix") && !slices.Contains(list, "*") && (p.only == "" || p.only == c.tool) {
		p.lost = append(p.lost, fmt.Sprintf("%sit looks at `%s` only; here the rules hold for all files", c.place(), strings.Join(list, "`, `")))
	}
}

// preCommitHook is a hook of a .pre-commit-config.yaml.
type preCommitHook struct {
	ID            string `yaml:"id"`
	Entry         string `yaml:"entry"`
	Args          []any  `yaml:"args"`
	Files         string `yaml:"files"`
	Exclude       string `yaml:"exclude"`
	PassFilenames *bool  `yaml:"pass_filenames"`
}

// findPreCommit reads the configuration of pre-commit.
func (p *Plan) findPreCommit() error {
	for _, name := range []string{".pre-commit-config.yaml", ".pre-commit-config.yml"} {
		text, err := p.optional(name)
		if err != nil {
			return err
		}
		if text == nil {
			continue
		}
		var c struct {
			Exclude string `yaml:"exclude"`
			Repos   []struct {
				Repo  string          `yaml:"repo"`
				Hooks []preCommitHook `yaml:"hooks"`
			} `yaml:"repos"`
		}
		if err := yaml.Unmarshal(text, &c); err != nil {
			return fmt.Errorf("reading %s: %s", name, yaml.FormatError(err, false, false))
		}
		for _, r := range c.Repos {
			for _, h := range r.Hooks {
				p.preCommitHook(name, r.Repo, h, c.Exclude)
			}
		}
		return nil
	}
	return nil
}

func (p *Plan) preCommitHook(file, repo string, h preCommitHook, exclude string) {
	entry := h.Entry
	if entry == "" && repo != "local" && toolNamed(h.ID) != "" {
		entry = toolNamed(h.ID)
	}
	args := make([]string, len(h.Args))
	for i, a := range h.Args {
		args[i] = fmt.Sprint(a)
	}
	passed := h.PassFilenames == nil || *h.PassFilenames
	for _, c := range toolCalls(file, commandLine(entry, args)) {
		c.file, c.what = file, strings.TrimSpace(c.tool+" "+strings.Join(c.args, " "))
		c.walks = !passed
		p.hookFiles(&c, []string{exclude, h.Exclude}, h.Files, passed)
		p.try(c)
	}
}

// hookFiles adds what the exclude expressions of a hook leave out. A hook that gets no file names looks at all
// files, whatever they say.
func (p *Plan) hookFiles(c *call, exclude []string, files string, passed bool) {
	exclude = slices.DeleteFunc(exclude, func(e string) bool { return e == "" || e == "^$" })
	switch {
	case p.only != "" && c.tool != p.only:
	case !passed && len(exclude) > 0:
		p.lost = append(p.lost, fmt.Sprintf("%s`%s` leaves nothing out, as the hook gets no file names", c.place(), strings.Join(exclude, "`, `")))
	case passed:
		c.exclude = p.patterns(*c, exclude, fromRegexp)
		switch strings.TrimLeft(files, "^.*") {
		case "", `\.nix$`, `nix$`, `[.]nix$`:
		default:
			p.lost = append(p.lost, fmt.Sprintf("%sit looks at `%s` only; here the rules hold for all files", c.place(), files))
		}
	}
}

// commands adds the calls of tools in shell text.
func (p *Plan) commands(file string, d *shell.Doc) {
	for _, c := range docCalls(d) {
		c.file, c.walks = file, true
		c.what = strings.TrimSpace(c.tool + " " + strings.Join(c.args, " "))
		p.try(c)
	}
}

// recipes adds the calls in recipes of a justfile or makefile: their indented lines.
func (p *Plan) recipes(file, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		if recipe := strings.TrimLeft(line, " \t"); recipe != line {
			recipe = strings.TrimLeft(recipe, "@-+")
			p.commands(file, shell.ReadText(file, recipe, func(i int) uint32 { return uint32(i) }))
		}
	}
}

// commandLine writes a command, which may have arguments, and further arguments as shell text.
func commandLine(command string, args []string) string {
	var b strings.Builder
	b.WriteString(command)
	for _, a := range args {
		b.WriteString(" '" + strings.ReplaceAll(a, "'", `'\''`) + "'")
	}
	return b.String()
}

// toolCalls returns the calls of tools in shell text.
func toolCalls(file, text string) []call {
	return docCalls(shell.ReadText(file, text, func(i int) uint32 { return uint32(i) }))
}

// valued are the flags of the tools whose value is the next argument.
var valued = map[string][]string{
	"deadnix": {"--exclude"}, "statix": {"-i", "--ignore", "-c", "--config"}, "nixf-diagnose": {"-i", "--ignore", "-o", "--only"},
}

func docCalls(d *shell.Doc) []call {
	var out []call
	for _, c := range d.Commands() {
		name, words := c.Name, c.Args
		if name == "nix" {
			name, words = nixRun(words)
		}
		if toolNamed(name) != name || name == "" || c.Recovered {
			continue
		}
		found := call{tool: name}
		for i, w := range words {
			flag := strings.HasPrefix(w.Text, "-")
			names := w.Via != "" && !flag // of files, by the variable of a loop
			switch n := len(found.args); {
			case w.Static && !names && !strings.Contains(w.Text, "{{"):
				found.args = append(found.args, w.Text)
			case flag:
				found.computed = append(found.computed, w.Text)
			case n > 0 && words[i-1].Static && slices.Contains(valued[name], found.args[n-1]):
				found.computed = append(found.computed, found.args[n-1]+" "+w.Text)
				found.args = found.args[:n-1]
			}
		}
		out = append(out, found)
	}
	return out
}

// nixRun returns the program and arguments of `nix run nixpkgs#statix -- check` and `nix run github:astro/deadnix`.
func nixRun(words []shell.Word) (name string, args []shell.Word) {
	run, repo := false, ""
	for i, w := range words {
		_, attr, ok := strings.Cut(w.Text, "#")
		if w.Text == "--" {
			args = words[i+1:]
			break
		}
		switch {
		case w.Text == "run":
			run = true
		case run && ok && name == "":
			name = attr[strings.LastIndexByte(attr, '.')+1:]
		case run && repo == "":
			repo = repository(w.Text)
		}
	}
	if name == "" {
		name = repo
	}
	return name, args
}

// repository returns the name of the repository that a flake reference leads to, "" for what is none: deadnix of
// github:astro/deadnix/v1.3.1 and of git+https://example.org/astro/deadnix.git?ref=main.
func repository(ref string) string {
	scheme, rest, ok := strings.Cut(ref, ":")
	if !ok {
		return ""
	}
	rest, _, _ = strings.Cut(rest, "?")
	switch parts := strings.Split(rest, "/"); scheme {
	case "github", "gitlab", "sourcehut":
		if len(parts) < 2 {
			return ""
		}
		return parts[1]
	case "git+https", "git+ssh", "https":
		return strings.TrimSuffix(path.Base(rest), ".git")
	}
	return ""
}
