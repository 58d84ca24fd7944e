package eval

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// libFunction is a function of lib: its place in builtinTable, and the part of lib that has it, too.
type libFunction struct {
	index uint32
	part  string
	gives Kinds // where it does not fail; 0 where that depends
	// shaped is set where more than the kind is known of what it gives.
	shaped bool
	// single is set where it asks of each argument by itself, and only of which kind that is.
	single bool
}

// libIndex has the functions of nixpkgs' lib of which something is known, by name.
var libIndex = map[string]libFunction{}

// libBuiltins are the builtins that lib passes on under their names, behind the part of lib that has them, too.
const libBuiltins = `
attrsets  attrNames attrValues catAttrs getAttr hasAttr intersectAttrs isAttrs listToAttrs mapAttrs removeAttrs zipAttrsWith
-         tryEval
lists     all any concatLists concatMap elem elemAt filter genList groupBy head isList length map partition sort tail
strings   split toJSON isInt isString isPath stringLength substring concatStringsSep replaceStrings typeOf
trivial   pathExists add bitAnd bitOr bitXor deepSeq isBool isFloat lessThan seq sub
`

// registerLib adds the functions of lib. Facts: lib of nixpkgs 26.05 and of the releases before; tests compare with it.
func registerLib() {
	builtinGives := map[string]Kinds{
		"attrNames": List, "attrValues": List, "catAttrs": List, "concatLists": List, "concatMap": List, "filter": List, "genList": List,
		"map": List, "sort": List, "tail": List, "mapAttrs": Set, "listToAttrs": Set, "intersectAttrs": Set, "removeAttrs": Set,
		"concatStringsSep": String, "substring": String, "typeOf": String, "elem": Bool, "any": Bool, "all": Bool, "hasAttr": Bool,
		"isAttrs": Bool, "isBool": Bool, "isFloat": Bool, "isInt": Bool, "isList": Bool, "isString": Bool, "isPath": Bool, "lessThan": Bool,
		"split": List, "toJSON": String, "pathExists": Bool, "groupBy": Set, "partition": Set, "zipAttrsWith": Set, "replaceStrings": String,
	}
	for line := range strings.Lines(libBuiltins) {
		if part, names, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			for name := range strings.FieldsSeq(names) {
				libIndex[name] = libFunction{index: builtinIndex[name], part: part, gives: builtinGives[name]}
			}
		}
	}
	registerLibTable()
	registerProperties()
	registerLibSets()
	registerLibLists()
	registerLibStrings()
	registerLibFunctions()
	registerLibArities()
}

func registerInLib(part, name string, arity int, gives Kinds, run func(c *invocation) *Value) {
	libIndex[name] = libFunction{index: uint32(len(builtinTable)), part: part, gives: gives}
	b := &builtin{name: name, arity: arity, run: run}
	builtinTable = append(builtinTable, b)
	builtinValues = append(builtinValues, functionValue(&function{builtin: b}))
}

// giving returns what adds the functions of a part of lib that give values of some kinds.
func giving(part string, k Kinds) func(name string, arity int, run func(c *invocation) *Value) {
	return func(name string, arity int, run func(c *invocation) *Value) { registerInLib(part, name, arity, k, run) }
}

// libValue returns a function of lib as a value.
func libValue(name string) *Value { return builtinValues[libIndex[name].index] }

// as evaluates a builtin with other arguments, as all that is left to do of the call, or as a step of it that the call
// does for certain.
func (c *invocation) as(name string, args ...*thunk) *Value {
	own := c.args
	c.args = args
	v := builtinTable[builtinIndex[name]].run(c)
	c.args = own
	return v
}

// then evaluates a builtin of what a step gave; nil where that is impossible.
func (c *invocation) then(name string, v *Value) *Value {
	if v == nil {
		return nil
	}
	return c.as(name, given(v))
}

// later returns the thunk of a part of the call's value.
func (c *invocation) later(run func(c *invocation) *Value) *thunk {
	at, b, args := c.at, c.b, c.args
	at.lexical = false
	return &thunk{fn: func(ev *Evaluation) *Value {
		part := &invocation{Evaluation: ev, at: at, b: b, args: args}
		v := run(part)
		return join(v, part.fails)
	}}
}

// closure returns a function that is no entry of the table.
func (c *invocation) closure(arity int, run func(c *invocation) *Value) *Value {
	return functionValue(&function{builtin: &builtin{name: c.b.name, arity: arity, run: run}})
}

