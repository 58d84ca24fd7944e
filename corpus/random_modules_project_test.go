package corpus

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// maker makes a project that evaluates, and puts mistakes into it.
type maker struct {
	r       *rand.Rand
	serial  int
	options []*randomOption
	modules []*randomModule
	hosts   []*randomHost
	files   map[string]string
	// mistakes are the kinds of those that were put in.
	mistakes []string
	lacks    bool // a host was left without its modules
}

// randomModule is a file, or what stands in a list of modules.
type randomModule struct {
	file     string
	closed   bool
	style    int
	formals  []string
	lets     []string
	imports  []string
	how      string // what stands around the list of imports
	declares []string
	defs     []randomDef
	top      []string
	// guard stands before the set that is all of config, after behind it.
	guard, after string
}

type randomDef struct {
	path, value string
	index       int // of the option: conditions read only those before it
}

type randomHost struct {
	name    string
	args    map[string]string
	modules []string
	own     *randomModule
}

// randomProject returns the files of a project, and the mistakes that were made. Where there is a flake.nix, it has the hosts; else
// m0.nix is the first module.
func randomProject(r *rand.Rand) (files map[string]string, mistakes []string) {
	m := &maker{r: r, files: map[string]string{"leaf.nix": "{ }\n", "x.nix": "{ lib, ... }: { }\n"}}
	flake := m.chance(2)
	for i := range 1 + r.IntN(4) {
		file := fmt.Sprintf("m%d.nix", i)
		if i > 0 && m.chance(4) {
			file = fmt.Sprintf("m%d/default.nix", i)
		}
		m.module(file)
	}
	if flake {
		for _, name := range []string{"ada", "bob", "cy"}[:1+r.IntN(3)] {
			h := &randomHost{name: name, args: map[string]string{"level": "3", "on": "true", "names": `[ "a" ]`}}
			h.own = m.module("hosts/" + name + ".nix")
			h.modules = []string{"./m0.nix", "./" + h.own.file}
			m.hosts = append(m.hosts, h)
		}
	}
	m.declareAll()
	m.defineAll()
	for range []int{0, 1, 1, 1, 1, 2}[r.IntN(6)] {
		for range 20 {
			kind := randomMistakes[r.IntN(len(randomMistakes))]
			if mod := m.modules[r.IntN(len(m.modules))]; kind.make(m, mod) {
				m.mistakes = append(m.mistakes, kind.name)
				break
			}
		}
	}
	for _, mod := range m.modules {
		m.files[mod.file] = m.render(mod) + "\n"
	}
	if flake {
		m.files["flake.nix"] = m.flake()
	}
	return m.files, m.mistakes
}

func (m *maker) module(file string) *randomModule {
	mod := &randomModule{file: file, style: m.r.IntN(6), how: "%s"}
	m.modules = append(m.modules, mod)
	return mod
}

// shared returns the modules that all hosts have.
func (m *maker) shared() []*randomModule { return m.modules[:len(m.modules)-len(m.hosts)] }

// to is the path of a file as one beside mod's file writes it.
func (mod *randomModule) to(file string) string {
	file = strings.TrimSuffix(file, "/default.nix")
	if strings.Contains(mod.file, "/") {
		return "../" + file
	}
	return "./" + file
}

func (m *maker) declareAll() {
	shared := m.shared()
	for i, mod := range shared {
		if i > 0 {
			by := shared[m.r.IntN(i)]
			form := m.oneOf("%s", "%s", "%s", "(import %s)")
			by.imports = append(by.imports, fmt.Sprintf(form, by.to(mod.file)))
			if m.chance(8) {
				by = shared[m.r.IntN(i)]
				by.imports = append(by.imports, by.to(mod.file))
			}
		}
	}
	m.declare(shared[0], &randomOption{path: "own.a1", typ: &randomType{text: "¶int", good: func() string { return "1" }}})
	m.declare(shared[0], &randomOption{path: "own.on", typ: &randomType{text: "¶bool", good: func() string { return "true" }}, bool: true})
	for _, mod := range shared {
		for range m.r.IntN(4) {
			m.declareOne(mod)
		}
		m.extras(mod)
	}
}

