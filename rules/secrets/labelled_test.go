package secrets

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/rules"
)

// TestLabelled holds the rules against lines that were labelled before they looked into texts. A line counts as found where a rule of
// the family has a finding that begins on it.
func TestLabelled(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "labelled", "secrets.txtar"))
	require.NoError(t, err)
	texts, labels := map[string]string{}, map[string]string{}
	for _, f := range txtar.Parse(data).Files {
		var text strings.Builder
		for i, line := range strings.Split(string(f.Data), "\n") {
			for _, label := range []string{"leak", "fine"} {
				if code, ok := strings.CutSuffix(line, " # "+label); ok {
					line, labels[fmt.Sprintf("%s:%d", f.Name, i+1)] = code, label
				}
			}
			text.WriteString(line + "\n")
		}
		texts[f.Name] = text.String()
	}
	root := testenv.Tree(t, texts)
	var family []string
	for _, r := range rules.All() {
		if strings.HasPrefix(r.Family, "secret") {
			family = append(family, r.ID)
		}
	}
	res, err := engine.Check(context.Background(), engine.Options{Paths: []string{root}, Only: family})
	require.NoError(t, err)
	told := map[string]string{}
	for _, f := range res.Findings {
		name, _ := filepath.Rel(root, f.File)
		name = filepath.ToSlash(name)
		line := 1 + strings.Count(texts[name][:f.Span.Start], "\n")
		told[fmt.Sprintf("%s:%d", name, line)] = f.Rule
	}
	var missed, wrong []string
	found, leaks := 0, 0
	for place, label := range labels {
		switch rule := told[place]; {
		case label == "leak" && rule == "":
			missed = append(missed, place)
			leaks++
		case label == "leak":
			found++
			leaks++
		case rule != "":
			wrong = append(wrong, place+" "+rule)
		}
	}
	t.Logf("found %d of %d lines with a secret, wrong %d of %d without", found, leaks, len(wrong), len(labels)-leaks)
	assert.Empty(t, wrong)
	assert.Empty(t, missed)
	assert.Greater(t, len(labels), 120)
}
