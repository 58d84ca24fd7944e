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

// meantInput returns the declared input that a formal was probably meant to name: no other formal names it; or nil.
func meantInput(f *flake.Flake, implicit *flake.Input) *flake.Input {
	var names []string
	for _, in := range notTaken(f) {
		names = append(names, in.Name)
	}
	name := near.Find(implicit.Name, names)
	if name == "" {
		return nil
	}
	return f.Nix.Input(name)
}
