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
	ID: "follows-unused", Family: family, Since: "0.1.0",
	Summary: "An override is for an input that the input does not have",
	Doc: "`inputs.a.inputs.gone.follows` has no effect where `a` has no input `gone`: \"input 'a' has an override for a\n" +
		"non-existent input 'gone'\", says Nix since 2.26; older versions say nothing. Usually the input was removed\n" +
		"upstream, or the name is mistyped and what was meant does not follow.\n" +
		"\n" +
		"Which inputs `a` has is read from `flake.lock`, or from its `flake.nix` where that lies beside this flake. Where the\n" +
		"lock file is missing or of another version of `a`, its source tells, if that is at hand ([sources of\n" +
		"inputs](../configuration.md#sources-of-inputs)), or what the rule knows of some well-known flakes, such as flake-utils and\n" +
		"crane, which it says as info; else it is silent.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.FewerTokens, Tags: diag.Unnecessary,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		if !f.Nix.InputsLiteral {
			return
		}
		for _, root := range f.Nix.Inputs {
			for in := range root.All() {
				if in.Parent != nil {
					checkOverride(p, f, in)
				}
			}
		}
	},
})

func checkOverride(p *rules.Pass, f *flake.Flake, over *flake.Input) {
	locked := true // each input on the way has a node of its own
	for up := over.Parent; up != nil; up = up.Parent {
		if !up.Flake || up.Follows != nil {
			return
		}
		locked = locked && owned(f, up.Path)
	}
	severity, safety := diag.Warning, diag.Unsafe
	own, known := inputNames(p, f, over.Parent)
	switch {
	case known && !locked && inLock(f, over.Parent) && !local(f, over.Parent):
		return
	case known && own.sure:
		safety = diag.Safe
	case !known && over.Parent.Parent == nil && !inLock(f, over.Parent):
		// The main branch may have changed since.
		own.by, severity = "what is known of it", diag.Info
		own.names, known = wellKnownInputs(over.Parent)
	}
	names, source := own.names, own.by
	if !known || slices.Contains(names, over.Name) {
		return
	}
	owner := strings.Join(over.Parent.Path, "/")
	finding := diag.Finding{
		Severity: severity,
		Span:     over.NameNode.Span(),
		Message:  fmt.Sprintf("`%s` has no input `%s`, so the override has no effect", owner, over.Name),
		Help:     fmt.Sprintf("by %s, `%s` has no inputs: remove the override", source, owner),
	}
	if len(names) > 0 {
		finding.Help = fmt.Sprintf("by %s, the inputs of `%s` are %s: remove the override", source, owner, diag.List(names, 8))
	}
	free := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return over.Parent.Override(n) != nil })
	if name := near.Find(over.Name, free); name != "" {
		finding.Help = fmt.Sprintf("did you mean `%s`?", name)
		fix := diag.Fix{Title: fmt.Sprintf("override `%s` instead", name)}
		for _, d := range over.Attr.Defs {
			fix.Edits = append(fix.Edits, diag.Edit{Span: d.Part.Span(), Text: ast.QuoteAttr(name)})
		}
		finding.Fixes = append(finding.Fixes, fix)
		outdates(f, &finding)
	} else if edits, ok := flake.RemoveOverride(over); ok {
		finding.Fixes = append(finding.Fixes, diag.Fix{Title: "remove the override", Safety: safety, Edits: edits})
	}
	p.Report(finding)
}

// inLock reports whether the lock tells which inputs a root input has.
func inLock(f *flake.Flake, in *flake.Input) bool {
	_, ok := f.NodeOf(in)
	return ok
}

// owned reports whether each input on a path from the root has its own node in the lock.
func owned(f *flake.Flake, path []string) bool {
	if f.Lock == nil || f.Lock.RootNode() == nil {
		return false
	}
	n := f.Lock.RootNode()
	for _, name := range path {
		in, ok := n.Input(name)
		if !ok || in.IsFollows || f.Lock.Node(in.Node) == nil {
			return false
		}
		n = f.Lock.Node(in.Node)
	}
	return true
}
