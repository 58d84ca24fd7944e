package ide

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/sema"
)

// Signature is a function and its arguments.
type Signature struct {
	Label      string
	Doc        string // in Markdown
	Parameters []Parameter
	Active     int // which of the parameters is written at the cursor; -1 for none
}

// Parameter is an argument of a function: where it stands in the label of the signature, in bytes.
type Parameter struct {
	Start, End int
	Doc        string // in Markdown
}

// Signature returns what is known of the functions that the call around an offset may be of, by the argument that stands there, or
// would if it were written; nothing where there is no call, or it has all arguments that the function is known to take.
func (v *View) Signature(offset uint32) []Signature {
	for _, at := range v.callsAround(offset) {
		if found := v.signatures(at); len(found) > 0 {
			return found
		}
	}
	return nil
}

// argument is a place for an argument of a call.
type argument struct {
	fn ast.Node
	n  int // of the argument, from 0
	// set is the set that is the argument, with the cursor in it; name is that of the attribute there, "" for a new one. Deep is set
	// where the cursor is in the value of that.
	set  ast.Node
	name string
	deep bool
}

// callsAround returns the arguments at an offset, the innermost first.
func (v *View) callsAround(offset uint32) (out []argument) {
	if offset == 0 {
		return nil
	}
	prev := v.tree.TokenAt(offset - 1)
	if prev.Kind().IsComment() && (prev.Kind() == ast.TokLineComment || prev.Span().End > offset) {
		return nil
	}
	if isTrivia(prev.Kind()) || prev.Span().Len() == 0 {
		prev = prev.PrevSignificant()
	}
	if !prev.IsValid() {
		return nil
	}
	n := v.tree.NodeAt(prev.Span())
	if prev.Span().End < offset {
		if at, ok := nextArgument(n, prev); ok {
			out = append(out, at)
		}
		for n.IsValid() && n.End() <= offset && !isOpen(n) {
			n = n.Parent()
		}
	}
	return append(out, argumentsAround(n, offset)...)
}

// isOpen reports whether a set, list or parenthesis lacks its end.
func isOpen(n ast.Node) bool {
	switch n.Kind() {
	case ast.AttrSet:
		return n.LastToken().Kind() != ast.TokRBrace
	case ast.List:
		return n.LastToken().Kind() != ast.TokRBracket
	case ast.Paren:
		return n.LastToken().Kind() != ast.TokRParen
	}
	return false
}

// nextArgument returns the place for one more argument behind a token, which a node has for its last.
func nextArgument(n ast.Node, prev ast.Token) (at argument, ok bool) {
	for up := n.Parent(); up.IsValid() && up.LastToken() == prev && (up.Is(ast.Attrpath) || up.Is(ast.Select) || up.Is(ast.Apply)); up = up.Parent() {
		n = up
	}
	if !n.Is(ast.Ident) && !n.Is(ast.Select) && !n.Is(ast.Paren) && !n.Is(ast.Apply) || n.Parent().Is(ast.List) {
		return at, false
	}
	fn, args := ast.Call(n)
	return argument{fn: fn, n: len(args)}, true
}

// argumentsAround returns the arguments that a node is a part of, the innermost first. In functions and lets that stand in an argument,
// and in its definitions, the call around is not what is written.
func argumentsAround(n ast.Node, offset uint32) (out []argument) {
	at := argument{}
	switch n.Kind() {
	case ast.Lambda, ast.Let, ast.With, ast.Assert, ast.Interpolation:
		return nil
	case ast.Binding:
		if offset < n.End() {
			at.name, at.deep = (ast.BindingNode{Node: n}).Attrpath().FirstName(), true
		}
	}
	for range maxSteps {
		up := n.Parent()
		if n.Is(ast.AttrSet) && n.Start() < offset && (offset < n.End() || isOpen(n)) {
			at.set = n
		}
		switch {
		case up.Is(ast.Apply) && n != up.FirstChild():
			fn, args := ast.Call(up)
			at.fn, at.n = fn, len(args)-1
			out = append(out, at)
			if at.deep {
				return out
			}
			at = argument{}
		case up.Is(ast.Binding):
			at.name = (ast.BindingNode{Node: up}).Attrpath().FirstName()
			at.deep = at.deep || !n.Is(ast.Attrpath)
		case up.Is(ast.AttrSet), up.Is(ast.Paren), up.Is(ast.Attrpath), up.Is(ast.Inherit):
		case at.deep:
			return out
		case up.Is(ast.Apply), up.Is(ast.List), up.Is(ast.Binary), up.Is(ast.Unary), up.Is(ast.If), up.Is(ast.Select), up.Is(ast.HasAttr):
			at = argument{}
		default:
			return out
		}
		n = up
	}
	return out
}

