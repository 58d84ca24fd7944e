package secrets

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/role"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// around is what the expressions around those of a file say, as far as it was asked.
type around struct {
	apart, public map[ast.NodeID]bool
}

// within reports whether a node, or one around it, is marked. What was found out is kept, so that many secrets in one set cost no more
// than the set.
func within(known *map[ast.NodeID]bool, n ast.Node, marked func(ast.Node) bool) (found bool) {
	if *known == nil {
		*known = map[ast.NodeID]bool{}
	}
	var passed []ast.NodeID
	for up := range n.Ancestors() {
		was, seen := (*known)[up.ID()]
		if found = was; seen {
			break
		}
		passed = append(passed, up.ID())
		if found = marked(up); found {
			break
		}
	}
	for _, id := range passed {
		(*known)[id] = found
	}
	return found
}

// maxTestUses bounds the uses of a name that are looked at.
const maxTestUses = 16

// apart reports whether an expression is documentation, or part of a test: what it holds is no secret. So is what a let names that is used
// only there.
func apart(p *rules.Pass, n ast.Node) bool {
	known := &rules.Common[around](p).apart
	if within(known, n, isApart) {
		return true
	}
	for up := range n.Ancestors() {
		id := p.Names().Declared(up)
		if b := p.Names().Binding(id); id == 0 || b.Kind != sema.LetBinding || b.More {
			continue
		}
		uses := 0
		for use := range p.Names().UsesOf(id) {
			if uses++; uses > maxTestUses || !within(known, use.Node, isApart) {
				return false
			}
		}
		if uses > 0 {
			return true
		}
	}
	return false
}

// isApart reports whether a node says of all that it holds that it is documentation, or part of a test.
func isApart(up ast.Node) bool {
	switch up.Form() {
	case ast.Binding:
		for part := range (ast.BindingNode{Node: up}).Attrpath().Children() {
			if name, static := ast.AttrName(part); static && (name == "expected" || modsys.IsDocumentation(name)) {
				return true
			}
		}
	case ast.Apply:
		if fn, _ := ast.Call(up); modsys.WritesDocumentation(ast.LastName(fn)) {
			return true
		}
	}
	return role.IsTest(up)
}

// publicByName reports whether the attribute that a text is bound to says that the secret in it is none.
func publicByName(p *rules.Pass, n ast.Node) bool {
	return within(&rules.Common[around](p).public, n, func(up ast.Node) bool {
		b, ok := ast.AsBinding(up)
		if !ok {
			return false
		}
		lower := strings.ToLower(b.Attrpath().Text())
		return slices.ContainsFunc([]string{"snakeoil", "snake_oil", "dummy", "fake", "test", "example"}, func(word string) bool {
			return strings.Contains(lower, word)
		})
	})
}
