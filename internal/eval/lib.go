package eval

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// libFunction is a function of lib: its place in builtinTable, and the part of lib that has it, too.
type libFunction struct {
	index uint32
	part  string
	gives Kinds // where it does not fail; 0 where that depends
	// shaped is set where more than the kind is known of what it gives.
	shaped bool
}

// libIndex has the functions of nixpkgs' lib of which something is known, by name.
var libIndex = map[string]libFunction{}

// libBuiltins are the builtins that lib passes on under their names, behind the part of lib that has them, too.
const libBuiltins = `
attrsets  attrNames attrValues catAttrs getAttr hasAttr intersectAttrs isAttrs listToAttrs mapAttrs removeAttrs
debug     tryEval
lists     all any concatLists concatMap elem elemAt filter genList head isList length map partition sort tail
strings   isInt isString isPath stringLength substring concatStringsSep typeOf
trivial   add bitAnd bitOr bitXor deepSeq isBool isFloat lessThan seq sub
`

// libResults are functions of which nothing is known but their arity and what they give if they do not fail: the part of lib
// that has them, too, the kind, and the functions.
const libResults = `
attrsets list    mapAttrsToList:2 attrsToList:1 cartesianProduct:1
attrsets set     recursiveUpdate:2 filterAttrs:2 mapAttrs':2 genAttrs:2 mapAttrsRecursive:2 zipAttrs:1 foldAttrs:3
attrsets set     getAttrs:2
lists    bool    allUnique:1
lists    int     count:2
lists    list    flatten:1 unique:1 range:2 remove:2 subtractLists:2 intersectLists:2 naturalSort:1 zipLists:2 imap0:2
lists    list    imap1:2 reverseList:1 take:2 drop:2 zipListsWith:3 forEach:2
meta     string  getExe:1 getExe':2
modules  set     evalModules:1
options  set     mkOption:1 mkEnableOption:1
strings  bool    hasPrefix:2 hasSuffix:2 hasInfix:2 versionAtLeast:2 versionOlder:2
strings  int     toInt:1
strings  list    splitString:2 stringToCharacters:1
strings  string  concatStrings:1 concatMapStrings:2 concatMapStringsSep:3 concatImapStrings:2 concatImapStringsSep:3
strings  string  concatLines:1 toLower:1 toUpper:1 removePrefix:2 removeSuffix:2 escapeShellArg:1 escapeShellArgs:1
strings  string  escape:2 fileContents:1 makeBinPath:1 makeLibraryPath:1 makeSearchPath:2 getName:1 getVersion:1
strings  string  fixedWidthString:3 enableFeature:2 enableFeatureAs:3 withFeature:2 withFeatureAs:3 cmakeBool:2
strings  string  cmakeFeature:2 mesonBool:2 mesonOption:2
trivial  int     mod:2
trivial  string  boolToString:1
`

