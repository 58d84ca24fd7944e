package builders

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// Fixed tells whether a derivation has a fixed output, which lets its builder use the network: whether outputHash is set, by its own
// attributes or by those that an override around it adds. stdenv drops attributes that are null.
func (r *Reader) Fixed(d *Derivation) Verdict { return r.fixed(d, maxFollow) }

// fixed is Fixed for what is no more than some derivations below the one that was asked about: one may be its own base.
func (r *Reader) fixed(d *Derivation, depth int) Verdict {
	if fn := r.defined(d.fn); fn.IsValid() && !d.wrapper.IsValid() {
		return Maybe // a function of the file that is called like one of nixpkgs
	}
	own := r.Flag(d, "outputHash")
	switch {
	case own == Yes:
		return Yes
	case d.wrapper.IsValid() && (strings.Contains(d.wrapper.Text(), "outputHash") || r.passesHash(d)):
		return Maybe
	case d.Base.IsValid() && own == No:
		own = r.baseFixed(d, depth)
	}
	if own == Yes || r.overridden(d.Call) {
		return max(own, Maybe)
	}
	return own
}

// passesHash reports whether the attributes have one that a wrapper may make an outputHash of.
func (r *Reader) passesHash(d *Derivation) bool {
	for _, set := range r.sets(d.Attrs) {
		for c := range set.Children() {
			if in, ok := ast.AsInherit(c); ok {
				for name := range in.Names() {
					if namesHash(name.Text()) {
						return true
					}
				}
			} else if b, ok := ast.AsBinding(c); ok && namesHash(b.Attrpath().FirstName()) {
				return true
			}
		}
	}
	return false
}

func namesHash(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, "hash") || strings.HasPrefix(name, "sha")
}

// baseFixed tells whether the derivation that an override changes may have a fixed output.
func (r *Reader) baseFixed(d *Derivation, depth int) Verdict {
	if depth == 0 {
		return Maybe
	}
	if p, has, _ := r.Value(tail(d.Attrs)).Lookup("outputHash"); has != eval.Absent && p.IsValid() {
		return No // set to null
	}
	base := r.Follow(d.Base)
	if base.IsCall() {
		if inner, ok := r.Derivation(base); ok {
			return r.fixed(&inner, depth-1)
		}
		if c, ok := r.call(base); ok && (c.name == "override" || c.name == "callPackage") {
			return No
		}
		return Maybe
	}
	s, ok := ast.AsSelect(base)
	if !ok || s.Default().IsValid() {
		return Maybe
	}
	path := s.Attrpath().Names()
	if strings.HasPrefix(ast.LastName(base), "override") {
		path = path[:len(path)-1]
	}
	if len(path) == 0 {
		return Maybe // the function itself
	}
	holder := s.Operand().Unparen()
	within := ast.LastName(holder)
	if len(path) > 1 {
		within = path[len(path)-2]
	}
	name := path[len(path)-1]
	if name == "src" || strings.HasSuffix(name, "Src") || strings.HasPrefix(name, "fetch") || strings.HasPrefix(name, "override") || !isPackageSet(r.Names, within, holder) {
		return Maybe
	}
	return No
}

// isPackageSet reports whether a set is one of packages of nixpkgs, by its name.
func isPackageSet(names *sema.Info, name string, holder ast.Node) bool {
	switch name {
	case "final", "prev", "self", "super":
		return true
	}
	return nixlang.NamesPackages(name) || nixlang.IsPackages(names, holder) || strings.HasSuffix(name, "Packages")
}

// overridden reports whether something around a derivation, or where its name is used, may give it an outputHash.
func (r *Reader) overridden(n ast.Node) bool {
	at := n.OutsideParens()
	for range maxFollow {
		s, ok := ast.AsSelect(at.Parent())
		if !ok || s.Operand() != at {
			break
		}
		call, ok := ast.AsApply(s.OutsideParens().Parent())
		if !ok || call.Func().Unparen() != s.Node {
			break
		}
		if strings.HasPrefix(s.Attrpath().LastName(), "override") {
			over := Derivation{Attrs: call.Arg()}
			if r.Flag(&over, "outputHash") != No {
				return true
			}
		}
		at = call.OutsideParens()
	}
	for range maxFollow {
		up := at.Parent()
		switch up.Form() {
		case ast.Let, ast.With, ast.Assert:
			if up.FirstChild() == at {
				return false
			}
			at = up.OutsideParens()
			continue
		case ast.Apply: // an argument: lib.overrideDerivation drv (old: { … }), makeOverridable, a function of the file
			return r.overridingCall(up, at)
		case ast.Binding:
			return r.overriddenByName(up)
		}
		return false
	}
	return false
}

// overridingCall reports whether a call takes a derivation and may give it an outputHash.
func (r *Reader) overridingCall(call, drv ast.Node) bool {
	outer, ok := ast.AsApply(call.OutsideParens().Parent())
	if !ok || (ast.ApplyExpr{Node: call}).Arg() != drv || ast.LastName((ast.ApplyExpr{Node: call}).Func()) != "overrideDerivation" {
		return false
	}
	over := Derivation{Attrs: outer.Arg()}
	return r.Flag(&over, "outputHash") != No
}

// overriddenByName reports whether a derivation that a binding names is given an outputHash where the name is used.
func (r *Reader) overriddenByName(binding ast.Node) bool {
	for u := range r.Names.UsesOf(r.Names.Declared(binding)) {
		if !u.Node.Is(ast.Ident) {
			continue
		}
		at := u.Node.OutsideParens()
		if s, ok := ast.AsSelect(at.Parent()); ok && s.Operand() == at && strings.HasPrefix(s.Attrpath().LastName(), "override") {
			if call, ok := ast.AsApply(s.OutsideParens().Parent()); ok {
				over := Derivation{Attrs: call.Arg()}
				if r.Flag(&over, "outputHash") != No {
					return true
				}
			}
		}
		if up := at.Parent(); up.IsCall() && r.overridingCall(up, at) {
			return true
		}
	}
	return false
}
