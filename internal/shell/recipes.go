package shell

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// recipeFiles are the names under which make, just and task look for their file (GNU Make manual, "What Name to Give
// Your Makefile"; just manual, "Quick Start"; taskfile.dev, "Supported file names").
var recipeFiles = map[string][]string{
	"make": {"Makefile", "makefile", "GNUmakefile"},
	"just": {"justfile", "Justfile", ".justfile"},
	"task": {"Taskfile.yml", "taskfile.yml", "Taskfile.yaml", "taskfile.yaml", "Taskfile.dist.yml", "Taskfile.dist.yaml"},
}

// RecipeTool returns the program that reads a file of recipes, make, just or task, or "".
func RecipeTool(file string) string {
	base := path.Base(file)
	for tool, names := range recipeFiles {
		for _, name := range names {
			if base == name {
				return tool
			}
		}
	}
	if isTaskfile(base) {
		return "task"
	}
	switch path.Ext(base) {
	case ".mk":
		return "make"
	case ".just":
		return "just"
	}
	return ""
}

// recipes reads the recipes of a Makefile or justfile, each as one script. What the tool replaces before a shell
// sees it, $(NAME) or {{name}}, is an expression; the file's plain variables are known to it.
func (r *reader) recipes(tool, text string, at *textMap) {
	p := &recipeReader{reader: r, tool: tool, at: at, vars: &scope{}}
	if p.params = p.vars; tool == "just" {
		p.justfile(text)
		return
	}
	for start := 0; start < len(text); {
		end := start + lineLen(text[start:])
		p.line(text[start:end], start)
		start = end + 1
	}
	p.flush()
}

type recipeReader struct {
	*reader
	tool   string
	at     *textMap
	vars   *scope
	params *scope // of the recipe
	within bool   // a rule or recipe has begun
	name   string
	body   textBuilder
	first  int // where the body begins
	last   int // where it ends
	cont   bool
}

func (p *recipeReader) line(line string, start int) {
	indented := strings.HasPrefix(line, "\t") || p.tool == "just" && strings.HasPrefix(line, " ")
	switch {
	case p.within && (indented || p.cont && p.body.text.Len() > 0):
		text := strings.TrimLeft(line, " \t")
		if !p.cont {
			text = strings.TrimLeft(text, "@-+")
		}
		if p.body.text.Len() == 0 {
			p.first = start + len(line) - len(text)
		}
		p.add(text, start+len(line)-len(text))
		p.body.add("\n", start+len(line), 0)
		p.last = start + len(line)
		p.cont = strings.HasSuffix(line, "\\")
		return
	case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") || p.within && conditional(line):
		return
	}
	p.flush()
	p.within, p.cont = false, false
	taken := start
	defer func() { p.skip(taken, start+len(line)) }()
	if name, value, at, ok := p.assignment(line); ok {
		w := p.word(value, start+at)
		p.vars.define(&variable{name: "inputs." + name, words: []rawWord{w}, whole: w, ci: true})
		taken = start + len(line)
		return
	}
	head, needs, found := strings.Cut(line, ":")
	fields := strings.Fields(head)
	if !found || len(fields) == 0 {
		return
	}
	p.within, p.name = true, fields[0]
	needs, _, _ = strings.Cut(needs, "#")
	needs, body, oneLine := strings.Cut(needs, ";")
	need := strings.FieldsFunc(needs, func(r rune) bool { return strings.ContainsRune(" \t()|&", r) })
	p.doc.recipes = append(p.doc.recipes, recipe{p.name, need})
	if oneLine {
		p.line("\t"+body, start+strings.LastIndex(line, body)-1)
		taken = start + len(line)
	}
}

// skip notes a part of the file that is not read: the conditions of recipes, what make and just compute, text that
// make defines.
func (p *recipeReader) skip(start, end int) {
	if start >= end {
		return
	}
	span := source.Span{Start: p.at.start(start), End: p.at.end(end)}
	if k := len(p.doc.Unread) - 1; k >= 0 && span.Start <= p.doc.Unread[k].End+2 { // of the line before
		p.doc.Unread[k].End = span.End
		return
	}
	p.doc.Unread = append(p.doc.Unread, span)
}

// conditional reports whether a line of a Makefile is a directive that may stand within a recipe.
func conditional(line string) bool {
	for _, d := range []string{"ifdef", "ifndef", "ifeq", "ifneq", "else", "endif"} {
		if strings.HasPrefix(strings.TrimLeft(line, " "), d) {
			return true
		}
	}
	return false
}

// assignment reads NAME = value of a Makefile, with := ?= ::= as well.
func (p *recipeReader) assignment(line string) (name, value string, at int, ok bool) {
	i := strings.IndexByte(line, '=')
	if i < 0 {
		return "", "", 0, false
	}
	name = strings.TrimSpace(strings.TrimRight(line[:i], ":?"))
	name = strings.TrimPrefix(name, "export ")
	if !recipeName(name) {
		return "", "", 0, false
	}
	at = i + 1
	for at < len(line) && (line[at] == ' ' || line[at] == '\t') {
		at++
	}
	value = strings.TrimRight(line[at:], " \t")
	return name, value, at, value != ""
}

func recipeName(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; !(c == '_' || c == '-' && i > 0 || c >= '0' && c <= '9' && i > 0 || c|0x20 >= 'a' && c|0x20 <= 'z') {
			return false
		}
	}
	return s != ""
}

