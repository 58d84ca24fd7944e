package module

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "option-value-type", Family: family, Since: "0.1.0",
	Summary: "An option is defined with a value that its type refuses",
	Doc: "The module system checks each definition that counts: `my.port = \"80\";` fails with \"A definition for option `my.port' is\n" +
		"not of type `16 bit unsigned integer'\" where the option is a `types.port`.\n" +
		"\n" +
		"The rule knows the types that the project's modules write with `lib.types`, and looks at values of which is surely known\n" +
		"what they are. Under a condition, or with a priority that another definition may beat, the value does not always count:\n" +
		"then it is a warning. Types of options that other projects declare come from the sources of inputs and the lists that\n" +
		"`unknown-option` looks at, and of some that most configurations define, as `networking.firewall.allowedTCPPorts`, it knows them\n" +
		"itself; these may be those of another module system, and what beats the definition may lie in the input, so that such findings are\n" +
		"warnings.",
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: project.ForModules,
	File: func(p *rules.Pass) {
		if p.Project.Spares() {
			return
		}
		f := p.Modules()
		own, lists, file := f.DeclaredNames(), listsOf(p), p.Path
		elsewhere := len(lists) > 0 || p.Project.LooksIntoSources()
		var sure, unsure []valued
		var doubtful *module.Module
		for i, d := range f.DefinedOptions() {
			if !d.Value.IsValid() || d.Cut {
				continue
			}
			if _, known := knownOptionAt(d.Path); !known && !own[d.Path[0]] && !elsewhere && modsys.NamespaceOf(d.Path[0]).Telling {
				continue
			}
			v := valued{use: i, value: valueOf(p, f, d.Value), at: d.Value.Span(), mild: d.Conditional || maybeAbsent(d.Of, d.Node), wrapped: d.Wrapped}
			if isSurelyModule(d.Of) {
				sure = append(sure, v)
			} else {
				unsure, doubtful = append(unsure, v), d.Of
			}
		}
		askOf := func(m *module.Module, all []valued) {
			if len(all) == 0 {
				return
			}
			uses := f.Uses()
			ask(p, m, func(a *rules.Asked) {
				left := all
				for i, u := range uses.Each() {
					if left[0].use == i {
						if valueType(a, file, lists, u, &left[0]); len(left) == 1 {
							return
						}
						left = left[1:]
					}
				}
			})
		}
		askOf(nil, sure)
		askOf(doubtful, unsure)
		eachElement(p, func(d *module.Defined) module.Value { return valueOf(p, f, d.Value) }, func(a *rules.Asked, e *element) {
			if e.value.Kinds != 0 {
				valueType(a, file, nil, &e.use, &valued{value: e.value, at: e.at, mild: e.mild})
			}
		})
	},
})

// valueOf returns what is known of the value of a definition.
func valueOf(p *rules.Pass, f *module.File, n ast.Node) module.Value {
	if v := f.Written(n); v.Kinds != 0 || !p.MayBe(n, eval.Anything&^eval.Failures) {
		return v
	}
	v := p.Value(n)
	out := module.Value{Kinds: v.Kinds() &^ eval.Failures}
	switch {
	case out.Kinds&eval.Set != 0 && !v.Lacks("_type"):
		return module.Value{} // it may be a mkIf or the like
	case out.Kinds&eval.Function != 0, out.Kinds == eval.Anything&^eval.Failures:
		return module.Value{}
	case out.Kinds == eval.Int:
		if i, ok := v.Int(); ok {
			out.Literal, out.Exact = fmt.Sprint(i), true
		}
	case out.Kinds == eval.String:
		out.Literal, out.Exact = v.Text()
		out.Literal = strings.Clone(out.Literal)
	case out.Kinds == eval.Bool:
		if b, ok := v.Bool(); ok {
			out.Literal, out.Exact = fmt.Sprint(b), true
		}
	}
	return out
}

// valued is a definition with what is known of its value.
type valued struct {
	use   int // its number
	value module.Value
	at    source.Span // of the value
	mild  bool        // it may not count
	// wrapped is as in module.Defined.
	wrapped int
}

