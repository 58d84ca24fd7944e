package suppressions

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: suppress.WithoutReason, Family: family, Since: "0.1.0",
	Summary: "A suppression does not say why",
	Doc: "The reason stands behind the closing bracket: `# nixsift: ignore[missing-mkif] everybody gets this`. Without it nobody\n" +
		"knows later whether the comment may go.",
	Severity: diag.Info, Presets: rules.Recommended,
	Fix: rules.FixNever, Generated: true, Engine: true,
})
