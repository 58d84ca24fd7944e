package lsp

import "github.com/nixsift/nixsift/internal/ide"

// The lists of options that are declared elsewhere are a setting of the rule about unknown ones.
const optionRule, optionLists = "unknown-option", "lists"

// around says what the configuration that holds for the document says of what lies around it.
func (p *snapshot) around() (around ide.Around) {
	around.Sources = p.checker.Sources(p.doc.path)
	around.Lists, _ = p.checker.Config(p.doc.path).For(p.doc.path).Options(optionRule)[optionLists].([]string)
	return around
}
