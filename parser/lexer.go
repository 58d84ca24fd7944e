package parser

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// mode is what the lexer is inside of.
type mode uint8

const (
	modeCode   mode = iota // between ${ and }, or { and }
	modeString             // "…"
	modeIndent             // ''…''
	modePath               // behind a piece of a path literal
)

// lexer turns a source into the token table of a Parser. It never fails: what is no token becomes
// TokStray, what is not closed ends with the file.
type lexer struct {
	src   string
	kinds []ast.TokenKind // the tokens; kinds[:n] and start[:n] are written
	start []uint32        // one more than the tokens: the last is len(src)
	n     int
	modes []mode // the enclosing modes; the current one is the last
	// noPath is the end of the last run of path characters that was looked at: no path literal starts in it.
	// Each run is so scanned once, which keeps the lexer linear.
	noPath int
	// noURL bounds the look-ahead for URL schemes in the same way.
	noURL int
	nul   int  // the first NUL byte outside strings and comments, or -1
	check bool // there are tokens that checkTokens has to look at
	limit int  // no token starts behind it
	cuts  []cut
	// shell makes an expansion of a shell that Nix refuses an interpolation of text: three tokens; see reread.
	shell bool
}

// cut makes the string that opens at one offset end at another, without a closing quote; see reread.
type cut struct{ open, end int }

// cutAt returns the end of the string that opens at i, or 0 where it is not cut.
func (l *lexer) cutAt(i int) int {
	for _, c := range l.cuts {
		if c.open == i {
			return c.end
		}
	}
	return 0
}

// maxPiece is the number of bytes for which room for tokens is made at once.
const maxPiece = 1 << 16

// lex fills kinds and start for src.
func (l *lexer) lex(src string) {
	l.src, l.n = src, 0
	l.modes = append(l.modes[:0], modeCode)
	l.noPath, l.noURL, l.nul, l.check = 0, 0, -1, false
	// A token has at least one byte, most have four and more: what is surely enough is made for a piece at a time. A string may
	// put four tokens behind it, one is the end of the file, and so is the end of start. There is room to spare, so that a
	// text that grows under an editor does not need new arrays each time.
	for i := 0; ; {
		stop := min(len(src), i+maxPiece)
		if need := l.n + stop - i + 8; len(l.start) < need {
			if len(src) <= maxKept {
				need += need / 8
			}
			l.reserve(need)
		}
		if i = l.tokens(i, stop); i >= len(src) {
			break
		}
	}
	l.emit(ast.TokEOF, len(src))
	l.start[l.n] = uint32(len(src))
}

