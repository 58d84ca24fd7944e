package shell

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestBehindTags holds that what stands behind tagged nodes on a line is found at its place.
func TestBehindTags(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		want             []string // the words of the commands, as the file writes them
	}{
		{"reference", gitLab, "a:\n  script: [ !reference [.t, script], \"nix build .#img\" ]\n", []string{"nix", "build", ".#img"}},
		{"references", gitLab, "a:\n  script: [!reference [.t, script], 'nix a', !reference [.u, script], nix b, !x c,  \"nix d\"]\n",
			[]string{"nix", "a", "nix", "b", "nix", "d"}},
		{"text in a mapping", gitHub, "on: push\njobs: { a: { runs-on: [ !!str x, y ], steps: [ { run: !!str \"nix a\" , shell: bash }, {run: 'nix b'} ] } }\n",
			[]string{"nix", "a", "nix", "b"}},
		{"anchors", gitHub, "on: push\njobs: { a: { runs-on: x, steps: [ &s !!map { run: &r !!str 'nix a', shell: !!str bash }, { run: *r, name: \"b\" } ] } }\n",
			[]string{"nix", "a"}},
		{"behind the line", gitLab, "a:\n  script:\n    - !!str\n      nix a\n    - !reference [.t, script]\n    - \"nix b\"\n    - !!str |\n      nix c\n", []string{"nix", "a", "nix", "b", "nix", "c"}},
		{"not ASCII", gitLab, "a:\n  script: [ !!str \"é\" , \"nix ü\" ]\n", []string{"é", "nix", "ü"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := ReadCI(c.file, c.text)
			assert.Empty(t, d.Problems)
			var got []string
			for _, cmd := range d.Commands() {
				for _, w := range append([]Word{cmd.Word}, cmd.Args...) {
					assert.Equal(t, w.Text, c.text[w.Span.Start:w.Span.End])
					got = append(got, w.Text)
				}
			}
			assert.Equal(t, c.want, got)
		})
	}
}

// TestEmptyTags: a tag without a value is an empty one; the rest of the file is read.
func TestEmptyTags(t *testing.T) {
	for name, text := range map[string]string{
		"item":            "a:\n  script:\n    - nix a\n    - !!str\n    - nix b\n",
		"last item":       "a:\n  script:\n    - nix a\n    - nix b\n    - !!null # none\n",
		"key":             "a:\n  variables:\n    X: !!str\n    Y: 1\n  script: [nix a, nix b]\n",
		"reference":       "a:\n  before_script: !reference\n  script:\n  - nix a\n  - nix b\n",
		"key of an item":  "a:\n  x:\n  - y: !!str\n  - z: !!str\n    w: 1\n  script: [nix a, nix b]\n",
		"value below":     "a:\n  x: !!null\n  script: !!seq\n  - nix a\n  - !!str\n    nix b\n",
		"text like a tag": "a:\n  x: !!str\n  script:\n    - |\n      nix a\n      y: !z\n      nix b\n",
	} {
		d := ReadCI(".gitlab-ci.yml", text)
		assert.Empty(t, d.Problems, name)
		assert.Subset(t, programs(d), []string{"nix"}, name)
		got := 0
		for _, c := range d.Commands() {
			if c.Name == "nix" && (c.Args[0].Text == "a" || c.Args[0].Text == "b") {
				got++
			}
		}
		assert.Equal(t, 2, got, name)
	}
}
