package project

import (
	"strings"

	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/flake"
)

// hostMark is the attribute by which what an evaluator gives is known: a set with its name and its argument.
const hostMark = "_host"

// evaluatorsModel is a lib with the functions that evaluate modules, as nixpkgs, nix-darwin, home-manager and nix-on-droid have
// them there: what they give is marked, and nothing else is known of it.
var evaluatorsModel = newModel(`
{ base, open, names }:
let
  host = name: args: open // {
    ` + hostMark + ` = { inherit name args; };
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

// evalConfig is nixos/lib/eval-config.nix of nixpkgs.
var evalConfig = newModel(`args: { ` + hostMark + ` = { name = "nixosSystem"; inherit args; }; config = import /` + foreignRoot + `; }`)

// foreignRoot is where the inputs of a flake lie, each in a folder of its name.
const foreignRoot = "<inputs>"

// foreignPath reports whether a path lies in an input.
func foreignPath(path string) bool { return strings.HasPrefix(path, "/"+foreignRoot) }

// evaluatorCode returns the code of a file of an input that evaluates modules, or nil.
func evaluatorCode(path string) *eval.Code {
	if foreignPath(path) && strings.HasSuffix(path, "/nixos/lib/eval-config.nix") {
		return evalConfig.code()
	}
	return nil
}

// foreignInput returns what is known of any input, and of the lib that it may have.
func foreignInput(in *flake.Input) (input, lib eval.Part) {
	libOf := func(base eval.Part) eval.Part {
		return evaluatorsModel.apply(map[string]eval.Part{"base": base, "open": eval.Foreign(nil), "names": listCode(append([]string{"makeHive"}, evaluators...)).Root()})
	}
	return eval.Foreign(map[string]eval.Part{"outPath": eval.Text("/" + foreignRoot + "/" + in.Name), "lib": libOf(eval.Foreign(nil))}), libOf(eval.LibArgument())
}

// modulesPath returns where modules find those of nixpkgs.
func modulesPath() eval.Part { return eval.Text("/" + foreignRoot + "/nixpkgs/nixos/modules") }
