package module

import (
	"cmp"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/sema"
)

// Inline returns the modules that are written inside the file, in source order: what submodule, submoduleWith and their
// kin are given, however they are spelt, and functions of module arguments, and sets with imports, that are elements of
// imports or modules or values of home-manager.users.<name>, nixosModules.<name> and the like.
func (f *File) Inline() []*Module {
	if f.done&doneInline != 0 {
		return f.inline
	}
	f.done |= doneInline
	records := f.tree.Records()
	if mentionsSubmodules(f.tree.Tokens()) {
		for i := range records {
			if call, ok := ast.AsApply(f.tree.Node(ast.NodeID(i))); ok {
				f.inlineCall(call)
			}
		}
	}
	for i := 0; i+1 < len(records); i++ {
		switch records[i].Kind {
		case ast.Lambda:
			if records[i+1].Kind == ast.Pattern {
				f.inlineFunction(f.tree.Node(ast.NodeID(i)))
			}
		case ast.Binding:
			// The path's last token is imports, whether the path is longer or not.
			if last := records[i+1].Last; f.isWord(last, "imports") && records[i+1].Kind == ast.Attrpath {
				n := f.tree.Node(ast.NodeID(i))
				f.importing = append(f.importing, n)
				if set := n.Parent(); set.Is(ast.AttrSet) && records[i].First == last {
					f.inlineSet(set)
				}
			}
		}
	}
	slices.SortStableFunc(f.inline, func(a, b *Module) int { return cmp.Compare(a.Node.ID(), b.Node.ID()) })
	// What a submodule holds is evaluated with it.
	end := ast.NodeID(0)
	for _, m := range f.inline {
		m.Submodule = m.Submodule || m.Node.ID() < end
		if m.Submodule {
			end = max(end, m.Node.SubtreeEnd())
		}
	}
	return f.inline
}

// ModuleOf returns the module whose function is fn, or nil: that of the file, or one inside it.
func (f *File) ModuleOf(fn ast.Node) *Module {
	if f.Module != nil && f.Module.Func == fn {
		return f.Module
	}
	inline := f.Inline()
	i, found := slices.BinarySearchFunc(inline, fn.ID(), func(m *Module, id ast.NodeID) int { return cmp.Compare(m.Node.ID(), id) })
	if !found || inline[i].Func != fn {
		return nil
	}
	return inline[i]
}

// MayBeModule reports whether a function is a module, or may be one by its formals: it accepts more than it names, and
// names only what module systems pass.
func (f *File) MayBeModule(fn ast.Node) bool {
	if f.ModuleOf(fn) != nil {
		return true
	}
	p, ok := ast.LambdaExpr{Node: fn}.Pattern()
	if !ok || !p.HasEllipsis() {
		return false
	}
	for formal := range p.Formals() {
		if !modsys.IsArgument(formal.Name().Text()) {
			return false
		}
	}
	return true
}

// isWord reports whether a token has a text.
func (f *File) isWord(token uint32, text string) bool { return f.tree.Token(int(token)).Text() == text }

// Importing returns the bindings of the file whose attribute path ends in imports, in source order.
func (f *File) Importing() []ast.Node {
	f.Inline()
	return f.importing
}

func (f *File) inlineFunction(n ast.Node) {
	if f.Module != nil && n == f.Module.Func || f.taken[n.ID()] {
		return
	}
	if n.HasError() || n.Parent().Is(ast.File) {
		return
	}
	p, ok := ast.LambdaExpr{Node: n}.Pattern()
	if !ok || !p.HasEllipsis() {
		return
	}
	needs := p.At().IsValid()
	for formal := range p.Formals() {
		switch formal.Name().Text() {
		case "config", "options", "pkgs", "lib":
			if formal.Default().IsValid() {
				return
			}
			needs = true
		}
	}
	if !needs {
		return
	}
	place := f.place(n)
	if place == nowhere {
		return
	}
	m := &Module{Node: n, Func: n, file: f, Inline: true, Submodule: place == submodule, Certainty: Certain}
	m.Body = (ast.LambdaExpr{Node: n}).Body().Tail()
	if m.Body.Is(ast.Lambda) {
		return
	}
	if place == bound || place == valued {
		if !m.judge() || m.Certainty != Certain {
			return
		}
		m.Certainty = Likely
		m.Submodule = place == valued
	}
	f.inline = append(f.inline, m)
}

