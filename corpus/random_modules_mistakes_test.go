package corpus

import (
	"fmt"
	"strings"
)

// randomMistakes are what people do wrong in modules. Each changes a project, and reports whether it could; whether the project
// fails for it, is Nix's to say.
var randomMistakes = []struct {
	name string
	make func(m *maker, mod *randomModule) bool
}{
	{"name misspelt where it is defined", func(m *maker, mod *randomModule) bool {
		o := m.option()
		return m.put(mod, misspelt(m, o.path), o.typ.good())
	}},
	{"name misspelt where it is read", func(m *maker, mod *randomModule) bool {
		m.tree(mod, "€"+misspelt(m, m.option().path))
		return true
	}},
	{"value of any kind", func(m *maker, mod *randomModule) bool { return m.put(mod, m.option().path, m.oneOf(wild...)) }},
	{"value of any kind", func(m *maker, mod *randomModule) bool { return m.put(mod, m.option().path, m.oneOf(wild...)) }},
	{"value of any kind under properties", func(m *maker, mod *randomModule) bool {
		return m.put(mod, m.option().path, fmt.Sprintf(m.oneOf("§mkForce %s", "§mkIf true %s", "§mkMerge [ %s ]", "§mkForce (§mkIf true %s)", "§mkForce (§mkMerge [ %s ])", "§mkIf true (§mkForce %s)", "§mkDefault (§mkIf true %s)"), m.oneOf(wild...)))
	}},
	{"element of any kind", func(m *maker, mod *randomModule) bool {
		return m.put(mod, m.option().path, fmt.Sprintf(m.oneOf("{ k1 = %s; }", "[ %s ]", "[ (%s) ]", "{ k1.k2 = %s; }", "{ k1 = [ (%s) ]; }"), m.oneOf(wild...)))
	}},
	{"two values", func(m *maker, mod *randomModule) bool {
		o := m.option()
		return m.put(mod, o.path, o.typ.good()) && m.put(m.other(), o.path, o.typ.good())
	}},
	{"two values of a priority", func(m *maker, mod *randomModule) bool {
		o, by := m.option(), m.oneOf("§mkForce ", "§mkDefault ", "§mkOverride 60 ")
		return m.put(mod, o.path, by+o.typ.good()) && m.put(m.other(), o.path, by+o.typ.good())
	}},
	{"two values in a module", func(m *maker, mod *randomModule) bool {
		o := m.option()
		return m.put(mod, o.path, "§mkMerge [ "+o.typ.good()+" "+o.typ.good()+" ]")
	}},
	{"read-only defined again", func(m *maker, mod *randomModule) bool {
		for _, o := range m.options {
			if o.readOnly {
				return m.put(mod, o.path, m.oneOf("", "§mkForce ", "§mkDefault ")+o.typ.good())
			}
		}
		return false
	}},
	{"read-only with default defined", func(m *maker, mod *randomModule) bool {
		o := &randomOption{path: "own." + m.fresh("fixed"), typ: m.typ(1)}
		mod.declares = append(mod.declares, o.path+" = "+m.mkOption(o, "readOnly = true; default = "+o.typ.good()+";")+";")
		return m.put(m.other(), o.path, o.typ.good())
	}},
	{"argument that nothing passes", func(m *maker, mod *randomModule) bool {
		mod.formals = append(mod.formals, "nothing")
		m.tree(mod, m.oneOf("nothing", "nothing.a", "[ nothing ]"))
		return true
	}},
	{"argument that nothing passes in imports", func(m *maker, mod *randomModule) bool {
		mod.formals = append(mod.formals, "nothing")
		mod.imports = append(mod.imports, m.oneOf("nothing.nixosModules.a", "(nothing + \"/a.nix\")", "(if nothing then ./leaf.nix else ./x.nix)"))
		return true
	}},
	{"argument with a default", func(m *maker, mod *randomModule) bool {
		mod.formals = append(mod.formals, "fancy ? 1")
		m.tree(mod, "fancy")
		return true
	}},
	{"special argument that a host lacks", func(m *maker, mod *randomModule) bool {
		if len(m.hosts) == 0 {
			return false
		}
		mod.formals = append(mod.formals, "level")
		delete(m.hosts[m.r.IntN(len(m.hosts))].args, "level")
		if m.chance(2) {
			mod.imports = append(mod.imports, "(if level == 1 then "+mod.to("leaf.nix")+" else "+mod.to("x.nix")+")")
		} else {
			m.tree(mod, "level")
		}
		return true
	}},
	{"no dots", func(m *maker, mod *randomModule) bool { mod.closed = true; return true }},
	{"config in imports", func(m *maker, mod *randomModule) bool {
		leaf := mod.to("leaf.nix")
		switch m.r.IntN(6) {
		case 0:
			mod.how = "%s ++ §optional €own.on " + leaf
		case 1:
			mod.how = "if €own.on then %s else [ ]"
		case 2:
			mod.how = "%s ++ §optionals (€own.a1 == 1) [ " + leaf + " ]"
		case 3:
			mod.imports = append(mod.imports, "(if €own.on then "+leaf+" else "+mod.to("x.nix")+")")
		case 4:
			mod.imports = append(mod.imports, "(./. + \"/${toString €own.a1}.nix\")")
		default:
			mod.how = "map (n: " + leaf + ") (§attrNames €own) ++ %s"
		}
		return true
	}},
	{"mkIf in imports", func(m *maker, mod *randomModule) bool {
		if m.chance(2) {
			mod.imports = append(mod.imports, "(§mkIf true "+mod.to("leaf.nix")+")")
		} else {
			mod.how = "§mkIf true %s"
		}
		return true
	}},
	{"imports under config", func(m *maker, mod *randomModule) bool { return m.put(mod, "imports", "[ "+mod.to("leaf.nix")+" ]") }},
	{"pkgs in imports", func(m *maker, mod *randomModule) bool {
		mod.formals = append(mod.formals, "pkgs")
		mod.how = m.oneOf("pkgs.lib.optionals true %s", "if pkgs.stdenv.isLinux then %s else [ ]", "with pkgs.lib; optionals true %s", "%s ++ pkgs.lib.optional false ./leaf.nix")
		return true
	}},
	{"_module.args in imports", func(m *maker, mod *randomModule) bool {
		mod.formals = append(mod.formals, "extra")
		mod.imports = append(mod.imports, "extra.module")
		return m.put(m.other(), "_module.args.extra", "{ module = { }; }")
	}},
	{"if around config", func(m *maker, mod *randomModule) bool {
		mod.guard = m.oneOf("if €own.on then %s else { }", "§optionalAttrs €own.on (%s)", "§optionalAttrs (€own.a1 == 1) (%s)", "if €own.a1 > 0 then %s else { }", "§mkMerge (§optional €own.on (%s))", "§mkMerge ([ (%s) ] ++ §optionals €own.on [ { } ])")
		return true
	}},
	{"update of properties", func(m *maker, mod *randomModule) bool {
		mod.after = m.oneOf(" // { own.a1 = 2; }", " // §mkIf true { own.a1 = 2; }", " // §mkIf €own.on { own.a1 = 2; }", " // §optionalAttrs €own.on { own.a1 = 2; }")
		return true
	}},
	{"mkIf as a value", func(m *maker, mod *randomModule) bool {
		m.tree(mod, m.oneOf("[ 1 ] ++ §mkIf true [ 2 ]", `"a" + §mkIf true "b"`, `"${§mkIf true "a"}"`, "if §mkIf true true then 1 else 2", "1 + §mkDefault 1", "§toJSON (§mkIf true 1)", "[ (§mkIf true 1) ]", "map (x: x) (§mkIf true [ ])"))
		return true
	}},
	{"option defined by itself", func(m *maker, mod *randomModule) bool {
		o := m.option()
		return m.put(mod, o.path, fmt.Sprintf(m.oneOf("€%s", "€%s ++ [ ]", "€%s + 1", `"${€%s}"`, "§mkForce €%s", "(let v = €%s; in v)", "§mkIf (€%s == 1) 2", "§optional €%s 1"), o.path))
	}},
	{"flag that is off by itself", func(m *maker, mod *randomModule) bool {
		return m.put(mod, "own.on", m.oneOf("§mkIf €own.on false", "§mkIf (!€own.on) true", "!€own.on", "§mkIf (€own.a1 == 1) true"))
	}},
	{"guard that reads what it guards", func(m *maker, mod *randomModule) bool {
		o := m.option()
		if o.typ.text != "¶bool" {
			return false
		}
		mod.guard = "§mkIf €" + o.path + " (%s)"
		return m.put(mod, o.path, "true")
	}},
	{"two that define each other", func(m *maker, mod *randomModule) bool {
		a := m.option()
		b := m.readable(a.typ, len(m.options))
		return b != nil && b != a && m.put(mod, a.path, "€"+b.path) && m.put(m.other(), b.path, "€"+a.path)
	}},
	{"default by itself", func(m *maker, mod *randomModule) bool {
		o := &randomOption{path: "own." + m.fresh("self"), typ: m.leaf()}
		mod.declares = append(mod.declares, o.path+" = "+m.mkOption(o, "default = €"+o.path+";")+";")
		return true
	}},
	{"stray attribute beside options", func(m *maker, mod *randomModule) bool {
		mod.declares = append(mod.declares, "own."+m.fresh("d")+" = §mkEnableOption \"d\";")
		mod.top = append(mod.top, m.oneOf("own.a1 = 2;", "enable = true;", "tree.a = 1;", "services = { };", "description = \"d\";", "_module.args.q = 1;"))
		return true
	}},
	{"argument of mkOption misspelt", func(m *maker, mod *randomModule) bool {
		mod.declares = append(mod.declares, "own."+m.fresh("d")+" = §mkOption { "+m.oneOf("tpye = ¶int; default = 1;", "type = ¶int; defualt = 1;", "types = ¶int; default = 1;", "type = ¶int; default = 1; desc = \"d\";", "type = ¶int; deafult = 1; default = 2;")+" };")
		return true
	}},
	{"no type", func(m *maker, mod *randomModule) bool {
		mod.declares = append(mod.declares, "own."+m.fresh("d")+" = §mkOption { default = 1; type = "+m.oneOf(`"int"`, "¶listOf", "§types", "{ }", "¶enum", "§mkOption", "¶listof ¶int", "¶integer", "¶string", "(¶listOf int)", "(¶listOf \"int\")", "(¶nullOr)", "(¶either ¶int)", "¶boolean", "¶strings")+"; };")
		return true
	}},
	{"default of any kind", func(m *maker, mod *randomModule) bool {
		o := &randomOption{path: "own." + m.fresh("d"), typ: m.typ(2)}
		mod.declares = append(mod.declares, o.path+" = "+m.mkOption(o, "default = "+m.oneOf(wild...)+";")+";")
		return true
	}},
	{"declared twice", func(m *maker, mod *randomModule) bool {
		o := m.option()
		if o.in == mod {
			return false
		}
		mod.declares = append(mod.declares, o.path+" = §mkOption { type = "+o.typ.text+"; "+m.oneOf("", "default = "+o.typ.good()+"; ", "description = \"d\"; ")+"};")
		return true
	}},
	{"declared below another", func(m *maker, mod *randomModule) bool {
		o := m.option()
		if o.in == mod {
			return false
		}
		mod.declares = append(mod.declares, o.path+".below = §mkEnableOption \"it\";")
		return true
	}},
	{"file that is not there", func(m *maker, mod *randomModule) bool {
		mod.imports = append(mod.imports, m.oneOf("./gone.nix", "(import ./gone.nix)", "./folder", "../gone.nix"))
		return true
	}},
	{"imports of another kind", func(m *maker, mod *randomModule) bool {
		switch m.r.IntN(3) {
		case 0:
			mod.imports = append(mod.imports, m.oneOf("1", `"leaf.nix"`, "null", "[ { } ]", "true", `"./leaf.nix"`, "(import "+mod.to("leaf.nix")+" { })", "(§optional true "+mod.to("leaf.nix")+")", "import "+mod.to("leaf.nix")))
		case 1:
			mod.how = m.oneOf("{ modules = %s; }", "[ %s ]", "toString %s", "§head (%s ++ [ { } ])", "%s ++ "+mod.to("leaf.nix"))
		default:
			mod.top = append(mod.top, "disabledModules = "+m.oneOf("./leaf.nix", "[ 1 ]", "[ ./leaf.nix ]", "[ { } ]")+";")
		}
		return true
	}},
	{"removed option", func(m *maker, mod *randomModule) bool {
		mod.imports = append(mod.imports, `(§mkRemovedOptionModule [ "own" "gone" ] "Use another.")`)
		if m.chance(2) {
			m.tree(m.other(), "€own.gone")
			return true
		}
		return m.put(m.other(), "own.gone", "1")
	}},
	{"argument of a property", func(m *maker, mod *randomModule) bool {
		o := m.option()
		return m.put(mod, o.path, fmt.Sprintf(m.oneOf(`§mkOverride "50" %s`, "§mkOverride 50", "§mkIf true", "§mkDefault", `§mkIf "true" %s`, "§mkIf null %s", "§mkMerge %s", "§mkMerge { a = %s; }", "§mkOrder %s", "§mkForce true %s", "§mkDefault 1 %s", "§mkIf true %s 1", "[ §mkDefault %s ]"), o.typ.good()))
	}},
	{"argument of a property of config", func(m *maker, mod *randomModule) bool {
		mod.guard = m.oneOf(`§mkIf "true" (%s)`, "§mkMerge (%s)", "§mkIf true [ (%s) ]", "§mkForce (%s)", "[ (%s) ]", "§mkIf €own.on && true (%s)", "§mkIf (%s)", "§mkDefault (%s)", "§mkMerge [ [ (%s) ] ]", "§mkMerge [ (%s) 1 ]", "§mkBefore (%s)", "§mkIf €own.on §mkMerge [ (%s) ]")
		return true
	}},
	{"name misspelt in a submodule", func(m *maker, mod *randomModule) bool {
		o := m.option()
		if len(o.typ.options) == 0 {
			return false
		}
		in := o.typ.options[m.r.IntN(len(o.typ.options))]
		set := "{ " + misspelt(m, in.path) + " = " + in.typ.good() + "; }"
		return m.put(mod, o.path, aroundOption(o.typ.text, set))
	}},
	{"value of any kind in a submodule", func(m *maker, mod *randomModule) bool {
		o := m.option()
		if len(o.typ.options) == 0 {
			return false
		}
		in := o.typ.options[m.r.IntN(len(o.typ.options))]
		return m.put(mod, o.path, aroundOption(o.typ.text, "{ "+in.path+" = "+m.oneOf(wild...)+"; }"))
	}},
	{"option without a value", func(m *maker, mod *randomModule) bool {
		o := &randomOption{path: "own." + m.fresh("none"), typ: m.typ(1)}
		mod.declares = append(mod.declares, o.path+" = "+m.mkOption(o, "")+";")
		m.tree(m.other(), "€"+o.path)
		return true
	}},
	{"submodule without a value", func(m *maker, mod *randomModule) bool {
		path := "own." + m.fresh("sites")
		mod.declares = append(mod.declares, path+" = §mkOption { default = { }; type = ¶attrsOf (¶submodule { options.port = §mkOption { type = ¶port; }; options.host = §mkOption { type = ¶str; default = \"h\"; }; }); };")
		return m.put(m.other(), path+".a", m.oneOf("{ }", `{ host = "b"; }`, "{ port = 80; }", `§mkMerge [ { host = "b"; } { port = 80; } ]`, `§mkIf true { host = "b"; }`))
	}},
	{"variable that is not there", func(m *maker, mod *randomModule) bool {
		m.tree(mod, m.oneOf("nobody", "[ nobody ]", "nobody.a", "if true then nobody else 1"))
		return true
	}},
	{"function that lib has not", func(m *maker, mod *randomModule) bool {
		m.tree(mod, m.oneOf("lib.mkIff true 1", "lib.optionl true 1", "lib.type.int", "lib.strings.nope", "lib.mkOptionDefaul 1"))
		return true
	}},
	{"wrong use of a function", func(m *maker, mod *randomModule) bool {
		m.tree(mod, m.oneOf(`1 + "a"`, `"a" + 1`, "[ 1 ] + [ 2 ]", "{ } ++ [ ]", "1 2", "§optional 1 2", `§concatStringsSep [ "a" ] ","`, "€own.a1.foo", "€own.a1 ++ [ 1 ]", "map 1 [ 2 ]", `toString { }`, "§head [ ]", "{ a = 1; }.b", "(x: x.y) 1", "({ a }: a) { }", "({ a }: a) { a = 1; b = 2; }", "throw \"no\"", "assert false; 1", "let x = x; in x", "rec { a = b; b = a; }.a", "if 1 then 2 else 3", "!1", "§elemAt [ 1 ] 3", `"${1}"`, "import ./gone.nix", "abort \"no\"", "builtins.fromJSON \"{\"", "1 / 0", "[ 1 ] < 2"))
		return true
	}},
	{"names that depend on the value", func(m *maker, mod *randomModule) bool {
		switch m.r.IntN(4) {
		case 0:
			m.tree(mod, "§genAttrs €own.nothings (n: 1)")
		case 1:
			return m.put(mod, "own.${toString €own.a1}", "1")
		case 2:
			return m.put(mod, "own", "§mapAttrs (n: v: v) { ${if €own.on then \"a1\" else \"b\"} = 1; }")
		default:
			mod.guard = "§mapAttrs (n: v: v) (§filterAttrs (n: v: €own.on) (%s))"
		}
		return true
	}},
	{"options that depend on config", func(m *maker, mod *randomModule) bool {
		mod.declares = append(mod.declares, m.oneOf("own.${toString €own.a1} = §mkEnableOption \"it\";", "own.dep = if €own.on then §mkEnableOption \"it\" else §mkEnableOption \"no\";", "own.dep = §mkOption { type = ¶int; default = if €own.on then 1 else 2; };", "own.dep = §optionalAttrs €own.on { a = §mkEnableOption \"it\"; };"))
		return true
	}},
	{"call of a file", func(m *maker, mod *randomModule) bool {
		m.files["call.nix"] = "{ name, level ? 1 }: { lib, ... }: { tree.${name} = level; }\n"
		mod.imports = append(mod.imports, fmt.Sprintf(m.oneOf("(import %s { })", "(import %s { nmae = \"a\"; })", "%s", "(import %s { name = 1; })", "(import %s { name = \"a\"; levl = 2; })", "(import %s \"a\")", "(import %s)", "import %s { name = \"a\"; }"), mod.to("call.nix")))
		return true
	}},
	{"module imported with arguments", func(m *maker, mod *randomModule) bool {
		mod.imports = append(mod.imports, fmt.Sprintf(m.oneOf("(import %s { inherit config lib; })", "(import %s { inherit lib; })", "(import %s { })"), mod.to(m.other().file)))
		return true
	}},
	{"cycle of imports", func(m *maker, mod *randomModule) bool {
		mod.imports = append(mod.imports, m.oneOf("%s", "(import %s)"))
		last := len(mod.imports) - 1
		mod.imports[last] = fmt.Sprintf(mod.imports[last], mod.to("m0.nix"))
		return true
	}},
	{"module that is disabled", func(m *maker, mod *randomModule) bool {
		file := m.fresh("part") + ".nix"
		m.files[file] = "{ lib, ... }: { options.own.part = lib.mkEnableOption \"it\"; }\n"
		mod.imports = append(mod.imports, mod.to(file))
		by := m.other()
		by.top = append(by.top, "disabledModules = [ "+by.to(file)+" ];")
		return m.put(m.other(), "own.part", "true")
	}},
	{"value of a free option", func(m *maker, mod *randomModule) bool {
		path := "own." + m.fresh("free")
		mod.declares = append(mod.declares, path+" = §mkOption { default = { }; type = ¶submodule { freeformType = "+m.oneOf("¶attrsOf ¶int", "¶attrsOf ¶str", "¶lazyAttrsOf ¶bool")+"; options.v = §mkOption { type = ¶int; default = 1; }; }; };")
		return m.put(m.other(), path+m.oneOf(".a", ".v", ".v", ""), m.oneOf(wild...))
	}},
	{"option taken for a set", func(m *maker, mod *randomModule) bool {
		return m.put(mod, m.option().path+".sub", "1")
	}},
	{"set taken for an option", func(m *maker, mod *randomModule) bool {
		o := m.option()
		set := o.path[:strings.LastIndexByte(o.path, '.')]
		return m.put(mod, set, m.oneOf("1", "true", "[ ]", "null", `"a"`, "§mkForce { }", "§mkDefault { own = 1; }", "§mkForce 1"))
	}},
	{"apply that fails", func(m *maker, mod *randomModule) bool {
		mod.declares = append(mod.declares, "own."+m.fresh("d")+" = §mkOption { type = "+m.oneOf("¶int", "¶str", "¶bool")+"; default = "+m.oneOf("1", `"a"`, "true")+"; apply = "+m.oneOf("x: x.foo", "x: x + 1", "x: x ++ [ 1 ]", `x: "${x}"`, "x: !x", "toString", "1")+"; };")
		return true
	}},
	{"host without a module", func(m *maker, mod *randomModule) bool {
		if len(m.hosts) < 2 || m.lacks {
			return false
		}
		h := m.hosts[m.r.IntN(len(m.hosts))]
		h.modules, m.lacks = h.modules[1:], true // the others have it
		return true
	}},
	{"special argument of another kind", func(m *maker, mod *randomModule) bool {
		if len(m.hosts) == 0 {
			return false
		}
		mod.formals = append(mod.formals, "level", "on", "names")
		m.hosts[m.r.IntN(len(m.hosts))].args[m.oneOf("level", "on", "names")] = m.oneOf(`"a"`, "null", "{ }", "[ ]", "1")
		m.tree(mod, m.oneOf("level + 1", "names ++ [ ]", "if on then 1 else 2", "level.a", "names.b"))
		return true
	}},
}

func (m *maker) option() *randomOption { return m.options[m.r.IntN(len(m.options))] }
func (m *maker) other() *randomModule  { return m.modules[m.r.IntN(len(m.modules))] }

// put has a module define an option, if it does not yet.
func (m *maker) put(mod *randomModule, path, value string) bool {
	for _, d := range mod.defs {
		if d.path == path || strings.HasPrefix(d.path, path+".") || strings.HasPrefix(path, d.path+".") {
			return false
		}
	}
	mod.defs = append(mod.defs, randomDef{path, value, 0})
	return true
}

// misspelt changes the last name of a path.
func misspelt(m *maker, path string) string {
	i := strings.LastIndexByte(path, '.') + 1
	name := path[i:]
	switch m.r.IntN(3) {
	case 0:
		return path + "x"
	case 1:
		if len(name) > 2 {
			return path[:i] + name[:1] + name[2:]
		}
	}
	return path[:i] + "z" + name
}

// aroundOption puts the value of a submodule where the type has it.
func aroundOption(typ, set string) string {
	kind, of, _ := strings.Cut(strings.TrimPrefix(typ, "(¶"), " ")
	switch kind {
	case "attrsOf", "lazyAttrsOf":
		return "{ k0 = " + aroundOption(of, set) + "; }"
	case "listOf", "nonEmptyListOf":
		return "[ " + aroundOption(of, set) + " ]"
	case "nullOr":
		return aroundOption(of, set)
	}
	return set
}
