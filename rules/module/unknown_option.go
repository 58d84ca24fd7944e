package module

import (
	"fmt"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unknown-option", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "An option is defined or read that no module declares",
	Doc: "Defining an option that no module declares fails with \"The option `my.web.prot' does not exist\", and reading it with\n" +
		"\"attribute 'prot' missing\": the name is misspelt, or the option was never declared.\n" +
		"\n" +
		"The rule speaks of options of the project's own: those whose first name no widely used module system has, and that\n" +
		"modules of the project declare. Of `services`, `programs` and the like it knows the sets whose `enable` the project\n" +
		"declares, and reports there what looks misspelt. Submodules are known as far as they are written out.\n" +
		"\n" +
		"Options that other projects declare are known from their lists: `lists = [ \"options.json\" ]` under\n" +
		"`[rules.unknown-option]` names them. Since a list has no internal and no renamed options, only what looks misspelt is\n" +
		"reported, as a warning.\n" +
		"\n" +
		"It is silent where more may be declared than it sees: names that are computed, a `freeformType`, options that a\n" +
		"function makes, and namespaces of which the project uses more than it declares. What may be missing on purpose,\n" +
		"`config.my.web or { }` and `config ? my.web`, is not reported.",
	Severity: diag.Error, Presets: rules.Recommended,
	Options: []*rules.Option{optionLists.Option},
	Asks:    project.ForModules,
	File: func(p *rules.Pass) {
		lists := listsOf(p)
		f := p.Modules()
		told := map[source.Span]bool{}
		f.EachDefined(func(d module.Defined) {
			if len(d.Path) > 1 && !maybeAbsent(d.Of, d.Node) {
				unknownOption(p, lists, d.Of, d.Path, d.Parts, "defined", told)
			}
		})
		f.EachRead(func(r module.Read) {
			if !r.Own || r.Guarded || len(r.Path) < 2 || len(r.Parts) == 0 {
				return
			}
			parts := make([]ast.Node, len(r.Path))
			for i := range parts {
				parts[i] = r.Node
				if own := i - len(r.Path) + len(r.Parts); own >= 0 {
					parts[i] = r.Parts[own]
				}
			}
			unknownOption(p, lists, nil, r.Path, parts, "read", told)
		})
	},
})

// unknownOption asks for an option, and reports it where nothing declares it, once for each place.
func unknownOption(p *rules.Pass, lists []string, m *module.Module, path []string, parts []ast.Node, verb string, told map[source.Span]bool) {
	path = cloned(path)
	spans := make([]source.Span, len(path))
	for i := range spans {
		spans[i] = parts[i].Span()
	}
	file := p.Path
	ask(p, m, func(a *rules.Asked) {
		answer, listed := optionOf(a, lists, path)
		if answer.Verdict != project.OptionMissing || told[spans[answer.At]] || listed && answer.Near == "" {
			return
		}
		told[spans[answer.At]] = true
		missing := dotted(path[:answer.At+1])
		found := diag.Finding{
			Span:    spans[answer.At],
			Message: fmt.Sprintf("the option %s is %s, but nothing declares it", diag.Code(missing), verb),
		}
		beside := "options beside it are declared here"
		if answer.Near != "" {
			found.Help = fmt.Sprintf("did you mean %s?", diag.Code(dotted(append(cloned(path[:answer.At]), answer.Near))))
			beside = diag.Code(answer.Near) + " is declared here"
		}
		if listed {
			found.Message = fmt.Sprintf("the option %s is %s, but is none of those that are listed", diag.Code(missing), verb)
		}
		if answer.Near == "" || !answer.Own {
			found.Severity = diag.Warning
		}
		found.Related = declaredAt(file, answer.Declared, beside)
		a.Report(found)
	})
}
