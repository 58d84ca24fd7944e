package corpus

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/patch"
)

// TestDiffs lets git apply what fixing changes in every fixture and in a thousand files, and compares with what git diff
// says of it then.
func TestDiffs(t *testing.T) {
	gittest.Program(t) // or skip
	var f faults
	var count counter
	inParallel(fixtures(t), 8, func(piece []string) {
		texts := fixtureTexts(t, piece)
		for _, level := range []fix.Level{fix.OnlySafe, fix.AlsoUnsafe} {
			appliesDiffs(fixing{t: t, fs: fixed(texts), level: level}, &f, &count, slices.Sorted(maps.Keys(texts)))
		}
	})
	var changing []string // the tests of Nix itself have the oddest texts
	for _, v := range oracle(t) {
		if !strings.Contains(v.path, string(filepath.Separator)+"repos"+string(filepath.Separator)) {
			changing = append(changing, v.path)
		}
	}
	step := max(1, len(changing)/1000)
	inParallel(sample(changing, step), 100, func(piece []string) {
		appliesDiffs(fixing{t: t, level: fix.AlsoUnsafe}, &f, &count, piece)
	})
	f.report(t)
	t.Log(count.String())
}

func appliesDiffs(x fixing, f *faults, count *counter, files []string) {
	out := x.fix(&faults{}, files)
	if out == nil {
		f.add("fixing fails", "%s", files[0])
		return
	}
	count.add("files", len(files))
	count.add("diffs", len(out.Texts))
	dir, err := os.MkdirTemp(x.t.TempDir(), "")
	require.NoError(x.t, err)
	var diff bytes.Buffer
	at := map[string]string{}
	for _, file := range slices.Sorted(maps.Keys(out.Texts)) {
		name := strings.TrimPrefix(filepath.ToSlash(file), "/")
		at[file] = filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(x.t, os.MkdirAll(filepath.Dir(at[file]), 0o755))
		require.NoError(x.t, os.WriteFile(at[file], []byte(out.Before[file]), 0o644))
		require.NoError(x.t, patch.Write(&diff, patch.File{Name: name, Before: out.Before[file], After: out.Texts[file], Header: true}))
	}
	if diff.Len() == 0 {
		return
	}
	git := func(stdin string, args ...string) (string, error) {
		cmd := gittest.Command(x.t, dir, args...)
		cmd.Stdin = strings.NewReader(stdin)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A", "-f"}} {
		out, err := git("", args...)
		require.NoError(x.t, err, out)
	}
	if messages, err := git(diff.String(), "apply", "--whitespace=nowarn", "-"); err != nil {
		f.add("git does not apply a diff", "%s", messages)
		return
	}
	if own, err := git("", "diff", "--abbrev=7", "--text"); err != nil || own != diff.String() {
		f.add("git writes another diff", "git\n%s\nand we\n%s", own, diff.String())
	}
	for file, path := range at {
		text, err := os.ReadFile(path)
		if err != nil || string(text) != out.Texts[file] {
			f.add("git applies something else", "%s: %v", file, err)
		}
	}
}
