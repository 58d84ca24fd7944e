package eval

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

// registerData adds the functions that read texts as data, and those of lib that read such files. What they give is known where the
// evaluation has a Disk, and the text has nothing that programs read differently; a text that is none of its language may fail.
func registerData() {
	for name, read := range map[string]func(text string) (any, bool){"fromJSON": readJSON, "fromTOML": readTOML} {
		decoded := func(c *invocation, s *Value) *Value {
			switch {
			case s == nil:
				return nil
			case c.Disk == nil || !s.isKnown() || !c.pay(len(s.text)/bytesPerStep):
				return topValue
			}
			if data, ok := read(s.text); ok {
				return c.data(data)
			}
			return topValue
		}
		register(name, func(c *invocation) *Value { return decoded(c, c.arg(0, String)) })
		registerInLib("trivial", strings.Replace(name, "from", "import", 1), 1, 0, func(c *invocation) *Value {
			text := c.as("readFile", c.args[0])
			if text == nil {
				return nil
			}
			c.fails = join(c.fails, text.only(Failures))
			return decoded(c, text.only(String))
		})
		askSingly(strings.Replace(name, "from", "import", 1))
	}
	register("readFile", reading(ReadText, (*invocation).content))
}

// bytesPerStep is the length of text that is read for one step.
const bytesPerStep = 64

// content returns what readFile gives.
func (c *invocation) content(v *Value) *Value {
	if c.Disk == nil || c.Disk.Text == nil || v == nil {
		return bare(String | Failures)
	}
	file, ok := v.FilePath()
	if !ok {
		return bare(String | Failures)
	}
	text, ok := c.Disk.Text(file)
	if !ok || strings.IndexByte(text, 0) >= 0 || !c.pay(len(text)/bytesPerStep) {
		return bare(String | Failures)
	}
	return stringValue(text)
}

// data returns what was read as a value.
func (c *invocation) data(d any) *Value {
	if !c.pay(1) {
		return topValue
	}
	switch d := d.(type) {
	case bool:
		return boolValue(d)
	case int64:
		return intValue(d)
	case float64:
		return floatValue(d)
	case string:
		return stringValue(d)
	case []any:
		out := make([]*thunk, len(d))
		for i, e := range d {
			out[i] = given(c.data(e))
		}
		return listValue(out)
	case map[string]any:
		own := make(map[string]attr, len(d))
		for name, e := range d {
			own[name] = attr{value: given(c.data(e))}
		}
		return setValue(&set{own: own, size: len(own)})
	}
	return nullValue
}

// errUnsure is what is read differently by different programs.
var errUnsure = errors.New("read in several ways")

// readJSON reads a text of JSON; ok is false where it is none, or Nix may read it in another way: names that come twice, numbers that are
// too large, surrogates without their other half, NULs.
func readJSON(text string) (d any, ok bool) {
	if !json.Valid([]byte(text)) || !utf8.ValidString(text) || strings.Contains(text, `\u0000`) || strings.Contains(text, `\ud`) || strings.Contains(text, `\uD`) {
		return nil, false
	}
	in := json.NewDecoder(strings.NewReader(text))
	in.UseNumber()
	d, err := nextJSON(in)
	if err == nil {
		_, err = in.Token()
	}
	return d, errors.Is(err, io.EOF)
}

func nextJSON(in *json.Decoder) (any, error) {
	t, err := in.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Number:
		return readNumber(t)
	case json.Delim:
		if t == '[' {
			out := []any{}
			for in.More() {
				e, err := nextJSON(in)
				if err != nil {
					return nil, err
				}
				out = append(out, e)
			}
			_, err = in.Token()
			return out, err
		}
		out := map[string]any{}
		for in.More() {
			key, err := in.Token()
			if err != nil {
				return nil, err
			}
			name, _ := key.(string)
			if _, twice := out[name]; twice {
				return nil, errUnsure
			}
			if out[name], err = nextJSON(in); err != nil {
				return nil, err
			}
		}
		_, err = in.Token()
		return out, err
	}
	return t, nil
}

// readNumber reads a number, which is an integer where it has neither a fraction nor an exponent.
func readNumber(n json.Number) (any, error) {
	if !strings.ContainsAny(n.String(), ".eE") {
		return n.Int64()
	}
	return n.Float64()
}

// readTOML reads a text of TOML; ok is false where it is none, or has what Nix may refuse or read in another way: dates, NULs and numbers
// without bounds.
func readTOML(text string) (d any, ok bool) {
	var out map[string]any
	if err := toml.NewDecoder(bytes.NewReader([]byte(text))).Decode(&out); err != nil {
		return nil, false
	}
	if out == nil {
		out = map[string]any{}
	}
	return out, isPlain(out)
}

// isPlain reports whether data is made of sets, lists, texts without NUL, Booleans and numbers.
func isPlain(d any) bool {
	switch d := d.(type) {
	case bool, int64:
		return true
	case float64:
		return !math.IsInf(d, 0) && !math.IsNaN(d)
	case string:
		return strings.IndexByte(d, 0) < 0
	case []any:
		for _, e := range d {
			if !isPlain(e) {
				return false
			}
		}
		return true
	case map[string]any:
		for name, e := range d {
			if strings.IndexByte(name, 0) >= 0 || !isPlain(e) {
				return false
			}
		}
		return true
	}
	return false
}
