package git

import (
	"bytes"
	"fmt"
	"strings"
)

// configParser reads the syntax of git-config(1), "Syntax", as git's own parser does: what it refuses, git
// refuses.
type configParser struct {
	text []byte
	at   int
	line int
	last byte // what next returned last
}

// parse calls set for each variable, in order, with its name as git writes it: section and key in lower case, what
// is between them as it is, dots between. blank says that there is no `=`. It ends with the first error: of the
// syntax, with file and line, or of set.
func (p *configParser) parse(file string, set func(name, value string, blank bool) error) error {
	p.text = bytes.TrimPrefix(p.text, []byte("\ufeff"))
	section := ""
	for {
		c, more := p.next()
		ok := true
		switch {
		case !more:
			return nil
		case isSpace(c):
		case c == '#' || c == ';':
			for c, more = p.next(); more && c != '\n'; c, more = p.next() {
			}
		case c == '[':
			section, ok = p.header()
		case isLetter(c):
			line := p.line
			key, value, blank, readable := p.variable(c)
			if ok = readable; !ok {
				p.line = line
			} else if err := set(section+key, value, blank); err != nil {
				return err
			}
		default:
			ok = false
		}
		if !ok {
			return fmt.Errorf("the git configuration %s cannot be read at line %d", file, p.line)
		}
	}
}

// next returns the next byte, '\n' for a line end of any kind, and for the end of the text, too.
func (p *configParser) next() (c byte, more bool) {
	if p.last == '\n' {
		p.line++
	}
	if p.at >= len(p.text) {
		p.last = 0
		return '\n', false
	}
	c = p.text[p.at]
	p.at++
	if c == '\r' && p.at < len(p.text) && p.text[p.at] == '\n' {
		c = '\n'
		p.at++
	}
	p.last = c
	return c, true
}

// header reads `[section]`, `[section "subsection"]` or the old `[section.subsection]` behind its bracket. The name
// ends in a dot.
func (p *configParser) header() (name string, ok bool) {
	var b strings.Builder
	for {
		c, more := p.next()
		switch {
		case !more:
			return "", false
		case c == ']':
			return b.String() + ".", b.Len() > 0
		case isSpace(c):
			subsection, ok := p.subsection(c)
			return b.String() + "." + subsection + ".", ok
		case !isKeyByte(c) && c != '.':
			return "", false
		}
		b.WriteByte(lower(c))
	}
}

func (p *configParser) subsection(c byte) (string, bool) {
	for isSpace(c) {
		if c == '\n' {
			return "", false
		}
		c, _ = p.next()
	}
	if c != '"' {
		return "", false
	}
	var name strings.Builder
	for {
		c, _ := p.next()
		if c == '"' {
			break
		}
		if c == '\\' {
			c, _ = p.next()
		}
		if c == '\n' {
			return "", false
		}
		name.WriteByte(c)
	}
	c, _ = p.next()
	return name.String(), c == ']'
}

// variable reads a variable whose name starts with c.
func (p *configParser) variable(c byte) (key, value string, blank, ok bool) {
	var name strings.Builder
	for isKeyByte(c) {
		name.WriteByte(lower(c))
		c, _ = p.next()
	}
	for c == ' ' || c == '\t' {
		c, _ = p.next()
	}
	switch c {
	case '\n':
		return name.String(), "", true, true
	case '=':
		value, ok = p.value()
		return name.String(), value, false, ok
	}
	return "", "", false, false
}

// value reads up to the end of the line: white space at both ends falls away, unless quotes keep it.
func (p *configParser) value() (string, bool) {
	var value []byte
	quoted, comment := false, false
	keep := 0 // the length without white space at the end
	for {
		c, _ := p.next()
		switch {
		case c == '\n':
			return string(value[:keep]), !quoted
		case comment:
		case isSpace(c) && !quoted:
			if len(value) > 0 {
				value = append(value, c)
			}
		case (c == '#' || c == ';') && !quoted:
			comment = true
		case c == '"':
			quoted = !quoted
			keep = len(value)
		case c == '\\':
			c, _ = p.next()
			switch c {
			case '\n':
				keep = len(value)
				continue
			case 't':
				c = '\t'
			case 'b':
				c = '\b'
			case 'n':
				c = '\n'
			case '\\', '"':
			default:
				return "", false
			}
			fallthrough
		default:
			value = append(value, c)
			keep = len(value)
		}
	}
}

func isSpace(c byte) bool   { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
func isKeyByte(c byte) bool { return isLetter(c) || isDigit(c) || c == '-' }

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
