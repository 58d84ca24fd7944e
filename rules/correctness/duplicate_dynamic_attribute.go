package correctness

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/attrs"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "duplicate-dynamic-attribute", Family: family, Since: "0.1.0",
	Summary: "A set defines the same computed name twice",
	Doc: "Attributes with computed names never merge: `{ ${host}.a = 1; ${host}.b = 2; }` parses, and fails with \"dynamic\n" +
		"attribute … already defined\" as soon as anything in the set is asked for. `${host}`, `\"${host}\"` and `${(host)}` are one\n" +
		"name. It is the same where two definitions of one set merge: `a = { ${host} = 1; }; a.${host} = 2;`. Write\n" +
		"`${host} = { a = 1; b = 2; };`.\n" +
		"\n" +
		"Names that are written otherwise are reported where what they are is known: `let k = \"x\"; in { x = 1; ${k} = 2; }`.\n" +
		"\n" +
		"A name that is `null` defines nothing, so that two of them are accepted; what may be null is a warning. A name in quotes\n" +
		"cannot be null, nor can one with text beside the value." + rules.Failing,
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: rules.ForComes,
	On:   []ast.Kind{ast.Interpolation},
	File: func(p *rules.Pass) {
		proven := provenTwice(p)
		opened := map[ast.NodeID]bool{}
		for _, set := range setsOfDynamic(p.Tree) {
			if opened[set.ID()] {
				continue
			}
			merged := attrs.Merge(set)
			for _, n := range merged.Opened {
				opened[n.ID()] = true
			}
			for s := range merged.Walk() {
				if len(s.Dynamic) > 1 {
					reportSameNames(p, s.Dynamic, proven, s == &merged.Set && ofFile(set))
				}
			}
		}
		spans := slices.SortedFunc(maps.Keys(proven), func(a, b source.Span) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
		for _, span := range spans {
			f := proven[span]
			found := diag.Finding{
				Span: span,
				Message: fmt.Sprintf("%s is %s, which the set has already: Nix fails with \"dynamic attribute … already defined\"",
					diag.Code(span.Of(p.Tree.Source())), diag.Code(ast.QuoteAttr(f.Name))),
				Help: "computed names do not merge: write one definition",
			}
			if f.First.End > 0 {
				found.Related = []diag.Related{{Span: f.First, Message: "first defined here"}}
			}
			p.ReportFailing(found, rules.NoEnding, p.Comes(f), nil)
		}
	},
})

// provenTwice returns the computed names that are surely those of attributes which their set has already.
func provenTwice(p *rules.Pass) map[source.Span]eval.Finding {
	if !hasNamesBeside(p) {
		return nil
	}
	proven := map[source.Span]eval.Finding{}
	failures, _ := p.Failures()
	for _, f := range failures {
		if f.Reason == eval.DuplicateAttr && f.Inside == nil {
			proven[f.Span] = f
		}
	}
	return proven
}

// hasNamesBeside reports whether a set has a computed name of which something may be known, and another one.
func hasNamesBeside(p *rules.Pass) bool {
	for i, r := range p.Tree.Records() {
		if r.Kind != ast.Attrpath {
			continue
		}
		path := ast.AttrpathNode{Node: p.Tree.Node(ast.NodeID(i))}
		b, ok := ast.AsBinding(path.Parent())
		if !ok || !hasKnown(p, path) {
			continue
		}
		for set := range attrs.Around(b) {
			if set.FirstChild().NextSibling().IsValid() {
				return true
			}
		}
	}
	return false
}

// hasKnown reports whether a part of an attribute path may be known though it is computed.
func hasKnown(p *rules.Pass, path ast.AttrpathNode) bool {
	for part := range path.Children() {
		if mayBeKnown(p, part) {
			return true
		}
	}
	return false
}

// mayBeKnown reports whether a part of an attribute path is computed from what the evaluator may know.
func mayBeKnown(p *rules.Pass, part ast.Node) bool {
	if _, static := ast.AttrName(part); static {
		return false
	}
	if part.Is(ast.Interpolation) {
		part = part.FirstChild().Unparen()
	}
	if !part.Is(ast.String) && !part.Is(ast.IndString) {
		return p.MayBe(part, eval.String)
	}
	for c := range part.Children() {
		if !p.MayBe(c.FirstChild(), eval.String) {
			return false
		}
	}
	return true
}

// setsOfDynamic returns the sets that have several computed names, in themselves or in sets within that may merge. Outer
// sets come first: what they open has been merged with them.
func setsOfDynamic(t *ast.Tree) (sets []ast.Node) {
	found := map[ast.NodeID]int{}
	for i, r := range t.Records() {
		if r.Kind != ast.Binding {
			continue
		}
		b := ast.BindingNode{Node: t.Node(ast.NodeID(i))}
		if static(b.Attrpath()) {
			continue
		}
		for set := range attrs.Around(b) {
			if found[set.ID()] == 2 {
				break
			}
			if found[set.ID()]++; found[set.ID()] == 2 && !set.HasError() {
				sets = append(sets, set)
			}
		}
	}
	slices.SortFunc(sets, func(a, b ast.Node) int { return cmp.Compare(a.ID(), b.ID()) })
	return sets
}

