package ide

import (
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/secret"
	"github.com/nixsift/nixsift/internal/sema"
)

// HintKind says what a hint tells.
type HintKind uint8

// The kinds of hints. Each is turned off by itself.
const (
	HintInput   HintKind = iota // how old an input is, and its revision
	HintValue                   // what a binding computes
	HintName                    // which of several withs gives a name
	HintClosing                 // whose end this is
	HintDefault                 // which defaults a call leaves
	NumHintKinds
)

// Hints are the kinds of hints that are wanted.
type Hints [NumHintKinds]bool

// Hint is a text that belongs to a place without standing there.
type Hint struct {
	Kind   HintKind
	At     uint32
	Text   string
	Before bool // it is about what follows
}

// maxHinted bounds the expressions that are evaluated for the hints of one answer.
const maxHinted = 60

// closingLines is how many lines a binding must have for its end to be told.
const closingLines = 25

// hinter gathers hints.
type hinter struct {
	*View
	within source.Span
	wanted Hints
	left   int // of maxHinted
	out    []Hint
	envs   map[ast.NodeID]*environment
}

// HintsIn returns the hints of some kinds in a part of the file, in source order. Ages are those at a time.
func (v *View) HintsIn(within source.Span, wanted Hints, now time.Time) []Hint {
	h := &hinter{View: v, within: within, wanted: wanted, left: maxHinted, envs: map[ast.NodeID]*environment{}}
	if wanted[HintInput] {
		h.inputs(now)
	}
	records := v.tree.Records()
	for id := v.tree.Root().ID(); int(id) < len(records); {
		n := v.tree.Node(id)
		if n.Start() > within.End {
			break
		}
		if n.End() < within.Start {
			id = n.SubtreeEnd()
			continue
		}
		switch n.Kind() {
		case ast.Binding:
			h.binding(ast.BindingNode{Node: n})
		case ast.Ident:
			h.name(n)
		case ast.AttrSet:
			h.call(n)
		}
		id++
	}
	slices.SortStableFunc(h.out, func(a, b Hint) int { return int(a.At) - int(b.At) })
	return h.out
}

// add adds a hint, without the secrets in it.
func (h *hinter) add(kind HintKind, at uint32, before bool, text string) {
	text = h.Hide(text)
	if r := []rune(text); len(r) > maxCode {
		text = string(r[:maxCode]) + "…"
	}
	h.out = append(h.out, Hint{kind, at, text, before})
}

func (h *hinter) shows(at uint32) bool { return h.within.Start <= at && at <= h.within.End }

// ask reports whether one more expression may be evaluated.
func (h *hinter) ask() bool {
	h.left--
	return h.left >= 0
}

// inputs tells of the inputs that are declared in flake.nix what is locked of them.
func (h *hinter) inputs(now time.Time) {
	dir := h.FlakeDir()
	if dir == "" || h.path != filepath.Join(dir, "flake.nix") {
		return
	}
	f := h.Flake()
	if f == nil || f.Nix == nil || f.Lock == nil {
		return
	}
	for _, root := range f.Nix.Inputs {
		for in := range root.All() {
			if !in.URLNode.IsValid() || !h.shows(in.URLNode.End()) {
				continue
			}
			node, ok := f.NodeOf(in)
			if !ok {
				continue
			}
			var facts []string
			if at := node.LastModified(); at != 0 {
				facts = append(facts, age(now.Sub(time.Unix(at, 0))))
			}
			if rev := node.Rev(); rev != "" {
				facts = append(facts, rev[:min(len(rev), 12)])
			}
			if len(facts) > 0 {
				h.add(HintInput, in.URLNode.End(), false, strings.Join(facts, ", "))
			}
		}
	}
}

// binding tells what a binding computes, and at its end whose that is.
func (h *hinter) binding(b ast.BindingNode) {
	value := b.Value().Unparen()
	if !value.IsValid() || value.HasError() {
		return
	}
	if h.wanted[HintClosing] && h.shows(b.End()) && b.LastToken().Kind() == ast.TokSemi && hasLines(b.Span().Of(h.Text()), closingLines) {
		h.add(HintClosing, b.End(), false, strings.Join(strings.Fields(b.Attrpath().Text()), " "))
	}
	if !h.wanted[HintValue] || !h.shows(b.Value().End()) || !computes(value) || !h.ask() {
		return
	}
	if r := h.report(value); r != nil {
		if text, ok := r.Constant(h.Root()); ok && text != value.Text() {
			h.add(HintValue, b.Value().End(), false, "= "+text)
		}
	}
}

// hasLines reports whether a text has so many lines, or more.
func hasLines(text string, n int) bool {
	for range n - 1 {
		_, after, ok := strings.Cut(text, "\n")
		if !ok {
			return false
		}
		text = after
	}
	return true
}

