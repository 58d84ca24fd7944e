// Package scaffold makes the files by which nixsift runs in the CI of a repository and in pre-commit.
package scaffold

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/internal/version"
)

//go:embed ci
var templates embed.FS

// service is a CI service, with the path of the file that it reads.
type service struct{ name, path string }

var services = []service{
	{"github", ".github/workflows/nixsift.yml"}, {"gitlab", ".gitlab-ci.yml"}, {"forgejo", ".forgejo/workflows/nixsift.yml"},
	{"gitea", ".gitea/workflows/nixsift.yml"}, {"woodpecker", ".woodpecker/nixsift.yml"},
}

// Services are the names of the CI services that there are files for.
func Services() []string {
	var out []string
	for _, s := range services {
		out = append(out, s.name)
	}
	return out
}

// gitlabPart is where the job of GitLab goes in a repository whose pipeline has a file already, which includes it.
const gitlabPart = ".gitlab/ci/nixsift.yml"

// shadowed are the places that a service does not look at any more once the folder of its file is there.
var shadowed = map[string][]string{
	"forgejo": {".gitea/workflows", ".github/workflows"}, "gitea": {".github/workflows"}, "woodpecker": {".woodpecker.yml", ".woodpecker.yaml"},
}

// File is a file to write.
type File struct {
	Path  string // relative to the root of the repository, with slashes
	Text  string
	Notes []string // what there is to know and to do
}

// IsOf reports whether a text is that of the file, whatever branches it names.
func (f File) IsOf(text string) bool {
	return branches.ReplaceAllString(f.Text, "") == branches.ReplaceAllString(text, "")
}

var branches = regexp.MustCompile(`(?m)^ *branches: \[.*\]$`)

// eitherBranch is what the files name where nobody knows the default branch.
const eitherBranch = "branches: [main, master]"

// CI returns the file for a service. branch is the default branch, "" for one that is not known; exists says what is there already,
// and read what is in it. The error is that of an unknown service, or of a file that would take the place of a pipeline.
func CI(name, branch string, exists func(path string) bool, read func(path string) string) (File, error) {
	i := slices.IndexFunc(services, func(s service) bool { return s.name == name })
	if i < 0 {
		return File{}, fmt.Errorf("`%s` is none of %s", name, strings.Join(Services(), ", "))
	}
	b, err := templates.ReadFile("ci/" + name + ".yml")
	if err != nil {
		return File{}, err
	}
	f := File{Path: services[i].path, Text: string(b)}
	switch named := strings.Contains(f.Text, eitherBranch); {
	case named && branch != "":
		f.Text = strings.Replace(f.Text, eitherBranch, "branches: ["+scalar(branch)+"]", 1)
	case named:
		f.Notes = append(f.Notes, "which branch is the default one is not known here: "+f.Path+" names main and master")
	}
	if name == "gitlab" && exists(f.Path) && !f.IsOf(read(f.Path)) {
		f.Notes = append(f.Notes, "add it to "+f.Path+": `include: [{ local: "+gitlabPart+" }]`, beside what is included already")
		f.Path = gitlabPart
	}
	folder := f.Path[:strings.LastIndex(f.Path, "/")+1]
	for _, old := range shadowed[name] {
		if exists(strings.TrimSuffix(folder, "/")) || !exists(old) {
			continue
		}
		if name == "woodpecker" {
			return File{}, fmt.Errorf("beside a folder %s Woodpecker would not read %s any more: move it into one first", folder, old)
		}
		f.Notes = append(f.Notes, "this service does not look at "+old+" any more: what it is to run of that goes to "+folder)
		break
	}
	return f, nil
}

// scalar returns a text as a list of YAML has it.
func scalar(text string) string {
	if strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/._-") == "" {
		return text
	}
	return strconv.Quote(text)
}

// Release is the tag of the version that the files name.
func Release() string { return "v" + version.Number }
