package suppress

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/near"
)

const tool = "nixsift"

// opensWith reports whether a text starts with the tool's name, in whatever case.
func opensWith(text string) bool {
	return len(text) >= len(tool) && strings.EqualFold(text[:len(tool)], tool)
}

// opened reports whether the tool's name stands in a text behind a sign that opens or continues a comment.
func opened(text, sign, blanks string) bool {
	for {
		i := strings.IndexByte(text, sign[0])
		if i < 0 {
			return false
		}
		if text = strings.TrimLeft(text[i+1:], blanks); opensWith(text) {
			return true
		}
	}
}

// spelling is what a comment that starts with the tool's name may have been meant to say.
type spelling struct {
	verb  string   // "ignore", "Disable-file", …
	names []string // of rules
	list  bool     // the names stand in brackets
	bare  bool     // nothing stands behind the verb
	lead  int      // the length in bytes up to the end of the verb
	end   int      // the length up to the end of the names
}

// spell reads a comment's body, which starts with the tool's name, leniently: any case, any or no sign behind the
// name, round brackets or none.
func (p *reader) spell(body string) (s spelling, ok bool) {
	i := len(tool)
	skip := func(set string) { i = len(body) - len(strings.TrimLeft(body[i:], set)) }
	if skip(" \t:=-_"); i == len(tool) {
		return s, false
	}
	word := func(set string) string {
		start := i
		skip(set)
		return body[start:i]
	}
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-"
	s.verb = word(letters)
	s.lead = i
	skip(" \t:=")
	if i < len(body) && (body[i] == '[' || body[i] == '(') {
		s.list = true
		i++
	}
	for s.end = i; ; s.end = i {
		skip(" \t,")
		n := word(letters + "0123456789_:*?/")
		if n == "" || !s.list && len(p.rules.Find(n)) == 0 {
			break
		}
		s.names = append(s.names, n)
	}
	if s.list && i < len(body) && (body[i] == ']' || body[i] == ')') {
		s.end = i + 1
	}
	s.bare = strings.Trim(body[s.lead:], " \t*") == ""
	return s, true
}

// misspelt reports the body of comment i, which starts at an offset and with the tool's name, but not as a
// suppression must, if it was meant as one. Prose about the tool is not.
func (p *reader) misspelt(i int, body string, at uint32) {
	s, ok := p.spell(body)
	if !ok || !meant(s.verb) && !(s.verb == "" && s.list && len(s.names) > 0 && body[len(tool)] == ':') || !s.list && !s.bare && len(s.names) == 0 {
		return
	}
	p.malformed(p.comments[i], fmt.Sprintf("`%s` is no suppression", strings.TrimSpace(body[:s.lead])), usage, p.respell(i, s, at)...)
}

// respell is the fix that writes what was meant, if rules are named.
func (p *reader) respell(i int, s spelling, at uint32) []diag.Fix {
	verb := "ignore"
	if strings.Contains(strings.ToLower(s.verb), "file") {
		if verb = "ignore-file"; !p.leading(i) {
			return nil
		}
	}
	if len(s.names) == 0 || s.verb != "" && !meant(s.verb) {
		return nil
	}
	text := fmt.Sprintf("%s %s[%s]", nixsiftMark, verb, strings.Join(s.names, ", "))
	return []diag.Fix{{
		Title: fmt.Sprintf("write `%s`", text), Safety: diag.Unsafe,
		Edits: []diag.Edit{{Span: source.Span{Start: at, End: at + uint32(s.end)}, Text: text}},
	}}
}

// meant reports whether a word behind the tool's name was meant as a suppression: the word of another linter, or
// a slip. "ignores" is prose.
func meant(verb string) bool {
	verb = strings.ToLower(verb)
	switch verb {
	case "disable", "skip", "noqa", "nolint", "suppress", "silence", "ignore", "ignore-file",
		"ignore-line", "ignore-next-line", "disable-line", "disable-next-line", "disable-file":
		return true
	}
	return !strings.HasPrefix(verb, "ignore") && near.Find(verb, []string{"ignore", "ignore-file"}) != ""
}

// foreignName reads one name of a comment for nixf. A slip in it is a warning; a name that nothing here resembles may be
// one that nixf has and nixsift has not, and is told as information.
func (p *reader) foreignName(d *directive, word string, at uint32) {
	n := &name{span: source.Span{Start: at, End: at + uint32(len(word))}, text: word, ids: p.rules.Find("nixf:" + word)}
	d.names = append(d.names, n)
	if len(n.ids) > 0 {
		return
	}
	f := diag.Finding{
		Rule: Malformed, Severity: diag.Info, Span: n.span,
		Message: fmt.Sprintf("`%s` is no diagnostic of nixf that nixsift knows", word), Help: "remove it, unless nixf itself reads it",
	}
	if near := p.rules.NearestAlias("nixf", word); near != "" {
		f.Severity = diag.Warning
		f.Message = fmt.Sprintf("nixf has no diagnostic `%s`; did you mean `%s`?", word, near)
		f.Help = fmt.Sprintf("write `%s`", near)
		f.Fixes = []diag.Fix{{Title: fmt.Sprintf("replace it by `%s`", near), Edits: []diag.Edit{{Span: n.span, Text: near}}}}
	}
	p.wrong = append(p.wrong, f)
}
