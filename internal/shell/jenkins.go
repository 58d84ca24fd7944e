package shell

import (
	"regexp"
	"strings"
)

// jenkins reads the commands of a Jenkinsfile (jenkins.io/doc/book/pipeline/syntax): the strings of its sh steps, and the
// variables of environment blocks. Groovy is not parsed: strings and comments are told apart, what is computed is not read.
func (r *reader) jenkins(text string, at *textMap) {
	vars := &scope{}
	defer func() {
		shared := env(vars)
		for _, s := range r.doc.Scripts {
			s.Env = shared
		}
	}()
	for i := 0; i < len(text); {
		switch {
		case strings.HasPrefix(text[i:], "//"):
			i += lineLen(text[i:])
		case strings.HasPrefix(text[i:], "/*"):
			end := strings.Index(text[i+2:], "*/")
			if end < 0 {
				return
			}
			i += end + 4
		case text[i] == '\'' || text[i] == '"':
			body, end := groovyString(text, i)
			before := lineBefore(text, i)
			if shStep.MatchString(before) {
				r.groovyScript(text, body[0], body[1], at, vars)
			} else if m := groovyVariable.FindStringSubmatch(before); m != nil {
				s := scalar{text: text[body[0]:body[1]], at: &textMap{pieces: []piece{{0, body[1] - body[0], body[0], body[1] - body[0]}}, parent: at}}
				w := s.word(nil)
				vars.define(&variable{name: m[1], words: []rawWord{w}, whole: w, ci: true})
			}
			i = end
		default:
			i++
		}
	}
}

var (
	// shStep is what stands before the text of an sh step on its line: sh '…', sh(script: "…"), sh(label: 'x', script: '…').
	shStep = regexp.MustCompile(`(^|[^\w.])sh\s*\(?\s*((\w+\s*:\s*('[^']*'|"[^"]*"|\w+)\s*,\s*)*script\s*:\s*)?$|^\s*script\s*:\s*$`)
	// groovyVariable is what stands before the value of a variable in an environment block.
	groovyVariable = regexp.MustCompile(`^\s*([A-Z_][A-Z0-9_]*)\s*=\s*$`)
)

// maxStep is how much of a line is looked at for what stands before a string, in bytes.
const maxStep = 400

// lineBefore returns what stands before an offset on its line.
func lineBefore(text string, at int) string {
	before := text[max(0, at-maxStep):at]
	return before[strings.LastIndexByte(before, '\n')+1:]
}

// groovyString returns the range of the text in the string that begins at an offset, and where the string ends.
func groovyString(text string, at int) (body [2]int, end int) {
	quote := text[at : at+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(text[at:], triple) {
		quote = triple
	}
	start := at + len(quote)
	for i := start; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case strings.HasPrefix(text[i:], quote):
			return [2]int{start, i}, i + len(quote)
		case len(quote) == 1 && text[i] == '\n':
			return [2]int{start, i}, i // none
		}
	}
	return [2]int{start, len(text)}, len(text)
}

// groovyScript adds the text of a string as a script. A backslash keeps the next character, or is a line end in the middle of a line.
func (r *reader) groovyScript(text string, start, end int, at *textMap, vars *scope) {
	var b textBuilder
	run := start
	for i := start; i+1 < end; i++ {
		if text[i] != '\\' {
			continue
		}
		b.add(text[run:i], run, i-run)
		if out, ok := map[byte]string{'n': "\n", 't': "\t", '\n': ""}[text[i+1]]; ok {
			b.add(out, i, 2)
			run = i + 2
		} else {
			run = i + 1
		}
		i++
	}
	b.add(text[run:end], run, end-run)
	s := &Script{Source: ServiceCommand, Text: b.text.String(), scope: &scope{parent: vars}}
	s.at, s.Span, s.Shell = b.mapTo(at, start), at.span(start, end), Dialect("", s.Text)
	r.script(s, nil)
}
