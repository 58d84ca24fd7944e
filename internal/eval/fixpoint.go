package eval

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// fixKind says how a function of the file is applied to what it gives.
type fixKind uint8

const (
	// fixedHere is a function that may be: where the file calls it, calls are followed with the arguments that they have.
	fixedHere fixKind = iota + 1
	// fixedSelf is a function self: … whose result is self, with attributes that the maker adds.
	fixedSelf
	// fixedOverlay is a function final: prev: … whose result is laid upon prev, and final is what comes of that.
	fixedOverlay
	// fixedInner is the second function of an overlay.
	fixedInner
)

// Fixpoint is a function whose argument is what it gives, as overlays have it.
type Fixpoint struct {
	// Param is the name of the argument.
	Param string
	// Overlay is set for final: prev: …, and Named where its arguments are called like those of overlays.
	Overlay, Named bool
	// Names is set where the argument is needed before the names of the attributes are known that it has.
	Names bool
	// Assumed are the attributes of the overlay that the recursion goes through: it is none where another overlay that comes
	// later defines one of them.
	Assumed []string
}

// Forced returns where the argument of a fixpoint is needed that must not be; ok is false where no name stands there.
func (f *Failure) Forced() (file string, start, end uint32, ok bool) {
	if f.at.code == nil {
		return "", 0, 0, false
	}
	span := f.at.code.Span(f.at.expr)
	return f.at.code.Path, span.Start, span.End, true
}

// fixpoints examines functions whose argument is what they give. The functions are known by their use, as an argument of
// extend or in a list of overlays, or by the names of their arguments; they are called with their fixpoint as nixpkgs does
// (lib/fixed-points.nix), over a set of which nothing is known. Besides, the calls that the file itself has of them are followed.
type fixpoints struct {
	kinds map[Expr]fixKind
	found []*fixed // in the order in which they are come by
	of    map[*thunk]*fixed
	late  []pending // bodies with arguments that are not known, which are looked at in the end
	loops []Finding
	at    map[source.Span]int // in loops
}

// fixed is one function and its fixpoint.
type fixed struct {
	fn    *function
	kind  fixKind
	final *thunk
	names map[*thunk]string // the attributes that it defines itself
}

// fixpoints returns the recursions through fixpoints of functions of the file.
func (x *Examination) fixpoints() []Finding {
	kinds := x.code.fixpoints()
	if len(kinds) == 0 {
		return nil
	}
	ev := x.ev
	fx := &fixpoints{kinds: kinds, of: map[*thunk]*fixed{}, at: map[source.Span]int{}}
	y := &Examination{
		code: x.code, ev: ev, seen: make([]role, len(x.code.exprs)), found: map[Expr][]*Failure{}, loops: map[*thunk]*Failure{},
		inCycles: map[*thunk]bool{}, fixed: fx,
	}
	ev.watch = y
	budget := ev.work + workOfFile + workOfExpr*len(x.code.exprs)
	within := func() bool { return ev.work <= budget && len(ev.files) < maxFiles }
	y.ask(&thunk{code: x.code, expr: x.code.root, env: ev.level(nil, true)})
	for started := 0; within(); {
		switch {
		case len(y.queue) > 0:
			p := y.queue[0]
			y.queue = y.queue[1:]
			y.look(p)
		case started < len(fx.found):
			y.ask(fx.found[started].start(fx))
			started++
		case len(fx.late) > 0:
			y.queue, fx.late = fx.late, nil
		default:
			ev.watch = nil
			return fx.loops
		}
	}
	ev.watch = nil
	return nil
}

// start makes the fixpoint of a function.
func (f *fixed) start(fx *fixpoints) *thunk {
	at := site{code: f.fn.code, expr: f.fn.lambda().self}
	fn := functionValue(f.fn)
	f.final = &thunk{}
	f.final.fn = func(ev *Evaluation) *Value {
		if f.kind == fixedSelf {
			return overlaid(ev.call(at, fn, []*thunk{f.final}))
		}
		return ev.updateSets(at, bare(Set), ev.call(at, fn, []*thunk{f.final, given(bare(Set))}))
	}
	fx.of[f.final] = f
	return f.final
}

// ofMakers are the attributes that makeExtensible and makeScope add to the set that a function gives.
var ofMakers = func() map[string]attr {
	own := map[string]attr{}
	for _, name := range []string{
		"extend", "__unfix__", "newScope", "callPackage", "overrideScope", "overrideScope'", "packages",
	} {
		own[name] = attr{value: topThunk, maybe: true}
	}
	return own
}()

