package git

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
)

// Bounds of an index that is read: more than the largest public repositories need, and little enough memory.
const (
	maxIndex     = 128 << 20 // bytes of the file
	maxPaths     = 128 << 20 // bytes of all paths, which version 4 compresses
	maxIndexPath = 1 << 16   // bytes of one
)

// formError says that an index is sound, but in a form that is not read.
type formError string

func (e formError) Error() string { return string(e) }

// Flags of an entry: the two bytes behind the hash, and with extendedFlag two more.
const (
	nameLength       = 0xfff
	stageShift       = 12
	extendedFlag     = 0x4000
	intentToAddFlag  = 0x2000
	skipWorktreeFlag = 0x4000
)

// decodeIndex reads an index of version 2, 3 or 4 (gitformat-index(5)) of size bytes. It is strict where Nix or
// git are: on order, lengths, flags, checksum, and extensions that one must know.
func decodeIndex(r io.Reader, size int64) (*index, error) { return decodeWith(r, size, false, false) }

// decodeWith is decodeIndex; with contents it also keeps what the index says of the content of each file, with staged it
// leaves out paths of which no content is staged.
func decodeWith(r io.Reader, size int64, contents, staged bool) (*index, error) {
	switch {
	case size == 0:
		return &index{}, errors.New("it is empty")
	case size < headerSize+sha1.Size:
		return &index{}, errShort
	case size > maxIndex:
		return &index{}, formError(fmt.Sprintf("it has %d MiB, more than the %d that are read", size>>20, maxIndex>>20))
	}
	d := &decoder{in: r, left: size - sha1.Size, sum: sha1.New(), window: make([]byte, min(size, 2*maxIndexPath))}
	x := &index{}
	if err := d.entries(x, contents, staged); err != nil {
		return &index{}, err
	}
	if err := d.extensions(); err != nil {
		return &index{}, err
	}
	var sum [sha1.Size]byte
	if _, err := io.ReadFull(r, sum[:]); err != nil {
		return &index{}, shortOr(err)
	}
	// index.skipHash writes zeros (git-config(1)).
	if sum != [sha1.Size]byte{} && !bytes.Equal(sum[:], d.sum.Sum(nil)) {
		return &index{}, errors.New("its checksum does not match")
	}
	return x, nil
}

const headerSize = 12

var errShort = errors.New("it ends too early")

func shortOr(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errShort
	}
	return err
}

// decoder reads an index piece by piece: the whole file is never in memory.
type decoder struct {
	in     io.Reader
	left   int64 // bytes before the checksum that are not in window yet
	sum    hash.Hash
	window []byte
	buf    []byte // the part of window that is read and not decoded

	nameless bool // an entry has no path
}

// atLeast makes n bytes, or all that are left, be in buf. n is at most maxIndexPath.
func (d *decoder) atLeast(n int) error {
	if len(d.buf) >= n || d.left == 0 {
		return nil
	}
	have := copy(d.window, d.buf)
	d.buf = d.window[:min(int64(len(d.window)), int64(have)+d.left)]
	if _, err := io.ReadFull(d.in, d.buf[have:]); err != nil {
		return shortOr(err)
	}
	d.sum.Write(d.buf[have:])
	d.left -= int64(len(d.buf) - have)
	return nil
}

// take returns the next n bytes, which are valid until the next call.
func (d *decoder) take(n int) ([]byte, error) {
	if err := d.atLeast(n); err != nil {
		return nil, err
	}
	if len(d.buf) < n {
		return nil, errShort
	}
	b := d.buf[:n]
	d.buf = d.buf[n:]
	return b, nil
}

func (d *decoder) entries(x *index, contents, staged bool) error {
	head, err := d.take(headerSize)
	if err != nil {
		return err
	}
	if string(head[:4]) != "DIRC" {
		return errors.New("it does not start as an index does")
	}
	version, count := binary.BigEndian.Uint32(head[4:]), binary.BigEndian.Uint32(head[8:])
	if version < 2 || version > 4 {
		return formError(fmt.Sprintf("it has version %d; run `git update-index --index-version 4`", version))
	}
	// A wrong count makes nobody reserve more than the file has.
	size := d.left + int64(len(d.buf))
	expect := min(int64(count), size/entrySize)
	x.ends, x.about = make([]uint32, 0, expect), make([]indexInfo, 0, expect)
	var paths strings.Builder
	paths.Grow(int(max(size-expect*entrySize, expect*commonPath)))
	e := entryReader{decoder: d, version: version, contents: contents}
	if contents {
		x.contents = make([]content, 0, expect)
	}
	for range count {
		last, lastStage := len(x.ends)-1, e.stage
		if err := e.next(); err != nil {
			return err
		}
		if len(e.path) == 0 { // so a split index has what it replaces of the other part
			d.nameless = true
			continue
		}
		if last >= 0 {
			switch order := bytes.Compare(e.path, e.before); {
			case order < 0, order == 0 && (lastStage == 0 || e.stage <= lastStage):
				return errors.New("its entries are not in order")
			case order == 0: // a conflict: what is in the working tree stems from ours
				if e.stage == ours {
					x.about[last] = e.about
				}
				continue
			}
		}
		if staged && e.about&infoIntentToAdd != 0 {
			continue
		}
		if paths.Len()+len(e.path) > maxPaths {
			return formError(fmt.Sprintf("its paths have more than %d MiB", maxPaths>>20))
		}
		paths.Write(e.path)
		x.ends, x.about = append(x.ends, uint32(paths.Len())), append(x.about, e.about)
		if contents {
			x.contents = append(x.contents, e.content)
		}
	}
	x.paths = paths.String()
	return nil
}

