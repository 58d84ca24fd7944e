package inspect

import (
	"regexp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/secret"
)

// hide returns a text without secrets; one that comes from where a name says so is one as a whole.
func (r *Report) hide(text string) string {
	if text != "" && r.secretly() {
		return secret.Hidden
	}
	if r.secrets == nil {
		r.secrets = &secret.Values{Read: func(file string) (string, bool) {
			x := r.linesOf(file)
			if x == nil {
				return "", false
			}
			return x.Text(), true
		}}
	}
	text = r.secrets.HideOf(r.File, text)
	for _, s := range r.Known.Way {
		text = r.secrets.HideOf(s.File, text)
	}
	return text
}

// secretsIn returns the places in a file that names say to be secrets.
func (r *Report) secretsIn(file string) []source.Span {
	at, known := r.places[file]
	if !known {
		if x := r.linesOf(file); x != nil && secret.IsNix(file) {
			at = secret.InNix(x.Text())
		}
		if r.places == nil {
			r.places = map[string][]source.Span{}
		}
		r.places[file] = at
	}
	return at
}

// secretly reports whether the place, or one that its value comes from, is what a name calls a secret.
func (r *Report) secretly() bool {
	if r.isSecret == nil {
		found := secret.IsName(last(r.Known.Name)) || r.named(r.File, r.Known.Span)
		for _, s := range r.Known.Way {
			found = found || secret.IsName(last(s.Name)) || r.named(s.File, s.Span)
		}
		r.isSecret = &found
	}
	return *r.isSecret
}

// last returns the last name of an attribute path.
func last(path string) string { return strings.Trim(path[strings.LastIndexByte(path, '.')+1:], "\"") }

// assigned matches the last name that a line gives something to, and one that stands at its end.
var assigned = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_'-]*)"?\s*=[^=]*$|([A-Za-z_][A-Za-z0-9_'-]*)"?$`)

// named reports whether a line calls what stands at a place a secret.
func (r *Report) named(file string, span source.Span) bool {
	x := r.linesOf(file)
	if x == nil || span.Start >= span.End || int(span.End) > len(x.Text()) {
		return false
	}
	text := x.Text()
	start := span.Start
	at := r.secretsIn(file)
	if i := slices.IndexFunc(at, func(s source.Span) bool { return s.End > start }); i >= 0 && at[i].Start < span.End && (at[i].Start <= start+1 || !strings.Contains(span.Of(text), "\n")) {
		return true
	}
	// A name at the place counts itself; of an expression, what stands before it.
	line := text[strings.LastIndexByte(text[:start], '\n')+1 : start]
	for _, part := range []string{line, last(span.Of(text))} {
		if m := assigned.FindStringSubmatch(part); m != nil && (secret.IsName(m[1]) || secret.IsName(m[2])) {
			return true
		}
	}
	return false
}

// hideLiteral returns the text of an expression without the secrets in it.
func (r *Report) hideLiteral(text string) string {
	if strings.ContainsAny(text, "\"'") && r.secretly() {
		return secret.Hidden
	}
	return (*secret.Values)(nil).Hide(text)
}
