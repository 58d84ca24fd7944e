package project

import (
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// Signature is what the value of a file is, as far as its outermost expressions say so.
type Signature struct {
	// Params are those of the functions that the value is, the outermost first.
	Params []Param
	// Set is what they return in the end, or nil where that is not known; without Params it is the value itself.
	Set *Set
	// next is the literal of the file whose value, applied to given arguments, they return in the end, or "".
	next  string
	given int
}

// Param is the parameter of a function.
type Param struct {
	// Formals are the names of a set pattern, sorted.
	Formals []Formal
	// Open is set where any other argument is accepted, too: by `...`, or by a plain name.
	Open bool
	// File is where it stands, Span its first token there.
	File string
	Span source.Span
}

// Formal is one name of a set pattern.
type Formal struct {
	Name     string
	Optional bool   // it has a default
	At       uint32 // where the name starts, in the file of the parameter
}

// Set is a set all attributes of which are known.
type Set struct {
	Attrs []string // sorted
	// File is where it stands, Span its first token there.
	File string
	Span source.Span
}

// maxNames is the number of attributes up to which a set is kept: larger ones are data. maxParams is that of the functions
// around each other up to which a file has a signature.
const maxNames, maxParams = 256, 16

// maxNext bounds the files through which a signature is followed.
const maxNext = 16

// Signature returns the signature of a file, be it of the project or not, or of the default.nix of a folder; the zero
// Signature where nothing is known. A file that passes on the value of another (`import ./other.nix`) has that of the other.
func (a *Answers) Signature(path string) Signature {
	if a.deps != nil {
		same := func(x, y Signature) bool { return reflect.DeepEqual(x, y) }
		return notedBy(a.View, question{"signature", path, ""}, same, func(a *Answers) Signature { return a.Signature(path) })
	}
	return a.signature(path, maxNext)
}

func (a *Answers) signature(path string, left int) Signature {
	if a.Kind(path) == Folder {
		path = filepath.Join(path, "default.nix")
	}
	said := a.snapshot.signatureIn(path)
	if said == nil {
		return Signature{}
	}
	s := *said
	s.Params = slices.Clone(s.Params)
	for i := range s.Params {
		s.Params[i].File = path
	}
	if s.Set != nil {
		set := *s.Set
		set.File = path
		s.Set = &set
	}
	if s.next == "" {
		return s
	}
	next, given := s.next, s.given
	s.next, s.given = "", 0
	// Nix resolves links before it reads a file, so that paths in it are relative to where it truly lies.
	if resolved, ok := a.RealPath(path); ok && left > 0 {
		if rest := a.signature(resolve(resolved, next), left-1); given <= len(rest.Params) {
			s.Params, s.Set = append(s.Params, rest.Params[given:]...), rest.Set
		}
	}
	return s
}

// signatureIn returns the signature of a file by itself, or nil.
func (s *Snapshot) signatureIn(path string) *Signature {
	return s.signatures.get(path, func() *Signature {
		r := factReaders.Get().(*factReader)
		defer factReaders.Put(r)
		text, err := r.read(s.fs, path)
		if err != nil {
			return nil
		}
		return signatureOf(r.parser.Parse(text))
	})
}

// factReaders are for files that are read one by one.
var factReaders = sync.Pool{New: func() any { return new(factReader) }}

// signatureOf reads the outermost expressions of a file; nil where they say nothing. It refers neither to the tree nor to
// its text.
func signatureOf(t *ast.Tree) *Signature {
	if t.Root().HasError() {
		return nil
	}
	s := &Signature{}
	n := t.Expr()
	for {
		switch n = n.Unparen(); n.Kind() {
		case ast.Let, ast.With, ast.Assert:
			n = n.Child(1)
			continue
		case ast.Lambda:
			l := ast.LambdaExpr{Node: n}
			if len(s.Params) == maxParams {
				return nil
			}
			s.Params = append(s.Params, paramOf(l))
			n = l.Body()
			continue
		case ast.AttrSet:
			s.Set = setOf(n)
		default:
			s.next, s.given = importOf(t, n)
		}
		s.Params = slices.Clip(s.Params)
		if len(s.Params) == 0 && s.Set == nil && s.next == "" {
			return nil
		}
		return s
	}
}

func paramOf(l ast.LambdaExpr) Param {
	p, ok := l.Pattern()
	if !ok {
		return Param{Open: true, Span: l.Param().Span()}
	}
	out := Param{Open: p.HasEllipsis(), Span: p.FirstToken().Span()}
	var names []string
	for f := range p.Formals() {
		out.Formals = append(out.Formals, Formal{f.Name().Text(), f.Default().IsValid(), f.Start()})
		names = append(names, f.Name().Text())
	}
	own := apart(names)
	for i := range out.Formals {
		out.Formals[i].Name = own[i]
	}
	out.Formals = slices.Clip(out.Formals)
	slices.SortFunc(out.Formals, func(a, b Formal) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// setOf returns the set that a literal is, or nil where not all its attributes are known or there are too many.
func setOf(n ast.Node) *Set {
	var names []string
	add := func(part ast.Node) bool {
		name, static := ast.AttrName(part)
		names = append(names, name)
		return static && len(names) <= maxNames && name != "__overrides" // whose attributes a recursive set has, too
	}
	for c := range n.Children() {
		switch c.Kind() {
		case ast.Binding:
			if !add((ast.BindingNode{Node: c}).Attrpath().FirstChild()) {
				return nil
			}
		case ast.Inherit:
			for part := range (ast.InheritNode{Node: c}).Names() {
				if !add(part) {
					return nil
				}
			}
		default:
			return nil
		}
	}
	slices.Sort(names)
	return &Set{Attrs: apart(slices.Compact(names)), Span: n.FirstToken().Span()}
}

// apart returns names in a text of their own.
func apart(names []string) []string {
	text := strings.Clone(strings.Join(names, ""))
	out := make([]string, len(names))
	for i, name := range names {
		out[i], text = text[:len(name)], text[len(name):]
	}
	return out
}

// importOf returns the literal of the file that an expression imports, and the number of arguments that it gives to what
// the file is. It is "" for anything else, and where the file calls something of its own import.
func importOf(t *ast.Tree, n ast.Node) (literal string, given int) {
	fn, args := ast.Call(n)
	if len(args) == 0 || fn.Text() != "import" && fn.Text() != "builtins.import" {
		return "", 0
	}
	if literal = literalPath(args[0].Unparen()); literal == "" {
		return "", 0
	}
	for i, r := range t.Records() {
		if (r.Kind == ast.Name || r.Kind == ast.AtName) && t.Node(ast.NodeID(i)).Text() == "import" {
			return "", 0
		}
	}
	return literal, len(args) - 1
}
