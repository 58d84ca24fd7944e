package suppress

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/near"
)

const (
	nixsiftMark = "nixsift:"
	deadnixMark = "deadnix: skip" // PRAGMA_SKIP of deadnix' src/binding.rs, which looks for it anywhere in a comment
	nixfMark    = "nixf-ignore:"
)

// deadnixRules are the rules that find what deadnix finds.
var deadnixRules = []string{
	"unused-let-binding", "unused-lambda-arg", "unused-lambda-formal", "unused-at-binding", "used-underscore-name",
}

const usage = "write `# nixsift: ignore[rule, rule] reason` or `# nixsift: ignore-file[rule] reason`"

// marked reports whether a comment may be a suppression.
func marked(comment string) bool {
	b := trimOpening(comment)
	return strings.HasPrefix(b, nixsiftMark) || strings.HasPrefix(b, nixfMark) || strings.Contains(b, deadnixMark)
}

// trimOpening removes the sign that opens a comment, repeated or not, and the blanks behind it.
func trimOpening(comment string) string {
	if rest, ok := strings.CutPrefix(comment, "/*"); ok {
		return strings.TrimLeft(rest, "* \t\r\n")
	}
	return strings.TrimLeft(comment, "# \t")
}

type reader struct {
	*Table
	comments []source.Span
	rules    Rules
}

// comment reads comment i.
func (p *reader) comment(i int) {
	c := p.comments[i]
	whole := c.Of(p.text)
	body := trimOpening(whole)
	at := c.Start + uint32(len(whole)-len(body))
	if strings.HasPrefix(whole, "/*") {
		body = strings.TrimSuffix(body, "*/")
	}
	body, _, _ = strings.Cut(body, "\n")
	switch {
	case strings.HasPrefix(body, nixsiftMark):
		p.own(i, body, at)
	case strings.HasPrefix(body, nixfMark):
		d := p.directive(i)
		d.foreign = true
		for part := range strings.SplitSeq(body[len(nixfMark):], ",") {
			if words := strings.Fields(part); len(words) > 0 {
				d.names = append(d.names, &name{ids: p.rules.Find("nixf:" + words[0])})
			}
		}
	default:
		d := p.directive(i)
		d.foreign = true
		d.names = []*name{{ids: deadnixRules}}
		if d.from <= c.Start {
			// Behind code, deadnix takes it for the declaration on the next line.
			d.to = p.nextCode(i)
		}
	}
}

// directive adds the directive of comment i with the lines that it covers.
func (p *reader) directive(i int) *directive {
	c := p.comments[i]
	d := &directive{comment: c}
	if p.alone(i) {
		d.from, d.to = lineEnd(p.text, c.End), p.nextCode(i)
	} else {
		d.from, d.to = lineStart(p.text, c.Start), lineEnd(p.text, c.Start)+1
	}
	p.directives = append(p.directives, d)
	return d
}

// alone reports whether nothing but blanks and comments stands on the lines of comment i.
func (p *reader) alone(i int) bool {
	c := p.comments[i]
	return p.noCode(lineStart(p.text, c.Start), c.Start) && p.noCode(c.End, lineEnd(p.text, c.End))
}

// noCode reports whether [from, to) holds nothing but blanks and comments.
func (p *reader) noCode(from, to uint32) bool {
	first := sort.Search(len(p.comments), func(j int) bool { return p.comments[j].End > from })
	for _, c := range p.comments[first:] {
		if c.Start >= to {
			break
		}
		if from < c.Start && !isBlank(p.text[from:c.Start]) {
			return false
		}
		from = c.End
	}
	return from >= to || isBlank(p.text[from:to])
}

const space = " \t\r\n\f\v\uFEFF" // the byte order mark among them

func isBlank(s string) bool { return strings.TrimLeft(s, space) == "" }

// codeAfter returns the offset of the first byte behind comment i that is no blank and in no comment.
func (p *reader) codeAfter(i int) uint32 {
	at := p.comments[i].End
	for _, c := range p.comments[i+1:] {
		if !isBlank(p.text[at:c.Start]) {
			break
		}
		at = c.End
	}
	return uint32(len(p.text) - len(strings.TrimLeft(p.text[at:], space)))
}

// nextCode returns the end of the line with the first code behind comment i.
func (p *reader) nextCode(i int) uint32 { return lineEnd(p.text, p.codeAfter(i)) + 1 }

// leading reports whether no code stands before comment i. The line that names a script's interpreter is
// none.
func (p *reader) leading(i int) bool {
	from := uint32(0)
	if strings.HasPrefix(p.text, "#!") {
		from = lineEnd(p.text, 0)
	}
	return p.noCode(from, p.comments[i].Start)
}

