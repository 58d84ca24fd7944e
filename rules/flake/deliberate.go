package flakerules

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

// signs are what tells that an input keeps its own copies on purpose.
type signs struct {
	p     *rules.Pass
	f     *flake.Flake
	hosts []string                // of the binary caches that nixConfig names, reduced to what names the owner
	wider []string                // the same of all Nix files around
	asked bool                    // wider is read
	notes map[*flake.Input][]note // comments at inputs
}

// note is a comment about follows, or a binary cache.
type note struct {
	text string
	span source.Span
}

var (
	// keeps matches comments that by themselves tell why an input does not follow: commented-out code, caches,
	// a nixpkgs of its own.
	keeps = regexp.MustCompile(`(?i)\bfollows\s*=|\bcach(e[sd]?|ing|ix)\b|\bsubstitut|\brebuil[dt]|\brecompil|` +
		`\b(own|pinned|separate|different|newer|older|upstream'?s?) (version of |copy of |pin of |revision of )?nixpkgs\b`)
	// aboutFollows matches comments that speak of following, negated those that speak against something.
	aboutFollows = regexp.MustCompile(`(?i)\bfollow(s|ed|ing)?\b|\boverrid|\bnixpkgs\b`)
	negated      = regexp.MustCompile(`(?i)n['’]t\b|\b(no|not|never|cannot|dont|without|avoid(s|ed)?|instead|break(s|ing)?|broken|fail(s|ed|ure)?|` +
		`disabled|intentional(ly)?|deliberate(ly)?|purpose|unless)\b`)
	// severalInputs matches comments that speak of more than the input behind them.
	severalInputs = regexp.MustCompile(`(?i)\b(these|those|below|they|them|their)\b|\b(following|next|all) (\w+ )?(inputs|flakes|ones|entries)\b|\binputs\b([^.]|$)`)
	// declaration matches a line of commented-out code that declares an input: name.url, name = {.
	declaration = regexp.MustCompile(`^(?:inputs\.)?"?([A-Za-z_][\w.'-]*?)"?(?:\.(?:url|inputs|follows|flake|type)\b|\s*=\s*\{)`)
)

// readSigns reads the signs of a flake.
func readSigns(p *rules.Pass, f *flake.Flake) *signs {
	s := &signs{p: p, f: f, notes: map[*flake.Input][]note{}}
	for _, v := range f.Nix.Substituters() {
		if h := cacheName(v.Text); h != "" {
			s.hosts = append(s.hosts, h)
		}
	}
	s.readComments()
	return s
}

// cacheName reduces the URL of a binary cache to the part that names its owner: hyprland.cachix.org to
// hyprland, cache.garnix.io to garnix.
func cacheName(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	labels := strings.Split(strings.ToLower(u.Hostname()), ".")
	if n := len(labels); n > 1 {
		labels = labels[:n-1]
	}
	labels = slices.DeleteFunc(labels, func(l string) bool {
		switch l {
		case "cache", "cachix", "www", "nix", "nixos", "attic", "install", "binary", "binarycache", "s3", "hydra":
			return true
		}
		return false
	})
	if len(labels) == 0 {
		return ""
	}
	return squeeze(labels[0])
}

// squeeze leaves letters and digits, in lower case.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(s))
}

// cached reports whether the flake names a binary cache of the input: in its nixConfig or, looked at only
// where wide is set, in any of the project's files.
func (s *signs) cached(in *flake.Input, wide bool) bool {
	repo := in.Ref.Repository()
	for _, host := range s.hosts {
		if isCacheOf(host, in) || squeeze(path.Base(path.Dir(repo))) == host && !modulesOnly[repo] {
			return true
		}
	}
	if !wide {
		return false
	}
	if !s.asked {
		s.asked = true
		for _, url := range s.p.Project.Substituters() {
			if h := cacheName(url); h != "" {
				s.wider = append(s.wider, h)
			}
		}
	}
	return slices.ContainsFunc(s.wider, func(host string) bool { return isCacheOf(host, in) })
}

// isCacheOf reports whether the name of a cache is that of an input or its repository.
func isCacheOf(host string, in *flake.Input) bool {
	full := path.Base(in.Ref.Repository())
	base := full
	for _, suffix := range []string{".nix", "-nix", "-flake"} {
		base = strings.TrimSuffix(base, suffix)
	}
	for _, n := range []string{squeeze(in.Name), squeeze(full), squeeze(strings.TrimPrefix(base, "nix-"))} {
		if n != "" && n == host || len(n) >= 5 && strings.HasPrefix(host, n) || len(host) >= 5 && strings.HasPrefix(n, host) {
			return true
		}
	}
	return false
}

// followedInto reports whether other inputs follow an input's own copy.
func (s *signs) followedInto(d *duplicate) bool {
	for _, in := range s.f.Nix.FollowersOf(d.path[0]) {
		if in.Path[0] != d.path[0] && len(in.Follows.Path) >= len(d.path) && slices.Equal(in.Follows.Path[:len(d.path)], d.path) {
			return true
		}
	}
	return false
}

// comment returns a comment that speaks of following at the input's declaration, if it may mean the copy.
func (s *signs) comment(in *flake.Input, d *duplicate) (note, bool) {
	for _, n := range s.notes[in] {
		if deliberate(n.text) && s.means(n.text, in, d) {
			return n, true
		}
	}
	return note{}, false
}

// deliberate reports whether a comment tells why an input does not follow.
func deliberate(text string) bool {
	return keeps.MatchString(text) || aboutFollows.MatchString(text) && negated.MatchString(text)
}

