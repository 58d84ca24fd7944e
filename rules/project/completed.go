package project

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
)

// eachCompleted calls check for paths of the project that are put together of a path literal, the flake itself, or a name for one
// of these, and text, and that are read where they stand, import (./. + "/x.nix"), readFile "${self}/x", or name the file that an
// option is about: sopsFile = "${inputs.self}/x.yaml".
func (p *paths) eachCompleted(check func(l literal)) {
	for i, r := range p.Tree.Records() {
		if r.Kind != ast.Path && r.Kind != ast.Ident {
			continue
		}
		n := p.Tree.Node(ast.NodeID(i))
		if n.HasError() {
			continue
		}
		var l literal
		var ok bool
		if r.Kind == ast.Ident && !p.isParameter(n) {
			l, ok = p.completedName(n)
		} else {
			l, ok = p.completion(n)
		}
		if ok {
			if p.told == nil {
				p.told = map[ast.NodeID]bool{}
			}
			p.told[l.node.ID()] = true
			check(l)
		}
	}
}

// isParameter reports whether a variable is an argument of some function, as self and inputs of a flake are.
func (p *paths) isParameter(n ast.Node) bool {
	if name := n.Text(); name != "self" && name != "inputs" {
		return false
	}
	b := p.Names().Resolve(n)
	return b != nil && (b.Kind == sema.FormalBinding || b.Kind == sema.ParamBinding || b.Kind == sema.AtBinding)
}

// completion examines what puts text behind a path, or the flake itself.
func (p *paths) completion(n ast.Node) (l literal, ok bool) {
	c, ok := project.Completed(n)
	if !ok {
		return l, false
	}
	target, ok := p.Project.Completion(p.Path, c)
	if !ok {
		return l, false
	}
	return p.joined(c, target, c.IsString())
}

// completedName examines what puts text behind a variable of the file that stands for a folder: root = inputs.self; "${root}/x".
func (p *paths) completedName(n ast.Node) (l literal, ok bool) {
	b := p.Names().Resolve(n)
	if b == nil || b.Kind == sema.FormalBinding && !project.NamesFlake(b.Name) {
		return l, false
	}
	base := n
	if s, ok := ast.AsSelect(n.OutsideParens().Parent()); ok && s.FirstChild() == n.OutsideParens() && s.Attrpath().IsSingle("outPath") {
		base = s.Node
	}
	c, ok := project.Behind(base)
	if !ok || !c.Whole || !readsFile(c.At) && !namesFile(c.At) {
		return l, false
	}
	if b.Kind == sema.FormalBinding {
		if !p.passedFlake(b) {
			return l, false
		}
		return p.joined(c, filepath.Clean(p.Project.FlakeDir()+filepath.FromSlash(c.Rest)), true)
	}
	folder, ok := p.valueOf(base, maxNamed)
	if !ok {
		return l, false
	}
	return p.joined(c, filepath.Clean(folder+filepath.FromSlash(c.Rest)), true)
}

// passedFlake reports whether an argument of a module surely is the flake around: all hosts that surely have the module pass it so.
func (p *paths) passedFlake(b *sema.Binding) bool {
	if p.Project.FlakeDir() == "" || (ast.FormalNode{Node: b.Decl}).Default().IsValid() {
		return false
	}
	hosts := p.HostsOf().Surely
	return len(hosts) > 0 && !slices.ContainsFunc(hosts, func(h *project.Host) bool { return !slices.Contains(h.Self, b.Name) })
}

// maxNamed bounds through how many names a folder is followed.
const maxNamed = 8

// joined examines a path that is put together; text is set where it may be a string, which Nix reads only where a function does.
func (p *paths) joined(c project.Completion, target string, text bool) (l literal, ok bool) {
	if outOfTree(p.Project.Rel(target)) || !p.Project.Within(target) {
		return l, false
	}
	l = literal{node: c.At, target: target}
	switch directUse(c.At) {
	case probed:
		l.probe = true
	case imported:
		l.folder = true
	case textOnly:
		return l, false
	default:
		l.listed = listIn(c.At) != ""
		l.named = !l.listed && !readsFile(c.At) && namesFile(c.At) && !strings.ContainsAny(c.Rest, "$*?[{%:\n")
		if l.text = text; text && !l.named && !l.listed && !readsFile(c.At) {
			return l, false // nobody reads it here
		}
	}
	return l, !documentation(c.At)
}

// wrappers are functions whose last argument is what the option gets.
var wrappers = map[string]bool{
	"mkIf": true, "mkDefault": true, "mkForce": true, "mkOverride": true, "mkOptionDefault": true, "mkBefore": true, "mkAfter": true, "mkOrder": true,
	"toPath": true, "optional": true,
}

// namesFile reports whether a string is the value of an attribute that is called as those are that name a file, or an element of
// the list that it is.
func namesFile(n ast.Node) bool {
	at := n.OutsideParens()
	for range maxNamed {
		switch up := at.Parent(); up.Form() {
		case ast.List, ast.Let, ast.If, ast.With:
			if up.Is(ast.If) && up.FirstChild() == at {
				return false
			}
			at = up.OutsideParens()
		case ast.Apply:
			fn, _ := ast.Call(up)
			if (ast.ApplyExpr{Node: up}).Arg() != at || !wrappers[ast.LastName(fn)] {
				return false
			}
			at = up.OutsideParens()
		case ast.Binding:
			b := ast.BindingNode{Node: up}
			if b.Value().OutsideParens() != at || !up.Parent().Is(ast.AttrSet) {
				return false
			}
			name := b.Attrpath().LastName()
			switch name {
			case "file", "files", "source", "src":
				return true
			case "path":
				call, ok := ast.AsApply(up.Parent().OutsideParens().Parent())
				return ok && ast.LastName(call.Func()) == "path"
			}
			return strings.HasSuffix(name, "File") || strings.HasSuffix(name, "Files")
		default:
			return false
		}
	}
	return false
}
