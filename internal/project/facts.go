package project

import (
	"iter"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
)

// fact is a kind of fact: what each Nix file says that matters to others (a list of T), and how all files of a project
// answer from it (X). It is declared once, beside the questions that it answers:
//
//	var tests = declare(fact[string, map[string]bool]{raises: …, collect: …, index: …})
//
// What is collected is compact and refers neither to the tree nor to its text: it outlives them.
type fact[T, X any] struct {
	// raises reports whether a file may have such facts, given the kind and the text of a node: Path, Name, Ident or String,
	// whose text has its quotes. It must be quick.
	raises func(kind ast.Kind, text string) bool
	// collect returns the facts of a file in which a node raised them.
	collect func(t *ast.Tree) []T
	// index makes what answers questions. files yields the files that have such facts, by path, in its order.
	index func(files iter.Seq2[string, []T]) X

	slot int
}

// kind is a fact of any type.
type kind interface {
	raised(kind ast.Kind, text string) bool
	collected(t *ast.Tree) any
	indexed(f *facts) any
}

// kinds are the declared facts, by slot.
var kinds []kind

func declare[T, X any](k fact[T, X]) *fact[T, X] {
	k.slot = len(kinds)
	kinds = append(kinds, &k)
	return &k
}

func (k *fact[T, X]) raised(kind ast.Kind, text string) bool { return k.raises(kind, text) }

func (k *fact[T, X]) collected(t *ast.Tree) any {
	if list := k.collect(t); len(list) > 0 {
		return slices.Clip(list)
	}
	return nil
}

func (k *fact[T, X]) indexed(f *facts) any {
	return k.index(func(yield func(string, []T) bool) {
		for i, said := range f.said {
			if list, ok := said.of(k.slot).([]T); ok && !yield(f.files[i].Path, list) {
				return
			}
		}
	})
}

// Of returns what answers questions about a fact in the project with a root.
func (k *fact[T, X]) in(s *Snapshot, root string) X {
	f := s.factsOf(root)
	return f.indexes[k.slot].get(func() any { return k.indexed(f) }).(X)
}

// said is what one file says, by slot; nil where it says nothing.
type said []any

func (s said) of(slot int) any {
	if s == nil {
		return nil
	}
	return s[slot]
}

// saidBy collects what a file says.
func saidBy(t *ast.Tree) said {
	var out said
	var raised uint32
	all := uint32(1)<<len(kinds) - 1
	for i, r := range t.Records() {
		switch r.Kind {
		case ast.Path, ast.Name, ast.Ident, ast.String:
		default:
			continue
		}
		text := t.Node(ast.NodeID(i)).Text()
		for slot, k := range kinds {
			if raised&(1<<slot) == 0 && k.raised(r.Kind, text) {
				raised |= 1 << slot
			}
		}
		if raised == all {
			break
		}
	}
	for slot, k := range kinds {
		if raised&(1<<slot) == 0 {
			continue
		}
		if v := k.collected(t); v != nil {
			if out == nil {
				out = make(said, len(kinds))
			}
			out[slot] = v
		}
	}
	return out
}

// factStore keeps what files say, by absolute path.
type factStore struct {
	mu sync.Mutex
	of map[string]said
}

func (f *factStore) get(path string) (said, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.of[path]
	return s, ok
}

func (f *factStore) put(path string, s said) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.of == nil {
		f.of = map[string]said{}
	}
	f.of[path] = s
}

// Note keeps what a file says that was parsed from its text in the snapshot, so that it is not read again for a question.
func (s *Snapshot) Note(path string, t *ast.Tree) { s.facts.put(path, saidBy(t)) }

// facts is what all Nix files of a project say.
type facts struct {
	files   []workspace.File // sorted by path
	said    []said           // by file
	indexes []lazy[any]      // by slot
}

func (s *Snapshot) factsOf(root string) *facts {
	return s.trees.get(root, func() *facts {
		files := s.nixFilesOf(root)
		return &facts{files, s.gather(files), make([]lazy[any], len(kinds))}
	})
}

// gather returns what each file says. Files that were not noted are read; one that cannot be read says nothing.
func (s *Snapshot) gather(files []workspace.File) []said {
	all := make([]said, len(files))
	var next atomic.Int64
	var wg sync.WaitGroup
	var failed atomic.Pointer[any] // a panic, which goes on in the caller, where it is contained
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					failed.Store(&v)
				}
			}()
			var ps parser.Parser
			for i := int(next.Add(1)) - 1; i < len(files); i = int(next.Add(1)) - 1 {
				path := files[i].Path
				var known bool
				if all[i], known = s.facts.get(path); known {
					continue
				}
				if b, err := s.fs.ReadFile(path); err == nil {
					all[i] = saidBy(ps.Parse(unsafe.String(unsafe.SliceData(b), len(b)))) // nobody writes to it
				}
				s.facts.put(path, all[i])
			}
		})
	}
	wg.Wait()
	if v := failed.Load(); v != nil {
		panic(*v)
	}
	return all
}

// maxUnbound is the number of folders up to which a folder that nothing bounds, neither a repository nor a flake, is
// taken for a project with all that lies below it. A file in somebody's home folder is none of a project.
const maxUnbound = 1000

// nixFilesOf returns the Nix files of a project, by its root, sorted by path: in a repository those that a run over the
// root checks, which are what Git tracks and what it neither tracks nor ignores, and the buffers. They are looked for once.
func (s *Snapshot) nixFilesOf(root string) []workspace.File {
	return s.nixFiles.get(root, func() []workspace.File {
		opts := workspace.Options{Git: s.repos}
		if s.folder(root).unbound() {
			opts.MaxFolders = maxUnbound
		}
		selection, _ := workspace.Select(s.fs, []string{root}, opts)
		return slices.DeleteFunc(selection.Files, func(f workspace.File) bool {
			return f.Kind != workspace.Nix || selection.Cut && filepath.Dir(f.Path) != root
		})
	})
}
