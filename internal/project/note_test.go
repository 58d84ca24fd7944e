package project_test

import (
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
)

// readingFS counts how often files are read to be looked through.
type readingFS struct {
	*workspace.Overlay
	mu    sync.Mutex
	reads map[string]int
}

func (f *readingFS) ReadInto(path string, buf []byte) ([]byte, error) {
	f.mu.Lock()
	f.reads[filepath.Base(path)]++
	f.mu.Unlock()
	return f.Overlay.ReadInto(path, buf)
}

// TestNoteText holds that what a check reads of a buffer is not read again for a question, and that nothing is taken from another
// text than the snapshot has.
func TestNoteText(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"flake.nix": "{ outputs = _: { }; }", "a.nix": "1", "b.nix": "./c.nix", "c.nix": "1"})
	a, b, c := filepath.Join(dir, "a.nix"), filepath.Join(dir, "b.nix"), filepath.Join(dir, "c.nix")
	const text, other = "[ ./b.nix ]", "[ ./c.nix ]" // of one size
	for _, noted := range []string{"", text, other} {
		fs := &readingFS{Overlay: workspace.NewOverlay(workspace.OS), reads: map[string]int{}}
		fs.Set(a, []byte(text))
		s := project.NewLive(fs)
		s.Want(project.Everything)
		if noted != "" {
			tree := parser.Parse(noted)
			s.NoteText(a, tree, func() *module.File { return module.AnalyzeFile(tree, sema.Resolve(tree)) })
		}
		answers := s.View(a).Answers()
		assert.Len(t, answers.References(b), 1, noted)
		assert.Len(t, answers.References(c), 1, noted)
		want := map[string]int{"a.nix": 1, "b.nix": 1, "c.nix": 1, "flake.nix": 1}
		if noted == text {
			delete(want, "a.nix")
		}
		assert.Equal(t, want, fs.reads, noted)
	}
}
