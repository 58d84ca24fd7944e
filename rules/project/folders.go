package project

import (
	"fmt"
	"path/filepath"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
)

// plainMiss is a missing path of which nothing more is known.
type plainMiss struct {
	place   literal
	finding diag.Finding
	more    string // how often else the file names it
}

const (
	// foldFrom is the number of plain missing paths of one folder from which on they are one finding.
	foldFrom = 10
	// maxRelated bounds how many of them it shows.
	maxRelated = 20
)

// reportPlain reports the plain missing paths: one by one, or together where many are of one folder, as where a table
// lists files that are not published.
func (m *missing) reportPlain() {
	folders := map[string][]plainMiss{}
	var order []string
	for _, p := range m.plain {
		folder := m.folder(p.place.target)
		if folders[folder] == nil {
			order = append(order, folder)
		}
		folders[folder] = append(folders[folder], p)
	}
	for _, folder := range order {
		all := folders[folder]
		if len(all) < foldFrom {
			for _, p := range all {
				p.finding.Message += p.more
				m.reportUnless(sampleOrCopied, p.finding)
			}
			continue
		}
		f, rel := all[0].finding, diag.Code(m.Project.Rel(folder))
		switch {
		case m.Project.Kind(folder) == project.Nothing:
			f.Message = fmt.Sprintf("the folder %s does not exist, of which the file names %d paths", rel, len(all))
		case m.Project.Rel(folder) == ".":
			f.Message += fmt.Sprintf(", nor do %d more paths that the file names beside it", len(all)-1)
		default:
			f.Message += fmt.Sprintf(", nor do %d more paths in %s that the file names", len(all)-1, rel)
		}
		for _, p := range all[1:min(len(all), maxRelated+1)] {
			f.Related = append(f.Related, diag.Related{Span: p.finding.Span, Message: p.finding.Message})
		}
		m.reportUnless(sampleOrCopied, f)
	}
}

// folder returns the outermost folder around a missing path that is missing, too, or else the one it lies in.
func (m *missing) folder(target string) string {
	folder := filepath.Dir(target)
	for dir := folder; m.Project.Within(dir) && m.Project.Kind(dir) == project.Nothing; dir = filepath.Dir(dir) {
		folder = dir
	}
	return folder
}