// own reads a suppression in nixsift's own form: the body of comment i, which starts at offset at.
func (p *reader) own(i int, body string, at uint32) {
	c := p.comments[i]
	trim := func(n int) {
		rest := strings.TrimLeft(body[n:], " \t")
		at += uint32(len(body) - len(rest))
		body = rest
	}
	trim(len(nixsiftMark))
	verb := body[:len(body)-len(strings.TrimLeft(body, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-"))]
	trim(len(verb))
	inner, reason, closed := strings.Cut(strings.TrimPrefix(body, "["), "]")
	switch {
	case verb != "ignore" && verb != "ignore-file":
		if meant(verb) || strings.HasPrefix(body, "[") {
			p.malformed(c, fmt.Sprintf("`%s` is no suppression", strings.TrimSpace("nixsift: "+verb)), usage)
		}
		return
	case !strings.HasPrefix(body, "["):
		p.malformed(c, fmt.Sprintf("`nixsift: %s` names no rules", verb), usage)
		return
	case !closed:
		p.malformed(c, "the list of rules is not closed", "add `]` behind the last rule")
		return
	case strings.Trim(inner, ", \t\r") == "":
		p.malformed(c, "the list of rules is empty", usage)
		return
	case verb == "ignore-file" && !p.leading(i):
		p.malformed(c, "`ignore-file` stands behind code", "move it to the comments at the top of the file")
		return
	}
	d := p.directive(i)
	d.file = verb == "ignore-file"
	p.names(d, inner, at+1)
	p.problems(d)
	if strings.Trim(reason, " \t\r:-–—*") == "" {
		p.wrong = append(p.wrong, diag.Finding{
			Rule: WithoutReason, Severity: diag.Info, Span: c,
			Message: "the suppression does not say why", Help: "add the reason behind the list of rules",
		})
	}
}

// meant reports whether a word behind "nixsift:" was meant as a suppression: the word of another linter, or
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

// names reads the list between the brackets, which starts at offset at.
func (p *reader) names(d *directive, list string, at uint32) {
	for part := range strings.SplitSeq(list, ",") {
		text := strings.Trim(part, " \t\r")
		if text != "" {
			start := at + uint32(strings.Index(part, text))
			d.names = append(d.names, &name{
				span: source.Span{Start: start, End: start + uint32(len(text))}, text: text, ids: p.rules.Find(text),
			})
		}
		at += uint32(len(part)) + 1
	}
}

// problems reports the names in a list that cannot silence anything.
func (p *reader) problems(d *directive) {
	for _, n := range d.names {
		if len(n.ids) == 0 {
			n.state = unknown
		} else if n.ids = slices.DeleteFunc(n.ids, p.rules.Fixed); len(n.ids) == 0 {
			n.state = fixed
		}
	}
	goes := func(n *name) bool { return n.state == fixed }
	for _, n := range d.names {
		switch n.state {
		case unknown:
			p.unknown(d, n, goes)
		case fixed:
			p.wrong = append(p.wrong, diag.Finding{
				Rule: Malformed, Severity: diag.Warning, Span: n.span,
				Message: fmt.Sprintf("`%s` cannot be silenced: Nix itself refuses the file", n.text),
				Help:    "mend the error, or exclude the file in nixsift.toml",
				Fixes:   []diag.Fix{p.removal(d, n, goes, diag.Safe)},
			})
		}
	}
}

// unknown reports a name that no rule has. Its fixes are unsafe: a newer nixsift may know the rule.
func (p *reader) unknown(d *directive, n *name, goes func(*name) bool) {
	f := diag.Finding{
		Rule: Unknown, Severity: diag.Warning, Span: n.span,
		Message: fmt.Sprintf("unknown rule `%s`", n.text),
		Help:    "remove it; `nixsift rules` lists the rules",
	}
	if id := p.rules.Nearest(n.text); id != "" {
		f.Message += fmt.Sprintf("; did you mean `%s`?", id)
		f.Help = fmt.Sprintf("write `%s`", id)
		f.Fixes = append(f.Fixes, diag.Fix{Title: fmt.Sprintf("replace it by `%s`", id), Edits: []diag.Edit{{Span: n.span, Text: id}}})
	}
	f.Fixes = append(f.Fixes, p.removal(d, n, goes, diag.Unsafe))
	p.wrong = append(p.wrong, f)
}

func (p *reader) malformed(c source.Span, message, help string) {
	p.wrong = append(p.wrong, diag.Finding{Rule: Malformed, Severity: diag.Warning, Span: c, Message: message, Help: help})
}

// hashComments finds the comments of a text in which `#` opens one at the start of a line or behind a
// blank, outside of quotes that open on the same line.
func hashComments(text string) []source.Span {
	var spans []source.Span
	for at := 0; at < len(text); {
		end := int(lineEnd(text, uint32(at)))
		line := strings.TrimSuffix(text[at:end], "\r")
		if i := hashIn(line); i >= 0 {
			spans = append(spans, source.Span{Start: uint32(at + i), End: uint32(at + len(line))})
		}
		at = end + 1
	}
	return spans
}

func hashIn(line string) int {
	quote := byte(0)
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quote != 0:
			if c == '\\' && quote == '"' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t'):
			return i
		}
	}
	return -1
}
