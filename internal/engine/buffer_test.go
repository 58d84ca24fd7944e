package engine_test

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/growth"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/rules"
)

// TestBuffer finds the same in the buffer of an editor, whose rules share the processors, as in the file. The
// files are large ones made of many of a real collection.
func TestBuffer(t *testing.T) {
	const size = 200 << 10
	r := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	var texts []string
	var b strings.Builder
	count := 0
	require.NoError(t, filepath.WalkDir(testenv.Shared(t, "corpus", "bench"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".nix") || len(texts) == 5 {
			return err
		}
		src, err := os.ReadFile(path)
		if count++; count%3 == 0 {
			fmt.Fprintf(&b, "(\n%s\n)\n", src)
		}
		if b.Len() > size {
			texts = append(texts, "{ lib, config, pkgs, ... }: [\n"+b.String()+"]\n")
			b.Reset()
		}
		return err
	}))
	require.Len(t, texts, 5)
	for i, text := range texts {
		name := fmt.Sprintf("f%d.nix", i)
		write(t, dir, name, text)
		opts := engine.Options{Paths: []string{filepath.Join(dir, name)}, Preset: "all", Severities: []string{"test-panic=off"}}
		want := check(t, opts)
		opts.Changing = true
		started, err := engine.New(opts)
		require.NoError(t, err)
		e := started.Start()
		buffer := engine.Buffer{Path: opts.Paths[0], Kind: workspace.Nix, Text: text}
		got, err := e.CheckBuffer(context.Background(), buffer, nil)
		require.NoError(t, err)
		assert.NotEmpty(t, got.Findings)
		assert.Equal(t, want.Findings, got.Findings)
		assert.Empty(t, got.Errors)

		for range 20 { // edits that mostly leave the code sound
			at := r.IntN(len(buffer.Text))
			at += max(0, strings.IndexAny(buffer.Text[at:], " \n"))
			buffer.Text = buffer.Text[:at] + []string{" ", "\n# a\n", "a", "; x = 1; ", ""}[r.IntN(5)] + buffer.Text[at+r.IntN(2):]
			got, err = e.CheckBuffer(context.Background(), buffer, nil)
			require.NoError(t, err)
			write(t, dir, name, buffer.Text)
			opts.Changing = false
			require.Equal(t, check(t, opts).Findings, got.Findings)
		}
	}
}

// onCancels is called for each identifier cancels.
var onCancels func()

var _ = register("test-cancel", diag.Warning, func(_ *rules.Pass, n ast.Node) {
	if n.Text() == "cancels" {
		onCancels()
	}
})

// TestBufferCancelled ends early when nobody waits for the result.
func TestBufferCancelled(t *testing.T) {
	const size = 100_000
	started, err := engine.New(engine.Options{Changing: true, Only: []string{"test-cancel"}})
	require.NoError(t, err)
	e := started.Start()
	ctx, cancel := context.WithCancel(context.Background())
	var seen atomic.Int64
	onCancels = func() {
		seen.Add(1)
		cancel()
	}
	text := "[ " + strings.Repeat("cancels ", size) + "]"
	_, err = e.CheckBuffer(ctx, engine.Buffer{Path: filepath.Join(t.TempDir(), "a.nix"), Kind: workspace.Nix, Text: text}, nil)
	require.ErrorIs(t, err, context.Canceled)
	assert.Less(t, seen.Load(), int64(size/10))
}

// built counts the findings of test-bound.
var built atomic.Int64

var _ = register("test-bound", diag.Warning, func(p *rules.Pass, n ast.Node) {
	if n.Text() == "bound" {
		built.Add(1)
		p.Report(diag.Finding{Span: n.Span(), Message: strings.Repeat("much ", 200)})
	}
})

// TestBufferBound stops a rule that finds more than anybody reads, and no other.
func TestBufferBound(t *testing.T) {
	const most = 100
	started, err := engine.New(engine.Options{Changing: true, Only: []string{"test-bound", "duplicate-attr", "unused-suppression", "syntax-error"}})
	require.NoError(t, err)
	e := started.Start()
	checkText := func(text string, most int) engine.Checked {
		b := engine.Buffer{Path: filepath.Join(t.TempDir(), "a.nix"), Kind: workspace.Nix, Text: text, Most: most}
		got, err := e.CheckBuffer(context.Background(), b, nil)
		require.NoError(t, err)
		return got
	}
	count := func(c engine.Checked, rule string) (n int) {
		for _, f := range c.Findings {
			if f.Rule == rule {
				n++
			}
		}
		return n
	}
	for _, size := range []int{most, most + 1, 100_000} { // the last is shared among processors
		built.Store(0)
		got := checkText("[ "+strings.Repeat("bound ", size)+"{ a = 1; a = 2; } ]", most)
		assert.Equal(t, size > most, got.Cut, size)
		assert.GreaterOrEqual(t, count(got, "test-bound"), most)
		assert.Equal(t, 1, count(got, "duplicate-attr"), "other rules go on")
		// Each of the few that share the work reaches the bound, and then looks once more at each piece.
		assert.LessOrEqual(t, built.Load(), int64(4*most+size/1000), size)
		assert.LessOrEqual(t, len(got.Findings), 4*most+1)
		assert.Empty(t, got.Errors)
	}
	one := checkText("{"+strings.Repeat("a = 1; ", 10_000)+"}", most)
	assert.True(t, one.Cut)
	assert.Equal(t, most, count(one, "duplicate-attr"), "one node with many")
	assert.False(t, checkText("{"+strings.Repeat("a = 1; ", 10_000)+"}", 0).Cut, "no bound")
	broken := checkText(strings.Repeat("{ a = ; }\n", 3*most), most)
	assert.LessOrEqual(t, count(broken, "syntax-error"), most)
	// A comment that silences what was not looked for is not idle.
	silent := checkText("[ "+strings.Repeat("bound ", 2*most)+"\nbound # nixsift: ignore[test-bound] why\n]", most)
	assert.True(t, silent.Cut)
	assert.Zero(t, count(silent, "unused-suppression"))
}

// TestBufferBoundAllocates holds that what a rule finds beyond the bound takes no memory.
func TestBufferBoundAllocates(t *testing.T) {
	started, err := engine.New(engine.Options{Changing: true, Only: []string{"duplicate-attr"}})
	require.NoError(t, err)
	e := started.Start()
	allocations := func(size int) growth.Size {
		b := engine.Buffer{Path: filepath.Join(t.TempDir(), "a.nix"), Kind: workspace.Nix, Text: "{" + strings.Repeat("a = 1; ", size) + "}", Most: 100}
		return growth.Allocated(func() {
			_, err := e.CheckBuffer(context.Background(), b, nil)
			require.NoError(t, err)
		})
	}
	const size = 10_000
	few, many := allocations(size), allocations(growth.Factor*size)
	assert.Less(t, many.Allocs, few.Allocs+size/10)
}