// calls evaluates the call of an argument, or of one of the elements of a list that is an argument (else n is -1), as a step
// that the call does for certain. What fails by that is told of that expression, if the call shows it.
func (c *invocation) calls(i, n int, f *thunk, args ...*thunk) *Value {
	fn := c.force(f)
	if fn.Fails() {
		return fn
	}
	at := c.at
	span, shown := c.shows(i, n)
	at.lexical = at.lexical && shown
	v := c.call(at, fn, args)
	if !v.Fails() || !at.lexical {
		return v
	}
	return each(v, func(x *Value) *Value {
		if f := x.fail; f != nil && f.at == at && f.End == 0 {
			told := *f
			told.Start, told.End = span.Start, span.End
			x = &Value{kinds: x.kinds, fail: &told}
		}
		return x
	})
}

// shows returns where an argument of the call stands, or an element of it.
func (c *invocation) shows(i, n int) (span source.Span, ok bool) {
	if c.at.code == nil {
		return span, false
	}
	code, x := c.at.code, &c.at.code.exprs[c.at.expr]
	if x.op != opCall || code.exprs[code.kids[x.a]].op != opGlobal || int(x.a)+1+i >= int(x.b) {
		return span, false
	}
	e := code.kids[int(x.a)+1+i]
	if n >= 0 {
		x := &code.exprs[e]
		if x.op != opList || int(x.a)+n >= int(x.b) {
			return span, false
		}
		e = code.kids[int(x.a)+n]
	}
	return code.Span(Expr(e)), true
}

// each joins what is made of each of the alternatives of a value.
func each(v *Value, do func(x *Value) *Value) (out *Value) {
	v.each(func(x *Value) { out = join(out, do(x)) })
	return out
}

// What an opGlobal means besides a builtin: a function of nixpkgs' lib, or of the lib that somebody passes as an argument.
const ofLib, ofLibGiven = 1, 2

// meansLib lowers a name or selection that means a function of nixpkgs' lib of which something is known.
func (l *lowerer) meansLib(n ast.Node) (Expr, bool) {
	if l.names == nil {
		return 0, false
	}
	f, known := libIndex[ast.LastName(n)]
	if !known {
		return 0, false
	}
	if part, ok := libPart(l.names, n); !ok || part != "" && part != f.part {
		return 0, false // another function of that name, as lib.lists.removePrefix
	}
	from := uint32(ofLib)
	if nixlang.FromCaller(l.names, n) {
		from = ofLibGiven
	}
	return l.add(n, expr{op: opGlobal, a: f.index, b: uint32(l.asWritten(n)), c: from}), true
}

// asWritten lowers how a function of lib is written where that needs something besides lib, such as final in final.lib.id;
// it returns 0 elsewhere.
func (l *lowerer) asWritten(n ast.Node) Expr {
	root := n
	switch b := l.names.Resolve(n); {
	case b == nil && n.Is(ast.Ident):
		e := l.variable(n, n.Text()) // of a with
		l.code.exprs[e].aside = true
		return e
	case b != nil:
		in, _ := ast.AsInherit(b.Decl)
		root = in.From().Unparen()
	}
	for root.Is(ast.Select) {
		root = root.FirstChild().Unparen()
	}
	if b := l.names.Resolve(root); b == nil || b.Name == "lib" && (b.Kind == sema.FormalBinding || b.Kind == sema.ParamBinding) {
		return 0
	}
	first := len(l.code.exprs)
	var e Expr
	if n.Is(ast.Select) {
		e = l.selection(ast.SelectExpr{Node: n})
	} else {
		e = l.variable(n, n.Text())
	}
	for i := range l.code.exprs[first:] {
		l.code.exprs[first+i].aside = true
	}
	return e
}

// libPart returns the part of lib that a name or selection takes something from: "" for lib itself.
func libPart(names *sema.Info, n ast.Node) (part string, ok bool) {
	if b := names.Resolve(n); b != nil {
		in, inherited := ast.AsInherit(b.Decl)
		if !inherited || !in.From().IsValid() || b.More {
			return "", false
		}
		return nixlang.LibSource(names, in.From())
	}
	path, _, ok := nixlang.LibPath(names, n)
	part, _, nested := strings.Cut(path, ".")
	if !nested {
		return "", ok
	}
	if strings.Count(path, ".") > 1 {
		return "", false
	}
	return part, ok
}

// asks evaluates a question for some kinds, or for sets with one of some attributes.
func asks(k Kinds, attrs ...string) func(c *invocation) *Value {
	return func(c *invocation) *Value {
		v := c.arg(0, Anything&^Failures)
		if v == nil {
			return nil
		}
		return each(v, func(x *Value) *Value {
			has := falseValue
			switch {
			case x.kinds&Failures != 0:
				return x
			case x.kinds&k != 0:
				has = trueValue
			case x.kinds == Set && x.set == nil:
				has = someBool
			case x.kinds == Set:
				for _, name := range attrs {
					switch _, there, _ := x.set.lookup(name); there {
					case Present:
						has = trueValue
					case Possible:
						has = join(has, trueValue)
					}
				}
			}
			return has
		})
	}
}