// signatures returns the functions that an argument may be one of.
func (v *View) signatures(at argument) []Signature {
	name := at.fn
	if sel, ok := ast.AsSelect(at.fn); ok {
		name = sel.Attrpath().Last()
	}
	if at.set.IsValid() {
		if f := v.calledWith(at.set); f != nil {
			head := name.Text()
			if call, ok := ast.AsApply(at.set.OutsideParens().Parent()); ok && v.packaged(call) != nil {
				_, args := ast.Call(call.Func())
				head = args[len(args)-1].Unparen().Text()
			} else if at.n > 0 {
				head += " …"
			}
			return v.ofCode(head, f, at, 0)
		}
	}
	if b := v.builtin(name); b != "" {
		return ofDoc(qualified(b), builtinDocs[b], at, at.n)
	}
	if path := v.libPath(name); path != "" {
		return ofDoc("lib."+path, builtinDoc{libArguments(path), libDoc(path).text}, at, at.n)
	}
	k, _ := v.known(at.fn)
	if !slices.ContainsFunc(k.Values, func(f eval.Fact) bool { return f.Function != nil }) {
		for _, o := range v.origins(name) {
			if of, ok := o.view.known(o.node); ok {
				k = of
				break
			}
		}
	}
	doc := ""
	if to := v.definitions(name); len(to) > 0 {
		doc = v.docAt(to[0])
	}
	var out []Signature
	for i := range k.Values {
		f := k.Values[i].Function
		if f == nil {
			continue
		}
		var found []Signature
		if f.Builtin == "" {
			found = v.ofCode(calledAs(name), f, at, at.n)
		} else if d, ok := builtinDocs[f.Builtin]; ok {
			found = ofDoc(qualified(f.Builtin), d, at, at.n+f.Given)
		} else {
			found = ofDoc(calledAs(name), builtinDoc{libArguments(f.Builtin), libDoc(f.Builtin).text}, at, at.n+f.Given)
		}
		for _, s := range found {
			if doc != "" {
				s.Doc = doc
			}
			out = append(out, s)
		}
	}
	return out
}

// calledAs returns the name of a function in a call; what is long is left out.
func calledAs(fn ast.Node) string {
	if fn.Is(ast.Ident) || fn.Is(ast.Name) {
		return fn.Text()
	}
	return "function"
}

// qualified returns the name by which a builtin is used.
func qualified(name string) string {
	if b := sema.LookupBuiltin(name); b != nil && b.Global {
		return name
	}
	return "builtins." + name
}

// signature puts a label together.
type signature struct {
	Signature
	b strings.Builder
}

func (s *signature) parameter(text, doc string) {
	s.Parameters = append(s.Parameters, Parameter{s.b.Len(), s.b.Len() + len(text), doc})
	s.b.WriteString(text)
}

// done returns the signature, if it has the active parameter.
func (s *signature) done(active int) []Signature {
	if active >= len(s.Parameters) {
		return nil
	}
	s.Label, s.Active = s.b.String(), active
	return []Signature{s.Signature}
}

