package config

import (
	"path/filepath"
	"strings"
)

// The table of the sources of inputs, and the key in it that names no input.
const (
	inputsKey = "inputs"
	storeKey  = "store"
)

// Inputs says which sources of a flake's inputs findings may rest on, beside those that lie in its own repository.
type Inputs struct {
	// Store allows those in the Nix store, at the paths that the hashes in flake.lock give.
	Store bool
	// Places are absolute folders by the names of inputs; the map is not written to.
	Places map[string]string
}

// InputOrigin returns where the value of a key of the table of inputs comes from: `store`, or the name of an input.
func (c *Config) InputOrigin(key string) Origin { return c.Origin(inputsKey + "." + key) }

// inputs reads the table of the sources of inputs. An input that is called store has a path there.
func (d *decoder) inputs(c *Config, e *entry) {
	if e.val.kind != kindTable {
		d.report(e.val.span, "`%s` must be a table, not %s", e.key, e.val.kindName())
		return
	}
	places := map[string]string{}
	for name, dir := range c.Inputs.Places {
		places[name] = dir
	}
	for _, in := range e.val.entries {
		switch {
		case in.key == storeKey && in.val.kind == kindBool:
			c.Inputs.Store = in.val.bool
		case in.val.kind != kindString && in.key == storeKey:
			d.report(in.val.span, "`%s` must be true or false, not %s", in.key, in.val.kindName())
			continue
		case in.val.kind != kindString:
			d.report(in.val.span, "`%s` must be the folder of the input's source, relative to this file, not %s", in.key, in.val.kindName())
			continue
		default:
			dir, ok := d.place(in)
			if !ok {
				continue
			}
			places[in.key] = dir
		}
		c.origins[inputsKey+"."+in.key] = d.origin(in.span, "["+inputsKey+"]")
	}
	c.Inputs.Places = places
}

// place reads the folder of an input's source. It may lie outside of the checkout, as a sibling does, and need not be there.
func (d *decoder) place(e *entry) (dir string, ok bool) {
	text := e.val.text
	switch {
	case strings.TrimSpace(text) == "":
		d.report(e.val.span, "`%s` names no folder", e.key)
	case strings.Contains(text, "://"):
		d.report(e.val.span, "`%s` is an address: name the folder of a checkout", text)
	case filepath.IsAbs(text) || strings.HasPrefix(text, "/") || strings.HasPrefix(text, "~"):
		d.report(e.val.span, "`%s` must be relative to this file, so that it is the same on every machine", text)
	default:
		return filepath.Join(filepath.Dir(d.path), filepath.FromSlash(text)), true
	}
	return "", false
}
