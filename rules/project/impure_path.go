package project

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "impure-path", Family: family, Since: "0.1.0",
	Summary: "A file that a flake reaches reads an absolute path, or one in a home folder",
	Doc: "Pure evaluation, that of flakes, reads nothing of the machine: \"access to absolute path '/etc/nixos/x.nix' is forbidden in\n" +
		"pure evaluation mode\". With a path that begins with `~/` Nix refuses the whole file: \"the path '~/x' can not be resolved in\n" +
		"pure mode\". So fails what imports, reads or copies such a path, also as a string in `import \"/etc/x.nix\"` and\n" +
		"`builtins.readFile \"/run/secrets/x\"`; what only is a value, or becomes text by `toString`, does not.\n" +
		"\n" +
		"Take the file into the repository, as `./x.nix`. What a service reads at run time, such as a secret, is named by a string:\n" +
		"`passwordFile = \"/run/secrets/x\"`. Where an absolute path literal is the value of an attribute, it may be meant as such a\n" +
		"name, or be copied: a warning, with a fix that quotes it where the name of the attribute says so, as those of files of\n" +
		"services do. Paths that go to `findFirst pathExists` and its kin are not read. Paths in files that no flake reaches are those of `absolute-path-literal`." + rules.Reaching,
	Severity: diag.Error, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Asks: project.ForReach,
	On:   []ast.Kind{ast.Path, ast.String},
	File: func(pass *rules.Pass) {
		p := &paths{Pass: pass}
		for i, r := range p.Tree.Records() {
			switch n := p.Tree.Node(ast.NodeID(i)); {
			case r.Kind == ast.Path && !n.HasError():
				p.checkAbsolute(n)
			case r.Kind == ast.String && strings.HasPrefix(n.Text(), `"/`):
				p.checkRead(n)
			}
		}
	},
})

// checkAbsolute reports an absolute path literal that is read, and one in a home folder.
func (p *paths) checkAbsolute(n ast.Node) {
	text := n.FirstToken().Text()
	if strings.HasPrefix(text, "~/") {
		rules.WholeFile.Report(p.Pass, diag.Finding{
			Span: n.Span(), Message: fmt.Sprintf("pure evaluation cannot resolve %s: it refuses the whole file", diag.Code(n.Text())),
			Help: "take the file into the repository and write a path relative to this file, or quote an absolute one",
		}, rules.Degrees{Reached: diag.Error, Maybe: diag.Warning})
		return
	}
	if !ofMachine(text) || nixlang.Appended(n) {
		return
	}
	s := rules.Degrees{Reached: diag.Warning, Maybe: diag.Info}
	use := p.useOf(n)
	if at, ok := p.completed(n); ok {
		use = directUse(at)
	}
	switch {
	case use == textOnly, use == probed: // impure-builtin
		return
	case p.reads(n, use):
		s = rules.Degrees{Reached: diag.Error, Maybe: diag.Warning}
	}
	if documentation(n) || p.guarded(literal{node: n, target: n.Text()}) {
		return
	}
	f := diag.Finding{Span: n.Span(), Message: "pure evaluation may not read " + diag.Code(n.Text())}
	if s.Reached < diag.Error {
		f.Message = "pure evaluation fails where " + diag.Code(n.Text()) + ", an absolute path literal, is copied or read"
	}
	f.Help = "take the file into the repository, or quote the path if it is read at run time"
	if s.Reached < diag.Error && nixlang.OnlyText(n) {
		f.Fixes = []diag.Fix{rules.Replace("quote the path", diag.Unsafe, n.Span(), `"`+n.Text()+`"`)}
	}
	p.ReportImpure(false, rules.Impurity{At: p.Purely(n), Finding: f, Degrees: s, Site: true})
}

// checkRead reports a string that is an absolute path where a file is read.
func (p *paths) checkRead(n ast.Node) {
	if !ofMachine(n.Text()[1:]) || !readsFile(n) && directUse(n) != imported {
		return
	}
	path := strings.Trim(n.Text(), `"`)
	if p.guarded(literal{node: n, target: path}) {
		return
	}
	p.ReportImpure(false, rules.Impurity{
		At: p.Purely(n), Degrees: rules.Degrees{Reached: diag.Error, Maybe: diag.Warning}, Site: true,
		Finding: diag.Finding{
			Span: n.Span(), Message: "pure evaluation may not read " + diag.Code(path),
			Help: "take the file into the repository; what is secret, read at run time: give the path itself to the service",
		},
	})
}

// ofMachine reports whether a path is absolute, as those of machines are, and not in the Nix store.
func ofMachine(path string) bool {
	return nixlang.OfMachine(path) && !strings.HasPrefix(path, "/nix/store")
}

// readers read the file that their argument names.
var readers = map[string]bool{
	"import": true, "readFile": true, "readDir": true, "hashFile": true, "filterSource": true, "fromTOMLFile": true, "importTOML": true, "importJSON": true,
	"callPackage": true, "listFilesRecursive": true, "cleanSource": true,
}

// readsFile reports whether an expression is the argument of a function that reads the file it names.
func readsFile(n ast.Node) bool {
	at := n.OutsideParens()
	call, ok := ast.AsApply(at.Parent())
	if !ok || call.Arg() != at {
		return false
	}
	fn, _ := ast.Call(call.Func())
	return readers[ast.LastName(fn)]
}
