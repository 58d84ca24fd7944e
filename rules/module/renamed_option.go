package module

import (
	"fmt"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "renamed-option", Family: family, Since: "0.1.0",
	Summary: "An option is used under a name that it had before",
	Doc: "`lib.mkRenamedOptionModule`, `mkRenamedOptionModuleWith`, `mkChangedOptionModule` and `mkMergedOptionModule` let an old name\n" +
		"go on to work: each definition of it is a warning when the configuration is built, until the name is taken away. What\n" +
		"`mkRemovedOptionModule` names fails as soon as it is defined, which is an error here.\n" +
		"\n" +
		"In files for tests, examples and templates it is a hint: tests of old names use them on purpose.\n" +
		"\n" +
		"Options that inputs of the flake declare are known where `unknown-option` knows them by their sources. A checkout may be of another\n" +
		"version than `flake.lock` has: there, what is removed is a warning, too.\n" +
		"\n" +
		"`mkAliasOptionModule` makes a second name that is as good as the first: it is not reported.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Asks: project.ForModules,
	File: func(p *rules.Pass) {
		file := p.Path
		told := map[source.Span]bool{}
		all := func(*module.Defined) bool { return true }
		eachUse(p, all, func(*module.Read) bool { return true }, func(a *rules.Asked, u *module.Use) { renamedOption(a, file, u, told) })
	},
})

// renamedOption reports an option under the name of one that is gone.
func renamedOption(a *rules.Asked, file string, u *module.Use, told map[source.Span]bool) {
	path, spans := u.Path, u.Spans
	answer := optionOf(a, nil, path)
	if answer.Verdict != project.OptionRenamed || len(answer.Declared) == 0 {
		return
	}
	d := answer.Declared[0]
	at := spans[answer.At-1]
	if at == (source.Span{}) || told[at] || d.File == file && d.Span.Covers(at) {
		return
	}
	told[at] = true
	found := diag.Finding{Span: at, Message: fmt.Sprintf("the option %s is renamed", diag.Code(dotted(path[:answer.At])))}
	switch {
	case d.How == module.Removed && u.Defined:
		found.Message = fmt.Sprintf("the option %s is removed: defining it fails", diag.Code(dotted(path[:answer.At])))
		if !answer.unsure {
			found.Severity = diag.Error
		}
	case d.How == module.Removed:
		return // there is nothing to read
	case d.New != nil:
		found.Message = fmt.Sprintf("the option %s is called %s", diag.Code(dotted(path[:answer.At])), diag.Code(dotted(d.New)))
		found.Help = "use the new name"
		if d.How == module.Changed {
			found.Message = fmt.Sprintf("the option %s has become %s", diag.Code(dotted(path[:answer.At])), diag.Code(dotted(d.New)))
			found.Help = "use the new name, with a value that means the same there"
		} else if fix, ok := renameTo(path[:answer.At], d.New, spans[:answer.At]); ok {
			found.Fixes = []diag.Fix{fix}
		}
	}
	found.Related = declaredAt(file, answer.Declared[:1], "here it is said so")
	if a.Sample(file) {
		found.Severity = diag.Hint // tests use old names to see that they work
	}
	a.Report(found)
}

// renameTo is the fix that replaces the names of a path which differ, if they stand in one piece.
func renameTo(path, to []string, spans []source.Span) (diag.Fix, bool) {
	same := 0
	for same < min(len(path), len(to))-1 && path[same] == to[same] {
		same++
	}
	first := spans[same]
	if first == (source.Span{}) {
		return diag.Fix{}, false
	}
	for i := same + 1; i < len(spans); i++ {
		if spans[i].Start != spans[i-1].End+1 { // other than a dot stands between them
			return diag.Fix{}, false
		}
	}
	span := source.Span{Start: first.Start, End: spans[len(spans)-1].End}
	return rules.Replace("use the new name", diag.Unsafe, span, dotted(to[same:])), true
}
