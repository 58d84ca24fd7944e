package flake

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// holder is what a name of a file holds of its flake.
type holder uint8

const (
	nothing     holder = iota
	withSelf           // the inputs, and self
	withoutSelf        // self.inputs: the inputs without self
	ownOutputs         // self
	systemParts        // self' of flake-parts: the outputs of one system
)

// part is one name of a path: "" where it is computed.
type part struct {
	name string
	node ast.Node
}

// taken is a place where something of the flake is taken: inputs.nixpkgs.lib, inherit (self) packages.
type taken struct {
	of   holder
	path []part
	// given is the name of the argument that some caller passes, or "" where outputs of flake.nix has it from Nix.
	given string
}

// names returns the names of the path as outputs are asked for them: of this flake, or of an input.
func (t *taken) names() (names []string) {
	for i, p := range t.path[t.outputs():] {
		if names = append(names, p.name); i == 0 && t.bySystem() {
			names = append(names, "")
		}
	}
	return names
}

// outputs returns where the outputs begin in the path: behind the name of an input.
func (t *taken) outputs() int {
	if t.of == ownOutputs || t.of == systemParts {
		return 0
	}
	return 1
}

// bySystem reports whether the outputs are those of one system, as flake-parts passes them.
func (t *taken) bySystem() bool { return strings.HasSuffix(t.given, "'") }

// partAt returns the part of the path that is one of names; ok is false for the system.
func (t *taken) partAt(i int) (p part, ok bool) {
	if t.bySystem() && i > 0 {
		if i--; i == 0 {
			return part{}, false
		}
	}
	return t.path[t.outputs()+i], true
}

// ownNames are the names under which files have their flake and its inputs, by convention outside of flake.nix.
var ownNames = map[string]holder{"inputs": withSelf, "inputs'": withSelf, "self": ownOutputs, "self'": systemParts}

// ownHolder returns what an argument of a name holds, if it holds something of the flake. Of names beside ownNames hosts have to tell
// that it does.
func ownHolder(name string) holder {
	if of, known := ownNames[name]; known || !project.NamesFlake(name) {
		return of
	}
	return ownOutputs
}

// ownReader finds what a file takes of its flake.
type ownReader struct {
	names   *sema.Info
	outputs ast.Node // the function of flake.nix
	known   map[sema.BindingID]taken
}

func newOwnReader(p *rules.Pass) *ownReader {
	r := &ownReader{names: p.Names(), known: map[sema.BindingID]taken{}}
	if filepath.Base(p.Path) == "flake.nix" {
		r.outputs = outputsFunction(p.Tree)
	}
	return r
}

// takenOf returns what a file takes of its flake, in source order: of that only what the flake's function gets from Nix, and
// what arguments have that are called so.
func takenOf(p *rules.Pass) []taken {
	type ofFile struct {
		looked bool
		all    []taken
	}
	of := rules.Common[ofFile](p)
	if !of.looked {
		of.looked, of.all = true, readTaken(p)
	}
	return of.all
}

func readTaken(p *rules.Pass) (all []taken) {
	if text := p.Tree.Source(); !strings.Contains(text, "puts") && !strings.Contains(text, "self") && !strings.Contains(text, "lake") {
		return nil
	}
	r := newOwnReader(p)
	seen := map[source.Span]bool{}
	add := func(t taken, ok bool) {
		if !ok || len(t.path) == 0 {
			return
		}
		if at := t.path[len(t.path)-1].node.Span(); !seen[at] {
			seen[at] = true
			all = append(all, t)
		}
	}
	for i, rec := range p.Tree.Records() {
		switch rec.Kind {
		case ast.Select:
			n := p.Tree.Node(ast.NodeID(i))
			if !(ast.SelectExpr{Node: n}).Default().IsValid() {
				add(r.read(n, 0))
			}
		case ast.Inherit:
			in := ast.InheritNode{Node: p.Tree.Node(ast.NodeID(i))}
			if !in.From().IsValid() {
				continue
			}
			from, ok := r.read(in.From(), 0)
			for name := range in.Names() {
				add(r.below(from, name), ok)
			}
		case ast.Ident:
			n := p.Tree.Node(ast.NodeID(i))
			if u, ok := r.names.Use(n); ok && u.Target == sema.ToWith {
				if env, ok := nixlang.GivenByWith(r.names, u); ok {
					from, ok := r.read(env, 0)
					add(r.below(from, n), ok)
				}
			}
		}
	}
	return all
}

// outputsFunction returns the function of a flake; the node is invalid where there is none.
func outputsFunction(t *ast.Tree) ast.Node {
	for c := range t.Expr().Unparen().Children() {
		b, ok := ast.AsBinding(c)
		if ok && b.Attrpath().IsSingle("outputs") && b.Value().Unparen().Is(ast.Lambda) {
			return b.Value().Unparen()
		}
	}
	return ast.Node{}
}

// maxAliases bounds the names through which one stands for another.
const maxAliases = 8

