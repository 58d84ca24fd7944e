package suppress

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

const (
	nixsiftMark = "nixsift:"
	deadnixMark = "deadnix: skip" // PRAGMA_SKIP of deadnix' src/binding.rs, which looks for it anywhere in a comment
	nixfMark    = "nixf-ignore:"
)

// reasonEnds are what may stand around a reason and is no part of it.
const reasonEnds = " \t\r:-–—*"

const usage = "write `# nixsift: ignore[rule, rule] reason` or `# nixsift: ignore-file[rule] reason`"

// marked reports whether a comment may be a suppression.
func marked(comment string) bool {
	b := trimOpening(comment)
	return opensWith(b) || strings.HasPrefix(b, nixfMark) || strings.Contains(b, deadnixMark)
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
	rules Rules
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
	if i := strings.IndexAny(body, "\r\n"); i >= 0 {
		body = body[:i]
	}
	switch {
	case strings.HasPrefix(body, nixsiftMark):
		p.own(i, body, at)
	case strings.HasPrefix(body, nixfMark):
		d := p.directive(i)
		d.foreign = true
		from := len(nixfMark)
		for part := range strings.SplitSeq(body[from:], ",") {
			if words := strings.Fields(part); len(words) > 0 {
				p.foreignName(d, words[0], at+uint32(from+strings.Index(part, words[0])))
			}
			from += len(part) + 1
		}
	case opensWith(body):
		p.misspelt(i, body, at)
	default:
		d := p.directive(i)
		d.foreign = true
		d.names = []*name{{ids: p.rules.OfTool("deadnix")}}
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
	d.from, d.to = p.covered(i)
	p.directives = append(p.directives, d)
	return d
}

// own reads a suppression in nixsift's own form: the body of comment i, which starts at offset at.
func (p *reader) own(i int, body string, at uint32) {
	c, whole, start := p.comments[i], body, at
	respelt := func() []diag.Fix {
		s, _ := p.spell(whole)
		return p.respell(i, s, start)
	}
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
			p.malformed(c, fmt.Sprintf("`%s` is no suppression", strings.TrimSpace("nixsift: "+verb)), usage, respelt()...)
		}
		return
	case !strings.HasPrefix(body, "["):
		p.malformed(c, fmt.Sprintf("`nixsift: %s` names no rules", verb), usage, respelt()...)
		return
	case !closed:
		p.malformed(c, "the list of rules is not closed", "add `]` behind the last rule", respelt()...)
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
	reason = strings.Trim(reason, reasonEnds)
	for _, n := range d.names {
		n.reason = reason
	}
	if reason == "" {
		p.wrong = append(p.wrong, diag.Finding{
			Rule: WithoutReason, Severity: diag.Info, Span: c,
			Message: "the suppression does not say why", Help: "add the reason behind the list of rules",
		})
	}
}

// names reads the list between the brackets, which starts at offset at.
func (p *reader) names(d *directive, list string, at uint32) {
	for part := range strings.SplitSeq(list, ",") {
		text := strings.Trim(part, " \t\r")
		if text != "" {
			start := at + uint32(strings.Index(part, text))
			n := &name{span: source.Span{Start: start, End: start + uint32(len(text))}, text: text}
			n.ids, n.wide = p.rules.Select(text)
			d.names = append(d.names, n)
		}
		at += uint32(len(part)) + 1
	}
}

// problems reports the names in a list that cannot silence anything.
func (p *reader) problems(d *directive) {
	for _, n := range d.names {
		if len(n.ids) == 0 {
			n.state = unknown
		} else if n.ids = slices.DeleteFunc(n.ids, p.rules.Mandatory); len(n.ids) == 0 {
			n.state = fixed
		}
	}
	left := d.staying(func(n *name) bool { return n.state == fixed })
	for i, n := range d.names {
		switch n.state {
		case unknown:
			if n.wide {
				p.malformed(n.span, fmt.Sprintf("`%s` names every rule", n.text), "name the rules or their families, or exclude the file in nixsift.toml")
			} else {
				p.unknown(d, i, left)
			}
		case fixed:
			p.wrong = append(p.wrong, diag.Finding{
				Rule: Malformed, Severity: diag.Warning, Span: n.span,
				Message: fmt.Sprintf("`%s` cannot be silenced: Nix itself refuses the file", n.text),
				Help:    "mend the error, or exclude the file in nixsift.toml",
				Fixes:   []diag.Fix{p.removal(d, i, left, diag.Safe)},
			})
		}
	}
}

// unknown reports a name that no rule has. Its fixes are unsafe: a newer nixsift may know the rule.
func (p *reader) unknown(d *directive, i int, left stays) {
	n := d.names[i]
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
	f.Fixes = append(f.Fixes, p.removal(d, i, left, diag.Unsafe))
	p.wrong = append(p.wrong, f)
}

func (p *reader) malformed(c source.Span, message, help string, fixes ...diag.Fix) {
	p.wrong = append(p.wrong, diag.Finding{Rule: Malformed, Severity: diag.Warning, Span: c, Message: message, Help: help, Fixes: fixes})
}

// hashComments finds the comments of a text in which `#` opens one at the start of a line or behind a
// blank, outside of quotes that open on the same line. A byte order mark before the text is none of it.
func hashComments(text string) []source.Span {
	var spans []source.Span
	for at := int(textStart(text)); at < len(text); {
		end := len(text)
		if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
			end = at + n
		}
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
