package engine_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/nixprint"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
	"github.com/nixsift/nixsift/rules"
)

// TestSuppressReal writes comments for all that all rules find in many real files. What the files mean stays, nothing is found then
// but what was told to be left, no comment is idle, and another run changes nothing.
func TestSuppressReal(t *testing.T) {
	dir := testenv.Shared(t, "corpus", "bench", "nix-darwin")
	overlay := workspace.NewOverlay(workspace.OS)
	opts := engine.Options{FS: overlay, Paths: []string{dir}, Preset: "all", Generated: true, NoExclude: true}
	out, err := engine.Suppress(t.Context(), opts, engine.Suppressing{Reason: "as it has always been"})
	require.NoError(t, err)
	require.Greater(t, len(out.Result.Findings), 100)
	require.Greater(t, len(out.Texts), 50)
	for file, text := range out.Texts {
		if filepath.Ext(file) == ".nix" {
			before, after := parser.Parse(out.Before[file]), parser.Parse(text)
			require.Len(t, after.Errors(), len(before.Errors()), file)
			if len(before.Errors()) == 0 {
				require.Equal(t, nixprint.Print(before, nixprint.Options{}), nixprint.Print(after, nixprint.Options{}), file)
			}
		}
		overlay.Set(file, []byte(text))
	}
	t.Logf("%d findings silenced in %d files, %d left", out.Count, len(out.Texts), len(out.Left))
	again, err := engine.Check(t.Context(), opts)
	require.NoError(t, err)
	left := map[string]int{}
	for _, l := range out.Left {
		left[l.File+" "+l.Rule]++
	}
	found := map[string]int{}
	for _, f := range again.Findings {
		found[f.File+" "+f.Rule]++
		assert.NotEqual(t, "unused-suppression", f.Rule, "%s: %s", f.File, f.Message)
	}
	for of, n := range found {
		assert.LessOrEqual(t, n, left[of], of)
	}
	second, err := engine.Suppress(t.Context(), opts, engine.Suppressing{Reason: "as it has always been"})
	require.NoError(t, err)
	assert.Empty(t, second.Texts)
	assert.Less(t, len(out.Left), len(out.Result.Findings)/10, "few have no place for a comment")
}

// Rules to which comments matter: one says nothing beside a comment, one only behind one on a line of its own, one speaks only beside
// one, one tells of the first place that none speaks about, beside those.
var (
	_ = register("test-shy", diag.Warning, func(p *rules.Pass, n ast.Node) {
		if n.Text() == "shy" && !besideComment(p.Tree, n) {
			p.Report(diag.Finding{Span: n.Span(), Message: "seen"})
		}
	})
	_ = register("test-low", diag.Warning, func(p *rules.Pass, n ast.Node) {
		if n.Text() == "low" && !behindComment(p.Tree, n) {
			p.Report(diag.Finding{Span: n.Span(), Message: "seen"})
		}
	})
	_ = register("test-echo", diag.Warning, func(p *rules.Pass, n ast.Node) {
		if n.Text() == "echo" && besideComment(p.Tree, n) {
			p.Report(diag.Finding{Span: n.Span(), Message: "a comment"})
		}
	})
	_ = register("test-first", diag.Warning, func(p *rules.Pass, n ast.Node) {
		if n.Text() != "again" {
			return
		}
		covered := suppress.Covered(p.Tree)
		for i := range p.Tree.NumTokens() {
			tok := p.Tree.Token(i)
			silent := suppress.Covers(covered, tok.Start())
			if tok.Text() != "again" || tok.Next().Text() != ";" || silent && tok.Start() != n.Start() {
				continue
			}
			if tok.Start() == n.Start() {
				p.Report(diag.Finding{Span: n.Span(), Message: "seen"})
			}
			return
		}
	})
)

