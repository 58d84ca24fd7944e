package suppressions

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: suppress.Unused, Family: family, Since: "0.1.0",
	Summary: "A suppression silences nothing",
	Doc: "What the comment was for is gone, or it stands in the wrong place. Left behind, it would hide the next mistake. A\n" +
		"suppression of a rule that is off, or that was not run on the file, is not reported; nor is any in a file with syntax\n" +
		"errors, which may hide what the comment is for.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixAlways, SafeFix: rules.SameParse, Generated: true, Engine: true,
})
