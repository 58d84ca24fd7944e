package main

import "github.com/nixsift/nixsift/internal/libtable"

func r(year, month uint8) libtable.Release { return libtable.Release{Year: year, Month: month} }

const private = "it is internal to the module system; nothing replaces it"

// facts are kept by hand. Where nothing else is said, they are from the release notes of nixpkgs
// (doc/release-notes/rl-2511.section.md and older ones in nixos/doc/manual/release-notes), section "Nixpkgs
// Library".
var facts = []libtable.Deprecation{
	{Name: "cartesianProductOfSets", Set: "attrsets", Use: "cartesianProduct", UseSince: r(24, 11), Same: true, Since: r(24, 11), Gone: r(25, 11)},
	{Name: "zip", Set: "attrsets", Use: "zipAttrsWith", Same: true, Gone: r(25, 11)},
	{Name: "zipWithNames", Set: "attrsets", Use: "zipAttrsWithNames", Same: true, Gone: r(25, 11)},
	{Name: "mapAttrsFlatten", Set: "misc", Use: "mapAttrsToList", Same: true, Since: r(24, 11), Gone: r(25, 11)},
	{Name: "replaceChars", Set: "strings", Use: "replaceStrings", Same: true, Since: r(23, 5), Gone: r(25, 11)},                                                                                                        // NixOS/nixpkgs#205701
	{Name: "readPathsFromFile", Set: "strings", Advice: "write the paths as a list", Since: r(21, 5), Gone: r(25, 11)},                                                                                                 // NixOS/nixpkgs#116472
	{Name: "isCoercibleToString", Set: "strings", Use: "isStringLike", Advice: "it is false for null, numbers, Booleans and lists; `lib.strings.isConvertibleWithToString` is not", Since: r(23, 11), Gone: r(25, 11)}, // NixOS/nixpkgs#208168
	{Name: "defaultPriority", Set: "modules", OnlySet: true, Use: "modules.defaultOverridePriority", UseSince: r(23, 5), Same: true, Since: r(23, 5), Gone: r(25, 11)},
	{Name: "pathType", Set: "sources", OnlySet: true, Use: "filesystem.pathType", UseSince: r(23, 5), Same: true, Since: r(23, 11), Gone: r(25, 11)},
	{Name: "pathIsDirectory", Set: "sources", OnlySet: true, Use: "filesystem.pathIsDirectory", UseSince: r(23, 5), Same: true, Since: r(23, 11), Gone: r(25, 11)},
	{Name: "pathIsRegularFile", Set: "sources", OnlySet: true, Use: "filesystem.pathIsRegularFile", UseSince: r(23, 5), Same: true, Since: r(23, 11), Gone: r(25, 11)},
	{Name: "mkPackageOptionMD", Set: "options", Use: "mkPackageOption", UseSince: r(24, 5), Same: true, Since: r(24, 11), Gone: r(25, 11)},
	{Name: "mdDoc", Set: "options", Identity: true, UseSince: r(24, 5), Advice: "remove the call: descriptions are Markdown anyway", Since: r(24, 5), Gone: r(24, 11)},
	{Name: "literalExample", Set: "options", Use: "literalExpression", UseSince: r(21, 11), Same: true, Advice: "for text, `lib.literalMD`", Since: r(21, 11), Gone: r(25, 11)}, // NixOS/nixpkgs#136909
	{Name: "literalDocBook", Set: "options", Use: "literalMD", UseSince: r(22, 11), Advice: "it takes Markdown", Since: r(22, 11), Gone: r(23, 11)},
	{Name: "string", Set: "types", OnlySet: true, Use: "types.str", Advice: "it does not join several definitions; `lib.types.lines` and `lib.types.separatedString` do", Since: r(23, 11), Gone: r(25, 11)},
	{Name: "mkStrict", Set: "modules", Advice: "use `lib.mkOverride 0`", Gone: r(21, 11)},                                                 // NixOS/nixpkgs#125991
	{Name: "mkAliasIfDef", Set: "", Advice: "use `lib.mkIf option.isDefined`", Since: r(26, 5), Gone: r(26, 11)},                          // first seen without it
	{Name: "mkAliasIfDef", Set: "modules", OnlySet: true, Advice: "use `lib.mkIf option.isDefined`", Since: r(26, 5)},                     // lib/modules.nix
	{Name: "fold", Set: "lists", Use: "foldr", Same: true, Since: r(26, 5)},                                                               // NixOS/nixpkgs#456532
	{Name: "nixpkgsVersion", Set: "trivial", Use: "version", Same: true},                                                                  // NixOS/nixpkgs#72260
	{Name: "isInOldestRelease", Set: "trivial", Use: "oldestSupportedReleaseIsAtLeast", UseSince: r(24, 11), Same: true, Since: r(25, 5)}, // lib/trivial.nix
	{Name: "mkFixStrictness", Set: "modules", Identity: true, Advice: "remove the call: it returns its argument"},                         // lib/modules.nix
	{Name: "mkAliasOptionModuleMD", Set: "modules", Use: "mkAliasOptionModule", UseSince: r(24, 5), Same: true, Since: r(25, 11)},
	{Name: "evalOptionValue", Set: "", Advice: private, Since: r(24, 5)}, // rl-2405
	{Name: "toGNUCommandLine", Set: "cli", OnlySet: true, Use: "cli.toCommandLineGNU", UseSince: r(25, 11), Advice: "it takes other settings", Since: r(25, 11)},
	{Name: "toGNUCommandLineShell", Set: "cli", OnlySet: true, Use: "cli.toCommandLineShellGNU", UseSince: r(25, 11), Advice: "it takes other settings", Since: r(25, 11)},
	{Name: "applyModuleArgsIfFunction", Set: "modules", Advice: private, Since: r(22, 11)}, // lib/modules.nix, and those below
	{Name: "dischargeProperties", Set: "modules", Advice: private, Since: r(22, 11)},
	{Name: "mergeModules", Set: "modules", Advice: private, Since: r(22, 11)},
	{Name: "mergeModules'", Set: "modules", Advice: private, Since: r(22, 11)},
	{Name: "pushDownProperties", Set: "modules", Advice: private, Since: r(22, 11)},
	{Name: "unifyModuleSyntax", Set: "modules", Advice: private, Since: r(22, 11)},
	{Name: "imap", Set: "misc", Use: "imap1", Same: true, Silent: true}, // lib/deprecated/misc.nix
}

// arity corrects what cannot be measured: lib forces an argument before all are there.
var arity = map[string]uint8{"foldl'": 3}

// parts are the parts of lib that hold functions, and parts of those.
var parts = []string{
	"asserts", "attrsets", "cli", "customisation", "debug", "derivations", "fetchers", "fileset", "filesystem", "fixedPoints", "generators", "gvariant",
	"lists", "meta", "modules", "options", "path", "sources", "strings", "stringsWithDeps", "systems", "trivial", "types", "types.ints", "types.numbers", "versions",
}

// dataParts are parts of lib that hold data with names that people write in its stead.
var dataParts = []string{"licenses", "platforms", "sourceTypes"}
