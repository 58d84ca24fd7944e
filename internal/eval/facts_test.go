package eval

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// verdicts are expressions with what they are: "kind expression". Behind "kind?" stands what the evaluator need not know for
// certain, as of files, but must hold possible.
const verdicts = `
bool    1 == "a"
bool    [ ] == null
bool    (x: x) == (x: x)
bool    [ ] < [ 1 ]
bool    [ 1 2 ] < [ 1 3 ]
bool    ./a < ./b
bool    1 < 1.5
string  { outPath = "b"; } + "a"
path    ./x + ./y
path    ./x + "y"
int?    if /a/${"b"}/${"c"}.nix == /a/b/c.nix then 1 else null
int?    if /a/.${"."}/b == /a./b then 1 else null
int?    if /a/b${"/.."}/c == /a/c then 1 else null
int?    if /a + "/" + "b" == /ab then 1 else null
bool    null ? a
int     [ ].a or 1
int     { }.a.b or 1
list    map 5 [ ]
list    builtins.filter (x: 1) [ ]
list    builtins.sort (a: b: 1) [ 1 ]
bool    false && 1
bool    true || 1
bool    false -> 1
int     { __functor = self: x: x; } 1
string  "${{ __toString = s: "q"; }}"
string  "${{ outPath = { outPath = "q"; }; }}"
string  toString [ 1 [ ] [ 2 null ] true 1.5 { outPath = "x"; } ]
bool    builtins.hasAttr "x" { x = throw "never"; }
set     builtins.tryEval (throw "x")
set     builtins.tryEval (assert false; 1)
hard    builtins.tryEval { }.a
set     builtins.tryEval { a = abort "x"; }
hard    builtins.tryEval (abort "x")
hard    builtins.tryEval (1 + "a")
caught  throw "x"
hard    throw 1
hard    throw { }
int     rec { a = a; b = 1; }.b
int     let x = x; in 1
hard    let x = x; in x
hard    let x = x.a; in x
hard    rec { a = b; b = a; }.a
int     let x = { y = x; z = 1; }; in x.y.y.z
list    let final = { a = [ final.a ]; }; in final.a
int     let final = { a = final.b; b = 1; }; in final.a
hard    let final = { a = final.b; b = final.a; }; in final.a
int     (c: let u = if c then t else 1; t = u; in t) false
hard    (c: let u = if c then t else 1; t = u; in t) true
int     let f = n: if n == 0 then 0 else f (n - 1); in f 50
int     let s = { a = 1; b = with s; a; }; in s.b
hard    let s = { a = a; b = with s; q; }; a = 1; in s.b
int     let a = 1; in with { a = 2; }; a
int     let f = with { a = 2; }; x: a + x; in f 1
int     with { a = 1; }; with { b = 2; }; a + b
hard    with { a = 1; }; b
hard    { ${"a"} = 1; ${toString "a"} = 2; }
set     { ${null} = 1; }
hard    { "${null}" = 1; }
int     { x.a = 1; ${"x"}.b = 2; }.x.b
int     { a.b = 1; a = { c = 2; }; }.a.c
int     { a = rec { b = c; c = 1; }; a.d = 2; }.a.b
int     let { body = x; x = 1; }
int     ({ a, b ? a }: b) { a = 1; }
int     ({ a ? 1, ... }@s: s.b + a) { b = 2; }
hard    ({ a ? 1, ... }@s: s.a) { b = 2; }
hard    ({ a }: a) { }
hard    ({ a }: a) { a = 1; b = 2; }
hard    ({ a }: a) 1
hard    1 2
hard    "a" "b"
hard    { } 1
int     builtins.foldl' (a: b: a + b) 0 [ 1 2 3 ]
int     (builtins.listToAttrs [ { name = "a"; value = 1; } { name = "a"; value = 2; } ]).a
hard    (builtins.listToAttrs [ { name = "a"; value = 1; } ]).b
int     (builtins.mapAttrs (n: v: v + 1) { a = 1; }).a
string  (builtins.mapAttrs (n: v: n) { a = 1; }).a
hard    (removeAttrs { a = 1; } [ "a" ]).a
int     ({ a = 1; } // { b = 2; }).a
hard    ({ a = 1; } // { b = 2; }).c
bool    (builtins.functionArgs ({ a ? 1 }: a)).a
hard    9223372036854775807 + 1
hard    1 / 0
hard    1.5 / 0
int     7 / 2
int     -7 / 2
float   7 / 2.0
hard    -"a"
hard    !1
hard    if 1 then 2 else 3
hard    assert 1; 2
hard    1 < "a"
hard    { } < { }
hard    "${1}"
hard    "${[ "a" ]}"
hard    "${{ a = 1; }}"
hard    "a" + 1
hard    [ ] + [ ]
hard    { } ++ { }
hard    [ ] // [ ]
hard    builtins.head [ ]
hard    builtins.elemAt [ 1 ] 1
hard    builtins.length { }
hard    builtins.attrNames [ ]
hard    builtins.deepSeq { a = { }.b; } 1
int     builtins.seq { a = { }.b; } 1
bool    builtins.elem 1 [ 1 (throw "x") ]
bool    builtins.all (x: x < 2) [ 3 (throw "x") ]
string  builtins.concatStringsSep "," [ "a" "b" ]
string  builtins.substring 1 (-1) "abc"
string  ''a ''${b} ''
string  http://example.org/x
hard    import "./x.nix"
hard    import 1
hard    builtins.readFile "x"
hard    builtins.pathExists "./x"
hard    builtins.readDir { outPath = "x"; }
hard    builtins.hashFile "sha256" "x"
hard    scopedImport { } "x"
hard    builtins.filterSource (x: y: true) "x"
hard    builtins.filterSource [ ] ./there.nix
hard    builtins.filterSource { } ./gone.nix
string? builtins.filterSource (x: y: true) ./scripts
hard    builtins.storePath true
hard    builtins.storePath "a"
hard    builtins.hashString "sha-256" "a"
hard    builtins.hashString "SHA256" (throw "a")
hard    builtins.hashFile "foo" ./gone.nix
string? builtins.hashString "sha512" "a"
hard    builtins.match "*.nix" (throw "a")
hard    builtins.split "(a" "b"
hard    builtins.toFile "a b" "c"
string? builtins.hashString "md5" "a"
hard    builtins.replaceStrings [ 1 ] [ "a" ] "b"
hard    builtins.replaceStrings [ 1 ] [ "a" ] (throw "b")
caught  builtins.replaceStrings [ "a" ] [ 1 ] (throw "b")
hard    builtins.replaceStrings [ "b" ] [ 1 ] "abc"
string  builtins.replaceStrings [ "b" ] [ 1 ] "ac"
string  builtins.replaceStrings [ "a" "ab" ] [ "x" 1 ] "ab"
hard    builtins.replaceStrings [ "" ] [ 1 ] ""
bool    if builtins.replaceStrings [ "" "b" ] [ "-" 1 ] "ab" == "-a-b-" then true else 1
bool    if builtins.replaceStrings [ "ab" "" ] [ "x" "." ] "cabd" == ".cx.d." then true else 1
bool    if builtins.replaceStrings [ "oo" "a" ] [ "a" "i" ] "foobar" == "fabir" then true else 1
hard    builtins.genericClosure { startSet = 1; operator = x: [ ]; }
hard    builtins.genericClosure { startSet = [ 1 ]; operator = x: [ ]; }
hard    builtins.genericClosure { startSet = [ { key = 1; } { k = 1; } ]; operator = x: [ ]; }
hard    builtins.genericClosure { startSet = [ { key = 1; } ]; operator = 1; }
hard    builtins.genericClosure { startSet = [ { key = 1; } ]; operator = x: x; }
hard    builtins.genericClosure { startSet = [ { key = 1; } ]; operator = x: [ { } ]; }
list?   builtins.genericClosure { startSet = [ ]; operator = 1; }
list?   builtins.genericClosure { startSet = [ { key = 1; } ]; operator = { __functor = s: x: [ ]; }; }
list?   builtins.genericClosure { startSet = [ { key = 1; } { key = 1; b = 2; } ]; operator = x: [ { key = x.key; } ]; }
string  dirOf "./x"
string  baseNameOf "./x"
bool    { } == 1.5
bool    ./a == "a"
bool    throw == map
string? "a" + ./there.nix
string? "${./there.nix}"
string? "${{ a = ./there.nix; }.a}"
list    [ ./gone.nix (toString ./gone.nix) (baseNameOf ./gone.nix) ]
string  toString ./gone.nix
string  baseNameOf ./gone.nix
hard?   "${./gone.nix}"
hard?   import ./gone.nix
hard?   builtins.readFile "${./.}/gone.nix"
string? builtins.readFile "${./.}/there.nix"
string? builtins.readFile (toString ./there.nix)
list    [ "/abs/leaf.nix" "leaf.nix" "${./.}/leaf.nix" (toString ./leaf.nix) ]
string? "${scripts/run.sh}"
string  let foo-bar = "x"; in "${foo-bar}"
hard    let foo-bar = 1; in "${foo-bar}"
int     let prev = { a.x = 1; }; final = prev // { a = prev.a // { passthru.self = final.a; }; }; in final.a.passthru.self.x
int     let final = { f = n: if n == 0 then 0 else final.f (n - 1); }; in final.f 3
int     let final = { a = 1; sub = let o = pfinal: pprev: { a = final.a; }; pfinal = o pfinal { }; in pfinal; }; in final.sub.a
hard    let final = { sub = let o = pfinal: pprev: { a = pfinal.a; }; pfinal = o pfinal { }; in pfinal; }; in final.sub.a
int     let o = final: prev: { a = final.a; b = 1; }; final = o final { }; in final.b
hard    let o = final: prev: { a = final.a; b = 1; }; final = o final { }; in final.a
int     let o = final: prev: { a = final.a; }; p = final: prev: { a = 1; }; final = o final { } // p final { }; in final.a
hard    let o = final: prev: { a = final.a; }; p = final: prev: { a = 1; }; final = p final { } // o final { }; in final.a
int     let o = final: prev: { a = prev.a + 1; }; prev = { a = 1; }; final = prev // o final prev; in final.a
hard    let o = final: prev: { a = final.a + 1; }; prev = { a = 1; }; final = prev // o final prev; in final.a
int     let final = with final; { a = b; b = 1; }; in final.a
hard    let final = with final; { a = a; }; in final.a
hard    let final = with final; { a = b; b = a; }; in final.a
int     let a = 1; final = with final; { a = a; }; in final.a
hard    let final = with final; { } // { }; in with final; final.a
set     let k = null; in { ${k} = 1; ${k} = 2; }
set     let k = null; in { ${k}.a = 1; ${k}.b = 2; }
set     let k = null; in rec { ${k} = 1; b = 2; }
hard    let k = null; in { "${k}" = 1; }
hard    let k = "x"; in { ${k} = 1; ${k} = 2; }
hard    let k = "x"; in { ${k}.a = 1; ${k}.b = 2; }
hard    let k = "x"; in { a.${k} = 1; a."${k}" = 2; }.a
set     let k = "x"; in { a.${k} = 1; a."${k}" = 2; }
hard    let k = "x"; in rec { x = 1; ${k} = 2; }
hard    let k = "x"; in { inherit (k) x; ${k} = 2; }
hard    let k = "x"; l = k; in { ${k} = 1; ${"" + l} = 2; }
hard    let k = "x"; in { x = { }; ${k}.a = 1; }
list    let k = "x"; in [ { ${k} = 1; ${k} = 2; } ]
int     let k = "x"; in { a = { ${k} = 1; ${k} = 2; }; b = 1; }.b
int     let k = "x"; in { ${k} = { ${k} = 1; }; }.x.x
hard    let k = 1; in { ${k} = 1; }
int     let k = "x"; in { ${k} = 1; ${k + k} = 2; }.xx
hard    { "${"x"}".a = 1; x.b = 2; }
hard    { "${"x"}" = 1; "x" = 2; }
set     { ${"x"}.a = 1; "x".b = 2; }
hard    let k = "x"; in let { body = { ${k} = 1; ${k} = 2; }; }
set?    derivation { name = "x"; system = "x"; builder = "x"; outputHashAlgo = "sha256"; outputHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"; }
string? (derivation { name = "x"; system = "x"; builder = "x"; outputHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"; }).drvPath
string? (derivation { name = "x"; system = "x"; builder = "x"; outputHashAlgo = "sha256"; outputHash = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; }).drvPath
string? (derivation { name = "x"; system = "x"; builder = "x"; outputHashAlgo = "sha256"; outputHash = "ABCDEF0000000000000000000000000000000000000000000000000000000000"; }).drvPath
string? (derivation { name = "x"; system = "x"; builder = "x"; outputHash = "sha256:0000000000000000000000000000000000000000000000000000"; }).drvPath
string? (derivation { name = "x"; system = "x"; builder = "x"; outputHash = "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA="; }).drvPath
string? (derivation { name = "x"; system = "x"; builder = "x"; outputHash = "md5-AAAAAAAAAAAAAAAAAAAAAA=="; }).drvPath
hard    (derivation { name = "x"; system = "x"; builder = "x"; outputHash = null; }).drvPath
string? (derivation { name = "x"; system = "x"; builder = "x"; outputHash = null; __ignoreNulls = true; }).drvPath
set     derivation { }
bool    (derivation { }) ? name
string  (derivation { name = "x"; }).name
string  (derivation { name = "x"; }).out.type
hard    (derivation { }).drvPath
hard    (derivation { name = "x"; }).outPath
hard    (derivation { name = "x"; builder = "x"; }).out.outPath
hard    "${derivation { name = "x"; system = "x"; }}"
hard    toString (derivation { name = "x"; system = "x"; })
hard    (derivation { system = "x"; builder = "x"; name = null; }).drvPath
hard    (derivation { system = "x"; builder = null; name = "x"; }).drvPath
hard    (derivation { system = ""; builder = "x"; name = "x"; }).drvPath
string? (derivation { name = "x"; builder = 1; system = ./there.nix; }).drvPath
hard    (derivation { name = "a b"; system = "x"; builder = "x"; }).drvPath
hard    (derivation { name = ""; system = "x"; builder = "x"; }).drvPath
hard    (derivation { name = "x.drv"; system = "x"; builder = "x"; }).drvPath
string? (derivation { name = "-?=+_.x"; system = "x"; builder = "x"; }).drvPath
string? (derivation { name = ".x"; system = "x"; builder = "x"; }).drvPath
string? (derivation { name = builtins.concatStringsSep "" (builtins.genList (i: "a") 207); system = "x"; builder = "x"; }).drvPath
hard    (derivation { name = builtins.concatStringsSep "" (builtins.genList (i: "a") 208); system = "x"; builder = "x"; }).drvPath
hard    derivation { outputs = [ ]; }
hard    derivation { outputs = "out"; }
hard    derivation { outputs = [ 1 ]; }
caught  derivation { outputs = [ (throw "x") ]; }
string  (derivation { outputs = [ "a" "b" ]; }).outputName
set     (derivation { outputs = [ "a" "b" ]; }).b
hard    (derivation { outputs = [ "a" "b" ]; }).out
hard    (derivation { name = "x"; system = "x"; builder = "x"; outputs = [ "a" "a" ]; }).drvPath
hard    (derivation { name = "x"; system = "x"; builder = "x"; outputs = [ "drvPath" ]; }).drvPath
string? (derivation { name = "x"; system = "x"; builder = "x"; outputs = [ "a b" ]; }).drvPath
hard    (derivation { name = "x"; system = "x"; builder = "x"; args = "a"; }).drvPath
hard    (derivation { name = "x"; system = "x"; builder = "x"; args = [ { } ]; }).drvPath
string? (derivation { name = "x"; system = "x"; builder = "x"; args = [ 1 null [ "a" ] ./there.nix ]; }).drvPath
hard    (derivation { name = "x"; system = "x"; builder = "x"; env = { a = 1; }; }).drvPath
hard    (derivation { name = "x"; system = "x"; builder = "x"; env = [ (x: x) ]; }).drvPath
string? (derivation { name = "x"; system = "x"; builder = "x"; env = [ null 1.5 [ ] { outPath = "a"; } ]; }).drvPath
string? (derivation { name = "x"; system = "x"; builder = "x"; env = { a = 1; }; __structuredAttrs = true; }).drvPath
hard?   (derivation { name = "x"; system = "x"; env = { a = 1; }; __structuredAttrs = true; }).drvPath
hard    (derivation { name = "x"; system = "x"; builder = null; __ignoreNulls = true; }).drvPath
hard    (derivation { name = "x"; system = "x"; builder = "x"; __ignoreNulls = null; }).drvPath
hard    (derivation { name = "x"; system = "x"; builder = "x"; outputHashMode = "bad"; }).drvPath
string? (derivation { name = "x"; system = "x"; builder = "x"; outputHashMode = null; __ignoreNulls = true; }).drvPath
hard    (derivation { name = "x"; system = "x"; builder = "x"; outputHash = "x"; outputs = [ "dev" ]; }).drvPath
string? (derivation { name = "x"; system = "x"; builder = "x"; outputHash = ""; outputHashAlgo = "sha256"; }).drvPath
caught  (derivation { name = "x"; a = throw "x"; }).drvPath
caught  (derivation { name = throw "x"; }).drvPath
hard    (derivation { a = throw "x"; }).drvPath
hard    let d = derivation { name = "x"; system = "x"; builder = "x"; env = d; }; in d.drvPath
string  let d = derivation { name = "x"; system = "x"; builder = "x"; env = d; }; in d.name
hard    derivationStrict { name = "x"; }
set?    derivationStrict { name = "x"; system = "x"; builder = "x"; outputs = "out dev"; }
`

