package shell

// A justValue is a text that an expression of just may have. Nothing else has its parts, so that more can be put behind it.
type justValue struct {
	text  *textBuilder
	exprs []expr
	src   int // where it begins
}

// newJustValue returns a value with a text of its own.
func newJustValue(text *textBuilder, exprs []expr, src int) justValue {
	v := justValue{text: &textBuilder{}, src: src}
	v.add(justValue{text: text, exprs: exprs})
	return v
}

// add puts another value behind it.
func (v *justValue) add(o justValue) {
	base, text := v.text.text.Len(), o.text.text.String()
	for _, piece := range o.text.pieces {
		v.text.add(text[piece.dst:piece.dst+piece.n], piece.src, piece.m)
	}
	for _, e := range o.exprs {
		e.start, e.end = e.start+base, e.end+base
		v.exprs = append(v.exprs, e)
	}
}

// A justExpression reads an expression of just (just manual, "Grammar"): the texts that it may have, as far as they are known.
type justExpression struct {
	tokens []justToken
	at     int
	depth  int
}

// Bounds of the values of one expression and of its nesting.
const (
	maxJustValues = 16
	maxJustDepth  = 200
)

func (x *justExpression) kind() byte {
	if x.at < len(x.tokens) {
		return x.tokens[x.at].kind
	}
	return 0
}

// take goes behind a token of a kind, if it is the next.
func (x *justExpression) take(kind byte) bool {
	if x.kind() != kind {
		return false
	}
	x.at++
	return true
}

func (x *justExpression) expression() []justValue {
	if x.depth++; x.depth > maxJustDepth {
		x.at = len(x.tokens)
	}
	defer func() { x.depth-- }()
	if x.kind() == 'a' && x.tokens[x.at].text == "if" {
		return x.choice()
	}
	if x.kind() == '/' { // a path from the root
		x.at++
		x.expression()
		return nil
	}
	values := x.value()
	for {
		between := ""
		switch x.kind() {
		case '+':
		case '/':
			between = "/"
		case '&', '|': // one of the two
			if x.at++; !x.take(x.tokens[x.at-1].kind) {
				return nil
			}
			values = append(values, x.expression()...)
			return fewValues(values)
		default:
			return values
		}
		x.at++
		values = joinedValues(values, between, x.value())
	}
}

// joinedValues returns each of some values with each of others behind it.
func joinedValues(left []justValue, between string, right []justValue) (out []justValue) {
	if len(left)*len(right) > maxJustValues {
		return nil
	}
	for _, a := range left {
		for i, b := range right {
			v := a
			if i+1 < len(right) { // the last one takes it over: a copy for each of many operands would take long
				v = newJustValue(a.text, a.exprs, a.src)
			}
			v.text.add(between, b.src, 0)
			v.add(b)
			out = append(out, v)
		}
	}
	return out
}

// fewValues returns the values if there are not too many.
func fewValues(values []justValue) []justValue {
	if len(values) > maxJustValues {
		return nil
	}
	return values
}

// choice reads if A == B { C } else { D }.
func (x *justExpression) choice() (out []justValue) {
	x.at++
	x.expression()
	for x.kind() == '=' || x.kind() == '!' || x.kind() == '~' {
		x.at++
	}
	if x.kind() != '{' {
		x.expression()
	}
	if !x.take('{') {
		return nil
	}
	out = x.expression()
	if !x.take('}') {
		return nil
	}
	if x.kind() == 'a' && x.tokens[x.at].text == "else" {
		if x.at++; x.kind() == 'a' {
			return fewValues(append(out, x.choice()...))
		}
		if x.take('{') {
			out = append(out, x.expression()...)
			x.take('}')
		}
	}
	return fewValues(out)
}

// value reads a string, a name, a call, a command or an expression in parentheses.
func (x *justExpression) value() []justValue {
	if x.at >= len(x.tokens) {
		return nil
	}
	t := &x.tokens[x.at]
	x.at++
	switch t.kind {
	case '"':
		return []justValue{newJustValue(&t.pieces, t.exprs, t.start+1)}
	case '(':
		values := x.expression()
		if !x.take(')') {
			x.at = len(x.tokens)
		}
		return values
	case 'a':
		if x.kind() == '(' && x.tokens[x.at].bound {
			return x.called(t.text)
		}
		v := justValue{text: &textBuilder{}, src: t.start, exprs: []expr{{start: 0, end: len(t.text), name: "inputs." + t.text}}}
		v.text.add(t.text, t.start, len(t.text))
		return []justValue{v}
	}
	return nil
}

// called reads the arguments of a function. Of those of just only the ones with a default have a value that is written down.
func (x *justExpression) called(name string) (out []justValue) {
	x.at++
	for n := 0; x.at < len(x.tokens) && x.kind() != ')'; n++ {
		before := x.at
		values := x.expression()
		if n == 1 && (name == "env" || name == "env_var_or_default") {
			out = values
		}
		if !x.take(',') && x.kind() != ')' && x.at == before {
			x.at++
		}
		for x.kind() == '=' || x.kind() == '!' || x.kind() == '~' { // of assert
			x.at++
		}
	}
	x.take(')')
	return out
}
