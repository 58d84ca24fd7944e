package sandbox

import (
	"slices"
	"strings"
)

// mentions reports whether the derivation or the script has one of some settings in it.
func (l *line) mentions(settings ...string) bool {
	return slices.ContainsFunc(settings, func(s string) bool { return strings.Contains(l.about, s) })
}

// images tells of operands that name images in a registry by a transport.
func images(ops []string) reach {
	r := local
	for _, o := range ops {
		ref, isImage := strings.CutPrefix(o, "docker://")
		switch {
		case isImage:
			r = max(r, registry(ref))
		case strings.HasPrefix(o, "$") && isName(o):
			r = max(r, unknown)
		}
	}
	return r
}

// registry tells where the reference of an image leads: docker.io without the name of a host.
func registry(ref string) reach {
	host, _, _ := strings.Cut(ref, "/")
	switch {
	case ref == "" || isLocalHost(host):
		return local
	case strings.HasPrefix(host, "$"):
		return unknown
	}
	return remote
}

func (l *line) use(to reach, n int, what, instead string) (use, bool) {
	if to == local || to == unknown && l.serves() {
		return use{}, false
	}
	return use{n, what, instead, to == unknown}, true
}

func (l *line) skopeo() (use, bool) {
	name, n, rest := l.sub("", "--authfile --policy --override-os --override-arch --override-variant --tmpdir --command-timeout --registries.d --src-creds --dest-creds --format -f "+
		"--src-tls-verify --dest-tls-verify --creds --additional-tag --src-authfile --dest-authfile --retry-times --digestfile --src-cert-dir")
	switch name {
	case "copy", "inspect", "list-tags", "layers", "delete":
		if name == "copy" && len(rest) == 2 && images(rest[:1]) == local && !strings.HasPrefix(rest[1], "docker://") {
			return use{}, false
		}
		return l.use(images(rest), n, "skopeo "+name, fetchImage)
	case "sync":
		if l.has("--src", "-s") && (slices.Contains(l.args, "docker") || slices.Contains(l.args, "yaml")) {
			return use{n, "skopeo sync", fetchImage, false}, true
		}
	}
	return use{}, false
}

func (l *line) crane() (use, bool) {
	name, n, rest := l.sub("", "--platform --format --user --tag")
	if l.has("--tarball") {
		return use{}, false
	}
	switch name {
	case "pull", "copy", "cp", "digest", "manifest", "export", "config", "ls", "catalog", "blob", "tag", "flatten", "rebase", "mutate":
		if len(rest) == 0 || rest[0] == "-" || strings.HasPrefix(rest[0], "./") || strings.HasPrefix(rest[0], "/") {
			return use{}, false
		}
		return l.use(registry(rest[0]), n, "crane "+name, fetchImage)
	}
	return use{}, false
}

func (l *line) oras() (use, bool) {
	name, n, rest := l.sub("oa", "--output --format --platform")
	if slices.Contains([]string{"pull", "copy", "cp", "discover"}, name) && len(rest) > 0 && !l.has("--oci-layout", "--from-oci-layout") {
		return l.use(registry(rest[0]), n, "oras "+name, fetchFixed)
	}
	return use{}, false
}

func (l *line) regctl() (use, bool) {
	name, n, rest := l.sub("", "")
	if name == "image" && len(rest) > 1 && !strings.HasPrefix(rest[1], "ocidir://") {
		return l.use(registry(rest[1]), n+1, "regctl image "+rest[0], fetchImage)
	}
	return use{}, false
}

func (l *line) pull() (use, bool) {
	name, n, rest := l.sub("Hcl", "--host --context --config --log-level --platform --creds --authfile")
	if name == "image" && len(rest) > 0 {
		name, rest = rest[0], rest[1:]
	}
	if name != "pull" || len(rest) == 0 {
		return use{}, false
	}
	for _, transport := range []string{"dir:", "docker-archive:", "oci-archive:", "oci:", "docker-daemon:", "containers-storage:"} {
		if strings.HasPrefix(rest[0], transport) {
			return use{}, false
		}
	}
	return l.use(registry(strings.TrimPrefix(rest[0], "docker://")), n, l.cmdName()+" pull", fetchImage)
}

