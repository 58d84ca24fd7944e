package project_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestPartial: each version of a file is lowered once, whoever asks for the code first and whether Nix takes it or not.
func TestPartial(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"sound.nix": "{ a = 1; }", "unbound.nix": "{ a = 1; b = nowhere; }", "broken.nix": "{ a = 1; b = "})
	for _, first := range []string{"Partial", "Code"} {
		s := project.New(workspace.OS)
		for name, refused := range map[string]bool{"sound.nix": false, "unbound.nix": true, "broken.nix": true} {
			f := s.File(filepath.Join(dir, name))
			if first == "Code" {
				assert.Equal(t, refused, f.Code() == nil, name)
			}
			partial := f.Partial()
			require.NotNil(t, partial, name)
			assert.Same(t, partial, f.Partial(), name)
			if refused {
				assert.Nil(t, f.Code(), name)
			} else {
				assert.Same(t, partial, f.Code(), name)
			}
		}
	}
}
