package shell

import (
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/nixsift/nixsift/ast/source"
)

// A call is a simple command as it was read, before variables are followed.
type call struct {
	words     []rawWord
	script    *Script
	fn        string // the function it stands in
	depth     int    // of shells within shells
	recovered bool
}

// span returns the range of the words.
func (c *call) span() source.Span {
	span := c.words[0].whole
	for i := range c.words {
		span.End = max(span.End, c.words[i].whole.End)
	}
	return span
}

// A variable is one assignment.
type variable struct {
	name   string
	words  []rawWord // elements of an array, or the one value
	array  bool
	append bool
	ci     bool // set by the CI file
	set    bool // assigned by a script
	each   bool // of a loop: each of the words is a value
	given  bool // by the document that calls
	// unknown is set where nothing is known of the value; there are no words.
	unknown bool
	fn      string
	scope   *scope  // in which the words are expanded, if not where the variable is used
	whole   rawWord // for its span: the assignment as a whole
}

func (v *variable) export() Assign {
	a := Assign{Name: v.name, Array: v.array, Append: v.append, Span: v.whole.whole}
	for i := range v.words {
		a.Words = append(a.Words, v.words[i].export())
	}
	return a
}

// A walker reads the statements of one chunk.
type walker struct {
	*reader
	u         *unit
	base      int
	recovered bool
	fn        string
	depth     int
	end       int // the furthest place seen
	deep      bool
	into      []rawWord // the files that the output of the statement goes to
}

// unit reads one unit: its calls and assignments go to the reader and the script's scope.
func (r *reader) unit(u *unit) {
	u.mask()
	u.parse(func(c chunk) (end int) {
		w := &walker{reader: r, u: u, base: c.base, recovered: c.recovered, end: c.base}
		// The library's trees of text with errors have gaps that its own methods may trip over.
		defer func() {
			end = min(w.end, len(u.text))
			if p := recover(); p != nil {
				u.fail(fmt.Sprintf("the shell text could not be read: %v", p), c.base, end)
			} else if w.deep {
				u.fail("the shell text is nested too deeply", c.base, c.base)
			}
		}()
		w.stmts(c.stmts)
		if len(c.stmts) > 0 {
			if p := c.stmts[len(c.stmts)-1].End(); p.IsValid() {
				w.end = max(w.end, c.base+int(p.Offset()))
			}
		}
		return w.end
	})
}

func (w *walker) stmts(list []*syntax.Stmt) {
	for _, s := range list {
		w.stmt(s)
	}
}

// maxWalk bounds the recursion over the tree; chains of operators, which the parser builds in a loop, do not
// count.
const maxWalk = 10_000

// tooDeep reports whether the recursion has to end here.
func (w *walker) tooDeep() bool {
	w.deep = w.deep || w.depth >= maxWalk
	return w.depth >= maxWalk
}

func (w *walker) stmt(s *syntax.Stmt) {
	if s == nil || w.tooDeep() {
		return
	}
	w.depth++
	defer func() { w.depth-- }()
	// `a && b | c` leans to the left: collect the right sides.
	type side struct {
		stmt *syntax.Stmt
		into []rawWord
	}
	var right []side
	outer := w.into
	for {
		w.redirects(s)
		bin, ok := s.Cmd.(*syntax.BinaryCmd)
		if !ok || bin.X == nil {
			break
		}
		right = append(right, side{bin.Y, w.into})
		if bin.Op == syntax.Pipe || bin.Op == syntax.PipeAll {
			w.into = w.teeFiles(bin.Y)
		}
		s = bin.X
	}
	w.within(s.Redirs, func() { w.command(s) })
	for i := len(right) - 1; i >= 0; i-- {
		w.into = right[i].into
		w.stmt(right[i].stmt)
	}
	w.into = outer
}

func (w *walker) redirects(s *syntax.Stmt) {
	for _, r := range s.Redirs {
		w.word(r.Word)
		if r.Hdoc != nil {
			w.word(r.Hdoc)
			if _, _, end, ok := w.document(r); ok {
				w.end = max(w.end, end)
			}
		}
	}
}

func (w *walker) command(s *syntax.Stmt) {
	switch c := s.Cmd.(type) {
	case *syntax.CallExpr:
		w.call(c, s.Redirs)
	case *syntax.IfClause:
		for ; c != nil; c = c.Else {
			w.stmts(c.Cond)
			w.stmts(c.Then)
		}
	case *syntax.WhileClause:
		w.stmts(c.Cond)
		w.stmts(c.Do)
	case *syntax.ForClause:
		w.loop(c.Loop)
		w.stmts(c.Do)
	case *syntax.CaseClause:
		w.word(c.Word)
		for _, item := range c.Items {
			w.stmts(item.Stmts)
		}
	case *syntax.Block:
		w.stmts(c.Stmts)
	case *syntax.Subshell:
		w.stmts(c.Stmts)
	case *syntax.FuncDecl:
		outer := w.fn
		if c.Name != nil {
			w.fn = c.Name.Value
			if w.u.script.functions == nil {
				w.u.script.functions = map[string]bool{}
			}
			w.u.script.functions[w.fn] = true
		}
		w.stmt(c.Body)
		w.fn = outer
	case *syntax.TestDecl:
		w.stmt(c.Body)
	case *syntax.TimeClause:
		w.stmt(c.Stmt)
	case *syntax.CoprocClause:
		w.stmt(c.Stmt)
	case *syntax.DeclClause:
		for _, a := range c.Args {
			w.assign(a)
		}
	case *syntax.LetClause:
		for _, x := range c.Exprs {
			w.arithm(x)
		}
	case *syntax.ArithmCmd:
		w.arithm(c.X)
	case *syntax.TestClause:
		w.test(c.X)
	}
}

