package workspace

import (
	"bytes"
	"path/filepath"
	"strings"
)

// Kind says what a file is, by its name and place.
type Kind uint8

// The kinds: a Nix file, a flake's lock file, the configuration of a CI service, a shell script, Makefile,
// justfile or documentation that shows commands. Other is everything else, which only a user who names it can mean.
const (
	Other Kind = iota
	Nix
	FlakeLock
	CI
	Shell
)

// The names of a flake and of its lock file.
const (
	flakeFile = "flake.nix"
	lockFile  = "flake.lock"
)

// readAsFile reports whether somebody reads the file at path by its name, so that a folder there takes its place. Nix reads
// flake.nix/default.nix, too; here a flake is a file.
func readAsFile(path string) bool { return filepath.Base(path) == flakeFile || KindOf(path) == CI }

// String returns the kind's name.
func (k Kind) String() string {
	return [...]string{"other", "nix", "flake-lock", "ci", "shell"}[k]
}

// Provider is the service that reads a CI file.
type Provider uint8

// The providers. Gitea reads the files of Forgejo's form in its own folder, Drone's have the form of Woodpecker's.
const (
	NoProvider Provider = iota
	GitHub
	Forgejo
	Gitea
	GitLab
	Woodpecker
	Drone
	CircleCI
	Buildkite
	Azure
	Travis
	Cirrus
	Bitbucket
	SourceHut
	Jenkins
)

// String returns the provider's name.
func (p Provider) String() string {
	return [...]string{"none", "github", "forgejo", "gitea", "gitlab", "woodpecker", "drone", "circleci", "buildkite", "azure", "travis", "cirrus",
		"bitbucket", "sourcehut", "jenkins"}[p]
}

// KindOf returns the kind of the file at path, which need not exist. A script without extension is Other:
// only its first line tells.
func KindOf(path string) Kind {
	switch ext := filepath.Ext(path); ext {
	case ".nix":
		return Nix
	case ".sh", ".bash", ".mk", ".just":
		return Shell
	case ".lock":
		if filepath.Base(path) == lockFile {
			return FlakeLock
		}
	case ".yml", ".yaml":
		if ProviderOf(path) != NoProvider {
			return CI
		}
	}
	switch name := filepath.Base(path); {
	case isJenkinsfile(name):
		return CI
	case isRecipes(name), IsProse(name):
		return Shell
	}
	return Other
}

// isRecipes reports whether make, just, task, direnv or docker looks for commands under a name.
func isRecipes(name string) bool {
	switch name {
	case "Makefile", "makefile", "GNUmakefile", "justfile", "Justfile", ".justfile", ".envrc",
		"Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml", "Taskfile.dist.yml", "Taskfile.dist.yaml":
		return true
	}
	for _, docker := range []string{"Dockerfile", "Containerfile"} {
		if name == docker || strings.HasPrefix(name, docker+".") || strings.HasSuffix(name, "."+docker) {
			return true
		}
	}
	return false
}

// IsProse reports whether a file is documentation in Markdown that tells people which commands to run, by its name.
func IsProse(path string) bool {
	name := strings.ToLower(filepath.Base(path))
	stem, ok := strings.CutSuffix(name, ".md")
	if !ok {
		stem, ok = strings.CutSuffix(name, ".markdown")
	}
	if !ok {
		return false
	}
	stem, _, _ = strings.Cut(stem, ".") // README.de.md
	switch stem {
	case "readme", "contributing", "hacking", "development", "install":
		return true
	}
	return false
}

func isJenkinsfile(name string) bool {
	return name == "Jenkinsfile" || strings.HasPrefix(name, "Jenkinsfile.") || strings.HasSuffix(name, ".Jenkinsfile") || strings.HasSuffix(name, ".jenkinsfile")
}

// ciFolders are the hidden folders that hold CI files.
var ciFolders = map[string]Provider{".github": GitHub, ".forgejo": Forgejo, ".gitea": Gitea, ".gitlab": GitLab, ".woodpecker": Woodpecker,
	".circleci": CircleCI, ".buildkite": Buildkite, ".azure-pipelines": Azure, ".azuredevops": Azure, ".builds": SourceHut}

