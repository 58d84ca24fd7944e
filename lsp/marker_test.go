package lsp_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

var update = flag.Bool("update", false, "write what the server says into the fixtures")

// The fixtures testdata/FEATURE/*.txtar are projects with marks in their files, ⟦name⟧, which are taken out. At each mark
// the request of the feature is sent; the section want holds what the server says, a heading for each mark. A mark ⟦name:text⟧ has an
// argument, such as a new name, and ⟦⟧ ends what is selected from the mark before on. A file that is not there on the disk, but open, has the name unsaved/NAME; it lies at NAME.
var mark = regexp.MustCompile(`⟦([^⟧:]*)(?::([^⟧]*))?⟧`)

// marked is a mark in a file.
type marked struct {
	file, name, argument string
	at                   lsptest.Position
}

// marks takes the marks out of a text.
func marks(file, text string) (string, []marked) {
	var found []marked
	for {
		m := mark.FindStringSubmatchIndex(text)
		if m == nil {
			return text, found
		}
		before := text[:m[0]]
		k := marked{file: file, name: text[m[2]:m[3]]}
		if m[4] >= 0 {
			k.argument = text[m[4]:m[5]]
		}
		line := before[strings.LastIndexByte(before, '\n')+1:]
		k.at = lsptest.Position{Line: strings.Count(before, "\n"), Character: len(utf16.Encode([]rune(line)))}
		found = append(found, k)
		text = before + text[m[1]:]
	}
}

// capable are the capabilities of a client that takes all that a server may say of code.
const capable = `{"general":{"positionEncodings":["utf-16"]},"workspace":{"workspaceEdit":{"documentChanges":true,"resourceOperations":["create"],"changeAnnotationSupport":{}},"fileOperations":{"willRename":true},"diagnostics":{"refreshSupport":true}},"textDocument":{"diagnostic":{},
	"hover":{"contentFormat":["markdown","plaintext"]},"completion":{"completionItem":{"documentationFormat":["markdown"],"resolveSupport":{"properties":["documentation"]}}},
	"signatureHelp":{"signatureInformation":{"documentationFormat":["markdown"],"parameterInformation":{"labelOffsetSupport":true},"activeParameterSupport":true}},
	"documentSymbol":{"hierarchicalDocumentSymbolSupport":true},"foldingRange":{"foldingRangeKind":{"valueSet":["comment"]}},"rename":{"prepareSupport":true},
	"codeAction":{"codeActionLiteralSupport":{"codeActionKind":{"valueSet":[]}},"isPreferredSupport":true}}}`

// session is a fixture at work.
type session struct {
	*lsptest.Client
	t     *testing.T
	dir   string
	texts map[string]string // by file
	all   []marked
}

func (s *session) uri(file string) string { return lsptest.URI(filepath.Join(s.dir, file)) }

// here returns the parameters of a request about a mark.
func (s *session) here(m marked) map[string]any {
	return map[string]any{"textDocument": map[string]any{"uri": s.uri(m.file)}, "position": m.at}
}

// place presents a range in a file, with its text.
func (s *session) place(uri string, r lsptest.Range) string {
	file, err := filepath.Rel(s.dir, strings.TrimPrefix(uri, "file://"))
	require.NoError(s.t, err)
	out := fmt.Sprintf("%s:%d:%d-%d:%d", file, r.Start.Line+1, r.Start.Character+1, r.End.Line+1, r.End.Character+1)
	if lines := strings.Split(s.texts[file], "\n"); r.Start.Line == r.End.Line && r.Start.Line < len(lines) {
		units := utf16.Encode([]rune(lines[r.Start.Line]))
		require.LessOrEqual(s.t, r.End.Character, len(units), out)
		if r.Start != r.End {
			out += " " + string(utf16.Decode(units[r.Start.Character:r.End.Character]))
		}
	}
	return out
}

type location struct {
	URI   string
	Range lsptest.Range
}

