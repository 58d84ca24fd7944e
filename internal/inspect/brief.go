package inspect

import (
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/project"
)

// Of returns what is known of a place in the code of a file, without looking for calls. The code may be that of a file that Nix
// refuses.
func Of(s *project.Snapshot, v *project.View, code *eval.Code, p eval.Place) *Report {
	in := &eval.Inspector{Import: v.Imported}
	return &Report{File: code.Path, Known: in.Ask(code, p), snapshot: s, lines: map[string]*source.LineIndex{}}
}

// Brief is a report in few words.
type Brief struct {
	// Is says what the value is, in one line; "" where nothing is known.
	Is string
	// Names are the attributes of a set, or the formals of a function, with what is special about them.
	Names []string
	// From says where the value comes from, a line for each step; paths are relative to a folder.
	From []string
}

// Brief returns the report in few words; paths are relative to a folder.
func (r *Report) Brief(dir string) (b Brief) {
	t := texter{writer: writer{r, dir}}
	k := &r.Known
	switch {
	case k.Kind == eval.AtLib:
		return Brief{Is: "nixpkgs' `lib`, or a part of it"}
	case k.Kind == eval.AtParameter:
		b.Is = "what a caller passes"
		if k.Default != nil {
			b.Is += "; its default is " + t.short(*k.Default)
		}
		return b
	case k.Kinds == eval.Anything && len(k.Values) == 0:
		if k.Why != nil && k.Why.Kind == eval.ByParam {
			b.From = append(b.From, "the argument "+t.code(k.Why.File, k.Why.Span)+", which may be anything ("+t.at(k.Why.File, k.Why.Span)+")")
		}
		return b
	}
	b.Is = t.short(k.Described)
	for i := range k.Values {
		f := &k.Values[i]
		for _, a := range f.Attrs {
			b.Names = append(b.Names, a.Name)
		}
		if f.Kind == eval.Function {
			for _, a := range f.Function.Formals {
				name := a.Name
				if a.Optional {
					name += "?"
				}
				b.Names = append(b.Names, name)
			}
		}
	}
	for _, s := range k.Way {
		text := t.step(s)
		if s.Span.Len() > 0 {
			text += " (" + t.at(s.File, s.Span) + ")"
		}
		b.From = append(b.From, text)
	}
	return b
}

// LookForCalls fills Calls with those of the functions that stand at the place, or whose parameter does.
func (r *Report) LookForCalls(a *project.Answers) {
	if len(r.Known.Functions) > 0 {
		r.callers(a)
	}
}
