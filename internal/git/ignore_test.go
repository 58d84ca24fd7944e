package git_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/git/gittest"
)

func open(t testing.TB, dir string) *git.Repo {
	t.Helper()
	r, err := git.Open(dir)
	require.NoError(t, err)
	require.NotNil(t, r)
	return r
}

func TestIgnoredNamesThePattern(t *testing.T) {
	home := gittest.Isolate(t)
	root := gittest.Init(t, t.TempDir(), "repo")
	gittest.Write(t, home, ".gitconfig", "[core]\n\texcludesFile = ~/mine\n", "mine", "*.swp\n/only-root\n")
	gittest.Write(t, root,
		".gitignore", "# comment\n\n*.log\n!keep.log\n/build/\ndocs/**/out\n\\#odd\ntrail\\ \nspaces   \nfoo**/bar\n",
		"a/.gitignore", "!*.log\nx.log\r\n",
		".git/info/exclude", "secret.nix\n!x.swp\n",
		"build/.gitignore", "!*\n",
	)
	r := open(t, root)
	for _, c := range []struct {
		path    string
		dir     bool
		pattern string // "" is not ignored
		file    string
		line    int
	}{
		{"b.log", false, "*.log", ".gitignore", 3},
		{"keep.log", false, "", "", 0},
		{"a/b.log", false, "", "", 0},
		{"a/x.log", false, "x.log", "a/.gitignore", 2},
		{"build", true, "/build/", ".gitignore", 5},
		{"build", false, "", "", 0},
		{"a/build", true, "", "", 0},
		{"build/deep/f.nix", false, "/build/", ".gitignore", 5},
		{"docs/out", false, "docs/**/out", ".gitignore", 6},
		{"docs/a/b/out", false, "docs/**/out", ".gitignore", 6},
		{"#odd", false, "\\#odd", ".gitignore", 7},
		{"trail ", false, "trail\\ ", ".gitignore", 8},
		{"trail", false, "", "", 0},
		{"spaces", false, "spaces", ".gitignore", 9},
		{"a/secret.nix", false, "secret.nix", ".git/info/exclude", 1},
		{"a/y.swp", false, "*.swp", "mine", 1},
		{"x.swp", false, "", "", 0},
		{"foobar", false, "foo**/bar", ".gitignore", 10},
		{"only-root", false, "/only-root", "mine", 2},
		{"a/only-root", false, "", "", 0},
		{"", true, "", "", 0},
	} {
		got, ok := r.Ignored(c.path, c.dir)
		assert.Equal(t, c.pattern != "", ok, c.path)
		if c.pattern == "" {
			continue
		}
		file := filepath.Join(root, c.file)
		if c.file == "mine" {
			file = filepath.Join(home, "mine")
		}
		assert.Equal(t, git.Ignore{Pattern: c.pattern, File: file, Line: c.line}, got, c.path)
	}
}

func TestExcludesFile(t *testing.T) {
	t.Run("default place", func(t *testing.T) {
		home := gittest.Isolate(t)
		root := gittest.Init(t, t.TempDir(), "repo")
		gittest.Write(t, home, ".config/git/ignore", "*.x\n")
		_, ok := open(t, root).Ignored("a.x", false)
		assert.True(t, ok)
		t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "else"))
		gittest.Write(t, home, "else/git/ignore", "*.y\n")
		_, ok = open(t, root).Ignored("a.x", false)
		assert.False(t, ok)
		_, ok = open(t, root).Ignored("a.y", false)
		assert.True(t, ok)
	})
	t.Run("no home", func(t *testing.T) {
		gittest.Isolate(t)
		root := gittest.Init(t, t.TempDir(), "repo")
		t.Setenv("HOME", "")
		_, ok := open(t, root).Ignored("a.x", false)
		assert.False(t, ok)
	})
	t.Run("includes", func(t *testing.T) {
		home := gittest.Isolate(t)
		work := filepath.Join(gittest.Real(t, t.TempDir()), "work")
		root := gittest.Init(t, filepath.Dir(work), "work/repo")
		gittest.Write(t, home,
			".gitconfig", "[core]\n excludesFile = ~/one\n[include]\n path = more/a\n[includeIf \"gitdir:"+work+"/\"]\n path = more/b\n[includeIf \"gitdir:/nowhere/\"]\n path = more/c\n[includeIf \"onbranch:x\"]\n path = more/c\n",
			"more/a", "[core]\n excludesFile = ~/two\n", "more/b", "[core] excludesFile = ~/three\n", "more/c", "[core]\n excludesFile = ~/one\n",
			"one", "1\n", "two", "2\n", "three", "3\n")
		_, ok := open(t, root).Ignored("3", false)
		assert.True(t, ok, "an include by condition, in a form that only git's own parser reads")
		_, ok = open(t, root).Ignored("1", false)
		assert.False(t, ok)
		gittest.Write(t, root, ".git/config", "[core]\n bare = false\n excludesFile =\n")
		_, ok = open(t, root).Ignored("3", false)
		assert.False(t, ok, "the repository's own setting wins, and an empty one means none")
		gittest.Run(t, root, "config", "core.excludesFile", "mine")
		gittest.Write(t, root, "mine", "4\n")
		_, ok = open(t, root).Ignored("4", false)
		assert.True(t, ok, "a relative path starts at the root")
	})
	t.Run("an include of itself", func(t *testing.T) {
		home := gittest.Isolate(t)
		root := gittest.Init(t, t.TempDir(), "repo")
		gittest.Write(t, home, ".gitconfig", "[core]\n excludesFile = ~/one\n[include]\n path = .gitconfig\n", "one", "1\n")
		_, ok := open(t, root).Ignored("1", false)
		assert.True(t, ok)
	})
}

