package module

import (
	"cmp"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/eval"
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
	if modules := f.notPlain(); len(modules) > 0 {
		f.obstacles = f.check(modules)
	}
	if f.Partial() {
		f.obstacles = nil
	}
	slices.SortStableFunc(f.obstacles, func(a, b Obstacle) int { return cmp.Compare(a.At.Start, b.At.Start) })
	return f.obstacles
}

// Plain reports whether the file has no obstacles for reasons that are seen without evaluating it.
func (f *File) Plain() bool { return len(f.notPlain()) == 0 }

// notPlain returns the modules that may have some.
func (f *File) notPlain() (modules []*Module) {
	if f.Module != nil && !f.Module.plain() {
		modules = append(modules, f.Module)
	}
	for _, m := range f.Inline() {
		if !m.plain() {
			modules = append(modules, m)
		}
	}
	return modules
}

// check evaluates modules of the file, each by itself.
func (f *File) check(modules []*Module) (obstacles []Obstacle) {
	code := f.lowered()
	if code == nil {
		return nil
	}
	ev, lib := eval.NewEvaluation(), eval.LibArgument()
	ev.Written, ev.Import = true, f.Import
	scopes := eval.NewScopes(code, map[string]eval.Part{"lib": lib})
	for _, m := range modules {
		c := &checker{
			file: f, module: m, code: code, ev: ev, lib: lib, unknown: eval.Unknown(), args: m.ownArgs(),
			given: map[string]eval.Part{}, sources: map[*eval.Source]Source{},
			limit: (maxWork + nodeWork*len(f.tree.Records())) / len(modules),
		}
		// The functions around the module are called by something unknown; those that are modules themselves belong to
		// other evaluations, so that their arguments are as unknown.
		at := m.Node
		if m.Func.IsValid() {
			at = m.Func
		}
		if e, ok := code.At(at.Unparen().Span()); ok {
			c.left = c.limit
			c.loaded(fixed(scopes.Within(e), at))
			obstacles = append(obstacles, c.obstacles...)
		}
	}
	return obstacles
}

// lowered returns the code of the file.
func (f *File) lowered() *eval.Code {
	if f.Code != nil {
		if code := f.Code(); code != nil {
			return code
		}
	}
	code, _ := eval.LowerBroken(f.tree, "", f.names)
	return code
}

// checker looks at one evaluation of the module system: a module and those written inside its imports.
type checker struct {
	file      *File
	module    *Module
	code      *eval.Code
	ev        *eval.Evaluation
	lib       eval.Part
	unknown   *eval.Value
	args      map[string]bool // arguments that the module itself defines in _module.args
	given     map[string]eval.Part
	sources   map[*eval.Source]Source
	limit     int // what the questions about one part of the module may cost
	left      int // what remains of it
	obstacles []Obstacle
	depth     int
	listing   bool // what is checked is a list of modules, or part of one
}

