package sandbox

import "strings"

// A tool is a program that a script may call by its bare name.
type tool struct {
	// packages of nixpkgs have it; the first one is proposed.
	packages []string
	// special is set where machines do not have it without being told to.
	special bool
}

func special(packages ...string) tool { return tool{packages, true} }
func common(packages ...string) tool  { return tool{packages, false} }

// tools are programs that no unit of systemd has in its PATH by itself (NixOS, systemd-lib.nix: coreutils, findutils, gnugrep,
// gnused, systemd), with the packages that have them.
var tools = map[string]tool{
	"gum": special("gum"), "yq": special("yq-go", "yq"), "jq": special("jq"), "helm": special("kubernetes-helm"), "kubectl": special("kubectl", "k3s", "kubernetes", "rke2"),
	"skopeo": special("skopeo"), "crane": special("crane", "go-containerregistry"), "kustomize": special("kustomize", "kustomize_4"), "crictl": special("cri-tools", "k3s", "rke2"),
	"ctr": special("containerd", "k3s"), "oras": special("oras"), "regctl": special("regctl", "regclient"), "cosign": special("cosign"), "k3s": special("k3s"),
	"helmfile": special("helmfile", "helmfile-wrapped"), "flux": special("fluxcd"), "argocd": special("argocd"), "k9s": special("k9s"), "dialog": special("dialog"),
	"whiptail": special("newt"), "fzf": special("fzf"), "xmlstarlet": special("xmlstarlet"), "sops": special("sops"), "age": special("age", "rage"), "rclone": special("rclone"),
	"restic": special("restic"), "terraform": special("terraform", "opentofu"), "tofu": special("opentofu"), "ansible": special("ansible"), "vault": special("vault"),
	"etcdctl": special("etcd"), "nerdctl": special("nerdctl"), "buildah": special("buildah"), "zarf": special("zarf"), "dasel": special("dasel"), "gomplate": special("gomplate"),
	"xorriso": special("xorriso"), "qemu-img": special("qemu", "qemu-utils", "qemu_kvm"), "mc": special("minio-client", "mc"), "aws": special("awscli2", "awscli"),
	"curl": common("curl"), "wget": common("wget"), "git": common("git"), "awk": common("gawk"), "gawk": common("gawk"), "ip": common("iproute2", "iproute"), "ss": common("iproute2"),
	"ping": common("iputils"), "lsblk": common("util-linux"), "blkid": common("util-linux"), "findmnt": common("util-linux"), "mount": common("util-linux", "mount"),
	"umount": common("util-linux", "umount"), "flock": common("util-linux"), "ps": common("procps", "ps"), "pgrep": common("procps"), "pkill": common("procps"), "tar": common("gnutar"),
	"gzip": common("gzip"), "gunzip": common("gzip"), "zstd": common("zstd"), "xz": common("xz"), "unzip": common("unzip"), "zip": common("zip"), "openssl": common("openssl"),
	"ssh": common("openssh"), "scp": common("openssh"), "ssh-keygen": common("openssh"), "rsync": common("rsync"), "nix": common("nix", "lix"), "python3": common("python3"),
	"perl": common("perl"), "psql": common("postgresql"), "sqlite3": common("sqlite"), "docker": common("docker"), "podman": common("podman"), "cryptsetup": common("cryptsetup"),
	"parted": common("parted"), "sgdisk": common("gptfdisk"), "mkfs.ext4": common("e2fsprogs"), "mkfs.vfat": common("dosfstools"), "iptables": common("iptables", "nftables"),
	"nft": common("nftables"), "wg": common("wireguard-tools"), "dig": common("dnsutils", "bind"), "nc": common("netcat", "libressl"), "socat": common("socat"), "diff": common("diffutils"),
	"patch": common("gnupatch", "patch"), "envsubst": common("gettext", "envsubst"), "gpg": common("gnupg"), "modprobe": common("kmod"), "lsmod": common("kmod"), "ethtool": common("ethtool"),
	"lspci": common("pciutils"), "lsusb": common("usbutils"), "bc": common("bc"), "make": common("gnumake"), "file": common("file"), "less": common("less"), "hostname": common("hostname", "inetutils", "nettools"),
}

// several are packages that have very many programs.
var several = []string{"busybox", "toybox", "system-path", "uutils", "buildEnv"}

// provides reports whether a package has a program: by its name, or the name with a version.
func (t tool) provides(name, pkg string) bool {
	for _, p := range append(t.packages, name) {
		if pkg == p {
			return true
		}
		rest, ok := strings.CutPrefix(pkg, p)
		if ok && rest != "" && (strings.IndexByte("_-0123456789", rest[0]) >= 0 || strings.HasPrefix(rest, "Minimal") || strings.HasPrefix(rest, "Full") || strings.HasPrefix(rest, "Packages")) {
			return true
		}
	}
	for _, s := range several {
		if strings.HasPrefix(pkg, s) {
			return true
		}
	}
	return false
}
