package lsp

import (
	"context"
	"unicode/utf16"

	"github.com/nixsift/nixsift/lsp/protocol"
)

// signatureHelp tells which functions the call at a place may be of, and which argument stands there.
func signatureHelp(_ context.Context, r *reader, params *protocol.PositionParams) (any, error) {
	hide := r.Hide
	doc := func(text string) *protocol.MarkupContent {
		if text == "" {
			return nil
		}
		m := markup(r.client.SignatureMarkdown, hide(text))
		return &m
	}
	help := protocol.SignatureHelp{}
	for n, s := range r.Signature(r.offset(params.Position)) {
		info := protocol.SignatureInformation{Label: s.Label, Documentation: doc(s.Doc), Parameters: []protocol.ParameterInformation{}}
		hidden := hide(s.Label) != s.Label
		for _, p := range s.Parameters {
			var label any = s.Label[p.Start:p.End]
			if r.client.LabelOffsets {
				label = [2]int{units(s.Label[:p.Start]), units(s.Label[:p.End])}
			}
			info.Parameters = append(info.Parameters, protocol.ParameterInformation{Label: label, Documentation: doc(p.Doc)})
		}
		if hidden {
			info.Label, info.Parameters = hide(s.Label), []protocol.ParameterInformation{}
		}
		active := s.Active
		if active < 0 {
			active = len(s.Parameters) // none: clients highlight what is in range
		}
		if n == 0 {
			help.ActiveParameter = active
		}
		if r.client.SignatureActive {
			info.ActiveParameter = &active
		}
		help.Signatures = append(help.Signatures, info)
	}
	if len(help.Signatures) == 0 {
		return nil, nil
	}
	return help, nil
}

// units counts the UTF-16 code units of a text: labels are counted in these, whatever the encoding of positions.
func units(text string) (n int) {
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}
