package protocol

import "encoding/json"

// The types of requests that help to read and write what stands in a document.

// RangeParams are about a part of a document.
type RangeParams struct {
	DocumentParams
	Range Range `json:"range"`
}

// SignatureHelpOptions say after which characters clients ask by themselves.
type SignatureHelpOptions struct {
	TriggerCharacters   []string `json:"triggerCharacters,omitempty"`
	RetriggerCharacters []string `json:"retriggerCharacters,omitempty"`
}

// SignatureHelp are the functions that the call at a place may be of. Signatures must not be nil.
type SignatureHelp struct {
	Signatures      []SignatureInformation `json:"signatures"`
	ActiveSignature int                    `json:"activeSignature"`
	ActiveParameter int                    `json:"activeParameter"`
}

// SignatureInformation is a function. ActiveParameter, where it is there, goes before that of all signatures.
type SignatureInformation struct {
	Label           string                 `json:"label"`
	Documentation   *MarkupContent         `json:"documentation,omitempty"`
	Parameters      []ParameterInformation `json:"parameters"`
	ActiveParameter *int                   `json:"activeParameter,omitempty"`
}

// ParameterInformation is an argument of a function. Label is the part of the signature's: a string, or [2]int, where it starts and
// ends in UTF-16 code units.
type ParameterInformation struct {
	Label         any            `json:"label"`
	Documentation *MarkupContent `json:"documentation,omitempty"`
}

// InlayHintKind sorts hints.
type InlayHintKind int

// The kinds of hints.
const (
	InlayType      InlayHintKind = 1
	InlayParameter InlayHintKind = 2
)

// InlayHint is a text that is shown at a place of a document without being in it.
type InlayHint struct {
	Position     Position       `json:"position"`
	Label        string         `json:"label"`
	Kind         InlayHintKind  `json:"kind,omitempty"`
	Tooltip      *MarkupContent `json:"tooltip,omitempty"`
	PaddingLeft  bool           `json:"paddingLeft,omitempty"`
	PaddingRight bool           `json:"paddingRight,omitempty"`
}

// DocumentLinkOptions say whether links are resolved.
type DocumentLinkOptions struct {
	ResolveProvider bool `json:"resolveProvider,omitempty"`
}

// DocumentLink is a range of a document that leads to another one, or out.
type DocumentLink struct {
	Range   Range       `json:"range"`
	Target  DocumentURI `json:"target"`
	Tooltip string      `json:"tooltip,omitempty"`
}

// SemanticTokensOptions say what the numbers of tokens mean, and how they may be asked for.
type SemanticTokensOptions struct {
	Legend SemanticTokensLegend `json:"legend"`
	Range  bool                 `json:"range,omitempty"`
	Full   SemanticTokensFull   `json:"full"`
}

// SemanticTokensFull says that the tokens of whole documents may be asked for, and whether by their changes.
type SemanticTokensFull struct {
	Delta bool `json:"delta,omitempty"`
}

// SemanticTokensLegend names the types and modifiers of tokens by their numbers.
type SemanticTokensLegend struct {
	TokenTypes     []string `json:"tokenTypes"`
	TokenModifiers []string `json:"tokenModifiers"`
}

// SemanticTokens are five numbers for each token: lines and columns after the one before, length, type, modifiers. Data must
// not be nil.
type SemanticTokens struct {
	ResultID string   `json:"resultId,omitempty"`
	Data     []uint32 `json:"data"`
}

// SemanticTokensDeltaParams ask for what has changed since an answer.
type SemanticTokensDeltaParams struct {
	DocumentParams
	PreviousResultID string `json:"previousResultId"`
}

// SemanticTokensDelta are changes of the numbers. Edits must not be nil.
type SemanticTokensDelta struct {
	ResultID string               `json:"resultId,omitempty"`
	Edits    []SemanticTokensEdit `json:"edits"`
}

// SemanticTokensEdit puts numbers in the place of others.
type SemanticTokensEdit struct {
	Start       int      `json:"start"`
	DeleteCount int      `json:"deleteCount"`
	Data        []uint32 `json:"data,omitempty"`
}

