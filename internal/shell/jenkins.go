package shell

import (
	"regexp"
	"strings"
)

// jenkins reads the commands of a Jenkinsfile (jenkins.io/doc/book/pipeline/syntax): the strings of its sh steps, the
// variables of environment blocks, the values of the axes of a matrix, and parameters with their defaults and choices. Groovy is not parsed: strings and comments are told apart, what is computed is not read.
func (r *reader) jenkins(text string, at *textMap) {
	vars := &scope{}
	axis, parameter := "", "" // whose values come next
	define := func(name string, body [2]int) {
		if name == "" {
			return
		}
		s := scalar{text: text[body[0]:body[1]], at: &textMap{pieces: []piece{{0, body[1] - body[0], body[0], body[1] - body[0]}}, parent: at}}
		w := s.word(nil)
		vars.define(&variable{name: name, words: []rawWord{w}, whole: w, ci: true})
	}
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
			switch m := groovyVariable.FindStringSubmatch(before); {
			case shStep.MatchString(before):
				r.groovyScript(text, body, text[i] == '"', at, vars)
			case m != nil:
				define(m[1], body)
			case axisName.MatchString(before):
				axis = text[body[0]:body[1]]
			case parameterName.MatchString(before):
				parameter = text[body[0]:body[1]]
			case axisValue.MatchString(text[max(0, i-maxStep):i]):
				define(axis, body)
			case parameterValue.MatchString(text[max(0, i-maxStep):i]):
				define(parameter, body)
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
	// axisName and axisValue are what stands before the name of an axis and each of its values.
	axisName  = regexp.MustCompile(`(^|[\s{;])name\s+$`)
	axisValue = regexp.MustCompile(`[\s{;]values\s*\(?\s*(('[^'\n]*'|"[^"\n]*")\s*,\s*)*$`)
	// parameterName and parameterValue are what stands before the name of a parameter, and its default or each of its choices.
	parameterName  = regexp.MustCompile(`(^|[\s{;])(choice|string)\s*\(?\s*name\s*:\s*$`)
	parameterValue = regexp.MustCompile(`,\s*(defaultValue\s*:\s*|choices\s*:\s*\[?\s*(('[^'\n]*'|"[^"\n]*")\s*,\s*)*)$`)
	// groovyName is what Groovy itself puts into a text in double quotes.
	groovyName = regexp.MustCompile(`\$\{\s*(?:params\.|env\.)([A-Za-z_]\w*)\s*\}`)
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

// groovyScript adds the text of a string as a script. A backslash keeps the next character, or is a line end in the middle of a
// line. In double quotes Groovy puts in parameters and variables.
func (r *reader) groovyScript(text string, body [2]int, expands bool, at *textMap, vars *scope) {
	var b textBuilder
	start, end := body[0], body[1]
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
	var exprs []expr
	if expands {
		for _, m := range groovyName.FindAllStringSubmatchIndex(s.Text, -1) {
			exprs = append(exprs, expr{m[0], m[1], s.Text[m[2]:m[3]]})
		}
	}
	r.script(s, exprs)
}
