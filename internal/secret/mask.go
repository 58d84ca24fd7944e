package secret

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// Mask returns a text with stars in place of each byte of some ranges, line ends apart, so that offsets stay what they are.
func Mask(text string, spans []source.Span) string {
	if len(spans) == 0 {
		return text
	}
	out := []byte(text)
	for _, s := range spans {
		for i := s.Start; i < min(s.End, uint32(len(out))); i++ {
			if c := out[i]; c != '\n' && c != '\r' {
				out[i] = '*'
			}
		}
	}
	return string(out)
}

// Hidden stands for a secret in a message.
const Hidden = "***"

// Values are the secrets that rules found, to be kept out of everything that is shown. The zero value and nil know those
// alone that a text shows to be ones. Several goroutines may ask at once when nobody notes any more.
type Values struct {
	texts  map[string]bool
	places map[string][]source.Span // by file

	once     sync.Once
	sorted   []string // the longest first
	replacer *strings.Replacer
}

// leastBare is the length from which a secret is looked for without its quotes: shorter ones are words of other things.
const leastBare = 6

// Note adds a secret by its place and its text there.
func (v *Values) Note(file string, at source.Span, text string) {
	if v.texts == nil {
		v.texts, v.places = map[string]bool{}, map[string][]source.Span{}
	}
	v.places[file] = append(v.places[file], at)
	if len(text) > 2 {
		if quote := text[0]; (quote == '"' || quote == '\'') && text[len(text)-1] == quote {
			v.texts[text] = true
		}
	}
	for line := range strings.Lines(text) {
		if line = strings.Trim(line, " \t\r\n\"'"); len(line) >= leastBare {
			v.texts[line] = true
		}
	}
}

// With returns the secrets of both; the places are those of v.
func (v *Values) With(other *Values) *Values {
	if other == nil || len(other.texts) == 0 {
		return v
	}
	out := &Values{texts: maps.Clone(other.texts), places: v.places}
	maps.Copy(out.texts, v.texts)
	return out
}

func (v *Values) prepare() {
	v.once.Do(func() {
		for text := range v.texts {
			v.sorted = append(v.sorted, text)
		}
		slices.SortFunc(v.sorted, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
		pairs := make([]string, 0, 2*len(v.sorted))
		for _, text := range v.sorted {
			pairs = append(pairs, text, Hidden)
		}
		v.replacer = strings.NewReplacer(pairs...)
	})
}

// Hide returns a text without the secrets.
func (v *Values) Hide(text string) string {
	if v != nil && len(v.texts) > 0 && len(text) > 2 {
		v.prepare()
		text = v.replacer.Replace(text)
	}
	if len(text) < minAssigned {
		return text
	}
	for _, at := range slices.Backward(recognised(text)) {
		text = text[:at.Start] + Hidden + text[at.End:]
	}
	return text
}

// minAssigned is the length of the shortest text that gives a secret to a name, as token=abc123.
const minAssigned = 10

// recognised returns the places of the secrets that a text shows to be ones by itself, in order and apart from each other.
func recognised(text string) (out []source.Span) {
	for _, f := range Find(text) {
		out = append(out, f.Span)
	}
	for _, f := range FindInURLs(text) {
		out = append(out, f.Span)
	}
	for _, f := range FindAssigned(text) {
		out = append(out, f.Span)
	}
	slices.SortFunc(out, func(a, b source.Span) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End)) })
	apart := out[:0]
	for _, at := range out {
		if n := len(apart); n > 0 && at.Start < apart[n-1].End {
			apart[n-1].End = max(apart[n-1].End, at.End)
		} else {
			apart = append(apart, at)
		}
	}
	return apart
}

// Shows reports whether a text has one of the secrets in it.
func (v *Values) Shows(text string) bool { return v.Hide(text) != text }

// Mask returns the text of a file, or of a version of it, with stars in place of the secrets, so that offsets stay what they are. With no
// file, places count in none.
func (v *Values) Mask(file, text string) string {
	spans := recognised(text)
	if v != nil && len(v.texts) > 0 {
		v.prepare()
		for _, s := range v.sorted {
			for at := 0; ; {
				i := strings.Index(text[at:], s)
				if i < 0 {
					break
				}
				spans = append(spans, source.Span{Start: uint32(at + i), End: uint32(at + i + len(s))})
				at += i + len(s)
			}
		}
	}
	if v != nil && file != "" {
		spans = append(spans, v.places[file]...)
	}
	return Mask(text, spans)
}

// HideIn returns a finding that says nothing of the secrets. The texts of its fixes stay: those that show one are for whoever has the
// file.
func (v *Values) HideIn(f *diag.Finding) (out diag.Finding, changed bool) {
	text := func(to *string) {
		if hidden := v.Hide(*to); hidden != *to {
			*to, changed = hidden, true
		}
	}
	out = *f
	text(&out.Message)
	text(&out.Help)
	for i := range f.Related {
		if v.Shows(f.Related[i].Message) {
			out.Related = slices.Clone(out.Related)
			text(&out.Related[i].Message)
		}
	}
	for i := range f.Fixes {
		if v.Shows(f.Fixes[i].Title) {
			out.Fixes = slices.Clone(out.Fixes)
			text(&out.Fixes[i].Title)
		}
	}
	return out, changed
}
