package eval

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// libCalls are calls of functions of lib that have a value, one for each that the evaluator takes for known.
const libCalls = `
concatStrings [ "a" "b" ]
callPackageWith { b = 1; } ({ a, b }: { c = a + b; }) { a = 1; }
callPackagesWith { b = 1; } ({ a, b }: { c = { d = a + b; }; }) { a = 1; }
concatMapStrings (x: x) [ "a" ]
concatMapStringsSep "," (x: x) [ "a" ]
concatImapStrings (i: x: x) [ "a" ]
concatImapStringsSep "," (i: x: x) [ "a" ]
concatLines [ "a" ]
assertOneOf "x" 1 [ 1 ]
lazyDerivation { derivation = { }; }
runTests { }
pathIsDirectory ./.
pathIsRegularFile ./x.txt
mkLuaInline "x"
getLicenseFromSpdxId "MIT"
hiPrio { }
lowPrio { }
addMetaAttrs { } { }
setName "x" { }
setDefaultModuleLocation ./x.nix { }
literalExpression "x"
literalMD "x"
mkDefinition { value = 1; file = "x"; }
showOption [ "a" ]
cleanSource ./.
cleanSourceWith { src = ./.; }
sourceByRegex ./. [ ]
sourceFilesBySuffices ./. [ ]
stringAfter [ ] "x"
noDepEntry "x"
fullDepEntry "x" [ ]
packEntry [ ]
replaceString "a" "b" "ab"
toSentenceCase "ab"
toCamelCase "a-b"
oldestSupportedReleaseIsAtLeast 2305
fromHexString "ff"
toHexString 255
setType "x" { }
isType "x" 1
mkOptionType { name = "x"; }
toLower "A"
toUpper "a"
removePrefix "a" "ab"
removeSuffix "b" "ab"
boolToString true
escapeShellArg "a b"
escapeShellArgs [ "a" "b" ]
escape [ "a" ] "abc"
fileContents ./x.txt
makeBinPath [ "/a" ]
makeLibraryPath [ "/a" ]
makeSearchPath "x" [ "/a" ]
getName "a-1"
getVersion "a-1"
getExe { type = "derivation"; name = "x"; outPath = "/x"; meta.mainProgram = "y"; }
getExe' { type = "derivation"; name = "x"; outPath = "/x"; } "y"
fixedWidthString 3 " " "a"
enableFeature true "x"
enableFeatureAs true "x" "y"
withFeature true "x"
withFeatureAs true "x" "y"
cmakeBool "X" true
cmakeFeature "X" "y"
mesonBool "x" true
mesonOption "x" "y"
hasPrefix "a" "ab"
hasSuffix "b" "ab"
hasInfix "b" "abc"
versionAtLeast "1" "0"
versionOlder "1" "2"
isDerivation { }
isStringLike "x"
allUnique [ 1 2 ]
splitString "," "a,b"
stringToCharacters "ab"
flatten [ 1 [ 2 ] ]
unique [ 1 1 ]
range 1 3
remove 1 [ 1 2 ]
subtractLists [ 1 ] [ 1 2 ]
intersectLists [ 1 ] [ 1 2 ]
naturalSort [ "b" "a" ]
mapAttrsToList (n: v: n) { a = 1; }
attrsToList { a = 1; }
zipLists [ 1 ] [ 2 ]
zipListsWith (a: b: a) [ 1 ] [ 2 ]
imap0 (i: x: x) [ 1 ]
imap1 (i: x: x) [ 1 ]
reverseList [ 1 2 ]
take 1 [ 1 2 ]
drop 1 [ 1 2 ]
cartesianProduct { a = [ 1 ]; }
forEach [ 1 ] (x: x)
recursiveUpdate { a = 1; } { b = 2; }
filterAttrs (n: v: true) { a = 1; }
mapAttrs' (n: v: { name = n; value = v; }) { a = 1; }
genAttrs [ "a" ] (n: n)
mapAttrsRecursive (p: v: v) { a = 1; }
zipAttrs [ { a = 1; } ]
foldAttrs (a: b: a) 0 [ { a = 1; } ]
getAttrs [ "a" ] { a = 1; }
mkIf true { }
mkMerge [ { } ]
mkForce 1
mkDefault 1
mkOptionDefault 1
mkOverride 10 1
mkBefore [ ]
mkAfter [ ]
mkOrder 10 [ ]
mkVMOverride 1
mkImageMediaOverride 1
mkOption { }
mkEnableOption "x"
evalModules { modules = [ ]; }
toInt "1"
count (x: true) [ 1 ]
mod 5 2
isFunction (x: x)
isFunction { __functor = self: x: x; }
isFunction { }
isDerivation { type = "x"; }
isDerivation 1
isStringLike { outPath = "x"; }
isStringLike [ ]
optional true 1
optional false (throw "never")
optionals true [ 1 ]
optionals false (throw "never")
optionalString true "x"
optionalString false (throw "never")
optionalAttrs true { a = 1; }
optionalAttrs false (throw "never")
singleton 1
id 1
const 1 (throw "never")
nameValuePair "a" 1
updateManyAttrsByPath [ { path = [ "a" ]; update = old: old + 1; } ] { a = 1; }
collect (x: x ? q) { a = { q = 1; }; }
mapAttrsToListRecursive (p: v: v) { a = 1; }
mapCartesianProduct ({ a }: a) { a = [ 1 ]; }
zipAttrsWithNames [ "a" ] (n: vs: vs) [ { a = 1; } ]
mapAttrsRecursiveCond (as: true) (p: v: v) { a = 1; }
recursiveUpdateUntil (p: l: r: false) { a = { b = 1; }; } { a = { c = 2; }; }
overrideExisting { a = 1; } { a = 2; }
showAttrPath [ "a" "b" ]
findFirst (x: x > 1) 7 [ 1 2 ]
findSingle (x: x > 1) 7 8 [ 1 2 ]
crossLists (x: y: x + y) [ [ 1 ] [ 2 ] ]
compareLists (a: b: if a < b then -1 else 1) [ 1 ] [ 2 ]
mutuallyExclusive [ 1 ] [ 2 ]
ifilter0 (i: x: true) [ 1 ]
sortOn (x: x) [ 2 1 ]
takeEnd 1 [ 1 2 ]
dropEnd 1 [ 1 2 ]
uniqueStrings [ "a" "a" ]
toposort (a: b: a < b) [ 2 1 ]
groupBy' (x: y: x + y) 0 (x: "a") [ 1 2 ]
mkPackageOption { x = 1; } "x" { }
isValidPosixName "a"
isStorePath "x"
toIntBase10 "010"
intersperse "," [ "a" "b" ]
escapeXML "<"
escapeRegex "."
escapeURL " "
trim " a "
makeIncludePath [ "/a" ]
makeSearchPathOutput "dev" "x" [ "/a" ]
stringAsChars (c: c + c) "ab"
toShellVar "x" 1
toShellVars { x = 1; }
mesonEnable "x" true
importJSON ./x.json
importTOML ./x.toml
bitNot 1
functionArgs ({ a }: a)
setFunctionArgs (x: x) { a = true; }
mirrorFunctionArgs ({ a }: a) (x: x)
genAttrs' [ "a" ] (n: { name = n; value = 1; })
attrVals [ "a" ] { a = 1; }
filterAttrsRecursive (n: v: n != "b") { a = { b = 1; c = 2; }; b = 3; }
filterAttrs (n: v: v != 1) { a = 1; b = 2; }
foldlAttrs (acc: n: v: acc + v) 0 { a = 1; b = 2; }
concatMapAttrs (n: v: { ${n + "x"} = v; }) { a = 1; b = 2; }
mergeAttrs { a = 1; } { a = 2; }
mergeAttrsList [ { a = 1; } { a = 2; b = 3; } { } ]
zipAttrsWith (n: vs: vs) [ { a = 1; } { a = 2; b = 3; } ]
zipAttrs [ { a = 1; } { a = 2; b = 3; } ]
recursiveUpdate { a = { b = 1; c = 2; }; d = 1; } { a = { b = 3; }; d = { x = 1; }; }
attrByPath [ "a" "b" ] 7 { a = { b = 1; }; }
attrByPath [ "a" "c" ] 7 { a = { b = 1; }; }
attrByPath [ "a" "b" "c" ] 7 { a = { b = 1; }; }
attrByPath [ ] 7 1
getAttrFromPath [ "a" "b" ] { a = { b = 1; }; }
hasAttrByPath [ "a" "b" ] { a = { b = throw "never"; }; }
hasAttrByPath [ "a" "c" ] { a = { b = 1; }; }
hasAttrByPath [ ] (throw "never")
setAttrByPath [ "a" "b" ] 1
setAttrByPath [ ] 1
recurseIntoAttrs { a = 1; }
dontRecurseIntoAttrs { a = 1; }
foldr (x: acc: x + acc) "" [ "a" "b" ]
fold (x: acc: x + acc) "" [ "a" "b" ]
foldl (acc: x: acc + x) "" [ "a" "b" ]
foldl' (acc: x: acc + x) "" [ "a" "b" ]
toList 1
toList [ 1 ]
range 3 1
range 1.5 0.5
range "b" "a"
replicate 3 "x"
sublist 1 2 [ 1 2 3 4 ]
sublist 9 (throw "never") [ 1 ]
take 0 [ (throw "never") ]
take 9 [ 1 2 ]
take (throw "never") [ ]
take 9.5 [ 1 2 ]
drop 9 [ 1 ]
drop 0 [ 1 2 ]
last [ 1 2 ]
init [ 1 2 ]
unique [ 1 2 1 1.0 "a" ]
unique [ (throw "never") ]
allUnique [ 1 2 1 ]
flatten [ 1 [ 2 [ 3 [ ] ] ] ]
flatten 1
intersectLists (throw "never") [ ]
concat [ 1 ] [ 2 ]
pipe 1 [ (x: x + 1) (x: x * 10) ]
pipe 1 [ ]
flip (a: b: a - b) 1 5
defaultTo 1 null
defaultTo (throw "never") 2
mapNullable (x: x + 1) 1
mapNullable (throw "never") null
boolToYesNo false
and true false
and false (throw "never")
"or" false true
"or" true (throw "never")
xor true true
min 1 2
max "a" "b"
compare 2 1
compare 1 1
assertMsg true (throw "never")
warn "x" 1
info "x" 1
warnIf true "x" 1
warnIf false (throw "never") 1
warnIfNot true (throw "never") 1
throwIf false (throw "never") 1
throwIfNot true (throw "never") 1
traceVal 1
traceValSeq 1
traceValFn (x: x) 1
traceValSeqFn (x: x) 1
traceValSeqN 1 2
traceSeq 1 2
traceSeqN 1 2 3
traceIf true "x" 1
fix (self: { a = 1; b = self.a + 1; })
fix' (self: { a = 1; b = self.a + 1; })
makeExtensible (self: { a = 1; b = self.a + 1; })
makeExtensibleWithCustomName "more" (self: { a = 1; })
extends (final: prev: { b = prev.a + 1; a = 5; }) (final: { a = 1; }) { }
composeExtensions (final: prev: { a = 1; }) (final: prev: { b = prev.a + final.a; }) { a = 7; } { z = 1; }
composeManyExtensions [ (final: prev: { a = 1; }) (final: prev: { b = prev.a + final.a; }) ] { a = 7; } { z = 1; }
composeManyExtensions [ ] 1 2
join "," [ "a" ]
concatMapAttrsStringSep "," (n: v: n + v) { a = "b"; c = "d"; }
hasPrefix "b" "ab"
hasSuffix "a" "ab"
hasInfix "." "abc"
removePrefix "b" "ab"
removeSuffix "ab" "ab"
splitString "." "a.b..c"
splitString "[x]" "a[x]b"
splitString "\n" "a\nb.\n"
splitString "." "a.\nb"
splitString 1 212
splitString "" "ab"
toLower "AbC"
toUpper "é"
`

