package project

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "path-case-mismatch", Family: family, Since: "0.1.0",
	Summary: "A path is written in another case than the file",
	Doc: "`./Host.nix` is `host.nix` on most Macs, whose disks make no difference, and nothing on Linux: there Nix fails with \"does\n" +
		"not exist\", in CI at the latest. Write the name as the file has it.\n" +
		"\n" +
		"The fix does that. Where it is on, `missing-path` leaves such a path to it." + "\n",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Placed: true,
	On:     []ast.Kind{ast.Path},
	File: func(pass *rules.Pass) {
		p := &paths{Pass: pass}
		p.each(func(n ast.Node, target string) {
			there := p.inCase(target)
			if there == "" {
				return
			}
			l, ok := p.read(n, target)
			if !ok || !l.probe && p.guarded(l) {
				return
			}
			f := diag.Finding{
				Span: n.Span(), Message: fmt.Sprintf("%s is written in another case than %s", diag.Code(n.Text()), diag.Code(p.Project.Rel(there))),
				Help: "write it as the file is called: where the disk tells cases apart, it does not exist",
			}
			if text := recased(n.Text(), there); text != n.Text() {
				f.Fixes = []diag.Fix{rules.Replace("write "+diag.Code(text), diag.Unsafe, n.Span(), text)}
			}
			p.Report(f)
		})
	},
})

// inCase returns the one path that a path of the project is but for the case of its parts; "" where all parts are there as they
// are written, or some in no case.
func (p *paths) inCase(target string) string {
	root := p.Project.Root()
	rel, err := filepath.Rel(root, target)
	if err != nil || !filepath.IsLocal(rel) || rel == "." {
		return ""
	}
	dir := filepath.Dir(target)
	if p.inFolder[dir] {
		if _, ok := slices.BinarySearch(p.Project.Entries(dir), filepath.Base(target)); ok {
			return ""
		}
	}
	at, differs := root, false
	for part := range strings.SplitSeq(rel, string(filepath.Separator)) {
		names := p.Project.Entries(at)
		if _, ok := slices.BinarySearch(names, part); !ok {
			i := slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(name, part) })
			if i < 0 || slices.ContainsFunc(names[i+1:], func(name string) bool { return strings.EqualFold(name, part) }) {
				return ""
			}
			part, differs = names[i], true
		}
		at = filepath.Join(at, part)
	}
	if !differs {
		if p.inFolder == nil {
			p.inFolder = map[string]bool{}
		}
		p.inFolder[dir] = true
		return ""
	}
	return at
}

// recased returns a literal with the parts at its end as those of a path are, as far up as both have the same.
func recased(literal, path string) string {
	parts, have := strings.Split(literal, "/"), strings.Split(filepath.ToSlash(path), "/")
	for i, j := len(parts)-1, len(have)-1; i >= 0 && j >= 0 && strings.EqualFold(parts[i], have[j]); i, j = i-1, j-1 {
		parts[i] = have[j]
	}
	return strings.Join(parts, "/")
}
