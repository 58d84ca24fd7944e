package suppressions

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: suppress.Unknown, Family: family, Since: "0.1.0",
	Summary: "A suppression names a rule that does not exist",
	Doc: "The comment silences nothing, and the finding it was meant for is reported. The fix writes the rule that was probably\n" +
		"meant, or removes the name.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.SameParse, Generated: true, Engine: true,
})
