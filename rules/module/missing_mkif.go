package module

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/role"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "missing-mkif", Family: family, Since: "0.1.0",
	Summary: "A module with an `enable` option configures the system although it is not enabled",
	Doc: "A module that is imported applies its `config`, whatever its own `enable` option says, unless `lib.mkIf` makes the one\n" +
		"depend on the other. Nothing fails: the packages are simply installed, the ports open, the service running.\n" +
		"\n" +
		"The rule looks at modules that declare the `enable` of everything they declare, with no default but `false`, and\n" +
		"reports definitions with an effect on the system that depend on no condition at all: packages, files, units, users,\n" +
		"open ports, `enable = true` of something else. Values for the module's own options, `mkDefault`, assertions and warnings\n" +
		"are no effect; parts under `mkIf` are guarded, but they do not guard their siblings. A condition that holds by the\n" +
		"defaults of the module's options, as `cfg.package != null` mostly does, guards nothing. A comment that says so, as in\n" +
		"`# always, whether enabled or not`, keeps the rule quiet about a definition.\n" +
		"\n" +
		"Beside definitions that are guarded an unguarded one is an information: it is mostly meant. So it is where only the name\n" +
		"of a function says that the option is off by default, or where all that is set lies below the module's own options.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	File: func(p *rules.Pass) {
		f := p.Modules()
		if f.Module != nil && f.Module.Certainty > module.Possible {
			checkGuards(p, f, f.Module)
		}
		for _, m := range f.Inline() {
			if m.Certainty == module.Certain && !m.Submodule {
				checkGuards(p, f, m)
			}
		}
	},
})

func checkGuards(p *rules.Pass, f *module.File, m *module.Module) {
	if !m.Func.IsValid() || m.Body.HasError() || !mayApply(m) {
		return
	}
	enable, off := ownEnable(m, m.Options())
	if off == notOff {
		return
	}
	g := m.Guards(enable.Path)
	if len(g.Effects) == 0 || f.Partial() {
		return
	}
	report := diag.Finding{Related: []diag.Related{{Span: enable.Attr.Span(), Message: diag.Code(enable.Name()) + " is declared here"}}}
	read := m.SpellConfig(enable.Path, g.Effects[0].Node)
	if read == "" {
		read = "config." + enable.Name()
	}
	// What stands beside guarded definitions was mostly left out on purpose.
	if g.Guarded || off == likelyOff || !slices.ContainsFunc(g.Effects, func(e module.Effect) bool { return !e.Near }) {
		report.Severity = diag.Info
	}
	if !g.Guarded && !g.Said && g.Config.IsValid() {
		report.Span = g.Config.Span()
		report.Message = fmt.Sprintf("`config` applies even where %s is off: nothing in it depends on that option", diag.Code(enable.Name()))
		report.Help = "put it under `lib.mkIf " + read + "`"
		if fix, ok := wrapInMkIf(f, m, enable, g.Value); ok {
			report.Fixes = []diag.Fix{fix}
		}
	} else {
		first := g.Effects[0]
		report.Span = first.Node.Span()
		report.Message = fmt.Sprintf("%s is set even where %s is off", diag.Code(strings.Join(first.Path, ".")), diag.Code(enable.Name()))
		report.Help = "put it under `lib.mkIf " + read + "`"
		if g.Sibling {
			report.Help += ", as its siblings are"
		}
		report.Anywhere = true
		for _, e := range g.Effects {
			report.Subjects = append(report.Subjects, enable.Name()+": "+strings.Join(e.Path, "."))
		}
		for _, e := range g.Effects[1:] {
			if len(report.Related) < 6 {
				report.Related = append(report.Related, diag.Related{Span: e.Node.Span(), Message: diag.Code(strings.Join(e.Path, ".")) + " as well"})
			}
		}
	}
	if m.Inline {
		p.Report(report)
		return
	}
	p.WithRole(func(r role.Role, tell func(diag.Finding)) {
		if r.Kind == role.Module {
			tell(report)
		}
	})
}

// mayApply reports whether the module has options, and a config that is not under mkIf as a whole.
func mayApply(m *module.Module) bool {
	options, open := false, false
	for _, p := range m.Parts() {
		switch p.Name(0) {
		case "options":
			options = true
		case "config":
			v := p.Value.Tail()
			if v.Is(ast.Apply) {
				fn, _ := ast.Call(v)
				open = open || len(p.Path) > 1 || ast.LastName(fn) != "mkIf"
			} else {
				open = true
			}
		}
	}
	return options && open
}

// wrapInMkIf puts the set of config under mkIf.
func wrapInMkIf(f *module.File, m *module.Module, enable module.Option, value ast.Node) (diag.Fix, bool) {
	if !value.Is(ast.AttrSet) || value.HasError() {
		return diag.Fix{}, false
	}
	switch value.Parent().Kind() {
	case ast.Binding, ast.Let, ast.With:
	default:
		return diag.Fix{}, false
	}
	mkIf, read := f.Spell("mkIf", value), m.SpellConfig(enable.Path, value)
	if mkIf == "" || read == "" {
		return diag.Fix{}, false
	}
	return rules.Insert("put `config` under `"+mkIf+" "+read+"`", diag.Unsafe, value.Start(), mkIf+" "+read+" "), true
}