// libSamples are values of all kinds, to put in the place of the arguments of libCalls.
var libSamples = []string{
	"5", "(-1)", "1.5", "true", "null", `"q"`, `""`, "./x.txt", "[ ]", `[ "a" ]`, "[ { } 1 ]", "{ }", `{ outPath = "a"; }`, `{ a = "b"; }`, "(x: x)",
	"(x: y: true)", "{ __functor = self: x: y: { }; }", `(throw "t")`, "(abort \"h\")", "[ (throw \"t\") ]",
}

// splitCall returns the function and the arguments of a call.
func splitCall(call string) (name string, args []string) {
	name, rest, _ := strings.Cut(call, " ")
	_, nodes := ast.Call(parser.Parse("f " + rest).Expr())
	for _, a := range nodes {
		args = append(args, a.Text())
	}
	return name, args
}

// libAsked is a call of a function of lib, and what is said of it.
type libAsked struct {
	claim
	value     *Value
	evaluates bool // it has a value
	// fails is a part of the value that is said to fail, or "".
	fails string
	// wider are calls of which this is one case, and what is said of them: some of the arguments are not known, or two are
	// possible.
	wider  []string
	values []*Value
}

// deepFailure returns a part of a value that surely fails, of one that is known for the rest, as an attribute path and indices
// behind the expression.
func deepFailure(ev *Evaluation, v *Value, expr string, depth int) string {
	switch {
	case depth > 4 || !v.isKnown():
	case v.Fails():
		return expr
	case v.kinds == List:
		for i, e := range v.list {
			if at := deepFailure(ev, ev.force(e), fmt.Sprintf("(builtins.elemAt %s %d)", expr, i), depth+1); at != "" {
				return at
			}
		}
	case v.kinds == Set && v.set.plain():
		for _, n := range v.set.sorted() {
			if at := deepFailure(ev, ev.force(v.set.flat()[n].value), "("+expr+")."+ast.QuoteAttr(n), depth+1); at != "" {
				return at
			}
		}
	}
	return ""
}

