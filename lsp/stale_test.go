package lsp_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/lsp/lsptest"
)

// TestStaleReading asks about documents whose checks hang. Of one that is not large there is an answer all the same; one about a large one
// waits, and ends with the next version, whose own is not kept waiting.
func TestStaleReading(t *testing.T) {
	release := make(chan struct{})
	hanging.Store(&release)
	c := start(t, "", "")
	ask := func(uri string) int {
		return c.Send("textDocument/hover", map[string]any{"textDocument": map[string]any{"uri": uri}, "position": lsptest.Position{Line: 1, Character: 8}})
	}
	const text = "let x = 13; y = 12;\nin [ 13 x 14 ]\n"
	pad := "#" + strings.Repeat(" a comment", 3<<10) + "\n"
	before := hung.Load()
	c.Open("untitled:middle", "nix", 1, text+"# hang\n"+pad)
	m := c.Reply(ask("untitled:middle"))
	assert.Contains(t, string(m.Result), "x # a name of let")

	large := strings.Repeat(pad, 10)
	c.Open("untitled:large", "nix", 1, text+"# hang\n"+large)
	first, second := ask("untitled:large"), ask("untitled:large")
	assert.Eventually(t, func() bool { return hung.Load() > before+1 }, lsptest.Timeout, time.Millisecond)
	c.Notify("$/cancelRequest", map[string]any{"id": second})
	assert.Equal(t, -32800, c.Reply(second).Error.Code)
	c.Edit("untitled:large", 2, lsptest.Change{Text: text + large})
	assert.Equal(t, -32801, c.Reply(first).Error.Code)
	third := ask("untitled:large")
	close(release)
	assert.Contains(t, string(c.Reply(third).Result), "x # a name of let")
	assert.Equal(t, 0, c.Shutdown())
}
