//go:build unix

package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/version"
)

// action is the metadata of a composite action ("Metadata syntax reference" of GitHub's documentation).
type action struct {
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
	Branding    struct{ Icon, Color string }
	Inputs      map[string]struct {
		Description string `yaml:"description"`
		Default     string `yaml:"default"`
		Required    bool   `yaml:"required"`
	} `yaml:"inputs"`
	Outputs map[string]struct {
		Description string `yaml:"description"`
		Value       string `yaml:"value"`
	} `yaml:"outputs"`
	Runs struct {
		Using string   `yaml:"using"`
		Steps []ciStep `yaml:"steps"`
	} `yaml:"runs"`
}

func ownAction(t *testing.T) action {
	t.Helper()
	var a action
	strictly(t, read(t, filepath.Join(testenv.Root(t), "action.yml")), &a)
	return a
}

// actionRun is a run of the action's steps in a workspace, with a stand-in for what GitHub gives them.
type actionRun struct {
	action
	workspace, temp, output string
	inputs                  map[string]string
	log                     string
}

func newActionRun(t *testing.T, workspace string) *actionRun {
	t.Helper()
	r := &actionRun{action: ownAction(t), workspace: workspace, temp: t.TempDir(), inputs: map[string]string{}}
	r.output = filepath.Join(r.temp, "output")
	for name, in := range r.Inputs {
		r.inputs[name] = in.Default
	}
	return r
}

// ready puts the program where the first step installs it.
func (r *actionRun) ready(t *testing.T) {
	t.Helper()
	bin := filepath.Join(r.temp, "nixsift/bin")
	require.NoError(t, os.MkdirAll(bin, 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(bin, "nixsift"), []byte("#!/bin/sh\nexec nixsift \"$@\"\n"), 0o777))
}

var expression = regexp.MustCompile(`\$\{\{\s*(.*?)\s*\}\}`)

// evaluate replaces the expressions of a text; one that is not known here fails the test.
func (r *actionRun) evaluate(t *testing.T, text string) string {
	t.Helper()
	known := map[string]string{
		"github.action_path": testenv.Root(t), "!github.event.repository.private": "true", "github.base_ref": "main", "format('origin/{0}', github.base_ref)": "origin/main",
	}
	for name, value := range r.inputs {
		known["inputs."+name] = value
	}
	return expression.ReplaceAllStringFunc(text, func(m string) string {
		value, ok := known[expression.FindStringSubmatch(m)[1]]
		assert.True(t, ok, "%s is not known", m)
		return value
	})
}

// step runs the step with a name and returns its status; what it printed is added to the log.
func (r *actionRun) step(t *testing.T, name string, env ...string) int {
	t.Helper()
	i := slices.IndexFunc(r.Runs.Steps, func(s ciStep) bool { return s.Name == name })
	require.GreaterOrEqual(t, i, 0)
	s := r.Runs.Steps[i]
	require.Equal(t, "bash", s.Shell)
	all := []string{"RUNNER_TEMP=" + r.temp, "RUNNER_OS=Linux", "RUNNER_ARCH=X64", "GITHUB_ACTIONS=true", "GITHUB_OUTPUT=" + r.output}
	for key, value := range s.Env {
		all = append(all, key+"="+r.evaluate(t, value))
	}
	status, out := shell(t, r.workspace, s.Run, append(all, env...)...)
	r.log += out
	return status
}

// outputs returns what the steps set.
func (r *actionRun) outputs() string {
	text, _ := os.ReadFile(r.output)
	return string(text)
}

