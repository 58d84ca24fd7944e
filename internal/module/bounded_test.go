package module

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/growth"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// steps binds x0 to a start and each further name to an expression in which @ is the name before.
func steps(n int, start, step string) string {
	var b strings.Builder
	b.WriteString("x0 = " + start + "; ")
	for i := range n {
		fmt.Fprintf(&b, "x%d = %s; ", i+1, strings.ReplaceAll(step, "@", fmt.Sprintf("x%d", i)))
	}
	return b.String()
}

// stairs is steps with the last bound to y.
func stairs(n int, start, step string) string {
	return steps(n, start, step) + fmt.Sprintf("y = x%d; ", n)
}

// bombs are small expressions whose value is huge, or takes a huge number of steps, by the way they do it. Each is
// the bindings of a let that bind y to such a value, with n steps.
var bombs = map[string]func(n int) string{
	"++":               func(n int) string { return stairs(n, "[ 1 ]", "@ ++ @") },
	"++ of four":       func(n int) string { return stairs(n, "[ 1 ]", "@ ++ @ ++ @ ++ @") },
	"concatLists":      func(n int) string { return stairs(n, "[ 1 ]", "builtins.concatLists [ @ @ @ ]") },
	"concatMap":        func(n int) string { return stairs(n, "[ 1 1 ]", "builtins.concatMap (a: @) @") },
	"nested concatMap": func(n int) string { return stairs(n, "[ 1 1 ]", "lib.concatMap (a: lib.concatMap (b: @) @) @") },
	"flatten":          func(n int) string { return stairs(n, "[ 1 ]", "lib.flatten [ @ [ @ [ @ @ ] ] ]") },
	"empty flatten": func(n int) string {
		return steps(n, "[ ]", "[ @ @ @ @ @ @ @ @ ]") + "y = lib.flatten x" + fmt.Sprint(n) + "; "
	},
	"optionals": func(n int) string { return stairs(n, "[ 1 ]", "lib.optionals true @ ++ lib.optionals true @") },
	"foldl":     func(n int) string { return stairs(n, "[ 1 1 1 ]", "lib.foldl (a: b: a ++ a ++ @) [ ] @") },
	"foldr":     func(n int) string { return stairs(n, "[ 1 1 1 ]", "lib.foldr (a: b: b ++ @ ++ b) [ ] @") },
	"genList": func(n int) string {
		return stairs(n, "[ 1 ]", "builtins.concatMap (a: @) (builtins.genList (a: a) 1000000000)")
	},
	"replicate": func(n int) string { return stairs(n, "[ 1 ]", "lib.concatLists (lib.replicate 1000000000 @)") },
	"map":       func(n int) string { return stairs(n, "[ 1 ]", "map (a: @) (@ ++ @)") },
	"filter": func(n int) string {
		return stairs(n, "[ 1 ]", "builtins.filter (a: builtins.all (b: true) @) (@ ++ @)")
	},
	"any": func(n int) string {
		return stairs(n, "[ false false ]", "[ (builtins.any (a: builtins.any (b: false) @) (@ ++ @)) ] ++ @ ++ @")
	},
	"//": func(n int) string { return stairs(n, "{ a = 1; b = 2; }", "@ // { c = @ // @; } // @") },
	"recursiveUpdate": func(n int) string {
		return stairs(n, "{ a = 1; }", "lib.recursiveUpdate { c = @; d = @; } { c = @; e = @; }")
	},
	"mapAttrs": func(n int) string {
		return stairs(n, "{ a = 1; b = 2; }", "builtins.mapAttrs (k: v: @ // builtins.mapAttrs (k: v: @) @) (@ // @)")
	},
	"attrValues": func(n int) string {
		return stairs(n, "[ 1 ]", "lib.concatLists (lib.attrValues { a = @; b = @; c = @; })")
	},
	"listToAttrs": func(n int) string {
		return stairs(n, "[ 1 ]", `[ (lib.listToAttrs (map (v: lib.nameValuePair "a" v) (@ ++ @))) ] ++ @ ++ @`)
	},
	"genAttrs": func(n int) string {
		return stairs(n, `[ "a" ]`, "lib.attrNames (lib.genAttrs (@ ++ @) (a: @)) ++ @ ++ @")
	},
	"strings":         func(n int) string { return stairs(n, `"aaaaaaaaaaaaaaaa"`, `"${@}${@}"`) },
	"string addition": func(n int) string { return stairs(n, `"aaaaaaaaaaaaaaaa"`, "@ + @") },
	"deepSeq": func(n int) string {
		return steps(n, "[ ]", "[ @ @ @ @ @ @ @ @ @ @ @ @ @ @ @ @ ]") + fmt.Sprintf("y = builtins.deepSeq x%d [ ]; ", n)
	},
	"deepSeq of sets": func(n int) string {
		return steps(n, "{ }", "{ a = @; b = @; c = @; d = @; e = @; f = @; }") + fmt.Sprintf("y = builtins.deepSeq x%d [ ]; ", n)
	},
	"functions":          func(n int) string { return stairs(n, "a: [ a a ]", "a: @ (@ (@ a))") },
	"functions of lists": func(n int) string { return stairs(n, "a: a ++ a", "a: @ (@ a)") },
	"recursion":          func(int) string { return "x0 = a: x0 (x0 a) ++ x0 a; y = x0 [ 1 ]; " },
	"omega":              func(int) string { return "x0 = a: a a; y = x0 x0; " },
	"functor":            func(int) string { return "x0 = { __functor = self: self; }; y = x0 1; " },
	"functor of two":     func(int) string { return "x0 = { __functor = self: a: self a ++ self a; }; y = x0 [ 1 ]; " },
	"pipe":               func(n int) string { return stairs(n, "[ 1 ]", "lib.pipe @ [ (a: a ++ a) (a: a ++ a) ]") },
	"names": func(n int) string {
		return stairs(n, `[ "a" ]`, "lib.mapAttrsToList (k: v: k) (lib.genAttrs @ (k: @)) ++ @ ++ @")
	},
	"computed names": func(n int) string {
		return stairs(n, `"a"`, `builtins.head (builtins.attrNames { ${@} = 1; ${@ + "b"} = 2; })`)
	},
	"merges": func(n int) string { return stairs(n, "{ }", "lib.mkMerge [ @ @ @ ]") },
	"merged lists": func(n int) string {
		return stairs(n, "lib.mkMerge [ { } ]", "lib.mkMerge [ (lib.mkIf true @) (lib.mkMerge [ @ @ ]) ]")
	},
	"modules":          func(n int) string { return stairs(n, "{ }", "{ imports = [ @ @ @ ]; }") },
	"module of itself": func(int) string { return "x0 = { imports = [ x0 { imports = [ x0 x0 ]; } ]; }; y = x0; " },
	"module functions": func(n int) string { return stairs(n, "{ ... }: { }", "{ ... }: { imports = [ @ @ @ ]; }") },
	"imports":          func(n int) string { return stairs(n, "[ ]", "[ { imports = @; } { imports = @ ++ @; } ]") },
	"withs":            func(n int) string { return stairs(n, "{ a = [ 1 ]; }", "with @; { a = a ++ a; b = with @; a; }") },
	"conditions":       func(n int) string { return stairs(n, "true", "if @ then @ && @ else @ || @") },
	"long literal": func(n int) string {
		return "f = a: [ " + strings.Repeat("a ", 100*n) + "]; y = builtins.concatMap (a: builtins.concatMap f (f a)) (f 1); "
	},
	"wide literal": func(n int) string {
		return "f = a: { " + numbered(50*n, "b%d = a; ") + "}; y = map (a: map f [ a a a ]) [ 1 2 3 ]; "
	},
	"long text": func(n int) string {
		return `f = a: "` + strings.Repeat("${a}", 100*n) + `"; y = map (a: map (a: f a) [ a a a ]) [ 1 2 3 ]; `
	},
	"long path": func(n int) string {
		return "f = a: a" + strings.Repeat(".b", 100*n) + "; x0 = { b = x0; }; y = map (a: f x0) [ 1 2 3 ]; "
	},
	"option sets":   func(n int) string { return stairs(n, "{ }", "{ a = @; b = @; c = @; }") },
	"empty updates": func(n int) string { return stairs(n, "{ }", "@ // @ // @") },
}

