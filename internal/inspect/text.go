package inspect

import (
	"fmt"
	"io"
	"math/bits"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/report"
)

// What the text form shows at most: attributes, calls, places of one assumption; characters of a text.
const maxAttrs, maxCalls, maxPlaces, maxShown = 60, 40, 5, 60

// WriteText writes the report for people; paths are relative to a folder.
func (r *Report) WriteText(to io.Writer, dir string) error {
	t := texter{writer: writer{r, dir}}
	k := &r.Known
	t.lines = append(t.lines, fmt.Sprintf("%s: %s", t.at(r.File, k.Span), t.heading()), "")
	if k.Kind == eval.AtParameter {
		what := "what a caller passes"
		if k.Whole {
			what = "all that a caller passes"
		}
		t.row("is", what)
		if k.Default != nil {
			t.row("default", t.short(*k.Default))
		}
	} else {
		t.described(k)
	}
	for i, s := range k.Way {
		t.row(first(i, "from"), t.placed(s.File, s.Span, t.step(s)))
	}
	t.assumptions()
	if len(k.Functions) > 0 {
		t.calls()
	}
	for _, line := range t.lines {
		if _, err := fmt.Fprintln(to, strings.TrimRight(line, " ")); err != nil {
			return err
		}
	}
	return nil
}

// texter makes the lines of the text form.
type texter struct {
	writer
	lines []string
}

// first returns a label for the first of several rows.
func first(i int, label string) string {
	if i > 0 {
		return ""
	}
	return label
}

func (t *texter) row(label, text string) {
	t.lines = append(t.lines, fmt.Sprintf("  %-8s %s", label, text))
}

func (t *texter) at(file string, span source.Span) string {
	start, _, ok := t.Positions(file, span)
	if !ok {
		return report.Visible(t.path(file))
	}
	return fmt.Sprintf("%s:%d:%d", report.Visible(t.path(file)), start.Line, start.Column)
}

// placed returns a place and what is said of it.
func (t *texter) placed(file string, span source.Span, what string) string {
	if span.Start >= span.End {
		return what
	}
	return fmt.Sprintf("%-24s %s", t.at(file, span), what)
}

// heading names what stands at the place.
func (t *texter) heading() string {
	k := &t.Known
	code := func(name string) string { return report.Visible(diag.Code(cut(name))) }
	switch k.Kind {
	case eval.AtDefinition:
		return "the definition of " + code(k.Name)
	case eval.AtParameter:
		return "the parameter " + code(k.Name)
	}
	return code(t.Text(t.File, k.Span))
}

func cut(text string) string {
	if r := []rune(text); len(r) > maxShown {
		return string(r[:maxShown]) + "…"
	}
	return text
}

// described says what the value is, with the attributes of a set and the formals of a function.
func (t *texter) described(k *eval.Known) {
	switch {
	case k.Kind == eval.AtLib:
		t.row("is", "taken for nixpkgs' `lib`, or for a part of it")
		return
	case k.Kinds == eval.Anything && len(k.Values) == 0:
		t.row("is", "anything: nothing is known of it")
		switch {
		case k.Cut:
			t.row("since", "evaluating it takes more than one question may")
		case k.Why == nil:
		case k.Why.Kind == eval.ByParam:
			t.row("since", t.placed(k.Why.File, k.Why.Span, "the argument "+t.code(k.Why.File, k.Why.Span)+" may be anything"))
		case k.Why.File != t.File || k.Why.Span != k.Span:
			t.row("since", t.placed(k.Why.File, k.Why.Span, t.code(k.Why.File, k.Why.Span)+" may be anything"))
		}
		return
	}
	t.row("is", t.short(k.Described))
	for i := range k.Values {
		t.detail(&k.Values[i])
	}
	if k.Cut {
		t.row("since", "evaluating it takes more than one question may, so that more may be known")
	}
}

func (t *texter) code(file string, span source.Span) string {
	return report.Visible(diag.Code(cut(t.Text(file, span))))
}

