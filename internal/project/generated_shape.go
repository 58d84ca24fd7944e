package project

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/ast"
)

// generatedShape reports whether a file has a shape that only tools write: what a known tool prints, or a table of data
// with hashes.
func generatedShape(t *ast.Tree) bool {
	if t.Root().HasError() {
		return false
	}
	o := outlineOf(t.Expr())
	return slices.ContainsFunc(printed, func(s signature) bool { return s.matches(o) }) || lockTable(t)
}

// signature is how the output of a tool looks from outside. A part that is nil says nothing.
type signature struct {
	formals []string // arguments that the file takes
	param   string   // the one argument of the file, or of the functions in its attributes
	lets    []string // names that a let around the result binds
	attrs   []string // attributes of the result
	also    func(outline) bool
}

// printed are the tools whose output has no header, or lost it to a formatter. All names of a signature have to be there.
var printed = []signature{
	// haskell.nix (nix-tools): a package, a plan of cabal, an old plan, a plan of stack.
	{formals: []string{"system", "compiler", "flags", "pkgs", "hsPkgs"}, attrs: []string{"flags", "package", "components"}},
	{attrs: []string{"pkgs", "extras"}, param: "hackage"},
	{attrs: []string{"packages", "compiler"}, param: "hackage"},
	{attrs: []string{"extras", "resolver"}, param: "hackage"},
	// cabal2nix
	{formals: []string{"mkDerivation"}, attrs: []string{"pname", "version", "license"}, also: fromCabal},
	// mix2nix, deps_nix
	{formals: []string{"lib", "beamPackages", "overrides"}, lets: []string{"buildMix", "buildRebar3", "packages", "self"}},
	// composer2nix, node2nix, yarn2nix
	{formals: []string{"composerEnv", "noDev"}, lets: []string{"packages"}},
	{formals: []string{"nodeEnv", "globalBuildInputs"}, lets: []string{"sources"}},
	{formals: []string{"fetchurl", "linkFarm"}, attrs: []string{"offline_cache", "packages"}},
	// bundix
	{also: gemset},
}

func (s signature) matches(o outline) bool {
	return has(o.formals, s.formals) && has(o.lets, s.lets) && has(o.attrs, s.attrs) &&
		(s.param == "" || o.param == s.param || o.param == "_"+s.param) && (s.also == nil || s.also(o))
}

func has(names []named, wanted []string) bool {
	return !slices.ContainsFunc(wanted, func(name string) bool {
		return !slices.ContainsFunc(names, func(n named) bool { return n.name == name && n.node.IsValid() })
	})
}

// named is what has a name: most files have so few that a map would cost more than it saves.
type named struct {
	name string
	node ast.Node
}

// outline is what a file takes, binds and returns, read through functions, let, with, // and one call.
type outline struct {
	formals, lets, attrs []named
	param                string
	set                  ast.Node // the first set of the result
	called               string   // the function that the result is an argument of
}

// maxOutline bounds how deep and how wide the outline of a file is read.
const maxOutline = 4096

func outlineOf(n ast.Node) outline {
	var o outline
	left := maxOutline
	o.read(n, &left)
	return o
}

func (o *outline) read(n ast.Node, left *int) {
	for n = n.Unparen(); *left > 0 && n.IsValid(); n = n.Unparen() {
		*left--
		switch n.Kind() {
		case ast.Lambda:
			l := ast.LambdaExpr{Node: n}
			if p, ok := l.Pattern(); ok {
				for f := range p.Formals() {
					o.formals = append(o.formals, named{f.Name().Text(), f.Node})
				}
			} else {
				o.param = l.Param().Text()
			}
			n = l.Body()
		case ast.Let:
			o.take(&o.lets, (ast.LetExpr{Node: n}).Bindings(), left)
			n = (ast.LetExpr{Node: n}).Body()
		case ast.With:
			n = (ast.WithExpr{Node: n}).Body()
		case ast.Binary:
			if n.Op() != ast.OpUpdate {
				return
			}
			o.read((ast.BinaryExpr{Node: n}).Right(), left)
			n = (ast.BinaryExpr{Node: n}).Left()
		case ast.Apply:
			if o.called != "" {
				return
			}
			app := ast.ApplyExpr{Node: n}
			o.called = ast.LastName(app.Func())
			n = app.Arg()
		case ast.AttrSet:
			o.set = n
			o.take(&o.attrs, n, left)
			return
		default:
			return
		}
	}
}

// take notes the names that the bindings of a set or let define, and the parameter of functions among the values.
func (o *outline) take(names *[]named, bindings ast.Node, left *int) {
	for c := range bindings.Children() {
		if *left--; *left <= 0 {
			return
		}
		b, ok := ast.AsBinding(c)
		if !ok {
			continue
		}
		name, ok := ast.AttrName(b.Attrpath().FirstChild())
		if !ok {
			continue
		}
		value := b.Value().Unparen()
		*names = append(*names, named{name, value})
		if l := (ast.LambdaExpr{Node: value}); value.Is(ast.Lambda) && l.Param().Is(ast.Name) && o.param == "" {
			o.param = l.Param().Text()
		}
	}
}

