package all

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

// TestEditions holds that a rule that a later version brings turns no gate red: it is in preview, or of a later edition.
func TestEditions(t *testing.T) {
	for _, r := range rules.All() {
		if r.Since != "0.1.0" && r.Edition == "" {
			assert.Equal(t, rules.Preview, r.Stage, "%s has come with %s: it needs a later edition, or to be in preview", r.ID, r.Since)
		}
	}
}

var update = flag.Bool("update", false, "write what the newest edition says")

// TestEditionIsKept compares severities and presets of stable rules with those that testdata/2026.txt has of the
// edition: what is there does not get stricter, and nothing goes. A change that loosens, or a new rule, is written with
// -update.
func TestEditionIsKept(t *testing.T) {
	const file = "testdata/2026.txt"
	old := map[string][2]string{}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		require.Len(t, fields, 3, line)
		old[fields[0]] = [2]string{fields[1], fields[2]}
	}
	var b strings.Builder
	var changed []string
	for _, r := range rules.All() {
		if r.Stage != rules.Stable || r.Edition != "" {
			continue
		}
		var presets []string
		for _, name := range rules.PresetNames() {
			if r.InPreset(name) {
				presets = append(presets, name)
			}
		}
		line := fmt.Sprintf("%s\t%s\t%s\n", r.ID, r.Severity, strings.Join(presets, " "))
		b.WriteString(line)
		if !strings.Contains("\n"+string(text), "\n"+line) {
			changed = append(changed, r.ID)
		}
		was, ok := old[r.ID]
		for _, earlier := range r.Formerly {
			if !ok {
				was, ok = old[earlier]
			}
			delete(old, earlier)
		}
		delete(old, r.ID)
		if !ok {
			continue
		}
		severity, err := diag.ParseSeverity(was[0])
		require.NoError(t, err)
		assert.LessOrEqual(t, r.Severity, severity, "%s gets stricter within the edition", r.ID)
		for _, name := range presets {
			assert.Contains(t, strings.Fields(was[1]), name, "%s comes into a preset within the edition", r.ID)
		}
	}
	assert.Empty(t, old, "stable rules stay, by an earlier id at least")
	if *update && !t.Failed() {
		require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o644))
		return
	}
	if b.String() != string(text) {
		t.Errorf("%s does not have what these rules say: %s\n"+
			"A new rule starts in preview (Stage: rules.Preview; docs/stability.md). If it is to be stable at once, or what has changed is meant:\n"+
			"go test ./rules/all -run TestEditionIsKept -update", file, strings.Join(changed, ", "))
	}
}
