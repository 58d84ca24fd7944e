package flake

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// The types of a flake reference, as flake.lock spells them.
const (
	TypeGitHub    = "github"
	TypeGitLab    = "gitlab"
	TypeSourceHut = "sourcehut"
	TypeGit       = "git"
	TypeHg        = "hg"
	TypePath      = "path"
	TypeTarball   = "tarball"
	TypeFile      = "file"
	TypeIndirect  = "indirect"
)

// Types are all types of references.
var Types = []string{TypeGitHub, TypeGitLab, TypeSourceHut, TypeGit, TypeHg, TypePath, TypeTarball, TypeFile, TypeIndirect}

// Ref is a flake reference in the attribute form that flake.lock stores, whatever form it was written in.
// Fields that do not apply are empty. For git and hg, URL has no "git+" or "hg+".
type Ref struct {
	Text        string // as written in URL form; empty for a reference made of attributes
	Type        string // one of the Type constants
	Owner, Repo string // github, gitlab, sourcehut
	Host        string // the same, where it is not the usual one
	ID          string // indirect
	URL         string // git, hg, tarball, file: without the parameters that have fields here
	Path        string // path
	Ref, Rev    string
	Dir         string            // the folder of the flake in its source tree
	Params      map[string]string // other attributes: narHash, submodules, shallow, …; Booleans are "1" and "0"
}

var (
	// The patterns of url-parts.hh in Nix's libutil.
	idPattern     = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_-]*$`)
	revPattern    = regexp.MustCompile(`^(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64})$`)
	refPattern    = regexp.MustCompile(`^[a-zA-Z0-9@][a-zA-Z0-9_./@+-]*$`)
	schemePattern = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]*:`)
)

// errBadURL marks what Nix's parser of URLs rejects; such a text is read as a path.
var errBadURL = errors.New("not a URL")

// errScheme marks a URL whose scheme no fetcher of Nix has.
var errScheme = errors.New("unsupported scheme")

// IsID reports whether name can be a flake's or an input's id (flakeIdRegexS in url-parts.hh).
func IsID(name string) bool { return idPattern.MatchString(name) }

// ParseRef reads a flake reference as it stands in url = "…", in the order that Nix tries
// (parseFlakeRefWithFragment in flakeref.cc): a registry id, a URL, a path. A text that looks like a URL
// and is none, as "github:owner" or "git@host:owner/repo", is a path for Nix too; see LooksLikeURL.
// The error is for references that Nix itself rejects, whatever exists.
func ParseRef(text string) (Ref, error) {
	body, fragment, hasFragment := strings.Cut(text, "#")
	if r, ok, err := parseID(body); ok {
		r.Text = text
		if err == nil && hasFragment && fragment != "" {
			err = fmt.Errorf("unexpected fragment `%s`", fragment)
		}
		return r, err
	}
	r, err := parseURL(body)
	if errors.Is(err, errBadURL) {
		r, err = parsePath(body)
	}
	r.Text = text
	if err == nil && fragment != "" {
		err = fmt.Errorf("unexpected fragment `%s`", fragment)
	}
	return r, err
}

// parseID reads id, id/ref, id/rev and id/ref/rev.
func parseID(text string) (r Ref, ok bool, err error) {
	id, rest, more := strings.Cut(text, "/")
	if !IsID(id) || more && !refPattern.MatchString(rest) {
		return Ref{}, false, nil
	}
	r = Ref{Type: TypeIndirect, ID: id}
	err = r.setRefAndRev(strings.Split(rest, "/"))
	return r, true, err
}

// setRefAndRev reads the path segments behind a registry id.
func (r *Ref) setRefAndRev(segments []string) error {
	segments = nonEmpty(segments)
	switch {
	case len(segments) == 0:
	case len(segments) == 1 && revPattern.MatchString(segments[0]):
		r.Rev = segments[0]
	case len(segments) == 1 && refPattern.MatchString(segments[0]):
		r.Ref = segments[0]
	case len(segments) == 2 && refPattern.MatchString(segments[0]) && revPattern.MatchString(segments[1]):
		r.Ref, r.Rev = segments[0], segments[1]
	default:
		return fmt.Errorf("`%s` is neither a branch, a tag nor a revision", strings.Join(segments, "/"))
	}
	return nil
}

