package flake

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

const someRev = "0123456789abcdef0123456789abcdef01234567"

// refCases are references with the attributes that Nix 2.34 reads; nil where it rejects them.
var refCases = []struct {
	text string
	want map[string]string
}{
	{"github:ada/engine", map[string]string{"type": "github", "owner": "ada", "repo": "engine"}},
	{"github:ada/engine/", map[string]string{"type": "github", "owner": "ada", "repo": "engine"}},
	{"github:ada/engine/v1.0+x", map[string]string{"type": "github", "owner": "ada", "repo": "engine", "ref": "v1.0+x"}},
	{"github:ada/engine/refs/pull/7/head", map[string]string{"type": "github", "owner": "ada", "repo": "engine", "ref": "refs/pull/7/head"}},
	{"github:ada/engine/" + someRev, map[string]string{"type": "github", "owner": "ada", "repo": "engine", "rev": someRev}},
	{"github:ada/engine?ref=main&dir=nix", map[string]string{"type": "github", "owner": "ada", "repo": "engine", "ref": "main", "dir": "nix"}},
	{"github:ada/engine?host=git.example.org", map[string]string{"type": "github", "owner": "ada", "repo": "engine", "host": "git.example.org"}},
	{"gitlab:group%2Fsub/repo/main", map[string]string{"type": "gitlab", "owner": "group/sub", "repo": "repo", "ref": "main"}},
	{"sourcehut:~ada/engine", map[string]string{"type": "sourcehut", "owner": "~ada", "repo": "engine"}},
	{"nixpkgs", map[string]string{"type": "indirect", "id": "nixpkgs"}},
	{"nixpkgs/nixos-24.05", map[string]string{"type": "indirect", "id": "nixpkgs", "ref": "nixos-24.05"}},
	{"nixpkgs/" + someRev, map[string]string{"type": "indirect", "id": "nixpkgs", "rev": someRev}},
	{"nixpkgs/main/" + someRev, map[string]string{"type": "indirect", "id": "nixpkgs", "ref": "main", "rev": someRev}},
	{"flake:nixpkgs/main", map[string]string{"type": "indirect", "id": "nixpkgs", "ref": "main"}},
	{"a/b/c/d", nil},
	{"git+https://example.org/x.git?ref=main&shallow=1", map[string]string{"type": "git", "url": "https://example.org/x.git", "ref": "main", "shallow": "1"}},
	{"git+https://example.org/x?dir=sub", map[string]string{"type": "git", "url": "https://example.org/x", "dir": "sub"}},
	{"git+ssh://git@example.org/x", map[string]string{"type": "git", "url": "ssh://git@example.org/x"}},
	{"git+ssh://git@example.org:2222/x?submodules=1", map[string]string{"type": "git", "url": "ssh://git@example.org:2222/x", "submodules": "1"}},
	{"git+file:///srv/x?ref=main", map[string]string{"type": "git", "url": "file:///srv/x", "ref": "main"}},
	{"git+file:./x", map[string]string{"type": "git", "url": "file:./x"}},
	{"git://example.org/x", map[string]string{"type": "git", "url": "git://example.org/x"}},
	{"hg+https://example.org/x", map[string]string{"type": "hg", "url": "https://example.org/x"}},
	{"http://[::1]/x.tar.gz", map[string]string{"type": "tarball", "url": "http://[::1]/x.tar.gz"}},
	{"git+https://[2001:db8::1]:8443/x.git", map[string]string{"type": "git", "url": "https://[2001:db8::1]:8443/x.git"}},
	{"https://example.org/x.tar.gz", map[string]string{"type": "tarball", "url": "https://example.org/x.tar.gz"}},
	{"https://example.org/x?token=1&ref=a", map[string]string{"type": "tarball", "url": "https://example.org/x?ref=a&token=1"}},
	{"https://example.org/x.zip?rev=" + someRev, map[string]string{"type": "tarball", "url": "https://example.org/x.zip", "rev": someRev}},
	{"tarball+https://example.org/x", map[string]string{"type": "tarball", "url": "https://example.org/x"}},
	{"file+https://example.org/x", map[string]string{"type": "file", "url": "https://example.org/x"}},
	{"file:///etc/x.tar", map[string]string{"type": "tarball", "url": "file:///etc/x.tar"}},
	{"path:./sub", map[string]string{"type": "path", "path": "./sub"}},
	{"path:/srv/x", map[string]string{"type": "path", "path": "/srv/x"}},
	{"path:///srv/x", map[string]string{"type": "path", "path": "/srv/x"}},
	{"path:sub?dir=a", map[string]string{"type": "path", "path": "sub", "dir": "a"}},
	{"/srv/x", map[string]string{"type": "path", "path": "/srv/x"}},
	{"/srv/x?dir=a", map[string]string{"type": "path", "path": "/srv/x", "dir": "a"}},
	{"ssh://example.org/x", nil},
	{"GitHub:ada/engine", nil},
	{"path://host/x", nil},
	{"github:ada/engine#pkg", nil},
	{"nixpkgs#hello", nil},
	{"path:/srv/x?ref=main", nil},
	{"/srv/x?submodules=1", nil},
	{"path:/srv/x?rev=" + someRev, map[string]string{"type": "path", "path": "/srv/x", "rev": someRev}},
	{"github:ada/engine?rev=main", nil},
	{"github:ada/engine?ref=main&rev=" + someRev, nil},
	{"github:ada/engine/main?ref=main", nil},
	{"github:ada/engine?host=h/x", nil},
	{"git+ftp://example.org/x", map[string]string{"type": "git", "url": "ftp://example.org/x"}},
	{"https:h/r", map[string]string{"type": "tarball", "url": "https:h/r"}},
	{"codeberg:ada/engine", nil},
	{"ftp://example.org/x", nil},
}

