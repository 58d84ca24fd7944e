package traps

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "list-application", Family: family, Since: "0.1.0",
	Summary: "A call in a list lacks its parentheses, so that function and arguments are elements",
	Doc: "In a list each element stands for itself: `[ import ./a.nix ]` has two elements, the function `import` and a path, and\n" +
		"no error tells. A call needs parentheses: `[ (import ./a.nix) ]`.\n" +
		"\n" +
		"Reported where a function, known as a builtin, as one of nixpkgs' lib, as `callPackage` or by its definition in the\n" +
		"file, stands before a literal. Lists of functions, as for `lib.pipe`, have none. `optional` and the like are reported\n" +
		"before anything, and so are `override`, `withPackages` and their kin before a set or function. A function that the file\n" +
		"defines is told as information: a list of values of all kinds may hold it. What stands for a literal may be a name or a\n" +
		"call that surely comes to one, and what stands for a function one that comes to that: `let path = ./a.nix; in [ import path ]`.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixAlways, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.List},
	Node: func(p *rules.Pass, n ast.Node) {
		var behind ast.Node // the last element that belongs to a call that is reported
		for head := n.FirstChild(); head.IsValid(); head = head.NextSibling() {
			if behind.IsValid() && head.ID() <= behind.ID() || !head.Is(ast.Ident) && !head.Is(ast.Select) && !head.Unparen().Is(ast.Select) {
				continue
			}
			first := head.NextSibling()
			if !first.IsValid() {
				break
			}
			literal := isLiteral(p, first)
			later := !literal && first.NextSibling().IsValid() && isLiteral(p, first.NextSibling())
			never := neverAnElement(ast.LastName(head))
			changes := changesPackage(head, first)
			named := literal || later || never || fromSet(head, first)
			if !changes && (!head.Is(ast.Ident) && !head.Is(ast.Select) || !named && !p.MayBe(first, nonFunctions)) {
				continue
			}
			name, args, local := head.Text(), 1, false
			if !changes {
				if name, args, local = function(p.Names(), head); args == 0 && named {
					name, args, local, never = reachedFunction(p, head)
				}
				if !named && args > 0 {
					literal = p.Value(first).Surely(nonFunctions)
				}
			}
			switch {
			case changes:
			case args == 0:
				continue
			case literal:
			case never && enough(first, args):
			case later && args > 1 && !local:
			case fromSet(head, first) && args == 1:
			default:
				continue
			}
			behind = lastArg(first, args)
			if name == "import" && args == 1 && behind.NextSibling().Is(ast.AttrSet) {
				behind = behind.NextSibling() // import ./x.nix { }
			}
			call := source.Span{Start: head.Start(), End: behind.End()}
			severity := diag.Warning
			if local {
				severity = diag.Info // a list of values of all kinds may well hold it
			}
			p.Report(diag.Finding{
				Severity: severity, Span: call,
				Message: diag.Code(name) + " is not called here: it and what follows are elements of the list",
				Help:    "put the call in parentheses",
				Fixes:   []diag.Fix{{Title: "put the call in parentheses", Edits: parens(call)}},
			})
		}
	},
})

// changesPackage reports whether a selection that every package has, or an interpreter, to change it stands before what
// it takes: x.override { }, x.overrideAttrs (old: { }), python3.withPackages (ps: [ ]).
func changesPackage(head, first ast.Node) bool {
	if !head.Unparen().Is(ast.Select) {
		return false
	}
	arg := first.Unparen()
	switch ast.LastName(head) {
	case "override", "overrideAttrs", "overrideDerivation", "overridePythonAttrs":
		return arg.Is(ast.AttrSet) || arg.Is(ast.Lambda) || arg.Is(ast.Apply)
	case "withPackages", "withPlugins":
		return arg.Is(ast.Lambda) || arg.Is(ast.Apply)
	}
	return false
}

// lastArg returns the last of the elements that a call takes as arguments.
func lastArg(first ast.Node, args int) ast.Node {
	for range args - 1 {
		next := first.NextSibling()
		if !next.IsValid() {
			break
		}
		first = next
	}
	return first
}

// neverAnElement reports whether a function is so particular that a list of functions does not hold it.
func neverAnElement(name string) bool {
	switch name {
	case "optional", "optionals", "optionalString", "optionalAttrs", "mkIf", "callPackage", "listOf", "attrsOf", "nullOr", "either":
		return true
	}
	return false
}