// TestActionForm holds action.yml to the form of a composite action and to what keeps it safe: no expression stands in shell code.
func TestActionForm(t *testing.T) {
	a := ownAction(t)
	text := read(t, filepath.Join(testenv.Root(t), "action.yml"))
	assert.Equal(t, "composite", a.Runs.Using)
	assert.LessOrEqual(t, len(a.Description), 125, "the marketplace takes no more")
	ids := map[string]bool{}
	for _, s := range a.Runs.Steps {
		assert.NotEqual(t, s.Run == "", s.Uses == "", s.Name)
		assert.NotContains(t, s.Run, "${{", s.Name)
		assert.Equal(t, s.Run != "", s.Shell == "bash", s.Name)
		ids[s.ID] = true
		if s.Uses != "" {
			assert.Regexp(t, `^[\w-]+/[\w/-]+@[0-9a-f]{40}$`, s.Uses, "what the action is pinned to is what runs")
		}
	}
	for name, in := range a.Inputs {
		assert.NotEmpty(t, in.Description, name)
		assert.Contains(t, text, "${{ inputs."+name+" }}", "an input is used")
	}
	for _, m := range regexp.MustCompile(`inputs\.([\w-]+)`).FindAllStringSubmatch(text, -1) {
		assert.Contains(t, a.Inputs, m[1])
	}
	for _, m := range regexp.MustCompile(`steps\.([\w-]+)\.outputs`).FindAllStringSubmatch(text, -1) {
		assert.True(t, ids[m[1]], m[0])
	}
}

// TestActionLint has actionlint look at the steps, as those of a workflow, and at uses of the action.
func TestActionLint(t *testing.T) {
	gittest.Isolate(t)
	a := ownAction(t)
	inputs := map[string]any{}
	for name := range a.Inputs {
		inputs[name] = map[string]any{"type": "string"}
	}
	asWorkflow, err := yaml.Marshal(map[string]any{
		"on":   map[string]any{"workflow_call": map[string]any{"inputs": inputs}},
		"jobs": map[string]any{"action": map[string]any{"runs-on": "ubuntu-latest", "steps": a.Runs.Steps}},
	})
	require.NoError(t, err)
	use := func(with string) string {
		return "on: push\njobs:\n  x:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v5\n      - uses: ./\n        with:\n          " + with + "\n"
	}
	assert.Empty(t, actionlint(t, map[string]string{"steps": string(asWorkflow), "use": use("sarif: true\n          fail-on: error")}))
	assert.Contains(t, actionlint(t, map[string]string{"use": use("failon: error")}), `input "failon" is not defined`)
}

// released returns the names of the archive for a system and of the checksums, as .goreleaser.yaml has them.
func released(t *testing.T, system, arch string) (archive, checksums string) {
	t.Helper()
	var c struct {
		Name     string `yaml:"project_name"`
		Archives []struct {
			Formats []string
			Name    string `yaml:"name_template"`
		}
		Checksum struct {
			Name string `yaml:"name_template"`
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, filepath.Join(testenv.Root(t), ".goreleaser.yaml"))), &c))
	require.Len(t, c.Archives, 1)
	archive = strings.NewReplacer("{{ .ProjectName }}", c.Name, "{{ .Version }}", version.Number, "{{ .Os }}", system, "{{ .Arch }}", arch).Replace(c.Archives[0].Name)
	return archive + "." + c.Archives[0].Formats[0], c.Checksum.Name
}

// release writes an archive and the checksums of a release, and a curl that takes them for the network. It returns the search path.
func release(t *testing.T, sums bool) (path, sum string) {
	t.Helper()
	binary := []byte("#!/bin/sh\nexec " + program(t) + " \"$@\"\n") // large ones take long to pack
	var archive bytes.Buffer
	zip := gzip.NewWriter(&archive)
	w := tar.NewWriter(zip)
	for _, name := range []string{"LICENSE", "nixsift"} {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(binary))}))
		_, err := w.Write(binary)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, zip.Close())
	sum = fmt.Sprintf("%x", sha256.Sum256(archive.Bytes()))
	dir := t.TempDir()
	name, checksums := released(t, "linux", "amd64")
	other, _ := released(t, "linux", "arm64")
	list := strings.Repeat("0", 64) + "  " + other + "\n"
	if sums {
		list += sum + "  " + name + "\n"
	}
	gittest.Write(t, dir, name, archive.String(), checksums, list, "curl", `#!/bin/bash
case " $* " in *" --proto =https --retry "*) ;; *) exit 90 ;; esac
url=${!#}
base=https://github.com/nixsift/nixsift/releases/download/v`+version.Number+`/
[ "${url#"$base"}" != "$url" ] && [ -f "`+dir+`/${url#"$base"}" ] || exit 22
while [ "$1" != --output ]; do shift; done
cp "`+dir+`/${url#"$base"}" "$2"
`)
	require.NoError(t, os.Chmod(filepath.Join(dir, "curl"), 0o777))
	return dir + ":" + os.Getenv("PATH"), sum
}

