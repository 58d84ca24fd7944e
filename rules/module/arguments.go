package module

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// ownArgument is an argument of a module that no module system passes by itself.
type ownArgument struct {
	formal    ast.FormalNode
	name      string
	use       ast.Node // the first use
	inImports ast.Node // the first use on which the list of imports depends; may be invalid
}

// moduleArguments returns the arguments of a module that are used and that the module systems of NixOS, home-manager and nix-darwin
// do not pass by themselves; where all is set, with those that others pass, such as inputs.
func moduleArguments(names *sema.Info, m *module.Module, all bool) (out []ownArgument) {
	pattern, ok := ast.LambdaExpr{Node: m.Func}.Pattern()
	if !ok {
		return nil
	}
	scope, ok := names.ScopeOf(m.Func)
	if !ok {
		return nil
	}
	set := ownArgsOf(m)
	for formal := range pattern.Formals() {
		name := formal.Name().Text()
		if basic[name] || modsys.IsList(name) || !all && modsys.IsArgument(name) && !projectArguments[name] || strings.HasPrefix(name, "_") || set[name] {
			continue
		}
		a := ownArgument{formal: formal, name: strings.Clone(name)}
		for b := range names.InScope(scope) {
			if b.Name != name {
				continue
			}
			for u := range names.UsesOf(bindingID(names, b)) {
				if !a.use.IsValid() {
					a.use = u.Node
				}
				if !a.inImports.IsValid() && decidesImports(m, u.Node) {
					a.inImports = u.Node
				}
			}
		}
		if a.use.IsValid() {
			out = append(out, a)
		}
	}
	return out
}

// wholeArgument is an argument that a module takes of all its arguments as a whole: args.x.
type wholeArgument struct {
	name      string
	at        source.Span
	inImports bool
}

// wholeArguments returns what a module takes of all its arguments and does not name among them, once for each name. The module system
// passes special arguments, and of the others those that are named (lib/modules.nix, applyModuleArgs).
func wholeArguments(names *sema.Info, m *module.Module) (out []wholeArgument) {
	l := ast.LambdaExpr{Node: m.Func}
	args := l.Param()
	if pattern, ok := l.Pattern(); ok {
		args = pattern.At()
	}
	whole, ok := ast.AttrName(args)
	scope, opens := names.ScopeOf(m.Func)
	if !ok || !opens {
		return nil
	}
	told := map[string]bool{}
	for b := range names.InScope(scope) {
		if b.Name != whole {
			continue
		}
		for u := range names.UsesOf(bindingID(names, b)) {
			at := u.Node.OutsideParens().Parent()
			if asked, is := ast.AsHasAttr(at); is {
				told[asked.Attrpath().FirstName()] = true // what is asked for is told of nowhere
			}
		}
		for u := range names.UsesOf(bindingID(names, b)) {
			s, is := ast.AsSelect(u.Node.OutsideParens().Parent())
			if !is || s.Operand() != u.Node.OutsideParens() || s.Default().IsValid() || s.HasError() {
				continue
			}
			name, static := ast.AttrName(s.Attrpath().First())
			if !static || told[name] || takes(m, name) || basic[name] && name != "pkgs" {
				continue
			}
			told[name] = true
			out = append(out, wholeArgument{strings.Clone(name), s.Attrpath().First().Span(), decidesImports(m, s.Node)})
		}
	}
	return out
}

// basic are the arguments that every module of NixOS, home-manager or nix-darwin may use.
var basic = set("config options lib pkgs modulesPath specialArgs utils name osConfig nixosConfig darwinConfig extendModules noUserModules")

// projectArguments are arguments that module systems of flakes pass, and projects to their other modules.
var projectArguments = set("inputs self")

// takes reports whether the function of a module names an argument.
func takes(m *module.Module, name string) bool {
	pattern, ok := ast.LambdaExpr{Node: m.Func}.Pattern()
	if !ok {
		return false
	}
	_, ok = pattern.Formal(name)
	return ok
}

