package traps

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "path-division", Family: family, Since: "0.1.0",
	Summary: "A division is written without spaces, which makes it a path",
	Doc: "`6/2` and `total/count` are paths, the same as `./6/2` and `./total/count`, and no error tells where the value is not\n" +
		"used as a number. `6 /2` calls the number 6 with a path, which is an error, and `total /count` or `(a + b)/2` calls\n" +
		"what stands before it. A division needs a space behind the slash, and reads best with one on each side.\n" +
		"\n" +
		"Reported for two numbers, and for names that are all in scope, where no such file exists and no path is expected.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.Path},
	Node: func(p *rules.Pass, n ast.Node) {
		text := n.Text()
		if call, ok := ast.AsApply(n.Parent()); ok && call.Arg() == n && text[0] == '/' {
			calledWithPath(p, call, text)
			return
		}
		if n.FirstChild().IsValid() || !nixlang.LooksDivided(p.Names(), n) {
			return
		}
		if target, ok := project.Resolve(p.Path, n); ok {
			if p.Project.Exists(target) {
				return
			}
		}
		quotient := strings.Replace(text, "/", " / ", 1)
		p.Report(diag.Finding{
			Span:    n.Span(),
			Message: "`" + text + "` is a path, not a division",
			Help:    "write `" + quotient + "` to divide, `./" + text + "` for the path",
			Fixes:   []diag.Fix{divide(n, quotient)},
		})
	},
})

// calledWithPath examines f /2 and (f)/x: a call with a path where a quotient is likely, or certain because a
// number is called.
func calledWithPath(p *rules.Pass, call ast.ApplyExpr, text string) {
	names, fn, divisor := p.Names(), call.Func(), text[1:]
	if !shortCall(fn) {
		return
	}
	numeric := divisor != "" && strings.Trim(divisor, "0123456789") == ""
	root, ok := rootName(divisor)
	if !numeric && !ok || call.Arg().FirstChild().IsValid() {
		return
	}
	bound := numeric || nixlang.Bound(names, nixlang.ScopeAt(names, call.Node), root) != nil
	f := diag.Finding{
		Span:    call.Span(),
		Message: "`" + short(call.Node) + "` calls `" + short(fn) + "` with the path `" + text + "`",
	}
	switch typ := nixlang.TypeOf(names, fn); {
	case typ == nixlang.TypeInt || typ == nixlang.TypeFloat, p.MayBe(fn, numbers) && p.Value(fn).Surely(numbers):
		f.Severity = diag.Error
		f.Message = "`" + short(call.Node) + "` calls the number `" + short(fn) + "` with the path `" + text + "`"
	case !bound || typ != nixlang.TypeUnknown || isRootFolder(root):
		return
	case fn.Is(ast.Paren) && fn.End() == call.Arg().Start():
	case takesPaths(p, fn):
		return
	}
	if quotient := fn.Text() + " / " + divisor; bound && !p.Tree.HasComment(source.Span{Start: fn.End(), End: call.End()}) {
		f.Help = "write `" + short(fn) + " / " + divisor + "` to divide"
		f.Fixes = []diag.Fix{divide(call.Node, quotient)}
	}
	p.Report(f)
}

const numbers = eval.Int | eval.Float

// maxArgs is the number of arguments up to which a call is looked at.
const maxArgs = 8

// shortCall reports whether an expression is a call with few arguments, or none.
func shortCall(fn ast.Node) bool {
	for range maxArgs {
		call, ok := ast.AsApply(fn.Unparen())
		if !ok {
			return true
		}
		fn = call.Func()
	}
	return false
}

// takesPaths reports whether an expression is a function as far as can be seen: of Nix, of lib, or of the file.
func takesPaths(p *rules.Pass, fn ast.Node) bool {
	for range maxSteps {
		call, ok := ast.AsApply(fn.Unparen())
		if !ok {
			break
		}
		fn = call.Func()
	}
	fn = fn.Unparen()
	if isFunction(p, fn) || nixlang.Function(p.Names(), fn) != "" || ast.LastName(fn) == "callPackage" {
		return true
	}
	if u, ok := p.Names().Use(fn); ok && u.Target == sema.ToNothing {
		return true // what defines it may be what could not be read
	}
	b := p.Names().Resolve(fn)
	return b != nil && b.Kind != sema.FormalBinding && b.Kind != sema.ParamBinding && !b.Value.IsValid()
}

// isRootFolder reports whether a name is one of the folders that lie below the root of a system.
func isRootFolder(name string) bool {
	switch name {
	case "bin", "boot", "data", "dev", "etc", "home", "lib", "lib64", "media", "mnt", "nix", "opt", "persist", "proc", "root", "run",
		"sbin", "srv", "store", "sys", "tmp", "usr", "var":
		return true
	}
	return false
}

// divide replaces a node by a division, in parentheses where it is one value among others.
func divide(n ast.Node, quotient string) diag.Fix {
	text := quotient
	if up := n.Parent(); !up.Is(ast.Binary) {
		text = nixlang.Wrap(quotient, nixlang.OpLevel(ast.OpDiv), n)
	}
	span, text := nixlang.InParens(n, text)
	return rules.Replace("write `"+quotient+"`", diag.Unsafe, span, text)
}