// relativeCases are references that look like URLs, and that Nix reads as paths relative to the flake.
var relativeCases = []string{
	"git@example.org:ada/engine.git", "git+ssh://git@example.org:ada/engine", "git+ssh:git@example.org/ada", "git:example.org/ada",
	"git+git@example.org:ada/engine", "github:ada", "github://ada/engine", "https://example.org:ada/engine", " github:ada/engine",
}

// attrsOf is the attribute form of a reference.
func attrsOf(r Ref) map[string]string {
	out := map[string]string{}
	for name, value := range map[string]string{"type": r.Type, "owner": r.Owner, "repo": r.Repo, "host": r.Host, "id": r.ID,
		"url": r.URL, "path": r.Path, "ref": r.Ref, "rev": r.Rev, "dir": r.Dir} {
		if value != "" {
			out[name] = value
		}
	}
	for name, value := range r.Params {
		out[name] = value
	}
	return out
}

func TestParseRef(t *testing.T) {
	for _, c := range refCases {
		r, err := ParseRef(c.text)
		if c.want == nil {
			assert.Error(t, err, c.text)
			continue
		}
		assert.NoError(t, err, c.text)
		assert.Equal(t, c.want, attrsOf(r), c.text)
		again, err := RefFromAttrs(c.want)
		assert.NoError(t, err, c.text)
		same, _ := SameInput(r, again)
		assert.True(t, same, c.text)
		assert.Equal(t, c.text, r.String())
	}
}

func TestParseRelativeRefs(t *testing.T) {
	for _, text := range relativeCases {
		r, err := ParseRef(text)
		require.NoError(t, err, text)
		assert.True(t, r.IsRelative(), text)
		assert.True(t, r.LooksLikeURL(), text)
	}
}

