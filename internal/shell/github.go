package shell

import (
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"mvdan.cc/sh/v3/syntax"
)

// runDefaults are the `defaults.run` in force, and the conditions of the job.
type runDefaults struct {
	shell, dir, condition string
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
	c.misplaced(doc, "workflow", []string{"on", "jobs"}, []string{"step", "steps", "run", "script", "uses", "runs-on"})
	if jobs, ok := c.y.key(doc, "jobs"); !ok && c.y.shape(doc) == mappingShape {
		c.refuse(c.start(doc), "the workflow has no `jobs`")
	} else if ok && c.is(jobs, "a mapping of jobs", mappingShape) {
		entries := c.y.entries(jobs.value)
		if len(entries) == 0 {
			c.refuse(jobs.keyAt, "`jobs` is empty")
		}
		c.jobs(doc, entries, "runs-on")
		for _, e := range entries {
			c.job(e, top, defaults)
		}
	}
	c.stray(doc, githubStrays, c.readStray(top, GitHubRun))
}

func (c *ci) job(e entry, top *scope, defaults runDefaults) {
	job := e.value
	s := &scope{parent: top}
	c.variables(s, c.y.get(job, "env"), "")
	c.matrix(s, c.y.get(job, "strategy", "matrix"))
	if uses, ok := c.y.scalar(c.y.get(job, "uses")); ok {
		c.uses(uses)
		c.with(job, s, uses.text, Input{Job: e.key, If: c.y.str(c.y.get(job, "if"))})
	}
	d := c.defaults(defaults, job, s, e.key)
	d.condition = c.y.str(c.y.get(job, "if"))
	if d.shell == "" && strings.Contains(c.y.str(c.y.get(job, "runs-on")), "windows") {
		d.shell = "pwsh"
	}
	if !c.is(e, "the mapping of a job", mappingShape) {
		return
	}
	c.misplaced(job, "job", []string{"steps", "uses"}, []string{"step", "run", "script", "commands", "jobs"})
	steps, ok := c.y.key(job, "steps")
	_, uses := c.y.key(job, "uses")
	switch {
	case !ok && !uses && c.github():
		c.refuse(e.keyAt, "job `%s` has neither `steps` nor `uses`", e.key)
	case ok && uses && c.github():
		c.refuse(steps.keyAt, "job `%s` has both `steps` and `uses`", e.key)
	}
	if ok {
		c.steps(steps, s, d, e.key)
	}
}

// misplaced notes keys that GitHub surely takes for none of a mapping: those that are right elsewhere, and right ones in
// another case. Of other keys a later GitHub may know more. Forgejo and Gitea pass over them.
func (c *ci) misplaced(n ast.Node, what string, right, wrong []string) {
	if !c.github() {
		return
	}
	for _, e := range c.y.entries(n) {
		if lower := strings.ToLower(e.key); slices.Contains(wrong, lower) || lower != e.key && slices.Contains(right, lower) {
			c.refuse(e.keyAt, "`%s` is no key of a %s", e.key, what)
		}
	}
}

// steps reads the steps of a job or an action, whatever shape they have.
func (c *ci) steps(steps entry, s *scope, d runDefaults, job string) {
	if c.github() {
		if c.is(steps, "a list of steps", listShape) && c.y.shape(steps.value) == listShape && len(c.y.items(steps.value)) == 0 {
			c.refuse(steps.keyAt, "`steps` is empty")
		}
	} else {
		c.is(steps, "a list of steps", listShape, nullShape)
	}
	for _, item := range c.y.items(steps.value) {
		c.step(item, s, d, job)
	}
	if c.y.shape(steps.value) == mappingShape {
		c.step(steps.value, s, d, job)
	}
	if c.y.shape(steps.value) == textShape {
		c.readStray(s, GitHubRun)(steps.value)
	}
}

// action reads the metadata of an action; only composite ones have steps. A file of the name without `runs` may be none.
func (c *ci) action(doc ast.Node) {
	top := &scope{}
	c.inputDefaults(top, c.y.get(doc, "inputs"))
	runs, ok := c.y.key(doc, "runs")
	if !ok || !c.is(runs, "a mapping", mappingShape) {
		return
	}
	steps, ok := c.y.key(runs.value, "steps")
	switch using := c.y.str(c.y.get(runs.value, "using")); {
	case ok && using != "composite":
		c.refuse(steps.keyAt, "`steps` needs `using: composite`")
	case !ok && using == "composite":
		c.refuse(runs.keyAt, "the composite action has no `steps`")
	}
	if ok {
		c.steps(steps, top, runDefaults{}, "")
	}
	c.stray(runs.value, githubStrays, c.readStray(top, GitHubRun))
}

func (c *ci) inputDefaults(s *scope, inputs ast.Node) {
	for _, e := range c.y.entries(inputs) {
		name := "inputs." + e.key
		if i := slices.IndexFunc(c.given, func(in Input) bool { return strings.EqualFold(in.Name, e.key) }); i >= 0 {
			w := c.given[i].word
			s.define(&variable{name: name, words: []rawWord{w}, whole: w, scope: c.given[i].scope, given: !c.given[i].inner})
			continue
		}
		c.parameter(s, name, e.value, "options")
	}
}

