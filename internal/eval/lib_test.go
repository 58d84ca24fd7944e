package eval

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// libCalls are calls of functions of lib that have a value, one for each that the evaluator takes for known.
const libCalls = `
concatStrings [ "a" "b" ]
concatMapStrings (x: x) [ "a" ]
concatMapStringsSep "," (x: x) [ "a" ]
concatImapStrings (i: x: x) [ "a" ]
concatImapStringsSep "," (i: x: x) [ "a" ]
concatLines [ "a" ]
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
`

// TestLib compares what is said of functions of lib with nixpkgs': calls that have a value, and such with arguments made at
// random.
func TestLib(t *testing.T) {
	lib := testenv.Shared(t, "corpus", "nixpkgs-lib", "lib")
	dir := testenv.Tree(t, map[string]string{"x.txt": "x"})
	g := &generator{Rand: rand.New(rand.NewPCG(9, 3))}
	var claims []claim
	var values []*Value
	var sure []bool
	add := func(call string, evaluates bool) {
		text := "{ lib }: lib." + call
		tree := parser.Parse(text)
		code := Lower(tree, dir+"/x.nix", sema.Resolve(tree))
		if len(tree.Errors()) > 0 || code == nil {
			require.False(t, evaluates, call)
			return
		}
		ev := NewEvaluation()
		x := &Examination{code: code, ev: ev, seen: make([]role, len(code.exprs))}
		root := ev.ask(&thunk{code: code, expr: code.root, env: &env{lexical: true}})
		v := ev.ask(x.inside(root.fn.lambda(), root.fn.env))
		claims = append(claims, claim{expr: "let lib = import " + lib + "; in lib." + call})
		values, sure = append(values, v), append(sure, evaluates)
	}
	called := map[string]bool{}
	for line := range strings.Lines(libCalls) {
		if line = strings.TrimSpace(line); line != "" {
			name, _, _ := strings.Cut(line, " ")
			called[name] = true
			add(line, true)
		}
	}
	var names []string
	for name := range libIndex {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b := builtinTable[libIndex[name].index]
		require.Equal(t, int(libtable.Lookup(name).Args), b.arity, name)
		if _, same := builtinIndex[name]; !same {
			require.True(t, called[name], "no call of lib.%s", name)
		}
		for range 6 {
			call := name
			for range b.arity {
				g.vars, g.left = nil, 10
				call += " " + g.expr(g.kind(), 2)
			}
			add(call, false)
		}
	}
	for i, o := range askNix(t, dir, claims) {
		require.NotZero(t, values[i].kinds&o.kind, "%s is %s to Nix, and said to be %s", claims[i].expr, o.kind.Describe(), outline(values[i]))
		if sure[i] {
			require.Zero(t, o.kind&Failures, "%s fails", claims[i].expr)
			require.NotEqual(t, Anything, values[i].kinds, claims[i].expr)
		}
	}
}
