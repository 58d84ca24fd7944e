// Package fingerprint names findings so that they keep their names while the files around them are edited: in SARIF and in
// GitLab's reports (Counter), in a baseline (Content).
//
// The fingerprint of a Counter is made of the rule, the path, the line on which the finding starts, the text that it marks there, the
// subjects that the finding has beside these or instead of them, and a number for repetitions of all that. White space counts as one blank. So neither lines that come and go elsewhere nor
// indentation change it; an edit of the line itself does. The message has no part in it: another version may word it better,
// and other files may decide on it.
package fingerprint

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// Version names the way fingerprints are made. Those of one version can be compared.
const Version = "nixsift/v1"

// reach is how many bytes before and behind the start of a finding count, so that many findings on one long line cost no
// more than elsewhere.
const reach = 1024

// Counter makes the fingerprints of one run, and numbers repetitions. The zero value is ready; it is for one goroutine.
type Counter struct{ seen map[[sha256.Size]byte]int }

// Next returns the fingerprint of a finding. The findings of a file come in the order of diag.Compare; path is
// the one that users see, with slashes. The text of the file is one without secrets, which could be guessed from a hash, and "" where it is not
// known.
func (c *Counter) Next(f *diag.Finding, path, text string) string {
	parts := []string{f.Rule, path, "", ""}
	if text != "" && !f.Anywhere {
		parts[2], parts[3] = texts(text, f.Span)
	}
	subjects := slices.Clone(f.Subjects)
	slices.Sort(subjects)
	return c.Sum(append(parts, subjects...)...)
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

// texts returns the line on which a span starts and what the span marks of it, as far as they are within reach of its start.
func texts(text string, span source.Span) (line, marked string) {
	start := min(span.Start, uint32(len(text)))
	near := source.Span{Start: max(start, reach) - reach, End: min(start+reach, uint32(len(text)))}
	at := start
	if at > 0 && at < near.End && text[at-1:at+1] == "\r\n" {
		at-- // within a line end, which belongs to its line
	}
	near.Start += uint32(strings.LastIndexAny(text[near.Start:at], "\r\n") + 1)
	if i := strings.IndexAny(text[at:near.End], "\r\n"); i >= 0 {
		near.End = at + uint32(i)
	}
	on := source.Span{Start: min(start, near.End), End: min(max(span.End, start), near.End)}
	return squeeze(near.Of(text)), squeeze(on.Of(text))
}

// squeeze makes one blank of each run of white space, and none of those at the ends.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }
