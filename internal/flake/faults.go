package flake

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/near"
)

// Fault is a part of flake.nix for which Nix refuses the flake as it reads it, whatever its outputs are
// (flake.cc, parseFlakeInput). What is computed is no fault: see Input.Opaque.
type Fault struct {
	Kind FaultKind
	Attr *Attr    // what is wrong; the input itself for FaultExtraInputs, FaultMissing and FaultSelf
	Node ast.Node // the value that is wrong, else the part of the path that names the attribute
	Leaf *Attr    // FaultDot: the attribute that its last part names
	Name string   // FaultDot: the name with its dots; FaultMissing: the attribute that is missing; FaultUnknown: the one that was probably meant, or ""
	// Want and Got say what Nix takes and what is there, for FaultType: "a set", "a string".
	Want, Got string
}

// FaultKind tells faults apart.
type FaultKind uint8

// The kinds of faults.
const (
	FaultUnknown     FaultKind = iota // an attribute that no input has, or no input of its type
	FaultNoType                       // an attribute that only counts beside type
	FaultType                         // a literal of another type than Nix takes
	FaultFetcher                      // a type that no fetcher has
	FaultMissing                      // the fetcher needs an attribute that is not there
	FaultNested                       // an input inside an input
	FaultOverride                     // the same, that only follows: inputs is missing before it
	FaultExtraInputs                  // the inputs of the flake lie in an input named inputs
	FaultDot                          // an input whose name has a dot and no quotes
	FaultSelf                         // self among the inputs of an input
)

// inputAttrs are the attributes that every input may have.
var inputAttrs = []string{"url", "flake", "inputs", "follows"}

// selfAttrs are the attributes of inputs.self (flake.cc, applySelfAttrs).
var selfAttrs = []string{"submodules", "lfs"}

func (in *Input) fault(f Fault) {
	if !f.Node.IsValid() {
		f.Node = f.Attr.Key()
	}
	in.Faults = append(in.Faults, f)
}

// wantType notes a value that surely is of another type.
func (in *Input) wantType(a *Attr, node ast.Node, want string) {
	if got, ok := a.LiteralType(); ok && got != want && (got != "a string" && got != "a path" || want != "a string or a path") {
		in.fault(Fault{Kind: FaultType, Attr: a, Node: node, Want: want, Got: got})
	}
}

// LiteralType names the type of a value that Nix has without evaluating anything: "a string", "null"; ok is false
// for what it would have to compute.
func LiteralType(n ast.Node) (name string, ok bool) {
	if _, isString := StringLiteral(n); isString {
		return "a string", true
	}
	switch n = n.Unparen(); n.Kind() {
	case ast.AttrSet:
		return "a set", true
	case ast.List:
		return "a list", true
	case ast.Lambda:
		return "a function", true
	case ast.Int:
		return "an integer", true
	case ast.Float:
		return "a float", true
	case ast.Path:
		return "a path", !n.FirstChild().IsValid()
	case ast.Ident:
		if _, isBool := BoolLiteral(n); isBool {
			return "a Boolean", true
		}
		return "null", n.Text() == "null"
	}
	return "", false
}

// LiteralType is LiteralType of the value of an attribute, which is a set where paths go on from it.
func (a *Attr) LiteralType() (name string, ok bool) {
	if a == nil {
		return "", false
	}
	if value, single := a.Value(); single {
		return LiteralType(value)
	}
	for _, d := range a.Defs {
		if !d.Binding.Is(ast.Binding) || d.Value.IsValid() && !d.Value.Is(ast.AttrSet) {
			return "", false // inherited, or defined twice
		}
	}
	return "a set", len(a.Defs) > 0
}

