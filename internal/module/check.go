package module

import (
	"cmp"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// Form is the way in which a module cannot be evaluated.
type Form uint8

// The forms of obstacles.
const (
	Dependence Form = iota // a part needs something that exists only when the part is known
	Property               // a list of modules, or an element of it, is a mkIf or the like
	Misplaced              // imports, options or config stand where only definitions do
)

// Obstacle is one reason why the module system cannot evaluate a module.
type Obstacle struct {
	Form   Form
	Module *Module
	// Part is what of the module is concerned: imports, config, options, …; empty for the module's own attributes.
	Part string
	// Names is set where a dependence decides which attributes there are.
	Names bool
	// At is the place to report: the smallest expression within the part that causes it.
	At source.Span
	// Why tells what is read, where the form is Dependence.
	Why *Why
	// Name is that of the function, such as mkIf, for Property, and of the attribute for Misplaced.
	Name string
	// Element is set where an element of the list is concerned, not the list as a whole.
	Element bool
	// Unsure is set where what decides lies outside the file and is only very likely.
	Unsure bool
}

// Obstacles returns what keeps the modules of the file from evaluating, in source order. What two evaluations meet, as
// that of a module and that of one that imports it, is told twice.
func (f *File) Obstacles() []Obstacle {
	if f.done&doneObstacles != 0 {
		return f.obstacles
	}
	f.done |= doneObstacles
	var modules []*Module
	if f.Module != nil && !f.Module.plain() {
		modules = append(modules, f.Module)
	}
	for _, m := range f.Inline() {
		if !m.plain() {
			modules = append(modules, m)
		}
	}
	for i, m := range modules {
		work := (maxWork + nodeWork*len(f.tree.Records())) / len(modules)
		c := &checker{file: f, module: m, ev: newEvaluator(f, i+1, work)}
		f.obstacles = append(f.obstacles, c.run()...)
	}
	if f.Partial() {
		f.obstacles = nil
	}
	slices.SortStableFunc(f.obstacles, func(a, b Obstacle) int { return cmp.Compare(a.At.Start, b.At.Start) })
	return f.obstacles
}

// What the evaluation of all modules of a file may cost: a fixed part, and a part for each node of the file.
const (
	maxWork  = 10 * maxFuel
	nodeWork = 16
)

// checker looks at one evaluation of the module system: a module and those written inside its imports.
type checker struct {
	file      *File
	module    *Module
	ev        *evaluator
	obstacles []Obstacle
	depth     int
}

// run returns the obstacles of the module, or none where finding them costs too much.
func (c *checker) run() []Obstacle {
	c.ev.args = c.module.ownArgs()
	// The functions around the module are called by something unknown; those that are modules themselves
	// belong to other evaluations, so that their arguments are as unknown.
	t := &thunk{node: c.module.Node}
	if c.module.Func.IsValid() {
		t = &thunk{node: c.module.Func}
	}
	c.loaded(t)
	if c.ev.exhausted() {
		return nil
	}
	return c.obstacles
}

// ownArgs returns the names that the module defines in _module.args.
func (m *Module) ownArgs() map[string]bool {
	var args map[string]bool
	add := func(p Part, skip int) {
		if p.Name(skip) != "_module" || p.Name(skip+1) != "args" {
			return
		}
		if args == nil {
			args = map[string]bool{}
		}
		if len(p.Path) > skip+2 {
			args[p.Name(skip+2)] = true
		} else if p.Value.IsValid() {
			m.file.Definitions(p.Value, func(p Part) { args[p.Name(0)] = true })
		}
	}
	for _, p := range m.Parts() {
		add(p, 0)
		if p.Name(0) == "config" {
			if len(p.Path) > 1 {
				add(p, 1)
			} else if p.Value.IsValid() {
				m.file.Definitions(p.Value, func(p Part) { add(p, 0) })
			}
		}
	}
	return args
}

// report adds an obstacle of the part whose expression is within; a cause inside it is the place, else the
// name that leads to the cause.
func (c *checker) report(o Obstacle, within ast.Node) {
	if within.HasError() {
		return
	}
	o.Module = c.module
	if o.At == (source.Span{}) {
		o.At = place(o.Why, within)
	}
	c.obstacles = append(c.obstacles, o)
}

// place returns the smallest part of an expression that leads to the cause.
func place(why *Why, within ast.Node) source.Span {
	if why.Node.IsValid() && within.Encloses(why.Node) && why.Construct != ByValue {
		switch d := why.Decider; {
		case why.Construct == ByIf || why.Construct == ByAssert:
			return source.Span{Start: why.Node.Start(), End: d.End()}
		case why.Construct == ByFunction && d.IsValid() && why.Node.Encloses(d) && d.Parent().Is(ast.Apply):
			return source.Span{Start: why.Node.Start(), End: d.OutsideParens().End()}
		}
		if why.Construct != ByFunction {
			return why.Node.Span()
		}
	}
	return reading(why, within)
}

// reading returns the place within an expression that reads the source, or leads to where it is read.
func reading(why *Why, within ast.Node) source.Span {
	for _, n := range why.Steps {
		if within.Encloses(n) {
			return n.Span()
		}
	}
	if within.Encloses(why.Use) {
		return why.Use.Span()
	}
	return within.Span()
}

// loaded checks a module as a value: a function, a set, or a property around definitions.
func (c *checker) loaded(t *thunk) {
	if c.depth > 12 {
		return
	}
	c.depth++
	defer func() { c.depth-- }()
	body := t.node
	v := c.ev.in(whileLoading, t)
	if v.kind == vLambda {
		env := &frame{lambda: v.node, group: c.ev.group, up: v.env}
		body = ast.LambdaExpr{Node: v.node}.Body()
		t = &thunk{node: body, env: env}
		v = c.ev.in(whileLoading, t)
	}
	if !body.IsValid() {
		body = c.module.Body
	}
	c.attributes(v, body)
}

// attributes checks the evaluated attributes of a module.
func (c *checker) attributes(v *value, within ast.Node) {
	switch v.kind {
	case vBottom:
		c.report(Obstacle{Names: true, Why: v.why}, within)
		return
	case vProperty:
		c.property(v, within, "")
		return
	case vAttrs:
	default:
		return
	}
	_, structured := v.attrs.get("config")
	if !structured {
		_, structured = v.attrs.get("options")
	}
	for _, name := range v.attrs.names {
		a := v.attrs.index[name]
		at := valueNode(a, within)
		switch name {
		case "imports":
			c.imports(a.value, at, name)
		case "require":
			if !structured {
				c.imports(a.value, at, name)
			}
		case "disabledModules":
			c.shapeOnly(whileLoading, a.value, at, name, true)
		case "options", "key":
			c.shapeOnly(whileLoading, a.value, at, name, false)
		case "freeformType":
			c.freeformType(a.value, at)
		case "config":
			c.definitions(a.value, at, name)
		case "_module":
			if !structured {
				c.internal(a.value, at)
			}
		}
	}
}

// valueNode returns the expression bound to an attribute where the file shows it, else the name.
func valueNode(a tableAttr, within ast.Node) ast.Node {
	if a.value.node.IsValid() {
		return a.value.node
	}
	if a.part.IsValid() {
		return a.part
	}
	return within
}

// shapeOnly checks a part of which only the outermost form, and for lists each element, is evaluated.
func (c *checker) shapeOnly(m mask, t *thunk, within ast.Node, part string, elements bool) {
	v := c.ev.in(m, t)
	if v.kind == vBottom {
		c.report(Obstacle{Part: part, Why: v.why, At: reading(v.why, within)}, within)
	}
	if v.kind != vList || !elements {
		return
	}
	for _, e := range distinct(v.elems) {
		if w := c.ev.in(m, e); w.kind == vBottom {
			at := within
			if e.node.IsValid() && within.Encloses(e.node) {
				at = e.node
			}
			c.report(Obstacle{Part: part, Why: w.why, At: reading(w.why, at), Element: true}, at)
		}
	}
}

// maxChecked bounds the elements of one list that are checked.
const maxChecked = 2000

// distinct returns the elements of a list, each once however often the list has it.
func distinct(elems []*thunk) []*thunk {
	if len(elems) < 2 {
		return elems
	}
	seen := map[*thunk]bool{}
	out := make([]*thunk, 0, min(len(elems), maxChecked))
	for _, e := range elems {
		if !seen[e] && len(out) < maxChecked {
			seen[e] = true
			out = append(out, e)
		}
	}
	return out
}

// freeformType checks a type that decides which definitions are options: the condition of a mkIf included.
func (c *checker) freeformType(t *thunk, within ast.Node) {
	v := c.ev.in(whileDefining, t)
	if v.kind == vProperty && v.property == "if" {
		v = c.ev.in(whileDefining, v.cond)
	}
	if v.kind == vBottom {
		c.report(Obstacle{Part: "freeformType", Why: v.why, At: reading(v.why, within)}, within)
	}
}

// internal checks the definitions of _module.
func (c *checker) internal(t *thunk, within ast.Node) {
	v := c.ev.in(whileDefining, t)
	switch v.kind {
	case vBottom:
		c.report(Obstacle{Part: "_module", Why: v.why, At: reading(v.why, within)}, within)
	case vAttrs:
		if a, ok := v.attrs.get("freeformType"); ok {
			c.freeformType(a.value, valueNode(a, within))
		}
	}
}

// definitions checks what stands under config: its names are needed before any value is.
func (c *checker) definitions(t *thunk, within ast.Node, part string) {
	if c.depth > 24 {
		return
	}
	c.depth++
	defer func() { c.depth-- }()
	v := c.ev.in(whileDefining, t)
	switch v.kind {
	case vBottom:
		c.report(Obstacle{Names: true, Part: part, Why: v.why}, within)
	case vProperty:
		c.property(v, within, part)
	case vAttrs:
		c.definedNames(v, part)
		if a, ok := v.attrs.get("_module"); ok {
			c.internal(a.value, valueNode(a, within))
		}
	}
}

// property checks the content of a mkIf, mkMerge or mkForce around definitions.
func (c *checker) property(v *value, within ast.Node, part string) {
	at := within
	if n := v.content.node; n.IsValid() {
		at = n
	}
	switch v.property {
	case "if", "override":
		c.definitions(v.content, at, part)
	case "merge":
		list := c.ev.in(whileDefining, v.content)
		if list.kind == vBottom {
			c.report(Obstacle{Part: "mkMerge", Why: list.why, At: reading(list.why, at)}, at)
			return
		}
		for _, e := range distinct(list.elems) {
			inner := at
			if e.node.IsValid() {
				inner = e.node
			}
			c.definitions(e, inner, part)
		}
	}
}

// definedNames finds imports and options among definitions.
func (c *checker) definedNames(v *value, part string) {
	for _, name := range []string{"imports", "options", "config"} {
		a, ok := v.attrs.get(name)
		if !ok || !a.part.IsValid() || c.module.declares(name) {
			continue
		}
		// Options of these names exist in some submodules: fileSystems.<name>.options.
		if name == "options" && !declaresOptions(a) || name == "config" && (part != "" || c.module.Submodule) {
			continue
		}
		c.report(Obstacle{Form: Misplaced, Part: part, Name: name, At: a.part.Span()}, a.part)
	}
}

// declares reports whether the module declares an option whose path starts with name, or takes any name.
func (m *Module) declares(name string) bool {
	for _, p := range m.Parts() {
		if p.Name(0) == "freeformType" {
			return true
		}
	}
	for _, o := range m.Options() {
		if o.Path[0] == name {
			return true
		}
	}
	return false
}

// declaresOptions reports whether the value of an attribute holds a call of mkOption or its kin.
func declaresOptions(a tableAttr) bool {
	n := a.value.node
	if !n.IsValid() {
		if n = a.part.Parent().Parent(); !n.Is(ast.Binding) {
			return false
		}
	}
	steps := 0
	for d := range n.Descendants() {
		if steps++; steps > 4096 {
			return false
		}
		if d.Is(ast.Apply) {
			if name := ast.LastName((ast.ApplyExpr{Node: d}).Func()); name == "mkOption" || name == "mkEnableOption" || name == "mkPackageOption" {
				return true
			}
		}
	}
	return false
}
