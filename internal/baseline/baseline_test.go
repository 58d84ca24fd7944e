package baseline

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fingerprint"
	"github.com/nixsift/nixsift/internal/growth"
)

func key(file, rule string, line, around uint64) Key {
	return Key{file, rule, fingerprint.Content{Line: line, Before: around, Behind: around}, diag.Warning}
}

// holding returns a baseline of findings.
func holding(found ...Key) *Baseline { return (*Baseline)(nil).Lay(found, nil).Next(all, accept) }

func all(Key) bool     { return true }
func none(Key) bool    { return false }
func accept(int) bool  { return true }
func gone(string) bool { return true }

func TestText(t *testing.T) {
	b := holding(key("b.nix", "r", 1, 1), key("a \"<é>.nix", "s", 1, 1), key("a.nix", "r", 3, 1), key("a.nix", "r", 1, 1), key("a.nix", "r", 1, 1))
	text := b.Text()
	assert.Equal(t, 4+5, strings.Count(text, "\n"), text)
	got, mistake := Read(text)
	require.Nil(t, mistake)
	assert.Equal(t, b, got)
	assert.Equal(t, 5, got.Count())
	assert.True(t, slices.IsSortedFunc(got.Entries, func(x, y Entry) int { return Compare(x.Key, y.Key) }))
	squeezed, mistake := Read(strings.NewReplacer("\n", "", " ", "").Replace(strings.Replace(text, `a \"`, `a\"`, 1)))
	require.Nil(t, mistake, "any layout")
	assert.Len(t, squeezed.Entries, 4)
	empty, mistake := Read(holding().Text())
	require.Nil(t, mistake)
	assert.Empty(t, empty.Entries)
}

// TestMerge holds that a file of which both sides were kept is read: of entries with one key the larger count holds.
func TestMerge(t *testing.T) {
	one, two := holding(key("a", "r", 1, 1), key("b", "r", 1, 1)), holding(key("a", "r", 1, 1), key("a", "r", 1, 1), key("c", "r", 1, 1))
	lines := func(b *Baseline) []string { return strings.Split(strings.TrimSpace(b.Text()), "\n") }
	text := strings.Join(slices.Concat(lines(one)[:5], []string{","}, lines(two)[3:]), "\n")
	got, mistake := Read(text)
	require.Nil(t, mistake, text)
	assert.Equal(t, holding(key("a", "r", 1, 1), key("a", "r", 1, 1), key("b", "r", 1, 1), key("c", "r", 1, 1)), got)
}

// TestLines holds the reader of the own layout against that of JSON: what it reads, and what it leaves to that.
func TestLines(t *testing.T) {
	b := holding(key("a \"<é>\\.nix", "s", 1, 1), key("a \"<é>\\.nix", "s", 2, 1), key("a.nix", "r", 3, 1<<63), key("b/c.nix", "r", 1, 1), key("b/c.nix", "r", 1, 1), key("b/c.nix", "rr", 1, 1), key("b/cc.nix", "r", 1, 1))
	for _, b := range []*Baseline{b, holding(), holding(key("a", "r", 1, 1))} {
		got, ok := readLines(b.Text())
		require.True(t, ok, b.Text())
		assert.Equal(t, b.Entries, append(make([]Entry, 0), got.Entries...))
	}
	text := b.Text()
	rng := rand.New(rand.NewPCG(5, 6))
	pieces := []string{"", " ", ",", "\n", "\"", "\\", "\\u00e9", "{", "}", "]", "0", "12345678901", "a", "A", "..", "/", "\x00", "\xff", "é", text[:40], text[60:190]}
	read, left := 0, 0
	for range 4000 {
		at := rng.IntN(len(text) + 1)
		edited := text[:at] + pieces[rng.IntN(len(pieces))] + text[min(len(text), at+rng.IntN(3)):]
		want, mistake := readJSON(edited)
		got, ok := readLines(edited)
		if !ok {
			left++
			continue
		}
		read++
		require.Nil(t, mistake, edited)
		require.Equal(t, want.Entries, got.Entries, edited)
	}
	assert.Greater(t, read, 200)
	assert.Greater(t, left, 1000)
}