// declare declares an option with a default.
func (m *maker) declare(mod *randomModule, o *randomOption) {
	more := ""
	switch m.r.IntN(20) {
	case 0:
		more = "apply = x: x;"
	case 1:
		more, o.unreadable = "apply = toString;", true
		if o.typ.text != "¶int" && o.typ.text != "¶str" {
			more, o.unreadable = "", false
		}
	}
	value := o.typ.good()
	if from := m.readable(o.typ, len(m.options)); from != nil && m.chance(5) {
		value = "€" + from.path
	}
	if o.typ.text == "¶bool" && m.chance(2) {
		mod.declares = append(mod.declares, o.path+" = §mkEnableOption \"it\""+m.oneOf("", " // { default = true; }")+";")
	} else {
		mod.declares = append(mod.declares, o.path+" = "+m.mkOption(o, "default = "+value+"; "+more)+";")
	}
	m.add(mod, o)
}

func (m *maker) add(mod *randomModule, o *randomOption) {
	o.index, o.in = len(m.options), mod
	m.options = append(m.options, o)
}

func (m *maker) declareOne(mod *randomModule) {
	t := m.typ(2)
	o := &randomOption{path: "own." + m.oneOf("", "", "set.", "web.site.") + m.fresh(m.oneOf("port", "level", "name", "list")), typ: t, bool: t.text == "¶bool"}
	switch m.r.IntN(14) {
	case 0: // without a default, but defined
		mod.declares = append(mod.declares, o.path+" = "+m.mkOption(o, "")+";")
		m.add(mod, o)
		where := m.shared()[m.r.IntN(len(m.shared()))]
		where.defs, o.plain = append(where.defs, randomDef{o.path, t.good(), o.index}), true
	case 1:
		mod.declares = append(mod.declares, o.path+" = "+m.mkOption(o, "readOnly = true;")+";")
		m.add(mod, o)
		mod.defs, o.plain, o.readOnly = append(mod.defs, randomDef{o.path, t.good(), o.index}), true, true
	case 2:
		if m.files["helpers.nix"] == "" {
			m.files["helpers.nix"] = "{ lib }: { mkInt = default: lib.mkOption { type = lib.types.int; inherit default; }; mkFlag = text: lib.mkEnableOption text; }\n"
		}
		mod.lets = append(mod.lets, "helpers"+m.fresh("")+" = import "+mod.to("helpers.nix")+" { inherit lib; };")
		mod.declares = append(mod.declares, o.path+" = helpers"+fmt.Sprint(m.serial)+".mkInt 3;")
		o.typ, o.bool = &randomType{text: "¶int", good: func() string { return m.oneOf("4", "5") }}, false
		m.add(mod, o)
	case 3:
		m.files["gen.nix"] = "{ name, level ? 1 }:\n{ lib, config, ... }:\n{\n  options.own.${name} = {\n    level = lib.mkOption { type = lib.types.int; default = level; };\n    on = lib.mkEnableOption name;\n  };\n}\n"
		name := m.fresh("gen")
		mod.imports = append(mod.imports, "(import "+mod.to("gen.nix")+" { name = \""+name+"\"; "+m.oneOf("", "level = 2; ")+"})")
		o.path, o.typ, o.bool = "own."+name+".level", &randomType{text: "¶int", good: func() string { return m.oneOf("4", "5") }}, false
		m.add(mod, o)
	case 4:
		m.declare(mod, o)
		old := &randomOption{path: "own." + m.fresh("old"), typ: t, plain: true, unreadable: true}
		list := func(path string) string { return `[ "` + strings.ReplaceAll(path, ".", `" "`) + `" ]` }
		mod.imports = append(mod.imports, "(§"+m.oneOf("mkRenamedOptionModule", "mkAliasOptionModule", "mkRenamedOptionModule")+" "+list(old.path)+" "+list(o.path)+")")
		if m.chance(3) {
			where := m.shared()[m.r.IntN(len(m.shared()))]
			where.defs, o.plain = append(where.defs, randomDef{old.path, t.good(), o.index}), true
		}
	default:
		m.declare(mod, o)
	}
}