// numbered writes a piece n times with its number.
func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// everywhere returns a module that uses y everywhere where the module system evaluates something.
func everywhere(bindings string) string {
	return "{ config, lib, ... }: let " + bindings + "in { imports = y; disabledModules = y; config = lib.mkMerge y; options = y; " +
		"key = y; freeformType = y; _module = y; require = [ y ]; ${y} = y; }"
}

// cost returns what reading the problems of a file allocates, in bytes.
func cost(text string) uint64 {
	tree := parser.Parse(text)
	names := sema.Resolve(tree)
	return growth.AllocatedOnce(func() {
		f := AnalyzeFile(tree, names)
		f.Obstacles()
		if f.Module != nil {
			f.Module.Options()
		}
	}).Bytes
}

// maxCost is what reading the problems of a file of a few hundred bytes may allocate in all, in bytes.
const maxCost = 64 << 20

// TestBounded evaluates values that are huge.
func TestBounded(t *testing.T) {
	for name, bomb := range bombs {
		for _, n := range []int{5, 20, 60} {
			text := everywhere(bomb(n))
			bytes := cost(text)
			assert.Less(t, bytes, uint64(maxCost), "%s, %d steps, %d bytes of text", name, n, len(text))
		}
	}
}

// FuzzBounded looks for modules that cost more than their size allows.
func FuzzBounded(f *testing.F) {
	for _, bomb := range bombs {
		f.Add(everywhere(bomb(8)))
	}
	for _, text := range []string{
		"{ config, lib, ... }: { imports = lib.optionals config.a [ ]; }",
		"{ config, ... }: { config = if config.a then { } else { }; }",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			return
		}
		require.Less(t, cost(text), uint64(maxCost))
	})
}

