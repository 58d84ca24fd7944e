package correctness

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/role"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// reading is what an undefined name most likely is. Each has its rule, so that one place is reported once.
type reading uint8

const (
	plainName       reading = iota // undefined-variable
	wordOr                         // or-not-operator
	exponent                       // float-missing-exponent
	subtraction                    // identifier-minus
	unprefixedName                 // builtin-needs-prefix
	brokenSurrounds                // no rule: what binds the name may be what could not be read
)

// read decides which rule speaks about an undefined name.
func read(names *sema.Info, u sema.Use) reading {
	name, _ := ast.AttrName(u.Node)
	switch {
	case brokenScope(names, u):
		return brokenSurrounds
	case name == "or" && u.Node.Is(ast.Ident):
		return wordOr
	case isExponent(u.Node):
		return exponent
	case strings.Contains(name, "-") && u.Node.Is(ast.Ident) && terms(names, u, name) != nil:
		return subtraction
	}
	if b := sema.LookupBuiltin(name); b != nil && !b.Global && b.Only == "" && !nixlang.Hidden(names, u.Scope, "builtins") {
		return unprefixedName
	}
	return plainName
}

// presented is what is said of an undefined name: something else, if that is set, where the file is a package.
type presented struct {
	diag.Finding
	name      string
	ofPackage *diag.Finding
}

// undefinedAs makes the check of the rule that speaks about one reading of undefined names, as present says. What the
// project gives the file, or may give it, is left out.
func undefinedAs(want reading, present func(p *rules.Pass, u sema.Use, before int) presented) func(p *rules.Pass) {
	return func(p *rules.Pass) {
		names := p.Names()
		uses, all := undefinedUses(p)
		uses = slices.DeleteFunc(uses, func(u sema.Use) bool { return read(names, u) != want })
		if len(uses) == 0 {
			return
		}
		found := make([]presented, len(uses)) // a large file may have a million, too many to be copied as they become more
		for i, u := range uses {
			found[i] = present(p, u, i)
			found[i].name, _ = ast.AttrName(u.Node)
		}
		path, shape := p.Path, p.Shape()
		p.Ask(func(a *rules.Asked) {
			given := a.Given(path, all)
			isPackage := a.Role(path, shape).Kind == role.Package
			for _, f := range found {
				if _, ok := given[f.name]; ok {
					continue
				}
				if f.ofPackage != nil && isPackage {
					f.Finding = *f.ofPackage
				}
				a.Report(f.Finding)
			}
		})
	}
}

// undefinedUses returns the uses that nothing in the file binds, and their names, each once.
func undefinedUses(p *rules.Pass) (uses []sema.Use, all []string) {
	if lostLet(p.Tree) {
		return nil, nil
	}
	var lost map[string]bool
	if p.Tree.Root().HasError() {
		lost = brokenNames(p.Names())
	}
	seen := map[string]bool{}
	for u := range p.Names().Undefined() {
		name, _ := ast.AttrName(u.Node)
		if lost[name] {
			continue
		}
		uses = append(uses, u)
		if !seen[name] {
			seen[name] = true
			all = append(all, strings.Clone(name))
		}
	}
	slices.Sort(all)
	return uses, all
}

// lostLet reports whether a set has an in without a let: the header of the file is broken, and what it binds
// is not known.
func lostLet(t *ast.Tree) bool {
	for _, e := range t.Errors() {
		if tok := t.TokenAt(e.Span.Start); tok.Kind() == ast.TokIn && e.Kind == ast.ErrSyntax && strings.HasPrefix(e.Message, "expected a binding") {
			return true
		}
	}
	return false
}

// brokenNames returns the names of the scopes with syntax errors: what uses such a name elsewhere may belong
// to the scope, if the error ended it too early.
func brokenNames(names *sema.Info) map[string]bool {
	m := map[string]bool{}
	for i, b := range names.Bindings() {
		if i > 0 && names.Scope(b.Scope).Node.HasError() {
			m[b.Name] = true
		}
	}
	return m
}

// isExponent reports whether a node is the e of 1.0e, right behind a number with a point.
func isExponent(n ast.Node) bool {
	if !n.Is(ast.Ident) || n.Text() != "e" && n.Text() != "E" {
		return false
	}
	before := n.FirstToken().Prev()
	return before.IsValid() && before.Kind() == ast.TokFloat
}

// maxBindings is the number of bindings in scope after which terms gives up.
const maxBindings = 4096

// terms cuts a name at its minus signs into names in scope and numbers, the first a name; nil where that
// cannot be done.
func terms(names *sema.Info, u sema.Use, name string) []string {
	pieces := strings.Split(name, "-")
	if len(pieces) > 8 {
		return nil
	}
	bound := map[string]bool{}
	for i := range pieces {
		for j := i + 1; j <= len(pieces); j++ {
			bound[strings.Join(pieces[i:j], "-")] = false
		}
	}
	bindings := 0
	for b := range names.InScope(u.Scope) {
		if _, ok := bound[b.Name]; ok {
			bound[b.Name] = true
		}
		if bindings++; bindings == maxBindings {
			return nil
		}
	}
	return cut(pieces, bound, true)
}

// cut joins pieces to the longest names that are bound.
func cut(pieces []string, bound map[string]bool, first bool) []string {
	if len(pieces) == 0 {
		return []string{}
	}
	for n := len(pieces); n > 0; n-- {
		term := strings.Join(pieces[:n], "-")
		if !bound[term] && (first || n > 1 || !isNumber(term)) {
			continue
		}
		if rest := cut(pieces[n:], bound, false); rest != nil {
			return append([]string{term}, rest...)
		}
	}
	return nil
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
