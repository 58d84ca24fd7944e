package eval

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// generator writes closed expressions at random: mostly such as evaluate, with mistakes in between.
type generator struct {
	*rand.Rand
	vars  []variable
	count int
	left  int // how many expressions there may still be
	// files are what there is to import, with the kinds that they are meant to have.
	files []variable
	// scoped are files that take names from the scope that scopedImport gives them.
	scoped []variable
}

// variable is a name in scope and the kind that it is meant to have.
type variable struct {
	name string
	kind Kinds
}

var generated = []Kinds{Int, Int, String, String, Bool, List, Set, Set, Function, Null, Float, Path}

func (g *generator) pick(list ...string) string { return list[g.IntN(len(list))] }
func (g *generator) kind() Kinds                { return generated[g.IntN(len(generated))] }
func (g *generator) chance(percent int) bool    { return g.IntN(100) < percent }

var attrNames = []string{"a", "b", "c", "foo", "bar", "name", "value", "outPath", "x y"}

func (g *generator) attr() string {
	n := attrNames[g.IntN(len(attrNames))]
	if strings.Contains(n, " ") || g.chance(5) {
		return strconv.Quote(n)
	}
	if g.chance(6) {
		return "${" + g.expr(String, 1) + "}"
	}
	return n
}

// expression writes one expression.
func (g *generator) expression() string {
	g.vars, g.left = nil, 60
	return g.expr(g.kind(), 5)
}

// expr writes an expression that is meant to be of a kind, in parentheses.
func (g *generator) expr(k Kinds, depth int) string { return "(" + g.bareExpr(k, depth) + ")" }

func (g *generator) bareExpr(k Kinds, depth int) string {
	if g.chance(4) {
		k = g.kind() // a mistake
	}
	if g.left--; depth <= 0 || g.left <= 0 {
		return g.leaf(k)
	}
	d := depth - 1
	switch g.IntN(16) {
	case 0, 1:
		return g.let(k, d)
	case 2:
		return "if " + g.expr(Bool, d) + " then " + g.expr(k, d) + " else " + g.expr(k, d)
	case 3:
		return g.selected(k, d)
	case 4, 5:
		return g.called(k, d)
	case 6:
		return g.with(k, d)
	case 7:
		switch g.IntN(7) {
		case 0:
			return "assert " + g.expr(Bool, d) + "; " + g.expr(k, d)
		case 1:
			return "builtins.seq " + g.expr(g.kind(), d) + " " + g.expr(k, d)
		case 2:
			return "builtins.deepSeq " + g.expr(g.kind(), d) + " " + g.expr(k, d)
		case 3:
			return "(builtins.tryEval " + g.expr(k, d) + ").value"
		case 4:
			return "builtins.head [ " + g.expr(k, d) + " " + g.expr(g.kind(), d) + " ]"
		case 5:
			return "throw " + g.expr(String, d)
		}
		return "builtins.elemAt " + g.listOf(k, d) + " " + g.expr(Int, 1)
	case 8, 9:
		return g.leaf(k)
	}
	return g.made(k, d)
}