// TestParseRefLikeNix asks builtins.parseFlakeRef for the same table.
func TestParseRefLikeNix(t *testing.T) {
	nix := testenv.Nix234(t)
	ask := func(texts ...string) ([]byte, error) {
		list, err := json.Marshal(texts)
		require.NoError(t, err)
		cmd := exec.Command(nix, "--eval", "--strict", "--json", "--extra-experimental-features", "flakes", "--argstr", "u", string(list),
			"-E", "{ u }: map builtins.parseFlakeRef (builtins.fromJSON u)")
		cmd.Env = append(cmd.Environ(), "HOME="+t.TempDir(), "NIX_REMOTE=local?root="+t.TempDir())
		return cmd.Output()
	}
	var texts []string
	var want []map[string]string
	for _, c := range refCases {
		if c.want == nil {
			_, err := ask(c.text)
			assert.Error(t, err, c.text)
			continue
		}
		texts, want = append(texts, c.text), append(want, c.want)
	}
	for _, text := range relativeCases {
		_, err := ask(text)
		failed := (*exec.ExitError)(nil)
		require.ErrorAs(t, err, &failed, text)
		assert.Contains(t, string(failed.Stderr), "is not an absolute path", text)
	}
	out, err := ask(texts...)
	require.NoError(t, err)
	var got []map[string]any
	require.NoError(t, json.Unmarshal(out, &got))
	require.Len(t, got, len(texts))
	for i, text := range texts {
		flat := map[string]string{}
		for name, value := range got[i] {
			switch v := value.(type) {
			case string:
				flat[name] = v
			case bool:
				flat[name] = map[bool]string{true: "1", false: "0"}[v]
			}
		}
		assert.Equal(t, want[i], flat, text)
	}
}

func TestPathRefs(t *testing.T) {
	for text, want := range map[string]struct {
		path                string
		relative, looksLike bool
	}{
		"./x":                     {"./x", true, false},
		"../..":                   {"../..", true, false},
		"/abs":                    {"/abs", false, false},
		"git@example.org:o/r.git": {"git@example.org:o/r.git", true, true},
		"github:owner":            {"github:owner", true, true},
		"path:x":                  {"x", true, false},
		"":                        {"", true, false},
		"./a:b":                   {"./a:b", true, false},
		"0day":                    {"0day", true, false},
	} {
		r, err := ParseRef(text)
		assert.NoError(t, err, text)
		assert.Equal(t, TypePath, r.Type, text)
		assert.Equal(t, want.path, r.Path, text)
		assert.Equal(t, want.relative, r.IsRelative(), text)
		assert.Equal(t, want.looksLike, r.LooksLikeURL(), text)
		assert.True(t, r.IsLocal(), text)
	}
}

