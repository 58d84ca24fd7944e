package custom

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/pattern"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
	"github.com/nixsift/nixsift/rules"
)

// maxExample is the length in bytes that an example may have.
const maxExample = 1 << 16

// examples holds a rule against its examples: it finds something in each bad one, nothing in a good one, and what fixes make of
// bad ones parses and is good.
func (c *compiler) examples(r *Rule) {
	fixed := false
	for _, x := range c.def.Bad {
		code, ok := c.read(x)
		if !ok {
			continue
		}
		t := r.try(code, x)
		if len(t.findings) == 0 {
			c.fail(x.Code, "`bad`", errors.New("the rule finds nothing in this example: "+t.why()))
			continue
		}
		if c.def.Fix.Given() && !c.failed {
			fixed = c.fixes(r, x, code, t) || fixed
		}
	}
	for _, x := range c.def.Good {
		code, ok := c.read(x)
		if !ok {
			continue
		}
		if t := r.try(code, x); len(t.findings) > 0 {
			span := t.findings[0].Span
			c.fail(x.Code, "`good`", &pattern.Error{Offset: max(int(span.Start)-len(code.before), 0), Message: fmt.Sprintf(
				"the rule finds `%s` in this example, which is to be right: narrow `pattern` or `where`, or correct the example", shorten(span.Of(code.tree.Source())))})
		}
	}
	if c.def.Fix.Given() && !fixed && !c.failed {
		c.fail(c.def.Fix, "`fix`", errors.New("it changes none of the examples in `bad`: say one of which it is to change something"))
	}
}

// fixes applies the fix to an example that is bad, and reports whether it changes that.
func (c *compiler) fixes(r *Rule, x config.Example, code example, t *trial) bool {
	source := code.tree.Source()
	text, done := source, 0
	for _, v := range r.variants {
		var of []pattern.Match
		tree := parser.Parse(text)
		names := sema.Resolve(tree)
		for _, m := range v.pattern.Find(names).Matches {
			if !m.Possible && (done > 0 || t.has(m.Span)) {
				of = append(of, m)
			}
		}
		after, n, _, ok := v.fix.Apply(tree, of)
		if !ok {
			c.fail(c.def.Fix, "`fix`", fmt.Errorf("what it makes of the example on line %d is no Nix code", c.line(x.Code)))
			return true
		}
		text, done = after, done+n
	}
	if done == 0 {
		return false
	}
	again := r.try(example{parser.Parse(text), code.before, code.after, code.head}, x)
	inner := strings.TrimSuffix(strings.TrimPrefix(text, code.before), code.after)
	switch {
	case len(again.findings) > 0:
		c.fail(c.def.Fix, "`fix`", fmt.Errorf("the rule finds `%s` in what it makes of the example on line %d, and would fix that again and again: `%s`",
			shorten(again.findings[0].Span.Of(text)), c.line(x.Code), shorten(inner)))
	case x.Fixed.Given() && strings.TrimSpace(inner) != strings.TrimSpace(x.Fixed.Value):
		c.fail(x.Fixed, "`fixed`", fmt.Errorf("fixing the example gives `%s`", shorten(inner)))
	}
	return true
}

// line returns the line of the file that a text stands on.
func (c *compiler) line(t config.Text) int { return c.def.LineOf(t.Span) }

// example is code of an example, parsed, with what is put around it: bindings stand in a set, and names that it does not say the meaning
// of are arguments of a function.
type example struct {
	tree          *ast.Tree
	before, after string
	head          int // how much of before is the head of a function
}

// within returns code with what it needs around it.
func within(tree *ast.Tree, text, before, after string) example {
	var free []string
	for u := range sema.Resolve(tree).Undefined() {
		free = append(free, u.Node.Text())
	}
	if len(free) == 0 {
		return example{tree: tree, before: before, after: after}
	}
	slices.Sort(free)
	head := "{ " + strings.Join(slices.Compact(free), ", ") + ", ... }: "
	before = head + before
	return example{parser.Parse(before + text + after), before, after, len(head)}
}

