package secret

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/ast"
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

// MaskPart returns the text of a span with stars in place of each byte of some ranges, which are in order.
func MaskPart(text string, span source.Span, spans []source.Span) string {
	var within []source.Span
	for _, s := range spans {
		if s.Start < span.End && s.End > span.Start {
			within = append(within, source.Span{Start: max(s.Start, span.Start) - span.Start, End: min(s.End, span.End) - span.Start})
		}
	}
	return Mask(span.Of(text), within)
}

// Hidden stands for a secret in a message.
const Hidden = "***"

// Values are the secrets that rules found, to be kept out of everything that is shown. The zero value and nil know those
// alone that a text shows to be ones. Several goroutines may ask at once when nobody notes any more.
type Values struct {
	// Read returns the text of a file whose names say what of it is a secret; nil where no file is known.
	Read func(file string) (text string, ok bool)
	// Tree returns the tree of that text where somebody has it, else nil; it may be nil itself.
	Tree func(file string) *ast.Tree

	texts  map[string]bool
	places map[string][]source.Span // by file
	files  sync.Map                 // *named by file

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

// Anew returns values without a secret that was noted, which know what v knows of the names in files.
func (v *Values) Anew() *Values {
	out := &Values{Read: v.Read, Tree: v.Tree}
	v.files.Range(func(file, known any) bool {
		out.files.Store(file, known)
		return true
	})
	return out
}

// With returns the secrets of both; the places are those of v.
func (v *Values) With(other *Values) *Values {
	if other == nil || len(other.texts) == 0 {
		return v
	}
	out := &Values{Read: v.Read, Tree: v.Tree, texts: maps.Clone(other.texts), places: v.places}
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
	return apartOf(out)
}

func compareSpans(a, b source.Span) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
}

// HideOf returns a text about a file without the secrets; those that names in the file say to be ones are among them.
func (v *Values) HideOf(file, text string) string {
	if v != nil && v.Read != nil && IsNix(file) && len(text) >= leastNamed {
		if of, ok := v.read(file); ok {
			if n := v.namedOf(file, of); n.hide != nil {
				text = n.hide.Replace(text)
			}
		}
	}
	return v.Hide(text)
}

// read returns the text of a file as it was when it was first asked for.
func (v *Values) read(file string) (string, bool) {
	if known, ok := v.files.Load(file); ok {
		return known.(*named).text, true
	}
	return v.Read(file)
}

// namedOf returns what names in the text of a file say to be secrets. It remembers that of the text that was first asked about.
func (v *Values) namedOf(file, text string) *named {
	if v == nil || !IsNix(file) {
		return namedIn(file, text)
	}
	known, ok := v.files.Load(file)
	if !ok {
		var tree *ast.Tree
		if v.Tree != nil {
			tree = v.Tree(file)
		}
		if tree != nil && tree.Source() == text {
			known = newNamed(text, inKnownTree(tree))
		} else {
			known = namedIn(file, text)
		}
		known, _ = v.files.LoadOrStore(file, known)
	}
	if n := known.(*named); n.text == text {
		return n
	}
	return namedIn(file, text)
}

// HideNamed returns a text about a Nix file, whose text is given, without the secrets that this shows and those that names in the file say
// to be ones.
func HideNamed(nix, text string) string {
	if n := namedIn(".nix", nix); n.hide != nil {
		text = n.hide.Replace(text)
	}
	return (*Values)(nil).Hide(text)
}

