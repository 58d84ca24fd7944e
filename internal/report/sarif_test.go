package report

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
)

// readSARIF reads a log with the library of the field: no property may be unknown to the standard, and its
// schema must hold.
func readSARIF(t *testing.T, text string) *sarif.Report {
	t.Helper()
	var log sarif.Report
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(&log))
	full, err := sarif.FromString(text)
	require.NoError(t, err)
	for _, run := range full.Runs { // absent properties have defaults, which the library does not fill in
		run.Language, run.Tool.Driver.Language, run.NewlineSequences = "en-US", "en-US", []string{"\n"}
	}
	require.NoError(t, full.Validate())
	return full
}

func TestSARIF(t *testing.T) {
	run := readSARIF(t, write(t, "sarif", testRun(), Options{})).Runs[0]
	assert.Equal(t, "nixsift", *run.Tool.Driver.Name)
	assert.Equal(t, "1.2.3", *run.Tool.Driver.Version)
	assert.Equal(t, "unicodeCodePoints", *run.ColumnKind)
	assert.False(t, *run.Invocations[0].ExecutionSuccessful)
	require.Len(t, run.Invocations[0].ToolExecutionNotifications, 3)
	assert.Equal(t, "permission denied", *run.Invocations[0].ToolExecutionNotifications[1].Message.Text)

	require.Len(t, run.Results, 6)
	seen := map[string]bool{}
	for _, r := range run.Results {
		assert.Equal(t, *r.RuleID, *run.Tool.Driver.Rules[r.RuleIndex].ID)
		seen[r.PartialFingerprints["nixsift/v1"]] = true
	}
	assert.Len(t, seen, 6)

	r := run.Results[3]
	assert.Equal(t, "missing-follows", *r.RuleID)
	assert.Equal(t, "warning", r.Level)
	assert.Equal(t, "input `foo` has a nixpkgs of its own\nhelp: let it follow yours", *r.Message.Text)
	assert.Equal(t, "https://example.org/missing-follows", *run.Tool.Driver.Rules[r.RuleIndex].HelpURI)
	place := r.Locations[0].PhysicalLocation
	assert.Equal(t, "flake.nix", *place.ArtifactLocation.URI)
	assert.Equal(t, baseID, *place.ArtifactLocation.URIBaseID)
	assert.Equal(t, []int{3, 2, 3, 16, 31, 14}, []int{*place.Region.StartLine, *place.Region.StartColumn,
		*place.Region.EndLine, *place.Region.EndColumn, place.Region.ByteOffset, *place.Region.ByteLength})
	require.Len(t, r.RelatedLocations, 2)
	assert.Equal(t, "the input", *r.RelatedLocations[1].Message.Text)
	require.Len(t, r.Fixes, 1, "not the fix that is no UTF-8, nor the one without edits")
	require.Len(t, r.Fixes[0].ArtifactChanges, 2)
	assert.Equal(t, "inputs.foo.inputs.nixpkgs.follows = \"nixpkgs\";\n", *r.Fixes[0].ArtifactChanges[0].Replacements[0].InsertedContent.Text)

	assert.Equal(t, "note", run.Results[0].Level)
	assert.Equal(t, "./b%FFd%1B,:%25.nix", *run.Results[0].Locations[0].PhysicalLocation.ArtifactLocation.URI)
	assert.Equal(t, "file:///q/out.nix", *run.Results[5].Locations[0].PhysicalLocation.ArtifactLocation.URI)
	assert.Nil(t, run.Results[5].Locations[0].PhysicalLocation.ArtifactLocation.URIBaseID)
}

// TestSARIFRules holds what a viewer shows of a rule.
func TestSARIFRules(t *testing.T) {
	run := readSARIF(t, write(t, "sarif", testRun(), Options{})).Runs[0]
	for _, r := range run.Tool.Driver.Rules {
		if *r.ID == "empty" {
			assert.Nil(t, r.ShortDescription)
			assert.Nil(t, r.DefaultConfiguration)
			continue
		}
		assert.Equal(t, "Finds "+*r.ID, *r.ShortDescription.Text)
		assert.Equal(t, "It finds\n"+*r.ID+".", *r.FullDescription.Text)
		assert.Equal(t, "It finds\n"+*r.ID+".\n\nMore `code`.", *r.Help.Text)
		assert.Equal(t, *r.Help.Text+"\n\n["+*r.ID+"](https://example.org/"+*r.ID+")", *r.Help.Markdown)
		assert.Equal(t, "note", r.DefaultConfiguration.Level)
		assert.Equal(t, []string{"family"}, r.Properties.Tags)
	}
}

// TestSARIFSuppressions: what comments silence comes behind the findings, with the reason, and does not disturb their
// fingerprints.
func TestSARIFSuppressions(t *testing.T) {
	run := testRun()
	plain := readSARIF(t, write(t, "sarif", run, Options{})).Runs[0].Results
	run.Silenced = []diag.Silenced{
		{Finding: diag.Finding{Rule: "accepted", Severity: diag.Error, File: "/p/flake.nix", Span: span(4, 10), Message: "m"}, Reason: "everybody does"},
		{Finding: run.Findings[3]},
	}
	got := readSARIF(t, write(t, "sarif", run, Options{})).Runs[0]
	require.Len(t, got.Results, 8)
	seen := map[string]bool{}
	for i, r := range got.Results {
		assert.Equal(t, *r.RuleID, *got.Tool.Driver.Rules[r.RuleIndex].ID)
		name := r.PartialFingerprints["nixsift/v1"]
		assert.False(t, seen[name])
		seen[name] = true
		if i < 6 {
			assert.Equal(t, plain[i].PartialFingerprints, r.PartialFingerprints)
			assert.NotNil(t, r.Suppressions)
			assert.Empty(t, r.Suppressions)
			continue
		}
		require.Len(t, r.Suppressions, 1)
		assert.Equal(t, "inSource", *r.Suppressions[0].Kind)
		assert.Equal(t, "accepted", *r.Suppressions[0].Status)
	}
	assert.Equal(t, "everybody does", *got.Results[6].Suppressions[0].Justification)
	assert.Nil(t, got.Results[7].Suppressions[0].Justification)
	run.Findings = nil
	assert.Len(t, readSARIF(t, write(t, "sarif", run, Options{})).Runs[0].Results, 2)
}

func TestSARIFWithoutFindings(t *testing.T) {
	run := readSARIF(t, write(t, "sarif", &Run{}, Options{})).Runs[0]
	assert.True(t, *run.Invocations[0].ExecutionSuccessful)
	assert.Empty(t, run.Results)
	assert.Contains(t, write(t, "sarif", &Run{}, Options{}), `"results": []`)
}

func TestSARIFFirstSegmentWithColon(t *testing.T) {
	run := &Run{BaseDir: "/p", Findings: []diag.Finding{{Rule: "r", Severity: diag.Error, File: "/p/a:b.nix", Message: "m"}}}
	got := readSARIF(t, write(t, "sarif", run, Options{})).Runs[0].Results[0]
	assert.Equal(t, "./a:b.nix", *got.Locations[0].PhysicalLocation.ArtifactLocation.URI, "a: is no scheme")
}
