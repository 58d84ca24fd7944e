package project

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "call-argument-mismatch", Family: family, Since: "0.1.0",
	Summary: "A call of a function in another file passes an argument that it does not take, or leaves out one that it needs",
	Doc: "A function with a set pattern takes what the pattern names: `import ./tool.nix { inherit pkgs; }` fails with \"called\n" +
		"with unexpected argument\" where the pattern in `tool.nix` has no `pkgs` and no `...`, and with \"called without required\n" +
		"argument\" where it has another name without a default. Calling a file that is a set fails as well.\n" +
		"\n" +
		"Reported for calls of `import` with a path literal, directly or through a name of `let`, as far as the arguments are\n" +
		"written out: what `//` adds from elsewhere may be anything, so then only the names that are surely passed are looked\n" +
		"at. A file that only imports another is what that is.\n" +
		"\n" +
		"`callPackage` fills in what is missing, so there only arguments that are not taken are reported, as a warning: what is\n" +
		"called so may be another function. In tests, examples and templates that nothing else imports, all are warnings. It is\n" +
		"an information where the file asks of some value what it is (`isFunction`, `isAttrs`, `functionArgs`, `typeOf`), or where\n" +
		"the call stands behind `or`: then it may never be made.\n" +
		"\n" +
		"The fix puts the name that was probably meant.",
	Severity: diag.Error, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Placed: true,
	On:     []ast.Kind{ast.Path},
	File: func(p *rules.Pass) {
		calls := calls{names: p.Names()}
		for _, l := range p.Loads() {
			if l.Arg.IsValid() {
				calls.add(l)
			}
		}
		if len(calls.list) > 0 {
			path, asks := p.Path, asksWhatItIs(p.Tree)
			p.Ask(func(a *rules.Asked) {
				for _, c := range calls.list {
					c.unsure = c.unsure || asks
					c.check(a, path)
				}
			})
		}
	},
})

// call is a call of what another file is, apart from the tree.
type call struct {
	target string
	at     source.Span // of what stands for the function
	given  int         // arguments that come before
	filled bool        // by callPackage
	isSet  bool        // the argument is surely a set
	passed []passedArg // the names that are surely passed
	all    bool        // there are no others
	// unsure is set where something around the call, or elsewhere in the file, may keep it from being made.
	unsure bool
}

// passedArg is a name in the argument of a call.
type passedArg struct {
	name string
	span source.Span
	// bound is set for `name = …`, which another name can stand for.
	bound bool
}

type calls struct {
	names *sema.Info
	list  []call
}

// asksWhatItIs reports whether a file asks of some value whether it is a function, or what it takes.
func asksWhatItIs(t *ast.Tree) bool {
	for i, r := range t.Records() {
		if r.Kind != ast.Ident && r.Kind != ast.Name {
			continue
		}
		switch t.Node(ast.NodeID(i)).Text() {
		case "isFunction", "isAttrs", "functionArgs", "typeOf":
			return true
		}
	}
	return false
}

// maxAround bounds how far above a call an or is looked for.
const maxAround = 64

// isFallback reports whether a node stands behind or: a.b or (f x).
func isFallback(n ast.Node) bool {
	left := maxAround
	for up := n.Parent(); up.IsValid() && left > 0; n, up, left = up, up.Parent(), left-1 {
		if sel, ok := ast.AsSelect(up); ok && sel.Default() == n {
			return true
		}
	}
	return false
}

// maxListed is the number of missing arguments that a finding names and points to.
const maxListed = 6

// maxArguments bounds what is looked at of an argument: its names, and the expressions that it is made of.
const maxArguments = 512

func (c *calls) add(l project.Load) {
	one := call{target: l.Target, at: l.At.Span(), given: l.Given, filled: l.Filled, all: true, unsure: isFallback(l.At)}
	left := maxArguments
	c.read(l.Arg, &one, &left)
	c.list = append(c.list, one)
}

// read adds the names that an expression surely has as a set.
func (c *calls) read(n ast.Node, to *call, left *int) {
	for ; *left > 0; *left-- {
		switch n = n.Unparen(); n.Kind() {
		case ast.Let, ast.With, ast.Assert:
			n = n.Child(1)
			continue
		case ast.Binary:
			if n.Op() != ast.OpUpdate {
				break
			}
			b := ast.BinaryExpr{Node: n}
			*left--
			c.read(b.Left(), to, left)
			n = b.Right()
			continue
		case ast.Ident:
			if b := c.names.Resolve(n); b != nil && !b.More && b.Value.IsValid() {
				n = b.Value
				continue
			}
		case ast.AttrSet:
			c.readSet(n, to, left)
			return
		}
		break
	}
	to.all = false
}

