package sandbox

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/builders"
	"github.com/nixsift/nixsift/internal/shell"
)

// A use is what a command wants of the network.
type use struct {
	// words are those of the command that say so: the program alone where it is 0, else also that many of its arguments.
	words int
	// what names the command in messages: `git clone`.
	what string
	// instead says which fixed-output derivation of nixpkgs does the same.
	instead string
	// likely is set where the address is not known.
	likely bool
}

// A line is one command of a builder, with what is known around it.
type line struct {
	text   *builders.Text // nil for the text of a file
	script *shell.Script
	doc    *shell.Doc
	cmd    *shell.Command
	// about is the text of the derivation and of the script, in which settings that keep a tool offline are looked for.
	about string
	args  []string // of the command, variables of the script replaced
	tree  *sourceTree
	// environment are variables that attributes of the derivation set.
	environment map[string]string

	// entry is the file with the address that a folder leads to, and entryAt where that stands.
	entry   string
	entryAt source.Span
	seen    map[string]bool // folders
}

// programs tells of each program when it uses the network.
var programs = map[string]func(*line) (use, bool){
	"curl": (*line).curl, "wget": (*line).wget, "aria2c": (*line).wget, "git": (*line).git, "skopeo": (*line).skopeo, "crane": (*line).crane, "oras": (*line).oras,
	"regctl": (*line).regctl, "helm": (*line).helm, "kustomize": (*line).kustomize, "kubectl": (*line).kustomize, "npm": (*line).npm, "pnpm": (*line).npm,
	"yarn": (*line).npm, "bun": (*line).npm, "pip": (*line).pip, "pip3": (*line).pip, "python": (*line).python, "python3": (*line).python, "uv": (*line).uv,
	"poetry": (*line).poetry, "go": (*line).golang, "cargo": (*line).cargo, "mix": (*line).mix, "docker": (*line).pull, "podman": (*line).pull,
	"nerdctl": (*line).pull, "crictl": (*line).pull, "apt-get": (*line).system, "apt": (*line).system, "apk": (*line).system, "dnf": (*line).system,
	"yum": (*line).system, "rsync": (*line).rsync, "scp": (*line).rsync, "bundle": (*line).bundle, "gem": (*line).bundle, "composer": (*line).composer,
	"cabal": (*line).index, "opam": (*line).index, "stack": (*line).index, "terraform": (*line).terraform, "hg": (*line).checkout, "svn": (*line).checkout,
	"nix-prefetch-url": (*line).wget, "gh": (*line).gh, "deno": (*line).deno, "npx": (*line).npx, "mvn": (*line).mvn,
}

// words are the programs' names, for a first look.
var words = slices.Sorted(maps.Keys(programs))

const (
	fetchFile  = "`pkgs.fetchurl`"
	fetchRepo  = "`pkgs.fetchgit` or `pkgs.fetchFromGitHub`"
	fetchImage = "`pkgs.dockerTools.pullImage`"
	fetchChart = "a derivation with `outputHash` that pulls the chart, or the chart with its dependencies in the repository"
	fetchNode  = "`buildNpmPackage`, `fetchNpmDeps`, `fetchPnpmDeps` or `fetchYarnDeps`"
	fetchPip   = "packages of `python3Packages`, or wheels by `pkgs.fetchurl`"
	fetchGo    = "`buildGoModule` with `vendorHash`"
	fetchCargo = "`rustPlatform.buildRustPackage` with `cargoHash`"
	fetchFixed = "a derivation with `outputHash`"
)

// operands returns the arguments that are no options. valued are the options that take the next word: letters of short ones, and long ones.
func (l *line) operands(short, long string) (out []string) {
	for i := 0; i < len(l.args); i++ {
		a := l.args[i]
		switch {
		case strings.HasPrefix(a, "--"):
			if !strings.Contains(a, "=") && slices.Contains(strings.Fields(long), a) {
				i++
			}
		case len(a) > 1 && a[0] == '-':
			if k := strings.IndexAny(a[1:], short); short != "" && k >= 0 && k == len(a)-2 {
				i++
			}
		default:
			out = append(out, a)
		}
	}
	return out
}

