package ide

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/project"
)

// declaration is what the declaration of an option says of it.
type declaration struct {
	typeText, def, example, description string
}

// maxCode bounds the code of a default that is shown, in bytes.
const maxCode = 120

// declaration reads where an option is declared.
func (v *View) declaration(d project.DeclaredOption) (o declaration) {
	if d.Type.Name != "" {
		o.typeText = d.Type.Describe()
	}
	at := v.openFile(d.File)
	if at == nil {
		return o
	}
	n := at.bindingAt(d.Span)
	if !n.IsValid() {
		return o
	}
	value := (ast.BindingNode{Node: n}).Value().Unparen()
	if value.Is(ast.Ident) { // as a let names it
		if b := at.names().Resolve(value); b != nil && b.Value.IsValid() {
			value = b.Value.Unparen()
		}
	}
	fn, args := ast.Call(value)
	if len(args) == 0 {
		return o
	}
	switch name := ast.LastName(fn); name {
	case "mkEnableOption":
		o.typeText, o.def = "bool", "false"
		if text, ok := ast.StringValue(args[0].Unparen()); ok {
			o.description = "Whether to enable " + text + "."
		}
		return o
	case "mkPackageOption":
		o.typeText = "package"
		return o
	}
	for c := range args[len(args)-1].Unparen().Children() {
		b, ok := ast.AsBinding(c)
		if !ok {
			continue
		}
		value := b.Value()
		switch b.Attrpath().Dotted() {
		case "type":
			if o.typeText == "" {
				o.typeText = inLine(value)
			}
		case "default":
			if o.def == "" {
				o.def = inLine(value)
			}
		case "defaultText":
			o.def = textOf(value)
		case "example":
			o.example = textOf(value)
		case "description":
			o.description = textOf(value)
		}
	}
	return o
}

// textOf returns the text of a string, or of the string that a function such as literalExpression or mdDoc gets, else the code.
func textOf(n ast.Node) string {
	n = n.Unparen()
	if _, args := ast.Call(n); len(args) == 1 {
		n = args[0].Unparen()
	}
	switch n.Kind() {
	case ast.String:
		if text, ok := ast.StringValue(n); ok {
			return strings.TrimSpace(text)
		}
	case ast.IndString:
		var b strings.Builder
		for _, p := range ast.IndentedParts(n) {
			b.WriteString(p.Text)
			if p.Interp.IsValid() {
				b.WriteString(p.Interp.Text())
			}
		}
		return strings.TrimSpace(b.String())
	}
	return inLine(n)
}

// inLine returns code in one line, cut where it is long.
func inLine(n ast.Node) string {
	return inOneLine(n.Text())
}

func inOneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > maxCode {
		text = string(r[:maxCode]) + "…"
	}
	return text
}
