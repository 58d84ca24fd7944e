package protocol

// The types of requests about what stands in a document.

// DocumentParams are about a document.
type DocumentParams struct {
	TextDocument TextDocumentIdentifier `json:"textDocument"`
}

// Document returns the document that the request is about.
func (p *DocumentParams) Document() DocumentURI { return p.TextDocument.URI }

// PositionParams are about a place in a document.
type PositionParams struct {
	DocumentParams
	Position Position `json:"position"`
}

// ReferenceParams ask for the uses of a name.
type ReferenceParams struct {
	PositionParams
	Context struct {
		IncludeDeclaration bool `json:"includeDeclaration"`
	} `json:"context"`
}

// RenameParams ask for another name.
type RenameParams struct {
	PositionParams
	NewName string `json:"newName"`
}

// WorkspaceSymbolParams ask for symbols of all files.
type WorkspaceSymbolParams struct {
	Query string `json:"query"`
}

// MarkupContent is text, of the kind "markdown" or "plaintext".
type MarkupContent struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

// Hover is what is told of a range.
type Hover struct {
	Contents MarkupContent `json:"contents"`
	Range    Range         `json:"range"`
}

// LocationLink is a place that a range of the document leads to.
type LocationLink struct {
	OriginSelectionRange Range       `json:"originSelectionRange"`
	TargetURI            DocumentURI `json:"targetUri"`
	TargetRange          Range       `json:"targetRange"`
	TargetSelectionRange Range       `json:"targetSelectionRange"`
}

// CompletionItemKind sorts what is proposed.
type CompletionItemKind int

// The kinds that are used.
const (
	CompletionFunction CompletionItemKind = 3
	CompletionField    CompletionItemKind = 5
	CompletionVariable CompletionItemKind = 6
	CompletionModule   CompletionItemKind = 9
	CompletionProperty CompletionItemKind = 10
	CompletionValue    CompletionItemKind = 12
	CompletionKeyword  CompletionItemKind = 14
	CompletionFile     CompletionItemKind = 17
	CompletionFolder   CompletionItemKind = 19
)

// CompletionItem is something that may be written.
type CompletionItem struct {
	Label         string             `json:"label"`
	Kind          CompletionItemKind `json:"kind"`
	Detail        string             `json:"detail,omitempty"`
	Documentation *MarkupContent     `json:"documentation,omitempty"`
	SortText      string             `json:"sortText,omitempty"`
	FilterText    string             `json:"filterText,omitempty"`
	TextEdit      *TextEdit          `json:"textEdit,omitempty"`
	// InsertTextFormat is 2 for a snippet.
	InsertTextFormat int                 `json:"insertTextFormat,omitempty"`
	Data             *CompletionItemData `json:"data,omitempty"`
}

// CompletionList is what may be written at a place. Items must not be nil. It is incomplete where more letters bring others.
type CompletionList struct {
	IsIncomplete bool             `json:"isIncomplete"`
	Items        []CompletionItem `json:"items"`
}

// CompletionOptions say after which characters clients ask by themselves.
type CompletionOptions struct {
	TriggerCharacters []string `json:"triggerCharacters,omitempty"`
	ResolveProvider   bool     `json:"resolveProvider,omitempty"`
}

// SymbolKind sorts symbols.
type SymbolKind int

// The kinds that are used.
const (
	SymbolFile     SymbolKind = 1
	SymbolModule   SymbolKind = 2
	SymbolProperty SymbolKind = 7
	SymbolFunction SymbolKind = 12
	SymbolVariable SymbolKind = 13
	SymbolString   SymbolKind = 15
	SymbolNumber   SymbolKind = 16
	SymbolBoolean  SymbolKind = 17
	SymbolArray    SymbolKind = 18
	SymbolObject   SymbolKind = 19
	SymbolNull     SymbolKind = 21
)

// DocumentSymbol is a definition with those inside it.
type DocumentSymbol struct {
	Name           string           `json:"name"`
	Detail         string           `json:"detail,omitempty"`
	Kind           SymbolKind       `json:"kind"`
	Range          Range            `json:"range"`
	SelectionRange Range            `json:"selectionRange"`
	Children       []DocumentSymbol `json:"children,omitempty"`
}

// SymbolInformation is a definition in a file.
type SymbolInformation struct {
	Name          string     `json:"name"`
	Kind          SymbolKind `json:"kind"`
	Location      Location   `json:"location"`
	ContainerName string     `json:"containerName,omitempty"`
}

// FoldComment is the kind of comments among what may be hidden.
const FoldComment = "comment"

// FoldingRange is a part of a document that may be hidden. Its first line stays.
type FoldingRange struct {
	StartLine      int    `json:"startLine"`
	StartCharacter int    `json:"startCharacter"`
	EndLine        int    `json:"endLine"`
	EndCharacter   int    `json:"endCharacter"`
	Kind           string `json:"kind,omitempty"`
}

// DocumentHighlight is a use of the name at the cursor; the kind is 2 where it is read, 3 where it is defined.
type DocumentHighlight struct {
	Range Range `json:"range"`
	Kind  int   `json:"kind"`
}

// PrepareRenameResult is what would be renamed.
type PrepareRenameResult struct {
	Range       Range  `json:"range"`
	Placeholder string `json:"placeholder"`
}

// RenameOptions say that the server checks what can be renamed before it is asked to.
type RenameOptions struct {
	PrepareProvider bool `json:"prepareProvider,omitempty"`
}
