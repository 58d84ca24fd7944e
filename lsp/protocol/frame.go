package protocol

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

const (
	// maxMessage is the size in bytes of the largest message that is read. It leaves room for the text of
	// the largest file that is analysed, escaped.
	maxMessage = 256 << 20
	// keptOfLine is how much of a line that does not fit into the buffer is kept: enough for a header.
	keptOfLine = 256
)

// frameReader reads the frames of the base protocol: header lines, an empty line, a body. It takes header
// names in any case, blanks around the colon, bare newlines and unknown headers.
//
// Behind bytes that are no frame it goes on at the next line that ends in a Content-Length header. JSON
// cannot hold such a line: in a string, line ends are escaped.
type frameReader struct {
	r *bufio.Reader
	// report takes each problem, once for each run of bytes that cannot be read.
	report func(code int64, message string)
	lost   bool
	// note takes what is for the log alone: nobody is left to be answered.
	note func(message string)
}

// next returns the body of the next frame. It fails when the input ends.
func (f *frameReader) next() ([]byte, error) {
	length, headers := int64(-1), false
	for {
		line, err := f.line()
		if err != nil {
			return nil, err
		}
		before, value, found := contentLength(line)
		blank := len(bytes.TrimSpace(line)) == 0
		switch {
		case found:
			headers = true
			if len(bytes.TrimSpace(before)) > 0 {
				f.lose(CodeParseError, "bytes between messages are ignored")
			}
			length = f.length(value)
		case blank && length >= 0:
			return f.body(length)
		case blank && headers:
			f.lose(CodeParseError, "a message has no Content-Length header")
			headers = false
		case blank:
		case isHeader(line):
			headers = true
		default:
			f.lose(CodeParseError, "a line that is no header is ignored")
		}
	}
}

// length reads the value of a Content-Length header; -1 stands for one that cannot be.
func (f *frameReader) length(value []byte) int64 {
	n, err := strconv.ParseUint(string(value), 10, 63)
	switch {
	case err != nil:
		f.lose(CodeParseError, fmt.Sprintf("the Content-Length %q is not the size of a message", value))
		return -1
	case n > maxMessage:
		f.lose(CodeInvalidRequest, fmt.Sprintf("a message of %d bytes is larger than the %d that are read", n, maxMessage))
		return -1
	}
	return int64(n)
}

// body reads n bytes. Memory grows with what arrives, not with what the header promised.
func (f *frameReader) body(n int64) ([]byte, error) {
	f.lost = false
	var b bytes.Buffer
	b.Grow(int(min(n, 64<<10)) + bytes.MinRead)
	if _, err := io.CopyN(&b, f.r, n); err != nil {
		f.cutOff(err, fmt.Sprintf("the input ends behind %d of the %d bytes of a message", b.Len(), n))
		return nil, err
	}
	return b.Bytes(), nil
}

func (f *frameReader) lose(code int64, message string) {
	if !f.lost {
		f.report(code, message)
	}
	f.lost = true
}

// cutOff tells that the input ended before what it began.
func (f *frameReader) cutOff(err error, message string) {
	if errors.Is(err, io.EOF) && f.note != nil {
		f.note(message)
	}
}

// line returns the next line with its end, or the last part of a line that is too long for the buffer. It
// is valid until the next read.
func (f *frameReader) line() ([]byte, error) {
	var kept []byte
	for {
		part, err := f.r.ReadSlice('\n')
		if kept != nil {
			part = append(kept, part...)
		}
		if err == nil {
			return part, nil
		}
		if err != bufio.ErrBufferFull { //nolint:errorlint // bufio returns it as it is
			if len(part) > 0 {
				f.cutOff(err, "the input ends within the headers of a message")
			}
			return nil, err
		}
		kept = bytes.Clone(part[max(0, len(part)-keptOfLine):])
	}
}

var lengthName = []byte("content-length")

// contentLength finds a Content-Length header at the end of a line, and what stands before it.
func contentLength(line []byte) (before, value []byte, ok bool) {
	i := len(line) - len(lengthName)
	for ; i >= 0 && !bytes.EqualFold(line[i:i+len(lengthName)], lengthName); i-- {
	}
	if i < 0 {
		return nil, nil, false
	}
	value, ok = bytes.CutPrefix(bytes.TrimLeft(line[i+len(lengthName):], " \t"), []byte(":"))
	value = bytes.TrimSpace(value)
	if !ok || bytes.ContainsAny(value, "\"{}[],") { // it stands inside of JSON
		return nil, nil, false
	}
	return line[:i], value, true
}

// isHeader reports whether a line looks like a header: a name of letters and hyphens, and a colon.
func isHeader(line []byte) bool {
	name, _, ok := bytes.Cut(line, []byte(":"))
	name = bytes.TrimSpace(name)
	if !ok || len(name) == 0 {
		return false
	}
	for _, c := range name {
		if c != '-' && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}
