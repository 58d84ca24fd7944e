package module

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

// optionLists are the lists of options that other projects declare; all rules about options read them.
var optionLists = rules.NewSetting("lists",
	"Lists of the options that are declared elsewhere, looked for in the folder of a file and in those above it, up to the project's root: options.json, as NixOS, home-manager, nix-darwin and nixvim build it for their manuals.",
	[]string{})

// listsOf returns the absolute paths of the lists of options: each is looked for in the folder of the file and in those above.
func listsOf(p *rules.Pass) []string {
	var lists []string
	for _, list := range optionLists.In(p) {
		at, found := p.Project.OptionListAt(p.Path, list)
		problem := ""
		if found {
			lists = append(lists, at)
			problem = p.Project.OptionListProblem(at)
		}
		optionLists.Named(p, list, found, problem)
	}
	return lists
}

// known is what is known of an option.
type known struct {
	project.OptionAnswer
	// input is the name of the input whose source declares the option, or those beside a missing one; "" for the project's own.
	input string
	// listed is set where a list of options tells.
	listed bool
	// unsure is set where another version may tell something else: a list, and a checkout of an input.
	unsure bool
}

// optionOf asks for an option: the project, the sources of the inputs that are at hand, and the lists of what is declared elsewhere.
func optionOf(a *rules.Asked, lists, path []string) known {
	own := known{OptionAnswer: a.Option(path)}
	if own.Verdict == project.OptionExists || own.Verdict == project.OptionRenamed {
		return own
	}
	in := a.InputOption(path)
	if in.Verdict != project.NothingKnown && in.Verdict != project.OptionMissing {
		return known{OptionAnswer: in.OptionAnswer, input: in.Input, unsure: !in.Whole}
	}
	if own.Verdict != project.NothingKnown || a.DeclaresAround(path) {
		return own
	}
	if len(lists) > 0 {
		if answer := a.ListedOption(lists, path); answer.Verdict != project.NothingKnown {
			return known{OptionAnswer: answer, listed: true, unsure: true}
		}
	}
	return known{OptionAnswer: in.OptionAnswer, input: in.Input, unsure: !in.Whole}
}

// dotted returns an option's path as code, with * for an element of a list.
func dotted(path []string) string {
	quoted := make([]string, len(path))
	for i, name := range path {
		switch quoted[i] = name; {
		case name == module.Element:
			quoted[i] = "*"
		case !strings.HasPrefix(name, "${"):
			quoted[i] = ast.QuoteAttr(name)
		}
	}
	return strings.Join(quoted, ".")
}

// maybeAbsent reports whether a definition is one only where a condition holds that is evaluated first: an if, optionalAttrs, or
// the call of a function.
func maybeAbsent(m *module.Module, n ast.Node) bool {
	for at := n; at.IsValid() && at != m.Body; at = at.Parent() {
		switch up := at.Parent(); up.Kind() {
		case ast.If:
			if up.FirstChild() != at {
				return true
			}
		case ast.Lambda:
			return true
		case ast.Apply:
			fn, _ := ast.Call(up)
			if name := ast.LastName(fn); up.FirstChild() != at && name != "mkIf" && name != "mkMerge" && propertyArity[name] == 0 {
				return true
			}
		}
	}
	return false
}

// declaredAt points at where an option is declared.
func declaredAt(path string, declared []project.DeclaredOption, message string) []diag.Related {
	var related []diag.Related
	for _, d := range declared {
		if d.File == "" {
			continue // a list has no places
		}
		r := diag.Related{Span: d.Span, Message: message}
		if d.File != path {
			r.File = d.File
		}
		related = append(related, r)
	}
	return related
}

// isSurelyModule reports whether a module that defines options is one, as far as its file tells.
func isSurelyModule(m *module.Module) bool {
	return m.Inline || m.Certainty > module.Possible && !m.Curried
}

// ask gives the rest of a rule about something in a module, if any, to what knows the other files, unless the file is a module only by its looks:
// then it has to be listed as one.
func ask(p *rules.Pass, m *module.Module, then func(a *rules.Asked)) {
	if m == nil || isSurelyModule(m) {
		p.Ask(then)
		return
	}
	path, shape := p.Path, p.Shape()
	p.Ask(func(a *rules.Asked) {
		if r := a.Role(path, shape); r.Listed() {
			then(a)
		}
	})
}

// eachUse calls a rule for the options with more than one name that modules of the file define and those that its own config is
// asked for, if the rule wants them, when the other files are known: a file that is a module only by its looks has to be listed as one.
func eachUse(p *rules.Pass, wantsDefined func(*module.Defined) bool, wantsRead func(*module.Read) bool, then func(*rules.Asked, *module.Use)) {
	if p.Project.Spares() {
		return
	}
	f := p.Modules()
	var sure, unsure []uint32 // the numbers of uses
	defined, reads := f.DefinedOptions(), f.ReadOptions()
	var doubtful *module.Module
	for i := range defined {
		switch d := &defined[i]; {
		case len(d.Path) < 2 || !wantsDefined(d):
		case isSurelyModule(d.Of):
			sure = append(sure, uint32(i))
		default:
			unsure, doubtful = append(unsure, uint32(i)), d.Of
		}
	}
	for i := range reads {
		if r := &reads[i]; r.Own && len(r.Path) > 1 && len(r.Parts) > 0 && wantsRead(r) {
			sure = append(sure, uint32(len(defined)+i))
		}
	}
	askOf := func(m *module.Module, numbers []uint32) {
		if len(numbers) == 0 {
			return
		}
		uses := f.Uses()
		ask(p, m, func(a *rules.Asked) {
			left := numbers
			for i, u := range uses.Each() {
				if left[0] == uint32(i) {
					if then(a, u); len(left) == 1 {
						return
					}
					left = left[1:]
				}
			}
		})
	}
	askOf(doubtful, slices.Clone(unsure))
	askOf(nil, slices.Clone(sure))
}

// cloned returns the names of a path without the text that they were read from.
func cloned(path []string) []string {
	out := make([]string, len(path))
	for i, name := range path {
		out[i] = strings.Clone(name)
	}
	return out
}
