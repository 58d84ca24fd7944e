package project

import (
	"bytes"
	"cmp"
	"hash/maphash"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/workspace"
)

// referenceIndex holds the references of a project.
type referenceIndex struct {
	paths    []string    // of the files that have literals, sorted
	literals [][]literal // by file
	// targets has the literals by the hash of the path that they name; those of one path in the order of the files.
	targets  []targetRef
	reach    memo[folderKind, fileSet] // what reached looks into
	plain    lazy[fileSet]
	standing memo[string, standing]
}

// standing is what the references say of a file or folder and of those that it lies in: some are evaluated, some copied.
type standing struct{ evaluated, copied bool }

// targetRef is a literal of a file, and the hash of its target.
type targetRef struct {
	hash     uint64
	file, at uint32
}

var targetSeed = maphash.MakeSeed()

func newReferenceIndex(files iter.Seq2[string, []literal]) *referenceIndex {
	x := &referenceIndex{}
	var target []byte
	for path, literals := range files {
		x.paths, x.literals = append(x.paths, path), append(x.literals, literals)
		for i, l := range literals {
			target = appendResolved(target[:0], path, l.text)
			x.targets = append(x.targets, targetRef{maphash.Bytes(targetSeed, target), uint32(len(x.paths) - 1), uint32(i)})
		}
	}
	slices.SortFunc(x.targets, func(a, b targetRef) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.file, b.file), cmp.Compare(a.at, b.at))
	})
	return x
}

// to yields the literals that name a path, with the files they stand in, by these.
func (x *referenceIndex) to(path string) iter.Seq2[string, literal] {
	return func(yield func(string, literal) bool) {
		hash := maphash.String(targetSeed, path)
		i, _ := slices.BinarySearchFunc(x.targets, hash, func(r targetRef, hash uint64) int { return cmp.Compare(r.hash, hash) })
		var target []byte
		for ; i < len(x.targets) && x.targets[i].hash == hash; i++ {
			from, l := x.paths[x.targets[i].file], x.literals[x.targets[i].file][x.targets[i].at]
			if target = appendResolved(target[:0], from, l.text); string(target) == path && !yield(from, l) {
				return
			}
		}
	}
}

// onlyQuoted reports whether literals name a file, and all of them for a text, as for nix eval -f.
func (x *referenceIndex) onlyQuoted(path string) bool {
	some := false
	for _, l := range x.to(path) {
		if !l.quoted {
			return false
		}
		some = true
	}
	return some
}

// find returns the references to a file, in the order of the referring files. Literals whose end is no name, like ./. and
// ../.., stand for the default.nix of a folder only.
func (x *referenceIndex) find(path string) (refs []Reference) {
	for from, l := range x.to(path) {
		if lastName(l.text) != "" {
			refs = append(refs, Reference{from, l.kind, l.words, l.open})
		}
	}
	if filepath.Base(path) == "default.nix" {
		for from, l := range x.to(filepath.Dir(path)) {
			refs = append(refs, Reference{from, l.kind, l.words, l.open})
		}
		slices.SortStableFunc(refs, func(a, b Reference) int { return strings.Compare(a.From, b.From) })
	}
	return refs
}

// fileSet is a set of the Nix files of a project.
type fileSet struct {
	files []workspace.File // sorted by path
	in    []bool
}

func (s fileSet) has(path string) bool {
	i, ok := slices.BinarySearchFunc(s.files, path, func(f workspace.File, path string) int { return strings.Compare(f.Path, path) })
	return ok && s.in[i]
}

// closure returns the files that Nix evaluates when it evaluates those where start is true, as far as path literals tell.
func (x *referenceIndex) closure(files []workspace.File, start func(path string) bool) fileSet {
	ids := make(map[uint64]int, len(files))
	reached := fileSet{files, make([]bool, len(files))}
	var todo []int
	for i, f := range files {
		ids[maphash.String(targetSeed, f.Path)] = i
		if start(f.Path) {
			reached.in[i] = true
			todo = append(todo, i)
		}
	}
	visit := func(path []byte) bool {
		i, ok := ids[maphash.Bytes(targetSeed, path)]
		if !ok || files[i].Path != string(path) {
			return false
		}
		if !reached.in[i] {
			reached.in[i] = true
			todo = append(todo, i)
		}
		return true
	}
	var target []byte
	for len(todo) > 0 {
		from := files[todo[len(todo)-1]].Path
		todo = todo[:len(todo)-1]
		i, ok := slices.BinarySearch(x.paths, from)
		if !ok {
			continue
		}
		for _, l := range x.literals[i] {
			if !l.kind.evaluates() {
				continue
			}
			if target = appendResolved(target[:0], from, l.text); !visit(target) {
				visit(append(target, string(filepath.Separator)+"default.nix"...))
			}
		}
	}
	return reached
}

// appendResolved appends what resolve returns.
func appendResolved(to []byte, file, literal string) []byte {
	if filepath.Separator != '/' {
		return append(to, resolve(file, literal)...)
	}
	base := len(to)
	if !strings.HasPrefix(literal, "/") {
		to = append(to, file[:max(0, strings.LastIndexByte(file, '/'))]...)
	}
	for part := range strings.SplitSeq(literal, "/") {
		switch part {
		case "", ".":
		case "..":
			to = to[:max(base, base+bytes.LastIndexByte(to[base:], '/'))]
		default:
			to = append(append(to, '/'), part...)
		}
	}
	if len(to) == base {
		to = append(to, '/')
	}
	return to
}