func overlaid(v *Value) *Value {
	var out *Value
	v.each(func(x *Value) {
		if x.kinds == Set && x.set != nil {
			x = setValue(update(x.set, &set{own: ofMakers, size: len(ofMakers)}))
		}
		out = join(out, x)
	})
	return out
}

// lambda notes a function of interest, and reports whether it is one.
func (fx *fixpoints) lambda(x *Examination, at site, f *function) bool {
	kind := fx.kinds[at.expr]
	if kind == 0 || at.code != x.code || !at.lexical {
		return false
	}
	f.lexical = true
	if kind == fixedInner || !x.mark(at.expr, asFunction) {
		return true
	}
	if kind == fixedHere {
		fx.late = append(fx.late, pending{lambda: at.expr, env: f.env})
	} else {
		fx.found = append(fx.found, &fixed{fn: f, kind: kind})
	}
	return true
}

// recursion notes that a thunk asked for itself, and what came of it.
func (fx *fixpoints) recursion(x *Examination, t *thunk, v *Value) {
	loop, only := (*Failure)(nil), v.Fails()
	v.failures(func(f *Failure) {
		only = only && f.Reason == Recursion && f.thunk == t
		loop = f
	})
	if !only || loop == nil || x.inCycles[t] {
		return // what is not known of prev may fail before
	}
	for _, member := range loop.cycle {
		if member != t && x.inCycles[member] {
			return
		}
	}
	found := Finding{Failure: loop}
	self := fx.of[t]
	switch own := t.code == x.code && t.env != nil && t.env.lexical; {
	case own:
		found.Span = x.code.Span(t.expr)
	case loop.at.code == x.code && loop.at.lexical:
		found.Span = x.code.Span(loop.at.expr)
	case self != nil:
		l := self.fn.lambda()
		found.Span = source.Span{Start: l.start, End: l.end}
	default:
		return
	}
	for _, member := range loop.cycle {
		x.inCycles[member] = true
	}
	loop.Fixpoint = &Fixpoint{Names: !(t.code == x.code && t.env != nil && t.env.lexical)}
	needed := closure(x.ev.asked[x.ev.begun:], loop.cycle)
	for _, f := range fx.found {
		if f == self || needed[f.final] {
			f.describe(loop.Fixpoint)
			loop.Fixpoint.Assumed = append(loop.Fixpoint.Assumed, f.among(needed)...)
		}
	}
	if self != nil {
		self.describe(loop.Fixpoint)
		found.Sure = true
	}
	slices.Sort(loop.Fixpoint.Assumed)
	loop.Fixpoint.Assumed = slices.Compact(loop.Fixpoint.Assumed)
	i, again := fx.at[found.Span]
	switch {
	case !again:
		fx.at[found.Span] = len(fx.loops)
		fx.loops = append(fx.loops, found)
	case fx.loops[i].Fixpoint.Param == "": // found where the file calls the function
		fx.loops[i] = found
	}
}

// describe says of a recursion that it goes through the fixpoint.
func (f *fixed) describe(by *Fixpoint) {
	c := f.fn.code
	by.Param, by.Overlay = f.fn.lambda().name, f.kind == fixedOverlay
	if inner, ok := c.overlay(f.fn.lambda().self, true); ok && by.Overlay {
		by.Named = NamedLikeOverlay(by.Param, c.lambdas[c.exprs[inner].a].name)
	}
}

// closure returns the thunks of a cycle, others that these asked for, and all that those asked for.
func closure(asked, cycle []*thunk) map[*thunk]bool {
	found := map[*thunk]bool{}
	todo := slices.Concat(asked, cycle)
	for len(todo) > 0 {
		t := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !found[t] {
			found[t] = true
			todo = append(todo, t.needs...)
		}
	}
	return found
}

// among returns the attributes that an overlay defines among some thunks.
func (f *fixed) among(thunks map[*thunk]bool) (names []string) {
	if f.names == nil {
		f.names = map[*thunk]string{}
		if f.final.state == done {
			f.final.value.each(func(x *Value) {
				for s := x.set; s != nil; s = s.below {
					for name, a := range s.all {
						f.names[a.value] = name
					}
				}
			})
		}
	}
	for t := range thunks {
		if name, ok := f.names[t]; ok {
			names = append(names, name)
		}
	}
	return names
}

// fixedArgs are functions by whose name the arguments are known that are overlays, or lists of them, or functions of self:
// those of nixpkgs' lib and of package sets.
var fixedArgs = map[string]struct {
	kind fixKind
	args []int
}{
	"extend": {fixedOverlay, []int{0}}, "overrideScope": {fixedOverlay, []int{0}}, "overrideScope'": {fixedOverlay, []int{0}},
	"appendOverlays": {fixedOverlay, []int{0}}, "composeExtensions": {fixedOverlay, []int{0, 1}}, "composeManyExtensions": {fixedOverlay, []int{0}},
	"extends": {fixedOverlay, []int{0}}, "fix": {fixedSelf, []int{0}}, "fix'": {fixedSelf, []int{0}}, "makeExtensible": {fixedSelf, []int{0}},
	"makeExtensibleWithCustomName": {fixedSelf, []int{1}}, "makeScope": {fixedSelf, []int{1}},
}

