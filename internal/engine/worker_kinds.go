package engine

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
	"github.com/nixsift/nixsift/rules"
)

// syntax reports the errors of the parser, but for those that Nix does not come to see behind a NUL byte.
func (w *worker) syntax(pass *rules.Pass, tree *ast.Tree) {
	if len(tree.Errors()) > 0 {
		w.unsure(pass.Path)
	}
	nul := tree.FirstNUL()
	for _, e := range tree.Errors() {
		r := w.plan.syntax[e.Kind]
		if r == nil || w.bound.full(r) || nul >= 0 && int(e.Span.Start) > nul {
			continue
		}
		f := syntaxFinding(tree, e)
		if int(e.Span.Start) == nul && len(parser.Parse(tree.Source()[:nul]).Errors()) == 0 {
			// Nix accepts the file; without the byte it would read more, and something else.
			f.Severity, f.Fixes = diag.Warning, nil
		}
		pass.SetRule(r)
		w.guard(pass.Rule, func() { pass.Report(f) })
	}
}

// syntaxFinding presents an error of the parser.
func syntaxFinding(tree *ast.Tree, e ast.SyntaxError) diag.Finding {
	f := diag.Finding{Span: e.Span, Message: e.Message, Help: e.Help}
	if e.Hint != nil {
		f.Related = []diag.Related{{Span: e.Hint.Span, Message: e.Hint.Message}}
	}
	if e.Fix != nil {
		safety := diag.Unsafe
		if e.Fix.Sure {
			safety = diag.Safe
		}
		edit := diag.Edit{Span: e.Fix.Span, Text: e.Fix.Text}
		inToken := e.Kind == ast.ErrNUL || e.Kind == ast.ErrTrailingSlash
		if edit.Text == "" && !inToken || edit.Text == " " && besideBlank(tree.Source(), edit.Span) {
			edit = nixlang.Cut(tree, edit.Span)
		}
		f.Fixes = []diag.Fix{{Title: e.Fix.Title, Safety: safety, Edits: []diag.Edit{edit}}}
	}
	return f
}

// besideBlank reports whether white space, or an end of the text, is next to a span.
func besideBlank(text string, s source.Span) bool {
	around := text[max(int(s.Start), 1)-1:s.Start] + text[s.End:min(int(s.End)+1, len(text))]
	return len(around) < 2 || strings.ContainsAny(around, " \t\r\n")
}

// script checks one CI file or shell script.
func (w *worker) script(path, text string, kind workspace.Kind) {
	v := w.view
	var doc *shell.Doc
	if kind == workspace.CI {
		doc = shell.ReadCI(v.Rel(path), text)
	} else {
		doc = shell.ReadScript(v.Rel(path), text)
	}
	if doc.Prose {
		w.begin(path, nil, text)
		w.rulesOf(doc, w.pass(path, nil, v, w.resolver))
		return // what it shows is for people, comments that silence rules as well, and need not be whole
	}
	if strings.TrimSpace(text) == "" || slices.ContainsFunc(doc.Scripts, func(s *shell.Script) bool { return s.Err != nil }) {
		w.unsure(path)
	}
	w.unread(path, doc)
	pass := w.pass(path, nil, v, w.resolver)
	w.begin(path, nil, text)
	w.rulesOf(doc, pass)
	if suppress.Mentioned(text) {
		if t := suppress.ParseText(text, w.config.Catalogue()); t != nil {
			w.suppressions[path] = t
		}
	}
}

// rulesOf runs the rules about scripts, of documentation those that read it.
func (w *worker) rulesOf(doc *shell.Doc, pass *rules.Pass) {
	for _, r := range w.plan.scripts {
		if doc.Prose && !r.Prose {
			continue
		}
		pass.SetRule(r)
		w.guard(pass.Rule, func() { r.Script(pass, doc) })
	}
	w.begin("", nil, "")
}

// unread tells what of a CI file or script could not be read. Scripts that do not parse may be right: of another shell
// than they say, a template, text behind an exit. They count where a rule would look at what was not read.
func (w *worker) unread(path string, doc *shell.Doc) {
	var lines *source.LineIndex
	fail := func(at uint32, format string, args ...any) {
		if lines == nil {
			lines = source.NewLineIndex(doc.Text)
		}
		pos := lines.Position(at)
		w.errors = append(w.errors, FileError{path, fmt.Sprintf(format, args...), Unparsed, pos.Line, pos.Column})
	}
	for _, p := range doc.Problems {
		fail(p.Span.Start, "%s", p.Msg)
	}
	mentions := w.plan.mentions("")
	if len(mentions) == 0 {
		return
	}
	if word, at, ok := doc.Mention(doc.Unread, mentions); ok {
		fail(at, "`%s` stands in a part of the file that is not read: neither in a recipe nor in a plain assignment", word)
	}
	for _, s := range doc.Scripts {
		for _, c := range s.Cuts {
			if word, at, ok := doc.Mention(c.Unread, w.plan.mentions(c.Program)); ok {
				fail(c.Span.Start, "the variables of the command are not wholly read: they lead too far or have too many values; "+
					"so `%s` on line %d is not checked", word, lineOf(doc.Text, at))
			}
		}
		if s.Err == nil {
			continue
		}
		if word, at, ok := doc.Mention(s.Unread, mentions); ok {
			fail(s.Err.Span.Start, "%s; so `%s` on line %d is not checked", s.Err.Msg, word, lineOf(doc.Text, at))
		}
	}
}

func lineOf(text string, at uint32) int { return 1 + strings.Count(text[:at], "\n") }

// flake runs the rules on the flake in a folder that is open, or on a lock file alone.
func (w *worker) flake(dir string) {
	path := filepath.Join(dir, "flake.nix")
	if len(w.plan.flakes)+len(w.plan.locks) == 0 {
		return
	}
	defer w.begin("", nil, "")
	switch l := w.view.LockIn(dir); l.State {
	case flake.LockNone:
	case flake.LockUnreadable:
		w.failed(l.Path, l.Unread)
	default:
		w.begin(l.Path, nil, "")
		w.asked, w.generated = true, false // every lock file is, and none the less of interest
		pass := w.pass(l.Path, nil, w.view, new(sema.Resolver))
		for _, r := range w.plan.locks {
			pass.SetRule(r)
			w.guard(pass.Rule, func() { r.Lock(pass, l) })
		}
	}
	f := w.view.FlakeIn(dir)
	if f == nil {
		w.lockAlone(dir)
		return
	}
	if len(f.Nix.Tree.Errors()) > 0 {
		w.unsure(path)
	}
	pass := w.pass(path, f.Nix.Tree, w.view, new(sema.Resolver))
	w.begin(path, f.Nix.Tree, "")
	for _, r := range w.plan.flakes {
		pass.SetRule(r)
		w.guard(pass.Rule, func() { r.Flake(pass, f) })
	}
}

// lockAlone runs the rules that judge a lock file without its flake.nix.
func (w *worker) lockAlone(dir string) {
	l := w.view.LockIn(dir)
	if l.Lock == nil {
		return
	}
	f := flake.NewAlone(dir, l)
	pass := w.pass(l.Path, nil, w.view, new(sema.Resolver))
	for _, r := range w.plan.flakes {
		if r.LockAlone {
			pass.SetRule(r)
			w.guard(pass.Rule, func() { r.Flake(pass, f) })
		}
	}
}
