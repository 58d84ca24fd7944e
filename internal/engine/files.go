package engine

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
)

// Listing is what a run over paths would check and what not.
type Listing struct {
	Files  []Listed    // sorted by path
	Errors []FileError // as in a Result
}

// Listed is a file of a Listing, or a folder that is left out with all that is in it.
type Listed struct {
	Path      string
	Folder    bool
	Kind      workspace.Kind // of a file that is checked
	Generated bool           // it is checked for errors only
	Changed   string         // how it differs, in words, where Options.Changes narrow the run
	// Reason is one word that says why it is not checked, "" where it is, and Why the same in words. Pattern is what matched,
	// and From its place.
	Reason, Why, Pattern string
	From                 config.Origin
}

// List returns what a run over paths would check and what not, and why.
func (e *Checker) List(ctx context.Context, paths []string) (*Listing, error) {
	selection, errs := e.choose(paths, workspace.Options{Links: true, Skipped: true})
	l := &lister{Checker: e}
	for _, f := range selection.Files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		l.checked(f)
	}
	reported := make(map[string]bool, len(selection.Files))
	for _, f := range selection.Files {
		reported[f.Path] = true
	}
	for _, f := range e.bereft(paths, reported) {
		l.files = append(l.files, Listed{Path: f.Path, Kind: f.Kind, Generated: l.isGenerated(f), Changed: "names a file that is gone: findings about that only"})
	}
	for _, path := range selection.Excluded {
		l.excluded(path, false)
	}
	for _, s := range selection.Skipped {
		l.skipped(s)
	}
	for _, link := range selection.LeftAlone {
		l.files = append(l.files, Listed{Path: link.Path, Reason: "link", Why: "a link that " + link.Why})
	}
	slices.SortFunc(l.files, func(a, b Listed) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Reason, b.Reason))
	})
	l.files = slices.CompactFunc(l.files, func(a, b Listed) bool { return a.Path == b.Path })
	return &Listing{Files: l.files, Errors: e.withConfigErrors(append(errs, l.errors...))}, nil
}

// lister makes a Listing.
type lister struct {
	*Checker
	parser parser.Parser
	folder string
	view   *project.View
	files  []Listed
	errors []FileError
}

func (l *lister) checked(f workspace.File) {
	listed := Listed{Path: f.Path, Kind: f.Kind, Generated: l.isGenerated(f)}
	if c := l.opts.Changes; c != nil {
		repo, _ := l.snapshot.Git().Open(filepath.Dir(f.Path))
		listed.Changed = c.Why(repo, f.Path)
	}
	l.files = append(l.files, listed)
}

// isGenerated reports whether a run looks for errors only in a file, as worker.isGenerated does.
func (l *lister) isGenerated(f workspace.File) bool {
	if f.Kind == workspace.FlakeLock || l.opts.Generated || l.config(f.Path).Generated {
		return false
	}
	text, err := l.fs.ReadFile(f.Path)
	if err != nil {
		l.errors = append(l.errors, FileError{File: f.Path, Message: unreadable(err), Kind: Unreadable})
		return false
	}
	if dir := filepath.Dir(f.Path); dir != l.folder || l.view == nil {
		l.folder, l.view = dir, l.snapshot.View(f.Path)
	}
	if f.Kind == workspace.Nix {
		tree := l.parser.Parse(string(text))
		defer tree.End()
		return l.view.Generated(f.Path, tree)
	}
	return l.view.GeneratedText(f.Path, string(text))
}

func (l *lister) excluded(path string, folder bool) {
	p, _ := l.config(path).ExcludedBy(path)
	l.files = append(l.files, Listed{
		Path: path, Folder: folder, Reason: workspace.ByExclude.String(), Why: fmt.Sprintf("excluded by `%s`", p.Text), Pattern: p.Text, From: p.From,
	})
}

func (l *lister) skipped(s workspace.Skipped) {
	out := Listed{Path: s.Path, Folder: s.Folder, Reason: s.Reason.String()}
	switch s.Reason {
	case workspace.ByExclude:
		l.excluded(s.Path, s.Folder)
		return
	case workspace.ByGit:
		out.Why, out.Pattern = fmt.Sprintf("ignored by Git: `%s`", s.Ignore.Pattern), s.Ignore.Pattern
		out.From = config.Origin{File: s.Ignore.File, Line: s.Ignore.Line}
	case workspace.Hidden:
		out.Why = "in a hidden folder, where only what Git tracks is checked"
	case workspace.OtherKind:
		out.Why = "not of a kind that nixsift checks"
	case workspace.Special:
		out.Why = "not a regular file"
	case workspace.Unchanged:
		out.Why = "unchanged"
	case workspace.Linked:
		out.Why = "a link to a file that is checked itself"
	}
	l.files = append(l.files, out)
}
