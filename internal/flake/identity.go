package flake

import (
	"net/url"
	"path"
	"regexp"
	"strings"
)

// registry is what the global flake registry (github:NixOS/flake-registry) says about ids that people use
// in flakes. Nix 2.26 and later consult only this registry when they lock.
var registry = map[string]Ref{
	"agda":                {Owner: "agda", Repo: "agda"},
	"arion":               {Owner: "hercules-ci", Repo: "arion"},
	"blender-bin":         {Owner: "edolstra", Repo: "nix-warez", Dir: "blender"},
	"bundlers":            {Owner: "NixOS", Repo: "bundlers"},
	"cachix":              {Owner: "cachix", Repo: "cachix"},
	"disko":               {Owner: "nix-community", Repo: "disko"},
	"dwarffs":             {Owner: "edolstra", Repo: "dwarffs"},
	"emacs-overlay":       {Owner: "nix-community", Repo: "emacs-overlay"},
	"fenix":               {Owner: "nix-community", Repo: "fenix"},
	"flake-parts":         {Owner: "hercules-ci", Repo: "flake-parts"},
	"flake-utils":         {Owner: "numtide", Repo: "flake-utils"},
	"helix":               {Owner: "helix-editor", Repo: "helix"},
	"hercules-ci-effects": {Owner: "hercules-ci", Repo: "hercules-ci-effects"},
	"home-manager":        {Owner: "nix-community", Repo: "home-manager"},
	"hydra":               {Owner: "NixOS", Repo: "hydra"},
	"mach-nix":            {Owner: "DavHau", Repo: "mach-nix"},
	"nickel":              {Owner: "tweag", Repo: "nickel"},
	"nix":                 {Owner: "NixOS", Repo: "nix"},
	"nix-darwin":          {Owner: "nix-darwin", Repo: "nix-darwin"},
	"nix-serve":           {Owner: "edolstra", Repo: "nix-serve"},
	"nixops":              {Owner: "NixOS", Repo: "nixops"},
	"nixos-hardware":      {Owner: "NixOS", Repo: "nixos-hardware"},
	"nixos-homepage":      {Owner: "NixOS", Repo: "nixos-homepage"},
	"nixos-search":        {Owner: "NixOS", Repo: "nixos-search"},
	"nixpkgs":             {Owner: "NixOS", Repo: "nixpkgs", Ref: "nixpkgs-unstable"},
	"nur":                 {Owner: "nix-community", Repo: "NUR"},
	"patchelf":            {Owner: "NixOS", Repo: "patchelf"},
	"poetry2nix":          {Owner: "nix-community", Repo: "poetry2nix"},
	"sops-nix":            {Owner: "Mic92", Repo: "sops-nix"},
	"systems":             {Owner: "nix-systems", Repo: "default"},
	"templates":           {Owner: "NixOS", Repo: "templates"},
}

// moved maps former names of GitHub repositories to the present ones; GitHub redirects them.
var moved = map[string]string{
	"astro/microvm.nix":           "microvm-nix/microvm.nix",
	"cachix/pre-commit-hooks.nix": "cachix/git-hooks.nix",
	"danth/stylix":                "nix-community/stylix",
	"edolstra/flake-compat":       "nixos/flake-compat",
	"lnl7/nix-darwin":             "nix-darwin/nix-darwin",
	"martinvonz/jj":               "jj-vcs/jj",
	"mic92/nix-index-database":    "nix-community/nix-index-database",
	"pta2002/nixvim":              "nix-community/nixvim",
	"rycee/home-manager":          "nix-community/home-manager",
	"viperml/nh":                  "nix-community/nh",
}

// Registry returns what the global registry maps an indirect reference to; ok is false for other types
// and for ids that are not known here. A ref or rev of the reference replaces the registry's.
func (r Ref) Registry() (to Ref, ok bool) {
	if r.Type != TypeIndirect {
		return Ref{}, false
	}
	to, ok = registry[r.ID]
	to.Type = TypeGitHub
	if r.Ref != "" || r.Rev != "" {
		to.Ref, to.Rev = r.Ref, r.Rev
	}
	if r.Dir != "" {
		to.Dir = r.Dir
	}
	return to, ok
}

// Nixpkgs is the Repository of NixOS/nixpkgs.
const Nixpkgs = "github.com/nixos/nixpkgs"

// Repository returns a name for the repository behind the reference, equal for the forms in which one can
// write it: "github.com/owner/repo" in lower case for github:, git+https://, git+ssh://, archives,
// channels, FlakeHub and registry ids. It is empty for paths relative to a flake, whose repository is
// not known here, and a plain URL for what is nobody's repository.
func (r Ref) Repository() string {
	switch r.Type {
	case TypeGitHub, TypeGitLab, TypeSourceHut:
		return repoName(strings.ToLower(r.ForgeHost()), r.Owner+"/"+r.Repo)
	case TypeIndirect:
		if to, ok := r.Registry(); ok {
			return to.Repository()
		}
		return "flake:" + r.ID
	case TypePath:
		if path.IsAbs(r.Path) {
			return "file:" + path.Clean(r.Path)
		}
		return ""
	case TypeGit, TypeHg:
		return urlRepository(r.URL)
	case TypeTarball, TypeFile:
		if repo := archiveRepository(r.URL); repo != "" {
			return repo
		}
		return urlRepository(r.URL)
	}
	return ""
}

