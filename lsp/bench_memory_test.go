package lsp_test

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

var repositoryFiles = flag.Int("repository", 0, "let BenchmarkMemoryWorkspace also open a repository of so many Nix files, such as 45000")

// BenchmarkMemoryWorkspace measures the resident memory of the program, in MB, with a tree open as the workspace: after the first file
// is open, and the peak while it is edited and looked at. The trees are that of home-manager and, with -repository, one of
// copies of real files.
func BenchmarkMemoryWorkspace(b *testing.B) {
	b.Run("home-manager", func(b *testing.B) { memoryIn(b, homeManager(b)) })
	if *repositoryFiles > 0 {
		b.Run(fmt.Sprintf("%d files", *repositoryFiles), func(b *testing.B) { memoryIn(b, largeRepository(b, *repositoryFiles)) })
	}
}

// largeRepository makes a Git repository of copies of real files.
func largeRepository(b *testing.B, files int) string {
	dir, from := b.TempDir(), testenv.Shared(b, "corpus")
	gittest.Init(b, dir, ".")
	for n, round := 0, 0; n < files; round++ {
		before := n
		require.NoError(b, filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || filepath.Ext(path) != ".nix" {
				return err
			}
			if n == files {
				return fs.SkipAll
			}
			n++
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(from, path)
			if err != nil {
				return err
			}
			to := filepath.Join(dir, strconv.Itoa(round), rel)
			if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
				return err
			}
			return os.WriteFile(to, text, 0o644)
		}))
		require.Less(b, before, n, "there are no Nix files")
	}
	return dir
}

var residentLine = regexp.MustCompile(`(?m)^(VmRSS|VmHWM):\s+(\d+) kB$`)

// memoryIn opens a module in a tree, edits it, and asks what other files have to say.
func memoryIn(b *testing.B, dir string) {
	var rss, peak, opened float64
	for b.Loop() {
		cmd := exec.Command(program(b), "lsp")
		in, err := cmd.StdinPipe()
		require.NoError(b, err)
		out, err := cmd.StdoutPipe()
		require.NoError(b, err)
		require.NoError(b, cmd.Start())
		status := func() map[string]float64 {
			text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
			if err != nil {
				b.Skip("there is no /proc")
			}
			found := map[string]float64{}
			for _, m := range residentLine.FindAllSubmatch(text, -1) {
				kb, err := strconv.Atoi(string(m[2]))
				require.NoError(b, err)
				found[string(m[1])] = float64(kb) / 1024
			}
			return found
		}
		p := typist{in, bufio.NewReaderSize(out, 1<<20)}
		p.send(b, map[string]any{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": map[string]any{
			"rootUri": lsptest.URI(dir), "capabilities": json.RawMessage("{" + lsptest.Capable + "}"),
		}})
		p.wait(b, `"id":1`)
		text := "{ config, lib, pkgs, ... }:\n{\n  config = lib.mkIf config.programs.git.enable { programs.git.enable = true; };\n}\n"
		uri := lsptest.URI(filepath.Join(dir, "typed-here.nix"))
		begin := time.Now()
		p.send(b, map[string]any{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": map[string]any{
			"textDocument": map[string]any{"uri": uri, "languageId": "nix", "version": 0, "text": text},
		}})
		p.ask(b, uri, 2)
		p.wait(b, `"id":2,`)
		opened = time.Since(begin).Seconds()
		rss = status()["VmRSS"]
		for version := 1; version <= 20; version++ {
			p.send(b, map[string]any{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": map[string]any{
				"textDocument": map[string]any{"uri": uri, "version": version}, "contentChanges": []any{map[string]any{"text": text + strings.Repeat("# typed\n", version)}},
			}})
			p.wait(b, fmt.Sprintf(`"version":%d,`, version))
		}
		p.ask(b, uri, 3)
		p.wait(b, `"id":3,`)
		at := lsptest.Position{Line: 2, Character: 45}
		for i, method := range []string{"hover", "completion", "definition", "references"} {
			p.send(b, map[string]any{"jsonrpc": "2.0", "id": 100 + i, "method": "textDocument/" + method, "params": map[string]any{
				"textDocument": map[string]any{"uri": uri}, "position": at, "context": map[string]any{"includeDeclaration": true},
			}})
			p.wait(b, fmt.Sprintf(`"id":%d,`, 100+i))
		}
		p.send(b, map[string]any{"jsonrpc": "2.0", "id": 200, "method": "workspace/symbol", "params": map[string]any{"query": "git"}})
		p.wait(b, `"id":200,`)
		time.Sleep(time.Second) // what waits for a pause
		peak = max(peak, status()["VmHWM"])
		require.NoError(b, in.Close())
		_ = cmd.Wait() // 1, without a shutdown
	}
	b.ReportMetric(rss, "open-MB")
	b.ReportMetric(peak, "peak-MB")
	b.ReportMetric(opened, "open-s")
}
