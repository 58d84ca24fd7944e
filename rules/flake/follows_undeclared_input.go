package flake

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "follows-undeclared-input", Family: family, Since: "0.1.0",
	Summary: "An input follows an input that does not exist",
	Doc: "`follows` names an input of this flake, or, with slashes, an input of an input. Where that does not exist, Nix\n" +
		"cannot lock the flake: \"input 'b/nixpkgs' follows a non-existent input 'nixpgks'\". Usually it is a typing mistake,\n" +
		"or the input was renamed or removed.\n" +
		"\n" +
		"A formal of `outputs` is an input too. Whether the overridden input exists is read from `flake.lock`: if it does\n" +
		"not, the override has no effect and this rule is silent; if the lock file cannot tell, the finding is a warning.\n" +
		"`follows = \"\"` is legal and means the flake itself. A path in which a part cannot be a name is refused wherever it\n" +
		"stands: \"invalid flake input attribute path element\".",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		if !f.Nix.InputsLiteral {
			return
		}
		guesses := 0
		for _, root := range f.Nix.Inputs {
			for in := range root.All() {
				checkFollows(p, f, in, &guesses)
			}
		}
	},
})

// maxGuesses bounds for how many findings of a flake the name that was meant is looked for among all inputs.
const maxGuesses = 100

func checkFollows(p *rules.Pass, f *flake.Flake, in *flake.Input, guesses *int) {
	if in.Follows == nil || len(in.Follows.Path) == 0 {
		return
	}
	if err := in.Follows.Err; err != nil {
		p.Report(diag.Finding{
			Span:    in.Follows.Node.Span(),
			Message: fmt.Sprintf("input %s follows what names no input: %v", diag.Code(strings.Join(in.Path, "/")), err),
			Help:    "write the name of an input, or names with slashes between them",
		})
		return
	}
	severity := diag.Error
	if in.Parent != nil {
		var known bool
		if severity, known = overridden(p, f, in); !known {
			return
		}
	}
	target := in.Follows.Path
	first := f.Nix.Input(target[0])
	finding := diag.Finding{
		Severity: severity,
		Span:     in.Follows.Node.Span(),
		Message:  fmt.Sprintf("input %s follows %s, which does not exist", diag.Code(strings.Join(in.Path, "/")), diag.Code(in.Follows.Text)),
	}
	switch {
	case first == nil:
		if len(target) > 1 {
			finding.Message = fmt.Sprintf("input %s follows %s, but the flake has no input %s", diag.Code(strings.Join(in.Path, "/")), diag.Code(in.Follows.Text), diag.Code(target[0]))
		}
		finding.Help = fmt.Sprintf("declare %s, or follow one of the flake's inputs", diag.Code("inputs."+ast.QuoteAttr(target[0])))
		if *guesses++; *guesses <= maxGuesses {
			var names []string
			for _, i := range f.Nix.AllInputs() {
				if i != in {
					names = append(names, i.Name)
				}
			}
			suggest(&finding, in, names, target[1:])
		}
	case len(target) > 1:
		owner, names, missing, sure := missingBelow(p, f, target)
		if missing == "" {
			return
		}
		if !sure {
			finding.Severity = diag.Warning
		}
		finding.Message = fmt.Sprintf("input %s follows %s, but %s has no input %s", diag.Code(strings.Join(in.Path, "/")), diag.Code(in.Follows.Text), diag.Code(strings.Join(owner, "/")), diag.Code(missing))
		finding.Help = diag.Code(strings.Join(owner, "/")) + " has no inputs"
		if len(names) > 0 {
			finding.Help = fmt.Sprintf("the inputs of %s are %s", diag.Code(strings.Join(owner, "/")), diag.List(names, 8))
		}
		if len(owner)+1 == len(target) {
			suggestBelow(&finding, in, owner, names)
		}
	default:
		return
	}
	outdates(f, &finding)
	p.Report(finding)
}

