package protocol

import (
	"encoding/json"

	golsp "github.com/sourcegraph/go-lsp"
)

// PositionEncoding is the unit in which columns are counted.
type PositionEncoding string

// The encodings that are spoken: bytes, and UTF-16 code units.
const (
	UTF8  PositionEncoding = "utf-8"
	UTF16 PositionEncoding = "utf-16"
)

// InitializeParams are what a client says of itself, as far as it matters here.
type InitializeParams struct {
	RootURI          *DocumentURI       `json:"rootUri"`
	RootPath         *string            `json:"rootPath"`
	WorkspaceFolders []WorkspaceFolder  `json:"workspaceFolders"`
	Capabilities     ClientCapabilities `json:"capabilities"`
}

// WorkspaceFolder is a folder that is open in the editor.
type WorkspaceFolder struct {
	URI  DocumentURI `json:"uri"`
	Name string      `json:"name"`
}

// Root returns the path of the first folder, or "".
func (p *InitializeParams) Root() string {
	for _, f := range p.WorkspaceFolders {
		if path, ok := PathOf(f.URI); ok {
			return path
		}
	}
	if p.RootURI != nil {
		if path, ok := PathOf(*p.RootURI); ok {
			return path
		}
	}
	if p.RootPath != nil {
		return *p.RootPath
	}
	return ""
}

// ClientCapabilities are the abilities of a client that change what is sent to it.
type ClientCapabilities struct {
	PositionEncodings []PositionEncoding
	// DocumentChanges: edits may name versions of documents.
	DocumentChanges bool
	// WatchedFiles: the client can be asked to watch files.
	WatchedFiles bool
}

// UnmarshalJSON reads what is there and of the right type. Clients of all ages send capabilities of
// other shapes, and nothing here is worth refusing to start.
func (c *ClientCapabilities) UnmarshalJSON(data []byte) error {
	*c = ClientCapabilities{}
	lookup(data, &c.PositionEncodings, "general", "positionEncodings")
	lookup(data, &c.DocumentChanges, "workspace", "workspaceEdit", "documentChanges")
	lookup(data, &c.WatchedFiles, "workspace", "didChangeWatchedFiles", "dynamicRegistration")
	return nil
}

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
	PositionEncoding   PositionEncoding        `json:"positionEncoding"`
	TextDocumentSync   TextDocumentSyncOptions `json:"textDocumentSync"`
	CodeActionProvider *CodeActionOptions      `json:"codeActionProvider,omitempty"`
}

// CodeActionOptions say which kinds of code action there are.
type CodeActionOptions struct {
	CodeActionKinds []CodeActionKind `json:"codeActionKinds"`
}