// Computed returns the part of a value that Nix would have to evaluate; invalid for literals of whatever type. Of a name
// that rec { } around it defines it may have the value at hand: where that is read first.
func Computed(n ast.Node) ast.Node {
	switch n = n.Unparen(); n.Kind() {
	case ast.Apply, ast.Select, ast.HasAttr, ast.Binary, ast.Unary, ast.Let, ast.LegacyLet, ast.With, ast.If, ast.Assert, ast.SearchPath:
		return n
	case ast.Ident:
		switch n.Text() {
		case "true", "false", "null":
			return ast.Node{}
		}
		return n
	case ast.String, ast.IndString, ast.Path, ast.Interpolation:
		if _, constant := ast.ConstantText(n); constant {
			return ast.Node{}
		}
		for d := range n.Descendants() {
			if d.Is(ast.Interpolation) {
				return n
			}
		}
	case ast.Name:
		if n.Parent().Is(ast.Inherit) {
			return n
		}
	}
	return ast.Node{}
}

// findFaults finds what is wrong with an input as a whole, when all inputs are known.
func (n *Nix) findFaults(in *Input) {
	if in.Parent != nil && in.Name == "self" {
		in.fault(Fault{Kind: FaultSelf, Attr: in.Attr})
	}
	in.findAttrFaults()
	extra := in.Parent == nil && in.Name == "inputs" && !in.hasReference()
	for _, a := range in.nested {
		name, leaf := a.Name, a
		for len(leaf.Subs) == 1 && len(leaf.Defs) > 0 && !leaf.Defs[0].Value.IsValid() && !looksLikeInput(leaf) {
			leaf = leaf.Subs[0]
			name += "." + leaf.Name
		}
		f := Fault{Kind: FaultNested, Attr: a}
		meant := near.Find(a.Name, inputAttrs)
		switch {
		case meant != "" && in.Attr.Sub(meant) == nil, !looksLikeInput(leaf):
			f.Kind, f.Name = FaultUnknown, meant
		case extra:
			f.Kind, f.Attr = FaultExtraInputs, in.Attr
			in.fault(f)
			return
		case in.splitByDot(leaf) && (leaf != a || leaf.Sub("follows") == nil || n.byName[a.Name] == nil):
			f.Kind, f.Name, f.Leaf = FaultDot, in.Name+"."+name, leaf
		case leaf == a && a.Sub("url") == nil && a.Sub("type") == nil:
			f.Kind = FaultOverride
		}
		in.fault(f)
	}
}

// looksLikeInput reports whether an attribute has attributes that make inputs.
func looksLikeInput(a *Attr) bool {
	return slices.ContainsFunc(a.Subs, func(s *Attr) bool { return s.Name == "type" || slices.Contains(inputAttrs, s.Name) })
}

// hasReference reports whether the input has something that only inputs have.
func (in *Input) hasReference() bool {
	return looksLikeInput(in.Attr) || len(in.Attrs) > 0 || len(in.Opaque) > 0
}

// splitByDot reports whether all of the input is written as paths through leaf.
func (in *Input) splitByDot(leaf *Attr) bool {
	if in.hasReference() || len(in.nested) != 1 || len(leaf.Defs) != len(in.Attr.Defs) {
		return false
	}
	for i, d := range leaf.Defs {
		if d.Binding != in.Attr.Defs[i].Binding || in.Attr.Defs[i].Value.IsValid() {
			return false
		}
	}
	return true
}

