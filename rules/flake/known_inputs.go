package flake

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/internal/flake"
)

// era is what inputs a flake has had since a release of it.
type era struct {
	since  release // the first release; the zero value where it was always so
	inputs []string
}

// release is the number of a release, without its patch level.
type release struct{ major, minor int }

// later marks what is on the main branch and no release is known to have.
var later = release{major: 1 << 20}

// knownInputs are the inputs of well-known flakes by their repository, eras in the order of time. The last one is that
// of the main branch. Names that a flake gave up within a year or so are kept, as old clones may have them.
var knownInputs = map[string][]era{
	"git.lix.systems/lix-project/flake-compat":    {{}},
	"github.com/cachix/git-hooks.nix":             {{later, []string{"flake-compat", "gitignore", "nixpkgs"}}},
	"github.com/hercules-ci/flake-parts":          {{later, []string{"nixpkgs-lib"}}},
	"github.com/hercules-ci/gitignore.nix":        {{later, []string{"nixpkgs"}}},
	"github.com/ipetkov/crane":                    {{release{0, 19}, nil}},
	"github.com/mic92/sops-nix":                   {{later, []string{"nixpkgs"}}},
	"github.com/nix-community/disko":              {{later, []string{"nixpkgs"}}},
	"github.com/nix-community/flake-compat":       {{}},
	"github.com/nix-community/home-manager":       {{later, []string{"nixpkgs"}}},
	"github.com/nix-community/nix-index-database": {{later, []string{"nixpkgs"}}},
	"github.com/nix-darwin/nix-darwin":            {{later, []string{"nixpkgs"}}},
	"github.com/nix-systems/default":              {{}},
	"github.com/nix-systems/default-darwin":       {{}},
	"github.com/nix-systems/default-linux":        {{}},
	"github.com/nixos/flake-compat":               {{}},
	"github.com/numtide/devshell":                 {{later, []string{"nixpkgs"}}},
	"github.com/numtide/flake-utils":              {{later, []string{"systems"}}},
	"github.com/numtide/nix-filter":               {{}},
	"github.com/numtide/treefmt-nix":              {{later, []string{"nixpkgs"}}},
	"github.com/oxalica/rust-overlay":             {{later, []string{"nixpkgs"}}},
	"github.com/serokell/deploy-rs":               {{later, []string{"flake-compat", "nixpkgs", "utils"}}},
	"github.com/srid/flake-root":                  {{}},
	"github.com/vic/import-tree":                  {{}},
}

// wellKnownInputs returns the inputs of a well-known flake at what a reference names: the main branch, or a release
// whose inputs are known. known is false for all else.
func wellKnownInputs(in *flake.Input) (names []string, known bool) {
	eras := knownInputs[in.Ref.Repository()]
	if in.RefErr != nil || !in.Literal || !in.Flake || len(eras) == 0 || in.Ref.Dir != "" || fixed(in.Ref) {
		return nil, false
	}
	at := later
	if channel := branch(in.Ref); channel != "" {
		if at, known = releaseOf(channel); !known {
			at = release{} // a branch, or an old tag
		}
	}
	for _, e := range slices.Backward(eras) {
		if e.since.major < at.major || e.since.major == at.major && e.since.minor <= at.minor {
			return e.inputs, true
		}
	}
	return nil, false
}

// releaseOf reads the tag of a release: v0.19.2.
func releaseOf(tag string) (r release, ok bool) {
	parts := strings.Split(strings.TrimPrefix(tag, "v"), ".")
	if len(parts) < 2 || len(parts) > 3 {
		return release{}, false
	}
	var err1, err2 error
	r.major, err1 = strconv.Atoi(parts[0])
	r.minor, err2 = strconv.Atoi(parts[1])
	return r, err1 == nil && err2 == nil
}
