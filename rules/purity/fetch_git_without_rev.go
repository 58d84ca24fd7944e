package purity

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "fetch-git-without-rev", Family: family, Since: "0.1.0",
	Summary: "`fetchGit`, `fetchTree`, `fetchMercurial` or `getFlake` takes a source that no revision or hash locks",
	Doc: "Without `rev` or `narHash` the source is whatever the branch has on that day. Pure evaluation, that of flakes, refuses it:\n" +
		"\"in pure evaluation mode, 'fetchGit' doesn't fetch unlocked input\", \"cannot call 'getFlake' on unlocked flake reference\".\n" +
		"Write the whole revision, or make the source an input of the flake: its lock holds it.\n" +
		"\n" +
		"A local tree, as in `fetchGit ./.`, has no revision to write, and pure evaluation refuses it all the same; take `./.` itself,\n" +
		"or `self`. In files that no flake reaches it is left alone, and so is what is no literal, or has names that are computed." + rules.Reaching,
	Severity: diag.Error, Presets: rules.Recommended,
	Asks:  project.ForReach,
	On:    []ast.Kind{ast.Apply},
	Names: nixlang.BuiltinNames(slices.Sorted(maps.Keys(locked))...),
	Node: func(p *rules.Pass, n ast.Node) {
		call := ast.ApplyExpr{Node: n}
		name := nixlang.Builtin(p.Names(), call.Func())
		locks, ok := locked[name]
		if !ok {
			return
		}
		arg := call.Arg().Unparen()
		kind := lockOf(arg, locks)
		if kind == lockedSource {
			return
		}
		f := diag.Finding{Span: arg.Span(), Message: fmt.Sprintf("nothing locks what `%s` fetches: pure evaluation refuses it", name)}
		s := rules.Degrees{Reached: diag.Error, Maybe: diag.Warning, Lazy: diag.Warning, Other: diag.Warning}
		switch {
		case kind == localSource && name == "getFlake":
			f.Message, s.Lazy, s.Other = "nothing locks the flake of a local path: pure evaluation refuses it", diag.Off, diag.Off
			f.Help = "use `self`, or make it an input"
		case kind == localSource:
			f.Message = fmt.Sprintf("`%s` of a local tree has no revision: pure evaluation refuses it", name)
			s.Lazy, s.Other = diag.Info, diag.Off
			f.Help = "use the path itself, or `self`: of a flake they have what Git tracks"
		case name == "getFlake":
			f.Help = "write the whole revision into the reference, or make the flake an input"
		default:
			f.Help = "add `rev` with the whole commit, or make the source an input of the flake"
		}
		if arg.End()-arg.Start() > maxMarked {
			f.Span = call.Func().Span()
		}
		p.ReportImpure(false, rules.Impurity{
			At: p.Purely(n), Finding: f, Degrees: s, Other: fmt.Sprintf("nothing locks what `%s` fetches: it is what the source has on that day", name),
		})
	},
})

// locked are the fetchers with the attributes of which one locks what they fetch.
var locked = map[string][]string{
	"fetchGit": {"rev", "narHash"}, "fetchMercurial": {"rev"}, "fetchTree": {"rev", "narHash"}, "getFlake": nil,
}

// sourceKind says whether a fetcher's argument is locked.
type sourceKind uint8

const (
	lockedSource sourceKind = iota // or not known
	openSource
	localSource
)

// lockedText is what locks a reference that is a text: a whole revision, or a hash.
var lockedText = regexp.MustCompile(`\b[0-9a-f]{40}\b|\brev=|\bnarHash=`)

func lockOf(arg ast.Node, locks []string) sourceKind {
	switch arg.Form() {
	case ast.Path:
		return localSource
	case ast.URI:
		return lockOfText(arg.Text())
	case ast.String:
		text, whole := ast.StringValue(arg)
		if !whole {
			return lockedSource
		}
		return lockOfText(text)
	case ast.Apply:
		if fn, args := ast.Call(arg); ast.LastName(fn) == "toString" && len(args) == 1 && args[0].Unparen().Is(ast.Path) {
			return localSource
		}
	case ast.AttrSet:
		return lockOfSet(arg, locks)
	}
	return lockedSource
}

func lockOfText(text string) sourceKind {
	switch {
	case lockedText.MatchString(text):
		return lockedSource
	case strings.HasPrefix(text, "/") || strings.HasPrefix(text, "file:") || strings.HasPrefix(text, "path:") || strings.HasPrefix(text, "git+file:"):
		return localSource
	}
	return openSource
}

func lockOfSet(set ast.Node, locks []string) sourceKind {
	kind := lockedSource
	for c := range set.Children() {
		if in, ok := ast.AsInherit(c); ok {
			for part := range in.Names() {
				name, static := ast.AttrName(part)
				if !static || slices.Contains(locks, name) {
					return lockedSource
				}
				if (name == "url" || name == "repo") && kind == lockedSource {
					kind = openSource
				}
			}
			continue
		}
		b, ok := ast.AsBinding(c)
		if !ok {
			return lockedSource
		}
		name, static := ast.AttrName(b.Attrpath().FirstChild())
		if !static || slices.Contains(locks, name) {
			return lockedSource
		}
		switch value := b.Value().Unparen(); name {
		case "url", "path":
			text, _ := ast.StringValue(value)
			if kind = openSource; value.Is(ast.Path) || name == "path" || lockOfText(text) == localSource {
				kind = localSource
			}
			if lockedText.MatchString(text) {
				return lockedSource
			}
		case "repo", "id":
			kind = openSource
		}
	}
	return kind
}
