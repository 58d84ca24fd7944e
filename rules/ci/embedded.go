package ci

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

// embedded reads a string of Nix as the shell text that it holds; nil where it can be none: a string with escapes, whose text
// is not that of the file.
func embedded(p *rules.Pass, str ast.Node) *shell.Doc {
	text, quote := str.Text(), `"`
	if str.Is(ast.IndString) {
		quote = "''"
	}
	body, ok := strings.CutPrefix(text, quote)
	if body, closed := strings.CutSuffix(body, quote); ok && closed && (quote != `"` || !strings.Contains(body, `\`)) {
		start := str.Start() + uint32(len(quote))
		var opaque []shell.Region
		for c := range str.Children() {
			opaque = append(opaque, shell.Region{Start: int(c.Start() - start), End: int(c.End() - start)})
		}
		return shell.ReadText(p.Path, body, func(i int) uint32 { return start + uint32(i) }, opaque...)
	}
	return nil
}

// isProse reports whether a string is text for readers, by the name of the attribute that it is the value of.
func isProse(str ast.Node) bool {
	for n := str.Parent(); n.IsValid(); n = n.Parent() {
		if b, ok := ast.AsBinding(n); ok {
			name := b.Attrpath().LastName()
			return modsys.IsDocumentation(name) || slices.Contains([]string{"help", "usage", "message", "welcomeText", "motd"}, name)
		}
	}
	return false
}
