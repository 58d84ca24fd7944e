package flake

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
)

// TestFollowsOfCorpus holds missing-follows against a table of real flakes that says, for each input of an
// input, whether it follows: what follows is never reported; what has a copy is, unless the flake's own
// input is that copy or there is none like it. A copy beside whose input a comment speaks of following is decided, and
// counts neither way. With -v it tells the verdict on each copy.
func TestFollowsOfCorpus(t *testing.T) {
	table := testenv.Shared(t, "corpus", "follows.tsv")
	repos := testenv.Shared(t, "corpus", "repos")
	res, err := engine.Check(context.Background(), engine.Options{Paths: []string{repos}, Only: []string{"missing-follows"}})
	require.NoError(t, err)
	require.Empty(t, res.Errors)
	reported := func(dir, input, sub string) bool {
		for _, f := range res.Findings {
			if f.File != filepath.Join(repos, filepath.FromSlash(dir), "flake.nix") {
				continue
			}
			for _, r := range f.Related {
				if strings.HasPrefix(r.Message, "`"+input+"/"+sub+"` has its own node") {
					return true
				}
			}
		}
		return false
	}
	file, err := os.Open(table)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	copies, found := 0, 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		row := strings.Split(lines.Text(), "\t")
		if len(row) != 5 {
			continue
		}
		switch hit := reported(row[0], row[2], row[3]); row[1] {
		case "follows":
			require.False(t, hit, "%s: %s/%s follows", row[0], row[2], row[3])
		case "own-copy":
			verdict := "silent"
			switch {
			case hit:
				verdict = "reported"
				copies++
				found++
			case decided(t, filepath.Join(repos, filepath.FromSlash(row[0]), "flake.nix"), row[2]):
				verdict = "decided"
			default:
				copies++
			}
			t.Logf("%s\t%s\t%s/%s", verdict, row[0], row[2], row[3])
		}
	}
	t.Logf("%d of %d copies reported", found, copies)
	require.GreaterOrEqual(t, found*100, copies*85, "copies found: %d of %d", found, copies)
	for _, f := range res.Findings {
		if f.Rule != "missing-follows" {
			continue // a lock file that Nix refuses
		}
		require.NotEqual(t, diag.Error, f.Severity, "%s: %s", f.File, f.Message)
		require.NotEmpty(t, f.Help)
	}
}

// decided reports whether a comment within a few lines of one that names an input speaks of following.
func decided(t *testing.T, file, input string) bool {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	named := regexp.MustCompile(`(^|[^\w-])` + regexp.QuoteMeta(input) + `($|[^\w-])`)
	follow := regexp.MustCompile(`#.*\bfollow`)
	lines := strings.Split(string(text), "\n")
	const near = 4
	for i, line := range lines {
		if named.MatchString(line) && slices.ContainsFunc(lines[max(0, i-near):min(len(lines), i+near+1)], follow.MatchString) {
			return true
		}
	}
	return false
}
