//go:build unix

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/scaffold"
	"github.com/nixsift/nixsift/internal/testenv"
)

// ciStep is a step of a workflow or composite action of GitHub, Forgejo or Gitea.
type ciStep struct {
	Name  string            `yaml:"name,omitempty"`
	ID    string            `yaml:"id,omitempty"`
	If    string            `yaml:"if,omitempty"`
	Uses  string            `yaml:"uses,omitempty"`
	With  map[string]any    `yaml:"with,omitempty"`
	Shell string            `yaml:"shell,omitempty"`
	Env   map[string]string `yaml:"env,omitempty"`
	Run   string            `yaml:"run,omitempty"`
}

// ciWorkflow is a workflow of these services.
type ciWorkflow struct {
	Name        string         `yaml:"name"`
	On          any            `yaml:"on"`
	Permissions map[string]any `yaml:"permissions"`
	Jobs        map[string]struct {
		RunsOn      string         `yaml:"runs-on"`
		Permissions map[string]any `yaml:"permissions"`
		Steps       []ciStep       `yaml:"steps"`
	} `yaml:"jobs"`
}

// pipeline is one of Woodpecker's.
type pipeline struct {
	When  []map[string]any `yaml:"when"`
	Clone []struct {
		Name, Image string
		Settings    map[string]any
	} `yaml:"clone"`
	Steps []struct {
		Name, Image string
		When        any
		Commands    []string
	} `yaml:"steps"`
}

// gitlabJob is a job of GitLab's.
type gitlabJob struct {
	Image     string            `yaml:"image"`
	Variables map[string]string `yaml:"variables"`
	Rules     []map[string]any  `yaml:"rules"`
	Script    []string          `yaml:"script"`
	Artifacts struct {
		When    string            `yaml:"when"`
		Reports map[string]string `yaml:"reports"`
	} `yaml:"artifacts"`
}

// strictly reads YAML into a value that must know every key.
func strictly(t *testing.T, text string, into any) {
	t.Helper()
	require.NoError(t, yaml.UnmarshalWithOptions([]byte(text), into, yaml.Strict()), text)
}

// ciFile is a CI file, taken apart.
type ciFile struct {
	service  string // github for all with workflows
	scripts  []string
	actions  []ciStep // uses of this repository's action
	gitlab   map[string]gitlabJob
	pipeline pipeline
}

// readCIFile reads a CI file of any service.
func readCIFile(t *testing.T, text string) ciFile {
	t.Helper()
	var top map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &top), text)
	f := ciFile{service: "gitlab"}
	switch {
	case top["jobs"] != nil:
		f.service = "github"
		var w ciWorkflow
		strictly(t, text, &w)
		for _, job := range w.Jobs {
			for _, step := range job.Steps {
				if step.Run != "" {
					f.scripts = append(f.scripts, step.Run)
				}
				if strings.HasPrefix(step.Uses, "nixsift/nixsift@") {
					f.actions = append(f.actions, step)
				}
			}
		}
	case top["steps"] != nil:
		f.service = "woodpecker"
		strictly(t, text, &f.pipeline)
		for _, step := range f.pipeline.Steps {
			f.scripts = append(f.scripts, strings.Join(step.Commands, "\n"))
		}
	default:
		strictly(t, text, &f.gitlab)
		for _, job := range f.gitlab {
			f.scripts = append(f.scripts, strings.Join(job.Script, "\n"))
		}
	}
	return f
}

// ciRepo makes a repository as a CI service clones it: with a branch main of the remote, and a commit after it.
func ciRepo(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	origin := gittest.Init(t, dir, "origin", "--initial-branch=main")
	gittest.Write(t, origin, "flake.nix", "{ outputs = _: import ./a.nix; }\n", "a.nix", "{ a = 1; }\n", "hosts/atlas.nix", "{ }\n")
	gittest.Run(t, origin, "add", "-A")
	gittest.Run(t, origin, "commit", "-q", "-m", "first")
	gittest.Run(t, dir, "clone", "-q", "origin", "repo")
	repo := gittest.Real(t, filepath.Join(dir, "repo"))
	gittest.Write(t, repo, "b.nix", "{ b = 2; }\n")
	gittest.Run(t, repo, "add", "-A")
	gittest.Run(t, repo, "commit", "-q", "-m", "second")
	return repo
}

// ciPath returns a search path with nixsift and with a stand-in for go that installs it without the network: it is there.
func ciPath(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	scripts := map[string]string{
		"go":      "#!/bin/sh\n[ \"$*\" = \"install github.com/nixsift/nixsift/cmd/nixsift@" + scaffold.Release() + "\" ] || { echo \"go $*?\" >&2; exit 9; }\n",
		"nixsift": "#!/bin/sh\nexec " + program(t) + " \"$@\"\n",
	}
	for name, text := range scripts {
		require.NoError(t, os.WriteFile(filepath.Join(bin, name), []byte(text), 0o777))
	}
	return bin + ":" + os.Getenv("PATH")
}

