package shell

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"errors"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"mvdan.cc/sh/v3/syntax"
)

// Same reports whether two texts of a CI file or a shell script surely do the same, comments apart. file is its path. What is
// no shell that can be read, recipes and what a CI file has beside its scripts among it, has to be the same without that.
func Same(file string, ci bool, before, after string) bool {
	if !ci {
		return RecipeTool(file) == "" && sameShell(Dialect(file, before), before, after)
	}
	x, y := ReadCI(file, before), ReadCI(file, after)
	alike := func(x, y *Script) bool { return sameShell("bash", x.Text, y.Text) }
	if !slices.EqualFunc(x.Scripts, y.Scripts, alike) {
		return false
	}
	rest, ok := x.withoutScripts()
	other, also := y.withoutScripts()
	return ok && also && reflect.DeepEqual(rest, other)
}

// withoutScripts returns the documents of a CI file with the same word in place of each script.
func (d *Doc) withoutScripts() (documents []any, ok bool) {
	scripts := slices.SortedFunc(slices.Values(d.Scripts), func(a, b *Script) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	var b strings.Builder
	at := uint32(0)
	for _, s := range scripts {
		if s.Span.Start >= at && s.Span.Len() > 0 { // others lie within one
			b.WriteString(d.Text[at:s.Span.Start] + "script")
		}
		at = max(at, s.Span.End)
	}
	b.WriteString(d.Text[at:])
	dec := yaml.NewDecoder(strings.NewReader(strings.TrimPrefix(b.String(), "\uFEFF")), yaml.UseOrderedMap())
	for {
		var v any
		if err := dec.Decode(&v); err != nil {
			return documents, errors.Is(err, io.EOF)
		}
		documents = append(documents, v)
	}
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
