package flake

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// Lock is a flake.lock with the places of what it says. Offsets are bytes of the file.
type Lock struct {
	Text     string
	Version  int // 0 where there is none
	Root     string
	Nodes    []*LockNode // in source order; of two with one name, the last counts
	Problems []Problem   // what Nix rejects, in source order; not in nodes that the root does not reach

	VersionSpan, RootSpan source.Span // of the values; empty where there are none
	byName                map[string]*LockNode
}

// Problem is a mistake of a lock file that is valid JSON.
type Problem struct {
	Kind    ProblemKind
	Span    source.Span
	Message string // lower case, names in backticks
	Node    string // the node that it is in, or ""
	Target  string // ProblemMissingNode: the name that no node has
}

// ProblemKind tells problems apart.
type ProblemKind uint8

// The kinds of problems: a value of the wrong type or a missing one, a version that Nix does not read, an
// input that names a node that does not exist.
const (
	ProblemShape ProblemKind = iota
	ProblemVersion
	ProblemMissingNode
)

// LockNode is one node of a lock file: a source tree, or the flake itself (the root).
type LockNode struct {
	Name       string
	Key, Span  source.Span // the name with its quotes, and the value
	Inputs     []LockInput
	InputsSpan source.Span // the value of inputs; empty where there is none
	Locked     *LockRef    // nil for the root
	Original   *LockRef
	Flake      bool // false only with "flake": false
	FlakeSpan  source.Span
	Parent     []string // the input path of the flake that a relative path starts from
	HasParent  bool
	ParentSpan source.Span

	hasLocked, hasOriginal bool
}

// LockInput is one input of a node: its own node, or a path of inputs from the root that it follows.
type LockInput struct {
	Name       string
	Key, Value source.Span
	Node       string // the node; empty where the input follows
	Follows    []string
	IsFollows  bool // the value is an array; [] is the flake itself
}

// LockRef is the locked or original reference of a node.
type LockRef struct {
	Key, Span source.Span
	Attrs     []LockAttr // in source order
}

// LockAttr is one attribute of a LockRef.
type LockAttr struct {
	Name       string
	Key, Value source.Span
	Text       string // strings as they are, numbers as written, Booleans as "1" and "0"
	IsString   bool
	OK         bool // the value is a string, a number or a Boolean
}

// Get returns the text of an attribute, or "".
func (r *LockRef) Get(name string) string {
	a, _ := r.Attr(name)
	return a.Text
}

// Attr returns an attribute.
func (r *LockRef) Attr(name string) (LockAttr, bool) {
	if r != nil {
		for i := len(r.Attrs) - 1; i >= 0; i-- {
			if r.Attrs[i].Name == name {
				return r.Attrs[i], true
			}
		}
	}
	return LockAttr{}, false
}

// Ref returns the reference; ok is false where there is none or Nix cannot read it.
func (r *LockRef) Ref() (ref Ref, ok bool) {
	if r == nil {
		return Ref{}, false
	}
	attrs := make(map[string]string, len(r.Attrs))
	for _, a := range r.Attrs {
		if !a.OK {
			return Ref{}, false
		}
		attrs[a.Name] = a.Text
	}
	ref, err := RefFromAttrs(attrs)
	return ref, err == nil
}

// Node returns the node with the given name, or nil.
func (l *Lock) Node(name string) *LockNode { return l.byName[name] }

// RootNode returns the node of the flake itself, or nil.
func (l *Lock) RootNode() *LockNode { return l.byName[l.Root] }

// Input returns the node's input with the given name.
func (n *LockNode) Input(name string) (LockInput, bool) {
	if n != nil {
		for i := len(n.Inputs) - 1; i >= 0; i-- {
			if n.Inputs[i].Name == name {
				return n.Inputs[i], true
			}
		}
	}
	return LockInput{}, false
}

// Rev returns the locked revision, or "".
func (n *LockNode) Rev() string { return n.Locked.Get("rev") }

// NarHash returns the locked hash of the content, or "".
func (n *LockNode) NarHash() string { return n.Locked.Get("narHash") }