// tokens reads the tokens that start from i up to, not including, stop, perhaps one more, and returns where
// it ended.
func (l *lexer) tokens(i, stop int) int {
	l.limit = stop
	for i < stop {
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
	return i
}

// reserve makes room for n tokens.
func (l *lexer) reserve(n int) {
	if more := n - len(l.start); more > 0 {
		l.kinds = append(l.kinds, make([]ast.TokenKind, more)...)
		l.start = append(l.start, make([]uint32, more)...)
	}
}

func (l *lexer) emit(k ast.TokenKind, start int) {
	l.kinds[l.n], l.start[l.n] = k, uint32(start)
	l.n++
}

func (l *lexer) push(m mode) { l.modes = append(l.modes, m) }

func (l *lexer) pop() {
	if len(l.modes) > 1 {
		l.modes = l.modes[:len(l.modes)-1]
	}
}

// run returns the end of the characters of a class from i on.
func run(src string, i int, cl charClass) int {
	for i < len(src) && class[src[i]]&cl != 0 {
		i++
	}
	return i
}

// lexCode reads tokens from i until the mode changes or the source ends, and returns where it stopped.
func (l *lexer) lexCode(i int) int {
	src, kinds, start, n, limit := l.src, l.kinds, l.start, l.n, l.limit
	for i < limit {
		c := src[i]
		cl := class[c]
		start[n] = uint32(i)
		switch {
		case cl&clSpace != 0:
			kinds[n] = ast.TokSpace
			n++
			i = run(src, i+1, clSpace)
			continue
		case cl&clIdentStart != 0:
			end := run(src, i+1, clIdent)
			if end < len(src) && class[src[end]]&clBehindWord != 0 {
				if stop, k := l.longWord(i); stop > i {
					kinds[n] = k
					n++
					if i = stop; k == ast.TokPath {
						l.n = n
						l.push(modePath)
						return i
					}
					continue
				}
			}
			k := ast.TokIdent
			if cl&clKeyword != 0 && end-i <= maxKeyword {
				k = ast.KeywordKind(src[i:end])
			}
			kinds[n] = k
			n++
			i = end
			continue
		case cl&clWordStart != 0: // a digit or one of . + - / ~
			if stop, k := l.longWord(i); stop > i {
				kinds[n] = k
				n++
				if i = stop; k == ast.TokPath {
					l.n = n
					l.push(modePath)
					return i
				}
				continue
			}
		}
		sign := &punctuation[c]
		kind, size := sign.kind, 1
		if i+1 < len(src) {
			if next := int16(src[i+1]); next == sign.next[0] {
				kind, size = sign.pair[0], 2
			} else if next == sign.next[1] {
				kind, size = sign.pair[1], 2
			}
		}
		switch kind {
		case ast.TokLineComment:
			size = lineLength(src[i:])
		case ast.TokBlockComment:
			if n := strings.Index(src[i+2:], "*/"); n >= 0 {
				size = n + 4
			} else {
				size, l.check = len(src)-i, true
			}
		case ast.TokQuote, ast.TokIndQuote:
			kinds[n] = kind
			n++
			if end := l.cutAt(i); end > 0 {
				if i += size; end > i {
					kinds[n], start[n] = ast.TokText, uint32(i)
					n++
				}
				i = end
				continue
			}
			m := modeString
			if kind == ast.TokIndQuote {
				m = modeIndent
			}
			l.n = n
			l.push(m)
			return i + size
		case ast.TokLBrace, ast.TokDollarCurly:
			l.push(modeCode)
		case ast.TokRBrace:
			l.pop()
			if l.modes[len(l.modes)-1] != modeCode {
				kinds[n] = kind
				l.n = n + 1
				return i + 1
			}
		case ast.TokDot:
			if strings.HasPrefix(src[i:], "...") {
				kind, size = ast.TokEllipsis, 3
			}
		case ast.TokLess:
			if n := l.searchPath(i); n > 0 {
				kind, size = ast.TokSearchPath, n
			}
		case ast.TokStray:
			size = l.stray(i)
		}
		kinds[n] = kind
		n++
		i += size
	}
	l.n = n
	return i
}

// lineLength returns the length of the first line of s. Lines end at CR and LF (lexer.l, the comment rule).
func lineLength(s string) int {
	if n := strings.IndexByte(s, '\n'); n >= 0 {
		s = s[:n]
	}
	if n := strings.IndexByte(s, '\r'); n >= 0 {
		return n
	}
	return len(s)
}

// stray returns the length of the token of bytes that no other token starts with: a single sign, or a run
// of control and non-ASCII bytes.
func (l *lexer) stray(i int) int {
	src := l.src
	l.check = true
	if class[src[i]]&clStray == 0 {
		return 1
	}
	end := run(src, i, clStray)
	if n := strings.IndexByte(src[i:end], 0); n >= 0 && l.nul < 0 {
		l.nul = i + n
	}
	return end - i
}

// longWord returns the end and kind of what starts at i with an identifier, a number or one of . + - / ~ and
// is longer than the identifier or operator: a path, a URL, a number. The end is i where there is none. The
// longest match wins, as in flex.
func (l *lexer) longWord(i int) (end int, kind ast.TokenKind) {
	src := l.src
	c := src[i]
	cl := class[c]
	if i >= l.noPath || c == '/' || c == '~' {
		if end := l.pathStart(i); end > i {
			return end, ast.TokPath
		}
	}
	switch {
	case cl&clAlpha != 0:
		// A scheme is a run of path characters, so a URL can only start where that run ends at a colon.
		colon := l.noPath
		if colon >= len(src) || src[colon] != ':' || i < l.noURL {
			return i, 0
		}
		scheme := run(src, i+1, clScheme)
		if scheme == colon && colon+1 < len(src) && class[src[colon+1]]&clURL != 0 {
			return run(src, colon+1, clURL), ast.TokURI
		}
		l.noURL = scheme
	case cl&clDigit != 0:
		end = run(src, i+1, clDigit)
		if end < len(src) && src[end] == '.' {
			// 0 and a dot is a number only with digits behind, and 00.5 is 00 and .5 (lexer.l, FLOAT).
			after := run(src, end+1, clDigit)
			if c != '0' || end == i+1 && after > end+1 {
				l.check = true
				return exponent(src, after), ast.TokFloat
			}
		}
		l.check = l.check || end-i >= len("9223372036854775807")
		return end, ast.TokInt
	case c == '.' && i+1 < len(src) && class[src[i+1]]&clDigit != 0:
		l.check = true
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
	j := i
	for {
		j = skipText(src, j, clQuoteStop)
		if j >= len(src) {
			break
		}
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
		default: // $
			if j+1 < len(src) && src[j+1] == '{' {
				if j > i {
					l.emit(ast.TokText, i)
				}
				return l.interpolation(j)
			}
			// $x is a pair, so that $${ does not interpolate; $" and $\ are none.
			j++
			if j < len(src) && src[j] != '"' && src[j] != '\\' {
				j++
			}
		}
	}
	l.emit(ast.TokText, i)
	return len(src)
}

// interpolation reads the ${ at i, and all of an expansion of a shell.
func (l *lexer) interpolation(i int) int {
	l.emit(ast.TokDollarCurly, i)
	if l.shell {
		if n := refusedExpansion(l.src[i:]); n > 0 {
			l.emit(ast.TokText, i+2)
			l.emit(ast.TokRBrace, i+n-1)
			return i + n
		}
	}
	l.push(modeCode)
	return i + 2
}

// skipText returns the first byte from i on that is of a class.
func skipText(src string, i int, stop charClass) int {
	for i < len(src) && class[src[i]]&stop == 0 {
		i++
	}
	return i
}

// lexIndented reads the inside of an indented string up to an interpolation or the closing quotes.
func (l *lexer) lexIndented(i int) int {
	src := l.src
	j := i
	for {
		j = skipText(src, j, clIndentStop)
		if j >= len(src) {
			break
		}
		next := byte(0)
		if j+1 < len(src) {
			next = src[j+1]
		}
		if src[j] == '$' {
			switch next {
			case '{':
				if j > i {
					l.emit(ast.TokIndText, i)
				}
				return l.interpolation(j)
			case '\'':
				j++
			default:
				j += 2
			}
			continue
		}
		switch {
		case next == '$':
			j++
		case next != '\'':
			j += 2
		case j+2 < len(src) && (src[j+2] == '$' || src[j+2] == '\''):
			j += 3
		case j+2 < len(src) && src[j+2] == '\\':
			j += 4
		default:
			if j > i {
				l.emit(ast.TokIndText, i)
			}
			l.emit(ast.TokIndQuote, j)
			l.pop()
			return j + 2
		}
	}
	l.emit(ast.TokIndText, i)
	return len(src)
}
