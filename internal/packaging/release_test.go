package packaging

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/version"
)

func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(testenv.Root(t), name))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, into), name)
}

// TestReleases holds what others rely on: which archives a release has, under which names, and what is in them. That
// GoReleaser understands the file is for .ci/releaseconfig.
func TestReleases(t *testing.T) {
	var c struct {
		Version int
		Project string `yaml:"project_name"`
		Before  struct{ Hooks []string }
		Builds  []struct {
			Main, Binary                      string
			Env, Goos, Goarch, Flags, Ldflags []string
			Modified                          string `yaml:"mod_timestamp"`
		}
		Archives []struct {
			Formats []string
			Name    string `yaml:"name_template"`
			Files   []struct{ Src string }
		}
		Checksum struct {
			Name      string `yaml:"name_template"`
			Algorithm string
		}
		SBOMs []struct{ Artifacts string } `yaml:"sboms"`
	}
	readYAML(t, ".goreleaser.yaml", &c)
	assert.Equal(t, 2, c.Version)
	require.Len(t, c.Builds, 1)
	b := c.Builds[0]
	assert.Equal(t, []string{"CGO_ENABLED=0"}, b.Env)
	assert.Contains(t, b.Flags, "-trimpath")
	assert.Equal(t, "{{ .CommitTimestamp }}", b.Modified)
	assert.Equal(t, "nixsift", b.Binary)
	require.Len(t, c.Archives, 1)
	a := c.Archives[0]
	assert.Equal(t, []string{"tar.gz"}, a.Formats)
	var names []string
	for _, system := range b.Goos {
		for _, arch := range b.Goarch {
			names = append(names, strings.NewReplacer("{{ .ProjectName }}", c.Project, "{{ .Version }}", "1.2.3", "{{ .Os }}", system, "{{ .Arch }}", arch).Replace(a.Name)+"."+a.Formats[0])
		}
	}
	assert.Equal(t, []string{
		"nixsift_1.2.3_linux_amd64.tar.gz", "nixsift_1.2.3_linux_arm64.tar.gz", "nixsift_1.2.3_darwin_amd64.tar.gz",
		"nixsift_1.2.3_darwin_arm64.tar.gz", "nixsift_1.2.3_windows_amd64.tar.gz", "nixsift_1.2.3_windows_arm64.tar.gz",
	}, names)
	assert.Equal(t, "checksums.txt sha256", c.Checksum.Name+" "+c.Checksum.Algorithm)
	require.Len(t, c.SBOMs, 1)
	assert.Equal(t, "archive", c.SBOMs[0].Artifacts)

	// The hooks write what the archives list, and what they write is ignored by Git: else the program would call itself dirty.
	assert.Equal(t, []string{"bash .ci/completions completions"}, c.Before.Hooks)
	dir := t.TempDir()
	cmd := exec.Command("bash", ".ci/completions", dir)
	cmd.Dir = testenv.Root(t)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	for name, mark := range map[string]string{"nixsift.bash": "__start_nixsift", "_nixsift": "#compdef nixsift", "nixsift.fish": "complete -c nixsift", "nixsift.ps1": "Register-ArgumentCompleter"} {
		assert.Contains(t, string(must(os.ReadFile(filepath.Join(dir, name)))), mark, name)
	}
	ignored := string(must(os.ReadFile(filepath.Join(testenv.Root(t), ".gitignore"))))
	assert.Contains(t, ignored, "/completions/\n")
	assert.Contains(t, ignored, "/dist/\n")
	for _, f := range a.Files {
		if f.Src != "completions/*" {
			assert.FileExists(t, filepath.Join(testenv.Root(t), f.Src))
		}
	}
}

// TestCompletionsParse gives the completions to the shells that are there.
func TestCompletionsParse(t *testing.T) {
	nixsift := program(t)
	for shell, args := range map[string][]string{"bash": {"-n"}, "zsh": {"-n"}, "fish": {"--no-execute"}} {
		text, err := exec.Command(nixsift, "completion", shell).Output()
		require.NoError(t, err)
		require.NotEmpty(t, text)
		path, err := exec.LookPath(shell)
		if err != nil {
			continue
		}
		cmd := exec.Command(path, args...)
		cmd.Stdin = strings.NewReader(string(text))
		out, err := cmd.CombinedOutput()
		assert.NoError(t, err, "%s: %s", shell, out)
	}
}

// workflow is what the tests ask of a workflow; actionlint reads the rest in .ci/run.
type workflow struct {
	Permissions map[string]string
	Jobs        map[string]struct {
		Permissions map[string]string
		Steps       []struct {
			Uses, Run string
			With, Env map[string]any
		}
	}
}

// TestWorkflows holds that the workflows may do no more than they must, that what they use is pinned, and that no secret
// stands in a command line.
func TestWorkflows(t *testing.T) {
	pinned := regexp.MustCompile(`^[\w-]+/[\w-]+@[0-9a-f]{40}$`)
	installs := regexp.MustCompile(`go (?:install|run) (\S+\.\S+/\S+)`)
	for name, writes := range map[string][]string{"ci.yml": nil, "release.yml": {"release contents"}} {
		var w workflow
		readYAML(t, ".github/workflows/"+name, &w)
		assert.NotNil(t, w.Permissions, name)
		var got []string
		for scope, level := range w.Permissions {
			assert.Equal(t, "read", level, "%s: %s", name, scope)
		}
		for job, j := range w.Jobs {
			for scope, level := range j.Permissions {
				if level == "write" {
					got = append(got, job+" "+scope)
				}
			}
			for _, s := range j.Steps {
				if s.Uses != "" {
					assert.Regexp(t, pinned, s.Uses, name)
				}
				if strings.HasPrefix(s.Uses, "actions/checkout@") {
					assert.Equal(t, false, s.With["persist-credentials"], name)
				}
				assert.NotContains(t, s.Run, "${{", "%s: %s", name, s.Run)
				for _, m := range installs.FindAllStringSubmatch(s.Run, -1) {
					assert.Regexp(t, `@v\d+\.\d+\.\d+$`, m[1], name)
				}
			}
		}
		assert.Equal(t, writes, got, name)
	}
}

// TestReleasedVersion runs the step that holds a tag against the version of the program.
func TestReleasedVersion(t *testing.T) {
	var w workflow
	readYAML(t, ".github/workflows/release.yml", &w)
	script := ""
	for _, s := range w.Jobs["release"].Steps {
		if strings.Contains(s.Run, "GITHUB_REF_NAME") {
			script = s.Run
		}
	}
	require.NotEmpty(t, script)
	for tag, good := range map[string]bool{"v" + version.Number: true, version.Number: false, "v999.0.0": false, "v": false} {
		cmd := exec.Command("bash", "-eo", "pipefail", "-c", script)
		cmd.Dir, cmd.Env = testenv.Root(t), append(os.Environ(), "GITHUB_REF_NAME="+tag)
		assert.Equal(t, good, cmd.Run() == nil, fmt.Sprint(tag))
	}
}
