package git

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/growth"
)

// sealed returns an index with the right checksum behind.
func sealed(body []byte) []byte {
	sum := sha1.Sum(body)
	return append(bytes.Clone(body), sum[:]...)
}

// samples makes small indexes of all versions and returns them without checksum, and the repository.
func samples(t testing.TB) (root string, bodies [][]byte) {
	gittest.Isolate(t)
	root = gittest.Init(t, t.TempDir(), "repo")
	gittest.Write(t, root, "a.nix", "", "a/b.nix", "", "a/bc.nix", "", "d/e/f", "", "new", "", "z", "")
	gittest.Run(t, root, "add", "-A", ":!new")
	gittest.Run(t, root, "commit", "-q", "-m", "x")
	gittest.Run(t, root, "add", "-N", "new")
	blob := gittest.Run(t, root, "rev-parse", ":z")
	gittest.Run(t, root, "update-index", "--add", "--cacheinfo", "160000,"+blob+",sub", "--cacheinfo", "120000,"+blob+",link")
	for _, version := range []string{"2", "3", "4"} {
		gittest.Run(t, root, "update-index", "--index-version", version, "--force-write-index")
		data, err := os.ReadFile(filepath.Join(root, ".git/index"))
		require.NoError(t, err)
		bodies = append(bodies, data[:len(data)-sha1.Size])
	}
	return root, bodies
}

func decode(body []byte) (*index, error) {
	data := sealed(body)
	return decodeIndex(bytes.NewReader(data), int64(len(data)))
}

// checkSound holds what every index that is read must be.
func checkSound(t *testing.T, x *index) {
	require.Len(t, x.about, len(x.ends))
	for i := range x.ends {
		path := x.path(i)
		if path == "" || i > 0 && path <= x.path(i-1) || strings.Contains(path, "\x00") || x.entry(i).Mode > SparseFolder {
			t.Fatalf("entry %d is %+v behind %q", i, x.entry(i), x.path(max(0, i-1)))
		}
		if at, ok := x.search(path); !ok || at != i {
			t.Fatalf("%q is found at %d, not at %d", path, at, i)
		}
	}
}

func FuzzIndex(f *testing.F) {
	_, bodies := samples(f)
	for _, body := range bodies {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if x, err := decode(body); err == nil {
			checkSound(t, x)
		} else if len(x.ends) > 0 {
			t.Fatal("entries with an error")
		}
		_, _ = decodeIndex(bytes.NewReader(body), int64(len(body))) // its end is no checksum
	})
}

// TestMutantsAgainstGit changes bytes of indexes: what is read, git must read to the same paths. Nothing holds
// for the other way: git reads past checksums, lengths and modes that are wrong.
func TestMutantsAgainstGit(t *testing.T) {
	root, bodies := samples(t)
	at := filepath.Join(root, ".git/index")
	random := rand.New(rand.NewPCG(1, 2))
	read := 0
	for range 400 {
		body := bytes.Clone(bodies[random.IntN(len(bodies))])
		for range 1 + random.IntN(2) {
			i := headerSize + random.IntN(len(body)-headerSize)
			if random.IntN(2) == 0 {
				body[i] = byte(random.IntN(256))
			} else {
				body[i] ^= 1 << random.IntN(8)
			}
		}
		x, err := decode(body)
		if err != nil {
			continue
		}
		checkSound(t, x)
		read++
		require.NoError(t, os.WriteFile(at, sealed(body), 0o666))
		out, err := exec.Command(gittest.Program(t), "-C", root, "ls-files", "-z", "--sparse").Output()
		require.NoError(t, err, "git does not read what is read")
		var want []string
		for path := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
			if len(want) == 0 || want[len(want)-1] != path { // a conflict
				want = append(want, path)
			}
		}
		var got []string
		for i := range x.ends {
			got = append(got, x.path(i))
		}
		assert.Equal(t, want, got)
	}
	assert.Greater(t, read, 50, "most changes concern what stat says")
}

func TestUnknownExtensions(t *testing.T) {
	_, bodies := samples(t)
	extension := func(name string, size uint32, content string) []byte {
		return append(binary.BigEndian.AppendUint32([]byte(name), size), content...)
	}
	for _, body := range bodies {
		x, err := decode(append(bytes.Clone(body), extension("XYZW", 5, "hello")...))
		require.NoError(t, err)
		assert.Len(t, x.ends, 8)
		_, err = decode(append(bytes.Clone(body), extension("xyzw", 5, "hello")...))
		assert.ErrorContains(t, err, `"xyzw"`)
		assert.ErrorAs(t, err, new(formError))
		_, err = decode(append(bytes.Clone(body), extension("XYZW", 6, "hello")...))
		assert.ErrorIs(t, err, errShort)
		_, err = decode(append(bytes.Clone(body), "XYZW"...))
		assert.ErrorIs(t, err, errShort)
		newer := bytes.Clone(body)
		newer[7] = 5
		_, err = decode(newer)
		assert.ErrorAs(t, err, new(formError))
	}
}

// huge makes an index of version 4 with n entries, each of which adds three bytes to the path before it.
func huge(n int) []byte {
	body := binary.BigEndian.AppendUint32([]byte("DIRC\x00\x00\x00\x04"), uint32(n))
	for i := range n {
		entry := make([]byte, entrySize, entrySize+8)
		binary.BigEndian.PutUint32(entry[modeOffset:], 0o100644)
		binary.BigEndian.PutUint16(entry[entrySize-2:], uint16(min(3*(i+1), nameLength)))
		body = append(body, append(entry, "\x00abc\x00"...)...)
	}
	return body
}

func TestIndexStaysSmall(t *testing.T) {
	x, err := decode(huge(1000))
	require.NoError(t, err)
	assert.Len(t, x.paths, 3*1000*1001/2)
	x, err = decode(huge(20000)) // 1.3 MB that stand for 600
	assert.ErrorAs(t, err, new(formError))
	assert.Empty(t, x.ends)

	// A count that is not true reserves nothing.
	body := huge(2)
	binary.BigEndian.PutUint32(body[8:], 1<<32-1)
	allocated := growth.Allocated(func() {
		_, err := decode(body)
		require.Error(t, err)
	})
	assert.Less(t, allocated.Bytes, uint64(1<<20))
}

func BenchmarkDecode(b *testing.B) {
	for _, version := range []string{"2", "4"} {
		b.Run("version "+version, func(b *testing.B) {
			gittest.Isolate(b)
			root := gittest.Init(b, b.TempDir(), "repo")
			blob := gittest.Run(b, root, "hash-object", "-w", "--stdin")
			var list strings.Builder
			for i := range 50000 {
				list.WriteString("100644 " + blob + "\tpkgs/by-name/" + strings.Repeat(string(rune('a'+i%26)), 2) + "/package-number-" + strings.Repeat("x", i%20) + "/" + string(rune('a'+i/26%26)) + strings.Repeat("i", i%7) + "/" + string(rune('a'+i/676%26)) + string(rune('a'+i/17576)) + "/package.nix\n")
			}
			cmd := exec.Command(gittest.Program(b), "-C", root, "update-index", "--index-version", version, "--index-info")
			cmd.Stdin = strings.NewReader(list.String())
			if out, err := cmd.CombinedOutput(); err != nil {
				b.Fatal(err, string(out))
			}
			r, err := Open(root)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if x, err := r.readIndex(); err != nil || len(x.ends) < 40000 {
					b.Fatal(err, len(x.ends))
				}
			}
		})
	}
}