// ciFiles are the names of files that a service reads wherever they lie, without extension.
var ciFiles = map[string]Provider{".woodpecker": Woodpecker, ".drone": Drone, ".travis": Travis, ".cirrus": Cirrus,
	"bitbucket-pipelines": Bitbucket, ".build": SourceHut, "azure-pipelines": Azure, ".azure-pipelines": Azure}

// ProviderOf returns the service that reads the file at path, wherever in a tree its folders lie:
// workflows and composite actions of GitHub, Forgejo and Gitea, the pipelines of the others. Of a Jenkinsfile, KindOf tells.
func ProviderOf(path string) Provider {
	path = filepath.ToSlash(path)
	dir, name := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		dir, name = path[:i], path[i+1:]
	}
	stem, isYAML := strings.CutSuffix(name, ".yml")
	if !isYAML {
		if stem, isYAML = strings.CutSuffix(name, ".yaml"); !isYAML {
			return NoProvider
		}
	}
	switch {
	case strings.HasSuffix(stem, ".gitlab-ci"):
		return GitLab
	case ciFiles[stem] != NoProvider:
		return ciFiles[stem]
	case strings.HasPrefix(stem, "azure-pipelines"):
		return Azure
	}
	up, last := split(dir)
	switch p := ciFolders[last]; {
	case p == Woodpecker, p == SourceHut:
		return p
	case last == "workflows":
		_, service := split(up)
		if p := ciFolders[service]; p == GitHub || p == Forgejo || p == Gitea {
			return p
		}
	}
	for below := ""; dir != ""; below = last { // from the inside out
		dir, last = split(dir)
		switch p := ciFolders[last]; {
		case p == GitLab && below == "ci", p == CircleCI, p == Buildkite, p == Azure:
			return p
		case (p == GitHub || p == Forgejo || p == Gitea) && below == "actions" && stem == "action":
			return p
		}
	}
	return NoProvider
}

func split(path string) (dir, name string) {
	i := strings.LastIndexByte(path, '/')
	return path[:max(i, 0)], path[i+1:]
}

// scriptFolders are the folders in which a walk takes a file without extension for a script, if its first
// line agrees.
var scriptFolders = map[string]bool{
	"bin": true, "sbin": true, "libexec": true, "script": true, "scripts": true, "tools": true, "hack": true,
	"ci": true, ".ci": true, "hooks": true, ".githooks": true,
}

// headSize is how much of a script is read for its first lines, in bytes.
const headSize = 1024

// isShellScript reports whether the start of a file asks for sh or bash: in its first line, or, for a
// script that nix-shell or nix runs, in the #! lines behind it (Nix manual, "nix-shell", "Use as
// a #!-interpreter").
func isShellScript(head []byte) bool {
	line, rest, _ := bytes.Cut(head, []byte("\n"))
	words, ok := shebang(line)
	if !ok || len(words) == 0 {
		return false
	}
	program := filepath.Base(words[0])
	if program == "env" {
		words = words[1:]
		for len(words) > 0 && (strings.HasPrefix(words[0], "-") || strings.Contains(words[0], "=")) {
			words = words[1:]
		}
		if len(words) == 0 {
			return false
		}
		program = filepath.Base(words[0])
	}
	if program != "nix" && program != "nix-shell" {
		return isShell(program)
	}
	for {
		for i := 0; i+1 < len(words); i++ {
			switch words[i] {
			case "-i", "-c", "--command":
				if isShell(filepath.Base(words[i+1])) {
					return true
				}
			}
		}
		line, rest, _ = bytes.Cut(rest, []byte("\n"))
		if words, ok = shebang(line); !ok {
			return false
		}
	}
}

func shebang(line []byte) ([]string, bool) {
	rest, ok := bytes.CutPrefix(line, []byte("#!"))
	return strings.Fields(string(rest)), ok
}

func isShell(program string) bool {
	switch program {
	case "sh", "bash", "dash":
		return true
	}
	return false
}
