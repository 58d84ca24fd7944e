package module

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/nixlang"
)

// prim is a function of lib or builtins whose way of evaluating its arguments is known.
type prim struct {
	name  string
	arity int
	run   func(ev *evaluator, c call) *value
}

// call is a call of a prim with all its arguments.
type call struct {
	prim *prim
	args []*thunk
	at   ast.Node // the expression that passes the last argument
}

func (p *prim) value() *value { return &value{kind: vPrim, prim: p} }

// strictPrims are the functions that merely evaluate arguments, as "result name arguments". An argument is _
// (left alone), s (evaluated), e (a list that is evaluated with its elements) or d (evaluated all through). The
// result is b (a Boolean), s (a number or string), p (a path), l (a list), a (a set) or u (anything).
// Sources: the builtins chapter of the Nix manual, nixpkgs lib/{lists,attrsets,strings,trivial}.nix.
const strictPrims = `
b hasPrefix ss
b hasSuffix ss
b hasInfix ss
b isAttrs s
b isList s
b isString s
b isInt s
b isFloat s
b isBool s
b isPath s
b isFunction s
b isNull s
b isDerivation s
b isStorePath s
b isStringLike s
b isType ss
b pathExists s
b pathIsDirectory s
b pathIsRegularFile s
b versionAtLeast ss
b versionOlder ss
b lessThan ss
b xor ss
s typeOf s
s length s
s stringLength s
s substring sss
s replaceStrings ees
s replaceString sss
s toString e
s toLower s
s toUpper s
s toInt s
s removePrefix ss
s removeSuffix ss
s concatStringsSep se
s concatStrings e
s concatLines e
s concatMapStringsSep s_s
s concatMapStrings _s
s concatImapStringsSep s_s
s compareVersions ss
s baseNameOf s
s hashString ss
s hashFile ss
s toJSON d
s toXML d
s readFile s
s fileContents s
s add ss
s sub ss
s mul ss
s div ss
s mod ss
s min ss
s max ss
s ceil s
s floor s
s boolToString s
s getName s
s getVersion s
s getExe s
s getBin s
s getDev s
s getLib s
s placeholder s
s getEnv s
s toPath s
s count _s
s escape es
s escapeShellArg s
p dirOf s
p path.append ss
p storePath s
p path d
p filterSource _s
p fetchTarball d
p fetchGit d
p fetchMercurial d
p fetchTree d
p fetchurl d
l splitString ss
l splitVersion s
l stringToCharacters s
l range ss
l genList _s
l replicate s_
l sort _s
l sortOn _s
l naturalSort s
l listFilesRecursive s
l catAttrs ss
l zipLists ss
l zipListsWith _ss
l subtractLists ss
l intersectLists ss
l remove _s
l attrVals s_
l attrsToList s
l concatAttrValues s
l mapAttrsToListRecursive _s
l collect _s
l crossLists _s
l cartesianProduct s
a readDir s
a functionArgs s
a groupBy _s
a partition _s
a tryEval s
a parseDrvName s
a getAttrs e_
a zipAttrsWith _s
a zipAttrs s
a foldAttrs __s
a mapAttrsRecursive _s
a mapAttrsRecursiveCond __s
a filterAttrsRecursive _s
a intersectAttrs ss
a getFlake s
u match ss
u split ss
u fromJSON s
u fromTOML s
u importJSON s
u importTOML s
u findFirst __s
u findSingle ___s
u foldlAttrs __s
u getExe' ss
u mapNullable _s
u defaultTo _s
u findFile ss
`

// optionPrims make option declarations.
const optionPrims = `mkOption:1 mkEnableOption:1 mkPackageOption:3 mkSinkUndeclaredOptions:1`

// modulePrims return a module function, whatever they are given.
const modulePrims = `mkRenamedOptionModule:2 mkRenamedOptionModuleWith:1 mkRemovedOptionModule:2 mkChangedOptionModule:3
	mkMergedOptionModule:3 mkAliasOptionModule:2 mkAliasOptionModuleMD:2 doRename:1`

// libParts are the parts of lib whose functions have the meaning of those of lib itself.
var libParts = words(`asserts attrsets customisation debug fixedPoints lists meta misc modules options strings trivial versions
	filesystem`)

var prims = map[string]*prim{}

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

