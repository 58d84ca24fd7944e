package lsp_test

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

var (
	soakSteps = flag.Int("soak", 0, "take so many steps in TestSoak, over real code")
	soakSeed  = flag.Uint64("soakseed", 1, "the first seed of TestSoak")
)

// TestSoak does at random what editors and the programs beside them do: edits that break and mend the code, requests and their
// cancellation, files that are written, renamed and deleted, an index that changes. Nothing fails, every request has one
// answer, nothing stays behind, and what is said at the end is what the command line finds.
func TestSoak(t *testing.T) {
	texts, steps := project, 700
	if *soakSteps > 0 {
		texts, steps = realTexts(t, *soakSeed), *soakSteps
	}
	for _, seed := range []uint64{*soakSeed, *soakSeed + 1} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { soakRun(t, rand.New(rand.NewPCG(seed, 7)), texts, steps/2) })
	}
}

// realTexts returns a part of real projects beside the small one.
func realTexts(t *testing.T, seed uint64) map[string][]string {
	out := maps.Clone(project)
	r := rand.New(rand.NewPCG(seed, 3))
	for root, share := range map[string]int{testenv.Shared(t, "corpus", "bench", "nix-darwin"): 3, testenv.Shared(t, "corpus", "nixpkgs-files"): 20} {
		require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".nix" || !d.Type().IsRegular() || r.IntN(share) > 0 {
				return err
			}
			text, err := os.ReadFile(path)
			if name, _ := filepath.Rel(root, path); err == nil && utf8.Valid(text) && len(text) < maxSoaked && out[name] == nil {
				out[name] = []string{string(text)}
			}
			return err
		}))
	}
	return out
}

// maxSoaked is the size in bytes up to which texts grow.
const maxSoaked = 60 << 10

// soaking is a session of TestSoak.
type soaking struct {
	*lsptest.Client
	t     *testing.T
	r     *rand.Rand
	dir   string
	git   func(args ...string)
	texts map[string][]string // that files take on, by name
	names []string
	log   lockedBuffer

	buffers  map[string]string // of the open documents
	versions map[string]int
	pending  []int // requests
	asked    int   // findings that were compared
}

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func soakRun(t *testing.T, r *rand.Rand, texts map[string][]string, steps int) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	s := &soaking{t: t, r: r, dir: filepath.Join(dir, "repo"), texts: texts, buffers: map[string]string{}, versions: map[string]int{}}
	require.NoError(t, os.Mkdir(s.dir, 0o755))
	s.git = repository(t, s.dir)
	s.names = slices.Sorted(maps.Keys(texts))
	for _, name := range s.names {
		if r.IntN(5) > 0 {
			lsptest.WriteFile(t, s.dir, name, texts[name][0])
		}
	}
	s.git("add", "-A", ".")
	goroutines := runtime.NumGoroutine()
	s.Client = lsptest.Start(t, lsp.Options{Idle: 10 * time.Millisecond, Poll: 50 * time.Millisecond, Log: &s.log, Large: 1 + r.IntN(2)*maxSoaked})
	s.Initialize(s.dir, "")
	var heap []uint64
	for step := range steps {
		s.step()
		if step%250 == 249 {
			s.settle()
		}
		if step%(steps/4) == steps/4-1 {
			s.settle()
			heap = append(heap, s.closeAll())
		}
	}
	s.settle()
	require.Greater(t, s.asked, steps/20, "findings that were compared")
	t.Logf("%d findings were compared; bytes in use after each quarter: %d", s.asked, heap)
	const slack = 24 << 20 // memory for texts of any size, which is used again
	require.Less(t, heap[3], heap[1]+slack)
	require.Equal(t, 0, s.Shutdown())
	noGoroutines(t, goroutines)
	require.NotContains(t, s.log.String(), " failed: ")
}

// noGoroutines waits until no more goroutines run than before.
func noGoroutines(t *testing.T, before int) {
	t.Helper()
	if !assert.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+1 }, time.Minute, 10*time.Millisecond) { // that of Eventually
		var all bytes.Buffer
		require.NoError(t, pprof.Lookup("goroutine").WriteTo(&all, 1))
		require.FailNow(t, "goroutines are left", all.String())
	}
}

