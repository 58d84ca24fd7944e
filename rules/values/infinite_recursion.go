package values

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "infinite-recursion", Family: family, Since: "0.1.0",
	Summary: "The value of a name needs itself, by way of others",
	Doc: "`let a = b; b = a;` has no value: Nix fails with \"infinite recursion encountered\" as soon as one of the two is evaluated.\n" +
		"Reported where a name needs itself on every way, through other names, calls and sets. Below a function, a list or\n" +
		"a set, as in `a = [ a ]`, a name may refer to itself.\n" +
		"\n" +
		"In an overlay, `final` is what comes of it: `final: prev: { a = final.a.overrideAttrs …; }` asks for the `a` that it makes,\n" +
		"and `final: prev: if final.stdenv.isLinux then { … } else { }` needs all packages before it is known which there are. Write\n" +
		"`prev`, or put the condition into the value. So it is with `overrideScope`, `extend`, `makeExtensible`, `fix` and what a\n" +
		"file defines like these. An overlay is what is used as one, and a function whose arguments are called `final: prev:` or\n" +
		"`self: super:`. That an attribute needs itself is reported where no other overlay of the project defines one of the\n" +
		"same name, which might come later and have it in its place.\n" +
		"\n" +
		"A call that recurses for the arguments that it has is reported, too: of `{ a ? b, b ? a }: …` with `{ }`. So is a function of\n" +
		"which no call ends, since each comes to another one in any case: `f = x: f (x + 1)`.\n" +
		"\n" +
		"A name whose own value reads it at once is the matter of `self-binding`." + severity,
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: asks | project.ForOverlaysWith,
	File: func(p *rules.Pass) {
		endlessCalls(p)
		var bound map[source.Span]sema.BindingID // made with the first finding
		each(p, func(f eval.Finding, _ *eval.Code) (diag.Finding, bool) {
			if f.Fixpoint != nil {
				reportFixpoint(p, f)
				return diag.Finding{}, false
			}
			if bound == nil {
				bound = boundAt(p.Names())
			}
			if members, _ := f.Cycle(); len(members) > 0 && readsItself(p.Names(), bound[members[0].Span]) {
				return diag.Finding{}, false
			}
			return recursion(f)
		}, eval.Recursion)
	},
})

// recursion tells of a name that needs itself.
func recursion(f eval.Finding) (diag.Finding, bool) {
	members, direct := f.Cycle()
	if direct || len(members) == 0 {
		return diag.Finding{}, false
	}
	found := diag.Finding{Span: members[0].Span, Message: fmt.Sprintf("the value of %s needs itself: infinite recursion as soon as it is used", diag.Code(members[0].Name))}
	var names []string
	for _, m := range members[1:] {
		if m.Name == members[0].Name {
			continue // passed on under its name
		}
		names = append(names, m.Name)
		if len(found.Related) < maxListed {
			found.Related = append(found.Related, diag.Related{Span: m.Span, Message: "needed on the way"})
		}
	}
	if len(names) > 0 {
		found.Message = fmt.Sprintf("the value of %s needs %s, and so itself: infinite recursion as soon as it is used", diag.Code(members[0].Name), diag.List(names, maxListed))
	}
	return found, true
}

// reportFixpoint reports a recursion through the argument of an overlay or the like, unless it goes through what another
// overlay of the project may define anew.
func reportFixpoint(p *rules.Pass, f eval.Finding) {
	by := f.Fixpoint
	param := quoted(p, f.Span, "it")
	if by.Param != "" {
		param = diag.Code(by.Param)
	}
	var found diag.Finding
	switch {
	case by.Names:
		found = diag.Finding{Span: f.Span, Message: fmt.Sprintf("which attributes there are depends on %s, which has them: infinite recursion as soon as one is used", param)}
		if by.Overlay {
			found.Message = fmt.Sprintf("which attributes this overlay gives depends on %s, which has them: infinite recursion as soon as a package is used", param)
			found.Help = "ask what is there before the overlay, by its second argument, or put the condition into the values"
		}
		if file, start, end, ok := f.Forced(); ok && file != p.Path {
			found.Related = []diag.Related{{File: file, Span: source.Span{Start: start, End: end}, Message: "needed here"}}
		}
	default:
		var ok bool
		if found, ok = recursion(f); !ok {
			return
		}
		if len(by.Assumed) > 0 && by.Overlay {
			found.Help = fmt.Sprintf("by %s, the overlay asks for what it makes itself, since no other one of the project defines %s; its second argument has what was before", param, diag.List(by.Assumed, maxListed))
		}
	}
	own, assumed := 0, make([]string, len(by.Assumed))
	for i, name := range by.Assumed {
		assumed[i] = strings.Clone(name)
	}
	if by.Named {
		own = 1 // that is one of those that are counted
	}
	p.ReportFailing(found, rules.NoEnding, p.Comes(f), func(a *rules.Asked) bool {
		return slices.ContainsFunc(assumed, func(name string) bool { return a.OverlaysWith(name) > own })
	})
}

// boundAt returns the bindings of the file that have a value, by where they are bound.
func boundAt(names *sema.Info) map[source.Span]sema.BindingID {
	bound := map[source.Span]sema.BindingID{}
	for i := range names.Bindings() {
		if b := names.Binding(sema.BindingID(i)); i > 0 && b.Value.IsValid() {
			bound[b.Node.Span()] = sema.BindingID(i)
		}
	}
	return bound
}

// readsItself reports whether the value of a binding reads its name, without a function, a set or a list in between: self-binding
// and rec-shadow-recursion tell of those. The binding may be 0, for none.
func readsItself(names *sema.Info, id sema.BindingID) bool {
	if id == 0 {
		return false
	}
	b := names.Binding(id)
	for u := range names.UsesOf(id) {
		if b.Value.Encloses(u.Node) && nixlang.MayForce(b.Value, u.Node) {
			return true
		}
	}
	return false
}
