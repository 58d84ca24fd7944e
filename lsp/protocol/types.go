// Package protocol is the Language Server Protocol, version 3.17, as far as nixsift speaks it: the types in
// their JSON form, the transport with its tolerance for imperfect clients, and file URIs. The types are
// those of sourcegraph/go-lsp where they are right, and supplements where that stops before 3.17. It knows
// nothing of Nix.
package protocol

import (
	"encoding/json"

	golsp "github.com/sourcegraph/go-lsp"
)

// The types of go-lsp that hold for 3.17.
type (
	// DocumentURI names a document.
	DocumentURI = golsp.DocumentURI
	// Position is a zero-based line and character.
	Position = golsp.Position
	// Range is half-open.
	Range = golsp.Range
	// Location is a range in a document.
	Location = golsp.Location
	// TextEdit replaces a range.
	TextEdit = golsp.TextEdit
	// TextDocumentIdentifier names a document of a request.
	TextDocumentIdentifier = golsp.TextDocumentIdentifier
	// CodeActionKind sorts code actions.
	CodeActionKind = golsp.CodeActionKind
	// DiagnosticSeverity is 1 (error) to 4 (hint).
	DiagnosticSeverity = golsp.DiagnosticSeverity
	// TextDocumentSyncOptions says which changes the server wants to hear of.
	TextDocumentSyncOptions = golsp.TextDocumentSyncOptions
	// SaveOptions asks for the text on saving.
	SaveOptions = golsp.SaveOptions
	// FileEvent is a change of a watched file.
	FileEvent = golsp.FileEvent
	// LogMessageParams is a line for the log of the client.
	LogMessageParams = golsp.LogMessageParams

	// DidCloseTextDocumentParams names a closed document.
	DidCloseTextDocumentParams = golsp.DidCloseTextDocumentParams
	// DidSaveTextDocumentParams names a saved document.
	DidSaveTextDocumentParams = golsp.DidSaveTextDocumentParams
	// DidChangeWatchedFilesParams lists changed files.
	DidChangeWatchedFilesParams = golsp.DidChangeWatchedFilesParams
)

// SyncIncremental is the kind of synchronization where edits are sent, not whole texts.
const SyncIncremental = golsp.TDSKIncremental

// The severities. Those of go-lsp are untyped but for the first.
const (
	SeverityError       DiagnosticSeverity = 1
	SeverityWarning     DiagnosticSeverity = 2
	SeverityInformation DiagnosticSeverity = 3
	SeverityHint        DiagnosticSeverity = 4
)

// The types of a log message that are used.
const (
	LogError   golsp.MessageType = 1
	LogWarning golsp.MessageType = 2
)

// DiagnosticTag says how an editor may draw a diagnostic.
type DiagnosticTag int

// The tags: greyed out, struck through.
const (
	TagUnnecessary DiagnosticTag = 1
	TagDeprecated  DiagnosticTag = 2
)

// Diagnostic is a finding, of 3.17: go-lsp's, and what came after 3.15. Tags, RelatedInformation and
// CodeDescription are left out where empty.
type Diagnostic struct {
	golsp.Diagnostic
	CodeDescription    *CodeDescription               `json:"codeDescription,omitempty"`
	Tags               []DiagnosticTag                `json:"tags,omitempty"`
	RelatedInformation []DiagnosticRelatedInformation `json:"relatedInformation,omitempty"`
	Data               any                            `json:"data,omitempty"`
}

// CodeDescription links the code of a diagnostic to its documentation.
type CodeDescription struct {
	Href string `json:"href"`
}

// DiagnosticRelatedInformation is another place that explains a diagnostic.
type DiagnosticRelatedInformation struct {
	Location Location `json:"location"`
	Message  string   `json:"message"`
}

// PublishDiagnosticsParams are the diagnostics of one document. Diagnostics must not be nil.
type PublishDiagnosticsParams struct {
	URI         DocumentURI  `json:"uri"`
	Version     *int         `json:"version,omitempty"`
	Diagnostics []Diagnostic `json:"diagnostics"`
}