// detail adds the rows of a set or function.
func (t *texter) detail(f *eval.Fact) {
	inner := func(file string, span source.Span, text string) {
		t.row("", "  "+fmt.Sprintf("%-22s %s", text, t.at(file, span)))
	}
	switch f.Kind {
	case eval.Set:
		for i, a := range f.Attrs {
			if i == maxAttrs {
				t.row("", fmt.Sprintf("  and %d more", len(f.Attrs)-i))
				break
			}
			name := report.Visible(a.Name)
			if a.Maybe {
				name += " (perhaps)"
			}
			if a.Span.Start < a.Span.End {
				inner(a.File, a.Span, name)
			} else {
				t.row("", "  "+name)
			}
		}
	case eval.Function:
		for _, a := range f.Function.Formals {
			name := report.Visible(a.Name)
			if a.Optional {
				name += " ?"
			}
			inner(f.Function.File, a.Span, name)
		}
	}
}

// short says in one line what a value can be.
func (t *texter) short(d eval.Described) string {
	if d.Kinds == 0 {
		return "nothing"
	}
	if d.Kinds == eval.Anything && len(d.Values) == 0 {
		return "anything"
	}
	var parts []string
	rest := d.Kinds &^ eval.Failures
	for i := range d.Values {
		if f := &d.Values[i]; f.Kind&eval.Failures == 0 {
			parts = append(parts, t.fact(f))
			if d.Sole {
				rest &^= f.Kind
			}
		}
	}
	switch {
	case rest == eval.Anything&^eval.Failures && len(parts) == 0:
		parts = append(parts, "anything")
	case rest == eval.Anything&^eval.Failures:
		parts = append(parts, "anything else")
	case !d.Sole && len(parts) > 0 && rest != 0:
		parts = append(parts, "another value: "+kindList(rest))
	case rest != 0:
		parts = append(parts, kindList(rest))
	}
	if len(parts) == 0 {
		return "nothing: evaluating it fails" + t.failures(d)
	}
	text := strings.Join(parts, ", or ")
	if d.Kinds&eval.Failures != 0 {
		text += ", unless evaluating it fails" + t.failures(d)
	}
	return text
}

func kindList(k eval.Kinds) string {
	if text := k.Describe(); text != "" {
		return text
	}
	var names []string
	for ; k != 0; k &= k - 1 {
		names = append(names, kindNames[bits.TrailingZeros16(uint16(k))])
	}
	return "one of: " + strings.Join(names, ", ")
}

