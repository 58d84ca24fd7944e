package shell

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
)

// wide returns a text in UTF-16 or UTF-32.
func wide(text string, bits int, order binary.AppendByteOrder) string {
	var b []byte
	for _, c := range utf16.Encode([]rune(text)) {
		if bits == 16 {
			b = order.AppendUint16(b, c)
		} else {
			b = order.AppendUint32(b, uint32(c))
		}
	}
	return string(b)
}

func TestWideEncodings(t *testing.T) {
	for file, text := range map[string]string{
		"a.sh": "#!/bin/sh\nnix build --override-input a path:../b\n", "Makefile": "all:\n\tnix build --override-input a path:../b\n",
		"justfile": "all:\n  nix build --override-input a path:../b\n", ".github/workflows/a.yml": jobHead, ".gitlab-ci.yml": "a:\n  script: one\n",
	} {
		for _, mark := range []string{"", "\ufeff"} {
			for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
				for bits, name := range map[int]string{16: "UTF-16", 32: "UTF-32"} {
					read := ReadScript
					if IsCI(file) {
						read = ReadCI
					}
					d := read(file, wide(mark+text, bits, order))
					assert.Equal(t, []string{"1:1: the file is " + name + ": save it as UTF-8"}, places(d), "%s %v %q", file, order, mark)
				}
			}
		}
	}
	for _, text := range []string{"", "a", "ab", "\ufeffnix build\n", "é\n", "nix build \xff\xfe\n"} {
		assert.Empty(t, places(ReadScript("a.sh", text)), "%q", text)
	}
}

// TestNUL holds what is told of NUL characters.
func TestNUL(t *testing.T) {
	const dropped, rest = "the script has a NUL character: shells drop it or refuse the file", "the line has a NUL character: make leaves out the rest of it"
	archive := "\x1f\x8b\x00\x00" + strings.Repeat("\x00", 20)
	for _, c := range []struct{ name, file, text, problem string }{
		{"first line", "a.sh", "n\x00ix build\n", "1:2: " + dropped},
		{"later", "a.sh", "a\nni\x00x build\n", "2:3: " + dropped},
		{"by its first line", "bin/a", "#!/bin/sh\nni\x00x build\n", "2:3: " + dropped},
		{"archive behind the end", "a.sh", "#!/bin/sh\ntail -n+4 $0 | tar x\nexit 0\n" + archive, ""},
		{"archive behind an exit with the last status", "a.sh", "#!/bin/sh\nexit\n" + archive, ""},
		{"archive behind a variable status", "a.sh", "#!/bin/sh\nexit $status\n" + archive, ""},
		{"exit in a block", "a.sh", "if a; then\n  exit 1\nfi\nni\x00x build\n", "4:3: " + dropped},
		{"exit later", "a.sh", "ni\x00x build\nexit 0\n", "1:3: " + dropped},
		{"make", "Makefile", "all:\n\techo\x00 a\n", "2:6: " + rest},
		{"make has no end", "Makefile", "exit 0\nall:\n\techo\x00 a\n", "3:6: " + rest},
		{"just", "justfile", "all:\n  echo\x00 a\n", "2:7: " + dropped},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := []string{}
			if c.problem != "" {
				want = append(want, c.problem)
			}
			assert.Equal(t, want, places(ReadScript(c.file, c.text)))
		})
	}
}
