package module

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/suppress"
)

// Guards is what the definitions of a module do where the option that enables it is off.
type Guards struct {
	// Guarded is set where some definition depends on the enable option, or stands under a condition; Sibling where that
	// is the enable option.
	Guarded, Sibling bool
	// Said is set where a comment says of some definition that it is meant to apply in any case.
	Said bool
	// Config is the name of the one attribute that holds all definitions, and Value its value; invalid where there are
	// several.
	Config, Value ast.Node
	// Effects are the definitions that change the system in any case.
	Effects []Effect

	file     *File
	module   *Module
	own      []string // the path that the module's options share
	enable   []string
	weak     []Effect   // what counts where nothing at all is guarded
	set      bool       // the module sets its own enable option
	steps    int        // nodes that conditions were looked for in
	forwards [][]string // options that are given the value of enable: what stands below them is guarded
}

// Effect is a definition that changes the system.
type Effect struct {
	Path []string
	Node ast.Node // the attribute path as far as it names the definition
	Near bool     // it sets an option below the module's own that another module declares, and that may look at enable
}

// Guards reads the definitions of the module for what takes effect although the option of the path enable, which
// the module declares, is off.
func (m *Module) Guards(enable []string) *Guards {
	g := &Guards{file: m.file, module: m, own: enable[:len(enable)-1], enable: enable}
	g.read()
	return g
}

// definition is an attribute under config, by its full path.
type definition struct {
	path  []string
	node  ast.Node // Binding or Inherit
	value ast.Node
}

func (g *Guards) read() {
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
			g.open(&open, nil, Part{Path: p.Path[1:], Node: p.Node, Value: p.Value}, 0)
		default:
			g.Config, g.Value = p.Path[0], p.Value.Tail()
			found := false
			g.module.EachDefinition(p.Value, func(d Part) {
				found = true
				g.open(&open, nil, d, 0)
			})
			if !found && !p.Value.Tail().Is(ast.AttrSet) {
				g.Guarded = true // a value that is computed in a way of its own
			}
		}
	}
	if parts > 1 {
		g.Config, g.Value = ast.Node{}, ast.Node{}
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
		g.Effects = nil
	case !g.Guarded && len(g.Effects)+len(g.weak) > 0:
		g.Effects = append(g.Effects, g.weak...)
	case g.Guarded && g.part():
		g.Effects = nil
	}
}

// What looking for conditions may cost, in nodes: a fixed part, and a part for each node of the module.
const (
	maxSteps  = 200_000
	nodeSteps = 16
)

// exhausted reports whether looking for conditions cost so much that no more is known.
func (g *Guards) exhausted() bool {
	return g.steps > maxSteps+nodeSteps*int(g.module.Body.SubtreeEnd()-g.module.Body.ID())
}

// guardedBy notes a definition that stands under a condition.
func (g *Guards) guardedBy(n ast.Node) {
	g.Guarded = true
	for steps := 0; !g.Sibling && steps < 64 && n.IsValid() && n != g.module.Body; steps++ {
		up := n.Parent()
		switch {
		case up.Is(ast.If) && up.FirstChild() != n:
			g.Sibling = g.readsEnable(up.FirstChild())
		case up.Is(ast.Apply) && up.FirstChild() != n:
			if fn, args := ast.Call(up); conditions[ast.LastName(fn)] && len(args) == 2 {
				g.Sibling = g.readsEnable(args[0])
			}
		}
		n = up
	}
}

// part reports whether the enable option is the switch of one part of what the file configures: the file reads
// its options from a set further up, as in cfg.part.enable.
func (g *Guards) part() bool {
	read := g.module.SpellConfig(g.enable, g.module.Body)
	return read != "" && !strings.HasPrefix(read, "config.") && strings.Count(read, ".") > 1
}

// open adds the definitions of a part, split where it joins several things in one set.
func (g *Guards) open(out *[]definition, prefix []string, p Part, depth int) {
	path := prefix[:len(prefix):len(prefix)]
	for _, part := range p.Path {
		path = append(path, g.file.PathName(part))
	}
	if p.Guarded {
		g.guardedBy(p.Node)
		return
	}
	if depth < 4 && len(path) == 1 && modsys.NamespaceOf(path[0]).Groups && p.Value.Tail().Is(ast.AttrSet) && p.Value.IsValid() {
		g.file.Definitions(p.Value, func(d Part) { g.open(out, path, d, depth+1) })
		return
	}
	*out = append(*out, definition{path, p.Node, p.Value})
}

// judge sorts a definition: guarded, harmless, or an effect.
func (g *Guards) judge(d definition) {
	near := startsWith(d.path, g.own)
	if near && (!g.foreign(d.path) || !g.turnsOn(d.path, d.value, 0)) {
		g.set = g.set || slices.Equal(d.path, g.enable) || len(d.path) == len(g.own) && d.value.IsValid() && hasAttr(d.value, "enable")
		if g.readsEnable(d.node) {
			g.Guarded, g.Sibling = true, true
		}
		return
	}
	w := &condition{g: g, seen: map[ast.Node]bool{}}
	conditional := w.in(d.node)
	if w.enable {
		g.Guarded, g.Sibling = true, true
		return
	}
	if under := g.written(d.value); conditional && under != d.value.Tail() { // what holds by the defaults is no condition
		conditional = (&condition{g: g, seen: map[ast.Node]bool{}}).in(under)
	}
	for _, f := range g.forwards {
		if startsWith(d.path, f) {
			return
		}
	}
	if !d.value.IsValid() {
		return
	}
	if explained(d.node) {
		g.Said = true
		return
	}
	e := Effect{Path: d.path, Node: d.node, Near: near}
	if b, ok := ast.AsBinding(d.node); ok {
		e.Node = b.Attrpath().Node
	}
	harmless := harmless[d.path[0]] || len(d.path) > 1 && harmless[d.path[0]+"."+d.path[1]]
	switch effective := g.takesEffect(d.path, d.value); {
	case effective && !conditional && !near:
		g.Effects = append(g.Effects, e)
	case effective || !harmless && g.filled(d.value):
		g.weak = append(g.weak, e)
	}
}

// foreign reports whether an option below the module's own is one that the module does not declare itself.
func (g *Guards) foreign(path []string) bool {
	if len(path) <= len(g.own) {
		return false
	}
	for _, o := range g.module.Options() {
		if startsWith(path, o.Path) || startsWith(o.Path, path) {
			return false
		}
	}
	return true
}

// harmless are definitions that do nothing by themselves.
var harmless = map[string]bool{
	"assertions": true, "warnings": true, "meta": true, "lib": true, "_module": true, "nixpkgs": true, "documentation": true,
	"ids": true, "system.build": true, "system.checks": true, "system.nixos": true, "debug": true, "passthru": true,
	"home-manager": true, // its modules may look at enable, by osConfig
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
	return !suppress.Own(text) && slices.ContainsFunc(deliberate, func(w string) bool { return strings.Contains(text, w) })
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

func (g *Guards) readsEnable(n ast.Node) bool {
	w := &condition{g: g, seen: map[ast.Node]bool{}}
	w.in(n)
	return w.enable
}

// condition looks for anything that may make a definition depend on the enable option, or on another condition.
type condition struct {
	g      *Guards
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
	for at := n.OutsideParens(); at.Parent().Is(ast.Select) && at.Parent().FirstChild() == at; at = read.OutsideParens() {
		read = at.Parent()
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
	case startsWith(w.g.enable, path):
		w.enable = true // the option itself, or a set that holds it
		return true
	case len(path) > 0 && path[len(path)-1] == "enable" && startsWith(path, w.g.own):
		return true // the switch of a part
	}
	return false
}