// TextDocumentItem is a document that was opened. Version is nil where the client counts none.
type TextDocumentItem struct {
	URI        DocumentURI `json:"uri"`
	LanguageID string      `json:"languageId"`
	Version    *int        `json:"version"`
	Text       string      `json:"text"`
}

// DidOpenTextDocumentParams opens a document.
type DidOpenTextDocumentParams struct {
	TextDocument TextDocumentItem `json:"textDocument"`
}

// VersionedTextDocumentIdentifier names a version of a document. Version is nil where the client counts
// none, or where the server speaks of a file that is not open.
type VersionedTextDocumentIdentifier struct {
	URI     DocumentURI `json:"uri"`
	Version *int        `json:"version"`
}

// TextDocumentContentChangeEvent replaces a range, or without one the whole text.
type TextDocumentContentChangeEvent struct {
	Range *Range `json:"range,omitempty"`
	Text  string `json:"text"`
}

// DidChangeTextDocumentParams are edits, each of the text that the one before made.
type DidChangeTextDocumentParams struct {
	TextDocument   VersionedTextDocumentIdentifier  `json:"textDocument"`
	ContentChanges []TextDocumentContentChangeEvent `json:"contentChanges"`
}

// CancelParams name a request. ID is undecoded: an integer or a string.
type CancelParams struct {
	ID json.RawMessage `json:"id"`
}

// Key returns the id in the form of Request.ID, or "" where it is none.
func (p CancelParams) Key() string {
	id, _ := requestID(p.ID)
	return string(id)
}

// The kinds of code action that are offered.
const (
	QuickFix     CodeActionKind = "quickfix"
	SourceFixAll CodeActionKind = "source.fixAll"
)

// CodeActionParams ask for actions. The diagnostics of the context are not decoded: other servers' have
// forms of their own.
type CodeActionParams struct {
	TextDocument TextDocumentIdentifier `json:"textDocument"`
	Range        Range                  `json:"range"`
	Context      struct {
		Only []CodeActionKind `json:"only"`
	} `json:"context"`
}

// Document returns the document that the request is about.
func (p *CodeActionParams) Document() DocumentURI { return p.TextDocument.URI }

// CodeAction is a change that can be made. Edit must not be nil.
type CodeAction struct {
	Title       string         `json:"title"`
	Kind        CodeActionKind `json:"kind"`
	Diagnostics []Diagnostic   `json:"diagnostics,omitempty"`
	IsPreferred bool           `json:"isPreferred,omitempty"`
	Edit        *WorkspaceEdit `json:"edit"`
}

// WorkspaceEdit changes documents. One of the fields is set: DocumentChanges for clients that know them.
type WorkspaceEdit struct {
	Changes         map[DocumentURI][]TextEdit `json:"changes,omitempty"`
	DocumentChanges []TextDocumentEdit         `json:"documentChanges,omitempty"`
}

// TextDocumentEdit changes one version of a document. Edits must not be nil.
type TextDocumentEdit struct {
	TextDocument VersionedTextDocumentIdentifier `json:"textDocument"`
	Edits        []TextEdit                      `json:"edits"`
}

// FileSystemWatcher asks for changes of the files that match a glob.
type FileSystemWatcher struct {
	GlobPattern string `json:"globPattern"`
}

// DidChangeWatchedFilesRegistrationOptions are the options of a registration for changes on disk.
type DidChangeWatchedFilesRegistrationOptions struct {
	Watchers []FileSystemWatcher `json:"watchers"`
}

// Registration asks a client for a capability.
type Registration struct {
	ID              string `json:"id"`
	Method          string `json:"method"`
	RegisterOptions any    `json:"registerOptions,omitempty"`
}

// RegistrationParams are the parameters of client/registerCapability.
type RegistrationParams struct {
	Registrations []Registration `json:"registrations"`
}