// findAttrFaults looks at the attributes for the fetcher.
func (in *Input) findAttrFaults() {
	typ := in.typeName()
	rules, known := attrsOfType[typ]
	if typ != "" && !known {
		at := in.Attr.Sub("type")
		value, _ := at.Value()
		in.fault(Fault{Kind: FaultFetcher, Attr: at, Node: value, Name: near.Find(typ, Types)})
		return
	}
	typed := in.Attr.Sub("type") != nil
	for i := range in.Attrs {
		a := &in.Attrs[i]
		rule, allowed := rules[a.Name]
		attr := in.Attr.Sub(a.Name)
		switch {
		case a.Name == "type":
			in.wantKind(attr, a, jsonString)
		case !a.OK && isFetcherAttr(a.Name):
			if a.Name != "publicKeys" {
				in.wantType(attr, a.Node, "a string, a Boolean or an integer")
			}
		case !a.OK && typeOf(a.Node) == "": // computed
		case !typed:
			f := Fault{Kind: FaultNoType, Attr: attr}
			if !isFetcherAttr(a.Name) {
				f.Kind, f.Name = FaultUnknown, in.meant(a.Name, nil)
			}
			in.fault(f)
		case !known: // the type is not literal
		case a.Name == "dir":
			in.wantKind(attr, a, jsonString)
		case !allowed:
			f := Fault{Kind: FaultUnknown, Attr: attr}
			if !isFetcherAttr(a.Name) { // no misspelt one
				f.Name = in.meant(a.Name, rules)
			}
			in.fault(f)
		case rule.lockedOnly && rule.kind != jsonString:
		default:
			in.wantKind(attr, a, rule.kind)
		}
	}
	if !known || !in.Literal {
		return
	}
	for _, needed := range requiredAttrs {
		if rules[needed].required && in.Attr.Sub(needed) == nil {
			in.fault(Fault{Kind: FaultMissing, Attr: in.Attr, Name: needed})
		}
	}
}

// wantKind notes a literal attribute whose type is not what the fetcher takes.
func (in *Input) wantKind(attr *Attr, a *FetcherAttr, kind jsonKind) {
	want := map[jsonKind]string{jsonString: "a string", jsonBool: "a Boolean", jsonNumber: "an integer"}[kind]
	if got := typeOf(a.Node); a.OK && want != "" && got != want {
		in.fault(Fault{Kind: FaultType, Attr: attr, Node: a.Node, Want: want, Got: got})
	}
}

func typeOf(n ast.Node) string {
	name, _ := LiteralType(n)
	return name
}

// typeName returns the literal type of the input's reference, or "".
func (in *Input) typeName() string {
	if a, ok := in.FetcherAttr("type"); ok && a.OK {
		return a.Value
	}
	return ""
}

// meant returns the attribute that an unknown one was probably meant to be: one that inputs have and this one has not.
func (in *Input) meant(name string, rules map[string]attrRule) string {
	candidates := slices.Clone(inputAttrs)
	for a := range rules {
		candidates = append(candidates, a)
	}
	if rules != nil {
		candidates = append(candidates, "dir", "type")
	}
	slices.Sort(candidates)
	return near.Find(name, slices.DeleteFunc(candidates, func(c string) bool { return in.Attr.Sub(c) != nil }))
}

// isFetcherAttr reports whether some fetcher takes an attribute.
func isFetcherAttr(name string) bool {
	if name == "dir" {
		return true
	}
	for _, rules := range attrsOfType {
		if _, ok := rules[name]; ok {
			return true
		}
	}
	return false
}

// findSelfFaults looks at inputs.self.
func (n *Nix) findSelfFaults() {
	a := n.Self
	if a == nil {
		return
	}
	if got, ok := a.LiteralType(); ok && got != "a set" {
		n.SelfFaults = append(n.SelfFaults, Fault{Kind: FaultType, Attr: a, Node: a.Defs[0].Value, Want: "a set", Got: got})
	}
	for _, s := range a.Subs {
		if !slices.Contains(selfAttrs, s.Name) {
			n.SelfFaults = append(n.SelfFaults, Fault{Kind: FaultUnknown, Attr: s, Node: s.Key(), Name: near.Find(s.Name, selfAttrs)})
			continue
		}
		if got, ok := s.LiteralType(); ok && got != "a Boolean" {
			f := Fault{Kind: FaultType, Attr: s, Node: s.Key(), Want: "a Boolean", Got: got}
			if value, single := s.Value(); single {
				f.Node = value
			}
			n.SelfFaults = append(n.SelfFaults, f)
		}
	}
}
