package sema

import (
	"maps"
	"slices"
	"strings"
)

// globals are the names that Nix binds without a prefix (primops.cc, createBaseEnv: names that do not
// start with "__"); fetchTree is there where the experimental feature is on, and always in Nix 2.8.
var globals = set(`abort baseNameOf break builtins derivation derivationStrict dirOf false fetchGit fetchMercurial
	fetchTarball fetchTree fromTOML import isNull map null placeholder removeAttrs scopedImport throw toString true`)

// primops are the attributes of builtins that are also bound with the prefix "__".
var primops = set(`add addDrvOutputDependencies addErrorContext all any appendContext attrNames attrValues bitAnd bitOr
	bitXor catAttrs ceil compareVersions concatLists concatMap concatStringsSep convertHash currentSystem currentTime deepSeq
	div elem elemAt fetchClosure fetchFinalTree fetchTree fetchurl filter filterSource findFile flakeRefToString floor foldl'
	fromJSON functionArgs genList genericClosure getAttr getContext getEnv getFlake groupBy hasAttr hasContext hashFile
	hashString head intersectAttrs isAttrs isBool isFloat isFunction isInt isList isPath isString langVersion length lessThan
	listToAttrs mapAttrs match mul nixPath nixVersion outputOf parseDrvName parseFlakeRef partition path pathExists readDir
	readFile readFileType replaceStrings seq sort split splitVersion storeDir storePath stringLength sub substring tail toFile
	toJSON toPath toXML trace traceVerbose tryEval typeOf unsafeDiscardOutputDependency unsafeDiscardStringContext
	unsafeGetAttrPos warn zipAttrsWith`)

func set(names string) map[string]bool {
	m := map[string]bool{}
	for _, n := range strings.Fields(names) {
		m[n] = true
	}
	return m
}

// IsGlobal reports whether some Nix from 2.3 to 2.34 binds the name in every file: map, import, __add.
func IsGlobal(name string) bool {
	if rest, ok := strings.CutPrefix(name, "__"); ok {
		return primops[rest] || rest == "curPos"
	}
	return globals[name]
}

// IsBuiltin reports whether some Nix from 2.3 to 2.34 has builtins.NAME.
func IsBuiltin(name string) bool { return globals[name] || primops[name] }

// Globals returns the names that are bound in every file without a prefix, those with "__" left out.
func Globals() []string { return slices.Sorted(maps.Keys(globals)) }