// fromSet reports whether a function that takes a package, or the value of an option, stands before a selection
// from pkgs or config.
func fromSet(head, first ast.Node) bool {
	s, ok := ast.AsSelect(first)
	if !ok || !s.Operand().Unparen().Is(ast.Ident) || s.Attrpath().FirstChild().Text() == "lib" {
		return false
	}
	switch s.Operand().Unparen().Text() {
	case "pkgs", "config", "cfg":
	default:
		return false
	}
	switch ast.LastName(head) {
	case "getExe", "getBin", "getDev", "getLib", "mkForce", "mkDefault", "mkBefore", "mkAfter":
		return true
	}
	return false
}

// enough reports whether as many elements follow as a call takes arguments.
func enough(first ast.Node, args int) bool {
	for range args - 1 {
		first = first.NextSibling()
	}
	return first.IsValid()
}

// isLiteral reports whether an element cannot be a function: in a list of functions it has no place.
func isLiteral(p *rules.Pass, n ast.Node) bool {
	switch n.Kind() {
	case ast.Ident, ast.Select:
		return nixlang.Constant(p.Names, n) != ""
	case ast.String, ast.IndString, ast.Int, ast.Float, ast.Path, ast.SearchPath, ast.List, ast.URI:
		return n.IsValid()
	case ast.AttrSet:
		_, functor := ast.Attr(n, "__functor")
		return !functor
	case ast.Paren:
		switch inner := n.Unparen(); inner.Kind() {
		case ast.Binary:
			op := inner.Op()
			return op != ast.OpUpdate && op != ast.OpPipeInto && op != ast.OpPipeFrom
		case ast.Unary, ast.HasAttr:
			return true
		}
	}
	return false
}

// nonFunctions are the kinds of what has no place in a list of functions; a set may be called.
const nonFunctions = eval.Int | eval.Float | eval.Bool | eval.Null | eval.String | eval.Path | eval.List

// reachedFunction is function for what the evaluator knows to be one. never tells that a list of functions does not hold it.
func reachedFunction(p *rules.Pass, n ast.Node) (name string, args int, local, never bool) {
	if !p.MayBe(n, eval.Function) {
		return "", 0, false, false
	}
	v := p.Value(n)
	if builtin := v.Builtin(); builtin != "" {
		return n.Text(), v.Arity(), false, neverAnElement(builtin)
	}
	if _, _, ok := v.Lambda(); !ok || v.TakesSet() {
		return "", 0, false, false
	}
	switch n.NextSibling().Kind() {
	case ast.AttrSet, ast.Path, ast.SearchPath, ast.List:
		return "", 0, false, false
	}
	return n.Text(), v.Arity(), true, false
}

// function returns the name of what is known to be a function and no element of its own, and the number of
// arguments it takes; 0 for anything else. local tells that the file defines it.
func function(names *sema.Info, n ast.Node) (name string, args int, local bool) {
	if b := sema.LookupBuiltin(nixlang.Builtin(names, n)); b != nil && b.Args > 0 {
		return n.Text(), int(b.Args), false
	}
	if l := libtable.Lookup(nixlang.Lib(names, n)); l != nil && l.Args > 0 {
		return n.Text(), int(l.Args), false
	}
	if args := typeArgs[typeFunction(names, n)]; args > 0 {
		return n.Text(), args, false
	}
	switch fromNixpkgs(names, n) {
	case "callPackage", "callPackages":
		return n.Text(), 2, false
	case "nixosSystem", "darwinSystem", "homeManagerConfiguration":
		return n.Text(), 1, false
	}
	if args := makerArgs(names, n); args > 0 {
		return n.Text(), args, false
	}
	b := names.Resolve(n)
	if b == nil {
		return "", 0, false
	}
	if b.Name == "callPackage" {
		return b.Name, 2, true
	}
	if b.Kind != sema.LetBinding && b.Kind != sema.RecBinding || b.More || !b.Value.IsValid() || hasOverrides(names, b) {
		return "", 0, false
	}
	// A function of a set may be a module or a package: it stands in lists with sets and paths.
	if (ast.LambdaExpr{Node: b.Value.Unparen()}).Param().Is(ast.Pattern) {
		return "", 0, false
	}
	switch n.NextSibling().Kind() {
	case ast.AttrSet, ast.Path, ast.SearchPath, ast.List:
		return "", 0, false
	}
	for v := b.Value.Unparen(); v.Is(ast.Lambda) && args < 8; v = (ast.LambdaExpr{Node: v}).Body().Unparen() {
		args++
	}
	return b.Name, args, true
}
