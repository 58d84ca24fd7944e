package flake

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

// heldBack are names of inputs that say that one is meant to stay at a revision.
var heldBack = regexp.MustCompile(`(?i)pin|old|prev|last|lock|hold|held|frozen|freeze|legacy|rollback|working|good|known|fix|compat|[0-9]`)

// purpose are words of comments that tell what an input is for.
var purpose = regexp.MustCompile(`(?i)\b(for|until|needs?|needed|because|since|only|separate(ly)?|itself|own|independent(ly)?|stays?|keeps?|broken|breaks|pin(s|ned)?|cache[ds]?)\b`)

// reportDeclaredTwice reports an input that is the same flake, of the same branch, as another one of the flake, and locked to other
// contents.
func reportDeclaredTwice(p *rules.Pass, f *flake.Flake, allow []string) {
	var signs *signs
	type declared struct {
		in   *flake.Input
		node *flake.LockNode
	}
	known := map[copyKey]declared{}
	for _, in := range f.Nix.AllInputs() {
		node, ok := f.NodeOf(in)
		if !ok || !in.Literal || !in.Flake || in.Follows != nil || len(in.Overrides) > 0 || slices.Contains(allow, in.Name) || heldBack.MatchString(in.Name) {
			continue
		}
		original, ok := node.Original.Ref()
		if !ok || original.Repository() == "" || original.IsPinned() || original.IsLocal() {
			continue
		}
		key := copyKey{original.Repository(), original.Dir, branch(original)}
		first, twice := known[key]
		if !twice {
			known[key] = declared{in, node}
			continue
		}
		if first.node.Rev() == node.Rev() && first.node.NarHash() == node.NarHash() {
			continue
		}
		if signs == nil {
			signs = readSigns(p, f)
		}
		if signs.meant(first.in) || signs.meant(in) {
			continue
		}
		lock := filepath.Join(f.Dir, "flake.lock")
		finding := diag.Finding{
			Span:    place(in),
			Message: fmt.Sprintf("`%s` and `%s` are both `%s`, locked to different revisions", first.in.Name, in.Name, original.String()),
			Help:    fmt.Sprintf("if one is enough, write `%s.follows = %s;`", "inputs."+ast.QuoteAttr(in.Name), ast.QuoteString(first.in.Name)),
			Related: []diag.Related{
				{File: lock, Span: first.node.Key, Message: "`" + first.in.Name + "`: " + describe(first.node)},
				{File: lock, Span: node.Key, Message: "`" + in.Name + "`: " + describe(node)},
			},
			Subjects: []string{in.Name},
			Anywhere: true,
		}
		if p.Project.InAside(f.Dir) {
			finding.Severity = diag.Hint
		}
		p.Report(finding)
	}
}

// meant reports whether a comment at an input may tell what it is for.
func (s *signs) meant(in *flake.Input) bool {
	return slices.ContainsFunc(s.notes[in], func(n note) bool { return n.deliberate || purpose.MatchString(n.text) })
}
