package engine_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/nixprint"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
)

// TestSuppressReal writes comments for all that all rules find in many real files. What the files mean stays, nothing is found then
// but what was told to be left, no comment is idle, and another run changes nothing.
func TestSuppressReal(t *testing.T) {
	dir := testenv.Shared(t, "corpus", "bench", "nix-darwin")
	overlay := workspace.NewOverlay(workspace.OS)
	opts := engine.Options{FS: overlay, Paths: []string{dir}, Preset: "all", Generated: true, NoExclude: true}
	out, err := engine.Suppress(t.Context(), opts, "as it has always been")
	require.NoError(t, err)
	require.Greater(t, len(out.Result.Findings), 100)
	require.Greater(t, len(out.Texts), 50)
	for file, text := range out.Texts {
		if filepath.Ext(file) == ".nix" {
			before, after := parser.Parse(out.Before[file]), parser.Parse(text)
			require.Len(t, after.Errors(), len(before.Errors()), file)
			if len(before.Errors()) == 0 {
				require.Equal(t, nixprint.Print(before, nixprint.Options{}), nixprint.Print(after, nixprint.Options{}), file)
			}
		}
		overlay.Set(file, []byte(text))
	}
	t.Logf("%d findings silenced in %d files, %d left", out.Count, len(out.Texts), len(out.Left))
	again, err := engine.Check(t.Context(), opts)
	require.NoError(t, err)
	left := map[string]int{}
	for _, l := range out.Left {
		left[l.File+" "+l.Rule]++
	}
	found := map[string]int{}
	for _, f := range again.Findings {
		found[f.File+" "+f.Rule]++
		assert.NotEqual(t, "unused-suppression", f.Rule, "%s: %s", f.File, f.Message)
	}
	for of, n := range found {
		assert.LessOrEqual(t, n, left[of], of)
	}
	second, err := engine.Suppress(t.Context(), opts, "as it has always been")
	require.NoError(t, err)
	assert.Empty(t, second.Texts)
	// A comment on a line of its own ends the group that unsorted-bindings compares, so most of what that finds is left.
	ordered := func(rule string) bool { return rule == "unsorted-bindings" }
	leftOver := slices.DeleteFunc(slices.Clone(out.Left), func(l engine.Unsuppressed) bool { return ordered(l.Rule) })
	others := slices.DeleteFunc(slices.Clone(out.Result.Findings), func(f diag.Finding) bool { return ordered(f.Rule) })
	assert.Less(t, len(leftOver), len(others)/10, "few have no place for a comment")
}