// entrySize is that of an entry up to its path: times, numbers, mode and size of what stat says, hash, flags.
const (
	entrySize  = 62
	modeOffset = 24
	commonPath = 64 // length of a path, as a guess
)

// ours is the stage of what a merge started from (git-read-tree(1), "3-Way Merge").
const ours = 2

// entryReader holds the entry that was read last.
type entryReader struct {
	*decoder
	version uint32
	path    []byte
	before  []byte // path of the entry before
	about   indexInfo
	stage   int

	contents bool
	content  content // of the entry, where contents are kept
}

func (e *entryReader) next() error {
	e.before, e.path = e.path, e.before[:0]
	b, err := e.take(entrySize)
	if err != nil {
		return err
	}
	mode, flags := binary.BigEndian.Uint32(b[modeOffset:]), binary.BigEndian.Uint16(b[entrySize-2:])
	length := entrySize
	e.stage = int(flags >> stageShift & 3)
	e.about = 0
	if e.stage != 0 {
		e.about |= infoConflict
	}
	if e.contents {
		e.content.decode(b)
	}
	if flags&extendedFlag != 0 {
		if b, err = e.take(2); err != nil {
			return err
		}
		length += 2
		more := binary.BigEndian.Uint16(b)
		if more&^(intentToAddFlag|skipWorktreeFlag) != 0 {
			return fmt.Errorf("an entry has the flags %#x, of which nobody knows what they mean", more)
		}
		if more&intentToAddFlag != 0 {
			e.about |= infoIntentToAdd
		}
		if more&skipWorktreeFlag != 0 {
			e.about |= infoSkipWorktree
		}
	}
	if err := e.readPath(int(flags&nameLength), length); err != nil {
		return err
	}
	kind, err := modeOf(mode)
	if err != nil {
		return err
	}
	if (kind == SparseFolder) != bytes.HasSuffix(e.path, []byte("/")) {
		return fmt.Errorf("the mode of its entry %q is %o", e.path, mode)
	}
	e.about |= indexInfo(kind)
	return nil
}

// readPath reads the path of an entry of which length bytes are read. short is the length of the path, or
// nameLength for a longer one.
func (e *entryReader) readPath(short, length int) error {
	if e.version == 4 {
		cut, err := e.varint()
		if err != nil {
			return err
		}
		if cut > uint64(len(e.before)) {
			return errors.New("an entry drops more of the path before it than that has")
		}
		e.path = append(e.path, e.before[:len(e.before)-int(cut)]...)
	}
	if err := e.atLeast(maxIndexPath); err != nil {
		return err
	}
	n := bytes.IndexByte(e.buf[:min(len(e.buf), maxIndexPath)], 0)
	if n < 0 && len(e.buf) >= maxIndexPath || len(e.path)+n > maxIndexPath {
		return formError(fmt.Sprintf("a path in it has more than %d bytes", maxIndexPath))
	}
	if n < 0 {
		return errShort
	}
	e.path = append(e.path, e.buf[:n]...)
	if min(len(e.path), nameLength) != short {
		return fmt.Errorf("its entry %q has another length than it says", e.path)
	}
	if e.version == 4 {
		n++
	} else {
		n += 8 - (length+n)%8 // one to eight zeros behind it
	}
	_, err := e.take(n)
	return err
}

// varint reads a number as packs encode offsets: seven bits a byte, the highest first, and one is added before
// each byte that follows.
func (e *entryReader) varint() (uint64, error) {
	value := uint64(0)
	for {
		b, err := e.take(1)
		if err != nil {
			return 0, err
		}
		value |= uint64(b[0] & 0x7f)
		if b[0]&0x80 == 0 {
			return value, nil
		}
		if value > maxIndex {
			return 0, errors.New("an entry drops more of the path before it than that has")
		}
		value = (value + 1) << 7
	}
}

func modeOf(bits uint32) (Mode, error) {
	switch bits & 0o170000 {
	case 0o100000:
		if bits&0o111 != 0 {
			return Executable, nil
		}
		return Regular, nil
	case 0o120000:
		return Symlink, nil
	case 0o160000:
		return Submodule, nil
	case 0o040000:
		return SparseFolder, nil
	}
	return 0, fmt.Errorf("an entry has the mode %o, which git does not have", bits)
}

// extensions skips what follows the entries. An extension whose name starts with a capital may be ignored.
func (d *decoder) extensions() error {
	for d.left > 0 || len(d.buf) > 0 {
		head, err := d.take(8)
		if err != nil {
			return err
		}
		switch name := string(head[:4]); {
		case name == "sdir": // there are sparse folders
		case name == "link":
			return formError("it is split, and Nix refuses a split index, too; run `git update-index --no-split-index`")
		case name[0] < 'A' || name[0] > 'Z':
			return formError(fmt.Sprintf("it has the extension %q, which one must know to read it; Nix does not read it, either", name))
		}
		for size := int64(binary.BigEndian.Uint32(head[4:])); size > 0; {
			b, err := d.take(int(min(size, maxIndexPath)))
			if err != nil {
				return err
			}
			size -= int64(len(b))
		}
	}
	if d.nameless {
		return errors.New("an entry has no path")
	}
	return nil
}
