package secrets

import (
	"testing"

	"github.com/nixsift/nixsift/rules/ruletest"
)

func TestRules(t *testing.T) { ruletest.Run(t, "testdata") }
