package flake

import (
	"bufio"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// corpusFlakes reads every flake.nix of the corpus, with its lock where there is one.
func corpusFlakes(t testing.TB) map[string]*Flake {
	root := testenv.Shared(t, "corpus")
	flakes := map[string]*Flake{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() != "flake.nix" {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var lock *string
		if text, err := os.ReadFile(filepath.Join(filepath.Dir(path), "flake.lock")); err == nil {
			s := string(text)
			lock = &s
		}
		dir, _ := filepath.Rel(root, filepath.Dir(path))
		flakes[filepath.ToSlash(dir)] = New(dir, parser.Parse(string(src)), lock)
		return nil
	})
	require.NoError(t, err)
	return flakes
}

// TestFollowsOfCorpus compares the lock's graph with a table that another program made of the locks.
func TestFollowsOfCorpus(t *testing.T) {
	flakes := corpusFlakes(t)
	file, err := os.Open(testenv.Shared(t, "corpus", "follows.tsv"))
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	rows := 0
	lines := bufio.NewScanner(file)
	lines.Scan()
	for lines.Scan() {
		col := strings.Split(lines.Text(), "\t")
		require.Len(t, col, 5, lines.Text())
		f := flakes["repos/"+col[0]]
		if f == nil || f.Lock == nil {
			t.Errorf("no lock: %s", lines.Text())
			continue
		}
		rows++
		node, ok := f.Resolve([]string{col[2]})
		require.True(t, ok, lines.Text())
		in, ok := f.Lock.Node(node).Input(col[3])
		require.True(t, ok, lines.Text())
		assert.Equal(t, col[1] == "follows", in.IsFollows, lines.Text())
		target, ok := f.Resolve([]string{col[2], col[3]})
		if assert.True(t, ok, lines.Text()) {
			if strings.Join(in.Follows, "/") != col[4] {
				assert.Equal(t, col[4], target, lines.Text())
			}
		}
	}
	require.NoError(t, lines.Err())
	t.Logf("%d rows", rows)
}

// TestModelOfCorpus asks every question of every flake, and checks that the answers fit together.
func TestModelOfCorpus(t *testing.T) {
	for dir, f := range corpusFlakes(t) {
		use(f)
		if f.LockError != nil {
			assert.True(t, f.LockError.Blank, dir)
		}
		if f.Lock == nil {
			continue
		}
		assert.Empty(t, f.Lock.Problems, dir)
		for _, name := range f.Reachable() {
			path, ok := f.PathTo(name)
			assert.True(t, ok, "%s: %s", dir, name)
			got, ok := f.Resolve(path)
			assert.True(t, ok, "%s: %s", dir, name)
			assert.Equal(t, name, got, dir)
			n := f.Lock.Node(name)
			assert.Equal(t, name, strings.Trim(n.Key.Of(f.Lock.Text), `"`))
			for _, in := range n.Inputs {
				_, ok := f.Target(name, in.Name)
				assert.True(t, ok, "%s: %s/%s", dir, name, in.Name)
			}
			if name != f.Lock.Root {
				_, ok := n.Source()
				assert.True(t, ok, "%s: %s", dir, name)
			}
		}
		for _, root := range f.Nix.AllInputs() {
			for in := range root.All() {
				assert.False(t, f.Stale(in), "%s: %v", dir, in.Path)
			}
		}
	}
}

// TestInsertFollowsOfCorpus adds an override to every literal input of every flake, one at a time.
func TestInsertFollowsOfCorpus(t *testing.T) {
	inputs, inserted := 0, 0
	for dir, f := range corpusFlakes(t) {
		if len(f.Nix.Tree.Errors()) > 0 {
			continue
		}
		for _, in := range f.Nix.Inputs {
			inputs++
			edits, ok := InsertFollows(in, "zz-new", "some/target")
			if !ok {
				continue
			}
			inserted++
			checkInserted(t, dir, f.Nix, in, edits)
		}
	}
	t.Logf("%d inputs, %d insertions", inputs, inserted)
}

// checkInserted applies edits and compares the inputs before and after.
func checkInserted(t *testing.T, dir string, before *Nix, in *Input, edits []diag.Edit) string {
	t.Helper()
	text := apply(before.Tree.Source(), edits)
	tree := parser.Parse(text)
	if !assert.Empty(t, tree.Errors(), "%s: %s", dir, in.Name) {
		return text
	}
	after := ReadNix(tree)
	require.Len(t, after.Inputs, len(before.Inputs))
	for i, a := range after.Inputs {
		b := before.Inputs[i]
		assert.Equal(t, b.Name, a.Name)
		assert.Equal(t, b.URL, a.URL)
		assert.Equal(t, b.Literal, a.Literal)
		want := map[string]string{}
		for _, o := range b.Overrides {
			want[o.Name] = followText(o)
		}
		if b == in {
			want["zz-new"] = "some/target"
		}
		got := map[string]string{}
		for _, o := range a.Overrides {
			got[o.Name] = followText(o)
		}
		assert.Equal(t, want, got, "%s: %s", dir, a.Name)
	}
	return text
}

func followText(in *Input) string {
	if in.Follows == nil {
		return "none"
	}
	return in.Follows.Text
}

func apply(text string, edits []diag.Edit) string {
	for i := len(edits) - 1; i >= 0; i-- {
		e := edits[i]
		text = text[:e.Span.Start] + e.Text + text[e.Span.End:]
	}
	return text
}
