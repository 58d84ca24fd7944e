package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
)

// phase says which sources an evaluation must not need.
type phase uint8

const (
	// whileLoading is the evaluation of what decides which modules there are and which options they
	// declare: neither config nor options nor the arguments of _module.args exist yet.
	whileLoading phase = iota
	// whileDefining is the evaluation of which options a module defines: options exist, values do not.
	whileDefining
)

// choice says which of the arguments of a module are known after all; of all others, what must not be needed is a source. One
// evaluation, without any, answers for both phases, unless it fails for want of what the phase allows.
type choice uint8

const (
	withOptions choice = 1 << iota
	withPkgs
	numChoices = 1 << iota
)

// part is something of a module that is asked for.
type part struct {
	make func(with choice) eval.Part
	made [numChoices]eval.Part
	base choice   // without which it is nothing
	node ast.Node // where it is written; may be invalid
}

func (p *part) in(with choice) eval.Part {
	if !p.made[with].IsValid() {
		p.made[with] = p.make(with)
	}
	return p.made[with]
}

// fixed returns a part that is the same whatever is known.
func fixed(e eval.Part, node ast.Node) *part {
	return &part{make: func(choice) eval.Part { return e }, node: node}
}

// answer is what a part evaluates to.
type answer struct {
	*eval.Value
	of   *part
	with choice
	why  *Why // what it surely fails for want of
}

// What all questions about one part of a module may cost: a fixed part, and a part for each node of the file.
const (
	maxWork  = 300_000
	nodeWork = 30
)

// ask evaluates a part in a phase. Within is where it is, if it is written nowhere.
func (c *checker) ask(p *part, ph phase, within ast.Node) answer {
	a := answer{of: p, with: p.base}
	for {
		e := p.in(a.with)
		if !e.IsValid() || c.left < 0 {
			a.Value = c.unknown
			return a
		}
		if a.Value = c.evaluate(e); !a.Fails() {
			return a
		}
		known, why := c.held(a, ph, within)
		if known&^a.with == 0 {
			a.why = why
			return a
		}
		a.with |= known
	}
}

// evaluate asks the evaluator, and counts what that costs.
func (c *checker) evaluate(e eval.Part) *eval.Value {
	v := c.ev.Ask(e)
	c.left -= c.ev.Cost()
	return v
}

// held returns the source that a failure is held against, and what has to be known to say whether it fails without that which
// is not.
func (c *checker) held(a answer, ph phase, within ast.Node) (known choice, held *Why) {
	for _, need := range a.Needs() {
		why := c.why(need, a.of, within)
		switch {
		case why.Source == FromOptions && ph == whileDefining && !why.readsDefinitions():
			known |= withOptions
		case why.Source == FromPkgs && why.readsLib() && !c.listing:
			known |= withPkgs
		case held == nil, held.Construct == ByUpdate && !held.Decider.IsValid() && why.Construct != ByUpdate && why.Construct != ByValue:
			held = why // an inner cause in either operand says more than the operand as a whole
		}
	}
	return known, held
}

// attr returns an attribute of an answer; nil where it is not surely known.
func (c *checker) attr(a answer, name string, within ast.Node) *part {
	e, ok := a.Attr(name)
	if !ok {
		return nil
	}
	node := within
	if code, at, value, ok := a.AttrPlace(name); ok && code == c.code {
		if node = c.file.at(at); value != 0 {
			node = c.file.at(code.Span(value))
		}
	} else if code, value, ok := e.Place(); ok && code == c.code {
		node = c.file.at(code.Span(value))
	}
	if !node.IsValid() {
		node = within
	}
	p := &part{base: a.with, node: node, make: func(with choice) eval.Part {
		e, _ := c.evaluate(a.of.in(with)).Attr(name)
		return e
	}}
	p.made[a.with] = e
	return p
}

// elements returns the elements of a list that is known, each once however often the list has it.
func (c *checker) elements(a answer) []*part {
	elems, ok := a.Elements()
	if !ok {
		return nil
	}
	var written []ast.Node
	if list := a.of.node.Tail(); list.Is(ast.List) {
		for n := range list.Children() {
			written = append(written, n)
		}
	}
	seen := map[eval.Part]bool{}
	out := make([]*part, 0, min(len(elems), maxChecked))
	for i, e := range elems {
		if seen[e] || len(out) == maxChecked {
			continue
		}
		seen[e] = true
		p := &part{base: a.with, make: func(with choice) eval.Part {
			if elems, _ := c.evaluate(a.of.in(with)).Elements(); i < len(elems) {
				return elems[i]
			}
			return eval.Part{}
		}}
		if len(written) == len(elems) {
			p.node = written[i]
		} else if code, value, ok := e.Place(); ok && code == c.code {
			p.node = c.file.at(code.Span(value))
		}
		p.made[a.with] = e
		out = append(out, p)
	}
	return out
}

