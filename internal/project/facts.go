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
	"github.com/nixsift/nixsift/internal/comes"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/sema"
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
	// collect returns the facts of a file that has one of them, or analyze does, which needs the names or the modules of the file, or
	// follow, which may need its names.
	collect func(t *ast.Tree) []T
	analyze func(t *ast.Tree, f *module.File) []T
	follow  func(t *ast.Tree, names comes.Names) []T
	// index makes what answers questions. files yields the files that have such facts, by path, in its order.
	index func(files iter.Seq2[string, []T]) X

	slot int
}

// kind is a fact of any type.
type kind interface {
	raisedBy() *raisers
	collected(t *ast.Tree, modules modulesOf) any
	indexed(t *factTable) any
}

// modulesOf returns the modules of a file, which it reads when they are first asked for.
type modulesOf func() *module.File

// kinds are the declared facts, by slot.
var kinds []kind

// Facts is a set of kinds of facts: those that some questions to Answers are answered from.
type Facts uint32

// Everything has all kinds.
const Everything = ^Facts(0)

func declare[T, X any](k fact[T, X]) *fact[T, X] {
	k.slot = len(kinds)
	kinds = append(kinds, &k)
	return &k
}

// facts returns the set of this kind alone.
func (k *fact[T, X]) facts() Facts { return 1 << k.slot }

func (k *fact[T, X]) raisedBy() *raisers { return &k.raises }

