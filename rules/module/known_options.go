package module

import (
	"strings"

	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
)

// knownOptions are options that most configurations define, with their types: on each line a type, a colon, and paths in which * stands
// for any name. Where NixOS and nix-darwin differ, or versions of them, it is a type that accepts what either does; facts:
// nixos/modules of nixpkgs 21.11 to 25.05, modules of nix-darwin and of home-manager.
const knownOptions = `
listOf port: networking.firewall.allowedTCPPorts networking.firewall.allowedUDPPorts networking.firewall.interfaces.*.allowedTCPPorts
listOf port: networking.firewall.interfaces.*.allowedUDPPorts services.openssh.ports
listOf attrsOf port: networking.firewall.allowedTCPPortRanges networking.firewall.allowedUDPPortRanges
bool: networking.firewall.enable networking.firewall.allowPing networking.networkmanager.enable networking.enableIPv6 networking.useDHCP
bool: users.mutableUsers users.users.*.isNormalUser users.users.*.isSystemUser users.users.*.createHome
bool: boot.loader.systemd-boot.enable boot.loader.efi.canTouchEfiVariables boot.loader.grub.enable
bool: virtualisation.docker.enable security.sudo.wheelNeedsPassword security.rtkit.enable zramSwap.enable
bool: nix.gc.automatic nix.optimise.automatic nixpkgs.config.allowUnfree
bool: services.nginx.enable services.nginx.virtualHosts.*.forceSSL services.nginx.virtualHosts.*.enableACME services.xserver.enable
bool: services.printing.enable services.fwupd.enable services.pipewire.enable services.postgresql.enable
bool: fileSystems.*.neededForBoot
nullOr bool: services.openssh.enable services.openssh.settings.PasswordAuthentication nix.settings.auto-optimise-store
str: home.stateVersion home.username i18n.defaultLocale boot.loader.grub.device
nullOr str: networking.hostName networking.domain networking.hostId time.timeZone users.users.*.group users.users.*.description
nullOr str: users.users.*.hashedPassword users.users.*.initialPassword services.openssh.settings.PermitRootLogin
nullOr str: services.nginx.virtualHosts.*.locations.*.proxyPass fileSystems.*.device fileSystems.*.fsType security.acme.defaults.email
either int str: system.stateVersion
nullOr int: users.users.*.uid users.groups.*.gid boot.loader.timeout boot.loader.systemd-boot.configurationLimit
int: zramSwap.memoryPercent
either bool str: nix.settings.sandbox
either int str: nix.settings.max-jobs
listOf str: networking.nameservers networking.firewall.trustedInterfaces users.users.*.extraGroups users.groups.*.members
listOf str: users.users.*.openssh.authorizedKeys.keys boot.kernelParams
listOf str: services.nginx.virtualHosts.*.serverAliases fileSystems.*.options i18n.supportedLocales
listOf str: systemd.services.*.wantedBy systemd.services.*.requiredBy systemd.services.*.after systemd.services.*.before systemd.services.*.wants
listOf str: systemd.services.*.requires systemd.services.*.partOf systemd.services.*.bindsTo
listOf str: systemd.timers.*.wantedBy systemd.sockets.*.wantedBy systemd.user.services.*.wantedBy systemd.user.timers.*.wantedBy
listOf package: environment.systemPackages home.packages users.users.*.packages fonts.packages
`

// knownOption is one of them.
type knownOption struct {
	path []string
	typ  module.Type
}

// optionsBegin are the known options by the first name of their path.
var optionsBegin = func() map[string][]knownOption {
	out := map[string][]knownOption{}
	for line := range strings.Lines(strings.TrimSpace(knownOptions)) {
		text, paths, _ := strings.Cut(line, ":")
		t, _ := typeOfWords(strings.Fields(text))
		for path := range strings.FieldsSeq(paths) {
			names := strings.Split(path, ".")
			out[names[0]] = append(out[names[0]], knownOption{names, t})
		}
	}
	return out
}()

// typeOfWords reads a type as it is written in Nix, without parentheses.
func typeOfWords(words []string) (t module.Type, rest []string) {
	t.Name, rest = words[0], words[1:]
	parts := 0
	switch t.Name {
	case "listOf", "attrsOf", "nullOr":
		parts = 1
	case "either":
		parts = 2
	}
	for range parts {
		var of module.Type
		of, rest = typeOfWords(rest)
		t.Of = append(t.Of, of)
	}
	return t, rest
}

// knownOptionAt returns the known option that a path is, or leads into.
func knownOptionAt(path []string) (answer project.OptionAnswer, ok bool) {
	if len(path) == 0 {
		return answer, false
	}
	for _, o := range optionsBegin[path[0]] {
		if len(o.path) > len(path) {
			continue
		}
		same := true
		for i, name := range o.path {
			same = same && (name == "*" || name == path[i])
		}
		if same {
			return project.OptionAnswer{
				Verdict: project.OptionExists, At: len(o.path), Declared: []project.DeclaredOption{{How: module.ByOption, Type: o.typ}},
			}, true
		}
	}
	return answer, false
}

// refusedElement returns the first element of a list that the type of its elements refuses.
func refusedElement(t *module.Type, v module.Value) (e module.Value, of *module.Type, ok bool) {
	if t.Name != "listOf" && t.Name != "nonEmptyListOf" || len(t.Of) != 1 || v.Kinds != eval.List {
		return e, nil, false
	}
	for _, e := range v.Elements {
		if !t.Of[0].Accepts(e) {
			return e, &t.Of[0], true
		}
	}
	return e, nil, false
}
