package suspicious

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "optional-other-kind", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "`lib.optionals` and its kin are given something of another kind",
	Doc: "`lib.optionals c x` is `x` where `c` holds, else `[ ]`: it does not make a list of `x`. So `[ a ] ++ lib.optionals c \"b\"`\n" +
		"evaluates as long as `c` does not hold, and fails with \"expected a list but found a string\" when it does. `lib.optional` makes the\n" +
		"list. `optionalAttrs` takes a set, `optionalString` a text, in the same way.\n" +
		"\n" +
		"Reported where what is around takes that kind only: operands of `++`, `//` and `+`, interpolation, and attributes such as\n" +
		"`buildInputs`, `imports` and `environment.systemPackages`. Elsewhere both kinds may be meant, as where a unit of systemd takes a\n" +
		"text or a list. A package is known as one that is taken of `pkgs`, unless an overlay of the project defines its name.\n" +
		"\n" +
		"The fix puts `optional`, which needs an eye.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Asks: project.ForOverlaysWith,
	On:   []ast.Kind{ast.Apply},
	Node: func(p *rules.Pass, n ast.Node) {
		a := ast.ApplyExpr{Node: n}
		inner, ok := ast.AsApply(a.Func().Unparen())
		if !ok {
			return
		}
		fn := inner.Func().Unparen()
		o, ok := optionalKinds[ast.LastName(fn)]
		if !ok || nixlang.Lib(p.Names(), fn) != o.name {
			return
		}
		around := o.around(n)
		if around == "" {
			return
		}
		what, of := o.otherKind(p, a.Arg())
		if what == "" {
			return
		}
		if cond := p.Value(inner.Arg()); cond.Kinds() == eval.Bool && cond.Known() {
			return // what is evaluated is known, and told elsewhere if it fails
		}
		f := diag.Finding{
			Span:    a.Arg().Span(),
			Message: fmt.Sprintf("%s gives %s where the condition holds, and %s takes %s: this fails then", diag.Code(o.name), what, diag.Code(around), o.takes),
		}
		if o.name == "optionals" {
			f.Help = "`optional` makes a list of it"
			if last := fn.LastToken(); fn.Is(ast.Select) && last.Text() == "optionals" { // a name that a let inherits may lack its sibling
				f.Fixes = []diag.Fix{rules.Replace("use `optional`", diag.Unsafe, last.Span(), "optional")}
			}
		}
		if of == "" {
			p.Report(f)
			return
		}
		of = strings.Clone(of)
		p.Ask(func(a *rules.Asked) {
			if a.OverlaysWith(of) == 0 {
				a.Report(f)
			}
		})
	},
})

// optionalKind is a function of lib that gives its last argument or nothing of the same kind.
type optionalKind struct {
	name  string
	kinds eval.Kinds // those of the argument with which what takes the result does not fail
	takes string     // what that takes
	ops   []ast.Op   // that take it
	attrs string     // that do, with blanks around them
}

var optionalKinds = map[string]*optionalKind{
	"optionals": {"optionals", eval.List, "a list", []ast.Op{ast.OpConcat}, " imports buildInputs nativeBuildInputs propagatedBuildInputs " +
		"propagatedNativeBuildInputs checkInputs nativeCheckInputs systemPackages "},
	"optionalAttrs":  {"optionalAttrs", eval.Set, "a set", []ast.Op{ast.OpUpdate}, ""},
	"optionalString": {"optionalString", eval.Coercible, "a text", []ast.Op{ast.OpAdd}, ""},
}

// around returns what takes the value of a call, an operator or attribute, where that takes the kind only that is meant; else "".
func (o *optionalKind) around(n ast.Node) string {
	n = n.OutsideParens()
	switch up := n.Parent(); up.Kind() {
	case ast.Binary:
		for _, op := range o.ops {
			if up.Op() == op {
				return op.String()
			}
		}
	case ast.Interpolation:
		if o.name == "optionalString" && !up.Parent().Parent().Is(ast.Attrpath) && !up.Parent().Is(ast.Attrpath) {
			return "${…}"
		}
	case ast.Binding:
		if name := (ast.BindingNode{Node: up}).Attrpath().LastName(); name != "" && strings.Contains(o.attrs, " "+name+" ") {
			return name
		}
	}
	return ""
}

// otherKind returns what an argument is where it surely is of another kind than is meant, else ""; of is the name of the package that it
// is taken for.
func (o *optionalKind) otherKind(p *rules.Pass, arg ast.Node) (what, of string) {
	arg = arg.Unparen()
	if s, ok := ast.AsSelect(arg); ok && o.name == "optionals" && !s.Default().IsValid() {
		b := p.Names().Resolve(s.Operand().Unparen())
		part, single := s.Attrpath().Single()
		if b != nil && single && b.Name == "pkgs" && (b.Kind == sema.FormalBinding || b.Kind == sema.ParamBinding) {
			if name, static := ast.AttrName(part); static && !strings.HasSuffix(name, "s") {
				return "a package", name
			}
			return "", ""
		}
	}
	if !p.MayBe(arg, eval.Anything&^eval.Failures) {
		return "", ""
	}
	kinds := p.Value(arg).Kinds() &^ eval.Failures
	if kinds&o.kinds != 0 {
		return "", ""
	}
	return kinds.Describe(), ""
}