// SelectionRangeParams ask for what stands around places.
type SelectionRangeParams struct {
	DocumentParams
	Positions []Position `json:"positions"`
}

// SelectionRange is what may be selected, with what is around it.
type SelectionRange struct {
	Range  Range           `json:"range"`
	Parent *SelectionRange `json:"parent,omitempty"`
}

// LinkedEditingRanges are ranges with one text that change together. Ranges must not be nil.
type LinkedEditingRanges struct {
	Ranges      []Range `json:"ranges"`
	WordPattern string  `json:"wordPattern,omitempty"`
}

// CallHierarchyItem is a function.
type CallHierarchyItem struct {
	Name           string      `json:"name"`
	Kind           SymbolKind  `json:"kind"`
	Detail         string      `json:"detail,omitempty"`
	URI            DocumentURI `json:"uri"`
	Range          Range       `json:"range"`
	SelectionRange Range       `json:"selectionRange"`
}

// CallHierarchyParams ask for the calls of a function, or in it.
type CallHierarchyParams struct {
	Item CallHierarchyItem `json:"item"`
}

// CallHierarchyIncomingCall is something with calls of a function at ranges of it. FromRanges must not be nil.
type CallHierarchyIncomingCall struct {
	From       CallHierarchyItem `json:"from"`
	FromRanges []Range           `json:"fromRanges"`
}

// CallHierarchyOutgoingCall is a function that is called at ranges of another. FromRanges must not be nil.
type CallHierarchyOutgoingCall struct {
	To         CallHierarchyItem `json:"to"`
	FromRanges []Range           `json:"fromRanges"`
}

// AssistanceProviders are those abilities of the server that go-lsp does not know.
type AssistanceProviders struct {
	InlayHintProvider          bool                   `json:"inlayHintProvider,omitempty"`
	DocumentLinkProvider       *DocumentLinkOptions   `json:"documentLinkProvider,omitempty"`
	SemanticTokensProvider     *SemanticTokensOptions `json:"semanticTokensProvider,omitempty"`
	SelectionRangeProvider     bool                   `json:"selectionRangeProvider,omitempty"`
	LinkedEditingRangeProvider bool                   `json:"linkedEditingRangeProvider,omitempty"`
	CallHierarchyProvider      bool                   `json:"callHierarchyProvider,omitempty"`
}

// AssistanceCapabilities are abilities of a client that change what is said there.
type AssistanceCapabilities struct {
	// SignatureMarkdown: the documentation of signatures may be Markdown. LabelOffsets: arguments may be named by where they stand in
	// the label. SignatureActive: each signature may have an active argument of its own.
	SignatureMarkdown, LabelOffsets, SignatureActive bool
	// LinkTooltips: links may have texts.
	LinkTooltips bool
	// ImplementationLinks, TypeDefinitionLinks: the answers may be links, which say what leads to a place.
	ImplementationLinks, TypeDefinitionLinks bool
	// RefreshesHints: the client can be told to ask for inlay hints again.
	RefreshesHints bool
	// Configuration: the client can be asked for settings.
	Configuration bool
}

// read reads what is there and of the right type; of are the capabilities for text documents.
func (c *AssistanceCapabilities) read(data json.RawMessage, of map[string]json.RawMessage) {
	var formats []string
	signature := of["signatureHelp"]
	lookup(signature, &formats, "signatureInformation", "documentationFormat")
	c.SignatureMarkdown = len(formats) > 0 && formats[0] == "markdown"
	lookup(signature, &c.LabelOffsets, "signatureInformation", "parameterInformation", "labelOffsetSupport")
	lookup(signature, &c.SignatureActive, "signatureInformation", "activeParameterSupport")
	lookup(of["documentLink"], &c.LinkTooltips, "tooltipSupport")
	lookup(of["implementation"], &c.ImplementationLinks, "linkSupport")
	lookup(of["typeDefinition"], &c.TypeDefinitionLinks, "linkSupport")
	lookup(data, &c.RefreshesHints, "workspace", "inlayHint", "refreshSupport")
	lookup(data, &c.Configuration, "workspace", "configuration")
}