// overridden tells how bad a missing target is for an override: Nix looks at the target only where the
// overridden input exists; ok is false where it surely does not.
func overridden(p *rules.Pass, f *flake.Flake, in *flake.Input) (severity diag.Severity, ok bool) {
	severity = diag.Error
	for ; in.Parent != nil; in = in.Parent {
		if !in.Parent.Flake || in.Parent.Follows != nil {
			return diag.Off, false // Nix ignores the overrides
		}
		if n, ok := f.NodeOf(in.Parent); ok && !local(f, in.Parent) {
			if _, ok := n.Input(in.Name); !ok {
				return diag.Off, false
			}
			continue
		}
		own, known := inputNames(p, f, in.Parent)
		switch {
		case !known:
			severity = diag.Warning
		case !slices.Contains(own.names, in.Name):
			return diag.Off, false
		case !own.sure:
			severity = diag.Warning
		}
	}
	return severity, true
}

// local reports whether a path of inputs starts at files beside this flake: their inputs may be newer than
// the lock file.
func local(f *flake.Flake, in *flake.Input) bool {
	root := f.Nix.Input(in.Path[0])
	return root == nil || root.Ref.IsLocal() || in.Ref.IsLocal()
}

// missingBelow returns the first name of a path that surely is not there, the inputs before it and the
// names that exist there. The first segment exists. sure is false where a checkout tells, which may be of another version.
func missingBelow(p *rules.Pass, f *flake.Flake, path []string) (owner, names []string, missing string, sure bool) {
	root := f.Nix.Input(path[0])
	for seen := map[*flake.Input]bool{}; root != nil && root.Follows != nil; {
		if len(root.Follows.Path) != 1 || seen[root] {
			return nil, nil, "", false // reaches into another input, or itself
		}
		seen[root] = true
		root = f.Nix.Input(root.Follows.Path[0])
	}
	switch {
	case root == nil || !root.Literal:
		return nil, nil, "", false
	case !root.Flake:
		return path[:1], nil, path[1], true
	}
	if _, ok := f.NodeOf(root); !ok || root.Ref.IsLocal() {
		if own, known := inputNames(p, f, root); known && !slices.Contains(own.names, path[1]) {
			return path[:1], own.names, path[1], own.sure
		}
		return nil, nil, "", false
	}
	over := root
	for i := 1; i < len(path); i++ {
		node, ok := f.Resolve(path[:i])
		if !ok {
			return nil, nil, "", false
		}
		n := f.Lock.Node(node)
		if _, ok := n.Input(path[i]); !ok {
			for _, in := range n.Inputs {
				names = append(names, in.Name)
			}
			return path[:i], names, path[i], true
		}
		if over != nil {
			if over = over.Override(path[i]); over != nil && f.Stale(over) {
				return nil, nil, "", false
			}
		}
	}
	return nil, nil, "", false
}

// suggest adds the root input that was probably meant.
func suggest(finding *diag.Finding, in *flake.Input, names, rest []string) {
	name := near.Find(in.Follows.Path[0], names)
	if name == "" {
		return
	}
	offer(finding, in, append([]string{name}, rest...))
}

// suggestBelow adds the input of an input that was probably meant.
func suggestBelow(finding *diag.Finding, in *flake.Input, owner, names []string) {
	name := near.Find(in.Follows.Path[len(owner)], names)
	if name == "" {
		return
	}
	offer(finding, in, append(append([]string{}, owner...), name))
}

func offer(finding *diag.Finding, in *flake.Input, path []string) {
	text := strings.Join(path, "/")
	if text == strings.Join(in.Path, "/") {
		return // would follow itself
	}
	finding.Help = "did you mean " + diag.Code(text) + "?"
	finding.Fixes = append(finding.Fixes, rules.Replace("follow "+diag.Code(text), diag.Unsafe, in.Follows.Node.Span(), ast.QuoteString(text)))
}