// fixpoints returns the functions of the file whose argument is, or may be, what they give.
func (c *Code) fixpoints() map[Expr]fixKind {
	found := map[Expr]fixKind{}
	overlay := func(e Expr, certain bool) {
		inner, ok := c.overlay(e, certain)
		if ok && found[e] != fixedOverlay {
			found[e], found[inner] = fixedOverlay, fixedInner
		}
	}
	overlays := func(e Expr) {
		switch x := &c.exprs[e]; x.op {
		case opList:
			for _, k := range c.kids[x.a:x.b] {
				overlay(Expr(k), true)
			}
		case opSet:
			for _, a := range c.sets[x.a].attrs {
				overlay(a.value, true)
			}
		case opLambda:
			overlay(e, true)
		}
	}
	otherwise := map[Expr]bool{} // functions that are used in another way, perhaps
	for i := range c.exprs {
		switch x := &c.exprs[i]; x.op {
		case opLet:
			for _, a := range c.sets[x.a].attrs {
				otherwise[a.value] = !speaksOfOverlays(a.sym)
			}
		case opCall:
			kids := c.kids[x.a:x.b]
			callee := c.lastName(Expr(kids[0]))
			by, ok := fixedArgs[callee]
			if !ok {
				for _, k := range kids[1:] {
					otherwise[Expr(k)] = !speaksOfOverlays(callee)
				}
				continue
			}
			for _, arg := range by.args {
				if arg+1 >= len(kids) {
					continue
				}
				e := Expr(kids[arg+1])
				switch l := &c.exprs[e]; {
				case by.kind == fixedOverlay:
					overlays(e)
				case l.op == opLambda && !c.lambdas[l.a].pattern:
					found[e] = fixedSelf
				}
			}
		case opSet:
			for _, a := range c.sets[x.a].attrs {
				switch a.sym {
				case "overlays":
					overlays(a.value)
				case "overlay":
					overlay(a.value, true)
				case "packageOverrides", "overrides":
					if l := &c.exprs[a.value]; l.op == opLambda {
						overlay(a.value, isSelf(c.lambdas[l.a].name))
					}
				}
			}
		}
	}
	for i := range c.exprs {
		x := &c.exprs[i]
		if x.op != opLambda || !isSelf(c.lambdas[x.a].name) || found[Expr(i)] != 0 {
			continue
		}
		if !otherwise[Expr(i)] {
			overlay(Expr(i), false)
		}
		if found[Expr(i)] != 0 {
			continue
		}
		found[Expr(i)] = fixedHere
		if inner, ok := c.overlay(Expr(i), true); ok {
			found[inner] = fixedInner
		}
	}
	return found
}

// speaksOfOverlays reports whether something is called like an overlay, or like what takes one.
func speaksOfOverlays(name string) bool {
	return strings.Contains(name, "verla") || strings.Contains(name, "verrid") || strings.Contains(name, "xten")
}

// overlay returns the second function of one that is an overlay, by the names of its arguments unless it is certain.
func (c *Code) overlay(e Expr, certain bool) (inner Expr, ok bool) {
	x := &c.exprs[e]
	if x.op != opLambda || c.lambdas[x.a].pattern {
		return 0, false
	}
	first := c.lambdas[x.a].name
	inner = c.lambdas[x.a].body
	for {
		switch x = &c.exprs[inner]; x.op {
		case opLet, opWith, opAssert:
			inner = Expr(x.b)
			continue
		}
		break
	}
	if x.op != opLambda || c.lambdas[x.a].pattern {
		return 0, false
	}
	second := strings.TrimLeft(c.lambdas[x.a].name, "_")
	return inner, certain || isSelf(first) && (second == "prev" || second == "super" || second == "" && strings.TrimLeft(first, "_") == "final")
}

// NamedLikeOverlay reports whether the arguments of a function of two, or one of them, have a name that only those of overlays
// have.
func NamedLikeOverlay(first, second string) bool {
	second = strings.TrimLeft(second, "_")
	return strings.TrimLeft(first, "_") == "final" || second == "prev" || second == "super"
}

// isSelf reports whether an argument is called like a fixpoint.
func isSelf(name string) bool {
	name = strings.TrimLeft(name, "_")
	return name == "final" || name == "self"
}