// extras are parts of modules that change nothing of what else they do.
func (m *maker) extras(mod *randomModule) {
	switch m.r.IntN(16) {
	case 0:
		mod.defs = append(mod.defs, randomDef{"_module.args.tools", "{ n = 2; }", 0})
		user := m.modules[m.r.IntN(len(m.modules))]
		user.formals = append(user.formals, "tools")
		m.tree(user, "tools.n")
	case 1:
		if len(m.hosts) > 0 {
			mod.formals = append(mod.formals, "level", "names")
			m.tree(mod, m.oneOf("level + 1", "names ++ [ 1 ]"))
		}
	case 2:
		if len(m.hosts) > 0 {
			mod.formals = append(mod.formals, "on")
			mod.imports = append(mod.imports, m.oneOf("(if on then ", "(if !on then ")+mod.to("leaf.nix")+" else "+mod.to("x.nix")+")")
		}
	case 3:
		mod.formals = append(mod.formals, "pkgs")
		m.tree(mod, m.oneOf("pkgs.hello", "pkgs.lib.optional true 1", "[ pkgs.hello ]"))
	case 4:
		off := m.fresh("off") + ".nix"
		m.files[off] = "{ tree." + m.fresh("o") + " = 1; own.nowhere = 2; }\n"
		mod.imports = append(mod.imports, mod.to(off))
		by := m.shared()[m.r.IntN(len(m.shared()))]
		by.top = append(by.top, "disabledModules = [ "+by.to(off)+" ];")
	case 5:
		mod.imports = append(mod.imports, "{ tree."+m.fresh("i")+" = 1; }", "({ lib, config, ... }: { tree."+m.fresh("i")+" = lib.mkDefault config.own.a1; })")
	case 6:
		mod.formals = append(mod.formals, "options")
		m.tree(mod, m.oneOf("options.own.a1.default", "options.own ? nothing", "if options ? own.a1 then 1 else 2"))
	case 7:
		mod.defs = append(mod.defs, randomDef{m.oneOf("networking.hostName", "time.timeZone"), `§mkOverride ` + fmt.Sprint(200+len(mod.defs)+m.r.IntN(500)) + ` "x"`, 0})
	case 8:
		mod.defs = append(mod.defs, randomDef{"environment.systemPackages", "[ 1 ]", 0}, randomDef{"environment.etc." + m.fresh("e") + ".text", `"a"`, 0})
	case 9:
		if len(mod.top) == 0 && m.chance(4) {
			mod.top = append(mod.top, "freeformType = §types.attrsOf §types.anything;")
		}
	}
}

// tree has a module define an option that takes everything.
func (m *maker) tree(mod *randomModule, value string) {
	mod.defs = append(mod.defs, randomDef{"tree." + m.fresh("t"), value, len(m.options)})
}

// readable returns an option of a type among the first ones, or nil.
func (m *maker) readable(t *randomType, before int) *randomOption {
	var of []*randomOption
	for _, o := range m.options[:before] {
		if o.typ.text == t.text && !o.unreadable {
			of = append(of, o)
		}
	}
	if len(of) == 0 {
		return nil
	}
	return of[m.r.IntN(len(of))]
}

// condition reads only options among the first ones.
func (m *maker) condition(before int) string {
	b := m.readable(&randomType{text: "¶bool"}, min(before, len(m.options)))
	if b == nil || m.chance(3) {
		return m.oneOf("true", "false", "(1 < 2)", `(§versionAtLeast §version "23.05")`, "(§elem 1 [ 1 ])")
	}
	return m.oneOf("€"+b.path, "(!€"+b.path+")", "(€"+b.path+" && true)", "(€"+b.path+" || false)", "(€"+b.path+" == true)")
}

