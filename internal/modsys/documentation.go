package modsys

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// documentation are the attributes of an option that only its manual evaluates, or a message about its values (lib/options.nix,
// optionAttrSetToDocList), and what other attributes for people are called like.
var documentation = words("description example defaultText relatedPackages longDescription default_text")

// IsDocumentation reports whether an attribute of the name holds text or values that are shown to people, be it one of an option or of
// something else: a unit of systemd has a description, too, which is evaluated with the configuration.
func IsDocumentation(name string) bool { return documentation[name] }

// writers are functions of lib that make pieces of documentation, all of whose arguments are that.
var writers = words("mkEnableOption literalExpression literalExample literalMD literalDocBook mdDoc")

// WritesDocumentation reports whether what a function of the name is given is documentation: literalExpression, mkEnableOption.
func WritesDocumentation(name string) bool { return writers[name] }

// describes are the attributes of the sets that functions of lib are given which only documentation shows. Those of mkOption, and what
// // adds to an option, are documentation (lib/options.nix, lib/types.nix).
var describes = map[string]map[string]bool{
	"mkPackageOption": words("example extraDescription pkgsText"), "mkPackageOptionMD": words("example extraDescription pkgsText"),
	"mkOptionType": words("description"),
}

// maxDocumented bounds the expressions around one that are looked at.
const maxDocumented = 64

// Documents reports whether the manual of an option alone evaluates an expression: its description, its example or defaultText, and
// what mkEnableOption, literalExpression and their kin are given. It is false where that is not known. See nixlang.OnlyDocuments, which knows
// names, too.
func Documents(n ast.Node) bool {
	at, written := n, writers[ast.LastName(n)]
	for range maxDocumented {
		up := at.Parent()
		switch up.Form() {
		case ast.File:
			return false
		case ast.Apply:
			if (ast.ApplyExpr{Node: up}).Func() == at {
				break
			}
			// Functions that projects declare options with take their description as they like: mkOpt types.str "x" (mdDoc "…").
			fn, _ := ast.Call(up)
			if name := ast.LastName(fn); writers[name] || written && declaresOption(name) {
				return true
			}
		case ast.Binding:
			written = false
			b := ast.BindingNode{Node: up}
			path := b.Attrpath()
			name := path.LastName()
			if b.Value() != at || !path.IsSingle(name) {
				break
			}
			if names := describedBy(up.Parent()); names[name] {
				return true
			}
		}
		at = up
	}
	return false
}

// describedBy returns the attributes of a set that are documentation: by the function that is given the set, or by the option that // adds
// it to.
func describedBy(set ast.Node) map[string]bool {
	at := set
	for range maxDocumented {
		switch up := at.Parent(); up.Form() {
		case ast.Paren:
			at = up
			continue
		case ast.Let, ast.With, ast.Assert:
			if up.FirstChild() == at {
				return nil
			}
			at = up
			continue
		case ast.If:
			if up.FirstChild() == at {
				return nil
			}
			at = up
			continue
		case ast.Binary:
			if up.Op() != ast.OpUpdate {
				return nil
			}
			if left := up.FirstChild(); left != at && makesOption(left) {
				return documentation
			}
			at = up
			continue
		case ast.Apply:
			fn, _ := ast.Call(up)
			name := ast.LastName(fn)
			switch {
			case (ast.ApplyExpr{Node: up}).Func() == at:
				return nil
			case describes[name] != nil:
				return describes[name]
			case declaresOption(name):
				return documentation
			}
		}
		return nil
	}
	return nil
}

// makesOption reports whether an expression is an option: the call of a function that declares one, and what is added to it.
func makesOption(n ast.Node) bool {
	for range maxDocumented {
		n = n.Tail()
		if n.Is(ast.Binary) && n.Op() == ast.OpUpdate {
			n = n.FirstChild()
			continue
		}
		fn, args := ast.Call(n)
		name := ast.LastName(fn)
		return len(args) > 0 && (declaresOption(name) || describes[name] != nil)
	}
	return false
}

// declaresOption reports whether a function of the name declares an option: mkOption, and what projects call theirs.
func declaresOption(name string) bool {
	return (strings.HasPrefix(name, "mk") || strings.HasPrefix(name, "make")) && strings.Contains(name, "Opt") && !strings.Contains(name, "OptionModule") &&
		!strings.Contains(name, "Default")
}