// read parses an example: an expression, or bindings.
func (c *compiler) read(x config.Example) (example, bool) {
	text := x.Code.Value
	if len(text) > maxExample {
		c.fail(x.Code, "an example", fmt.Errorf("it has %d bytes; at most %d are read", len(text), maxExample))
		return example{}, false
	}
	tree := parser.Parse(text)
	if len(tree.Errors()) == 0 {
		return within(tree, text, "", ""), true
	}
	if in := parser.Parse("{\n" + text + "\n}"); len(in.Errors()) == 0 && strings.TrimSpace(text) != "" {
		return within(in, text, "{\n", "\n}"), true
	}
	if in := parser.Parse("{\n" + text + "\n;}"); len(in.Errors()) == 0 {
		c.fail(x.Code, "an example", &pattern.Error{Offset: len(text), Message: "a `;` is missing behind the attribute"})
		return example{}, false
	}
	e := tree.Errors()[0]
	c.fail(x.Code, "an example", &pattern.Error{Offset: int(e.Span.Start), Message: "it is neither an expression nor attributes of a set: " + e.Message})
	return example{}, false
}

// trial is what a rule finds in an example. It is the host of the rule.
type trial struct {
	findings []diag.Finding
	matches  int // whether or not the condition holds
	possible int
	cut      bool
	later    []func(rules.Host)
}

func (t *trial) has(s source.Span) bool {
	for _, f := range t.findings {
		if f.Span == s {
			return true
		}
	}
	return false
}

// why says why nothing is found.
func (t *trial) why() string {
	switch {
	case t.cut:
		return "looking for all matches takes too long"
	case t.matches == 0:
		return "the pattern does not match"
	case t.possible == t.matches:
		return "several `with` may give the name, so that it may mean something else"
	}
	return "the pattern matches, but `where` does not hold"
}

// at is the folder in which examples are said to lie, and code the name of those that say none: neither is one for tests.
var at = filepath.FromSlash("/project")

const code = "code.nix"

// try lets a rule look at an example.
func (r *Rule) try(x example, as config.Example) *trial {
	name := as.Path.Value
	if name == "" {
		name = code
	}
	t := new(trial)
	path := filepath.Join(at, filepath.FromSlash(name))
	files := workspace.NewOverlay(nothing{})
	files.Set(path, []byte(x.tree.Source()))
	snapshot := project.New(files)
	pass := rules.NewPass(t, path, x.tree, snapshot.View(path), config.DefaultMinimumNix, new(sema.Resolver))
	pass.SetRule(r.Rule)
	for i := range r.variants {
		found := r.variants[i].pattern.Find(pass.Names())
		f := &Found{Rule: r, host: strings.TrimSpace(as.Host.Value)}
		t.cut = t.cut || found.Cut
		for k := range found.Matches {
			t.matches++
			if found.Matches[k].Possible {
				t.possible++
			}
			f.matches = append(f.matches, matched{&r.variants[i], &found.Matches[k]})
		}
		f.Report(pass, name)
	}
	for _, then := range t.later {
		then(t)
	}
	t.findings = slices.DeleteFunc(t.findings, func(f diag.Finding) bool { return int(f.Span.Start) < x.head })
	return t
}

func (t *trial) Report(_ *rules.Rule, f diag.Finding) { t.findings = append(t.findings, f) }

func (t *trial) Option(*rules.Rule, string) any { return nil }

func (t *trial) Runs(*rules.Rule) bool { return false }

func (t *trial) Named(*rules.Rule, string, string, bool, string) {}

func (t *trial) Later(_ *rules.Rule, then func(rules.Host)) { t.later = append(t.later, then) }

// nothing is a file system without files.
type nothing struct{}

func (nothing) ReadFile(path string) ([]byte, error) { return nil, missing("open", path) }

func (nothing) Stat(path string) (fs.FileInfo, error) { return nil, missing("stat", path) }

func (nothing) Lstat(path string) (fs.FileInfo, error) { return nil, missing("lstat", path) }

func (nothing) ReadDir(path string) ([]fs.DirEntry, error) { return nil, missing("open", path) }

func (nothing) Readlink(path string) (string, error) { return "", missing("readlink", path) }

func (nothing) EvalSymlinks(path string) (string, error) { return "", missing("lstat", path) }

func missing(op, path string) error { return &fs.PathError{Op: op, Path: path, Err: fs.ErrNotExist} }