func TestDamaged(t *testing.T) {
	const entry = `{"file": "a.nix", "rule": "r", "severity": "warning", "fingerprint": "0000000000000001-0000000000000002-0000000000000003", "count": 1}`
	whole := "{\n  \"version\": 1,\n  \"findings\": [\n    " + entry + "\n  ]\n}\n"
	_, mistake := Read(whole)
	require.Nil(t, mistake)
	for _, c := range []struct{ from, to, at, message string }{
		{whole, "", "1:1", "ends too early"},
		{"}\n  ]\n}\n", "", "4:", "ends too early"},
		{"]\n}\n", "", "", "damaged"},
		{"  \"version\": 1,\n", "", "", `"version" is missing`},
		{`"version": 1`, `"version": 2`, "2:14", "version 2"},
		{`"version": 1`, `"version": "x"`, "2:14", `version "x"`},
		{`"findings"`, `"finding"`, "3:3", `unknown key "finding"`},
		{`"findings"`, `"version": 1, "findings"`, "3:3", "twice"},
		{"    {", "<<<<<<< HEAD\n    {", "4:1", "markers of a merge"},
		{"  ]", "=======\n  ]", "5:1", "markers of a merge"},
		{"  ]", ">>>>>>> theirs\n  ]", "5:1", "markers of a merge"},
		{`"a.nix"`, `"/a.nix"`, "4:5", "no path relative"},
		{`"a.nix"`, `""`, "4:5", "no path relative"},
		{`"a.nix"`, `"x/../a.nix"`, "4:5", "no path relative"},
		{`"r"`, `""`, "4:5", "no rule"},
		{`0000000000000001-`, ``, "4:5", "no fingerprint"},
		{`"warning"`, `"off"`, "4:5", "no severity"},
		{`"warning"`, `""`, "4:5", "no severity"},
		{`"severity": "warning", `, ``, "4:5", "no severity"},
		{`"count": 1`, `"count": 0`, "4:5", "not positive"},
		{`"count": 1`, `"count": -3`, "4:5", "not positive"},
		{`"count": 1`, `"count": "1"`, "4:5", "cannot unmarshal"},
		{`"count": 1`, `"cuont": 1`, "4:5", "unknown field"},
		{"3\", \"count\"", "3\" \"count\"", "4:110", "invalid character"},
		{"1}\n", "1},\n", "4:", "damaged"},
		{"]\n}", "]\n} x", "6:3", "damaged"},
		{whole, "[]", "1:1", "expected `{`"},
		{"[\n    " + entry + "\n  ]", "{}", "3:", "expected `[`"},
		{whole, "null", "1:1", "expected `{`"},
	} {
		text := strings.Replace(whole, c.from, c.to, 1)
		require.NotEqual(t, whole, text, c.from)
		b, mistake := Read(text)
		require.NotNil(t, mistake, text)
		assert.Nil(t, b)
		assert.Contains(t, mistake.Message, c.message, text)
		assert.True(t, strings.HasPrefix(mistake.Error(), c.at), "%s: %s\n%s", c.at, mistake, text)
		assert.Regexp(t, "run `nixsift baseline`|version of nixsift", mistake.Message)
	}
}

func ins(m *Match) (out []bool) {
	for i := range m.found {
		out = append(out, m.In(i))
	}
	return out
}

func TestCounts(t *testing.T) {
	two := []Key{key("a", "r", 1, 1), key("a", "r", 1, 1)}
	b := holding(two...)
	require.Equal(t, []Entry{{two[0], 2}}, b.Entries)
	assert.Equal(t, []bool{true, true}, ins(b.Lay(two, gone)))
	third := append(slices.Clone(two), key("a", "r", 1, 7))
	m := b.Lay(third, gone)
	assert.Equal(t, []bool{true, true, false}, ins(m), "a third one is new, and it is the one that differs")
	assert.Equal(t, []bool{false, true, true}, ins(b.Lay([]Key{third[2], two[0], two[1]}, gone)), "wherever it stands")
	assert.Equal(t, b, m.Next(all, nil), "what is new is not taken in")
	one := b.Lay(two[:1], gone)
	assert.Equal(t, []Entry{{two[0], 1}}, one.Gone(all))
	assert.Equal(t, holding(two[0]), one.Next(all, nil))
	assert.Empty(t, one.Gone(none))
	assert.Equal(t, b, one.Next(none, nil), "what nobody looked at stays")
}

