package project

import (
	"container/list"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/role"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// File is one version of a file, whoever asks for it: its text, and what that says. It does not change and may be used
// from several goroutines. What a check holds of the file at hand, in memory that it uses again for the next, is none.
type File struct {
	path    string
	text    string
	parsed  func() (*ast.Tree, *sema.Info) // see Snapshot.Parsed; or nil
	tree    lazy[*ast.Tree]
	names   lazy[*sema.Info]
	shape   lazy[role.Shape]
	code    lazy[*eval.Code]
	partial lazy[*eval.Code]
}

// Path returns the absolute path.
func (f *File) Path() string { return f.path }

// Text returns the text.
func (f *File) Text() string { return f.text }

// Tree returns the text parsed as Nix.
func (f *File) Tree() *ast.Tree {
	return f.tree.get(func() *ast.Tree {
		if f.parsed == nil {
			return parser.Parse(f.text)
		}
		tree, names := f.parsed()
		if tree == nil {
			return parser.Parse(f.text)
		}
		f.names.get(func() *sema.Info { return names })
		return tree
	})
}

// Names returns the names of the tree, resolved.
func (f *File) Names() *sema.Info {
	tree := f.Tree() // which may come with its names
	return f.names.get(func() *sema.Info { return sema.Resolve(tree) })
}

// Modules returns the modules of the tree. They belong to the caller: each call reads them anew.
func (f *File) Modules() *module.File { return module.AnalyzeFile(f.Tree(), f.Names()) }

// Shape returns what the file is, as far as it says so itself.
func (f *File) Shape() role.Shape {
	return f.shape.get(func() role.Shape { return role.Classify(f.path, f.Tree(), f.Modules()) })
}

// Code returns what Nix evaluates where it imports the file; nil where it refuses that.
func (f *File) Code() *eval.Code {
	return f.code.get(func() *eval.Code {
		if f.tree.done.Load() || f.parsed != nil || len(f.text) > maxLent {
			return eval.Lower(f.Tree(), f.path, f.Names())
		}
		r := readers.Get().(*reader)
		defer readers.Put(r)
		tree := r.parser.Parse(f.text)
		return eval.Lower(tree, f.path, r.resolver.Resolve(tree))
	})
}

// Partial returns Code, or of a file that Nix refuses what eval.LowerBroken makes of it: nil where nothing is known.
func (f *File) Partial() *eval.Code {
	return f.partial.get(func() *eval.Code {
		if f.code.done.Load() && f.code.value != nil {
			return f.code.value
		}
		code, refused := eval.LowerBroken(f.Tree(), f.path, f.Names())
		lowered := f.code.get(func() *eval.Code {
			if refused {
				return nil
			}
			return code
		})
		if lowered != nil {
			return lowered
		}
		return code
	})
}

// reader reads files of which the tree is not kept, of up to maxLent bytes.
type reader struct {
	parser   parser.Parser
	resolver sema.Resolver
}

const maxLent = 1 << 19

var readers = sync.Pool{New: func() any { return new(reader) }}

// Imported returns the code that an import of an absolute path evaluates; nil where there is none.
func (v *View) Imported(path string) *eval.Code {
	if f := v.imported(path); f != nil {
		return f.Code()
	}
	return nil
}

// ImportedWith returns the code that scopedImport of an absolute path evaluates, with a scope of some names; nil where there is none.
func (v *View) ImportedWith(path string, names []string) *eval.Code {
	f := v.imported(path)
	if f == nil {
		return nil
	}
	return eval.LowerScoped(f.Tree(), f.path, names)
}

// imported returns the file that an import of an absolute path reads: the file, or the default.nix of a folder, links resolved as
// Nix does (resolveExprPath in libexpr): in the path, not in the default.nix that it adds. It is nil where there is none.
func (v *View) imported(path string) *File {
	resolved, ok := v.RealPath(path)
	if !ok {
		return nil
	}
	if v.Kind(path) == Folder {
		resolved = filepath.Join(resolved, "default.nix")
	}
	path = resolved
	if v.Kind(path) != Regular {
		return nil
	}
	return v.File(path)
}

// maxKept bounds the texts, in bytes, of the files that a snapshot keeps: what is made of a text is up to twenty times
// as large. One file is kept in any case.
const maxKept = 4 << 20

// fileCache keeps the files that were asked for last.
type fileCache struct {
	mu     sync.Mutex
	list   list.List                // of *File, the one that was asked for last at the end
	byPath map[string]*list.Element // of list
	size   int                      // of the texts
}

// File returns a file by its absolute path; nil where nothing can be read.
func (s *Snapshot) File(path string) *File {
	path = filepath.Clean(path)
	if f := s.files.find(path); f != nil {
		return f
	}
	b, err := s.fs.ReadFile(path)
	if err != nil {
		return nil
	}
	return s.files.add(&File{path: path, text: unsafe.String(unsafe.SliceData(b), len(b))}) // nobody writes to it
}

// Parsed tells the snapshot who may know the tree of the text of a file, unless it has read that already: find, which is asked when somebody
// wants it, returns the tree and its names, which must last, or nil.
func (s *Snapshot) Parsed(path, text string, find func() (*ast.Tree, *sema.Info)) {
	if s.files.find(path) == nil {
		s.files.add(&File{path: path, text: text, parsed: find})
	}
}

func (c *fileCache) find(path string) *File {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.byPath[path]
	if e == nil {
		return nil
	}
	c.list.MoveToBack(e)
	return fileOf(e)
}

func fileOf(e *list.Element) *File {
	f, _ := e.Value.(*File)
	return f
}

// add keeps a file, unless another goroutine has added it: then it returns that.
func (c *fileCache) add(f *File) *File {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.byPath[f.path]; e != nil {
		return fileOf(e)
	}
	c.put(f)
	for c.size > maxKept && c.list.Len() > 1 {
		first := fileOf(c.list.Front())
		c.list.Remove(c.list.Front())
		delete(c.byPath, first.path)
		c.size -= len(first.text)
	}
	return f
}

func (c *fileCache) put(f *File) {
	if c.byPath == nil {
		c.byPath = map[string]*list.Element{}
	}
	c.byPath[f.path] = c.list.PushBack(f)
	c.size += len(f.text)
}

// without returns the cache without some files.
func (c *fileCache) without(paths []string) *fileCache {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := &fileCache{}
	for e := c.list.Front(); e != nil; e = e.Next() {
		if f := fileOf(e); !slices.Contains(paths, f.path) {
			next.put(f)
		}
	}
	return next
}

// isNix reports whether a path has the name of a Nix file.
func isNix(path string) bool { return strings.HasSuffix(path, ".nix") }
