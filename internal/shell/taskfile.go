package shell

import (
	"path"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// isTaskfile reports whether task looks for a file of that name (taskfile.dev/reference/schema).
func isTaskfile(file string) bool {
	base := strings.ToLower(path.Base(file))
	stem := strings.TrimSuffix(strings.TrimSuffix(base, ".yml"), ".yaml")
	return stem != base && (stem == "taskfile" || stem == "taskfile.dist")
}

// taskfile reads the commands of a Taskfile's tasks, each task as one recipe that needs its deps and the tasks that it calls.
func (c *ci) taskfile(doc ast.Node) {
	top := &scope{}
	c.taskVariables(top, doc)
	for _, task := range c.y.entries(c.y.get(doc, "tasks")) {
		in := &scope{parent: top}
		c.taskVariables(in, task.value)
		need := recipe{name: task.key}
		for _, dep := range c.y.items(c.y.get(task.value, "deps")) {
			need.needs = append(need.needs, c.taskName(dep))
		}
		dir := c.y.str(c.y.get(task.value, "dir"))
		commands := []ast.Node{task.value} // a task may be its command, or a list of them
		if c.y.shape(task.value) == mappingShape {
			commands = []ast.Node{c.y.get(task.value, "cmds"), c.y.get(task.value, "cmd")}
		}
		for _, list := range commands {
			for _, item := range append(c.y.items(list), list) {
				if item == nil {
					continue
				}
				if name := c.taskName(item); c.y.shape(item) == mappingShape && name != "" {
					need.needs = append(need.needs, name)
				} else if c.y.shape(item) == mappingShape {
					item = c.y.get(item, "cmd")
				}
				if text, ok := c.y.scalar(item); ok && c.first(text) {
					c.add(text, in, &Script{Source: Recipe, Shell: "bash", Job: task.key, WorkingDir: dir})
				}
			}
		}
		c.doc.recipes = append(c.doc.recipes, need)
		if last := len(c.doc.recipes) - 1; need.name == "default" { // which runs where none is named
			c.doc.recipes[0], c.doc.recipes[last] = c.doc.recipes[last], c.doc.recipes[0]
		}
	}
}

// taskName returns the task that an entry of deps or cmds names.
func (c *ci) taskName(n ast.Node) string {
	if c.y.shape(n) == textShape {
		return c.y.str(n)
	}
	return c.y.str(c.y.get(n, "task"))
}

// taskVariables defines what {{.NAME}} and $NAME stand for below a node.
func (c *ci) taskVariables(s *scope, n ast.Node) {
	c.variables(s, c.y.get(n, "env"), "")
	c.variables(s, c.y.get(n, "vars"), "inputs.")
}

// taskExprs finds {{.NAME}} and other templates.
func taskExprs(text string) []expr {
	out := enclosed(text, "{{", "}}", nil)
	for i := range out {
		name := strings.TrimSpace(strings.Trim(text[out[i].start:out[i].end], "{}"))
		if name, ok := strings.CutPrefix(name, "."); ok && recipeName(name) {
			out[i].name = "inputs." + name
		}
	}
	return out
}