// ofDoc returns the signature of a function by its documentation; n is the number of the argument. In a set, its attributes are what
// may be active.
func ofDoc(head string, doc builtinDoc, at argument, n int) []Signature {
	s := signature{Signature: Signature{Doc: doc.text}}
	s.b.WriteString(head)
	args := splitOutside(doc.args, ' ')
	if n >= len(args) {
		return nil
	}
	active, inSet := n, at.set.IsValid() && strings.HasPrefix(args[n], "{ ")
	if at.deep && !inSet {
		return nil
	}
	for i, arg := range args {
		s.b.WriteByte(' ')
		switch {
		case !inSet:
			s.parameter(arg, "")
		case i != n:
			s.b.WriteString(arg)
		default:
			active = -1
			s.b.WriteString("{ ")
			for j, a := range splitOutside(strings.TrimSuffix(strings.TrimPrefix(arg, "{ "), " }"), ',') {
				if j > 0 {
					s.b.WriteString(", ")
				}
				a = strings.TrimSpace(a)
				if name, _, _ := strings.Cut(a, " "); name == at.name && name != "" {
					active = j
				}
				s.parameter(a, "")
			}
			s.b.WriteString(" }")
		}
	}
	return s.done(active)
}

// splitOutside splits a text at a byte, but not within brackets of any kind or quotes.
func splitOutside(text string, at byte) (parts []string) {
	depth, from, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[' || c == '(':
			depth++
		case c == '}' || c == ']' || c == ')':
			depth--
		case c == at && depth == 0:
			if i > from {
				parts = append(parts, text[from:i])
			}
			from = i + 1
		}
	}
	if from < len(text) {
		parts = append(parts, text[from:])
	}
	return parts
}

// ofCode returns the signature of a function that code defines; n is the number of the argument.
func (v *View) ofCode(head string, f *eval.FunctionFact, at argument, n int) []Signature {
	o := v.openFile(f.File)
	if o == nil {
		return nil
	}
	l := o.lambdaOf(f.Span)
	s := signature{}
	s.b.WriteString(head)
	s.Doc = docOf(l)
	inSet, active := false, n
	var params []ast.Node
	for range maxSteps {
		fn, ok := ast.AsLambda(l.Unparen())
		if !ok {
			break
		}
		params = append(params, fn.Param())
		l = fn.Body()
	}
	if n >= len(params) {
		return nil
	}
	if at.set.IsValid() && params[n].Is(ast.Pattern) {
		inSet, active = true, -1
	} else if at.deep {
		return nil
	}
	for i, param := range params {
		s.b.WriteByte(' ')
		pattern := ast.PatternNode{Node: param}
		switch {
		case !param.Is(ast.Pattern) && inSet:
			s.b.WriteString(param.Text())
		case !param.Is(ast.Pattern):
			s.parameter(param.Text(), "")
		case inSet && i == n:
			for j, f := range formalTexts(pattern) {
				s.b.WriteString(f.before)
				if f.name == at.name && f.name != "" {
					active = j
				}
				if f.name != "" {
					s.parameter(f.text, f.doc)
				} else {
					s.b.WriteString(f.text)
				}
			}
			s.b.WriteString(" }")
		default:
			var b strings.Builder
			for _, f := range formalTexts(pattern) {
				b.WriteString(f.before + f.text)
			}
			if b.WriteString(" }"); inSet {
				s.b.WriteString(b.String())
			} else {
				s.parameter(b.String(), "")
			}
		}
	}
	return s.done(active)
}

// formalText is a formal as a signature has it; that of an ellipsis, or of no formals at all, has no name.
type formalText struct{ before, name, text, doc string }

// formalTexts returns the formals of a pattern as they are written, long defaults cut.
func formalTexts(p ast.PatternNode) (out []formalText) {
	before := "{ "
	for f := range p.Formals() {
		t := formalText{before: before, name: f.Name().Text(), text: f.Name().Text(), doc: docComment(f.Node)}
		if d := f.Default(); d.IsValid() {
			t.text += " ? " + inLine(d)
		}
		out = append(out, t)
		before = ", "
	}
	if p.HasEllipsis() {
		out = append(out, formalText{before: before, text: "..."})
	} else if len(out) == 0 {
		out = append(out, formalText{before: "{"})
	}
	return out
}