// static reports whether no part of an attribute path is computed.
func static(path ast.AttrpathNode) bool {
	for part := range path.Children() {
		if _, ok := ast.AttrName(part); !ok {
			return false
		}
	}
	return true
}

// reportSameNames reports the computed names of one set that were there before, and takes them from those that are proven. value
// says that evaluating the file surely comes by the set.
func reportSameNames(p *rules.Pass, dynamic []attrs.Dynamic, proven map[source.Span]eval.Finding, value bool) {
	first := map[string]ast.Node{}
	for _, d := range dynamic {
		name, quoted := computedName(d.Part)
		key := shape(name)
		before, again := first[key]
		if !again {
			first[key] = d.Part
			continue
		}
		was, quotedBefore := computedName(before)
		if !sameVariables(p.Names(), was, name) {
			continue
		}
		known := p.Value(name)
		if p.Names().IsGlobal(name, "null") || known.Surely(eval.Null) {
			continue
		}
		f := diag.Finding{
			Span:    d.Part.Span(),
			Message: diag.Code(d.Part.Text()) + " is defined twice: computed names do not merge, and Nix fails with \"dynamic attribute … already defined\"",
			Help:    "write one definition with a set: " + diag.Code(before.Text()+" = { … };"),
			Related: []diag.Related{{Span: before.Span(), Message: "first defined here"}},
		}
		if d.Lost && p.MinNix.Before(mergesDeep) {
			f.Help += "; Nix before " + mergesDeep.String() + " drops the second without a word"
		}
		comes := rules.Perhaps
		if twice, ok := proven[f.Span]; ok {
			comes = p.Comes(twice)
		} else if value && (quoted || quotedBefore || isText(p.Names(), name) || known.Surely(eval.String)) {
			comes = rules.Surely
		}
		delete(proven, f.Span)
		p.ReportFailing(f, rules.NoEnding, comes, nil)
	}
}

// ofFile reports whether a set is the value of the file, or what that gives when it is called.
func ofFile(set ast.Node) bool {
	at := set.OutsideParens()
	for up := at.Parent(); ; at, up = up.OutsideParens(), up.OutsideParens().Parent() {
		switch {
		case up.Is(ast.File):
			return true
		case up.Is(ast.Let) || up.Is(ast.With) || up.Is(ast.Assert) || up.Is(ast.Lambda):
			if up.Child(1) != at {
				return false
			}
		case !up.Is(ast.Binary) || up.Op() != ast.OpUpdate:
			return false
		}
	}
}

// computedName returns the expression that names an attribute. quoted tells that it stands in a string, where null is
// an error.
func computedName(part ast.Node) (name ast.Node, quoted bool) {
	if part.Is(ast.Interpolation) {
		part = part.FirstChild().Unparen()
	}
	for part.Is(ast.String) {
		in := part.FirstChild()
		if !in.Is(ast.Interpolation) || in.Span().Len()+2 != part.Span().Len() {
			return part, true
		}
		part, quoted = in.FirstChild().Unparen(), true
	}
	return part, quoted
}

// shape returns a text that two expressions share if they are the same up to blanks, comments and parentheses.
func shape(n ast.Node) string {
	var b strings.Builder
	src := n.Tree().Source()
	for id := n.ID(); id < n.SubtreeEnd(); id++ {
		d := n.Tree().Node(id)
		if d.Is(ast.Paren) {
			continue
		}
		children := 0
		for range d.Children() {
			children++
		}
		fmt.Fprintf(&b, "%d %d %d %t ", d.Kind(), d.Op(), children, d.IsRec())
		switch {
		case d.Is(ast.String) || d.Is(ast.IndString) || d.Is(ast.Path):
			for part := range ast.Parts(d) {
				if part.IsText() {
					b.WriteString(part.Span.Of(src))
				}
				b.WriteByte(0)
			}
		case children == 0:
			b.WriteString(d.Text())
		}
		b.WriteByte(0)
	}
	return b.String()
}

// isText reports whether an expression is a string and not null.
func isText(names *sema.Info, n ast.Node) bool {
	return nixlang.TypeOf(names, n) == nixlang.TypeString
}

// sameVariables reports whether the variables of two expressions with the same tokens are the same.
func sameVariables(names *sema.Info, a, b ast.Node) bool {
	var left []sema.Use
	for n := range a.Descendants() {
		if u, ok := names.Use(n); ok {
			left = append(left, u)
		}
	}
	for n := range b.Descendants() {
		if u, ok := names.Use(n); ok {
			if len(left) == 0 || u.Target != left[0].Target || u.Binding != left[0].Binding {
				return false
			}
			left = left[1:]
		}
	}
	return len(left) == 0
}
