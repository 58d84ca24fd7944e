package inspect

import (
	"math"
	"math/bits"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/report"
)

// The JSON output, version 1: docs/schema/what-v1.schema.json describes it.

// JSON is a report as it is written; its fields are a stable interface.
type JSON struct {
	Version int        `json:"version"`
	File    string     `json:"file"`
	Range   *jsonRange `json:"range"`
	What    string     `json:"what"`
	Name    string     `json:"name,omitempty"`
	jsonDescribed
	Default     *jsonDescribed  `json:"default,omitempty"`
	Way         []jsonStep      `json:"way"`
	Why         *jsonStep       `json:"why,omitempty"`
	Assumptions jsonAssumptions `json:"assumptions"`
	Complete    bool            `json:"complete"`
	Calls       *jsonCalls      `json:"calls,omitempty"`
}

type jsonRange struct {
	Start jsonPosition `json:"start"`
	End   jsonPosition `json:"end"`
}

type jsonPosition struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Offset uint32 `json:"offset"`
}

type jsonPlace struct {
	File  string     `json:"file,omitempty"`
	Range *jsonRange `json:"range,omitempty"`
}

type jsonDescribed struct {
	Kinds  []string   `json:"kinds"`
	Sole   bool       `json:"sole"`
	Values []jsonFact `json:"values"`
}

type jsonFact struct {
	Kind       string        `json:"kind"`
	Value      any           `json:"value,omitempty"`
	Length     *int          `json:"length,omitempty"`
	Attributes *[]jsonAttr   `json:"attributes,omitempty"`
	Open       *bool         `json:"open,omitempty"`
	Function   *jsonFunction `json:"function,omitempty"`
	Failure    *jsonFailure  `json:"failure,omitempty"`
}

type jsonAttr struct {
	Name  string `json:"name"`
	Maybe bool   `json:"maybe"`
	jsonPlace
}

type jsonFunction struct {
	Builtin string        `json:"builtin,omitempty"`
	Arity   int           `json:"arity,omitempty"`
	Given   int           `json:"given,omitempty"`
	Formals *[]jsonFormal `json:"formals,omitempty"`
	Open    *bool         `json:"open,omitempty"`
	jsonPlace
}

type jsonFormal struct {
	Name     string `json:"name"`
	Optional bool   `json:"optional"`
	jsonPlace
}

type jsonFailure struct {
	Message string `json:"message"`
	jsonPlace
}

type jsonStep struct {
	What string `json:"what"`
	Name string `json:"name,omitempty"`
	jsonPlace
	Kinds []string `json:"kinds"`
}

type jsonAssumptions struct {
	Lib       []jsonPlace `json:"lib"`
	Arguments []jsonName  `json:"arguments"`
	Files     []string    `json:"files"`
}

type jsonName struct {
	Name string `json:"name"`
	jsonPlace
}

type jsonCalls struct {
	Complete bool       `json:"complete"`
	Unread   int        `json:"unread"`
	List     []jsonCall `json:"list"`
}

type jsonCall struct {
	jsonPlace
	By       string         `json:"by,omitempty"`
	Argument jsonDescribed  `json:"argument"`
	Formals  []jsonArgument `json:"formals"`
}

type jsonArgument struct {
	Name   string `json:"name"`
	Passed string `json:"passed"`
	jsonDescribed
}

var placeNames = [...]string{eval.AtExpression: "expression", eval.AtDefinition: "definition", eval.AtSelection: "selection", eval.AtParameter: "parameter", eval.AtLib: "lib"}

var wayNames = [...]string{eval.ByName: "name", eval.ByCall: "call", eval.ByImport: "import", eval.ByParam: "parameter", eval.Made: "made"}

// kindNames are the kinds by their bits.
var kindNames = [...]string{"integer", "float", "boolean", "null", "string", "path", "list", "set", "function", "throw", "failure"}

