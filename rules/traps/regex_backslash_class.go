package traps

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "regex-backslash-class", Family: family, Since: "0.1.0",
	Summary: "A regular expression has a class such as `\\d`, or another escape, which Nix's do not know",
	Doc: "`builtins.match`, `builtins.split` and `types.strMatching` take POSIX extended regular expressions. They have no `\\d`, `\\s`,\n" +
		"`\\w` or `\\b`: `\"\\\\d\"` is an error when it is evaluated, and in `\"\\d\"` the string's own escape leaves the letter `d`, which\n" +
		"goes unnoticed. Write `[0-9]`, `[[:space:]]`, `[[:alnum:]_]`. Between brackets a backslash stands for itself.\n" +
		"\n" +
		"Only signs that mean something can be escaped: `\"\\\\.\"` is a dot, but `\"\\\\-\"` and `\"\\\\n\"` are errors (on Linux, where Nix uses\n" +
		"the regular expressions of libstdc++).",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On:    []ast.Kind{ast.Apply},
	Names: append(nixlang.BuiltinNames("match", "split"), "strMatching"),
	Node: func(p *rules.Pass, n ast.Node) {
		call := ast.ApplyExpr{Node: n}
		arg := call.Arg().Unparen()
		if arg.Is(ast.Ident) {
			if arg = boundPattern(p, arg); !arg.IsValid() {
				return
			}
		}
		if !arg.Is(ast.String) && !arg.Is(ast.IndString) && !(arg.Is(ast.Binary) && arg.Op() == ast.OpAdd) {
			return
		}
		if arg.HasError() || strings.IndexByte(arg.Text(), '\\') < 0 || !takesPattern(p, call.Func()) {
			return
		}
		brackets := false
		for text := range texts(arg) {
			for part := range ast.Parts(text) {
				if part.IsText() {
					brackets = findClasses(p, text, part.Span, brackets)
				}
			}
		}
	},
})

// takesPattern reports whether a function takes a regular expression first.
func takesPattern(p *rules.Pass, fn ast.Node) bool {
	switch nixlang.Function(p.Names(), fn) {
	case "match", "split":
		return true
	}
	return typeFunction(p.Names(), fn) == "strMatching"
}

// boundPattern returns the string that a name is bound to in the file where n is its only use, or an invalid
// node: of several uses, one may not be that of a regular expression.
func boundPattern(p *rules.Pass, n ast.Node) ast.Node {
	u, ok := p.Names().Use(n)
	if !ok || u.Target != sema.ToBinding {
		return ast.Node{}
	}
	b := p.Names().Binding(u.Binding)
	if b.Kind != sema.LetBinding || b.More || !b.Value.IsValid() {
		return ast.Node{}
	}
	uses := 0
	for range p.Names().UsesOf(u.Binding) {
		if uses++; uses > 1 {
			return ast.Node{}
		}
	}
	return b.Value.Unparen()
}

// texts yields the strings of a concatenation, from left to right.
func texts(n ast.Node) func(yield func(ast.Node) bool) {
	return func(yield func(ast.Node) bool) {
		var right []ast.Node
		for range maxSteps {
			if !n.Is(ast.Binary) || n.Op() != ast.OpAdd {
				break
			}
			right = append(right, (ast.BinaryExpr{Node: n}).Right().Unparen())
			n = n.FirstChild().Unparen()
		}
		right = append(right, n)
		for _, text := range slices.Backward(right) {
			if (text.Is(ast.String) || text.Is(ast.IndString)) && !yield(text) {
				return
			}
		}
	}
}

// classes are what the letters mean elsewhere, as a list of characters for brackets.
var classes = map[byte]string{'d': "0-9", 's': "[:space:]", 'w': "[:alnum:]_"}