func (g *generator) leaf(k Kinds) string {
	if g.chance(60) {
		var fits []string
		for _, v := range g.vars {
			if v.kind == k || g.chance(3) {
				fits = append(fits, v.name)
			}
		}
		if len(fits) > 0 {
			return g.pick(fits...)
		}
	}
	if len(g.files) > 0 && g.chance(8) {
		for _, f := range g.files {
			if f.kind == k && g.chance(40) {
				return "import " + f.name
			}
		}
	}
	if len(g.scoped) > 0 && g.left > 0 && g.chance(6) {
		for _, f := range g.scoped {
			if f.kind == k && g.chance(40) {
				scope := g.pick("{ a = %s; b = %s; foo = %s; }", "({ a = %s; } // { b = %s; foo = %s; toString = x: 1; })", "{ a = %s; foo = %s; bar = %s; }")
				return "scopedImport " + fmt.Sprintf(scope, g.expr(g.kind(), 1), g.expr(g.kind(), 1), g.expr(g.kind(), 1)) + " " + f.name
			}
		}
	}
	switch k {
	case Int:
		return g.pick("0", "1", "2", "7", "-3", "9223372036854775807")
	case Float:
		return g.pick("1.5", "0.0", "2.25")
	case Bool:
		return g.pick("true", "false")
	case Null:
		return "null"
	case String:
		return g.pick(`"a"`, `"b"`, `"foo"`, `""`, "''bar''", `"x y"`)
	case Path:
		return g.pick("./a", "/b/c", "./.")
	case List:
		return g.pick("[ ]", "[ 1 2 ]", `[ "a" ]`)
	case Set:
		return g.pick("{ }", "{ a = 1; }", `{ b = "b"; foo = [ ]; }`, "{ a.b = 1; a.c = 2; }", `{ outPath = "b"; }`, `{ __toString = s: "q"; }`, "{ __functor = self: x: x; }")
	}
	return g.pick("x: x", "{ a, b ? 1 }: b", "{ a ? 2, ... }@s: s", "x: y: x", "builtins.isInt", "_: throw \"t\"")
}

// bound writes the name of a new variable of a kind.
func (g *generator) bound(k Kinds) string {
	g.count++
	name := fmt.Sprintf("v%d", g.count%9)
	g.vars = append(g.vars, variable{name, k})
	return name
}

func (g *generator) let(k Kinds, d int) string {
	before := len(g.vars)
	n := 1 + g.IntN(3)
	kinds := make([]Kinds, n)
	names := map[string]bool{}
	var list []string
	for i := range kinds {
		kinds[i] = g.kind()
		name := g.bound(kinds[i])
		if names[name] {
			return g.leaf(k)
		}
		names[name] = true
		list = append(list, name)
	}
	var b strings.Builder
	b.WriteString("let ")
	for i, name := range list {
		if g.chance(8) {
			b.WriteString("inherit " + g.expr(Set, 1) + " " + name + "; ")
			continue
		}
		b.WriteString(name + " = " + g.expr(kinds[i], d) + "; ")
	}
	b.WriteString("in " + g.expr(k, d))
	g.vars = g.vars[:before]
	return b.String()
}

func (g *generator) selected(k Kinds, d int) string {
	name := g.attr()
	if g.chance(40) {
		return "{ " + name + " = " + g.expr(k, d) + "; }." + name
	}
	s := g.expr(Set, d) + "." + name
	if g.chance(20) {
		s += "." + g.attr()
	}
	if g.chance(50) {
		s += " or " + g.expr(k, d)
	}
	return s
}

func (g *generator) with(k Kinds, d int) string {
	before := len(g.vars)
	if g.chance(50) {
		s := "with { a = " + g.expr(k, d) + "; }; "
		g.vars = append(g.vars, variable{"a", k})
		s += g.expr(k, d)
		g.vars = g.vars[:before]
		return s
	}
	s := "with " + g.expr(Set, d) + "; "
	g.vars = append(g.vars, variable{"b", k}, variable{"foo", g.kind()})
	s += g.expr(k, d)
	g.vars = g.vars[:before]
	return s
}

func (g *generator) called(k Kinds, d int) string {
	before := len(g.vars)
	argKind := g.kind()
	switch g.IntN(5) {
	case 0, 1:
		name := g.bound(argKind)
		s := "(" + name + ": " + g.expr(k, d) + ") "
		g.vars = g.vars[:before]
		return s + g.expr(argKind, d)
	case 2, 3:
		name := g.bound(argKind)
		other := g.bound(Int)
		if name == other {
			break
		}
		pattern := name + ", " + other + " ? " + g.expr(Int, 1)
		if g.chance(30) {
			pattern += ", ..."
		}
		s := "({ " + pattern + " }: " + g.expr(k, d) + ") { "
		g.vars = g.vars[:before]
		if !g.chance(6) {
			s += name + " = " + g.expr(argKind, d) + "; "
		}
		if g.chance(30) {
			s += other + " = " + g.expr(Int, d) + "; "
		}
		if g.chance(8) {
			s += "extra = 1; "
		}
		return s + "}"
	}
	g.vars = g.vars[:before]
	return g.expr(Function, d) + " " + g.expr(g.kind(), d)
}

