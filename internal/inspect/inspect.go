// Package inspect tells what is known of a place in a file of a project: what the evaluator says of the expression there, and
// who calls the function there with what.
package inspect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/secret"
)

// Report is what is known of a place.
type Report struct {
	File  string // absolute, links resolved
	Known eval.Known
	// Calls are those of the functions that stand at the place, or whose parameter does, in the files that were looked at.
	Calls []eval.Call
	// Incomplete is set where some calls were not looked at for want of fuel, Unread counts the files that were not.
	Incomplete bool
	Unread     int

	snapshot *project.Snapshot
	lines    map[string]*source.LineIndex

	isSecret *bool // what secretly tells, once it is asked
	secrets  *secret.Values
	places   map[string][]source.Span // of secrets, by file
}

// Error tells why nothing is known of a place: where in a file it is, and why. Line is 0 where it is about the whole file.
type Error struct {
	File         string
	Line, Column int
	Message      string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// At returns what is known of what stands at a line and column, both from 1 and in code points, of a file that is given by
// its absolute path. The error is an *Error.
func At(s *project.Snapshot, path string, line, column int) (*Report, error) {
	v := s.View(path)
	if resolved, ok := v.RealPath(path); ok {
		path = resolved
		v = s.View(path)
	}
	f := s.File(path)
	if f == nil {
		return nil, &Error{File: path, Message: "it cannot be read"}
	}
	r := &Report{File: path, snapshot: s, lines: map[string]*source.LineIndex{}}
	lines := r.linesOf(path)
	if line > lines.Lines() {
		return nil, &Error{File: path, Message: fmt.Sprintf("there is no line %d: it has %d", line, lines.Lines())}
	}
	offset := lines.Offset(line, column)
	if at := lines.Position(offset); at.Line != line || at.Column != column {
		end := lines.Position(lines.LineSpan(line).End)
		return nil, &Error{File: path, Message: fmt.Sprintf("there is no column %d in line %d: that ends before column %d", column, line, end.Column)}
	}
	code := f.Code()
	if code == nil {
		return nil, r.unparsed(f)
	}
	place, ok := code.Locate(f.Tree(), offset)
	if !ok {
		return nil, &Error{path, line, column, "there is neither an expression nor a name here"}
	}
	in := &eval.Inspector{Import: v.Imported}
	r.Known = in.Ask(code, place)
	if len(r.Known.Functions) > 0 {
		r.callers(v.Answers())
	}
	return r, nil
}

// unparsed says why Nix does not evaluate a file.
func (r *Report) unparsed(f *project.File) error {
	at := func(offset uint32, message string) error {
		p := r.linesOf(f.Path()).Position(offset)
		return &Error{f.Path(), p.Line, p.Column, message + ", so Nix evaluates nothing of the file"}
	}
	for _, e := range f.Tree().Errors() {
		return at(e.Span.Start, e.Message)
	}
	for c := range f.Names().Conflicts() {
		if !c.OldOnly {
			return at(c.Second.Start(), diag.Code(c.Path)+" is defined twice")
		}
	}
	for u := range f.Names().Undefined() {
		return at(u.Node.Start(), "undefined variable "+diag.Code(u.Node.Text()))
	}
	return &Error{File: f.Path(), Message: "it is not evaluated: it is too deep, or it binds a name that operators go by, such as `__sub`"}
}

// maxCallers bounds the files that are searched for calls.
const maxCallers = 200

// callers looks for calls: in the file, in those with the functions, and in those that name them.
func (r *Report) callers(a *project.Answers) {
	files := []string{r.File}
	add := func(path string) {
		if resolved, ok := a.RealPath(path); ok && !slices.Contains(files, resolved) {
			files = append(files, resolved)
		}
	}
	for _, fn := range r.Known.Functions {
		add(fn.File)
		for _, ref := range a.References(fn.File) {
			if ref.Kind != project.Copied {
				add(ref.From)
			}
		}
	}
	slices.Sort(files[1:])
	for i, path := range files {
		if i == maxCallers {
			r.Unread = len(files) - i
			break
		}
		f := r.snapshot.File(path)
		if f == nil || f.Code() == nil {
			r.Unread++
			continue
		}
		in := &eval.Inspector{Import: a.Of(path).Imported}
		calls, complete := in.Calls(f.Code(), f.Text(), r.Known.Functions)
		r.Calls = append(r.Calls, calls...)
		r.Incomplete = r.Incomplete || !complete
	}
}

// Positions returns where bytes of a file start and end; ok is false where the file cannot be read.
func (r *Report) Positions(file string, span source.Span) (start, end source.Position, ok bool) {
	x := r.linesOf(file)
	if x == nil {
		return source.Position{}, source.Position{}, false
	}
	return x.Position(span.Start), x.Position(span.End), true
}

// Text returns bytes of a file as one line: without what follows the first line.
func (r *Report) Text(file string, span source.Span) string {
	x := r.linesOf(file)
	if x == nil {
		return ""
	}
	text, more, cut := strings.Cut(secret.MaskPart(x.Text(), span, r.secretsIn(file)), "\n")
	if cut && strings.TrimSpace(more) != "" {
		text = strings.TrimSpace(text) + " …"
	}
	return r.hideLiteral(text)
}

func (r *Report) linesOf(file string) *source.LineIndex {
	x, ok := r.lines[file]
	if !ok {
		if f := r.snapshot.File(file); f != nil {
			x = source.NewLineIndex(f.Text())
		}
		r.lines[file] = x
	}
	return x
}
