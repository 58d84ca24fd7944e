package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/sema"
)

// truth is what is known of a condition.
type truth uint8

const (
	unsure truth = iota
	holds
	fails
)

func (t truth) not() truth {
	switch t {
	case holds:
		return fails
	case fails:
		return holds
	}
	return unsure
}

func truthOf(holding bool) truth {
	if holding {
		return holds
	}
	return fails
}

// atDefaults tells whether a condition holds where all options that the module declares have their defaults.
func (g *Guards) atDefaults(n ast.Node) truth { return g.atDefaultsTo(n, maxAliases) }

func (g *Guards) atDefaultsTo(n ast.Node, depth int) truth {
	if n = g.module.file.followed(n); depth == 0 {
		return unsure
	}
	switch n.Kind() {
	case ast.Unary:
		if n.Op() == ast.OpNot {
			return g.atDefaultsTo(n.FirstChild(), depth-1).not()
		}
	case ast.Binary:
		left, right := n.Child(0), n.Child(1)
		switch n.Op() {
		case ast.OpAnd, ast.OpOr:
			decides := truthOf(n.Op() == ast.OpOr)
			a, b := g.atDefaultsTo(left, depth-1), g.atDefaultsTo(right, depth-1)
			switch {
			case a == decides || b == decides:
				return decides
			case a == b:
				return a
			}
		case ast.OpEq:
			return same(g.byDefault(left), g.byDefault(right))
		case ast.OpNeq:
			return same(g.byDefault(left), g.byDefault(right)).not()
		}
	default:
		if v := g.byDefault(n); v.Kinds == eval.Bool && v.Exact {
			return truthOf(v.Literal == "true")
		}
	}
	return unsure
}

// same tells whether two values are equal.
func same(a, b Value) truth {
	switch {
	case a.Kinds == 0 || b.Kinds == 0:
	case a.Kinds&b.Kinds == 0 && (a.Kinds|b.Kinds)&(eval.Int|eval.Float) != eval.Int|eval.Float:
		return fails
	case a.Kinds == b.Kinds && a.Exact && b.Exact && a.Kinds&eval.Float == 0:
		return truthOf(a.Literal == b.Literal)
	case a.Kinds == eval.List && b.Kinds == eval.List && a.Elements != nil && b.Elements != nil && len(a.Elements)*len(b.Elements) == 0:
		return truthOf(len(a.Elements) == len(b.Elements))
	}
	return unsure
}

// byDefault returns what is known of a value where it is an option of the module's with its default, or is written out.
func (g *Guards) byDefault(n ast.Node) Value {
	path := g.module.ConfigPath(n)
	if path == nil {
		return g.module.file.Written(n)
	}
	options := g.module.Options()
	if g.steps += len(options); g.exhausted() {
		return Value{}
	}
	for _, o := range options {
		if len(o.Path) == len(path) && startsWith(o.Path, path) {
			if o.Guarded || g.sets(path) {
				return Value{}
			}
			return g.defaultOf(o)
		}
	}
	return Value{}
}

// sets reports whether the module defines one of its own options, so that its default does not count.
func (g *Guards) sets(path []string) bool {
	defined := g.module.file.DefinedOptions()
	if g.steps += len(defined); g.exhausted() {
		return true
	}
	for _, d := range defined {
		if d.Of == g.module && (startsWith(d.Path, path) || startsWith(path, d.Path)) {
			return true
		}
	}
	return false
}

// defaultOf returns what is known of the default of an option.
func (g *Guards) defaultOf(o Option) Value {
	fallback, f := ast.Node{}, g.module.file
	call := o.Value.Tail()
	for call.Is(ast.Binary) && call.Op() == ast.OpUpdate {
		set := f.followed(call.Child(1))
		if !set.Is(ast.AttrSet) {
			return Value{}
		}
		if b, ok := ast.Attr(set, "default"); ok && !fallback.IsValid() {
			fallback = b.Value()
		}
		call = call.FirstChild().Tail()
	}
	if !call.Is(ast.Apply) {
		return Value{}
	}
	_, args := ast.Call(call)
	last := f.followed(args[len(args)-1])
	switch {
	case o.Func == "mkEnableOption" && len(args) == 1 && !fallback.IsValid():
		return Value{Kinds: eval.Bool, Literal: "false", Exact: true}
	case o.Func == "mkPackageOption" && len(args) == 3 && last.Is(ast.AttrSet):
		if b, ok := ast.Attr(last, "default"); ok && f.Written(b.Value()).Kinds&(eval.String|eval.List) == 0 {
			return Value{}
		}
		return Value{Kinds: eval.Set}
	case o.Func == "mkOption" && len(args) == 1 && last.Is(ast.AttrSet):
		if b, ok := ast.Attr(last, "default"); ok && !fallback.IsValid() {
			fallback = b.Value()
		}
	case !fallback.IsValid():
		return Value{}
	}
	if !fallback.IsValid() {
		return Value{}
	}
	if s, ok := ast.AsSelect(fallback.Tail()); ok && !s.Default().IsValid() && g.isPackages(s.Operand()) {
		return Value{Kinds: eval.Set}
	}
	return f.Written(fallback)
}

// isPackages reports whether a name is the module's argument pkgs, which has a derivation or a set of them at each of its names.
func (g *Guards) isPackages(n ast.Node) bool {
	b := g.module.Names().Resolve(n.Unparen())
	return b != nil && b.Name == "pkgs" && b.Kind == sema.FormalBinding
}
