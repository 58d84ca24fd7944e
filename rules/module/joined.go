package module

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// joinByMerge is the fix that joins the operands of a chain of // by mkMerge; with is what stands in place of some of them.
func joinByMerge(file *module.File, update ast.Node, with map[ast.Node]string) []diag.Fix {
	top := update
	for left := maxJoined; ; left-- {
		up := top.OutsideParens().Parent()
		if !up.Is(ast.Binary) {
			break
		}
		if up.Op() != ast.OpUpdate || left == 0 {
			return nil
		}
		top = up
	}
	merge := file.Spell("mkMerge", top)
	if merge == "" || top.HasError() {
		return nil
	}
	lines := strings.Contains(top.Text(), "\n")
	indent := nixlang.Indent(top.Tree(), top.Start())
	text := merge + " ["
	last := top.Start()
	parts := operands(top, nil)
	if len(parts) > maxJoined {
		return nil
	}
	for _, n := range parts {
		if set := n.Unparen(); set.Is(ast.AttrSet) && !definesOnly(set) {
			return nil // no part of a module stands under mkMerge
		}
		if top.Tree().HasComment(source.Span{Start: last, End: n.Start()}) {
			return nil
		}
		last = n.End()
		part := with[n.Unparen()]
		if part == "" {
			part = n.Text()
			if nixlang.LevelOf(n) < nixlang.LevelSelect {
				part = "(" + part + ")"
			}
		}
		if lines {
			if !movesAlong(n) {
				return nil
			}
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
	return []diag.Fix{rules.Replace("join them by `"+merge+"`", diag.Unsafe, top.Span(), nixlang.Wrap(text, nixlang.LevelApply, top))}
}

// maxJoined bounds the operands of a chain that is rewritten.
const maxJoined = 64

// operands adds what a chain of // joins, from left to right, as far as some more than maxJoined.
func operands(n ast.Node, all []ast.Node) []ast.Node {
	for len(all) <= maxJoined {
		inner := n.Unparen()
		if !inner.Is(ast.Binary) || inner.Op() != ast.OpUpdate {
			return append(all, n)
		}
		left, right := inner.Child(0), inner.Child(1)
		if l := left.Unparen(); l.Is(ast.Binary) && l.Op() == ast.OpUpdate {
			for c := range l.Children() { // (a // b) // c
				all = append(all, c)
			}
		} else {
			all = append(all, left)
		}
		n = right
	}
	return all
}

// movesAlong reports whether code means the same with all of its lines but the first one further to the right: what an indented string begins
// with a line break has no indentation of its own.
func movesAlong(n ast.Node) bool {
	if !strings.Contains(n.Text(), "\n") {
		return true
	}
	for c := range n.Descendants() {
		switch c.Kind() {
		case ast.String:
			if strings.Contains(c.Text(), "\n") {
				return false
			}
		case ast.IndString:
			first, _, several := strings.Cut(c.Text()[len("''"):], "\n")
			if several && strings.TrimSpace(first) != "" {
				return false
			}
		}
	}
	return true
}

// asMkIf is the fix that puts mkIf in place of optionalAttrs, where the set that it makes defines options: as the value of config, as
// an element of mkMerge or under mkIf, or as an operand of //.
func asMkIf(file *module.File, call ast.Node) []diag.Fix {
	if !call.IsValid() || !call.Is(ast.Apply) || call.HasError() {
		return nil
	}
	fn, args := ast.Call(call)
	mkIf := file.Spell("mkIf", call)
	if mkIf == "" || ast.LastName(fn) != "optionalAttrs" || len(args) != 2 || call.FirstChild().FirstChild() != fn {
		return nil // parentheses or a pipe stand between the function and its arguments
	}
	place, up := call, call.OutsideParens().Parent()
	named := up.Is(ast.Binding) && up.Parent().Is(ast.Bindings)
	if named {
		if place = onlyUse(file.Names(), ast.BindingNode{Node: up}); !place.IsValid() {
			return nil
		}
		up = place.OutsideParens().Parent()
	}
	change := diag.Edit{Span: fn.Span(), Text: mkIf}
	if up.Is(ast.Binary) && up.Op() == ast.OpUpdate {
		if named {
			fixes := joinByMerge(file, up, nil)
			for i := range fixes {
				fixes[i].Edits = append([]diag.Edit{change}, fixes[i].Edits...)
			}
			return fixes
		}
		return joinByMerge(file, up, map[ast.Node]string{call: "(" + mkIf + call.Text()[fn.End()-call.Start():] + ")"})
	}
	if up.Is(ast.List) {
		merge, ok := ast.AsApply(up.OutsideParens().Parent())
		if !ok || ast.LastName(merge.Func()) != "mkMerge" {
			return nil
		}
	} else if tooLoose(place) {
		return nil
	}
	return []diag.Fix{{Title: "use `" + mkIf + "`", Safety: diag.Unsafe, Edits: []diag.Edit{change}}}
}

// onlyUse returns the one place where the name of a let stands; invalid where there are several, or none.
func onlyUse(names *sema.Info, b ast.BindingNode) (use ast.Node) {
	if _, single := b.Attrpath().Single(); !single {
		return use
	}
	for u := range names.UsesOf(names.Declared(b.Node)) {
		if use.IsValid() || !u.Node.Is(ast.Ident) {
			return ast.Node{}
		}
		use = u.Node
	}
	return use
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