func (l *line) helm() (use, bool) {
	const valued = "--namespace --kube-context --kubeconfig --registry-config --repository-cache --repository-config --set --set-string --set-file --set-json --values " +
		"--version --destination --untardir --repo --username --password --ca-file --cert-file --key-file --kube-version --api-versions --output-dir --show-only " +
		"--name-template --post-renderer --app-version --keyring --key --timeout --description"
	name, n, rest := l.sub("nfdoas", valued)
	chart := func(i int) string {
		if i < len(rest) {
			return rest[i]
		}
		return ""
	}
	isRemote := func(chart string) bool {
		return strings.HasPrefix(chart, "oci://") && registry(strings.TrimPrefix(chart, "oci://")) != local ||
			strings.HasPrefix(chart, "http") && address(chart) == remote
	}
	switch name {
	case "pull", "fetch":
		if chart(0) != "" && !strings.HasPrefix(chart(0), "./") && !strings.HasPrefix(chart(0), "/") && !isLocalRegistry(chart(0)) {
			return use{n, "helm " + name, fetchChart, strings.HasPrefix(chart(0), "$")}, true
		}
	case "repo":
		if chart(0) == "update" || chart(0) == "up" || chart(0) == "add" && address(chart(2)) != local {
			return use{n + 1, "helm repo " + chart(0), fetchChart, false}, true
		}
	case "dependency", "dep", "dependencies":
		if sub := chart(0); (sub == "update" || sub == "up" || sub == "build") && !l.localChart(chart(1)) {
			return use{n + 1, "helm " + name + " " + sub, fetchChart, false}, true
		}
	case "template", "show", "inspect", "lint", "install", "upgrade":
		for i, a := range l.args {
			if repo, ok := strings.CutPrefix(a, "--repo="); ok && address(repo) != local || a == "--repo" && i+1 < len(l.args) && address(l.args[i+1]) != local {
				return use{n, "helm " + name + " --repo", fetchChart, false}, true
			}
		}
		if slices.ContainsFunc(rest, isRemote) {
			return use{n, "helm " + name, fetchChart, false}, true
		}
		if l.has("--dependency-update") && !l.localChart(chart(1)) {
			return use{n, "helm " + name + " --dependency-update", fetchChart, false}, true
		}
	}
	return use{}, false
}

func isLocalRegistry(chart string) bool {
	ref, ok := strings.CutPrefix(chart, "oci://")
	return ok && registry(ref) == local
}

// localArgs reports whether there are operands, all of which are files.
func localArgs(ops []string) bool {
	for _, o := range ops {
		switch {
		case o == "." || o == ".." || strings.HasPrefix(o, "./") || strings.HasPrefix(o, "../") || strings.HasPrefix(o, "/") || strings.HasPrefix(o, "file:"):
		case strings.HasPrefix(o, "$") && !isName(o) || strings.HasPrefix(o, ".["):
		case strings.HasSuffix(o, ".whl") || strings.HasSuffix(o, ".tgz") || strings.HasSuffix(o, ".tar.gz") || strings.HasSuffix(o, ".gem"):
			if address(o) == remote && strings.Contains(o, "://") {
				return false
			}
		default:
			return false
		}
	}
	return len(ops) > 0
}

// prepared are signs that a derivation has brought the packages of a tool with it.
var prepared = map[string][]string{
	"npm":   {"npmConfigHook", "npmDeps", "npm_config_offline", "offline true", "importNpmLock", "buildNpmPackage", "npm_config_cache", "npm config set cache", "nodeModules", "node_modules"},
	"pnpm":  {"pnpmDeps", "configHook", "ConfigHook", "offline true", "fetchDeps"},
	"yarn":  {"offlineCache", "OfflineCache", "yarnConfigHook", "offline-mirror", "yarn_offline", "missingHashes", "yarnBerryConfigHook", "fetchYarnDeps", "enableNetwork"},
	"bun":   {"bunDeps", "bun2nix"},
	"pip":   {"PIP_NO_INDEX", "PIP_FIND_LINKS", "no-index"},
	"go":    {"GOPROXY=off", "GOPROXY=file", "-mod=vendor", `GOPROXY = "off"`, `GOPROXY = "file`, "buildGoModule", "buildGoPackage", "goModules", "vendorHash"},
	"cargo": {"CARGO_NET_OFFLINE", "cargoSetupHook", "cargoDeps", "importCargoLock", "buildRustPackage", "cargoVendorDir", "vendored", "craneLib", "crane", "replace-with"},
	"mix":   {"mixFodDeps", "HEX_OFFLINE", "mixNixDeps", "mixRelease", "fetchMixDeps"},
}