// add appends a piece of a recipe; make's $$ is the shell's $.
func (p *recipeReader) add(text string, src int) {
	for p.tool == "make" {
		i := strings.Index(text, "$$")
		if i < 0 {
			break
		}
		p.body.add(text[:i], src, i)
		p.body.add("$", src+i, 2)
		text, src = text[i+2:], src+i+2
	}
	p.body.add(text, src, len(text))
}

// flush adds the recipe read so far as a script.
func (p *recipeReader) flush() {
	if p.body.text.Len() == 0 {
		return
	}
	text := p.body.text.String()
	s := &Script{Source: Recipe, Shell: Dialect("", text), Text: text, Job: p.name,
		at: p.body.mapTo(p.at, p.first), scope: &scope{parent: p.params}}
	s.Span = source.Span{Start: p.at.start(p.first), End: p.at.end(p.last)}
	var exprs []expr
	if p.tool == "just" {
		exprs = enclosed(text, "{{", "}}", nil)
	} else {
		exprs = makeExprs(text, p.body.pieces)
	}
	p.script(s, exprs)
	p.body = textBuilder{}
}

// word returns a value as a word.
func (p *recipeReader) word(value string, src int) rawWord {
	s := scalar{text: value, at: &textMap{pieces: []piece{{0, len(value), src, len(value)}}, parent: p.at}}
	return s.word(makeExprs(value, nil))
}

// makeExprs finds $(NAME) and ${NAME}, which are the same.
func makeExprs(text string, pieces []piece) []expr {
	out := append(enclosed(text, "$(", ")", pieces), enclosed(text, "${", "}", pieces)...)
	slices.SortFunc(out, func(a, b expr) int { return a.start - b.start })
	return slices.CompactFunc(out, func(a, b expr) bool { return max(a.start, b.start) < min(a.end, b.end) })
}

// enclosed finds what the tool replaces: {{name}}, or $(NAME) where the pieces do not say that it was $$(NAME),
// which is the shell's.
func enclosed(text, begin, end string, pieces []piece) []expr {
	var out []expr
	for at := 0; ; {
		i := strings.Index(text[at:], begin)
		if i < 0 {
			return out
		}
		start := at + i
		k := strings.Index(text[start:], end)
		if k < 0 {
			return out
		}
		at = start + k + len(end)
		name := strings.TrimSpace(text[start+len(begin) : start+k])
		piece := sort.Search(len(pieces), func(i int) bool { return pieces[i].dst >= start })
		switch {
		case piece < len(pieces) && pieces[piece].dst == start && pieces[piece].n == 1 && pieces[piece].m == 2:
			at = start + len(begin)
		case recipeName(name):
			out = append(out, expr{start: start, end: at, name: "inputs." + name})
		default:
			out = append(out, expr{start: start, end: at})
		}
	}
}

// A recipe is a rule of a Makefile or a recipe of a justfile, with what runs before it.
type recipe struct {
	name  string
	needs []string
}

// recipeCalls records that a command runs recipes: make, or just, in the script's directory or that of -C.
func (r *reader) recipeCalls(s *Script, words []Word) {
	tool := words[0].program()
	if tool == "go-task" {
		tool = "task"
	}
	if text := words[0].Text; tool == "gmake" || text == "$(MAKE)" || text == "${MAKE}" {
		tool = "make"
	}
	names := recipeFiles[tool]
	if names == nil {
		return
	}
	dir, file := s.WorkingDir, ""
	var recipes []string
	for i := 1; i < len(words); i++ {
		next := ""
		if i+1 < len(words) {
			next = words[i+1].Text
		}
		switch w := words[i].Text; {
		case w == "-C" || w == "--directory" || w == "-d" || w == "--working-directory":
			dir = path.Join(s.WorkingDir, next)
			i++
		case w == "-f" || w == "--file" || w == "--makefile" || w == "--justfile":
			file = next
			i++
		case !strings.HasPrefix(w, "-") && !strings.Contains(w, "="):
			recipes = append(recipes, w)
		}
	}
	if file != "" {
		names = []string{file}
	}
	for _, name := range names {
		p := path.Join(dir, name)
		if !strings.ContainsAny(p, "$`{}*?<>|\n ") && !strings.HasPrefix(p, "/") && !strings.HasPrefix(p, "../") {
			r.doc.Calls = append(r.doc.Calls, Call{Path: p, Span: words[0].Span, Recipes: recipes})
		}
	}
}

// Run returns the recipes of a Makefile or justfile that run when some of them are asked for, the first where
// none is: those that they need, too, and those that they ask make or just for.
func (d *Doc) Run(recipes []string) map[string]bool {
	needs := map[string][]string{}
	for _, r := range d.recipes {
		needs[r.name] = append(needs[r.name], r.needs...)
	}
	calls := d.Calls // in the order of the file, as the scripts
	for _, s := range d.Scripts {
		for len(calls) > 0 && calls[0].Span.Start < s.Span.End {
			needs[s.Job] = append(needs[s.Job], calls[0].Recipes...)
			calls = calls[1:]
		}
	}
	todo := slices.Clone(recipes)
	for _, r := range d.recipes {
		if len(todo) == 0 && !strings.HasPrefix(r.name, ".") { // .PHONY
			todo = []string{r.name}
		}
	}
	run := map[string]bool{}
	for len(todo) > 0 {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !run[name] {
			run[name] = true
			todo = append(todo, needs[name]...)
		}
	}
	return run
}
