package protocol

import (
	"encoding/json"
	"path/filepath"
	"slices"

	golsp "github.com/sourcegraph/go-lsp"
)

// PositionEncoding is the unit in which columns are counted.
type PositionEncoding string

// The encodings that are spoken: bytes, UTF-16 code units, and code points.
const (
	UTF8  PositionEncoding = "utf-8"
	UTF16 PositionEncoding = "utf-16"
	UTF32 PositionEncoding = "utf-32"
)

// InitializeParams are what a client says of itself, as far as it matters here.
type InitializeParams struct {
	// ProcessID is the process of the client, 0 where it does not say.
	ProcessID int
	// Folders are the absolute paths of the folders that are open in the editor.
	Folders      []string
	Capabilities ClientCapabilities
}

// UnmarshalJSON reads what is there and of the right type: nothing here is worth refusing to start. It fails on
// what is no object.
func (p *InitializeParams) UnmarshalJSON(data []byte) error {
	*p = InitializeParams{}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil {
		return err
	}
	lookup(data, &p.ProcessID, "processId")
	lookup(data, &p.Capabilities, "capabilities")
	var folders []json.RawMessage
	lookup(data, &folders, "workspaceFolders")
	for _, f := range folders {
		p.addFolder(f, "uri")
	}
	if len(p.Folders) == 0 {
		p.addFolder(data, "rootUri")
	}
	var path string
	if lookup(data, &path, "rootPath"); len(p.Folders) == 0 && filepath.IsAbs(path) {
		p.Folders = []string{filepath.Clean(path)}
	}
	return nil
}

// addFolder adds the folder whose URI stands under a name, if one does.
func (p *InitializeParams) addFolder(data json.RawMessage, name string) {
	var uri DocumentURI
	lookup(data, &uri, name)
	if path, ok := PathOf(uri); ok {
		p.Folders = append(p.Folders, path)
	}
}

// ClientCapabilities are the abilities of a client that change what is sent to it.
type ClientCapabilities struct {
	PositionEncodings []PositionEncoding
	// DocumentChanges: edits may name versions of documents.
	DocumentChanges bool
	// WatchedFiles: the client can be asked to watch files.
	WatchedFiles bool
	// DiagnosticTags are those that a diagnostic may have.
	DiagnosticTags []DiagnosticTag
	// RelatedInformation, CodeDescription, DiagnosticData: diagnostics may have these fields.
	RelatedInformation, CodeDescription, DiagnosticData bool
	// DiagnosticVersion: diagnostics may name the version of their document.
	DiagnosticVersion bool
	// CodeActions: the answer to textDocument/codeAction may be code actions, not only commands.
	CodeActions bool
	// PreferredActions: a code action may be marked as the one to take.
	PreferredActions bool
	// ResolvesEdits: the edit of a code action may be left out and be asked for later, by what stands in its data.
	ResolvesEdits bool
	// HoverMarkdown, ItemMarkdown: hovers, and the documentation of what is proposed, may be Markdown.
	HoverMarkdown, ItemMarkdown bool
	// DefinitionLinks, DeclarationLinks: the answers may be links, which say what leads to a place.
	DefinitionLinks, DeclarationLinks bool
	// SymbolTree: the symbols of a document may be a tree.
	SymbolTree bool
	// CommentFolds: what may be hidden may be marked as comments.
	CommentFolds bool
	// PreparesRename: the client asks what can be renamed.
	PreparesRename bool
	// PullsDiagnostics: the client asks for diagnostics; RefreshesDiagnostics: it can be told to do so again.
	PullsDiagnostics, RefreshesDiagnostics bool
	AssistanceCapabilities
	EditingCapabilities
}

