package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// variable evaluates the name that an Ident or a plain inherit reads.
func (ev *evaluator) variable(n ast.Node, env *frame) *value {
	u, ok := ev.names.Use(n)
	if !ok {
		return unknown
	}
	name, _ := ast.AttrName(n)
	switch u.Target {
	case sema.ToGlobal:
		return global(name)
	case sema.ToBinding:
		return ev.binding(ev.names.Binding(u.Binding), n, env)
	case sema.ToWith:
		return ev.throughWith(name, u.Scope, n, env)
	}
	return unknown
}

// global is the value of a name that Nix binds in every file.
func global(name string) *value {
	switch name {
	case "true", "false":
		return boolean(name == "true")
	case "null":
		return scalar
	case "builtins":
		return &value{kind: vBuiltins}
	}
	if len(name) > 2 && name[:2] == "__" {
		name = name[2:]
	}
	if p := prims[name]; p != nil {
		return p.value()
	}
	return unknown
}

// throughWith looks a name up in the sets that with opens, the innermost first; each is evaluated until
// one has the name.
func (ev *evaluator) throughWith(name string, scope sema.ScopeID, n ast.Node, env *frame) *value {
	for ; scope != 0; scope = ev.names.Scope(scope).Parent {
		if !ev.pay(1) {
			return unknown
		}
		w, ok := ast.AsWith(ev.names.Scope(scope).Node)
		if !ok {
			continue
		}
		v := ev.eval(w.Env(), env.at(w.Node))
		switch v.kind {
		case vBottom:
			if isPkgs(v, w.Env().Unparen()) && isLibName(name) {
				continue
			}
			return step(v, n)
		case vAttrs:
			if _, ok := v.attrs.get(name); ok {
				return ev.attr(v, name, n)
			}
			if v.attrs.open {
				return unknown
			}
		case vLib:
			own := false
			if v.attrs != nil {
				_, own = v.attrs.get(name)
				own = own || v.attrs.open
			}
			if own || isLibName(name) {
				return ev.attr(v, name, n)
			}
		case vModArgs:
			return ev.attr(v, name, n)
		case vBuiltins:
			if sema.IsBuiltin(name) {
				return ev.attr(v, name, n)
			}
		default:
			return &value{kind: vUnknown, s: name}
		}
	}
	return unknown
}

// binding evaluates what a name is bound to, as seen from n.
func (ev *evaluator) binding(b *sema.Binding, n ast.Node, env *frame) *value {
	switch b.Kind {
	case sema.LetBinding, sema.RecBinding:
		v := ev.local(b, env.at(b.Node))
		if v.kind == vBottom {
			return step(v, n)
		}
		return v
	case sema.ParamBinding:
		return ev.param(b.Decl, b.Name, n, env)
	case sema.AtBinding:
		return ev.param(b.Decl.Parent().Parent(), b.Name, n, env)
	case sema.FormalBinding:
		return ev.formal(ast.FormalNode{Node: b.Decl}, b.Name, n, env)
	}
	return unknown
}

// local evaluates a name of a let or of a recursive set.
func (ev *evaluator) local(b *sema.Binding, env *frame) *value {
	switch {
	case b.Value.IsValid() && !b.More:
		return ev.eval(b.Value, env)
	case b.Decl.Is(ast.Inherit):
		from := ast.InheritNode{Node: b.Decl}.From()
		if !from.IsValid() {
			return ev.variable(b.Node, env)
		}
		return widen2(ev.attr(ev.eval(from, env), b.Name, from), from)
	}
	container := b.Decl.Parent()
	if !container.Is(ast.Bindings) && !container.Is(ast.AttrSet) {
		return unknown
	}
	if a := ev.file.merged(container).Attr(b.Name); a != nil {
		return ev.force(ev.mergedThunk(a, env))
	}
	return unknown
}

// widen2 keeps the whole source of an inherit as the place that reads.
func widen2(v *value, from ast.Node) *value {
	if v.kind == vBottom {
		return widen(v, from.Unparen(), from.Unparen())
	}
	return v
}

// param evaluates the parameter of a function as a whole: x: … or { … }@x: ….
func (ev *evaluator) param(lambda ast.Node, name string, n ast.Node, env *frame) *value {
	f := env.find(lambda)
	switch {
	case f == nil:
		return outerArg(name)
	case f.group != 0:
		return &value{kind: vModArgs, env: f}
	}
	v := ev.force(f.arg)
	if v.kind == vBottom {
		return step(v, n)
	}
	return v
}

// formal evaluates a formal of a function.
func (ev *evaluator) formal(formal ast.FormalNode, name string, n ast.Node, env *frame) *value {
	lambda := formal.Parent().Parent()
	f := env.find(lambda)
	switch {
	case f == nil:
		return outerArg(name)
	case f.group != 0:
		return ev.moduleArg(f, name, n)
	}
	v := ev.force(f.arg)
	if v.kind == vAttrs {
		if _, ok := v.attrs.get(name); !ok && !v.attrs.open {
			if d := formal.Default(); d.IsValid() {
				return ev.eval(d, f)
			}
			return throws
		}
		v = ev.attr(v, name, n)
	} else if v.kind == vModArgs {
		v = ev.attr(v, name, n)
	} else {
		v = strict(v, unknown)
	}
	if v.kind == vBottom {
		return step(v, n)
	}
	return v
}

// outerArg is the parameter of a function that nothing in the file calls.
func outerArg(name string) *value {
	switch name {
	case "lib":
		return libValue
	case "pkgs":
		return &value{kind: vUnknown, src: FromPkgs, s: name}
	}
	return &value{kind: vUnknown, s: name}
}

// moduleArg evaluates an argument that the module system passes to a module function (lib/modules.nix,
// applyModuleArgs): config, options, lib and specialArgs always, those of _module.args for formals alone.
func (ev *evaluator) moduleArg(f *frame, name string, at ast.Node) *value {
	src := NoSource
	switch name {
	case "lib":
		return libValue
	case "config":
		src = FromConfig
	case "options":
		src = FromOptions
	default:
		if name != "pkgs" && !ev.args[name] {
			break
		}
		if p, ok := (ast.LambdaExpr{Node: f.lambda}).Pattern(); ok {
			if _, formal := p.Formal(name); formal {
				src = FromModuleArg
				if name == "pkgs" {
					src = FromPkgs
				}
			}
		}
	}
	forbidden := src != NoSource && f.group == ev.group && ev.mask != anytime && !(src == FromOptions && ev.mask == whileDefining)
	if forbidden {
		return bottom(&Why{Source: src, Arg: name, Use: at})
	}
	return &value{kind: vUnknown, src: src, s: name}
}
