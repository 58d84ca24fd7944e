package project

import (
	"iter"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// imageBuilders are the functions that make images of containers (nixpkgs, pkgs/build-support/docker; nix2container; nix-snapshotter).
var imageBuilders = []string{"buildImage", "buildLayeredImage", "buildImageWithNixDb", "buildLayeredImageWithNixDb", "streamLayeredImage", "pullImage", "pullImageFromManifest", "examineImage"}

// anyImage stands for an image of which the name is computed.
const anyImage = "*"

// image is an image that a file makes.
type image struct {
	Name string // without docker.io/library/, or anyImage; "*/x" where what stands before is computed
	Tag  string // "" where any is possible
}

var images = declare(fact[image, []image]{
	raises:  raisers{names: imageBuilders},
	collect: imagesIn,
	index: func(files iter.Seq2[string, []image]) (all []image) {
		for _, list := range files {
			all = append(all, list...)
		}
		return all
	},
})

// ForImages are the facts that MayProvideImage answers from.
var ForImages = images.facts()

// MayProvideImage reports whether a derivation of the project makes, or may make, the image of a name and a tag.
func (a *Answers) MayProvideImage(name, tag string) bool {
	if a.deps != nil {
		return noted(a.View, question{"image", name, tag}, func(a *Answers) bool { return a.MayProvideImage(name, tag) })
	}
	name = plainImage(name)
	return slices.ContainsFunc(images.in(a), func(i image) bool {
		if i.Tag != "" && i.Tag != tag {
			return false
		}
		rest, computed := strings.CutPrefix(i.Name, anyImage)
		return i.Name == name || computed && strings.HasSuffix("/"+name, rest)
	})
}

// plainImage returns the name of an image without the registry that is meant by itself.
func plainImage(name string) string {
	return strings.TrimPrefix(strings.TrimPrefix(name, "docker.io/"), "library/")
}

// imagesIn returns the images that a file makes.
func imagesIn(t *ast.Tree) (found []image) {
	for i, r := range t.Records() {
		if r.Kind != ast.Apply {
			continue
		}
		call := ast.ApplyExpr{Node: t.Node(ast.NodeID(i))}
		if !slices.Contains(imageBuilders, ast.LastName(call.Func())) {
			continue
		}
		set := call.Arg().Unparen()
		for set.Is(ast.Lambda) {
			set = set.Child(1).Unparen()
		}
		one := image{Name: anyImage}
		if set.Is(ast.AttrSet) {
			one.Name = constantAttr(set, anyImage, "finalImageName", "imageName", "name")
			one.Tag = constantAttr(set, "", "finalImageTag", "imageTag", "tag")
			one.Name = plainImage(one.Name)
		}
		if strings.ContainsAny(one.Tag, anyImage) {
			one.Tag = ""
		}
		if !slices.Contains(found, one) {
			found = append(found, one)
		}
	}
	return found
}

// constantAttr returns the text of the first of some attributes that a set has, with what is computed at its beginning as anyImage;
// none is returned where there is none, or where it is inherited.
func constantAttr(set ast.Node, none string, names ...string) string {
	for _, name := range names {
		b, ok := ast.Attr(set, name)
		if !ok {
			continue
		}
		value := b.Value().Unparen()
		if text, ok := ast.ConstantText(value); ok {
			return strings.Clone(text)
		}
		text := ""
		for part := range ast.Parts(value) {
			if part.IsText() {
				text += part.Span.Of(value.Tree().Source())
			} else {
				text = anyImage
			}
		}
		if k := strings.IndexByte(text, '/'); value.Is(ast.String) && strings.HasPrefix(text, anyImage) && k >= 0 {
			return anyImage + text[k:]
		}
		return anyImage
	}
	return none
}
