package secrets

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/secret"
)

// option is an option whose value is a secret.
type option struct {
	// path is that of the option; "*" stands for any name, and "**" for any number of names.
	path []string
	// instead is the option that takes the secret from elsewhere, "" where only files for the environment of the service do.
	instead string
	// hashed is set where the value is the hash of a password, initial where it holds until it is changed.
	hashed, initial bool
}

// options are those of NixOS, nix-darwin, home-manager and of modules that many use. Several paths stand on a line.
var options = func() (out []option) {
	add := func(instead string, paths ...string) {
		for _, path := range paths {
			o := option{path: split(path), instead: instead}
			last := strings.ToLower(o.path[len(o.path)-1])
			o.hashed = strings.Contains(last, "hashed")
			o.initial = strings.HasPrefix(last, "initial")
			out = append(out, o)
		}
	}
	for _, users := range []string{"users.users.*.", "users.extraUsers.*."} {
		add("hashedPasswordFile", users+"password", users+"hashedPassword", users+"initialPassword", users+"initialHashedPassword")
	}
	add("networking.wireless.secretsFile`, with `pskRaw = \"ext:NAME\"", "networking.wireless.networks.*.psk", "networking.wireless.networks.*.pskRaw")
	add("networking.networkmanager.ensureProfiles.environmentFiles`, with `psk = \"$NAME\"", "networking.networkmanager.ensureProfiles.profiles.*.*.psk",
		"networking.networkmanager.ensureProfiles.profiles.*.*.password", "networking.networkmanager.ensureProfiles.profiles.*.*.private-key",
		"networking.networkmanager.ensureProfiles.profiles.*.*.preshared-key")
	add("", "networking.wireless.iwd.networks.*.Security.Passphrase")
	add("privateKeyFile", "networking.wireguard.interfaces.*.privateKey", "networking.wg-quick.interfaces.*.privateKey")
	add("presharedKeyFile", "networking.wireguard.interfaces.*.peers.presharedKey", "networking.wireguard.interfaces.*.peers.*.presharedKey",
		"networking.wg-quick.interfaces.*.peers.presharedKey")
	add("PrivateKeyFile", "systemd.network.netdevs.*.wireguardConfig.PrivateKey")
	add("PresharedKeyFile", "systemd.network.netdevs.*.wireguardPeers.PresharedKey", "systemd.network.netdevs.*.wireguardPeers.wireguardPeerConfig.PresharedKey")
	for _, cluster := range []string{"services.k3s.", "services.rke2."} {
		add("tokenFile", cluster+"token")
		add("agentTokenFile", cluster+"agentToken")
	}
	add("adminpassFile", "services.nextcloud.config.adminpass")
	add("dbpassFile", "services.nextcloud.config.dbpass")
	add("$__file{/run/…}", "services.grafana.settings.**.admin_password", "services.grafana.settings.**.secret_key", "services.grafana.settings.**.password",
		"services.grafana.settings.**.client_secret", "services.grafana.provision.datasources.settings.**.basicAuthPassword", "services.grafana.provision.datasources.settings.**.password")
	add("basicAuthFile", "services.nginx.virtualHosts.*.basicAuth.*", "services.nginx.virtualHosts.*.locations.*.basicAuth.*")
	add("passwordFile", "services.mosquitto.listeners.users.*.password")
	add("hashedPasswordFile", "services.mosquitto.listeners.users.*.hashedPassword")
	add("passCommand", "services.borgbackup.jobs.*.encryption.passphrase")
	add("encryption_passcommand", "services.borgmatic.settings.encryption_passphrase", "services.borgmatic.configurations.*.encryption_passphrase",
		"programs.borgmatic.backups.*.**.encryption_passphrase")
	add("requirePassFile", "services.redis.servers.*.requirePass", "services.redis.requirePass")
	add("masterAuthFile", "services.redis.servers.*.masterAuth")
	add("registration_shared_secret_path", "services.matrix-synapse.settings.registration_shared_secret")
	add("extraConfigFiles", "services.matrix-synapse.settings.**.password", "services.matrix-synapse.settings.**.macaroon_secret_key",
		"services.matrix-synapse.settings.**.form_secret", "services.matrix-synapse.settings.**.turn_shared_secret", "services.matrix-synapse.settings.**.smtp_pass",
		"services.matrix-synapse.settings.**.client_secret")
	add("static-auth-secret-file", "services.coturn.static-auth-secret")
	add("credentialsFile", "services.transmission.settings.rpc-password")
	add("", "services.code-server.hashedPassword")
	add("environmentFile", "services.murmur.password", "services.murmur.registerPassword")
	add("", "services.keycloak.initialAdminPassword")
	add("passwordFile", "services.ddclient.password", "services.gitea.database.password", "services.forgejo.database.password", "services.icecast.admin.password", "services.gammu-smsd.backend.sql.password", "services.openvpn.servers.*.authUserPass.password")
	add("password_cmd", "services.spotifyd.settings.**.password")
	add("password_file", "services.prometheus.**.basic_auth.password", "services.prometheus.**.bearer_token", "services.prometheus.**.credentials",
		"services.vmagent.**.basic_auth.password")
	add("rootCredentialsFile", "services.minio.secretKey")
	add("environmentFile", "services.searx.settings.server.secret_key", "services.searxng.settings.server.secret_key", "services.paperless.settings.PAPERLESS_SECRET_KEY",
		"services.paperless.settings.PAPERLESS_ADMIN_PASSWORD", "services.paperless.extraConfig.PAPERLESS_SECRET_KEY", "services.hedgedoc.settings.**.sessionSecret",
		"services.vaultwarden.config.ADMIN_TOKEN", "services.vaultwarden.config.SMTP_PASSWORD", "services.vaultwarden.config.adminToken", "services.vaultwarden.config.smtpPassword")
	add("adminCredentialsFile", "services.miniflux.config.ADMIN_PASSWORD")
	add("keyFile", "services.oauth2-proxy.clientSecret", "services.oauth2-proxy.cookie.secret", "services.oauth2_proxy.clientSecret", "services.oauth2_proxy.cookie.secret")
	add("client_secret_path", "services.headscale.settings.oidc.client_secret")
	add("passwordeval", "programs.msmtp.accounts.*.password", "programs.msmtp.defaults.password")
	add("passwordCommand", "accounts.email.accounts.*.password", "accounts.calendar.accounts.*.remote.password", "accounts.contact.accounts.*.remote.password")
	add("authPassFile", "services.ssmtp.authPass", "networking.defaultMailServer.authPass")
	add("hashedPasswordFile", "mailserver.loginAccounts.*.hashedPassword", "mailserver.accounts.*.hashedPassword")
	add("passwordFile", "boot.loader.grub.users.*.password")
	add("hashedPasswordFile", "boot.loader.grub.users.*.hashedPassword")
	add("tokenFile", "services.gitea-actions-runner.instances.*.token")
	add("wpaPasswordFile", "services.hostapd.radios.*.networks.*.authentication.wpaPassword", "services.hostapd.wpaPassphrase")
	add("saePasswordsFile", "services.hostapd.radios.*.networks.*.authentication.saePasswords.password")
	add("environment.LLDAP_JWT_SECRET_FILE", "services.lldap.settings.jwt_secret")
	add("environment.LLDAP_LDAP_USER_PASS_FILE", "services.lldap.settings.ldap_user_pass")
	add("guiPasswordFile", "services.syncthing.settings.gui.password")
	add("extraConfigFiles", "services.couchdb.adminPass")
	add("olcRootPW.path", "services.openldap.settings.**.olcRootPW")
	add("", "services.rabbitmq.configItems.default_pass")
	return out
}()

