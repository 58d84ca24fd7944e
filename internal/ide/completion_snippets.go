package ide

import (
	"cmp"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/module"
)

// Snippets are text with places to go through: $1, ${2:with a text}, ${3|one of,several|}, and $0 where the cursor is in the end.

// keywordSnippets are those of keywords that begin an expression or a binding.
var keywordSnippets = map[string]string{
	"let": "let\n  $1\nin\n$0", "if": "if $1 then $2 else $0", "with": "with $1; $0", "assert": "assert $1; $0", "rec": "rec { $0 }",
	"inherit": "inherit $0;",
}

// flakeValues are the values of attributes of a flake and of inputs.
var flakeValues = map[string]string{
	"description": `"$1"`, "inputs": "{\n  $0\n}", "outputs": "{ self$1 }: {\n  $0\n}", "nixConfig": "{\n  $0\n}",
	"url": `"$1"`, "follows": `"$1"`, "flake": "${1|false,true|}",
}

// define gives the proposals from one on, which are names of definitions, snippets that write a whole definition, where none is written there.
func (p *proposals) define(from int) {
	if next := p.tree.TokenAt(p.offset); p.offset < uint32(len(p.Text())) {
		if next.Kind().IsTrivia() || next.Start() < p.offset {
			next = next.NextSignificant()
		}
		if k := next.Kind(); k == ast.TokAssign || k == ast.TokDot {
			return
		}
	}
	for i := range p.items[from:] {
		item := &p.items[from+i]
		if item.value == "" {
			if item.Kind != ItemVariable && item.Kind != ItemOption {
				continue
			}
			item.value = "$1"
		}
		item.Snippet = escapeSnippet(cmp.Or(item.Text, item.Label)) + " = " + item.value + ";"
	}
}

// valueSnippet returns the snippet of a value of a type; "" for one of which nothing is known.
func valueSnippet(t module.Type) string {
	switch t.Name {
	case "bool", "boolByOr":
		return "${1|true,false|}"
	case "str", "nonEmptyStr", "singleLineStr":
		return `"$1"`
	case "lines":
		return "''\n  $1\n''"
	case "attrs", "attrsOf", "lazyAttrsOf", "submodule", "anything":
		return "{ $1 }"
	case "listOf", "nonEmptyListOf":
		return "[ $1 ]"
	case "enum":
		if choices := enumChoices(t); len(choices) > 0 {
			for i, c := range choices {
				choices[i] = strings.NewReplacer(`\`, `\\`, ",", `\,`, "|", `\|`, "$", `\$`, "}", `\}`).Replace(c)
			}
			return "${1|" + strings.Join(choices, ",") + "|}"
		}
	case "nullOr":
		if len(t.Of) == 1 {
			return valueSnippet(t.Of[0])
		}
	}
	return ""
}

// enumChoices returns the values of an enum as they are written; nil where one of them is not known.
func enumChoices(t module.Type) (choices []string) {
	for _, v := range t.Values {
		switch {
		case !v.Exact:
			return nil
		case v.Kinds == eval.String:
			choices = append(choices, ast.QuoteString(v.Literal))
		default:
			choices = append(choices, v.Literal)
		}
	}
	return choices
}

// escapeSnippet writes text into a snippet as it is.
func escapeSnippet(text string) string {
	return strings.NewReplacer(`\`, `\\`, "$", `\$`, "}", `\}`).Replace(text)
}

// optionTypeOf returns the type of the option that a binding defines.
func (p *proposals) optionTypeOf(b ast.BindingNode) (t module.Type, ok bool) {
	path, ok := definitionPath(b.Parent())
	names, static := b.Attrpath().Static()
	if !ok || !static {
		return t, false
	}
	path = append(path[:len(path):len(path)], names...)
	if path[0] == "config" {
		path = path[1:]
	}
	answer := p.Option(path)
	if len(answer.Declared) == 0 || answer.At != len(path) {
		return t, false
	}
	t = answer.Declared[0].Type
	for t.Name == "nullOr" && len(t.Of) == 1 {
		t = t.Of[0]
	}
	return t, true
}

// optionValues proposes the values that the option can have whose definition begins at the cursor, behind the equals sign.
func (p *proposals) optionValues(tok ast.Token) {
	b, ok := ast.AsBinding(p.tree.NodeAt(tok.Span()))
	if tok.Kind() != ast.TokAssign || !ok {
		return
	}
	t, ok := p.optionTypeOf(b)
	if !ok {
		return
	}
	choices := enumChoices(t)
	if t.Name == "bool" || t.Name == "boolByOr" {
		choices = []string{"true", "false"}
	}
	for _, c := range choices {
		p.add(Item{Label: c, Kind: ItemValue, Detail: "a value of the option", rank: -1})
	}
}
