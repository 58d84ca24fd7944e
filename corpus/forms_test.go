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
	"github.com/nixsift/nixsift/rules"
)

// violated tells how a safe fix has another effect than its rule says, or returns "".
func violated(f rules.Effect, file, before, after string) string {
	var ok bool
	if f == rules.SameAttrs {
		before, after = ungroup(before), ungroup(after)
	}
	was, is := formOf(file, before), formOf(file, after)
	if is == "" {
		return "the result has no normal form"
	}
	switch f {
	case rules.NoSafeFix:
		return "there are safe fixes, which the rule does not promise"
	case rules.SameParse, rules.SameAttrs:
		ok = is == was
	case rules.SameTokens:
		ok = slices.Equal(tokens(is), tokens(was))
	case rules.FewerTokens:
		ok = leavesOut(tokens(is), tokens(was), func(a, b string) bool { return a == b })
	case rules.Underscored:
		a, b := tokens(is), tokens(was)
		ok = len(a) == len(b) && leavesOut(a, b, func(a, b string) bool { return a == b || a == "_"+b })
	case rules.SameValue:
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
	for c := range names.Conflicts() {
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

// TestEffects shows that what is asked of effects tells right from wrong.
func TestEffects(t *testing.T) {
	for _, c := range []struct {
		effect        rules.Effect
		before, after string
		ok            bool
	}{
		{rules.SameParse, "{ a = (1); }", "{ a = 1; }", true},
		{rules.SameParse, "{ a = (1); }", "{ a = 2; }", false},
		{rules.FewerTokens, "let a = 1; b = 2; in b", "let b = 2; in b", true},
		{rules.FewerTokens, "let a = 1; b = 2; in b", "let b = 2; in a", false},
		{rules.FewerTokens, "x: with { }; x", "x: x", true},
		{rules.SameAttrs, "x: { a = x.a; x = x; }", "x: { inherit x; inherit (x) a; }", true},
		{rules.SameAttrs, "x: { a = x.a; b = { inherit x; }; }", "x: { inherit (x) a; b = { x = x; }; }", true},
		{rules.SameAttrs, "x: { a = x.a; b = 1; }", "x: { inherit (x) b; a = 1; }", false},
		{rules.SameAttrs, "x: rec { inherit x; }", "x: rec { x = x; }", false},
		{rules.Underscored, "a: b: b", "_a: b: b", true},
		{rules.Underscored, "a: b: b", "_a: b: a", false},
		{rules.NoSafeFix, "1", "1", false},
	} {
		assert.Equal(t, c.ok, violated(c.effect, "/x.nix", c.before, c.after) == "", "%s ⇒ %s", c.before, c.after)
	}
}
