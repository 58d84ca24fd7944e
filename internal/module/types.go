package module

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// Type is the type of an option, as far as it is written with lib.types. It refers neither to the tree nor to its text.
type Type struct {
	// Name is that in lib.types, such as listOf; "" for a type of which nothing is known.
	Name string
	// Of are the types that it is made of: the element of listOf, the alternatives of either and oneOf.
	Of []Type
	// Values are those of an enum that is written out, else nil.
	Values []Value
	// Options are those of a submodule; Open is set where it may have others, or takes any name.
	Options []Declared
	Open    bool
	// Whole is set for a submodule whose values, sets too, are modules with imports, options and config: those of submoduleWith without
	// shorthandOnlyDefinesConfig (lib/types.nix).
	Whole bool
}

// Value is what is known of a value. The zero value is one of which nothing is known.
type Value struct {
	// Kinds are those that it can have; 0 where nothing is known.
	Kinds eval.Kinds
	// Literal is the text of a string, a number, or true and false; Exact is set where that is known.
	Literal string
	Exact   bool
	// Elements are those of a list that is written out.
	Elements []Value
}

// maxElements is the number of elements of a list that are looked at.
const maxElements = 64

// typeKinds are the kinds of value that types of lib.types accept (lib/types.nix). A string may be a path or a store path, a
// set a derivation or what toString makes a path of, and a function the module of a submodule.
var typeKinds = map[string]eval.Kinds{
	"bool": eval.Bool, "boolByOr": eval.Bool, "int": eval.Int, "float": eval.Float, "number": eval.Int | eval.Float, "port": eval.Int,
	"str": eval.String, "nonEmptyStr": eval.String, "singleLineStr": eval.String, "lines": eval.String, "commas": eval.String,
	"envVar": eval.String, "strMatching": eval.String, "separatedString": eval.String, "passwdEntry": eval.String,
	"path": eval.String | eval.Path | eval.Set, "pathInStore": eval.String | eval.Path | eval.Set, "pathWith": eval.String | eval.Path | eval.Set,
	"externalPath": eval.String | eval.Path | eval.Set, "package": eval.String | eval.Path | eval.Set, "shellPackage": eval.Set,
	"pkgs": eval.Set, "attrs": eval.Set, "attrsOf": eval.Set, "lazyAttrsOf": eval.Set, "listOf": eval.List, "nonEmptyListOf": eval.List,
	"functionTo": eval.Function | eval.Set, "fileset": eval.Set | eval.Path | eval.String, "optionType": eval.Set,
	"submodule": eval.Set | eval.Function | eval.Path | eval.String, "submoduleWith": eval.Set | eval.Function | eval.Path | eval.String,
	"ints.unsigned": eval.Int, "ints.positive": eval.Int, "ints.between": eval.Int, "ints.u8": eval.Int, "ints.u16": eval.Int,
	"ints.u32": eval.Int, "ints.s8": eval.Int, "ints.s16": eval.Int, "ints.s32": eval.Int, "numbers.between": eval.Int | eval.Float,
	"numbers.nonnegative": eval.Int | eval.Float, "numbers.positive": eval.Int | eval.Float,
}

// looseTypes are types that accept anything, or of which a value cannot be told.
var looseTypes = words("anything raw unspecified deferredModule deferredModuleWith enum nullOr either oneOf coercedTo uniq unique addCheck luaInline json")

// elementTypes are the types with one argument, which is the type of what they hold.
var elementTypes = words("listOf nonEmptyListOf attrsOf lazyAttrsOf nullOr functionTo uniq")

// LibPath returns the path below nixpkgs' lib that an expression means: types.bool for lib.types.bool, for types.bool under
// with lib, and for bool behind inherit (lib.types) bool or under with types.
func (f *File) LibPath(n ast.Node) (path string, ok bool) { return f.libPath(n, maxAliases) }