// features are the requests, by the names of their folders: each returns what the server says at a mark.
var features = map[string]func(s *session, m marked) string{
	"hover": func(s *session, m marked) string {
		var h *struct {
			Contents struct{ Value string }
			Range    lsptest.Range
		}
		s.Call("textDocument/hover", s.here(m), &h)
		if h == nil {
			return "nothing"
		}
		return s.place(s.uri(m.file), h.Range) + "\n" + h.Contents.Value
	},
	"definition":  func(s *session, m marked) string { return s.locations("textDocument/definition", s.here(m)) },
	"declaration": func(s *session, m marked) string { return s.locations("textDocument/declaration", s.here(m)) },
}

// maxShown is how many proposals a fixture shows.
const maxShown = 12

func init() {
	features["completion"] = func(s *session, m marked) string {
		var list struct {
			IsIncomplete bool
			Items        []struct {
				Label, Detail string
				TextEdit      struct {
					Range   lsptest.Range
					NewText string
				}
			}
		}
		s.Call("textDocument/completion", s.here(m), &list)
		if len(list.Items) == 0 {
			return "nothing"
		}
		out := s.place(s.uri(m.file), list.Items[0].TextEdit.Range)
		for n, i := range list.Items {
			if n == maxShown {
				out += fmt.Sprintf("\n… %d", len(list.Items))
				break
			}
			out += "\n" + i.Label
			if i.TextEdit.NewText != i.Label {
				out += " → " + i.TextEdit.NewText
			}
			if i.Detail != "" {
				out += ": " + i.Detail
			}
		}
		return out
	}
}

func init() {
	features["documentHighlight"] = func(s *session, m marked) string {
		var found []struct {
			Range lsptest.Range
			Kind  int
		}
		s.Call("textDocument/documentHighlight", s.here(m), &found)
		var out []string
		for _, h := range found {
			out = append(out, map[int]string{2: "read ", 3: "write "}[h.Kind]+s.place(s.uri(m.file), h.Range))
		}
		return strings.Join(out, "\n")
	}
	features["references"] = func(s *session, m marked) string {
		params := s.here(m)
		params["context"] = map[string]any{"includeDeclaration": m.argument != "uses"}
		return s.locations("textDocument/references", params)
	}
	features["documentSymbol"] = func(s *session, m marked) string {
		type symbol struct {
			Name, Detail          string
			Kind                  int
			Range, SelectionRange lsptest.Range
			Children              []json.RawMessage
		}
		var list []json.RawMessage
		s.Call("textDocument/documentSymbol", s.here(m), &list)
		var out []string
		var add func(list []json.RawMessage, indent string)
		add = func(list []json.RawMessage, indent string) {
			for _, raw := range list {
				var d symbol
				require.NoError(s.t, json.Unmarshal(raw, &d))
				out = append(out, strings.TrimRight(fmt.Sprintf("%s%s %d %s %s", indent, s.place(s.uri(m.file), d.SelectionRange), d.Kind, d.Detail, ""), " "))
				add(d.Children, indent+"  ")
			}
		}
		add(list, "")
		return strings.Join(out, "\n")
	}
	features["foldingRange"] = func(s *session, m marked) string {
		var list []struct {
			StartLine, StartCharacter, EndLine, EndCharacter int
			Kind                                             string
		}
		s.Call("textDocument/foldingRange", s.here(m), &list)
		lines := strings.Split(s.texts[m.file], "\n")
		var out []string
		for _, f := range list {
			at := s.place(s.uri(m.file), lsptest.At(f.StartLine, f.StartCharacter, f.EndLine, f.EndCharacter))
			out = append(out, strings.TrimRight(fmt.Sprintf("%s %s … %s", at, strings.TrimSpace(lines[f.StartLine]), strings.TrimSpace(lines[f.EndLine])), " ")+
				map[string]string{"comment": " (comment)"}[f.Kind])
		}
		return strings.Join(out, "\n")
	}
	features["workspaceSymbol"] = func(s *session, m marked) string {
		var list []struct {
			Name, ContainerName string
			Kind                int
			Location            location
		}
		s.Call("workspace/symbol", map[string]any{"query": m.argument}, &list)
		var out []string
		for _, d := range list {
			out = append(out, fmt.Sprintf("%s in %q: %s", d.Name, d.ContainerName, s.place(d.Location.URI, d.Location.Range)))
		}
		return strings.Join(out, "\n")
	}
	features["rename"] = func(s *session, m marked) string {
		prepared := s.Reply(s.Send("textDocument/prepareRename", s.here(m)))
		params := s.here(m)
		params["newName"] = m.argument
		reply := s.Reply(s.Send("textDocument/rename", params))
		if reply.Error != nil {
			assert.Equal(s.t, -32803, reply.Error.Code)
			return "refused: " + reply.Error.Message
		}
		assert.Nil(s.t, prepared.Error)
		var a lsptest.Action
		require.NoError(s.t, json.Unmarshal([]byte(`{"edit":`+string(reply.Result)+`}`), &a))
		out := s.edits(a)
		for i := range out {
			out[i] = strings.TrimPrefix(out[i], "  ")
		}
		return strings.Join(out, "\n")
	}
}

