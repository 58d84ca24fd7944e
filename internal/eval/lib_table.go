package eval

import (
	"strings"

	"github.com/nixsift/nixsift/internal/libtable"
)

// libResults are functions of which is known what they take and what they give if they do not fail: the part of lib that has
// them, too, the kind, and the functions. Of each argument a letter tells with what the function surely fails: see
// libArguments. A ! behind it is for what is asserted in some releases, so that tryEval catches it.
const libResults = `
attrsets any     updateManyAttrsByPath:l-
attrsets list    cartesianProduct:a collect:f- mapAttrsToListRecursive:-a mapCartesianProduct:-a
attrsets set     foldAttrs:--l zipAttrsWithNames:l-- mapAttrsRecursiveCond:--a recursiveUpdateUntil:-aa overrideExisting:a-
attrsets string  showAttrPath:l
asserts  bool    assertOneOf:--l
derivations set  lazyDerivation:a
debug    list    runTests:a
filesystem bool  pathIsDirectory:p pathIsRegularFile:p
generators set   mkLuaInline:-
lists    any     findFirst:--l findSingle:---l crossLists:-l compareLists:---
lists    bool    mutuallyExclusive:l-
lists    int     count:-l
lists    list    ifilter0:-l naturalSort:l sortOn:-l takeEnd:-l dropEnd:-l uniqueStrings:l
lists    set     toposort:-l groupBy':---l
meta     any     getLicenseFromSpdxId:s hiPrio:a lowPrio:a addMetaAttrs:-a
meta     set     setName:-a
meta     string  getExe:- getExe':--
modules  set     evalModules:a setDefaultModuleLocation:-- mkDefinition:a
options  set     literalExpression:s! literalMD:s!
options  string  showOption:l
options  set     mkOption:a mkEnableOption:- mkPackageOption:--a
sources  set     cleanSource:- cleanSourceWith:a sourceByRegex:-- sourceFilesBySuffices:--
stringsWithDeps set stringAfter:-- noDepEntry:- fullDepEntry:-- packEntry:-
strings  any     fixedWidthString:--t
strings  bool    versionAtLeast:ss versionOlder:ss isValidPosixName:s isStorePath:-
strings  int     toInt:s toIntBase10:s
strings  list    intersperse:-l
strings  string  escapeShellArg:T escapeShellArgs:l escape:ls escapeXML:s escapeRegex:s escapeURL:s trim:s
strings  string  replaceString:s-s toSentenceCase:s! toCamelCase:s!
strings  string  makeBinPath:l makeLibraryPath:l makeIncludePath:l makeSearchPath:-l makeSearchPathOutput:--l
strings  string  stringAsChars:-t toShellVar:s- toShellVars:a
strings  string  enableFeature:b!t! enableFeatureAs:b!t!- withFeature:bt! withFeatureAs:bt!-
strings  string  cmakeBool:s!b! cmakeFeature:s!s! mesonBool:s!b! mesonOption:s!s! mesonEnable:s!b!
trivial  bool    oldestSupportedReleaseIsAtLeast:n
trivial  int     fromHexString:s
trivial  string  toHexString:n!
trivial  any     mod:nn bitNot:n functionArgs:F
types    any     setType:-a
types    bool    isType:--
types    set     mkOptionType:a
trivial  set     setFunctionArgs:-- mirrorFunctionArgs:--
`

// libArguments are what the letters of libResults stand for: the kinds with which a function does not surely fail, and the way
// in which an argument is made a string.
var libArguments = map[byte]Kinds{
	'a': Set, 'b': Bool, 'f': Function | Set, 'l': List, 'n': numbers, 's': String, 'F': Function | Set,
	't': 0, 'T': 0, 'p': 0, '-': Anything,
}

// registerLibTable adds the functions of libResults.
func registerLibTable() {
	kinds := map[string]Kinds{"string": String, "bool": Bool, "list": List, "set": Set, "int": Int, "any": Anything}
	for line := range strings.Lines(libResults) {
		fields := strings.Fields(line)
		for i, spec := range fields {
			name, takes, ok := strings.Cut(spec, ":")
			if i < 2 || !ok {
				continue
			}
			result := kinds[fields[1]]
			gives := result
			if result == Anything {
				gives = 0
			}
			registerInLib(fields[0], name, len(strings.ReplaceAll(takes, "!", "")), gives, func(c *invocation) *Value {
				return c.checked(takes, result)
			})
			askSingly(name)
		}
	}
}

// noPart stands for the part of functions that lib itself has, and of which no part is told.
const noPart = "-"

// registerLibArities adds the other functions of lib of which is known how many arguments they take: with fewer they are
// functions.
func registerLibArities() {
	for _, n := range libtable.Names() {
		if _, known := libIndex[n.Name]; !known && n.Args > 1 {
			registerInLib(noPart, n.Name, int(n.Args), 0, func(*invocation) *Value { return topValue })
			askSingly(n.Name)
		}
	}
}

// askSingly notes that a function asks of each argument by itself.
func askSingly(name string) {
	f := libIndex[name]
	f.single = true
	libIndex[name] = f
}

// checked evaluates a call of which is known what it takes and gives.
func (c *invocation) checked(takes string, result Kinds) *Value {
	out, loose := bare(result), false
	i := -1
	for k := range len(takes) {
		letter := takes[k]
		if letter == '!' {
			continue
		}
		i++
		var v *Value
		switch letter {
		case '-':
			loose = true
			continue
		case 't':
			v = c.text(i, coercion{copies: true})
		case 'T':
			v = c.text(i, coercion{more: true})
		case 'p':
			v = c.path(i)
		default:
			v = c.arg(i, libArguments[letter])
		}
		if v == nil {
			if out = nil; k+1 < len(takes) && takes[k+1] == '!' {
				c.fails = join(c.fails, bare(Caught))
			}
		} else {
			loose = loose || c.force(c.args[i]).kinds&(Path|List|Set|Function) != 0
		}
	}
	if out != nil || loose { // something in an argument may fail before what is wrong is met
		c.mayFail()
	}
	return out
}
