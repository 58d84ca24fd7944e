package project

import (
	"iter"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
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
	// raises are the tokens without which a file has no such facts.
	raises raisers
	// collect returns the facts of a file that has one of them.
	collect func(t *ast.Tree) []T
	// index makes what answers questions. files yields the files that have such facts, by path, in its order.
	index func(files iter.Seq2[string, []T]) X

	slot int
}

// kind is a fact of any type.
type kind interface {
	raisedBy() *raisers
	collected(t *ast.Tree) any
	indexed(t *factTable) any
}

// kinds are the declared facts, by slot.
var kinds []kind

func declare[T, X any](k fact[T, X]) *fact[T, X] {
	k.slot = len(kinds)
	kinds = append(kinds, &k)
	return &k
}

func (k *fact[T, X]) raisedBy() *raisers { return &k.raises }

func (k *fact[T, X]) collected(t *ast.Tree) any {
	if list := k.collect(t); len(list) > 0 {
		return slices.Clip(list)
	}
	return nil
}

func (k *fact[T, X]) indexed(t *factTable) any {
	return k.index(func(yield func(string, []T) bool) {
		for i, said := range t.said {
			if list, ok := said.of(k.slot).([]T); ok && !yield(t.files[i].Path, list) {
				return
			}
		}
	})
}

// in returns what answers questions about a fact in the project with a root.
func (k *fact[T, X]) in(s *Snapshot, root string) X {
	t := s.factsOf(root)
	return t.indexes[k.slot].get(func() any { return k.indexed(t) }).(X)
}

// said is what one file says, by slot; nil where it says nothing.
type said []any

func (s said) of(slot int) any {
	if s == nil {
		return nil
	}
	return s[slot]
}

// saidBy collects what a file says, of kinds that its tokens raise.
func saidBy(t *ast.Tree, raised uint32) (out said) {
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

// saidByTree collects what a file says that is parsed.
func saidByTree(t *ast.Tree) said {
	text := t.Tokens()
	if len(t.Errors()) > 0 {
		// Where there are errors, the tokens of the tree may be others than those that saidByText looks at.
		text = new(parser.Parser).Lex(t.Source())
	}
	if raised := tokens().raised(text); raised != 0 {
		return saidBy(t, raised)
	}
	return nil
}

// saidByText collects what a file says; it parses those only that may say something.
func saidByText(ps *parser.Parser, text string) said {
	if raised := tokens().raised(ps.Lex(text)); raised != 0 {
		return saidBy(ps.ParseLexed(), raised)
	}
	return nil
}

// factStore keeps what files say, by absolute path.
type factStore struct {
	stamped bool // each with the state of its file
	mu      sync.Mutex
	of      map[string]kept
}

// kept is what a file said when it had a state.
type kept struct {
	said said
	when *fileState // nil where no file changes
}

// fileState is what shows that a file has changed.
type fileState struct {
	size    int64
	changed time.Time
}

func (f *fileState) equal(o *fileState) bool { return f.size == o.size && f.changed.Equal(o.changed) }

func (f *factStore) get(path string) (kept, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	k, ok := f.of[path]
	return k, ok
}

func (f *factStore) put(path string, k kept) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.of == nil {
		f.of = map[string]kept{}
	}
	f.of[path] = k
}

// without returns the store for a file system in which some files have changed.
func (f *factStore) without(paths []string) *factStore {
	if f.stamped {
		return f
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	next := &factStore{of: maps.Clone(f.of)}
	for _, path := range paths {
		delete(next.of, path)
	}
	return next
}

// Expect makes room for what so many files say.
func (s *Snapshot) Expect(files int) {
	s.facts.mu.Lock()
	defer s.facts.mu.Unlock()
	if s.facts.of == nil && !s.facts.stamped {
		s.facts.of = make(map[string]kept, files)
	}
}

// Note keeps what a file says that was parsed from its text in the snapshot, so that it is not read again for a question.
func (s *Snapshot) Note(path string, t *ast.Tree) {
	if !s.facts.stamped {
		s.facts.put(path, kept{said: saidByTree(t)})
	}
}

// saidIn returns what a file says; nothing where it cannot be read.
func (s *Snapshot) saidIn(path string, r *factReader) said {
	old, known := s.facts.get(path)
	now := kept{}
	if s.facts.stamped {
		info, err := s.fs.Stat(path)
		if err != nil {
			return nil
		}
		now.when = &fileState{info.Size(), info.ModTime()}
		known = known && old.when.equal(now.when)
	}
	if known {
		return old.said
	}
	if text, err := r.read(s.fs, path); err == nil {
		now.said = saidByText(&r.parser, text)
	}
	s.facts.put(path, now)
	return now.said
}

// factReader reads one file after the other for its facts, into the same memory.
type factReader struct {
	parser parser.Parser
	buf    []byte
}

// maxReused is the size in bytes of the largest text that is read into memory that is used again.
const maxReused = 1 << 20

// read returns the text of a file, which is valid until the next call.
func (r *factReader) read(fsys workspace.FS, path string) (string, error) {
	b, err := workspace.ReadInto(fsys, path, r.buf)
	if n := len(b); n > cap(r.buf) && n <= maxReused {
		r.buf = make([]byte, 0, n+n/2)
	}
	return unsafe.String(unsafe.SliceData(b), len(b)), err
}

// factTable is what all Nix files of a project say.
type factTable struct {
	files   []workspace.File // sorted by path
	said    []said           // by file
	indexes []*lazy[any]     // by slot
}

// inheritance is a table that was right before some files changed.
type inheritance struct {
	table   *factTable
	changed map[string]bool
}

func (s *Snapshot) factsOf(root string) *factTable {
	return s.trees.get(root, func() *factTable {
		if old := s.inherited[root]; old != nil {
			return old.table.after(s, old.changed)
		}
		files := s.nixFilesOf(root)
		t := &factTable{files: files, said: s.gather(files), indexes: make([]*lazy[any], len(kinds))}
		for slot := range t.indexes {
			t.indexes[slot] = &lazy[any]{}
		}
		return t
	})
}

// after returns the table in a snapshot where some files say something else, or may: t itself where they do not. Kinds of
// facts that are the same keep their index.
func (t *factTable) after(s *Snapshot, changed map[string]bool) *factTable {
	var next *factTable
	for path := range changed {
		i, ok := slices.BinarySearchFunc(t.files, path, func(f workspace.File, path string) int { return strings.Compare(f.Path, path) })
		if !ok {
			continue
		}
		now := s.saidIn(path, new(factReader))
		for slot := range kinds {
			if reflect.DeepEqual(now.of(slot), t.said[i].of(slot)) {
				continue
			}
			if next == nil {
				next = &factTable{t.files, slices.Clone(t.said), slices.Clone(t.indexes)}
			}
			next.said[i] = now
			next.indexes[slot] = &lazy[any]{}
		}
	}
	if next == nil {
		return t
	}
	return next
}

// gather returns what each file says.
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
			var r factReader
			for i := int(next.Add(1)) - 1; i < len(files); i = int(next.Add(1)) - 1 {
				all[i] = s.saidIn(files[i].Path, &r)
			}
		})
	}
	wg.Wait()
	if v := failed.Load(); v != nil {
		panic(*v)
	}
	return all
}
