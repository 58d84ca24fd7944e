package correctness

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/role"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// propose completes a finding about an undefined name with what was most likely meant, the surest first. isPackage says
// that the file is one.
func propose(p *rules.Pass, u sema.Use, isPackage bool, f *diag.Finding) {
	name, _ := ast.AttrName(u.Node)
	if proposePosition(name, f) || proposeEscape(p, u, name, f) || proposeWord(u, name, f) || proposeSibling(p.Names(), u, name, f) || proposeLib(p.Names(), u, name, f) || proposeArgument(p, u, name, f) {
		return
	}
	candidates := func(yield func(string) bool) {
		for b := range p.Names().InScope(u.Scope) {
			if !yield(b.Name) {
				return
			}
		}
		for _, name := range sema.Globals() {
			if !yield(name) {
				return
			}
		}
	}
	// A package may well be called like an argument but for its first letter: zlib, lib.
	if guess := near.Among(name, candidates); guess != "" && (!isPackage || guess[0]|0x20 == name[0]|0x20) {
		f.Help = "did you mean " + diag.Code(guess) + "?"
		if u.Node.Is(ast.Ident) && ast.IsIdentifier(guess) {
			f.Fixes = []diag.Fix{rules.Replace("use `"+guess+"`", diag.Unsafe, u.Node.Span(), guess)}
		}
		return
	}
	switch fn := topFunction(p.Tree); {
	case u.Node.Parent().Is(ast.List) && nixlang.Hidden(p.Names(), u.Scope, "pkgs"):
		f.Help = "if a package of nixpkgs is meant, write `pkgs." + name + "`"
		f.Fixes = []diag.Fix{rules.Insert("write `pkgs."+name+"`", diag.Display, u.Node.Start(), "pkgs.")}
	case strings.ToLower(name) != name && libtable.Lookup(name) != nil: // a word of two, so no name by chance
		f.Help = "nixpkgs has `lib." + name + "`"
	case isPackage && fn.IsValid():
		addFormal(fn, name, f)
	}
}

// proposeIn proposes the attribute of that name of a set.
func proposeIn(set string, u sema.Use, name, why string, f *diag.Finding) {
	f.Help = why + " " + diag.Code(set+"."+name)
	f.Fixes = []diag.Fix{rules.Insert("write `"+set+"."+name+"`", diag.Unsafe, u.Node.Start(), set+".")}
}

// proposePosition is for inherit __curPos: as an expression it is syntax, and no name that can be inherited.
func proposePosition(name string, f *diag.Finding) bool {
	if name != "__curPos" {
		return false
	}
	f.Help = "`__curPos` is no variable: write `__curPos = __curPos;`"
	return true
}

// proposeWord is for words of other languages.
func proposeWord(u sema.Use, name string, f *diag.Finding) bool {
	put, span := "", u.Node.Span()
	call, called := ast.AsApply(u.Node.Parent())
	switch {
	case !u.Node.Is(ast.Ident):
		return false
	case name == "not" && call.Is(ast.Apply) && call.Func() == u.Node:
		put, span.End = "!", call.Arg().Start()
	case name == "and" && called && call.Arg() == u.Node:
		put = "&&"
	case name == "nil" || name == "None":
		put = "null"
	default:
		return false
	}
	f.Help = "Nix writes `" + put + "`"
	f.Fixes = []diag.Fix{rules.Replace("write `"+put+"`", diag.Unsafe, span, put)}
	return true
}

// maxSiblings bounds how many attributes are looked at for one name.
const maxSiblings = 2000

// needsSiblings reports whether a definition reads names that are not bound, or holds the use itself: made recursive, its
// set might then need itself. A function does so only when it is called. A large definition counts as one that does.
func needsSiblings(names *sema.Info, definition, use ast.Node) bool {
	if b, ok := ast.AsBinding(definition); ok && b.Value().Unparen().Is(ast.Lambda) {
		return false
	}
	if definition.ID() <= use.ID() && use.ID() < definition.SubtreeEnd() {
		return true
	}
	left := maxSiblings
	for n := range definition.Descendants() {
		if left--; left <= 0 {
			return true
		}
		if u, ok := names.Use(n); ok && u.Target == sema.ToNothing {
			return true
		}
	}
	return false
}

