package corpus

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/nixprint"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// form says what the safe fixes of a rule do to the normal form of a file.
type form uint8

const (
	// noSafe: in files that Nix accepts, the rule has no safe fix.
	noSafe form = iota + 1
	// same: the normal form stays as it is.
	same
	// joined: the tokens stay, but for parentheses; (a.b).c and a.b.c have the same value and different normal forms.
	joined
	// fewer: tokens go, and nothing else changes.
	fewer
	// regrouped: the normal form stays once each inherited name is written as an attribute of its own.
	regrouped
	// renamed: names get an underscore in front, and nothing else changes.
	renamed
	// rewritten: another expression of the same value; the tests of the family prove it by evaluation.
	rewritten
)

// forms is the table of all rules with fixes.
var forms = map[string]form{
	// Nix rejects the file, or the code does not do what was meant: a mended file has another meaning.
	"args-binding-misses-default": noSafe, "attr-name-typo": noSafe, "attrpath-extra-dot": noSafe, "builtin-needs-prefix": noSafe,
	"builtin-unknown": noSafe, "drv-flags-array": noSafe, "escaping-with-shadow": noSafe, "flake-outputs-not-lambda": noSafe,
	"flake-unknown-attr": noSafe, "float-leading-zero": noSafe, "follows-undeclared-input": noSafe, "function-equality": noSafe,
	"identical-branches": noSafe, "identifier-minus": noSafe, "if-instead-of-mkif": noSafe, "indented-string-stripping": noSafe,
	"inherit-unknown-from": noSafe, "integer-division": noSafe, "interpolation-escape": noSafe, "list-application": noSafe,
	"malformed-formals": noSafe, "missing-follows": noSafe, "missing-mkif": noSafe, "missing-paren-in-list": noSafe,
	"mkif-used-as-value": noSafe, "shell-expansion-in-string": noSafe,
	"missing-path": noSafe, "negative-in-list": noSafe, "nul-byte-in-string": noSafe, "optional-list-arg": noSafe,
	"or-not-operator": noSafe, "path-concat-without-slash": noSafe, "path-division": noSafe, "path-double-slash": noSafe,
	"path-override-input": noSafe, "path-trailing-slash": noSafe, "python-import-check-typo": noSafe, "rec-shadow-recursion": noSafe,
	"regex-backslash-class": noSafe, "stray-byte": noSafe, "syntax-error": noSafe, "undefined-variable": noSafe,
	"uri-like-lambda": noSafe,
	// What Nix checks or copies changes with the fix.
	"absolute-path-literal": noSafe, "derivation-equality": noSafe, "empty-pattern": noSafe, "free-let-in-function": noSafe,
	"fold-update": noSafe, "redundant-pattern-bind": noSafe, "unclear-gpl-license": noSafe,
	// Another spelling of the same.
	"crlf-in-source": same, "float-without-zero": same, "has-attr-precedence": same, "malformed-suppression": same, "or-as-identifier": same,
	"or-default-precedence": same, "or-list-ambiguity": same, "repeated-keys": same, "short-path-literal": same,
	"tokens-without-space": same, "unknown-suppression": same, "unused-suppression": same, "url-literal": same,
	"useless-string-escape": same,

	"useless-parens": joined,

	// Code that nothing uses, and operations without effect.
	"empty-inherit": fewer, "empty-let": fewer, "empty-list-concat": fewer, "empty-set-update": fewer, "follows-on-non-flake": fewer,
	"follows-unused": fewer, "redundant-builtins-prefix": fewer, "redundant-inherit": fewer, "unneeded-antiquote": fewer,
	"unused-at-binding": fewer, "unused-lambda-formal": fewer, "unused-let-binding": fewer, "unused-rec": fewer,
	"unused-with": fewer, "useless-bool-op": fewer,

	"manual-inherit": regrouped, "manual-inherit-from": regrouped,

	"unused-lambda-arg": renamed,

	"beta-reduction": rewritten, "bool-comparison": rewritten, "collapsible-let": rewritten, "deprecated-lib-alias": rewritten, "deprecated-topath": rewritten,
	"eta-reduction": rewritten, "legacy-let": rewritten, "list-literal-concat": rewritten, "negated-equality": rewritten,
	"negated-literal": rewritten, "set-literal-update": rewritten, "useless-has-attr": rewritten,
}

// violated tells how a safe fix does not keep to the table, or returns "".
func (f form) violated(file, before, after string) string {
	var ok bool
	if f == regrouped {
		before, after = ungroup(before), ungroup(after)
	}
	was, is := formOf(file, before), formOf(file, after)
	if is == "" {
		return "the result has no normal form"
	}
	switch f {
	case noSafe:
		return "there are safe fixes, which the table does not expect"
	case same, regrouped:
		ok = is == was
	case joined:
		ok = slices.Equal(tokens(is), tokens(was))
	case fewer:
		ok = leavesOut(tokens(is), tokens(was), func(a, b string) bool { return a == b })
	case renamed:
		a, b := tokens(is), tokens(was)
		ok = len(a) == len(b) && leavesOut(a, b, func(a, b string) bool { return a == b || a == "_"+b })
	case rewritten:
		ok = true
	}
	if ok {
		return ""
	}
	return difference(is, was)
}