func (f *File) libPath(n ast.Node, depth int) (path string, ok bool) {
	if n = n.Unparen(); depth == 0 || !n.IsValid() {
		return "", false
	}
	if nixlang.IsLib(f.names, n) {
		return "", true
	}
	switch n.Kind() {
	case ast.Ident, ast.Name:
		u, found := f.names.Use(n)
		if !found {
			return "", false
		}
		switch u.Target {
		case sema.ToBinding:
			b := f.names.Binding(u.Binding)
			if b.Kind != sema.LetBinding || b.More {
				return "", false
			}
			if in, inherited := ast.AsInherit(b.Decl); inherited {
				if !in.From().IsValid() {
					return "", false
				}
				path, ok = f.libPath(in.From(), depth-1)
				return joinPath(path, b.Name), ok
			}
			return f.libPath(b.Value, depth-1)
		case sema.ToWith:
			return f.underWith(n, depth)
		}
	case ast.Select:
		s := ast.SelectExpr{Node: n}
		names, static := s.Attrpath().Static()
		if !static || s.Default().IsValid() {
			return "", false
		}
		if path, ok = nixlang.LibSource(f.names, n); ok {
			return path, true
		}
		path, ok = f.libPath(s.Operand(), depth-1)
		return joinPath(path, strings.Join(names, ".")), ok
	}
	return "", false
}

// underWith returns what a name means that the withs around it bind: the innermost one that has it counts.
func (f *File) underWith(n ast.Node, depth int) (path string, ok bool) {
	name := n.Text()
	for up := n; up.IsValid(); up = up.Parent() {
		w, is := ast.AsWith(up)
		if !is || w.Env().Encloses(n) {
			continue
		}
		env, known := f.libPath(w.Env(), depth-1)
		switch {
		case !known:
			return "", false
		case env == "types" && (typeKinds[name] != 0 || looseTypes[name] || name == "ints" || name == "numbers"):
			return "types." + name, true
		case env == "":
			return name, true
		}
	}
	return "", false
}

