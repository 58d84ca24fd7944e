package flake

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// IsZero reports whether there is no reference.
func (r Ref) IsZero() bool { return r.Type == "" }

// IsRelative reports whether the reference is a path relative to the flake that names it.
func (r Ref) IsRelative() bool { return r.Type == TypePath && !path.IsAbs(r.Path) }

// IsLocal reports whether the reference names files of this machine: a path, or a file: URL of any type.
func (r Ref) IsLocal() bool {
	return r.Type == TypePath || strings.HasPrefix(r.URL, "file:")
}

// LocalPath returns the path in the file system that a local reference names, as written.
func (r Ref) LocalPath() (string, bool) {
	if r.Type == TypePath {
		return r.Path, true
	}
	if p, ok := strings.CutPrefix(r.URL, "file:"); ok {
		if rest, ok := strings.CutPrefix(p, "//"); ok {
			p = rest
		}
		p, _, _ = strings.Cut(p, "?")
		return decode(p), p != ""
	}
	return "", false
}

// LooksLikeURL reports whether Nix reads the reference as a path though its author meant a URL or an
// scp-like address: a colon stands before the first slash.
func (r Ref) LooksLikeURL() bool {
	if r.Type != TypePath || strings.HasPrefix(r.Text, "path:") {
		return false
	}
	colon, slash := strings.IndexByte(r.Text, ':'), strings.IndexByte(r.Text, '/')
	return colon > 0 && (slash < 0 || colon < slash)
}

// IsPinned reports whether the reference itself fixes the content: it has a revision or a narHash.
func (r Ref) IsPinned() bool { return r.Rev != "" || r.Params["narHash"] != "" }

// Scheme returns the scheme that URL form has: "github", "git+https", "path", "https", "flake", …
func (r Ref) Scheme() string {
	transport, _, _ := strings.Cut(r.URL, ":")
	switch r.Type {
	case TypeGit:
		if transport == "git" {
			return "git"
		}
		return "git+" + transport
	case TypeHg:
		return "hg+" + transport
	case TypeTarball, TypeFile:
		return transport
	case TypeIndirect:
		return "flake"
	}
	return r.Type
}

// String returns the reference as written, or its URL form.
func (r Ref) String() string {
	if r.Text != "" {
		return r.Text
	}
	s := ""
	switch r.Type {
	case TypeGitHub, TypeGitLab, TypeSourceHut:
		s = r.Type + ":" + r.Owner + "/" + r.Repo
	case TypeGit, TypeHg:
		s = strings.TrimPrefix(r.Type+"+"+r.URL, "git+git:")
		if s != r.Type+"+"+r.URL {
			s = "git:" + s
		}
	case TypePath:
		s = "path:" + r.Path
	case TypeIndirect:
		s = r.ID
	default:
		s = r.URL
	}
	sep := "?"
	if strings.Contains(s, "?") {
		sep = "&"
	}
	query := func(name, value string) {
		if value != "" {
			s += sep + name + "=" + value
			sep = "&"
		}
	}
	switch r.Type {
	case TypeGitHub, TypeGitLab, TypeSourceHut, TypeIndirect:
		for _, x := range []string{r.Ref, r.Rev} {
			if x != "" {
				s += "/" + x
			}
		}
	default:
		query("ref", r.Ref)
		query("rev", r.Rev)
	}
	query("dir", r.Dir)
	query("host", r.Host)
	return s
}

// SameInput reports whether Nix takes two references for the same when it compares a declaration with the original
// of a lock entry: all attributes count as they are written, save that a dir may stand in the URL too (canonicalize
// in flakeref.cc). Nix writes URLs in a normal form of its own, so where they differ in escapes only, sure is false.
func SameInput(a, b Ref) (same, sure bool) {
	if a.Type != b.Type || a.Owner != b.Owner || a.Repo != b.Repo || a.Host != b.Host || a.ID != b.ID || a.Path != b.Path ||
		a.Ref != b.Ref || a.Rev != b.Rev || a.Dir != b.Dir || !maps.Equal(a.Params, b.Params) {
		return false, true
	}
	x, y := a.bareURL(), b.bareURL()
	return x == y, x == y || looseURL(x) != looseURL(y)
}

// bareURL is the URL without a dir that the reference has too.
func (r Ref) bareURL() string {
	base, query, ok := strings.Cut(r.URL, "?")
	if !ok || r.Dir == "" {
		return r.URL
	}
	var kept []string
	for _, pair := range strings.Split(query, "&") {
		if name, value, _ := strings.Cut(pair, "="); name != "dir" || decode(value) != r.Dir {
			kept = append(kept, pair)
		}
	}
	if len(kept) == 0 {
		return base
	}
	return base + "?" + strings.Join(kept, "&")
}

// looseURL drops what a normal form may change: escapes and the order of parameters.
func looseURL(text string) string {
	base, query, _ := strings.Cut(text, "?")
	pairs := nonEmpty(strings.Split(decode(query), "&"))
	slices.Sort(pairs)
	return decode(base) + "?" + strings.Join(pairs, "&")
}