// TestOrder holds what is found in a module to be the same in whatever order its attributes stand, however much
// some of them cost.
func TestOrder(t *testing.T) {
	const head = "{ config, lib, ... }: let %s in { %s }"
	problem := []string{
		"imports = lib.optional config.a ./b;",
		"config = if config.a then { } else { };",
		"options = lib.optionalAttrs config.a { };",
	}
	for name, bomb := range bombs {
		bindings := bomb(24)
		for _, part := range []string{
			"disabledModules = y;", "freeformType = y;", "_module.freeformType = y;", `key = builtins.deepSeq y "";`, "${y} = 1;", "b = y;",
		} {
			want := ""
			parts := append([]string{part}, problem...)
			for i := range parts {
				order := append(append([]string{}, parts[i:]...), parts[:i]...)
				text := fmt.Sprintf(head, bindings, strings.Join(order, " "))
				got := kinds(text)
				if i == 0 {
					want = got
				}
				require.Equal(t, want, got, "%s: %s", name, text)
			}
			if part[0] != '$' {
				require.Contains(t, want, "imports:config.a", name)
				require.Contains(t, want, "names of config:if", name)
				require.Contains(t, want, "options:config.a", name)
			}
		}
	}
}

// TestExpensive: what a part costs, however much, is no matter to the others, whichever stands first.
func TestExpensive(t *testing.T) {
	parts := []string{
		"disabledModules = builtins.genList (i: builtins.foldl' (a: b: a + b) \"\" (map toString (builtins.genList (j: i + j) 400))) 1000;",
		"imports = lib.optional config.a ./b;",
		"config = lib.mkMerge [ { } (if config.a then { } else { }) ];",
	}
	for i := range parts {
		text := "{ config, lib, ... }: { " + strings.Join(append(parts[i:len(parts):len(parts)], parts[:i]...), " ") + " }"
		require.Equal(t, "imports:config.a\nnames of config:if config.a", kinds(text), text)
	}
}

// kinds lists the obstacles of a module with the text they are about, sorted.
func kinds(text string) string {
	tree := parser.Parse(text)
	var all []string
	for _, p := range AnalyzeFile(tree, sema.Resolve(tree)).Obstacles() {
		part := p.Part
		if p.Names {
			part = "names of " + part
		}
		all = append(all, part+":"+p.At.Of(text))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}
