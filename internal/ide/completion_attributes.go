package ide

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
)

// attributes proposes the attributes of an expression, or of a name in a selection.
func (p *proposals) attributes(n ast.Node) {
	if nixlang.IsBuiltins(p.names(), n) {
		for _, b := range sema.Builtins() {
			if b.Only == "" && b.Until.IsZero() {
				p.add(p.builtinItem(b.Name, 0))
			}
		}
		return
	}
	base, path := chain(n)
	if below, ok := p.modules().LibPath(base); ok && p.libNames(strings.TrimPrefix(strings.Join(append([]string{below}, path...), "."), ".")) {
		return
	}
	if p.flakeNames(base, path) {
		return
	}
	if option, ok := p.optionBase(n, maxSteps); ok {
		p.options(option)
	}
	p.values(n)
}

// chain takes a selection apart, up to a name in it: the expression in front, and the names.
func chain(n ast.Node) (base ast.Node, path []string) {
	for range maxSteps {
		op := operandOf(n)
		if !op.IsValid() {
			break
		}
		name, _ := ast.AttrName(n)
		path = append([]string{name}, path...)
		n = op
	}
	base = n.Unparen()
	if sel, ok := ast.AsSelect(base); ok && !sel.Default().IsValid() {
		inner, names := chain(sel.Attrpath().Last())
		return inner, append(names, path...)
	}
	return base, path
}

// libNames proposes the names of nixpkgs' lib, or of a part of it; it reports whether there are any.
func (p *proposals) libNames(path string) bool {
	if path == "" {
		for _, n := range libtable.Names() {
			p.libName("", n.Name)
		}
		for _, part := range libtable.Parts() {
			if !strings.Contains(part.Name, ".") {
				p.add(Item{Label: part.Name, Kind: ItemModule, Detail: "a part of lib", rank: 1})
			}
		}
		return true
	}
	part := libtable.PartNamed(path)
	if part == nil {
		if part = libtable.DataNamed(path); part == nil {
			return false
		}
	}
	for _, name := range part.Names {
		p.libName(path, name)
	}
	return true
}

func (p *proposals) libName(part, name string) {
	full := strings.TrimPrefix(part+"."+name, ".")
	i := Item{Label: name, Kind: ItemFunction, Detail: "lib." + full}
	if doc := libDoc(full); doc.text != "" {
		i.Detail, i.Doc = strings.TrimSpace("lib."+full+" "+doc.args), doc.text
	}
	if entry := libtable.Lookup(name); part == "" && entry != nil && entry.Args == 0 {
		i.Kind = ItemModule
	}
	if d := libtable.Deprecated(full); d != nil {
		i.Detail, i.rank = "deprecated", 2
	}
	p.attr(i)
}

// flakeNames proposes what inputs and self have; it reports whether the names in front mean one of these.
func (p *proposals) flakeNames(base ast.Node, path []string) bool {
	dir := p.FlakeDir()
	if dir == "" || !base.Is(ast.Ident) || !p.fromCaller(base) {
		return false
	}
	word := base.Text()
	if word == "self" && len(path) > 0 && path[0] == "inputs" {
		word, path = "inputs", path[1:]
	}
	f := p.Flake()
	switch {
	case f == nil || f.Nix == nil:
		return false
	case word == "inputs" && len(path) == 0:
		p.inputNames()
		p.add(Item{Label: "self", Kind: ItemInput, Detail: "this flake"})
		return true
	case word == "self" || word == "inputs" && path[0] == "self":
		if word == "inputs" {
			path = path[1:]
		}
		p.outputs(p.Outputs(dir), path)
		for _, set := range f.Nix.OutputSets() { // of a flake.nix that is half typed nothing is evaluated
			if set.Scope == flake.OutputsWhole {
				p.written(set.Attr.Sub(path...))
				if len(path) == 2 && perSystem[path[0]] {
					p.writtenForEach(set.Attr.Sub(path[0]))
				}
			}
		}
		if len(path) == 0 {
			for _, name := range ofSource {
				p.add(Item{Label: name, Kind: ItemAttribute, Detail: "of the source", rank: 1})
			}
		}
		return true
	}
	name := word
	if word == "inputs" {
		name, path = path[0], path[1:]
	} else if b := p.names().Resolve(base); b == nil || b.Kind != sema.FormalBinding || p.path != filepath.Join(dir, "flake.nix") {
		return false
	}
	in := f.Nix.Input(name)
	if in == nil {
		return false
	}
	if in.Ref.IsNixpkgs() && len(path) > 0 && path[0] == "lib" {
		return p.libNames(strings.Join(path[1:], "."))
	}
	if source, s, ok := p.InputFlake(dir, name); ok && source != nil {
		p.outputs(p.Outputs(s.Dir), path)
	}
	if len(path) == 0 {
		for _, name := range append(outputNames, ofSource...) {
			p.add(Item{Label: name, Kind: ItemAttribute, Detail: "what flakes have", rank: 2})
		}
	}
	if len(path) == 1 && perSystem[path[0]] {
		p.systems()
	}
	return true
}

