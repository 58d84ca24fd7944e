// Package baseline keeps the findings that a project had when it took up checking, so that only what is new fails: a file that
// lists them, and how what a run finds is laid over it.
//
// The file is JSON with a line for each entry, sorted, and holds neither line numbers nor messages, so that it changes only
// where findings go or are accepted. An entry is a file, a rule, a fingerprint.Content and the severity up to which it holds, with a
// count for findings that read alike.
package baseline

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fingerprint"
)

// FileName is the name of a baseline where no configuration gives another.
const FileName = "nixsift-baseline.json"

// Version is that of the form of the file.
const Version = 1

// Key names findings that read alike. File is relative to the folder of the baseline, with slashes.
type Key struct {
	File, Rule string
	Content    fingerprint.Content
	Severity   diag.Severity // as the rule gave it
}

// Entry is a number of findings that are accepted.
type Entry struct {
	Key
	Count int
}

// Baseline is what a file lists: entries sorted by Compare, no two of one key.
type Baseline struct{ Entries []Entry }

// Compare orders keys by file, rule, fingerprint and severity.
func Compare(a, b Key) int {
	return cmp.Or(strings.Compare(a.File, b.File), strings.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Content.Line, b.Content.Line), cmp.Compare(a.Content.Before, b.Content.Before), cmp.Compare(a.Content.Behind, b.Content.Behind),
		cmp.Compare(a.Severity, b.Severity))
}

// Count returns the number of findings that are accepted.
func (b *Baseline) Count() (n int) {
	for _, e := range b.Entries {
		n += e.Count
	}
	return n
}

// Rename gives each entry the rule that rename returns for its own, where that is not "".
func (b *Baseline) Rename(rename func(rule string) string) *Baseline {
	rules := map[string]string{}
	same := true
	for _, e := range b.Entries {
		if _, asked := rules[e.Rule]; !asked {
			to := rename(e.Rule)
			same = same && to == ""
			rules[e.Rule] = cmp.Or(to, e.Rule)
		}
	}
	if same {
		return b
	}
	counts := make(map[Key]int, len(b.Entries))
	for _, e := range b.Entries {
		e.Rule = rules[e.Rule]
		counts[e.Key] += e.Count
	}
	return of(counts)
}

// of makes a baseline of counts by key.
func of(counts map[Key]int) *Baseline {
	b := &Baseline{Entries: make([]Entry, 0, len(counts))}
	for key, n := range counts {
		if n > 0 {
			b.Entries = append(b.Entries, Entry{key, n})
		}
	}
	slices.SortFunc(b.Entries, func(x, y Entry) int { return Compare(x.Key, y.Key) })
	return b
}

// jsonEntry is an entry as the file has it.
type jsonEntry struct {
	File        string `json:"file"`
	Rule        string `json:"rule"`
	Severity    string `json:"severity"`
	Fingerprint string `json:"fingerprint"`
	Count       int    `json:"count"`
}

// Text returns the text of the file.
func (b *Baseline) Text() string {
	var out strings.Builder
	out.WriteString(opening)
	for i, e := range b.Entries {
		if i > 0 {
			out.WriteString(",")
		}
		for _, part := range []string{entryStart, quoted(e.File), ruleStart, quoted(e.Rule), severityStart, e.Severity.String(), printStart, e.Content.String(), countStart, strconv.Itoa(e.Count), entryEnd} {
			out.WriteString(part)
		}
	}
	if len(b.Entries) == 0 {
		out.WriteString(closingNone)
	} else {
		out.WriteString(closing)
	}
	return out.String()
}

// quoted writes a string of JSON without its quotes. Bytes that are not UTF-8 become U+FFFD.
func quoted(text string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		panic(err) // of a string there is none
	}
	return strings.TrimSuffix(strings.TrimPrefix(b.String(), `"`), "\"\n")
}

// Mistake is what keeps a file from being read. Pos is its place.
type Mistake struct {
	Pos     source.Position
	Message string
}

func (m *Mistake) Error() string {
	return fmt.Sprintf("%d:%d: %s", m.Pos.Line, m.Pos.Column, m.Message)
}

// anew says how a file that cannot be read is had again.
const anew = "restore it from version control, or remove it and run `nixsift baseline`, which accepts all findings that there are"

var (
	marker   = regexp.MustCompile(`(?m)^(<{7}|={7}|>{7}|\|{7})([ \t\r].*)?$`)
	versions = regexp.MustCompile(`"version"\s*:\s*([^\s,}]+)`)
)

