// Package flake holds the rules about flakes: what flake.nix and flake.lock say of inputs, together
// and each for itself. Facts about Nix are those of its flake.cc and lockfile.cc, checked with Nix 2.34.
package flake

const family = "flake"

// asideIsInfo is what pages say of rules that are mild about flakes that serve what lies beside them (View.InAside).
const asideIsInfo = "\n\nIt is info for the flake of a folder for tests, examples, templates, documentation, checks or development, which is told by\n" +
	"the name of the folder or of one above it."