// failures says why evaluation may fail, as far as that is known.
func (t *texter) failures(d eval.Described) string {
	var parts []string
	for _, f := range d.Values {
		if f.Failure == nil {
			continue
		}
		text := report.Visible(f.Failure.Describe())
		if file, span, ok := f.Failure.Where(); ok {
			text += " (" + t.at(file, span) + ")"
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, "; ")
}

func (t *texter) fact(f *eval.Fact) string {
	switch f.Kind {
	case eval.Int:
		return "an integer: " + strconv.FormatInt(f.Int, 10)
	case eval.Float:
		return "a float: " + strconv.FormatFloat(f.Float, 'g', -1, 64)
	case eval.Bool:
		return "a Boolean: " + strconv.FormatBool(f.Bool)
	case eval.String:
		return "a string: " + strconv.Quote(cut(t.hide(f.Text)))
	case eval.Path:
		return "a path: " + report.Visible(t.path(f.Text))
	case eval.List:
		return "a list of " + count(f.Length, "element")
	case eval.Set:
		text := "a set with " + count(len(f.Attrs), "attribute")
		if f.Open {
			text += ", and perhaps others"
		}
		return text
	}
	return t.function(f.Function)
}

func (t *texter) function(f *eval.FunctionFact) string {
	switch {
	case f.Builtin != "" && f.Given > 0:
		return fmt.Sprintf("the function %s with %d of %s", diag.Code(f.Builtin), f.Given, count(f.Arity, "argument"))
	case f.Builtin != "":
		return fmt.Sprintf("the function %s, which takes %s", diag.Code(f.Builtin), count(f.Arity, "argument"))
	case !f.Pattern:
		return fmt.Sprintf("a function of %s (%s)", t.code(f.File, f.Span), t.at(f.File, f.Span))
	}
	text := fmt.Sprintf("a function that takes a set of %s", count(len(f.Formals), "attribute"))
	if f.Open {
		text += " and any others"
	}
	return fmt.Sprintf("%s (%s)", text, t.at(f.File, f.Span))
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

func (t *texter) step(s eval.Waypoint) string {
	switch s.Kind {
	case eval.ByName:
		return "by way of " + diag.Code(report.Visible(s.Name))
	case eval.ByCall:
		return "by way of the call " + t.code(s.File, s.Span)
	case eval.ByImport:
		return "by way of " + t.code(s.File, s.Span)
	case eval.ByParam:
		return "the argument " + t.code(s.File, s.Span)
	}
	if s.Name != "" {
		return "made here, as " + diag.Code(report.Visible(s.Name))
	}
	return "made here: " + t.code(s.File, s.Span)
}

// assumptions says what the answer rests on.
func (t *texter) assumptions() {
	k := &t.Known
	rows := 0
	add := func(text string) {
		t.row(first(rows, "if"), text)
		rows++
	}
	some := func(list []eval.Waypoint, what string) {
		for i, p := range list {
			if i == maxPlaces {
				add(fmt.Sprintf("and %d more", len(list)-i))
				break
			}
			add(t.placed(p.File, p.Span, t.code(p.File, p.Span)+what))
		}
	}
	if k.Kind != eval.AtLib {
		some(k.Lib, " is that of nixpkgs' `lib`")
	}
	if k.Why == nil || k.Why.Kind != eval.ByParam || len(k.Params) > 1 {
		some(k.Params, " is any argument")
	}
	if n := len(k.Files); n > 0 {
		names := make([]string, 0, maxPlaces)
		for _, f := range k.Files[:min(n, maxPlaces)] {
			names = append(names, report.Visible(t.path(f)))
		}
		text := strings.Join(names, ", ")
		if n > maxPlaces {
			text += fmt.Sprintf(" and %d more", n-maxPlaces)
		}
		t.row("read", text)
	}
}

// calls says who calls the function, or passes the parameter, with what.
func (t *texter) calls() {
	for i := range t.Calls {
		if i == maxCalls {
			t.row("", fmt.Sprintf("and %s more", count(len(t.Calls)-i, "call")))
			break
		}
		c := &t.Calls[i]
		by := ""
		if c.By != "" {
			by = "by " + diag.Code(report.Visible(c.By)) + " "
		}
		t.row(first(i, "called"), t.placed(c.File, c.Span, by+t.passed(c)))
	}
	if len(t.Calls) == 0 {
		t.row("called", "nowhere that is known")
	}
	if t.Incomplete || t.Unread > 0 {
		text := "perhaps elsewhere, too: "
		if t.Incomplete {
			text += "not all calls could be looked at"
		} else {
			text += count(t.Unread, "file") + " not looked at"
		}
		t.row("", text)
	}
}

// passed says what a call passes: for a parameter what that gets.
func (t *texter) passed(c *eval.Call) string {
	if len(c.Formals) == 0 || t.Known.Whole {
		return "with " + t.short(c.Argument)
	}
	var parts, filled, lacking []string
	for _, f := range c.Formals {
		text, others := t.short(f.Value), &parts
		switch {
		case f.Given:
		case f.Maybe:
			text = "perhaps passed"
		case c.By != "":
			text, others = "taken from the package set", &filled
		default:
			text, others = "not passed", &lacking
		}
		if t.Known.Kind == eval.AtParameter && f.Name == t.Known.Name {
			if f.Given {
				text = "with " + text
			}
			return text
		}
		if name := report.Visible(f.Name); others == &parts {
			parts = append(parts, name+": "+text)
		} else {
			*others = append(*others, name)
		}
	}
	if len(filled) > 0 {
		parts = append(parts, "from the package set: "+diag.Join(filled, maxPlaces))
	}
	if len(lacking) > 0 {
		parts = append(parts, "not passed: "+diag.Join(lacking, maxPlaces))
	}
	return "with " + strings.Join(parts, "; ")
}