// libValueOf says what an expression with lib, and with names of which nothing is known, is; ok is false where it is none.
func libValueOf(dir, text string) (v *Value, ev *Evaluation, ok bool) {
	tree := parser.Parse("{ lib, x, y, z, w, c }: " + text)
	code := Lower(tree, dir+"/x.nix", sema.Resolve(tree))
	if len(tree.Errors()) > 0 || code == nil {
		return nil, nil, false
	}
	ev = NewEvaluation()
	at := &Examination{code: code, ev: ev, seen: make([]role, len(code.exprs))}
	root := ev.ask(&thunk{code: code, expr: code.root, env: &env{lexical: true}})
	return ev.ask(at.inside(root.fn.lambda(), root.fn.env)), ev, true
}

// askLib says what a call of a function of lib gives; ok is false where it is no expression.
func askLib(g *generator, dir, lib, name string, args []string) (a libAsked, ok bool) {
	call := "lib." + name + " " + strings.Join(args, " ")
	v, ev, ok := libValueOf(dir, call)
	if !ok {
		return a, false
	}
	a.value, a.expr = v, "let lib = import "+lib+"; in "+call
	if lit, known := literal(ev, v, 0); known && !ev.dry {
		if a.literal = lit; lit == "" {
			a.literal = "null"
		}
	}
	if !v.Fails() && !ev.dry {
		a.fails = deepFailure(ev, v, "("+a.expr+")", 0)
	}
	for i := range args {
		if g.chance(60) {
			continue
		}
		for _, as := range []string{"xyzwxyzw"[i : i+1], "(if c then " + args[i] + " else " + libSamples[g.IntN(len(libSamples))] + ")"} {
			wider := slices.Clone(args)
			wider[i] = as
			if j := g.IntN(2 * len(args)); j < len(args) && j != i {
				wider[j] = "xyzwxyzw"[j : j+1]
			}
			text := "lib." + name + " " + strings.Join(wider, " ")
			if v, _, ok := libValueOf(dir, text); ok {
				a.wider, a.values = append(a.wider, text), append(a.values, v)
			}
		}
	}
	return a, true
}

// TestLib compares what is said of functions of lib with nixpkgs': calls that have a value, the same ones with an argument of
// each kind in the place of each of theirs, and such with arguments made at random.
func TestLib(t *testing.T) {
	lib := testenv.Shared(t, "corpus", "nixpkgs-lib", "lib")
	dir := testenv.Tree(t, map[string]string{"x.txt": "x", "x.json": "{}", "x.toml": "a = 1"})
	g := &generator{Rand: rand.New(rand.NewPCG(9, 3))}
	prepare()
	var asked []libAsked
	add := func(evaluates bool, name string, args ...string) {
		a, ok := askLib(g, dir, lib, name, args)
		require.True(t, ok || !evaluates, name)
		if ok {
			a.evaluates = evaluates
			asked = append(asked, a)
			if a.fails != "" {
				asked = append(asked, libAsked{claim: claim{expr: a.fails}, value: failing})
			}
		}
	}
	called := map[string]bool{}
	for line := range strings.Lines(libCalls) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, args := splitCall(line)
		add(true, name, args...)
		if called[strings.Trim(name, `"`)] {
			continue
		}
		called[strings.Trim(name, `"`)] = true
		for i := range args {
			for _, sample := range libSamples {
				other := slices.Clone(args)
				other[i] = sample
				add(false, name, other...)
			}
		}
	}
	var names []string
	for name := range libIndex {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		f := libIndex[name]
		quoted := ast.QuoteAttr(name)
		b := builtinTable[f.index]
		if known := libtable.Lookup(name); known != nil && name != "foldl'" {
			require.Equal(t, int(known.Args), b.arity, name)
		}
		for n := range b.arity {
			add(false, quoted, slices.Repeat([]string{`(throw "t")`}, n)...)
		}
		if f.part == noPart {
			continue
		}
		assert.True(t, libtable.PartNamed(f.part).Has(name), "lib.%s.%s", f.part, name)
		if _, same := builtinIndex[name]; !same {
			require.True(t, called[name], "no call of lib.%s", name)
		}
		for range 6 {
			var args []string
			for range b.arity {
				g.vars, g.left = nil, 10
				args = append(args, strings.ReplaceAll(g.expr(g.kind(), 2), "9223372036854775807", "9")) // not for a list that is as long
			}
			add(false, quoted, args...)
		}
	}
	claims := make([]claim, len(asked))
	for i, a := range asked {
		claims[i] = a.claim
	}
	fails, told, values := 0, 0, 0
	for i, o := range askNix(t, dir, claims) {
		a := asked[i]
		if a.value.kinds&o.kind == 0 {
			t.Errorf("%s is %s %b to Nix, and said to be %s", a.expr, o.kind.Describe(), o.kind, outline(a.value))
		}
		for j, v := range a.values {
			if v.kinds&o.kind == 0 {
				t.Errorf("%s is %s %b to Nix, and %s is said to be %s", a.expr, o.kind.Describe(), o.kind, a.wider[j], outline(v))
			}
		}
		if a.literal != "" && o.kind&Failures == 0 {
			values++
			if !o.same {
				t.Errorf("%s is said to be %s", a.expr, a.literal)
			}
		}
		if a.evaluates {
			require.Zero(t, o.kind&Failures, "%s fails", a.expr)
		}
		if o.kind&Failures != 0 {
			fails++
			if a.value.Fails() {
				told++
			}
		}
	}
	t.Logf("%d calls; %d of %d that fail are said to; %d values", len(asked), told, fails, values)
}