// has reports whether an option is among the arguments.
func (l *line) has(options ...string) bool {
	return slices.ContainsFunc(l.args, func(a string) bool {
		name, _, _ := strings.Cut(a, "=")
		return slices.Contains(options, name)
	})
}

// sub returns the first operand and the number of arguments up to it, and the operands behind it.
func (l *line) sub(short, long string) (name string, n int, rest []string) {
	ops := l.operands(short, long)
	if len(ops) == 0 {
		return "", 0, nil
	}
	return ops[0], slices.Index(l.args, ops[0]) + 1, ops[1:]
}

// A reach says where an address leads.
type reach uint8

const (
	local reach = iota
	unknown
	remote
)

var (
	domain   = regexp.MustCompile(`^(?:[A-Za-z0-9_-]+@)?(?:[A-Za-z0-9-]+\.)+[a-z]{2,}(?:[:/?]|$)`)
	hostPath = regexp.MustCompile(`^(?:[\w.-]+@)?[\w.-]+\.[\w.-]+:[\w./~-]*$|^[\w.-]+@[\w.-]+:`)
	// otherHost matches what rsync and scp take for a path on another machine.
	otherHost = regexp.MustCompile(`^(?:[\w.-]+@)?[\w.-]+::?[\w./~-]*$`)
	naming    = regexp.MustCompile(`(?i)url|uri|remote|origin|mirror|registry|endpoint|homepage|host|domain`)
)

// address tells where a URL, or what stands for one, leads.
func address(text string) reach {
	scheme, rest, ok := strings.Cut(text, "://")
	if i := strings.IndexAny(scheme, "$`{"); ok && i < 0 {
		if scheme == "file" || strings.HasSuffix(scheme, "+file") {
			return local
		}
		host := rest
		if i := strings.IndexAny(host, "/?#"); i >= 0 {
			host = host[:i]
		}
		return hostReach(host)
	}
	switch {
	case text == "" || strings.HasPrefix(text, "/") || strings.HasPrefix(text, "./") || strings.HasPrefix(text, "../") || text == "." || text == "..":
		return local
	case isLocalHost(text):
		return local
	case strings.HasPrefix(text, "$") || strings.HasPrefix(text, "`"):
		return unknown
	case hostPath.MatchString(text), domain.MatchString(text):
		return remote
	}
	return local
}

// hostReach tells where the part of a URL between the slashes leads.
func hostReach(host string) reach {
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	switch {
	case host == "" || isLocalHost(host):
		return local
	case strings.HasPrefix(host, "$") || strings.HasPrefix(host, "`") || !strings.Contains(host, "."):
		return unknown // one of the build's own, or of a name that is not known
	}
	return remote
}

func isLocalHost(host string) bool {
	host, _, _ = strings.Cut(host, "/")
	if strings.HasPrefix(host, "[") {
		return strings.HasPrefix(host, "[::1]") || strings.HasPrefix(host, "[::]")
	}
	host, _, _ = strings.Cut(host, ":")
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasPrefix(host, "127.") || host == "0.0.0.0"
}

// isName reports whether a word that is computed is called as addresses are, and is no path of the store.
func isName(text string) bool {
	return naming.MatchString(text) && !strings.Contains(text, "${./") && !strings.Contains(text, "src")
}

// farthest returns where the farthest of some addresses leads.
func farthest(addresses []string) reach {
	r := local
	for _, a := range addresses {
		r = max(r, address(a))
	}
	return r
}

