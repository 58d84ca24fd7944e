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
type caller struct {
	inputs []shell.Input
	outer  *caller // what calls the document that it stands in, if that is a called one
	file   string  // that it uses
}

// within reports whether a file is one that the caller, or one further out, uses: GitHub refuses circles.
func (c *caller) within(file string) bool {
	return c != nil && (c.file == file || c.outer.within(file))
}

// steps returns the inputs of a document by the steps and jobs that give them.
func steps(d *shell.Doc) (out [][]shell.Input) {
	for i, in := range d.Inputs {
		if i == 0 || in.With != d.Inputs[i-1].With {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], in)
	}
	return out
}

// gives reports whether a variable is an input that the caller gives.
func (c *caller) gives(variable string) bool {
	name, ok := strings.CutPrefix(variable, "inputs.")
	return ok && slices.ContainsFunc(c.inputs, func(in shell.Input) bool { return strings.EqualFold(in.Name, name) })
}

// asksFor reports whether a condition of the caller, or of one further out, asks for a variable that a reading has a value of.
func (c *caller) asksFor(r shell.Reading) bool {
	return c != nil && (c.outer.asksFor(r) ||
		slices.ContainsFunc(r.Variables(), func(name string) bool { return strings.Contains(c.inputs[0].If, name) }))
}

// passesOn reports whether an input may have a value that the document it stands in is given.
func (c *caller) passesOn() bool {
	return slices.ContainsFunc(c.inputs, func(in shell.Input) bool {
		return strings.Contains(in.Text, "inputs") || strings.Contains(in.Text, "env.")
	})
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

// Bounds of what is followed: GitHub lets workflows and actions call each other ten levels deep.
const (
	maxCalls      = 10
	maxCalledDocs = 64
)

// called looks at the commands of the workflows and actions of the repository that the document uses, with the values that it gives
// them, and at those that they give on.
func (r *missingOutputs) called() {
	if r.at.doc.System != shell.GitHubWorkflow && r.at.doc.System != shell.GitHubAction || r.depth == maxCalls {
		return
	}
	for _, inputs := range steps(r.at.doc) {
		c := &caller{inputs: inputs, outer: r.caller}
		if !strings.HasPrefix(inputs[0].Uses, "./") || r.caller != nil && !c.passesOn() {
			continue
		}
		file, text, ok := r.at.used(c)
		if !ok || r.caller.within(file) || !c.workflow() && r.at.elsewhere(c.inputs[0].Job) {
			continue
		}
		c.file = file
		if *r.followed++; *r.followed > maxCalledDocs {
			return
		}
		in := &missingOutputs{
			once: r.once, at: &places{pass: r.pass, doc: shell.ReadCalled(file, text, c.inputs)}, works: r.works, caller: c, depth: r.depth + 1,
			followed: r.followed,
		}
		in.at.calls(func(call *call) {
			if !strings.Contains(call.script.Text, "flake.nix") {
				in.command(call)
			}
		})
		in.called()
		r.values = append(r.values, in.values...)
	}
}
