package protocol_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/lsp/protocol"
)

func TestPathOf(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the paths are those of Unix")
	}
	for uri, want := range map[string]string{
		"file:///a/b.nix":             "/a/b.nix",
		"FILE:///a/b.nix":             "/a/b.nix",
		"file://localhost/a":          "/a",
		"file:/a/b":                   "/a/b",
		"file:///a%20b/c%C3%A9.nix":   "/a b/cé.nix",
		"file:///a b/cé.nix":          "/a b/cé.nix",
		"file:///a/./b/../c":          "/a/c",
		"file:///100%/x":              "/100%/x",
		"file:///x%2":                 "/x%2",
		"file:///a%23b#c?d":           "/a#b#c?d",
		"file:///c%3A/x.nix":          "/c:/x.nix",
		"file:///%F0%9F%98%80/a+b@c":  "/😀/a+b@c",
		"file:///":                    "/",
		"file://server/share/x":       "",
		"file:x.nix":                  "",
		"file:":                       "",
		"":                            "",
		"untitled:Untitled-1":         "",
		"git:/a/b.nix?%7B%7D":         "",
		"file:///a%00b":               "",
		"vscode-notebook-cell:/a.nix": "",
		"/a/b":                        "",
	} {
		got, ok := protocol.PathOf(protocol.DocumentURI(uri))
		assert.Equal(t, want, got, uri)
		assert.Equal(t, want != "", ok, uri)
	}
}

func TestURIOf(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the paths are those of Unix")
	}
	assert.Equal(t, protocol.DocumentURI("file:///a%20b/c%C3%A9%23%25.nix"), protocol.URIOf("/a b/cé#%.nix"))
	assert.Equal(t, protocol.DocumentURI("file:///C%3A/x"), protocol.URIOf("C:/x"))
}

func FuzzURI(f *testing.F) {
	f.Add("a b/é%20")
	f.Fuzz(func(t *testing.T, s string) {
		path, ok := protocol.PathOf(protocol.DocumentURI("file:///" + s))
		if !ok {
			return
		}
		again, ok := protocol.PathOf(protocol.URIOf(path))
		require.True(t, ok)
		require.Equal(t, path, again)
	})
}
