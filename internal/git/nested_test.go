package git_test

import (
	"cmp"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
)

// TestNestedGit has a folder with something called .git in a repository that tracks files below it, and asks git
// which of the two repositories counts.
func TestNestedGit(t *testing.T) {
	gittest.Isolate(t)
	tmp := gittest.Real(t, t.TempDir())
	other := gittest.Init(t, tmp, "other")
	gittest.Write(t, other, "x.nix", "")
	commit(t, other)
	hash := gittest.Run(t, other, "rev-parse", "HEAD")
	whole := func(dir string) []string {
		return []string{dir + "HEAD", "ref: refs/heads/main\n", dir + "objects/.keep", "", dir + "refs/.keep", ""}
	}
	with := func(dir, name, text string) []string { return append(whole(dir), dir+name, text) }
	link := func(target string) func(t *testing.T, sub string) {
		return func(t *testing.T, sub string) {
			gittest.Write(t, sub, whole(".git/")...)
			require.NoError(t, os.Remove(filepath.Join(sub, ".git/HEAD")))
			require.NoError(t, os.Symlink(target, filepath.Join(sub, ".git/HEAD")))
		}
	}
	write := func(files ...string) func(t *testing.T, sub string) {
		return func(t *testing.T, sub string) { gittest.Write(t, sub, files...) }
	}
	cases := map[string]struct {
		make  func(t *testing.T, sub string)
		inner bool // there is a repository in the repository
	}{
		"an empty folder":  {func(t *testing.T, sub string) { require.NoError(t, os.Mkdir(filepath.Join(sub, ".git"), 0o777)) }, false},
		"an empty file":    {write(".git", ""), false},
		"text":             {write(".git", "hello\n"), false},
		"no blank":         {write(".git", "gitdir:"+other+"/.git\n"), false},
		"no path":          {write(".git", "gitdir: \n"), false},
		"to nowhere":       {write(".git", "gitdir: ../../gone\n"), false},
		"to no repository": {write(".git", "gitdir: real\n", "real/HEAD", "ref: refs/heads/main\n"), false},
		"to a repository":  {write(".git", "gitdir: "+other+"/.git\n"), true},
		"to a relative":    {write(append(whole("real/"), ".git", "gitdir: real\r\n")...), true},
		"all there is":     {write(whole(".git/")...), true},
		"only HEAD":        {write(".git/HEAD", "ref: refs/heads/main\n"), false},
		"no objects":       {write(".git/HEAD", "ref: refs/heads/main\n", ".git/refs/.keep", ""), false},
		"no refs":          {write(".git/HEAD", "ref: refs/heads/main\n", ".git/objects/.keep", ""), false},
		"no HEAD":          {write(".git/objects/.keep", "", ".git/refs/.keep", ""), false},
		"empty HEAD":       {write(with(".git/", "HEAD", "")...), false},
		"odd HEAD":         {write(with(".git/", "HEAD", "main\n")...), false},
		"HEAD elsewhere":   {write(with(".git/", "HEAD", "ref: heads/main\n")...), false},
		"HEAD with blanks": {write(with(".git/", "HEAD", "ref:\t refs/heads/main\n")...), true},
		"HEAD with none":   {write(with(".git/", "HEAD", "ref:refs/heads/main")...), true},
		"HEAD detached":    {write(with(".git/", "HEAD", hash+"\n")...), true},
		"HEAD too short":   {write(with(".git/", "HEAD", hash[1:]+"\n")...), false},
		"HEAD linked":      {link("refs/heads/main"), true},
		"HEAD linked away": {link("../a.nix"), false},
		"HEAD a folder":    {write(".git/HEAD/x", "", ".git/objects/.keep", "", ".git/refs/.keep", ""), false},
		"a FIFO":           {func(t *testing.T, sub string) { require.NoError(t, testenv.MakeFIFO(filepath.Join(sub, ".git"))) }, false},
		"a device": {func(t *testing.T, sub string) {
			require.NoError(t, os.Symlink("/dev/zero", filepath.Join(sub, ".git")))
		}, false},
		"a dangling link": {func(t *testing.T, sub string) { require.NoError(t, os.Symlink("gone", filepath.Join(sub, ".git"))) }, false},
		"a link": {func(t *testing.T, sub string) {
			require.NoError(t, os.Symlink(filepath.Join(other, ".git"), filepath.Join(sub, ".git")))
		}, true},
	}
	template := gittest.Init(t, tmp, "template")
	gittest.Write(t, template, "sub/a.nix", "", "sub/deep/b.nix", "", "b.nix", "")
	gittest.Run(t, template, "add", "-A")
	gittest.Write(t, template, "fresh/a.nix", "")
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			outer := gittest.Real(t, t.TempDir())
			require.NoError(t, os.CopyFS(outer, os.DirFS(template)))
			sub := filepath.Join(outer, "sub")
			c.make(t, sub)
			for _, dir := range []string{sub, filepath.Join(sub, "deep")} {
				r, err := git.Open(dir)
				require.NoError(t, err)
				require.NotNil(t, r)
				want := outer
				if c.inner {
					want = sub
				}
				assert.Equal(t, want, r.Root())
				// In the folder itself git does without what lies around a file that leads nowhere.
				if out, err := exec.Command(gittest.Program(t), "-C", dir, "rev-parse", "--show-toplevel").Output(); err == nil {
					assert.Equal(t, want, strings.TrimSuffix(string(out), "\n"))
				} else {
					info, err := os.Stat(filepath.Join(sub, ".git"))
					assert.True(t, err == nil && info.Mode().IsRegular(), "git refuses what is no file")
				}
			}
			// From outside it takes what is no repository for a folder like others.
			fresh := filepath.Join(outer, "fresh")
			c.make(t, fresh)
			_ = exec.Command(gittest.Program(t), "-C", outer, "add", "fresh").Run()
			assert.Equal(t, !c.inner, strings.Contains(gittest.Run(t, outer, "ls-files"), "fresh/a.nix"))
		})
	}
}

