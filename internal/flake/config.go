package flake

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// Setting is one attribute of nixConfig.
type Setting struct {
	Name    string
	Attr    *Attr
	Values  []SettingValue // the words of a string, the strings of a list, or the text of a number or Boolean
	Literal bool           // all of the value is literal
}

// SettingValue is one word of a setting. Node is the literal that holds it.
type SettingValue struct {
	Text string
	Node ast.Node
}

// Config returns the settings of nixConfig in source order; literal is false where some may be unknown.
func (n *Nix) Config() (settings []Setting, literal bool) {
	config := n.Root.Sub("nixConfig")
	if config == nil {
		return nil, true
	}
	for _, a := range config.Subs {
		settings = append(settings, readSetting(a))
	}
	return settings, config.IsLiteralSet()
}

func readSetting(a *Attr) Setting {
	s := Setting{Name: a.Name, Attr: a}
	value, ok := a.Value()
	if !ok || len(a.Opaque) > 0 {
		return s
	}
	s.Literal = true
	switch value.Kind() {
	case ast.List:
		for e := range value.Children() {
			if text, ok := StringLiteral(e); ok {
				s.Values = append(s.Values, SettingValue{text, e})
			} else {
				s.Literal = false
			}
		}
	case ast.String, ast.IndString, ast.URI:
		text, ok := StringLiteral(value)
		s.Literal = ok
		for _, word := range strings.Fields(text) {
			s.Values = append(s.Values, SettingValue{word, value})
		}
	case ast.Int, ast.Ident:
		_, isBool := BoolLiteral(value)
		s.Literal = value.Is(ast.Int) || isBool
		s.Values = []SettingValue{{value.Text(), value}}
	case ast.Path:
		s.Literal = !value.FirstChild().IsValid()
	default:
		s.Literal = false
	}
	return s
}

// Substituters returns the binary caches that nixConfig names, in any of the settings for them.
func (n *Nix) Substituters() []SettingValue {
	return n.settingValues("substituters", "extra-substituters", "trusted-substituters", "extra-trusted-substituters",
		"binary-caches", "extra-binary-caches")
}

// PublicKeys returns the keys of binary caches that nixConfig trusts.
func (n *Nix) PublicKeys() []SettingValue {
	return n.settingValues("trusted-public-keys", "extra-trusted-public-keys", "binary-cache-public-keys")
}

func (n *Nix) settingValues(names ...string) (out []SettingValue) {
	settings, _ := n.Config()
	for _, s := range settings {
		if oneOf(s.Name, names...) {
			out = append(out, s.Values...)
		}
	}
	return out
}

// Description returns the flake's description; ok is false where it is missing or not literal.
func (n *Nix) Description() (text string, ok bool) {
	value, ok := n.Root.Sub("description").Value()
	if !ok {
		return "", false
	}
	return StringLiteral(value)
}