func TestLay(t *testing.T) {
	b := holding(key("a", "r", 1, 1), key("a", "s", 2, 2))
	for name, c := range map[string]struct {
		found Key
		in    bool
	}{
		"the same":      {key("a", "r", 1, 1), true},
		"other line":    {key("a", "r", 9, 1), true},
		"other around":  {key("a", "r", 1, 9), true},
		"both others":   {key("a", "r", 9, 9), false},
		"other rule":    {key("a", "s", 1, 1), false},
		"of no rule":    {key("a", "t", 1, 1), false},
		"no file's":     {key("b", "r", 1, 9), false},
		"crossed parts": {key("a", "r", 1, 2), true},
	} {
		assert.Equal(t, []bool{c.in}, ins(b.Lay([]Key{c.found}, nil)), name)
	}
	changed := b.Lay([]Key{key("a", "r", 9, 1), key("a", "s", 2, 9)}, nil).Next(all, nil)
	assert.Equal(t, holding(key("a", "r", 9, 1), key("a", "s", 2, 2)), changed, "an entry whose line is found stays letter by letter")
}

// TestSides holds that either side of a place is enough where the line is another.
func TestSides(t *testing.T) {
	at := func(line, before, behind uint64) Key {
		return Key{"a", "r", fingerprint.Content{Line: line, Before: before, Behind: behind}, diag.Warning}
	}
	b := holding(at(1, 2, 3), at(1, 4, 5))
	assert.Equal(t, []bool{true, true, false}, ins(b.Lay([]Key{at(9, 2, 9), at(9, 9, 5), at(9, 6, 7)}, nil)))
	assert.Equal(t, []bool{true, true, false}, ins(b.Lay([]Key{at(9, 2, 9), at(9, 4, 9), at(9, 2, 7)}, nil)), "each holds one")
	assert.Equal(t, []bool{false, true}, ins(b.Lay([]Key{at(9, 3, 2), at(9, 9, 3)}, nil)), "each side for itself")
}

// TestSeverity holds that an entry holds findings up to its severity, and stays for one that is worse until that is accepted.
func TestSeverity(t *testing.T) {
	of := func(severity diag.Severity, around uint64) Key {
		return Key{"a", "r", fingerprint.Content{Line: 1, Before: around, Behind: around}, severity}
	}
	b := holding(of(diag.Info, 1))
	assert.Equal(t, []bool{true}, ins(b.Lay([]Key{of(diag.Hint, 1)}, nil)))
	assert.Equal(t, holding(of(diag.Hint, 1)), b.Lay([]Key{of(diag.Hint, 1)}, nil).Next(all, nil), "it only shrinks")
	for _, around := range []uint64{1, 9} {
		worse := b.Lay([]Key{of(diag.Warning, around)}, nil)
		assert.Equal(t, []bool{false}, ins(worse))
		assert.Empty(t, worse.Gone(all), "it is not fixed")
		assert.Equal(t, b, worse.Next(all, nil))
		assert.Equal(t, holding(of(diag.Warning, around)), worse.Next(all, accept))
	}
	both := holding(of(diag.Info, 1), of(diag.Warning, 1))
	assert.Equal(t, []bool{false, true, true}, ins(both.Lay([]Key{of(diag.Hint, 9), of(diag.Info, 9), of(diag.Warning, 9)}, nil)), "severe ones come first")
	assert.Equal(t, []bool{true, true}, ins(both.Lay([]Key{of(diag.Hint, 1), of(diag.Warning, 1)}, nil)), "each takes the lowest that is enough")
}