// findClasses reports the classes in a run of text. brackets tells whether it starts between brackets, and
// the result whether it ends there.
func findClasses(p *rules.Pass, arg ast.Node, span source.Span, brackets bool) bool {
	chars := decode(arg, span)
	is := func(i int, set string) bool { return i < len(chars) && strings.IndexByte(set, chars[i].c) >= 0 }
	report := func(from, i int, silent bool) {
		if i >= len(chars) {
			return
		}
		where := source.Span{Start: chars[from].span.Start, End: chars[i].span.End}
		switch {
		case is(i, "dswbDSWB"):
			p.Report(classFinding(p, where, chars[i].c, brackets, silent))
		case !silent && !brackets && chars[i].c < utf8.RuneSelf && !is(i, nixlang.PatternSigns):
			p.Report(escapeFinding(where, chars[i], arg))
		}
	}
	for i := 0; i < len(chars); i++ {
		switch {
		case chars[i].dropped:
			report(i, i, true)
		case brackets && is(i, "[") && is(i+1, ":.="):
			// A class such as [:alpha:] ends with the sign it starts with.
			for end := i + 2; end+1 < len(chars); end++ {
				if chars[end].c == chars[i+1].c && is(end+1, "]") {
					i = end + 1
					break
				}
			}
		case brackets && is(i, "]"):
			brackets = false
		case brackets && is(i, `\`):
			report(i, i+1, false)
		case brackets:
		case is(i, "["):
			brackets = true
			// A bracket that comes first, also behind ^, is a character of the list.
			if is(i+1, "^") {
				i++
			}
			if is(i+1, "]") {
				i++
			}
		case is(i, `\`):
			report(i, i+1, false)
			i++ // what is escaped has no other meaning
		}
	}
	return brackets
}

// char is one byte of a string's value. dropped tells that a backslash before it had no effect.
type char struct {
	c       byte
	span    source.Span
	dropped bool
}

// decode returns the value of a run of text in a string, with the places of its bytes.
func decode(arg ast.Node, span source.Span) []char {
	text := span.Of(arg.Tree().Source())
	var out []char
	for i := 0; i < len(text); {
		c := char{c: text[i]}
		n := 1
		switch rest := text[i:]; {
		case arg.Is(ast.String) && c.c == '\\' && len(rest) > 1:
			n = 2
			c.c = ast.UnescapeString(rest[:2])[0]
			c.dropped = c.c == rest[1] && strings.IndexByte(`\"$`, c.c) < 0
		case arg.Is(ast.IndString) && strings.HasPrefix(rest, `''\`) && len(rest) > 3:
			n = 4
			c.c = ast.UnescapeString(rest[2:4])[0]
		case arg.Is(ast.IndString) && (strings.HasPrefix(rest, "'''") || strings.HasPrefix(rest, "''$")):
			n = 3
			c.c = rest[2]
		}
		c.span = source.Span{Start: span.Start + uint32(i), End: span.Start + uint32(i+n)}
		out = append(out, c)
		i += n
	}
	return out
}

func classFinding(p *rules.Pass, where source.Span, c byte, brackets, silent bool) diag.Finding {
	f := diag.Finding{Span: where}
	written := where.Of(p.Tree.Source())
	switch {
	case silent:
		f.Message = "`" + written + "` is the letter `" + string(c) + "` here: the string drops the backslash, and Nix's regular expressions have no `\\" + string(c) + "`"
	case brackets:
		f.Message = "`\\" + string(c) + "` between brackets is a backslash and the letter `" + string(c) + "`"
	default:
		f.Message = "Nix's regular expressions have no `\\" + string(c) + "`: evaluating this one fails"
	}
	lower := c | 0x20
	if lower == 'b' && !brackets {
		f.Help = "match the characters around the word"
	}
	class := classes[lower]
	switch {
	case class == "" || brackets && c != lower:
		return f
	case brackets:
	case c != lower:
		class = "[^" + class + "]"
	default:
		class = "[" + class + "]"
	}
	f.Help = "write `" + class + "`"
	f.Fixes = []diag.Fix{rules.Replace("write `"+class+"`", diag.Unsafe, where, class)}
	return f
}

// escapeFinding is about an escape that means nothing, such as \- or \n.
func escapeFinding(where source.Span, escaped char, arg ast.Node) diag.Finding {
	f := diag.Finding{Span: where, Message: "Nix's regular expressions have no " + diag.Code("\\"+string(escaped.c)) + ": evaluating this one fails"}
	text := escaped.span.Of(arg.Tree().Source())
	switch {
	case escaped.c >= ' ' && !('a' <= escaped.c|0x20 && escaped.c|0x20 <= 'z') && !('0' <= escaped.c && escaped.c <= '9'):
		f.Help = "write " + diag.Code(text) + " without the backslash"
		f.Fixes = []diag.Fix{rules.Replace("drop the backslash", diag.Unsafe, where, text)}
	case arg.Is(ast.String) && strings.IndexByte("nrt", escaped.c) >= 0:
		f.Help = "write `\\" + text + "`, the string's own escape"
		f.Fixes = []diag.Fix{rules.Replace("let the string escape it", diag.Unsafe, where, "\\"+text)}
	}
	return f
}