// formOf returns the normal form of a text that stands for a file.
func formOf(file, text string) string {
	dir, err := nixprint.BaseDir(file, "/")
	if err != nil {
		dir = filepath.Dir(file)
	}
	return nixprint.Print(parseAsNix(text), nixprint.Options{Dir: dir, Home: os.Getenv("HOME")})
}

// tokens returns the tokens of a text without white space and comments. Parentheses, which the normal form has around
// every operation, do not count.
func tokens(text string) []string {
	tree := parser.Parse(text)
	var out []string
	for i := range tree.NumTokens() {
		tok := tree.Token(i)
		if s := tok.Text(); !tok.Kind().IsTrivia() && s != "(" && s != ")" {
			out = append(out, s)
		}
	}
	return out
}

// leavesOut reports whether short is long without some of its elements.
func leavesOut(short, long []string, equal func(a, b string) bool) bool {
	for _, s := range long {
		if len(short) > 0 && equal(short[0], s) {
			short = short[1:]
		}
	}
	return len(short) == 0
}

// ungroup writes each inherited name as an attribute of its own where that means the same: x as x = x in sets that are
// not recursive, and names from a set everywhere.
func ungroup(text string) string {
	tree := parseAsNix(text)
	// The nodes of a subtree stand behind their root, so from the end on children are written before parents.
	written := map[ast.NodeID]string{}
	for id := ast.NodeID(len(tree.Records())); id > 0; id-- {
		n := tree.Node(id - 1)
		var b strings.Builder
		at, recursive := n.Start(), n.IsRec() || n.Is(ast.Bindings)
		for c := range n.Children() {
			b.WriteString(text[at:c.Start()])
			at = c.End()
			in, ok := ast.AsInherit(c)
			if !ok || recursive && !in.From().IsValid() {
				b.WriteString(written[c.ID()])
				continue
			}
			for name := range in.Names() {
				value, _ := ast.AttrName(name)
				if in.From().IsValid() {
					value = operand(in.From(), written) + "." + name.Text()
				}
				fmt.Fprintf(&b, "%s = %s; ", name.Text(), value)
			}
		}
		written[n.ID()] = b.String() + text[at:n.End()]
	}
	return written[0]
}

// operand returns how an expression is written before a dot.
func operand(n ast.Node, written map[ast.NodeID]string) string {
	if sel, ok := ast.AsSelect(n); ok && !sel.Default().IsValid() {
		return written[n.ID()]
	}
	return "(" + written[n.ID()] + ")"
}

// rejections returns what the current Nix holds against a text when it parses, as we see it.
func rejections(src string) []string {
	tree := parseAsNix(src)
	var out []string
	for _, e := range tree.Errors() {
		out = append(out, e.Message)
	}
	names := sema.Resolve(tree)
	for u := range names.Undefined() {
		out = append(out, "undefined "+u.Node.Text())
	}
	for _, c := range names.Conflicts() {
		if !c.OldOnly {
			out = append(out, "duplicate "+c.Path)
		}
	}
	return out
}

// lostComments compares the comments of two texts and tells the first that is gone or new. Comments to linters may
// change: the rules about suppressions are there for it.
func lostComments(before, after string) string {
	count := map[string]int{}
	tally := func(text string, by int) {
		for c := range parser.Parse(text).Comments() {
			if s := strings.Join(strings.Fields(c.Text()), " "); !strings.Contains(s, "nixsift:") {
				count[s] += by
			}
		}
	}
	tally(before, 1)
	tally(after, -1)
	for comment, n := range count {
		if n != 0 {
			return fmt.Sprintf("%+d of %s", -n, comment)
		}
	}
	return ""
}

// counter counts by name.
type counter struct {
	mu sync.Mutex
	by map[string]int
}

func (c *counter) add(name string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == nil {
		c.by = map[string]int{}
	}
	c.by[name] += n
}

func (c *counter) String() string {
	var out []string
	for name, n := range c.by {
		out = append(out, fmt.Sprintf("%s %d", name, n))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// TestFormRelations shows that the relations of the table tell right from wrong.
func TestFormRelations(t *testing.T) {
	for _, c := range []struct {
		form          form
		before, after string
		ok            bool
	}{
		{same, "{ a = (1); }", "{ a = 1; }", true},
		{same, "{ a = (1); }", "{ a = 2; }", false},
		{fewer, "let a = 1; b = 2; in b", "let b = 2; in b", true},
		{fewer, "let a = 1; b = 2; in b", "let b = 2; in a", false},
		{fewer, "x: with { }; x", "x: x", true},
		{regrouped, "x: { a = x.a; x = x; }", "x: { inherit x; inherit (x) a; }", true},
		{regrouped, "x: { a = x.a; b = { inherit x; }; }", "x: { inherit (x) a; b = { x = x; }; }", true},
		{regrouped, "x: { a = x.a; b = 1; }", "x: { inherit (x) b; a = 1; }", false},
		{regrouped, "x: rec { inherit x; }", "x: rec { x = x; }", false},
		{renamed, "a: b: b", "_a: b: b", true},
		{renamed, "a: b: b", "_a: b: a", false},
		{noSafe, "1", "1", false},
	} {
		assert.Equal(t, c.ok, c.form.violated("/x.nix", c.before, c.after) == "", "%s ⇒ %s", c.before, c.after)
	}
}
