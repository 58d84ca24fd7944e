package project

import (
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/near"
)

// secretSets are the sets of secrets that modules declare by name, by the first name of their options (sops-nix, agenix).
var secretSets = map[string][]string{"sops": {"secrets", "templates"}, "age": {"secrets"}}

// moreModules are attributes of flakes that have modules for others, beside those of modsys.
var moreModules = []string{"hmModules", "modules", "nixosProfiles"}

// secretRaisers are what a file has that says something of sets of secrets.
var secretRaisers = raisers{names: slices.Concat([]string{"sops", "age"}, moreModules, modsys.Exports(), modsys.Lists())}

// secretTable finds secretRaisers in a file.
var secretTable = sync.OnceValue(func() *tokenTable {
	t := &tokenTable{names: map[string]Facts{}}
	t.add(&secretRaisers, 1)
	return t
})

// pinned are the names of what has the sources of other projects.
var pinned = []string{"inputs", "sources", "pins", "npins"}

// secretless are projects whose modules declare no secrets of sops-nix or agenix, by the names that their inputs usually have.
var secretless = []string{
	"nixpkgs", "nixpkgs-unstable", "nixpkgs-stable", "unstable", "stable", "sops-nix", "sops", "agenix", "ragenix", "agenix-rekey", "home-manager", "nix-darwin", "darwin",
	"disko", "impermanence", "preservation", "nixos-hardware", "hardware", "lanzaboote", "stylix", "nur", "nix-index-database", "nixvim", "nvf", "hyprland", "catppuccin",
	"nixos-wsl", "NixOS-WSL", "niri", "niri-flake", "plasma-manager", "spicetify-nix", "chaotic", "srvos", "nixos-generators", "simple-nixos-mailserver", "nixos-mailserver",
	"microvm", "determinate", "nix-homebrew", "mac-app-util", "nixos-facter-modules", "vscode-server", "nixos-vscode-server", "quadlet-nix", "nix-flatpak", "jovian",
	"nix-minecraft", "nixos-cosmic", "musnix", "xremap", "flake-parts", "treefmt-nix", "lix-module", "comin", "attic", "arion",
	"home", "zen-browser", "noctalia", "noctalia-shell", "dankMaterialShell", "determinate-nix", "xremap-flake", "nix-gaming", "lan-mouse", "solaar", "nix-snapd",
	"nix-rosetta-builder", "buildbot-nix", "nixbot", "golink", "dwarffs", "kolide-launcher", "_1password-shell-plugins", "git-hooks", "pre-commit-hooks", "devshell",
}

// harmlessAttrs are the attributes of flakes that have no modules of hosts and homes.
var harmlessAttrs = []string{"flakeModule", "flakeModules", "lib", "packages", "legacyPackages", "overlays", "overlay"}

// secretsSaid is what a file says of sets of secrets.
type secretsSaid struct {
	Declared map[string][]string // the names, by set: "sops.secrets"
	Open     []string            // sets of which other names may be declared
	Asked    []string            // names that are looked for, though they may be missing
	Foreign  bool                // modules of other projects are used, which may declare more
}

// secretIndex is what the files of a project say.
type secretIndex struct {
	declared map[string][]string // sorted
	open     map[string]bool
	asked    map[string]bool
	foreign  bool
}

var secretNames = declare(fact[secretsSaid, *secretIndex]{
	raises:  secretRaisers,
	collect: secretsIn,
	index: func(files iter.Seq2[string, []secretsSaid]) *secretIndex {
		x := &secretIndex{declared: map[string][]string{}, open: map[string]bool{}, asked: map[string]bool{}}
		for _, said := range files {
			s := &said[0]
			for set, names := range s.Declared {
				x.declared[set] = append(x.declared[set], names...)
			}
			for _, set := range s.Open {
				x.open[set] = true
			}
			for _, name := range s.Asked {
				x.asked[name] = true
			}
			x.foreign = x.foreign || s.Foreign
		}
		for set, names := range x.declared {
			slices.Sort(names)
			x.declared[set] = slices.Compact(names)
		}
		return x
	},
})

// ForSecretNames are the facts that UndeclaredSecret answers from.
var ForSecretNames = secretNames.facts() | modules.facts()

// UndeclaredSecret reports whether no module of the project declares the secret of a name in a set, sops.secrets, sops.templates or
// age.secrets, though it declares others there, all of them by names that are written out, and uses no modules of other
// projects that may. near is the name that was probably meant, or "": then the project has no modules for others, who may declare it.
func (a *Answers) UndeclaredSecret(set, name string) (near string, undeclared bool) {
	found := a.undeclaredSecret(set, name)
	return found.near, found.undeclared
}