// serves reports whether the script starts something in the background, which may be what it talks to.
func (l *line) serves() bool {
	for rest := l.script.Text; ; {
		i := strings.IndexByte(rest, '&')
		if i < 0 {
			return false
		}
		lone := (i == 0 || !strings.ContainsRune("&><|", rune(rest[i-1]))) && (i+1 == len(rest) || rest[i+1] != '&' && rest[i+1] != '>')
		if lone && strings.TrimLeft(rest[i+1:], " ") == "" || lone && strings.HasPrefix(strings.TrimLeft(rest[i+1:], " "), "\n") {
			return true
		}
		if rest = rest[i+1:]; strings.HasPrefix(rest, "&") {
			rest = rest[1:]
		}
	}
}

// fetching tells of a command that fetches addresses.
func (l *line) fetching(addresses []string, words int, what, instead string) (use, bool) {
	switch farthest(addresses) {
	case remote:
		return use{words, what, instead, false}, true
	case unknown:
		if l.serves() {
			return use{}, false
		}
		if strings.Contains(strings.Join(addresses, " "), "${./") {
			return use{}, false
		}
		named := slices.ContainsFunc(addresses, func(a string) bool { return address(a) == unknown && isName(a) })
		return use{words, what, instead, !named}, true
	}
	return use{}, false
}

func (l *line) curl() (use, bool) {
	if l.has("--unix-socket", "--abstract-unix-socket", "--version", "-V", "--help", "-h", "--manual") {
		return use{}, false
	}
	urls := l.operands("oHdXuAebcTFwmKxrCEYyztDPQU", "--output --header --data --data-raw --data-binary --data-urlencode --json --request --user --user-agent "+
		"--cookie --cookie-jar --form --write-out --max-time --config --retry --retry-delay --retry-max-time --cacert --capath --cert --key --output-dir "+
		"--connect-timeout --resolve --proxy --range --referer --upload-file --dump-header --proto --limit-rate --max-filesize --interface --ciphers --tls-max "+
		"--netrc-file --variable --aws-sigv4 --oauth2-bearer --connect-to --continue-at --max-redirs --stderr --trace --trace-ascii")
	for i, a := range l.args {
		if url, ok := strings.CutPrefix(a, "--url="); ok {
			urls = append(urls, url)
		} else if a == "--url" && i+1 < len(l.args) {
			urls = append(urls, l.args[i+1])
		}
	}
	return l.fetching(urls, 0, "curl", fetchFile)
}

func (l *line) wget() (use, bool) {
	if l.has("--version", "-V", "--help", "-h") {
		return use{}, false
	}
	instead := fetchFile
	return l.fetching(l.operands("OPioaUteBDTQwx", "--output-document --directory-prefix --input-file --output-file --user-agent --header --tries --timeout --out --dir --name"), 0, l.cmdName(), instead)
}

func (l *line) git() (use, bool) {
	name, n, rest := l.sub("Cc", "--git-dir --work-tree --namespace --exec-path")
	what := "git " + name
	repos := func(ops []string) (use, bool) {
		if len(ops) == 0 {
			return use{}, false
		}
		switch to := address(ops[0]); {
		case to == remote:
			return use{n, what, fetchRepo, false}, true
		case to == unknown && isName(ops[0]):
			return use{n, what, fetchRepo, false}, true
		}
		return use{}, false
	}
	switch name {
	case "clone":
		return repos(after(l.operands("Ccbujo", "--git-dir --work-tree --branch --depth --reference --origin --upload-pack --config --jobs --separate-git-dir --template --shallow-since --filter"), name))
	case "fetch", "pull", "ls-remote":
		ops := after(l.operands("Ccjo", "--git-dir --work-tree --depth --jobs --upload-pack --refmap --shallow-since"), name)
		if u, ok := repos(ops); ok {
			return u, true
		}
		if len(ops) == 0 || address(ops[0]) == local && !strings.ContainsAny(ops[0], "/.") {
			return l.remotes(use{n, what, fetchRepo, false})
		}
	case "submodule":
		if len(rest) > 0 && (rest[0] == "update" || rest[0] == "add") && !l.has("--no-fetch", "-N") {
			return use{n + 1, "git submodule " + rest[0], "`fetchSubmodules = true` of " + fetchRepo, false}, true
		}
	case "lfs":
		if len(rest) > 0 && (rest[0] == "pull" || rest[0] == "fetch") {
			return use{n + 1, "git lfs " + rest[0], "`fetchLFS = true` of " + fetchRepo, false}, true
		}
	}
	return use{}, false
}

