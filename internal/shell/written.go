package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Written is text that a script writes to a file: what echo, printf or cat prints into it, and what tee gets.
type Written struct {
	// File is the file as the script writes it.
	File Word
	// Words are what echo and printf join by blanks; a here-document is one word.
	Words []Word
}

// target returns the file that a statement's output goes to.
func (w *walker) target(redirs []*syntax.Redirect) (file rawWord, ok bool) {
	for _, r := range redirs {
		switch r.Op {
		case syntax.RdrOut, syntax.AppOut, syntax.RdrClob, syntax.RdrAll, syntax.AppAll:
			if r.Word != nil && (r.N == nil || r.N.Value == "1") {
				return w.u.raw(r.Word, w.base, w.fn), true
			}
		}
	}
	return rawWord{}, false
}

// within calls a function for a statement whose output goes where the redirections say, or else where that of the
// statement around it goes.
func (w *walker) within(redirs []*syntax.Redirect, do func()) {
	outer := w.into
	if file, ok := w.target(redirs); ok {
		w.into = []rawWord{file}
	}
	do()
	w.into = outer
}

// teeFiles returns the files that a command of a pipeline writes what it gets to.
func (w *walker) teeFiles(s *syntax.Stmt) (files []rawWord) {
	if s == nil {
		return nil
	}
	call, ok := s.Cmd.(*syntax.CallExpr)
	if !ok {
		return nil
	}
	var words []rawWord
	for _, arg := range call.Args {
		if raw := w.u.raw(arg, w.base, w.fn); raw.whole.End > 0 {
			words = append(words, raw)
		}
	}
	return teeFiles(unwrap(exported(words)))
}

// teeFiles returns the files that tee is given.
func teeFiles(r run) (files []rawWord) {
	if len(r.cmds) == 0 {
		return nil
	}
	words := r.cmds[len(r.cmds)-1]
	if words[0].program() != "tee" {
		return nil
	}
	for _, word := range words[1:] {
		if len(word.Text) > 0 && word.Text[0] != '-' && word.raw != nil {
			files = append(files, *word.raw)
		}
	}
	return files
}

// written notes the text that a command writes.
func (w *walker) written(r run, redirs []*syntax.Redirect) {
	if len(r.cmds) == 0 {
		return
	}
	words := r.cmds[len(r.cmds)-1]
	files, texts := w.into, []Word(nil)
	switch words[0].program() {
	case "echo", "printf":
		texts = words[1:]
	case "cat":
	case "tee":
		files = teeFiles(r)
	default:
		return
	}
	if len(files) == 0 {
		return
	}
	for _, r := range redirs {
		if doc, ok := w.input(r); ok {
			texts = append(texts, doc.export())
		}
	}
	if len(texts) == 0 {
		return
	}
	for i := range files {
		w.u.script.Written = append(w.u.script.Written, Written{File: files[i].export(), Words: texts})
	}
}

// input returns the text that a redirection gives a command: a here-document or a here-string.
func (w *walker) input(r *syntax.Redirect) (text rawWord, ok bool) {
	switch {
	case r.Hdoc != nil:
		return w.hereText(r)
	case r.Op == syntax.WordHdoc && r.Word != nil:
		return w.u.raw(r.Word, w.base, w.fn), true
	}
	return rawWord{}, false
}

// hereText returns the text of a here-document as the command gets it.
func (w *walker) hereText(r *syntax.Redirect) (doc rawWord, ok bool) {
	start, end, _, ok := w.document(r)
	if !ok {
		return rawWord{}, false
	}
	doc = rawWord{at: w.u.at, whole: w.u.at.span(start, end)}
	literal := false
	for _, p := range r.Word.Parts {
		if l, ok := p.(*syntax.Lit); !ok || strings.Contains(l.Value, "\\") {
			literal = true
		}
	}
	if literal {
		w.u.verbatim(&doc, start, end, false)
	} else {
		w.u.literal(&doc, start, end, true, "$`\\")
	}
	return doc, true
}
