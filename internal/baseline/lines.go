package baseline

import (
	"encoding/json"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fingerprint"
)

// The parts of the text that Text writes, between the values.
const (
	opening       = "{\n  \"version\": 1,\n  \"findings\": ["
	entryStart    = "\n    {\"file\": \""
	ruleStart     = "\", \"rule\": \""
	severityStart = "\", \"severity\": \""
	printStart    = "\", \"fingerprint\": \""
	countStart    = "\", \"count\": "
	entryEnd      = "}"
	closing       = "\n  ]\n}\n"
	closingNone   = "]\n}\n"
)

// readLines reads a text that is just what Text writes: a baseline is read at the start of each run, and as JSON that takes
// several times as long. ok is false for any other text, be it right or wrong.
func readLines(text string) (b *Baseline, ok bool) {
	rest, ok := strings.CutPrefix(text, opening)
	if !ok || !utf8.ValidString(text) {
		return nil, false
	}
	b = &Baseline{Entries: make([]Entry, 0, strings.Count(rest, "\n"))}
	if rest == closingNone {
		return b, true
	}
	var last Entry
	for {
		var e Entry
		if e, rest, ok = readEntry(rest, &last); !ok {
			return nil, false
		}
		if len(b.Entries) > 0 && Compare(last.Key, e.Key) >= 0 {
			return nil, false
		}
		b.Entries = append(b.Entries, e)
		last = e
		if rest == closing {
			return b, true
		}
		if rest, ok = strings.CutPrefix(rest, ","); !ok {
			return nil, false
		}
	}
}

// readEntry reads an entry from the start of a text. What it has in common with the one before it was looked at there.
func readEntry(text string, before *Entry) (e Entry, rest string, ok bool) {
	if e.File, rest, ok = readString(text, entryStart, before.File); !ok || e.File == "" {
		return e, rest, false
	}
	if e.File != before.File && (path.IsAbs(e.File) || path.Clean(e.File) != e.File) {
		return e, rest, false
	}
	// readString stops before the quote that ends a string, which is the first byte of what follows.
	if e.Rule, rest, ok = readString(rest, ruleStart, before.Rule); !ok || e.Rule == "" {
		return e, rest, false
	}
	severity, rest, ok := readString(rest, severityStart, before.Severity.String())
	if !ok {
		return e, rest, false
	}
	var err error
	if e.Severity, err = diag.ParseSeverity(severity); err != nil || e.Severity == diag.Off {
		return e, rest, false
	}
	if rest, ok = strings.CutPrefix(rest, printStart); !ok || len(rest) < fingerprint.ContentLen {
		return e, rest, false
	}
	if e.Content, ok = fingerprint.ParseContent(rest[:fingerprint.ContentLen]); !ok {
		return e, rest, false
	}
	if rest, ok = strings.CutPrefix(rest[fingerprint.ContentLen:], countStart); !ok {
		return e, rest, false
	}
	const digits = 9
	i := 0
	for ; i < len(rest) && i < digits && '0' <= rest[i] && rest[i] <= '9'; i++ {
		e.Count = 10*e.Count + int(rest[i]-'0')
	}
	if i == 0 || rest[0] == '0' {
		return e, rest, false
	}
	rest, ok = strings.CutPrefix(rest[i:], entryEnd)
	return e, rest, ok
}

// readString reads what stands behind a start up to the next quote, which it leaves in the rest. before is a string that it may be.
func readString(text, start, before string) (value, rest string, ok bool) {
	if text, ok = strings.CutPrefix(text, start); !ok {
		return "", text, false
	}
	if n := len(before); n > 0 && len(text) > n && text[n] == '"' && text[:n] == before && !strings.Contains(before, `"`) && !strings.Contains(before, `\`) {
		return before, text[n:], true
	}
	plain := true
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' && plain:
			return text[:i], text[i:], true
		case c == '"':
			err := json.Unmarshal([]byte(`"`+text[:i]+`"`), &value)
			return value, text[i:], err == nil
		case c == '\\':
			plain = false
			i++
		case c < ' ':
			return "", text, false
		}
	}
	return "", text, false
}
