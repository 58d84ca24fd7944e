package project

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// containedHosts are the configurations of NixOS of which images of containers are made: buildImage { contents =
// [ self.nixosConfigurations.a.config.system.build.toplevel ]; }.
var containedHosts = declare(fact[string, map[string]bool]{
	raises:  raisers{names: imageBuilders},
	collect: hostsInImages,
	index:   asSet,
})

// ForImageOf are the facts that AnyImageOf answers from.
var ForImageOf = modules.facts() | containedHosts.facts()

// hostsOutput is the output of flakes with configurations of NixOS.
const hostsOutput = "nixosConfigurations"

// hostsInImages returns the names of the configurations of which a file makes images of containers.
func hostsInImages(t *ast.Tree) (found []string) {
	for i, r := range t.Records() {
		if r.Kind != ast.Select {
			continue
		}
		n := t.Node(ast.NodeID(i))
		names := (ast.SelectExpr{Node: n}).Attrpath().Names()
		at := slices.Index(names, hostsOutput)
		if at < 0 && ast.LastName((ast.SelectExpr{Node: n}).Operand()) != hostsOutput || len(names) < at+2 || names[at+1] == "" || !slices.Contains(names, "build") {
			continue
		}
		if name := names[at+1]; BuilderOfImage(n).IsValid() && !slices.Contains(found, name) {
			found = append(found, strings.Clone(name))
		}
	}
	return found
}

// maxInImage bounds how far around an expression the call is looked for that makes an image of it.
const maxInImage = 64

// BuilderOfImage returns the call that makes an image of a container out of an expression, among other things; invalid where there is none.
func BuilderOfImage(n ast.Node) ast.Node {
	left := maxInImage
	for up := range n.Ancestors() {
		if left--; left == 0 {
			break
		}
		if up.Is(ast.Apply) {
			if name := ast.LastName((ast.ApplyExpr{Node: up}).Func()); slices.Contains(imageBuilders, name) && !strings.HasPrefix(name, "pull") && name != "examineImage" {
				return up
			}
		}
	}
	return ast.Node{}
}
