package ide

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
)

// Move is a file or folder that gets another place: absolute paths.
type Move struct{ From, To string }

// Moved returns the edits by which the path literals of the project's Nix files lead where they did, when files and folders have
// moved: those to what moves, and the relative ones in what moves. The edits are of the files where they still are. A path that no
// literal can name keeps the old one.
func (v *View) Moved(ctx context.Context, moves []Move) (edits []diag.Edit) {
	m := mover{moves}
	for _, path := range v.NixFiles() {
		if ctx.Err() != nil {
			return nil
		}
		f := v.File(path)
		if f == nil || m.place(path) == path && !m.mayName(f.Text()) {
			continue
		}
		t := f.Tree()
		for i, r := range t.Records() {
			if r.Kind != ast.Path {
				continue
			}
			if e, ok := m.edit(path, t.Node(ast.NodeID(i))); ok {
				edits = append(edits, e)
			}
		}
	}
	return edits
}

type mover struct{ moves []Move }

// place returns where a path is after the moves.
func (m mover) place(path string) string {
	for _, move := range m.moves {
		if rest, ok := strings.CutPrefix(path, move.From); ok && (rest == "" || rest[0] == filepath.Separator) {
			return move.To + rest
		}
	}
	return path
}

// mayName reports whether a text may have a path to what moves: that names it, or the folder that it is the default.nix of.
func (m mover) mayName(text string) bool {
	for _, move := range m.moves {
		name := filepath.Base(move.From)
		if strings.Contains(text, name) || name == defaultFile {
			return true
		}
	}
	return false
}

const defaultFile = "default.nix"

// edit returns the edit of one literal of a file, if it needs one.
func (m mover) edit(file string, n ast.Node) (e diag.Edit, ok bool) {
	text, behind := n.Text(), ""
	span := n.Span()
	if n.HasError() {
		return e, false
	}
	if interp := n.FirstChild(); interp.IsValid() { // what stands before ${…}, up to the last slash
		text = source.Span{Start: n.Start(), End: interp.Start()}.Of(n.Tree().Source())
		slash := strings.LastIndexByte(text, '/')
		if slash < 0 {
			return e, false
		}
		text, behind = text[:slash+1], "/"
		span.End = span.Start + uint32(len(text))
	}
	target, ok := project.ResolveText(file, text)
	if !ok {
		return e, false
	}
	to, from := m.place(target), m.place(file)
	if to == target && behind == "" && project.Evaluates(n) {
		// A folder stands for its default.nix.
		if inner := filepath.Join(target, defaultFile); m.place(inner) != inner {
			if to = m.place(inner); filepath.Base(to) == defaultFile {
				to = filepath.Dir(to)
			}
		}
	}
	if again, ok := project.ResolveText(from, text); ok && again == to {
		return e, false
	}
	written, ok := literalTo(from, to, strings.HasPrefix(text, "/"))
	if !ok {
		return e, false
	}
	return diag.Edit{File: file, Span: span, Text: written + behind}, true
}

// literalTo writes a path literal of a file that leads to a path; ok is false where none does.
func literalTo(file, to string, absolute bool) (text string, ok bool) {
	text = filepath.ToSlash(to)
	if !absolute {
		rel, err := filepath.Rel(filepath.Dir(file), to)
		if err != nil {
			return "", false
		}
		text = filepath.ToSlash(rel)
		switch {
		case text == ".":
			text = "./."
		case text == ".." || strings.HasSuffix(text, "/.."):
			text += "/."
		case !strings.HasPrefix(text, "../"):
			text = "./" + text
		}
	}
	for i := range len(text) {
		c := text[i]
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && strings.IndexByte("/._-+", c) < 0 {
			return "", false
		}
	}
	return text, true
}
