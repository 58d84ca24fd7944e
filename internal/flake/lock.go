package flake

import (
	"cmp"
	"math"
	"slices"
	"strconv"

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
	NodesSpan             source.Span // of the name of nodes; empty where there is none

	byName  map[string]*LockNode
	reached []string // the nodes that the root reaches, breadth first
	targets *targets
}

// Problem is what Nix rejects in a lock file that is valid JSON.
type Problem struct {
	Kind    ProblemKind
	Span    source.Span
	Message string // lower case, names in backticks
	Node    string // the node that it is in, or ""
	Target  string // ProblemMissingNode: the name that no node has
}

// ProblemKind tells problems apart.
type ProblemKind uint8

// The kinds of problems: a value of the wrong type or form, or a missing one; a version that Nix does not read; an
// input that names a node that does not exist; a locked reference that fixes no content; an attribute that the type
// of a reference does not have, which a later Nix may know.
const (
	ProblemShape ProblemKind = iota
	ProblemVersion
	ProblemMissingNode
	ProblemUnlocked
	ProblemAttribute
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

	isObject               bool
	hasLocked, hasOriginal bool
	problems               []Problem
	names                  []string       // of Inputs
	index                  map[string]int // of Inputs, where there are many
	owner                  *LockNode      // the node that reaches this one first, breadth first from the root
	ownedAs                string         // the owner's name for it
}

// LockInput is one input of a node: its own node, or a path of inputs from the root that it follows.
type LockInput struct {
	Name       string
	Key, Value source.Span
	Node       string // the node; empty where the input follows
	Follows    []string
	IsFollows  bool // the value is an array; [] is the flake itself

	bad bool // neither of the two
}

// LockRef is the locked or original reference of a node.
type LockRef struct {
	Key, Span source.Span
	Attrs     []LockAttr // in source order, each name once

	ref Ref
	ok  bool
}

// LockAttr is one attribute of a LockRef.
type LockAttr struct {
	Name       string
	Key, Value source.Span
	Text       string // strings as they are, numbers as written, Booleans as "1" and "0"
	IsString   bool
	OK         bool // the value is a string, a number or a Boolean

	kind jsonKind
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
	if r == nil || !r.ok {
		return Ref{}, false
	}
	return r.ref, true
}

func (r *LockRef) makeRef() {
	attrs := make(map[string]string, len(r.Attrs))
	for _, a := range r.Attrs {
		if !a.OK {
			return
		}
		attrs[a.Name] = a.Text
	}
	ref, err := RefFromAttrs(attrs)
	r.ref, r.ok = ref, err == nil
}

// Node returns the node with the given name, or nil.
func (l *Lock) Node(name string) *LockNode { return l.byName[name] }

// RootNode returns the node of the flake itself, or nil.
func (l *Lock) RootNode() *LockNode { return l.byName[l.Root] }

// manyInputs is how many inputs a node has before looking one up by its name takes an index.
const manyInputs = 16

// Input returns the node's input with the given name.
func (n *LockNode) Input(name string) (LockInput, bool) {
	if n == nil {
		return LockInput{}, false
	}
	if n.index != nil {
		i, ok := n.index[name]
		if !ok {
			return LockInput{}, false
		}
		return n.Inputs[i], true
	}
	for _, in := range n.Inputs {
		if in.Name == name {
			return in, true
		}
	}
	return LockInput{}, false
}

// InputNames returns the names of the node's inputs in source order. Callers do not write to it.
func (n *LockNode) InputNames() []string { return n.names }

// Rev returns the locked revision, or "".
func (n *LockNode) Rev() string { return n.Locked.Get("rev") }

// NarHash returns the locked hash of the content, or "".
func (n *LockNode) NarHash() string { return n.Locked.Get("narHash") }

// DirtyRev returns the revision of a dirty work tree, or "".
func (n *LockNode) DirtyRev() string { return n.Locked.Get("dirtyRev") }

// ByHashOnly reports whether the hash of the content is all that the locked reference has of a kind that is found again by its
// revision, or is an entry of a registry: Nix warns that it is unlocked (LockedNode in lockfile.cc).
func (n *LockNode) ByHashOnly() bool {
	switch n.Locked.Get("type") {
	case TypeGitHub, TypeGitLab, TypeSourceHut, TypeGit, TypeHg:
		return n.Rev() == "" && n.NarHash() != ""
	case TypeIndirect:
		return n.NarHash() != ""
	}
	return false
}

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

// ReadLock reads a flake.lock as LockFile in lockfile.cc does. The error is for text that is no JSON; a JSON value of
// another shape gives a Lock with Problems, holding what could be read.
func ReadLock(text string) (*Lock, *SyntaxError) {
	v, err := parseJSON(text)
	if err != nil {
		return nil, err
	}
	l := &Lock{Text: text, byName: map[string]*LockNode{}}
	if !l.want(v, jsonObject, "the lock file", "an object") {
		return l, nil
	}
	l.readVersion(v)
	if root, ok := v.get("root"); !ok {
		l.problem(ProblemShape, v.head(), "`root` is missing")
	} else if l.want(root, jsonString, "`root`", "a string") {
		l.Root, l.RootSpan = root.text(), root.span()
	}
	for m := range v.all() {
		if m.name == "nodes" {
			l.NodesSpan = m.key
		}
	}
	nodes, ok := v.get("nodes")
	if !ok || nodes.kind() == jsonNull || !l.want(nodes, jsonObject, "`nodes`", "an object") {
		l.onlyVersion()
		return l, nil
	}
	for _, m := range nodes.members() {
		n := l.readNode(m)
		l.byName[n.Name] = n
		l.Nodes = append(l.Nodes, n)
	}
	l.check()
	l.onlyVersion()
	return l, nil
}

// onlyVersion drops all problems but that of the version, if it has one: Nix reads no further.
func (l *Lock) onlyVersion() {
	for _, p := range l.Problems {
		if p.Kind == ProblemVersion {
			l.Problems = []Problem{p}
			return
		}
	}
}

func (l *Lock) readVersion(v jsonValue) {
	version, ok := v.get("version")
	if !ok {
		l.problem(ProblemVersion, v.head(), "`version` is missing")
		return
	}
	// nlohmann::json converts Booleans, and numbers as C++ does: 7.9 is 7.
	number := version.text()
	switch version.kind() {
	case jsonBool:
	case jsonNumber:
		if f, err := strconv.ParseFloat(number, 64); err == nil && math.Abs(f) < 1<<31 {
			l.Version = int(f)
		} else if u, err := strconv.ParseUint(number, 10, 64); err == nil {
			l.Version = int(int32(u))
		} else if i, err := strconv.ParseInt(number, 10, 64); err == nil {
			l.Version = int(int32(i))
		}
	default:
		l.want(version, jsonNumber, "`version`", "a number")
		return
	}
	if l.VersionSpan = version.span(); l.Version < 5 || l.Version > 7 {
		l.problem(ProblemVersion, version.span(), "lock file version "+number+" is not supported: Nix reads 5, 6 and 7")
	}
}

// check finds which nodes Nix reads, and what is wrong with them.
func (l *Lock) check() {
	root := l.RootNode()
	if root == nil {
		return
	}
	l.targets = &targets{root: root, node: l.Node, input: func(n *LockNode, name string) (LockInput, outcome) {
		if in, ok := n.Input(name); ok {
			return in, found
		}
		return LockInput{}, missing
	}}
	seen := map[*LockNode]bool{root: true}
	queue := []*LockNode{root}
	for i := 0; i < len(queue); i++ {
		n := queue[i]
		l.reached = append(l.reached, n.Name)
		for _, in := range n.Inputs {
			if in.IsFollows || in.bad {
				continue
			}
			switch to := l.byName[in.Node]; {
			case to == nil:
				n.problems = append(n.problems, Problem{ProblemMissingNode, in.Value, "there is no node `" + in.Node + "`", n.Name, in.Node})
			case to == root:
				n.problem(ProblemShape, in.Value, "the input `"+in.Name+"` is the root, which cannot be an input")
			case !seen[to]:
				seen[to] = true
				to.owner, to.ownedAs = n, in.Name
				queue = append(queue, to)
			}
		}
		if n != root {
			n.checkRefs()
		}
		l.Problems = append(l.Problems, n.problems...)
	}
	slices.SortStableFunc(l.Problems, func(a, b Problem) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
}

func (l *Lock) problem(kind ProblemKind, span source.Span, message string) {
	l.Problems = append(l.Problems, Problem{Kind: kind, Span: span, Message: message})
}

func (n *LockNode) problem(kind ProblemKind, span source.Span, message string) {
	n.problems = append(n.problems, Problem{Kind: kind, Span: span, Message: message, Node: n.Name})
}

// want reports whether the value has the kind, and notes a problem where it has not.
func (l *Lock) want(v jsonValue, kind jsonKind, what, article string) bool {
	if v.kind() == kind {
		return true
	}
	l.problem(ProblemShape, v.head(), what+" is "+v.kind().String()+", not "+article)
	return false
}

func (n *LockNode) want(v jsonValue, kind jsonKind, what string) bool {
	if v.kind() == kind {
		return true
	}
	n.problem(ProblemShape, v.head(), what+" is "+v.kind().String()+", not "+kind.String())
	return false
}

func (l *Lock) readNode(m jsonMember) *LockNode {
	n := &LockNode{Name: m.name, Key: m.key, Span: m.value.span(), Flake: true}
	if n.isObject = m.value.kind() == jsonObject; !n.isObject {
		if n.Name != l.Root {
			n.want(m.value, jsonObject, "the node `"+n.Name+"`")
		}
		return n
	}
	var info *jsonMember
	for _, f := range m.value.members() {
		switch f.name {
		case "inputs":
			n.InputsSpan = f.value.span()
			n.readInputs(f.value)
		case "locked", "original", "info", "flake", "parent":
			if n.Name == l.Root {
				continue // the root's are not read
			}
			switch f.name {
			case "locked":
				n.Locked, n.hasLocked = n.readRef(f), true
			case "original":
				n.Original, n.hasOriginal = n.readRef(f), true
			case "info":
				info = &f
			case "flake":
				n.FlakeSpan = f.value.span()
				if n.want(f.value, jsonBool, "`flake`") {
					n.Flake = f.value.text() == "true"
				}
			case "parent":
				n.ParentSpan, n.HasParent = f.value.span(), true
				n.Parent = n.readPath(f)
			}
		}
	}
	if info != nil && n.Locked != nil && n.want(info.value, jsonObject, "`info`") {
		n.Locked.Attrs = append(n.Locked.Attrs, n.readAttrs(info.value)...) // what version 5 keeps apart
	}
	for _, r := range []*LockRef{n.Locked, n.Original} {
		if r != nil {
			r.makeRef()
		}
	}
	return n
}

// readInputs reads what json::items() gives: the elements of an array have their indices for names, a single value
// has the empty one.
func (n *LockNode) readInputs(v jsonValue) {
	switch v.kind() {
	case jsonNull:
		return
	case jsonObject:
		for _, m := range v.members() {
			n.Inputs = append(n.Inputs, n.readInput(m))
		}
	case jsonArray:
		for m := range v.all() {
			m.name, m.key = strconv.Itoa(len(n.Inputs)), m.value.head()
			n.Inputs = append(n.Inputs, n.readInput(m))
		}
	default:
		n.Inputs = append(n.Inputs, n.readInput(jsonMember{key: v.head(), value: v}))
	}
	n.names = make([]string, len(n.Inputs))
	for i, in := range n.Inputs {
		n.names[i] = in.Name
	}
	if len(n.Inputs) > manyInputs {
		n.index = make(map[string]int, len(n.Inputs))
		for i, in := range n.Inputs {
			n.index[in.Name] = i
		}
	}
}

func (n *LockNode) readInput(m jsonMember) LockInput {
	in := LockInput{Name: m.name, Key: m.key, Value: m.value.span()}
	switch m.value.kind() {
	case jsonString:
		in.Node = m.value.text()
	case jsonArray:
		in.IsFollows = true
		in.Follows = n.readPath(m)
	default:
		in.bad = true
		n.problem(ProblemShape, m.value.head(), "the input `"+m.name+"` is "+m.value.kind().String()+", neither a node's name nor a path of inputs")
	}
	return in
}

// readPath reads an array of input names.
func (n *LockNode) readPath(m jsonMember) []string {
	path := []string{}
	if !n.want(m.value, jsonArray, "`"+m.name+"`") {
		return path
	}
	for e := range m.value.all() {
		if n.want(e.value, jsonString, "an element of `"+m.name+"`") {
			path = append(path, e.value.text())
		}
	}
	return path
}

func (n *LockNode) readRef(m jsonMember) *LockRef {
	if !n.want(m.value, jsonObject, "`"+m.name+"`") {
		return nil
	}
	return &LockRef{Key: m.key, Span: m.value.span(), Attrs: n.readAttrs(m.value)}
}

func (n *LockNode) readAttrs(v jsonValue) (attrs []LockAttr) {
	for _, a := range v.members() {
		attr := LockAttr{Name: a.name, Key: a.key, Value: a.value.span(), Text: a.value.text(), OK: true, kind: a.value.kind()}
		switch attr.kind {
		case jsonString:
			attr.IsString = true
		case jsonNumber:
		case jsonBool:
			attr.Text = map[bool]string{true: "1", false: "0"}[attr.Text == "true"]
		default:
			attr.OK, attr.Text = false, ""
			n.problem(ProblemShape, a.value.head(), "`"+a.name+"` is "+attr.kind.String()+", neither a string, a number nor a Boolean")
		}
		attrs = append(attrs, attr)
	}
	return attrs
}
