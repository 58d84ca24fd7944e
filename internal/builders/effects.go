package builders

import "github.com/nixsift/nixsift/ast"

// maxEffectNames bounds the names through which a derivation gets into effects.
const maxEffectNames = 3

// Effect tells whether a derivation is an effect of Hercules CI, which an agent runs with network, as it deploys what was built:
// what has isEffect, what mkEffect makes and runIf is given, and what stands as a value in the effects of a job, by itself or
// by a name (hercules-ci-agent, onPush.<name>.outputs.effects). A derivation that an effect uses is built as any other.
func (r *Reader) Effect(d *Derivation) bool {
	return ast.LastName(d.fn) == "mkEffect" || r.effectAt(d.Call, maxEffectNames, map[ast.NodeID]int{}) || r.Flag(d, "isEffect") != No
}

// effectAt reports whether the value of an expression is an effect for where it stands. asked has how deep the names are asked that
// were so already.
func (r *Reader) effectAt(at ast.Node, depth int, asked map[ast.NodeID]int) bool {
	effects := false // what is looked at is a part of them
	at = at.OutsideParens()
	for up := at.Parent(); up.IsValid(); at, up = up, up.Parent() {
		switch up.Form() {
		case ast.Paren, ast.AttrSet, ast.Lambda, ast.Bindings:
		case ast.Let, ast.With, ast.Assert, ast.If:
			if up.FirstChild() == at {
				return false
			}
		case ast.Binary:
			if up.Op() != ast.OpUpdate {
				return false
			}
		case ast.Apply:
			fn, _ := ast.Call(up)
			switch name := ast.LastName(fn); {
			case fn.Encloses(at):
				return false
			case name == "runIf" && !effects:
				return true
			case name == "mkEffect" || isSetBuilder(name) || isRunCommand(name):
				return false // something that is built for it
			}
		case ast.Binding:
			b := ast.BindingNode{Node: up}
			path := b.Attrpath()
			if !effects && depth > 0 && r.effectByName(up, depth-1, asked) {
				return true
			}
			if up.Parent().Is(ast.Bindings) {
				return false
			}
			ofJob := path.Has("herculesCI") || path.Has("onPush") || path.Has("onSchedule")
			if effects = effects || path.Has("effects"); effects && ofJob {
				return true
			}
		default:
			return false
		}
	}
	return false
}

// effectByName reports whether a use of what a definition binds is an effect.
func (r *Reader) effectByName(definition ast.Node, depth int, asked map[ast.NodeID]int) bool {
	if before, ok := asked[definition.ID()]; ok && before >= depth {
		return false
	}
	asked[definition.ID()] = depth
	for u := range r.Names.UsesOf(r.Names.Declared(definition)) {
		at := u.Node
		if up := at.Parent(); up.Is(ast.Inherit) {
			at = up
		}
		if r.effectAt(at, depth, asked) {
			return true
		}
	}
	return false
}
