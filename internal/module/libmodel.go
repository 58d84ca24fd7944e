package module

// LibModel is a function of { base } to a lib whose functions that make options, types and renames give what can be read
// (lib/options.nix, lib/types.nix and lib/modules.nix of nixpkgs): a set with _type for an option and a type, with _renamed for a
// rename.
const LibModel = `
{ base }:
let
  mkOption = args: args // { _type = "option"; };
  type = name: of: modules: { _type = "option-type"; inherit name of modules; };
  named = names: builtins.listToAttrs (map (name: { inherit name; value = type name [ ] [ ]; }) names);
  around = names: builtins.listToAttrs (map (name: { inherit name; value = elem: type name [ elem ] [ ]; }) names);
  types = base.types // named [
    "anything" "raw" "unspecified" "bool" "boolByOr" "int" "float" "number" "port" "str" "nonEmptyStr" "singleLineStr" "lines" "commas" "envVar"
    "path" "pathInStore" "package" "shellPackage" "pkgs" "attrs" "optionType" "deferredModule"
  ] // around [ "listOf" "nonEmptyListOf" "attrsOf" "lazyAttrsOf" "nullOr" "functionTo" "uniq" ] // {
    unique = _: elem: type "unique" [ elem ] [ ];
    either = a: b: type "either" [ a b ] [ ];
    oneOf = list: type "oneOf" list [ ];
    coercedTo = from: _: to: type "coercedTo" [ from to ] [ ];
    addCheck = elem: _: elem;
    enum = _: type "enum" [ ] [ ];
    strMatching = _: type "strMatching" [ ] [ ];
    separatedString = _: type "separatedString" [ ] [ ];
    submodule = module: type "submodule" [ ] (if builtins.isList module then module else [ module ]);
    submoduleWith = args: type "submoduleWith" [ ] args.modules // { whole = !(args.shorthandOnlyDefinesConfig or false); };
    ints = base.types.ints // builtins.mapAttrs (_: name: type name [ ] [ ]) {
      unsigned = "ints.unsigned"; positive = "ints.positive"; u8 = "ints.u8"; u16 = "ints.u16"; u32 = "ints.u32"; s8 = "ints.s8"; s16 = "ints.s16"; s32 = "ints.s32";
    };
  };
  renamed = how: from: to: { _renamed = { inherit how from to; }; };
  functions = {
    inherit mkOption;
    mkEnableOption = _: mkOption { default = false; example = true; description = ""; type = types.bool; };
    mkPackageOption = _: _: args: mkOption {
      description = "";
      type = if args.nullable or false then types.nullOr types.package else types.package;
    };
    mkRenamedOptionModule = renamed "renamed";
    mkAliasOptionModule = renamed "aliased";
    mkRenamedOptionModuleWith = args: renamed "renamed" args.from args.to;
    mkRemovedOptionModule = from: _: renamed "removed" from [ ];
    mkChangedOptionModule = from: to: _: renamed "changed" from to;
  };
in
base // functions // {
  inherit types;
  options = base.options // { inherit (functions) mkOption mkEnableOption mkPackageOption; };
  modules = base.modules // builtins.removeAttrs functions [ "mkOption" "mkEnableOption" "mkPackageOption" ];
}
`