// TestNestedGitAlone has the same where nobody else tracks what lies there: then nothing tells what counts.
func TestNestedGitAlone(t *testing.T) {
	gittest.Isolate(t)
	outer := gittest.Init(t, t.TempDir(), "outer")
	gittest.Write(t, outer, "a.nix", "", "sub/a.nix", "")
	gittest.Run(t, outer, "add", "a.nix")
	gittest.Write(t, outer, "sub/.git", "")
	_, err := git.Open(filepath.Join(outer, "sub"))
	assert.ErrorContains(t, err, filepath.Join(outer, "sub/.git"))
	gittest.Write(t, outer, ".git/index", "damaged")
	r, err := git.Open(filepath.Join(outer, "sub"))
	require.NoError(t, err)
	assert.ErrorContains(t, r.Load(), filepath.Join(outer, ".git/index"))
}

// A repository is somebody else's: the git program would start what its configuration says.
func TestNoProgramIsStarted(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	read := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, spec := range f.Imports {
			assert.NotContains(t, []string{`"os/exec"`}, spec.Path.Value, name)
		}
		read++
	}
	assert.NotZero(t, read)
}

// TestNothingWaits has what no file is, and files without end, in all places that are read.
func TestNothingWaits(t *testing.T) {
	home := gittest.Isolate(t)
	kinds := map[string]func(t *testing.T, path string){
		"FIFO":   func(t *testing.T, path string) { require.NoError(t, testenv.MakeFIFO(path)) },
		"device": func(t *testing.T, path string) { require.NoError(t, os.Symlink("/dev/zero", path)) },
		"folder": func(t *testing.T, path string) { require.NoError(t, os.Mkdir(path, 0o777)) },
		"loop":   func(t *testing.T, path string) { require.NoError(t, os.Symlink(filepath.Base(path), path)) },
		"huge": func(t *testing.T, path string) {
			require.NoError(t, os.WriteFile(path, nil, 0o666))
			require.NoError(t, os.Truncate(path, 1<<40))
		},
	}
	// These are what git takes for no file, or does without; where anything else lies it fails, waits or reads for ever.
	places := map[string][]string{
		".git/HEAD": {}, ".git/index": {}, ".git/config": {}, ".git/commondir": {}, ".git/included": {}, ".git/excludes": {"device", "loop"},
		".git/info/exclude": {"device", "loop"}, ".gitignore": {"device", "folder", "loop"}, "sub/.gitignore": {"device", "folder", "loop"}, "../global": {},
	}
	template := gittest.Init(t, home, "template")
	gittest.Write(t, template, "a.nix", "", "sub/b.nix", "", ".git/info/exclude", "")
	gittest.Run(t, template, "add", "-A")
	gittest.Run(t, template, "config", "include.path", "included")
	gittest.Run(t, template, "config", "core.excludesFile", ".git/excludes")
	gittest.Write(t, home, ".gitconfig", "[include]\n\tpath = global\n")
	for kind, put := range kinds {
		for place, without := range places {
			t.Run(kind+" at "+place, func(t *testing.T) {
				root := filepath.Join(home, "repo")
				t.Cleanup(func() { _ = os.RemoveAll(root) })
				require.NoError(t, os.CopyFS(root, os.DirFS(template)))
				path := filepath.Join(root, place)
				require.NoError(t, os.RemoveAll(path))
				put(t, path)
				if path == filepath.Join(home, "global") {
					t.Cleanup(func() { _ = os.RemoveAll(path) })
				}
				r, err := git.Open(root)
				if r != nil {
					_, ignored := r.Ignored("sub/b.nix", false)
					assert.False(t, ignored)
					err = cmp.Or(r.Load(), r.Rules("sub").Unread())
				}
				fails := !slices.Contains(without, kind)
				if kind == "folder" || kind == "loop" { // the others would take long
					cmd := exec.Command(gittest.Program(t), "-C", root, "status")
					assert.Equal(t, fails, cmd.Run() != nil, "git itself")
				}
				switch {
				case !fails:
					assert.NoError(t, err)
				default:
					assert.ErrorContains(t, err, strings.TrimSuffix(path, "/.git/HEAD"))
				}
			})
		}
	}
}

