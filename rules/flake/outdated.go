package flake

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
)

// outdated are the rules that tell that flake.lock is of other inputs than flake.nix declares.
var outdated = []string{"lock-missing-entry", "lock-removed-input", "lock-stale-entry"}

// outdates marks the fixes of a finding, which change what the inputs of a flake are: the lock file is of the earlier ones
// until Nix writes it anew.
func outdates(f *flake.Flake, finding *diag.Finding) {
	if f.Lock == nil {
		return
	}
	for i := range finding.Fixes {
		finding.Fixes[i].Leads, finding.Fixes[i].Then = outdated, "the inputs have changed: run `nix flake lock`, and commit flake.lock with them"
	}
}
