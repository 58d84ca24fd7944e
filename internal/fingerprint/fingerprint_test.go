package fingerprint

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// of returns the fingerprints of a rule that finds each word that starts with "bad", with what it reads.
func of(text string) []string {
	var c Counter
	var out []string
	for _, at := range regexp.MustCompile(`bad\w*`).FindAllStringIndex(text, -1) {
		out = append(out, c.Next(&diag.Finding{Rule: "rule", Span: source.Span{Start: uint32(at[0]), End: uint32(at[1])}}, "a.nix", text))
	}
	return out
}

func TestStable(t *testing.T) {
	const text = "{\n  a = bad;\n  b = bad + bad;\n  c = badly;\n  a = bad;\n}\n"
	before := of(text)
	require.Len(t, before, 5)
	assert.NotContains(t, before[1:], before[0], "each has a name of its own")
	for name, edited := range map[string]string{
		"lines before":         "# a comment\n\n\n" + text,
		"lines between":        strings.ReplaceAll(text, ";\n", ";\n  x = 1;\n"),
		"lines removed":        strings.Replace(text, "{\n", "", 1),
		"indentation":          strings.ReplaceAll(text, "  ", "\t\t"),
		"blanks on the line":   strings.ReplaceAll(text, " = ", "  =\t"),
		"blanks at the end":    strings.ReplaceAll(text, "\n", "  \n"),
		"line ends":            strings.ReplaceAll(text, "\n", "\r\n"),
		"no newline at an end": strings.TrimSuffix(text, "\n"),
		"text around":          "let y = 2; in\n" + text + "// { z = 3; }",
	} {
		assert.Equal(t, before, of(edited), name)
	}
}

func TestEditsOfTheLine(t *testing.T) {
	before := of("a = bad;\nb = bad;\nc = bad;\n")
	after := of("a = bad;\nb = bad 1;\nc = bad;\n")
	assert.Equal(t, before[0], after[0])
	assert.NotEqual(t, before[1], after[1])
	assert.Equal(t, before[2], after[2])
	assert.Equal(t, before[1:], of("b = bad;\nc = bad;\n"), "what is mended takes no name with it")
}

// TestRepetitions: of findings that read alike there are as many names as findings, however they lie.
func TestRepetitions(t *testing.T) {
	three := of("x = bad;\ny = 1;\nx = bad;\nx = bad;\n")
	assert.Equal(t, three[:2], of("x = bad;\nx = bad;\n"))
	assert.Equal(t, append(three, of(strings.Repeat("x = bad;\n", 4))[3]), of(strings.Repeat("x = bad;\n", 4)))
}

func TestParts(t *testing.T) {
	lines := "bad bad\n"
	next := func(rule, path, text string, start, end uint32) string {
		return new(Counter).Next(&diag.Finding{Rule: rule, Span: source.Span{Start: start, End: end}}, path, text)
	}
	seen := map[string]bool{}
	for _, print := range []string{
		next("a", "a.nix", lines, 0, 3), next("b", "a.nix", lines, 0, 3), next("a", "b.nix", lines, 0, 3), next("a", "a.nix", lines, 0, 7),
		next("a", "a.nix", "", 0, 3), new(Counter).Sum("a"), new(Counter).Sum("a", ""),
	} {
		assert.Regexp(t, `^[0-9a-f]{32}$`, print)
		assert.False(t, seen[print])
		seen[print] = true
	}
	assert.Equal(t, next("a", "a.nix", lines, 0, 3), next("a", "a.nix", lines, 4, 7), "alone, the second reads like the first")
	next("a", "a.nix", lines, 99, 200)    // behind the end
	next("a", "a.nix", "", 0, 0)          // of nothing
	next("a", "a.nix", "é\n\n", 1, 2)     // within a character
	next("a", "a.nix", "a\r\nb", 1, 3)    // a line end
	next("a", "a.nix", "a\nb\nc\n", 0, 5) // several lines
}

// TestOverLines: of a range of several lines only the first counts.
func TestOverLines(t *testing.T) {
	of := func(text string) string {
		return new(Counter).Next(&diag.Finding{Rule: "r", Span: source.Span{End: uint32(len(text))}}, "a.nix", text)
	}
	assert.Equal(t, of("with lib; [\n  a\n]"), of("with lib; [\n  a\n  b\n]"))
	assert.NotEqual(t, of("with lib; [\n  a\n]"), of("with lib; {\n  a\n}"))
}

// TestLongLine: the line of a finding counts near the finding only.
func TestLongLine(t *testing.T) {
	line := strings.Repeat("x", 10*reach)
	of := func(text string) string {
		return new(Counter).Next(&diag.Finding{Rule: "r", Span: source.Span{Start: 5 * reach, End: 5*reach + 1}}, "a.nix", text)
	}
	assert.Equal(t, of(line), of(line+"y"))
	assert.NotEqual(t, of(line), of(line[:5*reach+1]+"y"+line))
}

// TestSubjects holds that what a finding is about bears on its name, in whatever order, and stands for its place if it says so.
func TestSubjects(t *testing.T) {
	text := "bad\nworse\n"
	next := func(start uint32, anywhere bool, subjects ...string) string {
		return new(Counter).Next(&diag.Finding{Rule: "r", Span: source.Span{Start: start, End: start + 3}, Subjects: subjects, Anywhere: anywhere}, "a.nix", text)
	}
	assert.Equal(t, next(0, false, "a", "b"), next(0, false, "b", "a"))
	seen := map[string]bool{}
	for _, print := range []string{next(0, false), next(0, false, "a"), next(0, false, "a", "b"), next(4, false, "a"), next(0, true, "a"), next(0, true, "ab")} {
		assert.False(t, seen[print])
		seen[print] = true
	}
	assert.Equal(t, next(0, true, "a"), next(4, true, "a"))
}
