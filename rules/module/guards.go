package module

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/sema"
)

// guards reads the definitions of a module for what takes effect without any condition.
type guards struct {
	file   *module.File
	module *module.Module
	own    []string // the path that the module's options share
	enable []string
	// guarded is set where some definition depends on the enable option, or stands under a condition; sibling where
	// that is the enable option.
	guarded, sibling bool
	// config is the name of the one attribute that holds all definitions, and value its value; invalid where
	// there are several.
	config, value ast.Node
	effects       []effect
	weak          []effect   // what counts where nothing at all is guarded
	set           bool       // the module sets its own enable option
	steps         int        // nodes that conditions were looked for in
	said          bool       // a comment says of some definition that it is meant to apply in any case
	forwards      [][]string // options that are given the value of enable: what stands below them is guarded
}

// effect is a definition that changes the system.
type effect struct {
	path []string
	node ast.Node // the attribute path as far as it names the definition
	near bool     // it sets an option below the module's own that another module declares, and that may look at enable
}

// definition is an attribute under config, by its full path.
type definition struct {
	path  []string
	node  ast.Node // Binding or Inherit
	value ast.Node
}

func (g *guards) read() {
	var open []definition
	parts := 0
	for _, p := range g.module.Parts() {
		if p.Name(0) != "config" {
			continue
		}
		parts++
		switch {
		case p.Guarded || !p.Value.IsValid():
			g.guardedBy(p.Node)
		case len(p.Path) > 1:
			g.open(&open, nil, module.Part{Path: p.Path[1:], Node: p.Node, Value: p.Value}, 0)
		default:
			g.config, g.value = p.Path[0], p.Value.Tail()
			found := false
			g.module.EachDefinition(p.Value, func(d module.Part) {
				found = true
				g.open(&open, nil, d, 0)
			})
			if !found && !p.Value.Tail().Is(ast.AttrSet) {
				g.guarded = true // a value that is computed in a way of its own
			}
		}
	}
	if parts > 1 {
		g.config, g.value = ast.Node{}, ast.Node{}
	}
	for _, d := range open {
		if n := len(d.path) - 1; n > 0 && d.path[n] == "enable" && slices.Equal(g.module.ConfigPath(d.value), g.enable) {
			g.forwards = append(g.forwards, d.path[:n])
		}
	}
	for _, d := range open {
		g.judge(d)
	}
	switch {
	case g.set || g.exhausted():
		g.effects = nil
	case !g.guarded && len(g.effects)+len(g.weak) > 0:
		g.effects = append(g.effects, g.weak...)
	case g.guarded && g.part():
		g.effects = nil
	}
}

// What looking for conditions may cost, in nodes: a fixed part, and a part for each node of the module.
const (
	maxSteps  = 200_000
	nodeSteps = 16
)

// exhausted reports whether looking for conditions cost so much that no more is known.
func (g *guards) exhausted() bool {
	return g.steps > maxSteps+nodeSteps*int(g.module.Body.SubtreeEnd()-g.module.Body.ID())
}

// guardedBy notes a definition that stands under a condition.
func (g *guards) guardedBy(n ast.Node) {
	g.guarded = true
	for steps := 0; !g.sibling && steps < 64 && n.IsValid() && n != g.module.Body; steps++ {
		up := n.Parent()
		switch {
		case up.Is(ast.If) && up.FirstChild() != n:
			g.sibling = g.readsEnable(up.FirstChild())
		case up.Is(ast.Apply) && up.FirstChild() != n:
			if fn, args := ast.Call(up); conditions[ast.LastName(fn)] && len(args) == 2 {
				g.sibling = g.readsEnable(args[0])
			}
		}
		n = up
	}
}

// part reports whether the enable option is the switch of one part of what the file configures: the file reads
// its options from a set further up, as in cfg.part.enable.
func (g *guards) part() bool {
	read := g.module.SpellConfig(g.enable, g.module.Body)
	return read != "" && !strings.HasPrefix(read, "config.") && strings.Count(read, ".") > 1
}

// open adds the definitions of a part, split where it joins several things in one set.
func (g *guards) open(out *[]definition, prefix []string, p module.Part, depth int) {
	path := prefix[:len(prefix):len(prefix)]
	for _, part := range p.Path {
		path = append(path, g.file.PathName(part))
	}
	if p.Guarded {
		g.guardedBy(p.Node)
		return
	}
	if depth < 4 && len(path) == 1 && modsys.NamespaceOf(path[0]).Groups && p.Value.Tail().Is(ast.AttrSet) && p.Value.IsValid() {
		g.file.Definitions(p.Value, func(d module.Part) { g.open(out, path, d, depth+1) })
		return
	}
	*out = append(*out, definition{path, p.Node, p.Value})
}

// judge sorts a definition: guarded, harmless, or an effect.
func (g *guards) judge(d definition) {
	near := starts(d.path, g.own)
	if near && (!g.foreign(d.path) || !g.turnsOn(d.path, d.value, 0)) {
		g.set = g.set || slices.Equal(d.path, g.enable) || len(d.path) == len(g.own) && d.value.IsValid() && hasAttr(d.value, "enable")
		if g.readsEnable(d.node) {
			g.guarded, g.sibling = true, true
		}
		return
	}
	w := &condition{g: g, seen: map[ast.Node]bool{}}
	conditional := w.in(d.node)
	if w.enable {
		g.guarded, g.sibling = true, true
		return
	}
	for _, f := range g.forwards {
		if starts(d.path, f) {
			return
		}
	}
	if !d.value.IsValid() {
		return
	}
	if explained(d.node) {
		g.said = true
		return
	}
	e := effect{d.path, d.node, near}
	if b, ok := ast.AsBinding(d.node); ok {
		e.node = b.Attrpath().Node
	}
	harmless := harmless[d.path[0]] || len(d.path) > 1 && harmless[d.path[0]+"."+d.path[1]]
	switch effective := g.takesEffect(d.path, d.value); {
	case effective && !conditional && !near:
		g.effects = append(g.effects, e)
	case effective || !harmless && g.filled(d.value):
		g.weak = append(g.weak, e)
	}
}

// foreign reports whether an option below the module's own is one that the module does not declare itself.
func (g *guards) foreign(path []string) bool {
	if len(path) <= len(g.own) {
		return false
	}
	for _, o := range g.module.Options() {
		if starts(path, o.Path) || starts(o.Path, path) {
			return false
		}
	}
	return true
}

// harmless are definitions that do nothing by themselves.
var harmless = map[string]bool{
	"assertions": true, "warnings": true, "meta": true, "lib": true, "_module": true, "nixpkgs": true, "documentation": true,
	"ids": true, "system.build": true, "system.checks": true, "system.nixos": true, "debug": true, "passthru": true,
}

func hasAttr(set ast.Node, name string) bool {
	_, ok := ast.Attr(set, name)
	return ok
}

// deliberate are words of a comment that says that a definition is meant to apply in any case.
var deliberate = []string{"always", "uncondition", "regardless", "common", "shared", "in any case", "even if", "even when", "independent"}

// explained reports whether a comment before a definition, in it, behind it on its line, or before or at the head of
// the set that holds it says that it is meant to apply in any case.
func explained(n ast.Node) bool {
	for t := n.LastToken().Next(); t.IsValid() && t.Kind().IsTrivia(); t = t.Next() {
		if t.Kind().IsComment() && saysAlways(t) {
			return true
		}
		if strings.Contains(t.Text(), "\n") {
			break
		}
	}
	left := 4096
	for t := n.FirstToken(); t.IsValid() && t.Start() < n.End() && left > 0; t, left = t.Next(), left-1 {
		if t.Kind().IsComment() && saysAlways(t) {
			return true
		}
	}
	for up, steps := n, 0; up.IsValid() && steps < 4; up, steps = up.Parent(), steps+1 {
		if up.Is(ast.AttrSet) && headSaysAlways(up) {
			return true
		}
		for t := up.FirstToken().Prev(); t.IsValid() && t.Kind().IsTrivia(); t = t.Prev() {
			if t.Kind().IsComment() && saysAlways(t) && !trails(t) {
				return true
			}
		}
		if up.Is(ast.List) {
			break
		}
	}
	return false
}

