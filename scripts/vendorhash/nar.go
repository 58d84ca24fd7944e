package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// hashPath returns the hash of a file, folder or link as `nix hash path` prints it: SHA-256 of its archive in the
// form that Eelco Dolstra's thesis defines in figure 5.2, after "sha256-" in base64.
func hashPath(path string) (string, error) {
	h := sha256.New()
	a := archive{out: h}
	a.strings("nix-archive-1")
	if err := a.node(path); err != nil {
		return "", err
	}
	return "sha256-" + base64.StdEncoding.EncodeToString(h.Sum(nil)), nil
}

// archive writes a Nix archive to a hash, which never fails.
type archive struct{ out io.Writer }

func (a archive) strings(all ...string) {
	for _, s := range all {
		a.length(int64(len(s)))
		_, _ = io.WriteString(a.out, s)
		a.pad(int64(len(s)))
	}
}

func (a archive) length(n int64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(n))
	_, _ = a.out.Write(b[:])
}

// pad fills up what has n bytes to a multiple of eight.
func (a archive) pad(n int64) {
	_, _ = a.out.Write(make([]byte, (8-n%8)%8))
}

func (a archive) node(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	a.strings("(", "type")
	switch mode := info.Mode(); {
	case mode.IsRegular():
		a.strings("regular")
		if mode&0o100 != 0 { // of the owner only: so Nix has it
			a.strings("executable", "")
		}
		a.strings("contents")
		if err := a.contents(path, info.Size()); err != nil {
			return err
		}
	case mode.IsDir():
		a.strings("directory")
		entries, err := os.ReadDir(path) // in the order of bytes
		if err != nil {
			return err
		}
		for _, e := range entries {
			a.strings("entry", "(", "name", e.Name(), "node")
			if err := a.node(filepath.Join(path, e.Name())); err != nil {
				return err
			}
			a.strings(")")
		}
	case mode&fs.ModeSymlink != 0:
		target, err := os.Readlink(path)
		if err != nil {
			return err
		}
		a.strings("symlink", "target", target)
	default:
		return fmt.Errorf("%s is no file, folder or link", path)
	}
	a.strings(")")
	return nil
}

func (a archive) contents(path string, size int64) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // of reading
	a.length(size)
	n, err := io.Copy(a.out, f)
	if err == nil && n != size {
		err = fmt.Errorf("%s changed while it was read", path)
	}
	a.pad(n)
	return err
}