func TestMoved(t *testing.T) {
	old := []Key{key("old.nix", "r", 1, 1), key("old.nix", "r", 2, 2), key("old.nix", "s", 3, 3)}
	b := holding(append(old, key("b.nix", "r", 5, 5))...)
	renamed := func(to string) (keys []Key) {
		for _, k := range old {
			k.File = to
			keys = append(keys, k)
		}
		return keys
	}
	m := b.Lay(renamed("new.nix"), gone)
	assert.Equal(t, []bool{true, true, true}, ins(m))
	assert.Equal(t, 3, m.Moved())
	assert.Equal(t, holding(append(renamed("new.nix"), key("b.nix", "r", 5, 5))...), m.Next(func(k Key) bool { return k.File != "b.nix" }, nil))
	assert.Equal(t, []bool{false, false, false}, ins(b.Lay(renamed("new.nix"), func(string) bool { return false })), "a copy is new")
	edited := renamed("new.nix")
	edited[2] = key("new.nix", "s", 3, 8)
	assert.Equal(t, []bool{true, true, true}, ins(b.Lay(edited, gone)), "renamed and edited")
	assert.Equal(t, []bool{false}, ins(b.Lay(renamed("new.nix")[:1], gone)), "less than half is another file")
	assert.Equal(t, []bool{false}, ins(b.Lay([]Key{key("b.nix", "r", 1, 1)}, gone)), "a file with entries is no new name of another")
	twice := append(renamed("m.nix"), renamed("n.nix")...)
	assert.Equal(t, []bool{true, true, true, false, false, false}, ins(b.Lay(twice, gone)), "one of two copies")
	dirs := holding(key("x/default.nix", "r", 1, 1), key("x/y.nix", "r", 1, 1))
	m = dirs.Lay([]Key{key("z/y.nix", "r", 1, 1)}, gone)
	assert.Equal(t, holding(key("z/y.nix", "r", 1, 1)), m.Next(all, nil))
	assert.Equal(t, "x/default.nix", m.Gone(all)[0].File, "of equals the one of that name")
}

// TestNeverMore holds what a baseline is for, on random findings: no rule has more findings in a file than were accepted there, and
// what is neither taken nor left is nothing.
func TestNeverMore(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	some := func(n int) (keys []Key) {
		for range n {
			k := key(fmt.Sprint(r.IntN(4)), fmt.Sprint(r.IntN(2)), r.Uint64N(4), r.Uint64N(4))
			k.Content.Behind, k.Severity = r.Uint64N(4), diag.Hint+diag.Severity(r.IntN(4))
			keys = append(keys, k)
		}
		slices.SortFunc(keys, Compare)
		return keys
	}
	for range 2000 {
		b, found := holding(some(r.IntN(12))...), some(r.IntN(12))
		isGone := r.IntN(2) == 0
		m := b.Lay(found, func(file string) bool { return isGone })
		in, left := 0, 0
		for i := range found {
			if m.In(i) {
				in++
				assert.GreaterOrEqual(t, b.Entries[m.in[i]].Severity, found[i].Severity)
			}
		}
		for _, e := range m.Gone(all) {
			left += e.Count
		}
		worse := m.Worse(func(int) bool { return true })
		assert.Equal(t, b.Count(), in+left+worse)
		assert.Equal(t, in+worse, m.Next(all, nil).Count())
		assert.Equal(t, len(found), m.Next(all, accept).Count())
		again := m.Next(all, accept).Lay(found, nil)
		assert.Empty(t, again.Gone(all), "what was accepted is found")
		assert.NotContains(t, ins(again), false)
	}
}

func TestLayGrowth(t *testing.T) {
	growth.Time(t, "laying findings over a baseline", 2000, func(n int) func() {
		var old, renamed []Key
		for i := range n {
			old = append(old, key(fmt.Sprintf("old/%06d", i/3), "r", uint64(i%7), uint64(i%7)))
			renamed = append(renamed, key(fmt.Sprintf("renamed/%06d", i/3), "r", uint64(i%7), uint64(i%7)))
		}
		b := holding(old...)
		return func() { b.Lay(renamed, gone) }
	})
}
