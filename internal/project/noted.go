package project

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
)

// noted is what is kept of a Nix file for questions about the whole project.
type noted struct {
	literals []literal
	// args are the names that the file passes to modules by specialArgs.
	args []string
	// passed are the arguments that the file passes to packages without naming their files.
	passed []string
	// libNames are the functions that the file defines and that are called like deprecated ones of nixpkgs' lib.
	libNames []string
	// scopes are what the file brings into the scope of others.
	scopes []scope
}

// literal is a path literal without interpolation.
type literal struct {
	text string
	span source.Span
	kind RefKind
}

// Unread is what a question about the whole project panics with while files are gathered.
type Unread struct{}

// Gathering says that every Nix file of a run is about to be read and passed to Note. Until done is called,
// questions that need all files of a project panic with Unread; the caller of the rule that asked puts it
// off, and the project is not read a second time. n is about how many files there are.
func (s *Store) Gathering(n int) (done func()) {
	s.mu.Lock()
	if len(s.notes) == 0 {
		s.notes = make(map[string]noted, n)
	}
	s.mu.Unlock()
	s.gathering.Store(true)
	return func() { s.gathering.Store(false) }
}

func (s *Store) needAll() {
	if s.gathering.Load() {
		panic(Unread{})
	}
}

// Note keeps what a parsed file says about others.
func (s *Store) Note(path string, t *ast.Tree) {
	if !s.gathering.Load() {
		return
	}
	n := note(t)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes[path] = n
}

func note(t *ast.Tree) noted {
	var n noted
	args, scopes, passed, libs := false, false, false, false
	for i, r := range t.Records() {
		switch r.Kind {
		case ast.Path:
			at := t.Node(ast.NodeID(i))
			if text := at.Text(); !at.HasError() && !at.FirstChild().IsValid() && !strings.HasPrefix(text, "~") {
				n.literals = append(n.literals, literal{strings.Clone(text), at.Span(), refKind(at)})
			}
		case ast.Name, ast.String:
			text := t.Node(ast.NodeID(i)).Text()
			args = args || argsName(strings.Trim(text, `"`))
			scopes = scopes || text == "scoped" || text == "scopedImport"
			passed = passed || passesArgs(text)
			libs = libs || libtable.IsDeprecatedName(strings.Trim(text, `"`))
		case ast.Ident:
			text := t.Node(ast.NodeID(i)).Text()
			scopes = scopes || text == "scopedImport"
			passed = passed || passesArgs(text)
		}
	}
	if args {
		n.args = specialArgs(t)
	}
	if libs {
		n.libNames = libNames(t)
	}
	if passed {
		n.passed = passedArgs(t)
	}
	if scopes {
		n.scopes = scopesOf(t)
	}
	return n
}

// maxUnbound is the number of folders up to which a folder that nothing bounds, neither a repository nor a flake, is
// taken for a project with all that lies below it. A file in somebody's home folder is none of a project.
const maxUnbound = 1000

// nixFiles returns the Nix files of a project, by its root, sorted by path. They are looked for once.
func (s *Store) nixFiles(root string) []workspace.File {
	s.mu.Lock()
	l := s.files[root]
	if l == nil {
		l = &lazy[[]workspace.File]{}
		s.files[root] = l
	}
	s.mu.Unlock()
	return l.get(func() []workspace.File {
		opts := workspace.Options{Git: s.repos}
		if p := s.Folder(root); p.repo == nil && p.flakeDir == "" {
			opts.MaxFolders = maxUnbound
		}
		selection, _ := workspace.Select(s.fs, []string{root}, opts)
		return slices.DeleteFunc(selection.Files, func(f workspace.File) bool {
			return f.Kind != workspace.Nix || selection.Cut && filepath.Dir(f.Path) != root
		})
	})
}

// eachNoted calls use for the index of each file that can be read, with what is noted of it; files that no
// run has read are read here, if they contain a word. use is called from several goroutines.
func (s *Store) eachNoted(files []workspace.File, word string, use func(i int, n noted)) {
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
				s.mu.Lock()
				n, ok := s.notes[path]
				s.mu.Unlock()
				if !ok {
					b, err := s.fs.ReadFile(path)
					text := unsafe.String(unsafe.SliceData(b), len(b)) // nobody writes to it
					if err != nil || !strings.Contains(text, word) {
						continue
					}
					n = note(ps.Parse(text))
					s.mu.Lock()
					s.notes[path] = n
					s.mu.Unlock()
				}
				use(i, n)
			}
		})
	}
	wg.Wait()
	if v := failed.Load(); v != nil {
		panic(*v)
	}
}