func kindsOf(k eval.Kinds) []string {
	names := []string{}
	for i, name := range kindNames {
		if k&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// JSON returns the report as it is written; paths are relative to a folder.
func (r *Report) JSON(dir string) JSON {
	w := writer{r, dir}
	k := &r.Known
	out := JSON{
		Version: 1, File: w.path(r.File), Range: w.place(r.File, k.Span).Range, What: placeNames[k.Kind], Name: k.Name,
		jsonDescribed: w.described(k.Described), Way: []jsonStep{}, Complete: !k.Cut,
		Assumptions: jsonAssumptions{Lib: []jsonPlace{}, Arguments: []jsonName{}, Files: []string{}},
	}
	if k.Default != nil {
		d := w.described(*k.Default)
		out.Default = &d
	}
	for _, s := range k.Way {
		out.Way = append(out.Way, w.step(s))
	}
	if k.Why != nil {
		s := w.step(*k.Why)
		out.Why = &s
	}
	for _, l := range k.Lib {
		out.Assumptions.Lib = append(out.Assumptions.Lib, w.place(l.File, l.Span))
	}
	for _, p := range k.Params {
		out.Assumptions.Arguments = append(out.Assumptions.Arguments, jsonName{w.Text(p.File, p.Span), w.place(p.File, p.Span)})
	}
	for _, f := range k.Files {
		out.Assumptions.Files = append(out.Assumptions.Files, w.path(f))
	}
	if len(k.Functions) > 0 {
		out.Calls = &jsonCalls{Complete: !r.Incomplete && r.Unread == 0, Unread: r.Unread, List: []jsonCall{}}
		for i := range r.Calls {
			out.Calls.List = append(out.Calls.List, w.call(&r.Calls[i]))
		}
	}
	return out
}

type writer struct {
	*Report
	dir string
}

func (w writer) path(file string) string { return report.Relative(w.dir, file) }

func (w writer) place(file string, span source.Span) jsonPlace {
	start, end, ok := w.Positions(file, span)
	if !ok || span.Start >= span.End {
		return jsonPlace{}
	}
	return jsonPlace{w.path(file), &jsonRange{jsonPosition(start), jsonPosition(end)}}
}

func (w writer) step(s eval.Waypoint) jsonStep {
	out := jsonStep{What: wayNames[s.Kind], Name: s.Name, jsonPlace: w.place(s.File, s.Span), Kinds: kindsOf(s.Kinds)}
	if s.Kind == eval.ByParam {
		out.Name = w.Text(s.File, s.Span)
	}
	return out
}

func (w writer) described(d eval.Described) jsonDescribed {
	out := jsonDescribed{Kinds: kindsOf(d.Kinds), Sole: d.Sole, Values: []jsonFact{}}
	for i := range d.Values {
		out.Values = append(out.Values, w.fact(&d.Values[i]))
	}
	return out
}

func (w writer) fact(f *eval.Fact) jsonFact {
	out := jsonFact{Kind: kindNames[bits.TrailingZeros16(uint16(f.Kind))]}
	switch f.Kind {
	case eval.Int:
		out.Value = f.Int
	case eval.Float:
		if !math.IsInf(f.Float, 0) && !math.IsNaN(f.Float) { // which JSON cannot say
			out.Value = f.Float
		}
	case eval.Bool:
		out.Value = f.Bool
	case eval.String:
		out.Value = w.hide(f.Text)
	case eval.Path:
		out.Value = f.Text
	case eval.List:
		out.Length = &f.Length
	case eval.Set:
		attrs := []jsonAttr{}
		for _, a := range f.Attrs {
			attrs = append(attrs, jsonAttr{a.Name, a.Maybe, w.place(a.File, a.Span)})
		}
		out.Attributes, out.Open = &attrs, &f.Open
	case eval.Function:
		out.Function = w.function(f.Function)
	default:
		out.Failure = &jsonFailure{Message: f.Failure.Describe()}
		if file, span, ok := f.Failure.Where(); ok {
			out.Failure.jsonPlace = w.place(file, span)
		}
	}
	return out
}

func (w writer) function(f *eval.FunctionFact) *jsonFunction {
	if f.Builtin != "" {
		return &jsonFunction{Builtin: f.Builtin, Arity: f.Arity, Given: f.Given}
	}
	out := &jsonFunction{jsonPlace: w.place(f.File, f.Span)}
	if f.Pattern {
		formals := []jsonFormal{}
		for _, a := range f.Formals {
			formals = append(formals, jsonFormal{a.Name, a.Optional, w.place(f.File, a.Span)})
		}
		out.Formals, out.Open = &formals, &f.Open
	}
	return out
}

func (w writer) call(c *eval.Call) jsonCall {
	out := jsonCall{jsonPlace: w.place(c.File, c.Span), By: c.By, Argument: w.described(c.Argument), Formals: []jsonArgument{}}
	for _, f := range c.Formals {
		passed := "no"
		switch {
		case f.Given:
			passed = "yes"
		case f.Maybe:
			passed = "maybe"
		}
		out.Formals = append(out.Formals, jsonArgument{f.Name, passed, w.described(f.Value)})
	}
	return out
}