// inlineSet takes a set that stands where a module stands and has imports, which nothing else tells apart.
func (f *File) inlineSet(n ast.Node) {
	if n.HasError() || f.Module != nil && f.Module.Body == n || f.taken[n.ID()] {
		return
	}
	if place := f.place(n); place == listed || place == exported || place == submodule {
		f.inline = append(f.inline, &Module{
			Node: n, Body: n, file: f, Inline: true, Submodule: place == submodule, Certainty: Certain,
		})
	}
}

// standing says where an expression stands, as far as modules are concerned.
type standing uint8

const (
	nowhere   standing = iota
	listed             // an element of imports, modules, sharedModules
	exported           // nixosModules.<name>, flake.modules.<class>.<name>
	submodule          // an evaluation of its own inside another
	bound              // a name of a let that is not called
	valued             // the value of an attribute that says nothing
)

// place finds out where an expression stands.
func (f *File) place(n ast.Node) standing {
	inList := false
	path := make([]string, 0, 8) // the attributes around n, the innermost first
	for steps := 0; steps < 64; steps++ {
		n = n.OutsideParens()
		p := n.Parent()
		switch p.Kind() {
		case ast.List:
			if len(path) > 0 {
				return nowhere
			}
			inList = true
		case ast.Let, ast.With, ast.Assert:
			if p.FirstChild() == n {
				return nowhere
			}
		case ast.If:
			if p.FirstChild() == n {
				return nowhere
			}
		case ast.Binary:
			if p.Op() != ast.OpConcat && p.Op() != ast.OpUpdate {
				return nowhere
			}
		case ast.Apply:
			a := ast.ApplyExpr{Node: p}
			if a.Func() == n {
				return nowhere
			}
			fn, _ := ast.Call(p)
			switch name := ast.LastName(fn); {
			case name == "optional" || name == "optionals" || name == "singleton":
				inList = true
			case name == "mkIf" || name == "mkMerge" || overrides[name]:
			default:
				return nowhere
			}
		case ast.Binding:
			b := ast.BindingNode{Node: p}
			from := len(path)
			path = append(path, b.Attrpath().Names()...)
			slices.Reverse(path[from:])
			switch s := pathStanding(path, inList); {
			case s != nowhere:
				return s
			case inList:
				return nowhere
			}
			set := p.Parent()
			if set.Is(ast.Bindings) {
				return f.boundStanding(b, path)
			}
			if !set.Is(ast.AttrSet) {
				return nowhere
			}
			if up := set.OutsideParens().Parent(); len(path) > 6 || !up.Is(ast.Binding) {
				return valued // no attribute further out can tell more
			}
			p = set
		default:
			return nowhere
		}
		n = p
	}
	return nowhere
}

// pathStanding tells from the attributes around an expression, the innermost first, where it stands.
func pathStanding(path []string, inList bool) standing {
	at := func(i int) string {
		if i < len(path) {
			return path[i]
		}
		return ""
	}
	if inList {
		if modsys.IsList(at(0)) {
			return listed
		}
		return nowhere
	}
	switch {
	case modsys.IsExportOfOne(at(0)), modsys.IsExport(at(1)), modsys.IsExportOfOne(at(1)), at(2) == "modules" && modsys.IsClass(at(1)):
		return exported
	case at(1) == "users" && at(2) == "home-manager":
		return submodule
	case at(0) == "perSystem", at(0) == "configuration" && at(2) == "specialisation", at(1) == "nodes",
		at(0) == "config" && (at(2) == "containers" || at(2) == "vms"), at(0) == "vmVariant" && at(1) == "virtualisation":
		return submodule
	}
	return nowhere
}

// boundStanding looks at a name of a let: a module is never called by the file itself.
func (f *File) boundStanding(b ast.BindingNode, path []string) standing {
	if len(path) != 1 || !b.Value().Is(ast.Lambda) {
		return nowhere
	}
	id := f.names.Declared(b.Node)
	if f.names.Binding(id).Kind != sema.LetBinding || !f.names.IsUsed(id) {
		return nowhere
	}
	for u := range f.names.UsesOf(id) {
		if n := u.Node.OutsideParens(); n.Parent().Is(ast.Apply) && n.Parent().FirstChild() == n {
			return nowhere
		}
	}
	return bound
}
