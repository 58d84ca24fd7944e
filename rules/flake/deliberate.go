package flake

import (
	"iter"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

// signs are what tells that an input keeps its own copies on purpose.
type signs struct {
	p     *rules.Pass
	f     *flake.Flake
	hosts []string // of the binary caches that nixConfig names, reduced to what names the owner
	wider []string // the same of all Nix files around
	asked bool     // wider is read
	// undecided says that wider would tell more.
	undecided bool
	notes     map[*flake.Input][]note // comments at inputs
	said      map[*flake.Input]*said  // the reasons in them, once they are asked for
	// caches tells of which inputs a binary cache has builds, once it is asked for: by those of nixConfig, and by wider.
	caches [2]map[*flake.Input]bool
	owners map[string][]string // by the names that caches of inputs would have; nil until it is asked for
	// reached are the paths into an input that others follow, by the input; filled where it is asked for.
	reached map[string]map[string]bool
}

// maxHosts bounds the binary caches that are looked at.
const maxHosts = 200

// note is a comment at an input, without its marks.
type note struct {
	text string
	span source.Span
	// deliberate is set where it tells why an input does not follow.
	deliberate bool
}

var (
	// keeps matches comments that by themselves tell why an input does not follow: commented-out code, caches,
	// a nixpkgs of its own.
	keeps = regexp.MustCompile(`(?i)\bfollows\s*=|\bcach(e[sd]?|ing|ix)\b|\bsubstitut|\brebuil[dt]|\brecompil|` +
		`\bon purpose\b|\b(intentional|deliberate)(ly)?\b|` +
		`\b(own|pinned|separate|different|newer|older|upstream'?s?) (version of |copy of |pin of |revision of )?nixpkgs\b`)
	// aboutFollows matches comments that speak of following, negated those that speak against something.
	aboutFollows = regexp.MustCompile(`(?i)\bfollow(s|ed|ing)?\b|\boverrid|\bnixpkgs\b`)
	negated      = regexp.MustCompile(`(?i)n['’]t\b|\b(no|not|never|cannot|dont|without|avoid(s|ed)?|instead|break(s|ing)?|broken|fail(s|ed|ure)?|` +
		`disabled|intentional(ly)?|deliberate(ly)?|purpose|unless)\b`)
	// inOtherLanguages matches the same in German, French, Spanish, Portuguese, Italian, Polish, Russian, Chinese and
	// Japanese: what must not follow or be overridden, caches, purposes.
	inOtherLanguages = regexp.MustCompile(`(?i)\b(nicht|kein(en?)?|ohne)\b.*(folg|überschreib|ueberschreib|follows)|(folg|überschreib|ueberschreib|follows).*\b(nicht|kein(en?)?)\b|` +
		`\b(absichtlich|bewusst|mit absicht)\b|\beigene[sn]? nixpkgs\b|\bzwischenspeicher|` +
		`\bpas\b.*(suivre|surcharger|remplacer|follows)|(suivre|surcharger|remplacer|follows).*\bpas\b|\b(volontairement|délibérément)|exprès|\bson propre nixpkgs\b|` +
		`\bno (seguir|sobr(e)?escribir|anular|reemplazar)|\bnão (seguir|sobrescrever|substituir)|\b(a|de) propósito\b|\bintencional|\bdeliberadamente\b|` +
		`\bnon (seguire|sovrascrivere|sostituire)|\bdi proposito\b|\bapposta\b|\bintenzionalmente\b|\bnie (podąża|nadpis)|\bcelowo\b|` +
		`не (следова|переопредел|перезапис|подмен)|намеренно|специально|умышленно|к[эе]ш|` +
		`(不|别|勿).{0,8}(跟随|跟隨|覆盖|覆蓋|覆写|follows?)|故意|有意|缓存|緩存|快取|` +
		`(フォロー|上書き|オーバーライド|follows?).{0,6}(しない|せず|するな|禁止)|意図的|わざと|キャッシュ`)
	// severalInputs matches comments that speak of more than the input behind them.
	severalInputs = regexp.MustCompile(`(?i)\b(these|those|below|they|them|their)\b|\b(following|next|all) (\w+ )?(inputs|flakes|ones|entries)\b|\binputs\b([^.]|$)`)
	// opensInputs matches what lies between a comment before the set of all inputs and the first of them.
	opensInputs = regexp.MustCompile(`^\s*inputs\s*=\s*(rec\s*)?\{\s*$`)
	// declaration matches a line of commented-out code that declares an input: name.url, name = {.
	declaration = regexp.MustCompile(`^(?:inputs\.)?"?([A-Za-z_][\w.'-]*?)"?(?:\.(?:url|inputs|follows|flake|type)\b|\s*=\s*\{)`)
)

// readSigns reads the signs of a flake.
func readSigns(p *rules.Pass, f *flake.Flake) *signs {
	s := &signs{p: p, f: f, notes: map[*flake.Input][]note{}, said: map[*flake.Input]*said{}}
	for _, v := range f.Nix.Substituters() {
		s.hosts = appendHost(s.hosts, v.Text)
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

// ask has the caches that the project's other files name looked at, too.
func (s *signs) ask(a *rules.Asked) {
	s.asked = true
	for _, url := range a.Substituters() {
		s.wider = appendHost(s.wider, url)
	}
}

// appendHost adds what names the owner of a binary cache.
func appendHost(hosts []string, url string) []string {
	if h := cacheName(url); h != "" && len(hosts) < maxHosts && !slices.Contains(hosts, h) {
		hosts = append(hosts, h)
	}
	return hosts
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

// cached reports whether the input's builds are in a binary cache of its owner: one that the input's own modules name,
// one in nixConfig or, looked at only where wide is set, in any of the project's files.
func (s *signs) cached(in *flake.Input, wide bool) bool {
	repo := in.Ref.Repository()
	if ownCache[repo] || !modulesOnly[repo] && s.once(0, in, func() bool {
		return slices.ContainsFunc(s.hosts, func(host string) bool { return s.ofOwner(host, in, true) })
	}) {
		return true
	}
	if s.undecided = s.undecided || wide && !s.asked; !wide || !s.asked {
		return false
	}
	return s.once(1, in, func() bool {
		return slices.ContainsFunc(s.wider, func(host string) bool { return s.ofOwner(host, in, !modulesOnly[repo] && host != "nixcommunity") })
	})
}

// once keeps an answer in caches.
func (s *signs) once(of int, in *flake.Input, find func() bool) bool {
	found, known := s.caches[of][in]
	if !known {
		if s.caches[of] == nil {
			s.caches[of] = map[*flake.Input]bool{}
		}
		found = find()
		s.caches[of][in] = found
	}
	return found
}

// ofOwner reports whether a cache is that of an input's owner: it has the name of the owner (looked at where byName is
// set) or of the input's repository, or begins as that does and no other owner's input has the name.
func (s *signs) ofOwner(host string, in *flake.Input, byName bool) bool {
	owner := ownerOf(in)
	if known, ok := cacheOwners[host]; ok {
		return owner == known
	}
	if byName && owner != "" && squeeze(owner) == host || slices.Contains(cacheNames(in), host) {
		return true
	}
	return isCacheOf(host, in) && !slices.ContainsFunc(s.ownersOf(host), func(other string) bool { return other != owner })
}

// ownersOf returns owners of inputs whose cache would have a name, two at most.
func (s *signs) ownersOf(host string) []string {
	if s.owners == nil {
		s.owners = map[string][]string{}
		for _, in := range s.f.Nix.AllInputs() {
			for _, name := range cacheNames(in) {
				if known := s.owners[name]; len(known) < 2 && !slices.Contains(known, ownerOf(in)) {
					s.owners[name] = append(known, ownerOf(in))
				}
			}
		}
	}
	return s.owners[host]
}

// ownerOf returns the owner of an input's repository, or "".
func ownerOf(in *flake.Input) string {
	if dir := path.Dir(in.Ref.Repository()); strings.Contains(dir, "/") {
		return path.Base(dir)
	}
	return ""
}

// cacheNames returns the names that a cache of an input or its repository would have, squeezed.
func cacheNames(in *flake.Input) []string {
	full := path.Base(in.Ref.Repository())
	base := full
	for _, suffix := range []string{".nix", "-nix", "-flake"} {
		base = strings.TrimSuffix(base, suffix)
	}
	return []string{squeeze(in.Name), squeeze(full), squeeze(strings.TrimPrefix(base, "nix-"))}
}

// isCacheOf reports whether the name of a cache is that of an input or its repository, or one of them begins with the
// other.
func isCacheOf(host string, in *flake.Input) bool {
	return slices.ContainsFunc(cacheNames(in), func(n string) bool {
		return n != "" && (n == host || len(n) >= 5 && strings.HasPrefix(host, n) || len(host) >= 5 && strings.HasPrefix(n, host))
	})
}

// followedInto reports whether other inputs follow an input's own copy.
func (s *signs) followedInto(d *duplicate) bool {
	top := d.path[0]
	if s.reached[top] == nil {
		into := map[string]bool{}
		for _, in := range s.f.Nix.FollowersOf(top) {
			if in.Path[0] == top {
				continue
			}
			path := ""
			for _, name := range in.Follows.Path[:min(len(in.Follows.Path), maxLevels+1)] {
				path += "\x00" + name
				into[path] = true
			}
		}
		if s.reached == nil {
			s.reached = map[string]map[string]bool{}
		}
		s.reached[top] = into
	}
	return s.reached[top]["\x00"+strings.Join(d.path, "\x00")]
}

// said is what comments at an input give as reasons why it does not follow.
type said struct {
	texts []string
	words map[string]bool
	// general is set where one of them names none of the input's own inputs.
	general bool
}

// commented reports whether a comment at the input's declaration speaks of following and may mean the copy: it names
// that one, or none.
func (s *signs) commented(in *flake.Input, d *duplicate) bool {
	reasons := s.saidOf(in)
	return reasons.general || reasons.mention(d.path[1]) || reasons.mention(d.name())
}

func (s *signs) saidOf(in *flake.Input) *said {
	if reasons := s.said[in]; reasons != nil {
		return reasons
	}
	reasons := &said{words: map[string]bool{}}
	s.said[in] = reasons
	if len(s.notes[in]) == 0 {
		return reasons
	}
	inputs, _ := s.f.InputsOf(in)
	own, odd := map[string]bool{}, []string(nil)
	for _, i := range inputs {
		if isWord(i.Name) {
			own[i.Name] = true
		} else {
			odd = append(odd, i.Name)
		}
	}
	for _, n := range s.notes[in] {
		if !n.deliberate {
			continue
		}
		names := slices.ContainsFunc(odd, func(name string) bool { return mentions(n.text, name) })
		for word := range words(n.text) {
			reasons.words[word] = true
			names = names || own[word]
		}
		reasons.texts = append(reasons.texts, n.text)
		reasons.general = reasons.general || !names
	}
	return reasons
}

// mention reports whether one of the texts has a name as a word of its own.
func (r *said) mention(name string) bool {
	if isWord(name) {
		return r.words[name]
	}
	return slices.ContainsFunc(r.texts, func(text string) bool { return mentions(text, name) })
}

// deliberate reports whether a comment tells why an input does not follow.
func deliberate(text string) bool {
	return keeps.MatchString(text) || aboutFollows.MatchString(text) && negated.MatchString(text) || inOtherLanguages.MatchString(text)
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

// words yields the words of a text, as far as names of inputs are such.
func words(text string) iter.Seq[string] { return strings.FieldsFuncSeq(text, notInWord) }

// isWord reports whether a name is a word of texts.
func isWord(name string) bool { return name != "" && strings.IndexFunc(name, notInWord) < 0 }

func notInWord(r rune) bool { return r >= utf8.RuneSelf || !nameByte(byte(r)) }

func nameByte(c byte) bool {
	return c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
