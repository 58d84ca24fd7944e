package migrate

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// nixCommand is a formatter of treefmt-nix or a hook of git-hooks.nix of any name, whose command may be one of the tools.
type nixCommand struct {
	file, name string
	hook       bool
	command    string // shell text
	options    []nixOption
}

// packaged is what stands in shell text for a folder that a package is built into, opaque for what is not known.
const (
	packaged = "/nix/store/package"
	opaque   = "\"$nix\""
)

// shellText returns the shell text that an expression stands for, with programs of packages by their names; ok is false for what is
// no string and no program.
func shellText(n ast.Node, names *sema.Info) (text string, ok bool) {
	n = n.Unparen()
	if b := names.Resolve(n); b != nil && b.Value.IsValid() && !b.More {
		n = b.Value.Unparen()
	}
	if name, _ := program(n); name != "" {
		return name, true
	}
	if !n.Is(ast.String) && !n.Is(ast.IndString) {
		return "", false
	}
	source := n.Tree().Source()
	var b strings.Builder
	for part := range ast.Parts(n) {
		if part.IsText() {
			raw := part.Span.Of(source)
			if n.Is(ast.String) {
				raw = ast.UnescapeString(raw)
			} else {
				raw = strings.NewReplacer("''${", "${", "''$", "$", "'''", "''").Replace(raw)
			}
			b.WriteString(raw)
			continue
		}
		switch name, whole := program(part.Interp.FirstChild()); {
		case whole:
			b.WriteString(name)
		case strings.HasPrefix(source[part.Span.End:], "/bin/"):
			b.WriteString(packaged)
		default:
			b.WriteString(opaque)
		}
	}
	return b.String(), true
}

// program returns the name of the program that an expression leads to. whole tells that it is a path of the program, as by lib.getExe, and
// not the package, whose last name it is then.
func program(n ast.Node) (name string, whole bool) {
	n = n.Unparen()
	fn, args := ast.Call(n)
	switch function := ast.LastName(fn); {
	case len(args) == 1 && function == "getExe":
		return ast.LastName(args[0].Unparen()), true
	case len(args) == 2 && function == "getExe'":
		name, _ = ast.StringValue(args[1].Unparen())
		return name, true
	case len(args) == 0 && n.Is(ast.Select):
		return ast.LastName(n), false
	}
	return "", false
}

// scriptMakers are the functions of nixpkgs whose last argument is a shell script.
var scriptMakers = []string{"runCommand", "runCommandLocal", "runCommandNoCC", "writeShellScript", "writeShellScriptBin", "writeScript", "writeScriptBin"}

// scriptNames are the attributes whose values are shell scripts, of derivations, writeShellApplication and devenv.
var scriptNames = []string{"text", "script", "exec", "buildCommand", "buildPhase", "checkPhase", "installPhase"}

// readScript notes the calls of tools in a string that is a shell script.
func (m *nixModules) readScript(file string, n ast.Node, names *sema.Info) {
	text, ok := shellText(n, names)
	if !ok || !isScript(n) {
		return
	}
	for _, c := range toolCalls(file, text) {
		c.file, c.walks = file, true
		c.what = strings.TrimSpace(c.tool + " " + strings.Join(c.args, " "))
		m.scripts = append(m.scripts, c)
	}
}

// isScript reports whether a string stands where a shell script does.
func isScript(n ast.Node) bool {
	outer := n.OutsideParens()
	up := outer.Parent()
	if b, ok := ast.AsBinding(up); ok {
		path, static := b.Attrpath().Static()
		return static && len(path) > 0 && slices.Contains(scriptNames, path[len(path)-1])
	}
	if !up.Is(ast.Apply) {
		return false
	}
	fn, _ := ast.Call(up)
	return ast.ApplyExpr{Node: up}.Arg() == outer && slices.Contains(scriptMakers, ast.LastName(fn))
}

// addCommand adds an attribute of a formatter or hook that is not called after a tool.
func (m *nixModules) addCommand(file string, leaf nixLeaf, names *sema.Info) {
	for i := 1; i+1 < len(leaf.path); i++ {
		hook := leaf.path[i-1] == "hooks"
		if !hook && (i < 2 || leaf.path[i-1] != "formatter" || leaf.path[i-2] != "settings") {
			continue
		}
		name := leaf.path[i]
		at := slices.IndexFunc(m.commands, func(c *nixCommand) bool { return c.file == file && c.hook == hook && c.name == name })
		if at < 0 {
			at = len(m.commands)
			m.commands = append(m.commands, &nixCommand{file: file, hook: hook, name: name})
		}
		c := m.commands[at]
		option := strings.Join(leaf.path[i+1:], ".")
		if option == "command" || option == "entry" {
			c.command, _ = shellText(leaf.node, names)
			return
		}
		value := leaf.value
		if list, ok := scriptList(leaf.node, names); ok && value == any(computed{}) {
			value = list
		}
		c.options = append(c.options, nixOption{option, value})
		return
	}
}

// scriptList returns the arguments that a list holds, where some are scripts with programs by their packages; false where another
// argument is not known.
func scriptList(n ast.Node, names *sema.Info) ([]string, bool) {
	if n = n.Unparen(); !n.Is(ast.List) {
		return nil, false
	}
	var out []string
	for c := range n.Children() {
		text, ok := shellText(c, names)
		if !ok || strings.Contains(text, opaque) && !strings.ContainsAny(text, " \n") {
			return nil, false
		}
		out = append(out, text)
	}
	return out, true
}

// report adds the calls of tools that the command makes.
func (c *nixCommand) report(p *Plan) {
	var args, exclude []string
	passed, enabled := true, !c.hook
	files := ""
	var unknown []string
	for _, o := range c.options {
		list, isList := o.value.([]string)
		switch {
		case o.name == "enable":
			enabled = o.value == true
		case o.name == "pass_filenames":
			passed = o.value == true
		case o.name == "options" || o.name == "args":
			if args = list; !isList {
				unknown = append(unknown, o.name)
			}
		case o.name == "excludes":
			if exclude = list; !isList {
				unknown = append(unknown, o.name)
			}
		case o.name == "files":
			files, _ = o.value.(string)
		}
	}
	if !enabled {
		return
	}
	for _, x := range toolCalls(c.file, commandLine(c.command, args)) {
		x.file, x.what, x.walks = c.file, strings.TrimSpace(x.tool+" "+strings.Join(x.args, " ")), !passed
		x.computed = append(x.computed, unknown...)
		if c.hook {
			p.hookFiles(&x, exclude, files, passed)
		} else {
			x.exclude = p.patterns(x, exclude, fromTreefmt)
		}
		p.try(x)
	}
}
