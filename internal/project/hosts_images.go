package project

import (
	"maps"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/modsys"
)

// madeBy notes what makes a system that has the module an image; "" for nothing.
func (n *moduleNode) madeBy(what string) {
	if n.image == "" {
		n.image = what
	}
}

// imageOptions notes the options of images that a module defines.
func (w *hostWalk) imageOptions(n *moduleNode, v *eval.Value) {
	for _, path := range modsys.ImageOptions() {
		at := v
		for i, name := range path {
			p, ok := at.Attr(name)
			if !ok {
				break
			}
			if i == len(path)-1 {
				n.madeBy(strings.Join(path, "."))
				break
			}
			at = w.ask(p)
		}
	}
}

// image reads an output that is an image of a host: what nixosGenerate gives, or one of system.build. The host is the one of the flake, or one
// of its own that is named as the output.
func (r *hostReader) image(output string, v *eval.Value) bool {
	if mark, ok := v.Attr(imageMark); ok {
		marked := r.ask(mark)
		if host := r.byArgs[r.ask(marked.Member("args"))]; host != nil {
			if host.Image == "" {
				host.Image = output
			}
		} else {
			r.imageHost(output, marked)
		}
		return true
	}
	mark, ok := v.Attr(hostMark)
	if !ok {
		return false
	}
	marked := r.ask(mark)
	if name, _ := r.ask(marked.Member("name")).Text(); name != nixosGenerate {
		return false
	}
	format, _ := r.ask(r.ask(marked.Member("args")).Member("format")).Text()
	if modsys.MakesImage(format) {
		r.imageHost(output, marked)
	}
	return true
}

// imageHost reads a host that is an image.
func (r *hostReader) imageHost(output string, mark *eval.Value) {
	if !r.within(len(r.graph.hosts) < maxHosts) {
		return
	}
	r.begin(output)
	r.host.Image = output
	r.evaluated(mark)
}

// spreadImages notes that what lies in a host that is an image does so, too: users of home-manager, containers and specialisations. The variants
// for virtual machines do not.
func (r *hostReader) spreadImages() {
	images := map[string]string{}
	for _, h := range r.graph.hosts {
		if h.Image != "" {
			images[h.Output] = h.Image
		}
	}
	if len(images) == 0 {
		return
	}
	for _, h := range r.graph.hosts {
		for _, inner := range []string{".home-manager.users.", ".containers.", ".specialisation."} {
			if outer, _, ok := strings.Cut(h.Output, inner); ok && h.Image == "" {
				h.Image = images[outer]
			}
		}
	}
}

// Image is what is known of a file that gets into an image of a system.
type Image struct {
	// Output is the attribute of the flake's outputs that is the image, or the host of it; "" where a file is known only.
	Output string
	// From is the file that says so where no host of a flake is known, as it imports this one, or is it.
	From string
	// By is what makes it an image: an option, a module of nixpkgs, an output.
	By string
}

// ImageOf returns an image of the flake around a file that surely has it; ok is false where none is known.
func (v *View) ImageOf(path string) (image Image, ok bool) {
	if v.deps != nil {
		image = noted(v, question{"image of file", path, ""}, func(a *Answers) Image {
			image, _ := a.View.ImageOf(path)
			return image
		})
		return image, image != Image{}
	}
	for _, r := range v.hostsFor(path).reached[path] {
		if r.sure && r.host.Image != "" {
			return Image{Output: r.host.Output, By: r.host.Image}, true
		}
	}
	return Image{}, false
}

// AnyImageOf is ImageOf, and where no flake tells, an image that a module says that it makes, which imports the file in any case, or is it.
func (a *Answers) AnyImageOf(path string) (image Image, ok bool) {
	if a.deps != nil {
		image = noted(a.View, question{"any image of file", path, ""}, func(a *Answers) Image {
			image, _ := a.AnyImageOf(path)
			return image
		})
		return image, image != Image{}
	}
	if image, ok := a.ImageOf(path); ok {
		return image, true
	}
	contained := containedHosts.in(a)
	for _, r := range a.hostsFor(path).reached[path] {
		rest, of := strings.CutPrefix(r.host.Output, hostsOutput+".")
		if name, _, _ := strings.Cut(rest, "."); of && r.sure && contained[name] {
			return Image{Output: r.host.Output, By: "toplevel"}, true
		}
	}
	image, ok = a.importGraph().images()[path]
	return image, ok
}

// images returns the files that modules which make images import in any case, and those that import such modules; and what files make images of.
func (g *importGraph) images() map[string]Image {
	return g.imaged.get(func() map[string]Image {
		found := map[string]Image{}
		spread := func(todo []string, next func(path string) []string) {
			for len(todo) > 0 {
				at := todo[len(todo)-1]
				todo = todo[:len(todo)-1]
				for _, to := range next(at) {
					if _, known := found[to]; !known {
						found[to] = found[at]
						todo = append(todo, to)
					}
				}
			}
		}
		for _, path := range g.index.paths {
			said := g.index.said[path]
			if said.Image != "" {
				found[path] = Image{From: path, By: said.Image}
			}
		}
		importers := g.importersOf()
		spread(slices.Sorted(maps.Keys(found)), func(path string) []string {
			return slices.DeleteFunc(slices.Clone(importers[path]), func(from string) bool { return g.index.said[from].Disables })
		})
		for _, path := range g.index.paths {
			for _, literal := range g.index.said[path].Built {
				if to, ok := g.index.moduleAt(path, literal); ok && found[to] == (Image{}) {
					found[to] = Image{From: path, By: "system.build"}
				}
			}
		}
		spread(slices.Sorted(maps.Keys(found)), func(path string) (to []string) {
			for _, edge := range g.edges[path] {
				to = append(to, edge.to)
			}
			return to
		})
		return found
	})
}
