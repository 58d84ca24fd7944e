package ci

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/shell"
)

// colmena looks at the nodes that colmena is asked for by --on, names, tags and patterns with commas between. It passes over names
// that no node has.
func (r *missingOutputs) colmena(c *call, refs []shell.Word) {
	if slices.ContainsFunc(refs, func(w shell.Word) bool { return strings.HasSuffix(w.Text, ".nix") }) {
		return
	}
	for i, w := range c.args {
		switch {
		case w.Text == "--":
			return
		case w.Text == "--on" && i+1 < len(c.args):
			w = c.args[i+1]
		case !strings.HasPrefix(w.Text, "--on="):
			continue
		}
		r.word(c, w, func(text string) *missed { return r.node(strings.TrimPrefix(text, "--on="), refs) })
	}
}

// node returns the first name of a list for which there is no node.
func (r *missingOutputs) node(list string, refs []shell.Word) *missed {
	flakes := r.outputs(refs)
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name == "" || strings.ContainsAny(name, "@*?[]{}$`\\/ ") {
			continue
		}
		m := &missed{attribute: attribute{[][]string{{"colmena", name}}, 1}, where: "the flake", name: name, listed: true}
		for _, o := range flakes {
			nodes := o.Below["colmena"]
			if nodes == nil || !nodes.Whole || nodes.Below[name] != nil {
				m = nil
				break
			}
			known := slices.DeleteFunc(nodes.Names(), func(n string) bool { return n == "meta" || n == "defaults" || n == "network" })
			m.meant = near.Find(name, known)
		}
		if m != nil && len(flakes) > 0 {
			return m
		}
	}
	return nil
}
