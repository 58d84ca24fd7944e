package project

import (
	"path/filepath"
	"reflect"
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
	s, next, given := a.snapshot.signatureIn(path).read(path)
	if next == "" {
		return s
	}
	// Nix resolves links before it reads a file, so that paths in it are relative to where it truly lies.
	if resolved, ok := a.RealPath(path); ok && left > 0 {
		if rest := a.signature(resolve(resolved, next), left-1); given <= len(rest.Params) {
			s.Params, s.Set = append(s.Params, rest.Params[given:]...), rest.Set
		}
	}
	return s
}

// signatureIn returns the signature of a file by itself.
func (s *Snapshot) signatureIn(path string) packedSignature {
	if k, _ := s.facts.get(path); k.signed {
		return k.signature
	}
	return s.signatures.get(path, func() packedSignature {
		r := factReaders.Get().(*factReader)
		defer factReaders.Put(r)
		text, err := r.read(s.fs, path)
		if err != nil {
			return ""
		}
		return signatureOf(r.parser.Parse(text))
	})
}

// factReaders are for files that are read one by one.
var factReaders = sync.Pool{New: func() any { return new(factReader) }}

// signatureOf reads the outermost expressions of a file. What it returns refers neither to the tree nor to its text.
func signatureOf(t *ast.Tree) packedSignature {
	if t.Root().HasError() {
		return ""
	}
	var room [512]byte
	p := packer{room[:0]}
	n := t.Expr().Unparen()
	for params := 0; ; n = n.Child(1).Unparen() {
		switch n.Kind() {
		case ast.Let, ast.With, ast.Assert:
			continue
		case ast.Lambda:
			if params++; params > maxParams {
				return ""
			}
			p.param(ast.LambdaExpr{Node: n})
			continue
		case ast.AttrSet:
			p.set(n)
		default:
			p.next(importOf(t, n))
		}
		return packedSignature(p.buf)
	}
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
