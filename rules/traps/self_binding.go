package traps

import (
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "self-binding", Family: family, Since: "0.1.0",
	Summary: "A name is bound to itself",
	Doc: "The names of `let`, of `rec { }` and of a function's formals are visible in their own values. `let x = x;`,\n" +
		"`rec { x = x + 1; }` and `{ x ? x }:` therefore need the value of `x` to find the value of `x`: Nix stops with\n" +
		"\"infinite recursion encountered\" as soon as it is used. Below a function or a set, as in `f = n: f (n - 1)`, a\n" +
		"name may refer to itself. A default is a warning, as callers may all pass the argument.\n" +
		"So is the name as the result of an arm of `if`, `x = if c then v else x;`, which recurses where the arm is taken. Where it is\n" +
		"known that an arm is never taken, or always, that counts." + rules.Failing + "\n" +
		"\n" +
		"Where an outer name is hidden, `rec-shadow-recursion` speaks instead.",
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: rules.ForComes,
	File: func(p *rules.Pass) {
		names := p.Names()
		var come map[source.Span]rules.Comes
		for own := range ownUses(names) {
			if own.outer || !own.needsItself(p) {
				continue
			}
			b := names.Binding(own.id)
			f := diag.Finding{
				Span:    own.use.Span(),
				Message: "`" + b.Name + "` is bound to itself: infinite recursion as soon as it is used",
				Related: []diag.Related{{Span: b.Node.Span(), Message: "bound here"}},
			}
			if !own.bare {
				f.Message = "the value of `" + b.Name + "` needs the value of `" + b.Name + "`: infinite recursion as soon as it is used"
			}
			if come == nil {
				come = recursions(p)
			}
			comes := come[b.Node.Span()]
			switch {
			case own.arm:
				comes = rules.Perhaps // the other arms give a value
				f.Message = "`" + b.Name + "` is `" + b.Name + "` itself in this arm: infinite recursion where the arm is taken"
				f.Help = "write the value that is meant here, or `throw` what is wrong where the arm is never to be taken"
			case b.Kind == sema.FormalBinding:
				comes = rules.Perhaps // callers may all pass it
				f.Message = "the default of `" + b.Name + "` reads `" + b.Name + "` itself: infinite recursion where it is not passed"
				f.Help = "a default sees the formals of its own function; give it another name, or no default"
			}
			p.ReportFailing(f, rules.NoEnding, comes, nil)
		}
	},
})

// recursions returns the names of the file that surely need themselves, by where they are bound, and whether evaluation surely
// comes by.
func recursions(p *rules.Pass) map[source.Span]rules.Comes {
	come := map[source.Span]rules.Comes{}
	failures, _ := p.Failures()
	for _, f := range failures {
		if f.Reason != eval.Recursion || f.Fixpoint != nil {
			continue
		}
		members, _ := f.Cycle()
		comes := p.Comes(f)
		for _, m := range members {
			come[m.Span] = come[m.Span].Or(comes)
		}
	}
	return come
}
