package lsp_test

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/lsp/lsptest"
)

func init() {
	// The argument is the kind of the actions, refactor for none.
	features["codeAction"] = func(s *session, m marked) string {
		at := lsptest.Range{Start: m.at, End: m.at}
		for i, other := range s.all {
			if other == m && i+1 < len(s.all) && s.all[i+1].name == "" {
				at.End = s.all[i+1].at
			}
		}
		only := m.argument
		if only == "" {
			only = "refactor"
		}
		var out []string
		for _, a := range s.Actions(s.uri(m.file), at, only) {
			title := fmt.Sprintf("%s (%s)", a.Title, a.Kind)
			if a.IsPreferred {
				title += " preferred"
			}
			for _, d := range a.Diagnostics {
				title += " of " + d.Code
			}
			out = append(out, title)
			out = append(out, s.edits(a)...)
		}
		return strings.Join(out, "\n")
	}
}

// edits presents what an edit changes.
func (s *session) edits(a lsptest.Action) (out []string) {
	for _, d := range a.Edit.DocumentChanges {
		if d.Kind != "" {
			file, _ := filepath.Rel(s.dir, strings.TrimPrefix(d.URI, "file://"))
			out = append(out, "  "+d.Kind+" "+file)
			continue
		}
		for _, e := range d.Edits {
			text := e.NewText
			if strings.Contains(text, "\n") {
				text = strconv.Quote(text)
			}
			line := "  " + s.place(d.TextDocument.URI, e.Range) + " → " + text
			if note := a.Edit.ChangeAnnotations[e.AnnotationID]; note.Label != "" {
				line += " (" + note.Label
				if note.NeedsConfirmation {
					line += ", to be confirmed"
				}
				line += ")"
			}
			out = append(out, line)
		}
	}
	return out
}

func init() {
	// The name is what is renamed, a file or folder of the fixture, the argument what it is called then.
	features["willRenameFiles"] = func(s *session, m marked) string {
		var a lsptest.Action
		var files []map[string]string
		for i, from := range strings.Split(m.name, ",") {
			files = append(files, map[string]string{"oldUri": s.uri(from), "newUri": s.uri(strings.Split(m.argument, ",")[i])})
		}
		s.Call("workspace/willRenameFiles", map[string]any{"files": files}, &a.Edit)
		return strings.Join(s.edits(a), "\n")
	}
}
