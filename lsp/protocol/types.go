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
	// MessageType is 1 (error) to 4 (log).
	MessageType = golsp.MessageType
	// LogMessageParams is a line for the log of the client.
	LogMessageParams = golsp.LogMessageParams

	// DidCloseTextDocumentParams names a closed document.
	DidCloseTextDocumentParams = golsp.DidCloseTextDocumentParams
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
	LogError   MessageType = 1
	LogWarning MessageType = 2
	LogInfo    MessageType = 3
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

// TextDocumentItem is a document that was opened. Version is nil where the client counts none, Text where it
// sent none.
type TextDocumentItem struct {
	URI        DocumentURI `json:"uri"`
	LanguageID string      `json:"languageId"`
	Version    *int        `json:"version"`
	Text       *string     `json:"text"`
}

// DidOpenTextDocumentParams opens a document.
type DidOpenTextDocumentParams struct {
	TextDocument TextDocumentItem `json:"textDocument"`
}

// DidOpen reads the parameters of textDocument/didOpen. With an error, what is there and of the right type is read.
func DidOpen(r *Request) (DidOpenTextDocumentParams, error) {
	var params DidOpenTextDocumentParams
	err := r.Decode(&params)
	if err == nil && params.TextDocument.Text == nil {
		err = Errorf(CodeInvalidParams, "%s without a text", r.Method)
	}
	if err != nil {
		item := TextDocumentItem{Version: found[int](r.Params, "textDocument", "version"), Text: found[string](r.Params, "textDocument", "text")}
		lookup(r.Params, &item.URI, "textDocument", "uri")
		lookup(r.Params, &item.LanguageID, "textDocument", "languageId")
		params.TextDocument = item
	}
	return params, err
}

// DidSaveTextDocumentParams names a saved document. Text is its content, nil where the client does not send it.
type DidSaveTextDocumentParams struct {
	TextDocument TextDocumentIdentifier `json:"textDocument"`
	Text         *string                `json:"text"`
}

// VersionedTextDocumentIdentifier names a version of a document. Version is nil where the client counts
// none, or where the server speaks of a file that is not open.
type VersionedTextDocumentIdentifier struct {
	URI     DocumentURI `json:"uri"`
	Version *int        `json:"version"`
}

// TextDocumentContentChangeEvent replaces a range, or without one the whole text.
type TextDocumentContentChangeEvent struct {
	Range *Range
	Text  string
}

// DidChangeTextDocumentParams are edits, each of the text that the one before made.
type DidChangeTextDocumentParams struct {
	TextDocument   VersionedTextDocumentIdentifier
	ContentChanges []TextDocumentContentChangeEvent
}

// DidChange reads the parameters of textDocument/didChange. Unlike elsewhere, nothing that is missing is taken for
// zero: an edit that was not meant makes another text. With an error, the document is named if it could be read.
func DidChange(r *Request) (DidChangeTextDocumentParams, error) {
	type position struct {
		Line      *uint32 `json:"line"`
		Character *uint32 `json:"character"`
	}
	var sent struct {
		TextDocument   VersionedTextDocumentIdentifier `json:"textDocument"`
		ContentChanges *[]struct {
			Range *struct {
				Start *position `json:"start"`
				End   *position `json:"end"`
			} `json:"range"`
			Text *string `json:"text"`
		} `json:"contentChanges"`
	}
	err := r.Decode(&sent)
	params := DidChangeTextDocumentParams{TextDocument: sent.TextDocument}
	if err != nil {
		return params, err
	}
	if sent.ContentChanges == nil {
		return params, Errorf(CodeInvalidParams, "%s without contentChanges", r.Method)
	}
	there := func(p *position) bool { return p != nil && p.Line != nil && p.Character != nil }
	for _, c := range *sent.ContentChanges {
		change := TextDocumentContentChangeEvent{}
		switch {
		case c.Text == nil:
			return params, Errorf(CodeInvalidParams, "%s with a change without text", r.Method)
		case c.Range == nil:
		case !there(c.Range.Start) || !there(c.Range.End):
			return params, Errorf(CodeInvalidParams, "%s with a range that is not whole", r.Method)
		default:
			change.Range = &Range{
				Start: Position{Line: int(*c.Range.Start.Line), Character: int(*c.Range.Start.Character)},
				End:   Position{Line: int(*c.Range.End.Line), Character: int(*c.Range.End.Character)},
			}
		}
		change.Text = *c.Text
		params.ContentChanges = append(params.ContentChanges, change)
	}
	return params, nil
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
	QuickFix        CodeActionKind = "quickfix"
	SourceFixAll    CodeActionKind = "source.fixAll"
	Refactor        CodeActionKind = "refactor"
	RefactorExtract CodeActionKind = "refactor.extract"
	RefactorInline  CodeActionKind = "refactor.inline"
	RefactorRewrite CodeActionKind = "refactor.rewrite"
	OrganizeImports CodeActionKind = "source.organizeImports"
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

// CodeAction is a change that can be made. Where Edit and Command are nil, the edit is asked for by codeAction/resolve.
type CodeAction struct {
	Title       string          `json:"title"`
	Kind        CodeActionKind  `json:"kind"`
	Diagnostics []Diagnostic    `json:"diagnostics,omitempty"`
	IsPreferred bool            `json:"isPreferred,omitempty"`
	Edit        *WorkspaceEdit  `json:"edit,omitempty"`
	Command     *Command        `json:"command,omitempty"`
	Data        *CodeActionData `json:"data,omitempty"`
}

// CodeActionData is what a code action without an edit is found again by.
type CodeActionData struct {
	URI DocumentURI `json:"uri"`
	// State is the server's number of the state of the document that the action is for.
	State int `json:"state"`
}

// ResolveParams are the parameters of codeAction/resolve: the action as it was sent. What a client adds is kept.
type ResolveParams struct {
	Data   CodeActionData
	fields map[string]json.RawMessage
}

// UnmarshalJSON reads a code action.
func (p *ResolveParams) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &p.fields); err != nil {
		return err
	}
	if !p.HasData() {
		return nil
	}
	return json.Unmarshal(p.fields["data"], &p.Data)
}

// HasData reports whether the action is one that more is known of. Clients ask about those with nothing but a command, too.
func (p *ResolveParams) HasData() bool { return p.fields["data"] != nil }

// Document returns the document that the request is about.
func (p *ResolveParams) Document() DocumentURI { return p.Data.URI }

// With returns the code action with an edit, nil for none.
func (p *ResolveParams) With(edit *WorkspaceEdit) any {
	out := map[string]any{}
	for name, value := range p.fields {
		out[name] = value
	}
	if edit != nil {
		out["edit"] = edit
	}
	return out
}

// WorkspaceEdit changes documents. One of Changes and DocumentChanges is set: the latter for clients that know them. An edit
// without any changes nothing.
type WorkspaceEdit struct {
	Changes           map[DocumentURI][]TextEdit  `json:"changes,omitempty"`
	DocumentChanges   []DocumentChange            `json:"documentChanges,omitempty"`
	ChangeAnnotations map[string]ChangeAnnotation `json:"changeAnnotations,omitempty"`
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
