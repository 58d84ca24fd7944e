package secret

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
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

// Spans returns where Find finds secrets.
func Spans(text string) []source.Span {
	var out []source.Span
	for _, f := range Find(text) {
		out = append(out, f.Span)
	}
	return out
}

// Hidden stands for a secret in a message.
const Hidden = "***"

// Values are the texts of secrets, to be kept out of others.
type Values struct{ texts []string }

// leastBare is the length from which a secret is looked for in texts without its quotes: shorter ones are words of other things.
const leastBare = 6

// Add notes a secret by its text in a file: with its quotes, if it has any, and each line of it without.
func (v *Values) Add(text string) {
	add := func(s string, least int) {
		if len(s) >= least && !slices.Contains(v.texts, s) {
			v.texts = append(v.texts, s)
		}
	}
	add(text, leastBare)
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		for len(line) > 0 && strings.IndexByte(`"'`, line[0]) >= 0 {
			line = line[1:]
		}
		add(strings.TrimRight(line, `"';`), leastBare)
	}
	if len(text) > 2 && text[0] == '"' {
		add(text, 3)
	}
	slices.SortFunc(v.texts, func(a, b string) int { return len(b) - len(a) })
}

// Hide returns a text without the secrets, those of known shapes included.
func (v *Values) Hide(text string) string {
	for _, s := range v.texts {
		if strings.Contains(text, s) {
			text = strings.ReplaceAll(text, s, Hidden)
		}
	}
	if len(text) < minWord {
		return text
	}
	found := Find(text)
	for _, f := range slices.Backward(found) {
		text = text[:f.Span.Start] + Hidden + text[f.Span.End:]
	}
	return text
}

// Shows reports whether a text has one of the secrets in it.
func (v *Values) Shows(text string) bool { return v.Hide(text) != text }