// shell runs a script of a CI file as its service does: each command must succeed.
func shell(t *testing.T, dir, script string, env ...string) (status int, out string) {
	t.Helper()
	cmd := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	text, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		require.NoError(t, err)
	}
	return cmd.ProcessState.ExitCode(), string(text)
}

// runCIFile runs what a CI file runs, in a repository that is fine and in one that is not.
func runCIFile(t *testing.T, text string) {
	t.Helper()
	f := readCIFile(t, text)
	require.NotEmpty(t, len(f.scripts)+len(f.actions), text)
	path := "PATH=" + ciPath(t)
	repo := ciRepo(t)
	if strings.Contains(text, "changed-since") { // what others did does not count
		origin := filepath.Join(repo, "../origin")
		gittest.Write(t, origin, "old.nix", broken)
		commit(t, origin)
		gittest.Run(t, repo, "pull", "-q", "--no-rebase", "origin", "main")
	}
	head, base := gittest.Run(t, repo, "rev-parse", "HEAD"), gittest.Run(t, repo, "rev-parse", "origin/main")
	env := []string{path, "GITHUB_BASE_REF=main", "CI_COMMIT_SHA=" + head, "CI_MERGE_REQUEST_DIFF_BASE_SHA=" + base, "CI_COMMIT_TARGET_BRANCH=main"}
	all := func() (worst int, out string) {
		for _, script := range f.scripts {
			status, text := shell(t, repo, script, env...)
			worst, out = max(worst, status), out+text
		}
		for _, step := range f.actions {
			a := newActionRun(t, repo)
			a.ready(t)
			for name, value := range step.With {
				a.inputs[name] = a.evaluate(t, asText(value))
			}
			worst = max(worst, a.step(t, "Check", path))
			out += a.log
		}
		return worst, out
	}
	status, out := all()
	assert.Equal(t, exitClean, status, "%s%s", text, out)
	gittest.Write(t, repo, "b.nix", "{ b = ; }\n")
	gittest.Run(t, repo, "commit", "-q", "-a", "-m", "third")
	status, out = all()
	assert.Equal(t, exitFindings, status, "%s%s", text, out)
	assert.NotContains(t, out, "old.nix")
	for _, job := range f.gitlab {
		for _, report := range job.Artifacts.Reports {
			var found []struct{ Fingerprint, Severity string }
			require.NoError(t, json.Unmarshal([]byte(read(t, filepath.Join(repo, report))), &found))
			assert.NotEmpty(t, found)
		}
	}
}

func asText(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	b, _ := json.Marshal(value)
	return string(b)
}

// actionlint holds workflows against actionlint; uses of this repository's action are checked against action.yml. It returns the complaints.
func actionlint(t *testing.T, workflows map[string]string) string {
	t.Helper()
	tool := testenv.Tool(t, "actionlint")
	action, err := os.ReadFile(filepath.Join(testenv.Root(t), "action.yml"))
	require.NoError(t, err)
	dir := gittest.Init(t, t.TempDir(), "repo")
	gittest.Write(t, dir, "action.yml", string(action), ".github/actionlint.yaml", "self-hosted-runner:\n  labels: [docker]\n")
	local := regexp.MustCompile(`nixsift/nixsift@\S+`)
	for name, text := range workflows {
		gittest.Write(t, dir, ".github/workflows/"+name+".yml", local.ReplaceAllString(text, "./"))
	}
	cmd := exec.Command(tool, "-no-color", "-shellcheck=", "-pyflakes=")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	assert.Equal(t, err == nil, len(out) == 0, "%v %s", err, out)
	return string(out)
}

// TestCITemplates runs the files that `nixsift init --ci` writes.
func TestCITemplates(t *testing.T) {
	gittest.Isolate(t)
	for _, name := range scaffold.Services() {
		file, err := scaffold.CI(name, "", func(string) bool { return false }, nil)
		require.NoError(t, err)
		t.Run(name, func(t *testing.T) { runCIFile(t, file.Text) })
	}
}

// TestCIWorkflows has actionlint look at those of them that are workflows.
func TestCIWorkflows(t *testing.T) {
	gittest.Isolate(t)
	workflows := map[string]string{}
	for _, name := range []string{"github", "forgejo", "gitea"} {
		file, err := scaffold.CI(name, "", func(string) bool { return false }, nil)
		require.NoError(t, err)
		workflows[name] = file.Text
	}
	assert.Empty(t, actionlint(t, workflows))
}
