package module

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// Option is a declared option.
type Option struct {
	// Path names the option; a computed part is its source text, as in ${namespace}.
	Path []string
	// Attr is the last part of the path where it is written.
	Attr ast.Node
	// Value is what declares it: a call of mkOption, mkEnableOption or another function.
	Value ast.Node
	// Func is the name of the called function; empty where there is no call.
	Func string
	// Guarded is set where a condition decides whether the option is declared.
	Guarded bool
}

// Name returns the path joined by dots.
func (o Option) Name() string { return strings.Join(o.Path, ".") }

// Below reports whether the option lies in the set of options that a path names.
func (o Option) Below(set []string) bool { return len(o.Path) > len(set) && startsWith(o.Path, set) }

// Options returns the options that the module declares in the file, in source order. Options inside
// submodules are not among them.
func (m *Module) Options() []Option {
	if m.declared {
		return m.options
	}
	m.declared = true
	w := optionWalk{m: m}
	for _, p := range m.Parts() {
		if p.Name(0) == "options" && p.Value.IsValid() {
			w.declare(p.Path[1:], nil, p.Value, p.Path[len(p.Path)-1], p.Guarded, 0)
		}
	}
	m.options = w.found
	return m.options
}

type optionWalk struct {
	m     *Module
	found []Option
}

// declare adds what value declares at prefix and the parts of more.
func (w *optionWalk) declare(more []ast.Node, prefix []string, value, attr ast.Node, guarded bool, depth int) {
	if depth > maxNesting || w.m.file.Partial() {
		return
	}
	path := prefix[:len(prefix):len(prefix)]
	for _, part := range more {
		path = append(path, w.m.file.PathName(part))
	}
	name, isOption := optionCall(value)
	if !isOption && name == "" || !isOption && opensSets[name] {
		inside := false
		w.m.file.Definitions(value, func(p Part) {
			inside = true
			if p.Value.IsValid() {
				w.declare(p.Path, path, p.Value, p.Path[len(p.Path)-1], guarded || p.Guarded, depth+1)
			}
		})
		if inside || value.Tail().Is(ast.AttrSet) {
			return
		}
	}
	if len(path) > 0 {
		w.found = append(w.found, Option{Path: path, Attr: attr, Value: value, Func: name, Guarded: guarded})
	}
}

// opensSets are the functions whose argument declares options as it stands.
var opensSets = words("optionalAttrs mkIf mkMerge recursiveUpdate mergeAttrs")

// optionCall returns the name of the function that declares an option: mkOption { … }, mkEnableOption "…" //
// { default = true; }. Any function called mk…Option, or mk…Opt as many projects name their helpers, counts.
func optionCall(value ast.Node) (name string, ok bool) {
	n := value.Tail()
	for i := 0; i < maxWraps && n.Is(ast.Binary) && n.Op() == ast.OpUpdate; i++ {
		n = n.FirstChild().Tail()
	}
	switch n.Form() {
	case ast.Apply:
		fn, _ := ast.Call(n)
		name = ast.LastName(fn)
	case ast.Ident, ast.Select:
		name = ast.LastName(n)
		if !strings.HasPrefix(name, "mk") {
			return "", false
		}
	default:
		return "", false
	}
	lower := strings.ToLower(name)
	return name, strings.HasPrefix(lower, "mk") && (strings.Contains(lower, "opt") || strings.Contains(lower, "enable"))
}

// PathName returns the name of a part of an attribute path. A computed part that a let binds to a string is
// that string, others are their source text.
func (f *File) PathName(part ast.Node) string {
	if name, ok := ast.AttrName(part); ok {
		return name
	}
	if inner := part.FirstChild().Unparen(); part.Is(ast.Interpolation) && inner.Is(ast.Ident) {
		if b := f.names.Resolve(inner); b != nil && b.Kind == sema.LetBinding && !b.More {
			if s, ok := ast.StringValue(b.Value.Unparen()); ok {
				return s
			}
		}
	}
	return computedName(part)
}

// computedName returns the source text of a part of an attribute path, without parentheses in what is interpolated.
func computedName(part ast.Node) string {
	if inner := part.FirstChild(); part.Is(ast.Interpolation) && inner.Is(ast.Paren) {
		return "${" + inner.Unparen().Text() + "}"
	}
	return part.Text()
}

// ConfigPath returns the option path that an expression reads from the module's config: config.a.b, and cfg.b
// where a let binds cfg to config.a. It is nil for anything else.
func (m *Module) ConfigPath(n ast.Node) []string {
	return m.configPath(n, 8)
}

func (m *Module) configPath(n ast.Node, depth int) []string {
	n = n.Unparen()
	if depth == 0 || !n.IsValid() {
		return nil
	}
	switch n.Kind() {
	case ast.Ident, ast.Name:
		b := m.file.names.Resolve(n)
		switch {
		case b == nil:
			return nil
		case b.Name == "config" && b.Kind == sema.FormalBinding && b.Decl.Parent().Parent() == m.Func:
			return []string{}
		case b.Kind != sema.LetBinding || b.More:
			return nil
		case b.Value.IsValid():
			return m.configPath(b.Value, depth-1)
		case b.Decl.Is(ast.Inherit):
			from := ast.InheritNode{Node: b.Decl}.From()
			if !from.IsValid() {
				return m.configPath(b.Node, depth-1)
			}
			if base := m.configPath(from, depth-1); base != nil {
				return append(base, b.Name)
			}
		}
	case ast.Select:
		s := ast.SelectExpr{Node: n}
		operand := s.Operand().Unparen()
		path := m.configPath(operand, depth-1)
		skip := 0
		if path == nil && m.isArgs(operand) && s.Attrpath().FirstChild().Text() == "config" {
			path, skip = []string{}, 1
		}
		if path == nil {
			return nil
		}
		for part := range s.Attrpath().Children() {
			if skip > 0 {
				skip--
				continue
			}
			path = append(path, m.file.PathName(part))
		}
		return path
	}
	return nil
}

// isArgs reports whether a name is the whole argument of the module's function.
func (m *Module) isArgs(n ast.Node) bool {
	b := m.file.names.Resolve(n)
	if b == nil {
		return false
	}
	return b.Kind == sema.AtBinding && b.Decl.Parent().Parent() == m.Func || b.Kind == sema.ParamBinding && b.Decl == m.Func
}

// Extends reports whether a declaration adds options to the submodules of a set that another module declares, as those for each account:
// it has no default, nor a description of the set.
func (o Option) Extends() bool {
	fn, args := ast.Node{}, []ast.Node(nil)
	if value := o.Value.Tail(); value.Is(ast.Apply) {
		fn, args = ast.Call(value)
	}
	if len(args) != 1 || ast.LastName(fn) != "mkOption" {
		return false
	}
	set := args[0].Tail()
	if !set.Is(ast.AttrSet) || set.NumChildren() != 1 {
		return false
	}
	b, ok := ast.Attr(set, "type")
	if !ok {
		return false
	}
	of := false
	for n := range b.Value().Descendants() {
		if !n.Is(ast.Apply) {
			continue
		}
		switch fn, _ := ast.Call(n); ast.LastName(fn) {
		case "attrsOf", "lazyAttrsOf", "listOf":
			of = true
		case "submodule", "submoduleWith":
			return of
		default:
			return false
		}
	}
	return false
}
