package sandbox

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "store-path-literal", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "A path of the Nix store is written out",
	Doc: "`\"/nix/store/…-tool-1.0/bin/tool\"` is plain text: it does not make the path a part of the closure. Nix does not build or copy it,\n" +
		"the garbage collector removes it, the sandbox of a build does not have it, and it is gone with the next version of the package. So it\n" +
		"is there on the machine of its author, and missing on an installed or airgapped one.\n" +
		"\n" +
		"Refer to the package: `\"${pkgs.tool}/bin/tool\"`. What is on the machine at run time belongs to `/run/current-system`, `/etc` or `/var`.\n" +
		"A path that no package makes is an input of the flake, or `builtins.fetchClosure`.\n" +
		"\n" +
		"Nothing is said of what `builtins.storePath`, `fetchClosure` and `appendContext` are given, which keep the path, of documentation and\n" +
		"expected values, of comments, and of files that are a table of data without a function.",
	Severity: diag.Info, Presets: rules.Recommended,
	On: []ast.Kind{ast.String, ast.IndString, ast.Path},
	File: func(p *rules.Pass) {
		if !strings.Contains(p.Tree.Source(), storeDir) || !p.Tree.Kinds().HaveAny(ast.KindsOf(ast.Lambda)) {
			return
		}
		src := p.Tree.Source()
		for i, rec := range p.Tree.Records() {
			if rec.Kind != ast.String && rec.Kind != ast.IndString && rec.Kind != ast.Path {
				continue
			}
			n := p.Tree.Node(ast.NodeID(i))
			if !strings.Contains(n.Text(), storeDir) || kept(n) {
				continue
			}
			for part := range ast.Parts(n) {
				if !part.IsText() {
					continue
				}
				for _, m := range storePath.FindAllStringIndex(part.Span.Of(src), -1) {
					at := source.Span{Start: part.Span.Start + uint32(m[0]), End: part.Span.Start + uint32(m[1])}
					text := at.Of(src)
					if strings.Trim(text[len(storeDir):len(storeDir)+hashLength], text[len(storeDir):len(storeDir)+1]) == "" || commented(src, n.Start(), at.Start) {
						continue // a placeholder
					}
					message := "the text `%s…` does not make the path a part of the closure"
					if rec.Kind == ast.Path {
						message = "the path `%s…` is copied by itself where it becomes a string, without what it refers to; pure evaluation refuses it"
					}
					p.ReportMildly(diag.Finding{
						Span: at, Message: fmt.Sprintf(message, text[:len(storeDir)+shownHash]),
						Help: "refer to the package, as `${pkgs.NAME}`; what the machine has at run time lies in `/run/current-system`, `/etc` or `/var`",
					}, diag.Hint)
				}
			}
		}
	},
})

const (
	storeDir   = "/nix/store/"
	hashLength = 32
	shownHash  = 6
)

// storePath matches a path in the store: the hash in the alphabet of Nix (libutil/hash.cc), a hyphen and a name.
var storePath = regexp.MustCompile(storeDir + `[0-9a-df-np-sv-z]{32}-[0-9A-Za-z+._?=-]+`)

// keepers are functions that make a path of the store a part of the closure.
var keepers = []string{"storePath", "fetchClosure", "appendContext", "toPath"}

// compared are attributes whose values are compared, not used.
var compared = []string{"expected", "fromPath", "toPath"}

// kept reports whether a path of the store is given to what keeps it, or only shown.
func kept(n ast.Node) bool {
	left := maxAround
	for up := range n.Ancestors() {
		if left--; left == 0 {
			break
		}
		switch {
		case up.IsCall():
			fn, _ := ast.Call(up)
			if slices.Contains(keepers, ast.LastName(fn)) {
				return true
			}
		case up.Is(ast.Binding):
			if name := (ast.BindingNode{Node: up}).Attrpath().LastName(); slices.Contains(compared, name) || modsys.IsDocumentation(name) {
				return true
			}
		case up.Is(ast.Binary):
			if up.Op() == ast.OpEq || up.Op() == ast.OpNeq {
				return true
			}
		}
	}
	return false
}

// commented reports whether a place lies behind the # of a comment, in its line of the text that begins at start: at the beginning of
// the line or behind a blank, as shells and files of configuration have it.
func commented(src string, start, at uint32) bool {
	line := src[max(strings.LastIndexByte(src[:at], '\n')+1, int(start)):at]
	line = " " + strings.TrimLeft(line, "\"'")
	return strings.Contains(line, " #") || strings.Contains(line, "\t#")
}
