package corpus

import (
	"fmt"
	"strings"
)

// In the texts of random projects § stands for what a file has before names of lib, ¶ before names of lib.types, € before names of config.

// randomType is the type of an option.
type randomType struct {
	text string
	// good makes a value of the type, never the same twice where definitions of it are merged by name.
	good func() string
	// merges says that several definitions of a priority are united.
	merges bool
	list   bool
	// options are those of a submodule that stands here, or in what the type is made of.
	options []*randomOption
}

// randomOption is an option that a random project declares. The values of one read only those declared before it, so that there is
// no recursion but by mistake.
type randomOption struct {
	path  string
	typ   *randomType
	index int
	// plain says that a definition of the usual priority stands somewhere.
	plain bool
	// unreadable values are not of the type, or there is none.
	unreadable bool
	readOnly   bool
	// on says that the default, which is the value of a bool, is known to be true.
	bool bool
	// in is the module that declares it.
	in *randomModule
}

func (m *maker) oneOf(of ...string) string { return of[m.r.IntN(len(of))] }
func (m *maker) chance(of int) bool        { return m.r.IntN(of) == 0 }

func (m *maker) fresh(prefix string) string {
	m.serial++
	return fmt.Sprintf("%s%d", prefix, m.serial)
}

// leafTypes are types without parts, with values of each.
var leafTypes = []struct {
	text   string
	merges bool
	values []string
}{
	{"¶bool", false, []string{"true", "false"}},
	{"¶int", false, []string{"1", "2", "(1 + 2)", "(-3)"}},
	{"¶str", false, []string{`"a"`, `"b"`, `"${toString 1}"`, `(§concatStringsSep "," [ "a" "b" ])`, `''c''`}},
	{"¶lines", true, []string{`"a"`, "''\n    l\n    m\n  ''"}},
	{"¶commas", true, []string{`"a"`, `"b"`}},
	{"(¶separatedString \" \")", true, []string{`"a"`, `"b"`}},
	{"¶path", false, []string{"/q", `"/p"`, "./m0.nix"}},
	{"¶port", false, []string{"80", "443"}},
	{"¶ints.positive", false, []string{"1", "7"}},
	{"¶ints.unsigned", false, []string{"0", "7"}},
	{"(¶ints.between 1 9)", false, []string{"1", "9"}},
	{"¶ints.u8", false, []string{"0", "255"}},
	{"¶float", false, []string{"1.5", "2.0"}},
	{"¶number", false, []string{"1.5", "2"}},
	{`(¶enum [ "a" "b" ])`, false, []string{`"a"`, `"b"`}},
	{"(¶enum [ 1 2 ])", false, []string{"1", "2"}},
	{"¶nonEmptyStr", false, []string{`"a"`}},
	{"¶singleLineStr", false, []string{`"a"`}},
	{`(¶strMatching "[a-z]+")`, false, []string{`"abc"`}},
	{"¶anything", false, []string{"1", `"a"`, "[ 1 ]", "{ a = 1; }"}},
	{"¶raw", false, []string{"1", "(x: x)", "{ a = 1; }"}},
	{"(¶addCheck ¶int (x: x > 0))", false, []string{"1", "5"}},
	{"(¶coercedTo ¶int toString ¶str)", false, []string{`"a"`, "1"}},
	{"(¶functionTo ¶int)", false, []string{"(x: 1)", "(_: 2)"}},
	{"(¶uniq ¶int)", false, []string{"1"}},
	{`(¶unique { message = "once"; } ¶str)`, false, []string{`"a"`}},
	{"¶deferredModule", true, []string{"{ a = 1; }", "({ lib, ... }: { })"}},
	{"¶bool", false, []string{"true", "false"}},
	{"¶int", false, []string{"1", "2"}},
	{"¶str", false, []string{`"a"`, `"b"`}},
}

func (m *maker) leaf() *randomType {
	l := leafTypes[m.r.IntN(len(leafTypes))]
	return &randomType{text: l.text, merges: l.merges, good: func() string { return m.oneOf(l.values...) }}
}