func valueType(a *rules.Asked, file string, lists []string, u *module.Use, d *valued) {
	answer := optionOf(a, lists, u.Path)
	if answer.Verdict == project.NothingKnown && !a.DeclaresAround(u.Path) {
		answer.OptionAnswer, answer.listed = knownOptionAt(u.Path)
		answer.unsure = true
	}
	if answer.Verdict != project.OptionExists || answer.At == d.wrapped {
		return
	}
	v, what := d.value, d.value.Describe()
	found := diag.Finding{Span: d.at}
	if slices.Contains(u.Path[answer.At:], module.Element) {
		return // it is no list of submodules
	}
	if answer.At < len(u.Path) {
		v, what, found.Span = module.Value{Kinds: eval.Set}, "", u.Node
	}
	for _, o := range answer.Declared {
		if o.How != module.ByOption || o.Type.Accepts(v) {
			return
		}
	}
	if what == "" || len(what) > maxShown {
		what = cmp.Or(v.Kinds.Describe(), "such a value")
	}
	t := answer.Declared[0].Type
	refused := told(v, what)
	of := &t
	if e, inner, ok := refusedElement(&t, v); ok {
		if what = e.Describe(); what == "" || len(what) > maxShown {
			what = e.Kinds.Describe()
		}
		v, of, refused = e, inner, told(e, what)+" in the list"
	}
	found.Message = fmt.Sprintf("the option %s is of type %s, which refuses %s", diag.Code(dotted(u.Path[:answer.At])), diag.Code(t.Describe()), refused)
	if answer.Declared[0].File != "" {
		found.Related = declaredAt(file, answer.Declared[:1], "its type is declared here")
	}
	found.Help = insteadOf(of, v)
	if d.mild || a.AnyOption() || answer.unsure || answer.input != "" || answer.Strongest < u.Priority || u.Priority > module.PlainPriority {
		found.Severity = diag.Warning
	}
	a.Report(found)
}

// told names a value in a message.
func told(v module.Value, what string) string {
	if v.Exact {
		return "the " + kindOfExact(v) + " " + diag.Code(what)
	}
	return what
}

func kindOfExact(v module.Value) string {
	switch v.Kinds {
	case eval.String:
		return "string"
	case eval.Bool:
		return "Boolean"
	case eval.Null:
		return "value"
	}
	return "number"
}

// insteadOf says what to write.
func insteadOf(t *module.Type, v module.Value) string {
	text := v.Literal
	switch kinds := t.Kinds(); {
	case !v.Exact:
	case v.Kinds == eval.String && kinds&eval.Int != 0 && isDigits(text):
		return "write it without quotes: " + diag.Code(text)
	case v.Kinds == eval.String && kinds == eval.Bool && (text == "true" || text == "false"):
		return "write it without quotes: " + diag.Code(text)
	case v.Kinds&(eval.Int|eval.Float|eval.Bool) == v.Kinds && t.Accepts(module.Value{Kinds: eval.String, Literal: text, Exact: true}):
		return "write it as a string: " + diag.Code(`"`+text+`"`)
	case v.Kinds == eval.String && (t.Name == "path" || t.Name == "pathInStore"):
		return "write an absolute path, or a path literal such as `./x`"
	case v.Kinds == eval.Null:
		return "a type of `nullOr` takes `null`"
	}
	if t.Name == "listOf" && v.Kinds&eval.List == 0 {
		return "put it into a list: `[ … ]`"
	}
	if low, high, ok := t.Range(); ok && v.Exact && v.Kinds == eval.Int {
		if high == "" {
			return "it takes numbers from " + low + " on"
		}
		return "it takes numbers from " + low + " to " + high
	}
	return nearValue(t, v)
}

// nearValue names the value of an enum that was probably meant; an enum within a nullOr or a list counts, too.
func nearValue(t *module.Type, v module.Value) string {
	for _, of := range t.Of {
		if v.Kinds == eval.List {
			for _, e := range v.Elements {
				if help := nearValue(&of, e); help != "" {
					return help
				}
			}
		} else if help := nearValue(&of, v); help != "" {
			return help
		}
	}
	if t.Name != "enum" || !v.Exact || v.Kinds != eval.String {
		return ""
	}
	var texts []string
	for _, one := range t.Values {
		if one.Exact && one.Kinds == eval.String {
			texts = append(texts, one.Literal)
		}
	}
	if meant := near.Find(v.Literal, texts); meant != "" {
		return "did you mean " + diag.Code(meant) + "?"
	}
	return ""
}

func isDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }
