package module

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "mkforce-fight", Family: family, Since: "0.1.0",
	Summary: "An option is forced twice, with different values",
	Doc: "`lib.mkForce` beats plain definitions, and no other `lib.mkForce`. Two of them with different values of an option that has one\n" +
		"value fail with \"The option `networking.hostName' has conflicting definition values\". Two forced lists are joined,\n" +
		"though each is meant to be all that counts; that is an information.\n" +
		"\n" +
		"Force an option in one place, and let the other be a plain definition or a `lib.mkDefault`. `lib.mkOverride` with a number below\n" +
		"50 is stronger than `lib.mkForce`.\n" +
		"\n" +
		"The rule looks at values that are written out, within one module and in modules that one file of the project imports\n" +
		"together; of these only at values that depend on no condition, and at the same options as `conflicting-definitions`, which is\n" +
		"about plain definitions.",
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: project.ForModules,
	On:   []ast.Kind{ast.Apply},
	File: func(p *rules.Pass) {
		if !forcedInModule(p) {
			return
		}
		clashing(project.ForcedTwice, func(a *rules.Asked, c project.Clash) diag.Finding {
			return diag.Finding{
				Message: fmt.Sprintf("the option %s is forced to be %s here and %s in %s, which is imported together with this file",
					diag.Code(dotted(c.Path)), diag.Code(c.Value.Describe()), diag.Code(c.OtherValue.Describe()), a.Rel(c.Other)),
				Help:    "force it in one place",
				Related: []diag.Related{{File: c.Other, Span: c.OtherSpan, Message: "the other definition"}},
			}
		})(p)
		clashing(project.JoinedTwice, func(a *rules.Asked, c project.Clash) diag.Finding {
			return diag.Finding{
				Severity: diag.Info,
				Message: fmt.Sprintf("the option %s is forced to be a list here and in %s, which is imported together with this file: the two are joined",
					diag.Code(dotted(c.Path)), a.Rel(c.Other)),
				Help:    "force it in one place; use `lib.mkOverride` with another number where one is to win",
				Related: []diag.Related{{File: c.Other, Span: c.OtherSpan, Message: "the other definition"}},
			}
		})(p)
	},
})

// forcedInModule reports what one module forces twice; some is set where the file forces anything.
func forcedInModule(p *rules.Pass) (some bool) {
	file := p.Modules()
	type forced struct {
		module.Defined
		value module.Value
	}
	type option struct {
		of       *module.Module
		path     string
		priority int64
	}
	first := map[option]forced{}
	for _, d := range file.DefinedOptions() {
		if d.User || d.Cut || !d.Value.IsValid() || d.Priority <= 0 || d.Priority >= module.PlainPriority || !d.OfValue() {
			continue
		}
		some = true
		o, one := option{d.Of, strings.Join(d.Path, "\x00"), d.Priority}, forced{d, file.Written(d.Value)}
		before, again := first[o]
		if !again {
			first[o] = one
			continue
		}
		if !one.value.Exact || !before.value.Exact || (&module.Type{}).Agree(one.value, before.value) ||
			!alwaysBeside(d.Of, &d, &before.Defined) || !alwaysBeside(d.Of, &before.Defined, &d) {
			continue
		}
		path := cloned(d.Path)
		found := diag.Finding{
			Span: d.Value.Span(), Severity: diag.Warning,
			Message: fmt.Sprintf("the same module forces %s to be %s and %s: that fails, unless the type of the option joins them",
				diag.Code(dotted(path)), diag.Code(before.value.Describe()), diag.Code(one.value.Describe())),
			Help:    "force it once",
			Related: []diag.Related{{Span: before.Value.Span(), Message: "the other definition"}},
		}
		lists, here, there := listsOf(p), one.value, before.value
		ask(p, d.Of, func(a *rules.Asked) {
			if o := optionOf(a, lists, path); o.Verdict == project.OptionExists && o.At <= len(path) {
				if slices.ContainsFunc(o.Declared, joinsTexts) || slices.ContainsFunc(o.Declared, func(d project.DeclaredOption) bool { return d.Type.Agree(here, there) }) {
					return
				}
				if o.At == len(path) && !slices.ContainsFunc(o.Declared, func(d project.DeclaredOption) bool { return !d.Type.HasOneValue() }) {
					found.Severity = diag.Error
				}
			}
			a.Report(found)
		})
	}
	return some
}

// joinsTexts reports whether an option is, or holds, something that several definitions are joined or chosen from.
func joinsTexts(d project.DeclaredOption) bool {
	switch d.Type.Name {
	case "lines", "commas", "envVar", "separatedString", "boolByOr", "attrs", "raw", "unspecified":
		return true
	}
	return d.Type.Name == "" || len(d.Type.Of) > 0 && !d.Type.Of[0].HasOneValue()
}
