package module

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

// joinByMerge is the fix that joins the two operands of // by mkMerge; with is what stands in place of each, "" for its own text.
func joinByMerge(file *module.File, update ast.Node, with [2]string) []diag.Fix {
	merge := file.Spell("mkMerge", update)
	if merge == "" || update.HasError() || update.OutsideParens().Parent().Is(ast.Binary) {
		return nil
	}
	text := merge + " ["
	between := source.Span{Start: update.Child(0).End(), End: update.Child(1).Start()}
	if update.Tree().HasComment(between) {
		return nil
	}
	lines := strings.Contains(update.Text(), "\n")
	indent := nixlang.Indent(update.Tree(), update.Start())
	for i := range 2 {
		n := update.Child(i)
		if n.Is(ast.Binary) {
			return nil // more than two, of which some belong together
		}
		if set := n.Unparen(); set.Is(ast.AttrSet) && !definesOnly(set) {
			return nil // no part of a module stands under mkMerge
		}
		part := with[i]
		if part == "" {
			part = n.Text()
			if nixlang.LevelOf(n) < nixlang.LevelSelect {
				part = "(" + part + ")"
			}
		}
		if lines {
			text += "\n" + indent + "  " + strings.ReplaceAll(part, "\n", "\n  ")
		} else {
			text += " " + part
		}
	}
	if lines {
		text += "\n" + indent + "]"
	} else {
		text += " ]"
	}
	if lines && strings.Contains(update.Text(), "''") {
		return nil // lines of strings must not move
	}
	return []diag.Fix{rules.Replace("join them by `"+merge+"`", diag.Unsafe, update.Span(), nixlang.Wrap(text, nixlang.LevelApply, update))}
}

// asMkIf is the fix that puts mkIf in place of optionalAttrs, where the set that it makes defines options: as the value of config, as
// an element of mkMerge or under mkIf, or as an operand of //.
func asMkIf(file *module.File, call ast.Node) []diag.Fix {
	if !call.IsValid() || !call.Is(ast.Apply) || call.HasError() {
		return nil
	}
	fn, args := ast.Call(call)
	mkIf := file.Spell("mkIf", call)
	if mkIf == "" || ast.LastName(fn) != "optionalAttrs" || len(args) != 2 {
		return nil
	}
	at := call.OutsideParens()
	up := at.Parent()
	if up.Is(ast.Binary) && up.Op() == ast.OpUpdate {
		other := up.FirstChild()
		if other == at {
			other = up.Child(1)
		}
		if other = other.Unparen(); !other.Is(ast.AttrSet) || !definesOnly(other) {
			return nil
		}
		text := "(" + mkIf + call.Text()[fn.End()-call.Start():] + ")"
		if up.FirstChild() == at {
			return joinByMerge(file, up, [2]string{text, ""})
		}
		return joinByMerge(file, up, [2]string{"", text})
	}
	if tooLoose(call) && !up.Is(ast.List) {
		return nil
	}
	if up.Is(ast.List) {
		merge, ok := ast.AsApply(up.OutsideParens().Parent())
		if !ok || ast.LastName(merge.Func()) != "mkMerge" {
			return nil
		}
	}
	return []diag.Fix{rules.Replace("use `"+mkIf+"`", diag.Unsafe, fn.Span(), mkIf)}
}

// definesOnly reports whether a set has none of the parts that a module has beside definitions.
func definesOnly(set ast.Node) bool {
	for c := range set.Children() {
		if b, ok := ast.AsBinding(c); ok {
			if name := b.Attrpath().FirstName(); mayStandBeside[name] || name == "_module" {
				return false
			}
		}
	}
	return true
}