// usualHosts are those of the forges where a reference names none.
var usualHosts = map[string]string{TypeGitHub: "github.com", TypeGitLab: "gitlab.com", TypeSourceHut: "git.sr.ht"}

// ForgeHost returns the host of a reference to a repository of a forge, "" for one of another type.
func (r Ref) ForgeHost() string {
	usual := usualHosts[r.Type]
	if usual == "" || r.Host == "" {
		return usual
	}
	return r.Host
}

// repoName joins a host and a repository's path; the forges ignore case.
func repoName(host, p string) string {
	p = strings.TrimSuffix(strings.Trim(p, "/"), ".git")
	switch host {
	case "github.com", "gitlab.com", "codeberg.org", "git.sr.ht":
		p = strings.ToLower(p)
	}
	if to, ok := moved[p]; ok && host == "github.com" {
		p = to
	}
	return host + "/" + p
}

// urlRepository reduces a URL to host and path.
func urlRepository(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	if u.Scheme == "file" {
		p := u.Path
		if p == "" {
			p = u.Opaque
		}
		if !path.IsAbs(p) {
			return ""
		}
		return "file:" + path.Clean(p)
	}
	host := strings.ToLower(u.Hostname())
	if host == "www.github.com" {
		host = "github.com"
	}
	if p := u.Port(); p != "" && p != map[string]string{"https": "443", "http": "80", "ssh": "22"}[u.Scheme] && u.Scheme != "ssh" {
		host += ":" + p
	}
	return repoName(host, u.Path)
}

// scpRemote matches host:path, which may begin with a slash where a user stands before the host: else that would be a scheme.
var scpRemote = regexp.MustCompile(`^(?:[\w.-]+@([\w.-]+):/?|([\w.-]+):)([^/].*)$`)

// SSHRemote takes apart what Git takes for a host, reached by SSH, and a path: git@host:owner/repo (git-fetch manual,
// "Git URLs"). ok is false for other texts.
func SSHRemote(text string) (host, path string, ok bool) {
	m := scpRemote.FindStringSubmatch(text)
	if m == nil {
		return "", "", false
	}
	return m[1] + m[2], m[3], true
}

// RemoteRepository returns the Repository behind the URL of a remote as Git has it, "git@host:owner/repo" among them.
func RemoteRepository(text string) string {
	if host, path, ok := SSHRemote(text); ok {
		text = "ssh://" + host + "/" + path
	}
	return urlRepository(text)
}

// archiveRepository returns the repository of an archive's URL where its form tells, else "".
func archiveRepository(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	segments := nonEmpty(strings.Split(u.Path, "/"))
	host := strings.ToLower(u.Hostname())
	if _, ok := channelOf(host, segments); ok {
		return Nixpkgs
	}
	if owner, repo, _, ok := flakeHub(host, segments); ok {
		if strings.EqualFold(owner, "DeterminateSystems") && strings.EqualFold(repo, "nixpkgs-weekly") {
			return Nixpkgs
		}
		return repoName("github.com", owner+"/"+repo)
	}
	switch {
	case host == "api.github.com" && len(segments) >= 4 && segments[0] == "repos" && oneOf(segments[3], "tarball", "zipball"):
		return repoName("github.com", segments[1]+"/"+segments[2])
	case host == "codeload.github.com" && len(segments) >= 3:
		return repoName("github.com", segments[0]+"/"+segments[1])
	case len(segments) >= 4 && segments[2] == "archive":
		// GitHub, Gitea and Forgejo, SourceHut: /owner/repo/archive/NAME.tar.gz
		return repoName(host, segments[0]+"/"+segments[1])
	}
	if n := len(segments); n >= 7 && strings.Join(segments[:3], "/") == "api/v1/repos" && segments[5] == "archive" { // Gitea, Forgejo
		return repoName(host, segments[3]+"/"+segments[4])
	}
	for i, s := range segments {
		if s == "-" && i >= 2 && i+1 < len(segments) && segments[i+1] == "archive" { // GitLab
			return repoName(host, strings.Join(segments[:i], "/"))
		}
	}
	return ""
}

// channelOf returns the channel of a channel's or release's archive: https://channels.nixos.org/NAME/…,
// https://nixos.org/channels/NAME/…, https://releases.nixos.org/nixos/24.05/nixos-24.05.1234.abc/….
func channelOf(host string, segments []string) (string, bool) {
	switch {
	case host == "channels.nixos.org" && len(segments) >= 2:
		return segments[0], true
	case oneOf(host, "nixos.org", "www.nixos.org") && len(segments) >= 3 && segments[0] == "channels":
		return segments[1], true
	case host == "releases.nixos.org" && len(segments) >= 3 && oneOf(segments[0], "nixos", "nixpkgs"):
		if segments[0] == "nixos" {
			return "nixos-" + segments[1], true
		}
		return "nixpkgs-unstable", true
	}
	return "", false
}

