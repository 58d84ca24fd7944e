package query

import (
	"cmp"
	"path/filepath"
	"strconv"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/pattern"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/role"
	"github.com/nixsift/nixsift/internal/sema"
)

// fuelOfValue is what the evaluator may take for one question.
const fuelOfValue = 1 << 16

// About is a file as conditions see it.
type About interface {
	// Names are those of the file.
	Names() *sema.Info
	// Path is the absolute path of the file, Name the one that conditions compare, with slashes.
	Path() string
	Name() string
	// Value returns what the evaluator knows of the expression at a span.
	Value(at source.Span) *eval.Value
	// View is the project around the file, Modules are those in it, and Shape is what it says of its role. They are asked of files whose
	// condition is about the project.
	View() *project.View
	Modules() *module.File
	Shape() role.Shape
}

// Judge says of matches in a file whether conditions hold for them. It dies with the file.
type Judge struct {
	in       About
	names    *sema.Info
	defs     *definitions // once they are asked for
	followed int          // nodes that were looked through for what code depends on
}

// NewJudge returns the judge of a file.
func NewJudge(in About) *Judge { return &Judge{in: in, names: in.Names()} }

// Of says whether a condition holds for a match.
func (j *Judge) Of(w *Where, m *pattern.Match) Verdict {
	a := asked{j, m}
	return a.anyOf(w.cond)
}

// asked is what conditions are asked of.
type asked struct {
	*Judge
	match *pattern.Match
}

func (a *asked) anyOf(x *anyOf) Verdict {
	var open []Verdict
	for _, all := range x.All {
		switch v := a.allOf(all); {
		case !v.Settled:
			open = append(open, v)
		case v.Holds:
			return v
		}
	}
	return decided(true, open)
}

func (a *asked) allOf(x *allOf) Verdict {
	var open []Verdict
	for _, c := range x.Parts {
		v := a.condition(c)
		if len(c.Not)%2 == 1 {
			v = v.not()
		}
		switch {
		case !v.Settled:
			open = append(open, v)
		case !v.Holds:
			return v
		}
	}
	return decided(false, open)
}

func (a *asked) condition(c *condition) Verdict {
	switch {
	case c.Group != nil:
		return a.anyOf(c.Group)
	case c.File != nil:
		return a.file(c.File)
	}
	return settled(a.holds(c))
}

// holds tells of a condition that the file alone decides.
func (a *asked) holds(c *condition) bool {
	switch {
	case c.Near != nil && c.Near.Where == "inside":
		return a.inside(c.Near.pattern)
	case c.Near != nil:
		return a.has(c.Near.pattern)
	case c.Path != nil:
		ok, _ := doublestar.Match(c.Path.Text.text(), a.in.Name())
		return ok
	case c.Model != nil:
		return a.model(c.Model)
	case c.Needs != nil:
		return a.needs(a.capture(c.Needs.Var), c.Needs.path)
	case c.Text != nil:
		text := a.capture(c.Text.Var).Text()
		switch c.Text.Op {
		case "=~":
			return c.Text.re.MatchString(text)
		case "==":
			return text == c.Text.With.text()
		}
		return text != c.Text.With.text()
	case c.Value != nil:
		return a.ofValue(c.Value)
	case c.Means != nil:
		return a.means(a.capture(c.Means.Var), c.Means.pattern)
	case c.Is != nil:
		return a.is(a.capture(c.Is.Var), kinds[c.Is.Kind.Text])
	}
	return c.Equal.With.isCode(a.capture(c.Equal.Var)) == (c.Equal.Op == "==")
}

func (a *asked) ofValue(x *valueTest) bool {
	v := a.value(a.capture(x.Var))
	switch {
	case x.re != nil:
		text, ok := v.Text()
		return ok && v.Surely(eval.String) && x.re.MatchString(text)
	case x.Op[0] == '<' || x.Op[0] == '>':
		return x.With.compares(v, x.Op)
	}
	same, known := x.With.isValue(v)
	return known && same == (x.Op == "==")
}

func (a *asked) capture(n name) pattern.Capture {
	c, _ := a.match.Var(n.Text[1:])
	return c
}

// inside reports whether something around the match is what a pattern matches, with the same metavariables.
func (a *asked) inside(p *pattern.Pattern) bool {
	for n := range a.match.Node.Ancestors() {
		if n.Is(ast.Paren) {
			continue
		}
		if _, ok := p.Beside(a.names, n, a.match); ok {
			return true
		}
	}
	return false
}

// has reports whether something in the match is what a pattern matches, with the same metavariables.
func (a *asked) has(p *pattern.Pattern) bool {
	for n := range a.match.Node.Descendants() {
		if n == a.match.Node || n.Is(ast.Paren) || !a.match.Span.Covers(n.Span()) {
			continue
		}
		if _, ok := p.Beside(a.names, n, a.match); ok {
			return true
		}
	}
	return false
}

