package flake

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestJSONValues(t *testing.T) {
	text := ` {"a\u0041\n": [1, "x\ud83d\ude00\/", {"b": null}, []], "c": {}, "a": -0.5e+3, "c": true}`
	v, err := parseJSON(text)
	require.Nil(t, err)
	members := v.members()
	require.Len(t, members, 3)
	assert.Equal(t, "aA\n", members[0].name)
	assert.Equal(t, `"a\u0041\n"`, members[0].key.Of(text))
	assert.Equal(t, `[1, "x\ud83d\ude00\/", {"b": null}, []]`, members[0].value.span().Of(text))
	assert.Equal(t, "[", members[0].value.head().Of(text))
	var kinds []jsonKind
	var texts []string
	for e := range members[0].value.all() {
		kinds, texts = append(kinds, e.value.kind()), append(texts, e.value.text())
	}
	assert.Equal(t, []jsonKind{jsonNumber, jsonString, jsonObject, jsonArray}, kinds)
	assert.Equal(t, []string{"1", "x😀/", `{"b": null}`, "[]"}, texts)
	assert.Equal(t, []string{"a", "c"}, []string{members[1].name, members[2].name})
	c, ok := v.get("c")
	assert.True(t, ok)
	assert.Equal(t, "true", c.text(), "the last one counts")
	_, ok = v.get("zz")
	assert.False(t, ok)
}

// FuzzJSON compares the reader with encoding/json, where the two should agree, and looks at the places of values.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{engineLock, `[1.5e-3, "\u00e9\ud83d\ude00", {"a": [[], {}]}, true, false, null]`, "\ufeff{}", "{} \x00x", `"\ud800"`, `[1,]`, `{"a":1,}`, "-", "01", "1e999", "\"\x7f\"", "[[[["} {
		f.Add(seed)
	}
	f.Fuzz(checkJSON)
}

func checkJSON(t *testing.T, text string) {
	v, err := parseJSON(text)
	if err != nil {
		if int(err.Offset) > len(text) || err.Message == "" {
			t.Fatalf("%q: %+v", text, err)
		}
	} else {
		checkSpans(t, text, v)
	}
	// What only one of the two takes: a NUL as the end, a byte order mark, bad UTF-8, half a surrogate pair, large
	// numbers, deep nesting.
	body := strings.TrimPrefix(text, byteOrderMark)
	var value any
	goErr := json.Unmarshal([]byte(body), &value)
	switch {
	case strings.Contains(text, "\x00") || !utf8.ValidString(text) || strings.Contains(text, `\u`) || strings.Count(text, "[")+strings.Count(text, "{") > 5000:
	case strings.HasPrefix(body, byteOrderMark):
	default:
		if (err == nil) != (goErr == nil) {
			t.Fatalf("%q: %v, and encoding/json says %v", text, err, goErr)
		}
	}
	if l, err := ReadLock(text); err == nil && l == nil {
		t.Fatal("neither a lock nor an error")
	}
}

// checkSpans looks at the places of a value and of what it holds.
func checkSpans(t *testing.T, text string, v jsonValue) {
	for i, n := range v.doc.nodes {
		if n.start >= n.end || int(n.end) > len(text) || int(n.next) > len(v.doc.nodes) || int(n.next) <= i {
			t.Fatalf("%q: value %d is %+v", text, i, n)
		}
		value := jsonValue{v.doc, uint32(i)}
		if n.kind == jsonString {
			var decoded string
			if err := json.Unmarshal([]byte(text[n.start:n.end]), &decoded); err != nil || decoded != value.text() {
				t.Fatalf("%q is %q and not %q", text[n.start:n.end], decoded, value.text())
			}
		}
		for m := range value.all() {
			if s := m.value.span(); s.Start < n.start || s.End > n.end {
				t.Fatalf("%q: %+v holds %+v", text, n, s)
			}
		}
	}
}
