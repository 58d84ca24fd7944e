package ci

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/shell"
)

// A caller is a job or step that uses a workflow or an action of the repository, with what it gives that.
type caller struct{ inputs []shell.Input }

// callers returns what uses workflows and actions of the repository in a document and gives them inputs.
func callers(d *shell.Doc) (out []*caller) {
	for _, in := range d.Inputs {
		if !strings.HasPrefix(in.Uses, "./") {
			continue
		}
		if n := len(out); n > 0 {
			last := out[n-1].inputs
			same := func(o shell.Input) bool { return o.Uses == in.Uses && o.Job == in.Job && o.Step == in.Step }
			if same(last[0]) && !slices.ContainsFunc(last, func(o shell.Input) bool { return o.Name == in.Name }) {
				out[n-1].inputs = append(last, in)
				continue
			}
		}
		out = append(out, &caller{[]shell.Input{in}})
	}
	return out
}

// gives reports whether a variable is an input that the caller gives.
func (c *caller) gives(variable string) bool {
	name, ok := strings.CutPrefix(variable, "inputs.")
	return ok && slices.ContainsFunc(c.inputs, func(in shell.Input) bool { return strings.EqualFold(in.Name, name) })
}

// asksFor reports whether a condition of the caller asks for a variable that a reading has a value of.
func (c *caller) asksFor(r shell.Reading) bool {
	return slices.ContainsFunc(r.Variables(), func(name string) bool { return strings.Contains(c.inputs[0].If, name) })
}

// workflow reports whether it is a workflow that is used: a job of its own, with a checkout of its own.
func (c *caller) workflow() bool {
	file := path.Clean(c.inputs[0].Uses)
	return strings.HasSuffix(file, ".yml") || strings.HasSuffix(file, ".yaml")
}

// inCalled names the document behind a preposition where it is another one that calls.
func (r *missingOutputs) inCalled(preposition string) string {
	if r.caller == nil {
		return ""
	}
	return preposition + diag.Code(r.at.doc.Path)
}

// used returns the path of the workflow or action that is used, relative to the project's root with slashes, and its text. ok is false
// where the repository has none there.
func (l *places) used(c *caller) (file, text string, ok bool) {
	clean := path.Clean(c.inputs[0].Uses)
	names := []string{clean}
	if !c.workflow() {
		names = []string{clean + "/action.yml", clean + "/action.yaml"}
	}
	for _, name := range names {
		at := filepath.Join(l.pass.Project.Root(), filepath.FromSlash(name))
		if !l.pass.Project.Within(at) || l.pass.Project.Kind(at) != project.Regular {
			continue
		}
		if f := l.pass.Project.File(at); f != nil {
			return name, f.Text(), true
		}
	}
	return "", "", false
}

// called looks at the commands of the workflows and actions of the repository that the document uses, with the values that it gives
// them. What these use in turn is not followed.
func (r *missingOutputs) called() {
	if r.at.doc.System != shell.GitHubWorkflow && r.at.doc.System != shell.GitHubAction {
		return
	}
	for _, c := range callers(r.at.doc) {
		file, text, ok := r.at.used(c)
		if !ok || !c.workflow() && r.at.elsewhere(c.inputs[0].Job) {
			continue
		}
		in := &missingOutputs{once: r.once, at: &places{pass: r.pass, doc: shell.ReadCalled(file, text, c.inputs)}, works: r.works, caller: c}
		in.at.calls(func(call *call) {
			if !strings.Contains(call.script.Text, "flake.nix") && call.name != "nh" {
				in.command(call)
			}
		})
		r.values = append(r.values, in.values...)
	}
}