// remotes tells of a command that fetches from a remote with a name, as the script has given it.
func (l *line) remotes(u use) (use, bool) {
	for i := range l.script.Commands {
		c := &l.script.Commands[i]
		if c.Name != "git" {
			continue
		}
		for k := range c.Args {
			if c.Args[k].Text == "remote" && k+3 < len(c.Args) && (c.Args[k+1].Text == "add" || c.Args[k+1].Text == "set-url") &&
				address(l.resolve(c.Args[len(c.Args)-1].Text)) == remote {
				return u, true
			}
		}
	}
	return use{}, false
}

func after(ops []string, name string) []string {
	if i := slices.Index(ops, name); i >= 0 {
		return ops[i+1:]
	}
	return nil
}

func (l *line) rsync() (use, bool) {
	for _, o := range l.operands("efTBPioFcS", "--exclude --include --filter --files-from --exclude-from --include-from --rsh --rsync-path --log-file --chmod --chown --password-file") {
		host, _, _ := strings.Cut(o, ":")
		if strings.HasPrefix(o, "rsync://") && address(o) == remote || !isLocalHost(host) && otherHost.MatchString(o) {
			return use{0, l.cmdName(), fetchFixed, false}, true
		}
	}
	return use{}, false
}

func (l *line) checkout() (use, bool) {
	name, n, rest := l.sub("rR", "--rev --revision")
	if (name == "clone" || name == "checkout" || name == "co" || name == "export" || name == "pull") && farthest(rest[:min(1, len(rest))]) == remote {
		return use{n, l.cmdName() + " " + name, "`pkgs.fetchhg` or `pkgs.fetchsvn`", false}, true
	}
	return use{}, false
}

func (l *line) gh() (use, bool) {
	name, n, rest := l.sub("", "")
	if name == "api" || len(rest) > 0 && (name == "release" && rest[0] == "download" || name == "repo" && rest[0] == "clone") {
		return use{n, "gh " + name, fetchFile, false}, true
	}
	return use{}, false
}

// cmdName returns the name of the program.
func (l *line) cmdName() string {
	if l.text != nil {
		return l.text.Program(l.script, l.cmd)
	}
	return l.cmd.Name
}

// maxResolve bounds the variables that are followed into each other.
const maxResolve = 8

var variable = regexp.MustCompile(`\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})`)

// resolve returns the text of a word with the variables replaced that the script, or an attribute of the derivation, gives a plain
// value. Of several values it is the one that leads farthest.
func (l *line) resolve(text string) string {
	for range maxResolve {
		next := variable.ReplaceAllStringFunc(text, func(v string) string {
			name := strings.Trim(v, "${}")
			values, known := l.script.Lookup(name)
			if !known {
				return v
			}
			if value, ok := l.environment[name]; ok && len(values) == 0 {
				return value
			}
			out := v
			for i, a := range values {
				if a.Array || a.Append || len(a.Words) != 1 {
					return v
				}
				if value := a.Words[0].Text; i == 0 || address(value) > address(out) {
					out = value
				}
			}
			return out
		})
		if next == text || len(next) > 1<<12 {
			break
		}
		text = next
	}
	return text
}

// interpolated returns the expression that a word of a command consists of, such as a path, or an invalid node.
func (l *line) interpolated(text string) ast.Node {
	if l.text == nil {
		return ast.Node{}
	}
	for i := range l.cmd.Args {
		if w := &l.cmd.Args[i]; w.Text == text {
			return l.text.Interpolated(w)
		}
	}
	return ast.Node{}
}
