// Package fingerprint names findings so that they keep their names while the files around them are edited: in SARIF, in
// GitLab's reports, in a baseline.
//
// A fingerprint is made of the rule, the path, the line on which the finding starts, the text that it marks there, and a
// number for repetitions of all that. White space counts as one blank. So neither lines that come and go elsewhere nor
// indentation change it; an edit of the line itself does. The message has no part in it: another version may word it better,
// and other files may decide on it.
package fingerprint

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// Version names the way fingerprints are made. Those of one version can be compared.
const Version = "nixsift/v1"

// reach is how many bytes before and behind the start of a finding count, so that many findings on one long line cost no
// more than elsewhere.
const reach = 1024

// Counter makes the fingerprints of one run, and numbers repetitions. The zero value is ready; it is for one goroutine.
type Counter struct{ seen map[[sha256.Size]byte]int }

// Next returns the fingerprint of a finding of a rule. The findings of a file come in the order of diag.Compare; path is
// the one that users see, with slashes. lines is nil where the text of the file is not known.
func (c *Counter) Next(rule, path string, lines *source.LineIndex, span source.Span) string {
	line, marked := "", ""
	if lines != nil {
		line, marked = texts(lines, span)
	}
	return c.Sum(rule, path, line, marked)
}

// Sum returns the fingerprint of what is no finding: of some parts, and a number for repetitions of them.
func (c *Counter) Sum(parts ...string) string {
	key := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	if c.seen == nil {
		c.seen = map[[sha256.Size]byte]int{}
	}
	c.seen[key]++
	if n := c.seen[key]; n > 1 {
		key = sha256.Sum256(strconv.AppendInt(key[:], int64(n), 10))
	}
	return hex.EncodeToString(key[:16])
}

// texts returns the line on which a span starts and what the span marks of it.
func texts(lines *source.LineIndex, span source.Span) (line, marked string) {
	text := lines.Text()
	start := min(span.Start, uint32(len(text)))
	l := lines.LineSpan(lines.Line(start))
	near := source.Span{Start: max(l.Start, max(start, reach)-reach), End: min(l.End, start+reach)}
	on := source.Span{Start: min(start, near.End), End: min(max(span.End, start), near.End)}
	return squeeze(near.Of(text)), squeeze(on.Of(text))
}

// squeeze makes one blank of each run of white space, and none of those at the ends.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }
