package flake

import (
	"errors"
	"fmt"
	"iter"
	"path"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
)

// Nix is a flake.nix, read without evaluation as Nix reads its inputs (flake.cc, readFlake). What is not
// literal is marked and never guessed.
type Nix struct {
	Tree *ast.Tree
	Set  ast.Node // the AttrSet that the file is, in any parentheses; invalid where it is something else
	Root *Attr    // its attributes, merged: description, inputs, outputs, nixConfig and strangers

	Inputs        []*Input // the declared inputs in source order, without self
	Implicit      []*Input // formals of outputs that are no declared input, which Nix looks up in the registry; none unless InputsLiteral
	Self          *Attr    // inputs.self, or nil
	SelfFaults    []Fault  // what Nix refuses of inputs.self
	InputsLiteral bool     // all names of inputs are known; true also where there are none
	Outputs       Outputs

	byName    map[string]*Input // declared and implicit
	followers func() map[string][]*Input
	outputs   func() []OutputSet
}

// Input is one input of a flake, or one override of an input's input.
type Input struct {
	Name   string
	Path   []string // the input's path from this flake: [a], or [a b] for inputs.a.inputs.b
	Parent *Input   // the input that is overridden; nil for the flake's own
	Attr   *Attr    // nil for an implicit input
	// NameNode is the part of an attribute path that first names the input, or the Name of the formal.
	NameNode ast.Node

	URL     string   // of url = "…"; for a path literal "path:" and its text
	URLNode ast.Node // the value of url, of whatever kind, without parentheses; or invalid
	Ref     Ref      // from url or type, owner, …; an input without them is indirect; zero with follows
	RefErr  error    // why Nix rejects the reference
	Attrs   []FetcherAttr

	Flake     bool // false only with flake = false
	FlakeNode ast.Node
	Follows   *Follows
	Overrides []*Input // inputs.a.inputs.*, in source order

	// Literal reports that what the input is can be read: its reference, follows, flake and overrides. Opaque holds what
	// is computed, or has a wrong type.
	Literal bool
	Opaque  []ast.Node
	// Faults is what Nix refuses of the input, without its overrides. Each has the rest of the input beside it.
	Faults []Fault

	nested    []*Attr // attributes that are sets, though they are not inputs
	overrides map[string]*Input
}

// FetcherAttr is an attribute of an input that is for the fetcher: type, owner, repo, ref, dir, …
type FetcherAttr struct {
	Name  string
	Key   ast.Node // the part of the attribute path
	Node  ast.Node // the value
	Value string   // Booleans are "1" and "0"
	OK    bool     // the value is a literal string, Boolean or integer
}

// Follows is follows = "a/b".
type Follows struct {
	Text string
	Path []string // the text cut at slashes; empty for follows = "", which is the flake itself
	Err  error    // why Nix rejects the text
	Node ast.Node // the string
	Def  ast.Node // the Binding
}

// Outputs is the function of the flake.
type Outputs struct {
	Attr     *Attr    // nil where there is none
	Value    ast.Node // the value, without parentheses; invalid where there is none
	Lambda   ast.LambdaExpr
	IsLambda bool
	Formals  []ast.FormalNode
	Pattern  bool     // the parameter is a set pattern
	Ellipsis bool     // the pattern ends in ...
	At       ast.Node // the node that binds the whole argument: AtName, or the Name of a plain parameter

	formals map[string]ast.FormalNode
}

// ReadNix reads the tree of a flake.nix.
func ReadNix(t *ast.Tree) *Nix {
	n := &Nix{Tree: t, Root: &Attr{}, InputsLiteral: true, byName: map[string]*Input{}}
	n.followers = sync.OnceValue(n.readFollowers)
	n.outputs = sync.OnceValue(n.readOutputSets)
	expr := t.Expr().Unparen()
	if !expr.Is(ast.AttrSet) {
		n.InputsLiteral = false
		return n
	}
	n.Set = expr
	n.Root.readSet(expr, 0)
	n.readOutputs()
	if len(n.Root.Opaque) > 0 {
		n.InputsLiteral = false
	}
	inputs := n.Root.Sub("inputs")
	if inputs != nil {
		if !inputs.IsLiteralSet() {
			n.InputsLiteral = false
		}
		for _, a := range inputs.Subs {
			if a.Name == "self" {
				n.Self = a
				continue
			}
			n.add(&n.Inputs, readInput(a, nil, 0))
		}
	}
	for _, root := range n.Inputs {
		for in := range root.All() {
			n.findFaults(in)
		}
	}
	n.findSelfFaults()
	for _, f := range n.Outputs.Formals {
		name := f.Name().Text()
		if name == "self" || inputs.Sub(name) != nil || !n.InputsLiteral {
			continue
		}
		in := &Input{Name: name, Path: []string{name}, NameNode: f.Name(), Flake: true, Literal: true}
		in.Ref, in.RefErr = ParseRef(name)
		n.add(&n.Implicit, in)
	}
	return n
}

func (n *Nix) add(list *[]*Input, in *Input) {
	*list = append(*list, in)
	if n.byName[in.Name] == nil {
		n.byName[in.Name] = in
	}
}

func (n *Nix) readOutputs() {
	o := &n.Outputs
	o.Attr = n.Root.Sub("outputs")
	o.Value, _ = o.Attr.Value()
	if o.Lambda, o.IsLambda = ast.AsLambda(o.Value); !o.IsLambda {
		return
	}
	p, ok := o.Lambda.Pattern()
	if !ok {
		o.At = o.Lambda.Param()
		return
	}
	o.Pattern, o.Ellipsis, o.At = true, p.HasEllipsis(), p.At()
	for f := range p.Formals() {
		o.Formals = append(o.Formals, f)
		if o.formals == nil {
			o.formals = map[string]ast.FormalNode{}
		}
		if name := f.Name().Text(); !o.formals[name].IsValid() {
			o.formals[name] = f
		}
	}
}

// ArgName returns the name that binds all inputs: of @inputs, or of a plain parameter; or "".
func (o *Outputs) ArgName() string {
	if !o.At.IsValid() {
		return ""
	}
	return o.At.Text()
}

// Formal returns the formal with the given name.
func (o *Outputs) Formal(name string) (ast.FormalNode, bool) {
	f, ok := o.formals[name]
	return f, ok
}

// Input returns the input with the given name, declared or implicit, or nil.
func (n *Nix) Input(name string) *Input {
	return n.byName[name]
}

// AllInputs returns the declared inputs, then the implicit ones.
func (n *Nix) AllInputs() []*Input {
	return append(n.Inputs[:len(n.Inputs):len(n.Inputs)], n.Implicit...)
}

func readInput(a *Attr, parent *Input, depth int) *Input {
	in := &Input{Name: a.Name, Parent: parent, Attr: a, NameNode: a.Key(), Flake: true, Literal: true}
	if parent != nil {
		in.Path = append(in.Path, parent.Path...)
	}
	in.Path = append(in.Path, a.Name)
	in.opaque(a.Opaque...)
	for _, d := range a.Defs {
		if d.Value.IsValid() && !d.Value.Is(ast.AttrSet) {
			in.opaque(d.Value)
			in.wantType(a, d.Value, "a set")
		}
	}
	for _, s := range a.Subs {
		in.readAttr(s, depth)
	}
	in.makeRef()
	return in
}

func (in *Input) opaque(nodes ...ast.Node) {
	if len(nodes) > 0 {
		in.Literal = false
		in.Opaque = append(in.Opaque, nodes...)
	}
}

func (in *Input) readAttr(s *Attr, depth int) {
	if s.Name == "inputs" {
		if !s.IsLiteralSet() {
			in.opaque(s.Opaque...)
			for _, d := range s.Defs {
				if d.Value.IsValid() && !d.Value.Is(ast.AttrSet) {
					in.opaque(d.Value)
					in.wantType(s, d.Value, "a set")
				}
			}
		}
		for _, o := range s.Subs {
			if depth >= maxDepth {
				in.opaque(o.Key())
				return
			}
			over := readInput(o, in, depth+1)
			in.Overrides = append(in.Overrides, over)
			if in.overrides == nil {
				in.overrides = map[string]*Input{}
			}
			in.overrides[over.Name] = over
			in.opaque(over.Opaque...)
		}
		return
	}
	value, single := s.Value()
	want, known := map[string]string{"url": "a string or a path", "flake": "a Boolean", "follows": "a string"}[s.Name]
	if got, literal := s.LiteralType(); !known && literal && got == "a set" {
		in.nested = append(in.nested, s)
		return
	}
	if !single || len(s.Opaque) > 0 {
		in.opaque(s.Key())
	}
	if known {
		in.wantType(s, value, want)
	}
	var ok bool
	switch s.Name {
	case "url":
		in.URLNode = value
		if in.URL, ok = StringLiteral(value); !ok && value.Is(ast.Path) && !value.FirstChild().IsValid() {
			in.URL, ok = "path:"+value.Text(), true
		}
	case "flake":
		in.FlakeNode = value
		var v bool
		if v, ok = BoolLiteral(value); ok {
			in.Flake = v
		}
	case "follows":
		var text string
		if text, ok = StringLiteral(value); ok {
			in.Follows = readFollows(text, value, s.Defs[0].Binding)
		}
	default:
		f := FetcherAttr{Name: s.Name, Key: s.Key(), Node: value}
		if f.Value, f.OK = StringLiteral(value); !f.OK {
			if b, isBool := BoolLiteral(value); isBool {
				f.Value, f.OK = map[bool]string{true: "1", false: "0"}[b], true
			} else if value.Is(ast.Int) {
				f.Value, f.OK = value.Text(), true
			}
		}
		in.Attrs = append(in.Attrs, f)
		ok = f.OK
	}
	if !ok && value.IsValid() {
		in.opaque(value)
	}
}

func readFollows(text string, node, def ast.Node) *Follows {
	f := &Follows{Text: text, Path: nonEmpty(strings.Split(text, "/")), Node: node, Def: def}
	for _, name := range f.Path {
		if !IsID(name) {
			f.Err = fmt.Errorf("%s cannot be the name of an input in a path", diag.Code(name)) // parseInputAttrPath in flake.cc
		}
	}
	return f
}

var errOutside = errors.New("the path is not in the flake's source tree")

// makeRef sets Ref as parseFlakeInput in flake.cc does: attributes count only with a type.
func (in *Input) makeRef() {
	attrs := map[string]string{}
	typed := in.Attr.Sub("type") != nil
	for _, a := range in.Attrs {
		if !a.OK && typed {
			return
		}
		attrs[a.Name] = a.Value
	}
	switch {
	case attrs["type"] != "":
		if in.URLNode.IsValid() {
			attrs["url"] = in.URL
		}
		in.Ref, in.RefErr = RefFromAttrs(attrs)
	case in.URLNode.IsValid():
		if in.URL != "" || in.Literal {
			in.Ref, in.RefErr = ParseRef(in.URL)
		}
		if in.URLNode.Is(ast.Path) {
			if in.Ref.Path = path.Clean(in.Ref.Path); strings.HasPrefix(in.Ref.Path, "~") {
				in.RefErr = errOutside
			}
		}
	case in.Follows == nil && in.Parent == nil && in.Attr.Sub("url") == nil && in.Attr.Sub("follows") == nil && in.Literal && len(in.nested)+len(in.Attrs) == 0:
		in.Ref = Ref{Text: in.Name, Type: TypeIndirect, ID: in.Name}
		if !IsID(in.Name) {
			in.RefErr = fmt.Errorf("`%s` cannot be an id of the registry", in.Name)
		}
	}
	if in.Ref.Type == TypeTarball && !in.Flake && !isArchive(in.Ref.URL) &&
		!strings.HasPrefix(in.URL, "tarball+") && attrs["type"] == "" {
		in.Ref.Type = TypeFile // not a tree: fetched as one file (tarball.cc, requireTree)
	}
}

func isArchive(url string) bool {
	url, _, _ = strings.Cut(url, "?")
	for _, suffix := range []string{".zip", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2", ".tar.zst"} {
		if strings.HasSuffix(url, suffix) {
			return true
		}
	}
	return false
}

// IsImplicit reports whether only a formal of outputs names the input.
func (in *Input) IsImplicit() bool { return in.Attr == nil }

// Override returns the override of the input's own input, or nil.
func (in *Input) Override(name string) *Input { return in.overrides[name] }

// Decls returns the bindings that define the input and nothing else, in source order: an
// inputs = { … } around them is not among them.
func (in *Input) Decls() []ast.Node {
	if in.Attr == nil {
		return nil
	}
	out := make([]ast.Node, 0, len(in.Attr.Defs))
	for _, d := range in.Attr.Defs {
		out = append(out, d.Binding)
	}
	return out
}

// FetcherAttr returns the attribute with the given name.
func (in *Input) FetcherAttr(name string) (FetcherAttr, bool) {
	for _, a := range in.Attrs {
		if a.Name == name {
			return a, true
		}
	}
	return FetcherAttr{}, false
}

// All yields the input and its overrides, however deep, in source order.
func (in *Input) All() iter.Seq[*Input] {
	return func(yield func(*Input) bool) { in.walk(yield) }
}

func (in *Input) walk(yield func(*Input) bool) bool {
	if !yield(in) {
		return false
	}
	for _, o := range in.Overrides {
		if !o.walk(yield) {
			return false
		}
	}
	return true
}

// FollowersOf returns the inputs and overrides whose follows starts with the root input name, in source
// order: [name] itself and [name x], which reaches into it.
func (n *Nix) FollowersOf(name string) []*Input { return n.followers()[name] }

func (n *Nix) readFollowers() map[string][]*Input {
	followers := map[string][]*Input{}
	for _, root := range n.Inputs {
		for in := range root.All() {
			if in.Follows != nil && len(in.Follows.Path) > 0 {
				first := in.Follows.Path[0]
				followers[first] = append(followers[first], in)
			}
		}
	}
	return followers
}

// Style is the form in which an author declares an input.
type Style uint8

// The styles, by the last binding of the input.
const (
	StyleNone      Style = iota // not declared
	StyleDotted                 // inputs.a.url = …;
	StyleDottedSet              // inputs.a = { url = …; };
	StyleShort                  // inputs = { a.url = …; };
	StyleSet                    // inputs = { a = { url = …; }; };
)

// Style returns the form of the input's last binding.
func (in *Input) Style() Style {
	if in.Attr == nil || len(in.Attr.Defs) == 0 {
		return StyleNone
	}
	d := in.Attr.Defs[len(in.Attr.Defs)-1]
	first := d.Part.Parent().FirstChild() == d.Part // otherwise the path goes through inputs
	switch {
	case first && d.Value.IsValid():
		return StyleSet
	case first:
		return StyleShort
	case d.Value.IsValid():
		return StyleDottedSet
	}
	return StyleDotted
}
