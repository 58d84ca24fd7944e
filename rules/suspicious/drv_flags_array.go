package suspicious

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "drv-flags-array", Family: family, Since: "0.1.0",
	Summary: "A shell array such as `makeFlagsArray` is set as an attribute of a derivation",
	Doc: "`makeFlagsArray` and its like are arrays of the shell that builds. An attribute arrives there as one string, so a list\n" +
		"of several flags becomes a single flag with blanks in it. One flag alone, in a list or as a string, happens to work,\n" +
		"and stdenv announces that it will not always: that is an info.\n" +
		"\n" +
		"Set `makeFlags`, or fill the array in shell code: `preBuild = \"makeFlagsArray+=('A=b c')\";`. With\n" +
		"`__structuredAttrs = true` lists arrive as arrays, and nothing is reported.\n" +
		"\n" +
		"The fix sets the list without `Array`, where no flag has a blank in it.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Aliases: []string{"hammering:no-flags-array"},
	On:      []ast.Kind{ast.Binding},
	Names:   flagArrays(),
	Node: func(p *rules.Pass, n ast.Node) {
		b := ast.BindingNode{Node: n}
		part := b.Attrpath().FirstChild()
		name, _ := ast.AttrName(part)
		if !isFlagArray(name) || part.NextSibling().IsValid() {
			return
		}
		set := n.Parent()
		if !set.Is(ast.AttrSet) {
			return
		}
		if call, ok := builderCall(p.Names(), set); !ok || structured(p.Names(), call) {
			return
		}
		value := b.Value().Unparen()
		elements, known := listElements(value)
		list := strings.TrimSuffix(name, "Array")
		f := diag.Finding{
			Span: part.Span(), Message: "the elements of `" + name + "` arrive in the builder as one string",
			Help: "set `" + list + "`, or fill the array in shell code",
		}
		if value.Is(ast.String) || value.Is(ast.IndString) || known && len(elements) < 2 {
			f.Severity = diag.Info
			f.Message = "`" + name + "` is an array of the shell, and an attribute is none"
		}
		_, taken := ast.Attr(set, list)
		fixable := known && !taken && part.Is(ast.Name) && len(elements) > 0
		for _, e := range elements {
			text, ok := ast.StringValue(e)
			fixable = fixable && ok && text != "" && !strings.ContainsAny(text, " \t\n")
		}
		if fixable {
			f.Fixes = []diag.Fix{rules.Replace("set `"+list+"`", diag.Unsafe, part.Span(), list)}
		}
		p.Report(f)
	},
})
