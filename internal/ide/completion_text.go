package ide

import (
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/project"
)

// paths proposes files and folders, if a path literal ends at the cursor.
func (p *proposals) paths() bool {
	text := p.Text()
	from := p.offset
	for from > 0 && (isNameByte(text[from-1]) || strings.IndexByte("./+~", text[from-1]) >= 0) {
		from--
	}
	written := text[from:p.offset]
	slash := strings.LastIndexByte(written, '/')
	if slash < 0 || !strings.HasPrefix(written, "./") && !strings.HasPrefix(written, "../") && !strings.HasPrefix(written, "/") {
		return false
	}
	if strings.HasPrefix(written, "/") && (len(written) == 1 || strings.HasPrefix(written, "//")) {
		return false // an operator
	}
	dir, ok := project.ResolveText(p.path, written[:slash]+"/.")
	if !ok {
		dir = filepath.Join(filepath.Dir(p.path), filepath.FromSlash(written[:slash]))
		if strings.HasPrefix(written, "/") {
			dir = filepath.FromSlash(written[:slash+1])
		}
	}
	p.start = from + uint32(slash) + 1
	p.entries(dir)
	return true
}

// behindFolder proposes files and folders, if a string goes on behind the path of a folder: "${./dir}/…", ./dir + "/…".
func (p *proposals) behindFolder(n ast.Node) bool {
	var base ast.Node
	from := n.Start() + 1
	if up := n.Parent(); up.Is(ast.Binary) && up.Op() == ast.OpAdd && up.FirstChild() != n {
		base = up.FirstChild().Unparen()
	} else if first := n.FirstChild(); first.Is(ast.Interpolation) && first.Start() == from && first.End() <= p.offset {
		base, from = first.FirstChild().Unparen(), first.End()
	}
	if !base.Is(ast.Path) || p.offset <= from {
		return false
	}
	for c := range n.Children() {
		if c.Start() >= from && c.Start() < p.offset {
			return false // a name in it is computed
		}
	}
	dir, ok := project.Resolve(p.path, base)
	written := p.Text()[from:p.offset]
	slash := strings.LastIndexByte(written, '/')
	if !ok || slash < 0 || written[0] != '/' {
		return false
	}
	p.start = from + uint32(slash) + 1
	p.entries(filepath.Join(dir, filepath.FromSlash(written[:slash])))
	return true
}

// entries proposes what is in a folder.
func (p *proposals) entries(dir string) {
	for _, name := range p.Entries(dir) {
		i := Item{Label: name, Kind: ItemFile}
		if p.Kind(filepath.Join(dir, name)) == project.Folder {
			i.Kind, i.Detail = ItemFolder, "a folder"
		}
		if strings.HasPrefix(name, ".") {
			i.rank = 2
		} else if i.Kind == ItemFile && !strings.HasSuffix(name, ".nix") {
			i.rank = 1
		}
		p.add(i)
	}
}

// ruleNames proposes rules, if the cursor is in the brackets of a comment that silences some, or how such a comment goes on.
func (p *proposals) ruleNames(comment ast.Token, rules []Named) {
	text := p.Text()[comment.Start():p.offset]
	if before := strings.TrimRight(p.Text()[comment.Start():p.start], " \t"); strings.TrimLeft(before, "#/* \t") == "nixsift:" {
		p.add(Item{Label: "ignore", Kind: ItemKeyword, Detail: "findings on this line, or the next", Snippet: "ignore[$1] $0"})
		p.add(Item{Label: "ignore-file", Kind: ItemKeyword, Detail: "findings in this file", Snippet: "ignore-file[$1] $0", rank: 1})
		return
	}
	open := strings.LastIndexByte(text, '[')
	if open < 0 || strings.Contains(text[open:], "]") {
		return
	}
	if before := strings.TrimSpace(text[:open]); !strings.HasSuffix(before, "ignore") && !strings.HasSuffix(before, "ignore-file") || !strings.Contains(before, "nixsift:") {
		return
	}
	for _, r := range rules {
		p.add(Item{Label: r.ID, Kind: ItemRule, Detail: r.Summary})
	}
}