type undeclaredSecret struct {
	near       string
	undeclared bool
}

func (a *Answers) undeclaredSecret(set, name string) undeclaredSecret {
	if a.deps != nil {
		return noted(a.View, question{"secret", set, name}, func(a *Answers) undeclaredSecret { return a.undeclaredSecret(set, name) })
	}
	x := secretNames.in(a)
	names := x.declared[set]
	if _, declared := slices.BinarySearch(names, name); declared || len(names) == 0 || a.folder.fragment() || x.open[set] || x.asked[name] || x.foreign {
		return undeclaredSecret{}
	}
	meant := near.Find(name, names)
	return undeclaredSecret{meant, meant != "" || !a.moduleIndex().exports()}
}

// exports reports whether a file of the project has modules for other projects.
func (x *moduleIndex) exports() bool {
	for _, s := range x.said {
		if s.Exports {
			return true
		}
	}
	return false
}

// secretWalk collects what a file says of secrets.
type secretWalk struct {
	said secretsSaid
}

func secretsIn(t *ast.Tree) []secretsSaid {
	if secretTable().raised(t.Tokens()) == 0 {
		return nil // what such a file asks for is no secret
	}
	w := secretWalk{secretsSaid{Declared: map[string][]string{}}}
	for i, r := range t.Records() {
		n := t.Node(ast.NodeID(i))
		switch r.Kind {
		case ast.Binding:
			b := ast.BindingNode{Node: n}
			parts := b.Attrpath().Parts()
			for k, part := range parts {
				if name, ok := ast.AttrName(part); ok && secretSets[name] != nil {
					w.options(name, parts[k+1:], b.Value())
					break
				}
			}
		case ast.Inherit:
			w.inherited(ast.InheritNode{Node: n})
		case ast.HasAttr:
			w.ask((ast.HasAttrExpr{Node: n}).Attrpath())
		case ast.Select:
			s := ast.SelectExpr{Node: n}
			if s.Default().IsValid() {
				w.ask(s.Attrpath())
			}
			w.said.Foreign = w.said.Foreign || isForeignModule(s)
		case ast.Apply:
			fn, args := ast.Call(n)
			switch ast.LastName(fn) {
			case "hasAttr":
				if name, ok := ast.StringValue(args[0].Unparen()); ok {
					w.said.Asked = append(w.said.Asked, strings.Clone(name))
				}
			case "fetchTarball", "fetchGit", "fetchTree", "getFlake", "fetchFromGitHub":
				w.said.Foreign = w.said.Foreign || inModuleList(n) && !namesSecretless(n.Text())
			}
		case ast.List:
			// A path of options, as functions are given it.
			for c := range n.Children() {
				if name, ok := ast.StringValue(c); ok && secretSets[name] != nil {
					w.open(name)
				}
			}
		case ast.Path, ast.SearchPath:
			text := n.Text()
			outside := strings.HasPrefix(text, "/") || strings.HasPrefix(text, "~")
			w.said.Foreign = w.said.Foreign || (outside || r.Kind == ast.SearchPath && !namesSecretless(text)) && inModuleList(n)
		}
	}
	s := w.said
	if len(s.Declared) == 0 && s.Open == nil && s.Asked == nil && !s.Foreign {
		return nil
	}
	return []secretsSaid{s}
}

func (w *secretWalk) ask(path ast.AttrpathNode) {
	for _, part := range path.Parts() {
		if name, ok := ast.AttrName(part); ok {
			w.said.Asked = append(w.said.Asked, strings.Clone(name))
		}
	}
}

// open notes that all sets of an option may have other names.
func (w *secretWalk) open(option string) {
	for _, set := range secretSets[option] {
		w.said.Open = append(w.said.Open, option+"."+set)
	}
}

// inherited notes options that are inherited, but for packages of their names.
func (w *secretWalk) inherited(in ast.InheritNode) {
	from := in.From()
	if from.IsValid() && strings.Contains(strings.ToLower(ast.LastName(from.Unparen())), "pkgs") {
		return
	}
	for part := range in.Names() {
		if name, ok := ast.AttrName(part); ok && secretSets[name] != nil {
			w.open(name)
		}
	}
}