// TestActionInstall installs a release, which must be the one that its checksum says, and from the source.
func TestActionInstall(t *testing.T) {
	gittest.Isolate(t)
	listed, sum := release(t, true)
	unlisted, _ := release(t, false)
	other := strings.Repeat("1", 64)
	for name, c := range map[string]struct {
		inputs map[string]string
		path   string
		env    []string
		says   string // of a failure; "" is success
	}{
		"release":            {map[string]string{"version": version.Number}, listed, nil, ""},
		"with a v":           {map[string]string{"version": "v" + version.Number}, listed, nil, ""},
		"pinned":             {map[string]string{"version": version.Number, "checksum": sum}, unlisted, nil, ""},
		"other checksum":     {map[string]string{"version": version.Number, "checksum": other}, listed, nil, "has the SHA-256 " + sum + ", not " + other},
		"unlisted":           {map[string]string{"version": version.Number}, unlisted, nil, "not one that the release lists"},
		"other archive":      {map[string]string{"version": version.Number}, listed, []string{"RUNNER_ARCH=ARM64"}, "arm64.tar.gz cannot be downloaded"},
		"no such release":    {map[string]string{"version": "9.9.9"}, listed, nil, "cannot be downloaded"},
		"no version":         {map[string]string{"version": "1.0.0/../../x"}, listed, nil, "written as 0.1.0"},
		"unknown system":     {map[string]string{"version": version.Number}, listed, []string{"RUNNER_OS=Plan9"}, "no release for Plan9"},
		"unknown processor":  {map[string]string{"version": version.Number}, listed, []string{"RUNNER_ARCH=X86"}, "no release for X86"},
		"checksum of source": {map[string]string{"checksum": sum}, listed, nil, "goes with the input version"},
		"no Go":              {nil, noGo(t), nil, "Go is not there"},
	} {
		r := newActionRun(t, t.TempDir())
		for key, value := range c.inputs {
			r.inputs[key] = value
		}
		status := r.step(t, "Install nixsift", append([]string{"PATH=" + c.path}, c.env...)...)
		installed := filepath.Join(r.temp, "nixsift/bin/nixsift")
		if c.says == "" {
			assert.Equal(t, 0, status, "%s: %s", name, r.log)
			assert.Contains(t, r.log, "nixsift "+version.Number, name)
			assert.FileExists(t, installed, name)
			continue
		}
		assert.Equal(t, exitUsage, status, "%s: %s", name, r.log)
		assert.Contains(t, r.log, "::error title=nixsift::", name)
		assert.Contains(t, r.log, c.says, name)
		assert.NoFileExists(t, installed, name)
	}

	for _, name := range []string{"GOCACHE", "GOMODCACHE"} {
		cmd := exec.Command("go", "env", name)
		cmd.Env = environment
		out, err := cmd.Output()
		require.NoError(t, err)
		t.Setenv(name, strings.TrimSpace(string(out)))
	}
	r := newActionRun(t, t.TempDir())
	assert.Equal(t, 0, r.step(t, "Install nixsift"), r.log)
	assert.FileExists(t, filepath.Join(r.temp, "nixsift/bin/nixsift"))
	assert.Contains(t, r.log, "nixsift "+version.Number)
}