// ofSource are attributes that self and inputs have of their source.
var ofSource = []string{"inputs", "outPath", "sourceInfo", "rev", "shortRev", "dirtyRev", "lastModified", "lastModifiedDate", "narHash"}

// inputNames proposes the inputs of the flake.
func (p *proposals) inputNames() {
	for _, in := range p.Flake().Nix.AllInputs() {
		i := Item{Label: in.Name, Kind: ItemInput}
		if in.RefErr == nil {
			i.Detail = in.Ref.String()
		}
		p.attr(i)
	}
}

// outputs proposes the names of a tree of outputs, behind a path.
func (p *proposals) outputs(o *project.Outputs, path []string) {
	for _, o := range outputsAt(o, path) {
		for _, name := range o.Names() {
			p.attr(Item{Label: name, Kind: ItemAttribute, Detail: "an output"})
		}
	}
}

// written proposes the names below an attribute, as they are written.
func (p *proposals) written(a *flake.Attr) {
	if a == nil {
		return
	}
	for _, sub := range a.Subs {
		p.attr(Item{Label: sub.Name, Kind: ItemAttribute, Detail: "an output"})
	}
}

// writtenForEach proposes the names of the set that a function makes of each system, as in genAttrs systems (system: { … }).
func (p *proposals) writtenForEach(a *flake.Attr) {
	if a == nil {
		return
	}
	for _, d := range a.Defs {
		_, args := ast.Call(d.Value.Unparen())
		if len(args) == 0 {
			continue
		}
		fn, ok := ast.AsLambda(args[len(args)-1].Unparen())
		if !ok {
			continue
		}
		for c := range fn.Body().Tail().Children() {
			if b, ok := ast.AsBinding(c); ok && b.Attrpath().FirstName() != "" {
				p.attr(Item{Label: b.Attrpath().FirstName(), Kind: ItemAttribute, Detail: "an output"})
			}
		}
	}
}

// options proposes the options of the project below a path.
func (p *proposals) options(path []string) {
	path = slices.DeleteFunc(slices.Clone(path), func(name string) bool { return name == module.Element })
	for _, o := range p.OptionsBelow(path) {
		i := Item{Label: o.Name, Kind: ItemModule, Detail: "a set of options"}
		if len(o.Declared) > 0 {
			i.Kind, i.Detail = ItemOption, "an option"
			d := o.Declared[0]
			if d.Type.Name != "" {
				i.Detail = d.Type.Describe()
			}
			i.value = valueSnippet(d.Type)
			if len(p.items) < maxItems {
				i.Doc = p.declaration(d).description
			}
		}
		p.attr(i)
	}
	p.foreignOptions(path)
}

// values proposes the attributes that the evaluator knows of an expression; of an argument, those of what callers pass.
func (p *proposals) values(n ast.Node) {
	k, ok := p.known(n)
	if !ok {
		return
	}
	found := false
	for i := range k.Values {
		found = p.facts(k.Values[i].Attrs) || found
	}
	b := p.names().Resolve(n.Unparen())
	if !found {
		for _, o := range p.origins(n) {
			if k, ok := o.view.known(o.node); ok {
				for i := range k.Values {
					found = p.facts(k.Values[i].Attrs) || found
				}
			}
		}
	}
	if found || b == nil || b.Kind != sema.FormalBinding && b.Kind != sema.ParamBinding {
		return
	}
	place := b.Node
	if b.Kind == sema.FormalBinding {
		place = b.Decl
	}
	r := p.report(place)
	if r == nil {
		return
	}
	r.LookForCalls(p.Answers)
	for _, c := range r.Calls {
		d := c.Argument
		for _, f := range c.Formals {
			if b.Kind == sema.FormalBinding && f.Name == b.Name {
				d = f.Value
			}
		}
		for i := range d.Values {
			p.facts(d.Values[i].Attrs)
		}
	}
}

func (p *proposals) facts(attrs []eval.AttrFact) bool {
	for _, a := range attrs {
		i := Item{Label: a.Name, Kind: ItemAttribute}
		if a.File != "" && a.File != p.path {
			i.Detail = p.Rel(a.File)
		}
		if a.Maybe {
			i.Detail = strings.TrimSpace("perhaps " + i.Detail)
		}
		p.attr(i)
	}
	return len(attrs) > 0
}
