package custom

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/query"
	"github.com/nixsift/nixsift/rules"
)

// policy compiles a definition of what lock files are to meet.
func (c *compiler) policy(r *Rule) {
	p, err := query.ReadPolicy(c.def.Require.Value)
	if err != nil {
		c.fail(c.def.Require, "`require`", err)
		return
	}
	message, help := strings.TrimSpace(c.def.Message.Value), strings.TrimSpace(c.def.Help.Value)
	r.LockAlone = true
	r.Flake = func(pass *rules.Pass, f *flake.Flake) {
		if f.Lock == nil || slices.ContainsFunc(f.Lock.Problems, func(p flake.Problem) bool { return p.Kind <= flake.ProblemMissingNode }) {
			return
		}
		for _, b := range p.Check(f, pass.Now()) {
			pass.Report(placed(f, b, diag.Finding{Message: message + " (" + b.Why + ")", Help: help}))
		}
	}
	for _, kind := range []struct {
		name     string
		of       []config.Example
		breaches bool
	}{{"`bad`", c.def.Bad, true}, {"`good`", c.def.Good, false}} {
		for _, x := range kind.of {
			if x.Path.Given() || x.Fixed.Given() || x.Host.Given() {
				c.fail(x.Code, kind.name, errors.New("an example of a policy is a text alone"))
				continue
			}
			f, err := readInputs(x.Code.Value)
			if err != nil {
				c.fail(x.Code, kind.name, err)
				continue
			}
			switch why := p.Check(f, exampleNow); {
			case kind.breaches && len(why) == 0:
				c.fail(x.Code, kind.name, errors.New("the policy finds nothing in this example: `require` holds"))
			case !kind.breaches && len(why) > 0:
				c.fail(x.Code, kind.name, fmt.Errorf("this example is to be right, and `require` does not hold: %s", why[0].Why))
			}
		}
	}
}

// placed says where a finding stands: at the input in flake.nix, else at its entry in the lock file, else at all the entries.
func placed(f *flake.Flake, b query.Breach, at diag.Finding) diag.Finding {
	at.Subjects, at.Anywhere = []string{strings.Join(b.Input, "/")}, true
	if len(b.Input) == 1 && f.Nix != nil {
		if in := f.Nix.Input(b.Input[0]); in != nil && in.NameNode.Text() != "" {
			at.Span = in.NameNode.Span()
			return at
		}
	}
	at.File, at.Span = filepath.Join(f.Dir, "flake.lock"), f.Lock.NodesSpan
	if b.Node != nil {
		at.Span = b.Node.Key
	}
	return at
}

// exampleNow is the moment that ages in examples count from.
var exampleNow = time.Unix(2_000_000_000, 0)

// exampleInput is an input of an example of a policy.
type exampleInput struct {
	Type   string         `json:"type"`
	Owner  string         `json:"owner"`
	Repo   string         `json:"repo"`
	Host   string         `json:"host"`
	Ref    string         `json:"ref"`
	Rev    string         `json:"rev"`
	URL    string         `json:"url"`
	Age    int64          `json:"age"` // in days
	Flake  *bool          `json:"flake"`
	Inputs map[string]any `json:"inputs"`
}

// needed returns the parts that Nix asks of an input of the type, for what an example leaves out because its condition does
// not look at it.
func (in *exampleInput) needed() map[string]any {
	switch in.Type {
	case "", "github", "gitlab", "sourcehut":
		return map[string]any{"type": "github", "owner": "unnamed", "repo": "unnamed"}
	case "path":
		return map[string]any{"path": "/unnamed"}
	}
	return map[string]any{"url": "https://unnamed.invalid"}
}

// readInputs reads an example of a policy: inputs by name as JSON. Those that are inputs of others are none of the flake.
func readInputs(text string) (*flake.Flake, error) {
	if len(text) > maxExample {
		return nil, fmt.Errorf("it has %d bytes; at most %d are read", len(text), maxExample)
	}
	var inputs map[string]exampleInput
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&inputs); err != nil {
		return nil, fmt.Errorf("an example is JSON of inputs by name, such as {\"nixpkgs\": {\"owner\": \"NixOS\", \"repo\": \"nixpkgs\", \"age\": 3}}: %w", err)
	}
	nodes, root := map[string]any{}, map[string]any{}
	for name := range inputs {
		root[name] = name
	}
	for name, in := range inputs {
		for _, to := range in.Inputs {
			if own, ok := to.(string); ok && own != name {
				delete(root, own)
			}
		}
		original := in.needed()
		for key, value := range map[string]string{"type": in.Type, "owner": in.Owner, "repo": in.Repo, "host": in.Host, "url": in.URL} {
			if value != "" {
				original[key] = value
			}
		}
		locked := map[string]any{"rev": strings.Repeat("1", 40), "lastModified": exampleNow.Unix() - in.Age*24*60*60}
		for key, value := range original {
			locked[key] = value
		}
		if in.Rev != "" {
			locked["rev"] = in.Rev
		}
		if in.Ref != "" {
			original["ref"] = in.Ref
		}
		node := map[string]any{"locked": locked, "original": original, "inputs": in.Inputs}
		if in.Inputs == nil {
			delete(node, "inputs")
		}
		if in.Flake != nil && !*in.Flake {
			node["flake"] = false
		}
		nodes[name] = node
	}
	if nodes[exampleRoot] != nil {
		return nil, fmt.Errorf("`%s` is no name of an input in an example", exampleRoot)
	}
	nodes[exampleRoot] = map[string]any{"inputs": root}
	lock, err := json.Marshal(map[string]any{"version": 7, "root": exampleRoot, "nodes": nodes})
	if err != nil {
		return nil, err
	}
	file := new(flake.LockFile)
	file.Read(string(lock))
	if p := file.Problems(flake.ProblemShape, flake.ProblemMissingNode); len(p) > 0 {
		return nil, fmt.Errorf("these inputs are none that Nix takes: %s", p[0].Message)
	}
	return flake.NewAlone(at, file), nil
}

// exampleRoot is the node of the flake itself in examples.
const exampleRoot = "root"