func (g *generator) listOf(k Kinds, d int) string {
	n := g.IntN(4)
	var b strings.Builder
	b.WriteString("[ ")
	for range n {
		b.WriteString(g.expr(k, d) + " ")
	}
	b.WriteString("]")
	return b.String()
}

// function writes a function from one kind to another.
func (g *generator) function(from, to Kinds, d int) string {
	before := len(g.vars)
	name := g.bound(from)
	s := "(" + name + ": " + g.expr(to, d) + ")"
	g.vars = g.vars[:before]
	return s
}

// made writes an expression of a kind by what makes such.
func (g *generator) made(k Kinds, d int) string {
	e := func(k Kinds) string { return g.expr(k, d) }
	f := func(from, to Kinds) string { return g.function(from, to, d) }
	switch k {
	case Int:
		return []func() string{
			func() string { return e(Int) + g.pick(" + ", " - ", " * ", " / ") + e(Int) },
			func() string { return "-" + e(Int) },
			func() string { return "builtins.length " + e(List) },
			func() string { return "builtins.stringLength " + e(String) },
			func() string { return "builtins.foldl' (x: y: " + e(Int) + " + y) " + e(Int) + " " + g.listOf(Int, d) },
			func() string { return "builtins.head " + g.listOf(Int, d) },
			func() string {
				return "builtins." + g.pick("add ", "sub ", "mul ", "div ", "bitAnd ", "bitOr ") + e(Int) + " " + e(Int)
			},
			func() string { return "builtins.floor " + e(Float) },
			func() string { return "builtins.compareVersions " + g.version() + " " + g.version() },
			func() string { return "__curPos." + g.pick("line", "column", "a") },
			func() string {
				return "let f = n: if n < 1 then " + e(Int) + " else f (n - 1); in f " + g.pick("0", "3", "(1 - 2)")
			},
		}[g.IntN(11)]()
	case Float:
		return e(Float) + g.pick(" + ", " * ", " - ", " / ") + e(g.either(Int, Float))
	case Bool:
		return []func() string{
			func() string { return e(Bool) + g.pick(" && ", " || ", " -> ") + e(Bool) },
			func() string { return "!" + e(Bool) },
			func() string { k := g.kind(); return e(k) + g.pick(" == ", " != ") + e(g.either(k, g.kind())) },
			func() string {
				k := []Kinds{Int, Float, String, Path, List}[g.IntN(5)]
				return e(k) + g.pick(" < ", " > ", " <= ", " >= ") + e(k)
			},
			func() string { return e(Set) + " ? " + g.attr() },
			func() string {
				return "builtins." + g.pick("isInt", "isAttrs", "isString", "isList", "isFunction", "isNull", "isPath") + " " + e(g.kind())
			},
			func() string { return "builtins.elem " + e(Int) + " " + g.listOf(Int, d) },
			func() string { return "builtins." + g.pick("any ", "all ") + f(Int, Bool) + " " + g.listOf(Int, d) },
			func() string { return "builtins.hasAttr " + e(String) + " " + e(Set) },
			func() string { return "(builtins.tryEval " + e(g.kind()) + ").success" },
			func() string { return "builtins.lessThan " + e(Int) + " " + e(Int) },
			func() string { return "builtins.pathExists " + e(g.either(Path, String, String, Set)) },
		}[g.IntN(12)]()
	case String:
		return []func() string{
			func() string { return e(String) + " + " + e(g.either(String, String, Set)) },
			func() string { return `"<${` + e(String) + `}>"` },
			func() string { return `"${` + e(g.either(String, String, Set)) + `}"` },
			func() string { return "''  x ${" + e(String) + "}''" },
			func() string { return "toString " + e(g.kind()) },
			func() string { return "builtins.substring " + e(Int) + " " + e(Int) + " " + e(String) },
			func() string { return "builtins.concatStringsSep " + e(String) + " " + g.listOf(String, d) },
			func() string { return "builtins.typeOf " + e(g.kind()) },
			func() string { return "baseNameOf " + e(g.either(String, Path)) },
			func() string { return "builtins.head (builtins.attrNames " + e(Set) + ")" },
			func() string { return e(Set) + " + " + e(String) },
			func() string { return `builtins.replaceStrings [ "a" ] ` + g.pick(`[ "b" ] `, `[ ] `) + e(String) },
			func() string { return "builtins.convertHash " + g.set("", d) },
			func() string {
				return "(derivation { name = " + e(String) + "; }" + g.pick(" // { b = 1; }", "") + ")." + g.pick("name", "type", "outputName", "a", "drvAttrs.name", "system")
			},
			func() string {
				return g.derivation(d) + "." + g.pick("drvPath", "drvPath", "outPath", "name", "out.drvPath", "dev.outPath", "drvAttrs.builder", "type")
			},
			func() string { return g.pick(`"${`, `toString "x${`) + g.derivation(d) + `}"` },
			func() string { return "(derivationStrict " + g.attributes(d) + ")." + g.pick("drvPath", "out", "dev") },
			func() string { return "builtins.toJSON " + e(g.kind()) },
			func() string { return "(builtins.parseDrvName " + e(String) + ")." + g.pick("name", "version", "a") },
		}[g.IntN(19)]()
	case Null:
		return "null"
	case Path:
		return e(Path) + " + " + g.pick(`"/x"`, e(String), e(Path))
	case List:
		k, to := g.kind(), g.kind()
		return []func() string{
			func() string { return e(List) + " ++ " + e(List) },
			func() string { return g.listOf(k, d) },
			func() string { return "map " + f(k, to) + " " + g.listOf(k, d) },
			func() string { return "builtins.filter " + f(k, Bool) + " " + g.listOf(k, d) },
			func() string { return "builtins.attrValues " + e(Set) },
			func() string { return "builtins.attrNames " + e(Set) },
			func() string { return "builtins.concatLists [ " + e(List) + " " + e(List) + " ]" },
			func() string { return "builtins.concatMap " + f(k, List) + " " + g.listOf(k, d) },
			func() string {
				return "builtins.genList " + f(Int, k) + " " + g.pick("0", "1", "3", "(2 - 3)", "\"a\"")
			},
			func() string { return "builtins.tail " + e(List) },
			func() string { return "builtins.catAttrs " + e(String) + " " + g.listOf(Set, d) },
			func() string { return "builtins.sort (x: y: x < y) " + g.listOf(Int, d) },
			func() string {
				k := g.kind()
				return "builtins.sort (x: y: " + g.pick("x.a < y.a", "x", "y == x") + ") " + g.listOf(k, d)
			},
			func() string { return "builtins.splitVersion " + g.version() },
			func() string {
				return "builtins.sort (x: y: x.a < y." + g.pick("a", "b") + ") (builtins.genList (n: { a = n; }) " + g.pick("9", "20", "50") + ")"
			},
			func() string {
				return "builtins.genericClosure { " + g.pick("startSet", "start") + " = " + g.pick("[ ]", "[ { key = 1; } ]") + "; " + g.pick("", "operator = x: [ ]; ") + "}"
			},
		}[g.IntN(16)]()
	case Set:
		return []func() string{
			func() string { return g.set("", d) },
			func() string { return g.set("rec ", d) },
			func() string { return e(Set) + " // " + e(Set) },
			func() string { return "builtins.mapAttrs (n: " + f(Int, Int) + ") " + e(Set) },
			func() string {
				return "builtins.listToAttrs [ { name = " + e(String) + "; value = " + e(Int) + "; } { name = \"a\"; value = 2; } ]"
			},
			func() string { return "removeAttrs " + e(Set) + " [ " + e(String) + " ]" },
			func() string { return "builtins.intersectAttrs " + e(Set) + " " + e(Set) },
			func() string { return "builtins.functionArgs " + e(Function) },
			func() string { return "builtins.tryEval " + e(g.kind()) },
			func() string { return "builtins.groupBy " + f(Int, String) + " " + g.listOf(Int, d) },
			func() string { return "builtins.partition " + f(Int, Bool) + " " + g.listOf(Int, d) },
			func() string { return "{ inherit " + e(Set) + " a foo; }" },
		}[g.IntN(12)]()
	}
	return f(g.kind(), g.kind())
}

