package module

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

// clashing reports what of a kind fails wherever the file is imported together with another, as present says.
func clashing(kind project.ClashKind, present func(a *rules.Asked, c project.Clash) diag.Finding) func(p *rules.Pass) {
	return func(p *rules.Pass) {
		if p.Module() == nil && !p.Tree.Expr().Tail().Is(ast.AttrSet) {
			return
		}
		path := p.Path
		p.AskAll(func(a *rules.Asked) {
			for _, c := range a.Clashes(path) {
				if c.Kind != kind {
					continue
				}
				f := present(a, c)
				f.Span = c.Span
				if c.Unsure && f.Severity != diag.Info {
					f.Severity = diag.Warning
				}
				if c.Root != path && c.Root != c.Other {
					f.Related = append(f.Related, diag.Related{File: c.Root, Span: c.RootSpan, Message: "both are imported by way of this"})
				}
				a.Report(f)
			}
		})
	}
}

var _ = rules.Register(&rules.Rule{
	ID: "duplicate-option", Family: family, Since: "0.1.0",
	Summary: "Two modules that are imported together declare the same option",
	Doc: "An option may be declared twice only where the two declarations go together: both of one type, and at most one of them with\n" +
		"a `default`, an `example`, a `description` and an `apply`. Else evaluation fails with \"The option `my.port' in `b.nix' is\n" +
		"already declared in `a.nix'\".\n" +
		"\n" +
		"The rule looks at modules that one file of the project imports together, through others or not, and at the lists of modules\n" +
		"that functions such as `nixosSystem` are given.",
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: project.ForModules,
	File: clashing(project.DeclaredTwice, func(a *rules.Asked, c project.Clash) diag.Finding {
		return diag.Finding{
			Message: fmt.Sprintf("the option %s is declared in %s, too, which is imported together with this file", diag.Code(dotted(c.Path)), a.Rel(c.Other)),
			Help:    "declare it in one place, and import that where it is needed",
			Related: []diag.Related{{File: c.Other, Span: c.OtherSpan, Message: "the other declaration"}},
		}
	}),
})

var _ = rules.Register(&rules.Rule{
	ID: "conflicting-definitions", Family: family, Since: "0.1.0",
	Summary: "An option is defined with different values, in two modules that are imported together or twice in one",
	Doc: "An option that has one value, such as a Boolean, a number or a name, must get the same one from all definitions of the same\n" +
		"priority. Else evaluation fails with \"The option `networking.hostName' has conflicting definition values\".\n" +
		"\n" +
		"Write `lib.mkDefault` around the value that others may replace, or `lib.mkForce` around the one that counts in any case.\n" +
		"\n" +
		"The rule looks at values that are written out and depend on no condition, of options whose type the project declares, of\n" +
		"`enable` below `services`, `programs` and the like, and of some well-known ones such as `time.timeZone`, in modules that one\n" +
		"file of the project imports together, plain ones and, of the project's own options that nothing else defines, those by `mkDefault`, and in the parts of one module that `mkMerge` puts together. In one module it knows, too, that the\n" +
		"`script` of a service defines its `serviceConfig.ExecStart`, so that another one conflicts with it. An option with `readOnly` takes one\n" +
		"definition, as which its default counts, whatever the priorities and conditions of others are.",
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: project.ForModules,
	File: func(p *rules.Pass) {
		commandBesideScript(p)
		mergedTwice(p)
		definedTwice(p)
		weaklyTwice(p)
		fixedDefined(p)
	},
})

var (
	definedTwice = clashing(project.DefinedTwice, conflict("write `lib.mkDefault` around the value that may be replaced, or `lib.mkForce` around the one that counts"))
	weaklyTwice  = clashing(project.WeakTwice, conflict("define it in one of them, or plainly in a third: two `lib.mkDefault` are of the same strength"))
)

