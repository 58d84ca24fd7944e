package query

import (
	"cmp"
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/bmatcuk/doublestar/v4"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/role"
)

// fileTest asks what the file of a match is, or who has it as a module.
type fileTest struct {
	Kind *kind     `parser:"( 'is' @@"`
	Host *hostTest `parser:"| 'reached' 'by' 'host' @@ )"`
}

type hostTest struct {
	Pos  lexer.Position
	Name *quoted `parser:"( '~' @@ )?"`
	name []string
}

// modelTest asks of the option that is defined around a match.
type modelTest struct {
	Option      *optionTest   `parser:"( 'option' @@"`
	Priority    *priorityTest `parser:"| 'priority' @@"`
	Conditional bool          `parser:"| @'conditional' )"`
}

type optionTest struct {
	Op   string `parser:"@( '~' | '==' | '!=' )"`
	With quoted `parser:"@@"`
	path []string
}

type priorityTest struct {
	Op   string `parser:"@( '==' | '!=' | '<=' | '>=' | '<' | '>' )"`
	With int64  `parser:"@Int"`
}

// sampleKind and generatedKind are what a file may be beside its role.
const sampleKind, generatedKind = "test", "generated"

// fileRoles are the roles of files by their names in conditions.
var fileRoles = map[string]role.Kind{"flake": role.Flake, "module": role.Module, "package": role.Package, "overlay": role.Overlay, "plain": role.Plain}

