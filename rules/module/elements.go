package module

import (
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/rules"
)

// element is what a set in a list defines that is the value of an option.
type element struct {
	use   module.Use
	value module.Value
	at    source.Span // of the value
	// mild is set where it may not count, absent where that is decided before it is known whether there is such a definition.
	mild, absent bool
}

// eachElement calls a rule for what sets define that are elements of lists with which modules of the file define options, when the other
// files are known. value, which may be nil, tells what is known of the value.
func eachElement(p *rules.Pass, value func(d *module.Defined) module.Value, then func(a *rules.Asked, e *element)) {
	if p.Project.Spares() {
		return
	}
	var sure, unsure []element
	var doubtful *module.Module
	all := p.Modules().DefinedElements()
	for i := range all {
		d := &all[i]
		if d.Cut || !d.Value.IsValid() {
			continue
		}
		e := element{
			use:  module.Use{Path: cloned(d.Path), Spans: make([]source.Span, len(d.Path)), Node: d.Node.Span(), Defined: true, Priority: d.Priority},
			at:   d.Value.Span(),
			mild: d.Conditional || maybeAbsent(d.Of, d.Node), absent: maybeAbsent(d.Of, d.Node),
		}
		for i, part := range d.Parts {
			if at := i + len(d.Path) - len(d.Parts); at >= 0 && part.IsValid() {
				e.use.Spans[at] = part.Span()
			}
		}
		if value != nil {
			e.value = value(d)
			e.value.Literal = strings.Clone(e.value.Literal)
		}
		if isSurelyModule(d.Of) {
			sure = append(sure, e)
		} else {
			unsure, doubtful = append(unsure, e), d.Of
		}
	}
	askOf := func(m *module.Module, of []element) {
		if len(of) > 0 {
			ask(p, m, func(a *rules.Asked) {
				for i := range of {
					then(a, &of[i])
				}
			})
		}
	}
	askOf(nil, sure)
	askOf(doubtful, unsure)
}
