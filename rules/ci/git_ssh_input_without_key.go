package ci

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/inventory"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "git-ssh-input-without-key", Family: family, Since: "0.1.0",
	Summary: "What is fetched over SSH is fetched where no key is to be seen",
	Doc: "Nix fetches the inputs of a flake in the process that the user runs, with that user's SSH key, agent and known hosts; the\n" +
		"daemon's do not count. A CI job that evaluates a flake with a `git+ssh://` input needs a key: \"Host key verification\n" +
		"failed\", or \"Permission denied (publickey)\", is what it says without. `access-tokens` is for https; it helps together\n" +
		"with `url.….insteadOf` only.\n" +
		"\n" +
		"A job counts as having a key if anything in it, or in the scripts and actions of the repository that it calls, is about SSH, a\n" +
		"deploy key or `insteadOf`, or if it runs on a machine of one's own. An input whose content is in the store already, by\n" +
		"`nix flake archive` or from a binary cache, needs no key; so this is information. What `flake.lock` has is fetched when it\n" +
		"is used: for such inputs only commands such as `nix build` and `nix flake check` count. Jobs that check out or clone other\n" +
		"repositories only, and commands about other flakes, do not count.\n" +
		"\n" +
		"The same for what a system fetches by itself: `system.autoUpgrade` runs as root and needs root's key; in the unit of\n" +
		"a user that systemd makes up (`DynamicUser`) `~` is `/`, so a key in `~/.ssh` is not found.",
	Severity: diag.Info, Presets: rules.Recommended,
	On:    []ast.Kind{ast.File, ast.Binding},
	Names: []string{"flake", "GIT_SSH_COMMAND", "script", "preStart", "postStart", "ExecStart", "ExecStartPre", "Environment"},
	Node: func(p *rules.Pass, n ast.Node) {
		if b, ok := ast.AsBinding(n); ok {
			switch b.Attrpath().LastName() {
			case "flake":
				upgradeOverSSH(p, b)
			case "GIT_SSH_COMMAND":
				if keyInHome.MatchString(b.Value().Text()) {
					homeOfDynamicUser(p, b)
				}
			case "script", "preStart", "postStart", "ExecStart", "ExecStartPre", "Environment":
				if text := b.Value().Text(); strings.Contains(text, "GIT_SSH_COMMAND") && keyInHome.MatchString(text) && !strings.Contains(text, "HOME=") {
					homeOfDynamicUser(p, b)
				}
			}
			return
		}
		if filepath.Base(p.Path) == "flake.nix" {
			inputsOverSSH(p)
		}
	},
})

// inputsOverSSH reports inputs of a flake that jobs without a key fetch.
func inputsOverSSH(p *rules.Pass) {
	f := p.Project.FlakeIn(filepath.Dir(p.Path))
	if f == nil || f.Nix == nil || filepath.Dir(p.Path) != p.Project.Root() {
		return
	}
	locked := lockedOverSSH(f)
	for _, in := range f.Nix.Inputs {
		through, ok := overSSH(in, locked)
		if !ok {
			continue
		}
		// Nix fetches what the lock lacks to lock it, and what it has when something of it is used.
		does, name, fetches := "is", "to lock", locksHere
		if _, locked := f.Resolve([]string{in.Name}); locked {
			does, name, fetches = "may be", "to build", buildsHere
		}
		jobs := p.Project.JobsWithoutKey(name, fetches)
		if len(jobs) == 0 {
			continue
		}
		f := diag.Finding{
			Span:    in.NameNode.Span(),
			Message: fmt.Sprintf("`%s` %s fetched over SSH, and %s no key for that", through, does, named(jobs)),
			Help:    "give the job a deploy key (an SSH agent before the first command of Nix), or fetch over https with a token in `access-tokens`",
		}
		if in.URLNode.IsValid() && through == in.Name {
			f.Span = in.URLNode.Span()
		}
		p.Report(f)
	}
}

// locksHere reports whether a command locks a flake of the checkout, or may do so.
func locksHere(cmd *shell.Command) bool {
	if !inventory.Fetches(cmd) {
		return false
	}
	c := call{nil, cmd.Name, ownArgs(cmd.Name, cmd.Args), cmd.Span, cmd}
	refs := c.references()
	for _, w := range refs {
		if r, ok := refOf(w); ok && r.IsLocal() || !ok && !remoteRef.MatchString(w.Text) {
			return true
		}
	}
	if _, file := c.has("--expr", "--file", "-f"); file && isNixCommand(c.name) {
		return false
	}
	return len(refs) == 0
}

// buildsHere reports whether a command uses so much of a flake of the checkout that it mostly fetches all locked inputs.
func buildsHere(cmd *shell.Command) bool {
	if !locksHere(cmd) {
		return false
	}
	if isNixCommand(cmd.Name) {
		c := call{nil, cmd.Name, ownArgs(cmd.Name, cmd.Args), cmd.Span, cmd}
		return slices.Contains([]string{"build", "flake check", "flake archive", "flake prefetch-inputs", "flake update"}, c.subcommand())
	}
	return cmd.Name != "direnv" && cmd.Name != "devenv"
}