// parameter defines a parameter by its default and, where it lists them, the values that it may have.
func (c *ci) parameter(s *scope, name string, n ast.Node, choices string) {
	if v, ok := c.y.scalar(c.y.get(n, "default")); ok {
		w := v.word(c.exprs(v.text))
		s.define(&variable{name: name, words: []rawWord{w}, whole: w})
	}
	c.choices(s, name, c.y.get(n, choices))
}

// choices defines the values in a list, each of which a variable may have.
func (c *ci) choices(s *scope, name string, list ast.Node) {
	for _, item := range c.y.items(list) {
		if v, ok := c.y.scalar(item); ok {
			w := v.word(c.exprs(v.text))
			s.define(&variable{name: name, words: []rawWord{w}, whole: w, ci: true})
		}
	}
}

// matrix defines the values that a job's matrix gives `matrix.NAME`, but for those that it excludes altogether.
func (c *ci) matrix(s *scope, n ast.Node) {
	excluded := map[[2]string]bool{}
	for _, item := range c.y.items(c.y.get(n, "exclude")) {
		if one := c.y.entries(item); len(one) == 1 {
			excluded[[2]string{one[0].key, c.y.str(one[0].value)}] = true
		}
	}
	for _, e := range c.y.entries(n) {
		items := c.y.items(e.value)
		if e.key == "exclude" {
			continue
		}
		if e.key == "include" {
			for _, item := range items {
				c.variables(s, item, "matrix.")
			}
			continue
		}
		for _, item := range items {
			if v, ok := c.y.scalar(item); ok {
				if excluded[[2]string{e.key, v.text}] {
					continue
				}
				w := v.word(c.exprs(v.text))
				s.define(&variable{name: "matrix." + e.key, words: []rawWord{w}, whole: w})
			} else {
				c.variables(s, item, "matrix."+e.key+".")
			}
		}
	}
}

// stepKeys are the keys beside run and uses that a step may have.
var stepKeys = []string{"name", "id", "if", "env", "shell", "working-directory", "with", "timeout-minutes", "continue-on-error"}

// checkStep notes a step that the CI system refuses.
func (c *ci) checkStep(step ast.Node) {
	switch s := c.y.shape(step); s {
	case textShape, listShape:
		c.refuse(c.start(step), "a step is %v, where a mapping is needed", s)
		return
	case nullShape:
		if c.github() {
			c.refuse(c.start(step), "a step is empty")
		}
		return
	case mappingShape:
	default:
		return
	}
	run, runs := c.y.key(step, "run")
	_, uses := c.y.key(step, "uses")
	if runs {
		c.is(run, "text", textShape, nullShape)
	}
	if !c.github() {
		return
	}
	c.misplaced(step, "step", []string{"run", "uses"}, []string{"step", "steps", "script", "commands", "jobs"})
	unknown := func(e entry) bool { return !slices.Contains(stepKeys, e.key) }
	switch {
	case runs && uses:
		c.refuse(run.keyAt, "the step has both `run` and `uses`")
	case !runs && !uses && !slices.ContainsFunc(c.y.entries(step), unknown):
		c.refuse(c.start(step), "the step has neither `run` nor `uses`")
	}
}

func (c *ci) step(step ast.Node, job *scope, d runDefaults, jobName string) {
	c.checkStep(step)
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
		c.with(step, s, uses.text, Input{Job: jobName, Step: name, If: d.condition + "\n" + c.y.str(c.y.get(step, "if"))})
	}
	text := c.y.get(step, "run")
	if text == nil && c.y.shape(step) != mappingShape {
		text = step
	}
	run, ok := c.lines(text)
	if !ok {
		return
	}
	if first := c.scripts[run.id]; first != nil {
		if len(first.aliased) < maxReadings {
			first.aliased = append(first.aliased, s)
		}
		return
	}
	if c.first(run) {
		script := &Script{Source: GitHubRun, Shell: interpreter(d.shell), Job: jobName, Step: name,
			WorkingDir: d.dir, exports: job, stepID: id, If: d.condition + "\n" + c.y.str(c.y.get(step, "if"))}
		c.scripts[run.id] = script
		c.add(run, s, script)
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

// with reads the inputs of an action or workflow, of which in has where it is used.
func (c *ci) with(n ast.Node, s *scope, uses string, in Input) {
	in.With = c.withs
	c.withs++
	for _, e := range c.y.entries(c.y.get(n, "with")) {
		text, ok := c.y.scalar(e.value)
		if !ok || !c.first(text) {
			continue
		}
		if commandInput(uses, e.key) {
			dir := c.y.str(c.y.get(n, "with", "working-directory"))
			c.add(text, s, &Script{Source: GitHubInput, Shell: "bash", Job: in.Job, Step: in.Step, WorkingDir: dir})
		}
		in.Uses, in.Name, in.Text, in.Span, in.at = uses, e.key, text.text, text.span, text.at
		if in.scope = nil; strings.HasPrefix(uses, "./") {
			in.word, in.scope = text.word(c.exprs(text.text)), &scope{parent: s}
		}
		c.inputs = append(c.inputs, pendingInput{in, text, s})
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
		p.input.inner = len(c.given) > 0
		c.doc.Inputs = append(c.doc.Inputs, p.input)
	}
}
