// Package all links in every family of rules.
package all

import (
	_ "github.com/nixsift/nixsift/rules/ci" // the rules register themselves
	_ "github.com/nixsift/nixsift/rules/correctness"
	_ "github.com/nixsift/nixsift/rules/cost"
	_ "github.com/nixsift/nixsift/rules/deprecated"
	_ "github.com/nixsift/nixsift/rules/flake"
	_ "github.com/nixsift/nixsift/rules/module"
	_ "github.com/nixsift/nixsift/rules/project"
	_ "github.com/nixsift/nixsift/rules/purity"
	_ "github.com/nixsift/nixsift/rules/sandbox"
	_ "github.com/nixsift/nixsift/rules/secrets"
	_ "github.com/nixsift/nixsift/rules/style"
	_ "github.com/nixsift/nixsift/rules/suppressions"
	_ "github.com/nixsift/nixsift/rules/suspicious"
	_ "github.com/nixsift/nixsift/rules/traps"
	_ "github.com/nixsift/nixsift/rules/values"
)
