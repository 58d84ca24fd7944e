package correctness

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestBehindNUL holds that what Nix does not read is neither found fault with nor mended.
func TestBehindNUL(t *testing.T) {
	for _, c := range []struct {
		text     string
		severity diag.Severity
		fixes    int
	}{
		{"{ a = 1; }\x00", diag.Warning, 0},
		{"{ a = 1; }\x00 “x” } \u00a0 ;", diag.Warning, 0},
		{"{ a = \x00 1; }", diag.Error, 1},
		{"{ a = 1; \x00 \u00a0 b = 2; }", diag.Error, 1},
	} {
		path := filepath.Join(t.TempDir(), "a.nix")
		fsys := workspace.NewOverlay(workspace.OS)
		fsys.Set(path, []byte(c.text))
		res, err := engine.Check(t.Context(), engine.Options{FS: fsys, Paths: []string{path}})
		require.NoError(t, err)
		require.Len(t, res.Findings, 1, "%q", c.text)
		f := res.Findings[0]
		assert.Equal(t, "stray-byte", f.Rule)
		assert.Equal(t, c.severity, f.Severity, "%q", c.text)
		assert.Len(t, f.Fixes, c.fixes, "%q", c.text)
	}
}