func TestRepositoryAndRelease(t *testing.T) {
	for _, c := range []struct{ text, repository, channel, release string }{
		{"github:NixOS/nixpkgs/nixos-24.05", Nixpkgs, "nixos-24.05", "24.05"},
		{"github:nixos/Nixpkgs/nixpkgs-24.11-darwin", Nixpkgs, "nixpkgs-24.11-darwin", "24.11"},
		{"github:NixOS/nixpkgs/release-23.11", Nixpkgs, "release-23.11", "23.11"},
		{"github:NixOS/nixpkgs/nixos-unstable-small", Nixpkgs, "nixos-unstable-small", "unstable"},
		{"github:NixOS/nixpkgs", Nixpkgs, "", "unstable"},
		{"github:NixOS/nixpkgs/master", Nixpkgs, "master", "unstable"},
		{"github:NixOS/nixpkgs/" + someRev, Nixpkgs, "", ""},
		{"github:NixOS/nixpkgs/pull/1/head", Nixpkgs, "pull/1/head", ""},
		{"nixpkgs", Nixpkgs, "nixpkgs-unstable", "unstable"},
		{"nixpkgs/nixos-25.05", Nixpkgs, "nixos-25.05", "25.05"},
		{"git+https://github.com/NixOS/nixpkgs.git?ref=refs/heads/nixos-25.05&shallow=1", Nixpkgs, "nixos-25.05", "25.05"},
		{"git+ssh://git@github.com/NixOS/nixpkgs", Nixpkgs, "", "unstable"},
		{"https://channels.nixos.org/nixos-25.05-small/nixexprs.tar.xz", Nixpkgs, "nixos-25.05-small", "25.05"},
		{"https://nixos.org/channels/nixpkgs-unstable/nixexprs.tar.xz", Nixpkgs, "nixpkgs-unstable", "unstable"},
		{"https://releases.nixos.org/nixos/24.05/nixos-24.05.99.abc/nixexprs.tar.xz", Nixpkgs, "nixos-24.05", "24.05"},
		{"https://releases.nixos.org/nixpkgs/nixpkgs-25.05pre1.abc/nixexprs.tar.xz", Nixpkgs, "nixpkgs-unstable", "unstable"},
		{"https://flakehub.com/f/NixOS/nixpkgs/0.1.*", Nixpkgs, "0.1.*", "unstable"},
		{"https://flakehub.com/f/NixOS/nixpkgs/0.2405.*.tar.gz", Nixpkgs, "0.2405.*", "24.05"},
		{"https://flakehub.com/f/NixOS/nixpkgs/*", Nixpkgs, "*", ""},
		{"https://flakehub.com/f/DeterminateSystems/nixpkgs-weekly/0.1", Nixpkgs, "0.1", "unstable"},
		{"https://api.flakehub.com/f/pinned/NixOS/nixpkgs/0.1.5%2Brev-1/018/source.tar.gz", Nixpkgs, "0.1.5+rev-1", "unstable"},
		{"https://flakehub.com/f/ada/engine/0.2405.1", "github.com/ada/engine", "0.2405.1", ""},
		{"https://github.com/NixOS/nixpkgs/archive/refs/heads/nixos-24.05.tar.gz", Nixpkgs, "nixos-24.05", "24.05"},
		{"https://github.com/NixOS/nixpkgs/archive/" + someRev + ".tar.gz", Nixpkgs, "", ""},
		{"https://codeload.github.com/NixOS/nixpkgs/tar.gz/x", Nixpkgs, "", ""},
		{"https://api.github.com/repos/NixOS/nixpkgs/tarball/main", Nixpkgs, "", ""},
		{"github:ada/nixpkgs/nixos-unstable", "github.com/ada/nixpkgs", "nixos-unstable", "unstable"},
		{"home-manager", "github.com/nix-community/home-manager", "", ""},
		{"github:nix-community/home-manager/release-24.05", "github.com/nix-community/home-manager", "release-24.05", "24.05"},
		{"github:rycee/home-manager", "github.com/nix-community/home-manager", "", ""},
		{"github:LnL7/nix-darwin/nix-darwin-24.11", "github.com/nix-darwin/nix-darwin", "nix-darwin-24.11", "24.11"},
		{"github:ada/engine/v20.30", "github.com/ada/engine", "v20.30", ""},
		{"my-own-id", "flake:my-own-id", "", ""},
		{"gitlab:Ada/Engine", "gitlab.com/ada/engine", "", ""},
		{"gitlab:Ada/Engine?host=Git.Example.org", "git.example.org/Ada/Engine", "", ""},
		{"https://gitlab.com/a/b/c/-/archive/main/c-main.tar.gz", "gitlab.com/a/b/c", "", ""},
		{"sourcehut:~ada/engine", "git.sr.ht/~ada/engine", "", ""},
		{"git+https://git.sr.ht/~ada/engine", "git.sr.ht/~ada/engine", "", ""},
		{"git+https://user@Example.org:443/x/y.git/", "example.org/x/y", "", ""},
		{"git+https://example.org:8443/x", "example.org:8443/x", "", ""},
		{"https://code.example.org/ada/engine/archive/main.tar.gz", "code.example.org/ada/engine", "main", ""},
		{"https://code.example.org/api/v1/repos/ada/engine/archive/main.tar.gz", "code.example.org/ada/engine", "", ""},
		{"path:/srv/x/../y", "file:/srv/y", "", ""},
		{"git+file:///srv/y", "file:/srv/y", "", ""},
		{"path:../x", "", "", ""},
		{"git+file:./x", "", "", ""},
	} {
		r, err := ParseRef(c.text)
		require.NoError(t, err, c.text)
		assert.Equal(t, c.repository, r.Repository(), c.text)
		assert.Equal(t, c.channel, r.Channel(), c.text)
		assert.Equal(t, c.release, r.Release(), c.text)
	}
}