func (m *maker) defineAll() {
	shared := m.shared()
	for _, mod := range shared {
		for range m.r.IntN(4) {
			m.define(mod, nil)
		}
		if m.chance(3) {
			m.tree(mod, "€"+m.options[m.r.IntN(len(m.options))].path)
		}
	}
	for _, h := range m.hosts {
		plain := map[*randomOption]bool{}
		for range m.r.IntN(4) {
			m.define(h.own, plain)
		}
		if m.chance(3) {
			h.modules = append(h.modules, m.oneOf("{ tree.h = 1; }", "({ lib, ... }: { tree.h = lib.mkDefault [ 1 ]; })", "{ imports = [ ./leaf.nix ]; }", "./m0.nix"))
		}
	}
}

// define defines an option anywhere in a module, so that it does not conflict with what else defines it.
func (m *maker) define(mod *randomModule, plain map[*randomOption]bool) {
	o := m.options[m.r.IntN(len(m.options))]
	if o.readOnly || slices.ContainsFunc(mod.defs, func(d randomDef) bool { return d.path == o.path }) {
		return
	}
	value := o.typ.good()
	if from := m.readable(o.typ, o.index); from != nil && m.chance(4) {
		value = "€" + from.path
	}
	switch m.r.IntN(10) {
	case 0:
		value = "(let v" + m.fresh("") + " = " + value + "; in v" + fmt.Sprint(m.serial) + ")"
	case 1:
		value = "(if " + m.condition(o.index) + " then " + value + " else " + o.typ.good() + ")"
	case 2:
		value = "((x: x) " + value + ")"
	}
	taken := o.plain || plain[o]
	switch {
	case o.typ.merges || !taken:
		switch m.r.IntN(12) {
		case 0:
			value = "§mkIf " + m.condition(o.index) + " " + value
		case 1:
			value = "§mkMerge [ " + value + " ]"
		case 2:
			value = "§mkMerge [ (§mkIf " + m.condition(o.index) + " " + value + ") ]"
		case 3:
			if o.typ.list {
				value = m.oneOf("§mkBefore ", "§mkAfter ", "§mkOrder 700 ") + value
			}
		}
		if plain != nil {
			plain[o] = true
		} else {
			o.plain = true
		}
	default:
		value = fmt.Sprintf("§mkOverride %d %s", 101+m.fresh1(), value)
	}
	mod.defs = append(mod.defs, randomDef{o.path, value, o.index})
}

func (m *maker) fresh1() int { m.serial++; return m.serial }

// config is the text of all that a module defines.
func (m *maker) config(mod *randomModule) (text string, plain bool) {
	groups := make([][]randomDef, 1+m.r.IntN(2))
	for _, d := range mod.defs {
		i := m.r.IntN(len(groups))
		groups[i] = append(groups[i], d)
	}
	var sets []string
	plain = true
	for _, g := range groups {
		if len(g) == 0 {
			continue
		}
		before := slices.MinFunc(g, func(a, b randomDef) int { return cmp.Compare(a.index, b.index) }).index
		var b strings.Builder
		b.WriteString("{")
		for _, d := range g {
			b.WriteString("\n    " + m.spelled(d, len(g) == 1, before))
		}
		set := b.String() + "\n  }"
		sure := !slices.ContainsFunc(g, func(d randomDef) bool { return d.path == "_module.args.tools" || m.required(d.path) })
		switch m.r.IntN(12) {
		case 0, 1:
			if sure {
				set, plain = "(§mkIf "+m.condition(before)+" "+set+")", false
			}
		case 2:
			set, plain = "(§mkMerge [ "+set+" ])", false
		case 3:
			set, plain = "(§optionalAttrs true "+set+")", false
		case 4:
			set, plain = "(if true then "+set+" else { })", false
		}
		sets = append(sets, set)
	}
	switch {
	case len(sets) == 0:
		return "{ }", true
	case len(sets) == 1:
		return sets[0], plain
	}
	return "§mkMerge [\n  " + strings.Join(sets, "\n  ") + "\n  ]", false
}

// required reports whether an option has no value without its definition.
func (m *maker) required(path string) bool {
	for _, o := range m.options {
		if o.path == path {
			return o.plain
		}
	}
	return false
}

