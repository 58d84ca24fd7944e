// Package inventory tells of the inputs that a flake locks how they come to a machine: by which transport, with whose
// credentials, from which cache; whether `nix flake archive` carries them to a machine without a network, and whether they
// are in the store already. Nothing is fetched, no program is run.
package inventory

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/shell"
)

// Need says whose credentials fetching an input takes. Nix fetches inputs in the process that the user runs, not in the
// daemon: keys, agents, tokens and netrc files are those of that user.
type Need string

// The needs: none, for files of the machine or what lies in another input's tree; an SSH key; a token of access-tokens in
// nix.conf, or an entry of the netrc file, where the repository is not public.
const (
	NeedsNothing Need = "none"
	NeedsKey     Need = "ssh-key"
	NeedsToken   Need = "token-if-private"
	NeedsNetrc   Need = "netrc-if-private"
)

// Follow is an input of an input that follows another one.
type Follow struct {
	Name   string
	Target []string // the path of input names from the root; empty for the flake itself
}

// Input is one locked input.
type Input struct {
	// Path are the input names by which the root owns the input: [home-manager nixpkgs].
	Path []string
	// Node is the name of the input's node in flake.lock; empty where it has none yet.
	Node string
	// Kind is the scheme of the reference: github, git+ssh, https, path, …
	Kind string
	// From is what the reference names, without scheme, revision and parameters: NixOS/nixpkgs, git.example.org/team/core.
	From    string
	IsFlake bool
	Rev     string // the locked revision, or ""
	// LastModified is the time of the locked content in seconds since 1970, or 0.
	LastModified int64
	NarHash      string
	Needs        Need
	Follows      []Follow
	// Caches are the binary caches that nixConfig of the flake names and that seem to be the input's own.
	Caches []string
	// Jobs are those CI jobs that fetch inputs, for inputs that surely need credentials.
	Jobs []project.Job
	// Archived reports whether `nix flake archive` copies the input, so that a machine without network takes it from there;
	// else Why says what keeps it from that.
	Archived bool
	Why      string
	// StorePath is where the source lies in the store once it is there; empty where that is not known beforehand.
	StorePath string
	InStore   bool
}

// Of returns the inputs that a flake locks, in the order in which the root reaches them, and those that it declares and has not
// locked yet. exists reports whether a path of the store is there. unread are the CI files, by their paths in the project, of which not
// all can be told; they are read only where a job may need a key.
func Of(f *flake.Flake, view *project.View, storeDir string, exists func(path string) bool) (out []Input, unread []string) {
	var caches []string
	if f.Nix != nil {
		for _, s := range f.Nix.Substituters() {
			if !slices.Contains(caches, s.Text) {
				caches = append(caches, s.Text)
			}
		}
	}
	for _, name := range f.Reachable() {
		if f.Lock.RootNode() == nil || name == f.Lock.Root {
			continue
		}
		n := f.Lock.Node(name)
		in := locked(n)
		in.Path, _ = f.PathTo(name)
		if in.StorePath, _ = n.StorePath(storeDir); in.StorePath != "" {
			in.InStore = exists(in.StorePath)
		}
		out = append(out, in)
	}
	for _, in := range declared(f) {
		_, has := f.Resolve([]string{in.Name})
		if has || in.Follows != nil {
			continue
		}
		out = append(out, describe(Input{Path: in.Path, IsFlake: in.Flake, Why: "flake.lock does not have it: `nix flake lock` adds it"}, in.Ref))
	}
	var jobs []project.Job
	asked := false
	for i := range out {
		in := &out[i]
		in.Caches = slices.DeleteFunc(slices.Clone(caches), func(cache string) bool { return !owns(in.From, cache) })
		if in.Needs != NeedsKey {
			continue
		}
		if !asked {
			jobs, unread = view.Jobs(Fetches)
			asked = true
		}
		in.Jobs = jobs
	}
	return out, unread
}

// declared returns the inputs that flake.nix declares, in its order, implicit ones last.
func declared(f *flake.Flake) []*flake.Input {
	if f.Nix == nil {
		return nil
	}
	return f.Nix.AllInputs()
}

