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
	"sync"
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
	// Idle is how long a flake must be left alone before its own rules run again; 0 is a quarter of a
	// second.
	Idle time.Duration
}

// phase is how far the conversation is.
type phase uint8

const (
	created phase = iota
	running
	ending // shutdown was asked for
)

// Server serves one client.
type Server struct {
	opts    Options
	log     *log.Logger
	conn    *protocol.Conn
	disk    workspace.FS
	overlay *workspace.Overlay // the open documents, over disk
	cpu     chan struct{}      // held by whoever computes
	exited  chan struct{}      // closed by exit

	mu       sync.Mutex
	phase    phase
	client   protocol.ClientCapabilities
	encoding protocol.PositionEncoding
	root     string // the folder that is open in the editor
	open     map[string]*openDocument
	serial   int                // of the last state of a document
	requests map[string]pending // by id
	logged   map[string]bool    // internal errors that were told
	tasks    int                // requests and checks at work
	quiet    chan struct{}      // closed when tasks is 0, if anybody waits
	engine   *engine.Engine
	era      int // counts engines
	renewal  renewal
	config   map[string]bool // configuration files with published problems
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
	if opts.Engine.FS == nil {
		opts.Engine.FS = workspace.OS
	}
	s := &Server{
		opts: opts, disk: opts.Engine.FS, log: log.New(opts.Log, "nixsift lsp: ", 0), overlay: workspace.NewOverlay(opts.Engine.FS),
		cpu: make(chan struct{}, max(1, runtime.GOMAXPROCS(0))), exited: make(chan struct{}),
		encoding: protocol.UTF16, open: map[string]*openDocument{}, requests: map[string]pending{},
		logged: map[string]bool{}, config: map[string]bool{},
	}
	s.opts.Engine.FS, s.opts.Engine.Live = s.overlay, true
	if s.engine, err = engine.New(s.opts.Engine); err != nil {
		return 0, err
	}
	s.conn = protocol.NewConn(in, out, s.log)
	s.conn.Start(s.handle)
	select {
	case <-s.conn.Done():
	case <-s.exited:
	}
	return s.end(), nil
}

// end lets what is under way finish, unless the client wants out at once, and returns the status.
func (s *Server) end() int {
	const patience = 2 * time.Second
	s.mu.Lock()
	status := 1
	if s.phase == ending {
		status = 0
	}
	hurry := status == 1 && isClosed(s.exited)
	quiet := make(chan struct{})
	if s.tasks == 0 || hurry {
		close(quiet)
	} else {
		s.quiet = quiet
	}
	s.mu.Unlock()
	select {
	case <-quiet:
	case <-time.After(patience):
	}
	s.conn.Close(patience)
	return status
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
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

// contained runs f and turns a panic into an error, with the stack in the log.
func (s *Server) contained(what string, f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			s.log.Printf("%s failed: %v\n%s", what, v, debug.Stack())
			err = protocol.Errorf(protocol.CodeInternalError, "%s failed: %v", what, v)
		}
	}()
	return f()
}

// acquire waits for a processor. It fails when the context ends first.
func (s *Server) acquire(ctx context.Context) error {
	select {
	case s.cpu <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Server) release() { <-s.cpu }

// report tells of what kept a file from being checked, once for each message.
func (s *Server) report(errs []engine.FileError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range errs {
		message := fmt.Sprintf("%s: %s", e.File, e.Message)
		if s.logged[message] {
			continue
		}
		if len(s.logged) > 1000 {
			clear(s.logged)
		}
		s.logged[message] = true
		s.log.Print(message)
	}
}
