package module

import (
	"fmt"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unknown-option", Family: family, Since: "0.1.0",
	Summary: "An option is defined or read that no module declares",
	Doc: "Defining an option that no module declares fails with \"The option `my.web.prot' does not exist\", and reading it with\n" +
		"\"attribute 'prot' missing\": the name is misspelt, or the option was never declared.\n" +
		"\n" +
		"The rule speaks of options of the project's own: those whose first name no widely used module system has, and that\n" +
		"modules of the project declare. Of `services`, `programs` and the like it knows the sets whose `enable` the project\n" +
		"declares, and reports there what looks misspelt. Submodules are known as far as they are written out, those in lists, too.\n" +
		"\n" +
		"Options that inputs of the flake declare are known where their sources are at hand and may count (`[inputs]`, `--inputs`):\n" +
		"those of which an input alone has the first name, and, where all inputs are at hand, those of `services` and the like. Where that of\n" +
		"home-manager is, or of another module system that alone has a first name as `home`, slips of its options are warnings. A checkout\n" +
		"may be of another version than `flake.lock` has: what it lacks is a warning, as far as it looks misspelt.\n" +
		"\n" +
		"Options that other projects declare are known from their lists, too: `lists = [ \"options.json\" ]` under\n" +
		"`[rules.unknown-option]` names them. Since a list has no internal and no renamed options, only what looks misspelt is\n" +
		"reported, as a warning. A list that is there for none of the files that are checked, or that is none, is a mistake in the\n" +
		"configuration.\n" +
		"\n" +
		"It is silent where more may be declared than it sees: names that are computed, a `freeformType`, options that a\n" +
		"function makes, and namespaces of which the project uses more than it declares. What may be missing on purpose,\n" +
		"`config.my.web or { }` and `config ? my.web`, is not reported.",
	Severity: diag.Error, Presets: rules.Recommended,
	Options: []*rules.Option{optionLists.Option},
	Asks:    project.ForModules,
	File: func(p *rules.Pass) {
		lists, file := listsOf(p), p.Path
		told, mild := map[source.Span]bool{}, map[source.Span]bool{}
		wantsRead := func(r *module.Read) bool {
			if r.Guarded || isLost(p, r.Node) {
				return false
			}
			if perhaps(p, r.Node) {
				mild[r.Node.Span()] = true
			}
			return true
		}
		eachUse(p, func(d *module.Defined) bool { return !maybeAbsent(d.Of, d.Node) }, wantsRead, func(a *rules.Asked, u *module.Use) {
			unknownOption(a, file, lists, u, told, !u.Defined && mild[u.Node])
		})
		eachElement(p, nil, func(a *rules.Asked, e *element) {
			if !e.absent {
				unknownOption(a, file, nil, &e.use, told, false)
			}
		})
	},
})

// isLost reports whether an expression stands in a set that // joins with a property, so that nothing evaluates it.
func isLost(p *rules.Pass, n ast.Node) bool {
	for i := 0; i < maxAround && n.IsValid(); i++ {
		up := n.Parent()
		if up.Is(ast.Binary) && up.Op() == ast.OpUpdate {
			other := up.Child(0)
			if other == n {
				other = up.Child(1)
			}
			if p.Modules().IsProperty(other) {
				return true
			}
		}
		n = up
	}
	return false
}

// maxAround is how many expressions around one are looked at.
const maxAround = 64

// unknownOption reports an option that nothing declares, once for each place; more mildly where a condition decides whether it is read.
func unknownOption(a *rules.Asked, file string, lists []string, u *module.Use, told map[source.Span]bool, mild bool) {
	answer := optionOf(a, lists, u.Path)
	if answer.Verdict != project.OptionMissing || answer.listed && answer.Near == "" || slices.Contains(u.Path[answer.At:], module.Element) {
		return
	}
	at := u.Spans[answer.At]
	if at == (source.Span{}) {
		at = u.Node
	}
	if told[at] {
		return
	}
	told[at] = true
	verb := "read"
	if u.Defined {
		verb = "defined"
	}
	missing := dotted(u.Path[:answer.At+1])
	found := diag.Finding{Span: at, Message: fmt.Sprintf("the option %s is %s, but nothing declares it", diag.Code(missing), verb)}
	beside := "options beside it are declared here"
	if answer.Near != "" {
		found.Help = fmt.Sprintf("did you mean %s?", diag.Code(dotted(append(slices.Clone(u.Path[:answer.At]), answer.Near))))
		beside = diag.Code(answer.Near) + " is declared here"
	}
	switch {
	case answer.listed:
		found.Message = fmt.Sprintf("the option %s is %s, but is none of those that are listed", diag.Code(missing), verb)
	case answer.input != "":
		found.Message = fmt.Sprintf("the option %s is %s, but the input %s does not declare it", diag.Code(missing), verb, diag.Code(answer.input))
	}
	if answer.Near == "" || !answer.Own || answer.unsure || mild {
		found.Severity = diag.Warning
	}
	found.Related = declaredAt(file, answer.Declared, beside)
	a.Report(found)
}
