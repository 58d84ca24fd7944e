package shell

import (
	"path"
	"slices"
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
	c.ruleVariables(top, c.y.get(doc, "workflow", "rules"))
	c.gitlabScripts(doc, top, "")
	c.gitlabScripts(c.y.get(doc, "default"), top, "default")
	c.includes(c.y.get(doc, "include"))
	c.checkGitlab(doc)
	if c.refused {
		defer c.stray(doc, gitlabStrays, c.readStray(top, GitLabScript))
	}
	entries := c.y.entries(doc)
	c.jobs(doc, slices.DeleteFunc(slices.Clone(entries), func(e entry) bool { return gitlabGlobals[e.key] || strings.HasPrefix(e.key, ".") }), "tags")
	byName := map[string]entry{}
	for _, e := range slices.Backward(entries) {
		byName[e.key] = e // the first of a name
	}
	for _, e := range entries {
		if gitlabGlobals[e.key] {
			continue
		}
		s := &scope{parent: top, hidden: strings.HasPrefix(e.key, ".")}
		from := c.extended(byName, e, 0)
		seen := map[string]bool{}
		for _, job := range from {
			c.gitlabVariables(s, job.value, seen)
		}
		for _, key := range gitlabScriptKeys {
			for _, job := range from {
				if _, ok := c.y.key(job.value, key); ok {
					c.gitlabScript(c.y.get(job.value, key), s, e.key, key)
					break
				}
			}
		}
		c.gitlabScript(c.y.get(e.value, "hooks", "pre_get_sources_script"), s, e.key, "pre_get_sources_script")
		c.includes(c.y.get(e.value, "trigger", "include"))
		for _, step := range c.y.items(c.y.get(e.value, "run")) {
			c.gitlabScript(c.y.get(step, "script"), s, e.key, c.y.str(c.y.get(step, "name")))
		}
	}
}

// checkGitlab notes jobs and scripts that GitLab refuses. Hidden jobs may have any form, files that others include may lack
// what those add, and inputs may stand for anything; only files called so are surely GitLab's.
func (c *ci) checkGitlab(doc ast.Node) {
	base := strings.TrimSuffix(strings.TrimSuffix(path.Base(c.doc.Path), ".yaml"), ".yml")
	if !strings.HasSuffix(base, ".gitlab-ci") {
		return
	}
	_, includes := c.y.key(doc, "include")
	whole := base == ".gitlab-ci" && !includes
	for _, e := range c.y.entries(doc) {
		switch {
		case e.key == "default" || e.key == "before_script" || e.key == "after_script":
			if e.key != "default" {
				c.checkScript(e)
			} else if c.is(e, "a mapping", mappingShape, nullShape) {
				c.checkScripts(e.value)
			}
			continue
		case gitlabGlobals[e.key] || strings.HasPrefix(e.key, ".") || strings.Contains(e.key, "$[["):
			continue
		}
		allowed := []shape{mappingShape}
		if !whole || strings.Contains(c.y.str(e.value), "$[[") {
			allowed = append(allowed, nullShape)
		}
		if strings.Contains(c.y.str(e.value), "$[[") {
			allowed = append(allowed, textShape)
		}
		if !c.is(e, "the mapping of a job", allowed...) || c.y.shape(e.value) != mappingShape {
			continue
		}
		c.checkScripts(e.value)
		does := func(e entry) bool { return slices.Contains([]string{"script", "run", "trigger", "extends"}, e.key) }
		if whole && !slices.ContainsFunc(c.y.entries(e.value), does) {
			c.refuse(e.keyAt, "job `%s` has neither `script`, `run` nor `trigger`", e.key)
		}
	}
}

// checkScripts notes the scripts of a job that are none.
func (c *ci) checkScripts(job ast.Node) {
	for _, e := range c.y.entries(job) {
		switch e.key {
		case "script", "before_script", "after_script":
			c.checkScript(e)
		}
	}
}

// maxExtends is how many jobs may extend each other, one after the other (docs.gitlab.com, "extends").
const maxExtends = 11

// extended returns a job and behind it those of the file that it extends, each before what it overrides: of several, the last
// counts most.
func (c *ci) extended(jobs map[string]entry, job entry, depth int) []entry {
	out := []entry{job}
	names := c.y.get(job.value, "extends")
	if names == nil || depth == maxExtends {
		return out
	}
	list := append(c.y.items(names), names)
	for i := len(list) - 1; i >= 0; i-- {
		name := c.y.str(list[i])
		if base, ok := jobs[name]; ok && name != "" && len(out) < maxReadings {
			out = append(out, c.extended(jobs, base, depth+1)...)
		}
	}
	return out
}