// DirtyRev returns the revision of a dirty work tree, or "".
func (n *LockNode) DirtyRev() string { return n.Locked.Get("dirtyRev") }

// LastModified returns the time of the locked content in seconds since 1970, or 0.
func (n *LockNode) LastModified() int64 {
	t, _ := strconv.ParseInt(n.Locked.Get("lastModified"), 10, 64)
	return t
}

// Channel returns the branch, channel or version that the original reference names, or "".
func (n *LockNode) Channel() string {
	ref, _ := n.Original.Ref()
	return ref.Channel()
}

// Release returns the Release of the original reference, or, where that names none, of the locked one.
func (n *LockNode) Release() string {
	original, _ := n.Original.Ref()
	if r := original.Release(); r != "" || original.Rev != "" {
		return r
	}
	locked, _ := n.Locked.Ref()
	if locked.Type == TypeTarball {
		return locked.Release()
	}
	return ""
}

// Source returns the reference that best tells what the node is: the locked one, or the original where
// the locked one is only a path, as a registry of this machine may give.
func (n *LockNode) Source() (Ref, bool) {
	locked, ok := n.Locked.Ref()
	if ok && locked.Type != TypePath {
		return locked, true
	}
	if original, ok := n.Original.Ref(); ok {
		return original, true
	}
	return locked, ok
}

// ReadLock reads a flake.lock. The error is for text that is no JSON; a JSON value of another shape gives
// a Lock with Problems, holding what could be read.
func ReadLock(text string) (*Lock, *SyntaxError) {
	v, err := parseJSON(text)
	if err != nil {
		return nil, err
	}
	l := &Lock{Text: text, byName: map[string]*LockNode{}}
	if !l.want(v, jsonObject, "", "the lock file", "an object") {
		return l, nil
	}
	l.readVersion(v)
	if root := v.get("root"); root == nil {
		l.problem(ProblemShape, v.head(), "", "`root` is missing")
	} else if l.want(*root, jsonString, "", "`root`", "a string") {
		l.Root, l.RootSpan = root.text, root.span
	}
	nodes := v.get("nodes")
	if nodes == nil || nodes.kind == jsonNull || !l.want(*nodes, jsonObject, "", "`nodes`", "an object") {
		return l, nil
	}
	for _, m := range nodes.members {
		if old := l.byName[m.name]; old != nil {
			l.Nodes = slices.DeleteFunc(l.Nodes, func(o *LockNode) bool { return o == old })
			l.Problems = slices.DeleteFunc(l.Problems, func(p Problem) bool { return p.Node == m.name })
		}
		n := l.readNode(m)
		l.byName[n.Name] = n
		l.Nodes = append(l.Nodes, n)
	}
	l.check()
	return l, nil
}

func (l *Lock) readVersion(v jsonValue) {
	version := v.get("version")
	if version == nil {
		l.problem(ProblemVersion, v.head(), "", "`version` is missing")
		return
	}
	if !l.want(*version, jsonNumber, "", "`version`", "a number") {
		return
	}
	l.VersionSpan = version.span
	// nlohmann::json converts 7.0 to the integer.
	number, err := strconv.ParseFloat(version.text, 64)
	if l.Version = int(number); err != nil || l.Version < 5 || l.Version > 7 {
		l.problem(ProblemVersion, version.span, "", "lock file version "+version.text+" is not supported: Nix reads 5, 6 and 7")
	}
}

// check finds what is wrong between nodes, and drops the problems of nodes that Nix never reads.
func (l *Lock) check() {
	seen := map[string]bool{}
	for _, name := range l.reachable() {
		seen[name] = true
		n := l.byName[name]
		for _, in := range n.Inputs {
			if !in.IsFollows && in.Node != "" && l.byName[in.Node] == nil {
				l.Problems = append(l.Problems, Problem{ProblemMissingNode, in.Value, "there is no node `" + in.Node + "`", name, in.Node})
			}
		}
		if name == l.Root {
			continue
		}
		if !n.hasLocked {
			l.problem(ProblemShape, n.Key, name, "the node `"+name+"` has no `locked`")
		}
		if !n.hasOriginal {
			l.problem(ProblemShape, n.Key, name, "the node `"+name+"` has no `original`")
		}
	}
	l.Problems = slices.DeleteFunc(l.Problems, func(p Problem) bool { return p.Node != "" && !seen[p.Node] })
	slices.SortStableFunc(l.Problems, func(a, b Problem) int { return int(a.Span.Start) - int(b.Span.Start) })
}

