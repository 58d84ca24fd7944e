package shell

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// A shape is what a YAML value is, whatever it holds.
type shape uint8

const (
	absentShape shape = iota
	nullShape
	textShape
	listShape
	mappingShape
	otherShape // of a tag that stands for something else, or a mistake that is told already
)

var shapeNames = [...]string{"missing", "empty", "text", "a list", "a mapping", "something else"}

func (s shape) String() string { return shapeNames[s] }

// shape returns what a value is.
func (y *yamlFile) shape(n ast.Node) shape {
	if n == nil {
		return absentShape
	}
	n = y.resolve(n)
	switch {
	case n == nil:
		return otherShape
	case n.Type() == ast.NullType:
		return nullShape
	}
	switch n.(type) {
	case ast.MapNode:
		return mappingShape
	case *ast.SequenceNode:
		return listShape
	case ast.ScalarNode:
		return textShape
	}
	return otherShape
}

// key returns the last entry of a mapping with a key.
func (y *yamlFile) key(n ast.Node, key string) (entry, bool) {
	entries := y.entries(n)
	for i := len(entries) - 1; i >= 0; i-- {
		if entries[i].key == key {
			return entries[i], true
		}
	}
	return entry{}, false
}

// refuse notes at an offset what the CI system refuses the file for. Where something is told already the structure may
// differ from what was meant.
func (c *ci) refuse(at int, format string, args ...any) {
	c.refused = true
	if !c.torn {
		c.y.failAt(at, format+": the CI service refuses the file", args...)
	}
}

// start returns where a node begins.
func (c *ci) start(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 0
	}
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return c.start(m.Values[0])
	}
	if m, ok := n.(*ast.MappingValueNode); ok && m.Key.GetToken() != nil {
		return c.y.offset(m.Key.GetToken().Position)
	}
	return c.y.offset(n.GetToken().Position)
}

// is reports whether the value of a key has one of some shapes. Where it has not, the file is refused.
func (c *ci) is(e entry, what string, want ...shape) bool {
	s := c.y.shape(e.value)
	if s == otherShape || slices.Contains(want, s) {
		return true
	}
	c.refuse(e.keyAt, "`%s` is %v, where %s is needed", e.key, s, what)
	return false
}

// stray reads the commands that stand in places where the CI system reads none, most often in a file that it
// refuses for that: who wrote them meant them to run.
func (c *ci) stray(n ast.Node, keys strayKeys, add func(n ast.Node)) {
	switch n := n.(type) {
	case *ast.AnchorNode:
		c.stray(n.Value, keys, add)
	case *ast.SequenceNode:
		for _, item := range n.Values {
			c.stray(item, keys, add)
		}
	case *ast.MappingNode:
		for _, v := range n.Values {
			c.stray(v, keys, add)
		}
	case *ast.MappingValueNode:
		key := ""
		if tk := n.Key.GetToken(); tk != nil {
			key = strings.ToLower(tk.Value)
		}
		switch s := c.y.shape(n.Value); {
		case slices.Contains(keys.data, key):
		case slices.Contains(keys.commands, key) && s != mappingShape, slices.Contains(keys.steps, key) && s == textShape:
			add(n.Value)
		case slices.Contains(keys.steps, key) && s == listShape:
			for _, item := range c.y.items(n.Value) {
				if c.y.shape(item) == textShape {
					add(item)
				}
			}
			c.stray(n.Value, keys, add)
		default:
			c.stray(n.Value, keys, add)
		}
	}
}

// strayKeys are keys, in lower case, by which commands are known: those of commands, those of lists of steps, and those below
// which a key is a name that anyone chose.
type strayKeys struct{ commands, steps, data []string }

var (
	githubStrays = strayKeys{[]string{"run", "script", "commands"}, []string{"step", "steps"},
		[]string{"env", "with", "inputs", "outputs", "secrets", "on", "permissions", "defaults", "concurrency", "matrix", "environment"}}
	gitlabStrays = strayKeys{[]string{"script", "before_script", "after_script", "pre_get_sources_script"}, nil,
		[]string{"variables", "spec", "inputs", "rules", "workflow", "cache", "artifacts", "include"}}
	woodpeckerStrays = strayKeys{[]string{"commands", "entrypoint"}, []string{"step", "steps"},
		[]string{"environment", "settings", "when", "matrix", "labels", "variables"}}
)

// readStray returns what reads a stray script, as one of a kind.
func (c *ci) readStray(s *scope, kind Kind) func(n ast.Node) {
	return func(n ast.Node) {
		if text, ok := c.lines(n); ok && c.first(text) {
			c.add(text, s, &Script{Source: kind, Shell: "bash"})
		}
	}
}

// checkScript notes a value that is no script as GitLab and Woodpecker have them, text or a list of it. Most often YAML takes
// a line with a colon for a mapping.
func (c *ci) checkScript(e entry) {
	if !c.is(e, "text or a list of text", textShape, listShape, nullShape) {
		return
	}
	for _, item := range c.y.items(e.value) {
		if m, ok := c.y.resolve(item).(ast.MapNode); ok && c.y.shape(item) == mappingShape {
			for it := m.MapRange(); it.Next(); {
				if !it.Key().IsMergeKey() {
					c.refuse(c.start(item), "a line of `%s` is a mapping, where text is needed (quote a line with `: ` in it)", e.key)
					return
				}
			}
		}
	}
}

// mapped returns the lines that stand in a mapping where text is needed: a line that YAML takes for a key and its value is
// the whole line. Woodpecker merges lists by merge keys.
func (c *ci) mapped(n ast.Node, out *[]scalar, depth int) {
	m, ok := c.y.resolve(n).(ast.MapNode)
	if !ok {
		return
	}
	for it := m.MapRange(); it.Next() && c.y.burn(1); {
		tk := it.Key().GetToken()
		value, ok := c.y.scalar(it.Value())
		if ok && !it.Key().IsMergeKey() && tk != nil && strings.Contains(tk.Value, " ") {
			at := c.y.offset(tk.Position)
			if end := at + lineLen(c.y.text[at:]); at < value.id && value.id <= end {
				*out = append(*out, c.y.between(at, end))
				continue
			}
		}
		c.flatten(it.Value(), out, depth+1)
	}
}

// between returns a range of the text as a scalar.
func (y *yamlFile) between(start, end int) scalar {
	var b textBuilder
	b.add(y.text[start:end], start, end-start)
	s, _ := y.finish(&b, start, end)
	return s
}
