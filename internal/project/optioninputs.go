package project

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/module"
)

// InputAnswer is what the sources of a flake's inputs know of an option.
type InputAnswer struct {
	OptionAnswer
	// Input is the name of the input that declares the option, or, for OptionMissing, those beside it.
	Input string
	// Whole is set where the source is what flake.lock pins, and not a checkout that may be of another version.
	Whole bool
}

func (i InputAnswer) equal(o InputAnswer) bool {
	return i.Input == o.Input && i.Whole == o.Whole && i.OptionAnswer.equal(o.OptionAnswer)
}

// inputOptions are the options that the source of an input declares.
type inputOptions struct {
	input string
	whole bool
	index *moduleIndex
}

// inputSources are the sources of the inputs of a flake that declare options.
type inputSources struct {
	of []inputOptions
	// all is set where the sources of all inputs are at hand, nixpkgs among them: then options of NixOS and its kin are known, too.
	all bool
}

// moduleList is the file of nixpkgs that lists the modules of NixOS.
const moduleList = "nixos/modules/module-list.nix"

// inputsKey is a flake, by the folder of it and of its project, and what counts as the sources of its inputs.
type inputsKey struct {
	flake, root string
	sources     *Sources
}

// inputSources returns the sources of the inputs of the flake around the file that are at hand and are projects of their own.
func (a *Answers) inputSources() inputSources {
	return a.snapshot.inputs.get(inputsKey{a.FlakeDir(), a.Root(), a.sources}, func() (found inputSources) {
		f := a.Flake()
		if f == nil || f.Nix == nil {
			return found
		}
		found.all = f.Nix.InputsLiteral
		nixpkgs := false
		for in, source := range a.InputSources {
			if source == nil {
				found.all = found.all && in.Follows != nil && len(in.Follows.Path) <= 1 // which is another one of these
				continue
			}
			root := a.snapshot.View(filepath.Join(source.Dir, "flake.nix")).Root()
			if list := filepath.Join(source.Dir, filepath.FromSlash(moduleList)); a.snapshot.kindOf(list) == Regular {
				nixpkgs, root = true, filepath.Dir(list) // the rest are packages
			}
			if root != a.Root() {
				found.of = append(found.of, inputOptions{in.Name, source.Whole(), a.evaluated(modules.at(a, root))})
			}
		}
		found.all = found.all && nixpkgs
		return found
	})
}

// InputOption tells what the sources of inputs that are at hand know of the option that a path names, or that has what it names: the
// modules of each are taken for what its project declares. It says that an option is missing only where nothing else may declare it:
// of the options of NixOS, home-manager and nix-darwin where all inputs are at hand, and what the set is called that the option
// should be in tells that it is one input's own. What it calls missing has a near match, or the first name is the input's alone.
func (a *Answers) InputOption(path []string) InputAnswer {
	if !a.LooksIntoSources() {
		return InputAnswer{}
	}
	if a.deps != nil {
		path = slices.Clone(path)
		sources := a.sources
		q := question{"option of inputs", strings.Join(path, "\x00"), ""}
		return notedBy(a.View, q, InputAnswer.equal, func(a *Answers) InputAnswer {
			if a.sources != sources {
				a = &Answers{a.With(sources), a.asks}
			}
			return a.InputOption(path)
		})
	}
	var exists, renamed, missing InputAnswer
	sources := a.inputSources()
	unknown, owned := false, false
	for _, in := range sources.of {
		root := in.index.options()
		if root.children[path[0]] == nil {
			continue
		}
		answer := InputAnswer{root.find(path), in.input, in.whole}
		switch answer.Verdict {
		case OptionExists:
			answer.Declared = append(slices.Clone(exists.Declared), answer.Declared...)
			exists = answer
		case OptionRenamed:
			renamed = answer
		case NothingKnown:
			unknown = true
		case OptionMissing:
			answer.Own = in.index.closes(path[0]) && !answer.opened
			owns := answer.Own || root.ownsSet(path[:answer.At])
			if missing.Verdict == NothingKnown || answer.At > missing.At || answer.At == missing.At && owns && !owned {
				missing, owned = answer, owns
			}
		}
	}
	shared := modsys.NamespaceOf(path[0]) != (modsys.Namespace{})
	// Others may add to what the module system at hand alone has, but hardly what is called nearly the same.
	slip := shared && !sources.all && missing.Near != "" && slices.ContainsFunc(sources.of, func(in inputOptions) bool {
		return in.input == missing.Input && in.index.systemOf(path[:missing.At])
	})
	if slip {
		missing.Own, owned = false, true
	}
	switch {
	case exists.Verdict != NothingKnown && (sources.all || !shared):
		return exists
	case exists.Verdict != NothingKnown: // an input that is not at hand may declare it, too, with another type
		exists.Declared = []DeclaredOption{{How: module.ByUnknown}}
		return exists
	case unknown, shared && !sources.all && !slip:
		return InputAnswer{}
	case renamed.Verdict != NothingKnown:
		return renamed
	case !owned, a.moduleIndex().options().has(path[:missing.At+1]):
		return InputAnswer{}
	case missing.Near == "" && (shared || modsys.IsForeign(path[0]) || !missing.Own || !missing.Whole):
		return InputAnswer{}
	}
	return missing
}

// systemOf reports whether the project is the module system that alone has the first of some names, and declares all options in the set
// that they name, as far as its modules tell: a function of its library may declare any.
func (x *moduleIndex) systemOf(path []string) bool {
	n := x.options()
	mark := modsys.NamespaceOf(path[0]).Class.Mark()
	if len(mark) == 0 || !n.has(mark) || x.used().foreign[path[0]] {
		return false
	}
	for _, name := range path {
		if n = n.children[name]; n == nil || n.open() {
			return false
		}
	}
	return true
}

// has reports whether a path leads to something in a tree of options.
func (n *optionNode) has(path []string) bool {
	for _, name := range path {
		if n = n.children[name]; n == nil {
			return false
		}
	}
	return true
}
