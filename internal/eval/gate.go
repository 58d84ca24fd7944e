package eval

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// Worthwhile reports whether examining a file may find anything, by its names and nodes alone: most files take what they ask
// something of from arguments, and pass on literals of which nothing is asked.
func Worthwhile(t *ast.Tree, names *sema.Info) bool { return new(gate).open(t, names) }

// gate looks for an expression of which something is asked and that is perhaps known not to be that.
type gate struct {
	tree  *ast.Tree
	names *sema.Info
	memo  []Kinds // of the names of let and of recursive sets; with seenName where they are asked for
	left  int     // the expressions that may still be looked at for one question
	deep  int     // the names that are asked for inside each other
}

// seenName marks names in gate.memo.
const seenName Kinds = 1 << 15

// maxGated bounds the expressions that are looked at for what one can be, maxNamed the names that stand for each other.
const maxGated, maxNamed = 48, 100

func (g *gate) open(t *ast.Tree, names *sema.Info) bool {
	prepare()
	g.tree, g.names = t, names
	g.memo = append(g.memo[:0], make([]Kinds, len(names.Bindings()))...)
	uses := names.Uses()
	for i := range uses {
		if u := &uses[i]; u.Target == sema.ToBinding {
			// Names that need each other: one of them is used before its definition ends.
			b := names.Binding(u.Binding)
			if (b.Kind == sema.LetBinding || b.Kind == sema.RecBinding) && (b.More || u.Node.Start() < b.Decl.End()) {
				return true
			}
		}
	}
	for i, r := range t.Records() {
		if mayFail[r.Kind] && g.fails(t.Node(ast.NodeID(i)), r.Op) {
			return true
		}
	}
	return false
}

// mayFail are the kinds of nodes that ask something of what they hold.
var mayFail = [256]bool{
	ast.Lambda: true, ast.With: true, ast.InheritFrom: true, ast.Select: true, ast.If: true, ast.Assert: true, ast.Unary: true,
	ast.Interpolation: true, ast.Apply: true, ast.Binary: true,
}

// fails reports whether an expression may fail by what it asks of those in it.
func (g *gate) fails(n ast.Node, op ast.Op) bool {
	first := n.FirstChild()
	switch n.Kind() {
	case ast.Lambda:
		return isSelf(ast.LambdaExpr{Node: n}.Param().Text())
	case ast.With, ast.InheritFrom:
		return !g.anySet(first)
	case ast.Select:
		return !g.anySet(first) && !ast.SelectExpr{Node: n}.Default().IsValid()
	case ast.If, ast.Assert:
		return g.lacks(first, Bool)
	case ast.Unary:
		if op == ast.OpNeg {
			return g.lacks(first, numbers)
		}
		return g.lacks(first, Bool)
	case ast.Interpolation:
		if g.sure(first) == Anything {
			return false
		}
		if p := n.Parent(); p.Is(ast.Attrpath) || p.Parent().Is(ast.Attrpath) {
			return true // names that are computed may come twice
		}
		return g.lacks(first, String|Path)
	case ast.Apply:
		return fills(n) || g.callFails(n)
	case ast.Binary:
		return g.operatorFails(op, first, n.Child(1))
	}
	return false
}

func (g *gate) operatorFails(op ast.Op, a, b ast.Node) bool {
	switch op {
	case ast.OpEq, ast.OpNeq:
		return false
	case ast.OpAnd, ast.OpOr, ast.OpImpl, ast.OpConcat, ast.OpUpdate, ast.OpSub, ast.OpMul, ast.OpDiv:
		k := operandKinds[op]
		return g.lacks(a, k) || g.lacks(b, k) || op == ast.OpDiv && g.mayBeZero(b)
	case ast.OpAdd:
		switch left := g.sure(a); {
		case left == Anything:
			return g.lacks(b, addable)
		case left&(String|Path) != 0:
			return g.lacks(b, String|Path)
		case left&numbers != 0:
			return g.lacks(b, numbers)
		}
	case ast.OpLess, ast.OpLessEq, ast.OpGreater, ast.OpGreaterEq:
		both := g.sure(a) & g.sure(b)
		return both&orderable == 0
	case ast.OpPipeInto:
		return g.sure(b) != Anything
	case ast.OpPipeFrom:
		return g.sure(a) != Anything
	}
	return true
}

