package suspicious

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "drv-flags-with-spaces", Family: family, Since: "0.1.0",
	Summary: "A flag in `makeFlags` or a list like it has a blank in its value",
	Doc: "The builder joins the lists of flags by blanks and splits them again at every blank, whatever quotes are around it:\n" +
		"`makeFlags = [ \"CFLAGS=-O2 -g\" ];` calls `make CFLAGS=-O2 -g`.\n" +
		"\n" +
		"An element that holds two flags on purpose, such as `\"-C src\"` or `\"A=1 B=2\"`, is left alone; so is a derivation with\n" +
		"`__structuredAttrs`, whose lists arrive as they are, and a change to one made elsewhere, which may have them.\n" +
		"\n" +
		"Fill the shell's array instead, as in `preBuild = \"makeFlagsArray+=(CFLAGS='-O2 -g')\";`, or set\n" +
		"`__structuredAttrs = true;`.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Aliases: []string{"hammering:no-flags-spaces"},
	On:      []ast.Kind{ast.Binding},
	Names:   flagLists,
	Node: func(p *rules.Pass, n ast.Node) {
		b := ast.BindingNode{Node: n}
		part := b.Attrpath().FirstChild()
		name, _ := ast.AttrName(part)
		if !isFlagList(name) || part.NextSibling().IsValid() {
			return
		}
		set := n.Parent()
		if !set.Is(ast.AttrSet) {
			return
		}
		if call, ok := builderCall(p.Names(), set); !ok || structured(p.Names(), call) {
			return
		}
		elements, _ := listElements(b.Value())
		for _, e := range elements {
			e = e.Unparen()
			if (e.Is(ast.String) || e.Is(ast.IndString)) && isSplit(e) {
				p.Report(diag.Finding{
					Span: e.Span(), Message: "this flag is split at its blanks in the builder",
					Help: "add it to `" + name + "Array` in shell code, or set `__structuredAttrs = true`",
				})
			}
		}
	},
})

// isSplit reports whether a flag has a value with a blank in it: NAME=a b. What is interpolated counts as a word.
func isSplit(n ast.Node) bool {
	src := n.Tree().Source()
	var b strings.Builder
	for part := range ast.Parts(n) {
		if part.IsText() {
			b.WriteString(part.Span.Of(src))
		} else {
			b.WriteByte('x')
		}
	}
	words := strings.Fields(b.String())
	for i := 0; i+1 < len(words); i++ {
		flag, value, ok := strings.Cut(words[i], "=")
		if !ok || !isFlagName(strings.TrimRight(flag, "+:?")) {
			continue
		}
		next := words[i+1]
		if quote := strings.TrimPrefix(value, "\\"); quote != "" && strings.IndexByte(`"'`, quote[0]) >= 0 && strings.Count(words[i], quote[:1]) == 1 {
			return true // NAME="a b": the quotes stay, and so do the two words
		}
		another := strings.HasPrefix(next, "-")
		if !another {
			name, _, assigns := strings.Cut(next, "=")
			another = assigns && isFlagName(strings.TrimRight(name, "+:?"))
		} else if !strings.HasPrefix(flag, "-") || strings.HasPrefix(value, "-") {
			return true // CFLAGS=-O2 -g, -DCMAKE_C_FLAGS=-O2 -g
		}
		if !another {
			return true // MODULES=a b
		}
	}
	return false
}

// isFlagName reports whether text can name a variable of make or an option.
func isFlagName(text string) bool {
	if text == "" {
		return false
	}
	for _, c := range []byte(text) {
		if c != '_' && c != '-' && c != '.' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}
