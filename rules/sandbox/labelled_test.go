package sandbox

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
)

// labelled writes the files of an archive of labelled ones to a folder, and returns their names.
func labelled(t *testing.T, archive string) (root string, names []string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "labelled", archive))
	require.NoError(t, err)
	files := map[string]string{}
	for _, f := range txtar.Parse(data).Files {
		files[f.Name] = string(f.Data)
		if strings.HasSuffix(f.Name, ".nix") {
			names = append(names, f.Name)
		}
	}
	return testenv.Tree(t, files), names
}

// TestLabelled holds the rules against code that was labelled before they were written: found are the labelled files that have a
// finding, missed those that have none, wrong the others that have one.
func TestLabelled(t *testing.T) {
	for _, set := range []struct {
		archive, rule string
		found         []string // the labels of files that the rule is to find
		mild          string   // the label of those that it is to find as an info
		missed        []string
	}{
		{archive: "network.txtar", rule: "network-in-builder", found: []string{"needs", "unsandboxed"}, mild: "unsandboxed"},
		{archive: "tools.txtar", rule: "script-tool-not-in-closure", found: []string{"lacking", "unsure"}, mild: "unsure"},
		{archive: "images.txtar", rule: "k8s-latest-image", found: []string{"latest"}},
		{archive: "images.txtar", rule: "k8s-image-not-in-closure", found: []string{"outside"}},
	} {
		t.Run(set.rule, func(t *testing.T) {
			root, names := labelled(t, set.archive)
			settings := "[rules]\n" + set.rule + " = { airgapped = true }\n"
			if set.archive == "images.txtar" {
				require.NoError(t, os.WriteFile(filepath.Join(root, "nixsift.toml"), []byte(settings), 0o600))
			}
			res, err := engine.Check(context.Background(), engine.Options{Paths: []string{root}, Only: []string{set.rule}})
			require.NoError(t, err)
			severity := map[string]string{}
			for _, f := range res.Findings {
				name, _ := filepath.Rel(root, f.File)
				severity[filepath.ToSlash(name)] = f.Severity.String()
			}
			var missed, wrong []string
			found := 0
			for _, name := range names {
				label, _, _ := strings.Cut(name, "/")
				wanted := false
				for _, l := range set.found {
					wanted = wanted || l == label
				}
				has := severity[name]
				switch {
				case wanted && has == "":
					missed = append(missed, name)
				case wanted:
					found++
					if label == set.mild {
						assert.Equal(t, "info", has, name)
					}
				case has != "":
					wrong = append(wrong, name)
				}
			}
			t.Logf("%s: found %d, missed %d, wrong %d of %d files", set.rule, found, len(missed), len(wrong), len(names))
			assert.Empty(t, wrong)
			assert.Equal(t, set.missed, missed)
		})
	}
}
