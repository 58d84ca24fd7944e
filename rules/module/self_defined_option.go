package module

import (
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "self-defined-option", Family: family, Since: "0.1.0",
	Summary: "The definition of an option needs the value of that option",
	Doc: "`config.a` is what all definitions of `a` come to. A definition that needs it waits for itself: `a = config.a ++ [ x ]`\n" +
		"ends with \"infinite recursion encountered\", and so does `a = lib.mkIf (!config.a) true`, a default that is\n" +
		"`config.a`, and two options each of which is defined by the other.\n" +
		"\n" +
		"Lists and sets need no such thing: the module system joins the definitions of all modules, so `a = [ x ]` adds to what others\n" +
		"define. `lib.mkBefore`, `lib.mkAfter` and `lib.mkForce` say where it goes and what it replaces; `options.a.default` is\n" +
		"the default.\n" +
		"\n" +
		"A default, and what stands under `mkDefault`, is a warning: it is evaluated unless something else defines the option.",
	Severity: diag.Error, Presets: rules.Recommended,
	File: func(p *rules.Pass) {
		eachModule(p, func(m *module.Module) {
			if !m.Func.IsValid() || !p.AtLength() {
				return
			}
			for _, d := range m.SelfDefinitions() {
				reportLoaded(p, m, true, selfDefined(d))
			}
		})
	},
})

func selfDefined(d module.SelfDefinition) diag.Finding {
	name := diag.Code(strings.Join(d.Path, "."))
	f := diag.Finding{Span: d.Use.Span(), Related: []diag.Related{{Span: d.Node.Span(), Message: name + " is defined here"}}}
	switch {
	case len(d.Through) > 0:
		var others []string
		for _, t := range d.Through {
			others = append(others, diag.Code(strings.Join(t.Path, ".")))
			f.Related = append(f.Related, diag.Related{Span: t.Node.Span(), Message: others[len(others)-1] + " is defined here"})
		}
		f.Message = name + " needs its own value by way of " + strings.Join(others, " and ") + ": infinite recursion"
		f.Help = "define one of them without the others"
	case d.Condition:
		f.Message = "whether " + name + " is defined here depends on its own value: infinite recursion"
		f.Help = "let the condition depend on another option"
	case d.Default:
		f.Message = "the default of " + name + " is its own value: infinite recursion unless something defines it"
		f.Help = "give a default that does not depend on the option"
	default:
		f.Message = "the definition of " + name + " needs the value of that option: infinite recursion"
		f.Help = "define what is added alone: the module system joins all definitions of lists and sets"
	}
	if d.Unsure {
		f.Severity = diag.Warning
		if !d.Default || len(d.Through) > 0 {
			f.Message += " unless something else defines it"
		}
	}
	return f
}