func (l *line) npm() (use, bool) {
	tool := l.cmdName()
	name, n, rest := l.sub("C", "--prefix --cache --registry --dir --filter --loglevel --cwd --omit --reporter --cache-folder --network-timeout --modules-folder")
	if l.has("--offline", "--version", "-v", "--help", "-h", "--frozen-cache", "--immutable-cache", "--cached", "--package-lock-only") || l.mentions(prepared[tool]...) {
		return use{}, false
	}
	instead := fetchNode
	what := tool
	if name != "" {
		what += " " + name
	}
	switch name {
	case "":
		if tool != "yarn" {
			return use{}, false
		}
		what = "yarn"
	case "install", "i", "ci", "add", "dlx", "fetch", "up", "update", "clean-install":
		if tool == "npm" && (name == "fetch" || name == "up" || name == "dlx") || localArgs(rest) {
			return use{}, false
		}
		if name == "fetch" && tool != "pnpm" {
			return use{}, false
		}
	default:
		return use{}, false
	}
	return use{n, what, instead, false}, true
}

func (l *line) npx() (use, bool) {
	if l.has("-y", "--yes") && !l.has("--offline", "--no-install") {
		return use{0, "npx", fetchNode, false}, true
	}
	return use{}, false
}

func (l *line) pip() (use, bool) {
	name, n, _ := l.sub("", "--cache-dir --log --proxy --python")
	return l.installs(name, n, l.cmdName())
}

// installs tells of pip behind its subcommand.
func (l *line) installs(name string, n int, what string) (use, bool) {
	if name != "install" && name != "download" && name != "wheel" || l.has("--no-index", "--help") || l.mentions(prepared["pip"]...) {
		return use{}, false
	}
	ops := after(l.operands("tdwfceip", "--target --prefix --root --dest --wheel-dir --find-links --constraint --cache-dir --index-url --extra-index-url --platform --python-version "+
		"--log --no-binary --only-binary --config-settings --editable"), name)
	from := false // a list of packages
	for _, a := range l.args {
		from = from || a == "-r" || a == "--requirement" || strings.HasPrefix(a, "--requirement=") || strings.HasPrefix(a, "-r") && len(a) > 2
	}
	if !from && (len(ops) == 0 || localArgs(ops)) {
		return use{}, false
	}
	return use{n, what + " " + name, fetchPip, false}, true
}

func (l *line) python() (use, bool) {
	i := slices.Index(l.args, "-m")
	if i < 0 || i+2 >= len(l.args) || l.args[i+1] != "pip" && l.args[i+1] != "pip3" {
		return use{}, false
	}
	k := i + 2
	for k < len(l.args) && strings.HasPrefix(l.args[k], "-") {
		k++
	}
	if k >= len(l.args) {
		return use{}, false
	}
	return l.installs(l.args[k], k+1, "pip")
}

func (l *line) uv() (use, bool) {
	name, n, rest := l.sub("", "--project --directory --python --cache-dir")
	if l.has("--offline", "--no-index") || l.mentions("UV_OFFLINE", "UV_NO_INDEX") {
		return use{}, false
	}
	switch {
	case name == "pip" && len(rest) > 1 && rest[0] == "install" && !localArgs(rest[1:]):
		return use{n + 1, "uv pip install", fetchPip, false}, true
	case name == "sync":
		return use{n, "uv sync", fetchPip, false}, true
	}
	return use{}, false
}

func (l *line) poetry() (use, bool) {
	name, n, _ := l.sub("", "--directory -C")
	if name == "install" || name == "add" || name == "update" {
		return use{n, "poetry " + name, fetchPip, false}, true
	}
	return use{}, false
}