// conflict presents two definitions in different files.
func conflict(help string) func(a *rules.Asked, c project.Clash) diag.Finding {
	return func(a *rules.Asked, c project.Clash) diag.Finding {
		message := fmt.Sprintf("the option %s is %s here and %s in %s, which is imported together with this file",
			diag.Code(dotted(c.Path)), diag.Code(c.Value.Describe()), diag.Code(c.OtherValue.Describe()), a.Rel(c.Other))
		if c.Value.Describe() == c.OtherValue.Describe() {
			message = fmt.Sprintf("the option %s takes one definition, and is defined in %s, too, which is imported together with this file", diag.Code(dotted(c.Path)), a.Rel(c.Other))
		}
		return diag.Finding{
			Message: message, Help: help,
			Related: []diag.Related{{File: c.Other, Span: c.OtherSpan, Message: "the other definition"}},
		}
	}
}

// fixedDefined reports definitions of options that are read-only and have a default (lib/modules.nix, evalOptionValue).
func fixedDefined(p *rules.Pass) {
	file := p.Path
	eachUse(p, func(d *module.Defined) bool { return !d.User && !d.Cut && !maybeAbsent(d.Of, d.Node) }, func(*module.Read) bool { return false }, func(a *rules.Asked, u *module.Use) {
		answer := a.Option(u.Path)
		if answer.Verdict != project.OptionExists || answer.Fixed == 0 {
			return
		}
		found := diag.Finding{
			Span: u.Node, Message: fmt.Sprintf("the option %s is read-only and has a default: no module may define it", diag.Code(dotted(u.Path[:answer.Fixed]))),
			Help:    "take its default away, or `readOnly`",
			Related: declaredAt(file, answer.Declared[:1], "it is declared here"),
		}
		if a.AnyOption() {
			found.Severity = diag.Warning
		}
		a.Report(found)
	})
}

// mergedTwice reports options that the parts of a module which mkMerge puts together define with values that do not go together.
func mergedTwice(p *rules.Pass) {
	if p.Project.Spares() || !strings.Contains(p.Tree.Source(), "mkMerge") {
		return
	}
	type key struct {
		of       *module.Module
		priority int64
		path     string
	}
	f := p.Modules()
	first := map[key]*module.Defined{}
	defined := f.DefinedOptions()
	for i := range defined {
		d := &defined[i]
		if d.Conditional || d.User || d.Cut || !d.Value.IsValid() || d.Priority <= 0 || d.Priority > module.PlainPriority || !d.OfValue() || maybeAbsent(d.Of, d.Node) {
			continue
		}
		k := key{d.Of, d.Priority, strings.Join(d.Path, "\x00")}
		before := first[k]
		if before == nil {
			first[k] = d
			continue
		}
		v, w := exactly(f, before), exactly(f, d)
		if !v.Exact || !w.Exact {
			continue
		}
		mergedValues(p, d.Of, cloned(d.Path), d.Priority, mergedPart{v, spanBeside(before, d)}, mergedPart{w, spanBeside(d, before)})
	}
}

// mergedPart is one of two definitions of an option in a module.
type mergedPart struct {
	value module.Value
	at    source.Span
}

// exactly returns the value of a definition without the text of the file.
func exactly(f *module.File, d *module.Defined) module.Value {
	v := f.Written(d.Value)
	v.Literal = strings.Clone(v.Literal)
	return v
}

// spanBeside returns where a definition stands: its name, or its value where another one has the same name.
func spanBeside(d, other *module.Defined) source.Span {
	if d.Node == other.Node {
		return d.Value.Span()
	}
	return d.Node.Span()
}

// mergedValues reports the second of two definitions of an option, if they fail together.
func mergedValues(p *rules.Pass, of *module.Module, path []string, priority int64, first, second mergedPart) {
	if first.at == second.at {
		return
	}
	ask(p, of, func(a *rules.Asked) {
		if !a.Disagree(path, priority, first.value, second.value) {
			return
		}
		found := diag.Finding{
			Span: second.at,
			Message: fmt.Sprintf("the option %s is %s here and %s above, in the same module",
				diag.Code(dotted(path)), diag.Code(second.value.Describe()), diag.Code(first.value.Describe())),
			Help:    "define it once, or write `lib.mkDefault` around the value that may be replaced",
			Related: []diag.Related{{Span: first.at, Message: "the other definition"}},
		}
		if first.value.Describe() == second.value.Describe() {
			found.Message = fmt.Sprintf("the option %s takes one definition, and this is the second in the module", diag.Code(dotted(path)))
			found.Help = "define it once"
		}
		a.Report(found)
	})
}
