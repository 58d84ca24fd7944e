//go:build unix

package workspace

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
)

// TestOddEntries holds what walks tell of entries that have the name of a file to analyse and are none.
func TestOddEntries(t *testing.T) {
	gittest.Isolate(t)
	const special, folder, lost = "not a regular file", "a folder, where a file of this name is read: it is not checked", "a link that leads to nothing that is there"
	for _, c := range []struct {
		name  string
		files []string // in the folder; a name that ends in | is a FIFO, `name -> target` a link, name/ a folder
		git   bool     // it is a repository that tracks what it can
		told  []string // "path: problem" or, for what is Lost, "path lost"
		empty string   // "yes", "left out" or "" for a folder that is not EmptyFolder
	}{
		{"FIFOs", []string{"a.nix|", "b.sh|", "Makefile|", ".github/workflows/c.yml|", "d.txt|", "e|", "bin/f|"}, false,
			[]string{".github/workflows/c.yml: " + special, "Makefile: " + special, "a.nix: " + special, "b.sh: " + special}, ""},
		{"ignored FIFO", []string{"a.nix|", ".gitignore=a.nix\n"}, true, nil, "left out"},
		{"FIFO in Git", []string{"a.nix|"}, true, []string{"a.nix: " + special}, ""},
		{"FIFO in a hidden folder", []string{".x/a.nix|"}, true, nil, "left out"},
		{"FIFO of another kind", []string{"a|", "a.txt|"}, true, nil, "yes"},
		{"link to a device", []string{"a.nix -> /dev/null", "b -> /dev/null"}, true, []string{"a.nix: " + special}, ""},
		{"link to a FIFO", []string{"a.nix -> b", "b|"}, false, []string{"a.nix: " + special}, ""},

		{"folders of Nix", []string{"a.nix/default.nix=", "sub/flake.nix/default.nix=", "Makefile/x=", "b.sh/x="}, true, nil, ""},
		{"flake at the top", []string{"flake.nix/default.nix="}, true, []string{"flake.nix: " + folder}, ""},
		{"flake outside of Git", []string{"flake.nix/"}, false, []string{"flake.nix: " + folder}, ""},
		{"flake with a lock file", []string{"sub/flake.nix/x=", "sub/flake.lock="}, true, []string{"sub/flake.nix: " + folder}, ""},
		{"flake of a repository below", []string{"sub/.git/HEAD=ref: refs/heads/main\n", "sub/.git/objects/", "sub/.git/refs/", "sub/flake.nix/x="}, false, []string{"sub/flake.nix: " + folder}, ""},
		{"link of a flake to a folder", []string{"flake.nix -> sub", "sub/default.nix="}, true, []string{"flake.nix: " + folder}, ""},
		{"ignored flake", []string{"flake.nix/", ".gitignore=flake.nix\n"}, true, nil, "left out"},
		{"CI files", []string{".gitlab-ci.yml/", ".github/workflows/a.yml/x=", ".woodpecker/a.yaml/x=", "data.yml/x="}, false,
			[]string{".github/workflows/a.yml: " + folder, ".gitlab-ci.yml: " + folder, ".woodpecker/a.yaml: " + folder}, ""},
		{"link of a CI file to a folder", []string{".gitlab-ci.yml -> ci", "ci/x="}, true, []string{".gitlab-ci.yml: " + folder}, ""},

		{"to nowhere", []string{"a.nix -> gone", ".gitlab-ci.yml -> gone", "b.sh -> b.sh", "result -> /nix/store/x", "c.txt -> gone"}, true,
			[]string{".gitlab-ci.yml lost", "a.nix lost", "b.sh lost"}, "left out"},
		{"to nowhere outside of Git", []string{"a.nix -> gone", ".#b.nix -> user@host.1"}, false, nil, "left out"},
		{"flake to nowhere", []string{"flake.nix -> gone"}, true, []string{"flake.nix: " + lost}, ""},
		{"flake in a circle", []string{"flake.nix -> flake.nix"}, false, []string{"flake.nix: a link that leads to itself"}, ""},
		{"another flake to nowhere", []string{"sub/flake.nix -> gone"}, true, []string{"sub/flake.nix lost"}, "left out"},
		{"ignored Nix file", []string{"a.nix=1\n", ".gitignore=*.nix\n", "b/c.nix=1\n"}, false, nil, "left out"},
		{"nothing", []string{"README=x"}, true, nil, "yes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := tempDir(t)
			for _, file := range c.files {
				name, text, regular := strings.Cut(file, "=")
				name, target, link := strings.Cut(name, " -> ")
				path := filepath.Join(root, strings.TrimSuffix(name, "|"))
				require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
				switch {
				case link:
					require.NoError(t, os.Symlink(target, path))
				case regular:
					require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
				case strings.HasSuffix(name, "|"):
					require.NoError(t, syscall.Mkfifo(path, 0o666))
				default:
					require.NoError(t, os.MkdirAll(filepath.Join(root, name), 0o777))
				}
			}
			if c.git {
				gittest.Run(t, root, "init", "-q")
				gittest.Run(t, root, "add", "-A")
			}
			s, problems := Select(Remember(OS), []string{root}, Options{})
			var told []string
			for _, p := range problems {
				told = append(told, strings.TrimPrefix(p.Error(), root+"/"))
			}
			for _, l := range s.LeftAlone {
				require.True(t, l.Lost)
				told = append(told, strings.TrimPrefix(l.Path, root+"/")+" lost")
			}
			assert.Equal(t, c.told, told)
			empty := ""
			if len(s.Empty) > 0 {
				empty = map[bool]string{false: "yes", true: "left out"}[s.Empty[0].LeftOut]
			}
			assert.Equal(t, c.empty, empty)
			s, problems = Select(Remember(OS), []string{root}, Options{Exclude: func(string) bool { return true }})
			assert.Empty(t, problems, "what is excluded is nobody's business")
			assert.Empty(t, s.Files)
		})
	}
}
