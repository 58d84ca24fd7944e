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
	Buildkite: {commands: []string{"command", "commands"}, env: []string{"env"}},
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
	c.below(doc, services[c.doc.System], &scope{}, "", 0)
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

// circleExpr is what CircleCI replaces: << parameters.x >>. Other pairs of angles are the shell's.
var circleExpr = regexp.MustCompile(`<<\s*[a-z]+\.[\w.-]+\s*>>`)

func circleExprs(text string) (out []expr) {
	for _, m := range circleExpr.FindAllStringIndex(text, -1) {
		out = append(out, expr{start: m[0], end: m[1]})
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
		out = append(out, expr{start: e.start, end: e.end})
	}
	slices.SortFunc(out, func(a, b expr) int { return a.start - b.start })
	return slices.CompactFunc(out, func(a, b expr) bool { return max(a.start, b.start) < min(a.end, b.end) })
}
