package shell

import (
	"path"
	"strings"

	"github.com/nixsift/nixsift/internal/workspace"
)

// ReadScript reads a shell script, the recipes of a Makefile, justfile or Taskfile, or the RUN instructions of a Dockerfile. The dialect comes from the `#!` line
// or, without one, the extension; of Markdown it reads the shell text that is shown (Doc.Prose). It never fails: a script for
// another interpreter has no commands.
func ReadScript(file, text string) *Doc {
	d := &Doc{Path: file, Text: text}
	if d.checkEncoding(); len(d.Problems) > 0 && wideEncoding(text) != "" {
		return d
	}
	norm, at := normalize(text)
	r := newReader(d)
	switch tool := RecipeTool(file); {
	case tool == "task":
		c := &ci{reader: r, y: parseYAML(text), read: map[int]bool{}}
		for _, doc := range c.y.docs {
			c.taskfile(doc)
		}
		defer d.unsure(c.y)
	case tool != "":
		r.recipes(tool, norm, at)
	case IsDockerfile(file):
		r.docker(norm, at)
	case workspace.IsProse(file):
		d.Prose = true
		r.prose(norm, at)
	default:
		r.script(&Script{Source: ScriptFile, Shell: Dialect(file, norm), Text: norm, Span: at.span(0, len(norm)), at: at}, nil)
	}
	r.finish()
	return d
}

// unsure notes a YAML file that was not read as a whole. It may be right all the same: a template, or for another version of the
// service. So it counts only where it mentions what somebody looks for.
func (d *Doc) unsure(y *yamlFile) {
	if len(y.problems) > 0 {
		d.Unread = append(d.Unread, y.root.span(0, len(y.text)))
	}
}

// Region is a half-open range [Start, End) of byte offsets into the text that ReadText is given.
type Region struct{ Start, End int }

// ReadText reads shell text that stands in another language. at maps the offset of each byte of text to the
// file; opaque are the ranges, in order, that the language replaces before a shell sees them, such as Nix's
// `${…}`. The spans of the result are the file's; Doc.Text is text.
func ReadText(file, text string, at func(int) uint32, opaque ...Region) *Doc {
	d := &Doc{Path: file, Text: text}
	m := &textMap{fn: at}
	var exprs []expr
	for _, o := range opaque {
		if o.Start >= 0 && o.Start < o.End && o.End <= len(text) && (exprs == nil || exprs[len(exprs)-1].end <= o.Start) {
			exprs = append(exprs, expr{start: o.Start, end: o.End})
		}
	}
	r := newReader(d)
	s := &Script{Source: EmbeddedText, Shell: Dialect("", text), Text: text, at: m}
	if text != "" {
		s.Span = m.span(0, len(text))
	}
	r.script(s, exprs)
	r.finish()
	return d
}

// Dialect returns the name of a script's interpreter: bash, sh, zsh, python, … A script for `nix-shell` or
// `nix shell` is its `-i` or `--command`'s. Without a `#!` line the extension decides, bash by default.
func Dialect(file, text string) string {
	line := text[:lineLen(text)]
	shebang, ok := strings.CutPrefix(line, "#!")
	if !ok {
		switch ext := path.Ext(file); ext {
		case ".zsh", ".ksh", ".bats", ".fish", ".nu", ".ps1", ".py":
			return strings.TrimPrefix(ext, ".")
		}
		return "bash"
	}
	words := strings.Fields(shebang)
	for len(words) > 0 && (path.Base(words[0]) == "env" || strings.HasPrefix(words[0], "-") || strings.Contains(words[0], "=")) {
		words = words[1:]
	}
	if len(words) == 0 {
		return "bash"
	}
	switch name := path.Base(words[0]); name {
	case "nix-shell", "nix":
		return nixDialect(words, text)
	default:
		return name
	}
}

// nixDialect reads the `#!nix-shell` lines (Nix manual, "nix-shell", "Use as a #!-interpreter") and the
// `#! nix` lines of `nix shell`.
func nixDialect(words []string, text string) string {
	for rest := text; strings.HasPrefix(rest, "#"); rest = rest[min(lineLen(rest)+1, len(rest)):] {
		line := strings.Fields(strings.TrimLeft(rest[:lineLen(rest)], "#! \t"))
		if len(line) > 0 && (line[0] == "nix-shell" || line[0] == "nix") {
			words = append(words, line...)
		}
	}
	for i, w := range words {
		switch {
		case i+1 >= len(words):
		case w == "-i" || w == "--command" || w == "-c":
			return path.Base(words[i+1])
		}
	}
	return "bash"
}

// IsScript reports whether a file is one that ReadScript understands, by its name, its extension or its `#!` line;
// text may be just the beginning of the file.
func IsScript(file, text string) bool {
	switch path.Ext(file) {
	case ".sh", ".bash", ".zsh", ".ksh", ".bats", ".envrc":
		return true
	}
	if RecipeTool(file) != "" || IsDockerfile(file) {
		return true
	}
	_, known := languages[Dialect(file, text)]
	return strings.HasPrefix(text, "#!") && known
}
