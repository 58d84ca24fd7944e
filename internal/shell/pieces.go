package shell

import (
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// A Piece is a part of shell text that another language puts together.
type Piece struct {
	// Text is what the shell sees; of an Opaque piece, which the language replaces before, what is written.
	Text   string
	Opaque bool
	// Span is where it stands in the file: byte by byte if it is as long as Text, and else as a whole.
	Span source.Span
}

// ReadPieces reads shell text that consists of pieces, in order. Their spans may lie anywhere: those of what is read reach from
// the place of the first byte to that of the last one, which makes no range of the file where a text comes from several places.
func ReadPieces(file string, pieces []Piece) *Doc {
	var b textBuilder
	var exprs []expr
	for _, p := range pieces {
		if p.Opaque && p.Text != "" {
			exprs = append(exprs, expr{start: b.text.Len(), end: b.text.Len() + len(p.Text)})
		}
		b.add(p.Text, int(p.Span.Start), p.Span.Len())
	}
	d := &Doc{Path: file, Text: b.text.String()}
	r := newReader(d)
	s := &Script{Source: EmbeddedText, Shell: Dialect("", d.Text), Text: d.Text, at: b.mapTo(nil, 0)}
	if len(exprs) > 0 && exprs[0].end <= lineLen(d.Text) && namesShell(s.Shell) {
		s.Shell = "bash"
	}
	s.Span = s.at.span(0, len(s.Text))
	r.script(s, exprs)
	r.finish()
	return d
}

// namesShell reports whether the expression behind #! is a shell: ${pkgs.runtimeShell}, ${stdenv.shell}.
func namesShell(interpreter string) bool {
	name := strings.TrimRight(strings.TrimSuffix(strings.ToLower(interpreter), "}"), ") ")
	return strings.HasSuffix(interpreter, "}") && strings.HasSuffix(name, "shell")
}

// Defines reports whether the script defines a function of the name, which hides the program.
func (s *Script) Defines(name string) bool { return s.functions[name] }
