package lsp

import (
	"context"
	"errors"

	"github.com/nixsift/nixsift/lsp/protocol"
)

// work computes the result of a request.
type work func(ctx context.Context) (any, error)

// requestMethods are the requests. Each reads its parameters and takes what it needs of the state; what
// it returns runs beside the other requests.
var requestMethods = map[string]func(s *Server, r *protocol.Request) (work, error){
	"textDocument/codeAction": onDocument(codeAction),
	"codeAction/resolve":      resolveAction,

	"workspace/executeCommand": executeCommand,

	"textDocument/diagnostic": documentDiagnostic,
	"workspace/diagnostic":    workspaceDiagnostic,

	"textDocument/hover":       reading(hover),
	"textDocument/definition":  definitionAnywhere,
	"textDocument/declaration": reading(declaration),
	"textDocument/completion":  reading(completion),
	"completionItem/resolve":   resolveProposal,

	"textDocument/documentSymbol":    reading(documentSymbol),
	"textDocument/foldingRange":      reading(foldingRange),
	"workspace/symbol":               workspaceSymbol,
	"textDocument/references":        reading(references),
	"textDocument/documentHighlight": reading(documentHighlight),
	"textDocument/prepareRename":     reading(prepareRename),
	"textDocument/rename":            reading(rename),

	"textDocument/formatting":      onOpen(formatting),
	"textDocument/rangeFormatting": onOpen(rangeFormatting),

	"textDocument/signatureHelp": reading(signatureHelp),
	"textDocument/inlayHint":     inlayHint,
	"textDocument/documentLink":  reading(documentLink),

	"textDocument/implementation": reading(implementation),
	"textDocument/typeDefinition": reading(typeDefinition),

	"textDocument/prepareCallHierarchy": reading(prepareCalls),
	"callHierarchy/incomingCalls":       onItem(incomingCalls),
	"callHierarchy/outgoingCalls":       onItem(outgoingCalls),

	"textDocument/selectionRange":     reading(selectionRange),
	"textDocument/linkedEditingRange": reading(linkedEditing),

	"textDocument/semanticTokens/full":       tokensFull,
	"textDocument/semanticTokens/full/delta": tokensDelta,
	"textDocument/semanticTokens/range":      reading(tokensRange),
	"workspace/willRenameFiles":              willRenameFiles,
}

// notificationMethods are the notifications. They run one after the other.
var notificationMethods = map[string]func(s *Server, r *protocol.Request) error{
	"initialized":                         initialized,
	"$/cancelRequest":                     cancelRequest,
	"textDocument/didOpen":                didOpen,
	"textDocument/didChange":              didChange,
	"textDocument/didSave":                didSave,
	"textDocument/didClose":               didClose,
	"workspace/didChangeWatchedFiles":     didChangeWatchedFiles,
	"workspace/didChangeConfiguration":    didChangeConfiguration,
	"workspace/didChangeWorkspaceFolders": didChangeWorkspaceFolders,
}

// ofDocument is the type of parameters that are about an open document.
type ofDocument[P any] interface {
	*P
	Document() protocol.DocumentURI
}

// query is what a request about a document works on.
type query struct {
	*snapshot // the newest state that is checked
	found     *result
	asked     *document // the state that the client spoke of
	// The processors for work that is short, and for work that is not.
	asking, heavy chan struct{}
}

