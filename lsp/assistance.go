package lsp

import "github.com/nixsift/nixsift/lsp/protocol"

// offerAssistance adds what helps to read and write code.
func offerAssistance(caps *protocol.ServerCapabilities) {
	caps.InlayHintProvider, caps.SelectionRangeProvider, caps.LinkedEditingRangeProvider = true, true, true
	caps.CallHierarchyProvider, caps.ImplementationProvider, caps.TypeDefinitionProvider = true, true, true
	caps.SemanticTokensProvider = tokenOptions()
	caps.DocumentLinkProvider = &protocol.DocumentLinkOptions{}
	caps.SignatureHelpProvider = &protocol.SignatureHelpOptions{TriggerCharacters: []string{" ", "{"}}
}
