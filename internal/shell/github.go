package shell

import (
	"path"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"mvdan.cc/sh/v3/syntax"
)

// runDefaults are the `defaults.run` in force.
type runDefaults struct {
	shell, dir string
}

func (c *ci) defaults(d runDefaults, n ast.Node, s *scope, job string) runDefaults {
	run := c.y.get(n, "defaults", "run")
	if sh := c.y.get(run, "shell"); sh != nil {
		d.shell = c.y.str(sh)
		c.template(sh, s, job, "")
	}
	if dir := c.y.get(run, "working-directory"); dir != nil {
		d.dir = c.y.str(dir)
	}
	return d
}

// workflow reads a workflow: docs.github.com, "Workflow syntax for GitHub Actions".
func (c *ci) workflow(doc ast.Node) {
	top := &scope{}
	c.variables(top, c.y.get(doc, "env"), "")
	for _, event := range []string{"workflow_call", "workflow_dispatch"} {
		c.inputDefaults(top, c.y.get(doc, "on", event, "inputs"))
	}
	defaults := c.defaults(runDefaults{}, doc, top, "")
	for _, e := range c.y.entries(c.y.get(doc, "jobs")) {
		job := e.value
		s := &scope{parent: top}
		c.variables(s, c.y.get(job, "env"), "")
		c.matrix(s, c.y.get(job, "strategy", "matrix"))
		if uses, ok := c.y.scalar(c.y.get(job, "uses")); ok {
			c.uses(uses)
			c.with(job, s, uses.text, e.key, "")
		}
		d := c.defaults(defaults, job, s, e.key)
		if d.shell == "" && strings.Contains(c.y.str(c.y.get(job, "runs-on")), "windows") {
			d.shell = "pwsh"
		}
		for _, step := range c.y.items(c.y.get(job, "steps")) {
			c.step(step, s, d, e.key)
		}
	}
}

// action reads the metadata of an action; only composite ones have steps.
func (c *ci) action(doc ast.Node) {
	top := &scope{}
	c.inputDefaults(top, c.y.get(doc, "inputs"))
	for _, step := range c.y.items(c.y.get(doc, "runs", "steps")) {
		c.step(step, top, runDefaults{}, "")
	}
}

func (c *ci) inputDefaults(s *scope, inputs ast.Node) {
	for _, e := range c.y.entries(inputs) {
		if v, ok := c.y.scalar(c.y.get(e.value, "default")); ok {
			w := v.word(c.exprs(v.text))
			s.define(&variable{name: "inputs." + e.key, words: []rawWord{w}, whole: w})
		}
	}
}

// matrix defines the values that a job's matrix gives `matrix.NAME`.
func (c *ci) matrix(s *scope, n ast.Node) {
	for _, e := range c.y.entries(n) {
		items := c.y.items(e.value)
		if e.key == "include" {
			for _, item := range items {
				c.variables(s, item, "matrix.")
			}
			continue
		}
		for _, item := range items {
			if v, ok := c.y.scalar(item); ok {
				w := v.word(c.exprs(v.text))
				s.define(&variable{name: "matrix." + e.key, words: []rawWord{w}, whole: w})
			} else {
				c.variables(s, item, "matrix."+e.key+".")
			}
		}
	}
}

func (c *ci) step(step ast.Node, job *scope, d runDefaults, jobName string) {
	s := &scope{parent: job}
	c.variables(s, c.y.get(step, "env"), "")
	id := c.y.str(c.y.get(step, "id"))
	name := c.y.str(c.y.get(step, "name"))
	if name == "" {
		name = id
	}
	if dir := c.y.get(step, "working-directory"); dir != nil {
		d.dir = c.y.str(dir)
	}
	if sh := c.y.get(step, "shell"); sh != nil {
		d.shell = c.y.str(sh)
		c.template(sh, s, jobName, name)
	}
	if uses, ok := c.y.scalar(c.y.get(step, "uses")); ok {
		c.uses(uses)
		c.with(step, s, uses.text, jobName, name)
	}
	if run, ok := c.y.scalar(c.y.get(step, "run")); ok && c.first(run) {
		c.add(run, s, &Script{Source: GitHubRun, Shell: interpreter(d.shell), Job: jobName, Step: name,
			WorkingDir: d.dir, exports: job, stepID: id})
	}
}

