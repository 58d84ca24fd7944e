package protocol

import (
	"encoding/json"
	"slices"
)

// The types of commands, and of edits that do more than replace text.

// EditingCapabilities are the abilities of a client that concern edits and commands.
type EditingCapabilities struct {
	// Commands: the client has the server execute commands; AppliesEdits: the server may ask it to make edits.
	Commands, AppliesEdits bool
	// ShowsDocuments: the client can be asked to show a page.
	ShowsDocuments bool
	// ShowsProgress: the client shows that the server is at work. TellsFolders: it tells which folders are opened and closed.
	ShowsProgress, TellsFolders bool
	// CreatesFiles: edits may create files.
	CreatesFiles bool
	// Snippets: what is proposed may be snippets. ResolvesDocumentation: its documentation may be asked for later.
	Snippets, ResolvesDocumentation bool
	// AsksBeforeRenames: the client asks for edits before it renames files.
	AsksBeforeRenames bool
	// Annotations: edits may say why they are made, and which of them want a look.
	Annotations bool
}

// readEditing reads what is there and of the right type.
func (c *EditingCapabilities) readEditing(data json.RawMessage) {
	*c = EditingCapabilities{
		Commands:    found[json.RawMessage](data, "workspace", "executeCommand") != nil,
		Annotations: found[json.RawMessage](data, "workspace", "workspaceEdit", "changeAnnotationSupport") != nil,
	}
	lookup(data, &c.AppliesEdits, "workspace", "applyEdit")
	lookup(data, &c.ShowsDocuments, "window", "showDocument", "support")
	lookup(data, &c.ShowsProgress, "window", "workDoneProgress")
	lookup(data, &c.TellsFolders, "workspace", "workspaceFolders")
	lookup(data, &c.AsksBeforeRenames, "workspace", "fileOperations", "willRename")
	lookup(data, &c.Snippets, "textDocument", "completion", "completionItem", "snippetSupport")
	var later []string
	lookup(data, &later, "textDocument", "completion", "completionItem", "resolveSupport", "properties")
	c.ResolvesDocumentation = slices.Contains(later, "documentation")
	var operations []string
	lookup(data, &operations, "workspace", "workspaceEdit", "resourceOperations")
	c.CreatesFiles = slices.Contains(operations, "create")
}

// ExecuteCommandOptions list the commands that the server executes.
type ExecuteCommandOptions struct {
	Commands []string `json:"commands"`
}

// Command is something that the server does when it is asked to. Arguments must not be nil.
type Command struct {
	Title     string `json:"title"`
	Command   string `json:"command"`
	Arguments []any  `json:"arguments,omitempty"`
}

// ExecuteCommandParams ask for a command.
type ExecuteCommandParams struct {
	Command   string            `json:"command"`
	Arguments []json.RawMessage `json:"arguments"`
}

// ApplyWorkspaceEditParams ask the client to make an edit.
type ApplyWorkspaceEditParams struct {
	Label string        `json:"label,omitempty"`
	Edit  WorkspaceEdit `json:"edit"`
}

// ApplyWorkspaceEditResult says whether it did.
type ApplyWorkspaceEditResult struct {
	Applied       bool   `json:"applied"`
	FailureReason string `json:"failureReason"`
}

// ShowDocumentParams ask the client to show a page: outside of the editor, where External is set.
type ShowDocumentParams struct {
	URI      string `json:"uri"`
	External bool   `json:"external,omitempty"`
}

// ShowMessageParams are a message for whoever sits before the editor.
type ShowMessageParams struct {
	Type    MessageType `json:"type"`
	Message string      `json:"message"`
}

// DocumentChange is one of TextDocumentEdit and CreateFile.
type DocumentChange interface{ isDocumentChange() }

func (TextDocumentEdit) isDocumentChange() {}
func (CreateFile) isDocumentChange()       {}

// TextDocumentEdit changes one version of a document. Edits must not be nil.
type TextDocumentEdit struct {
	TextDocument VersionedTextDocumentIdentifier `json:"textDocument"`
	Edits        []AnnotatedTextEdit             `json:"edits"`
}

// AnnotatedTextEdit replaces a range, and may name what WorkspaceEdit.ChangeAnnotations says of that.
type AnnotatedTextEdit struct {
	TextEdit
	AnnotationID string `json:"annotationId,omitempty"`
}

// CreateFile creates an empty file, which must not exist. Kind is "create".
type CreateFile struct {
	Kind string      `json:"kind"`
	URI  DocumentURI `json:"uri"`
}

// ChangeAnnotation says what edits are for. The client asks before it makes those that need confirmation.
type ChangeAnnotation struct {
	Label             string `json:"label"`
	NeedsConfirmation bool   `json:"needsConfirmation,omitempty"`
	Description       string `json:"description,omitempty"`
}

// WorkspaceOptions are the abilities of the server that concern the folders that are open.
type WorkspaceOptions struct {
	WorkspaceFolders *WorkspaceFoldersOptions `json:"workspaceFolders,omitempty"`
	FileOperations   *FileOperationOptions    `json:"fileOperations,omitempty"`
}

// FileOperationOptions say before what changes of files the server wants to be asked.
type FileOperationOptions struct {
	WillRename *FileOperationRegistrationOptions `json:"willRename,omitempty"`
}

// FileOperationRegistrationOptions say for which files.
type FileOperationRegistrationOptions struct {
	Filters []FileOperationFilter `json:"filters"`
}

// FileOperationFilter are files and folders with a URI of a scheme whose path matches a pattern.
type FileOperationFilter struct {
	Scheme  string               `json:"scheme,omitempty"`
	Pattern FileOperationPattern `json:"pattern"`
}

// FileOperationPattern is a glob.
type FileOperationPattern struct {
	Glob string `json:"glob"`
}

// RenameFilesParams are files and folders that are to be renamed.
type RenameFilesParams struct {
	Files []FileRename `json:"files"`
}

// FileRename is one of them.
type FileRename struct {
	OldURI DocumentURI `json:"oldUri"`
	NewURI DocumentURI `json:"newUri"`
}

// CompletionItemData is what a proposal is found again by.
type CompletionItemData struct {
	URI      DocumentURI `json:"uri"`
	Position Position    `json:"position"`
}

// ResolveItemParams are the parameters of completionItem/resolve: the proposal as it was sent. What a client adds is kept.
type ResolveItemParams struct {
	Label  string
	Data   CompletionItemData
	fields map[string]json.RawMessage
}

// UnmarshalJSON reads a proposal.
func (p *ResolveItemParams) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &p.fields); err != nil {
		return err
	}
	lookup(data, &p.Label, "label")
	lookup(data, &p.Data, "data")
	return nil
}

// Document returns the document that the request is about.
func (p *ResolveItemParams) Document() DocumentURI { return p.Data.URI }

// With returns the proposal with documentation, nil for none.
func (p *ResolveItemParams) With(doc *MarkupContent) any {
	out := map[string]any{}
	for name, value := range p.fields {
		out[name] = value
	}
	if doc != nil {
		out["documentation"] = doc
	}
	return out
}
