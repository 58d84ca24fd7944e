package report

import (
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/growth"
)

// slowDraw is drawLine by its definition: the whole line is laid out, then cut.
func slowDraw(line string, from, to, limit int) drawing {
	total, before := 0, 0
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		_, w := glyph(r, size)
		total += w
		if i < from {
			before += w
		}
		i += size
	}
	left, right := 0, total
	if total > limit {
		left = max(0, min(before-limit/3, total-limit))
		right = left + limit
	}
	var d drawing
	var b strings.Builder
	if left > 0 {
		b.WriteString("…")
		d.before++
	}
	column := 0
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		r, w := glyph(r, size)
		if column >= left && column+w <= right {
			b.WriteRune(r)
			switch {
			case i < from:
				d.before += w
			case i < to:
				d.marked += w
			}
		}
		column += w
		i += size
	}
	if right < total {
		b.WriteString("…")
	}
	if d.text = b.String(); left == 0 && right >= total {
		d.text = strings.TrimRight(d.text, " ")
	}
	return d
}

// TestDrawLineDefinition holds the layout against its definition, on lines of characters of all widths.
func TestDrawLineDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, alphabet := range []string{"abc de", "aé \t\x01", "漢字a", "😀x", "\xff\xe6\x97a"} {
		pieces := []rune(alphabet)
		for range 2000 {
			var b strings.Builder
			for range rng.IntN(60) {
				if alphabet[0] == 0xff {
					b.WriteByte(alphabet[rng.IntN(len(alphabet))])
				} else {
					b.WriteRune(pieces[rng.IntN(len(pieces))])
				}
			}
			line := b.String()
			from := runeStart(line, rng.IntN(len(line)+1))
			to := runeStart(line, from+rng.IntN(len(line)-from+1))
			limit := 3 + rng.IntN(50)
			want, got := slowDraw(line, from, to, limit), drawLine(line, from, to, limit)
			if alphabet[0] == "漢"[0] || alphabet[0] == "😀"[0] {
				// Where a wide character is cut, either side may be a column short.
				assert.LessOrEqual(t, abs(utf8.RuneCountInString(want.text)-utf8.RuneCountInString(got.text)), 1)
				assert.LessOrEqual(t, abs(want.before-got.before), 1)
				continue
			}
			require.Equal(t, want, got, "%q [%d,%d) in %d", line, from, to, limit)
		}
	}
}

func abs(n int) int { return max(n, -n) }

// TestDrawLongLine cuts a long line on both sides, and does not look at all of one that takes no columns.
func TestDrawLongLine(t *testing.T) {
	line := strings.Repeat("a", 500) + "MARK" + strings.Repeat("é", 500)
	d := drawLine(line, 500, 504, 30)
	assert.Equal(t, "…aaaaaaaaaaMARKéééééééééééééééé…", d.text)
	assert.Equal(t, 11, d.before)
	assert.Equal(t, 4, d.marked)
	combining := strings.Repeat("\u0301", 200_000)
	d = drawLine(combining+"x"+combining, len(combining), len(combining)+1, 30)
	assert.Less(t, len(d.text), 4000)
	assert.Contains(t, d.text, "x")
}

// TestLongLineTime keeps findings on one long line from costing what the line is long.
func TestLongLineTime(t *testing.T) {
	growth.Time(t, "findings on one line", 1000, func(n int) func() {
		text := strings.Repeat("a = ((x)); ", 6*n)
		run := &Run{Sources: func(string) (string, bool) { return text, true }}
		for i := range uint32(n) {
			run.Findings = append(run.Findings, diag.Finding{Rule: "r", Severity: diag.Info, File: "a.nix", Span: span(66*i, 66*i+5), Message: "m"})
		}
		return func() { require.NoError(t, Write(io.Discard, "text", run, Options{})) }
	})
}