// noGo returns a search path without go, with what the steps need besides.
func noGo(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"bash", "mkdir"} {
		path, err := exec.LookPath(name)
		require.NoError(t, err)
		require.NoError(t, os.Symlink(path, filepath.Join(dir, name)))
	}
	return dir
}

// TestActionCheck runs the step that checks, with the inputs that change what it does.
func TestActionCheck(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("what the tests stand in for is a Linux runner")
	}
	gittest.Isolate(t)
	repo := ciRepo(t)
	path := "PATH=" + ciPath(t)
	gittest.Write(t, repo, "old.nix", broken)
	commit(t, repo)
	gittest.Write(t, repo, "my hosts/b.nix", "import ./gone.nix\n", "c.nix", "{ a = ; }\n")
	for name, c := range map[string]struct {
		inputs map[string]string
		status int
		says   []string
		sarif  bool
	}{
		"whole":           {nil, 1, []string{"::error file=c.nix", "::warning file=my hosts/b.nix"}, false},
		"paths":           {map[string]string{"paths": "flake.nix\nhosts\n"}, 0, nil, false},
		"a path":          {map[string]string{"paths": "my hosts"}, 1, []string{"::warning file=my hosts/b.nix"}, false},
		"a path, no flag": {map[string]string{"paths": "--fix"}, 2, []string{"--fix"}, false},
		"gate":            {map[string]string{"paths": "my hosts", "fail-on": "error"}, 0, []string{"::warning"}, false},
		"arguments":       {map[string]string{"paths": "my hosts", "arguments": "--rule 'missing-path=error'\n --ignore \"style/*\""}, 1, []string{"::error file=my hosts/b.nix"}, false},
		"nothing is run":  {map[string]string{"arguments": "--only $(touch${IFS}evil) `touch evil`; touch evil"}, 2, []string{"$(touch${IFS}evil)"}, false},
		"open quote":      {map[string]string{"arguments": "--only 'x"}, 2, []string{"a quote without an end"}, false},
		"changed":         {map[string]string{"paths": "a.nix", "changed-since": "origin/main"}, 0, nil, false},
		"changed, all":    {map[string]string{"changed-since": "origin/main"}, 1, []string{"::error file=c.nix", "::warning file=my hosts/b.nix"}, false},
		"changed before":  {map[string]string{"changed-since": "HEAD", "paths": "old.nix\nb.nix"}, 0, nil, false},
		"no such commit":  {map[string]string{"paths": "a.nix", "changed-since": "nope"}, 2, nil, false},
		"sarif":           {map[string]string{"sarif": "true"}, 1, []string{"::error file=c.nix"}, true},
		"sarif of none":   {map[string]string{"sarif": "true", "paths": "a.nix"}, 0, nil, true},
		"sarif?":          {map[string]string{"sarif": "yes"}, 2, []string{"true or false"}, false},
	} {
		r := newActionRun(t, repo)
		r.ready(t)
		for key, value := range c.inputs {
			r.inputs[key] = value
		}
		assert.Equal(t, c.status, r.step(t, "Check", path), "%s: %s", name, r.log)
		for _, s := range c.says {
			assert.Contains(t, r.log, s, name)
		}
		assert.NoFileExists(t, filepath.Join(repo, "evil"), name)
		sarif := filepath.Join(r.temp, "nixsift.sarif")
		if c.sarif {
			assert.Contains(t, r.outputs(), "sarif="+sarif+"\n", name)
			assert.Contains(t, read(t, sarif), `"version": "2.1.0"`, name)
		} else {
			assert.NotContains(t, r.outputs(), "sarif=", name)
		}
		if !strings.Contains(r.log, "title=nixsift::") {
			assert.Contains(t, r.outputs(), fmt.Sprintf("status=%d\n", c.status), name)
		}
	}
	r := newActionRun(t, t.TempDir())
	r.ready(t)
	assert.Equal(t, exitUsage, r.step(t, "Check", path))
	assert.Contains(t, r.log, "the workspace is empty")
}
