package shell

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"mvdan.cc/sh/v3/syntax"
)

// Same reports whether two texts of a CI file or a shell script surely do the same, comments apart. file is its path. What is no shell that can be read, recipes among it, is the same only byte by byte.
func Same(file string, ci bool, before, after string) bool {
	if !ci {
		return RecipeTool(file) == "" && sameShell(Dialect(file, before), before, after)
	}
	documents := func(text string) (all []any, ok bool) {
		dec := yaml.NewDecoder(strings.NewReader(strings.TrimPrefix(text, "\uFEFF")), yaml.UseOrderedMap())
		for {
			var v any
			if err := dec.Decode(&v); err != nil {
				return all, errors.Is(err, io.EOF)
			}
			all = append(all, v)
		}
	}
	x, ok := documents(before)
	y, also := documents(after)
	return ok && also && sameValue(x, y)
}

// sameValue compares two values of YAML; text that differs has to be the same shell.
func sameValue(x, y any) bool {
	switch x := x.(type) {
	case []any:
		y, ok := y.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !sameValue(x[i], y[i]) {
				return false
			}
		}
		return true
	case yaml.MapSlice:
		y, ok := y.(yaml.MapSlice)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !sameValue(x[i].Key, y[i].Key) || !sameValue(x[i].Value, y[i].Value) {
				return false
			}
		}
		return true
	case string:
		y, ok := y.(string)
		return ok && (x == y || sameShell("bash", x, y))
	}
	return x == y
}

// expression is what a CI service replaces before a shell sees the text.
var expression = regexp.MustCompile(`\$\{\{.*?\}\}|\$\[\[.*?\]\]`)

// sameShell reports whether two texts are the same shell without their comments.
func sameShell(dialect, before, after string) bool {
	if before == after {
		return true
	}
	variant := map[string]syntax.LangVariant{"bash": syntax.LangBash, "sh": syntax.LangPOSIX, "dash": syntax.LangPOSIX, "mksh": syntax.LangMirBSDKorn}
	lang, ok := variant[dialect]
	if !ok {
		return false
	}
	printed := func(text string) (string, bool) {
		// An expression stands for any text, so that it is a word of its own, the same one on both sides.
		text = expression.ReplaceAllStringFunc(text, func(e string) string { return "expression" + hex.EncodeToString([]byte(e)) })
		f, err := syntax.NewParser(syntax.Variant(lang)).Parse(strings.NewReader(text), "")
		if err != nil {
			return "", false
		}
		var b bytes.Buffer
		err = syntax.NewPrinter(syntax.Minify(true)).Print(&b, f)
		return b.String(), err == nil
	}
	x, ok := printed(before)
	y, also := printed(after)
	return ok && also && x == y
}
