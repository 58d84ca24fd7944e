package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "attrpath-extra-dot", Family: family, Since: "0.1.0",
	Summary:  "An attribute path has a dot without a name behind it",
	Doc:      `Behind each ` + "`" + `.` + "`" + ` of an attribute path stands a name, a string or ` + "`" + `${…}` + "`" + `.`,
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Aliases: []string{"nixf:parse-attrpath-extra-dot", "nixf:parse-select-extra-dot"},
	Syntax:  ast.ErrAttrpathDot,
})
