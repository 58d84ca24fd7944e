package engine

import (
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/project"
)

// sources says which sources of inputs findings about files of a configuration may rest on.
func (e *Engine) sources(c *config.Config) *project.Sources {
	return &project.Sources{Store: c.Inputs.Store, Places: c.Inputs.Places, Given: e.opts.Paths}
}
