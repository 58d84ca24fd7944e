package shell

import (
	"path"
	"regexp"
	"strings"
)

// IsDockerfile reports whether docker and podman look for instructions in a file of that name.
func IsDockerfile(file string) bool {
	base := path.Base(file)
	for _, name := range []string{"Dockerfile", "Containerfile"} {
		if base == name || strings.HasPrefix(base, name+".") || strings.HasSuffix(base, "."+name) || strings.EqualFold(path.Ext(base), "."+name) {
			return true
		}
	}
	return false
}

// docker reads the commands of a Dockerfile (docs.docker.com/reference/dockerfile): RUN in its shell form, with continued lines
// and here-documents. ENV and ARG are variables of what follows.
func (r *reader) docker(text string, at *textMap) {
	vars := &scope{}
	for start := 0; start < len(text); {
		end := start + lineLen(text[start:])
		line := text[start:end]
		word, rest, _ := strings.Cut(strings.TrimLeft(line, " \t"), " ")
		from := end - len(rest)
		switch strings.ToUpper(word) {
		case "RUN":
			end = r.dockerRun(text, from, at, vars)
		case "COPY", "ADD":
			for _, stop := range hereDocuments(rest) {
				end = min(documentEnd(text, end+1, stop), len(text))
			}
		case "ENV", "ARG":
			dockerVariables(text, from, end, at, vars)
		}
		start = end + 1
	}
}

// dockerRun reads a RUN instruction whose arguments begin at an offset, and returns where it ends.
func (r *reader) dockerRun(text string, start int, at *textMap, vars *scope) (end int) {
	for strings.HasPrefix(text[start:], "--") { // --mount=…
		n := strings.IndexAny(text[start:], " \t\n")
		if n < 0 || text[start+n] == '\n' {
			break
		}
		start += n + 1
	}
	first := text[start : start+lineLen(text[start:])]
	stops := hereDocuments(first)
	documents := len(stops) > 0
	var b textBuilder
	for i := start; ; i = end + 1 {
		end = i + lineLen(text[i:])
		line := text[i:end]
		comment := !documents && i > start && strings.HasPrefix(strings.TrimLeft(line, " \t"), "#")
		if !comment { // which docker takes away
			b.add(line, i, len(line))
			b.add("\n", end, 0)
		}
		done := !comment && !strings.HasSuffix(strings.TrimRight(line, " \t"), "\\")
		if documents {
			if i > start && strings.TrimLeft(line, "\t") == stops[0] {
				stops = stops[1:]
			}
			done = len(stops) == 0
		}
		if done || end >= len(text) {
			break
		}
	}
	s := &Script{Source: Recipe, Shell: "sh", Text: b.text.String(), at: b.mapTo(at, start), scope: &scope{parent: vars}}
	s.Span = at.span(start, min(end, len(text)))
	switch {
	case strings.HasPrefix(first, "["): // a list of words, without a shell
		return end
	case documents && strings.HasPrefix(first, "<<"): // the document alone is the program
		body := strings.TrimSuffix(strings.TrimRight(s.Text[len(first):], "\n"), hereDocuments(first)[0])
		s.Text = strings.Repeat(" ", len(first)) + body
		s.Shell = Dialect("", strings.TrimLeft(s.Text, " \n"))
	}
	r.script(s, nil)
	return end
}

// hereDocument is a word that begins a here-document (reHeredoc of BuildKit's parser).
var hereDocument = regexp.MustCompile(`^\d*<<-?(?:"([\w.-]+)"|'([\w.-]+)'|([\w.-]+))$`)

// hereDocuments returns the words that end the here-documents of an instruction, by the words of its first line.
func hereDocuments(line string) (stops []string) {
	var quote byte
	start := 0
	for i := 0; i <= len(line); i++ {
		if i < len(line) && (quote != 0 || line[i] != ' ' && line[i] != '\t') {
			if c := line[i]; c == quote {
				quote = 0
			} else if quote == 0 && (c == '"' || c == '\'') {
				quote = c
			}
			continue
		}
		if m := hereDocument.FindStringSubmatch(line[start:i]); m != nil {
			stops = append(stops, m[1]+m[2]+m[3])
		}
		start = i + 1
	}
	return stops
}

// documentEnd returns where the line ends that ends a here-document.
func documentEnd(text string, start int, stop string) int {
	for start < len(text) {
		end := start + lineLen(text[start:])
		if strings.TrimLeft(text[start:end], "\t") == stop {
			return end
		}
		start = end + 1
	}
	return start
}

// dockerVariables reads NAME=value… and, of ENV, NAME value.
func dockerVariables(text string, start, end int, at *textMap, vars *scope) {
	define := func(name string, from, to int) {
		value := strings.Trim(text[from:to], `"'`)
		if i := strings.Index(text[from:to], value); i > 0 {
			from += i
		}
		s := scalar{text: value, at: &textMap{pieces: []piece{{0, len(value), from, len(value)}}, parent: at}}
		w := s.word(nil)
		vars.define(&variable{name: name, words: []rawWord{w}, whole: w, ci: true})
	}
	line := text[start:end]
	for i := 0; i < len(line); {
		if line[i] == ' ' || line[i] == '\t' {
			i++
			continue
		}
		k := i
		var quote byte
		for ; k < len(line) && (quote != 0 || line[k] != ' ' && line[k] != '\t'); k++ {
			if c := line[k]; c == quote {
				quote = 0
			} else if quote == 0 && (c == '"' || c == '\'') {
				quote = c
			}
		}
		name, _, ok := strings.Cut(line[i:k], "=")
		if !ok || !validName(name) {
			if i == 0 && validName(line[i:k]) && k < len(line) {
				define(line[i:k], start+k+1, end)
			}
			return
		}
		define(name, start+i+len(name)+1, start+k)
		i = k
	}
}