func nonEmpty(list []string) []string {
	out := list[:0:0]
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// parsePath reads a reference without a scheme.
func parsePath(text string) (Ref, error) {
	p, query, _ := strings.Cut(text, "?")
	r := Ref{Type: TypePath, Path: p}
	return r, r.takePathQuery(parseQuery(query))
}

// takePathQuery is takeQuery for paths, which refuse what they do not know.
func (r *Ref) takePathQuery(query []parameter) error {
	r.takeQuery(query, "narHash", "lastModified", "revCount")
	for _, p := range query {
		if !slices.Contains(Parameters(TypePath), p.name) {
			return fmt.Errorf("a path reference has no parameter `%s`", p.name)
		}
	}
	return nil
}

// parameter is one name=value of a query, decoded.
type parameter struct{ name, value string }

func parseQuery(query string) (out []parameter) {
	for _, pair := range strings.Split(query, "&") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			out = append(out, parameter{decode(name), decode(value)})
		}
	}
	return out
}

// decode resolves %xx; a malformed escape stays as it is.
func decode(s string) string {
	if out, err := url.PathUnescape(s); err == nil {
		return out
	}
	return s
}

// takeQuery moves dir, ref, rev and the named parameters into fields and returns the others.
func (r *Ref) takeQuery(query []parameter, named ...string) (rest []parameter) {
next:
	for _, p := range query {
		switch p.name {
		case "dir":
			r.Dir = p.value
			continue
		case "ref":
			r.Ref = p.value
			continue
		case "rev":
			r.Rev = p.value
			continue
		}
		for _, n := range named {
			if n == p.name {
				r.setParam(p.name, p.value)
				continue next
			}
		}
		rest = append(rest, p)
	}
	return rest
}

func (r *Ref) setParam(name, value string) {
	if r.Params == nil {
		r.Params = map[string]string{}
	}
	r.Params[name] = value
}