func split(path string) []string { return strings.Split(path, ".") }

// matches reports whether a path ends in the option, from the start of the pattern on: what stands before is of a flake or a configuration
// in a configuration.
func (o *option) matches(path []string) bool {
	for start := range path {
		if path[start] == o.path[0] && fits(path[start:], o.path) {
			return true
		}
	}
	return false
}

func fits(path, pattern []string) bool {
	for i, want := range pattern {
		if want == "**" {
			for skip := i; skip < len(path); skip++ {
				if fits(path[skip:], pattern[i+1:]) {
					return true
				}
			}
			return false
		}
		if i >= len(path) || want != "*" && path[i] != want {
			return false
		}
	}
	return len(path) == len(pattern)
}

// optionNames are the last names in the table; "*" is one, for which basicAuth stands.
var optionNames = func() map[string]bool {
	names := map[string]bool{}
	for _, o := range options {
		names[o.path[len(o.path)-1]] = true
	}
	return names
}()

// settings are attributes below which modules take the settings of a program as it names them.
var settings = []string{"settings", "config", "extraConfig", "configuration", "serverConfig", "serverProperties", "extraSettings"}

// secretOption tells which option takes a secret a path is; ok is false where it is none.
func secretOption(path []string) (o option, ok bool) {
	if len(path) == 0 {
		return o, false
	}
	last := path[len(path)-1]
	if optionNames[last] || len(path) > 2 && path[len(path)-2] == "basicAuth" {
		for i := range options {
			if options[i].matches(path) {
				return options[i], true
			}
		}
	}
	at := slices.Index(path, "services")
	if at < 0 || len(path) < at+4 || !secret.IsName(last) {
		return o, false
	}
	below := path[at+2 : len(path)-1]
	if !slices.ContainsFunc(settings, func(s string) bool { return slices.Contains(below, s) }) {
		return o, false
	}
	return option{path: path}, true
}

// severity is that of a finding about the option.
func (o *option) severity() diag.Severity {
	if o.hashed || o.initial {
		return diag.Info
	}
	return diag.Warning
}
