package project

import (
	"strings"

	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/modsys"
)

// imageMark is the attribute by which an image of a host is known: a set as that of hostMark.
const imageMark = "_image"

// ofMark is the attribute of config by which the host is known that it is of.
const ofMark = "_of"

// builtText is a function from open and a mark to what is known of config of a host: in system.build its images, which stay images when they are
// overridden.
var builtText = `(
  open: mark:
  let
    image = ` + imageText + ` open mark;
    each = names: builtins.listToAttrs (map (name: { inherit name; value = image; }) names);
  in
  open // { ` + ofMark + ` = mark; system = open // { build = open // each ` + textList(modsys.ImageBuilds) + ` // { images = open // each ` + textList(modsys.ImageFormats) + `; }; }; }
)`

// imageText is a function from open and a mark to an image.
const imageText = `(open: mark: let image = open // { ` + imageMark + ` = mark; overrideAttrs = f: image; override = args: image; }; in image)`

// diskImage is a function of nixpkgs that makes an image of the system whose config it is given.
var diskImage = newModel(`args: ` + imageText + ` (import "/` + foreignRoot + `") args.config.` + ofMark)

// textList returns a list of texts in Nix.
func textList(texts []string) string { return `[ "` + strings.Join(texts, `" "`) + `" ]` }

// hostMark is the attribute by which what an evaluator gives is known: a set with its name and its argument.
const hostMark = "_host"

// evaluatorsModel is a lib with the functions that evaluate modules, as nixpkgs, nix-darwin, home-manager and nix-on-droid have
// them there: what they give is marked, and nothing else is known of it.
var evaluatorsModel = newModel(`
{ base, open, names }:
let
  host = name: args: open // rec {
    ` + hostMark + ` = { inherit name args; };
    config = ` + builtText + ` open ` + hostMark + `;
    extendModules =
      more:
      host name (
        args
        // {
          modules = (args.modules or [ ]) ++ (more.modules or [ ]);
          specialArgs = (args.specialArgs or { }) // (more.specialArgs or { });
        }
      );
  };
  own = base // builtins.listToAttrs (map (name: { inherit name; value = host name; }) names) // {
    extend = f: let next = own // f next own; in next;
    makeOverridable = f: args: f args;
  };
in
own
`)

// nixosGenerate is the function of nixos-generators that makes an image of modules, in a format.
const nixosGenerate = "nixosGenerate"

var generateModel = newModel(`{ lib }: lib.` + nixosGenerate)

// evalConfig is nixos/lib/eval-config.nix of nixpkgs, and nixos/default.nix, which takes a module as configuration.
var evalConfig = newModel(`
args:
let
  mark = { name = "nixosSystem"; inherit args; };
in
{
  ` + hostMark + ` = mark;
  config = ` + builtText + ` (import "/` + foreignRoot + `") mark;
}
`)

// foreignRoot is where the inputs of a flake lie, each in a folder of its name.
const foreignRoot = "<inputs>"

// foreignPath reports whether a path lies in an input.
func foreignPath(path string) bool { return strings.HasPrefix(path, "/"+foreignRoot) }

// evaluatorCode returns the code of a file of an input that evaluates modules, or makes an image of what they are, or nil.
func evaluatorCode(path string) *eval.Code {
	if foreignPath(path) && (strings.HasSuffix(path, "/nixos/lib/eval-config.nix") || strings.HasSuffix(path, "/nixos") || strings.HasSuffix(path, "/nixos/default.nix")) {
		return evalConfig.code()
	}
	if foreignPath(path) && modsys.MakesDiskImage(path) {
		return diskImage.code()
	}
	return nil
}

// foreignInput returns what is known of any input, and of the lib that it may have.
func foreignInput(in *flake.Input) (input, lib eval.Part) {
	libOf := func(base eval.Part) eval.Part {
		return evaluatorsModel.apply(map[string]eval.Part{"base": base, "open": eval.Foreign(nil), "names": listCode(append([]string{"makeHive", nixosGenerate}, evaluators...)).Root()})
	}
	lib = libOf(eval.Foreign(nil))
	own := map[string]eval.Part{
		"outPath": eval.Text("/" + foreignRoot + "/" + in.Name), "lib": lib, nixosGenerate: generateModel.apply(map[string]eval.Part{"lib": lib}),
	}
	if in.Name == "nixos-generators" {
		formats := map[string]eval.Part{}
		for _, name := range modsys.GeneratorFormats() {
			formats[name] = eval.Text("/" + foreignRoot + "/" + modsys.GeneratorFormat(name))
		}
		own["nixosModules"] = eval.Foreign(formats)
	}
	return eval.Foreign(own), libOf(eval.LibArgument())
}

// modulesPath returns where modules find those of nixpkgs.
func modulesPath() eval.Part { return eval.Text("/" + foreignRoot + "/nixpkgs/nixos/modules") }
