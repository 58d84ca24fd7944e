// Package lsp is the language server: a thin shell over the engine, which knows open documents and when to
// check them. Each method of the protocol has a file of its own.
//
// Messages are taken in order. Notifications change the state at once; a request takes an immutable
// snapshot of it and runs beside the others. Only package protocol knows the protocol's JSON.
package lsp

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// sourceName is the name that the server's diagnostics carry.
const sourceName = "nixsift"

// Options configure a server.
type Options struct {
	// Engine says how files are checked. FS is what lies behind the open documents; Paths are not used.
	Engine engine.Options
	// Version is what the server says of itself.
	Version string
	// Log takes what went wrong; nil is standard error.
	Log io.Writer
	// Idle is how long a document must be left alone before other files are evaluated for it, and the rules of
	// its flake run again; 0 is a quarter of a second.
	Idle time.Duration
	// Poll is how often the files around open documents are looked at, unless the client watches them; 0 is
	// a second.
	Poll time.Duration
	// Large is the size in bytes from which on something is published of an edited Nix file before all rules have looked at it; 0 is 64 KiB.
	Large int
	// DiagnosticsOnly has the server offer diagnostics and what mends them only, as beside another server.
	DiagnosticsOnly bool
	// ClientProcess is the process of the client: when it ends, the server does. 0 stands for none.
	ClientProcess int
}

// phase is how far the conversation is.
type phase uint8

const (
	created phase = iota
	running
	ending // shutdown was asked for
	ended
)

// Server serves one client.
type Server struct {
	opts    Options
	log     *log.Logger
	conn    *protocol.Conn
	disk    workspace.FS
	overlay *workspace.Overlay // the open documents, over disk; never changed, but replaced
	watched *watchedFS         // disk, as the engine sees it
	exited  chan struct{}      // closed by exit
	leaving chan struct{}      // closed when the client leaves
	over    chan struct{}      // closed when Serve returns
	speaks  atomic.Bool        // initialize is answered

	// The processors, held by whoever computes. Checks have all of them; those for requests are counted apart, and
	// the one for requests that take long again, so that nothing keeps a check waiting.
	cpu, asking, heavy chan struct{}
	deciding           chan struct{} // for what other files of the project are asked in checks

	telling sync.Mutex
	told    map[string]bool // what the client was told by tellOnce

	mu       sync.Mutex
	phase    phase
	client   protocol.ClientCapabilities
	settings protocol.Settings
	encoding protocol.PositionEncoding
	folders  []string // that are open in the editor
	open     map[string]*openDocument
	serial   int                // of the last state of a document
	requests map[string]pending // by id
	tasks    int                // requests and checks at work
	quiet    chan struct{}      // closed when tasks is 0, if anybody waits
	checker  *engine.Checker    // of the disk and the open documents as they are
	era      int                // counts checkers
	turned   chan struct{}      // closed with the next era
	// pulling is set where the client asks for diagnostics; refreshing, where it is asked to.
	pulling, refreshing bool
	edited              []string // the documents that changed since the renewal that runs began
	// reading is set while the client is told that the project is read, projectRead when it was once.
	reading, projectRead bool
	unopened             context.CancelFunc              // ends publishing what is found in files that are not open; nil where nobody wants that
	unopenedSent         map[protocol.DocumentURI]string // ids of what the client has of them
	renewal              renewal
	polling              polling
	config               map[string]bool // configuration files with published problems
}

