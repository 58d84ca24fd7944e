package eval

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// Disk is what an evaluation knows of the files around the code, as Nix sees them there. With one, toString gives a path as it is,
// a text with a path in it is known as far as it is read as one (FilePath), and an evaluation remembers where paths are put
// together (MadeAt).
type Disk struct {
	// List returns what lies in a folder, with the types that readDir gives; ok is false where that is not known.
	List func(dir string) (types map[string]string, ok bool)
	// Exists tells whether something has a path; known is false where it cannot tell.
	Exists func(path string) (exists, known bool)
	// Text returns what a file holds; ok is false where that is not known. It may be nil.
	Text func(path string) (text string, ok bool)
	// Read is told of each path that is read; sure tells that no condition that is not known decides about that. It may be nil.
	Read func(how ReadKind, path *Value, sure bool)
	// MaxFiles is the number of files that the evaluation imports.
	MaxFiles int
}

// ReadKind says what is asked of a path.
type ReadKind uint8

// The kinds of reading: by import and callPackage, readFile, readDir, and pathExists.
const (
	ReadCode ReadKind = iota
	ReadText
	ReadFolder
	ReadExistence
)

// reads tells of a path that is read.
func (ev *Evaluation) reads(how ReadKind, v *Value) {
	if ev.Disk == nil || ev.Disk.Read == nil || v == nil {
		return
	}
	v.each(func(x *Value) {
		if _, ok := x.FilePath(); ok {
			ev.Disk.Read(how, x, ev.forks == 0 && x == v)
		}
	})
}

// FilePath returns the path of what Nix reads by a value: a known path, a text that is an absolute one, or one of what Nix copies
// for a text, as in "${./modules}/a.nix". ok is false for others. What lies around a copy is not reached from it.
func (v *Value) FilePath() (file string, ok bool) {
	switch {
	case v.copied != 0:
		file = path.Clean(v.text)
		return file, within(v.text[:v.copied], file)
	case v.isKnown() && (v.kinds == Path || v.kinds == String && strings.HasPrefix(v.text, "/")):
		return path.Clean(v.text), true
	}
	return "", false
}

// within reports whether a clean path is a folder, or lies below it.
func within(folder, file string) bool {
	rest, ok := strings.CutPrefix(file, folder)
	return ok && (rest == "" || rest[0] == '/' || folder == "/")
}

// copyOf returns the text of a path that Nix copies to its store. The hash in its name is not known; as of Nix 2.34 that of a whole
// flake is another one than self has.
func copyOf(file string) *Value {
	file = path.Clean(file)
	return &Value{kinds: String, text: file, copied: uint32(len(file))}
}

// joinCopied joins two texts, of which at least one is of a copy.
func joinCopied(a, b *Value) *Value {
	switch {
	case b.copied != 0 && a.isKnown() && a.text == "":
		return b
	case a.copied == 0 || !b.isKnown() || len(a.text)+len(b.text) > maxText:
		return bare(String)
	case b.text == "":
		return a
	case len(a.text) == int(a.copied) && b.text[0] != '/':
		return bare(String) // beside the copy there is nothing
	}
	return &Value{kinds: String, text: a.text + b.text, copied: a.copied}
}

// made notes where paths are put together.
func (ev *Evaluation) made(at site, v *Value) *Value {
	if ev.Disk == nil || v.kinds&(Path|String) == 0 || at.code == nil {
		return v
	}
	v.each(func(x *Value) {
		if _, ok := x.FilePath(); ok {
			if ev.places == nil {
				ev.places = map[*Value]site{}
			}
			ev.places[x] = at
		}
	})
	return v
}

// MadeAt returns the expression that put a path together, or the call that gave it; ok is false where it is written out, or
// where the evaluation has no Disk.
func (ev *Evaluation) MadeAt(v *Value) (file string, span source.Span, ok bool) {
	at, ok := ev.places[v]
	if !ok || at.code.Path == "" {
		return "", source.Span{}, false
	}
	return at.code.Path, at.code.Span(at.expr), true
}

// Work returns what all questions together have cost, without what was only charged for.
func (ev *Evaluation) Work() int { return ev.work }

// Part returns a value as a part.
func (v *Value) Part() Part { return Part{given(v)} }

// foreignValue is what other projects have, of which nothing is known: so is what is taken of it, and what it gives.
var foreignValue = &Value{kinds: Anything, rest: Anything}

// IsForeign reports whether a value surely is what another project has (Foreign), of which nothing else is known.
func (v *Value) IsForeign() bool { return v == foreignValue }

// Foreign returns a part that is a set of another project: with some attributes, and others, of whose values is known only that
// they are that project's.
func Foreign(attrs map[string]Part) Part {
	p := Attrs(attrs, true)
	p.t.value.set.foreign = true
	return p
}

// ForeignTest returns a function that tells whether its argument is what another project has.
func ForeignTest() Part { return Part{given(functionValue(&function{builtin: foreignTest}))} }

var foreignTest = &builtin{name: "isForeign", arity: 1, run: func(c *invocation) *Value { return boolValue(c.force(c.args[0]).IsForeign()) }}

// otherValue is what an attribute is that a set may have besides those that are known.
func (s *set) otherValue() *Value {
	for ; s != nil; s = s.below {
		if s.open && !s.foreign {
			return topValue
		}
	}
	return foreignValue
}

// listing returns what readDir gives.
func (c *invocation) listing(v *Value) *Value {
	if c.Disk == nil || v == nil {
		return bare(Set | Failures)
	}
	dir, ok := v.FilePath()
	if !ok {
		return bare(Set | Failures)
	}
	types, ok := c.Disk.List(dir)
	if !ok || !c.pay(len(types)) {
		return bare(Set | Failures)
	}
	own := make(map[string]attr, len(types))
	for name, kind := range types {
		own[name] = attr{value: given(stringValue(kind))}
	}
	return setValue(&set{own: own, size: len(own)})
}

// existence returns what pathExists gives.
func (c *invocation) existence(v *Value) *Value {
	if c.Disk == nil || v == nil {
		return bare(Bool | Failures)
	}
	file, ok := v.FilePath()
	if !ok {
		return bare(Bool | Failures)
	}
	if exists, known := c.Disk.Exists(file); known {
		return boolValue(exists)
	}
	return someBool
}

// maxListedDepth bounds the folders inside each other that listFilesRecursive goes through.
const maxListedDepth = 64

// filesBelow adds the files below a folder, in the order in which Nix names them; false where they are not all known.
func (c *invocation) filesBelow(dir string, depth int, out *[]*thunk) bool {
	types, ok := c.Disk.List(dir)
	if !ok || depth == 0 || !c.pay(1+len(types)) {
		return false
	}
	for _, name := range slices.Sorted(maps.Keys(types)) {
		at := path.Join(dir, name)
		if types[name] == "directory" {
			if !c.filesBelow(at, depth-1, out) {
				return false
			}
			continue
		}
		*out = append(*out, given(c.made(c.at, pathValue(at))))
	}
	return true
}

// listFilesRecursive is lib.filesystem.listFilesRecursive, which lib itself has not.
var listFilesRecursive = &builtin{name: "listFilesRecursive", arity: 1, run: func(c *invocation) *Value {
	v := c.path(0)
	if v == nil {
		return nil
	}
	c.reads(ReadFolder, v)
	var out []*thunk
	if dir, ok := v.FilePath(); c.Disk == nil || !ok || !c.filesBelow(dir, maxListedDepth, &out) {
		return bare(List | Failures)
	}
	return listValue(out)
}}
