package project

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "call-argument-mismatch", Family: family, Since: "0.1.0",
	Summary: "A call of a function in another file passes an argument that it does not take, or leaves out one that it needs",
	Doc: "A function with a set pattern takes what the pattern names: `import ./tool.nix { inherit pkgs; }` fails with \"called\n" +
		"with unexpected argument\" where the pattern in `tool.nix` has no `pkgs` and no `...`, and with \"called without required\n" +
		"argument\" where it has another name without a default. Calling a file that is a set fails as well.\n" +
		"\n" +
		"Reported where the file gives a function, or a set, by its outermost expressions, and that is called, however the call\n" +
		"comes to it: by `import`, through names, other files or functions. What a function that an attribute of another file has\n" +
		"is called with is the matter of `missing-argument` and `unexpected-argument`.\n" +
		"\n" +
		"`callPackage` fills in what is missing, so there only arguments that are not taken are reported, as a warning: what is\n" +
		"called so may be another function. What is missing is known where `callPackageWith` gets all that there is." + rules.Failing + "\n" +
		"\n" +
		"The fix puts the name that was probably meant.",
	Severity: diag.Error, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Placed: true,
	Asks:   project.ForDefinesCallPackage | rules.ForComes,
	On:     []ast.Kind{ast.Path},
	File: func(p *rules.Pass) {
		failures, _ := p.FailuresOfFiles()
		for _, f := range failures {
			_, given, ok := f.OfFile()
			if !ok || f.Inside != nil {
				continue
			}
			file := diag.Code(fileNamed(p, f))
			switch f.Reason {
			case eval.MissingArg:
				missingArguments(p, f, file)
			case eval.UnexpectedArg:
				for _, name := range f.Names {
					unexpectedArgument(p, f, file, name)
				}
			case eval.NotFunction:
				message := file + " is a set and no function"
				if given > 0 {
					message = fmt.Sprintf("%s gives a set after %s, no function", file, counted(given))
				}
				reportCall(p, f, diag.Finding{Span: f.Called(), Message: message, Related: origin(f, "the set")}, rules.CallFails)
			}
		}
	},
})

// fileNamed returns the file that a failure is about, relative to the project: of a folder its default.nix.
func fileNamed(p *rules.Pass, f eval.Finding) string {
	path := f.FileNamed()
	if p.Project.Kind(path) == project.Folder {
		path = filepath.Join(path, "default.nix")
	}
	return p.Project.Rel(path)
}

// reportCall reports what is wrong with a call.
func reportCall(p *rules.Pass, f eval.Finding, found diag.Finding, end rules.Ending) {
	comes := rules.Perhaps
	if !f.Filled {
		comes = p.Comes(f)
	}
	reportPlaced(p, found, end, comes, f.Filled)
}

// reportPlaced reports a finding. One that takes a function for callPackage by its name is none where the project has a function
// of its own under that name.
func reportPlaced(p *rules.Pass, found diag.Finding, end rules.Ending, comes rules.Comes, byName bool) {
	if byName {
		p.ReportFailing(found, end, comes, func(a *rules.Asked) bool { return a.DefinesCallPackage() })
	} else {
		p.ReportFailing(found, end, comes, nil)
	}
}

// origin returns the place of the function or set that a failure is about.
func origin(f eval.Finding, message string) []diag.Related {
	file, start, end, _ := f.Origin()
	return []diag.Related{{File: file, Span: source.Span{Start: start, End: end}, Message: message}}
}

// maxListed is the number of missing arguments that a finding names and points to.
const maxListed = 6

func missingArguments(p *rules.Pass, f eval.Finding, file string) {
	missing := f.Lacking()
	for i := range missing {
		missing[i] = strings.Clone(missing[i])
	}
	if len(missing) == 0 {
		return // each is passed under another name
	}
	word := "argument"
	if len(missing) > 1 {
		word = "arguments"
	}
	found := diag.Finding{
		Span: f.Called(), Subjects: missing,
		Message: fmt.Sprintf("%s needs the %s %s, which the call does not pass", file, word, diag.List(missing, maxListed)),
	}
	path, _, _ := f.OfFile()
	for _, name := range missing[:min(len(missing), maxListed)] {
		if span, ok := f.Formal(name); ok {
			found.Related = append(found.Related, diag.Related{File: path, Span: span, Message: "has no default"})
		}
	}
	reportCall(p, f, found, rules.NoEnding)
}

func unexpectedArgument(p *rules.Pass, f eval.Finding, file, name string) {
	found := diag.Finding{
		Span: f.Called(), Message: fmt.Sprintf("%s takes no argument %s", file, diag.Code(name)),
		Related: origin(f, "what it takes"),
	}
	at, written := f.Passed(name)
	if written {
		found.Span = at
	}
	if guess := f.Near(name); guess != "" {
		found.Help = "did you mean " + diag.Code(guess) + "?"
		if n := p.Tree.NodeAt(at); written && n.Is(ast.Name) && at.Of(p.Tree.Source()) == name && n.Parent().Is(ast.Attrpath) && n.Parent().Parent().Is(ast.Binding) {
			found.Fixes = []diag.Fix{rules.Replace("pass it as "+diag.Code(guess), diag.Unsafe, at, guess)}
		}
	}
	reportCall(p, f, found, rules.CallFails)
}

func counted(arguments int) string {
	if arguments == 1 {
		return "one argument"
	}
	return fmt.Sprintf("%d arguments", arguments)
}
