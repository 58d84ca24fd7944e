package migrate

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"
)

// maxPattern is the length in bytes up to which a pattern is read.
const maxPattern = 1 << 12

// maxPatterns is the number of patterns that one pattern of another tool may become.
const maxPatterns = 16

// pieceKind is what a piece of a pattern stands for.
type pieceKind uint8

const (
	literal pieceKind = iota // the text itself
	class                    // one character, as doublestar writes a class, or ?, or . for that of an expression
	within                   // any characters of one path segment, none included
	across                   // any characters, slashes and none included
	begin                    // the start of the path
	end                      // the end of the path
)

type piece struct {
	kind pieceKind
	text string
}

// fromTreefmt turns a glob of treefmt into patterns of nixsift.toml; false where it has no equal. treefmt matches
// with gobwas/glob and no separators (format/glob.go): * crosses slashes, and the whole path has to match.
func fromTreefmt(glob string) ([]string, bool) {
	if len(glob) > maxPattern {
		return nil, false
	}
	all, rest, ok := gobwas(glob, false)
	if !ok || rest != "" {
		return nil, false
	}
	return renderNix(all)
}

// gobwas reads a glob up to its end, or within braces up to a comma or the closing brace.
func gobwas(glob string, inBraces bool) (all [][]piece, rest string, ok bool) {
	all = [][]piece{nil}
	add := func(p piece) {
		for i := range all {
			all[i] = append(all[i], p)
		}
	}
	for glob != "" {
		c := glob[0]
		switch {
		case inBraces && (c == ',' || c == '}'):
			return all, glob, true
		case c == '*':
			glob = strings.TrimLeft(glob, "*")
			add(piece{kind: across})
		case c == '?':
			glob = glob[1:]
			add(piece{class, "?"})
		case c == '[':
			n := strings.IndexByte(glob, ']')
			if n < 2 || strings.ContainsAny(glob[1:n], `/\`) {
				return nil, "", false
			}
			add(piece{class, glob[:n+1]})
			glob = glob[n+1:]
		case c == '{':
			var arms [][]piece
			for glob[0] != '}' {
				arm, rest, ok := gobwas(glob[1:], true)
				if !ok || rest == "" {
					return nil, "", false
				}
				arms, glob = append(arms, arm...), rest
			}
			glob = glob[1:]
			if all = product(all, arms); all == nil {
				return nil, "", false
			}
		default:
			if c == '\\' && len(glob) > 1 {
				glob = glob[1:]
			}
			_, n := utf8.DecodeRuneInString(glob)
			add(piece{literal, glob[:n]})
			glob = glob[n:]
		}
	}
	return all, "", !inBraces
}

// product appends each of the tails to each of the heads; nil where that is too much.
func product(heads, tails [][]piece) [][]piece {
	if len(heads)*len(tails) > maxPatterns {
		return nil
	}
	var out [][]piece
	for _, h := range heads {
		for _, t := range tails {
			out = append(out, slices.Concat(h, t))
		}
	}
	return out
}

// fromRegexp turns a regular expression that is searched for in paths, as pre-commit does with Python's re, into
// patterns of nixsift.toml; false where it has no equal.
func fromRegexp(expr string) ([]string, bool) {
	if rest, ok := strings.CutPrefix(strings.TrimSpace(expr), "(?x)"); ok {
		expr = unspaced(rest)
	}
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil || len(expr) > maxPattern {
		return nil, false
	}
	all, ok := regexpPieces(re, 0)
	if !ok {
		return nil, false
	}
	var out [][]piece
	for _, p := range all {
		p = slices.Concat([]piece{{kind: across}}, p, []piece{{kind: across}})
		if p, ok := anchored(p); ok {
			out = append(out, p)
		}
	}
	return renderNix(out)
}

// unspaced removes what Python's verbose mode ignores: blanks and comments.
func unspaced(expr string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(expr, "\n") {
		for i := 0; i < len(line) && line[i] != '#'; i++ {
			switch line[i] {
			case ' ', '\t', '\r':
				continue
			case '\\':
				b.WriteByte('\\')
				if i++; i == len(line) {
					continue
				}
			}
			b.WriteByte(line[i])
		}
	}
	return b.String()
}

// anchored applies the begin and end of a search: what stands outside of them must be able to be empty. It is false
// for an alternative that matches nothing.
func anchored(p []piece) ([]piece, bool) {
	for i := 0; i < len(p); i++ {
		switch p[i].kind {
		case begin:
			if !blank(p[:i]) {
				return nil, false
			}
			p, i = p[i+1:], -1
		case end:
			if !blank(p[i+1:]) {
				return nil, false
			}
			return p[:i], true
		}
	}
	return p, true
}

func blank(p []piece) bool {
	return !slices.ContainsFunc(p, func(p piece) bool { return p.kind == literal || p.kind == class })
}

// regexpPieces returns the alternatives of an expression. Depth bounds the recursion.
func regexpPieces(re *syntax.Regexp, depth int) ([][]piece, bool) {
	one := func(p ...piece) ([][]piece, bool) { return [][]piece{p}, true }
	if depth > 50 || re.Flags&syntax.FoldCase != 0 && re.Op == syntax.OpLiteral {
		return nil, false
	}
	switch re.Op {
	case syntax.OpEmptyMatch:
		return one()
	case syntax.OpLiteral:
		return one(piece{literal, string(re.Rune)})
	case syntax.OpBeginLine, syntax.OpBeginText:
		return one(piece{kind: begin})
	case syntax.OpEndLine, syntax.OpEndText:
		return one(piece{kind: end})
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return one(piece{class, "."})
	case syntax.OpCharClass:
		text, ok := classText(re.Rune)
		return [][]piece{{{class, text}}}, ok
	case syntax.OpCapture:
		return regexpPieces(re.Sub[0], depth+1)
	case syntax.OpStar, syntax.OpPlus:
		p := piece{kind: across}
		switch sub := re.Sub[0]; {
		case sub.Op == syntax.OpCharClass && notSlash(sub.Rune):
			p.kind = within
		case sub.Op != syntax.OpAnyChar && sub.Op != syntax.OpAnyCharNotNL:
			return nil, false
		}
		if re.Op == syntax.OpPlus {
			return one(piece{class, "?"}, p)
		}
		return one(p)
	case syntax.OpQuest:
		sub, ok := regexpPieces(re.Sub[0], depth+1)
		return append(sub, nil), ok
	case syntax.OpAlternate:
		var all [][]piece
		for _, s := range re.Sub {
			sub, ok := regexpPieces(s, depth+1)
			if all = append(all, sub...); !ok || len(all) > maxPatterns {
				return nil, false
			}
		}
		return all, true
	case syntax.OpConcat:
		all := [][]piece{nil}
		for _, s := range re.Sub {
			sub, ok := regexpPieces(s, depth+1)
			if !ok {
				return nil, false
			}
			if all = product(all, sub); all == nil {
				return nil, false
			}
		}
		return all, true
	}
	return nil, false
}

// notSlash reports whether a class holds all characters but the slash; line ends may be missing, too.
func notSlash(ranges []rune) bool {
	for r := rune(' '); r < 0x7f; r++ {
		in := false
		for i := 0; i+1 < len(ranges); i += 2 {
			in = in || ranges[i] <= r && r <= ranges[i+1]
		}
		if in == (r == '/') {
			return false
		}
	}
	return true
}

// classText writes a class of characters, given by pairs of bounds, as doublestar reads it.
func classText(ranges []rune) (string, bool) {
	switch {
	case notSlash(ranges):
		return "?", true
	case len(ranges) == 0 || len(ranges) > 2*maxPatterns:
		return "", false
	}
	var b strings.Builder
	b.WriteByte('[')
	for i := 0; i+1 < len(ranges); i += 2 {
		lo, hi := ranges[i], ranges[i+1]
		if lo <= '/' && '/' <= hi || hi >= utf8.RuneSelf {
			return "", false
		}
		for _, r := range []rune{lo, '-', hi} {
			if r == '-' && lo == hi {
				break
			}
			if strings.ContainsRune(`[]^!\`, r) || r == '-' && lo == '-' {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		}
	}
	b.WriteByte(']')
	return b.String(), true
}

// renderNix writes the alternatives that can match the path of a Nix file; there may be none.
func renderNix(all [][]piece) ([]string, bool) {
	var nix [][]piece
	for _, p := range all {
		if p = joined(p); endsNix(p) {
			nix = append(nix, p)
		}
	}
	if len(nix) == 0 {
		return nil, true
	}
	return renderAll(nix)
}

// endsNix reports whether what a pattern ends in can be the end of a Nix file's path.
func endsNix(p []piece) bool {
	rest := ".nix"
	for i := len(p) - 1; i >= 0 && rest != ""; i-- {
		switch {
		case p[i].kind == class:
			rest = rest[:len(rest)-1]
		case p[i].kind != literal:
			return true
		case strings.HasSuffix(p[i].text, rest):
			return true
		case !strings.HasSuffix(rest, p[i].text):
			return false
		default:
			rest = strings.TrimSuffix(rest, p[i].text)
		}
	}
	return rest == ""
}

// renderAll writes alternatives as patterns.
func renderAll(all [][]piece) ([]string, bool) {
	var out []string
	for _, p := range all {
		for _, s := range render(p) {
			if strings.HasPrefix(s, "/") { // no path starts with a slash
				continue
			}
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	// x and **/*/x are together **/x.
	for i := 0; i < len(out); i++ {
		if j := slices.Index(out, "**/*/"+out[i]); j >= 0 {
			out[i] = "**/" + out[i]
			out = slices.Delete(out, j, j+1)
			i = -1
		}
	}
	for _, s := range out {
		if !doublestar.ValidatePattern(s) || s == "" {
			return nil, false
		}
	}
	return out, len(out) > 0 && len(out) <= maxPatterns
}

// render writes one alternative. A pattern of nixsift.toml means a file or folder with all below it, so that a
// wildcard at the end needs not cross slashes.
func render(p []piece) []string {
	p = joined(p)
	out := []string{""}
	add := func(texts ...string) {
		var next []string
		for _, o := range out {
			for _, t := range texts {
				next = append(next, o+t)
			}
		}
		out = next
	}
	for i, x := range p {
		afterSlash := i > 0 && strings.HasSuffix(p[i-1].text, "/")
		beforeSlash := i+1 < len(p) && strings.HasPrefix(p[i+1].text, "/")
		switch {
		case x.kind == literal:
			add(escaped(x.text))
		case x.kind == class && x.text == "." && (i+1 == len(p) || !strings.HasPrefix(p[i+1].text, "nix")):
			add("?")
		case x.kind == class: // an unescaped dot before nix means one
			add(x.text)
		case x.kind == within:
			add("*")
		case i+1 == len(p):
			if i == 0 || afterSlash {
				add("**")
			} else {
				add("*")
			}
		case i == 0:
			add("**/*")
		case afterSlash && beforeSlash:
			add("*/**")
		case afterSlash:
			add("**/*")
		case beforeSlash:
			add("*/**")
		default:
			add("*", "*/**/*")
		}
		if len(out) > maxPatterns {
			return nil
		}
	}
	return out
}

// joined merges literals and wildcards that stand side by side.
func joined(p []piece) []piece {
	var out []piece
	for _, x := range p {
		if n := len(out); n > 0 {
			last := &out[n-1]
			switch {
			case x.kind == literal && last.kind == literal:
				last.text += x.text
				continue
			case x.kind >= within && last.kind >= within:
				last.kind = max(last.kind, x.kind)
				continue
			}
		}
		out = append(out, x)
	}
	return out
}

// escaped writes text so that doublestar takes it literally.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune(`*?[]{}\`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// fromGitignore turns a pattern in the form of .gitignore, as statix reads them (ignore::overrides), into one of
// nixsift.toml; false where it has no equal.
func fromGitignore(pattern string) ([]string, bool) {
	trimmed := strings.TrimSuffix(pattern, "/")
	anchored := strings.Contains(trimmed, "/")
	trimmed = strings.TrimPrefix(trimmed, "/")
	switch {
	case trimmed == "" || strings.HasPrefix(pattern, "!") || strings.HasPrefix(trimmed, "./") || strings.HasPrefix(trimmed, "../"):
		return nil, false
	case !anchored:
		trimmed = "**/" + trimmed
	}
	return []string{trimmed}, doublestar.ValidatePattern(trimmed)
}

// fromPath turns a path that deadnix is told to leave out into a pattern of nixsift.toml; false for paths outside of
// the folder. A path means a file, or a folder with all below it.
func fromPath(path string) ([]string, bool) {
	path = strings.TrimSuffix(strings.TrimPrefix(path, "./"), "/")
	if path == "" || path == "." || strings.HasPrefix(path, "/") || path == ".." || strings.HasPrefix(path, "../") || strings.Contains(path, "/../") {
		return nil, false
	}
	return []string{escaped(path)}, true
}
