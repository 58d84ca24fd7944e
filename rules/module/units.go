package module

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// unitPlace is where an attribute stands in the definition of a unit of systemd.
type unitPlace struct {
	kind string   // services, timers, …
	user bool     // systemd.user
	name string   // of the unit; "" where it is computed
	rest []string // the attributes inside the unit
}

// unitKinds are the attributes of systemd that hold units by name, with the suffix of those.
var unitKinds = map[string]string{
	"services": "service", "sockets": "socket", "timers": "timer", "paths": "path", "targets": "target", "mounts": "mount",
	"automounts": "automount", "slices": "slice",
}

// unitSuffixes are the suffixes of the names of units (systemd.unit(5)).
var unitSuffixes = set("service socket device mount automount swap target path timer slice scope")

// unitAt reads the path of an attribute as that of a part of a unit: systemd.services.<name>.…, systemd.user.timers.<name>.….
func unitAt(path []string) (u unitPlace, ok bool) {
	for i, name := range path {
		if name != "systemd" {
			continue
		}
		rest := path[i+1:]
		if len(rest) > 0 && rest[0] == "user" {
			u.user, rest = true, rest[1:]
		}
		if len(rest) < 2 || unitKinds[rest[0]] == "" {
			return u, false
		}
		u.kind, u.name, u.rest = rest[0], rest[1], rest[2:]
		return u, true
	}
	return u, false
}

// units is what the rules about units have in common.
type units struct {
	looked, may bool
}

// mayHoldUnits reports whether unitAt may find a unit in the file at all.
func mayHoldUnits(p *rules.Pass) bool {
	u := rules.Common[units](p)
	if !u.looked {
		u.looked, u.may = true, strings.Contains(p.Tree.Source(), "systemd")
	}
	return u.may
}

// hasUnitSuffix reports whether a name ends as that of a unit.
func hasUnitSuffix(name string) bool {
	i := strings.LastIndexByte(name, '.')
	return i > 0 && unitSuffixes[name[i+1:]]
}

// hole stands for an interpolation in the text of a command.
const hole = '\x00'

// commandText returns the text of a string with a hole for each interpolation, and those; ok is false for what is no string.
func commandText(n ast.Node) (text string, holes []ast.Node, ok bool) {
	var b strings.Builder
	switch n.Kind() {
	case ast.String:
		for part := range ast.Parts(n) {
			if part.IsText() {
				b.WriteString(ast.UnescapeString(part.Span.Of(n.Tree().Source())))
				continue
			}
			b.WriteByte(hole)
			holes = append(holes, part.Interp.FirstChild().Unparen())
		}
	case ast.IndString:
		for _, part := range ast.IndentedParts(n) {
			if !part.Interp.IsValid() {
				b.WriteString(part.Text)
				continue
			}
			b.WriteByte(hole)
			holes = append(holes, part.Interp.FirstChild().Unparen())
		}
	default:
		return "", nil, false
	}
	return b.String(), holes, true
}

// word is a part of a command between blanks; quoted is set where quotes stand around some of it.
type word struct {
	text   string
	quoted bool
}

// commandWords splits a command as systemd does (systemd.service(5), "COMMAND LINES").
func commandWords(text string) (words []word) {
	var b strings.Builder
	var w word
	quote, open := byte(0), false
	flush := func() {
		if open {
			w.text = b.String()
			words = append(words, w)
		}
		b.Reset()
		w, open = word{}, false
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && i+1 < len(text):
			b.WriteByte(c)
			i++
			b.WriteByte(text[i])
			open = true
		case quote != 0:
			if c == quote {
				quote = 0
				continue
			}
			b.WriteByte(c)
		case c == '"' || c == '\'':
			quote, w.quoted, open = c, true, true
		case c == ' ' || c == '\t' || c == '\n':
			flush()
		default:
			b.WriteByte(c)
			open = true
		}
	}
	flush()
	return words
}

// eachCommand yields the strings of the value of ExecStart and its kin: one, or those of a list, through properties, let and if.
func eachCommand(names *sema.Info, n ast.Node, yield func(n ast.Node), depth int) {
	n = n.Tail()
	if depth == 0 {
		return
	}
	switch n.Kind() {
	case ast.List:
		for c := range n.Children() {
			eachCommand(names, c, yield, depth-1)
		}
	case ast.If:
		eachCommand(names, n.Child(1), yield, depth-1)
		eachCommand(names, n.Child(2), yield, depth-1)
	case ast.Binary:
		if n.Op() == ast.OpConcat {
			eachCommand(names, n.Child(0), yield, depth-1)
			eachCommand(names, n.Child(1), yield, depth-1)
			return
		}
		yield(n)
	case ast.Ident:
		if b := names.Resolve(n); b != nil && b.Kind == sema.LetBinding && !b.More && b.Value.IsValid() {
			eachCommand(names, b.Value, yield, depth-1)
			return
		}
		yield(n)
	case ast.Apply:
		fn, args := ast.Call(n)
		if name := ast.LastName(fn); propertyArity[name] == len(args) && name != "" {
			eachCommand(names, args[len(args)-1], yield, depth-1)
			return
		}
		yield(n)
	default:
		yield(n)
	}
}

// commandKeys are the keys of a service whose values are commands.
var commandKeys = set("ExecStart ExecStartPre ExecStartPost ExecReload ExecStop ExecStopPost ExecCondition")

// commandOf returns the value of a key that holds commands of a unit; ok is false for any other binding.
func commandOf(n ast.Node) (value ast.Node, key string, ok bool) {
	b := ast.BindingNode{Node: n}
	key = b.Attrpath().LastName()
	if !commandKeys[key] || n.HasError() {
		return value, key, false
	}
	path := pathAround(b)
	if len(path) < 2 {
		return value, key, false
	}
	section := path[len(path)-2]
	if u, is := unitAt(path); section != "serviceConfig" && !(section == "Service" && is && u.user) {
		return value, key, false
	}
	return b.Value(), key, true
}