// Serve talks to a client until it says exit or goes away, and returns the exit status that LSP asks for:
// 0 if the client asked for a shutdown first, else 1. It fails on wrong options only.
func Serve(in io.Reader, out io.Writer, opts Options) (status int, err error) {
	if opts.Log == nil {
		opts.Log = os.Stderr
	}
	if opts.Idle == 0 {
		opts.Idle = 250 * time.Millisecond
	}
	if opts.Poll == 0 {
		opts.Poll = time.Second
	}
	if opts.Large == 0 {
		opts.Large = 64 << 10
	}
	if opts.Engine.FS == nil {
		opts.Engine.FS = workspace.OS
	}
	processors := runtime.GOMAXPROCS(0)
	watched := newWatchedFS(opts.Engine.FS)
	s := &Server{
		opts: opts, disk: opts.Engine.FS, log: log.New(opts.Log, "nixsift lsp: ", 0), overlay: workspace.NewOverlay(watched), watched: watched,
		cpu: make(chan struct{}, processors), asking: make(chan struct{}, max(1, processors-1)), heavy: make(chan struct{}, 1),
		deciding: make(chan struct{}, max(1, processors-1)),
		exited:   make(chan struct{}), leaving: make(chan struct{}), turned: make(chan struct{}), over: make(chan struct{}),
		encoding: protocol.UTF16, open: map[string]*openDocument{}, requests: map[string]pending{},
		told: map[string]bool{}, unopenedSent: map[protocol.DocumentURI]string{}, config: map[string]bool{},
	}
	s.opts.Engine.FS, s.opts.Engine.Changing = s.overlay, true
	e, err := engine.New(s.opts.Engine)
	if err != nil {
		return 0, err
	}
	s.checker = e.Start()
	defer close(s.over)
	s.conn = protocol.NewConn(in, out, s.log)
	s.watchClient(opts.ClientProcess)
	s.conn.Start(s.handle)
	select {
	case <-s.conn.Done():
	case <-s.conn.Broken():
	case <-s.exited:
	}
	return s.end(out), nil
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// turn begins the era of another checker. The lock is held.
func (s *Server) turn() {
	s.era++
	close(s.turned)
	s.turned = make(chan struct{})
}

// begin and done bracket a task that the end of the server waits for. begin is called with the lock held.
func (s *Server) begin() { s.tasks++ }

func (s *Server) done() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tasks--; s.tasks == 0 && s.quiet != nil {
		close(s.quiet)
		s.quiet = nil
	}
}

// contained runs f and turns a panic into an error, with the stack in the log. The client is told.
func (s *Server) contained(what string, f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			s.log.Printf("%s failed: %v\n%s", what, v, debug.Stack())
			s.tellOnce(protocol.LogError, fmt.Sprintf("%s failed: %v", what, v), "; please report this")
			err = protocol.Errorf(protocol.CodeInternalError, "%s failed: %v", what, v)
		}
	}()
	return f()
}

// acquire waits for one of some processors. It fails when the context ends first.
func acquire(ctx context.Context, processors chan struct{}) error {
	select {
	case processors <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func release(processors chan struct{}) { <-processors }

// report tells of what kept a file from being checked.
func (s *Server) report(errs []engine.FileError) {
	for _, e := range errs {
		kind := protocol.LogWarning
		if e.Kind == engine.Internal {
			kind = protocol.LogError
		}
		message, trace, _ := strings.Cut(e.Message, "\n")
		s.tellOnce(kind, e.File+": "+message, "\n"+trace)
	}
}

// remark tells what is worth knowing, once.
func (s *Server) remark(message string) { s.tellOnce(protocol.LogInfo, message, "") }

// tellOnce tells the client, and the log, what it was not told before. The details do not count for that.
func (s *Server) tellOnce(kind protocol.MessageType, message, details string) {
	s.telling.Lock()
	defer s.telling.Unlock()
	if s.told[message] {
		return
	}
	if len(s.told) > 1000 {
		clear(s.told)
	}
	s.told[message] = true
	s.tell(kind, strings.TrimSpace(message+details))
}

// tell tells the client, and the log. Before initialize is answered, the client hears nothing.
func (s *Server) tell(kind protocol.MessageType, message string) {
	s.log.Print(message)
	if !s.speaks.Load() {
		return
	}
	if err := s.conn.Notify("window/logMessage", protocol.LogMessageParams{Type: kind, Message: message}); err != nil {
		s.log.Print(err)
	}
}