// first reports whether a scalar is met for the first time; an alias leads to its anchor's again.
func (c *ci) first(s scalar) bool {
	seen := c.read[s.id]
	c.read[s.id] = true
	return !seen
}

// add reads a scalar as a script in a scope of its own.
func (c *ci) add(text scalar, around *scope, s *Script) {
	s.Text, s.Span, s.at = text.text, text.span, text.at
	s.Env = env(around)
	s.scope = &scope{parent: around}
	c.script(s, c.exprs(text.text))
}

// template reads a `shell:` that is a command line with `{0}` for the script's file.
func (c *ci) template(n ast.Node, s *scope, job, step string) {
	if text, ok := c.y.scalar(n); ok && strings.Contains(text.text, "{0}") && c.first(text) {
		c.add(text, s, &Script{Source: GitHubShell, Shell: "bash", Job: job, Step: step})
	}
}

// interpreter returns the name of the interpreter in a `shell:` value, bash if it names none.
func interpreter(shell string) string {
	name := "bash"
	for _, w := range strings.Fields(shell) {
		switch base := strings.TrimSuffix(path.Base(strings.Trim(w, `"'`)), ".exe"); base {
		case "bash", "sh", "dash", "zsh", "ksh", "mksh", "ash":
			return base
		case "pwsh", "powershell", "cmd", "python", "python3", "node", "perl", "ruby", "nu", "fish", "deno", "bun", "tclsh",
			"elvish", "xonsh", "guile", "runghc", "Rscript", "php", "lua", "go", "julia":
			name = base
		}
	}
	return name
}

// uses records an action or workflow of the same repository.
func (c *ci) uses(s scalar) {
	if strings.HasPrefix(s.text, "./") {
		c.addCall(s.text, s.text, s.at.span(0, len(s.text)), true)
	}
}

// A pendingInput is an input whose words are still to be expanded.
type pendingInput struct {
	input Input
	text  scalar
	scope *scope
}

// with reads the inputs of an action or workflow.
func (c *ci) with(n ast.Node, s *scope, uses, job, step string) {
	for _, e := range c.y.entries(c.y.get(n, "with")) {
		text, ok := c.y.scalar(e.value)
		if !ok || !c.first(text) {
			continue
		}
		if commandInput(uses, e.key) {
			dir := c.y.str(c.y.get(n, "with", "working-directory"))
			c.add(text, s, &Script{Source: GitHubInput, Shell: "bash", Job: job, Step: step, WorkingDir: dir})
		}
		c.inputs = append(c.inputs, pendingInput{Input{Uses: uses, Name: e.key, Job: job, Step: step, Text: text.text,
			Span: text.span}, text, s})
	}
}

// commandInput reports whether an action's input is a shell program that runs in the checkout: it is
// called so, and is not a script in another language or for another host.
func commandInput(uses, name string) bool {
	if strings.Contains(uses, "github-script") || strings.Contains(uses, "ssh") || strings.Contains(uses, "python") {
		return false
	}
	name = strings.ToLower(name)
	if i := strings.LastIndexAny(name, "-_"); i >= 0 {
		name = name[i+1:]
	}
	switch name {
	case "run", "script", "scripts", "command", "commands", "cmd":
		return true
	}
	return false
}

// maxInput is the size, in bytes, of inputs that are split into words.
const maxInput = 1 << 16

// inputWords splits the inputs that hold options into words, once all variables are known.
func (c *ci) inputWords() {
	for _, p := range c.inputs {
		options := strings.Contains(p.text.text, "--") && !commandInput(p.input.Uses, p.input.Name)
		if options && len(p.text.text) > maxInput {
			c.y.fail(p.input.Span, "the input `%s` is too long to be read as options", p.input.Name)
		} else if options {
			u := &unit{text: p.text.text, at: p.text.at, exprs: c.exprs(p.text.text), lang: syntax.LangBash}
			u.mask()
			var raw []rawWord
			for _, w := range u.words() {
				raw = append(raw, u.raw(w, 0, ""))
			}
			words, whole := c.expanded(raw, &scope{parent: p.scope})
			if p.input.Words = words; !whole {
				c.y.fail(p.input.Span, "the input `%s` has variables with too many values to follow", p.input.Name)
			}
		}
		c.doc.Inputs = append(c.doc.Inputs, p.input)
	}
}