func TestIgnoreFileThatIsALinkOrAFolder(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Init(t, t.TempDir(), "repo")
	gittest.Write(t, root, "patterns", "*.x\n", "d/.gitignore/f", "")
	require.NoError(t, os.Symlink("patterns", filepath.Join(root, ".gitignore")))
	r := open(t, root)
	_, ok := r.Ignored("a.x", false)
	assert.False(t, ok)
	_, ok = r.Ignored("d/a.x", false)
	assert.False(t, ok)
}

func TestRulesWithoutRepository(t *testing.T) {
	root := t.TempDir()
	gittest.Write(t, root, ".gitignore", "out/\n/a/*.x\n", "a/.gitignore", "!y.x\n")
	top := git.NewIgnores(root, os.ReadFile).Top()
	_, ok := top.Match("out", true)
	assert.True(t, ok)
	out := top.Sub("out", true, true)
	got, ok := out.Sub("deep", false, true).Match("f", false)
	assert.True(t, ok, "below an excluded folder all is excluded")
	assert.Equal(t, git.Ignore{Pattern: "out/", File: filepath.Join(root, ".gitignore"), Line: 1}, got)
	_, ok = top.Sub("out", false, true).Match("f", false)
	assert.False(t, ok, "unless somebody asked for the folder")
	a := top.Sub("a", false, true)
	_, ok = a.Match("z.x", false)
	assert.True(t, ok)
	_, ok = a.Match("y.x", false)
	assert.False(t, ok)
	_, ok = top.Sub("a", false, false).Match("y.x", false)
	assert.True(t, ok)
}

// TestIgnoredAgainstGit compares random ignore files on random trees with `git check-ignore`.
func TestIgnoredAgainstGit(t *testing.T) {
	gittest.Program(t)
	home := gittest.Isolate(t)
	rounds := 25
	if s := os.Getenv("NIXSIFT_IGNORE_ROUNDS"); s != "" {
		var err error
		rounds, err = strconv.Atoi(s)
		require.NoError(t, err)
	}
	paths, ignored := 0, 0
	for seed := range rounds {
		rng := rand.New(rand.NewPCG(uint64(seed), 7))
		root := gittest.Init(t, t.TempDir(), "repo")
		randomTree(t, rng, root, 0)
		gittest.Write(t, root, ".git/info/exclude", randomIgnore(rng))
		gittest.Write(t, home, ".config/git/ignore", randomIgnore(rng))
		n, i := compareWithGit(t, seed, root)
		paths, ignored = paths+n, ignored+i
		require.NoError(t, os.RemoveAll(root))
		if t.Failed() {
			return
		}
	}
	t.Logf("%d paths, %d of them ignored", paths, ignored)
	assert.Greater(t, ignored, paths/20)
	assert.Less(t, ignored, paths*19/20)
}

var names = []string{"a", "b", "ab", "abc", "a.x", "b.x", "foo", "foobar", "bar", "A", "[a]", "*", "a b", "sp ", "#a", "!a", "a-b", "a\\", "é", "x", "a]", "-"}

