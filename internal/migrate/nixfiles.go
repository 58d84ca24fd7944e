package migrate

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// nixModules are the options of treefmt-nix and git-hooks.nix that the Nix files of a project set. Only what is
// written out counts: attribute paths, and values that are literals or names of literals in the same file.
type nixModules struct {
	groups   []*nixGroup
	tops     []*nixTop
	commands []*nixCommand
	scripts  []call
}

// nixGroup is what is set about one tool in one of the two.
type nixGroup struct {
	hooks   bool // git-hooks.nix, else treefmt-nix
	tool    string
	files   []string
	options []nixOption
	tops    []*nixTop
}

// nixTop is the attrset, and the path in it, that holds the options of treefmt-nix or git-hooks.nix as a whole.
type nixTop struct {
	file   string
	set    ast.Node
	prefix string
	hooks  bool
	values []any // of excludes
}

// nixOption is an option below the tool's name, dotted, with its value: bool, string, []string, nil for null, or
// computed.
type nixOption struct {
	name  string
	value any
}

// computed is the value of an expression that is no literal.
type computed struct{}

// maxDepth bounds the attrsets around an option.
const maxDepth = 32

// read reads one file.
func (m *nixModules) read(file, text string) {
	t := parser.Parse(text)
	names := sema.Resolve(t)
	first := len(m.tops)
	var globals []nixLeaf
	for n := range t.Root().Descendants() {
		for _, leaf := range leaves(n, names) {
			if m.add(file, leaf) {
				continue
			}
			m.addCommand(file, leaf, names)
			if leaf.path[len(leaf.path)-1] == "excludes" {
				globals = append(globals, leaf)
			}
		}
		if n.Is(ast.String) || n.Is(ast.IndString) {
			m.readScript(file, n, names)
		}
	}
	for _, leaf := range globals {
		for _, top := range m.tops[first:] {
			rest, ok := strings.CutPrefix(strings.Join(leaf.path, "."), top.prefix)
			if ok && leaf.set == top.set && (top.hooks && rest == "excludes" || !top.hooks && (rest == "settings.excludes" || rest == "settings.global.excludes")) {
				top.values = append(top.values, leaf.value)
			}
		}
	}
}

// nixLeaf is an attribute whose value is no attrset, with its path from the outermost set around it.
type nixLeaf struct {
	set   ast.Node
	path  []string
	node  ast.Node
	value any
}

// leaves returns the attributes that a node defines.
func leaves(n ast.Node, names *sema.Info) []nixLeaf {
	var own [][]string
	var values []ast.Node
	switch {
	case n.Is(ast.Binding):
		b := ast.BindingNode{Node: n}
		path, ok := b.Attrpath().Static()
		if !ok || b.Value().Unparen().Is(ast.AttrSet) {
			return nil
		}
		own, values = [][]string{path}, []ast.Node{b.Value()}
	case n.Is(ast.Inherit):
		for name := range (ast.InheritNode{Node: n}).Names() {
			if s, ok := ast.AttrName(name); ok {
				own, values = append(own, []string{s}), append(values, name)
			}
		}
	default:
		return nil
	}
	set := n.Parent()
	var prefix []string
	for range maxDepth {
		if !set.Is(ast.AttrSet) {
			return nil
		}
		b, ok := ast.AsBinding(whole(set).Parent())
		if !ok {
			break
		}
		path, static := b.Attrpath().Static()
		if !static || !b.Parent().Is(ast.AttrSet) {
			break
		}
		prefix = slices.Concat(path, prefix)
		set = b.Parent()
	}
	var out []nixLeaf
	for i := range own {
		path := slices.Concat(prefix, own[i])
		if slices.ContainsFunc(path, func(s string) bool { return s == "excludes" || s == "hooks" || s == "formatter" || toolNamed(s) == s }) {
			out = append(out, nixLeaf{set, path, values[i], literalValue(values[i], names)})
		}
	}
	return out
}