// computes reports whether the value of an expression may be a constant that does not stand there.
func computes(n ast.Node) bool {
	switch n.Kind() {
	case ast.String, ast.Path:
		return n.FirstChild().IsValid()
	case ast.Ident:
		return n.Text() != "true" && n.Text() != "false" && n.Text() != "null"
	case ast.Binary:
		return n.Op() != ast.OpConcat && n.Op() != ast.OpUpdate
	case ast.Select:
		return !(ast.SelectExpr{Node: n}).Default().IsValid()
	case ast.Apply, ast.If, ast.HasAttr:
		return true
	case ast.Unary:
		return !n.FirstChild().Is(ast.Int) && !n.FirstChild().Is(ast.Float)
	}
	return false
}

// environment is what a with gives.
type environment struct {
	text   string
	names  map[string]bool
	closed bool // it gives no others
}

// name tells where a name comes from that several withs may give, where that is certain.
func (h *hinter) name(n ast.Node) {
	if !h.wanted[HintName] || !h.shows(n.Start()) {
		return
	}
	u, ok := h.names().Use(n)
	if !ok || u.Target != sema.ToWith {
		return
	}
	var envs []ast.Node // the innermost first
	for id := u.Scope; id != 0; id = h.names().Scope(id).Parent {
		if with := h.names().Scope(id).Node; with.Is(ast.With) {
			envs = append(envs, with.FirstChild())
		}
	}
	if len(envs) < 2 {
		return
	}
	for _, node := range envs {
		e := h.environment(node)
		switch {
		case e.names[n.Text()]:
			h.add(HintName, n.Start(), true, e.text+".")
			return
		case !e.closed:
			return
		}
	}
}

// environment returns what is known of the set of a with.
func (h *hinter) environment(n ast.Node) *environment {
	if e := h.envs[n.ID()]; e != nil {
		return e
	}
	e := &environment{text: inLine(n), names: map[string]bool{}}
	h.envs[n.ID()] = e
	if nixlang.IsBuiltins(h.names(), n) {
		for _, b := range sema.Builtins() {
			e.names[b.Name] = b.Only == "" && b.Until.IsZero() && b.Since.IsZero() && b.Feature == ""
		}
		return e
	}
	if !h.ask() {
		return e
	}
	k, ok := h.known(n)
	if !ok || len(k.Values) != 1 || !k.Sole {
		return e
	}
	e.closed = !k.Values[0].Open
	for _, a := range k.Values[0].Attrs {
		e.names[a.Name] = !a.Maybe
		e.closed = e.closed && !a.Maybe
	}
	return e
}

// maxDefaults is how many defaults a hint lists.
const maxDefaults = 3

// call tells at the end of a set that a function gets which defaults are left.
func (h *hinter) call(set ast.Node) {
	end := set.LastToken()
	if !h.wanted[HintDefault] || end.Kind() != ast.TokRBrace || !h.shows(end.Start()) {
		return
	}
	arg := set.OutsideParens()
	call, ok := ast.AsApply(arg.Parent())
	if !ok || call.Arg() != arg || set.HasError() {
		return
	}
	if callee, args := ast.Call(call.Func()); len(args) > 0 && ast.LastName(callee) != "import" && args[len(args)-1].Unparen().Is(ast.Path) {
		return // callPackage passes what it has
	}
	given := map[string]bool{}
	for c := range set.Children() {
		if b, is := ast.AsBinding(c); is {
			name, static := ast.AttrName(b.Attrpath().First())
			if !static {
				return
			}
			given[name] = true
		} else if in, is := ast.AsInherit(c); is {
			for part := range in.Names() {
				name, _ := ast.AttrName(part)
				given[name] = true
			}
		}
	}
	if !h.ask() {
		return
	}
	f := h.calledWith(set)
	if f == nil {
		return
	}
	var left []string
	var o *View
	for _, formal := range f.Formals {
		if !formal.Optional || given[formal.Name] {
			continue
		}
		if len(left) == maxDefaults {
			left = append(left, "…")
			break
		}
		if o == nil {
			if o = h.openFile(f.File); o == nil {
				return
			}
		}
		text := formal.Name
		for n := o.tree.NodeAt(formal.Span); n.IsValid(); n = n.Parent() {
			if n.Is(ast.Formal) {
				def := (ast.FormalNode{Node: n}).Default()
				if secret.IsName(formal.Name) && (def.Is(ast.String) || def.Is(ast.IndString)) {
					text += " ? " + secret.Hidden
				} else {
					text += " ? " + inLine(def)
				}
				break
			}
		}
		left = append(left, text)
	}
	if len(left) > 0 {
		h.add(HintDefault, end.Start(), true, strings.Join(left, ", "))
	}
}
