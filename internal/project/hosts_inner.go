package project

import (
	"maps"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/eval"
)

// An innerModule is a module that a module of NixOS defines for a system beside its own.
type innerModule struct {
	path string // of the option, with names: containers.web, specialisation.night, virtualisation.vmVariant
	part eval.Part
	// special are the special arguments of a container. It gets no others; other systems have those of the host.
	special eval.Part
	// extends is set where the system also has all modules of the host.
	extends bool
	sure    bool
}

// hasInner reports whether the modules of a host are NixOS's, which may define systems beside their own.
func (w *hostWalk) hasInner() bool {
	return !w.inner && (strings.HasPrefix(w.host.Output, "nixosConfigurations.") || strings.HasPrefix(w.host.Output, "colmena.")) &&
		!strings.Contains(w.host.Output, ".home-manager.users.")
}

// innerSystems reads what a module says of systems beside its own: containers (nixos-containers.nix evaluates their modules anew),
// specialisations and variants for virtual machines, which extend the host's. Of images (image.modules) it reads what they have beside that: those
// that a module for all hosts defines are mostly not made.
func (w *hostWalk) innerSystems(n *moduleNode, v *eval.Value, sure bool, depth int) {
	each := func(v *eval.Value, option string, sure bool, yield func(v *eval.Value, name string, sure bool)) {
		p, ok := v.Attr(option)
		if !ok {
			return
		}
		w.definitions(w.ask(p), sure, depth, func(v *eval.Value, sure bool) {
			names, _ := v.Members()
			for _, name := range names {
				if member := v.Member(name); member.IsValid() {
					w.definitions(w.ask(member), sure, depth, func(v *eval.Value, sure bool) { yield(v, name, sure) })
				}
			}
		})
	}
	add := func(v *eval.Value, option string, inner innerModule) {
		if p, ok := v.Attr(option); ok {
			inner.part, inner.path = p, strings.Clone(inner.path)
			n.inner = append(n.inner, inner)
		}
	}
	each(v, "containers", sure, func(v *eval.Value, name string, sure bool) {
		special, _ := v.Attr("specialArgs")
		add(v, "config", innerModule{path: "containers." + name, special: special, sure: sure})
	})
	each(v, "specialisation", sure, func(v *eval.Value, name string, sure bool) {
		extends := true
		if p, ok := v.Attr("inheritParentConfig"); ok {
			extends, _ = w.ask(p).Bool()
		}
		add(v, "configuration", innerModule{path: "specialisation." + name, extends: extends, sure: sure})
	})
	if p, ok := v.Attr("image"); ok {
		w.definitions(w.ask(p), sure, depth, func(v *eval.Value, sure bool) {
			modules, ok := v.Attr("modules")
			if !ok {
				return
			}
			w.definitions(w.ask(modules), sure, depth, func(v *eval.Value, sure bool) {
				names, _ := v.Members()
				for _, name := range names {
					if member := v.Member(name); member.IsValid() {
						n.inner = append(n.inner, innerModule{path: strings.Clone(imageVariants + name), part: member, sure: sure})
					}
				}
			})
		})
	}
	if p, ok := v.Attr("virtualisation"); ok {
		w.definitions(w.ask(p), sure, depth, func(v *eval.Value, sure bool) {
			for _, option := range []string{"vmVariant", "vmVariantWithBootLoader"} {
				add(v, option, innerModule{path: "virtualisation." + option, extends: true, sure: sure})
			}
		})
	}
}

// imageVariants is the set of the modules that each image of a host has beside the host's own.
const imageVariants = "image.modules."

// systems goes through the systems that the modules of a host define beside their own. seen are the files of the host.
func (w *hostWalk) systems(all []innerModule, seen map[string]bool) {
	byPath := map[string][]innerModule{}
	for _, i := range all {
		byPath[i.path] = append(byPath[i.path], i)
	}
	for _, path := range slices.Sorted(maps.Keys(byPath)) {
		if !w.within(len(w.graph.hosts) < maxHosts) {
			return
		}
		w.begin(w.host.Output + "." + path)
		modules := byPath[path]
		container := strings.HasPrefix(path, "containers.")
		system := w.start(modules[0].special, !container || !modules[0].special.IsValid())
		if strings.HasPrefix(path, imageVariants) {
			system.host.Image = path
		}
		top := &moduleNode{}
		if !container {
			system.inner, system.args = true, w.args
			system.host.Args, system.host.Open, system.host.Self, system.host.Inputs = w.host.Args, w.host.Open, w.host.Self, w.host.Inputs
		}
		for _, m := range modules {
			if m.extends && len(top.imports) == 0 {
				system.open = w.open
				for _, file := range slices.Sorted(maps.Keys(seen)) {
					top.imports = append(top.imports, moduleImport{file, seen[file]})
				}
			}
			system.submodule(top, m.part, m.sure)
		}
		system.run(top)
	}
}

// submodule reads what defines a submodule: a module, or properties with modules in them.
func (w *hostWalk) submodule(n *moduleNode, p eval.Part, sure bool) {
	v := w.ask(p)
	if v.Kinds() != eval.Set || !v.Known() || !v.Has("_type") {
		w.module(n, p, sure, maxModuleNesting)
		return
	}
	w.definitions(v, sure, maxModuleNesting, func(v *eval.Value, sure bool) { w.set(n, v, sure, maxModuleNesting) })
}
