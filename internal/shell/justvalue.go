package shell

// A justValue is a text that an expression of just may have.
type justValue struct {
	text  textBuilder
	exprs []expr
	src   int // where it begins
}

// then returns the value with another one behind it.
func (v justValue) then(o justValue) justValue {
	var b textBuilder
	out := justValue{src: v.src}
	for _, part := range []justValue{v, o} {
		base, text := b.text.Len(), part.text.text.String()
		for i, piece := range part.text.pieces {
			end := len(text)
			if i+1 < len(part.text.pieces) {
				end = part.text.pieces[i+1].dst
			}
			b.add(text[piece.dst:end], piece.src, piece.m)
		}
		for _, e := range part.exprs {
			e.start, e.end = e.start+base, e.end+base
			out.exprs = append(out.exprs, e)
		}
	}
	out.text = b
	return out
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
	for _, a := range left {
		for _, b := range right {
			head := a
			if between != "" {
				slash := justValue{src: b.src}
				slash.text.add(between, b.src, 0)
				head = head.then(slash)
			}
			out = append(out, head.then(b))
		}
	}
	return fewValues(out)
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
		return []justValue{{text: t.pieces, exprs: t.exprs, src: t.start + 1}}
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
		v := justValue{src: t.start, exprs: []expr{{start: 0, end: len(t.text), name: "inputs." + t.text}}}
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
