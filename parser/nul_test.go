package parser_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// TestNUL compares which NUL bytes in strings Nix takes.
func TestNUL(t *testing.T) {
	nix := testenv.Nix234(t)
	for text, ok := range map[string]bool{
		"{ a = \"x\\\x00y\"; }": true, "\"\\\\\\\x00\"": true, "''x''\\\x00y''": true, "''x''$''\\\x00y''": true, "\"a\\\x00\\\x00\"": true,
		"\"x\x00\"": false, "\"x\\\\\x00\"": false, "''x\\\x00y''": false, "''x\x00y''": false, "''x'''\\\x00y''": false, "\"\\\x00\x00\"": false,
	} {
		file := filepath.Join(t.TempDir(), "x.nix")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		err := exec.Command(nix, "--parse", file).Run()
		assert.Equal(t, ok, err == nil, "Nix: %q", text)
		assert.Equal(t, ok, !parser.Parse(text).Root().HasError() && len(parser.Parse(text).Errors()) == 0, "%q", text)
	}
}