func (s *session) locations(method string, params any) string {
	var to []location
	s.Call(method, params, &to)
	var out []string
	for _, l := range to {
		out = append(out, s.place(l.URI, l.Range))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

func TestMarkers(t *testing.T) {
	for _, file := range markerFiles(t) {
		t.Run(strings.TrimSuffix(strings.TrimPrefix(file, "testdata"+string(filepath.Separator)), ".txtar"), func(t *testing.T) { markers(t, file) })
	}
}

func markerFiles(t *testing.T) []string {
	files, err := filepath.Glob("testdata/*/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

// load writes the files of a fixture into a folder and opens those with marks. It returns the index of the section want, or -1.
func (s *session) load(archive *txtar.Archive) (want int) {
	want = -1
	open := map[string]bool{}
	for i, f := range archive.Files {
		if f.Name == "want" {
			want = i
			continue
		}
		name, unsaved := strings.CutPrefix(f.Name, "unsaved/")
		text, found := marks(name, string(f.Data))
		s.texts[name] = text
		s.all = append(s.all, found...)
		if !unsaved {
			lsptest.WriteFile(s.t, s.dir, name, text)
		}
		open[name] = unsaved || len(found) > 0
	}
	for name, text := range s.texts {
		if open[name] {
			language := "nix"
			if strings.Contains(filepath.Base(name), ".") && filepath.Ext(name) != ".nix" {
				language = "plaintext"
			}
			s.Open(s.uri(name), language, 1, text)
		}
	}
	return want
}

func markers(t *testing.T, file string) {
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	archive := txtar.Parse(data)
	run := features[filepath.Base(filepath.Dir(file))]
	require.NotNil(t, run, "there is no feature for "+file)
	s := &session{Client: lsptest.Start(t, lsp.Options{Version: "1.2.3"}), t: t, dir: t.TempDir(), texts: map[string]string{}}
	s.Initialize(s.dir, capable)
	want := s.load(archive)
	var got strings.Builder
	for _, m := range s.all {
		if m.name == "" { // the end of a selection
			continue
		}
		fmt.Fprintf(&got, "# %s\n", m.name)
		for line := range strings.Lines(strings.TrimRight(run(s, m), "\n") + "\n") {
			got.WriteString(strings.TrimRight("  "+line, " \n") + "\n")
		}
	}
	assert.Equal(t, 0, s.Shutdown())
	if !*update {
		require.GreaterOrEqual(t, want, 0, "no section want")
		assert.Equal(t, string(archive.Files[want].Data), got.String())
		return
	}
	if want < 0 {
		archive.Files, want = append(archive.Files, txtar.File{Name: "want"}), len(archive.Files)
	}
	archive.Files[want].Data = []byte(got.String())
	if out := txtar.Format(archive); !bytes.Equal(out, data) {
		require.NoError(t, os.WriteFile(file, out, fs.FileMode(0o644)))
	}
}