// fromCabal reports whether a package is as cabal2nix prints it: mkDerivation and then the other arguments sorted, the
// dependencies by their kind.
func fromCabal(o outline) bool {
	if o.called != "mkDerivation" {
		return false
	}
	depends := false
	for _, a := range o.attrs {
		depends = depends || strings.HasSuffix(a.name, "HaskellDepends")
	}
	return depends && inOrder(o)
}

// inOrder reports whether the arguments of a file are mkDerivation and others that are sorted, case ignored.
func inOrder(o outline) bool {
	lower := func(f named) string { return strings.ToLower(f.name) }
	return lower(o.formals[0]) == "mkderivation" &&
		slices.IsSortedFunc(o.formals[1:], func(a, b named) int { return strings.Compare(lower(a), lower(b)) })
}

// gemset reports whether a file is a set of gems: each has a version and says what kind of source it comes from.
func gemset(o outline) bool {
	if !o.set.IsValid() || o.set != o.set.Tree().Expr().Unparen() {
		return false
	}
	gems := 0
	for c := range o.set.Children() {
		b, ok := ast.AsBinding(c)
		if !ok {
			return false
		}
		src, ok := ast.Attr(b.Value(), "source")
		if !ok {
			return false
		}
		if _, ok := ast.Attr(src.Value(), "type"); !ok {
			return false
		}
		gems++
	}
	return gems > 0
}

const (
	minEntries   = 8
	dominant     = 80  // percent of a file that its table takes
	nearlyAll    = 90  // percent of the entries of a table
	maxEntrySize = 400 // nodes
)

// lockTable reports whether nearly all of a file is one set or list of data of the same form, with a hash in each entry,
// and sorted: nobody types that.
func lockTable(t *ast.Tree) bool {
	size := len(t.Source())
	n := t.Expr()
	for depth := 0; depth < 64 && n.IsValid(); depth++ {
		if (n.Is(ast.AttrSet) || n.Is(ast.List)) && isLockTable(n) {
			return true
		}
		var largest ast.Node
		for c := range n.Children() {
			if !largest.IsValid() || c.Span().Len() > largest.Span().Len() {
				largest = c
			}
		}
		if !largest.IsValid() || largest.Span().Len()*100 < size*dominant {
			return false
		}
		n = largest
	}
	return false
}

func isLockTable(table ast.Node) bool {
	total, hashed, last := 0, 0, ""
	forms := map[string]int{}
	for c := range table.Children() {
		total++
		value, key := c, ""
		if b, ok := ast.AsBinding(c); ok {
			value = b.Value()
			key = b.Attrpath().Text()
		} else if c.Is(ast.Inherit) {
			return false
		}
		e := entry{left: maxEntrySize}
		e.read(value.Unparen())
		if e.left <= 0 || e.computed {
			return false
		}
		if e.hash {
			hashed++
		}
		if key == "" {
			key = e.first
		}
		if key = strings.ToLower(strings.Trim(key, `"`)); key < last {
			return false
		}
		last = key
		forms[e.form]++
	}
	most := 0
	for _, n := range forms {
		most = max(most, n)
	}
	return total >= minEntries && hashed*100 >= total*nearlyAll && most*100 >= total*nearlyAll
}

// entry is what is known of one entry of a table.
type entry struct {
	form     string // the kind of the value and the function that makes it
	first    string // the first string in it
	hash     bool   // it has a hash
	computed bool   // it is more than data
	left     int    // nodes that may still be read
}

// hashNames are the attributes that hold hashes.
var hashNames = []string{"sha256", "sha512", "sha1", "hash", "narHash", "sha", "md5", "integrity", "outputHash"}

// hashText matches hashes: of Nix and of package managers, and in hexadecimal or in Nix' base 32.
var hashText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:(?:md5|sha1|sha256|sha512)[-:][A-Za-z0-9+/=]{20,}|[0-9a-f]{40,128}|[0-9a-df-np-sv-z]{52})$`)
})

func (e *entry) read(n ast.Node) {
	fn, args := ast.Call(n)
	e.form = n.Kind().String()
	if len(args) > 0 {
		e.form += " " + ast.LastName(fn)
		n = args[len(args)-1].Unparen()
	}
	for d := range n.Descendants() {
		e.take(d)
	}
	e.take(n)
}

func (e *entry) take(n ast.Node) {
	if e.left--; e.left <= 0 {
		return
	}
	switch n.Kind() {
	case ast.Lambda, ast.If, ast.Let, ast.With, ast.Assert, ast.Interpolation, ast.Binary, ast.Select:
		e.computed = true
	case ast.AttrSet:
		e.computed = e.computed || n.IsRec()
	case ast.Apply: // but for a fetcher
		e.computed = e.computed || !(ast.ApplyExpr{Node: n}).Arg().Unparen().Is(ast.AttrSet)
	case ast.Binding:
		b := ast.BindingNode{Node: n}
		e.hash = e.hash || slices.ContainsFunc(hashNames, b.Attrpath().IsSingle)
	case ast.String:
		if text, ok := ast.StringValue(n); ok {
			if e.first == "" {
				e.first = text
			}
			e.hash = e.hash || hashText().MatchString(text)
		}
	}
}