// means reports whether a comment at an input may speak of one of its inputs: it names that one, or none.
func (s *signs) means(text string, in *flake.Input, d *duplicate) bool {
	if mentions(text, d.path[1]) || mentions(text, d.name()) {
		return true
	}
	inputs, _ := s.f.InputsOf(in)
	return !slices.ContainsFunc(inputs, func(i flake.LockInput) bool { return mentions(text, i.Name) })
}

// mentions reports whether a text has a name as a word of its own.
func mentions(text, name string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 || name == "" {
			return false
		}
		start, end := from+i, from+i+len(name)
		if (start == 0 || !nameByte(text[start-1])) && (end == len(text) || !nameByte(text[end])) {
			return true
		}
		from = end
	}
}

func nameByte(c byte) bool {
	return c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// block is a run of comments without a blank line in it.
type block struct {
	span          source.Span
	text          string
	before, after bool // a blank line lies before or behind it
	sameLine      bool // it stands behind code
}

// readComments sorts the comments of flake.nix to the inputs that they stand at.
func (s *signs) readComments() {
	type place struct {
		in   *flake.Input
		span source.Span
	}
	var places []place
	for _, in := range s.f.Nix.Inputs {
		for _, b := range in.Decls() {
			places = append(places, place{in, b.Span()})
		}
	}
	slices.SortStableFunc(places, func(a, b place) int { return int(a.span.Start) - int(b.span.Start) })
	src := s.f.Nix.Tree.Source()
	for _, b := range blocks(s.f.Nix.Tree) {
		var prev, next *place
		var inside *flake.Input
		nextAt := len(places)
		for i := range places {
			p := &places[i]
			switch {
			case p.span.Covers(b.span):
				inside = p.in
			case p.span.End <= b.span.Start:
				prev = p
			case p.span.Start >= b.span.End && next == nil:
				next, nextAt = p, i
			}
		}
		n := note{b.text, b.span}
		switch {
		case inside != nil:
			s.add(inside, b, n)
		case b.sameLine:
			if prev != nil && !strings.Contains(src[prev.span.End:b.span.Start], "\n") {
				s.add(prev.in, b, n)
			}
		default:
			if prev != nil && !b.before && blank(src[prev.span.End:b.span.Start]) {
				s.add(prev.in, b, n)
			}
			if next == nil || !blank(src[b.span.End:next.span.Start]) {
				continue
			}
			if !b.after {
				s.add(next.in, b, n)
			}
			if severalInputs.MatchString(b.text) {
				// The block speaks of the inputs up to the next blank line, or, where it is a heading or
				// the inputs are sets with blank lines between them, up to the next heading.
				heading := b.after || strings.Contains(next.span.Of(src), "\n")
				end := next.span.End
				for _, p := range places[nextAt:] {
					if p.span.Start > end {
						gap := src[end:p.span.Start]
						if paragraph(gap) && (!heading || strings.Contains(gap, "#") || strings.Contains(gap, "/*")) {
							break
						}
					}
					s.add(p.in, b, n)
					end = max(end, p.span.End)
				}
			}
		}
	}
}

// add records a comment at an input, unless it is about another one.
func (s *signs) add(in *flake.Input, b block, n note) {
	if slices.Contains(s.notes[in], n) {
		return
	}
	inside := slices.ContainsFunc(in.Decls(), func(d ast.Node) bool { return d.Span().Covers(b.span) })
	if !inside {
		// What stands between two inputs may be about either, or about one that is commented out.
		if first, ok := declares(n.text); ok && first != in.Name {
			return
		}
		others := slices.ContainsFunc(s.f.Nix.Inputs, func(o *flake.Input) bool {
			return o != in && o.Name != "nixpkgs" && !s.isSub(in, o.Name) && mentions(n.text, o.Name)
		})
		if others && !mentions(n.text, in.Name) && !severalInputs.MatchString(n.text) {
			return
		}
	}
	s.notes[in] = append(s.notes[in], n)
}

// isSub reports whether an input has an input of the given name.
func (s *signs) isSub(in *flake.Input, name string) bool {
	inputs, _ := s.f.InputsOf(in)
	return slices.ContainsFunc(inputs, func(i flake.LockInput) bool { return i.Name == name })
}

// declares returns the first input that commented-out code declares.
func declares(text string) (name string, ok bool) {
	for line := range strings.Lines(text) {
		if m := declaration.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			name, _, _ = strings.Cut(m[1], ".")
			return name, true
		}
	}
	return "", false
}

// blocks returns the runs of comments of a tree, without their marks.
func blocks(t *ast.Tree) []block {
	var out []block
	for tok := range t.Comments() {
		b := block{span: tok.Span(), text: unmark(tok.Text())}
		src := t.Source()
		prev := tok.Prev()
		gap := ""
		if prev.IsValid() && prev.Kind() == ast.TokSpace {
			gap, prev = prev.Text(), prev.Prev()
		}
		b.before = paragraph(gap)
		b.sameLine = !strings.Contains(gap, "\n") && prev.IsValid()
		after := src[tok.Span().End:]
		b.after = paragraph(after[:len(after)-len(strings.TrimLeft(after, " \t\r\n"))])
		if n := len(out); n > 0 && prev.IsValid() && prev.Kind().IsComment() && !b.before && !b.sameLine && !out[n-1].sameLine {
			last := &out[n-1]
			last.span.End, last.after = b.span.End, b.after
			last.text += "\n" + b.text
			continue
		}
		out = append(out, b)
	}
	return out
}

// unmark removes the marks of a comment.
func unmark(text string) string {
	if rest, ok := strings.CutPrefix(text, "/*"); ok {
		return strings.TrimSuffix(rest, "*/")
	}
	return strings.TrimLeft(text, "#")
}

// blank reports whether a text is white space and comments.
func blank(text string) bool {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return false
		}
	}
	return true
}

// paragraph reports whether white space holds a blank line.
func paragraph(space string) bool { return strings.Count(space, "\n") > 1 }
