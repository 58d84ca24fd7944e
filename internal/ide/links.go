package ide

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/secret"
)

// Link is a part of the file that leads elsewhere: to a file, or out.
type Link struct {
	Span source.Span
	File string // absolute; "" for what has a URL
	URL  string
}

// maxLinks bounds the links of a file. In files of more bytes than maxComputed no URL is computed: editors ask after each edit.
const maxLinks, maxComputed = 2000, 256 << 10

// Links returns what leads elsewhere in the file, in source order: paths of files that exist, and of folders with a default.nix; URLs in
// strings and comments; references of flakes, which lead to their forge.
func (v *View) Links() []Link {
	l := &linker{View: v, left: maxHinted}
	if len(v.Text()) > maxComputed {
		l.left = 0
	}
	l.references()
	records := v.tree.Records()
	for id := range records {
		n := v.tree.Node(ast.NodeID(id))
		switch records[id].Kind {
		case ast.Path:
			if target, at, ok := v.pathAt(n); ok {
				for _, to := range v.fileAt(target) {
					l.add(Link{Span: at.Span(), File: to.File})
				}
			}
		case ast.Apply:
			if call, _ := ast.AsApply(n); ast.LastName(call.Func()) == "getFlake" {
				l.reference(call.Arg().Unparen(), filepath.Dir(v.path))
			}
		}
	}
	l.urls()
	slices.SortStableFunc(l.out, func(a, b Link) int { return int(a.Span.Start) - int(b.Span.Start) })
	out := l.out[:0]
	for _, link := range l.out {
		if n := len(out); n == 0 || out[n-1].Span.End <= link.Span.Start {
			out = append(out, link)
		}
	}
	return out
}

// linker gathers links.
type linker struct {
	*View
	out  []Link
	left int // expressions that may be evaluated
}

func (l *linker) add(link Link) {
	if len(l.out) < maxLinks {
		l.out = append(l.out, link)
	}
}

// references adds the references of the inputs that flake.nix declares.
func (l *linker) references() {
	dir := l.FlakeDir()
	if dir == "" || l.path != filepath.Join(dir, "flake.nix") {
		return
	}
	f := l.Flake()
	if f == nil || f.Nix == nil {
		return
	}
	for _, root := range f.Nix.Inputs {
		for in := range root.All() {
			if in.URLNode.IsValid() {
				l.reference(in.URLNode, dir)
			}
		}
	}
}

// reference adds the reference of a flake that a string is. Relative ones are relative to a folder.
func (l *linker) reference(n ast.Node, dir string) {
	text, ok := ast.StringValue(n)
	if !ok || !n.Is(ast.String) || n.Span().Len() < 2 {
		return
	}
	ref, err := flake.ParseRef(text)
	if err != nil {
		return
	}
	at := source.Span{Start: n.Start() + 1, End: n.End() - 1}
	if local, ok := ref.LocalPath(); ok {
		if !filepath.IsAbs(local) {
			local = filepath.Join(dir, filepath.FromSlash(local))
		}
		if file := filepath.Join(local, "flake.nix"); l.Kind(file) == project.Regular {
			l.add(Link{Span: at, File: file})
		}
		return
	}
	if page := forgePage(ref); page != "" {
		l.add(Link{Span: at, URL: page})
	}
}

// forgePage returns the URL of the page on which people read the source of a reference; "" where there is none.
func forgePage(r flake.Ref) string {
	if to, ok := r.Registry(); ok {
		if to.Ref == "" {
			to.Ref = r.Ref
		}
		if to.Rev == "" {
			to.Rev = r.Rev
		}
		return forgePage(to)
	}
	rev, host := r.Rev, r.ForgeHost()
	if rev == "" {
		rev = r.Ref
	}
	below := ""
	switch r.Type {
	case flake.TypeGitHub, flake.TypeSourceHut:
		below = "/tree/"
	case flake.TypeGitLab:
		below = "/-/tree/"
	default:
		return webPage(r)
	}
	page := &url.URL{Scheme: "https", Host: host, Path: "/" + r.Owner + "/" + r.Repo}
	if rev != "" {
		page.Path += below + rev
	}
	return page.String()
}

// webPage returns the page of a reference that is a URL.
func webPage(r flake.Ref) string {
	u, err := url.Parse(r.URL)
	if err != nil {
		return ""
	}
	switch {
	case u.Scheme == "http" || u.Scheme == "https":
		u.User = nil
		if r.Type == flake.TypeGit {
			u.Path = strings.TrimSuffix(u.Path, ".git")
		}
		return u.String()
	case r.Type == flake.TypeGit && u.Scheme == "ssh" && u.Hostname() != "":
		return (&url.URL{Scheme: "https", Host: u.Hostname(), Path: strings.TrimSuffix(u.Path, ".git")}).String()
	}
	return ""
}

// urls adds the URLs that are written in strings and comments.
func (l *linker) urls() {
	text := l.Text()
	for at := 0; len(l.out) < maxLinks; {
		i := strings.Index(text[at:], "://")
		if i < 0 {
			return
		}
		i += at
		at = i + len("://")
		start := i
		for start > 0 && 'a' <= text[start-1] && text[start-1] <= 'z' {
			start--
		}
		if scheme := text[start:i]; scheme != "http" && scheme != "https" {
			continue
		}
		tok := l.tree.TokenAt(uint32(start))
		switch tok.Kind() {
		case ast.TokURI, ast.TokText, ast.TokIndText, ast.TokLineComment, ast.TokBlockComment:
		default:
			continue
		}
		end := int(min(tok.Span().End, uint32(start+urlLength(text[start:]))))
		at = max(at, end)
		span := source.Span{Start: uint32(start), End: uint32(end)}
		if next := tok.Next(); end == int(tok.Span().End) && next.IsValid() && next.Kind() == ast.TokDollarCurly {
			l.computed(tok)
			continue
		}
		if u := strings.TrimRight(span.Of(text), ".,;:!?*"); len(u) > len("https://") {
			span.End = span.Start + uint32(len(u))
			l.link(span, u)
		}
	}
}

// link adds a URL, if it is one.
func (l *linker) link(at source.Span, text string) {
	if u, err := url.Parse(text); err == nil && u.Host != "" && (*secret.Values)(nil).Hide(text) == text {
		l.add(Link{Span: at, URL: text})
	}
}

// computed adds the URL that a string with a first text begins to be, where its value is known.
func (l *linker) computed(first ast.Token) {
	n := l.tree.NodeAt(first.Span())
	if !n.Is(ast.String) || first.Start() != n.Start()+1 || n.LastToken().Kind() != ast.TokQuote || l.left == 0 {
		return
	}
	l.left--
	k, ok := l.known(n)
	if !ok || !k.Sole || len(k.Values) != 1 || k.Values[0].Kind != eval.String {
		return
	}
	if text := k.Values[0].Text; urlLength(text) == len(text) {
		l.link(source.Span{Start: n.Start() + 1, End: n.End() - 1}, text)
	}
}

// urlLength returns how much of a text, in bytes, may be the URL that it begins with. A parenthesis is a part of it only with the
// one that opens it.
func urlLength(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c <= ' ' || c >= 0x7f || strings.IndexByte("\"'`<>\\{}|^[]", c) >= 0:
			return i
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth < 0 {
				return i
			}
		}
	}
	return len(text)
}
