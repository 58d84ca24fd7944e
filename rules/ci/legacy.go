package ci

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/shell"
)

// legacyFiles are the programs that take attributes of a Nix file by -A, with the files that they look for in a folder where none
// is named.
var legacyFiles = map[string][]string{
	"nix-build": {"default.nix"}, "nix-instantiate": {"default.nix"}, "nix-shell": {"shell.nix", "default.nix"},
	"nom-build": {"default.nix"}, "nom-shell": {"shell.nix", "default.nix"},
}

// legacy looks at the attributes of Nix files that a command asks for: nix-build -A, nix build -f.
func (r *missingOutputs) legacy(c *call) {
	if _, given := c.has("--arg", "--argstr", "--arg-from-file", "--expr", "-E", "-p", "--packages", "--impure"); given {
		return // --arg and its kin may change what there is
	}
	var attrs, files []shell.Word
	if isNixCommand(c.name) {
		file, ok := c.option("--file")
		if !ok {
			file, ok = c.option("-f")
		}
		if sub := c.subcommand(); !ok || !slices.Contains([]string{"build", "run", "shell", "develop", "eval", "path-info"}, sub) {
			return
		}
		files, attrs = []shell.Word{file}, c.plain()[1:]
		if c.subcommand() == "run" && len(attrs) > 1 {
			attrs = attrs[:1] // the others are for the program
		}
	} else {
		for i := 0; i < len(c.args); i++ {
			switch w := c.args[i]; {
			case (w.Text == "-A" || w.Text == "--attr") && i+1 < len(c.args):
				attrs = append(attrs, c.args[i+1])
				i++
			case w.Text == "--run" || w.Text == "--command" || w.Text == "--add-root":
				i++
			case valuesOf[w.Text] > 0:
				i += valuesOf[w.Text]
			case !strings.HasPrefix(w.Text, "-"):
				files = append(files, w)
			}
		}
	}
	if len(attrs) == 0 || len(files) > 1 {
		return
	}
	where, outputs := r.filesOf(c, files)
	for _, attr := range attrs {
		r.word(c, attr, func(text string) *missed {
			names := outputNames(text)
			if names == nil || strings.ContainsAny(text, "$`{*%^") {
				return nil
			}
			return missing(where, outputs, attribute{[][]string{names}, len(names)})
		})
	}
}

// filesOf returns what is known of the files that a command may read; none where that is not known.
func (r *missingOutputs) filesOf(c *call, files []shell.Word) (where string, out []*project.Outputs) {
	names := legacyFiles[c.name]
	path := "."
	if len(files) > 0 {
		if path = files[0].Text; !files[0].Static || len(files[0].Alts) > 0 || strings.ContainsAny(path, "$`{*%<:#") {
			return "", nil
		}
		names = []string{"default.nix"}
	}
	for _, from := range r.at.dirs {
		file := filepath.Join(from, filepath.FromSlash(path))
		if filepath.IsAbs(path) || !r.pass.Project.Within(file) {
			return "", nil
		}
		if r.pass.Project.Kind(file) == project.Folder {
			i := slices.IndexFunc(names, func(name string) bool { return r.pass.Project.Kind(filepath.Join(file, name)) == project.Regular })
			if i < 0 {
				return "", nil
			}
			file = filepath.Join(file, names[i])
		}
		if r.pass.Project.Kind(file) != project.Regular {
			return "", nil
		}
		where, out = diag.Code(filepath.Base(file)), append(out, r.pass.FileOutputs(file))
	}
	return where, out
}
