package shell

import (
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// A service says by which keys the files of a CI service, at whatever depth, hold commands: those of steps in lists, jobs and
// templates have the same names everywhere.
type service struct {
	commands []string // text, or a list of texts
	suffix   string   // of other keys that hold commands
	env      []string // variables for what lies in the same mapping
	dir      string   // the folder that commands of the same mapping run in
	exprs    func(text string) []expr
}

// services are, by their references: circleci.com/docs/configuration-reference; buildkite.com/docs/pipelines/configure/step-types;
// learn.microsoft.com, "YAML schema reference for Azure Pipelines"; docs.travis-ci.com, "Job lifecycle"; cirrus-ci.org,
// "Writing tasks"; support.atlassian.com, "Bitbucket Pipelines configuration reference"; man.sr.ht/builds.sr.ht/manifest.md.
var services = map[System]service{
	CircleCI:  {commands: []string{"run", "command"}, env: []string{"environment"}, dir: "working_directory", exprs: circleExprs},
	Buildkite: {commands: []string{"command", "commands"}, env: []string{"env"}, exprs: buildkiteExprs},
	Azure:     {commands: []string{"script", "bash", "inlinescript"}, env: []string{"env", "variables"}, dir: "workingDirectory", exprs: azureExprs},
	Travis: {env: []string{"env"}, commands: []string{"script", "before_install", "install", "before_script", "after_script", "after_success",
		"after_failure", "before_deploy", "after_deploy", "before_cache"}},
	Cirrus:    {suffix: "script", env: []string{"env", "environment"}},
	Bitbucket: {commands: []string{"script", "after-script"}},
	SourceHut: {env: []string{"environment"}},
}

// service reads a document of one of the services. Aliases are not followed, but for commands: what they stand for is read where
// it is defined.
func (c *ci) service(doc ast.Node) {
	top := &scope{}
	switch c.doc.System {
	case CircleCI:
		c.circle(doc, top)
	case Azure:
		c.azureParameters(doc, top)
	}
	c.below(doc, services[c.doc.System], top, "", 0)
	if c.doc.System == SourceHut {
		for _, task := range c.y.items(c.y.get(doc, "tasks")) {
			for _, e := range c.y.entries(task) {
				c.command(e.value, &scope{}, e.key, "")
			}
		}
	}
}

// below reads the commands below a node.
func (c *ci) below(node ast.Node, s service, around *scope, dir string, depth int) {
	if depth > maxYAMLDepth {
		return
	}
	switch n := node.(type) {
	case *ast.AnchorNode:
		c.below(n.Value, s, around, dir, depth+1)
	case *ast.SequenceNode:
		for _, item := range n.Values {
			c.below(item, s, around, dir, depth+1)
		}
	case ast.MapNode:
		in := around
		for _, key := range s.env {
			if vars := c.y.get(node, key); vars != nil {
				in = &scope{parent: in}
				c.variables(in, vars, "")
				c.namedValues(in, vars)
			}
		}
		in = c.choicesOf(node, in)
		if s.dir != "" {
			if own := c.y.str(c.y.get(node, s.dir)); own != "" {
				dir = own
			}
		}
		for it := n.MapRange(); it.Next(); {
			key := ""
			if tk := it.Key().GetToken(); tk != nil {
				key = strings.ToLower(tk.Value)
			}
			switch {
			case slices.Contains(s.env, key):
			case slices.Contains(s.commands, key) || s.suffix != "" && strings.HasSuffix(key, s.suffix):
				if c.y.shape(it.Value()) == mappingShape {
					c.below(it.Value(), s, in, dir, depth+1)
				} else {
					c.command(it.Value(), in, "", dir)
				}
			default:
				c.below(it.Value(), s, in, dir, depth+1)
			}
		}
	}
}

// command reads a script.
func (c *ci) command(n ast.Node, around *scope, job, dir string) {
	if text, ok := c.lines(n); ok && c.first(text) {
		c.add(text, around, &Script{Source: ServiceCommand, Shell: Dialect("", text.text), Job: job, WorkingDir: dir})
	}
}

// namedValues defines Azure's variables in a list of names and values.
func (c *ci) namedValues(s *scope, n ast.Node) {
	for _, item := range c.y.items(n) {
		name := c.y.str(c.y.get(item, "name"))
		if value, ok := c.y.scalar(c.y.get(item, "value")); ok && name != "" {
			w := value.word(c.exprs(value.text))
			s.define(&variable{name: name, words: []rawWord{w}, whole: w, ci: true})
		}
	}
}

// circle reads the jobs and commands of CircleCI that have parameters, each with the values that it gives them itself and those
// that workflows give.
func (c *ci) circle(doc ast.Node, top *scope) {
	c.circleParameters(top, "pipeline.parameters.", c.y.get(doc, "parameters"))
	of := map[string]*scope{}
	type body struct {
		node ast.Node
		in   *scope
	}
	var bodies []body
	for _, key := range []string{"jobs", "commands", "executors"} {
		for _, e := range c.y.entries(c.y.get(doc, key)) {
			in := &scope{parent: top}
			c.circleParameters(in, "parameters.", c.y.get(e.value, "parameters"))
			if key == "jobs" {
				of[e.key] = in
			}
			bodies = append(bodies, body{e.value, in})
		}
	}
	for _, workflow := range c.y.entries(c.y.get(doc, "workflows")) {
		for _, item := range c.y.items(c.y.get(workflow.value, "jobs")) {
			for _, use := range c.y.entries(item) {
				in := of[use.key]
				if in == nil {
					continue
				}
				c.variables(in, use.value, "parameters.")
				for _, e := range c.y.entries(c.y.get(use.value, "matrix", "parameters")) {
					c.choices(in, "parameters."+e.key, e.value)
				}
			}
		}
	}
	for _, b := range bodies {
		c.below(b.node, services[CircleCI], b.in, "", 0)
	}
}

func (c *ci) circleParameters(s *scope, prefix string, parameters ast.Node) {
	for _, e := range c.y.entries(parameters) {
		c.parameter(s, prefix+e.key, e.value, "enum")
	}
}

// azureParameters defines the parameters of a pipeline or template of Azure, by their defaults and the values they may have.
func (c *ci) azureParameters(doc ast.Node, top *scope) {
	for _, item := range c.y.items(c.y.get(doc, "parameters")) {
		c.parameter(top, "parameters."+c.y.str(c.y.get(item, "name")), item, "values")
	}
}

// choicesOf returns the scope with the values that a matrix in a mapping gives its variables.
func (c *ci) choicesOf(node ast.Node, around *scope) *scope {
	in := &scope{parent: around}
	switch c.doc.System {
	case Azure: // each entry is one run, with its variables
		for _, run := range c.y.entries(c.y.get(node, "strategy", "matrix")) {
			c.variables(in, run.value, "")
		}
	case Buildkite:
		matrix := c.y.get(node, "matrix")
		c.choices(in, "matrix", matrix)
		c.choices(in, "matrix", c.y.get(matrix, "setup"))
		for _, e := range c.y.entries(c.y.get(matrix, "setup")) {
			c.choices(in, "matrix."+e.key, e.value)
		}
	case Travis:
		env := c.y.get(node, "env")
		for _, key := range []string{"global", "jobs", "matrix"} {
			c.variables(in, c.y.get(env, key), "")
		}
	}
	if in.order == nil {
		return around
	}
	return in
}

// buildkiteExpr is what Buildkite replaces by the values of a matrix.
var buildkiteExpr = regexp.MustCompile(`\{\{\s*(matrix(?:\.[\w-]+)?)\s*\}\}`)

func buildkiteExprs(text string) (out []expr) {
	for _, m := range buildkiteExpr.FindAllStringSubmatchIndex(text, -1) {
		out = append(out, expr{start: m[0], end: m[1], name: text[m[2]:m[3]]})
	}
	return out
}

// circleExpr is what CircleCI replaces: << parameters.x >>. Other pairs of angles are the shell's.
var circleExpr = regexp.MustCompile(`<<\s*[a-z]+\.[\w.-]+\s*>>`)

func circleExprs(text string) (out []expr) {
	for _, m := range circleExpr.FindAllStringIndex(text, -1) {
		out = append(out, expr{start: m[0], end: m[1], name: strings.Trim(text[m[0]:m[1]], "<> \t")})
	}
	return out
}

// azureExprs finds $(name), which Azure replaces by a variable of its own, and ${{ … }}.
func azureExprs(text string) []expr {
	out := enclosed(text, "$(", ")", nil)
	out = slices.DeleteFunc(out, func(e expr) bool { return e.name == "" })
	for i := range out {
		out[i].name = "env." + strings.TrimPrefix(out[i].name, "inputs.")
	}
	for _, e := range githubExprs(text) {
		name := strings.TrimSpace(text[e.start+len("${{") : e.end-len("}}")])
		if parameter, ok := strings.CutPrefix(name, "parameters."); !ok || !recipeName(parameter) {
			name = ""
		}
		out = append(out, expr{start: e.start, end: e.end, name: name})
	}
	slices.SortFunc(out, func(a, b expr) int { return a.start - b.start })
	return slices.CompactFunc(out, func(a, b expr) bool { return max(a.start, b.start) < min(a.end, b.end) })
}