// callFails reports whether a call may fail by what is called and with what.
func (g *gate) callFails(n ast.Node) bool {
	fn, before := n.FirstChild().Unparen(), 0
	for fn.Is(ast.Apply) {
		fn, before = fn.FirstChild().Unparen(), before+1
	}
	name, f, known := g.function(fn)
	switch {
	case byName[ast.LastName(fn)] != 0:
		return false // fills tells
	case builderIndex[ast.LastName(fn)] != 0:
		b := builders[ast.LastName(fn)]
		return before == 0 && b.args == 1 && g.builderFails(n, b)
	case known && before >= f.arity():
		return g.sure(n.FirstChild()) != Anything // what the function gives is called
	case known && (name == "derivation" || name == "derivationStrict"):
		return g.sure(n.Child(1)) != Anything
	case known && before == 0 && refusing[name] != nil:
		return g.mayBeRefused(n.Child(1), refusing[name])
	case known:
		if takes, ok := harmless[name]; ok {
			return g.lacks(n.Child(1), takes[before])
		}
		return g.partsFail(f, n, before)
	case g.sure(fn) == Anything:
		return false
	}
	return !g.plainLambda(fn, before) || g.sure(n.Child(1)) != Anything
}

// fills reports whether a call of callPackage, or one of its kin, passes something, or is asked for an attribute of the result.
func fills(n ast.Node) bool {
	if up := n.OutsideParens().Parent(); up.Is(ast.Apply) && up.FirstChild().Unparen() == n {
		return false // the rest of the call
	}
	fn, args := ast.Call(n)
	if byName[ast.LastName(fn)] == 0 || len(args) < 2 {
		return false
	}
	last := args[len(args)-1].Unparen()
	up := n.OutsideParens().Parent()
	return !last.Is(ast.AttrSet) || last.FirstChild().IsValid() || up.Is(ast.Select) || up.Is(ast.InheritFrom)
}

// harmless are functions that ask only of which kinds their arguments are, by the names that they have in builtins or lib.
var harmless = map[string][]Kinds{
	"optional": {Bool, Anything}, "optionals": {Bool, List}, "optionalString": {Bool, String}, "optionalAttrs": {Bool, Set},
	"attrNames": {Set}, "attrValues": {Set},
	"import": {Path}, "throw": {String}, "abort": {String}, "pathExists": {Path}, "readFile": {Path}, "readDir": {Path},
	"isNull": {Anything}, "isString": {Anything}, "isList": {Anything}, "isBool": {Anything}, "isInt": {Anything},
	"isAttrs": {Anything}, "isFunction": {Anything}, "isPath": {Anything}, "trace": {Anything, Anything},
}

func (f libFunction) arity() int { return builtinTable[f.index].arity }

// function returns the function of builtins, or of the usual functions of lib, that an expression may be.
func (g *gate) function(fn ast.Node) (name string, f libFunction, known bool) {
	name = ast.LastName(fn)
	index, builtin := builtinIndex[name]
	switch {
	case !builtin:
	case fn.Is(ast.Ident):
		builtin = g.names.IsGlobal(fn, name)
	default:
		builtin = g.names.IsGlobal(fn.FirstChild().Unparen(), "builtins")
	}
	f, lib := libIndex[name]
	switch {
	case builtin && (!lib || f.index != index):
		return name, libFunction{index: index}, true
	case builtin || !lib:
		return name, f, builtin
	}
	if b := g.names.Resolve(fn); b != nil {
		in, inherited := ast.AsInherit(b.Decl)
		lib = inherited && in.From().IsValid()
	}
	return name, f, lib
}

// plainLambda reports whether what is called is a function that takes any argument, after some.
func (g *gate) plainLambda(fn ast.Node, before int) bool {
	if b := g.names.Resolve(fn); b != nil && (b.Kind == sema.LetBinding || b.Kind == sema.RecBinding) {
		fn = b.Value.Unparen()
	}
	for ; fn.Is(ast.Lambda); before-- {
		l := ast.LambdaExpr{Node: fn}
		if _, pattern := l.Pattern(); pattern {
			return false
		}
		if before == 0 {
			return true
		}
		fn = l.Body().Unparen()
	}
	return false
}

