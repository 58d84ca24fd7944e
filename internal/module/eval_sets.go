package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/attrs"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// set evaluates a set literal: its names, the computed ones included.
func (ev *evaluator) set(n ast.Node, env *frame) *value {
	m := ev.file.merged(n)
	t, bad := ev.table(&m.Set, env)
	if bad != nil {
		return bad
	}
	return &value{kind: vAttrs, attrs: t, node: n}
}

// table makes the attributes of a merged set; bad is set where a computed name cannot be evaluated.
func (ev *evaluator) table(s *attrs.Set, env *frame) (t *attrTable, bad *value) {
	t = &attrTable{}
	if !ev.pay(len(s.Attrs) + len(s.Dynamic)) {
		return nil, unknown
	}
	// The names share what fuel there is, so that which of them are known does not depend on their order.
	rest := ev.fuel
	for _, d := range s.Dynamic {
		name := d.Part
		if name.Is(ast.Interpolation) {
			name = name.FirstChild()
		}
		part := rest / len(s.Dynamic)
		others := ev.fuel - part
		ev.fuel = part
		v := ev.eval(name, env)
		ev.fuel += others
		switch v.kind {
		case vBottom:
			return nil, decided(v, ByName, d.Part, name, "")
		case vThrow:
			return nil, v
		case vString:
			t.set(v.s, d.Part, ev.attrThunk(d.Value, d.Set, env))
		default:
			t.open = true
		}
	}
	for _, a := range s.Attrs {
		t.set(a.Name, a.Part, ev.mergedThunk(a, env))
	}
	return t, nil
}

func (ev *evaluator) mergedThunk(a *attrs.Attr, env *frame) *thunk {
	switch a.Kind {
	case attrs.Inherited:
		return &thunk{fn: func(ev *evaluator) *value { return ev.variable(a.Part, env) }}
	case attrs.InheritedFrom:
		return &thunk{fn: func(ev *evaluator) *value {
			return ev.attr(ev.eval(a.From.Expr, env), a.Name, a.From.Expr)
		}}
	}
	return ev.attrThunk(a.Value, a.Set, env)
}

func (ev *evaluator) attrThunk(n ast.Node, s *attrs.Set, env *frame) *thunk {
	if s == nil {
		return &thunk{node: n, env: env}
	}
	return &thunk{fn: func(ev *evaluator) *value {
		t, bad := ev.table(s, env)
		if bad != nil {
			return bad
		}
		return &value{kind: vAttrs, attrs: t, node: s.Literal}
	}}
}

// selection evaluates e.a.b or default.
func (ev *evaluator) selection(s ast.SelectExpr, env *frame) *value {
	operand := s.Operand().Unparen()
	v := ev.eval(operand, env)
	if isPkgs(v, operand) && s.Attrpath().FirstChild().Text() == "lib" {
		v = &value{kind: vUnknown, src: FromPkgs}
	}
	for part := range s.Attrpath().Children() {
		if v.kind == vBottom {
			break
		}
		if !ev.pay(1) {
			return unknown
		}
		name, static := ast.AttrName(part)
		if !static {
			key := part
			if key.Is(ast.Interpolation) {
				key = key.FirstChild()
			}
			k := ev.eval(key, env)
			switch {
			case k.kind == vBottom || k.kind == vThrow:
				return k
			case k.kind != vString:
				v = strict(v, unknown)
				continue
			}
			name = k.s
		}
		if v.kind == vAttrs && !v.attrs.open && s.Default().IsValid() {
			if _, ok := v.attrs.get(name); !ok {
				return ev.eval(s.Default(), env)
			}
		}
		v = ev.attr(v, name, s.Node)
	}
	switch {
	case v.kind == vBottom:
		return widen(v, operand, s.Node)
	case v.kind == vThrow && s.Default().IsValid():
		return unknown
	case v.kind == vUnknown && s.Default().IsValid() && v.src == NoSource:
		return unknown
	}
	return v
}

// isPkgs reports whether a name cannot be evaluated because it is pkgs. The modules of nixpkgs of years ago take
// lib from pkgs, where pkgs was no argument of _module.args yet: pkgs.lib is not held against them.
func isPkgs(v *value, operand ast.Node) bool {
	return v.kind == vBottom && v.why.Source == FromPkgs && v.why.Use == operand
}

// widen makes the select around a name the place that reads the source: config.f.enable, cfg.enable.
func widen(v *value, operand, whole ast.Node) *value {
	w := *v.why
	switch {
	case w.Use == operand:
		w.Use = whole
	case len(w.Steps) > 0 && w.Steps[0] == operand:
		w.Steps = append([]ast.Node{whole}, w.Steps[1:]...)
	default:
		return v
	}
	return bottom(&w)
}

// attr evaluates one attribute of an evaluated set. At is the expression that asks.
func (ev *evaluator) attr(v *value, name string, at ast.Node) *value {
	switch v.kind {
	case vBottom, vThrow:
		return v
	case vAttrs:
		if a, ok := v.attrs.get(name); ok {
			return ev.force(a.value)
		}
		if v.attrs.open {
			return unknown
		}
		return throws
	case vLib:
		if v.attrs != nil {
			if a, ok := v.attrs.get(name); ok {
				return ev.force(a.value)
			}
			if v.attrs.open {
				return unknown
			}
		}
		return libAttr(name)
	case vBuiltins:
		if p := prims[name]; p != nil && sema.IsBuiltin(name) {
			return p.value()
		}
		switch name {
		case "true", "false":
			return boolean(name == "true")
		case "builtins":
			return v
		}
		return unknown
	case vModArgs:
		return ev.moduleArg(v.env, name, at)
	case vOption:
		return unknown
	case vPrim:
		if v.prim.name == "path" && name == "append" {
			return prims["path.append"].value() // lib.path is no function, but builtins.path is
		}
	case vUnknown:
		switch {
		case name == "lib" && (v.src == FromPkgs || nixlang.NamesPackages(v.s)):
			return libValue
		case v.src == FromOptions && ev.mask == whileDefining && definitionFacts[name]:
			return bottom(&Why{Source: FromOptions, Use: at})
		case v.src == FromOptions:
			return v
		}
		return &value{kind: vUnknown, s: name}
	}
	return unknown
}

// definitionFacts are the attributes of a declared option that need the values of all definitions
// (lib/modules.nix, evalOptionValue).
var definitionFacts = map[string]bool{"isDefined": true, "definitions": true, "definitionsWithLocations": true, "highestPrio": true}

func (ev *evaluator) hasAttr(h ast.HasAttrExpr, env *frame) *value {
	operand := h.Operand().Unparen()
	v := ev.eval(operand, env)
	for part := range h.Attrpath().Children() {
		if v.kind == vBottom {
			return widen(v, operand, h.Node)
		}
		if !ev.pay(1) {
			return someBool
		}
		name, static := ast.AttrName(part)
		if !static {
			key := part
			if key.Is(ast.Interpolation) {
				key = key.FirstChild()
			}
			if k := ev.eval(key, env); k.kind == vBottom {
				return k
			}
			return someBool
		}
		if v.kind != vAttrs {
			return someBool
		}
		a, ok := v.attrs.get(name)
		switch {
		case !ok && v.attrs.open:
			return someBool
		case !ok:
			return theFalse
		case !part.NextSibling().IsValid():
			return theTrue
		}
		v = ev.force(a.value)
	}
	return someBool
}
