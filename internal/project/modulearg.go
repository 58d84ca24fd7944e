package project

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/near"
)

// ModuleArg is what the files of a project say of an argument of modules.
type ModuleArg struct {
	// Special is set where some file passes it by specialArgs or extraSpecialArgs, Defined where one sets it in _module.args.
	Special, Defined bool
	// SpecialOpen and DefinedOpen are set where not all that is passed in these ways is written out.
	SpecialOpen, DefinedOpen bool
	// Near is an argument that is passed and whose name is close, or "".
	Near string
}

// givenArgs are the names of arguments of modules, by how they are given; "" stands for others that are not written out.
type givenArgs struct {
	special, defined map[string]bool
	files            map[string][]string // that give a name
}

// evaluators are the functions whose argument is a set with the modules and the special arguments (nixpkgs lib/modules.nix and
// flake.nix, nix-darwin, home-manager, nix-on-droid).
var evaluators = []string{"nixosSystem", "darwinSystem", "homeManagerConfiguration", "evalModules", "nixOnDroidConfiguration"}

// IsEvaluator reports whether a function of the name evaluates the modules that its argument lists.
func IsEvaluator(name string) bool { return slices.Contains(evaluators, name) }

// ForModuleArg are the facts that ModuleArg answers from.
var ForModuleArg = argsOfModules.facts()

var argsOfModules = declare(fact[string, givenArgs]{
	raises:  raisers{names: append([]string{"extraArgs", "_module"}, evaluators...), ends: []string{"pecialArgs"}},
	collect: modulesGet,
	index: func(files iter.Seq2[string, []string]) givenArgs {
		g := givenArgs{map[string]bool{}, map[string]bool{}, map[string][]string{}}
		for file, names := range files {
			for _, name := range names {
				rest, special := strings.CutPrefix(name, "special ")
				if special {
					g.special[rest] = true
				} else {
					rest = strings.TrimPrefix(name, "defined ")
					g.defined[rest] = true
				}
				if given := g.files[rest]; rest != "" && (len(given) == 0 || given[len(given)-1] != file) {
					g.files[rest] = append(given, file)
				}
			}
		}
		return g
	},
})

// ModuleArg tells who passes an argument of the given name to modules.
func (a *Answers) ModuleArg(name string) ModuleArg {
	if a.deps != nil {
		return noted(a.View, question{"module arg", name, ""}, func(a *Answers) ModuleArg { return a.ModuleArg(name) })
	}
	g := argsOfModules.in(a)
	out := ModuleArg{Special: g.special[name], Defined: g.defined[name], SpecialOpen: g.special[""], DefinedOpen: g.defined[""]}
	if !out.Special && !out.Defined {
		candidates := slices.Collect(maps.Keys(g.special))
		candidates = append(candidates, slices.Collect(maps.Keys(g.defined))...)
		slices.Sort(candidates)
		out.Near = near.Find(name, candidates)
	}
	return out
}

// ModuleArgNames returns the names of the arguments that files of the project pass to modules, sorted. It is for editors, and not recorded.
func (a *Answers) ModuleArgNames() []string {
	return slices.Sorted(maps.Keys(argsOfModules.in(a).files))
}

// ModuleArgFiles returns the files of the project that pass an argument of the given name to modules, sorted. It is for editors, and not
// recorded.
func (a *Answers) ModuleArgFiles(name string) []string { return argsOfModules.in(a).files[name] }

// PassedToModules returns the names in a file under which it passes an argument to modules: those of bindings, and those in an inherit.
func PassedToModules(t *ast.Tree, name string) (places []ast.Node) {
	eachModuleArg(t, func(_, got string, at ast.Node) {
		if got == name && at.IsValid() && !slices.Contains(places, at) {
			places = append(places, at)
		}
	})
	return places
}

// modulesGet returns what a file gives to modules: names behind how they are given.
func modulesGet(t *ast.Tree) []string {
	found := map[string]bool{}
	eachModuleArg(t, func(how, name string, _ ast.Node) { found[how+name] = true })
	return sortedNames(found)
}

// eachModuleArg yields what a file gives to modules: how, the name, and where that stands; "" and no place for what is not written out.
func eachModuleArg(t *ast.Tree, yield func(how, name string, at ast.Node)) {
	set := func(how string, value ast.Node) { argNames(t, how, value, yield, 8) }
	eachBinding(t, func(b ast.BindingNode) {
		parts := b.Attrpath().Parts()
		for i, part := range parts {
			name, _ := ast.AttrName(part)
			how, rest := "", parts[i+1:]
			switch {
			case argsName(name):
				how = "special "
			case name == "args" && i > 0 && isNamed(parts[i-1], "_module"):
				how = "defined "
			case name == "_module" && len(rest) == 0:
				if inner := b.Value().Unparen(); inner.Is(ast.AttrSet) {
					if args, ok := ast.Attr(inner, "args"); ok {
						set("defined ", args.Value())
					}
				}
				continue
			default:
				continue
			}
			if len(rest) == 0 {
				set(how, b.Value())
			} else {
				arg, _ := ast.AttrName(rest[0]) // "" of a computed name
				yield(how, arg, rest[0])
			}
			return
		}
	})
	for i, r := range t.Records() {
		switch n := t.Node(ast.NodeID(i)); r.Kind {
		case ast.Apply:
			app := ast.ApplyExpr{Node: n}
			if IsEvaluator(ast.LastName(app.Func())) && !app.Arg().Unparen().Is(ast.AttrSet) {
				yield("special ", "", ast.Node{})
			}
		case ast.Inherit:
			in := ast.InheritNode{Node: n}
			for name := range in.Names() {
				if in.From().IsValid() && argsName(name.Text()) {
					yield("special ", "", ast.Node{})
				}
			}
		}
	}
}

func isNamed(part ast.Node, name string) bool {
	text, ok := ast.AttrName(part)
	return ok && text == name
}

// argNames yields the names of a set of arguments; "" where they do not all stand in it, or in the sets that a let of the file binds
// to the names in it.
func argNames(t *ast.Tree, how string, n ast.Node, yield func(how, name string, at ast.Node), depth int) {
	n = n.Tail()
	others := func() { yield(how, "", ast.Node{}) }
	switch {
	case depth == 0:
		others()
	case n.Is(ast.AttrSet):
		for c := range n.Children() {
			switch c.Kind() {
			case ast.Binding:
				at := (ast.BindingNode{Node: c}).Attrpath().First()
				name, _ := ast.AttrName(at)
				yield(how, name, at)
			case ast.Inherit:
				for part := range (ast.InheritNode{Node: c}).Names() {
					name, _ := ast.AttrName(part)
					yield(how, name, part)
				}
			}
		}
	case n.Is(ast.Binary) && n.Op() == ast.OpUpdate:
		argNames(t, how, n.Child(0), yield, depth-1)
		argNames(t, how, n.Child(1), yield, depth-1)
	case n.Is(ast.Ident):
		known := false
		eachBinding(t, func(b ast.BindingNode) {
			if name, ok := b.Attrpath().Single(); ok && !known && name.Is(ast.Name) && name.Text() == n.Text() && b.Parent().Is(ast.Bindings) && b.Value().Unparen() != n {
				known = true
				argNames(t, how, b.Value(), yield, depth-1)
			}
		})
		if !known && !argsName(n.Text()) {
			others()
		}
	case n.Is(ast.Apply):
		if fn, args := ast.Call(n); ast.LastName(fn) == "optionalAttrs" && len(args) == 2 {
			argNames(t, how, args[1], yield, depth-1)
			return
		}
		others()
	default:
		others()
	}
}