func (k *fact[T, X]) collected(t *ast.Tree, modules modulesOf) any {
	var list []T
	switch {
	case k.analyze != nil:
		list = k.analyze(t, modules())
	case k.follow != nil:
		list = k.follow(t, func() *sema.Info { return modules().Names() })
	default:
		list = k.collect(t)
	}
	if len(list) > 0 {
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

// in returns what answers questions about a fact in the project of a view.
func (k *fact[T, X]) in(a *Answers) X { return k.at(a, a.Root()) }

// at returns what answers questions about a fact in the project with a root.
func (k *fact[T, X]) at(a *Answers, root string) X {
	if a.asks&k.facts() == 0 {
		panic("facts of other files are asked for that the rule does not say it asks for: see Asks of rules.Rule")
	}
	t := a.snapshot.factsOf(root, k.facts())
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
func saidBy(t *ast.Tree, modules modulesOf, raised Facts) (out said) {
	modules = sync.OnceValue(modules)
	for slot, k := range kinds {
		if raised&(1<<slot) == 0 {
			continue
		}
		if v := k.collected(t, modules); v != nil {
			if out == nil {
				out = make(said, len(kinds))
			}
			out[slot] = v
		}
	}
	return out
}

// saidByTree collects what a file says that is parsed, of some kinds.
func saidByTree(t *ast.Tree, modules modulesOf, want Facts) said {
	text := t.Tokens()
	if len(t.Errors()) > 0 {
		// Where there are errors, the tokens of the tree may be others than those that saidByText looks at.
		text = new(parser.Parser).Lex(t.Source())
	}
	if raised := raisedBy(text, want); raised != 0 {
		return saidBy(t, modules, raised)
	}
	return nil
}

// factStore keeps what files say, by absolute path.
type factStore struct {
	stamped bool // each with the state of its file
	// wanted are the kinds that somebody may ask for: of files that are parsed anyway, they are noted.
	wanted atomic.Uint32
	mu     sync.Mutex
	of     map[string]kept
}

// kept is what a file said, of some kinds, when it had a state.
type kept struct {
	said said
	of   Facts
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
	next.wanted.Store(f.wanted.Load())
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

// Want says that facts may be asked for, beside those that were named before: a run says so before it notes files. What
// is asked for else is answered all the same, from files that are read once more for it.
func (s *Snapshot) Want(facts Facts) { s.facts.wanted.Or(uint32(facts)) }

// Note keeps what a file says that was parsed from its text in the snapshot, so that it is not read again for a question. Its modules
// are asked for where they are needed.
func (s *Snapshot) Note(path string, t *ast.Tree, modules func() *module.File) {
	if want := Facts(s.facts.wanted.Load()); !s.facts.stamped && want != 0 {
		s.facts.put(path, kept{said: saidByTree(t, modules, want), of: want})
	}
}

// NoteText is Note for a snapshot of files that change, of a file whose text may be another one than the snapshot has: then nothing is
// kept.
func (s *Snapshot) NoteText(path string, t *ast.Tree, modules func() *module.File) {
	want := Facts(s.facts.wanted.Load())
	if !s.facts.stamped || want == 0 {
		return
	}
	info, err := s.fs.Stat(path)
	if err != nil || info.Size() != int64(len(t.Source())) {
		return
	}
	now := kept{of: want, when: &fileState{info.Size(), info.ModTime()}}
	if old, ok := s.facts.get(path); ok {
		if old.of&want == want && old.when.equal(now.when) {
			return
		}
		now.of |= old.of
	}
	if b, err := s.fs.ReadFile(path); err == nil && unsafe.String(unsafe.SliceData(b), len(b)) == t.Source() {
		now.said = saidByTree(t, modules, now.of)
		s.facts.put(path, now)
	}
}

// saidIn returns what a file says, of some kinds at least; nothing where it cannot be read.
func (s *Snapshot) saidIn(path string, want Facts, r *factReader) said {
	old, known := s.facts.get(path)
	now := kept{of: want | old.of}
	if s.facts.stamped {
		info, err := s.fs.Stat(path)
		if err != nil {
			return nil
		}
		now.when = &fileState{info.Size(), info.ModTime()}
		known = known && old.when.equal(now.when)
	}
	if known && old.of&want == want {
		return old.said
	}
	if text, err := r.read(s.fs, path); err == nil {
		now.said = r.said(text, now.of)
	}
	s.facts.put(path, now)
	return now.said
}

// factReader reads one file after the other for its facts, into the same memory.
type factReader struct {
	parser   parser.Parser
	resolver sema.Resolver
	modules  module.Memory
	buf      []byte
}

// said collects what a file says, of some kinds; it parses those only that may say something.
func (r *factReader) said(text string, want Facts) said {
	raised := raisedBy(r.parser.Lex(text), want)
	if raised == 0 {
		return nil
	}
	t := r.parser.ParseLexed()
	return saidBy(t, func() *module.File { return module.AnalyzeFileIn(&r.modules, t, r.resolver.Resolve(t)) }, raised)
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

// factTable is what all Nix files of a project say, of some kinds.
type factTable struct {
	of      Facts
	files   []workspace.File // sorted by path
	said    []said           // by file
	indexes []*lazy[any]     // by slot
}

// inheritance is a table that was right before some files changed.
type inheritance struct {
	table   *factTable
	changed map[string]bool
}

// tableKey names a table: that of the kinds that were wanted when it was made, or that of a kind that was not.
type tableKey struct {
	root string
	late Facts
}

// factsOf returns a table of the project with a root that has a kind.
func (s *Snapshot) factsOf(root string, of Facts) *factTable {
	if wanted := Facts(s.facts.wanted.Load()); wanted&of != 0 {
		if t := s.table(tableKey{root, 0}, wanted); t.of&of != 0 {
			return t
		}
	}
	return s.table(tableKey{root, of}, of)
}

func (s *Snapshot) table(key tableKey, of Facts) *factTable {
	return s.trees.get(key, func() *factTable {
		if old := s.inherited[key]; old != nil {
			return old.table.after(s, old.changed)
		}
		files := s.nixFilesOf(key.root)
		t := &factTable{of: of, files: files, said: s.gather(files, of), indexes: make([]*lazy[any], len(kinds))}
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
		now := s.saidIn(path, t.of, new(factReader))
		for slot := range kinds {
			if t.of&(1<<slot) == 0 || reflect.DeepEqual(now.of(slot), t.said[i].of(slot)) {
				continue
			}
			if next == nil {
				next = &factTable{t.of, t.files, slices.Clone(t.said), slices.Clone(t.indexes)}
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

// gather returns what each file says, of some kinds at least.
func (s *Snapshot) gather(files []workspace.File, of Facts) []said {
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
				all[i] = s.saidIn(files[i].Path, of, &r)
			}
		})
	}
	wg.Wait()
	if v := failed.Load(); v != nil {
		panic(*v)
	}
	return all
}