// ownEnable returns the enable option of the module itself: the one that stands beside all its other options, or
// above them, and whether it is off by default. There is none where that is computed.
func ownEnable(m *module.Module, options []module.Option) (module.Option, isOff) {
	own := module.Option{}
	for _, o := range options {
		n := len(o.Path) - 1
		if n > 0 && !o.Extends() && o.Path[n] == "enable" && (own.Path == nil || n < len(own.Path)-1) {
			own = o
		}
	}
	if own.Path == nil || own.Guarded {
		return own, notOff
	}
	prefix := own.Path[:len(own.Path)-1]
	for _, o := range options {
		if !o.Below(prefix) && !o.Extends() {
			return own, notOff
		}
	}
	return own, offByDefault(m, own)
}

// isOff says how sure it is that an option is false unless something sets it.
type isOff uint8

const (
	notOff    isOff = iota
	likelyOff       // a function that is not known declares it, and nothing says true
	surelyOff
)

// offByDefault reports whether an enable option is false unless something sets it.
func offByDefault(m *module.Module, o module.Option) isOff {
	value := o.Value.Tail()
	for i := 0; i < 8 && value.Is(ast.Binary) && value.Op() == ast.OpUpdate; i++ {
		if !plainOption(value.Child(1)) {
			return notOff // mkEnableOption "…" // { default = true; }
		}
		value = value.FirstChild().Tail()
	}
	if !value.Is(ast.Apply) {
		return notOff // what a name stands for
	}
	fn, args := ast.Call(value)
	name := strings.ToLower(ast.LastName(fn))
	switch {
	case name == "mkenableoption" && len(args) == 1:
		return surelyOff
	case name == "mkoption" && len(args) == 1:
		if plainOption(args[0]) {
			return surelyOff
		}
		return notOff
	}
	off := likelyOff
	if strings.Contains(name, "enable") {
		off = surelyOff
	}
	if body := helperBody(m, fn, len(args)); body.IsValid() {
		// The project's own function, in this file: an option whose default is false, or what it is given.
		_, inner := ast.Call(body)
		b, has := ast.Attr(inner[0].Unparen(), "default")
		if !has || b.Value().Unparen().Text() == "false" {
			off = surelyOff
		} else if !b.Value().Unparen().Is(ast.Ident) {
			return notOff
		}
	}
	for _, a := range args {
		switch a = a.Tail(); a.Kind() {
		case ast.Ident:
			switch a.Text() {
			case "false":
				off = surelyOff
			case "true":
				return notOff
			}
		case ast.AttrSet:
			if !plainOption(a) {
				return notOff
			}
			if _, has := ast.Attr(a, "default"); has {
				off = surelyOff
			}
		case ast.String, ast.IndString:
		case ast.Select:
			if !strings.HasSuffix(a.Text(), "bool") && off == likelyOff {
				return notOff
			}
		default:
			if off == likelyOff {
				return notOff
			}
		}
	}
	if off == likelyOff && !strings.HasPrefix(name, "mk") || strings.Contains(name, "disable") || strings.Contains(name, "true") {
		return notOff
	}
	return off
}

// helperBody returns the call of mkOption that a function of the file, applied to n arguments, is.
func helperBody(m *module.Module, fn ast.Node, n int) ast.Node {
	b := m.Names().Resolve(fn.Unparen())
	if b == nil || b.Kind != sema.LetBinding || b.More || !b.Value.IsValid() {
		return ast.Node{}
	}
	body := b.Value.Unparen()
	for range n {
		l, ok := ast.AsLambda(body)
		if !ok {
			return ast.Node{}
		}
		body = l.Body().Tail()
	}
	if !body.Is(ast.Apply) {
		return ast.Node{}
	}
	if callee, args := ast.Call(body); ast.LastName(callee) != "mkOption" || len(args) != 1 || !args[0].Unparen().Is(ast.AttrSet) {
		return ast.Node{}
	}
	return body
}

// plainOption reports whether the argument of mkOption declares a Boolean that is false or unset by default and
// meant for users.
func plainOption(set ast.Node) bool {
	set = set.Unparen()
	if !set.Is(ast.AttrSet) {
		return false
	}
	for _, hidden := range []string{"internal", "readOnly", "visible", "apply"} {
		if _, ok := ast.Attr(set, hidden); ok {
			return false
		}
	}
	if b, ok := ast.Attr(set, "default"); ok && !(b.Value().Unparen().Is(ast.Ident) && b.Value().Unparen().Text() == "false") {
		return false
	}
	for c := range set.Children() {
		if c.Is(ast.Inherit) {
			return false
		}
	}
	b, ok := ast.Attr(set, "type")
	return !ok || strings.HasSuffix(b.Value().Unparen().Text(), "bool")
}
