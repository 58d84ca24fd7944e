package lsp_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// module is a text of about the given size that looks like the package lists and modules that people edit,
// with a few findings.
func module(size int) string {
	var b strings.Builder
	b.WriteString("{ config, lib, pkgs, ... }:\nlet\n  cfg = config.services.sample;\nin\n{\n")
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, `  services.sample%d = {
    enable = lib.mkIf cfg.enable true;
    package = pkgs.callPackage ({ stdenv, fetchurl }: stdenv.mkDerivation rec {
      pname = "sample-%d"; version = "1.%d";
      src = fetchurl { url = "https://example.org/${pname}-${version}.tar.gz"; hash = "sha256-%d"; };
    }) { };
    extraConfig = ''
      listen ${toString (8000 + %d)} # %d
      root ${cfg.root or "/srv"}/%d
    '';
    hosts = map (n: { name = n; value = { inherit (cfg) user group; port = %d; }; }) [ "a" "b" "c" ];
  };
`, i, i, i, i, i, i, i, i)
		if i%200 == 0 {
			fmt.Fprintf(&b, "  broken%d = let in undefinedName%d;\n", i, i)
		}
		if i%20 == 10 {
			fmt.Fprintf(&b, "  empty%d = let in %d;\n", i, i)
		}
	}
	b.WriteString("}\n")
	return b.String()
}

// typist sends edits and waits for the diagnostics of each version, without decoding more than needed.
type typist struct {
	in  io.Writer
	out *bufio.Reader
}

func (p typist) send(b *testing.B, v any) {
	body, err := json.Marshal(v)
	require.NoError(b, err)
	_, err = fmt.Fprintf(p.in, "Content-Length: %d\r\n\r\n%s", len(body), body)
	require.NoError(b, err)
}

func (p typist) wait(b *testing.B, text string) {
	for !bytes.Contains(p.next(b), []byte(text)) {
	}
}

// next returns the next message.
func (p typist) next(b *testing.B) []byte {
	header, err := p.out.ReadString('\n')
	require.NoError(b, err)
	n, err := strconv.Atoi(strings.TrimSpace(header[len("Content-Length: "):]))
	require.NoError(b, err)
	body := make([]byte, n+2)
	_, err = io.ReadFull(p.out, body)
	require.NoError(b, err)
	return body
}

// BenchmarkKeystrokePreview measures the same with the rules in preview, too.
func BenchmarkKeystrokePreview(b *testing.B) {
	for _, size := range []int{1 << 10, 160 << 10} {
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) { keystrokes(b, size, " ", "preview = true\n") })
	}
}

// BenchmarkKeystroke measures the time from an edit to the diagnostics of its version, with all rules of
// the default preset. Each edit is in the middle of the file: a blank that is typed, one after the other, or, in
// turns, a bracket that breaks the code and its removal.
func BenchmarkKeystroke(b *testing.B) {
	for _, size := range []int{1 << 10, 160 << 10, 2 << 20} {
		for _, typed := range []string{" ", "("} {
			name := fmt.Sprintf("%dKB", size>>10)
			if typed != " " {
				name += "/broken"
			}
			b.Run(name, func(b *testing.B) { keystrokes(b, size, typed, "") })
		}
	}
}

// BenchmarkKeystrokeBusy measures the same while eight requests about the document are under way, half of them sent behind the edit.
func BenchmarkKeystrokeBusy(b *testing.B) {
	for _, size := range []int{160 << 10, 2 << 20} {
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			p, uri, text := editing(b, size, "")
			half := len(text) / 2
			line := strings.Count(text[:half+strings.Index(text[half:], "cfg.enable")], "\n")
			id := 1
			ask := func() {
				for _, method := range []string{"hover", "completion", "documentSymbol", "codeAction"} {
					id++
					at := lsptest.Position{Line: line, Character: 26}
					p.send(b, map[string]any{"jsonrpc": "2.0", "id": id, "method": "textDocument/" + method, "params": map[string]any{
						"textDocument": map[string]any{"uri": uri}, "position": at, "range": lsptest.Range{Start: at, End: at}, "context": map[string]any{"diagnostics": []any{}},
					}})
				}
			}
			at := lsptest.At(line+1, 0, line+1, 0)
			var times []time.Duration
			version := 0
			for b.Loop() {
				ask()
				time.Sleep(5 * time.Millisecond)
				version++
				begin := time.Now()
				p.send(b, map[string]any{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": map[string]any{
					"textDocument": map[string]any{"uri": uri, "version": version}, "contentChanges": []any{map[string]any{"range": at, "text": " "}},
				}})
				ask()
				p.wait(b, fmt.Sprintf(`"version":%d,`, version))
				times = append(times, time.Since(begin))
			}
			percentiles(b, times)
		})
	}
}

