package module

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/rules/ruletest"
)

// TestHistory checks missing-mkif on modules before and after a commit that put their config under mkIf,
// against the verdicts of people.
func TestHistory(t *testing.T) {
	labels, err := os.ReadFile(testenv.Shared(t, "corpus", "mkif-history", "LABELS.tsv"))
	require.NoError(t, err)
	for i, row := range strings.Split(strings.TrimSpace(string(labels)), "\n") {
		f := strings.Split(row, "\t")
		if i == 0 || len(f) < 4 {
			continue
		}
		line, _ := strconv.Atoi(f[3])
		for j, stage := range []string{"before", "after"} {
			verdict := f[1+j]
			name := f[0] + "." + stage + ".nix"
			t.Run(name, func(t *testing.T) {
				text, err := os.ReadFile(testenv.Shared(t, "corpus", "mkif-history", name))
				require.NoError(t, err)
				found := ruletest.Findings(t, "missing-mkif", "module.nix", string(text))
				lines := source.NewLineIndex(string(text))
				for _, d := range found {
					t.Logf("%d: %s", lines.Line(d.Span.Start), d.Message)
				}
				switch verdict {
				case "must":
					require.Len(t, found, 1, "%s: wanted at line %d: %s", name, line, f[4])
					require.GreaterOrEqual(t, lines.Line(found[0].Span.Start), line)
				case "must-not":
					require.Empty(t, found, f[4])
				}
			})
		}
	}
}