// fileKinds are what a file may be, sorted.
var fileKinds = func() []string {
	names := []string{sampleKind, generatedKind}
	for name := range fileRoles {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}()

func (c *checker) file(x *fileTest) {
	c.w.Project = true
	switch {
	case x.Host != nil && x.Host.Name != nil:
		x.Host.name = c.dotted(x.Host.Name, true)
	case x.Kind != nil && !slices.Contains(fileKinds, x.Kind.Text):
		if guess := near.Find(x.Kind.Text, fileKinds); guess != "" {
			c.fail(x.Kind.Pos, "a file is no `%s`; did you mean `%s`?", x.Kind.Text, guess)
		} else {
			c.fail(x.Kind.Pos, "a file is no `%s`: use %s", x.Kind.Text, strings.Join(fileKinds, ", "))
		}
	}
}

func (c *checker) model(x *modelTest) {
	c.w.Project = true
	if x.Option != nil {
		x.Option.path = c.dotted(&x.Option.With, x.Option.Op == "~")
	}
}

// dotted reads names with dots between them, such as boot.kernel.sysctl."net.core". In patterns, * stands for a name and ** for any number.
func (c *checker) dotted(q *quoted, isPattern bool) (names []string) {
	text := q.text()
	for rest := text; ; {
		name, after := rest, ""
		if strings.HasPrefix(rest, `"`) {
			end := strings.IndexByte(rest[1:], '"') + 1
			if end == 0 {
				c.fail(q.Pos, "the quotes in `%s` do not end", text)
				return nil
			}
			name, after = rest[1:end], rest[end+1:]
			if after != "" && after[0] != '.' {
				c.fail(q.Pos, "behind the quotes in `%s` a dot is missing", text)
				return nil
			}
		} else if at := strings.IndexByte(rest, '.'); at >= 0 {
			name, after = rest[:at], rest[at:]
		}
		switch {
		case name == "":
			c.fail(q.Pos, "`%s` has an empty name in it: names stand with a dot between them", text)
			return nil
		case isPattern && !doublestar.ValidatePattern(name):
			c.fail(q.Pos, "`%s` is no pattern of names: * stands for any letters of a name, ** for any number of names, {a,b} for one of several", name)
			return nil
		}
		names = append(names, name)
		if after == "" {
			return names
		}
		rest = after[1:]
	}
}

// maxNames bounds the names of paths that patterns are held against.
const maxNames = 64

// matches reports whether names are as a pattern of dotted says.
func matches(pattern, names []string) bool {
	if len(names) > maxNames {
		return false
	}
	// can[i] tells that the pattern so far matches the first i names.
	can := make([]bool, len(names)+1)
	can[0] = true
	for _, p := range pattern {
		next := make([]bool, len(can))
		for i := range can {
			switch {
			case p == "**":
				next[i] = can[i] || i > 0 && next[i-1]
			case i > 0 && can[i-1]:
				next[i], _ = doublestar.Match(p, strings.ReplaceAll(names[i-1], "/", "_"))
			}
		}
		can = next
	}
	return can[len(names)]
}

func (a *asked) file(x *fileTest) Verdict {
	path := a.in.Path()
	switch {
	case x.Host != nil:
		names := x.Host.name
		return later(func(in Around) bool {
			return slices.ContainsFunc(in.HostsOf(path).Surely, func(h *project.Host) bool {
				return names == nil || matches(names, strings.Split(h.Output, "."))
			})
		})
	case x.Kind.Text == generatedKind:
		return settled(a.in.View().Generated(path, a.names.Tree()))
	case x.Kind.Text == sampleKind:
		if !a.in.View().InSamples(path) {
			return settled(false)
		}
		return later(func(in Around) bool { return in.Sample(path) })
	}
	want, shape := fileRoles[x.Kind.Text], a.in.Shape()
	if is, known := shape.Kind(); known && is != role.Plain {
		return settled(is == want)
	}
	return later(func(in Around) bool {
		r := in.Role(path, shape)
		if r.Kind == role.Plain && r.Listed() { // a set that a list of modules has
			return want == role.Module
		}
		return r.Kind == want
	})
}

func (a *asked) model(x *modelTest) bool {
	d := a.defined()
	switch {
	case d == nil:
		return false
	case x.Conditional:
		return d.Conditional
	case x.Priority != nil:
		return d.Priority > 0 && ordered(cmp.Compare(d.Priority, x.Priority.With), x.Priority.Op)
	case x.Option.Op == "~":
		return !d.Cut && matches(x.Option.path, d.Path)
	}
	return !d.Cut && slices.Equal(x.Option.path, d.Path) == (x.Option.Op == "==")
}

// defined returns the definition of an option that a match is, or stands in; else the first that stands in it. It is nil for none.
func (a *asked) defined() *module.Defined {
	if a.defs == nil {
		a.defs = definitionsOf(a.in)
	}
	return a.defs.of(a.match.Span)
}

// definitions are those of the options that the modules of a file define, by place.
type definitions struct {
	all []placed
}

// placed is a definition with where its binding stands, and which one stands around that, -1 for none.
type placed struct {
	*module.Defined
	at source.Span
	up int
}

func definitionsOf(in About) *definitions {
	own := true // whether the file as a whole may be a module
	if is, known := in.Shape().Kind(); known && is != role.Module && is != role.Plain {
		own = false
	}
	all := in.Modules().DefinedOptions()
	x := &definitions{make([]placed, 0, len(all))}
	for i := range all {
		d := &all[i]
		if !own && !d.Of.Inline {
			continue
		}
		at := d.Node.Span()
		if b := d.Node.Parent().Parent(); b.Is(ast.Binding) {
			at = b.Span()
		}
		x.all = append(x.all, placed{d, at, -1})
	}
	slices.SortStableFunc(x.all, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.at.Start, b.at.Start), cmp.Compare(b.at.End, a.at.End))
	})
	up := -1
	for i := range x.all {
		for up >= 0 && x.all[up].at.End <= x.all[i].at.Start {
			up = x.all[up].up
		}
		x.all[i].up, up = up, i
	}
	return x
}

func (x *definitions) of(at source.Span) *module.Defined {
	i, _ := slices.BinarySearchFunc(x.all, at.Start+1, func(d placed, start uint32) int { return cmp.Compare(d.at.Start, start) })
	for i--; i >= 0; i = x.all[i].up { // from the last that begins before it
		if x.all[i].at.Covers(at) {
			return x.all[i].Defined
		}
	}
	i, _ = slices.BinarySearchFunc(x.all, at.Start, func(d placed, start uint32) int { return cmp.Compare(d.Node.Start(), start) })
	if i < len(x.all) && at.Covers(x.all[i].Node.Span()) {
		return x.all[i].Defined
	}
	return nil
}