// namedTexts returns the secrets at some places of a text by which they are known elsewhere, the longest first: as they are, and with
// quotes, without which what is a word like others means nothing.
func namedTexts(text string, at []source.Span) (out []string) {
	seen := map[string]bool{}
	add := func(s string) {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	for _, s := range at {
		whole := s.Of(text)
		if !strings.Contains(whole, "\n") {
			add(`"` + whole + `"`)
		}
		for line := range strings.Lines(whole) {
			if line = strings.TrimSpace(line); len(line) >= leastBare && !IsWord(line) {
				add(line)
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return out
}

// IsWord reports whether a text is a name as code has many: letters and signs between them, of one case or with few capitals, as at the
// beginnings of words.
func IsWord(text string) bool {
	lower, upper := 0, 0
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z':
			lower++
		case 'A' <= c && c <= 'Z':
			upper++
		case strings.IndexByte("-_./:", c) < 0:
			return false
		}
	}
	const each = 4
	return lower == 0 || upper*each <= len(text)
}

// IsNix reports whether a file is one of Nix by its name.
func IsNix(file string) bool { return strings.HasSuffix(file, ".nix") }

// Shows reports whether a text has one of the secrets in it.
func (v *Values) Shows(text string) bool { return v.Hide(text) != text }

// Mask returns the text of a file, as it was when its secrets were found, with stars in place of the secrets, so that offsets stay what they
// are. Those that names say to be ones are among them if it is a Nix file.
func (v *Values) Mask(file, text string) string {
	var places []source.Span
	if v != nil {
		places = v.places[file]
	}
	n := v.namedOf(file, text)
	return v.masked(text, append(places[:len(places):len(places)], n.places...), n.texts)
}

// MaskChange is Mask for two versions of a file: what is a secret in one is none to be shown in the other, either. Places of findings count
// in none.
func (v *Values) MaskChange(file, before, after string) (maskedBefore, maskedAfter string) {
	was, is := namedIn(file, before), namedIn(file, after)
	texts := slices.Concat(was.texts, is.texts)
	return v.masked(before, was.places, texts), v.masked(after, is.places, texts)
}

// named are the secrets of a text that names say to be ones: where they stand, how they are known elsewhere, the longest first, and what
// hides them there, nil where there are none.
type named struct {
	text   string
	places []source.Span
	texts  []string
	hide   *strings.Replacer
}

func namedIn(file, text string) *named {
	if !IsNix(file) {
		return newNamed(text, nil)
	}
	return newNamed(text, InNix(text))
}

// newNamed returns the secrets at some places of a text.
func newNamed(text string, at []source.Span) *named {
	n := &named{text: text, places: at, texts: namedTexts(text, at)}
	if len(n.texts) > 0 {
		pairs := make([]string, 0, 2*len(n.texts))
		for _, text := range n.texts {
			pairs = append(pairs, text, Hidden)
		}
		n.hide = strings.NewReplacer(pairs...)
	}
	return n
}

// masked returns a text with stars in place of the secrets in it, of what stands at some places, and of some texts.
func (v *Values) masked(text string, places []source.Span, texts []string) string {
	spans := append(recognised(text), places...)
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
	text = Mask(text, spans)
	if len(texts) > 0 {
		pairs := make([]string, 0, 2*len(texts))
		for _, s := range texts {
			stars := strings.Repeat("*", len(s))
			if s[0] == '"' {
				stars = `"` + stars[2:] + `"`
			}
			pairs = append(pairs, s, stars)
		}
		text = strings.NewReplacer(pairs...).Replace(text)
	}
	return text
}

// HideIn returns a finding that says nothing of the secrets. The texts of its fixes stay: those that show one are for whoever has the
// file.
func (v *Values) HideIn(f *diag.Finding) (out diag.Finding, changed bool) {
	text := func(to *string) {
		if hidden := v.HideOf(f.File, *to); hidden != *to {
			*to, changed = hidden, true
		}
	}
	out = *f
	text(&out.Message)
	text(&out.Help)
	for i := range f.Related {
		if v.HideOf(f.File, f.Related[i].Message) != f.Related[i].Message {
			out.Related = slices.Clone(out.Related)
			text(&out.Related[i].Message)
		}
	}
	for i := range f.Fixes {
		if v.HideOf(f.File, f.Fixes[i].Title) != f.Fixes[i].Title {
			out.Fixes = slices.Clone(out.Fixes)
			text(&out.Fixes[i].Title)
		}
	}
	return out, changed
}
