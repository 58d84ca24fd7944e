package module

import (
	"strconv"
	"strings"
	"testing"

	"github.com/nixsift/nixsift/internal/growth"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// TestDeep reads files whose nesting or length has no bound that people would write: nothing may recurse as deep
// as they do, or take more than linear time.
func TestDeep(t *testing.T) {
	many := func(n int, s string) string { return strings.Repeat(s, n) }
	const head = "{ config, lib, ... }: "
	for name, text := range map[string]func(n int) string{
		"functions": func(n int) string { return many(300*n, "x: ") + "1" },
		"formals":   func(n int) string { return many(50*n, "{ config, ... }: ") + "{ imports = [ ]; }" },
		"concat":    func(n int) string { return head + "{ imports = " + many(100*n, "[ ./a ] ++ ") + "[ ]; }" },
		"concat left": func(n int) string {
			return head + "{ imports = " + many(5*n, "(") + "[ ]" + many(5*n, " ++ [ ./a ])") + "; }"
		},
		"update":  func(n int) string { return head + many(100*n, "{ a = 1; } // ") + "{ imports = [ ]; }" },
		"lets":    func(n int) string { return head + many(20*n, "let a = 1; in ") + "{ imports = [ ]; }" },
		"else if": func(n int) string { return head + "{ config = " + many(50*n, "if config.a then { } else ") + "{ }; }" },
		"list": func(n int) string {
			return head + "{ imports = [ " + many(200*n, "(if config.a then ./a else ./b) ") + "]; }"
		},
		"nested": func(n int) string {
			return head + "{ imports = [ " + many(3*n, "{ imports = [ ") + many(3*n, "]; } ") + "]; }"
		},
		"options": func(n int) string {
			return head + "{ options = " + many(5*n, "{ a = ") + "1" + many(5*n, "; }") + "; }"
		},
		"names":    func(n int) string { return head + "let " + chain(20*n) + " in { imports = x0; config = x1; }" },
		"doubling": func(n int) string { return head + "let " + doubling(2*n) + " in { imports = x0; config = x0; }" },
		"calls": func(int) string {
			return head + "let f = x: f (f x); g = x: g x ++ g x; in { imports = g config; config = f { }; }"
		},
		"applied": func(n int) string {
			return head + "{ config = " + many(20*n, "lib.id (") + "{ }" + many(20*n, ")") + "; }"
		},
		"mkIf": func(n int) string {
			return head + "{ config = " + many(20*n, "lib.mkIf config.a (") + "{ }" + many(20*n, ")") + "; }"
		},
		"mkMerge": func(n int) string {
			return head + "{ config = lib.mkMerge [ " + many(50*n, "(lib.mkIf config.a { b = 1; }) ") + "]; }"
		},
		"selects": func(n int) string { return head + "{ imports = config" + many(100*n, ".a") + "; }" },
		"modules": func(n int) string {
			return "{ " + many(20*n, "nixosModules.a = { config, ... }: { imports = [ config.a ]; }; ") + "}"
		},
	} {
		t.Run(name, func(t *testing.T) {
			growth.Time(t, name, 125, func(n int) func() {
				tree := parser.Parse(text(n))
				names := sema.Resolve(tree)
				return func() {
					f := AnalyzeFile(tree, names)
					f.Obstacles()
					if f.Module != nil {
						f.Module.Options()
					}
				}
			})
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
