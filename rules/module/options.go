package module

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

// dotted returns an option's path as code.
func dotted(path []string) string {
	quoted := make([]string, len(path))
	for i, name := range path {
		if quoted[i] = name; !strings.HasPrefix(name, "${") {
			quoted[i] = ast.QuoteAttr(name)
		}
	}
	return strings.Join(quoted, ".")
}

// maybeAbsent reports whether a definition is one only where a condition holds that is evaluated first: an if, optionalAttrs, or
// the call of a function.
func maybeAbsent(m *module.Module, n ast.Node) bool {
	for at := n; at.IsValid() && at != m.Body; at = at.Parent() {
		switch up := at.Parent(); up.Kind() {
		case ast.If:
			if up.FirstChild() != at {
				return true
			}
		case ast.Lambda:
			return true
		case ast.Apply:
			fn, _ := ast.Call(up)
			if name := ast.LastName(fn); up.FirstChild() != at && name != "mkIf" && name != "mkMerge" && propertyArity[name] == 0 {
				return true
			}
		}
	}
	return false
}

// declaredAt points at where an option is declared.
func declaredAt(path string, declared []project.DeclaredOption, message string) []diag.Related {
	var related []diag.Related
	for _, d := range declared {
		r := diag.Related{Span: d.Span, Message: message}
		if d.File != path {
			r.File = d.File
		}
		related = append(related, r)
	}
	return related
}

// isSurelyModule reports whether a module that defines options is one, as far as its file tells.
func isSurelyModule(m *module.Module) bool {
	return m.Inline || m.Certainty > module.Possible && !m.Curried
}

// ask gives the rest of a rule about something in a module, if any, to what knows the other files, unless the file is a module only by its looks:
// then it has to be listed as one.
func ask(p *rules.Pass, m *module.Module, then func(a *rules.Asked)) {
	if m == nil || isSurelyModule(m) {
		p.Ask(then)
		return
	}
	path, shape := p.Path, p.Shape()
	p.Ask(func(a *rules.Asked) {
		if r := a.Role(path, shape); r.Listed() {
			then(a)
		}
	})
}

// cloned returns a path apart from the text that it stands in.
func cloned(path []string) []string {
	out := slices.Clone(path)
	for i := range out {
		out[i] = strings.Clone(out[i])
	}
	return out
}
