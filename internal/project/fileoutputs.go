package project

import (
	"github.com/nixsift/nixsift/internal/eval"
)

// calledFile is what nix-build and nix build -f make of the value of a file: a function with a set of arguments is called with
// none (autoCallFunction of Nix 2.34).
var calledFile = newModel(`{ value }: if builtins.isFunction value then value { } else value`)

// FileOutputs returns what is known of the attributes that nix-build finds in a Nix file, or in the default.nix of a folder.
func (v *View) FileOutputs(file string) *Outputs {
	if v.deps != nil {
		return notedBy(v, question{"file outputs", file, ""}, (*Outputs).equal, func(a *Answers) *Outputs { return a.FileOutputs(file) })
	}
	return v.snapshot.outputs.get(file+"\x00", func() *Outputs {
		r := &outputsReader{view: v.Of(file), files: map[string]bool{file: true}}
		o := unknownOutputs
		if code := r.imported(file); code != nil {
			r.ev = eval.NewEvaluation()
			r.ev.Fuel, r.ev.Import, r.ev.Texts = fuelOfOutputs, r.imported, true
			o = r.tree(calledFile.apply(map[string]eval.Part{"value": code.Root()}), maxOutputDepth)
		}
		root := *o
		root.files = r.files
		return &root
	})
}
