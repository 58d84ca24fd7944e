// Package comes tells how pure evaluation of a file comes by an expression in it: in any case, if a condition holds that is not known,
// if a caller leaves out an argument, or never. It looks at what stands around the expression and, where that is the value of a name,
// at the uses of the name; it evaluates nothing.
package comes

import (
	"cmp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// Degree says how surely evaluation comes by an expression.
type Degree uint8

// The degrees: a condition asks of the machine, or nothing in the file asks for the value; a condition that is not known decides, or
// another definition may stand in its place; whoever evaluates all that the file gives comes by it.
const (
	Never Degree = iota
	Perhaps
	Surely
)

// Way is how evaluation of a file comes by an expression. It refers to no tree.
type Way struct {
	Degree Degree
	// Probed is set where pathExists decides.
	Probed bool
	// Caught is set where tryEval catches what fails, if it does so in a way that this catches.
	Caught bool
	// Default is set where it is the default of an argument of the function that the file is: then it counts where a caller leaves that out.
	Default *Default
	// Attr is the attribute of the file's value, or of what its function gives, that the expression is for; "" where that is not known.
	Attr string
	// Guards are arguments of the function that the file is, which have to be so, all of them.
	Guards []Guard
}

// Default is an argument of the function that a file is.
type Default struct {
	Formal string
	// Through are, where only other defaults use the argument, those whose defaults do.
	Through []string
	// Used are those of Formal and Through that what the function gives surely asks for.
	Used []string
}

// usedArgs are arguments that files use in any case.
var usedArgs = []string{"pkgs", "nixpkgs", "lib"}

// Counts reports whether the default surely counts once a caller leaves the argument out: by their names, callers of the file ask for
// what needs it.
func (d *Default) Counts() bool {
	return slices.ContainsFunc(d.Used, func(name string) bool { return slices.Contains(usedArgs, name) })
}

// Names returns the names of the file; it is called where they are needed, and returns the same each time.
type Names func() *sema.Info

// Bounds of one question: nodes that are passed in all, nodes around one expression, names of an attribute path, uses inside of uses.
const (
	maxNodes  = 1 << 12
	maxAround = 256
	maxPath   = 16
	maxUses   = 32
)

// By returns how evaluation of a file comes by an expression in it.
func By(n ast.Node, names Names) Way {
	j := &judge{names: names, left: maxNodes}
	return j.up(n, nil, ast.Node{})
}

// judge answers one question.
type judge struct {
	names Names
	left  int
	// open are the names whose uses are being looked at.
	open []sema.BindingID
	// sub is set where the question is of an argument of the file's function: then defaults lead nowhere.
	sub bool
}

// up follows an expression outward, to what gives its value to the file, or to the function stop. path is where the value lies in what
// stands at the node: the names of attributes, "" for one that is not known; it is nil where that is not followed.
func (j *judge) up(at ast.Node, path []string, stop ast.Node) Way {
	w := Way{Degree: Surely}
	for range maxAround {
		up := at.Parent()
		if !up.IsValid() || up == stop {
			if !up.IsValid() && len(path) > 0 {
				w.Attr = strings.Clone(path[0])
			}
			return w
		}
		if j.left--; j.left < 0 {
			break
		}
		switch up.Form() {
		case ast.If:
			if up.FirstChild() == at {
				path = nil
			} else {
				j.under(&w, up.FirstChild(), up.Child(1) == at)
			}
		case ast.Binary:
			path = j.operator(&w, up, at, path)
		case ast.Select:
			path = selected(&w, ast.SelectExpr{Node: up}, at, path)
		case ast.HasAttr:
			if !w.asksFor((ast.HasAttrExpr{Node: up}).Attrpath(), path) {
				return Way{}
			}
			path = nil
		case ast.List, ast.Interpolation, ast.Unary:
			path = nil
		case ast.Assert:
			if up.FirstChild() == at {
				path = nil
			}
		case ast.With:
			if up.FirstChild() == at {
				return w.then(j.with(ast.WithExpr{Node: up}, path, stop))
			}
		case ast.Apply:
			if (ast.ApplyExpr{Node: up}).Func() != at {
				path = j.argument(&w, ast.ApplyExpr{Node: up}, path)
			}
		case ast.Binding:
			b := ast.BindingNode{Node: up}
			if b.Value() != at {
				path = nil // a name that is computed
				break
			}
			names := b.Attrpath().Names()
			if modsys.HasArguments(names) {
				w.lower(Perhaps) // modules ask for some
			}
			path = join(names, path)
			if more, ended := j.named(up, up.Parent(), path, stop); ended {
				return w.then(more)
			}
		case ast.InheritFrom:
			return w.then(j.inherited(ast.InheritNode{Node: up.Parent()}, path, stop))
		case ast.Formal:
			return w.then(j.byDefault(ast.FormalNode{Node: up}))
		}
		if w.Degree == Never {
			return Way{}
		}
		at = up
	}
	w.lower(Perhaps)
	return w
}

// join puts names before a path.
func join(names, path []string) []string {
	if len(names)+len(path) > maxPath {
		return nil
	}
	return append(slices.Clip(names), path...)
}

func (w *Way) lower(to Degree) { w.Degree = min(w.Degree, to) }

// then returns the way that is first w and then more.
func (w Way) then(more Way) Way {
	if w.Degree = min(w.Degree, more.Degree); w.Degree == Never {
		return Way{}
	}
	for _, g := range more.Guards {
		if !slices.Contains(w.Guards, g) {
			w.Guards = append(slices.Clip(w.Guards), g)
		}
	}
	return Way{w.Degree, w.Probed || more.Probed, w.Caught || more.Caught, more.Default, more.Attr, w.Guards}
}

// or returns the surer one of two ways. Where they are for different attributes of the file, it is for any.
func (w Way) or(other Way) Way {
	if w.Degree != Never && other.Degree != Never && w.Attr != other.Attr {
		w.Attr, other.Attr = "", ""
	}
	if w.Degree != Never && other.Degree != Never {
		w.Guards = common(w.Guards, other.Guards)
		other.Guards = w.Guards
	}
	if other.rank() > w.rank() {
		return other
	}
	return w
}

// rank orders ways by how surely what fails is told of.
func (w Way) rank() int {
	switch {
	case w.Degree == Never:
		return 0
	case w.Default != nil:
		return 1
	case w.Caught:
		return 2
	case w.Degree == Perhaps && w.Probed:
		return 3
	case w.Degree == Perhaps:
		return 4
	}
	return 5
}

// surest is the rank of a way than which none is surer.
const surest = 5

// decided reports whether no other way changes anything about one: stop is the function that it leads to, or invalid.
func (w Way) decided(stop ast.Node) bool {
	return w.rank() == surest && (stop.IsValid() || w.Attr == "")
}

// named follows the value of a name, which a Binding or an Inherit in owner gives; path begins with the name. ended is false where the
// value is an attribute of owner, too, by which it goes on.
func (j *judge) named(statement, owner ast.Node, path []string, stop ast.Node) (w Way, ended bool) {
	scope := owner
	switch {
	case owner.Is(ast.Bindings):
		scope = owner.Parent()
	case owner.Is(ast.LegacyLet):
		return Way{Degree: Perhaps}, true
	case owner.Is(ast.AttrSet) && owner.IsRec() && path != nil:
		// Asked for as an attribute as far as the set is; by its name elsewhere.
		used := j.usesOf(statement, scope, path, stop)
		return w.or(used).or(j.up(owner, path, stop)), true
	default:
		return w, false
	}
	if path == nil {
		return Way{Degree: Perhaps}, true
	}
	return j.usesOf(statement, scope, path, stop), true
}

// usesOf follows the uses of the first name of a path, which a statement gives in a scope.
func (j *judge) usesOf(statement, scope ast.Node, path []string, stop ast.Node) Way {
	names := j.names()
	id := names.Declared(statement)
	if id == 0 || names.Binding(id).Name != path[0] {
		in, ok := names.ScopeOf(scope)
		if !ok {
			return Way{Degree: Perhaps}
		}
		if id = j.inScope(in, path[0]); id == 0 {
			return Way{Degree: Perhaps}
		}
	}
	return j.uses(id, path[1:], stop)
}

// inScope returns the name of a scope; 0 where it has none.
func (j *judge) inScope(scope sema.ScopeID, name string) sema.BindingID {
	s := j.names().Scope(scope)
	for id := s.First; id <= s.Last && j.left > 0; id++ {
		if j.left--; j.names().Binding(id).Name == name {
			return id
		}
	}
	return 0
}

// uses returns the surest way by which one of the uses of a name comes to its value, at a path in it.
func (j *judge) uses(id sema.BindingID, path []string, stop ast.Node) (best Way) {
	if slices.Contains(j.open, id) {
		return best
	}
	if len(j.open) == maxUses {
		return Way{Degree: Perhaps}
	}
	j.open = append(j.open, id)
	defer func() { j.open = j.open[:len(j.open)-1] }()
	for u := range j.names().UsesOf(id) {
		if best = best.or(j.use(u.Node, path, stop)); best.decided(stop) {
			break
		}
	}
	return best
}

// use follows a use of a name.
func (j *judge) use(n ast.Node, path []string, stop ast.Node) Way {
	up := n.Parent()
	if !up.Is(ast.Inherit) {
		return j.up(n, path, stop)
	}
	name, _ := ast.AttrName(n)
	path = join([]string{name}, path)
	if w, ended := j.named(up, up.Parent(), path, stop); ended {
		return w
	}
	return j.up(up, path, stop)
}

// inherited follows the set from which names are inherited.
func (j *judge) inherited(in ast.InheritNode, path []string, stop ast.Node) (best Way) {
	for part := range in.Names() {
		name, static := ast.AttrName(part)
		inner := path
		if len(path) > 0 {
			if static && path[0] != "" && path[0] != name {
				continue
			}
			inner = path[1:]
		}
		if best = best.or(j.inheritedName(in, name, inner, stop)); best.decided(stop) {
			break
		}
	}
	return best
}

// inheritedName follows what lies at a path in a name that is inherited from a set.
func (j *judge) inheritedName(in ast.InheritNode, name string, path []string, stop ast.Node) Way {
	path = join([]string{name}, path)
	if w, ended := j.named(in.Node, in.Parent(), path, stop); ended {
		return w
	}
	return j.up(in.Node, path, stop)
}

// with follows the names that the set of a with may give, or the one that a path begins with.
func (j *judge) with(n ast.WithExpr, path []string, stop ast.Node) (best Way) {
	names, body := j.names(), n.Body()
	uses := names.Uses()
	first, _ := slices.BinarySearchFunc(uses, body.Start(), func(u sema.Use, at uint32) int { return cmp.Compare(u.Node.Start(), at) })
	for _, u := range uses[first:] {
		if u.Node.Start() >= body.End() || best.decided(stop) {
			break
		}
		if j.left--; j.left < 0 {
			return best.or(Way{Degree: Perhaps})
		}
		if u.Target != sema.ToWith || len(path) > 0 && path[0] != "" && u.Node.Text() != path[0] {
			continue
		}
		way := j.use(u.Node, path[min(1, len(path)):], stop)
		if nixlang.InnermostWith(names, u.Scope) != n.Env() {
			way.lower(Perhaps) // an inner one may have it
		}
		best = best.or(way)
	}
	return best
}

// operator follows an operand, and returns the path in what the operator gives.
func (j *judge) operator(w *Way, up, at ast.Node, path []string) []string {
	left, right := up.FirstChild(), up.Child(1)
	switch op := up.Op(); op {
	case ast.OpAnd, ast.OpOr, ast.OpImpl:
		if left != at {
			j.under(w, left, op != ast.OpOr)
		}
		return nil
	case ast.OpUpdate:
		if at != left || len(path) == 0 || path[0] == "" {
			return path
		}
		switch right = right.Unparen(); right.Kind() {
		case ast.AttrSet:
			if defines(right, path[0]) {
				w.lower(Never)
			}
		case ast.Ident:
			if b := j.names().Resolve(right); b != nil && b.Kind >= sema.ParamBinding {
				w.lower(Perhaps) // defaults // arguments
			}
		}
		return path
	}
	return nil
}

// defines reports whether a set has an attribute, by what is written in it.
func defines(set ast.Node, name string) bool {
	for c := range set.Children() {
		if in, ok := ast.AsInherit(c); ok {
			for part := range in.Names() {
				if n, static := ast.AttrName(part); static && n == name {
					return true
				}
			}
		} else if b, ok := ast.AsBinding(c); ok && b.Attrpath().FirstName() == name {
			return true
		}
	}
	return false
}

// selected follows the operand or the default of a selection, and returns the path in what that gives.
func selected(w *Way, s ast.SelectExpr, at ast.Node, path []string) []string {
	switch at {
	case s.Operand():
		for _, name := range s.Attrpath().Names() {
			if len(path) == 0 {
				break
			}
			switch {
			case name == "":
				w.lower(Perhaps) // one of several
			case path[0] != "" && path[0] != name:
				w.lower(Never)
			}
			path = path[1:]
		}
		return path
	case s.Default():
		w.lower(Perhaps)
		return path
	}
	return nil // a name that is computed
}

// asksFor reports whether `set ? attrpath` evaluates what lies at a path in the set.
func (w *Way) asksFor(attrpath ast.AttrpathNode, path []string) bool {
	names := attrpath.Names()
	for _, name := range names[:max(0, len(names)-1)] {
		if len(path) == 0 {
			break
		}
		if name != "" && path[0] != "" && path[0] != name {
			return false
		}
		path = path[1:]
	}
	return len(path) == 0
}

// machineWords are what conditions have that ask of the machine, in lower case.
var machineWords = []string{"getenv", "pure", "currentsystem", "currenttime", "nixpath", "tryeval"}

// Bounds of a condition: bytes of it that are read, names in it that are followed, names inside of names.
const (
	maxCondition  = 1 << 12
	maxConditions = 16
	maxCondDepth  = 4
)

// under notes that an expression is evaluated only where a condition holds, or does not.
func (w *Way) under(names Names, cond ast.Node) {
	w.lower(Perhaps)
	left := maxConditions
	w.condition(names, cond, maxCondDepth, &left)
}

// condition notes what a condition asks of the machine, by itself and by the names in it.
func (w *Way) condition(names Names, cond ast.Node, depth int, left *int) {
	text := cond.Text()
	text = strings.ToLower(text[:min(len(text), maxCondition)])
	for _, word := range machineWords {
		if strings.Contains(text, word) {
			w.lower(Never)
			return
		}
	}
	w.Probed = w.Probed || strings.Contains(text, "pathexists")
	if depth == 0 {
		return
	}
	first, end := int(cond.ID()), int(cond.Tree().Records()[cond.ID()].End)
	for id := first; id < end && id < first+maxCondition && *left > 0; id++ {
		n := cond.Tree().Node(ast.NodeID(id))
		if !n.Is(ast.Ident) {
			continue
		}
		if b := names().Resolve(n); b != nil && b.Value.IsValid() {
			*left--
			w.condition(names, b.Value, depth-1, left)
		}
	}
}
