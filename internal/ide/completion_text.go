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
	return true
}

// ruleNames proposes rules, if the cursor is in the brackets of a comment that silences some.
func (p *proposals) ruleNames(comment ast.Token, rules []Named) {
	text := p.Text()[comment.Start():p.offset]
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
