package ci

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/shell"
)

// hostOutputs are outputs of which a misspelt name is no other output: nixosConfiguration.host.
var hostOutputs = []string{"nixosConfigurations", "darwinConfigurations", "homeConfigurations", "nixOnDroidConfigurations"}

// misspelt returns what is missing where not all outputs are known, but the first name of a whole path is none of those that are
// seen, and nearly that of an output that people mean by it.
func (r *missingOutputs) misspelt(text string, a attribute) *missed {
	names := a.paths[len(a.paths)-1]
	if len(names) < 2 || a.named != len(names) {
		return nil
	}
	meant := nearlyHosts(names[0])
	if meant == "" {
		return nil
	}
	flakes := r.at.flakes([]shell.Word{{Text: text, Static: true}})
	for _, f := range flakes {
		if hasName(r.pass.Outputs(f.Dir), names[0]) || writes(f, names[0]) {
			return nil
		}
	}
	if len(flakes) == 0 {
		return nil
	}
	return &missed{attribute: attribute{[][]string{names}, len(names)}, where: "the flake", name: names[0], meant: meant, unsure: true}
}

// nearlyHosts returns the output of hostOutputs that a name is meant for: what stands before Configurations is right, or there is one
// slip in the whole.
func nearlyHosts(name string) string {
	meant := near.Find(name, hostOutputs)
	if meant == "" {
		return ""
	}
	kind := meant[:strings.Index(meant, "Configurations")+1]
	if len(name) > len(kind) && strings.EqualFold(name[:len(kind)], kind) || near.Distance(strings.ToLower(name), strings.ToLower(meant), 1) <= 1 {
		return meant
	}
	return ""
}

// besideHosts reports whether a path looks among the packages for hosts that the flake has as an output, as programs do: though more
// packages may be there than are seen, none is called so.
func besideHosts(o *project.Outputs, path []string) bool {
	if len(path) < 3 || path[1] != "" || path[2] != "nixosConfigurations" && path[2] != "darwinConfigurations" {
		return false
	}
	hosts := o.Below[path[2]]
	return hosts != nil && hosts.Whole && !hasName(&project.Outputs{Below: map[string]*project.Outputs{path[0]: o.Below[path[0]]}}, path[2])
}

// hasName reports whether an output, or one of a system, is seen to have a name.
func hasName(o *project.Outputs, name string) bool {
	if o.Below[name] != nil {
		return true
	}
	for _, output := range []string{"packages", "legacyPackages", "apps", "devShells"} {
		below := o.Below[output]
		if below == nil {
			continue
		}
		for _, system := range below.Below {
			if system.Below[name] != nil {
				return true
			}
		}
	}
	return false
}

// writes reports whether a flake.nix has an attribute of a name.
func writes(f *flake.Flake, name string) bool {
	t := f.Nix.Tree
	if !strings.Contains(t.Source(), name) {
		return false
	}
	for i, r := range t.Records() {
		if r.Kind == ast.Name && t.Node(ast.NodeID(i)).Text() == name {
			return true
		}
	}
	return false
}
