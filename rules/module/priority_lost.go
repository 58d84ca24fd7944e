package module

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "priority-lost", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "A definition never counts, since the same module defines the option with a stronger priority",
	Doc: "Of the definitions of an option only those of the strongest priority count: the others are dropped, lists and sets too,\n" +
		"nothing is joined with them. A `lib.mkDefault` beside a plain definition in one module, or a plain definition beside a\n" +
		"`lib.mkForce`, is text without effect.\n" +
		"\n" +
		"The priority of a set counts for the option that the set is the value of: with `env = lib.mkDefault { A = \"1\"; }`\n" +
		"beside `env.B = \"2\"`, there is no `A`. The rule tells that of options that the project declares.\n" +
		"\n" +
		"It is told where the stronger definition counts whenever the weaker one would: it depends on no condition, or both stand under\n" +
		"the same one. Definitions in several modules are not compared: there a weaker priority is what lets others decide.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Asks: project.ForModules,
	On:   []ast.Kind{ast.Apply},
	File: func(p *rules.Pass) {
		f := p.Modules()
		l := lostSearch{p: p, first: map[string][]module.Defined{}, told: map[ast.Node]bool{}}
		var all []module.Defined
		mixed := false
		for _, d := range f.DefinedOptions() {
			if !d.User && !d.Cut && len(d.Path) > 0 {
				all = append(all, d)
				mixed = mixed || d.Override.IsValid()
			}
		}
		if !mixed {
			return
		}
		for _, d := range all {
			key := l.key(d)
			l.first[key] = append(l.first[key], d)
		}
		for _, weak := range all {
			l.weak(weak)
		}
	},
})

// lostSearch compares the definitions of the modules of a file.
type lostSearch struct {
	p     *rules.Pass
	first map[string][]module.Defined // by the module and the first name of the path
	told  map[ast.Node]bool           // the calls that give a priority, and the values
}

func (l *lostSearch) key(d module.Defined) string {
	return fmt.Sprint(d.Of.Body.ID()) + " " + d.Path[0]
}

// maxBeside bounds the definitions that one is compared with.
const maxBeside = 500

// weak reports a definition that a stronger one always beats.
func (l *lostSearch) weak(d module.Defined) {
	beside := l.first[l.key(d)]
	if len(beside) > maxBeside {
		return
	}
	for _, strong := range beside {
		if strong.Priority <= 0 || d.Priority <= strong.Priority {
			continue
		}
		if names := sharedOption(d, strong); names > 0 && alwaysBeside(d.Of, strong, d) && l.surelyPlain(strong.Value) {
			l.report(d, strong, names)
			return
		}
	}
}

// sharedOption returns the number of names of the option that two definitions are of, or are parts of what is defined with a priority; 0 if
// there is none.
func sharedOption(d, strong module.Defined) int {
	if slices.Equal(strong.Path, d.Path) {
		return len(d.Path)
	}
	for _, level := range []int{d.Level, strong.Level} {
		if level > 0 && level <= min(len(d.Path), len(strong.Path)) && slices.Equal(d.Path[:level], strong.Path[:level]) {
			return level
		}
	}
	return 0
}

// surelyPlain reports whether a value surely is no mkIf, mkDefault or the like that a function or a name stands for.
func (l *lostSearch) surelyPlain(value ast.Node) bool {
	n := value.Tail()
	switch {
	case l.p.Modules().Written(n).Kinds != 0, n.Is(ast.Select):
		return true
	case n.Is(ast.Ident):
		return l.p.Names().Resolve(n) == nil // of a with, such as pkgs
	}
	kinds := l.p.Value(n).Kinds() &^ eval.Failures
	return kinds != 0 && kinds&eval.Set == 0
}

// report tells of a definition that is lost to another, of the option that the first names of both paths are.
func (l *lostSearch) report(weak, strong module.Defined, names int) {
	place := weak.Node
	switch {
	case weak.Override.IsValid():
		place = weak.Override
	case weak.Value.IsValid():
		place = weak.Value
	}
	if l.told[place] {
		return
	}
	l.told[place] = true
	what, holds, how := "this definition", "this definition", "plainly"
	if weak.Override.IsValid() {
		what = "this " + diag.Code(overrideName(weak))
		holds = "what " + diag.Code(overrideName(weak)) + " holds"
	}
	if strong.Override.IsValid() {
		how = "by " + diag.Code(overrideName(strong))
	}
	path, other := cloned(weak.Path), diag.Code(dotted(cloned(strong.Path)))
	found := diag.Finding{
		Span:    place.Span(),
		Message: fmt.Sprintf("%s never counts: the same module defines %s %s, which is stronger", what, other, how),
		Help:    "leave one of the two out",
		Related: []diag.Related{{Span: strong.Value.Span(), Message: "this counts"}},
	}
	whole := names == len(path) && len(strong.Path) == names
	if !whole {
		found.Message = fmt.Sprintf("%s never counts: %s is defined %s, and the priority decides about all of %s", holds, other, how, diag.Code(dotted(path[:names])))
		found.Help = "give each attribute its own priority"
	}
	lists, file := listsOf(l.p), l.p.Path
	ask(l.p, weak.Of, func(a *rules.Asked) {
		option, _ := optionOf(a, lists, path[:names])
		known := option.Verdict == project.OptionExists
		switch {
		case !whole && (!known || option.At != names):
			return // a set of options, each with definitions of its own
		case known && option.At < names && slices.ContainsFunc(option.Declared, keepsProperties):
			return
		}
		if a.Sample(file) {
			found.Severity = diag.Hint // tests try out what wins
		}
		a.Report(found)
	})
}

// keepsProperties reports whether an option is of a type whose values are not looked into, so that a priority in them is data
// (lib/types.nix).
func keepsProperties(d project.DeclaredOption) bool {
	switch d.Type.Name {
	case "attrs", "raw", "unspecified", "optionType", "pkgs":
		return true
	}
	return false
}

// overrideName returns the name of the function that gives a definition its priority.
func overrideName(d module.Defined) string {
	fn, _ := ast.Call(d.Override)
	return strings.Clone(ast.LastName(fn))
}

// alwaysBeside reports whether a definition counts wherever another one of the same module does: up to what holds both, nothing
// but sets, mkMerge, mkForce and the like stands around it.
func alwaysBeside(m *module.Module, d, other module.Defined) bool {
	if !d.Value.IsValid() || !m.Body.Encloses(d.Value) {
		return false
	}
	for at := d.Value; at != m.Body; {
		up := at.Parent()
		shared := up.Encloses(other.Node) && (!other.Value.IsValid() || up.Encloses(other.Value))
		switch up.Kind() {
		case ast.AttrSet, ast.List, ast.Paren:
		case ast.Binding:
			if up.Parent().Is(ast.Bindings) {
				return false // of a let: what is made of it is not looked for
			}
		case ast.Let, ast.With, ast.Assert:
			if up.FirstChild() == at {
				return false
			}
		case ast.Apply:
			fn, args := ast.Call(up)
			if name := ast.LastName(fn); args[len(args)-1] != at || name == "mkIf" && !shared || propertyArity[name] == 0 {
				return false
			}
		default:
			return false
		}
		if shared {
			return true
		}
		at = up
	}
	return true
}
