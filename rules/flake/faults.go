package flake

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

// eachFault calls tell for the faults of some kinds of all inputs and overrides of what surely is a flake.
func eachFault(p *rules.Pass, f *flake.Flake, tell func(in *flake.Input, fault flake.Fault) (diag.Finding, bool), kinds ...flake.FaultKind) {
	var found []diag.Finding
	for _, root := range f.Nix.Inputs {
		for in := range root.All() {
			for _, fault := range in.Faults {
				for _, k := range kinds {
					if k != fault.Kind {
						continue
					}
					if finding, ok := tell(in, fault); ok {
						found = append(found, finding)
					}
				}
			}
		}
	}
	tellFaults(p, f, found)
}

// tellFaults reports findings if the file surely is a flake. Their fixes change inputs.
func tellFaults(p *rules.Pass, f *flake.Flake, found []diag.Finding) {
	if len(found) == 0 {
		return
	}
	ifFlake(p, f, f.Nix.Set, func(report func(diag.Finding)) {
		for i := range found {
			outdates(f, &found[i])
			report(found[i])
		}
	})
}

// computed is flake.Computed without the names of rec { }, of which nothing is sure.
func computed(p *rules.Pass, n ast.Node) ast.Node {
	n = flake.Computed(n)
	if n.Is(ast.Ident) {
		if b := p.Names().Resolve(n); b != nil && p.Names().Scope(b.Scope).Node.Is(ast.AttrSet) {
			return ast.Node{}
		}
	}
	return n
}

// inputCode names an input in a message.
func inputCode(in *flake.Input) string { return diag.Code(strings.Join(in.Path, "/")) }

// head returns the span of a value, or of its first token where it goes over several lines.
func head(n ast.Node) source.Span {
	if span := n.Span(); !strings.Contains(n.Text(), "\n") {
		return span
	}
	return n.FirstToken().Span()
}

// rename returns the fix that gives an attribute another name wherever it is defined.
func rename(a *flake.Attr, name string) diag.Fix {
	fix := diag.Fix{Title: "write " + diag.Code(name)}
	for _, d := range a.Defs {
		fix.Edits = append(fix.Edits, diag.Edit{Span: d.Part.Span(), Text: ast.QuoteAttr(name)})
	}
	return fix
}

// before returns the fix that writes text before each part of a path that names an attribute.
func before(a *flake.Attr, title, text string) diag.Fix {
	fix := diag.Fix{Title: title}
	for _, d := range a.Defs {
		at := d.Part.Start()
		fix.Edits = append(fix.Edits, diag.Edit{Span: source.Span{Start: at, End: at}, Text: text})
	}
	return fix
}