// proposeSibling is for a name that is an attribute of a set around the use, which only rec would make a
// variable.
func proposeSibling(names *sema.Info, u sema.Use, name string, f *diag.Finding) bool {
	left, self := maxSiblings, u.Node.Parent()
	for n := range u.Node.Ancestors() {
		if left--; left <= 0 {
			return false
		}
		if !n.Is(ast.AttrSet) || n.IsRec() {
			continue
		}
		for c := range n.Children() {
			if left--; left <= 0 {
				return false
			}
			if part := definedAs(c, name); part.IsValid() && c != self {
				f.Related = []diag.Related{{Span: part.Span(), Message: "the attribute " + diag.Code(name)}}
				if final := finalArgument(n); final != "" && u.Node.Is(ast.Ident) {
					proposeIn(final, u, name, "the attribute of the set is", f)
					return true
				}
				f.Help = "the attributes of a set are no variables: bind " + diag.Code(name) + " with `let`"
				if bindsIn(c, n, u, name) && !recCaptures(names, n) && !needsSiblings(names, c, u.Node) {
					f.Help += ", or make the set `rec`"
					f.Fixes = []diag.Fix{rules.Insert("make the set `rec`", diag.Unsafe, n.Start(), "rec ")}
				}
				return true
			}
		}
	}
	return false
}

// isBareInherit reports whether a definition is inherit a; without a set to take the names from.
func isBareInherit(n ast.Node) bool {
	return n.Is(ast.Inherit) && !(ast.InheritNode{Node: n}).From().IsValid()
}

// recCaptures reports whether a name in a set that is bound outside of it would mean an attribute of the set if that
// were rec: in { lib = lib; } it would mean itself.
func recCaptures(names *sema.Info, set ast.Node) bool {
	uses := nixlang.UsesIn(names, set)
	if len(uses) > maxSiblings {
		return true
	}
	bound := map[string]bool{}
	for c := range set.Children() {
		if b, ok := ast.AsBinding(c); ok {
			name := b.Attrpath().FirstName()
			bound[name] = true
		} else if c.Is(ast.Inherit) {
			for part := range (ast.InheritNode{Node: c}).Names() {
				name, _ := ast.AttrName(part)
				bound[name] = true
			}
		}
	}
	for _, u := range uses {
		name, _ := ast.AttrName(u.Node)
		inherited := u.Node.Parent().Parent() == set && isBareInherit(u.Node.Parent())
		if bound[name] && u.Target != sema.ToNothing && !inherited && nixlang.IsFree(names, u, set) {
			return true
		}
	}
	return false
}

// maxAliases bounds how many names are followed from one attribute to the next.
const maxAliases = 16

// bindsIn reports whether a definition would give a use its value if the set were rec: not where it takes the name from
// around the set itself, nor where the value would be the use again.
func bindsIn(def, set ast.Node, u sema.Use, name string) bool {
	if in, ok := ast.AsInherit(def); ok {
		return in.From().IsValid()
	}
	if u.Node.Parent().Is(ast.Inherit) && u.Node.Parent().Parent() == set {
		return false // inherit takes the name from around the set, whether that is rec or not
	}
	for range maxAliases {
		if def.Encloses(u.Node) {
			return delayed(u.Node, def)
		}
		b, ok := ast.AsBinding(def)
		if !ok || !b.Attrpath().IsSingle(name) || !b.Value().Unparen().Is(ast.Ident) {
			return true
		}
		name = b.Value().Unparen().Text()
		next := ast.Node{}
		left := maxSiblings
		for c := range set.Children() {
			if left--; left > 0 && definedAs(c, name).IsValid() {
				next = c
				break
			}
		}
		if !next.IsValid() {
			return true
		}
		def = next
	}
	return false
}