// registerLib adds the functions of lib. Facts: lib/{lists,attrsets,strings,trivial,modules,options}.nix of nixpkgs; tests
// compare with them.
func registerLib() {
	builtinGives := map[string]Kinds{
		"attrNames": List, "attrValues": List, "catAttrs": List, "concatLists": List, "concatMap": List, "filter": List, "genList": List,
		"map": List, "sort": List, "tail": List, "mapAttrs": Set, "listToAttrs": Set, "intersectAttrs": Set, "removeAttrs": Set,
		"concatStringsSep": String, "substring": String, "typeOf": String, "elem": Bool, "any": Bool, "all": Bool, "hasAttr": Bool,
		"isAttrs": Bool, "isBool": Bool, "isFloat": Bool, "isInt": Bool, "isList": Bool, "isString": Bool, "isPath": Bool, "lessThan": Bool,
	}
	for line := range strings.Lines(libBuiltins) {
		if part, names, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			for name := range strings.FieldsSeq(names) {
				libIndex[name] = libFunction{index: builtinIndex[name], part: part, gives: builtinGives[name]}
			}
		}
	}
	kinds := map[string]Kinds{"string": String, "bool": Bool, "list": List, "set": Set, "int": Int}
	for line := range strings.Lines(libResults) {
		fields := strings.Fields(line)
		for i, spec := range fields {
			if name, arity, ok := strings.Cut(spec, ":"); i > 1 && ok {
				result := bare(kinds[fields[1]])
				registerInLib(fields[0], name, int(arity[0]-'0'), kinds[fields[1]], func(c *invocation) *Value {
					c.mayFail()
					return result
				})
			}
		}
	}
	for name, otherwise := range map[string]*Value{
		"lists.optional": emptyList, "lists.optionals": emptyList, "strings.optionalString": emptyString, "attrsets.optionalAttrs": setValue(&set{}),
	} {
		part, name, _ := strings.Cut(name, ".")
		registerInLib(part, name, 2, otherwise.kinds, func(c *invocation) *Value {
			at := c.at
			at.lexical = false
			return c.branch(at, c.force(c.args[0]), func() *Value {
				if c.b.name == "optional" {
					return listValue(c.args[1:])
				}
				return c.force(c.args[1])
			}, constantly(otherwise))
		})
	}
	registerProperties()
	registerInLib("trivial", "isFunction", 1, Bool, asks(Function, functorName))
	registerInLib("strings", "isStringLike", 1, Bool, asks(String|Path, toStringName, outPathName))
	registerInLib("attrsets", "isDerivation", 1, Bool, func(c *invocation) *Value {
		v := c.arg(0, Anything&^Failures)
		switch {
		case v == nil:
			return nil
		case v.kinds&Set == 0:
			return falseValue
		}
		if v.isKnown() {
			if _, has, _ := v.set.lookup("type"); has == absent {
				return falseValue
			}
		}
		c.mayFail()
		return someBool
	})
	registerInLib("lists", "singleton", 1, List, func(c *invocation) *Value { return listValue(c.args) })
	registerInLib("trivial", "id", 1, 0, func(c *invocation) *Value { return c.force(c.args[0]) })
	registerInLib("trivial", "const", 2, 0, func(c *invocation) *Value { return c.force(c.args[0]) })
	registerInLib("attrsets", "nameValuePair", 2, Set, func(c *invocation) *Value {
		return setValue(&set{size: 2, own: map[string]attr{"name": {value: c.args[0]}, "value": {value: c.args[1]}}})
	})
}

// asks evaluates a question for some kinds, or for sets with one of some attributes.
func asks(k Kinds, attrs ...string) func(c *invocation) *Value {
	return func(c *invocation) *Value {
		v := c.arg(0, Anything&^Failures)
		if v == nil {
			return nil
		}
		var out *Value
		v.each(func(x *Value) {
			has := falseValue
			switch {
			case x.kinds&k != 0:
				has = trueValue
			case x.kinds == Set && x.set == nil:
				has = someBool
			case x.kinds == Set:
				for _, name := range attrs {
					switch _, there, _ := x.set.lookup(name); there {
					case present:
						has = trueValue
					case possible:
						has = join(has, trueValue)
					}
				}
			}
			out = join(out, has)
		})
		return out
	}
}

func registerInLib(part, name string, arity int, gives Kinds, run func(c *invocation) *Value) {
	libIndex[name] = libFunction{index: uint32(len(builtinTable)), part: part, gives: gives}
	b := &builtin{name: name, arity: arity, run: run}
	builtinTable = append(builtinTable, b)
	builtinValues = append(builtinValues, functionValue(&function{builtin: b}))
}

// ofLib lowers a name or selection that means a function of nixpkgs' lib of which something is known.
func (l *lowerer) ofLib(n ast.Node) (Expr, bool) {
	if l.names == nil {
		return 0, false
	}
	f, known := libIndex[ast.LastName(n)]
	if !known {
		return 0, false
	}
	if part, ok := libPart(l.names, n); !ok || part != "" && part != f.part {
		return 0, false // another function of that name, as lib.lists.removePrefix
	}
	return l.add(n, expr{op: opGlobal, a: f.index}), true
}

// libPart returns the part of lib that a name or selection takes something from: "" for lib itself.
func libPart(names *sema.Info, n ast.Node) (part string, ok bool) {
	if b := names.Resolve(n); b != nil {
		in, inherited := ast.AsInherit(b.Decl)
		if !inherited || !in.From().IsValid() || b.More {
			return "", false
		}
		return nixlang.LibSource(names, in.From())
	}
	path, _, ok := nixlang.LibPath(names, n)
	part, _, nested := strings.Cut(path, ".")
	if !nested {
		return "", ok
	}
	if strings.Count(path, ".") > 1 {
		return "", false
	}
	return part, ok
}