// pureVerdicts are verdicts of pure evaluation, as in flakes.
const pureVerdicts = `
string? builtins.getEnv "HOME"
path    /etc/passwd
string  toString /etc/passwd
bool?   builtins.pathExists /etc/x
string? builtins.currentSystem or "x"
bool    builtins ? currentTime
set?    builtins.tryEval <nixpkgs>
hard?   builtins.fetchGit ./.
hard?   builtins.readFile /etc/passwd
hard?   builtins.currentTime
`

// TestVerdicts holds what expressions are, of Nix as of the evaluator.
func TestVerdicts(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"there.nix": "1", "scripts/run.sh": "run"})
	store := filepath.Join(t.TempDir(), "store")
	judge(t, dir, verdicts, "--store", store)
	judge(t, dir, pureVerdicts, "--store", store, "--pure-eval")
}

// judge compares verdicts with what the evaluator says, and with what Nix does, called with options.
func judge(t *testing.T, dir, verdicts string, options ...string) {
	kinds := map[string]Kinds{
		"int": Int, "float": Float, "bool": Bool, "null": Null, "string": String, "path": Path, "list": List, "set": Set, "hard": Hard, "caught": Caught,
	}
	var claims []claim
	var want []Kinds
	for line := range strings.Lines(verdicts) {
		word, text, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			continue
		}
		text = "(" + strings.TrimSpace(text) + ")"
		kind, open := strings.CutSuffix(word, "?")
		k := kinds[kind]
		require.NotZero(t, k, line)
		got := valueOf(t, NewEvaluation(), dir, text)
		open = open || strings.Contains(text, "9223372036854775807") // by version of Nix
		if got.kinds != k && !(open && got.kinds&k != 0) {
			t.Errorf("%s is %s, and said to be %s", text, kind, outline(got))
		}
		claims, want = append(claims, claim{expr: text}), append(want, k)
	}
	for i, o := range askNix(t, dir, claims, options...) {
		require.Equal(t, want[i], o.kind, claims[i].expr)
	}
}

