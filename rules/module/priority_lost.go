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
	ID: "priority-lost", Family: family, Since: "0.1.0",
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
		all := f.DefinedOptions()
		l := lostSearch{p: p, first: map[besideKey][]*module.Defined{}, told: map[ast.Node]bool{}}
		for i := range all {
			if d := &all[i]; compared(d) && len(d.Overrides) > 0 {
				l.first[keyOf(d)] = nil
			}
		}
		if len(l.first) == 0 {
			return
		}
		for i := range all {
			d := &all[i]
			if beside, mixed := l.first[keyOf(d)]; mixed && compared(d) {
				l.first[keyOf(d)] = append(beside, d)
			}
		}
		for i := range all {
			if compared(&all[i]) {
				l.weak(&all[i])
			}
		}
	},
})

// lostSearch compares the definitions of the modules of a file.
type lostSearch struct {
	p     *rules.Pass
	first map[besideKey][]*module.Defined // of which one has a priority of its own
	told  map[ast.Node]bool               // the calls that give a priority, and the values
}

// besideKey is the module of definitions, and the first name of their paths.
type besideKey struct {
	of   ast.NodeID
	name string
}

// keyOf returns the key of a definition. One without a path, which is compared with none, has that of no other.
func keyOf(d *module.Defined) besideKey {
	if len(d.Path) == 0 {
		return besideKey{}
	}
	return besideKey{d.Of.Body.ID(), d.Path[0]}
}

// compared reports whether a definition is one that others are compared with.
func compared(d *module.Defined) bool { return !d.User && !d.Cut && len(d.Path) > 0 }

// maxBeside bounds the definitions that one is compared with.
const maxBeside = 500

// weak reports a definition that a stronger one always beats.
func (l *lostSearch) weak(d *module.Defined) {
	beside := l.first[keyOf(d)]
	if len(beside) > maxBeside {
		return
	}
	for _, strong := range beside {
		if names := lostOption(d, strong); names > 0 && alwaysBeside(d.Of, strong, d) && l.surelyPlain(strong.Value) {
			l.report(d, strong, names)
			return
		}
	}
}

// lostOption returns the number of names of the option of which one definition is lost to another, both being of it or of parts of its
// value; 0 if there is none.
func lostOption(d, strong *module.Defined) int {
	if slices.Equal(strong.Path, d.Path) {
		if beaten(d, strong, len(d.Path)) {
			return len(d.Path)
		}
		return 0
	}
	for _, of := range [][]module.Override{d.Overrides, strong.Overrides} {
		for _, o := range of {
			if o.Level > 0 && o.Level <= min(len(d.Path), len(strong.Path)) && slices.Equal(d.Path[:o.Level], strong.Path[:o.Level]) && beaten(d, strong, o.Level) {
				return o.Level
			}
		}
	}
	return 0
}

// beaten reports whether one definition is weaker than another at a name of their paths, or already before it, whichever of the names
// are those of options and which are parts of an option's value: priorities count at each of these on their own.
func beaten(d, strong *module.Defined, names int) bool {
	from := make([]bool, names+1) // whether it is beaten behind each name, the two being equal up to there
	for i := names - 1; i >= 0; i-- {
		from[i] = true
		for j := i + 1; j <= names && from[i]; j++ {
			weaker, stronger := priorityBetween(d, i, j), priorityBetween(strong, i, j)
			from[i] = stronger > 0 && (weaker > stronger || weaker == stronger && from[j])
		}
	}
	return from[0]
}

// priorityBetween returns the priority that a definition has at a name, the names between being no options: what stands around a set
// of options is pushed down to each, where the outermost counts (lib/modules.nix, pushDownProperties).
func priorityBetween(d *module.Defined, after, upTo int) int64 {
	for _, o := range d.Overrides {
		if level := max(o.Level, 1); after < level && level <= upTo {
			return o.Priority
		}
	}
	return module.PlainPriority
}

// ownOverride returns the outermost call that gives a definition a priority, and does not stand around the other one.
func ownOverride(d, other *module.Defined) ast.Node {
	for i, o := range d.Overrides {
		if i >= len(other.Overrides) || other.Overrides[i].Call != o.Call {
			return o.Call
		}
	}
	return ast.Node{}
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
func (l *lostSearch) report(weak, strong *module.Defined, names int) {
	place := weak.Node
	by, beatenBy := ownOverride(weak, strong), ownOverride(strong, weak)
	switch {
	case by.IsValid():
		place = by
	case weak.Value.IsValid():
		place = weak.Value
	}
	if l.told[place] {
		return
	}
	l.told[place] = true
	what, holds, how := "this definition", "this definition", "plainly"
	if by.IsValid() {
		what = "this " + diag.Code(overrideName(by))
		holds = "what " + diag.Code(overrideName(by)) + " holds"
	}
	if beatenBy.IsValid() {
		how = "by " + diag.Code(overrideName(beatenBy))
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
		option := optionOf(a, lists, path[:names])
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

// overrideName returns the name of the function that a call gives a priority with.
func overrideName(call ast.Node) string {
	fn, _ := ast.Call(call)
	return strings.Clone(ast.LastName(fn))
}

// alwaysBeside reports whether a definition counts wherever another one of the same module does: up to what holds both, nothing
// but sets, mkMerge, mkForce and the like stands around it.
func alwaysBeside(m *module.Module, d, other *module.Defined) bool {
	if !d.Value.IsValid() || !m.Body.Encloses(d.Value) {
		return false
	}
	for at := d.Value; at != m.Body; {
		up := at.Parent()
		shared := up.Encloses(other.Node) && (!other.Value.IsValid() || up.Encloses(other.Value))
		switch up.Form() {
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