func (c *calls) readSet(set ast.Node, to *call, left *int) {
	to.isSet = true
	add := func(part ast.Node, bound bool) {
		name, static := ast.AttrName(part)
		if *left--; !static || *left < 0 {
			to.all = false
			return
		}
		to.passed = append(to.passed, passedArg{strings.Clone(name), part.Span(), bound && part.Is(ast.Name)})
	}
	for child := range set.Children() {
		switch child.Kind() {
		case ast.Binding:
			add((ast.BindingNode{Node: child}).Attrpath().FirstChild(), true)
		case ast.Inherit:
			for part := range (ast.InheritNode{Node: child}).Names() {
				add(part, false)
			}
		}
	}
}

// check compares a call with what the other file is.
func (c *call) check(a *rules.Asked, path string) {
	to := a.Signature(c.target)
	report := func(f diag.Finding) {
		switch { // asked of what is found only: who imports a file, all files must tell
		case c.unsure:
			f.Severity = diag.Info
		case c.filled || a.Sample(path):
			f.Severity = diag.Warning
		}
		a.Report(f)
	}
	file := diag.Code(a.Rel(c.target))
	if c.given >= len(to.Params) {
		if to.Set == nil || slices.Contains(to.Set.Attrs, "__functor") || c.given > len(to.Params) {
			return
		}
		f := diag.Finding{
			Span: c.at, Message: file + " is a set and no function: calling it fails",
			Related: []diag.Related{{File: to.Set.File, Span: to.Set.Span, Message: "the set"}},
		}
		if c.given > 0 {
			f.Message = fmt.Sprintf("%s gives a set after %s, no function: calling that fails", file, counted(c.given))
		}
		report(f)
		return
	}
	param := to.Params[c.given]
	related := []diag.Related{{File: param.File, Span: param.Span, Message: "what it takes"}}
	has := func(name string) bool {
		return slices.ContainsFunc(c.passed, func(p passedArg) bool { return p.name == name })
	}
	meant := map[string]bool{} // names that others are probably misspellings of
	if !param.Open {
		seen := map[string]bool{}
		for _, p := range c.passed {
			if seen[p.name] || takes(param, p.name) {
				continue
			}
			seen[p.name] = true
			f := diag.Finding{
				Span: p.span, Message: fmt.Sprintf("%s takes no argument %s: the call fails", file, diag.Code(p.name)),
				Related: related,
			}
			free := func(yield func(string) bool) {
				for _, formal := range param.Formals {
					if !has(formal.Name) && !yield(formal.Name) {
						return
					}
				}
			}
			if guess := near.Among(p.name, free); guess != "" {
				meant[guess] = true
				f.Help = "did you mean " + diag.Code(guess) + "?"
				if p.bound {
					f.Fixes = []diag.Fix{rules.Replace("pass it as "+diag.Code(guess), diag.Unsafe, p.span, guess)}
				}
			}
			report(f)
		}
	}
	if c.filled || !c.all || !c.isSet {
		return
	}
	var missing []string
	related = nil
	for _, formal := range param.Formals {
		if !formal.Optional && !has(formal.Name) && !meant[formal.Name] {
			missing = append(missing, formal.Name)
			span := source.Span{Start: formal.At, End: formal.At + uint32(len(formal.Name))}
			if len(related) < maxListed {
				related = append(related, diag.Related{File: param.File, Span: span, Message: "has no default"})
			}
		}
	}
	if len(missing) > 0 {
		word := "argument"
		if len(missing) > 1 {
			word = "arguments"
		}
		report(diag.Finding{
			Span: c.at, Related: related, Subjects: missing,
			Message: fmt.Sprintf("%s needs the %s %s, which the call does not pass", file, word, diag.List(missing, maxListed)),
		})
	}
}

func counted(arguments int) string {
	if arguments == 1 {
		return "one argument"
	}
	return fmt.Sprintf("%d arguments", arguments)
}

func takes(p project.Param, name string) bool {
	_, found := slices.BinarySearchFunc(p.Formals, name, func(f project.Formal, name string) int { return strings.Compare(f.Name, name) })
	return found
}