func bindingID(names *sema.Info, b *sema.Binding) sema.BindingID {
	scope := names.Scope(b.Scope)
	for id := scope.First; id <= scope.Last; id++ {
		if names.Binding(id) == b {
			return id
		}
	}
	return 0
}

// ownArgsOf returns the names that a module sets in _module.args itself.
func ownArgsOf(m *module.Module) map[string]bool {
	own := map[string]bool{}
	for d := range m.Body.Descendants() {
		b, ok := ast.AsBinding(d)
		if !ok || !b.Attrpath().Has("_module") {
			continue
		}
		parts := b.Attrpath().Names()
		for i, part := range parts {
			if part == "args" && i+1 < len(parts) {
				own[parts[i+1]] = true
			}
		}
		if b.Value().Unparen().Is(ast.AttrSet) {
			for c := range b.Value().Unparen().Children() {
				if inner, ok := ast.AsBinding(c); ok {
					own[inner.Attrpath().FirstName()] = true
				}
				if in, ok := ast.AsInherit(c); ok {
					for name := range in.Names() {
						own[name.Text()] = true
					}
				}
			}
		}
	}
	return own
}

// decidesImports reports whether the list of imports of a module, or a path in it, surely needs what a name holds: the name
// stands in it, and not inside a module that is written there.
func decidesImports(m *module.Module, use ast.Node) bool {
	for up := range use.Ancestors() {
		switch up.Kind() {
		case ast.Lambda, ast.AttrSet:
			return false
		case ast.If:
			if !up.FirstChild().Encloses(use) {
				return false
			}
		case ast.Binary:
			if op := up.Op(); (op == ast.OpAnd || op == ast.OpOr || op == ast.OpImpl) && up.Child(1).Encloses(use) {
				return false
			}
		case ast.Apply:
			fn, args := ast.Call(up)
			if name := ast.LastName(fn); name == "import" || name == "optional" || name == "optionals" || fn.Encloses(use) {
				if (name == "optional" || name == "optionals") && len(args) == 2 && args[1].Encloses(use) {
					return false
				}
				continue
			}
			return false
		case ast.Binding:
			b := ast.BindingNode{Node: up}
			return b.Attrpath().IsSingle("imports") && up.Parent() == m.Body
		case ast.Let, ast.With, ast.Assert:
			if up.FirstChild().Encloses(use) {
				return false
			}
		}
	}
	return false
}

// moduleUse says how the files of a project use a module's file.
type moduleUse uint8

const (
	usedElse   moduleUse = iota // in another way, or nobody is seen to use it
	usedAlone                   // nothing refers to it
	usedInList                  // lists of modules alone, but who evaluates those is not all known
	usedByHost                  // lists of modules alone, which the project's own evaluations read
)

// argumentUse is who uses a module's file, and whether they pass an argument to it.
type argumentUse struct {
	moduleUse
	// special is set where specialArgs have it, or may have it; lacking is the output of a host that surely has the module and whose
	// specialArgs surely lack it, or "".
	special bool
	lacking string
}

// useOfArgument tells of the hosts that surely have a module what they pass; where that is known of none, of all files of the project.
func useOfArgument(a *rules.Asked, path, name string, given project.ModuleArg) (u argumentUse) {
	hosts := a.HostsOf(path)
	closed := slices.ContainsFunc(hosts.Surely, func(h *project.Host) bool { return !h.Open })
	if !closed || hosts.Exported {
		u.special = given.Special || given.SpecialOpen
		if !u.special {
			u.moduleUse = useOf(a, path)
		}
		return u
	}
	u.moduleUse = usedByHost
	for _, h := range hosts.Surely {
		if h.Passes(name) {
			u.special = true
		} else if u.lacking == "" {
			u.lacking = h.Output
		}
	}
	for _, h := range hosts.Perhaps {
		u.special = u.special || h.Passes(name)
	}
	return u
}

// maxImporters bounds the files that are followed from one to those that import it.
const maxImporters = 200

