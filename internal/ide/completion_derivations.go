package ide

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/nixlang"
)

// usual are the attributes of derivations that most have: they come first.
var usual = strings.Fields("pname version src nativeBuildInputs buildInputs meta name patches strictDeps doCheck passthru installPhase buildPhase postInstall postPatch")

// argumentsOf are the attributes that functions of nixpkgs take which write files, fetch or make environments, the usual ones first (chapters
// on fetchers, trivial builders and mkShell of the manual).
var argumentsOf = map[string][]string{
	"writeShellApplication": strings.Fields("name runtimeInputs text runtimeEnv excludeShellChecks bashOptions checkPhase meta derivationArgs passthru"),
	"writeTextFile":         strings.Fields("name text executable destination checkPhase meta allowSubstitutes preferLocalBuild derivationArgs"),
	"symlinkJoin":           strings.Fields("name paths postBuild nativeBuildInputs meta passthru"),
	"buildEnv":              strings.Fields("name paths pathsToLink extraOutputsToInstall postBuild ignoreCollisions nativeBuildInputs meta"),
	"fetchurl":              strings.Fields("url hash name urls sha256 curlOpts postFetch executable downloadToTemp"),
	"fetchzip":              strings.Fields("url hash stripRoot name extension postFetch sha256"),
	"fetchgit":              strings.Fields("url rev hash tag fetchSubmodules deepClone leaveDotGit sparseCheckout fetchLFS name sha256"),
	"fetchpatch":            strings.Fields("url hash name stripLen excludes includes revert relative postFetch"),
	"fetchpatch2":           strings.Fields("url hash name stripLen excludes includes revert relative postFetch"),
	"fetchFromGitHub":       strings.Fields("owner repo rev hash tag fetchSubmodules deepClone leaveDotGit sparseCheckout githubBase private name sha256"),
	"fetchFromGitLab":       strings.Fields("owner repo rev hash tag domain group fetchSubmodules deepClone leaveDotGit name sha256"),
	"mkShell":               strings.Fields("packages inputsFrom shellHook name buildInputs nativeBuildInputs env"),
	"mkShellNoCC":           strings.Fields("packages inputsFrom shellHook name buildInputs nativeBuildInputs env"),
	"makeDesktopItem":       strings.Fields("name desktopName exec icon comment categories type terminal mimeTypes keywords startupNotify genericName"),
}

// documentedArgs proposes what a function is documented to take in a set, if that is its argument; it reports whether it is.
func (p *proposals) documentedArgs(set ast.Node) bool {
	arg := set.OutsideParens()
	call, ok := ast.AsApply(arg.Parent())
	if !ok || call.Arg() != arg {
		return false
	}
	fn, args := ast.Call(call.Node)
	name := fn
	if sel, ok := ast.AsSelect(fn); ok {
		name = sel.Attrpath().Last()
	}
	documented := ""
	if b := p.builtin(name); b != "" {
		documented = builtinDocs[b].args
	} else if path := p.libPath(name); path != "" {
		documented = libDoc(path).args
	}
	parts := splitOutside(documented, ' ')
	if n := len(args) - 1; n >= len(parts) || !strings.HasPrefix(parts[n], "{ ") {
		return false
	}
	inner := strings.TrimSuffix(strings.TrimPrefix(parts[len(args)-1], "{ "), " }")
	for _, formal := range splitOutside(inner, ',') {
		word, _, optional := strings.Cut(strings.TrimSpace(formal), " ")
		if _, there := ast.Attr(set, word); there || word == "…" {
			continue
		}
		i := Item{Label: word, Kind: ItemVariable, Detail: "an argument"}
		if optional {
			i.Detail, i.rank = "an argument with a default", 1
		}
		p.attr(i)
	}
	return true
}

// derivationNames proposes attributes of a derivation behind some names, if a set is what a function of nixpkgs makes one of; it reports
// whether it is.
func (p *proposals) derivationNames(set ast.Node, prefix []string) bool {
	if b := set.OutsideParens().Parent(); b.Is(ast.With) || b.Is(ast.Binding) {
		if b.Is(ast.With) {
			b = b.OutsideParens().Parent()
		}
		if d, ok := ast.AsBinding(b); ok && len(prefix) == 0 && d.Attrpath().Dotted() == "meta" && makerOf(b.Parent()) != "" {
			p.drvAttrs(set, strings.Fields(nixlang.MetaAttrs), 12)
			return true
		}
	}
	maker := makerOf(set)
	switch {
	case maker == "":
		return false
	case len(prefix) == 1 && prefix[0] == "meta":
		p.drvAttrs(ast.Node{}, strings.Fields(nixlang.MetaAttrs), 12)
	case len(prefix) > 0:
		return false
	case argumentsOf[maker] != nil:
		p.drvAttrs(set, argumentsOf[maker], 4)
		for i := range p.items {
			p.items[i].Detail = "an argument"
		}
	default:
		p.drvAttrs(set, append(usual[:len(usual):len(usual)], strings.Fields(nixlang.DerivationAttrs)...), len(usual))
	}
	return true
}

// drvAttrs proposes names that a set does not have, the first few before the others.
func (p *proposals) drvAttrs(set ast.Node, names []string, first int) {
	for i, name := range names {
		if set.IsValid() {
			if _, there := ast.Attr(set, name); there {
				continue
			}
		}
		item := Item{Label: name, Kind: ItemVariable, Detail: "read by builders"}
		if i >= first {
			item.rank = 1
		}
		p.attr(item)
	}
}

// makerOf returns the name of the function of nixpkgs that makes a derivation, or what one is made of, of a set, perhaps by a function of
// what comes of it; "" where there is none.
func makerOf(set ast.Node) string {
	n := set
	for range maxSteps {
		n = n.OutsideParens()
		switch up := n.Parent(); {
		case up.Is(ast.Let) && up.FirstChild() != n, up.Is(ast.With) && up.FirstChild() != n, up.Is(ast.Lambda):
			n = up
		case up.Is(ast.Apply) && up.FirstChild() != n:
			name := ast.LastName((ast.ApplyExpr{Node: up}).Func())
			if _, args := ast.Call(up); len(args) == 1 && (argumentsOf[name] != nil || nixlang.MakerArgs(name) == 1 && (name == "mkDerivation" || strings.HasPrefix(name, "build"))) {
				return name
			}
			return ""
		default:
			return ""
		}
	}
	return ""
}
