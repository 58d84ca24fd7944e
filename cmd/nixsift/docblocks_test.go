//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/pelletier/go-toml/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/scaffold"
	"github.com/nixsift/nixsift/internal/testenv"
)

// docBlock is a fenced block of a page.
type docBlock struct{ language, text string }

func docBlocks(text string) []docBlock {
	var all []docBlock
	var open *docBlock
	for line := range strings.Lines(text) {
		fence, isFence := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case isFence && open == nil:
			open = &docBlock{language: fence}
		case isFence:
			all, open = append(all, *open), nil
		case open != nil:
			open.text += line
		}
	}
	return all
}

// pages returns the texts of the README and of the pages that people write; rules and their examples have tests of their own.
func pages(t *testing.T) map[string]string {
	t.Helper()
	root := testenv.Root(t)
	files, err := filepath.Glob(filepath.Join(root, "docs/*.md"))
	require.NoError(t, err)
	out := map[string]string{}
	for _, file := range append(files, filepath.Join(root, "README.md")) {
		rel, err := filepath.Rel(root, file)
		require.NoError(t, err)
		out[filepath.ToSlash(rel)] = read(t, file)
	}
	return out
}

// TestDocBlocks holds what the pages show: every configuration loads without a mistake and fits the schema, every command line runs
// in a scratch project and is understood, every piece of Nix is as quiet as it says, every CI file does what it is for.
func TestDocBlocks(t *testing.T) {
	gittest.Isolate(t)
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(testenv.Root(t), "docs/schema/nixsift.schema.json"))
	require.NoError(t, err)
	for page, text := range pages(t) {
		if page == "docs/install.md" || page == "docs/editors.md" {
			continue // internal/packaging and lsp hold them, where Nix and the editors are at hand
		}
		t.Run(page, func(t *testing.T) {
			var extra []string
			if page == "docs/custom-rules.md" { // its command lines are about its first rule
				extra = []string{"nixsift.toml", docBlocks(text)[1].text, "forced.nix", "{ lib, ... }: { a = lib.mkForce [ 1 ]; }\n"}
			}
			for _, b := range docBlocks(text) {
				switch b.language {
				case "toml":
					tomlBlock(t, schema, b.text)
				case "sh":
					for line := range strings.Lines(b.text) {
						docLine(t, line, extra)
					}
				case "nix":
					nixBlock(t, b.text)
				case "yaml":
					if strings.HasPrefix(b.text, "repos:") {
						preCommitBlock(t, b.text)
					} else {
						runCIFile(t, b.text)
					}
				case "text":
				default:
					t.Errorf("a block in `%s`, which no test knows: %s", b.language, b.text)
				}
			}
		})
	}
}

// TestDocWorkflows has actionlint look at the workflows of the pages.
func TestDocWorkflows(t *testing.T) {
	gittest.Isolate(t)
	workflows := map[string]string{}
	for _, text := range pages(t) {
		for _, b := range docBlocks(text) {
			if b.language == "yaml" && strings.Contains(b.text, "\njobs:\n") {
				workflows[fmt.Sprint("w", len(workflows))] = b.text
			}
		}
	}
	assert.NotEmpty(t, workflows)
	assert.Empty(t, actionlint(t, workflows))
}

// TestDocTreefmt runs treefmt with the configurations of the pages.
func TestDocTreefmt(t *testing.T) {
	gittest.Isolate(t)
	found := 0
	for _, text := range pages(t) {
		for _, b := range docBlocks(text) {
			if b.language == "toml" && strings.Contains(b.text, "[formatter.") {
				found++
				treefmtTwice(t, b.text)
			}
		}
	}
	assert.Positive(t, found)
}

// tomlBlock is a nixsift.toml, but where it is a configuration of treefmt.
func tomlBlock(t *testing.T, schema *jsonschema.Schema, text string) {
	t.Helper()
	var value map[string]any
	require.NoError(t, toml.Unmarshal([]byte(text), &value))
	if value["formatter"] != nil {
		return
	}
	dir := testenv.Tree(t, map[string]string{"nixsift.toml": "", "lint/strict.toml": "", "project/x": ""})
	_, problems := config.Load(filepath.Join(dir, "project/nixsift.toml"), text, engine.Catalogue(), nil)
	assert.Empty(t, problems, text)
	assert.NoError(t, schema.Validate(value), text)
}

// nixBlock is a file, or what stands in an attrset. Suppressions may be there for show.
func nixBlock(t *testing.T, text string) {
	t.Helper()
	if !strings.Contains(text, "{\n") && !strings.HasPrefix(text, "import ") {
		text = "{ ... }: {\n" + text + "}\n"
	}
	dir := testenv.Tree(t, map[string]string{"a.nix": text, "sub/flake.nix": "{ }\n"})
	status, out, errs := nixsift(t, dir, "", "check", "--format", "short", "--ignore", "unused-suppression", "--fail-on", "hint", "a.nix")
	assert.Equal(t, exitClean, status, "%s%s%s", text, out, errs)
}