// isCode reports whether code is a literal of that value, in any spelling.
func (l literal) isCode(c pattern.Capture) bool {
	n := c.Node.Unparen()
	switch {
	case l.String != nil:
		text, ok := ast.ConstantText(n)
		if !ok {
			text, ok = ast.StringValue(n)
		}
		return ok && text == l.String.text()
	case l.Int != nil:
		if n.Is(ast.Unary) && n.Op() == ast.OpNeg {
			v, ok := ast.IntValue(n.FirstChild().Unparen())
			return ok && -v == *l.Int
		}
		v, ok := ast.IntValue(n)
		return ok && v == *l.Int
	case l.Float != nil:
		v, err := strconv.ParseFloat(c.Text(), 64)
		return err == nil && n.Is(ast.Float) && v == *l.Float
	}
	return n.Is(ast.Ident) && n.Text() == l.Word
}

// isValue compares with what the evaluator knows; known is false where that does not suffice.
func (l literal) isValue(v *eval.Value) (same, known bool) {
	k := v.Kinds()
	if k&eval.Failures != 0 && v.Fails() {
		return false, false
	}
	switch {
	case l.String != nil:
		if text, ok := v.Text(); ok && v.Surely(eval.String) {
			return text == l.String.text(), true
		}
		return false, !mayBe(k, eval.String)
	case l.Int != nil:
		if i, ok := v.Int(); ok {
			return i == *l.Int, true
		}
		return false, !mayBe(k, eval.Int|eval.Float)
	case l.Float != nil:
		return false, !mayBe(k, eval.Int|eval.Float)
	case l.Word == "null":
		return v.Surely(eval.Null), v.Surely(eval.Null) || !mayBe(k, eval.Null)
	}
	if b, ok := v.Bool(); ok {
		return b == (l.Word == "true"), true
	}
	return false, !mayBe(k, eval.Bool)
}

// compares reports whether the value is known to be an integer that compares so with the literal.
func (l literal) compares(v *eval.Value, op string) bool {
	i, ok := v.Int()
	if !ok {
		return false
	}
	if l.Int != nil {
		return ordered(cmp.Compare(i, *l.Int), op)
	}
	return ordered(cmp.Compare(float64(i), *l.Float), op)
}

// maxAliases bounds the names that are followed to what they stand for.
const maxAliases = 16

// means reports whether code is a name or selection that a pattern matches, or a name that let binds to such.
func (a *asked) means(c pattern.Capture, p *pattern.Pattern) bool {
	n := c.Node.Unparen()
	for range maxAliases {
		if !n.IsValid() {
			return false
		}
		if m, ok := p.At(a.names, n); ok && !m.Possible {
			return true
		}
		b := a.names.Resolve(n)
		if b == nil || !b.Value.IsValid() {
			return false
		}
		n = b.Value.Unparen()
	}
	return false
}

func mayBe(k, of eval.Kinds) bool { return k&of != 0 }

// is reports whether code surely has a kind.
func (a *asked) is(c pattern.Capture, k eval.Kinds) bool {
	n := c.Node.Unparen()
	if n.IsValid() {
		switch n.Kind() {
		case ast.List:
			return k == eval.List
		case ast.AttrSet:
			return k == eval.Set
		case ast.String, ast.IndString, ast.URI:
			return k == eval.String
		case ast.Lambda:
			return k == eval.Function
		case ast.Int:
			return k == eval.Int
		case ast.Float:
			return k == eval.Float
		case ast.Path, ast.SearchPath:
			return k == eval.Path
		}
	}
	return a.value(c).Surely(k)
}

// value returns what the evaluator knows of code.
func (a *asked) value(c pattern.Capture) *eval.Value {
	if c.InPieces() || c.Many() || c.Span.Len() == 0 {
		return eval.Unknown()
	}
	span := c.Span
	if c.Node.IsValid() {
		span = c.Node.Unparen().Span()
	}
	return a.in.Value(span)
}

// read is a file that a query has read.
type read struct {
	names   *sema.Info
	path    string // absolute
	name    string
	view    *project.View
	code    *eval.Code // once it is asked for
	ready   bool
	modules *module.File
}

func (r *read) Names() *sema.Info { return r.names }

func (r *read) Path() string { return r.path }

func (r *read) Name() string { return r.name }

func (r *read) View() *project.View { return r.view }

func (r *read) Modules() *module.File {
	if r.modules == nil {
		r.modules = module.AnalyzeFile(r.names.Tree(), r.names)
	}
	return r.modules
}

func (r *read) Shape() role.Shape { return role.Classify(r.path, r.names.Tree(), r.Modules()) }

func (r *read) Value(at source.Span) *eval.Value {
	if !r.ready {
		r.ready = true
		if f := r.view.File(r.path); f != nil {
			r.code = f.Code()
		}
	}
	if r.code == nil {
		return eval.Unknown()
	}
	e, ok := r.code.At(at)
	if !ok {
		return eval.Unknown()
	}
	ev := eval.NewEvaluation()
	ev.Fuel, ev.Import = fuelOfValue, r.view.Imported
	return ev.Ask(eval.NewScopes(r.code, nil).Within(e))
}

// nameIn returns the path of a file as conditions compare it: relative to a folder, with slashes.
func nameIn(dir, path string) string {
	if rel, err := filepath.Rel(dir, path); err == nil {
		path = rel
	}
	return filepath.ToSlash(path)
}