func (w *walker) loop(l syntax.Loop) {
	switch l := l.(type) {
	case *syntax.WordIter:
		v := &variable{fn: w.fn, each: true}
		for _, item := range l.Items {
			w.word(item)
			if l.Name != nil {
				v := *v
				v.name, v.words = l.Name.Value, []rawWord{w.u.raw(item, w.base, w.fn)}
				v.whole = v.words[0]
				w.define(w.u.script, &v)
			}
		}
	case *syntax.CStyleLoop:
		w.arithm(l.Init)
		w.arithm(l.Cond)
		w.arithm(l.Post)
	}
}

func (w *walker) arithm(x syntax.ArithmExpr) {
	for x != nil && !w.tooDeep() {
		switch e := x.(type) {
		case *syntax.BinaryArithm:
			w.depth++
			w.arithm(e.Y)
			w.depth--
			x = e.X
		case *syntax.UnaryArithm:
			x = e.X
		case *syntax.ParenArithm:
			x = e.X
		case *syntax.FlagsArithm:
			x = e.X
		case *syntax.Word:
			w.word(e)
			return
		default:
			return
		}
	}
}

func (w *walker) test(x syntax.TestExpr) {
	for x != nil && !w.tooDeep() {
		switch e := x.(type) {
		case *syntax.BinaryTest:
			w.depth++
			w.test(e.Y)
			w.depth--
			x = e.X
		case *syntax.UnaryTest:
			x = e.X
		case *syntax.ParenTest:
			x = e.X
		case *syntax.Word:
			w.word(e)
			return
		default:
			return
		}
	}
}

// word reads the commands that a word substitutes.
func (w *walker) word(x *syntax.Word) {
	if x != nil && !w.tooDeep() {
		w.depth++
		w.parts(x.Parts)
		w.depth--
	}
}

func (w *walker) parts(parts []syntax.WordPart) {
	for _, p := range parts {
		switch p := p.(type) {
		case *syntax.DblQuoted:
			w.parts(p.Parts)
		case *syntax.CmdSubst:
			w.stmts(p.Stmts)
		case *syntax.ProcSubst:
			w.stmts(p.Stmts)
		case *syntax.ArithmExp:
			w.arithm(p.X)
		case *syntax.ParamExp:
			w.arithm(p.Index)
			if p.Slice != nil {
				w.arithm(p.Slice.Offset)
				w.arithm(p.Slice.Length)
			}
			if p.Repl != nil {
				w.word(p.Repl.Orig)
				w.word(p.Repl.With)
			}
			if p.Exp != nil {
				w.word(p.Exp.Word)
			}
			if p.NestedParam != nil {
				w.parts([]syntax.WordPart{p.NestedParam})
			}
		}
	}
}

func (w *walker) assign(a *syntax.Assign) {
	v := &variable{append: a.Append, fn: w.fn, set: true}
	w.arithm(a.Index)
	if a.Value != nil {
		w.word(a.Value)
		v.words = []rawWord{w.u.raw(a.Value, w.base, w.fn)}
	}
	if a.Array != nil {
		v.array = true
		for _, e := range a.Array.Elems {
			if e.Value != nil {
				w.word(e.Value)
				v.words = append(v.words, w.u.raw(e.Value, w.base, w.fn))
			}
		}
	}
	if a.Name == nil || a.Naked {
		return
	}
	v.name = a.Name.Value
	if a.Index != nil { // one element of an array
		v.array, v.append = true, true
	}
	if v.words == nil && !v.array {
		v.words = []rawWord{{at: w.u.at}}
	}
	if start, end, ok := w.u.extent(a.Name, w.base); ok {
		if p := a.End(); p.IsValid() {
			end = max(end, w.base+int(p.Offset()))
		}
		v.whole = rawWord{whole: w.u.at.span(start, min(end, len(w.u.text))), at: w.u.at}
		w.define(w.u.script, v)
	}
}

