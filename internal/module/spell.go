package module

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// maxScope is the number of names in a scope beyond which no spelling is looked for there.
const maxScope = 256

// Spell returns how a function of nixpkgs' lib is called at a place in the file: lib.mkIf where lib is in scope,
// mkIf where that name is. It is "" where neither is.
func (f *File) Spell(function string, at ast.Node) string {
	bare, seen := "", false
	for up := at; up.IsValid(); up = up.Parent() {
		if w, ok := ast.AsWith(up); ok && !w.Env().Encloses(at) {
			path, isLib := nixlang.LibSource(f.names, w.Env())
			isLib = isLib && path == ""
			if !seen && bare == "" && isLib {
				bare = function
			}
			seen = seen || !isLib && mayHave(w.Env(), function)
			continue
		}
		id, ok := f.names.ScopeOf(up)
		if !ok {
			continue
		}
		s := f.names.Scope(id)
		if s.Last > s.First+maxScope {
			return ""
		}
		for b := s.First; b <= s.Last; b++ {
			bind := f.names.Binding(b)
			switch bind.Name {
			case "lib":
				if nixlang.BindsLib(f.names, bind) {
					return "lib." + function
				}
				return bare
			case function:
				if in, ok := ast.AsInherit(bind.Decl); ok && in.From().IsValid() {
					if path, ok := nixlang.LibSource(f.names, in.From()); ok && (path == "" || libParts[path]) {
						return function
					}
				}
				seen = true
			}
		}
	}
	return bare
}

// libParts are the parts of lib whose functions have the meaning of those of lib itself.
var libParts = words(`asserts attrsets customisation debug fixedPoints lists meta misc modules options strings trivial versions
	filesystem`)

// mayHave reports whether a set may have an attribute: whether it is anything but a literal without it.
func mayHave(set ast.Node, name string) bool {
	set = set.Unparen()
	if !set.Is(ast.AttrSet) {
		return true
	}
	for c := range set.Children() {
		b, ok := ast.AsBinding(c)
		if !ok {
			return true
		}
		if first, static := ast.AttrName(b.Attrpath().FirstChild()); !static || first == name {
			return true
		}
	}
	return false
}

// SpellConfig returns how an option of the module's config is read at a place in the file: by the name that a
// let binds to it or to a set around it, as cfg.enable, or from config itself. It is "" where config is not in
// scope.
func (m *Module) SpellConfig(path []string, at ast.Node) string {
	names := m.file.names
	best, length := "", -1
	hidden := map[string]bool{}
	for up := at.Parent(); up.IsValid(); up = up.Parent() {
		id, ok := names.ScopeOf(up)
		if !ok {
			continue
		}
		s := names.Scope(id)
		if s.Last > s.First+maxScope {
			return ""
		}
		for b := s.First; b <= s.Last; b++ {
			bind := names.Binding(b)
			if hidden[bind.Name] {
				continue
			}
			hidden[bind.Name] = true
			var base []string
			switch {
			case bind.Kind == sema.FormalBinding && bind.Name == "config" && up == m.Func:
				base = []string{}
			case bind.Kind == sema.LetBinding && bind.Value.IsValid() && !bind.More:
				base = m.ConfigPath(bind.Value)
			}
			if base == nil || len(base) <= length || len(base) > len(path) || !startsWith(path, base) {
				continue
			}
			best, length = bind.Name, len(base)
		}
	}
	if best == "" {
		return ""
	}
	for _, part := range path[length:] {
		if len(part) > 1 && part[0] == '$' {
			best += "." + part
		} else {
			best += "." + ast.QuoteAttr(part)
		}
	}
	return best
}

func startsWith(path, prefix []string) bool {
	return len(path) >= len(prefix) && slices.Equal(path[:len(prefix)], prefix)
}

// Reads returns what a dependence reads, as an option path where the file shows it: config.a.b for cfg.b where
// cfg is config.a. It is "" where that is too long to be told.
func (f *File) Reads(why *Why) string {
	text := why.Use.Text()
	if len(why.Steps) > 0 {
		text += f.rest(why.Steps[len(why.Steps)-1], why.Use)
	}
	for _, r := range text {
		if r == '\n' || len(text) > 80 {
			return ""
		}
	}
	return text
}

// rest returns what a use of a name selects of the source that the name is bound to, with the leading dot.
func (f *File) rest(use, source ast.Node) string {
	name, more := use, ""
	if s, ok := ast.AsSelect(use); ok {
		name = s.Operand().Unparen()
		more = "." + s.Attrpath().Text()
	}
	u, ok := f.names.Use(name)
	if !ok {
		return ""
	}
	b := f.names.Resolve(name)
	switch {
	case u.Target == sema.ToWith:
		return "." + name.Text() + more
	case b == nil:
		return ""
	case b.Value.IsValid() && b.Value.Unparen() == source:
		return more
	case b.Decl.Is(ast.Inherit) && (ast.InheritNode{Node: b.Decl}).From().Unparen() == source:
		return "." + ast.QuoteAttr(b.Name) + more
	}
	return ""
}
