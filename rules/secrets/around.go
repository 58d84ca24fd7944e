package secrets

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
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

// apart reports whether an expression is documentation, or part of a test: what it holds is no secret.
func apart(p *rules.Pass, n ast.Node) bool {
	return within(&rules.Common[around](p).apart, n, func(up ast.Node) bool {
		switch up.Kind() {
		case ast.Binding:
			for part := range (ast.BindingNode{Node: up}).Attrpath().Children() {
				if name, static := ast.AttrName(part); static && (slices.Contains(shown, name) || slices.Contains(machines, name)) {
					return true
				}
			}
		case ast.AttrSet:
			_, has := ast.Attr(up, "testScript")
			return has
		case ast.Apply:
			fn, _ := ast.Call(up)
			return isTest(ast.LastName(fn))
		}
		return false
	})
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
