package purity

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "nixos-channel-url", Family: family, Since: "0.1.0",
	Summary: "A channel is fetched from its old address",
	Doc: "Channels are at `https://channels.nixos.org/NAME`. `nixos.org/channels/NAME` leads there today, and may cease to (release\n" +
		"notes of Nix 2.33). The lock of a flake that has it as an input changes with the address.",
	Severity: diag.Info, Presets: rules.Recommended,
	Fix: rules.FixAlways, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.String, ast.URI},
	Node: func(p *rules.Pass, n ast.Node) {
		at := n.Start()
		text := n.Text()
		if n.Is(ast.String) {
			at++
			text = text[1:]
		}
		for _, old := range oldChannels {
			if rest, ok := strings.CutPrefix(text, old); ok && rest != "" && rest[0] != '"' {
				span := source.Span{Start: at, End: at + uint32(len(old))}
				p.Report(diag.Finding{
					Span: span, Message: diag.Code(old) + " is the old address of channels: it leads to the new one, and may cease to", Help: "write `https://channels.nixos.org/`",
					Fixes: []diag.Fix{rules.Replace("write the address of today", diag.Unsafe, span, "https://channels.nixos.org/")},
				})
			}
		}
	},
})

// oldChannels are addresses below which channels were.
var oldChannels = []string{"https://nixos.org/channels/", "http://nixos.org/channels/", "https://www.nixos.org/channels/"}