func TestIncludeCycles(t *testing.T) {
	home := gittest.Isolate(t)
	gittest.Write(t, home, "wide", "[include]\n"+strings.Repeat("path = wide2\n", 50), "wide2", "[include]\n"+strings.Repeat("path = leaf\n", 50), "leaf", "")
	for name, config := range map[string]string{
		"itself":      "[include]\npath = config\n",
		"twice":       "[include]\npath = config\npath = config\n",
		"conditional": "[includeIf \"gitdir:**\"]\npath = config\n",
		"many":        "[include]\npath = " + filepath.Join(home, "wide") + "\n",
	} {
		root := gittest.Init(t, t.TempDir(), "repo")
		gittest.Write(t, root, ".git/config", config)
		assert.ErrorContains(t, open(t, root).Load(), "includes too many files", name)
		gittest.Write(t, root, ".git/config", "")
		gittest.Write(t, home, ".gitconfig", strings.ReplaceAll(config, "path = config", "path = .gitconfig"))
		assert.ErrorContains(t, open(t, root).Load(), "includes too many files", "%s, as git itself", name)
		gittest.Write(t, home, ".gitconfig", "")
	}
}

func TestBadConfigIsTold(t *testing.T) {
	home := gittest.Isolate(t)
	root := gittest.Init(t, t.TempDir(), "repo")
	path := filepath.Join(root, ".git/config")
	gittest.Write(t, root, ".git/config", "[core]\n\tbare = false\n[core\n")
	err := open(t, root).Load()
	assert.ErrorContains(t, err, path+" cannot be read at line 3")
	assert.ErrorContains(t, err, "git config --edit")
	gittest.Write(t, root, ".git/config", "")
	gittest.Write(t, home, ".gitconfig", "[core\n")
	assert.ErrorContains(t, open(t, root).Load(), filepath.Join(home, ".gitconfig")+" cannot be read at line 1")
	require.NoError(t, os.Remove(filepath.Join(home, ".gitconfig")))
	for _, name := range []string{"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"} {
		t.Setenv(name, os.DevNull)
		assert.NoError(t, open(t, root).Load(), name)
	}
	gittest.Write(t, root, ".git/config", "[core] bare = true\n")
	r, err := git.Open(root)
	require.NoError(t, err)
	assert.Nil(t, r, "bare, with a variable in the line of the section")
}
