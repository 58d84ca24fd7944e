package parser

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// Character classes, as lexer.l defines them.
const (
	clIdentStart = 1 << iota // [a-zA-Z_]
	clIdent                  // [a-zA-Z0-9_'-]
	clPath                   // [a-zA-Z0-9._+-]
	clURI                    // [a-zA-Z0-9%/?:@&=+$,_.!~*'-]
	clScheme                 // [a-zA-Z0-9+.-]
	clDigit
	clSpace // blank, tab, CR, LF
	clAlpha // [a-zA-Z]
)

var class = func() (t [256]uint8) {
	for c := range 256 {
		b := byte(c)
		alpha := 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
		digit := '0' <= b && b <= '9'
		set := func(on bool, bit uint8) {
			if on {
				t[c] |= bit
			}
		}
		set(alpha || b == '_', clIdentStart)
		set(alpha || digit || b == '_' || b == '\'' || b == '-', clIdent)
		set(alpha || digit || b == '.' || b == '_' || b == '-' || b == '+', clPath)
		set(alpha || digit || strings.IndexByte("%/?:@&=+$,-_.!~*'", b) >= 0, clURI)
		set(alpha || digit || b == '+' || b == '-' || b == '.', clScheme)
		set(digit, clDigit)
		set(b == ' ' || b == '\t' || b == '\r' || b == '\n', clSpace)
		set(alpha, clAlpha)
	}
	return t
}()

// mode is what the lexer is inside of.
type mode uint8

const (
	modeCode   mode = iota // between ${ and }, or { and }
	modeString             // "…"
	modeIndent             // ''…''
	modePath               // behind a piece of a path literal
)

// lexer turns a source into the token table of a Parser, in one loop. It never fails: what is no token
// becomes TokStray, what is not closed ends with the file.
type lexer struct {
	src   string
	kinds []ast.TokenKind
	start []uint32
	modes []mode // the enclosing modes; the current one is the last
	// noPath is the end of the last run of path characters looked at; no path literal starts in it. of them is so scanned once, which keeps the lexer linear.
	noPath int
	// noURI bounds the look-ahead for URL schemes in the same way.
	noURI int
	nul   int
}

// lex fills kinds and start for src; start has one more entry, len(src).
func (l *lexer) lex(src string) {
	l.src = src
	l.kinds, l.start, l.modes = l.kinds[:0], l.start[:0], append(l.modes[:0], modeCode)
	l.noPath, l.noURI, l.nul = 0, 0, -1
	i := 0
	for i < len(src) {
		switch l.modes[len(l.modes)-1] {
		case modeString:
			i = l.lexString(i)
		case modeIndent:
			i = l.lexIndented(i)
		case modePath:
			i = l.lexPathRest(i)
		default:
			i = l.lexCode(i)
		}
	}
	l.emit(ast.TokEOF, len(src))
	l.start = append(l.start, uint32(len(src)))
}

func (l *lexer) emit(k ast.TokenKind, start int) {
	l.kinds = append(l.kinds, k)
	l.start = append(l.start, uint32(start))
}

func (l *lexer) push(m mode) { l.modes = append(l.modes, m) }

func (l *lexer) pop() {
	if len(l.modes) > 1 {
		l.modes = l.modes[:len(l.modes)-1]
	}
}

// run returns the end of the characters of a class from i on.
func run(src string, i int, cl uint8) int {
	for i < len(src) && class[src[i]]&cl != 0 {
		i++
	}
	return i
}

