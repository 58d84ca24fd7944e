package suspicious

import (
	"slices"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "attr-name-typo", Family: family, Since: "0.1.0",
	Summary: "An attribute of a derivation is nearly called like a known one",
	Doc: "Every attribute of a derivation becomes an environment variable of the build, whatever its name, so\n" +
		"`buildInput = [ zlib ];` is accepted and does nothing. The same goes for `meta`.\n" +
		"\n" +
		"A name is reported if it is one or two letters away from that of an attribute which the builders of nixpkgs know, and\n" +
		"is mentioned nowhere else in the derivation.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Aliases: []string{"hammering:attribute-typo"},
	On:      []ast.Kind{ast.Apply},
	Node: func(p *rules.Pass, n ast.Node) {
		call := ast.ApplyExpr{Node: n}
		if !isBuilder(ast.LastName(call.Func())) || !callsBuilder(p.Names(), call) {
			return
		}
		for _, set := range derivationSets(call.Arg()) {
			for c := range set.Children() {
				if b, ok := ast.AsBinding(c); ok {
					checkAttrName(p, n, set, b)
				}
			}
		}
	},
})

// checkAttrName checks the name of one attribute, or the names in meta.
func checkAttrName(p *rules.Pass, call, set ast.Node, b ast.BindingNode) {
	first := b.Attrpath().FirstChild()
	second := first.NextSibling()
	name, _ := ast.AttrName(first)
	switch {
	case name == "meta" && !second.IsValid():
		for _, meta := range derivationSets(b.Value()) {
			for c := range meta.Children() {
				if m, ok := ast.AsBinding(c); ok {
					reportTypo(p, call, meta, m.Attrpath().FirstChild(), metaNames(), 6)
				}
			}
		}
	case name == "meta":
		reportTypo(p, call, set, second, metaNames(), 6)
	case !second.IsValid():
		reportTypo(p, call, set, first, drvNames(), 8)
	}
}

// maxMentions is the size in bytes of a derivation up to which a misspelled name is searched in it.
const maxMentions = 1 << 18

func reportTypo(p *rules.Pass, call, set, part ast.Node, known knownNames, minLen int) {
	name, ok := ast.AttrName(part)
	if !ok || len(name) < minLen || len(name) > 40 || known.has[name] || !isCamel(name) || slices.Contains(importsCheckTypos, name) {
		return
	}
	guess := known.nearest(name)
	if text := call.Text(); guess == "" || len(text) > maxMentions || strings.Count(text, name) > 1 {
		return
	}
	f := diag.Finding{
		Span: part.Span(), Message: "`" + name + "` looks like a misspelling of `" + guess + "`",
		Help: "call it `" + guess + "` if that is meant",
	}
	if b, ok := ast.AsBinding(part.Parent().Parent()); ok && (guess == "prePhases" || guess == "postPhases") && !b.Value().Unparen().Is(ast.List) {
		f.Message, f.Help = "nothing runs `"+name+"`", "hooks are called like their phase: `preBuild`, `postPatch`"
	} else if _, taken := ast.Attr(set, guess); !taken && part.Is(ast.Name) {
		f.Fixes = []diag.Fix{rules.Replace("call it `"+guess+"`", diag.Unsafe, part.Span(), guess)}
	}
	p.Report(f)
}

// isCamel reports whether a name is made of letters and starts with a small one, as those of known attributes.
func isCamel(name string) bool {
	for i := 0; i < len(name); i++ {
		c := name[i]
		if (c < 'a' || c > 'z') && (i == 0 || c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// knownNames are names, and those among them that others are compared with.
type knownNames struct {
	has        map[string]bool
	candidates []string
	lower      []string // of candidates
}

func newKnownNames(names string, minLen int) knownNames {
	k := knownNames{has: map[string]bool{}}
	for _, n := range strings.Fields(names) {
		k.has[n] = true
		if len(n) >= minLen && isCamel(n) {
			k.candidates = append(k.candidates, n)
			k.lower = append(k.lower, strings.ToLower(n))
		}
	}
	return k
}

// nearest returns the only candidate, or the first of the nearest, that one edit makes of the name, or two of a
// long name. Case does not count.
func (k knownNames) nearest(name string) string {
	lower := strings.ToLower(name)
	if i := slices.Index(k.lower, lower); i >= 0 {
		return k.candidates[i]
	}
	best, limit := "", 1
	if len(name) >= 14 {
		limit = 2
	}
	for i, c := range k.lower {
		if d := near.Distance(lower, c, limit); d <= limit {
			best, limit = k.candidates[i], d-1
		}
	}
	return best
}

var drvNames = sync.OnceValue(func() knownNames { return newKnownNames(nixlang.DerivationAttrs, 8) })

var metaNames = sync.OnceValue(func() knownNames { return newKnownNames(nixlang.MetaAttrs, 6) })
