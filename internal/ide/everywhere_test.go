package ide

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// asker asks everything at places of a file, and holds that what is answered lies in the texts.
type asker struct {
	*View
	t     *testing.T
	where string
}

// in holds that spans lie in a file, between its characters.
func (a *asker) in(what, file string, spans ...source.Span) {
	text := a.Text()
	if file != a.path {
		text = a.fileText(file)
	}
	for _, s := range spans {
		ok := s.Start <= s.End && int(s.End) <= len(text)
		for _, at := range []uint32{s.Start, s.End} {
			ok = ok && (int(at) == len(text) || utf8.RuneStart(text[at]))
		}
		if !ok {
			require.Failf(a.t, "a place outside of the text", "%s: %s: %v of %d bytes of %s", a.where, what, s, len(text), file)
		}
	}
}

// nested holds that each span lies in the next.
func (a *asker) nested(offset uint32, spans []source.Span) {
	require.NotEmpty(a.t, spans, a.where)
	a.in("selection", a.path, spans...)
	for i, s := range spans {
		assert.True(a.t, s.Start <= offset && offset <= s.End, "%s: %v is not around", a.where, s)
		assert.True(a.t, i == 0 || s.Covers(spans[i-1]) && s != spans[i-1], "%s: %v lies not in %v", a.where, spans[max(0, i-1)], s)
	}
}

// at asks what is told of a place.
func (a *asker) at(offset uint32, now time.Time) {
	if h, ok := a.Hover(offset, now); ok {
		a.in("hover", a.path, h.Span)
	}
	for name, find := range map[string]func(uint32) (source.Span, []Location){
		"definition": a.Definition, "declaration": a.Declaration, "implementation": a.Implementation, "type": a.TypeDefinition,
	} {
		origin, to := find(offset)
		a.in(name, a.path, origin)
		for _, l := range to {
			a.in(name, l.File, l.Span, l.Name)
		}
	}
	for _, s := range a.Signature(offset) {
		assert.Less(a.t, s.Active, max(1, len(s.Parameters)), a.where)
		last := 0
		for _, p := range s.Parameters {
			require.True(a.t, last <= p.Start && p.Start <= p.End && p.End <= len(s.Label), "%s: %+v", a.where, s)
			last = p.End
		}
	}
	a.nested(offset, a.Selections(offset))
	for i, s := range a.Linked(offset) {
		a.in("linked", a.path, s)
		assert.Equal(a.t, a.Linked(offset)[0].Of(a.Text()), s.Of(a.Text()), "%s %d", a.where, i)
	}
	for _, u := range a.Occurrences(offset) {
		a.in("occurrence", u.File, u.Span)
	}
	for _, f := range a.FunctionsAt(offset) {
		a.in("function", f.File, f.Span, f.At)
	}
	a.in("completion", a.path, a.Propose(offset, nil).Span)
}

// whole asks what is told of the file.
func (a *asker) whole(now time.Time) {
	all := source.Span{End: uint32(len(a.Text()))}
	for _, h := range a.HintsIn(all, Hints{true, true, true, true, true}, now) {
		a.in("hint", a.path, source.Span{Start: h.At, End: h.At})
	}
	end := uint32(0)
	for _, l := range a.Links() {
		a.in("link", a.path, l.Span)
		assert.LessOrEqual(a.t, end, l.Span.Start, a.where)
		end = l.Span.End
	}
	end = 0
	words := a.TokensIn(all)
	for _, w := range words {
		a.in("word", a.path, w.Span)
		require.LessOrEqual(a.t, end, w.Span.Start, a.where)
		require.NotContains(a.t, w.Span.Of(a.Text()), "\n", a.where)
		end = w.Span.End
	}
	// What is told of a part is what is told of the whole.
	middle := source.Span{Start: all.End / 3, End: all.End / 2}
	for _, w := range a.TokensIn(middle) {
		require.Contains(a.t, words, w, "%s: %v", a.where, middle)
	}
	for _, f := range a.Folds() {
		a.in("fold", a.path, f.Span)
	}
}

var marks = regexp.MustCompile(`⟦[^⟧]*⟧`)

// TestEverywhere asks for everything at places all over the projects of the server's fixtures, whole and half typed.
func TestEverywhere(t *testing.T) {
	fixtures, err := filepath.Glob("../../lsp/testdata/*/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, fixtures)
	now := time.Unix(1_700_000_000, 0)
	step := 0
	for _, fixture := range fixtures {
		archive, err := txtar.ParseFile(fixture)
		require.NoError(t, err)
		files := map[string]string{}
		for _, f := range archive.Files {
			if f.Name != "want" {
				files[strings.TrimPrefix(f.Name, "unsaved/")] = marks.ReplaceAllString(string(f.Data), "")
			}
		}
		dir := testenv.Tree(t, files)
		s := project.New(workspace.OS)
		for name, text := range files {
			path := filepath.Join(dir, name)
			if !strings.HasSuffix(name, ".nix") {
				a := &asker{In(s, filepath.Dir(path)), t, fixture + ": " + name}
				for offset := range len(text) + 1 {
					origin, to := a.InstallableAt(text, uint32(offset))
					if filepath.Base(name) == "flake.lock" {
						origin, to = LockDefinition(s, path, text, uint32(offset))
					}
					require.True(t, origin.Start <= origin.End && int(origin.End) <= len(text), "%s at %d: %v", a.where, offset, origin)
					for _, l := range to {
						require.NotEmpty(t, l.Name, a.where)
					}
				}
				continue
			}
			a := &asker{Open(s, path), t, fixture + ": " + name}
			a.whole(now)
			for offset := step % 5; offset <= len(text); offset += 5 {
				if offset == len(text) || utf8.RuneStart(text[offset]) {
					a.at(uint32(offset), now)
				}
			}
			for cut := step % 23; cut < len(text); cut += 23 {
				if !utf8.RuneStart(text[cut]) {
					continue
				}
				fs := workspace.NewOverlay(workspace.OS)
				fs.Set(path, []byte(text[:cut]))
				next := s.Next(project.Change{FS: fs, Files: []string{path}})
				half := &asker{Open(next, path), t, fixture + ": " + name + " up to " + text[max(0, cut-10):cut]}
				half.whole(now)
				for offset := max(0, cut-20); offset <= cut; offset += 4 {
					if offset == cut || utf8.RuneStart(text[offset]) {
						half.at(uint32(offset), now)
					}
				}
				half.at(uint32(cut), now)
			}
			step++
		}
	}
}
