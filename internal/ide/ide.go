// Package ide answers what editors ask about a place in a Nix file: what stands there, where it is defined and used, what may be
// written there. Each question has a file of its own. It knows nothing of protocols: places are bytes.
//
// Files may be half typed: what the parser recovers of them is what answers come from.
package ide

import (
	"path/filepath"
	"sync"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/inspect"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/secret"
	"github.com/nixsift/nixsift/internal/sema"
)

// View is a file of a project with what is around it. It belongs to one goroutine.
type View struct {
	*project.Answers
	snapshot *project.Snapshot
	file     *project.File
	path     string
	tree     *ast.Tree
	modules  func() *module.File
	secrets  *secret.Values
	lists    []string // of options that are declared elsewhere: files
}

// Open returns the view of a file, given by its absolute path; nil where that cannot be read.
func Open(s *project.Snapshot, path string) *View {
	f := s.File(path)
	if f == nil {
		return nil
	}
	v := &View{Answers: s.View(path).Answers(), snapshot: s, file: f, path: path, tree: f.Tree()}
	v.modules = sync.OnceValue(f.Modules)
	v.secrets = &secret.Values{
		Read: func(file string) (string, bool) { return f.Text(), file == path },
		Tree: func(string) *ast.Tree { return v.tree },
	}
	return v
}

// Hide returns a text about the file without secrets.
func (v *View) Hide(text string) string { return v.secrets.HideOf(v.path, text) }

// names returns the names of the file, resolved.
func (v *View) names() *sema.Info { return v.file.Names() }

// code returns the code of the file, which may be half typed; nil where nothing is known of it.
func (v *View) code() *eval.Code { return v.file.Partial() }

// Location is a place in a file.
type Location struct {
	File string
	// Span is the whole of what stands there, Name the part to look at.
	Span, Name source.Span
}

// Text returns the text of the file.
func (v *View) Text() string { return v.file.Text() }

// isWord reports whether a token is a name, or a literal that stands for something.
func isWord(k ast.TokenKind) bool {
	switch k {
	case ast.TokIdent, ast.TokInt, ast.TokFloat, ast.TokURI, ast.TokPath, ast.TokPathText, ast.TokSearchPath, ast.TokText, ast.TokIndText:
		return true
	}
	return false
}

// tokenAt returns the token at an offset, or the word that ends there.
func (v *View) tokenAt(offset uint32) ast.Token {
	tok := v.tree.TokenAt(offset)
	if !isWord(tok.Kind()) && offset > 0 {
		if before := v.tree.TokenAt(offset - 1); isWord(before.Kind()) {
			return before
		}
	}
	return tok
}

// isTrivia reports whether a token is a blank or a comment.
func isTrivia(k ast.TokenKind) bool { return k <= ast.TokStray }

// nodeAt returns the innermost node of the word at an offset; it is invalid between words.
func (v *View) nodeAt(offset uint32) ast.Node {
	tok := v.tokenAt(offset)
	if !tok.IsValid() || isTrivia(tok.Kind()) || tok.Span().Len() == 0 {
		return ast.Node{}
	}
	return v.tree.NodeAt(tok.Span())
}

// known returns what the evaluator says of a node.
func (v *View) known(n ast.Node) (eval.Known, bool) {
	r := v.report(n)
	if r == nil {
		return eval.Known{}, false
	}
	return r.Known, true
}

// report returns what the evaluator says of a node, to be told; nil where it says nothing.
func (v *View) report(n ast.Node) *inspect.Report {
	code := v.code()
	if code == nil || !n.IsValid() {
		return nil
	}
	p, ok := code.PlaceOf(n)
	if !ok {
		return nil
	}
	return inspect.Of(v.snapshot, v.View, code, p)
}

// attrs returns the attributes that the value of a node surely or perhaps has, by name.
func (v *View) attrs(n ast.Node) map[string]eval.AttrFact { return v.attrsOf(n, newTracing()) }

// attrsOf is attrs within another question.
func (v *View) attrsOf(n ast.Node, t *tracing) map[string]eval.AttrFact {
	key := traced{v.path, n.ID()}
	if out, known := t.attrs[key]; known {
		return out
	}
	out := map[string]eval.AttrFact{}
	t.attrs[key] = out
	k, _ := v.known(n)
	for i := range k.Values {
		for _, a := range k.Values[i].Attrs {
			out[a.Name] = a
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, o := range v.originsOf(n, t) {
		for name, a := range o.view.attrsOf(o.node, t) {
			if _, there := out[name]; !there {
				out[name] = a
			}
		}
	}
	return out
}

// operandOf returns the expression, or the name in a selection, that a part of an attribute path is taken from; it is invalid
// where the path is not that of a selection or of ?.
func operandOf(part ast.Node) ast.Node {
	path := part.Parent()
	if !path.Is(ast.Attrpath) || !path.Parent().Is(ast.Select) && !path.Parent().Is(ast.HasAttr) {
		return ast.Node{}
	}
	before := path.Parent().FirstChild()
	for p := path.FirstChild(); p.IsValid() && p != part; p = p.NextSibling() {
		before = p
	}
	return before
}

// openFile returns the view of a file of the project, which is this one for its own; nil where that cannot be read.
func (v *View) openFile(path string) *View {
	if path = filepath.Clean(path); path == v.path {
		return v
	}
	return Open(v.snapshot, path)
}

// In returns the view of a folder, for questions about all files of its project.
func In(s *project.Snapshot, dir string) *View {
	return &View{Answers: s.ViewOf(dir).Answers(), snapshot: s}
}