// Read reads the text of a file, in any layout and order; of entries with one key the largest count holds, as where both sides of
// a merge are kept. A mistake anywhere is an error: half a baseline would make gates fail for no reason that anybody sees.
func Read(text string) (*Baseline, *Mistake) {
	if b, ok := readLines(text); ok {
		return b, nil
	}
	return readJSON(text)
}

// readJSON reads any text.
func readJSON(text string) (*Baseline, *Mistake) {
	lines := source.NewLineIndex(text)
	mistake := func(at int, format string, args ...any) *Mistake {
		return &Mistake{lines.Position(uint32(min(at, len(text)))), fmt.Sprintf(format, args...)}
	}
	if m := marker.FindStringIndex(text); m != nil {
		return nil, mistake(m[0], "the baseline has the markers of a merge: keep the lines of both sides, with a comma behind each but the last, remove the markers, then run `nixsift baseline`")
	}
	if m := versions.FindStringSubmatchIndex(text); m != nil && text[m[2]:m[3]] != strconv.Itoa(Version) {
		return nil, mistake(m[2], "the baseline has version %s, and this nixsift reads version %d: use the version of nixsift that wrote it, or a newer one", text[m[2]:m[3]], Version)
	}
	r := &reader{dec: json.NewDecoder(strings.NewReader(text)), counts: map[Key]int{}}
	r.dec.DisallowUnknownFields()
	if err := r.file(); err != nil {
		at := r.at(text)
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			at = max(int(syntax.Offset)-1, 0)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			at, err = len(text), errors.New("it ends too early")
		}
		return nil, mistake(at, "the baseline is damaged: %s; %s", strings.TrimPrefix(err.Error(), "json: "), anew)
	}
	return of(r.counts), nil
}

// reader reads a file token by token, so that what is wrong has a place.
type reader struct {
	dec    *json.Decoder
	counts map[Key]int
	start  int // of the entry at hand
}

// at returns the offset of what was read last and is wrong: past the blanks and the comma before it.
func (r *reader) at(text string) int {
	at := min(r.start, len(text))
	return at + len(text[at:]) - len(strings.TrimLeft(text[at:], ", \t\r\n"))
}

func (r *reader) delim(want json.Delim) error {
	r.start = int(r.dec.InputOffset())
	tok, err := r.dec.Token()
	if err == nil && tok != want {
		err = fmt.Errorf("expected `%v`", want)
	}
	return err
}

func (r *reader) file() error {
	if err := r.delim('{'); err != nil {
		return err
	}
	seen := map[any]bool{}
	for r.dec.More() {
		r.start = int(r.dec.InputOffset())
		key, err := r.dec.Token()
		switch {
		case err != nil:
			return err
		case seen[key]:
			return fmt.Errorf("%q stands there twice", key)
		case key == "version":
			var version int
			err = r.dec.Decode(&version)
		case key == "findings":
			err = r.entries()
		default:
			err = fmt.Errorf("unknown key %q", key)
		}
		if err != nil {
			return err
		}
		seen[key] = true
	}
	if err := r.delim('}'); err != nil {
		return err
	}
	r.start = int(r.dec.InputOffset())
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something stands behind its end")
	}
	for _, key := range []string{"version", "findings"} {
		if !seen[key] {
			return fmt.Errorf("%q is missing", key)
		}
	}
	return nil
}

func (r *reader) entries() error {
	if err := r.delim('['); err != nil {
		return err
	}
	for r.dec.More() {
		r.start = int(r.dec.InputOffset())
		var e jsonEntry
		if err := r.dec.Decode(&e); err != nil {
			return err
		}
		content, ok := fingerprint.ParseContent(e.Fingerprint)
		severity, err := diag.ParseSeverity(e.Severity)
		switch {
		case e.File == "" || path.IsAbs(e.File) || path.Clean(e.File) != e.File:
			return fmt.Errorf("%q is no path relative to the baseline", e.File)
		case e.Rule == "":
			return errors.New("an entry names no rule")
		case err != nil || severity == diag.Off:
			return fmt.Errorf("%q is no severity of a finding", e.Severity)
		case !ok:
			return fmt.Errorf("%q is no fingerprint", e.Fingerprint)
		case e.Count < 1:
			return fmt.Errorf("the count %d is not positive", e.Count)
		}
		key := Key{e.File, e.Rule, content, severity}
		r.counts[key] = max(r.counts[key], e.Count)
	}
	return r.delim(']')
}
