package engine

import (
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/project"
)

// Sources says which sources of inputs count for a file, given by its absolute path.
func (e *Checker) Sources(path string) *project.Sources { return e.sources(e.config(path)) }

// sources says which sources of inputs findings about files of a configuration may rest on: the same ones each time, by which answers are
// kept.
func (e *Checker) sources(c *config.Config) *project.Sources {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.inputs[c]
	if s == nil {
		s = &project.Sources{Store: c.Inputs.Store, Places: c.Inputs.Places}
		if c.Inputs.Store {
			s.Given = e.opts.Paths // unasked, a file's findings would depend on what else is checked
		}
		e.inputs[c] = s
	}
	return s
}