// delayed reports whether a use stands in a function or a set or list within a definition, so that the value of this
// need not be known for it.
func delayed(use, def ast.Node) bool {
	for up := range use.Ancestors() {
		if up == def {
			return false
		}
		if k := up.Kind(); k == ast.Lambda || k == ast.AttrSet || k == ast.List {
			return true
		}
	}
	return false
}

// definedAs returns the name by which a definition binds a name, or an invalid node.
func definedAs(n ast.Node, name string) ast.Node {
	if b, ok := ast.AsBinding(n); ok {
		if part := b.Attrpath().FirstChild(); isNamed(part, name) {
			return part
		}
	} else if n.Is(ast.Inherit) {
		for part := range (ast.InheritNode{Node: n}).Names() {
			if isNamed(part, name) {
				return part
			}
		}
	}
	return ast.Node{}
}

func isNamed(part ast.Node, name string) bool {
	text, ok := ast.AttrName(part)
	return ok && text == name
}

// finalArgument returns finalAttrs where a set is the body of `finalAttrs: { … }`, as mkDerivation takes it.
func finalArgument(set ast.Node) string {
	if fn := set.OutsideParens().Parent(); fn.Is(ast.Lambda) && fn.FirstChild().Is(ast.Name) && fn.FirstChild().Text() == "finalAttrs" {
		return "finalAttrs"
	}
	return ""
}

// proposeLib is for a name of nixpkgs' lib where lib, or pkgs, is in scope.
func proposeLib(names *sema.Info, u sema.Use, name string, f *diag.Finding) bool {
	if libtable.Lookup(name) == nil {
		return false
	}
	lib := ""
	for _, candidate := range []string{"lib", "pkgs"} {
		if nixlang.Hidden(names, u.Scope, candidate) {
			lib = candidate
			break
		}
	}
	switch lib {
	case "":
		return false
	case "pkgs":
		lib = "pkgs.lib"
	}
	if u.Node.Is(ast.Ident) {
		proposeIn(lib, u, name, "nixpkgs has", f)
		return true
	}
	f.Help = "write `inherit (" + lib + ") " + name + "`"
	if in := u.Node.Parent(); allOfLib(names, in) {
		f.Fixes = []diag.Fix{rules.Insert("inherit from `"+lib+"`", diag.Unsafe, in.FirstChild().Start(), "("+lib+") ")}
	} else {
		f.Fixes = []diag.Fix{inheritFrom(u.Node, name, lib)}
	}
	return true
}

// maxInherited bounds how many names of an inherit are looked at for each of them.
const maxInherited = 64

// allOfLib reports whether all names of a plain inherit are names of nixpkgs' lib that nothing binds.
func allOfLib(names *sema.Info, in ast.Node) bool {
	left := maxInherited
	for n := range (ast.InheritNode{Node: in}).Names() {
		u, ok := names.Use(n)
		name, _ := ast.AttrName(n)
		if left--; left < 0 || !ok || u.Target != sema.ToNothing || libtable.Lookup(name) == nil {
			return false
		}
	}
	return true
}

// proposeArgument is for a name that the caller of a function in the file passes by convention.
func proposeArgument(p *rules.Pass, u sema.Use, name string, f *diag.Finding) bool {
	kind, _ := p.Shape().Kind() // of a flake always settled
	if !conventional(name) && (kind != role.Flake || !isInput(p.Tree, name)) {
		return false
	}
	fn, top := ast.Node{}, topFunction(p.Tree)
	for id := u.Scope; id != 0; id = p.Names().Scope(id).Parent {
		n := p.Names().Scope(id).Node
		if !n.Is(ast.Lambda) {
			continue
		}
		pattern, ok := (ast.LambdaExpr{Node: n}).Pattern()
		if pkgs, _ := pattern.Formal("pkgs"); ok && name == "lib" && pkgs.IsValid() && pkgs.Default().IsValid() && u.Node.Is(ast.Ident) {
			proposeIn("pkgs", u, name, "nixpkgs has", f)
			return true
		}
		if ok && (n == top || acceptsMore(pattern) || kind == role.Flake && isOutputs(n)) {
			fn = n
			break
		}
	}
	switch {
	case fn.IsValid():
		addFormal(fn, name, f)
	case p.Tree.Expr().Is(ast.AttrSet) && kind != role.Flake && u.Node.Is(ast.Ident):
		f.Help = "whoever uses the file passes it: start the file with `{ " + name + ", ... }:`"
		f.Fixes = []diag.Fix{rules.Insert("add the arguments `{ "+name+", ... }:`", diag.Unsafe, p.Tree.Expr().Start(), "{ "+name+", ... }:\n")}
	default:
		return false
	}
	return true
}