// options reads what is bound to names behind sops or age.
func (w *secretWalk) options(option string, rest []ast.Node, value ast.Node) {
	if len(rest) == 0 {
		value = value.Unparen()
		switch value.Kind() {
		case ast.String, ast.IndString, ast.Int, ast.Float, ast.Path, ast.Lambda, ast.List:
			return
		case ast.Select:
			if text := value.Text(); strings.HasPrefix(text, "pkgs.") || strings.Contains(text, "Modules.") {
				return
			}
		}
		eachSet(value, func(set ast.Node) { w.optionsOf(option, set) }, func() { w.open(option) })
		return
	}
	first, ok := ast.AttrName(rest[0])
	if !ok {
		w.open(option)
	}
	if !slices.Contains(secretSets[option], first) {
		return
	}
	set := option + "." + first
	if len(rest) > 1 {
		w.name(set, rest[1])
		return
	}
	eachSet(value, func(n ast.Node) {
		for c := range n.Children() {
			if b, ok := ast.AsBinding(c); ok {
				w.name(set, b.Attrpath().First())
				continue
			}
			for part := range (ast.InheritNode{Node: c}).Names() {
				w.name(set, part)
			}
		}
	}, func() { w.said.Open = append(w.said.Open, set) })
}

// optionsOf reads the set of the options behind sops or age.
func (w *secretWalk) optionsOf(option string, set ast.Node) {
	for c := range set.Children() {
		if b, ok := ast.AsBinding(c); ok {
			w.options(option, b.Attrpath().Parts(), b.Value())
			continue
		}
		for part := range (ast.InheritNode{Node: c}).Names() {
			if name, ok := ast.AttrName(part); !ok || slices.Contains(secretSets[option], name) {
				w.open(option)
			}
		}
	}
}

func (w *secretWalk) name(set string, part ast.Node) {
	if name, ok := ast.AttrName(part); ok {
		w.said.Declared[set] = append(w.said.Declared[set], strings.Clone(name))
	} else {
		w.said.Open = append(w.said.Open, set)
	}
}

// eachSet calls yield for the set literals that a definition consists of, and other for each other part.
func eachSet(n ast.Node, yield func(set ast.Node), other func()) {
	n = n.Tail()
	switch n.Kind() {
	case ast.AttrSet:
		yield(n)
		return
	case ast.If:
		eachSet(n.Child(1), yield, other)
		eachSet(n.Child(2), yield, other)
		return
	case ast.Binary:
		if n.Op() == ast.OpUpdate {
			eachSet(n.Child(0), yield, other)
			eachSet(n.Child(1), yield, other)
			return
		}
	case ast.Apply:
		fn, args := ast.Call(n)
		last := args[len(args)-1]
		switch ast.LastName(fn) {
		case "mkMerge":
			list := last.Unparen()
			if !list.Is(ast.List) {
				break
			}
			for c := range list.Children() {
				eachSet(c, yield, other)
			}
			return
		case "mkIf", "optionalAttrs", "mkForce", "mkDefault", "mkBefore", "mkAfter", "mkOrder", "mkOverride", "mkVMOverride":
			eachSet(last, yield, other)
			return
		}
	}
	other()
}

// isForeignModule reports whether a selection has modules of another project that may declare secrets, or is a source of one in a list
// of modules.
func isForeignModule(s ast.SelectExpr) bool {
	root := s.Operand().Unparen()
	names := s.Attrpath().Names()
	from := ast.LastName(root)
	if slices.Contains(pinned, from) {
		from, names = names[0], names[1:]
		if isSecretless(from) || slices.ContainsFunc(names, func(name string) bool { return slices.Contains(harmlessAttrs, name) }) {
			return false
		}
		return slices.ContainsFunc(names, isModuleAttr) || inModuleList(s.Node)
	}
	return root.Is(ast.Ident) && !isSecretless(from) && len(names) > 0 && names[0] != "modules" && isModuleAttr(names[0])
}

func isModuleAttr(name string) bool {
	return (modsys.IsExport(name) || modsys.IsExportOfOne(name) || slices.Contains(moreModules, name)) && !slices.Contains(harmlessAttrs, name)
}

// isSecretless reports whether what has a name is a project whose modules declare no secrets, or this one.
func isSecretless(name string) bool {
	return name == "self" || name == "flake" || name == "outputs" || slices.Contains(secretless, name)
}

func namesSecretless(text string) bool {
	return slices.ContainsFunc(secretless, func(name string) bool { return strings.Contains(text, name) })
}

// inModuleList reports whether an expression stands in a list of modules, outside of the modules that are written there.
func inModuleList(n ast.Node) bool {
	for up := range n.Ancestors() {
		if b, ok := ast.AsBinding(up); ok {
			return modsys.IsList(b.Attrpath().LastName())
		}
	}
	return false
}
