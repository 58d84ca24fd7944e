package migrate

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// actions adds the calls that actions for the tools make in a workflow: astro/deadnix-action (flags),
// jocelynthode/statix-action (action, directory) and others of these names that take flags.
func (p *Plan) actions(file, text string) {
	var top any
	if yaml.Unmarshal([]byte(text), &top) != nil {
		return // nixsift check says so
	}
	p.actionsIn(file, top, 0)
}

func (p *Plan) actionsIn(file string, node any, depth int) {
	if depth > maxDepth {
		return
	}
	switch node := node.(type) {
	case []any:
		for _, n := range node {
			p.actionsIn(file, n, depth+1)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(node)) {
			p.actionsIn(file, node[key], depth+1)
		}
		uses, _ := node["uses"].(string)
		name, _, _ := strings.Cut(uses, "@")
		tool, isAction := strings.CutSuffix(path.Base(name), "-action")
		if !isAction || toolNamed(tool) != tool || tool == "" {
			return
		}
		with, _ := node["with"].(map[string]any)
		input := func(name, otherwise string) string {
			if v, ok := with[name]; ok {
				return fmt.Sprint(v)
			}
			return otherwise
		}
		var line string
		switch owner, _, _ := strings.Cut(name, "/"); {
		case owner == "astro" && tool == "deadnix":
			line = input("flags", "--no-lambda-pattern-names") + " -e ."
		case owner == "jocelynthode" && tool == "statix":
			line = input("action", "check") + " " + input("directory", ".")
		case with["flags"] != nil:
			line = input("flags", "")
		default:
			if p.only == "" || p.only == tool {
				p.lost = append(p.lost, place(file, tool)+"what `"+uses+"` does is not known")
			}
			return
		}
		for _, c := range toolCalls(file, tool+" "+line) {
			c.file, c.walks = file, true
			c.what = uses + ", " + strings.TrimSpace(c.tool+" "+strings.Join(c.args, " "))
			p.try(c)
		}
	}
}
