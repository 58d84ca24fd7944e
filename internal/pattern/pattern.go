// Package pattern finds and rewrites Nix code by its structure. A pattern is Nix code with metavariables: $x stands for one
// piece of code, $$$xs for any number of them in a row.
//
// A pattern matches whatever the white space, the comments, the parentheses, the order of attributes, the spelling of strings
// and whether attributes are dotted or nested. A selection such as lib.mkIf also matches the bare name where inherit (lib)
// or with lib gives it; where several withs may give it, the match is only possible.
package pattern

import (
	"fmt"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/attrs"
	"github.com/nixsift/nixsift/internal/sema"
)

// Pattern is a compiled pattern. It is immutable: several goroutines may match it at once.
type Pattern struct {
	text    string
	tree    *ast.Tree
	names   *sema.Info
	root    ast.Node
	vars    []string
	metas   []meta              // by node of the tree
	sets    map[ast.NodeID]*set // of literals
	implied map[*attrs.Set]*set // of dotted attributes
	kinds   ast.Kinds
	head    string // the name that a call or name ends in; "" where any may
	args    int    // of a call; -1 where some stand for several
	words   []string
	uses    []int // of each variable
}

// meta is what a node stands for: an entry of vars from 1, or any; 0 is plain code.
type meta struct {
	v    int
	many bool
}

const anonymous = -1

// Error tells why a text is no pattern.
type Error struct {
	Offset  int // in the text, in bytes
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("at byte %d: %s", e.Offset+1, e.Message) }

// Vars returns the names of the metavariables in the order in which they stand first, without dollar signs.
func (p *Pattern) Vars() []string { return p.vars }

// String returns the text that the pattern was compiled from.
func (p *Pattern) String() string { return p.text }

// Kinds returns the kinds of nodes that the pattern can match.
func (p *Pattern) Kinds() ast.Kinds { return p.kinds }

// expressions are the kinds of expressions, but for parentheses, which are seen through.
var expressions = ast.KindsOf(ast.Ident, ast.Int, ast.Float, ast.URI, ast.SearchPath, ast.String, ast.IndString, ast.Path, ast.List,
	ast.AttrSet, ast.LegacyLet, ast.Select, ast.HasAttr, ast.Apply, ast.Unary, ast.Binary, ast.If, ast.With, ast.Assert, ast.Let, ast.Lambda)

// prepare finds out which nodes can match at all.
func (p *Pattern) prepare() {
	switch k := p.root.Kind(); {
	case p.meta(p.root).v != 0:
		p.kinds = expressions
	case k == ast.Ident || k == ast.Select:
		p.kinds = ast.KindsOf(ast.Ident, ast.Select)
	case k == ast.String || k == ast.IndString || k == ast.URI:
		p.kinds = ast.KindsOf(ast.String, ast.IndString, ast.URI)
	default:
		p.kinds = ast.KindsOf(k)
	}
	fn, args := ast.Call(p.root)
	p.head, p.args = p.headOf(fn), len(args)
	for _, a := range args {
		if p.meta(a).many {
			p.args = -1
		}
	}
	p.uses = make([]int, len(p.vars)+1)
	for id, m := range p.metas {
		if m.v > 0 {
			p.uses[m.v]++
		}
		n := p.tree.Node(ast.NodeID(id))
		if m.v == 0 && (n.Is(ast.Name) || n.Is(ast.Ident)) && !p.beforeDot(n) {
			p.words = append(p.words, n.Text())
		}
	}
}

// beforeDot reports whether a name is what something is selected from, or an inherit takes from. It need not stand where
// that matches, as lib in a file that says pkgs.lib or with lib far above.
func (p *Pattern) beforeDot(n ast.Node) bool {
	if n.Text() == "builtins" || n.Text() == "or" {
		return true
	}
	up := n.OutsideParens().Parent()
	return up.Is(ast.Select) && up.FirstChild().Unparen() == n
}

// variadic reports whether an argument of a call stands for several.
func (p *Pattern) variadic(call ast.Node) bool {
	for call = call.Unparen(); call.Is(ast.Apply); call = call.FirstChild().Unparen() {
		if p.meta(call.Child(1)).many {
			return true
		}
	}
	return false
}

// headOf returns the name that a call or a name of the pattern ends in, without the underscores of __map; "" where any may.
func (p *Pattern) headOf(fn ast.Node) string {
	if p.meta(fn).v != 0 {
		return ""
	}
	if s, ok := ast.AsSelect(fn); ok && p.meta(s.Attrpath().Last()).v != 0 {
		return ""
	}
	return headName(fn)
}

func headName(fn ast.Node) string { return bare(ast.LastName(fn)) }

// bare returns a name without the underscores of __map.
func bare(name string) string {
	if len(name) > 2 && name[:2] == "__" {
		return name[2:]
	}
	return name
}

func (p *Pattern) meta(n ast.Node) meta {
	if !n.IsValid() {
		return meta{}
	}
	return p.metas[n.ID()]
}
