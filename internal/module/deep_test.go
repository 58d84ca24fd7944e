package module

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// TestDeep reads files whose nesting or length has no bound that people would write: nothing may recurse as deep
// as they do, or take more than linear time.
func TestDeep(t *testing.T) {
	many := func(n int, s string) string { return strings.Repeat(s, n) }
	const head = "{ config, lib, ... }: "
	for name, text := range map[string]string{
		"functions":   many(300000, "x: ") + "1",
		"formals":     many(50000, "{ config, ... }: ") + "{ imports = [ ]; }",
		"concat":      head + "{ imports = " + many(100000, "[ ./a ] ++ ") + "[ ]; }",
		"concat left": head + "{ imports = " + many(5000, "(") + "[ ]" + many(5000, " ++ [ ./a ])") + "; }",
		"update":      head + many(100000, "{ a = 1; } // ") + "{ imports = [ ]; }",
		"lets":        head + many(20000, "let a = 1; in ") + "{ imports = [ ]; }",
		"else if":     head + "{ config = " + many(50000, "if config.a then { } else ") + "{ }; }",
		"list":        head + "{ imports = [ " + many(200000, "(if config.a then ./a else ./b) ") + "]; }",
		"nested":      head + "{ imports = [ " + many(3000, "{ imports = [ ") + many(3000, "]; } ") + "]; }",
		"options":     head + "{ options = " + many(5000, "{ a = ") + "1" + many(5000, "; }") + "; }",
		"names":       head + "let " + chain(20000) + " in { imports = x0; config = x1; }",
		"doubling":    head + "let " + doubling(2000) + " in { imports = x0; config = x0; }",
		"calls":       head + "let f = x: f (f x); g = x: g x ++ g x; in { imports = g config; config = f { }; }",
		"applied":     head + "{ config = " + many(20000, "lib.id (") + "{ }" + many(20000, ")") + "; }",
		"mkIf":        head + "{ config = " + many(20000, "lib.mkIf config.a (") + "{ }" + many(20000, ")") + "; }",
		"mkMerge":     head + "{ config = lib.mkMerge [ " + many(50000, "(lib.mkIf config.a { b = 1; }) ") + "]; }",
		"selects":     head + "{ imports = config" + many(100000, ".a") + "; }",
		"modules":     "{ " + many(20000, "nixosModules.a = { config, ... }: { imports = [ config.a ]; }; ") + "}",
	} {
		t.Run(name, func(t *testing.T) {
			tree := parser.Parse(text)
			names := sema.Resolve(tree)
			start := time.Now()
			f := AnalyzeFile(tree, names)
			f.Obstacles()
			if f.Module != nil {
				f.Module.Options()
			}
			require.Less(t, time.Since(start), 30*time.Second)
		})
	}
}

// chain binds each name to the next.
func chain(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("x" + strconv.Itoa(i) + " = x" + strconv.Itoa(i+1) + "; ")
	}
	return b.String() + "x" + strconv.Itoa(n) + " = config.a;"
}

// doubling binds each name to two uses of the next.
func doubling(n int) string {
	var b strings.Builder
	for i := range n {
		next := "x" + strconv.Itoa(i+1)
		b.WriteString("x" + strconv.Itoa(i) + " = " + next + " ++ " + next + "; ")
	}
	return b.String() + "x" + strconv.Itoa(n) + " = [ ];"
}
