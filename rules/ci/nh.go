package ci

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/shell"
)

// nhOutputs are the outputs that the commands of nh look into, with the options that name what they look for there.
var nhOutputs = map[string]struct {
	output  string
	options []string
}{
	"os":     {"nixosConfigurations", []string{"-H", "--hostname"}},
	"darwin": {"darwinConfigurations", []string{"-H", "--hostname"}},
	"home":   {"homeConfigurations", []string{"-c", "--configuration"}},
}

// nh looks at the host or home that nh is asked for beside the flake, and at what a reference names behind #: of that nh makes an
// attribute for nix build, in newer versions also the name of a host.
func (r *missingOutputs) nh(c *call) {
	first := c.firstPlain(1)
	refs := c.references()
	if len(first) == 0 || len(refs) == 0 {
		return
	}
	in := nhOutputs[first[0].Text]
	r.each(c, refs, func(ref string) (a attribute) {
		names := outputNames(fragment(ref))
		switch {
		case len(names) == 0, names[0] == in.output && len(names) == 1:
		case names[0] == in.output:
			a = attribute{[][]string{names[:2]}, 1}
		default:
			a.paths = append(a.paths, append([]string{in.output}, names...))
			for _, prefix := range packagesFirst {
				a.paths = append(a.paths, slices.Concat(prefix, names))
			}
			a.named = len(names)
		}
		return a
	})
	at := slices.IndexFunc(c.args, func(w shell.Word) bool { return slices.Contains(in.options, w.Text) })
	if at < 0 || at+1 >= len(c.args) || c.behindDashes(at) || strings.Contains(refs[0].Text, "#") {
		return
	}
	r.word(c, c.args[at+1], func(name string) *missed {
		if name == "" || strings.ContainsAny(name, "$`{*%") {
			return nil
		}
		return missing("the flake", r.outputs(refs), attribute{[][]string{{in.output, name}}, 1})
	})
}