// whole returns the expression whose value an attrset is, or is part of: through parentheses, `//`, and the bodies of let and with.
func whole(n ast.Node) ast.Node {
	for {
		n = n.OutsideParens()
		up := n.Parent()
		if b, ok := ast.AsBinary(up); ok && b.Op() == ast.OpUpdate {
			n = up
		} else if l, ok := ast.AsLet(up); ok && l.Body() == n {
			n = up
		} else if w, ok := ast.AsWith(up); ok && w.Body() == n {
			n = up
		} else {
			return n
		}
	}
}

// add adds an attribute to the group it belongs to, if any.
func (m *nixModules) add(file string, leaf nixLeaf) bool {
	for i := len(leaf.path) - 1; i > 0; i-- {
		tool := toolNamed(leaf.path[i])
		if tool != leaf.path[i] {
			continue
		}
		top, rest := i-1, leaf.path[i+1:]
		hooks := false
		switch leaf.path[i-1] {
		case "programs":
		case "hooks":
			hooks = true
		case "formatter":
			if i < 2 || leaf.path[i-2] != "settings" {
				continue
			}
			top, rest = i-2, slices.Concat([]string{"formatter"}, rest)
		default:
			continue
		}
		g := m.group(tool, hooks)
		if !slices.Contains(g.files, file) {
			g.files = append(g.files, file)
		}
		g.options = append(g.options, nixOption{strings.Join(rest, "."), leaf.value})
		m.top(g, file, leaf.set, leaf.path[:top], hooks)
		return true
	}
	return false
}

func (m *nixModules) group(tool string, hooks bool) *nixGroup {
	for _, g := range m.groups {
		if g.tool == tool && g.hooks == hooks {
			return g
		}
	}
	g := &nixGroup{tool: tool, hooks: hooks}
	m.groups = append(m.groups, g)
	return g
}

func (m *nixModules) top(g *nixGroup, file string, set ast.Node, path []string, hooks bool) {
	prefix := strings.Join(path, ".")
	if prefix != "" {
		prefix += "."
	}
	i := slices.IndexFunc(m.tops, func(t *nixTop) bool {
		return t.file == file && t.set == set && t.prefix == prefix && t.hooks == hooks
	})
	if i < 0 {
		i = len(m.tops)
		m.tops = append(m.tops, &nixTop{file: file, set: set, prefix: prefix, hooks: hooks})
	}
	if !slices.Contains(g.tops, m.tops[i]) {
		g.tops = append(g.tops, m.tops[i])
	}
}

// literalValue returns the value of an expression that is a literal, the name of one, or one with a priority.
func literalValue(n ast.Node, names *sema.Info) any {
	for range 4 {
		n = n.Unparen()
		if b := names.Resolve(n); b != nil && b.Value.IsValid() && !b.More {
			n = b.Value
			continue
		}
		fn, args := ast.Call(n)
		text := fn.Text()
		text = text[strings.LastIndexByte(text, '.')+1:]
		if len(args) != 1 || text != "mkDefault" && text != "mkForce" {
			break
		}
		n = args[0]
	}
	switch {
	case names.IsGlobal(n, "true"):
		return true
	case names.IsGlobal(n, "false"):
		return false
	case names.IsGlobal(n, "null"):
		return nil
	case n.Is(ast.List):
		list := []string{}
		for c := range n.Children() {
			s, ok := ast.StringValue(c.Unparen())
			if !ok {
				return computed{}
			}
			list = append(list, s)
		}
		return list
	}
	if s, ok := ast.StringValue(n); ok {
		return s
	}
	return computed{}
}

// report adds the calls that the options stand for.
func (m *nixModules) report(p *Plan) {
	for _, g := range m.groups {
		if p.only != "" && g.tool != p.only {
			continue
		}
		g.report(p)
	}
	for _, c := range m.commands {
		c.report(p)
	}
	for _, c := range m.scripts {
		p.try(c)
	}
}

