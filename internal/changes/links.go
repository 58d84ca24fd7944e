package changes

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/git"
)

// link is a symbolic link and what its text names, both relative to the root.
type link struct{ at, target string }

// maxBehind bounds the paths that are found to lead through links to what is gone: links to folders with links lead to
// the same file by ever more ways.
const maxBehind = 1 << 16

// followLinks adds what a change means for tracked symbolic links: those to files that it touches differ, too; those to
// what it takes away lead to nothing any more, like those that it makes lead nowhere; and what lay behind links to folders
// is gone where it is. The changes tell which links there were.
func (s *Set) followLinks(ctx context.Context, p *program, all []change) {
	var links, nowhere []link
	for e := range s.Repo.Files() {
		if e.Mode != git.Symlink && s.how[e.Path] == "" { // what has changed may be a link that is not staged
			continue
		}
		at := s.abs(e.Path)
		text, err := s.FS.Readlink(at)
		if err != nil {
			if s.how[e.Path] != "" && s.leadsNowhere(e.Path) {
				s.gone[e.Path] = true
			}
			continue
		}
		l, inside := s.link(e.Path, text)
		if inside {
			links = append(links, l)
		}
		target, err := s.FS.EvalSymlinks(at)
		switch rel, ok := s.Repo.Rel(target); {
		case err == nil && ok && s.how[e.Path] == "" && s.Why(s.Repo, target) != "":
			s.add(e, fmt.Sprintf("leads to %s (%s)", rel, s.Why(s.Repo, target)))
		case err == nil:
		case s.how[e.Path] != "":
			s.gone[e.Path] = true // Gone looks whether it is so
		case inside:
			nowhere = append(nowhere, l)
		}
	}
	for _, old := range s.oldLinks(ctx, p, all) {
		links = append(links, old)
		if !s.Repo.HasBelow(old.target) {
			continue
		}
		for e := range s.Repo.Files() {
			if rest, ok := strings.CutPrefix(e.Path, old.target+"/"); ok {
				s.gone[old.at+"/"+rest] = true
			}
		}
	}
	s.reach(links)
	for _, l := range nowhere {
		if e, ok := s.Repo.Tracked(l.at); ok && s.gone[l.at] {
			s.add(e, "leads to nothing any more")
		}
	}
}

// leadsNowhere reports whether there is nothing at a path, or behind it.
func (s *Set) leadsNowhere(rel string) bool {
	_, err := s.FS.EvalSymlinks(s.abs(rel))
	return err != nil
}

// link returns the link at a path with the given text, and false where that leads out of the repository or to its top.
func (s *Set) link(at, text string) (link, bool) {
	if filepath.IsAbs(text) {
		rel, ok := s.Repo.Rel(text)
		return link{at, rel}, ok && rel != ""
	}
	target := path.Join(path.Dir(at), filepath.ToSlash(text))
	return link{at, target}, target != "." && filepath.IsLocal(target)
}

// oldLinks returns the links that a change took away, or gave another text, as they were.
func (s *Set) oldLinks(ctx context.Context, p *program, all []change) (old []link) {
	texts := &blobs{ctx: ctx, program: p}
	defer texts.close()
	add := func(at string, object git.ID) {
		if text, err := texts.Blob(object); err == nil { // of one that is not there, less is told
			if l, ok := s.link(at, string(text)); ok {
				old = append(old, l)
			}
		}
	}
	for _, c := range all {
		if c.link != (git.ID{}) {
			add(c.path, c.link)
		}
	}
	if !s.untracked {
		return old
	}
	for e := range s.Repo.Files() { // those that are not staged
		if e.Mode == git.Symlink && (s.how[e.Path] != "" || s.gone[e.Path]) {
			if c, ok := s.Repo.Content(e.Path); ok {
				add(e.Path, c.ID)
			}
		}
	}
	return old
}

// reach adds to what is gone the paths that lead to it through links.
func (s *Set) reach(links []link) {
	links = slices.DeleteFunc(links, func(l link) bool { // one to a folder that it lies in leads there by paths without end
		return l.at == l.target || strings.HasPrefix(l.at, l.target+"/")
	})
	var fresh []string
	above := map[string][]string{} // by folder: what is gone in it, at any depth
	for rel := range s.gone {
		fresh = append(fresh, rel)
	}
	slices.Sort(fresh)
	found := 0
	add := func(rel string) {
		if !s.gone[rel] && found < maxBehind {
			s.gone[rel] = true
			fresh = append(fresh, rel)
			found++
		}
	}
	for len(fresh) > 0 {
		clear(above)
		for _, rel := range fresh {
			for dir := rel; dir != "."; dir = path.Dir(dir) {
				above[dir] = append(above[dir], rel)
			}
		}
		fresh = nil
		for _, l := range links {
			for _, rel := range above[l.target] {
				add(l.at + strings.TrimPrefix(rel, l.target)) // Gone looks whether it is so
			}
			if len(above[l.target]) > 0 && !s.gone[l.at] && s.leadsNowhere(l.at) {
				add(l.at)
			}
		}
	}
}