// settle takes all answers, and compares what is said of the open documents.
func (s *soaking) settle() {
	s.t.Helper()
	for _, id := range s.pending {
		m := s.Reply(id)
		if m.Error != nil && !slices.Contains([]int{-32800, -32801, -32803, -32600, -32601, -32602}, m.Error.Code) {
			require.FailNow(s.t, m.Error.Message, s.log.String())
		}
	}
	s.pending = nil
	s.asked += agree(s.t, s.Client, s.dir, s.buffers)
	s.Forget()
}

// closeAll closes all documents and returns the bytes that are in use then.
func (s *soaking) closeAll() uint64 {
	for name := range s.buffers {
		s.Close(s.uri(name))
		delete(s.buffers, name)
	}
	s.Call("workspace/symbol", map[string]any{"query": "none such"}, nil)
	var m runtime.MemStats
	for range 3 { // what is pooled goes with the second
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func (s *soaking) path(name string) string { return filepath.Join(s.dir, name) }
func (s *soaking) uri(name string) string  { return lsptest.URI(s.path(name)) }

// one returns one of a list.
func one[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// step does one thing.
func (s *soaking) step() {
	open := slices.Sorted(maps.Keys(s.buffers))
	name := one(s.r, s.names)
	what := s.r.IntN(100)
	if what < 75 && len(open) > 0 {
		name = one(s.r, open)
	}
	text, isOpen := s.buffers[name]
	switch {
	case what < 40:
		s.edit(name, text, isOpen)
	case what < 75:
		s.request(name, text)
	case what < 79:
		s.open(name)
	case what < 82 && isOpen:
		s.Close(s.uri(name))
		delete(s.buffers, name)
	case what < 85 && isOpen && filepath.Ext(name) != ".toml":
		lsptest.WriteFile(s.t, s.dir, name, text)
		s.Save(s.uri(name))
	case what < 89:
		lsptest.WriteFile(s.t, s.dir, name, one(s.r, s.texts[name]))
		s.changed(name, 2)
	case what < 91:
		require.NoError(s.t, os.RemoveAll(s.path(name)))
		s.changed(name, 3)
	case what < 94:
		s.rename(name, one(s.r, s.names))
	case what < 96:
		s.git("add", "-A", ".")
	case what < 97 && !strings.HasPrefix(name, "../"):
		s.git("rm", "-q", "-r", "-f", "--cached", "--ignore-unmatch", "--", name)
	case what < 98:
		s.Notify(one(s.r, []string{"workspace/didChangeConfiguration", "$/setTrace", "textDocument/willSave", "no/such"}), map[string]any{"settings": nil})
	case what < 99:
		s.Write(one(s.r, []string{"junk\r\n", "Content-Length: 3\r\n\r\n{ x", "Content-Length: 2\r\n\r\n[]", "Content-Length: -5\r\n\r\n"}))
	case len(s.pending) > 0: // a version that nobody sees
		s.edit(name, text, isOpen)
		s.edit(name, s.buffers[name], isOpen)
	}
}

// changed tells of a file that another program changed, or leaves it to the server to find out.
func (s *soaking) changed(name string, kind int) {
	if s.r.IntN(2) == 0 {
		s.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": s.uri(name), "type": kind}}})
	}
}

// rename renames a file, over another one perhaps.
func (s *soaking) rename(from, to string) {
	if filepath.Ext(from) != filepath.Ext(to) {
		return
	}
	require.NoError(s.t, os.MkdirAll(filepath.Dir(s.path(to)), 0o755))
	if os.Rename(s.path(from), s.path(to)) == nil { // where there is one
		s.changed(from, 3)
		s.changed(to, 1)
	}
}

// edited reports whether the documents of a name are opened: configurations count when they are saved.
func edited(name string) bool {
	return filepath.Ext(name) == ".nix" || name == "flake.lock" || filepath.Ext(name) == ".yml"
}

func (s *soaking) open(name string) {
	if _, isOpen := s.buffers[name]; isOpen || !edited(name) || len(s.buffers) > 12 {
		return
	}
	text := one(s.r, s.texts[name])
	s.versions[name]++
	s.Open(s.uri(name), "", s.versions[name], text)
	s.buffers[name] = text
}

// pieces are what is typed.
var pieces = []string{
	"{", "}", "(", ")", "[", "]", "''", "\"", "${", ";", "=", "\n", " ", "let ", " in ", "with lib; ", "inherit (x) a;", "import ./loose.nix", "😀", "\r\n", "\x00", "#", "/*", "*/",
	"rec { a = 1; }", ".", ", ", "a.b.c", "https://example.org", "x: x", "if a then b else c", "./missing.nix", "<nixpkgs>", "# nixsift-ignore unused-binding\n", "'''", "$${", "or", "assert", "1.5e", "//",
	"mkIf cfg.enable", "options.services.x.enable = lib.mkEnableOption \"x\";", "imports = [ ./modules/own.nix ];", "\t", "é", "@args", "...", "?", "->", "!",
}

// edit edits a document, or opens it.
func (s *soaking) edit(name, text string, isOpen bool) {
	if !isOpen {
		s.open(name)
		return
	}
	s.versions[name]++
	if s.r.IntN(10) == 0 || len(text) > maxSoaked { // mended
		text = one(s.r, s.texts[name])
		s.Edit(s.uri(name), s.versions[name], lsptest.Change{Text: text})
		s.buffers[name] = text
		return
	}
	var changes []lsptest.Change
	for range 1 + s.r.IntN(3)*s.r.IntN(2) {
		from := s.place(text)
		to := from
		if s.r.IntN(3) == 0 {
			to = from + s.r.IntN(min(len(text)-from, 1+s.r.IntN(200))+1)
		}
		for to < len(text) && !utf8.RuneStart(text[to]) || between(text, to) {
			to++
		}
		insert := one(s.r, pieces)
		switch s.r.IntN(8) {
		case 0:
			insert = ""
		case 1: // pasted from another place
			other := one(s.r, s.texts[one(s.r, s.names)])
			a := s.place(other)
			insert = strings.ToValidUTF8(other[a:min(len(other), a+s.r.IntN(400))], "")
		}
		lines := source.NewLineIndex(text)
		changes = append(changes, lsptest.Change{Range: &lsptest.Range{Start: position(lines, from), End: position(lines, to)}, Text: insert})
		text = text[:from] + insert + text[to:]
	}
	s.Edit(s.uri(name), s.versions[name], changes...)
	s.buffers[name] = text
}

// between reports whether an offset lies inside of a line end, where no position does.
func between(text string, at int) bool {
	return at > 0 && at < len(text) && text[at-1] == '\r' && text[at] == '\n'
}

// place returns an offset that has a position.
func (s *soaking) place(text string) int {
	at := s.r.IntN(len(text) + 1)
	for at < len(text) && !utf8.RuneStart(text[at]) || between(text, at) {
		at++
	}
	return at
}

func position(lines *source.LineIndex, at int) lsptest.Position {
	line, character := lines.UTF16(uint32(at))
	return lsptest.Position{Line: line, Character: character}
}

// soaked are the methods of TestSoak beside asked.
var soaked = []string{
	"textDocument/codeAction", "textDocument/codeAction", "codeAction/resolve", "completionItem/resolve", "textDocument/signatureHelp", "textDocument/inlayHint",
	"textDocument/semanticTokens/full", "textDocument/semanticTokens/range", "textDocument/selectionRange", "textDocument/documentLink", "textDocument/typeDefinition",
	"textDocument/implementation", "textDocument/prepareCallHierarchy", "textDocument/linkedEditingRange", "textDocument/codeLens", "no/such",
}

// request asks something about a place, perhaps to take it back at once or a while later.
func (s *soaking) request(name, text string) {
	if len(s.pending) > 0 && s.r.IntN(4) == 0 {
		s.Notify("$/cancelRequest", map[string]any{"id": s.pending[max(0, len(s.pending)-1-s.r.IntN(8))]})
		return
	}
	lines := source.NewLineIndex(text)
	from, to := position(lines, s.place(text)), position(lines, s.place(text))
	if s.r.IntN(20) == 0 {
		from.Line, to.Character = 1<<30, 1<<30
	}
	context := map[string]any{"diagnostics": []any{}, "includeDeclaration": true, "triggerKind": 1}
	if s.r.IntN(4) == 0 {
		context["only"] = []string{one(s.r, []string{"quickfix", "source.fixAll", "refactor", "source"})}
	}
	s.pending = append(s.pending, s.Send(one(s.r, append(slices.Clone(asked), soaked...)), map[string]any{
		"textDocument": map[string]any{"uri": s.uri(name)}, "position": from, "positions": []any{from, to}, "range": lsptest.Range{Start: from, End: to},
		"context": context, "newName": one(s.r, []string{"another", "x y", "", "in"}), "query": one(s.r, []string{"", "a", "enable"}),
		"previousResultIds": []any{}, "title": "x", "data": map[string]any{"uri": s.uri(name)}, "label": "x",
	}))
}