// behindComment reports whether a comment stands on the line before a node, besideComment whether one does there or on its line.
func behindComment(t *ast.Tree, n ast.Node) bool {
	lines := source.NewLineIndex(t.Source())
	line := lines.Line(n.Start())
	return line > 1 && strings.HasPrefix(strings.TrimSpace(lines.LineSpan(line-1).Of(t.Source())), "#")
}

func besideComment(t *ast.Tree, n ast.Node) bool {
	lines := source.NewLineIndex(t.Source())
	return behindComment(t, n) || strings.Contains(lines.LineSpan(lines.Line(n.Start())).Of(t.Source()), "#")
}

// TestSuppressEach holds that what can be silenced is, that only the comments that lead to other findings are left out, and that what
// comes to light behind others is silenced in turn.
func TestSuppressEach(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "nixsift.toml", "preset = \"none\"\n[rules]\ntest-echo = \"warning\"\n")
	const head = "{ fine, shy, echo, again, low }:\n{\n"
	a := write(t, dir, "a.nix", head+"  a = fine;\n  b = shy;\n  c = [ fine echo ];\n  d = again;\n  e = again;\n  f = again;\n  g = low;\n}\n")
	var many, want strings.Builder
	many.WriteString(head)
	want.WriteString(head)
	for i := range 40 {
		if i%2 == 0 {
			fmt.Fprintf(&many, "  a%d = fine;\n", i)
			fmt.Fprintf(&want, "  # nixsift: ignore[test-seen] why\n  a%d = fine;\n", i)
			continue
		}
		line := fmt.Sprintf("  a%d = [ echo fine ];\n", i)
		many.WriteString(line)
		want.WriteString(line)
	}
	many.WriteString("}\n")
	want.WriteString("}\n")
	b := write(t, dir, "b.nix", many.String())
	opts := engine.Options{Paths: []string{dir}, Select: []string{"test-seen", "test-shy", "test-first", "test-low"}}
	out, err := engine.Suppress(t.Context(), opts, engine.Suppressing{Reason: "why"})
	require.NoError(t, err)
	assert.Equal(t, head+"  # nixsift: ignore[test-seen] why\n  a = fine;\n  b = shy;\n  c = [ fine echo ];\n"+
		"  # nixsift: ignore[test-first] why\n  d = again;\n  # nixsift: ignore[test-first] why\n  e = again;\n  # nixsift: ignore[test-first] why\n  f = again;\n  g = low; # nixsift: ignore[test-low] why\n}\n", out.Texts[a])
	assert.Equal(t, want.String(), out.Texts[b])
	assert.Equal(t, 5+20, out.Count)
	require.Len(t, out.Left, 2+20)
	assert.Equal(t, "test-shy", out.Left[0].Rule)
	assert.Contains(t, out.Left[0].Why, "the rule says nothing or something else")
	assert.Equal(t, "test-seen", out.Left[1].Rule)
	assert.Contains(t, out.Left[1].Why, "with a comment `test-echo` would speak up on line 5 (a comment): accept it with `nixsift baseline`")
	for _, l := range out.Left {
		assert.Equal(t, l.Span.Of(out.Before[l.File]), out.Texts[l.File][l.After:][:l.Span.Len()])
	}
	overlay := workspace.NewOverlay(workspace.OS)
	for file, text := range out.Texts {
		overlay.Set(file, []byte(text))
	}
	opts.FS = overlay
	assert.Len(t, check(t, opts).Findings, len(out.Left))
	again, err := engine.Suppress(t.Context(), opts, engine.Suppressing{Reason: "why"})
	require.NoError(t, err)
	assert.Empty(t, again.Texts)

	opts.FS = nil
	out, err = engine.Suppress(t.Context(), opts, engine.Suppressing{File: true})
	require.NoError(t, err)
	assert.Equal(t, "# nixsift: ignore-file[test-first, test-low, test-seen, test-shy]\n", strings.TrimSuffix(out.Texts[a], out.Before[a]))
	assert.Empty(t, out.Left)
}
