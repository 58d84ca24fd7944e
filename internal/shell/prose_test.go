package shell

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestProse(t *testing.T) {
	text := "\ufeff# Title\r\n" +
		"Run `nix build .#a` or `make`, or ``nix b``.\r\n" +
		"```sh\r\nnix run . \\\r\n  -L\r\nif [ x\r\n```\r\n" +
		"> ```console\r\n> $ nix develop\r\n> done\r\n> ❯ sudo nixos-rebuild switch \\\r\n  --flake .\r\n> ```\r\n" +
		"````\n```\nnix fmt\n```\n````\n" +
		"```nix\nnix eval\n```\n~~~ {.bash}\nnix shell\n~~~\n" +
		"```sh\nnix flake check\n"
	doc := ReadScript("sub/README.de.md", text)
	assert.True(t, doc.Prose)
	assert.Empty(t, doc.Problems)
	var got []string
	for _, cmd := range doc.Commands() {
		words := []string{cmd.Name}
		for _, w := range cmd.Args {
			words = append(words, w.Text)
			assert.Equal(t, w.Text, text[w.Span.Start:w.Span.End])
		}
		if strings.HasPrefix(cmd.Name, "nix") {
			got = append(got, strings.Join(words, " "))
		}
	}
	assert.Equal(t, []string{"nix build .#a", "nix b", "nix run . -L", "nix develop", "nixos-rebuild switch --flake .", "nix fmt", "nix shell", "nix flake check"}, got)
	for _, s := range doc.Scripts {
		assert.Nil(t, s.Err)
		assert.Empty(t, s.Unread)
	}
	assert.False(t, ReadScript("notes.sh", text).Prose)
}

// TestProseIsBounded holds that of a document with many commands only some are read.
func TestProseIsBounded(t *testing.T) {
	doc := ReadScript("README.md", strings.Repeat("`nix build .#a` ", 5000)+strings.Repeat("\n```\nnix fmt\n```", 5000))
	assert.Len(t, doc.Scripts, 1000)
}