func (l *line) golang() (use, bool) {
	name, n, rest := l.sub("C", "")
	if l.mentions(prepared["go"]...) {
		return use{}, false
	}
	versioned := slices.ContainsFunc(rest, func(o string) bool { return strings.Contains(o, "@") && strings.Contains(o, ".") })
	switch {
	case name == "mod" && len(rest) > 0 && (rest[0] == "download" || rest[0] == "tidy" || rest[0] == "vendor"):
		return use{n + 1, "go mod " + rest[0], fetchGo, false}, true
	case name == "get" && len(rest) > 0 && !localArgs(rest), (name == "install" || name == "run") && versioned:
		return use{n, "go " + name, fetchGo, false}, true
	}
	return use{}, false
}

func (l *line) cargo() (use, bool) {
	name, n, rest := l.sub("", "--manifest-path --target --root --color --config")
	if l.has("--offline", "--frozen", "--path", "--version", "-V", "--help") || l.mentions(prepared["cargo"]...) {
		return use{}, false
	}
	switch name {
	case "fetch", "update", "vendor":
		return use{n, "cargo " + name, fetchCargo, false}, true
	case "install", "add", "search":
		if len(rest) > 0 {
			return use{n, "cargo " + name, fetchCargo, false}, true
		}
	}
	return use{}, false
}

func (l *line) mix() (use, bool) {
	name, n, _ := l.sub("", "--only --target")
	if (name == "deps.get" || name == "deps.update" || name == "local.hex" || name == "local.rebar") && !l.mentions(prepared["mix"]...) {
		return use{n, "mix " + name, "`mixRelease` with `fetchMixDeps`", false}, true
	}
	return use{}, false
}

func (l *line) system() (use, bool) {
	name, n, _ := l.sub("ocX", "--root --repository")
	if slices.Contains([]string{"update", "install", "upgrade", "dist-upgrade", "add"}, name) && !l.has("--no-network", "--no-download") {
		return use{n, l.cmdName() + " " + name, "packages of nixpkgs, or `pkgs.fetchurl` for each archive", false}, true
	}
	return use{}, false
}

func (l *line) bundle() (use, bool) {
	tool := l.cmdName()
	name, n, rest := l.sub("", "--path --jobs --gemfile --install-dir --version -v -i")
	if l.has("--local", "--help") || tool == "gem" && (name != "install" || localArgs(rest) || len(rest) == 0) || tool == "bundle" && name != "install" && name != "update" {
		return use{}, false
	}
	return use{n, tool + " " + name, "`bundlerEnv` with `gemset.nix`", false}, true
}

func (l *line) composer() (use, bool) {
	name, n, _ := l.sub("d", "--working-dir")
	if (name == "install" || name == "update" || name == "require") && !l.mentions("COMPOSER_DISABLE_NETWORK", "composerRepository", "composerVendor", "COMPOSER_CACHE_DIR") {
		return use{n, "composer " + name, "`php.buildComposerProject2` with `vendorHash`", false}, true
	}
	return use{}, false
}

func (l *line) index() (use, bool) {
	name, n, _ := l.sub("", "")
	if name == "update" || l.cmdName() == "opam" && name == "init" && !l.has("--bare") {
		return use{n, l.cmdName() + " " + name, fetchFixed, false}, true
	}
	return use{}, false
}

func (l *line) terraform() (use, bool) {
	name, n, _ := l.sub("", "")
	if name == "init" && !l.has("-plugin-dir") && !l.mentions("plugin-dir", "withPlugins", "TF_CLI_CONFIG_FILE") {
		return use{n, "terraform init", "`pkgs.terraform.withPlugins`", false}, true
	}
	return use{}, false
}

func (l *line) mvn() (use, bool) {
	for i, a := range l.args {
		if (a == "dependency:go-offline" || a == "dependency:resolve" || a == "dependency:get") && !l.has("-o", "--offline") {
			return use{i + 1, "mvn " + a, "`maven.buildMavenPackage` with `mvnHash`", false}, true
		}
	}
	return use{}, false
}

func (l *line) deno() (use, bool) {
	name, n, _ := l.sub("", "")
	if (name == "cache" || name == "install") && !l.has("--cached-only", "--no-remote") {
		return use{n, "deno " + name, fetchFixed, false}, true
	}
	return use{}, false
}
