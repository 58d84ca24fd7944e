package packaging

import (
	"debug/elf"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/version"
)

// instruction is a line of a Dockerfile, continued lines joined.
type instruction struct{ name, args string }

func instructions(t *testing.T) (all []instruction) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(testenv.Root(t), "Dockerfile"))
	require.NoError(t, err)
	joined := regexp.MustCompile(`(?m)^\s*#.*\n`).ReplaceAllString(string(text), "")
	for line := range strings.Lines(strings.ReplaceAll(joined, "\\\n", " ")) {
		if name, args, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			all = append(all, instruction{name, strings.TrimSpace(args)})
		}
	}
	return all
}

// ignored reports whether .dockerignore keeps a file from the build: the last pattern that matches it or a folder above it
// decides (https://docs.docker.com/build/concepts/context/#dockerignore-files).
func ignored(t *testing.T, patterns []string, name string) bool {
	t.Helper()
	out := false
	for _, pattern := range patterns {
		glob, include := strings.CutPrefix(pattern, "!")
		for at := name; at != "."; at = path.Dir(at) {
			ok, err := doublestar.Match(glob, at)
			require.NoError(t, err)
			if ok {
				out = !include
				break
			}
		}
	}
	return out
}

// TestDockerfile does what the Dockerfile says with the files that .dockerignore leaves, without Docker.
func TestDockerfile(t *testing.T) {
	root := testenv.Root(t)
	all := instructions(t)
	known := "FROM WORKDIR COPY RUN ARG LABEL USER ENTRYPOINT"
	stages := map[string]bool{}
	last := map[string]string{}
	var commands, arguments []string
	for i, in := range all {
		assert.Contains(t, strings.Fields(known), in.name)
		words := strings.Fields(in.args)
		switch in.name {
		case "FROM":
			if n := len(words); n > 2 && words[n-2] == "AS" {
				stages[words[n-1]] = true
			}
			last = map[string]string{}
		case "COPY":
			if stage, ok := strings.CutPrefix(words[0], "--from="); ok {
				assert.True(t, stages[stage], in.args)
				assert.Equal(t, "/out/nixsift /nixsift", strings.Join(words[1:], " "))
			}
		case "ARG":
			arguments = append(arguments, words[0])
		case "RUN":
			commands = append(commands, in.args)
		}
		last[in.name] = all[i].args
	}
	assert.Equal(t, "scratch", last["FROM"])
	assert.Equal(t, `["/nixsift"]`, last["ENTRYPOINT"])
	assert.Regexp(t, `^[1-9][0-9]*:[1-9][0-9]*$`, last["USER"], "no root, and no name: there is no /etc/passwd")
	assert.Equal(t, []string{"TARGETOS", "TARGETARCH", "REVISION"}, arguments)
	require.Len(t, commands, 2)
	assert.Equal(t, "go mod download", commands[0])

	// The version of Go is one that go.mod accepts.
	image := regexp.MustCompile(`golang:(\d+\.\d+)-`).FindStringSubmatch(all[0].args)
	require.NotNil(t, image)
	assert.Contains(t, string(must(os.ReadFile(filepath.Join(root, "go.mod")))), "\ngo "+image[1]+".")

	ignore := string(must(os.ReadFile(filepath.Join(root, ".dockerignore"))))
	patterns := regexp.MustCompile(`(?m)^[^#\n]+$`).FindAllString(ignore, -1)
	dir := t.TempDir()
	files := filepath.Join(dir, "all")
	require.NoError(t, copyRepository(root, files))
	require.NoError(t, filepath.WalkDir(files, func(at string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name := filepath.ToSlash(must(filepath.Rel(files, at)))
		if ignored(t, patterns, name) {
			return os.Remove(at)
		}
		assert.NotRegexp(t, `_test\.go$|(^|/)testdata/|\.md$`, name, "go build does not read it")
		return nil
	}))
	built := filepath.Join(dir, "nixsift")
	cmd := exec.Command("/bin/sh", "-euc", strings.ReplaceAll(commands[1], "/out/nixsift", built))
	cmd.Dir, cmd.Env = files, append(os.Environ(), "TARGETOS=linux", "TARGETARCH="+runtime.GOARCH, "REVISION=0123456789ab")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	program, err := elf.Open(built)
	require.NoError(t, err)
	defer program.Close() //nolint:errcheck // of reading
	libraries, err := program.ImportedLibraries()
	assert.NoError(t, err)
	assert.Empty(t, libraries)
	assert.Nil(t, program.Section(".interp"), "there is no loader in the image")
	if runtime.GOOS == "linux" {
		out, err := exec.Command(built, "--version").Output()
		require.NoError(t, err)
		assert.Equal(t, "nixsift "+version.Number+"+0123456789ab\n", string(out))
	}
}

func TestIgnored(t *testing.T) {
	patterns := []string{"*", "!a", "**/testdata", "!a/b/testdata/c"}
	for name, want := range map[string]bool{"x": true, "x/y": true, "a/b": false, "a/testdata/x": true, "a/b/testdata/c": false, "a/b/testdata/d": true} {
		assert.Equal(t, want, ignored(t, patterns, name), name)
	}
}
