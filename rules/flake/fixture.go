package flake

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/rules"
)

// fixtureFolders are folders whose flakes are input of tests.
var fixtureFolders = []string{"test", "tests", "testing", "testdata", "testflake", "fixture", "fixtures"}

var (
	// fixtureText matches what flakes say of themselves that serve to fetch, lock or cache inputs.
	fixtureText = regexp.MustCompile(`(?i)\b(dummy|stub|fixture|mock) flake\b|\bflake (is )?((only|just|merely|that) )*((used|needed|there|serves|exists) )?(only |just |merely )?(to|for) (cach|fetch|pin|lock|test)`)
	// besideText matches what says so only of a flake that lies below another.
	besideText = regexp.MustCompile(`(?i)\b(dev(elopment)?|private|test(ing)?)[- ](time |only )?inputs\b|` +
		`\b(only|just|merely) (used |needed |serves |exists |here )?(to|for) (cach|fetch|pin|lock|test|developing |development\b)`)
)

// isFixture reports whether a flake is there for tests, or to fetch inputs for the flake that it lies in: it lies in a
// folder for tests; its description, the comment above it or a README beside it says so; or it lies in a folder for
// development and has no outputs.
func isFixture(p *rules.Pass, f *flake.Flake, aside bool) bool {
	root := p.Project.Root()
	rel, err := filepath.Rel(root, f.Dir)
	if err != nil {
		return false
	}
	text, _ := f.Nix.Description()
	text += "\n" + header(f.Nix.Tree)
	if fixtureText.MatchString(text) || rel == "." {
		return fixtureText.MatchString(text)
	}
	if besideText.MatchString(text) {
		return true
	}
	if aside {
		for part := range strings.SplitSeq(filepath.ToSlash(rel), "/") {
			if slices.Contains(fixtureFolders, strings.ToLower(part)) {
				return true
			}
		}
		if hasNoOutputs(f.Nix) {
			return true
		}
	}
	file := p.Project.File(filepath.Join(f.Dir, "README.md"))
	if file == nil {
		return false
	}
	const head = 1000 // bytes that tell what it is about
	readme := file.Text()[:min(len(file.Text()), head)]
	return fixtureText.MatchString(readme) || besideText.MatchString(readme)
}

// header returns the comments before the code of a file but for suppressions.
func header(t *ast.Tree) string {
	var b strings.Builder
	t = suppress.Without(t)
	for tok := range t.Comments() {
		if strings.Trim(t.Source()[:tok.Span().Start], " \t\r\n") != "" && !blank(t.Source()[:tok.Span().Start]) {
			break
		}
		b.WriteString(unmark(tok.Text()) + " ")
	}
	return b.String()
}

// hasNoOutputs reports whether outputs is a function that gives an empty set.
func hasNoOutputs(n *flake.Nix) bool {
	if !n.Outputs.IsLambda {
		return false
	}
	body := n.Outputs.Lambda.Body().Unparen()
	return body.Is(ast.AttrSet) && !body.FirstChild().IsValid()
}

// reportFixture tells of all copies that a fixture's inputs bring at once.
func (c *followsCheck) reportFixture() {
	if len(c.copies) == 0 {
		return
	}
	finding := diag.Finding{Severity: diag.Hint, Span: place(c.at), Anywhere: true}
	var paths []string
	for _, r := range c.copies {
		paths = append(paths, r.d.joined())
		finding.Subjects = append(finding.Subjects, r.d.joined())
		finding.Related = append(finding.Related, c.ownNode(r.d))
	}
	first := &c.copies[0]
	finding.Message = fmt.Sprintf("the inputs of this flake, which serves tests or fetches inputs only, bring copies of what it has: %s", diag.List(paths, 4))
	finding.Help = fmt.Sprintf("where the time to fetch them counts, let them follow: `%s.follows = %s;`", flake.AttrPath(first.d.path), ast.QuoteString(first.target()))
	c.found = append(c.found, finding)
}