// isOutputs reports whether a function is the outputs of a flake.
func isOutputs(fn ast.Node) bool {
	b := fn.OutsideParens().Parent()
	return b.Is(ast.Binding) && b.Parent() == b.Tree().Expr() && definedAs(b, "outputs").IsValid()
}

// isInput reports whether a flake declares an input of that name: inputs.name… = …; or inputs = { name… = …; };.
func isInput(t *ast.Tree, name string) bool {
	left := maxSiblings
	for c := range t.Expr().Unparen().Children() {
		b, ok := ast.AsBinding(c)
		if left--; left < 0 || !ok || !isNamed(b.Attrpath().FirstChild(), "inputs") {
			continue
		}
		if second := b.Attrpath().Child(1); second.IsValid() {
			if isNamed(second, name) {
				return true
			}
			continue
		}
		for in := range b.Value().Unparen().Children() {
			if left--; left >= 0 && definedAs(in, name).IsValid() {
				return true
			}
		}
	}
	return false
}

// conventional reports whether a name is one that the module system, callPackage or the usual caller of a
// file passes.
func conventional(name string) bool {
	switch name {
	case "lib", "pkgs", "config", "options", "modulesPath", "inputs", "self", "stdenv", "osConfig", "inputs'", "self'":
		return true
	}
	return false
}

// acceptsMore reports whether a pattern accepts more than it names, and names something that is passed by convention, so
// that whoever calls it passes more of that.
func acceptsMore(pattern ast.PatternNode) bool {
	for f := range pattern.Formals() {
		if conventional(f.Name().Text()) {
			return pattern.HasEllipsis()
		}
	}
	return false
}

// topFunction returns the function that a file is, if it takes a set apart, or an invalid node.
func topFunction(t *ast.Tree) ast.Node {
	fn := t.Expr().Unparen()
	if fn.Is(ast.Lambda) && fn.FirstChild().Is(ast.Pattern) {
		return fn
	}
	return ast.Node{}
}

// addFormal proposes to add a name to the formals of a function.
func addFormal(fn ast.Node, name string, f *diag.Finding) {
	pattern := ast.PatternNode{Node: fn.FirstChild()}
	if pattern.HasError() {
		return
	}
	f.Related = []diag.Related{{Span: pattern.Span(), Message: "the arguments"}}
	if meant := misspeltInput(fn, name); meant != "" {
		f.Help = "rename the argument " + diag.Code(meant) + ", which is no input"
		return
	}
	f.Help = "add " + diag.Code(name) + " to the arguments of the function"
	if ast.IsIdentifier(name) {
		f.Fixes = []diag.Fix{rules.AddFormal(pattern, name)}
	}
}

// misspeltInput returns the argument of a flake's outputs that is no input, and was probably meant to be the input of a name.
func misspeltInput(fn ast.Node, name string) string {
	t := fn.Tree()
	if !isOutputs(fn) || !isInput(t, name) {
		return ""
	}
	for formal := range (ast.PatternNode{Node: fn.FirstChild()}).Formals() {
		if other := formal.Name().Text(); other != "self" && !isInput(t, other) && near.Find(name, []string{other}) != "" {
			return other
		}
	}
	return ""
}