// TestUnknown: what is open stays so. Each of these is evaluated somewhere without failing.
func TestUnknown(t *testing.T) {
	for _, text := range []string{
		`x: x.y`, `{ a ? null }: "${a}"`, `{ a ? null }: a.b`, `{ a ? [ ] }: a + "x"`, `{ ... }@args: args.x`, `with import <nixpkgs> { }; hello.x`,
		`x: x // { a = 1; }`, `x: (x // { a = 1; }).b`, `x: (if x then { a = 1; } else { }).a`, `x: let v = if x then null else { a = 1; }; in if v == null then 1 else v.a`,
		`builtins.getEnv "X"`, `builtins.someday`, `f: let s = { a = f 1; }; in s.a.b`, `x: rec { a = x; b = a.c; }.b`, `x: builtins.head x`,
		`x: (builtins.listToAttrs x).a`, `x: (builtins.mapAttrs (n: v: v) x).a.b`, `x: builtins.elemAt [ 1 2 ] x`, `x: { ${x} = 1; }.a`, `x: { a = 1; }.${x}`,
		`x: x { } { } + 1`, `x: with x; a + b.c`, `x: with { a = 1; }; with x; b`, `x: "${x}" + x`, `x: -x / x`, `x: !x && x`, `x: x ++ x`, `import ./x.nix { }`,
		`let inherit (import ./x.nix) a; in a.b`, `x: map (y: y.z) x`, `x: builtins.tryEval x`, `x: (builtins.tryEval x).value.y`, `self: super: { a = self.b; b = super.a.c; }`,
		`x: let s = { __functor = self: y: x; }; in (s 1).a`, `x: builtins.foldl' (a: b: a // b) { } x`, `x: { inherit (x) a; }.a.b`, `rec { __overrides = { a = { b = 1; }; }; a = 1; c = a.b; }.c`,
	} {
		for _, body := range []string{"(f: f) (" + text + ")", text} {
			require.Empty(t, found(t, body), text)
		}
	}
}