func TestSameSource(t *testing.T) {
	for _, c := range []struct {
		a, b       string
		repo, same bool
	}{
		{"nixpkgs", "github:NixOS/nixpkgs/nixos-24.05", true, true},
		{"github:NixOS/nixpkgs?dir=lib", "github:NixOS/nixpkgs", true, false},
		{"github:NixOS/nixpkgs?dir=lib", "github:NixOS/nixpkgs?dir=./lib/", true, true},
		{"github:ada/nixpkgs", "github:NixOS/nixpkgs", false, false},
		{"path:./a", "path:./a", false, false},
		{"git+https://github.com/ada/engine.git", "github:Ada/Engine", true, true},
		{"blender-bin", "github:edolstra/nix-warez?dir=blender", true, true},
	} {
		a, err := ParseRef(c.a)
		require.NoError(t, err)
		b, err := ParseRef(c.b)
		require.NoError(t, err)
		assert.Equal(t, c.repo, SameRepository(a, b), "%s %s", c.a, c.b)
		assert.Equal(t, c.same, SameSource(a, b), "%s %s", c.a, c.b)
	}
}

func TestSameInput(t *testing.T) {
	for _, c := range []struct {
		a, b       string
		same, sure bool
	}{
		{"github:ada/engine/main", "github:ada/engine?ref=main", true, true},
		{"github:Ada/engine", "github:ada/engine", false, true},
		{"github:ada/engine?shallow=1&submodules=1&tag=x", "github:ada/engine", true, true},
		{"github:ada/engine?host=git.example.org", "github:ada/engine?host=git.example.ORG", false, true},
		{"github:ada/engine", "github:ada/engine/main", false, true},
		{"github:ada/engine", "github:ada/engine2", false, true},
		{"github:ada/engine", "gitlab:ada/engine", false, true},
		{"github:ada/engine?dir=a", "github:ada/engine", false, true},
		{"github:ada/engine?dir=a", "github:ada/engine?dir=a/", false, true},
		{"nixpkgs", "flake:nixpkgs", true, true},
		{"nixpkgs", "nixpkgs/main", false, true},
		{"path:./x", "path:./x/", false, true},
		{"path:./x", "./x", true, true},
		{"path:./x", "path:x", false, true},
		{"path:./x", "path:./y", false, true},
		{"https://flakehub.com/f/a/b/*", "https://flakehub.com/f/a/b/%2A", false, false},
		{"https://example.org/x?b=1&a=2", "https://example.org/x?a=2&b=1", true, true},
		{"git+https://example.org/x", "git+https://example.org/x?submodules=1", false, true},
		{"git+https://example.org/x?submodules=0", "git+https://example.org/x", false, true},
		{"git+https://example.org/x?submodules=true", "git+https://example.org/x?submodules=0", true, true},
		{"git+https://example.org/x?allRefs=1", "git+https://example.org/x", false, true},
		{"git+https://example.org/x", "git+https://example.org/x/", false, true},
		{"git+https://example.org/x", "git+ssh://example.org/x", false, true},
		{"git+file:///srv/x", "git+file:/srv/x", false, true},
		{"github:ada/engine/" + someRev, "github:ada/engine/" + strings.ToUpper(someRev), false, true},
		{"https://example.org/x?name=y&unpack=1", "https://example.org/x", true, true},
		{"flake:nixpkgs?ref=x&rev=y", "nixpkgs", true, true},
		{"git+https://example.org/x?narHash=x", "git+https://example.org/x", false, true},
	} {
		a, _ := ParseRef(c.a)
		b, _ := ParseRef(c.b)
		for range 2 {
			same, sure := SameInput(a, b)
			assert.Equal(t, [2]bool{c.same, c.sure}, [2]bool{same, sure}, "%s %s", c.a, c.b)
			a, b = b, a
		}
	}
	// Older versions of Nix left the folder in the URL, too.
	a, _ := ParseRef("git+https://example.org/x?dir=sub&x=1")
	b, _ := RefFromAttrs(map[string]string{"type": "git", "url": "https://example.org/x?dir=sub&x=1", "dir": "sub"})
	same, _ := SameInput(a, b)
	assert.True(t, same)
}