// maxChecked bounds the elements of one list that are checked.
const maxChecked = 2000

// called returns a module that is a function as the module system calls it: with config, options, lib and specialArgs in any
// case, and with those of _module.args for formals alone (lib/modules.nix, applyModuleArgs).
func (c *checker) called(a answer, body ast.Node) *part {
	formals, _ := a.Formals()
	return &part{base: a.with, node: body, make: func(with choice) eval.Part {
		args := map[string]eval.Part{"lib": c.lib}
		for _, name := range formals {
			switch {
			case name == "pkgs" && with&withPkgs == 0:
				args[name] = c.source(name, FromPkgs)
			case name == "pkgs":
				args[name] = eval.PackagesArgument()
			case c.args[name]:
				args[name] = c.source(name, FromModuleArg)
			case name == "flake-parts-lib":
				args[name] = eval.FlakePartsArgument()
			case name == "inputs":
				args[name] = eval.InputsArgument()
			case name == "self":
				args[name] = eval.SelfArgument()
			}
		}
		args["config"] = c.source("config", FromConfig)
		if with&withOptions == 0 {
			args["options"] = c.source("options", FromOptions)
		} else {
			args["options"] = eval.Open()
		}
		return eval.Apply(a.of.in(with), eval.Attrs(args, true))
	}}
}

// source returns an argument of the module that must not be needed.
func (c *checker) source(name string, of Source) eval.Part {
	p, ok := c.given[name]
	if !ok {
		s := &eval.Source{Name: name}
		p = eval.NeedsSource(s)
		c.given[name], c.sources[s] = p, of
	}
	return p
}

// property is a mkIf, mkMerge, mkForce or the like.
type property struct {
	kind    string
	name    string   // of the function
	call    ast.Node // may be invalid
	content *part    // nil where it is not known which
}

// property returns the property that a value surely is, if it does not fail.
func (c *checker) property(a answer, within ast.Node) (property, bool) {
	if a.Kinds()&^eval.Failures != eval.Set {
		return property{}, false
	}
	var out property
	for _, v := range a.Alternatives() {
		if v.Kinds()&eval.Failures != 0 {
			continue
		}
		p, ok := c.propertyOf(a, v, within)
		switch {
		case !ok || out.kind != "" && out.kind != p.kind:
			return property{}, false
		case out.kind != "":
			out.content = nil
			continue
		}
		out = p
	}
	return out, out.kind != ""
}

func (c *checker) propertyOf(a answer, v *eval.Value, within ast.Node) (property, bool) {
	tag, ok := v.Attr("_type")
	if !ok {
		return property{}, false
	}
	p := property{}
	p.kind, _ = c.evaluate(tag).Text()
	content := "content"
	switch p.kind {
	case eval.IfProperty:
		p.name = "mkIf"
	case eval.MergeProperty:
		p.name, content = "mkMerge", "contents"
	case eval.OverrideProperty, eval.OrderProperty:
		p.name = c.byPriority(v, p.kind)
	default:
		return property{}, false
	}
	if code, e, ok := v.SetPlace(); ok && code == c.code {
		p.call = c.file.at(code.Span(e))
	}
	one := answer{v, a.of, a.with, nil}
	p.content = c.attr(one, content, within)
	if p.content != nil && p.call.Is(ast.Apply) {
		fn, args := ast.Call(p.call)
		if name := ast.LastName(fn); overrides[name] || name == p.name {
			p.name = name
		}
		p.content.node = args[len(args)-1]
	}
	return p, true
}

// byPriority names the function that gives a priority.
func (c *checker) byPriority(v *eval.Value, kind string) string {
	name, byNumber := "mkOverride", map[int64]string{10: "mkVMOverride", 50: "mkForce", 1000: "mkDefault", 1500: "mkOptionDefault"}
	if kind == eval.OrderProperty {
		name, byNumber = "mkOrder", map[int64]string{500: "mkBefore", 1500: "mkAfter"}
	}
	if p, ok := v.Attr("priority"); ok {
		if i, ok := c.evaluate(p).Int(); ok && byNumber[i] != "" {
			return byNumber[i]
		}
	}
	return name
}
