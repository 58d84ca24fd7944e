package module

import (
	"github.com/nixsift/nixsift/ast"
)

// valueKind is the outermost form of an evaluated expression.
type valueKind uint8

const (
	vUnknown  valueKind = iota
	vBottom             // evaluating it comes back to the module's own evaluation
	vThrow              // evaluating it fails for another reason
	vScalar             // a number, null or a string that is not known
	vBool               // known says whether b holds the value
	vString             // a string whose text is known
	vPath               // a path
	vList               // elems; open: there may be more
	vAttrs              // attrs
	vLambda             // node and env
	vPrim               // a function of lib or builtins, with the arguments it has so far
	vLib                // nixpkgs' lib or one of its parts
	vBuiltins           // builtins
	vProperty           // mkIf, mkMerge, mkForce, …
	vOption             // what mkOption and its kin return
	vModArgs            // the whole argument of a module function
)

// value is an expression evaluated as far as its outermost form: a set with its names, a list with its
// length. What lies inside is thunks.
type value struct {
	kind  valueKind
	known bool
	b     bool
	open  bool
	s     string // text of a vString, function of a vProperty, name behind which a vUnknown was found
	src   Source // of a vUnknown: the module argument it comes from
	why   *Why

	elems []*thunk
	attrs *attrTable
	node  ast.Node // of a vLambda, vAttrs (the literal) or vProperty (the call)
	env   *frame
	prim  *prim
	args  []*thunk
	// file is set on the vUnknown that an imported file evaluates to: its path. args are what it is applied to. An
	// analysis of several files would go on there.
	file *thunk
	// Of a vProperty: "if", "merge", "override" or "order", and its parts.
	property string
	cond     *thunk
	content  *thunk
}

var (
	unknown   = &value{kind: vUnknown}
	scalar    = &value{kind: vScalar}
	throws    = &value{kind: vThrow}
	someBool  = &value{kind: vBool}
	someList  = &value{kind: vList, open: true}
	emptyList = &value{kind: vList}
	someAttrs = &value{kind: vAttrs, attrs: &attrTable{open: true}}
	noAttrs   = &value{kind: vAttrs, attrs: &attrTable{}}
	somePath  = &value{kind: vPath}
	libValue  = &value{kind: vLib}
	anOption  = &value{kind: vOption}
	theFalse  = &value{kind: vBool, known: true}
	theTrue   = &value{kind: vBool, known: true, b: true}
)

func boolean(b bool) *value {
	if b {
		return theTrue
	}
	return theFalse
}

// size is the number of elements or attributes of a value.
func (v *value) size() int {
	if v.attrs != nil {
		return len(v.attrs.names)
	}
	return len(v.elems)
}

// attrTable holds the attributes of a set that are known. An open table may have others.
type attrTable struct {
	open  bool
	names []string
	index map[string]tableAttr
}

type tableAttr struct {
	value *thunk
	part  ast.Node // where the name stands; may be invalid
}

func (t *attrTable) set(name string, part ast.Node, v *thunk) {
	if t.index == nil {
		t.index = map[string]tableAttr{}
	}
	if _, ok := t.index[name]; !ok {
		t.names = append(t.names, name)
	}
	t.index[name] = tableAttr{v, part}
}

func (t *attrTable) get(name string) (tableAttr, bool) {
	a, ok := t.index[name]
	return a, ok
}

// thunk is an expression that is not evaluated yet: a node with its environment, or a computation.
type thunk struct {
	node ast.Node
	env  *frame
	fn   func(ev *evaluator) *value
	// done is the result of a computation for the question that asked for it, or, with neither a node nor a
	// computation, for every question. What nodes evaluate to is remembered by the evaluator.
	done  *value
	asked int
}

// given is a thunk that is evaluated already.
func given(v *value) *thunk { return &thunk{done: v} }

var unknownThunk = given(unknown)

// frame binds the parameter of one function. Frames are linked from the innermost function outward.
type frame struct {
	lambda ast.Node
	arg    *thunk
	// group is set, and arg is not, where the module system calls the function.
	group int
	up    *frame
}

// at drops the frames of functions that do not enclose n: what remains is the environment of n.
func (f *frame) at(n ast.Node) *frame {
	for f != nil && !f.lambda.Encloses(n) {
		f = f.up
	}
	return f
}

// find returns the frame of a function, or nil where its parameter is not known.
func (f *frame) find(lambda ast.Node) *frame {
	for f != nil && f.lambda != lambda {
		f = f.up
	}
	return f
}

// Source is what a value is drawn from.
type Source uint8

// The sources that matter to the module system.
const (
	NoSource      Source = iota
	FromConfig           // the module's config
	FromOptions          // the module's options
	FromPkgs             // pkgs, which _module.args defines in NixOS, home-manager and nix-darwin
	FromModuleArg        // another argument that the module itself defines in _module.args
)

// Construct is what makes the shape of a value depend on a source.
type Construct uint8

// The constructs.
const (
	ByValue    Construct = iota // the value itself comes from the source
	ByIf                        // if … then … else
	ByAssert                    // assert …;
	ByName                      // a computed attribute name
	ByUpdate                    // an operand of //
	ByFunction                  // a function of lib or builtins: Why.Function
)

// Why tells how evaluating an expression comes to need a source.
type Why struct {
	Source Source
	Arg    string // the module argument that is the source: config, options, pkgs or another
	// Use is the expression that reads the source: config.f.enable.
	Use ast.Node
	// Steps are the uses of names that lead to Use, from the outermost inward; empty where the expression
	// contains Use itself.
	Steps []ast.Node
	// Construct is what turns the source into shape, Node its expression, Function the name where it is one.
	Construct Construct
	Node      ast.Node
	Decider   ast.Node // the part of Node that reads the source, where it is an expression of its own
	Function  string
}

func bottom(why *Why) *value { return &value{kind: vBottom, why: why} }

// step returns the bottom as seen through the name that n uses.
func step(v *value, n ast.Node) *value {
	w := *v.why
	w.Steps = append([]ast.Node{n}, w.Steps...)
	if len(w.Steps) > 16 {
		w.Steps = append(w.Steps[:8:8], w.Steps[len(w.Steps)-8:]...)
	}
	return bottom(&w)
}

// decided returns the bottom as the work of a construct that reads a value which is not part of the shape,
// such as a condition.
func decided(v *value, c Construct, n, decider ast.Node, function string) *value {
	w := *v.why
	w.Construct, w.Node, w.Decider, w.Function = c, n, decider, function
	return bottom(&w)
}

// passed returns the bottom as the work of a construct that passes the shape of an operand on, unless
// something inside has made it already.
func passed(v *value, c Construct, n ast.Node, function string) *value {
	if v.why.Construct != ByValue {
		return v
	}
	return decided(v, c, n, ast.Node{}, function)
}
