package module

import "github.com/nixsift/nixsift/internal/eval"

// maxMerged is the number of names of a definition that are followed, and of properties around each other.
const maxMerged = 32

// merging follows what a module surely defines.
type merging struct {
	ask   func(eval.Part) *eval.Value
	yield func(*eval.Value)
}

// optionType is the _type of what mkOption makes.
const optionType = "option"

// EachMerged calls yield for what surely fails wherever the options are asked for that a module declares or defines: the values of
// its definitions, the elements of lists among them, its imports. Left out is what a condition decides about that is not known, and
// what yields to other definitions, as by mkDefault. body is what the module gives, ask evaluates.
func EachMerged(body eval.Part, ask func(eval.Part) *eval.Value, yield func(*eval.Value)) {
	w := &merging{ask, yield}
	w.module(body, 0)
}

func (w *merging) module(p eval.Part, depth int) {
	v := w.ask(p)
	if v.Fails() {
		w.yield(v)
		return
	}
	if w.property(v, depth, false, w.module) {
		return
	}
	structured, plain := v.Has("config") || v.Has("options"), v.Lacks("config") && v.Lacks("options")
	names, _ := v.Members()
	for _, name := range names {
		part, ok := v.Attr(name)
		switch {
		case !ok:
		case name == "imports":
			w.elements(w.ask(part))
		case name == "config" && structured, name == "options", plain && !reservedKeys[name]:
			w.definition(part, depth+1)
		}
	}
}

// elements looks at a list and what stands in it.
func (w *merging) elements(v *eval.Value) {
	if v.Fails() {
		w.yield(v)
		return
	}
	list, _ := v.Elements()
	for _, e := range list[:min(len(list), maxChecked)] {
		if v := w.ask(e); v.Fails() {
			w.yield(v)
		}
	}
}

// definition follows the value of an option, or the set of those below a name.
func (w *merging) definition(p eval.Part, depth int) {
	v := w.ask(p)
	if v.Fails() {
		w.yield(v)
		return
	}
	if depth > maxMerged || w.property(v, depth, true, w.definition) {
		return
	}
	w.elements(v)
	names, _ := v.Members()
	for _, name := range names {
		if part, ok := v.Attr(name); ok && name != "_module" {
			w.definition(part, depth+1)
		}
	}
}

// property follows what mkIf and its kin are put around; it is false for other values. overrides tells that what has a priority
// counts, too, unless it yields to others.
func (w *merging) property(v *eval.Value, depth int, overrides bool, follow func(eval.Part, int)) bool {
	tag, ok := v.Attr("_type")
	if !ok {
		return false
	}
	content, has := v.Attr("content")
	switch kind, _ := w.ask(tag).Text(); kind {
	case eval.IfProperty:
		condition, ok := v.Attr("condition")
		if holds, known := w.bool(condition, ok); !has || !known || !holds {
			return true
		}
	case eval.MergeProperty:
		contents, ok := v.Attr("contents")
		if ok {
			list, _ := w.ask(contents).Elements()
			for _, c := range list[:min(len(list), maxChecked)] {
				follow(c, depth+1)
			}
		}
		return true
	case eval.OverrideProperty:
		priority, ok := v.Attr("priority")
		if n, known := w.int(priority, ok); !has || !overrides || !known || n >= PlainPriority {
			return true
		}
	case eval.OrderProperty:
		if !has {
			return true
		}
	case optionType:
		return true
	default:
		return false
	}
	if depth <= maxMerged {
		follow(content, depth+1)
	}
	return true
}

func (w *merging) bool(p eval.Part, ok bool) (b, known bool) {
	if !ok {
		return false, false
	}
	return w.ask(p).Bool()
}

func (w *merging) int(p eval.Part, ok bool) (i int64, known bool) {
	if !ok {
		return 0, false
	}
	return w.ask(p).Int()
}