// bounded checks a part of the module. Where that costs too much nothing is said of the part; of others that depends in no way.
func (c *checker) bounded(check func()) {
	if c.depth > 1 {
		check() // it belongs to a part of the module around it
		return
	}
	c.left = c.limit
	before := len(c.obstacles)
	if check(); c.left < 0 {
		c.obstacles = c.obstacles[:before]
	}
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
		case why.Construct == ByFunction && d.IsValid() && why.Node.Encloses(d) && d.Parent().IsCall():
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
func (c *checker) loaded(p *part) {
	if c.depth > 12 {
		return
	}
	c.depth++
	defer func() { c.depth-- }()
	body := p.node
	a := c.ask(p, whileLoading, c.module.Body)
	if code, e, ok := a.Lambda(); ok {
		if body = c.module.Body; code == c.code {
			body = c.file.at(code.Span(e))
		}
		a = c.ask(c.called(a, ast.Node{}), whileLoading, body)
	}
	if !body.IsValid() {
		body = c.module.Body
	}
	c.attributes(a, body)
}

// attributes checks the evaluated attributes of a module.
func (c *checker) attributes(a answer, within ast.Node) {
	if a.why != nil {
		c.report(Obstacle{Names: true, Why: a.why}, within)
		return
	}
	if p, ok := c.property(a, within); ok {
		c.bounded(func() { c.inProperty(p, within, "") })
		return
	}
	structured := a.Has("config") || a.Has("options")
	for _, name := range []string{"imports", "require", "disabledModules", "options", "key", "freeformType", "config", "_module"} {
		p := c.attr(a, name, within)
		if p == nil || structured && (name == "require" || name == "_module") {
			continue
		}
		c.bounded(func() {
			switch name {
			case "imports", "require":
				c.listing = true
				c.imports(p, name)
				c.listing = false
			case "disabledModules":
				c.shapeOnly(p, name, true)
			case "options", "key":
				c.shapeOnly(p, name, false)
			case "freeformType":
				c.freeformType(p)
			case "config":
				c.definitions(p, name)
			case "_module":
				c.internal(p)
			}
		})
	}
}

// shapeOnly checks a part of which only the outermost form, and for lists each element, is evaluated.
func (c *checker) shapeOnly(p *part, name string, elements bool) {
	a := c.ask(p, whileLoading, p.node)
	if a.why != nil {
		c.report(Obstacle{Part: name, Why: a.why, At: reading(a.why, p.node)}, p.node)
	}
	if !elements {
		return
	}
	for _, e := range c.elements(a) {
		if v := c.ask(e, whileLoading, p.node); v.why != nil {
			at := p.node
			if e.node.IsValid() && at.Encloses(e.node) {
				at = e.node
			}
			c.report(Obstacle{Part: name, Why: v.why, At: reading(v.why, at), Element: true}, at)
		}
	}
}

// freeformType checks a type that decides which definitions are options: the condition of a mkIf included.
func (c *checker) freeformType(p *part) {
	a := c.ask(p, whileDefining, p.node)
	if prop, ok := c.property(a, p.node); ok && prop.kind == eval.IfProperty {
		if cond := c.attr(a, "condition", p.node); cond != nil {
			a = c.ask(cond, whileDefining, p.node)
		}
	}
	if a.why != nil {
		c.report(Obstacle{Part: "freeformType", Why: a.why, At: reading(a.why, p.node)}, p.node)
	}
}

// internal checks the definitions of _module.
func (c *checker) internal(p *part) {
	a := c.ask(p, whileDefining, p.node)
	if a.why != nil {
		c.report(Obstacle{Part: "_module", Why: a.why, At: reading(a.why, p.node)}, p.node)
	} else if f := c.attr(a, "freeformType", p.node); f != nil {
		c.freeformType(f)
	}
}

// definitions checks what stands under config: its names are needed before any value is.
func (c *checker) definitions(p *part, name string) {
	if c.depth > 24 {
		return
	}
	c.depth++
	defer func() { c.depth-- }()
	a := c.ask(p, whileDefining, p.node)
	if a.why != nil {
		c.report(Obstacle{Names: true, Part: name, Why: a.why}, p.node)
		return
	}
	if prop, ok := c.property(a, p.node); ok {
		c.inProperty(prop, p.node, name)
		return
	}
	c.definedNames(a, name)
	if m := c.attr(a, "_module", p.node); m != nil {
		c.internal(m)
	}
}

// inProperty checks the content of a mkIf, mkMerge or mkForce around definitions.
func (c *checker) inProperty(p property, within ast.Node, name string) {
	if p.content == nil {
		return
	}
	if !p.content.node.IsValid() {
		p.content.node = within
	}
	switch p.kind {
	case eval.IfProperty, eval.OverrideProperty:
		c.definitions(p.content, name)
	case eval.MergeProperty:
		at := p.content.node
		list := c.ask(p.content, whileDefining, at)
		if list.why != nil {
			c.report(Obstacle{Part: "mkMerge", Why: list.why, At: reading(list.why, at)}, at)
			return
		}
		for _, e := range c.elements(list) {
			if !e.node.IsValid() {
				e.node = at
			}
			c.definitions(e, name)
		}
	}
}

// definedNames finds imports and options among definitions.
func (c *checker) definedNames(a answer, part string) {
	for _, name := range []string{"imports", "options", "config"} {
		if !a.Has(name) || c.module.declares(name) {
			continue
		}
		code, at, value, ok := a.AttrPlace(name)
		if !ok || code != c.code {
			continue
		}
		key := c.file.at(at)
		// Options of these names exist in some submodules: fileSystems.<name>.options.
		if name == "options" && !declaresOptions(key, c.file.at(code.Span(value))) || name == "config" && (part != "" || c.module.Submodule) {
			continue
		}
		c.report(Obstacle{Form: Misplaced, Part: part, Name: name, At: key.Span()}, key)
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

// declaresOptions reports whether the value of an attribute holds a call of mkOption or its kin: what is written as its value,
// or behind its name.
func declaresOptions(key, n ast.Node) bool {
	if !n.IsValid() || n == key {
		if n = key.Parent().Parent(); !n.Is(ast.Binding) {
			return false
		}
	}
	steps := 0
	for d := range n.Descendants() {
		if steps++; steps > 4096 {
			return false
		}
		if d.IsCall() {
			if name := ast.LastName((ast.ApplyExpr{Node: d}).Func()); name == "mkOption" || name == "mkEnableOption" || name == "mkPackageOption" {
				return true
			}
		}
	}
	return false
}