// mayBeZero reports whether an expression is perhaps known to be zero.
func (g *gate) mayBeZero(n ast.Node) bool {
	n = g.value(n)
	return g.sure(n) != Anything && !(n.Is(ast.Int) && strings.Trim(n.Text(), "0") != "")
}

// refusing say what functions refuse of the text that is their first argument.
var refusing = map[string]func(text string) string{"match": badRegex, "split": badRegex, "toFile": wrongName}

// mayBeRefused reports whether an expression is perhaps known to be a text that is refused.
func (g *gate) mayBeRefused(n ast.Node, wrong func(text string) string) bool {
	n = g.value(n)
	if text, ok := ast.StringValue(n); ok {
		return wrong(text) != ""
	}
	return g.sure(n) != Anything
}

// lacks reports whether an expression is perhaps of none of some kinds.
func (g *gate) lacks(n ast.Node, k Kinds) bool { return g.sure(n)&k == 0 }

// anySet reports whether an expression surely may be a set that has any attribute.
func (g *gate) anySet(n ast.Node) bool {
	n = n.Unparen()
	if g.sure(n) == Anything {
		return true
	}
	switch n.Kind() {
	case ast.Ident:
		b := g.names.Resolve(n)
		return b == nil && g.names.IsGlobal(n, "builtins") || b != nil && b.Kind == sema.AtBinding
	case ast.Binary:
		return n.Op() == ast.OpUpdate && (g.anySet(n.FirstChild()) || g.anySet(n.Child(1)))
	case ast.Apply:
		fn, args := ast.Call(n)
		_, f, known := g.function(fn)
		return known && f.single && !f.shaped && f.gives == Set && len(args) == f.arity()
	}
	return false
}

// sure returns kinds that an expression can be, as far as is known of it: Anything where nothing is known.
func (g *gate) sure(n ast.Node) Kinds {
	g.left = maxGated
	return g.kinds(n)
}

func (g *gate) kinds(n ast.Node) Kinds {
	if g.left--; g.left < 0 {
		return 0
	}
	n = n.Unparen()
	switch n.Kind() {
	case ast.Ident:
		return g.ident(n)
	case ast.Int:
		return Int
	case ast.Float:
		return Float
	case ast.String, ast.IndString, ast.URI:
		return String
	case ast.Path:
		return Path
	case ast.SearchPath:
		return Anything
	case ast.List:
		return List
	case ast.AttrSet:
		return Set
	case ast.Lambda:
		return Function
	case ast.HasAttr:
		return Bool
	case ast.Let:
		return g.kinds(ast.LetExpr{Node: n}.Body())
	case ast.With:
		return g.kinds(ast.WithExpr{Node: n}.Body())
	case ast.Assert:
		return g.kinds(ast.AssertExpr{Node: n}.Body())
	case ast.If:
		i := ast.IfExpr{Node: n}
		then, otherwise := g.kinds(i.Then()), g.kinds(i.Else())
		if g.undecided(i.Cond()) {
			return then | otherwise
		}
		return then & otherwise
	case ast.Unary:
		if n.Op() == ast.OpNot {
			return Bool
		}
	case ast.Binary:
		return g.result(n)
	case ast.Select:
		if _, _, known := g.function(n); known {
			return Function
		}
		of := n.FirstChild().Unparen()
		if b := g.names.Resolve(of); g.kinds(of) == Anything || b != nil && b.Kind == sema.AtBinding {
			return Anything
		}
	case ast.Apply:
		return g.call(n)
	}
	return 0
}

// undecided reports whether a condition surely is not known.
func (g *gate) undecided(n ast.Node) bool {
	n = n.Unparen()
	switch n.Kind() {
	case ast.Unary:
		return n.Op() == ast.OpNot && g.undecided(n.FirstChild())
	case ast.HasAttr:
		return g.kinds(n.FirstChild()) == Anything
	case ast.Binary:
		a, b := n.FirstChild(), n.Child(1)
		switch n.Op() {
		case ast.OpEq, ast.OpNeq:
			return g.kinds(a) == Anything || g.kinds(b) == Anything
		case ast.OpAnd, ast.OpOr, ast.OpImpl:
			return g.undecided(a) && g.undecided(b)
		}
		return false
	}
	return g.kinds(n) == Anything
}