func libAttr(name string) *value {
	switch {
	case libParts[name]:
		return libValue
	case name == "extend":
		return (&prim{name, 1, func(*evaluator, call) *value { return libValue }}).value()
	}
	if p := prims[name]; p != nil {
		return p.value()
	}
	return &value{kind: vUnknown, s: name}
}

func register(names string, run func(ev *evaluator, c call) *value) {
	for _, spec := range strings.Fields(names) {
		name, arity, _ := strings.Cut(spec, ":")
		prims[name] = &prim{name, int(arity[0] - '0'), run}
	}
}

func init() {
	results := map[byte]*value{'b': someBool, 's': scalar, 'p': somePath, 'l': someList, 'a': someAttrs, 'u': unknown}
	for line := range strings.Lines(strictPrims) {
		f := strings.Fields(line)
		if len(f) != 3 {
			continue
		}
		result, how := results[f[0][0]], f[2]
		prims[f[1]] = &prim{f[1], len(how), func(ev *evaluator, c call) *value {
			for i, a := range c.args {
				if v := ev.argument(a, how[i]); v != nil {
					return decided(v, ByFunction, c.at, c.args[i].node, c.prim.name)
				}
			}
			return result
		}}
	}
	register(optionPrims, func(*evaluator, call) *value { return anOption })
	module := &prim{"module", 1, func(*evaluator, call) *value { return unknown }}
	register(modulePrims, func(*evaluator, call) *value { return module.value() })
	registerShapes()
	registerLists()
	registerAttrs()
}

// argument evaluates one argument of a strict function and returns the bottom it meets, or nil.
func (ev *evaluator) argument(t *thunk, how byte) *value {
	if how == '_' {
		return nil
	}
	v := ev.force(t)
	if v.kind == vBottom {
		return v
	}
	switch {
	case how == 'e' && v.kind == vList:
		for i, e := range v.elems {
			if i == maxElems || !ev.pay(1) {
				break
			}
			if b := ev.force(e); b.kind == vBottom {
				return b
			}
		}
	case how == 'd':
		return ev.deep(v, 6)
	}
	return nil
}

// deep evaluates what lies inside a value and returns the bottom it meets, or nil.
func (ev *evaluator) deep(v *value, levels int) *value {
	if v.kind == vBottom {
		return v
	}
	if levels == 0 {
		return nil
	}
	inside := v.elems
	if v.kind == vAttrs && ev.pay(v.size()) {
		for _, name := range v.attrs.names {
			inside = append(inside, v.attrs.index[name].value)
		}
	}
	for i, t := range inside {
		if i == maxElems || !ev.pay(1) {
			break
		}
		if b := ev.deep(ev.force(t), levels-1); b != nil {
			return b
		}
	}
	return nil
}

// arg evaluates an argument. Where ok is false, v is the result of the call: the argument cannot be
// evaluated, and as it decides the result's shape it is the cause.
func (ev *evaluator) arg(c call, i int) (v *value, ok bool) {
	v = ev.force(c.args[i])
	switch v.kind {
	case vBottom:
		return decided(v, ByFunction, c.at, c.args[i].node, c.prim.name), false
	case vThrow:
		return v, false
	}
	return v, true
}

// shape evaluates an argument that passes its own shape on: a cause inside it stays the cause.
func (ev *evaluator) shape(c call, i int) (v *value, ok bool) {
	v = ev.force(c.args[i])
	switch v.kind {
	case vBottom:
		return passed(v, ByFunction, c.at, c.prim.name), false
	case vThrow:
		return v, false
	}
	return v, true
}

