package engine

import (
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/project"
)

// Sources says which sources of inputs count for a file, given by its absolute path.
func (e *Checker) Sources(path string) *project.Sources { return e.sources(e.config(path)) }

// sources says which sources of inputs findings about files of a configuration may rest on.
func (e *Engine) sources(c *config.Config) *project.Sources {
	s := &project.Sources{Store: c.Inputs.Store, Places: c.Inputs.Places}
	if c.Inputs.Store {
		s.Given = e.opts.Paths // unasked, a file's findings would depend on what else is checked
	}
	return s
}
