// Package diag defines what a rule reports: a finding with its range, related places and fixes. It
// knows nothing of rules, files on disk or output formats.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// Severity says how bad a finding is. Higher is worse; Off silences a rule.
type Severity uint8

// The severities, from none to worst: taste, better known, very likely wrong, Nix fails or data leaks.
const (
	Off Severity = iota
	Hint
	Info
	Warning
	Error
)

var severityNames = [...]string{"off", "hint", "info", "warning", "error"}

// String returns the severity's name as configuration and output spell it.
func (s Severity) String() string { return severityNames[s] }

// ParseSeverity is the inverse of String.
func ParseSeverity(name string) (Severity, error) {
	if i := slices.Index(severityNames[:], name); i >= 0 {
		return Severity(i), nil
	}
	return Off, fmt.Errorf("unknown severity %q: use off, hint, info, warning or error", name)
}

// Safety says who may apply a fix. The zero value is Unsafe.
type Safety uint8

// Unsafe fixes need an eye, Safe ones keep meaning and comments, Display ones are shown, never applied.
const (
	Unsafe Safety = iota
	Safe
	Display
)

var safetyNames = [...]string{"unsafe", "safe", "display-only"}

// String returns the safety's name as the JSON output spells it.
func (s Safety) String() string { return safetyNames[s] }

// Edit replaces the bytes of Span by Text. An empty File means the file of the finding.
type Edit struct {
	File string
	Span source.Span
	Text string
}

// Fix is one way to mend a finding: its edits are applied all or none, and do not overlap.
type Fix struct {
	Title  string // a verb phrase: "remove both negations"
	Safety Safety
	Edits  []Edit
	// Leads are the rules of which the fix brings findings by its nature, so that they do not speak against it, and Then says
	// what is to be done about these once it is applied.
	Leads []string
	Then  string
}

// Related points to another place that explains a finding. An empty File means the file of the finding.
type Related struct {
	File    string
	Span    source.Span
	Message string
}

// Tag is a hint to editors about how to draw a finding.
type Tag uint8

// Unnecessary code may be greyed out, Deprecated code struck through.
const (
	Unnecessary Tag = 1 << iota
	Deprecated
)

// Finding is one report of one rule. File is an absolute path or, in tests, any name; the report
// makes it relative. There may be a million of them: what takes a byte stands together.
type Finding struct {
	Rule     string
	File     string
	Span     source.Span
	Severity Severity
	Judged   Severity // that the rule gave, whatever the configuration makes of it; the engine sets it
	Tags     Tag
	Anywhere bool   // the Subjects alone tell what the finding is about, wherever in the file it stands
	Secret   bool   // what Span marks is a secret, which nothing may show
	Message  string // what is wrong; lower case, no final period, names in backticks
	Help     string // what to do; optional
	Related  []Related
	Fixes    []Fix // alternatives, the best first
	// Untracked is the absolute path of a file or folder for which git add -N is all that is missing; "" for none.
	Untracked string

	// Subjects are keys of what the finding is about where its place does not tell, one for each member of a set; a copy
	// of an input, a name that is missing. They stay when the message is worded anew, and which there are bears on
	// whether a finding is the same as one of another run.
	Subjects []string
}

// Silenced is a finding that a comment in its file silences, or that is in a baseline.
type Silenced struct {
	Finding
	Reason    string // that the comment gives; may be empty
	Baselined bool
}

// Compare orders findings by file, start, end, rule and message: a total order of distinct findings.
func Compare(a, b Finding) int { return CompareAt(&a, &b) }

// CompareAt is Compare for findings that are not moved.
func CompareAt(a, b *Finding) int {
	if a.File != b.File {
		return strings.Compare(a.File, b.File)
	}
	if c := cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End)); c != 0 {
		return c
	}
	return cmp.Or(strings.Compare(a.Rule, b.Rule), strings.Compare(a.Message, b.Message))
}

// Sort orders findings by Compare and drops exact repetitions (same file, span, rule and message).
func Sort(fs []Finding) []Finding {
	if !slices.IsSortedFunc(fs, Compare) {
		slices.SortStableFunc(fs, Compare)
	}
	return slices.CompactFunc(fs, func(a, b Finding) bool { return Compare(a, b) == 0 })
}