func (g *nixGroup) report(p *Plan) {
	c := call{tool: g.tool, file: strings.Join(g.files, ", "), walks: false}
	on, enabled, unsure := false, false, false
	for _, o := range g.options {
		switch {
		case o.name == "enable" && o.value == true:
			on, enabled = true, true
		case o.name == "formatter.command":
			on = true
		case o.name == "enable" && o.value == any(computed{}), o.name == "":
			unsure = true
		}
	}
	if !on {
		if unsure {
			p.lost = append(p.lost, c.place()+"whether it is on is computed")
		}
		return
	}
	if g.tool == "statix" && !g.hooks && enabled {
		c.args, c.statix = []string{"fix"}, &statixConfig{} // treefmt-nix writes a statix.toml of its own
	}
	var exclude []string
	for _, o := range g.options {
		if g.ignorable(o.name) {
			continue
		}
		if o.name == "" {
			p.lost = append(p.lost, c.place()+"some of its options are computed")
			continue
		}
		if o.value == any(computed{}) {
			p.lost = append(p.lost, c.place()+"`"+o.name+"` is computed")
			continue
		}
		list, _ := o.value.([]string)
		switch o.name {
		case "excludes", "formatter.excludes":
			exclude = append(exclude, list...)
		case "includes", "formatter.includes":
			p.includes(c, list)
		case "files":
			s, _ := o.value.(string)
			p.hookFiles(&c, nil, s, g.tool != "statix")
		default:
			if args, ok := g.arguments(&c, o); ok {
				c.args = append(c.args, args...)
			} else {
				p.lost = append(p.lost, c.place()+"`"+o.name+"` is not understood")
			}
		}
	}
	for _, top := range g.tops {
		for _, v := range top.values {
			if list, ok := v.([]string); ok {
				exclude = append(exclude, list...)
			} else {
				p.lost = append(p.lost, c.place()+"the `excludes` of all are computed")
			}
		}
	}
	if g.hooks {
		p.hookFiles(&c, exclude, "", g.tool != "statix") // the hook of statix looks at the folder
	} else {
		c.exclude = p.patterns(c, exclude, fromTreefmt)
	}
	c.walks = g.hooks && g.tool == "statix"
	c.what = strings.TrimSpace(c.tool + " " + strings.Join(c.args, " "))
	p.try(c)
}

// ignorable reports whether an option says nothing about what is reported.
func (g *nixGroup) ignorable(name string) bool {
	switch name {
	case "enable", "package", "priority", "formatter.command", "formatter.priority", "name", "id", "description", "stages", "verbose",
		"types", "types_or", "require_serial", "fail_fast", "always_run", "after", "before", "raw", "language",
		"settings.format", "settings.edit", "settings.quiet", "settings.unrestricted", "autoFix":
		return true
	}
	return false
}

// arguments returns the arguments of the tool that an option stands for.
func (g *nixGroup) arguments(c *call, o nixOption) ([]string, bool) {
	list, isList := o.value.([]string)
	if isList && (o.name == "formatter.options" || o.name == "args") {
		return list, true
	}
	flags := map[string]string{
		"no-lambda-arg": "--no-lambda-arg", "no-lambda-pattern-names": "--no-lambda-pattern-names", "no-underscore": "--no-underscore",
		"settings.noLambdaArg": "--no-lambda-arg", "settings.noLambdaPatternNames": "--no-lambda-pattern-names",
		"settings.noUnderscore": "--no-underscore", "settings.hidden": "--hidden",
	}
	each := map[string]string{"ignore": "--ignore=", "settings.ignore": "--ignore=", "settings.exclude": "--exclude="}
	text, isText := o.value.(string)
	on, isBool := o.value.(bool)
	var args []string
	switch {
	case flags[o.name] != "" && isBool:
		if on {
			args = []string{flags[o.name]}
		}
	case each[o.name] != "" && isList:
		for _, s := range list {
			args = append(args, each[o.name]+s)
		}
	case o.name == "disabled-lints" && isList && c.statix != nil:
		c.statix.Disabled = append(c.statix.Disabled, list...)
	case o.name == "variableLookup" && isBool:
		args = []string{"--variable-lookup=" + map[bool]string{true: "true", false: "false"}[on]}
	case o.name == "only" && isText:
		args = []string{"--only=" + text}
	case o.name == "settings.config" && isText:
		args = []string{"--config=" + text}
	case o.value == nil:
	default:
		return nil, false
	}
	return args, true
}