// named tells which jobs have no key.
func named(jobs []project.Job) string {
	var names []string
	for _, j := range jobs {
		if j.Name == "" {
			names = append(names, j.File)
		} else {
			names = append(names, j.Name+" of "+j.File)
		}
	}
	if len(names) == 1 {
		return "the job " + diag.List(names, 1) + " has"
	}
	return "the jobs " + diag.List(names, 3) + " have"
}

// overSSH reports whether an input, or an input of it by the lock, is fetched over SSH, and returns its path. locked is what
// lockedOverSSH returns.
func overSSH(in *flake.Input, locked map[string][]string) (path string, ok bool) {
	if in.Follows != nil {
		return "", false
	}
	if strings.HasPrefix(in.Ref.URL, "ssh:") {
		return in.Name, true
	}
	if !in.Ref.IsZero() && in.Ref.IsLocal() {
		return "", false
	}
	way, ok := locked[in.Name]
	return strings.Join(way, "/"), ok
}

// lockedOverSSH returns the path of the first input of each input that the lock has fetched over SSH.
func lockedOverSSH(f *flake.Flake) map[string][]string {
	first := map[string][]string{}
	for _, node := range f.Reachable() {
		n := f.Lock.Node(node)
		if n == nil || node == f.Lock.Root {
			continue
		}
		if ref, ok := n.Locked.Ref(); ok && strings.HasPrefix(ref.URL, "ssh:") {
			if path, ok := f.PathTo(node); ok && len(path) > 1 && first[path[0]] == nil {
				first[path[0]] = path
			}
		}
	}
	return first
}

// upgradeOverSSH reports system.autoUpgrade.flake with a URL of SSH, in a file that says nothing of a key.
func upgradeOverSSH(p *rules.Pass, b ast.BindingNode) {
	path := attrPath(b)
	i := slices.Index(path, "autoUpgrade")
	if i < 1 || path[i-1] != "system" || path[len(path)-1] != "flake" {
		return
	}
	url, ok := flake.StringLiteral(b.Value())
	if !ok {
		return
	}
	ref, err := flake.ParseRef(strings.Split(url, "#")[0])
	if err != nil || !strings.HasPrefix(ref.URL, "ssh:") || project.SaysKey(p.Tree.Root().Text()) {
		return
	}
	p.Report(diag.Finding{
		Span:    b.Value().Span(),
		Message: "the upgrade fetches this over SSH as root: it needs a key of root's, and the host among root's known hosts",
		Help: "set `systemd.services.nixos-upgrade.environment.GIT_SSH_COMMAND` to `ssh -i` with the file of a deploy key, and " +
			"`programs.ssh.knownHosts` for the host",
	})
}

// homeOfDynamicUser reports a key in the home of a user that has none.
func homeOfDynamicUser(p *rules.Pass, b ast.BindingNode) {
	path := attrPath(b)
	i := slices.Index(path, "services")
	if i < 1 || path[i-1] != "systemd" || len(path) < i+3 {
		return
	}
	service := path[:i+2]
	var dynamic ast.Node
	for n := range p.Tree.Root().Descendants() {
		other, ok := ast.AsBinding(n)
		if !ok {
			continue
		}
		name := other.Attrpath().LastName()
		if name != "DynamicUser" && name != "HOME" {
			continue
		}
		if at := attrPath(other); len(at) <= len(service) || !slices.Equal(at[:len(service)], service) {
			continue
		}
		if name == "HOME" {
			return
		}
		if other.Value().Unparen().Text() == "true" {
			dynamic = other.Node
		}
	}
	if dynamic.IsValid() {
		p.Report(diag.Finding{
			Span:    b.Value().Span(),
			Message: fmt.Sprintf("`~` is `/` in `%s`: with `DynamicUser` systemd makes up a user without a home, so the key is not found", service[len(service)-1]),
			Help:    "pass the key by `LoadCredential`, and name it as `$CREDENTIALS_DIRECTORY/…`",
			Related: []diag.Related{{Span: dynamic.Span(), Message: "the user is made for each start here"}},
		})
	}
}

// keyInHome matches a key in a home folder, as ssh is told it.
var keyInHome = regexp.MustCompile(`(~|\$HOME|\$\{HOME\}|%h)/[^ "']*`)

// attrPath returns the names by which the file reaches a binding, from its outermost set on; "" stands for a computed name.
// Functions and conditions around a set are looked through.
func attrPath(b ast.BindingNode) (path []string) {
	for n := b.Node; n.IsValid(); n = n.Parent() {
		if in, ok := ast.AsBinding(n); ok {
			path = append(in.Attrpath().Names(), path...)
		}
	}
	return path
}