func (w *walker) call(c *syntax.CallExpr, redirs []*syntax.Redirect) {
	for _, a := range c.Assigns {
		w.assign(a)
	}
	var words []rawWord
	for _, arg := range c.Args {
		w.word(arg)
		if raw := w.u.raw(arg, w.base, w.fn); raw.whole.End > 0 {
			words = append(words, raw)
		}
	}
	if len(words) == 0 {
		return
	}
	w.calls = append(w.calls, call{words: words, script: w.u.script, fn: w.fn, depth: w.u.depth, recovered: w.recovered})
	run := unwrap(exported(words))
	for _, text := range run.texts {
		w.nested(text.raw, w.u.script, w.u.depth, w.recovered)
	}
	if run.stdin {
		for _, r := range redirs {
			switch {
			case r.Hdoc != nil:
				w.heredoc(r)
			case r.Op == syntax.WordHdoc && r.Word != nil:
				raw := w.u.raw(r.Word, w.base, w.fn)
				w.nested(&raw, w.u.script, w.u.depth, w.recovered)
			}
		}
	}
	w.written(run, redirs)
	w.special(words, redirs)
}

// heredoc reads a here-document that a shell gets as its program.
func (w *walker) heredoc(r *syntax.Redirect) {
	if doc, ok := w.hereText(r); ok {
		w.nested(&doc, w.u.script, w.u.depth, w.recovered)
	}
}

// document returns the range of a here-document's text, and the end of the line that ends it. The parser's
// own end is behind that line if the delimiter is quoted, and before it otherwise.
func (w *walker) document(r *syntax.Redirect) (start, end, after int, ok bool) {
	start, end, ok = w.u.extent(r.Hdoc, w.base)
	if !ok || r.Word == nil {
		return 0, 0, 0, false
	}
	word := w.u.raw(r.Word, w.base, w.fn)
	stop, text := word.text(), w.u.text
	if at := start + strings.LastIndexByte(text[start:end], '\n') + 1; strings.TrimLeft(text[at:end], "\t") == stop {
		return start, at, end, true
	}
	after = end + lineLen(text[end:])
	if strings.TrimLeft(text[end:after], "\t") != stop {
		after = end
	}
	return start, end, after, true
}

// maxShells bounds how deep programs that are passed to shells are read.
const maxShells = 5

// nested reads a word as a shell program.
func (r *reader) nested(w *rawWord, s *Script, depth int, recovered bool) {
	if w == nil || len(w.parts) == 0 || w.lone() != nil {
		return
	}
	if depth >= maxShells {
		s.fail("the shell text has shells within shells, nested too deeply", w.whole, w.whole)
		return
	}
	u := &unit{script: s, lang: syntax.LangBash, depth: depth + 1}
	var b textBuilder
	for _, p := range w.parts {
		if p.dyn != nil && p.dyn.expr {
			u.exprs = append(u.exprs, expr{start: b.text.Len(), end: b.text.Len() + len(p.text), name: p.dyn.name})
		}
		b.add(p.text, p.src, p.end-p.src)
	}
	u.text, u.at = b.text.String(), b.mapTo(w.at, w.parts[0].src)
	before := len(r.calls)
	r.unit(u)
	for i := before; recovered && i < len(r.calls); i++ {
		r.calls[i].recovered = true
	}
}

// special reads the commands of aliases, and records what `set --` and writes to $GITHUB_ENV and $GITHUB_OUTPUT assign.
func (w *walker) special(words []rawWord, redirs []*syntax.Redirect) {
	switch words[0].text() {
	case "alias":
		for _, arg := range words[1:] {
			text := arg.text()
			if name, _, ok := strings.Cut(text, "="); ok {
				value := arg.slice(len(name)+1, len(text))
				w.nested(&value, w.u.script, w.u.depth, w.recovered)
			}
		}
	case "set":
		for i := range words {
			if words[i].text() == "--" {
				w.define(w.u.script, &variable{name: "@", words: words[i+1:], array: true, fn: w.fn, whole: words[i]})
				return
			}
		}
	case "echo", "printf":
		for _, r := range redirs {
			if r.Word != nil && w.u.script.exports != nil {
				target := w.u.raw(r.Word, w.base, w.fn)
				w.export(words[1:], target.text())
			}
		}
	}
}

// export records `NAME=value` as a variable of the job, or as an output of the step.
func (w *walker) export(words []rawWord, target string) {
	s, prefix := w.u.script, ""
	switch {
	case strings.Contains(target, "GITHUB_ENV"):
	case strings.Contains(target, "GITHUB_OUTPUT") && s.stepID != "":
		prefix = "steps." + s.stepID + ".outputs."
	default:
		return
	}
	for _, arg := range words {
		name, value, ok := strings.Cut(arg.text(), "=")
		if ok && validName(strings.ReplaceAll(name, "-", "_")) {
			word := arg.slice(len(name)+1, len(name)+1+len(value))
			s.exports.define(&variable{name: prefix + name, words: []rawWord{word}, whole: arg, scope: s.scope})
			return
		}
	}
}

func validName(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; !(c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || i > 0 && c >= '0' && c <= '9') {
			return false
		}
	}
	return s != ""
}