// onOpen makes a request method of a function that takes what the request needs of the state of an open document. The lock is held
// meanwhile.
func onOpen[P any, Q ofDocument[P]](start func(s *Server, o *openDocument, params Q) work) func(*Server, *protocol.Request) (work, error) {
	return func(s *Server, r *protocol.Request) (work, error) {
		params := Q(new(P))
		if err := r.Decode(params); err != nil {
			return nil, err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		o := s.open[key(params.Document())]
		if o == nil {
			return nil, protocol.Errorf(protocol.CodeInvalidParams, "%s is not open", params.Document())
		}
		return start(s, o, params), nil
	}
}

// errGone ends the work on a state of a document that another has taken the place of.
var errGone = errors.New("the document has changed")

// onDocument makes a request method of a function over a document and what was found in it. The function runs when the
// document is checked, so that nothing is checked for a request that is being checked anyway. When the document changes
// meanwhile, it is stopped, so that it does not keep the next check from the processors, and runs again behind that. A
// document whose text is not known has a nil query.
func onDocument[P any, Q ofDocument[P]](run func(ctx context.Context, q *query, params Q) (any, error)) func(*Server, *protocol.Request) (work, error) {
	return onOpen(func(s *Server, o *openDocument, params Q) work {
		return s.whenChecked(o, wantsAll(params), func(ctx context.Context, q *query) (any, error) { return run(ctx, q, params) })
	})
}

// wantsAll reports whether a request is for all that can be found, however long that takes.
func wantsAll(params any) bool {
	actions, ok := params.(*protocol.CodeActionParams)
	return !ok || len(actions.Context.Only) > 0 && wanted(actions.Context.Only, fixAllKind)
}

// whenChecked makes work of a function over a document and what was found in it, as onDocument says; all is that of await. The lock
// is held.
func (s *Server) whenChecked(o *openDocument, all bool, run func(ctx context.Context, q *query) (any, error)) work {
	asked := o.doc
	return func(ctx context.Context) (any, error) {
		for {
			q, err := s.await(ctx, o, all)
			if err != nil {
				return nil, err
			}
			if q == nil {
				return run(ctx, nil)
			}
			q.asked = asked
			result, err := s.whileThere(ctx, q.doc, func(ctx context.Context) (any, error) { return run(ctx, q) })
			if !errors.Is(err, errGone) {
				return result, err
			}
		}
	}
}

// await waits until the newest state of a document is checked; if all is wanted, what other files decide included. It returns nil where
// the text of the document is not known.
func (s *Server) await(ctx context.Context, o *openDocument, all bool) (*query, error) {
	for {
		s.mu.Lock()
		switch found := o.latest; {
		case o.closed:
			s.mu.Unlock()
			return nil, protocol.Errorf(protocol.CodeContentModified, "%s was closed", o.doc.uri)
		case o.lost:
			s.mu.Unlock()
			return nil, nil
		case found != nil && found.snap.doc == o.doc && (found.isWhole() || !all && !found.held):
			defer s.mu.Unlock()
			if found.err != nil {
				return nil, found.err
			}
			return &query{snapshot: s.snapshot(o), found: found, asking: s.asking, heavy: s.heavy}, nil
		}
		waiting := o.wait()
		s.mu.Unlock()
		select {
		case <-waiting:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// whileThere runs f. It ends with errGone when another state takes the place of the document.
func (s *Server) whileThere(ctx context.Context, doc *document, f work) (any, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-doc.gone:
			cancel(errGone)
		case <-ctx.Done():
		}
	}()
	result, err := f(ctx)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return result, err
}

// pending is a request that runs.
type pending struct {
	request *protocol.Request
	cancel  context.CancelFunc
}

// handle takes one message.
func (s *Server) handle(r *protocol.Request) {
	err := s.contained(r.Method, func() error {
		if r.IsNotification() {
			return s.notification(r)
		}
		return s.request(r)
	})
	switch {
	case err == nil:
	case r.IsNotification():
		s.log.Printf("%s: %v", r.Method, err)
	default:
		r.Reply(nil, err)
	}
}

// notification runs a notification. Before initialize all but exit are dropped, and unknown ones ever.
func (s *Server) notification(r *protocol.Request) error {
	if r.Method == "exit" {
		return exit(s)
	}
	run := notificationMethods[r.Method]
	s.mu.Lock()
	ready := s.phase == running
	s.mu.Unlock()
	if run == nil || !ready {
		return nil
	}
	return run(s, r)
}

// request starts a request. The error is its answer.
func (s *Server) request(r *protocol.Request) error {
	s.mu.Lock()
	now := s.phase
	s.mu.Unlock()
	switch {
	case r.Method == "initialize" && now == created:
		return initialize(s, r)
	case now == created:
		return protocol.Errorf(protocol.CodeServerNotInitialized, "%s came before initialize", r.Method)
	case now == ending:
		return protocol.Errorf(protocol.CodeInvalidRequest, "%s came after shutdown", r.Method)
	case r.Method == "initialize":
		return protocol.Errorf(protocol.CodeInvalidRequest, "the server is initialized already")
	case r.Method == "shutdown":
		return shutdown(s, r)
	}
	start := requestMethods[r.Method]
	if start == nil {
		return protocol.Errorf(protocol.CodeMethodNotFound, "there is no method %s", r.Method)
	}
	run, err := start(s, r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.mu.Lock()
	if _, used := s.requests[r.ID()]; used {
		s.mu.Unlock()
		cancel()
		return protocol.Errorf(protocol.CodeInvalidRequest, "the id %s is in use", r.ID())
	}
	s.requests[r.ID()] = pending{r, cancel}
	s.begin()
	s.mu.Unlock()
	go func() {
		defer s.done()
		defer cancel()
		s.answer(ctx, r, run)
	}()
	return nil
}

// answer runs a request and replies.
func (s *Server) answer(ctx context.Context, r *protocol.Request, run work) {
	var result any
	err := s.contained(r.Method, func() (err error) {
		result, err = run(ctx)
		return err
	})
	s.mu.Lock()
	delete(s.requests, r.ID())
	s.mu.Unlock()
	if errors.Is(err, context.Canceled) {
		err = cancelled(r)
	}
	r.Reply(result, err)
}

// cancelled is the answer to a request that the client takes back.
func cancelled(r *protocol.Request) error {
	return protocol.Errorf(protocol.CodeRequestCancelled, "%s was cancelled", r.Method)
}