// version writes a version, or something like one.
func (g *generator) version() string {
	var b strings.Builder
	for range g.IntN(5) {
		b.WriteString(g.pick("1", "2", "10", "pre", "a", "rc", ".", "-", ".0", "99999999999"))
	}
	return strconv.Quote(b.String())
}

func (g *generator) either(kinds ...Kinds) Kinds { return kinds[g.IntN(len(kinds))] }

// set writes a set literal, with paths and names of its own.
func (g *generator) set(rec string, d int) string {
	before := len(g.vars)
	var b strings.Builder
	b.WriteString(rec + "{ ")
	seen := map[string]bool{}
	var names []string
	for range g.IntN(4) {
		n := attrNames[g.IntN(len(attrNames)-1)]
		if !seen[n] {
			seen[n] = true
			names = append(names, n)
			if rec != "" {
				g.vars = append(g.vars, variable{n, g.kind()})
			}
		}
	}
	for i, n := range names {
		k := g.kind()
		if rec != "" {
			k = g.vars[before+i].kind
		}
		if n == "outPath" {
			k = String
		}
		switch {
		case g.chance(15):
			n += "." + g.pick("a", "b")
		case g.chance(5):
			n = "${" + g.expr(g.either(String, Null), 1) + "}"
		}
		b.WriteString(n + " = " + g.expr(k, d) + "; ")
	}
	g.vars = g.vars[:before]
	return b.String() + "}"
}