// locked describes a node of the lock.
func locked(n *flake.LockNode) Input {
	in := Input{Node: n.Name, IsFlake: n.Flake, Rev: n.Rev(), LastModified: n.LastModified(), NarHash: n.NarHash()}
	for _, i := range n.Inputs {
		if i.IsFollows {
			in.Follows = append(in.Follows, Follow{i.Name, i.Follows})
		}
	}
	ref, ok := n.Locked.Ref()
	if !ok {
		in.Needs, in.Why = NeedsNothing, "flake.lock has no reference for it that Nix can read"
		return in
	}
	in = describe(in, ref)
	switch {
	case ref.IsRelative():
		in.Archived = true // with the tree that it lies in
	case n.DirtyRev() != "":
		in.Why = "its work tree was dirty when it was locked, and that state can be fetched from nowhere"
	case in.NarHash == "":
		in.Why = "flake.lock has no narHash for it, so it is fetched again"
	default:
		in.Archived = true
	}
	return in
}

// describe fills in what a reference says.
func describe(in Input, ref flake.Ref) Input {
	if ref.IsZero() {
		in.Needs = NeedsNothing
		return in
	}
	in.Kind, in.Needs = ref.Scheme(), NeedsNothing
	switch ref.Type {
	case flake.TypeGitHub, flake.TypeGitLab, flake.TypeSourceHut:
		in.From, in.Needs = ref.Owner+"/"+ref.Repo, NeedsToken
		if ref.Host != "" {
			in.From = ref.Host + "/" + in.From
		}
	case flake.TypePath:
		in.From = ref.Path
	case flake.TypeIndirect:
		in.From = ref.ID
	default:
		in.From, in.Needs = remote(ref.URL)
		if !strings.Contains(ref.URL, ":") || in.Needs == NeedsKey && !strings.HasPrefix(ref.URL, "ssh:") {
			in.Kind = ref.Type // a path, or host:path, has no scheme
		}
	}
	return in
}

// remote returns the host and path of a URL, and what fetching from it takes.
func remote(text string) (from string, needs Need) {
	if scheme, _, found := strings.Cut(text, ":"); !found {
		return text, NeedsNothing // a path
	} else if _, _, ok := flake.SSHRemote(text); ok && strings.Contains(scheme, "@") {
		return text[strings.Index(text, "@")+1:], NeedsKey
	}
	u, err := url.Parse(text)
	if err != nil {
		return text, NeedsNetrc
	}
	from = u.Host + u.Path
	switch u.Scheme {
	case "ssh":
		return from, NeedsKey
	case "file":
		return u.Path, NeedsNothing
	case "git", "ftp":
		return from, NeedsNothing
	}
	return from, NeedsNetrc
}

// owns reports whether a cache seems to be that of an input: a label of its host below the domain, or a part of its path, is the owner or the
// name of the repository, as in https://OWNER.cachix.org and https://attic.example.org/OWNER.
func owns(from, cache string) bool {
	u, err := url.Parse(cache)
	if err != nil || from == "" || strings.HasPrefix(from, "/") {
		return false
	}
	repo := strings.TrimSuffix(path.Base(from), ".git")
	owner := path.Base(path.Dir(from))
	labels := strings.Split(u.Hostname(), ".")
	labels = labels[:max(0, len(labels)-2)] // cachix.org has everybody's caches
	parts := slices.Concat(labels, strings.Split(u.Path, "/"))
	if strings.EqualFold(from, "NixOS/nixpkgs") {
		return u.Hostname() == "cache.nixos.org"
	}
	return slices.ContainsFunc(parts, func(part string) bool {
		return part != "" && part != "." && (strings.EqualFold(part, owner) || strings.EqualFold(part, repo))
	})
}

// fetchers are programs that fetch the inputs of a flake whatever they are asked for, and fetching those subcommands of nix that do.
var (
	fetchers = []string{
		"nixos-rebuild", "darwin-rebuild", "home-manager", "nix-fast-build", "nix-eval-jobs", "nixci", "om", "omnix", "nh", "deploy",
		"colmena", "nixos-anywhere", "devour-flake", "direnv", "devenv", "hydra-eval-jobs",
	}
	fetching = []string{"build", "develop", "run", "shell", "eval", "bundle", "print-dev-env", "fmt", "search", "profile"}
	inFlake  = []string{"check", "show", "archive", "update", "lock", "prefetch-inputs"}
)

// Fetches reports whether a command fetches the inputs of a flake.
func Fetches(cmd *shell.Command) bool {
	if cmd.Recovered {
		return false
	}
	if cmd.Name != "nix" && cmd.Name != "nom" {
		return slices.Contains(fetchers, cmd.Name)
	}
	for i, w := range cmd.Args {
		switch {
		case strings.HasPrefix(w.Text, "-"):
		case slices.Contains(fetching, w.Text):
			return true
		case w.Text == "flake":
			return slices.ContainsFunc(cmd.Args[i+1:], func(w shell.Word) bool { return slices.Contains(inFlake, w.Text) })
		}
	}
	return false
}