func randomTree(t *testing.T, rng *rand.Rand, dir string, depth int) {
	for range 3 + rng.IntN(5) {
		path := filepath.Join(dir, names[rng.IntN(len(names))])
		if _, err := os.Lstat(path); err == nil {
			continue
		}
		switch n := rng.IntN(10); {
		case n < 5 && depth < 4:
			require.NoError(t, os.Mkdir(path, 0o777))
			randomTree(t, rng, path, depth+1)
		case n == 9:
			require.NoError(t, os.Symlink(".", path))
		default:
			require.NoError(t, os.WriteFile(path, nil, 0o666))
		}
	}
	if rng.IntN(2) == 0 || depth == 0 {
		gittest.Write(t, dir, ".gitignore", randomIgnore(rng))
	}
}

func randomIgnore(rng *rand.Rand) string {
	atoms := []string{"a", "b", "ab", "foo", "bar", "x", ".", "*", "*", "**", "?", "/", "/", "/", "/**/", "**/", "/**", "[ab]", "[!a]", "[^b]", "[a-f]",
		"[]-]", "[[:alpha:]]", "[[:nope:]]", "[[:x]", "[", "]", "\\", "\\a", "\\*", "\\[", "\\/", " ", "\\ ", "é", "[\\]a]", "[a-]", "[b-\\f]", "***", "*.x", "#", "!", "-", "[/]", "\t", "[--b]"}
	var b strings.Builder
	if rng.IntN(8) == 0 {
		b.WriteString("\ufeff")
	}
	for range rng.IntN(7) {
		if rng.IntN(3) == 0 {
			b.WriteByte('!')
		}
		if rng.IntN(3) == 0 {
			b.WriteByte('/')
		}
		if rng.IntN(2) == 0 { // a path that is likely to exist
			for i := range 1 + rng.IntN(3) {
				if i > 0 {
					b.WriteByte('/')
				}
				b.WriteString([]string{names[rng.IntN(len(names))], "*", "**", "a*", "*b", "a**"}[rng.IntN(6)])
			}
		} else {
			for range 1 + rng.IntN(6) {
				b.WriteString(atoms[rng.IntN(len(atoms))])
			}
		}
		b.WriteString([]string{"", "", "/", " ", "/ ", "\r", "\x00z"}[rng.IntN(7)])
		if rng.IntN(12) > 0 {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func compareWithGit(t *testing.T, seed int, root string) (paths, ignored int) {
	var list []string
	dirs := map[string]bool{}
	require.NoError(t, filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		if e.Name() == ".git" {
			return fs.SkipDir
		}
		rel := filepath.ToSlash(path[len(root)+1:])
		list = append(list, rel)
		dirs[rel] = e.IsDir()
		return nil
	}))
	cmd := exec.Command(gittest.Program(t), "-C", root, "check-ignore", "--no-index", "-v", "-n", "-z", "--stdin")
	cmd.Stdin = strings.NewReader(strings.Join(list, "\x00") + "\x00")
	out, err := cmd.Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 { // 1: none is ignored
		require.NoError(t, err)
	}
	fields := bytes.Split(bytes.TrimSuffix(out, []byte{0}), []byte{0})
	require.Len(t, fields, 4*len(list))
	r := open(t, root)
	for i, rel := range list {
		source, line, pattern := string(fields[4*i]), string(fields[4*i+1]), string(fields[4*i+2])
		require.Equal(t, rel, string(fields[4*i+3]))
		want := source != "" && !strings.HasPrefix(pattern, "!")
		got, ok := r.Ignored(rel, dirs[rel])
		if want != ok {
			file := source
			if !filepath.IsAbs(file) {
				file = filepath.Join(root, file)
			}
			text, _ := os.ReadFile(file)
			t.Errorf("seed %d: %q (folder %v): git says %v by %s:%s %q, we say %v by %v\n%q", seed, rel, dirs[rel], want, source, line, pattern, ok, got, text)
			continue
		}
		if !ok {
			continue
		}
		ignored++
		if !filepath.IsAbs(source) {
			source = filepath.Join(root, source)
		}
		assert.Equal(t, fmt.Sprintf("%s:%s %q", source, line, pattern), fmt.Sprintf("%s:%d %q", got.File, got.Line, got.Pattern), "seed %d: %q", seed, rel)
	}
	return len(list), ignored
}
