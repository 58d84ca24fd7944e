package lsp_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// clientSession runs a program that is a client, in a folder with a file to edit.
func clientSession(t *testing.T, environment []string, program string, args ...string) {
	t.Helper()
	dir := t.TempDir()
	lsptest.WriteFile(t, dir, "a b.nix", "{\n  s = \"😀\"; a. = 1; p = import ./not-there.nix;\n}\n")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "NIXSIFT_FOLDER="+dir, "HOME="+t.TempDir()), environment...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
}

// TestMicrosoftClient checks the messages of a session with Microsoft's client for JavaScript, on which that of VS Code is built.
func TestMicrosoftClient(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		testenv.Missing(t, "node")
	}
	modules := filepath.Join(testenv.Root(t), ".ci", "lspclient", "node_modules")
	if _, err := os.Stat(filepath.Join(modules, "vscode-languageserver-protocol")); err != nil {
		testenv.Missing(t, "vscode-languageserver-protocol, which .ci/run installs in .ci/lspclient,")
	}
	script, err := filepath.Abs("testdata/jsclient.js")
	require.NoError(t, err)
	command, judge := checker(t)
	clientSession(t, nil, node, append([]string{script, modules}, command...)...)
	judge()
}

// TestPytestClient checks the messages of sessions with pytest-lsp, which says what editors say that they can.
func TestPytestClient(t *testing.T) {
	pytest := testenv.Tool(t, "pytest")
	if err := exec.Command(filepath.Join(filepath.Dir(pytest), "python"), "-c", "import pytest_lsp").Run(); err != nil {
		testenv.Missing(t, "pytest-lsp")
	}
	script, err := filepath.Abs("testdata/pytest_client.py")
	require.NoError(t, err)
	for _, editor := range []string{"visual_studio_code", "neovim"} {
		t.Run(editor, func(t *testing.T) {
			command, judge := checker(t)
			environment := []string{"NIXSIFT_LSP=" + strings.Join(command, "\n"), "NIXSIFT_CLIENT=" + editor, "PYTHONDONTWRITEBYTECODE=1"}
			clientSession(t, environment, pytest, "-q", "-p", "no:cacheprovider", "--rootdir", filepath.Dir(script), script)
			judge()
		})
	}
}
