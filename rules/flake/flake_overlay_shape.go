package flake

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-overlay-shape", Family: family, Since: "0.1.0",
	Summary: "An overlay of a flake is not what Nix takes for one",
	Doc: "`overlays` is a set of functions `final: prev: { … }`, and `nix flake check` wants the first argument to have that name:\n" +
		"\"overlay does not take an argument named 'final'\". `_` and `_final` will do; the name of the second one is free. A set\n" +
		"or a list in the place of the function fails too, \"overlay is not a function, but a set instead\", and so does a\n" +
		"function in the place of `overlays`.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		eachOutputs(p, f, func(set flake.OutputSet, report func(diag.Finding)) {
			if set.Scope != flake.OutputsWhole {
				return
			}
			if value, ok := set.Attr.Sub("overlays").Value(); ok && value.Is(ast.Lambda) {
				report(diag.Finding{
					Span:    set.Attr.Sub("overlays").Key().Span(),
					Message: "`overlays` is a set of overlays, but this is a function",
					Help:    "write `overlays.default`",
				})
			}
			overlays := []*flake.Attr{}
			if a := set.Attr.Sub("overlays"); a != nil {
				overlays = append(overlays, a.Subs...)
			}
			if a := set.Attr.Sub("overlay"); a != nil {
				overlays = append(overlays, a)
			}
			for _, a := range overlays {
				overlayShape(a, report)
			}
		})
	},
})

func overlayShape(a *flake.Attr, report func(diag.Finding)) {
	got, literal := a.LiteralType()
	if !literal || len(a.Defs) == 0 {
		return
	}
	finding := diag.Finding{Span: a.Key().Span()}
	value, _ := a.Value()
	fn, isFunction := ast.AsLambda(value)
	if !isFunction {
		if a.Sub("__functor") != nil {
			return
		}
		finding.Message = fmt.Sprintf("the overlay %s is %s, but has to be a function", diag.Code(a.Name), got)
		finding.Help = "write `final: prev: { … }`"
		report(finding)
		return
	}
	what := "takes a set apart"
	if _, pattern := fn.Pattern(); !pattern {
		name := fn.Param().Text()
		if strings.TrimLeft(name, "_") == "final" || name == "_" {
			return
		}
		what = "calls its first argument " + diag.Code(name)
	}
	finding.Span = fn.FirstChild().Span()
	finding.Message = fmt.Sprintf("the overlay %s %s, and `nix flake check` wants `final`", diag.Code(a.Name), what)
	finding.Help = "call the arguments `final` and `prev`"
	report(finding)
}