// TestLibTogether compares what is said of functions of lib inside each other: the calls that have a value, with such in the
// place of their arguments, mostly ones that give the same kind. NIXSIFT_EVAL_CASES sets how many.
func TestLibTogether(t *testing.T) {
	cases := 1500
	if n, err := strconv.Atoi(os.Getenv("NIXSIFT_EVAL_CASES")); err == nil {
		cases = n
	}
	lib := testenv.Shared(t, "corpus", "nixpkgs-lib", "lib")
	dir := testenv.Tree(t, map[string]string{"x.txt": "x", "x.json": "{}", "x.toml": "a = 1"})
	g := &generator{Rand: rand.New(rand.NewPCG(4, uint64(cases)))}
	type call struct {
		name  string
		args  []string
		kinds []Kinds
	}
	var calls []call
	giving, kinds := map[Kinds][]int{}, map[string]Kinds{}
	kindOf := func(text string) Kinds {
		if _, known := kinds[text]; !known {
			v, _, ok := libValueOf(dir, text)
			require.True(t, ok, text)
			kinds[text] = v.kinds
		}
		return kinds[text]
	}
	for line := range strings.Lines(libCalls) {
		if line = strings.TrimSpace(line); line == "" || strings.Contains(line, "throw") {
			continue
		}
		var c call
		c.name, c.args = splitCall(line)
		for _, a := range c.args {
			c.kinds = append(c.kinds, kindOf(a))
		}
		gives := kindOf("lib."+line) &^ Failures
		giving[gives] = append(giving[gives], len(calls))
		calls = append(calls, c)
	}
	var write func(c call, depth int) string
	write = func(c call, depth int) string {
		text := "lib." + c.name
		for i, arg := range c.args {
			inner := giving[c.kinds[i]]
			switch {
			case depth > 0 && len(inner) > 0 && g.chance(60):
				arg = "(" + write(calls[inner[g.IntN(len(inner))]], depth-1) + ")"
			case g.chance(3):
				arg = libSamples[g.IntN(len(libSamples))]
			case depth > 0 && c.kinds[i] == Function && g.chance(30):
				arg = g.pick("lib.id", "(lib.const 1)", "lib.toUpper", "(lib.concat [ 1 ])", "lib.attrNames", "(lib.flip lib.const)", "(lib.mergeAttrs { q = 1; })", "lib.nameValuePair")
			}
			text += " " + arg
		}
		return text
	}
	var claims []claim
	var values []*Value
	for len(claims) < cases {
		text := write(calls[g.IntN(len(calls))], 3)
		v, ev, ok := libValueOf(dir, text)
		if !ok {
			continue
		}
		c := claim{expr: "let lib = import " + lib + "; in " + text}
		if lit, known := literal(ev, v, 0); known && !ev.dry {
			if c.literal = lit; lit == "" {
				c.literal = "null"
			}
		}
		claims, values = append(claims, c), append(values, v)
		if at := deepFailure(ev, v, "("+c.expr+")", 0); at != "" && !v.Fails() && !ev.dry {
			claims, values = append(claims, claim{expr: at}), append(values, failing)
		}
	}
	fails, told, known := 0, 0, 0
	for i, o := range askNix(t, dir, claims) {
		v := values[i]
		if v.kinds&o.kind == 0 {
			t.Errorf("%s is %s %b to Nix, and said to be %s", claims[i].expr, o.kind.Describe(), o.kind, outline(v))
		}
		switch {
		case o.kind&Failures != 0:
			if fails++; v.Fails() {
				told++
			}
		case claims[i].literal != "":
			if known++; !o.same {
				t.Errorf("%s is said to be %s", claims[i].expr, claims[i].literal)
			}
		}
	}
	t.Logf("%d of %d that fail are said to, of %d others the value is known", told, fails, known)
	require.Greater(t, known, cases/10)
}