// typ makes a type of at most some depth.
func (m *maker) typ(depth int) *randomType {
	if depth == 0 || m.chance(2) {
		return m.leaf()
	}
	switch m.r.IntN(12) {
	case 0, 1:
		of := m.typ(depth - 1)
		return &randomType{text: "(¶listOf " + of.text + ")", merges: true, list: true, options: of.options, good: func() string { return m.list(0, of) }}
	case 2, 3, 4:
		of := m.typ(depth - 1)
		return &randomType{text: m.oneOf("(¶attrsOf ", "(¶attrsOf ", "(¶lazyAttrsOf ") + of.text + ")", merges: true, options: of.options, good: func() string {
			return m.oneOf("{ }", "{ "+m.fresh("k")+" = "+of.good()+"; }", "{ "+m.fresh("k")+" = "+of.good()+"; "+m.fresh("k")+" = "+of.good()+"; }",
				"(§genAttrs [ \""+m.fresh("k")+"\" ] (_: "+of.good()+"))")
		}}
	case 5, 6:
		of := m.typ(depth - 1)
		return &randomType{text: "(¶nullOr " + of.text + ")", options: of.options, good: func() string { return m.oneOf("null", of.good(), of.good()) }}
	case 7:
		a, b := m.leaf(), m.leaf()
		return &randomType{text: m.oneOf("(¶either "+a.text+" "+b.text+")", "(¶oneOf [ "+a.text+" "+b.text+" ¶bool ])"), good: a.good}
	case 8:
		of := m.typ(depth - 1)
		return &randomType{text: "(¶nonEmptyListOf " + of.text + ")", merges: true, list: true, options: of.options, good: func() string { return m.list(1, of) }}
	default:
		return m.submodule(depth - 1)
	}
}

func (m *maker) list(least int, of *randomType) string {
	var b strings.Builder
	b.WriteString("[ ")
	for range least + m.r.IntN(3) {
		b.WriteString(of.good() + " ")
	}
	return b.String() + "]"
}

// submodule makes a type of modules, with one to three options, of which some have no default.
func (m *maker) submodule(depth int) *randomType {
	t := &randomType{}
	declared := ""
	for range 1 + m.r.IntN(3) {
		o := &randomOption{path: m.fresh("s"), typ: m.typ(depth)}
		declared += " " + o.path + " = " + m.mkOption(o, "default = "+o.typ.good()+";") + ";"
		t.options = append(t.options, o)
	}
	body, free := "{ options = {"+declared+" }; }", false
	if m.chance(5) {
		body, free = "{ freeformType = "+m.oneOf("¶attrsOf ¶int", "with ¶; attrsOf int", "¶lazyAttrsOf ¶anything")+"; options = {"+declared+" }; }", true
		body = strings.ReplaceAll(body, "with ¶;", "with §types;")
	}
	if m.chance(3) {
		body = m.oneOf("({ name, ... }: "+body+")", "({ config, ... }: "+body+")", "({ config, name, ... }@sub: "+body+")")
	}
	function := true
	switch m.r.IntN(5) {
	case 0:
		t.text = "(¶submoduleWith { modules = [ " + body + " ]; })"
	case 1:
		t.text = "(¶submoduleWith { modules = [ " + body + " ]; shorthandOnlyDefinesConfig = true; })"
	default:
		t.text = "(¶submodule " + body + ")"
	}
	t.good = func() string {
		set := ""
		for _, o := range t.options {
			if m.chance(2) {
				set += " " + o.path + " = " + m.wrapped(o.typ) + ";"
			}
		}
		if free && m.chance(2) {
			set += " " + m.fresh("f") + " = 1;"
		}
		if function && m.chance(5) {
			return "({ config, ... }: {" + set + " })"
		}
		return "{" + set + " }"
	}
	return t
}

// wrapped is a value, perhaps under properties that keep it one.
func (m *maker) wrapped(t *randomType) string {
	v := t.good()
	switch m.r.IntN(12) {
	case 0:
		return "§mkDefault " + v
	case 1:
		return "§mkForce " + v
	case 2:
		return "§mkIf true " + v
	case 3:
		return "§mkMerge [ " + v + " ]"
	}
	return v
}

// mkOption declares an option with a default, or what else is given.
func (m *maker) mkOption(o *randomOption, more string) string {
	for _, extra := range []string{`description = "d";`, "internal = true;", "visible = false;", "example = 1;", `defaultText = "t";`} {
		if m.chance(8) {
			more += " " + extra
		}
	}
	return "§mkOption { type = " + o.typ.text + "; " + more + " }"
}

// wild are values of all kinds, for places that may refuse them.
var wild = []string{
	"true", "false", "1", "2", "0", "70000", `"a"`, `"c"`, `"/p"`, "/q", "null", "[ ]", `[ "a" ]`, "[ 1 ]", "{ }", "{ v = 2; }", `{ v = "w"; }`, "{ k.v = 1; }",
	"1.5", "x: x", "(let n = 1; in n)", `"${toString 1}"`, "{ k = 1; }", "1.0", "2.0", "{ k = §mkDefault 1; l = 2; }", "{ v = §mkForce 1; }", `({ v = "x"; } // { v = 2; })`,
	"[ { } ]", "[ [ ] ]", `"a b"`, `""`, "-1", "[ null ]", "{ a = { }; }", "(_: null)", "(§mkIf true 1)", "(§mkMerge [ ])", `(if true then 1 else "a")`, "(1 + 1)", `[ "a" 1 ]`,
}