// UnmarshalJSON reads what is there and of the right type. Clients of all ages send capabilities of
// other shapes.
func (c *ClientCapabilities) UnmarshalJSON(data []byte) error {
	*c = ClientCapabilities{}
	lookup(data, &c.PositionEncodings, "general", "positionEncodings")
	lookup(data, &c.DocumentChanges, "workspace", "workspaceEdit", "documentChanges")
	lookup(data, &c.WatchedFiles, "workspace", "didChangeWatchedFiles", "dynamicRegistration")

	var of map[string]json.RawMessage
	lookup(data, &of, "textDocument")
	published := of["publishDiagnostics"]
	lookup(published, &c.DiagnosticTags, "tagSupport", "valueSet")
	lookup(published, &c.RelatedInformation, "relatedInformation")
	lookup(published, &c.CodeDescription, "codeDescriptionSupport")
	lookup(published, &c.DiagnosticData, "dataSupport")
	lookup(published, &c.DiagnosticVersion, "versionSupport")

	actions := of["codeAction"]
	var literals map[string]json.RawMessage
	lookup(actions, &literals, "codeActionLiteralSupport")
	c.CodeActions = literals != nil
	lookup(actions, &c.PreferredActions, "isPreferredSupport")
	var keepsData bool
	lookup(actions, &keepsData, "dataSupport")
	var later []string
	lookup(actions, &later, "resolveSupport", "properties")
	c.ResolvesEdits = keepsData && slices.Contains(later, "edit")

	var formats []string
	lookup(of["hover"], &formats, "contentFormat")
	c.HoverMarkdown = slices.Contains(formats, "markdown")
	formats = nil
	lookup(of["completion"], &formats, "completionItem", "documentationFormat")
	c.ItemMarkdown = slices.Contains(formats, "markdown")
	lookup(of["definition"], &c.DefinitionLinks, "linkSupport")
	lookup(of["declaration"], &c.DeclarationLinks, "linkSupport")
	lookup(of["documentSymbol"], &c.SymbolTree, "hierarchicalDocumentSymbolSupport")
	var folds []string
	lookup(of["foldingRange"], &folds, "foldingRangeKind", "valueSet")
	c.CommentFolds = slices.Contains(folds, FoldComment)
	lookup(of["rename"], &c.PreparesRename, "prepareSupport")
	c.PullsDiagnostics = of["diagnostic"] != nil
	lookup(data, &c.RefreshesDiagnostics, "workspace", "diagnostics", "refreshSupport")
	c.read(data, of)
	c.readEditing(data)
	return nil
}

// lookup reads the value at a path of names, if it is there and of the right type.
func lookup(data json.RawMessage, into any, path ...string) {
	for _, name := range path {
		var object map[string]json.RawMessage
		if json.Unmarshal(data, &object) != nil {
			return
		}
		data = object[name]
	}
	if data != nil {
		_ = json.Unmarshal(data, into) // what is of another type says nothing
	}
}

// found returns the value at a path of names, or nil where it is not there or of another type.
func found[T any](data json.RawMessage, path ...string) *T {
	var raw json.RawMessage
	lookup(data, &raw, path...)
	var value *T
	if raw == nil || json.Unmarshal(raw, &value) != nil {
		return nil
	}
	return value
}

// InitializeResult answers initialize.
type InitializeResult struct {
	Capabilities ServerCapabilities `json:"capabilities"`
	ServerInfo   ServerInfo         `json:"serverInfo"`
}

// ServerInfo names the server.
type ServerInfo struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// ServerCapabilities are the abilities of the server. Fields of go-lsp that 3.17 has in another form are
// replaced.
type ServerCapabilities struct {
	golsp.ServerCapabilities
	PositionEncoding   PositionEncoding        `json:"positionEncoding,omitempty"`
	TextDocumentSync   TextDocumentSyncOptions `json:"textDocumentSync"`
	CodeActionProvider *CodeActionOptions      `json:"codeActionProvider,omitempty"`

	DiagnosticProvider        *DiagnosticOptions `json:"diagnosticProvider,omitempty"`
	HoverProvider             bool               `json:"hoverProvider,omitempty"`
	DefinitionProvider        bool               `json:"definitionProvider,omitempty"`
	DeclarationProvider       bool               `json:"declarationProvider,omitempty"`
	CompletionProvider        *CompletionOptions `json:"completionProvider,omitempty"`
	DocumentSymbolProvider    bool               `json:"documentSymbolProvider,omitempty"`
	FoldingRangeProvider      bool               `json:"foldingRangeProvider,omitempty"`
	WorkspaceSymbolProvider   bool               `json:"workspaceSymbolProvider,omitempty"`
	ReferencesProvider        bool               `json:"referencesProvider,omitempty"`
	DocumentHighlightProvider bool               `json:"documentHighlightProvider,omitempty"`
	RenameProvider            any                `json:"renameProvider,omitempty"` // a Boolean, or RenameOptions

	SignatureHelpProvider *SignatureHelpOptions `json:"signatureHelpProvider,omitempty"`
	AssistanceProviders
	Workspace              *WorkspaceOptions      `json:"workspace,omitempty"`
	ExecuteCommandProvider *ExecuteCommandOptions `json:"executeCommandProvider,omitempty"`
}

// CodeActionOptions say which kinds of code action there are.
type CodeActionOptions struct {
	CodeActionKinds []CodeActionKind `json:"codeActionKinds"`
	ResolveProvider bool             `json:"resolveProvider,omitempty"`
}
