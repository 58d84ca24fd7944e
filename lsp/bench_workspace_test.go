package lsp_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
	"github.com/nixsift/nixsift/parser"
)

// homeManager returns the folder of a tree of real modules.
func homeManager(tb testing.TB) string { return testenv.Shared(tb, "corpus", "bench", "home-manager") }

// composed is a text of about the given size made of the files below a folder, each the value of an attribute.
func composed(tb testing.TB, dir string, size int) string {
	var files []string
	require.NoError(tb, filepath.WalkDir(filepath.Join(dir, "modules"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.HasSuffix(path, ".nix") {
			files = append(files, path)
		}
		return err
	}))
	slices.Sort(files)
	var b strings.Builder
	b.WriteString("{ config, lib, pkgs, ... }:\n{\n")
	for i := 0; b.Len() < size; i++ {
		text, err := os.ReadFile(files[i%len(files)])
		require.NoError(tb, err)
		if b.Len()+len(text) > size+size/4 || len(parser.Parse(string(text)).Errors()) > 0 {
			continue
		}
		fmt.Fprintf(&b, "  part%d = (\n%s\n  );\n", i, strings.TrimSpace(string(text)))
	}
	b.WriteString("  marked = lib.mkIf config.programs.git.enable true;\n}\n")
	return b.String()
}

// atHome starts a server with the tree of home-manager as the folder, and opens a new module of about the given size in it. It returns
// when all of the first version is found.
func atHome(b *testing.B, size int) (p typist, uri, text string, opened time.Duration) {
	dir := homeManager(b)
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		if _, err := lsp.Serve(inR, outW, lsp.Options{Log: io.Discard, Idle: 100 * time.Millisecond}); err != nil {
			b.Error(err)
		}
		_ = outW.Close()
	}()
	b.Cleanup(func() {
		_ = inW.Close()
		go func() { _, _ = io.Copy(io.Discard, outR) }()
		<-done
	})
	p = typist{inW, bufio.NewReaderSize(outR, 1<<20)}
	text = composed(b, dir, size)
	uri = lsptest.URI(filepath.Join(dir, "modules", "programs", "typed-here.nix"))
	p.send(b, map[string]any{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": map[string]any{
		"rootUri": lsptest.URI(dir), "capabilities": json.RawMessage("{" + lsptest.Capable + "}"),
	}})
	p.wait(b, `"id":1`)
	begin := time.Now()
	p.send(b, map[string]any{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": map[string]any{
		"textDocument": map[string]any{"uri": uri, "languageId": "nix", "version": 0, "text": text},
	}})
	p.wait(b, `"version":0`)
	opened = time.Since(begin)
	p.ask(b, uri, 2)
	p.wait(b, `"id":2,`)
	time.Sleep(time.Second) // what waits for a pause
	return p, uri, text, opened
}

// ask asks for all that is found in the newest version.
func (p typist) ask(b *testing.B, uri string, id int) {
	p.send(b, map[string]any{"jsonrpc": "2.0", "id": id, "method": "textDocument/diagnostic", "params": map[string]any{"textDocument": map[string]any{"uri": uri}}})
}

// waitBoth waits for two texts, in whatever order, and returns when each came.
func (p typist) waitBoth(b *testing.B, one, two string) (first, second time.Time) {
	for first.IsZero() || second.IsZero() {
		body := p.next(b)
		if first.IsZero() && bytes.Contains(body, []byte(one)) {
			first = time.Now()
		} else if second.IsZero() && bytes.Contains(body, []byte(two)) {
			second = time.Now()
		}
	}
	return first, second
}

// BenchmarkKeystrokeWorkspace measures, in files made of real modules in the tree of home-manager, the time from an edit to the first
// diagnostics of its version (p50-ms, p95-ms), and until all is found, what the other files decide included (all-p50-ms, all-p95-ms).
// The edits are comments that are typed, names that change and a bracket that breaks the code, in the middle of the file.
func BenchmarkKeystrokeWorkspace(b *testing.B) {
	for _, size := range []int{7 << 10, 160 << 10, 2 << 20} {
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			p, uri, text, opened := atHome(b, size)
			half := len(text) / 2
			line := strings.Count(text[:half+strings.Index(text[half:], "\n  );\n")], "\n") + 2
			at := lsptest.Position{Line: line}
			var first, all []time.Duration
			version := 0
			typed := []string{"  typed = 1;", "  typed = config.programs.git.enable;", "  typed = (", "  # typed"}
			before := 0
			for b.Loop() {
				version++
				now := typed[version%len(typed)]
				begin := time.Now()
				p.send(b, map[string]any{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": map[string]any{
					"textDocument":   map[string]any{"uri": uri, "version": version},
					"contentChanges": []any{map[string]any{"range": lsptest.Range{Start: at, End: lsptest.Position{Line: line, Character: before}}, "text": now}},
				}})
				before = len(now)
				p.ask(b, uri, version+10)
				one, two := p.waitBoth(b, fmt.Sprintf(`"version":%d,`, version), fmt.Sprintf(`"id":%d,`, version+10))
				first, all = append(first, one.Sub(begin)), append(all, two.Sub(begin))
			}
			percentiles(b, first)
			slices.Sort(all)
			ms := func(q float64) float64 {
				return float64(all[min(len(all)-1, int(q*float64(len(all))))].Microseconds()) / 1000
			}
			b.ReportMetric(ms(0.5), "all-p50-ms")
			b.ReportMetric(ms(0.95), "all-p95-ms")
			var memory runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&memory)
			b.ReportMetric(float64(memory.HeapAlloc>>20), "heap-MB")
			b.ReportMetric(float64(opened.Microseconds())/1000, "open-ms")
		})
	}
}

// BenchmarkReadingWorkspace measures requests about what stands at a place that has just been edited, in the same files and tree.
func BenchmarkReadingWorkspace(b *testing.B) {
	for _, size := range []int{160 << 10, 2 << 20} {
		for _, method := range []string{"hover", "completion", "definition", "codeAction"} {
			b.Run(fmt.Sprintf("%dKB/%s", size>>10, method), func(b *testing.B) {
				p, uri, text, _ := atHome(b, size)
				at := lsptest.Position{Line: strings.Count(text[:strings.LastIndex(text, "marked =")], "\n"), Character: 17}
				var times []time.Duration
				id := 2
				for b.Loop() {
					id++
					p.send(b, map[string]any{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": map[string]any{
						"textDocument":   map[string]any{"uri": uri, "version": id},
						"contentChanges": []any{map[string]any{"range": lsptest.Range{Start: lsptest.Position{Line: at.Line}, End: lsptest.Position{Line: at.Line}}, "text": " "}},
					}})
					at.Character++
					p.wait(b, fmt.Sprintf(`"version":%d,`, id))
					begin := time.Now()
					p.send(b, map[string]any{"jsonrpc": "2.0", "id": id, "method": "textDocument/" + method, "params": map[string]any{
						"textDocument": map[string]any{"uri": uri}, "position": at, "range": lsptest.Range{Start: at, End: at}, "context": map[string]any{"diagnostics": []any{}},
					}})
					p.wait(b, fmt.Sprintf(`"id":%d,`, id))
					times = append(times, time.Since(begin))
				}
				percentiles(b, times)
			})
		}
	}
}