// editing starts a server and opens a file of about the given size.
func editing(b *testing.B, size int, config string) (p typist, uri, text string) {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	go func() {
		_, err := lsp.Serve(inR, outW, lsp.Options{Log: io.Discard})
		if err != nil {
			b.Error(err)
		}
	}()
	b.Cleanup(func() { _ = inW.Close() })
	p = typist{inW, bufio.NewReaderSize(outR, 1<<20)}
	text = module(size)
	dir := b.TempDir()
	lsptest.WriteFile(b, dir, "nixsift.toml", config)
	path := lsptest.WriteFile(b, dir, filepath.Join("hosts", "a.nix"), text)
	uri = lsptest.URI(path)
	p.send(b, map[string]any{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": map[string]any{"capabilities": json.RawMessage("{" + lsptest.Capable + "}")}})
	p.wait(b, `"id":1`)
	p.send(b, map[string]any{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": map[string]any{
		"textDocument": map[string]any{"uri": uri, "languageId": "nix", "version": 0, "text": text},
	}})
	p.wait(b, `"version":0`)
	return p, uri, text
}

func keystrokes(b *testing.B, size int, typed, config string) {
	p, uri, text := editing(b, size, config)
	line := strings.Count(text[:len(text)/2], "\n")
	at := map[string]int{"line": line, "character": 0}
	var times []time.Duration
	version := 0
	for b.Loop() {
		version++
		change := map[string]any{"range": map[string]any{"start": at, "end": at}, "text": typed}
		if typed != " " && version%2 == 0 {
			behind := map[string]int{"line": line, "character": len(typed)}
			change = map[string]any{"range": map[string]any{"start": at, "end": behind}, "text": ""}
		}
		begin := time.Now()
		p.send(b, map[string]any{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": map[string]any{
			"textDocument":   map[string]any{"uri": uri, "version": version},
			"contentChanges": []any{change},
		}})
		p.wait(b, fmt.Sprintf(`"version":%d,`, version))
		times = append(times, time.Since(begin))
	}
	percentiles(b, times)
}

// percentiles reports how long something took.
func percentiles(b *testing.B, times []time.Duration) {
	slices.Sort(times)
	ms := func(q float64) float64 {
		return float64(times[min(len(times)-1, int(q*float64(len(times))))].Microseconds()) / 1000
	}
	b.ReportMetric(ms(0.5), "p50-ms")
	b.ReportMetric(ms(0.95), "p95-ms")
	b.ReportMetric(ms(1), "max-ms")
}

// BenchmarkCodeAction measures requests for code actions: at a finding with a fix, at a place without findings, for the
// whole file, and for all safe fixes, which is the only one that checks the file again.
func BenchmarkCodeAction(b *testing.B) {
	for _, size := range []int{160 << 10, 2 << 20} {
		for _, name := range []string{"finding", "nothing", "whole file", "fix all"} {
			b.Run(fmt.Sprintf("%dKB/%s", size>>10, name), func(b *testing.B) {
				p, uri, text := editing(b, size, "")
				half := len(text) / 2
				line := strings.Count(text[:half+strings.Index(text[half:], "undefinedName")], "\n")
				at := lsptest.At(line, 0, line, 99)
				only := []string{}
				switch name {
				case "nothing":
					at = lsptest.At(line+2, 4, line+2, 4)
				case "whole file":
					at = lsptest.At(0, 0, 1<<20, 0)
				case "fix all":
					only = append(only, "source.fixAll")
				}
				var times []time.Duration
				id := 1
				for b.Loop() {
					id++
					begin := time.Now()
					p.send(b, map[string]any{"jsonrpc": "2.0", "id": id, "method": "textDocument/codeAction", "params": map[string]any{
						"textDocument": map[string]any{"uri": uri}, "range": at, "context": map[string]any{"diagnostics": []any{}, "only": only},
					}})
					p.wait(b, fmt.Sprintf(`"id":%d,`, id))
					times = append(times, time.Since(begin))
				}
				percentiles(b, times)
			})
		}
	}
}

// BenchmarkReading measures requests about what stands at a place in the middle of a file that has just been edited there, so that
// nothing is known of its text yet.
func BenchmarkReading(b *testing.B) {
	for _, size := range []int{160 << 10, 2 << 20} {
		for _, method := range []string{"hover", "completion", "definition", "documentSymbol", "foldingRange", "references",
			"signatureHelp", "inlayHint", "documentLink", "semanticTokens/full", "semanticTokens/range", "selectionRange", "linkedEditingRange", "prepareCallHierarchy"} {
			b.Run(fmt.Sprintf("%dKB/%s", size>>10, method), func(b *testing.B) {
				p, uri, text := editing(b, size, "")
				half := len(text) / 2
				line := strings.Count(text[:half+strings.Index(text[half:], "cfg.enable")], "\n")
				at := map[string]int{"line": line, "character": 26}
				var times []time.Duration
				id := 1
				for b.Loop() {
					id++
					p.send(b, map[string]any{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": map[string]any{
						"textDocument":   map[string]any{"uri": uri, "version": id},
						"contentChanges": []any{map[string]any{"range": map[string]any{"start": lsptest.Position{Line: line + 1}, "end": lsptest.Position{Line: line + 1}}, "text": " "}},
					}})
					p.wait(b, fmt.Sprintf(`"version":%d,`, id))
					begin := time.Now()
					p.send(b, map[string]any{"jsonrpc": "2.0", "id": id, "method": "textDocument/" + method, "params": map[string]any{
						"textDocument": map[string]any{"uri": uri}, "position": at, "context": map[string]any{"includeDeclaration": true},
						"positions": []any{at}, "range": lsptest.At(line-30, 0, line+30, 0),
					}})
					p.wait(b, fmt.Sprintf(`"id":%d,`, id))
					times = append(times, time.Since(begin))
				}
				percentiles(b, times)
			})
		}
	}
}