// lexCode reads tokens from i until the mode changes or the source ends, and returns where it stopped.
func (l *lexer) lexCode(i int) int {
	src := l.src
	for i < len(src) {
		c := src[i]
		cl := class[c]
		if cl&clSpace != 0 {
			l.emit(ast.TokSpace, i)
			i = run(src, i+1, clSpace)
			continue
		}
		if cl&(clPath|clIdentStart) != 0 || c == '/' || c == '~' {
			if end, kind := l.word(i); end > i {
				l.emit(kind, i)
				i = end
				if kind == ast.TokPath {
					l.push(modePath)
					return i
				}
				continue
			}
		}
		next := byte(0)
		if i+1 < len(src) {
			next = src[i+1]
		}
		kind, size := ast.TokStray, 1
		switch c {
		case '#':
			kind = ast.TokLineComment
			for i+size < len(src) && src[i+size] != '\n' && src[i+size] != '\r' {
				size++
			}
		case '/':
			kind = ast.TokSlash
			switch next {
			case '*':
				kind = ast.TokBlockComment
				if n := strings.Index(src[i+2:], "*/"); n >= 0 {
					size = n + 4
				} else {
					size = len(src) - i
				}
			case '/':
				kind, size = ast.TokUpdate, 2
			}
		case '"':
			l.emit(ast.TokQuote, i)
			l.push(modeString)
			return i + 1
		case '\'':
			if next == '\'' {
				l.emit(ast.TokIndQuote, i)
				l.push(modeIndent)
				return i + 2
			}
		case '{':
			l.push(modeCode)
			kind = ast.TokLBrace
		case '}':
			l.emit(ast.TokRBrace, i)
			i++
			l.pop()
			if l.modes[len(l.modes)-1] != modeCode {
				return i
			}
			continue
		case '$':
			if next == '{' {
				l.push(modeCode)
				kind, size = ast.TokDollarCurly, 2
			}
		case '(':
			kind = ast.TokLParen
		case ')':
			kind = ast.TokRParen
		case '[':
			kind = ast.TokLBracket
		case ']':
			kind = ast.TokRBracket
		case ';':
			kind = ast.TokSemi
		case ':':
			kind = ast.TokColon
		case ',':
			kind = ast.TokComma
		case '@':
			kind = ast.TokAt
		case '?':
			kind = ast.TokQuestion
		case '.':
			kind = ast.TokDot
			if next == '.' && i+2 < len(src) && src[i+2] == '.' {
				kind, size = ast.TokEllipsis, 3
			}
		case '=':
			kind = ast.TokAssign
			if next == '=' {
				kind, size = ast.TokEq, 2
			}
		case '!':
			kind = ast.TokNot
			if next == '=' {
				kind, size = ast.TokNeq, 2
			}
		case '<':
			kind = ast.TokLess
			switch next {
			case '=':
				kind, size = ast.TokLessEq, 2
			case '|':
				kind, size = ast.TokPipeFrom, 2
			default:
				if n := l.searchPath(i); n > 0 {
					kind, size = ast.TokSearchPath, n
				}
			}
		case '>':
			kind = ast.TokGreater
			if next == '=' {
				kind, size = ast.TokGreaterEq, 2
			}
		case '&':
			if next == '&' {
				kind, size = ast.TokAnd, 2
			}
		case '|':
			switch next {
			case '|':
				kind, size = ast.TokOr, 2
			case '>':
				kind, size = ast.TokPipeInto, 2
			}
		case '-':
			kind = ast.TokMinus
			if next == '>' {
				kind, size = ast.TokImpl, 2
			}
		case '+':
			kind = ast.TokPlus
			if next == '+' {
				kind, size = ast.TokConcat, 2
			}
		case '*':
			kind = ast.TokStar
		default:
			if c == 0 && l.nul < 0 {
				l.nul = i
			}
			for i+size < len(src) && isStray(src[i+size]) {
				if src[i+size] == 0 && l.nul < 0 {
					l.nul = i + size
				}
				size++
			}
		}
		l.emit(kind, i)
		i += size
	}
	return i
}

// isStray reports whether no token of code starts with the byte; such bytes are gathered in one token.
func isStray(c byte) bool {
	return c < ' ' && class[c]&clSpace == 0 || c >= 0x7f || c == '`' || c == '^' || c == '\\'
}

// word reads what can start with a path character, a slash or a tilde: path, URL, identifier, number.
// The longest match wins (flex). end == i means none of them, as for an operator.
func (l *lexer) word(i int) (end int, kind ast.TokenKind) {
	src := l.src
	c := src[i]
	if i >= l.noPath || c == '/' || c == '~' {
		if end := l.pathStart(i); end > i {
			return end, ast.TokPath
		}
	}
	switch cl := class[c]; {
	case cl&clIdentStart != 0:
		// A scheme is a run of path characters, so a URL can only start where that run ends at a colon.
		if colon := l.noPath; cl&clAlpha != 0 && colon < len(src) && src[colon] == ':' && i >= l.noURI {
			scheme := run(src, i+1, clScheme)
			if scheme == colon && colon+1 < len(src) && class[src[colon+1]]&clURI != 0 {
				return run(src, colon+1, clURI), ast.TokURI
			}
			l.noURI = scheme
		}
		end = run(src, i+1, clIdent)
		return end, ast.KeywordKind(src[i:end])
	case cl&clDigit != 0:
		end = run(src, i+1, clDigit)
		if end < len(src) && src[end] == '.' {
			after := run(src, end+1, clDigit)
			if c != '0' || end == i+1 && after > end+1 {
				return exponent(src, after), ast.TokFloat
			}
		}
		return end, ast.TokInt
	case c == '.' && i+1 < len(src) && class[src[i+1]]&clDigit != 0:
		return exponent(src, run(src, i+1, clDigit)), ast.TokFloat
	}
	return i, 0
}