func TestRefFromAttrs(t *testing.T) {
	for _, attrs := range []map[string]string{
		{}, {"type": "zip"}, {"type": "github", "owner": "a"}, {"type": "git"}, {"type": "path"}, {"type": "indirect"}, {"type": "github", "repo": "a"},
	} {
		_, err := RefFromAttrs(attrs)
		assert.Error(t, err, attrs)
	}
	for want, attrs := range map[string]map[string]string{
		"github:a/b/main":                    {"type": "github", "owner": "a", "repo": "b", "ref": "main"},
		"github:a/b?dir=x":                   {"type": "github", "owner": "a", "repo": "b", "dir": "x"},
		"git+https://example.org/x?ref=main": {"type": "git", "url": "https://example.org/x", "ref": "main"},
		"git://example.org/x":                {"type": "git", "url": "git://example.org/x"},
		"path:./x":                           {"type": "path", "path": "./x"},
		"nixpkgs/main":                       {"type": "indirect", "id": "nixpkgs", "ref": "main"},
		"https://example.org/x?a=1&dir=y":    {"type": "tarball", "url": "https://example.org/x?a=1", "dir": "y"},
	} {
		r, err := RefFromAttrs(attrs)
		assert.NoError(t, err)
		assert.Equal(t, want, r.String())
		again, err := ParseRef(want)
		assert.NoError(t, err)
		same, _ := SameInput(r, again)
		assert.True(t, same, want)
	}
}

func TestRefDetails(t *testing.T) {
	for text, scheme := range map[string]string{
		"github:a/b": "github", "git+https://h/x": "git+https", "git://h/x": "git", "hg+ssh://h/x": "hg+ssh",
		"https://h/x": "https", "nixpkgs": "flake", "path:./x": "path", "./x": "path",
	} {
		r, err := ParseRef(text)
		assert.NoError(t, err)
		assert.Equal(t, scheme, r.Scheme(), text)
	}
	r, _ := ParseRef("git+file:///srv/a%20b?ref=x")
	p, ok := r.LocalPath()
	assert.True(t, ok)
	assert.Equal(t, "/srv/a b", p)
	r, _ = ParseRef("github:a/b/" + someRev)
	assert.True(t, r.IsPinned())
	assert.False(t, r.IsLocal())
	assert.True(t, Ref{}.IsZero())
	assert.Empty(t, Ref{}.Repository())
	assert.Empty(t, Ref{}.Channel())
}

func TestRemoteRepository(t *testing.T) {
	for url, want := range map[string]string{
		"git@github.com:Ada/Engine.git":           "github.com/ada/engine",
		"git@github.com:/Ada/Engine.git":          "github.com/ada/engine",
		"https://github.com/ada/engine":           "github.com/ada/engine",
		"ssh://git@github.com:22/ada/engine.git":  "github.com/ada/engine",
		"host:path/to/repo":                       "host/path/to/repo",
		"/srv/git/engine.git":                     "/srv/git/engine",
		"https://git.example.org/Ada/engine.git/": "git.example.org/Ada/engine",
	} {
		assert.Equal(t, want, RemoteRepository(url), url)
	}
}
