package shell

import (
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// gitlabGlobals are top-level keys of GitLab CI that are no jobs (docs.gitlab.com, "CI/CD YAML syntax
// reference", global keywords).
var gitlabGlobals = map[string]bool{"default": true, "include": true, "stages": true, "variables": true, "workflow": true,
	"image": true, "services": true, "cache": true, "spec": true, "before_script": true, "after_script": true}

// gitlab reads a GitLab CI configuration. `before_script` and `script` run in one shell, so a job's scripts
// share their variables, and those of the default ones.
func (c *ci) gitlab(doc ast.Node) {
	top := &scope{}
	c.inputDefaults(top, c.y.get(doc, "spec", "inputs"))
	c.variables(top, c.y.get(doc, "variables"), "")
	c.gitlabScripts(doc, top, "")
	c.gitlabScripts(c.y.get(doc, "default"), top, "default")
	c.includes(c.y.get(doc, "include"))
	for _, e := range c.y.entries(doc) {
		if gitlabGlobals[e.key] {
			continue
		}
		s := &scope{parent: top}
		c.variables(s, c.y.get(e.value, "variables"), "")
		for _, m := range c.y.items(c.y.get(e.value, "parallel", "matrix")) {
			c.variables(s, m, "")
		}
		c.gitlabScripts(e.value, s, e.key)
		c.includes(c.y.get(e.value, "trigger", "include"))
		for _, step := range c.y.items(c.y.get(e.value, "run")) {
			c.gitlabScript(c.y.get(step, "script"), s, e.key, c.y.str(c.y.get(step, "name")))
		}
	}
}

func (c *ci) gitlabScripts(n ast.Node, s *scope, job string) {
	for _, key := range []string{"before_script", "script", "after_script"} {
		c.gitlabScript(c.y.get(n, key), s, job, key)
	}
	c.gitlabScript(c.y.get(n, "hooks", "pre_get_sources_script"), s, job, "pre_get_sources_script")
}

func (c *ci) gitlabScript(n ast.Node, s *scope, job, step string) {
	if n == nil {
		return
	}
	// An alias may bring the same lines to many jobs; they are read for each, for their assignments.
	text, ok := c.lines(n)
	if !ok || !c.y.burn(8*len(text.text)) {
		return
	}
	c.script(&Script{Source: GitLabScript, Shell: "bash", Job: job, Step: step, Text: text.text, Span: text.span,
		at: text.at, scope: s, Env: env(s)}, c.exprs(text.text))
}

func (c *ci) includes(n ast.Node) {
	list := c.y.items(n)
	if list == nil && n != nil {
		list = []ast.Node{n}
	}
	for _, item := range list {
		text, ok := c.y.scalar(item)
		if !ok {
			text, ok = c.y.scalar(c.y.get(item, "local"))
		}
		if ok && !strings.Contains(text.text, "://") {
			file := strings.TrimLeft(text.text, "/")
			c.addCall(file, file, text.at.span(0, len(text.text)), true)
		}
	}
}

// woodpecker reads a Woodpecker workflow, and Drone's pipelines, which have the same form.
func (c *ci) woodpecker(doc ast.Node) {
	top := &scope{}
	c.variables(top, c.y.get(doc, "environment"), "")
	job := c.y.str(c.y.get(doc, "name"))
	for _, key := range []string{"steps", "pipeline", "services"} {
		steps := c.y.get(doc, key)
		for _, step := range c.y.items(steps) {
			c.woodpeckerStep(step, top, job, c.y.str(c.y.get(step, "name")))
		}
		for _, e := range c.y.entries(steps) {
			c.woodpeckerStep(e.value, top, job, e.key)
		}
	}
}

func (c *ci) woodpeckerStep(step ast.Node, top *scope, job, name string) {
	n := c.y.get(step, "commands")
	if n == nil {
		return
	}
	s := &scope{parent: top}
	c.variables(s, c.y.get(step, "environment"), "")
	if text, ok := c.lines(n); ok {
		c.add(text, s, &Script{Source: WoodpeckerCommands, Shell: "bash", Job: job, Step: name,
			WorkingDir: c.y.str(c.y.get(step, "directory"))})
	}
}