// parseURL reads a reference with a scheme.
func parseURL(text string) (Ref, error) {
	scheme := strings.TrimSuffix(schemePattern.FindString(text), ":")
	if scheme == "" || strings.ContainsAny(text, " \t\n\"<>\\^`{|}") {
		return Ref{}, errBadURL
	}
	rest, queryText, _ := strings.Cut(text[len(scheme)+1:], "?")
	query := parseQuery(queryText)
	switch scheme {
	case "github", "gitlab", "sourcehut":
		return parseForge(scheme, rest, query)
	case "flake":
		r := Ref{Type: TypeIndirect}
		segments := nonEmpty(strings.Split(rest, "/"))
		if len(segments) == 0 || !IsID(segments[0]) {
			return r, errBadURL
		}
		r.ID = segments[0]
		if r.setRefAndRev(segments[1:]) != nil {
			return r, errBadURL
		}
		for _, p := range query {
			if p.name == "dir" { // all else is ignored, ref and rev too
				r.Dir = p.value
			}
		}
		return r, nil
	case "path":
		r := Ref{Type: TypePath}
		if authority, ok := strings.CutPrefix(rest, "//"); ok && !strings.HasPrefix(authority, "/") {
			return r, fmt.Errorf("a path reference has no host: write `path:/…` or `path:./…`")
		} else if ok {
			rest = authority
		}
		r.Path = decode(rest)
		return r, r.takePathQuery(query)
	}
	application, transport, split := strings.Cut(scheme, "+")
	if !split {
		application, transport = "", scheme
	}
	isGit := scheme == "git" || application == "git"
	if badPort.MatchString(rest) || isGit && transport != "file" && !strings.HasPrefix(rest, "//") {
		return Ref{}, errBadURL
	}
	r := Ref{URL: transport + ":" + rest}
	switch {
	case isGit:
		r.Type = TypeGit
		query = r.takeQuery(query, Parameters(TypeGit)...)
		for name, v := range r.Params {
			if isSwitch(name) && v != "1" {
				r.Params[name] = "0"
			}
		}
	case application == "hg" && oneOf(transport, "http", "https", "ssh", "file"):
		r.Type = TypeHg
		query = r.takeQuery(query)
	case oneOf(application, "", "tarball", "file") && oneOf(transport, "http", "https", "file"):
		r.Type = TypeTarball
		if application == TypeFile {
			r.Type = TypeFile
		}
		// ref stays in the URL: these fetchers know no branches (tarball.cc).
		var keep []parameter
		for _, p := range query {
			if p.name == "ref" {
				keep = append(keep, p)
			}
		}
		keep = append(keep, r.takeQuery(query, "narHash", "lastModified", "revCount")...)
		query = slices.DeleteFunc(keep, func(p parameter) bool { return p.name == "name" || p.name == "unpack" })
		r.Ref = ""
	default:
		return r, fmt.Errorf("%w `%s`", errScheme, scheme)
	}
	slices.SortStableFunc(query, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	for i, p := range query {
		r.URL += map[bool]string{true: "?", false: "&"}[i == 0] + url.QueryEscape(p.name) + "=" + url.QueryEscape(p.value)
	}
	return r, nil
}

func oneOf(s string, list ...string) bool {
	for _, x := range list {
		if s == x {
			return true
		}
	}
	return false
}

// parseForge reads owner/repo[/ref-or-rev] (GitArchiveInputScheme in github.cc).
func parseForge(scheme, rest string, query []parameter) (Ref, error) {
	r := Ref{Type: scheme}
	segments := nonEmpty(strings.Split(rest, "/"))
	if len(segments) < 2 || strings.HasPrefix(rest, "//") {
		return r, errBadURL
	}
	r.Owner, r.Repo = decode(segments[0]), decode(segments[1])
	if len(segments) > 2 {
		name := decode(strings.Join(segments[2:], "/"))
		switch {
		case len(segments) == 3 && revPattern.MatchString(name):
			r.Rev = name
		case refPattern.MatchString(name):
			r.Ref = name
		default:
			return r, errBadURL
		}
	}
	for _, p := range query {
		switch p.name {
		case "rev":
			if r.Rev != "" {
				return r, errBadURL
			}
			if !isSHA1(p.value) {
				return r, fmt.Errorf("`%s` is not a revision", p.value)
			}
			r.Rev = p.value
		case "ref":
			if r.Ref != "" || !refPattern.MatchString(p.value) {
				return r, errBadURL
			}
			r.Ref = p.value
		case "host":
			if !forgeHost.MatchString(p.value) {
				return r, errBadURL
			}
			r.Host = p.value
		case "dir":
			r.Dir = p.value
		case "narHash":
			r.setParam(p.name, p.value)
		}
	}
	if r.Ref != "" && r.Rev != "" {
		return r, errBadURL
	}
	return r, nil
}

// RefFromAttrs makes a reference of attributes, as in { type = "github"; owner = …; repo = …; } or in the
// locked and original of a lock node. The error names what is missing.
func RefFromAttrs(attrs map[string]string) (Ref, error) {
	var r Ref
	for name, value := range attrs {
		switch name {
		case "type":
			r.Type = value
		case "owner":
			r.Owner = value
		case "repo":
			r.Repo = value
		case "host":
			r.Host = value
		case "id":
			r.ID = value
		case "url":
			r.URL = value
		case "path":
			r.Path = value
		case "ref":
			r.Ref = value
		case "rev":
			r.Rev = value
		case "dir":
			r.Dir = value
		default:
			r.setParam(name, value)
		}
	}
	need := ""
	switch r.Type {
	case TypeGitHub, TypeGitLab, TypeSourceHut:
		if r.Owner == "" {
			need = "owner"
		} else if r.Repo == "" {
			need = "repo"
		}
	case TypeGit, TypeHg, TypeTarball, TypeFile:
		if r.URL == "" {
			need = "url"
		}
	case TypePath:
		if r.Path == "" {
			need = "path"
		}
	case TypeIndirect:
		if r.ID == "" {
			need = "id"
		}
	default:
		return r, fmt.Errorf("unknown input type `%s`", r.Type)
	}
	if need != "" {
		return r, fmt.Errorf("a reference of type `%s` needs `%s`", r.Type, need)
	}
	return r, nil
}