func (l *Lock) problem(kind ProblemKind, span source.Span, node, message string) {
	l.Problems = append(l.Problems, Problem{Kind: kind, Span: span, Message: message, Node: node})
}

// want reports whether the value has the kind, and notes a problem where it has not.
func (l *Lock) want(v jsonValue, kind jsonKind, node, what, article string) bool {
	if v.kind == kind {
		return true
	}
	l.problem(ProblemShape, v.head(), node, what+" is not "+article)
	return false
}

func (l *Lock) readNode(m jsonMember) *LockNode {
	n := &LockNode{Name: m.name, Key: m.key, Span: m.value.span, Flake: true}
	if !l.want(m.value, jsonObject, n.Name, "the node `"+n.Name+"`", "an object") {
		return n
	}
	for _, f := range m.value.members {
		switch f.name {
		case "inputs":
			n.Inputs, n.InputsSpan = nil, f.value.span
			if f.value.kind == jsonNull || f.value.kind == jsonArray && len(f.value.elems) == 0 {
				continue // nothing to iterate over
			}
			if l.want(f.value, jsonObject, n.Name, "`inputs`", "an object") {
				for _, i := range f.value.members {
					n.Inputs = append(n.Inputs, l.readInput(n, i))
				}
			}
		case "locked":
			n.Locked, n.hasLocked = l.readRef(n, f), true
		case "original":
			n.Original, n.hasOriginal = l.readRef(n, f), true
		case "flake":
			n.FlakeSpan = f.value.span
			if l.want(f.value, jsonBool, n.Name, "`flake`", "a Boolean") {
				n.Flake = f.value.text == "true"
			}
		case "parent":
			n.ParentSpan, n.HasParent = f.value.span, true
			n.Parent = l.readPath(n, f)
		}
	}
	return n
}

func (l *Lock) readInput(n *LockNode, m jsonMember) LockInput {
	in := LockInput{Name: m.name, Key: m.key, Value: m.value.span}
	switch m.value.kind {
	case jsonString:
		in.Node = m.value.text
	case jsonArray:
		in.IsFollows = true
		in.Follows = l.readPath(n, m)
	default:
		l.problem(ProblemShape, m.value.head(), n.Name, "the input `"+m.name+"` is neither a node's name nor a path of inputs")
	}
	return in
}

// readPath reads an array of input names.
func (l *Lock) readPath(n *LockNode, m jsonMember) []string {
	path := []string{}
	if !l.want(m.value, jsonArray, n.Name, "`"+m.name+"`", "an array") {
		return path
	}
	for _, e := range m.value.elems {
		if l.want(e, jsonString, n.Name, "an element of `"+m.name+"`", "a string") {
			path = append(path, e.text)
		}
	}
	return path
}

func (l *Lock) readRef(n *LockNode, m jsonMember) *LockRef {
	if n.Name == l.Root {
		return nil // the root's is not read
	}
	if !l.want(m.value, jsonObject, n.Name, "`"+m.name+"`", "an object") {
		return nil
	}
	r := &LockRef{Key: m.key, Span: m.value.span}
	for _, a := range m.value.members {
		attr := LockAttr{Name: a.name, Key: a.key, Value: a.value.span, Text: a.value.text, OK: true}
		switch a.value.kind {
		case jsonString:
			attr.IsString = true
		case jsonNumber:
		case jsonBool:
			attr.Text = map[bool]string{true: "1", false: "0"}[strings.HasPrefix(a.value.text, "t")]
		default:
			attr.OK, attr.Text = false, ""
			l.problem(ProblemShape, a.value.head(), n.Name, "`"+a.name+"` is neither a string, a number nor a Boolean")
		}
		r.Attrs = append(r.Attrs, attr)
	}
	return r
}