// useOf tells how a module's file is used. It is called by Pass.Ask.
func useOf(a *rules.Asked, path string) moduleUse {
	todo, seen := []string{path}, map[string]bool{path: true}
	known := true
	for i := 0; i < len(todo) && i < maxImporters; i++ {
		refs := a.References(todo[i])
		if len(refs) == 0 {
			if i == 0 {
				return usedAlone
			}
			known = false
		}
		for _, r := range refs {
			switch places := placesOf(a, r.From, todo[i]); {
			case r.From == todo[i]:
			case places == nil:
				return usedElse
			default:
				for _, place := range places {
					switch {
					case place == asElse && i == 0:
						return usedElse
					case place == asElse:
						known = false
					case place == asImport && !seen[r.From]:
						seen[r.From] = true
						todo = append(todo, r.From)
					}
				}
			}
		}
	}
	if known && len(todo) < maxImporters {
		return usedByHost
	}
	return usedInList
}

// listing says where a file is named.
type listing uint8

const (
	asElse   listing = iota
	asImport         // in imports, or as a user of home-manager
	asHost           // in the modules of an evaluation
)

// placesOf returns where a file names another.
func placesOf(a *rules.Asked, from, target string) (out []listing) {
	file := a.File(from)
	if file == nil || file.Tree() == nil {
		return nil
	}
	t := file.Tree()
	for i, r := range t.Records() {
		if r.Kind != ast.Path {
			continue
		}
		n := t.Node(ast.NodeID(i))
		if at, ok := project.Resolve(from, n); ok && (at == target || filepath.Join(at, "default.nix") == target) {
			out = append(out, placeOf(n))
		}
	}
	return out
}

func placeOf(path ast.Node) listing {
	at := path.OutsideParens()
	if call, ok := ast.AsApply(at.Parent()); ok && call.Arg() == at && ast.LastName(call.Func()) == "import" {
		at = call.OutsideParens()
	}
	if b, ok := ast.AsBinding(at.Parent()); ok {
		names := pathAround(b)
		n := len(names)
		switch {
		case n < 3 || names[n-2] != "users" || names[n-3] != "home-manager":
			return asElse
		case inEvaluator(b.Node):
			return asHost
		}
		return asImport
	}
	name := listName(at)
	switch {
	case name == "":
		return asElse
	case inEvaluator(at):
		return asHost
	case modsys.Imports(name):
		return asImport
	}
	return asElse
}

// listName returns the name of the list of modules that an expression is an element of as it stands, or "".
func listName(at ast.Node) string {
	listed := false
	for up := at.Parent(); ; up = at.Parent() {
		switch up.Kind() {
		case ast.List:
			if listed {
				return ""
			}
			listed = true
		case ast.Apply:
			fn, args := ast.Call(up)
			switch name := ast.LastName(fn); {
			case name == "optional" && len(args) == 2 && args[1].Encloses(at) && !listed:
				listed = true
			case name == "optionals" && len(args) == 2 && args[1].Encloses(at) && listed:
			default:
				return ""
			}
		case ast.Binary:
			if up.Op() != ast.OpConcat {
				return ""
			}
		case ast.Paren:
		case ast.Let, ast.With, ast.Assert, ast.If:
			if up.FirstChild() == at {
				return ""
			}
		case ast.Binding:
			if name := (ast.BindingNode{Node: up}).Attrpath().LastName(); listed && modsys.IsList(name) {
				return name
			}
			return ""
		default:
			return ""
		}
		at = up
	}
}

// inEvaluator reports whether an expression stands in the modules of an evaluation.
func inEvaluator(n ast.Node) bool {
	for up := range n.Ancestors() {
		b, ok := ast.AsBinding(up)
		if !ok || b.Attrpath().LastName() != "modules" {
			continue
		}
		if call, ok := ast.AsApply(b.Parent().OutsideParens().Parent()); ok && project.IsEvaluator(ast.LastName(call.Func())) {
			return true
		}
	}
	return false
}