// headSaysAlways reports whether a comment right behind the opening brace of a set, with a blank line behind it, so
// that it is not about the first definition alone, speaks so, or one on the line of the brace.
func headSaysAlways(set ast.Node) bool {
	said, lines := false, 0
	for t := set.FirstToken().Next(); t.IsValid() && t.Kind().IsTrivia(); t = t.Next() {
		if t.Kind().IsComment() {
			said = said || saysAlways(t)
			if said && lines == 0 {
				return true
			}
		}
		lines += strings.Count(t.Text(), "\n")
		if said && !t.Kind().IsComment() && strings.Count(t.Text(), "\n") > 1 {
			return true
		}
	}
	return false
}

func saysAlways(comment ast.Token) bool {
	text := strings.ToLower(comment.Text())
	return slices.ContainsFunc(deliberate, func(w string) bool { return strings.Contains(text, w) })
}

// trails reports whether a comment stands behind a definition on its line, and speaks of that one.
func trails(comment ast.Token) bool {
	before := comment.Prev()
	if before.IsValid() && before.Kind().IsTrivia() {
		if strings.Contains(before.Text(), "\n") {
			return false
		}
		before = before.Prev()
	}
	return before.IsValid() && before.Text() == ";"
}

func starts(path, prefix []string) bool {
	return len(path) >= len(prefix) && slices.Equal(path[:len(prefix)], prefix)
}

func (g *guards) readsEnable(n ast.Node) bool {
	w := &condition{g: g, seen: map[ast.Node]bool{}}
	w.in(n)
	return w.enable
}

// condition looks for anything that may make a definition depend on the enable option, or on another condition.
type condition struct {
	g      *guards
	seen   map[ast.Node]bool
	enable bool // the enable option is among it
}

// conditions are functions whose result depends on a condition, or is empty where a list is.
var conditions = map[string]bool{
	"mkIf": true, "optional": true, "optionals": true, "optionalAttrs": true, "optionalString": true, "filter": true,
	"filterAttrs": true, "ifEnable": true, "mkAssert": true, "import": true, "callPackage": true,
}

// in reports whether an expression, or what a let binds to the names in it, holds a condition.
func (w *condition) in(n ast.Node) bool {
	found := false
	for d := range n.Descendants() {
		if w.g.steps++; w.g.exhausted() {
			return true
		}
		switch d.Kind() {
		case ast.If, ast.HasAttr:
			found = true
		case ast.Binary:
			switch d.Op() {
			case ast.OpAnd, ast.OpOr, ast.OpImpl, ast.OpEq, ast.OpNeq:
				found = true
			}
		case ast.Apply:
			if conditions[ast.LastName((ast.ApplyExpr{Node: d}).Func())] {
				found = true
			}
		case ast.Select:
			// A default stands for something that may not be there.
			if (ast.SelectExpr{Node: d}).Default().IsValid() {
				found = true
			}
		case ast.Ident:
			found = w.name(d) || found
		case ast.Inherit:
			from := (ast.InheritNode{Node: d}).From()
			base := w.g.module.ConfigPath(from)
			for name := range (ast.InheritNode{Node: d}).Names() {
				switch {
				case !from.IsValid():
					found = w.name(name) || found
				case base != nil:
					found = w.option(append(slices.Clone(base), w.g.file.PathName(name))) || found
				}
			}
		}
	}
	return found
}

// name follows a name to the module's own options, or to what a let binds to it.
func (w *condition) name(n ast.Node) bool {
	read := n
	if s := n.Parent(); s.Is(ast.Select) && s.FirstChild() == n {
		read = s
	}
	if read.OutsideParens().Parent().Is(ast.InheritFrom) {
		return false // the inherited names are what counts
	}
	if path := w.g.module.ConfigPath(read); path != nil {
		return w.option(path)
	}
	b := w.g.module.Names().Resolve(n)
	if b == nil || b.Kind != sema.LetBinding || w.seen[b.Decl] {
		return false
	}
	w.seen[b.Decl] = true
	return w.in(b.Decl)
}

// option reports whether an option of the module's is a condition.
func (w *condition) option(path []string) bool {
	switch {
	case starts(w.g.enable, path):
		w.enable = true // the option itself, or a set that holds it
		return true
	case len(path) > 0 && path[len(path)-1] == "enable" && starts(path, w.g.own):
		return true // the switch of a part
	}
	return false
}
