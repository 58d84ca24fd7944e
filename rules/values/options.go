package values

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

// optionNote is what the pages of rules say that ask about options.
const optionNote = "\n\nThe values of options count, too: what a module of the project declares with `lib.types` and reads through its own `config` has\n" +
	"a value of that type. Nothing is said of options with `apply`, and of those that others may declare."

// options reports the places that read options of the project whose types have no value that the place takes, as present says it of
// the code that reads, the kinds of value that it has, and what messages call these.
func options(p *rules.Pass, of module.NeedOf, present func(n *module.Need, code string, got eval.Kinds, what string) diag.Finding) {
	f, path := p.Modules(), p.Path
	own := f.DeclaredNames()
	type read struct {
		module.Need
		code string
	}
	var reads []read
	for _, n := range f.Needs() {
		if n.Of != of || !own[n.Path[0]] && modsys.NamespaceOf(n.Path[0]).Telling {
			continue
		}
		r := read{n, strings.Clone(quoted(p, n.Span, "this"))}
		r.Path = make([]string, len(n.Path))
		for i, name := range n.Path {
			r.Path[i] = strings.Clone(name)
		}
		reads = append(reads, r)
	}
	if len(reads) == 0 {
		return
	}
	p.AskAll(func(a *rules.Asked) {
		for i := range reads {
			n := &reads[i].Need
			got, declared := optionKinds(a, path, n)
			if got == 0 || got&n.Kinds != 0 {
				continue
			}
			found := present(n, reads[i].code, got, kinds(got, "a value of type "+diag.Code(declared.Type.Describe())))
			end := rules.ThisFails
			if of == module.OfCondition {
				end = rules.ConditionFails
			}
			end.End(&found, false)
			found.Span, found.Severity, found.Related = n.Span, diag.Warning, []diag.Related{declaredHere(path, declared)}
			if a.Sample(path) {
				found.Severity = diag.Hint
			}
			a.Report(found)
		}
	})
}

// optionKinds returns the kinds of value that the option that a place reads, or of which it reads an attribute, surely has, and where it
// is declared; 0 where that is not known.
func optionKinds(a *rules.Asked, file string, n *module.Need) (kinds eval.Kinds, declared project.DeclaredOption) {
	answer := a.Option(n.Path)
	if answer.Verdict != project.OptionExists || (answer.At < len(n.Path)) != (n.Of == module.OfAttribute) || len(answer.Declared) != 1 {
		return 0, declared
	}
	declared = answer.Declared[0]
	if declared.How != module.ByOption || answer.Applied || !answer.Own && declared.File != file {
		return 0, declared
	}
	return declared.Type.ValueKinds(), declared
}

func declaredHere(file string, d project.DeclaredOption) diag.Related {
	r := diag.Related{Span: d.Span, Message: fmt.Sprintf("the option is declared here, of type %s", diag.Code(d.Type.Describe()))}
	if d.File != file {
		r.File = d.File
	}
	return r
}
