package flake

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/near"
)

// closedPattern returns the pattern of outputs if it takes only the arguments that it names.
func closedPattern(f *flake.Flake) (ast.PatternNode, bool) {
	o := &f.Nix.Outputs
	if !o.IsLambda || !o.Pattern || o.Ellipsis {
		return ast.PatternNode{}, false
	}
	pattern, ok := o.Lambda.Pattern()
	return pattern, ok && !pattern.HasError()
}

// patternSpan returns the span of a pattern, or of its brace where it goes over several lines.
func patternSpan(pattern ast.PatternNode) source.Span { return head(pattern.Node) }

// notTaken returns the declared inputs that no formal of outputs names.
func notTaken(f *flake.Flake) []*flake.Input {
	return slices.DeleteFunc(slices.Clone(f.Nix.Inputs), func(in *flake.Input) bool {
		_, has := f.Nix.Outputs.Formal(in.Name)
		return has || ast.IsIdentifier(in.Name) && in.NameNode.HasError()
	})
}

// meantInputs returns the declared inputs that implicit ones were probably meant to name: those that no formal names. It
// looks at the first maxGuesses.
func meantInputs(f *flake.Flake) map[*flake.Input]*flake.Input {
	var names []string
	for _, in := range notTaken(f) {
		names = append(names, in.Name)
	}
	meant := map[*flake.Input]*flake.Input{}
	for _, in := range f.Nix.Implicit[:min(len(f.Nix.Implicit), maxGuesses)] {
		if name := near.Find(in.Name, names); name != "" {
			meant[in] = f.Nix.Input(name)
		}
	}
	return meant
}
