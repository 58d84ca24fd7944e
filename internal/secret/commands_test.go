package secret

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestProgramsIn holds that going through a text once finds the programs that looking for each does.
func TestProgramsIn(t *testing.T) {
	assert.LessOrEqual(t, len(commandSecrets), 32)
	texts := []string{"", "m", "my", "mysq lmysql", "ccurl", "skope skopeo", "docker  login docker login", "pass", "ldapldap", "echo"}
	for _, c := range commandSecrets {
		texts = append(texts, c.program, "x"+c.program+"y", c.program[1:], strings.ToUpper(c.program), c.program[:len(c.program)-1])
	}
	texts = append(texts, strings.Join(texts, " "))
	for _, text := range texts {
		want := uint32(0)
		for n, c := range commandSecrets {
			if strings.Contains(text, c.program) {
				want |= 1 << n
			}
		}
		assert.Equal(t, want, programsIn(text), text)
	}
}