// preCommitBlock is a configuration of pre-commit: TestPreCommit runs the hooks, here is whether they are offered and understood.
func preCommitBlock(t *testing.T, text string) {
	t.Helper()
	var c struct {
		Repos []struct {
			Repo, Rev string
			Hooks     []struct {
				ID   string
				Args []string
			}
		}
	}
	strictly(t, text, &c)
	hooks := offeredHooks(t)
	for _, r := range c.Repos {
		assert.Equal(t, scaffold.Release(), r.Rev)
		for _, h := range r.Hooks {
			require.Contains(t, hooks, h.ID)
			args := slices.Concat(strings.Fields(hooks[h.ID]["entry"].(string))[1:], h.Args, []string{"a.nix"})
			o := start(t, testenv.Tree(t, map[string]string{"a.nix": "1\n"}), nil, args...)
			assert.Equal(t, exitClean, o.status, "%v: %s", args, o.errors)
		}
	}
	_, err := scaffold.PreCommit(text)
	assert.ErrorIs(t, err, scaffold.ErrThere)
}

// docProject makes a project in which the command lines of the pages mean something, and returns its folder.
func docProject(t *testing.T) string {
	t.Helper()
	repo := ciRepo(t)
	gittest.Write(t, repo, "flake.nix", "{ outputs = { self }: import ./gone.nix; }\n", "hosts/atlas.nix", "{ a = let in 1; }\n", "FILE", "{ a = 1; }\n",
		"corpus/example/a.nix", "import ./gone.nix\n")
	gittest.Run(t, repo, "add", "-A")
	return repo
}

// docLine runs a command line of a page, where go installs and runs what is there; extra are files of the project with their texts.
func docLine(t *testing.T, line string, extra []string) {
	t.Helper()
	if strings.HasPrefix(line, "nix ") { // it would fetch
		assert.NoError(t, exec.Command("/bin/sh", "-n", "-c", line).Run(), line)
		return
	}
	dir := docProject(t)
	if len(extra) > 0 {
		gittest.Write(t, dir, extra...)
	}
	bin := t.TempDir()
	for name, text := range map[string]string{
		"go": "#!/bin/sh\ncase \"$1 $2\" in\n'install github.com/nixsift/nixsift/cmd/nixsift@'*) echo installed ;;\n'run ./cmd/nixsift') shift 2; exec nixsift \"$@\" ;;\n" +
			"'test ./...') echo tested ;;\n*) exit 9 ;;\nesac\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(bin, name), []byte(text), 0o777))
	}
	cmd := exec.Command("/bin/sh", "-c", "exec 3>&1; "+line)
	if !strings.ContainsAny(line, "|;&") {
		cmd = exec.Command("/bin/sh", "-c", "exec "+line) // for signals
	}
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+ciPath(t), "GITHUB_BASE_REF=main", "GITHUB_ACTIONS=", "GITLAB_CI=")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	pipe, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	out, _ := io.ReadAll(io.LimitReader(pipe, 1)) // waits for the first run
	if strings.Contains(line, "--watch") {
		require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	}
	rest, _ := io.ReadAll(pipe)
	_ = cmd.Wait()
	out = append(out, rest...)
	if strings.HasPrefix(line, "nixsift lsp") { // it ends with its input
		assert.NotContains(t, errs.String(), "unknown", line)
		return
	}
	assert.LessOrEqual(t, cmd.ProcessState.ExitCode(), exitFindings, "%s%s%s", line, out, errs.String())
	assert.GreaterOrEqual(t, cmd.ProcessState.ExitCode(), 0, line)
	if !strings.Contains(line, "|") {
		assert.NotEmpty(t, out, line)
	}
}

// treefmtTwice runs treefmt with a configuration: it applies fixes, changes nothing any more in a second run, and fails where
// something remains.
func treefmtTwice(t *testing.T, configuration string) {
	t.Helper()
	tool := testenv.Tool(t, "treefmt")
	repo := gittest.Init(t, t.TempDir(), "repo")
	gittest.Write(t, repo, "treefmt.toml", configuration, "a.nix", "{ a = let in 1; b = (2); }\n", "README.md", "let in 1\n")
	gittest.Run(t, repo, "add", "-A")
	treefmt := func(args ...string) (bool, string) {
		cmd := exec.Command(tool, append([]string{"--no-cache"}, args...)...)
		cmd.Dir = repo
		cmd.Env = append(os.Environ(), "PATH="+ciPath(t))
		out, err := cmd.CombinedOutput()
		return err == nil, string(out)
	}
	ok, out := treefmt()
	assert.True(t, ok, out)
	assert.Equal(t, "{ a = 1; b = (2); }\n", read(t, filepath.Join(repo, "a.nix")))
	assert.Equal(t, "let in 1\n", read(t, filepath.Join(repo, "README.md")))
	ok, out = treefmt("--fail-on-change")
	assert.True(t, ok, out)
	gittest.Write(t, repo, "a.nix", "import ./gone.nix\n")
	ok, out = treefmt()
	assert.False(t, ok, out)
	assert.Contains(t, out, "missing-path")
}

// TestCIPage holds that the page shows the files that `nixsift init --ci` writes.
func TestCIPage(t *testing.T) {
	page := pages(t)["docs/ci.md"]
	for _, name := range scaffold.Services() {
		file, err := scaffold.CI(name, "", func(string) bool { return false }, nil)
		require.NoError(t, err)
		text := file.Text
		for strings.HasPrefix(text, "#") {
			_, text, _ = strings.Cut(text, "\n")
		}
		if name == "gitea" {
			text = strings.Replace(text, "runs-on: ubuntu-latest", "runs-on: docker", 1)
		}
		assert.Contains(t, page, "```yaml\n"+text+"```\n", name)
		var v any
		require.NoError(t, yaml.Unmarshal([]byte(text), &v))
	}
	for name := range ownAction(t).Inputs {
		assert.Contains(t, page, "| `"+name+"` |")
	}
}
