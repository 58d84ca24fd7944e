// Package scaffold makes the files by which nixsift runs in the CI of a repository and in pre-commit.
package scaffold

import (
	"embed"
	"fmt"
	"slices"
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

// CI returns the file for a service: its path, relative to the root of the repository and with slashes, and its text. exists says what
// is there already. note is what is left to do, or "". The error is that of an unknown service, or of a file that would take the place of
// a pipeline.
func CI(name string, exists func(path string) bool) (path, text, note string, err error) {
	i := slices.IndexFunc(services, func(s service) bool { return s.name == name })
	if i < 0 {
		return "", "", "", fmt.Errorf("`%s` is none of %s", name, strings.Join(Services(), ", "))
	}
	b, err := templates.ReadFile("ci/" + name + ".yml")
	if err != nil {
		return "", "", "", err
	}
	path = services[i].path
	if name == "gitlab" && exists(path) {
		note = "add it to " + path + ": `include: [{ local: " + gitlabPart + " }]`, beside what is included already"
		path = gitlabPart
	}
	folder := path[:strings.LastIndex(path, "/")+1]
	for _, old := range shadowed[name] {
		if exists(strings.TrimSuffix(folder, "/")) || !exists(old) {
			continue
		}
		if name == "woodpecker" {
			return "", "", "", fmt.Errorf("beside a folder %s Woodpecker would not read %s any more: move it into one first", folder, old)
		}
		note = "this service does not look at " + old + " any more: what it is to run of that goes to " + folder
		break
	}
	return path, string(b), note, nil
}

// Release is the tag of the version that the files name.
func Release() string { return "v" + version.Number }
