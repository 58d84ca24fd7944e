package lsp_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// checked returns what the engine finds in one file, a line for each finding.
func checked(t *testing.T, path string) []string {
	t.Helper()
	res, err := engine.Check(context.Background(), engine.Options{Paths: []string{path}})
	require.NoError(t, err)
	text, _ := res.Text(path)
	lines := source.NewLineIndex(text)
	out := []string{}
	for _, f := range res.Findings {
		a, b := lines.UTF16(f.Span.Start)
		c, d := lines.UTF16(f.Span.End)
		message := f.Message
		if f.Help != "" {
			message += "\n" + f.Help
		}
		out = append(out, fmt.Sprintf("%d:%d-%d:%d %s %s", a, b, c, d, f.Rule, message))
	}
	return out
}

// published returns what the server says of a file, in the same form.
func published(c *lsptest.Client, path, language, text string, edited bool) []string {
	uri := lsptest.URI(path)
	if edited { // arrive at the text by typing
		c.Open(uri, language, 1, "x\n")
		c.Edit(uri, 2, lsptest.Change{Text: text})
	} else {
		c.Open(uri, language, 2, text)
	}
	p := c.Diagnostics(uri, 2)
	c.Close(uri)
	out := []string{}
	for _, d := range p.Diagnostics {
		out = append(out, fmt.Sprintf("%d:%d-%d:%d %s %s", d.Range.Start.Line, d.Range.Start.Character, d.Range.End.Line, d.Range.End.Character, d.Code, d.Message))
	}
	return out
}

// TestAgreesWithCheck holds that an editor with one buffer and the command line find the same.
func TestAgreesWithCheck(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/project.txtar")
	require.NoError(t, err)
	dir := t.TempDir()
	for _, f := range archive.Files {
		lsptest.WriteFile(t, dir, f.Name, string(f.Data))
	}
	c := lsptest.Start(t, lsp.Options{})
	c.Initialize(dir, "")
	total := 0
	for _, f := range archive.Files {
		path := filepath.Join(dir, f.Name)
		want := checked(t, path)
		total += len(want)
		language := strings.TrimPrefix(filepath.Ext(path), ".")
		assert.Equal(t, want, published(c, path, language, string(f.Data), false), f.Name)
		if filepath.Base(path) != "flake.nix" { // whose own findings wait for a pause
			assert.Equal(t, want, published(c, path, language, string(f.Data), true), f.Name)
		}
	}
	assert.Greater(t, total, 5)
}

// TestAgreesOnRealCode does the same on real code.
func TestAgreesOnRealCode(t *testing.T) {
	root := testenv.Shared(t, "corpus", "bench")
	var files []string
	require.NoError(t, filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".nix") && d.Type().IsRegular() {
			files = append(files, path)
		}
		return err
	}))
	require.NotEmpty(t, files)
	c := lsptest.Start(t, lsp.Options{})
	c.Initialize(root, "")
	for i := 0; i < len(files); i += 1 + len(files)/150 {
		text, err := os.ReadFile(files[i])
		require.NoError(t, err)
		if strings.ToValidUTF8(string(text), "") != string(text) {
			continue // JSON cannot carry it
		}
		assert.Equal(t, checked(t, files[i]), published(c, files[i], "nix", string(text), i%2 == 0 && filepath.Base(files[i]) != "flake.nix"), files[i])
	}
}
