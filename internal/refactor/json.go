package refactor

import (
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/nixlang"
)

// maxJSON bounds, in bytes, the JSON that is rewritten.
const maxJSON = 1 << 20

// fromJSON writes JSON as Nix: what is selected, or the text that fromJSON is called with.
func (p *place) fromJSON() []Change {
	if p.at.Len() > 1 {
		text := p.at.Of(p.Tree.Source())
		if c := text[0]; c != '{' && c != '[' || len(text) > maxJSON {
			return nil
		}
		out, ok := p.nixOf(text)
		if !ok {
			return nil
		}
		return []Change{replace("write the JSON as Nix", Rewrite, p.at, out)}
	}
	call, ok := ast.AsApply(p.up(ast.Apply))
	if !ok || nixlang.Builtin(p.Names, call.Func()) != "fromJSON" || call.Func().Encloses(p.node) == call.Arg().Encloses(p.node) {
		return nil
	}
	text, ok := ast.StringValue(call.Arg().Unparen())
	if !ok || len(text) > maxJSON || p.Tree.HasComment(call.Span()) {
		return nil
	}
	out, ok := p.nixOf(text)
	if !ok {
		return nil
	}
	level := nixlang.LevelSimple
	if out[0] == '-' {
		level = nixlang.LevelNeg
	} else if strings.IndexByte(`"[{`, out[0]) < 0 {
		level = nixlang.LevelSelect
	}
	return []Change{replace("write the JSON as Nix", Rewrite, call.Span(), nixlang.Splice(p.Tree, call.Span(), nixlang.Wrap(out, level, call.Node)))}
}

// nixOf returns JSON as Nix.
func (p *place) nixOf(text string) (string, bool) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	w := jsonWriter{d: d, multi: nixlang.HasBreak(strings.TrimSpace(text)), eol: nixlang.LineBreak(p.Tree.Source())}
	w.indent = nixlang.Indent(p.Tree, p.at.Start)
	w.step = step(w.indent)
	if w.value(0, false) != nil {
		return "", false
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return "", false
	}
	scope := nixlang.ScopeAt(p.Names, p.node)
	for _, name := range w.names {
		if nixlang.Hidden(p.Names, scope, name) {
			return "", false
		}
	}
	return w.b.String(), true
}

// jsonWriter writes what a decoder reads as Nix.
type jsonWriter struct {
	d                 *json.Decoder
	b                 strings.Builder
	multi             bool
	indent, eol, step string
	names             []string // true, false and null, as far as they are used
}

// errNoNix is the error of what Nix reads otherwise, or cannot write.
var errNoNix = errors.New("no Nix")

// maxNested bounds how deep JSON is.
const maxNested = 200

func (w *jsonWriter) value(depth int, inList bool) error {
	if depth > maxNested {
		return errNoNix
	}
	tok, err := w.d.Token()
	if err != nil {
		return err
	}
	switch v := tok.(type) {
	case json.Delim:
		if v == '{' {
			return w.object(depth)
		}
		return w.list(depth)
	case string:
		if strings.Contains(v, "\x00") {
			return errNoNix
		}
		w.b.WriteString(ast.QuoteString(v))
	case json.Number:
		text, ok := nixNumber(string(v))
		if !ok {
			return errNoNix
		}
		if inList && text[0] == '-' {
			text = "(" + text + ")"
		}
		w.b.WriteString(text)
	case bool:
		w.name(strconv.FormatBool(v))
	default:
		w.name("null")
	}
	return nil
}

func (w *jsonWriter) name(name string) {
	w.names = append(w.names, name)
	w.b.WriteString(name)
}

// newline starts a line, or leaves a blank where all is on one.
func (w *jsonWriter) newline(depth int) {
	if !w.multi {
		w.b.WriteByte(' ')
		return
	}
	w.b.WriteString(w.eol + w.indent + strings.Repeat(w.step, depth))
}

func (w *jsonWriter) object(depth int) error {
	w.b.WriteByte('{')
	seen := map[string]bool{}
	for w.d.More() {
		tok, err := w.d.Token()
		if err != nil {
			return err
		}
		key, ok := tok.(string)
		if !ok || seen[key] || strings.Contains(key, "\x00") {
			return errNoNix
		}
		seen[key] = true
		w.newline(depth + 1)
		w.b.WriteString(ast.QuoteAttr(key) + " = ")
		if err := w.value(depth+1, false); err != nil {
			return err
		}
		w.b.WriteByte(';')
	}
	return w.end(depth, len(seen), "}")
}

func (w *jsonWriter) list(depth int) error {
	w.b.WriteByte('[')
	n := 0
	for ; w.d.More(); n++ {
		w.newline(depth + 1)
		if err := w.value(depth+1, true); err != nil {
			return err
		}
	}
	return w.end(depth, n, "]")
}

func (w *jsonWriter) end(depth, n int, sign string) error {
	if _, err := w.d.Token(); err != nil {
		return err
	}
	if n == 0 {
		w.b.WriteByte(' ')
	} else {
		w.newline(depth)
	}
	w.b.WriteString(sign)
	return nil
}

// nixNumber returns a number of JSON as Nix writes it: a float has a point, and a digit before it.
func nixNumber(text string) (string, bool) {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return text, text != "-9223372036854775808" && text != "-0"
	}
	if f, err := strconv.ParseFloat(text, 64); err != nil || f == 0 || !strings.ContainsAny(text, ".eE") {
		return "", false
	}
	mantissa, exponent := text, ""
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		mantissa, exponent = text[:i], text[i:]
	}
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	return mantissa + exponent, true
}
