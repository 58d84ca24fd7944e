package corpus

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/rules"
	_ "github.com/nixsift/nixsift/rules/all"
)

// withoutCounterpart are rules of other tools that have none here, with the reason.
var withoutCounterpart = map[string]string{
	"nixf:parse-unexpected-between": "declared there, never reported",
	"nil:merge_plain_rec_attrset":   "",
}

// TestPeers holds the names of other tools' rules, as the reference lists them, against our aliases: explain
// and the migration must know each.
func TestPeers(t *testing.T) {
	data, err := os.ReadFile(testenv.Shared(t, "reference", "rules.md"))
	require.NoError(t, err)
	known := map[string]bool{}
	for _, r := range rules.All() {
		for _, a := range r.Aliases {
			known[a] = true
		}
	}
	var missing []string
	for _, s := range []struct {
		tool, start, end string
		name             *regexp.Regexp
	}{
		{"statix", "## 1.1", "## 1.2", regexp.MustCompile("^\\| (W\\d\\d) `")},
		{"statix", "## 1.1", "## 1.2", regexp.MustCompile("^\\| W\\d\\d `([a-z_]+)`")},
		{"nixf", "## 1.3", "## 1.4", regexp.MustCompile("^\\| `([a-z-]+)` \\|")},
		{"nil", "## 1.4", "## 1.5", regexp.MustCompile("^\\| `([a-z_]+)`")},
	} {
		text := string(data)
		text = text[strings.Index(text, s.start):strings.Index(text, s.end)]
		found := 0
		for line := range strings.Lines(text) {
			m := s.name.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			found++
			name := s.tool + ":" + m[1]
			if _, ok := withoutCounterpart[name]; !known[name] && !ok {
				missing = append(missing, name)
			}
		}
		assert.Greater(t, found, 10, s.tool)
	}
	slices.Sort(missing)
	assert.Empty(t, slices.Compact(missing))
}