func (g *gate) result(n ast.Node) Kinds {
	switch n.Op() {
	case ast.OpConcat:
		return List
	case ast.OpUpdate:
		return Set
	case ast.OpAdd:
		left := g.kinds(n.FirstChild())
		if left == Anything {
			return numbers | String | Path
		}
		return left & (String | Path)
	case ast.OpSub, ast.OpMul, ast.OpDiv:
		return g.kinds(n.FirstChild()) & g.kinds(n.Child(1)) & numbers
	case ast.OpPipeInto, ast.OpPipeFrom:
		return 0
	}
	return Bool
}

// ident returns what a name can be.
func (g *gate) ident(n ast.Node) Kinds {
	u, ok := g.names.Use(n)
	if !ok {
		return 0
	}
	switch u.Target {
	case sema.ToGlobal:
		switch text := n.Text(); text {
		case "true", "false":
			return Bool
		case "null":
			return Null
		case "builtins":
			return Set
		default:
			if b := sema.LookupBuiltin(text); b != nil && b.Args > 0 {
				return Function
			}
			return 0
		}
	case sema.ToWith:
		if _, _, known := g.function(n); known {
			return Function
		}
		for s := u.Scope; ; {
			scope := g.names.Scope(s)
			if !scope.Node.IsValid() {
				return Anything
			}
			if scope.Node.Is(ast.With) && g.kinds(ast.WithExpr{Node: scope.Node}.Env()) != Anything {
				return 0
			}
			s = scope.Parent
		}
	case sema.ToBinding:
		switch b := g.names.Binding(u.Binding); b.Kind {
		case sema.ParamBinding, sema.FormalBinding:
			return Anything
		case sema.AtBinding:
			return Set
		default:
			return g.bound(u.Binding, b)
		}
	}
	return 0
}

// bound returns what a name of a let or of a recursive set can be.
func (g *gate) bound(id sema.BindingID, b *sema.Binding) Kinds {
	if k := g.memo[id]; k&seenName != 0 {
		return k &^ seenName
	}
	if g.deep >= maxNamed {
		return 0
	}
	k, left := Kinds(0), g.left
	g.deep++
	switch in, inherited := ast.AsInherit(b.Decl); {
	case inherited && in.From().IsValid():
		if _, lib := libIndex[b.Name]; lib {
			k = Function
		} else if g.left = maxGated; g.kinds(in.From()) == Anything {
			k = Anything
		}
	case b.More:
	case b.Value.IsValid():
		g.memo[id] = seenName
		g.left = maxGated
		k = g.kinds(b.Value)
	}
	g.deep--
	g.memo[id], g.left = k|seenName, left
	return k
}

// call returns what a call can give.
func (g *gate) call(n ast.Node) Kinds {
	fn, args := n, 0
	var first ast.Node
	for fn.Is(ast.Apply) {
		first = fn.Child(1)
		fn, args = fn.FirstChild().Unparen(), args+1
	}
	name, f, known := g.function(fn)
	if byName[ast.LastName(fn)] != 0 {
		return 0
	}
	if !known {
		if b, ok := builders[ast.LastName(fn)]; ok && args < b.args {
			return 0
		}
		if g.kinds(fn) == Anything {
			return Anything
		}
		return 0
	}
	switch name {
	case "throw", "abort":
		return Anything // it gives nothing that something is asked of
	case "import":
		if g.kinds(first) == Anything {
			return Anything
		}
		return 0
	case "toString", "toJSON", "readFile", "baseNameOf":
		if args == 1 {
			return String
		}
		return 0
	case "isNull", "pathExists":
		if args == 1 {
			return Bool
		}
		return 0
	}
	switch {
	case args < f.arity():
		return Function
	case f.single && f.gives == 0:
		return Anything
	case args == f.arity():
		return f.gives
	}
	return 0
}
