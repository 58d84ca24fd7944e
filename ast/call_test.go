package ast_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/parser"
)

func TestCall(t *testing.T) {
	for text, want := range map[string][]string{
		"f x":               {"f", "x"},
		"(f x) y":           {"f", "x", "y"},
		"x |> f":            {"f", "x"},
		"f <| x":            {"f", "x"},
		"y |> f x":          {"f", "x", "y"},
		"x |> f |> g":       {"g", "x |> f"},
		"g <| f <| x":       {"g", "f <| x"},
		"(x |> f) y":        {"f", "x", "y"},
		"(f <| x) <| (y)":   {"f", "x", "(y)"},
		"x + f":             {"x + f"},
		"x":                 {"x"},
		"(y |> (f <| x)) z": {"f", "x", "y", "z"},
	} {
		n := parser.Parse(text).Expr()
		fn, args := ast.Call(n)
		got := []string{fn.Text()}
		for _, arg := range args {
			got = append(got, arg.Text())
		}
		assert.Equal(t, want, got, text)
		call, ok := ast.AsApply(n)
		assert.Equal(t, len(args) > 0, ok, text)
		assert.Equal(t, ok, n.Form() == ast.Apply, text)
		if ok {
			assert.Equal(t, args[len(args)-1], call.Arg(), text)
		}
	}
}