func (m *maker) spelled(d randomDef, alone bool, before int) string {
	first, rest, more := strings.Cut(d.path, ".")
	if !more {
		return d.path + " = " + d.value + ";"
	}
	switch m.r.IntN(6) {
	case 0:
		return first + " = { " + rest + " = " + d.value + "; };"
	case 1:
		if alone && d.path != "_module.args.tools" && !m.required(d.path) {
			return first + " = §mkIf " + m.condition(before) + " { " + rest + " = " + d.value + "; };"
		}
	case 2:
		if alone {
			return first + " = §mkMerge [ { " + rest + " = " + d.value + "; } ];"
		}
	}
	return d.path + " = " + d.value + ";"
}

// render writes a module.
func (m *maker) render(mod *randomModule) string {
	config, plain := m.config(mod)
	config += mod.after
	if mod.guard != "" {
		config = fmt.Sprintf(mod.guard, config)
	}
	var parts []string
	imports := "[ " + strings.Join(mod.imports, " ") + " ]"
	if len(mod.imports) > 0 || mod.how != "%s" || m.chance(4) {
		parts = append(parts, "imports = "+fmt.Sprintf(mod.how, imports)+";")
	}
	parts = append(parts, mod.top...)
	switch {
	case len(mod.declares) == 0 && plain && mod.guard == "" && mod.after == "" && m.chance(2):
		parts = append(parts, strings.TrimSuffix(strings.TrimPrefix(config, "{"), "}"))
	default:
		if len(mod.declares) > 0 {
			if m.chance(3) {
				for _, d := range mod.declares {
					parts = append(parts, "options."+d)
				}
			} else {
				parts = append(parts, "options = {\n    "+strings.Join(mod.declares, "\n    ")+"\n  };")
			}
		}
		if len(mod.defs) > 0 || mod.guard != "" || mod.after != "" {
			parts = append(parts, "config = "+config+";")
		}
	}
	body := "{\n  " + strings.Join(parts, "\n  ") + "\n}"
	lets := mod.lets
	read := "config."
	var with string
	lib, types := "lib.", "lib.types."
	switch mod.style {
	case 0:
		with, lib, types = "with lib;\n", "", "types."
	case 1:
		with, lib, types = "with lib; with types;\n", "", ""
	case 2:
		lets = append([]string{"inherit (lib) mkOption mkIf mkMerge types;"}, lets...)
		types = "types."
	}
	if strings.Contains(body, "€own.") && m.chance(2) {
		lets = append(lets, "cfg = config.own;")
		body = strings.ReplaceAll(body, "€own.", "cfg.")
	}
	if len(lets) > 0 {
		with += "let\n  " + strings.Join(lets, "\n  ") + "\nin\n"
	}
	slices.Sort(mod.formals)
	formals := append([]string{"config", "lib"}, slices.Compact(mod.formals)...)
	if !mod.closed {
		formals = append(formals, "...")
	}
	head := "{ " + strings.Join(formals, ", ") + " }"
	if m.chance(8) {
		head += "@args"
	}
	if !mod.closed && len(mod.formals) == 0 && m.chance(12) {
		head, with = "args", "let inherit (args) config lib; in\n"+with
	}
	text := head + ":\n" + with + body
	return strings.NewReplacer("§", lib, "¶", types, "€", read).Replace(text)
}

func (m *maker) flake() string {
	var b strings.Builder
	b.WriteString("{\n  inputs.nixpkgs.url = \"github:NixOS/nixpkgs\";\n  outputs = { self, nixpkgs }: {\n")
	for _, h := range m.hosts {
		args := ""
		for _, name := range []string{"level", "on", "names"} {
			if v, ok := h.args[name]; ok {
				args += " " + name + " = " + v + ";"
			}
		}
		fmt.Fprintf(&b, "    nixosConfigurations.%s = nixpkgs.lib.nixosSystem {\n      specialArgs = {%s };\n      modules = [ %s ];\n    };\n", h.name, args, strings.Join(h.modules, " "))
	}
	return strings.ReplaceAll(b.String()+"  };\n}\n", "/default.nix", "")
}
