package shell

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"sort"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A unit is text that is parsed as one shell program: a script, or what a script passes to another shell.
type unit struct {
	script *Script
	text   string // as written
	masked string // the same length, with the CI system's expressions as plain words
	exprs  []expr
	at     *textMap
	lang   syntax.LangVariant
	depth  int // of shells within shells
}

// An expr is a range of a unit's text that the CI system, or the language around, replaces before the
// shell runs.
type expr struct {
	start, end int
	name       string // "env.X", "matrix.X", "inputs.X", "steps.X.outputs.Y" where it is just that
}

// exprAt returns the first expression that ends behind start and begins before end.
func (u *unit) exprAt(start, end int) *expr {
	i := sort.Search(len(u.exprs), func(i int) bool { return u.exprs[i].end > start })
	if i < len(u.exprs) && u.exprs[i].start < end {
		return &u.exprs[i]
	}
	return nil
}

// githubExprs finds `${{ … }}`. A string in an expression may hold braces; it is in single quotes, and a
// doubled quote stands for one.
func githubExprs(text string) []expr {
	var out []expr
	for at := 0; ; {
		i := strings.Index(text[at:], "${{")
		if i < 0 {
			return out
		}
		start, end, inString := at+i, -1, false
		for k := start + 3; k < len(text); k++ {
			if text[k] == '\'' {
				inString = !inString
			} else if !inString && strings.HasPrefix(text[k:], "}}") {
				end = k + 2
				break
			}
		}
		if end < 0 { // a quote without its partner, or no end at all
			k := strings.Index(text[start:], "}}")
			if k < 0 {
				return out
			}
			end = start + k + 2
		}
		out = append(out, expr{start: start, end: end, name: exprName(text[start+3 : end-2])})
		at = end
	}
}

// gitlabExprs finds `$[[ inputs.x ]]`.
func gitlabExprs(text string) []expr {
	var out []expr
	for at := 0; ; {
		i := strings.Index(text[at:], "$[[")
		if i < 0 {
			return out
		}
		k := strings.Index(text[at+i:], "]]")
		if k < 0 {
			return out
		}
		start := at + i
		at = start + k + 2
		out = append(out, expr{start: start, end: at, name: exprName(text[start+3 : at-2])})
	}
}

// exprName returns the plain reference that an expression consists of, or "".
func exprName(text string) string {
	name := strings.TrimSpace(text)
	name = strings.TrimPrefix(name, "github.event.")
	for i := 0; i < len(name); i++ {
		if c := name[i]; !(c == '.' || c == '_' || c == '-' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z') {
			return ""
		}
	}
	for _, p := range []string{"env.", "matrix.", "inputs.", "steps."} {
		if strings.HasPrefix(name, p) {
			return name
		}
	}
	return ""
}

// mask replaces the expressions by words of the same length, so that offsets stay.
func (u *unit) mask() {
	u.masked = u.text
	if len(u.exprs) == 0 {
		return
	}
	b := []byte(u.text)
	for _, e := range u.exprs {
		for i := e.start; i < e.end; i++ {
			b[i] = 'x'
		}
	}
	u.masked = string(b)
}

// A chunk is a run of statements that parsed, with the offset that its positions count from.
type chunk struct {
	base      int
	stmts     []*syntax.Stmt
	recovered bool
}

// maxFrames bounds the parser's recursion: a stack that overflows cannot be recovered from.
const maxFrames = 20_000

var errTooDeep = errors.New("the shell text is nested too deeply")

// A depthReader fails once the goroutine's stack has become too deep. The parser reads a kilobyte at a
// time from within its recursion, so the stack cannot grow much between two looks.
type depthReader struct {
	text string
	deep bool
}

func (r *depthReader) Read(p []byte) (int, error) {
	if r.text == "" {
		return 0, io.EOF
	}
	var pc [1]uintptr
	if runtime.Callers(maxFrames, pc[:]) > 0 {
		r.deep = true
		return 0, errTooDeep
	}
	n := copy(p, r.text)
	r.text = r.text[n:]
	return n, nil
}

// parse parses the unit and hands over what it reads. After a syntax error that is not a subscript's, it keeps the
// statements before, tries the rest with the parser's own recovery, and otherwise goes on behind the line that the
// failing statement begins with. take returns the end of what it was given.
func (u *unit) parse(take func(chunk) int) {
	fuel := 4*len(u.masked) + 1<<16
	recovered, keys := false, false
	for base := 0; base < len(u.masked) && fuel > 0; {
		stmts, used, err := u.statements(base, 0)
		fuel -= used
		if err != nil && !keys {
			keys = true
			if masked := maskKeys(u.masked); masked != u.masked {
				u.masked = masked
				stmts, used, err = u.statements(base, 0)
				fuel -= used
			}
		}
		end := base
		if len(stmts) > 0 {
			end = take(chunk{base, stmts, recovered})
		}
		if err == nil {
			return
		}
		if !recovered {
			msg, at := u.problem(err, base)
			u.fail(msg, at, u.skipBlank(end))
		}
		// The text behind a here-document without its end is that document's.
		if errors.Is(err, errTooDeep) || strings.Contains(err.Error(), "here-document") {
			return
		}
		recovered = true
		if end = u.skipBlank(end); end >= len(u.masked) {
			return
		}
		stmts, used, err = u.statements(end, 20)
		fuel -= used
		if err == nil {
			take(chunk{end, stmts, true})
			return
		}
		base = nextLine(u.masked, end)
	}
}

func (u *unit) skipBlank(at int) int {
	return at + len(u.masked[at:]) - len(strings.TrimLeft(u.masked[at:], " \t\n;"))
}

// statements parses from base on, leaving out up to tolerate tokens that are missing. used is the number
// of bytes that were looked at.
func (u *unit) statements(base, tolerate int) (stmts []*syntax.Stmt, used int, err error) {
	r := &depthReader{text: u.masked[base:]}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the shell text could not be read: %v", p)
		}
		if r.deep {
			err = errTooDeep
		}
		used = len(u.masked) - base - len(r.text)
	}()
	opts := []syntax.ParserOption{syntax.Variant(u.lang)}
	if tolerate > 0 {
		opts = append(opts, syntax.RecoverErrors(tolerate))
	}
	for s, e := range syntax.NewParser(opts...).StmtsSeq(r) {
		switch {
		case e == nil:
			stmts = append(stmts, s)
		case err == nil:
			err = e // and no return: the parser may yield it twice
		}
	}
	return stmts, 0, err
}

// words parses text as words alone; it ends at what is no word.
func (u *unit) words() (words []*syntax.Word) {
	defer func() { _ = recover() }()
	for w, err := range syntax.NewParser(syntax.Variant(u.lang)).WordsSeq(&depthReader{text: u.masked}) {
		if err != nil {
			break
		}
		words = append(words, w)
	}
	return words
}

// problem returns what is wrong and where in the unit.
func (u *unit) problem(err error, base int) (msg string, at int) {
	at, msg = base, err.Error()
	var pe syntax.ParseError
	var le syntax.LangError
	switch {
	case errors.As(err, &pe):
		at, msg = base+int(pe.Pos.Offset()), pe.Text
	case errors.As(err, &le):
		at = base + int(le.Pos.Offset())
	}
	return "the shell text does not parse: " + msg, at
}

// fail notes a problem at an offset of the unit, for which the text is not surely read from another offset on.
func (u *unit) fail(msg string, at, unread int) {
	at, unread = min(at, len(u.text)), min(unread, len(u.text))
	u.script.fail(msg, u.at.span(at, at+lineLen(u.text[at:])), u.at.span(unread, len(u.text)))
}