func joinPath(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// Type reads the expression of a type.
func (f *File) Type(n ast.Node) Type { return f.typeOf(n, maxNesting) }

func (f *File) typeOf(n ast.Node, depth int) Type {
	if depth == 0 || !n.IsValid() {
		return Type{}
	}
	n = f.followed(n)
	if !n.IsCall() {
		return Type{Name: f.typeName(n)}
	}
	fn, args := ast.Call(n)
	t := Type{Name: f.typeName(fn)}
	last := args[len(args)-1]
	switch name := t.Name; {
	case elementTypes[name] && len(args) == 1:
		t.Of = []Type{f.typeOf(last, depth-1)}
	case (name == "unique" || name == "coercedTo") && len(args) >= 2:
		if name == "coercedTo" && len(args) == 3 {
			t.Of = []Type{f.typeOf(args[0], depth-1), f.typeOf(last, depth-1)}
		} else if name == "unique" && len(args) == 2 {
			t.Of = []Type{f.typeOf(last, depth-1)}
		}
	case name == "either" && len(args) == 2:
		t.Of = []Type{f.typeOf(args[0], depth-1), f.typeOf(last, depth-1)}
	case name == "addCheck" && len(args) == 2:
		return f.typeOf(args[0], depth-1)
	case name == "oneOf" && len(args) == 1:
		if list := f.followed(last); list.Is(ast.List) {
			for c := range list.Children() {
				t.Of = append(t.Of, f.typeOf(c, depth-1))
			}
		}
	case name == "enum" && len(args) == 1:
		t.Values = f.enumValues(last)
	case name == "submodule" || name == "submoduleWith":
		t.Open = true
		if module := f.submoduleOf(name, last); module.IsValid() {
			w := declarations{f: f, left: 4096, depth: depth - 1}
			w.module(module)
			t.Options, t.Open = w.found, len(w.opens) > 0 || w.left < 0
		}
		t.Whole = name == "submoduleWith" && !f.definesConfig(last)
	case typeKinds[name] == 0:
		t.Name = ""
	}
	return t
}

// typeName returns the name of a type or function of lib.types, or "" for anything else.
func (f *File) typeName(n ast.Node) string {
	path, ok := f.libPath(n, maxAliases)
	name, of := strings.CutPrefix(path, "types.")
	if !ok || !of || typeKinds[name] == 0 && !looseTypes[name] {
		return ""
	}
	return strings.Clone(name)
}

// enumValues returns the values of an enum, if all are written out.
func (f *File) enumValues(n ast.Node) (values []Value) {
	list := f.followed(n)
	if !list.Is(ast.List) {
		return nil
	}
	for c := range list.Children() {
		v := f.Written(c)
		if !v.Exact {
			return nil
		}
		values = append(values, v)
	}
	return values
}

// submoduleOf returns the one module of a submodule, as a set or a function, if it is written there.
func (f *File) submoduleOf(name string, arg ast.Node) ast.Node {
	n := f.followed(arg)
	if name == "submoduleWith" {
		b, ok := ast.Attr(n, "modules")
		if !ok {
			return ast.Node{}
		}
		n = f.followed(b.Value())
	}
	if n.Is(ast.List) {
		if n.NumChildren() != 1 {
			return ast.Node{}
		}
		n = f.followed(n.FirstChild())
	}
	if l, ok := ast.AsLambda(n); ok {
		n = f.followed(l.Body())
	}
	if !n.Is(ast.AttrSet) {
		return ast.Node{}
	}
	return n
}

// definesConfig reports whether the argument of submoduleWith surely says that a set is the config of a module.
func (f *File) definesConfig(arg ast.Node) bool {
	b, ok := ast.Attr(f.followed(arg), "shorthandOnlyDefinesConfig")
	return ok && f.Written(b.Value()).Literal == "true"
}

// Kinds returns the kinds of value that the type accepts; 0 where that is not known.
func (t *Type) Kinds() eval.Kinds { return typeKinds[t.Name] }

// oneValue are types of which two definitions must be the same (lib/types.nix, mergeEqualOption and mergeOneOption).
var oneValue = words(`bool int float number str nonEmptyStr singleLineStr strMatching path port enum passwdEntry ints.unsigned ints.positive
	ints.between ints.u8 ints.u16 ints.u32 ints.s8 ints.s16 ints.s32`)

// oneDefinition are types that take one definition, however equal another one is (lib/types.nix, mergeOneOption and mergeUniqueOption).
var oneDefinition = words("uniq unique raw")

// HasOneValue reports whether an option of the type has one value, which its definitions must agree on; those of null and it do so, too.
func (t *Type) HasOneValue() bool {
	if t.Name == "nullOr" && len(t.Of) == 1 {
		return t.Of[0].HasOneValue()
	}
	return oneValue[t.Name] || oneDefinition[t.Name]
}

// Agree reports whether two definitions of an option that has one value may have these values, which are known exactly: an enum merges
// whatever is equal, other types numbers of one kind alone, and some take no second definition.
func (t *Type) Agree(v, w Value) bool {
	switch {
	case t.Name == "nullOr" && len(t.Of) == 1:
		return v.Kinds == eval.Null && w.Kinds == eval.Null || t.Of[0].Agree(v, w)
	case oneDefinition[t.Name]:
		return false
	}
	return v.Equal(w) && (v.Kinds == w.Kinds || t.Name == "enum")
}

// IsSubmodule reports whether values of the type are modules.
func (t *Type) IsSubmodule() bool { return t.Name == "submodule" || t.Name == "submoduleWith" }

// MayBeModule reports whether a value of the type may be a module, which the module system evaluates.
func (t *Type) MayBeModule() bool {
	switch t.Name {
	case "deferredModule", "deferredModuleWith":
		return true
	case "nullOr", "uniq", "unique", "either", "oneOf", "coercedTo":
		return slices.ContainsFunc(t.Of, func(o Type) bool { return o.MayBeModule() })
	}
	return t.IsSubmodule()
}

// Accepts reports whether a value may be of the type; it is true where that is not known.
func (t *Type) Accepts(v Value) bool {
	if v.Kinds == 0 || v.Kinds&eval.Failures != 0 && v.Kinds&^eval.Failures == 0 {
		return true
	}
	switch t.Name {
	case "":
		return true
	case "nullOr":
		return v.Kinds&eval.Null != 0 || len(t.Of) == 0 || t.Of[0].Accepts(v)
	case "either", "oneOf", "coercedTo":
		return len(t.Of) == 0 || slices.ContainsFunc(t.Of, func(o Type) bool { return o.Accepts(v) })
	case "uniq", "unique":
		return len(t.Of) == 0 || t.Of[0].Accepts(v)
	case "enum":
		return t.enumAccepts(v)
	}
	kinds := typeKinds[t.Name]
	if kinds == 0 {
		return true
	}
	if v.Kinds&kinds == 0 {
		return false
	}
	switch {
	case !v.Exact && v.Kinds != eval.List:
		return true
	case v.Kinds == eval.List && len(t.Of) == 1:
		return !slices.ContainsFunc(v.Elements, func(e Value) bool { return !t.Of[0].Accepts(e) })
	case v.Kinds == eval.Int:
		return t.inRange(v.Literal)
	case v.Kinds == eval.String:
		return t.acceptsText(v.Literal)
	}
	return true
}

func (t *Type) enumAccepts(v Value) bool {
	if t.Values == nil {
		return true
	}
	return slices.ContainsFunc(t.Values, func(one Value) bool {
		return !v.Exact && v.Kinds&one.Kinds != 0 || v.Exact && v.Equal(one)
	})
}

const numbers = eval.Int | eval.Float

// Equal reports whether two values that are known exactly are equal for ==, for which 1 and 1.0 are.
func (v Value) Equal(w Value) bool {
	if v.Kinds == w.Kinds && v.Literal == w.Literal {
		return true
	}
	switch {
	case v.Kinds&^numbers != 0 || w.Kinds&^numbers != 0:
		return false
	case v.Kinds == eval.Int && w.Kinds == eval.Int:
		return !lessInt(v.Literal, w.Literal) && !lessInt(w.Literal, v.Literal)
	}
	a, errA := strconv.ParseFloat(v.Literal, 64)
	b, errB := strconv.ParseFloat(w.Literal, 64)
	return errA == nil && errB == nil && a == b
}

// ranges are the types of integers with bounds of their own.
var ranges = map[string][2]string{
	"port": {"0", "65535"}, "ints.unsigned": {"0", ""}, "ints.positive": {"1", ""}, "ints.u8": {"0", "255"}, "ints.u16": {"0", "65535"},
	"ints.u32": {"0", "4294967295"}, "ints.s8": {"-128", "127"}, "ints.s16": {"-32768", "32767"}, "ints.s32": {"-2147483648", "2147483647"},
	"numbers.nonnegative": {"0", ""}, "numbers.positive": {"1", ""},
}

// Range returns the bounds of a type of integers that has some, both included; high is "" where there is none.
func (t *Type) Range() (low, high string, ok bool) {
	r, ok := ranges[t.Name]
	return r[0], r[1], ok
}

func (t *Type) inRange(literal string) bool {
	r, ok := ranges[t.Name]
	return !ok || !lessInt(literal, r[0]) && (r[1] == "" || !lessInt(r[1], literal))
}

// lessInt compares two integers that are written without superfluous zeros.
func lessInt(a, b string) bool {
	x, negA := strings.CutPrefix(a, "-")
	y, negB := strings.CutPrefix(b, "-")
	x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
	if negA != negB {
		return negA && (x != "" || y != "")
	}
	less := len(x) < len(y) || len(x) == len(y) && x < y
	if negA {
		return x != y && !less
	}
	return less
}

// blanks are what str types that want more than blanks refuse (lib/types.nix, nonEmptyStr).
const blanks = " \t\n"

func (t *Type) acceptsText(text string) bool {
	switch t.Name {
	case "path", "pathInStore":
		return strings.HasPrefix(text, "/")
	case "nonEmptyStr":
		return strings.Trim(text, blanks) != ""
	case "singleLineStr":
		return !strings.Contains(strings.TrimRight(text, "\n"), "\n")
	case "passwdEntry":
		return !strings.ContainsAny(text, ":\n")
	case "package":
		return strings.HasPrefix(text, "/")
	}
	return true
}

// Describe names the type in messages: the code of it.
func (t *Type) Describe() string {
	switch {
	case t.Name == "":
		return "…"
	case t.Name == "enum" && t.Values != nil:
		var values []string
		for i, v := range t.Values {
			if i == 6 {
				values = append(values, "…")
				break
			}
			values = append(values, v.Describe())
		}
		return "enum [ " + strings.Join(values, " ") + " ]"
	case t.Name == "oneOf":
		var of []string
		for _, o := range t.Of {
			of = append(of, o.argument())
		}
		return "oneOf [ " + strings.Join(of, " ") + " ]"
	}
	out := t.Name
	for _, o := range t.Of {
		out += " " + o.argument()
	}
	return out
}

func (t *Type) argument() string {
	text := t.Describe()
	if strings.Contains(text, " ") {
		return "(" + text + ")"
	}
	return text
}

// Describe returns a value as code, as far as it is known exactly, else "".
func (v Value) Describe() string {
	switch {
	case !v.Exact:
		return ""
	case v.Kinds == eval.String:
		return ast.QuoteString(v.Literal)
	}
	return v.Literal
}