// derivation writes a call of derivation.
func (g *generator) derivation(d int) string { return "(derivation " + g.attributes(d) + ")" }

// attributes writes what derivation takes, mostly with all that it needs.
func (g *generator) attributes(d int) string {
	var b strings.Builder
	b.WriteString("(")
	if g.chance(15) {
		b.WriteString(g.expr(Set, d) + " // ")
	}
	b.WriteString("{ ")
	for _, name := range []string{"name", "builder", "system"} {
		switch g.IntN(12) {
		case 0:
		case 1:
			b.WriteString(name + " = " + g.expr(g.either(String, Null, g.kind()), d) + "; ")
		default:
			b.WriteString(name + " = " + g.pick(`"a"`, `"a"`, `"b-1.0"`, `"a" + "b"`, g.expr(String, 1)) + "; ")
		}
	}
	for _, option := range [][]string{
		{"outputs", `[ "out" ]`, `[ "out" "dev" ]`, `[ "dev" "dev" ]`, `[ "drvPath" ]`, `[ "a b" ]`, "[ ]", "null", `"out dev"`},
		{"args", "[ ]", `[ 1 null [ "a" ] ]`, `[ { } ]`, "[ (x: x) ]", `"a"`, "null"},
		{"__structuredAttrs", "true", "false", "null"},
		{"__ignoreNulls", "true", "true", "false", "1"},
		{"outputHash", `""`, "null", `"sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="`, `"b"`},
		{"outputHashAlgo", `""`, "null", `"sha256"`, `"b"`},
		{"outputHashMode", `"flat"`, `"recursive"`, `"b"`, "null"},
		{"env", "1.5", "null", "{ }", `{ outPath = "a"; }`, "[ [ ] ]", "x: x", `throw "t"`},
	} {
		if g.chance(12) {
			value := g.pick(option[1:]...)
			if g.chance(10) {
				value = g.expr(g.kind(), 1)
			}
			b.WriteString(option[0] + " = " + value + "; ")
		}
	}
	return b.String() + "})"
}