func exponent(src string, i int) int {
	if i < len(src) && (src[i] == 'e' || src[i] == 'E') {
		j := i + 1
		if j < len(src) && (src[j] == '+' || src[j] == '-') {
			j++
		}
		if end := run(src, j, clDigit); end > j {
			return end
		}
	}
	return i
}

// pathStart returns the end of the path literal's first piece at i, or i. A piece is a whole path, or
// one segment that an interpolation follows.
func (l *lexer) pathStart(i int) int {
	src := l.src
	j := i
	switch src[i] {
	case '~':
		if i+1 >= len(src) || src[i+1] != '/' {
			return i
		}
		j = i + 1
	case '/':
	default:
		j = run(src, i, clPath)
	}
	if j >= len(src) || src[j] != '/' {
		l.noPath = j
		return i
	}
	if strings.HasPrefix(src[j+1:], "${") {
		return j + 1
	}
	end := l.segments(j)
	if end == j {
		l.noPath = j
		return i
	}
	return end
}

// segments returns the end of (/ path-char+)+ /? at j, or j.
func (l *lexer) segments(j int) int {
	src := l.src
	end := j
	for end < len(src) && src[end] == '/' {
		next := run(src, end+1, clPath)
		if next == end+1 {
			if end > j {
				end++
			}
			break
		}
		end = next
	}
	return end
}

// searchPath returns the length of <a/b> at i, or 0.
func (l *lexer) searchPath(i int) int {
	src := l.src
	j := run(src, i+1, clPath)
	if j == i+1 {
		return 0
	}
	for j+1 < len(src) && src[j] == '/' && class[src[j+1]]&clPath != 0 {
		j = run(src, j+1, clPath)
	}
	if j < len(src) && src[j] == '>' {
		return j + 1 - i
	}
	return 0
}

// lexPathRest continues a path literal: an interpolation or text directly behind a piece belongs to it.
func (l *lexer) lexPathRest(i int) int {
	src := l.src
	if strings.HasPrefix(src[i:], "${") {
		l.emit(ast.TokDollarCurly, i)
		l.push(modeCode)
		return i + 2
	}
	end := run(src, i, clPath)
	if end < len(src) && src[end] == '/' {
		if more := l.segments(end); more > end {
			end = more
		} else {
			end++
		}
	}
	if end > i {
		// A slash that follows a slash starts no segment of a literal without interpolation; with one
		// it is a piece of its own (lexer.l, INPATH_SLASH). The parser tells which.
		l.emit(ast.TokPathText, i)
		return end
	}
	l.pop()
	return i
}

// lexString reads the inside of "…" up to an interpolation or the closing quote.
func (l *lexer) lexString(i int) int {
	src := l.src
	for j := i; j < len(src); {
		switch src[j] {
		case '"':
			if j > i {
				l.emit(ast.TokText, i)
			}
			l.emit(ast.TokQuote, j)
			l.pop()
			return j + 1
		case '\\':
			j += 2
		case '$':
			if j+1 < len(src) && src[j+1] == '{' {
				if j > i {
					l.emit(ast.TokText, i)
				}
				l.emit(ast.TokDollarCurly, j)
				l.push(modeCode)
				return j + 2
			}
			// $x is a pair, so that $${ does not interpolate; $" and $\ are none.
			j++
			if j < len(src) && src[j] != '"' && src[j] != '\\' {
				j++
			}
		default:
			j++
		}
	}
	l.emit(ast.TokText, i)
	return len(src)
}

// lexIndented reads the inside of ”…” up to an interpolation or the closing quotes.
func (l *lexer) lexIndented(i int) int {
	src := l.src
	text := func(end int) {
		if end > i {
			l.emit(ast.TokIndText, i)
		}
	}
	for j := i; j < len(src); {
		c := src[j]
		if c != '$' && c != '\'' {
			j++
			continue
		}
		next := byte(0)
		if j+1 < len(src) {
			next = src[j+1]
		}
		switch {
		case c == '$' && next == '{':
			text(j)
			l.emit(ast.TokDollarCurly, j)
			l.push(modeCode)
			return j + 2
		case c == '$' && next != '\'':
			j += 2
		case c == '$':
			j++
		case next != '\'' && next != '$':
			j += 2
		case next == '$':
			j++
		case j+2 < len(src) && (src[j+2] == '$' || src[j+2] == '\''):
			j += 3
		case j+2 < len(src) && src[j+2] == '\\':
			j += 4
		default:
			text(j)
			l.emit(ast.TokIndQuote, j)
			l.pop()
			return j + 2
		}
	}
	l.emit(ast.TokIndText, i)
	return len(src)
}