// read returns what an expression takes of the flake; a path without parts is the whole.
func (r *ownReader) read(n ast.Node, depth int) (t taken, ok bool) {
	n = n.Unparen()
	switch n.Kind() {
	case ast.Select:
		s := ast.SelectExpr{Node: n}
		if s.Default().IsValid() {
			return taken{}, false
		}
		if t, ok = r.read(s.Operand(), depth); !ok {
			return taken{}, false
		}
		return r.below(t, slices.Collect(s.Attrpath().Children())...), true
	case ast.Ident:
		u, found := r.names.Use(n)
		if !found || u.Target != sema.ToBinding || depth > maxAliases {
			return taken{}, false
		}
		if t, found = r.known[u.Binding]; !found {
			t = r.bound(r.names.Binding(u.Binding), depth)
			r.known[u.Binding] = t
		}
		return t, t.of != nothing
	}
	return taken{}, false
}

// bound returns what a name holds.
func (r *ownReader) bound(b *sema.Binding, depth int) (t taken) {
	switch b.Kind {
	case sema.LetBinding, sema.RecBinding:
		in, inherited := ast.AsInherit(b.Decl)
		switch {
		case b.More:
		case inherited && in.From().IsValid():
			if from, ok := r.read(in.From(), depth+1); ok {
				return r.below(from, b.Node)
			}
		case !inherited && b.Value.IsValid():
			if v := b.Value.Unparen(); v.Is(ast.Ident) || v.Is(ast.Select) {
				t, _ = r.read(v, depth+1)
			}
		}
		return t
	}
	function := r.names.Scope(b.Scope).Node
	switch {
	case function.Is(ast.Lambda) && function == r.outputs:
		switch {
		case b.Kind != sema.FormalBinding:
			return taken{of: withSelf}
		case b.Name == "self":
			return taken{of: ownOutputs}
		default:
			return taken{of: withSelf, path: []part{{b.Name, b.Node}}}
		}
	case b.Kind == sema.FormalBinding:
		if f := (ast.FormalNode{Node: b.Decl}); !f.Default().IsValid() {
			return taken{of: ownHolder(b.Name), given: b.Name}
		}
	}
	return taken{}
}

// below returns what an attribute of something is, or one of that.
func (r *ownReader) below(t taken, names ...ast.Node) taken {
	for _, n := range names {
		name, static := ast.AttrName(n)
		if !static {
			name = ""
		}
		switch {
		case len(t.path) > 0:
			t.path = append(slices.Clip(t.path), part{name, n})
		case t.of == withSelf && name == "self":
			t.of = ownOutputs
		case t.of == ownOutputs && name == "inputs":
			t.of = withoutSelf
		case t.of == ownOutputs && name == "outputs":
		default:
			t.path = []part{{name, n}}
		}
	}
	return t
}

// handing is an argument by which something of the flake is handed on.
type handing struct {
	path, name string
	parts      bool // flake-parts has to pass it
	byParts    bool // the flake is made with flake-parts, which passes such arguments to its modules
}

func handingOf(p *rules.Pass, f *flake.Flake, t *taken) handing {
	name, parts := strings.CutSuffix(t.given, "'")
	return handing{p.Path, strings.Clone(name), parts, strings.Contains(f.Nix.Tree.Source(), "mkFlake")}
}

// sure reports whether an argument surely is what a flake of the project has under that name.
func (h handing) sure(a *rules.Asked) bool {
	_, known := ownNames[h.name]
	switch {
	case a.Sample(h.path):
		return false
	case !h.parts && h.byHosts(a):
		return true
	case !known, filepath.Base(h.path) != "flake.nix" && a.Answers.Reach(h.path) != project.Reached, a.Rebound(h.name):
		return false
	case h.parts:
		return h.byParts
	}
	return h.byParts || a.SpecialArg(h.name) || a.Handed(h.path, h.name)
}

// byHosts reports whether hosts surely have the file as a module and pass the flake, or its inputs, as the argument.
func (h handing) byHosts(a *rules.Asked) bool {
	hosts := a.HostsOf(h.path)
	return len(hosts.Surely) > 0 && !slices.ContainsFunc(hosts.Surely, func(host *project.Host) bool {
		if h.name == "inputs" {
			return !slices.Contains(host.Inputs, h.name)
		}
		return !slices.Contains(host.Self, h.name)
	})
}

// reportTaken reports what the flake does not have: at once where outputs of flake.nix takes it, else if all files tell that the
// argument is the flake's, and no other flake of the project has it.
func reportTaken(p *rules.Pass, f *flake.Flake, t *taken, found diag.Finding, has func(a *rules.Asked, dir string) bool) {
	if t.given == "" {
		p.Report(found)
		return
	}
	h, dir := handingOf(p, f, t), f.Dir
	p.Ask(func(a *rules.Asked) {
		if !h.sure(a) {
			return
		}
		for _, other := range a.Flakes() {
			if other != dir && has(a, other) {
				return
			}
		}
		a.Report(found)
	})
}
