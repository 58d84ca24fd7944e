package fix_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fix"
)

// randomEdits returns edits of a text that do not touch each other, in any order.
func randomEdits(r *rand.Rand, text string) []diag.Edit {
	var out []diag.Edit
	for at := r.IntN(6); at < len(text); at += 1 + r.IntN(8) {
		end := min(at+r.IntN(4), len(text))
		out = append(out, diag.Edit{Span: source.Span{Start: uint32(at), End: uint32(end)}, Text: strings.Repeat(string(rune('A'+r.IntN(26))), r.IntN(4))})
		at = end
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// TestCompose applies rounds of random edits one by one and at once.
func TestCompose(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		before := strings.Repeat("abcdefghij", r.IntN(5))
		text := before
		var all []diag.Edit
		for range 1 + r.IntN(5) {
			edits := randomEdits(r, text)
			all = fix.Compose(text, all, edits)
			text = fix.Edit(text, edits)
		}
		require.Equal(t, text, fix.Edit(before, all))
		for i := 1; i < len(all); i++ {
			require.Less(t, all[i-1].Span.End, all[i].Span.Start, "sorted, and clear of each other")
		}
	}
}

// TestShift follows letters that no edit touches.
func TestShift(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 1000 {
		text := "abcdefghijklmnopqrstuvwxyz"
		edits := randomEdits(r, text)
		after := fix.Edit(text, edits)
		shift := fix.NewShift(edits)
		for i := range text {
			at := source.Span{Start: uint32(i), End: uint32(i + 1)}
			now := shift.Span(at)
			require.LessOrEqual(t, int(now.End), len(after))
			if !slices.ContainsFunc(edits, func(e diag.Edit) bool { return e.Span.Overlaps(at) }) {
				require.Equal(t, text[i:i+1], now.Of(after))
			}
		}
	}
}

// TestApply applies random edits and compares with doing it byte by byte.
func TestApply(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		text := strings.Repeat("abcdefghij", 3)
		var findings []diag.Finding
		for range r.IntN(8) {
			start := uint32(r.IntN(len(text)))
			end := min(start+uint32(r.IntN(5)), uint32(len(text)))
			findings = append(findings, diag.Finding{File: "f", Rule: "r", Fixes: []diag.Fix{{
				Title: "x", Safety: diag.Safe, Edits: []diag.Edit{{Span: source.Span{Start: start, End: end}, Text: strings.Repeat("X", r.IntN(3))}},
			}}})
		}
		diag.Sort(findings)
		out := fix.Apply(fix.Plan(findings, fix.OnlySafe), func(string) (string, bool) { return text, true }, func(string, string) int { return 0 })
		edits := []diag.Edit{}
		for _, p := range out.Applied {
			edits = append(edits, p.Fix.Edits...)
		}
		slices.SortFunc(edits, func(a, b diag.Edit) int { return int(b.Span.Start) - int(a.Span.Start) })
		want := []byte(text)
		for _, e := range edits {
			want = slices.Replace(want, int(e.Span.Start), int(e.Span.End), []byte(e.Text)...)
		}
		if len(out.Applied) > 0 {
			assert.Equal(t, string(want), out.Texts["f"])
		}
	}
}

// TestApplyRefuses weighs texts in proportion to the fixes that break their files, and files without such once.
func TestApplyRefuses(t *testing.T) {
	weighed := 0
	count := func(_, text string) int {
		weighed++
		return strings.Count(text, "!")
	}
	var findings []diag.Finding
	const files, fixes = 100, 16
	for i := range files {
		for j := range fixes {
			text := "+"
			if i%10 == 0 && j == 5 {
				text = "!"
			}
			findings = append(findings, diag.Finding{File: string(rune('0' + i)), Rule: "r", Fixes: []diag.Fix{{
				Title: "x", Safety: diag.Safe, Edits: []diag.Edit{{Span: source.Span{Start: uint32(3 * j), End: uint32(3*j + 1)}, Text: text}},
			}}})
		}
	}
	out := fix.Apply(fix.Plan(findings, fix.OnlySafe), func(string) (string, bool) { return strings.Repeat("abc", fixes), true }, count)
	assert.Len(t, out.Broken, files/10)
	assert.Len(t, out.Applied, files*fixes-files/10)
	assert.LessOrEqual(t, weighed, 2*(files+files/10*2*6))
}

// TestGroups joins files by the fixes that change several.
func TestGroups(t *testing.T) {
	finding := func(files ...string) diag.Finding {
		f := diag.Finding{File: files[0], Rule: strings.Join(files, "")}
		x := diag.Fix{Title: "x", Safety: diag.Safe}
		for _, file := range files {
			x.Edits = append(x.Edits, diag.Edit{File: file})
		}
		f.Fixes = []diag.Fix{x}
		return f
	}
	var got []string
	for _, g := range fix.Groups(fix.Plan([]diag.Finding{
		finding("a"), finding("b"), finding("c", "d"), finding("b", "e"), finding("d", "a"), finding("e"), finding("f"),
	}, fix.OnlySafe)) {
		names := ""
		for _, p := range g {
			names += p.Rule + " "
		}
		got = append(got, names)
	}
	assert.Equal(t, []string{"a cd da ", "b be e ", "f "}, got)
}

func TestConflicted(t *testing.T) {
	for text, want := range map[string]bool{
		"{\n<<<<<<< HEAD\n  a = 1;\n=======\n  a = 2;\n>>>>>>> other\n}\n":             true,
		"1\r\n<<<<<<< ours\r\n2\r\n||||||| base\r\n=======\r\n3\r\n>>>>>>>\r\n":        true,
		"<<<<<<<<< Conflict 1 of 1\n%%%%%%%%% diff\n+++++++++ other\n>>>>>>>>> ends\n": true,
		"''\n  <<<<<<< HEAD\n  >>>>>>> other\n''\n":                                    false,
		"<<<<<<< HEAD\n1\n":             false,
		">>>>>>> other\n<<<<<<< HEAD\n": false,
		"{ a = 1; }\n# =======\n":       false,
		"<<<<<<<HEAD\n>>>>>>>other\n":   false,
		"":                              false,
	} {
		assert.Equal(t, want, fix.Conflicted(text), text)
	}
}