// registerShapes adds the functions of properties, conditions and plain composition.
func registerShapes() {
	// Properties leave all their arguments alone; only where they are used is content looked at.
	register("mkIf:2", func(_ *evaluator, c call) *value {
		return &value{kind: vProperty, property: "if", s: c.prim.name, node: c.at, cond: c.args[0], content: c.args[1]}
	})
	register("mkMerge:1", func(_ *evaluator, c call) *value {
		return &value{kind: vProperty, property: "merge", s: c.prim.name, node: c.at, content: c.args[0]}
	})
	override := func(property string) func(*evaluator, call) *value {
		return func(_ *evaluator, c call) *value {
			return &value{kind: vProperty, property: property, s: c.prim.name, node: c.at, content: c.args[len(c.args)-1]}
		}
	}
	register("mkForce:1 mkDefault:1 mkOptionDefault:1 mkVMOverride:1 mkImageMediaOverride:1 mkOverride:2", override("override"))
	register("mkBefore:1 mkAfter:1 mkOrder:2", override("order"))

	conditional := func(otherwise, maybe *value) func(*evaluator, call) *value {
		return func(ev *evaluator, c call) *value {
			cond, ok := ev.arg(c, 0)
			switch {
			case !ok:
				return cond
			case cond.kind != vBool || !cond.known:
				return maybe
			case !cond.b:
				return otherwise
			}
			if c.prim.name == "optional" {
				return &value{kind: vList, elems: c.args[1:]}
			}
			v, _ := ev.shape(c, 1)
			return v
		}
	}
	register("optional:2 optionals:2", conditional(emptyList, someList))
	register("optionalAttrs:2", conditional(noAttrs, someAttrs))
	register("optionalString:2", conditional(scalar, scalar))

	register("id:1", func(ev *evaluator, c call) *value { return ev.force(c.args[0]) })
	register("const:2", func(ev *evaluator, c call) *value { return ev.force(c.args[0]) })
	register("flip:3", func(ev *evaluator, c call) *value {
		return ev.apply(ev.apply(ev.force(c.args[0]), c.args[2], c.at), c.args[1], c.at)
	})
	register("pipe:2", func(ev *evaluator, c call) *value {
		fs, ok := ev.arg(c, 1)
		if !ok || fs.kind != vList || fs.open || len(fs.elems) > maxElems {
			return strict(fs, unknown)
		}
		arg := c.args[0]
		for _, f := range fs.elems {
			prev := arg
			arg = &thunk{fn: func(ev *evaluator) *value { return ev.apply(ev.force(f), prev, c.at) }}
		}
		return ev.force(arg)
	})
	guard := func(deep bool) func(*evaluator, call) *value {
		return func(ev *evaluator, c call) *value {
			v, ok := ev.arg(c, 0)
			if !ok {
				return v
			}
			if deep {
				if b := ev.deep(v, 6); b != nil {
					return decided(b, ByFunction, c.at, c.args[0].node, c.prim.name)
				}
			}
			return ev.force(c.args[len(c.args)-1])
		}
	}
	register("seq:2 trace:2 warn:2 info:2 warnIf:3 warnIfNot:3 throwIf:3 throwIfNot:3 traceIf:3", guard(false))
	register("deepSeq:2 traceSeq:2", guard(true))
	register("traceVal:1 traceValSeq:1", func(ev *evaluator, c call) *value { return ev.force(c.args[0]) })
	register("addErrorContext:2", func(ev *evaluator, c call) *value { return ev.force(c.args[1]) }) // the text is for errors alone
	register("assertMsg:2", func(ev *evaluator, c call) *value { v, _ := ev.arg(c, 0); return v })
	register("assertOneOf:3", func(ev *evaluator, c call) *value {
		for _, i := range []int{1, 2} {
			if v, ok := ev.arg(c, i); !ok {
				return v
			}
		}
		return someBool
	})
	register("and:2 or:2", func(ev *evaluator, c call) *value {
		v, ok := ev.arg(c, 0)
		stop := c.prim.name == "or"
		switch {
		case !ok:
			return v
		case v.kind != vBool || !v.known:
			return someBool
		case v.b == stop:
			return v
		}
		return ev.force(c.args[1])
	})
	register("throw:1 abort:1", func(*evaluator, call) *value { return throws })
	register("import:1", func(ev *evaluator, c call) *value {
		v, ok := ev.arg(c, 0)
		if !ok {
			return v
		}
		if nixlang.IsLibSource(c.args[0].node) {
			return libValue
		}
		return &value{kind: vUnknown, file: c.args[0]}
	})
	register("importApply:2", func(ev *evaluator, c call) *value {
		if v, ok := ev.arg(c, 0); !ok {
			return v
		}
		return &value{kind: vUnknown, file: c.args[0], args: c.args[1:]}
	})
	register("scopedImport:2", func(ev *evaluator, c call) *value {
		for i := range c.args {
			if v, ok := ev.arg(c, i); !ok {
				return v
			}
		}
		return unknown
	})
	register("setDefaultModuleLocation:2", func(_ *evaluator, c call) *value {
		t := &attrTable{}
		t.set("_file", ast.Node{}, c.args[0])
		t.set("imports", ast.Node{}, given(&value{kind: vList, elems: c.args[1:]}))
		return &value{kind: vAttrs, attrs: t}
	})
}
