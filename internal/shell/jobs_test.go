package shell

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestJobs: the parts of the text that are jobs, with the labels of their runners.
func TestJobs(t *testing.T) {
	for _, c := range []struct {
		path, text string
		want       [][3]string
	}{
		{".github/workflows/x.yml", "on: push\njobs:\n  a: # one\n    runs-on: ubuntu-latest\n  b:\n    runs-on: [self-hosted, arm]\n  c:\n    runs-on:\n      labels: big\nenv: {}\n", [][3]string{
			{"a", "ubuntu-latest", "a: # one\n    runs-on: ubuntu-latest\n  "}, {"b", "self-hosted arm ", "b:\n    runs-on: [self-hosted, arm]\n  "},
			{"c", "big", "c:\n    runs-on:\n      labels: big\n"},
		}},
		{".gitlab-ci.yml", "stages: []\n.t: {}\na:\n  tags: [nix]\n  script: x\nvariables: {}\nb: {script: y}\n", [][3]string{
			{"a", "nix ", "a:\n  tags: [nix]\n  script: x\n"}, {"b", "", "b: {script: y}\n"},
		}},
	} {
		var got [][3]string
		for _, j := range ReadCI(c.path, c.text).Jobs {
			got = append(got, [3]string{j.Name, j.Runner, c.text[j.Span.Start:j.Span.End]})
		}
		assert.Equal(t, c.want, got, c.path)
	}
}