// flakeHub splits https://flakehub.com/f/OWNER/REPO/VERSION and the api's …/f/pinned/OWNER/REPO/VERSION/….
func flakeHub(host string, segments []string) (owner, repo, version string, ok bool) {
	if !oneOf(host, "flakehub.com", "api.flakehub.com") || len(segments) < 3 || segments[0] != "f" {
		return "", "", "", false
	}
	segments = segments[1:]
	if segments[0] == "pinned" {
		segments = segments[1:]
	}
	if len(segments) < 2 {
		return "", "", "", false
	}
	if len(segments) > 2 {
		version = strings.TrimSuffix(segments[2], ".tar.gz")
	}
	return segments[0], strings.TrimSuffix(segments[1], ".tar.gz"), version, true
}

// SameRepository reports whether two references surely name one repository, at whatever revision and
// folder.
func SameRepository(a, b Ref) bool {
	x := a.Repository()
	return x != "" && x == b.Repository()
}

// SameSource reports whether two references surely name the same flake of the same repository, at
// whatever revision.
func SameSource(a, b Ref) bool {
	s := a.origin()
	return s.repository != "" && s == b.origin()
}

// origin names a flake of a repository, whatever its revision.
type origin struct{ repository, dir string }

// origin returns what the reference names; without a repository it is like no other.
func (r Ref) origin() origin { return origin{r.Repository(), cleanDir(r.dir())} }

func (r Ref) dir() string {
	if to, ok := r.Registry(); ok {
		return to.Dir
	}
	return r.Dir
}

func cleanDir(dir string) string { return strings.TrimPrefix(path.Clean("/"+dir), "/") }

// IsNixpkgs reports whether the reference names NixOS/nixpkgs itself, not a fork.
func (r Ref) IsNixpkgs() bool { return r.Repository() == Nixpkgs && cleanDir(r.dir()) == "" }

// Channel returns the branch, tag, channel or FlakeHub version that the reference names, empty where it
// names none. refs/heads/ is left out.
func (r Ref) Channel() string {
	switch r.Type {
	case TypeTarball, TypeFile:
		u, err := url.Parse(r.URL)
		if err != nil {
			return ""
		}
		segments, host := nonEmpty(strings.Split(u.Path, "/")), strings.ToLower(u.Hostname())
		if name, ok := channelOf(host, segments); ok {
			return name
		}
		if _, _, version, ok := flakeHub(host, segments); ok {
			return version
		}
		if n := len(segments); n >= 4 && segments[2] == "archive" {
			name := strings.Join(segments[3:], "/")
			for _, suffix := range []string{".tar.gz", ".tar.xz", ".tar.bz2", ".zip"} {
				name = strings.TrimSuffix(name, suffix)
			}
			name = strings.TrimPrefix(strings.TrimPrefix(name, "refs/heads/"), "refs/tags/")
			if !revPattern.MatchString(name) {
				return name
			}
		}
		return ""
	case TypeIndirect:
		if to, ok := r.Registry(); ok {
			return to.Ref
		}
	}
	return strings.TrimPrefix(r.Ref, "refs/heads/")
}

var (
	releasePattern  = regexp.MustCompile(`(?:^|[-/v])((?:1[3-9]|[2-9]\d)\.(?:0[3459]|1[0-2]))(?:$|-(?:small|darwin|aarch64))`)
	flakeHubPattern = regexp.MustCompile(`^[=~^]?0\.(\d\d)(\d\d)(?:$|\.)`)
	flakeHubEdge    = regexp.MustCompile(`^[=~^]?0\.1(?:$|\.)`)
)

// Release returns the release that the reference follows: "24.05" and the like from a branch, channel or
// FlakeHub version named after it, "unstable" for the rolling branches of nixpkgs and for any branch with
// that word, else "". nixpkgs without a branch is its master, and rolls.
func (r Ref) Release() string {
	channel := r.Channel()
	nixpkgs := r.Repository() == Nixpkgs
	if r.Type == TypeTarball && strings.Contains(r.URL, "flakehub.com/") {
		switch {
		case !nixpkgs:
			return ""
		case flakeHubEdge.MatchString(channel) || strings.Contains(strings.ToLower(r.URL), "nixpkgs-weekly"):
			return "unstable"
		}
		if m := flakeHubPattern.FindStringSubmatch(channel); m != nil {
			return m[1] + "." + m[2]
		}
		return ""
	}
	if m := releasePattern.FindStringSubmatch(channel); m != nil {
		return m[1]
	}
	rolling := channel == "" && r.Rev == "" && oneOf(r.Type, TypeGitHub, TypeGit) ||
		oneOf(channel, "HEAD", "master", "staging", "staging-next")
	if strings.Contains(channel, "unstable") || nixpkgs && rolling {
		return "unstable"
	}
	return ""
}
