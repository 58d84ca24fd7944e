package eval

import (
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/arena"
	"github.com/nixsift/nixsift/internal/attrs"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// maxLowering bounds the depth of expressions inside each other; what lies deeper is unknown.
const maxLowering = 1500

// Lower makes the code of a file that parses; nil where Nix refuses it. filePath is where it lies, absolute, and may be
// empty: relative paths are unknown then. names are those of the tree, or nil: then nothing is taken for nixpkgs' lib.
func Lower(t *ast.Tree, filePath string, names *sema.Info) *Code {
	l := lowerers.Get().(*lowerer)
	defer lowerers.Put(l)
	code := l.file(t, filePath, names)
	if code != nil {
		code = code.keep()
	}
	l.reset()
	return code
}

// LowerBroken does what Lower does for a file that Nix may refuse: what Nix does not read, or finds no meaning for, is unknown.
// It is nil where nothing is known at all. refused says that Lower has none.
func LowerBroken(t *ast.Tree, filePath string, names *sema.Info) (code *Code, refused bool) {
	l := lowerers.Get().(*lowerer)
	defer lowerers.Put(l)
	if code = l.broken(t, filePath, names); code != nil {
		code = code.keep()
	}
	refused = code == nil || l.refused || l.errors
	l.reset()
	return code, refused
}

var lowerers = sync.Pool{New: func() any { return new(lowerer) }}

// file lowers a file. What it returns holds until reset, and refers to the text.
func (l *lowerer) file(t *ast.Tree, filePath string, names *sema.Info) *Code {
	if t.Root().HasError() {
		return nil
	}
	code := l.broken(t, filePath, names)
	if l.refused {
		return nil
	}
	return code
}

// broken lowers a file that Nix may refuse.
func (l *lowerer) broken(t *ast.Tree, filePath string, names *sema.Info) *Code {
	prepare()
	l.names, l.errors = names, t.Root().HasError()
	code := &l.code
	code.Path, code.exprs = filePath, append(code.exprs, expr{})
	code.root = l.expr(t.Expr())
	if code.unsafe {
		return nil
	}
	code.defined, code.located = sync.OnceValue(code.define), sync.OnceValue(code.locate)
	return code
}

// maxReused is the number of expressions of a file up to which the memory that lowering it took is used again.
const maxReused = 1 << 16

// reset takes back what was lowered.
func (l *lowerer) reset() {
	if cap(l.code.exprs) > maxReused {
		*l = lowerer{}
		return
	}
	c := &l.code
	clear(c.mayMiss)
	clear(c.consts)
	clear(c.symbols)
	clear(c.paths)
	clear(c.lambdas)
	clear(c.sets)
	*c = Code{
		exprs: c.exprs[:0], kids: c.kids[:0], consts: c.consts[:0], symbols: c.symbols[:0], paths: c.paths[:0], lambdas: c.lambdas[:0],
		sets: c.sets[:0], mayMiss: c.mayMiss,
	}
	l.merger.Reset()
	l.values.Reset()
	l.attrs.Reset()
	l.dynamics.Reset()
	l.formals.Reset()
	l.refs.Reset()
	l.texts.Reset()
	l.names, l.depth, l.numbered, l.refused, l.errors = nil, 0, 0, false, false
	clear(l.scopes[:cap(l.scopes)])
	l.scopes, l.kids = l.scopes[:0], l.kids[:0]
}

// lowerer makes code of one file after the other, in the same memory.
type lowerer struct {
	names    *sema.Info
	code     Code
	scopes   []scope
	kids     []uint32 // operands that wait for the others of their expression
	merger   attrs.Merger
	values   arena.Pool[Value]
	attrs    arena.Pool[attrCode]
	dynamics arena.Pool[dynamicCode]
	formals  arena.Pool[formalCode]
	refs     arena.Pool[Expr]
	texts    arena.Pool[string]
	depth    int
	numbered uint32 // lets and recursive sets
	refused  bool
	errors   bool // the tree has some
}

func (l *lowerer) add(n ast.Node, x expr) Expr {
	x.start, x.end = n.Start(), n.End()
	l.code.exprs = append(l.code.exprs, x)
	return Expr(len(l.code.exprs) - 1)
}

// wait notes an operand, and operands stores those from one on, and returns where they lie.
func (l *lowerer) wait(e Expr) { l.kids = append(l.kids, uint32(e)) }

func (l *lowerer) operands(first int) (from, to uint32) {
	from = uint32(len(l.code.kids))
	l.code.kids = append(l.code.kids, l.kids[first:]...)
	l.kids = l.kids[:first]
	return from, uint32(len(l.code.kids))
}

// text lowers a part of a text.
func (l *lowerer) text(n ast.Node, s string) Expr { return l.payload(n, Value{kinds: String, text: s}) }

// payload lowers a constant.
func (l *lowerer) payload(n ast.Node, v Value) Expr {
	p := l.values.One()
	*p = v
	return l.constant(n, p)
}

func (l *lowerer) constant(n ast.Node, v *Value) Expr {
	l.code.consts = append(l.code.consts, v)
	return l.add(n, expr{op: opConst, a: uint32(len(l.code.consts) - 1)})
}

func (l *lowerer) unknown(n ast.Node) Expr {
	if !n.IsValid() { // of a broken file
		l.code.exprs = append(l.code.exprs, expr{})
		return Expr(len(l.code.exprs) - 1)
	}
	return l.add(n, expr{op: opUnknown})
}

func (l *lowerer) expr(n ast.Node) Expr {
	n = n.Unparen()
	if l.depth++; l.depth > maxLowering {
		l.depth--
		return l.unknown(n)
	}
	e := Expr(0)
	if l.errors && (!n.IsValid() || n.Is(ast.Lambda) && n.FirstChild().HasError()) {
		e = l.unknown(n)
	} else {
		e = l.lower(n)
	}
	l.depth--
	return e
}

func (l *lowerer) lower(n ast.Node) Expr {
	switch n.Kind() {
	case ast.Ident:
		if f, ok := l.meansLib(n); ok {
			return f
		}
		return l.variable(n, n.Text())
	case ast.Int:
		if i, ok := ast.IntValue(n); ok {
			return l.payload(n, Value{kinds: Int, num: i})
		}
	case ast.Float:
		if f, err := strconv.ParseFloat(n.Text(), 64); err == nil {
			return l.payload(n, Value{kinds: Float, real: f})
		}
	case ast.URI:
		return l.text(n, n.Text())
	case ast.String, ast.IndString:
		return l.str(n)
	case ast.Path:
		return l.path(n)
	case ast.List:
		first := len(l.kids)
		for c := range n.Children() {
			l.wait(l.expr(c))
		}
		from, to := l.operands(first)
		return l.add(n, expr{op: opList, a: from, b: to})
	case ast.AttrSet:
		return l.set(n)
	case ast.LegacyLet: // (rec { … }).body
		set := l.set(n)
		from := uint32(len(l.code.paths))
		l.code.paths = append(l.code.paths, attrName{sym: "body", start: n.Start(), end: n.End()})
		return l.add(n, expr{op: opSelect, a: uint32(set), b: from, c: from + 1})
	case ast.Let:
		return l.let(ast.LetExpr{Node: n})
	case ast.Select:
		if f, ok := l.meansLib(n); ok {
			return f
		}
		return l.selection(ast.SelectExpr{Node: n})
	case ast.HasAttr:
		h := ast.HasAttrExpr{Node: n}
		operand := l.expr(h.Operand())
		from, to := l.attrpath(h.Attrpath())
		l.missing(from, to)
		return l.add(n, expr{op: opHasAttr, a: uint32(operand), b: from, c: to})
	case ast.Apply:
		return l.call(n)
	case ast.Unary:
		o := opNot
		if n.Op() == ast.OpNeg {
			o = opNeg
		}
		return l.add(n, expr{op: o, a: uint32(l.expr(n.FirstChild()))})
	case ast.Binary:
		return l.binary(ast.BinaryExpr{Node: n})
	case ast.If:
		i := ast.IfExpr{Node: n}
		return l.add(n, expr{op: opIf, a: uint32(l.expr(i.Cond())), b: uint32(l.expr(i.Then())), c: uint32(l.expr(i.Else()))})
	case ast.With:
		w := ast.WithExpr{Node: n}
		env := l.expr(w.Env())
		l.scopes = append(l.scopes, scope{with: true})
		body := l.expr(w.Body())
		l.scopes = l.scopes[:len(l.scopes)-1]
		return l.add(n, expr{op: opWith, a: uint32(env), b: uint32(body)})
	case ast.Assert:
		a := ast.AssertExpr{Node: n}
		return l.add(n, expr{op: opAssert, a: uint32(l.expr(a.Cond())), b: uint32(l.expr(a.Body()))})
	case ast.Lambda:
		return l.lambda(ast.LambdaExpr{Node: n})
	}
	return l.unknown(n) // <nixpkgs> and what Nix would not parse
}

// selection lowers a.b.c, with a default or without.
func (l *lowerer) selection(s ast.SelectExpr) Expr {
	operand := l.expr(s.Operand())
	l.code.exprs[operand].asked = true
	from, to := l.attrpath(s.Attrpath())
	if l.names != nil && nixlang.IsLib(l.names, s.Operand()) {
		l.code.paths[to-1].named = 0 // lib has no packages
	}
	x := expr{op: opSelect, a: uint32(operand), b: from, c: to}
	if d := s.Default(); d.IsValid() {
		x.d = uint32(l.expr(d))
		l.missing(from, to)
	}
	return l.add(s.Node, x)
}

// missing notes the names of a path that a set may lack.
func (l *lowerer) missing(from, to uint32) {
	for _, p := range l.code.paths[from:to] {
		if p.dyn == 0 {
			if l.code.mayMiss == nil {
				l.code.mayMiss = map[string]bool{}
			}
			l.code.mayMiss[p.sym] = true
		}
	}
}

func (l *lowerer) call(n ast.Node) Expr {
	fn, args := ast.Call(n)
	first := len(l.kids)
	l.wait(l.expr(fn))
	for _, a := range args {
		l.wait(l.expr(a))
	}
	from, to := l.operands(first)
	return l.add(n, expr{op: opCall, a: from, b: to, d: l.builder(fn)})
}

var binaryOps = map[ast.Op]op{
	ast.OpEq: opEq, ast.OpNeq: opNeq, ast.OpLess: opLess, ast.OpGreater: opGreater, ast.OpLessEq: opLessEq,
	ast.OpGreaterEq: opGreaterEq, ast.OpAnd: opAnd, ast.OpOr: opOr, ast.OpImpl: opImpl, ast.OpUpdate: opUpdate, ast.OpAdd: opAdd,
	ast.OpSub: opSub, ast.OpMul: opMul, ast.OpDiv: opDiv, ast.OpConcat: opConcatLists,
}

func (l *lowerer) binary(b ast.BinaryExpr) Expr {
	if b.IsCall() {
		return l.call(b.Node)
	}
	o, ok := binaryOps[b.Op()]
	if !ok {
		return l.unknown(b.Node)
	}
	return l.add(b.Node, expr{op: o, a: uint32(l.expr(b.Left())), b: uint32(l.expr(b.Right()))})
}

// operatorNames are the names that Nix's parser writes for operators and <…>: whoever binds them changes those.
var operatorNames = map[string]bool{"__sub": true, "__mul": true, "__div": true, "__lessThan": true, "__nixPath": true, "__findFile": true}

// variable lowers the use of a name.
func (l *lowerer) variable(n ast.Node, name string) Expr {
	if name == "__curPos" {
		return l.constant(n, join(nullValue, setValue(position)))
	}
	withs := false
	for i := len(l.scopes) - 1; i >= 0; i-- {
		s := &l.scopes[i]
		if s.with {
			withs = true
			continue
		}
		if slot, ok := s.slot(name); ok {
			return l.add(n, expr{op: opVar, a: uint32(len(l.scopes) - 1 - i), b: slot, c: s.set})
		}
	}
	switch {
	case name == "builtins":
		return l.add(n, expr{op: opBuiltins})
	case name == "true" || name == "false":
		return l.constant(n, boolValue(name == "true"))
	case name == "null":
		return l.constant(n, nullValue)
	case sema.IsGlobal(name):
		if i, ok := builtinIndex[strings.TrimPrefix(name, "__")]; ok {
			return l.add(n, expr{op: opGlobal, a: i})
		}
	case withs:
		l.code.symbols = append(l.code.symbols, name)
		return l.add(n, expr{op: opWithVar, a: uint32(len(l.code.symbols) - 1), b: byName[name]})
	default:
		l.refused = true // nothing binds it
	}
	return l.unknown(n)
}

// attrpath lowers a path of selections and returns where its parts lie.
func (l *lowerer) attrpath(p ast.AttrpathNode) (from, to uint32) {
	n, computed := 0, false
	for part := range p.Children() {
		_, static := ast.AttrName(part)
		n, computed = n+1, computed || !static
	}
	if !computed {
		from = uint32(len(l.code.paths))
		for part := range p.Children() {
			l.code.paths = append(l.code.paths, l.attrName(part))
		}
		return from, uint32(len(l.code.paths))
	}
	parts := make([]attrName, 0, n) // in computed names, there are other paths
	for part := range p.Children() {
		parts = append(parts, l.attrName(part))
	}
	from = uint32(len(l.code.paths))
	l.code.paths = append(l.code.paths, parts...)
	return from, uint32(len(l.code.paths))
}

func (l *lowerer) attrName(part ast.Node) attrName {
	a := attrName{start: part.Start(), end: part.End()}
	if name, static := ast.AttrName(part); static {
		a.sym, a.named = name, byName[name]
		return a
	}
	if part.Is(ast.Interpolation) {
		a.dyn, a.nullable = l.expr(part.FirstChild()), true
	} else {
		a.dyn = l.expr(part)
	}
	return a
}

// maxIndented is the length of an indented string up to which its text is known.
const maxIndented = 200

// str lowers a string.
func (l *lowerer) str(n ast.Node) Expr {
	if n.Is(ast.IndString) && n.Span().Len() > maxIndented && !n.FirstChild().IsValid() {
		return l.constant(n, bare(String))
	}
	if text, ok := ast.StringValue(n); ok {
		return l.text(n, text)
	}
	first := len(l.kids)
	if n.Is(ast.IndString) && n.Span().Len() > maxIndented {
		// A script or a file: nothing goes by its text.
		l.wait(l.constant(n, bare(String)))
		for interp := range n.Children() {
			l.wait(l.expr(interp.FirstChild()))
		}
	} else if n.Is(ast.IndString) {
		for _, p := range ast.IndentedParts(n) {
			if p.Interp.IsValid() {
				l.wait(l.expr(p.Interp.FirstChild()))
			} else {
				l.wait(l.text(n, p.Text))
			}
		}
	} else {
		for p := range ast.Parts(n) {
			if p.IsText() {
				l.wait(l.text(n, ast.UnescapeString(p.Span.Of(n.Tree().Source()))))
			} else {
				l.wait(l.expr(p.Interp.FirstChild()))
			}
		}
	}
	from, to := l.operands(first)
	return l.add(n, expr{op: opConcat, a: from, b: to})
}

// path lowers a path literal: ./a, /a, ~/a, a/b, with interpolations or not.
func (l *lowerer) path(n ast.Node) Expr {
	first := len(l.kids)
	for p := range ast.Parts(n) {
		switch {
		case !p.IsText():
			if len(l.kids) == first {
				return l.unknown(n)
			}
			l.wait(l.expr(p.Interp.FirstChild()))
		case len(l.kids) == first:
			l.wait(l.constant(n, l.pathValue(p.Span.Of(n.Tree().Source()))))
		default:
			l.wait(l.text(n, p.Span.Of(n.Tree().Source())))
		}
	}
	if len(l.kids) == first+1 {
		only := Expr(l.kids[first])
		l.kids = l.kids[:first]
		return only
	}
	from, to := l.operands(first)
	return l.add(n, expr{op: opPathConcat, a: from, b: to})
}

// pathValue returns the value of the text of a path literal. One that ends in a slash, as before an interpolation, keeps it.
func (l *lowerer) pathValue(text string) *Value {
	switch {
	case strings.HasPrefix(text, "~"):
		return topValue // pure evaluation knows no home
	case !strings.HasPrefix(text, "/"):
		if l.code.Path == "" {
			return bare(Path)
		}
		text = filepath.ToSlash(filepath.Dir(l.code.Path)) + "/" + text
	}
	clean := path.Clean(text)
	if strings.HasSuffix(text, "/") && clean != "/" {
		clean += "/"
	}
	return pathValue(clean)
}

// set lowers a set literal.
func (l *lowerer) set(n ast.Node) Expr {
	m := l.merger.Merge(n)
	if !l.sound(m) {
		return l.unknown(n)
	}
	return l.setOf(n, &m.Set)
}

// sound reports whether what Nix makes of the bindings is known, and notes where it refuses them.
func (l *lowerer) sound(m *attrs.Merged) bool {
	for _, c := range m.Conflicts {
		l.refused = l.refused || !c.OldOnly
	}
	for s := range m.Walk() {
		for _, d := range s.Dynamic {
			if d.Lost {
				return false // versions of Nix differ
			}
		}
		for _, a := range s.Attrs {
			if a.From != nil && (a.From.Slot >= len(s.From) || s.From[a.From.Slot] != a.From.Expr) {
				return false
			}
			if s.Rec && a.Name == "__overrides" {
				return false // its attributes are names of the set, too
			}
		}
	}
	return true
}