// gitlabVariables defines the variables of a job, but for those that seen has: what a job sets counts more than what it extends.
// Those of parallel:matrix are lists.
func (c *ci) gitlabVariables(s *scope, job ast.Node, seen map[string]bool) {
	own := &scope{}
	c.variables(own, c.y.get(job, "variables"), "")
	for _, e := range c.y.entries(c.y.get(job, "variables")) {
		c.choices(own, e.key, c.y.get(e.value, "options"))
	}
	c.ruleVariables(own, c.y.get(job, "rules"))
	for _, row := range c.y.items(c.y.get(job, "parallel", "matrix")) {
		c.variables(own, row, "")
		for _, e := range c.y.entries(row) {
			c.choices(own, e.key, e.value)
		}
	}
	for _, v := range own.order {
		if !seen[v.name] {
			s.define(v)
		}
	}
	for _, v := range own.order {
		seen[v.name] = true
	}
}

// ruleVariables defines the values that rules give variables where they hold, beside those that the variables have else.
func (c *ci) ruleVariables(s *scope, rules ast.Node) {
	for _, rule := range c.y.items(rules) {
		if c.y.str(c.y.get(rule, "when")) == "never" {
			continue
		}
		for _, e := range c.y.entries(c.y.get(rule, "variables")) {
			if v, ok := c.y.scalar(e.value); ok {
				w := v.word(c.exprs(v.text))
				s.define(&variable{name: e.key, words: []rawWord{w}, whole: w, ci: true})
			}
		}
	}
}

// gitlabScriptKeys are the scripts of a job, in the order in which they run.
var gitlabScriptKeys = []string{"before_script", "script", "after_script"}

func (c *ci) gitlabScripts(n ast.Node, s *scope, job string) {
	for _, key := range gitlabScriptKeys {
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
	c.first(text)
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
	matrix := c.y.get(doc, "matrix")
	for _, e := range c.y.entries(matrix) {
		if e.key != "include" {
			c.choices(top, e.key, e.value)
		}
	}
	for _, row := range c.y.items(c.y.get(matrix, "include")) {
		c.variables(top, row, "")
	}
	job := c.y.str(c.y.get(doc, "name"))
	steps := 0
	for _, key := range []string{"clone", "steps", "pipeline", "services"} {
		e, ok := c.y.key(doc, key)
		if !ok {
			continue
		}
		if key != "clone" {
			c.is(e, "a mapping or list of steps", mappingShape, listShape, nullShape)
		}
		containers := c.y.entries(e.value)
		for _, step := range c.y.items(e.value) {
			containers = append(containers, entry{key: c.y.str(c.y.get(step, "name")), keyAt: c.start(step), value: step})
		}
		for _, step := range containers {
			switch {
			case key != "clone":
				c.checkContainer(step)
			case c.y.shape(step.value) != mappingShape: // Drone's `depth`
				continue
			}
			c.woodpeckerStep(step.value, top, job, step.key)
		}
		if key == "steps" || key == "pipeline" {
			steps += len(containers)
			if s := c.y.shape(e.value); s == textShape || s == otherShape {
				steps++
			}
		}
	}
	if dir := path.Dir(c.doc.Path); steps == 0 && c.y.shape(doc) == mappingShape && c.y.get(doc, "kind") == nil &&
		(strings.HasPrefix(path.Base(c.doc.Path), ".woodpecker.") || path.Base(dir) == ".woodpecker") {
		c.refuse(c.start(doc), "the workflow has no `steps`")
	}
	if c.refused {
		c.stray(doc, woodpeckerStrays, c.readStray(top, WoodpeckerCommands))
	}
}

// checkContainer notes a step or service that Woodpecker and Drone refuse.
func (c *ci) checkContainer(e entry) {
	if !c.is(e, "a mapping", mappingShape, nullShape) {
		return
	}
	if commands, ok := c.y.key(e.value, "commands"); ok {
		c.checkScript(commands)
	}
}

func (c *ci) woodpeckerStep(step ast.Node, top *scope, job, name string) {
	s := &scope{parent: top}
	c.variables(s, c.y.get(step, "environment"), "")
	script := Script{Source: WoodpeckerCommands, Shell: "bash", Job: job, Step: name, WorkingDir: c.y.str(c.y.get(step, "directory"))}
	commands := c.y.get(step, "commands")
	if c.y.shape(step) == textShape {
		commands = step
	}
	if text, ok := c.lines(commands); ok {
		c.first(text)
		script := script
		c.add(text, s, &script)
	}
	c.entrypoint(c.y.get(step, "entrypoint"), s, script)
}

// entrypoint reads the words of the one command that a container runs.
func (c *ci) entrypoint(n ast.Node, around *scope, s Script) {
	text, ok := c.lines(n)
	if !ok || !c.first(text) {
		return
	}
	if c.y.shape(n) != listShape {
		c.add(text, around, &s)
		return
	}
	s.Text, s.Span, s.at, s.Env, s.scope = text.text, text.span, text.at, env(around), &scope{parent: around}
	c.doc.Scripts = append(c.doc.Scripts, &s)
	var words []rawWord
	for _, item := range c.y.items(n) {
		if word, ok := c.y.scalar(item); ok {
			words = append(words, word.word(nil))
		}
	}
	c.calls = append(c.calls, call{words: words, script: &s})
	for _, program := range unwrap(exported(words)).texts {
		c.nested(program.raw, &s, 0, false)
	}
}
