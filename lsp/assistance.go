package lsp

import "github.com/nixsift/nixsift/lsp/protocol"

// offerAssistance adds what helps to read and write code.
func offerAssistance(caps *protocol.ServerCapabilities) {
	caps.InlayHintProvider = true
	caps.SemanticTokensProvider = tokenOptions()
	caps.DocumentLinkProvider = &protocol.DocumentLinkOptions{}
	caps.SignatureHelpProvider = &protocol.SignatureHelpOptions{TriggerCharacters: []string{" ", "{"}}
}
