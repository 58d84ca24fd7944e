package modsys

// Class is the module system's class of a module, as _class names it; empty where it is not known.
type Class string

// The classes that can be told apart.
const (
	NixOS       Class = "nixos"
	HomeManager Class = "homeManager"
	Darwin      Class = "darwin"
	Nixvim      Class = "nixvim"
	FlakeParts  Class = "flake"
)

// ClassNamed returns the class that _class names, or "".
func ClassNamed(name string) Class {
	switch c := Class(name); c {
	case NixOS, HomeManager, Darwin, Nixvim, FlakeParts:
		return c
	}
	return ""
}

// marks are options that each module system has, and nothing but it declares.
var marks = map[Class][]string{
	NixOS: {"boot", "kernelPackages"}, HomeManager: {"home", "stateVersion"}, Darwin: {"homebrew", "enable"}, Nixvim: {"extraConfigLua"},
}

// Mark returns an option that tells the module system of a class from all others by being declared; nil where none is known.
func (c Class) Mark() []string { return marks[c] }

// Namespace is what is known of the options that share a first name. The zero value is a name of which nothing is known.
type Namespace struct {
	// Class is the class whose modules alone have the name; empty where several have it.
	Class Class
	// Telling is set where NixOS, home-manager or nix-darwin have the name, and little else than a module of theirs would
	// define it.
	Telling bool
	// Groups is set where more than one thing is configured below it, each under a name of its own: services.a, services.b.
	Groups bool
	// Closed is set where all names below it are options of the module system's own, so that no module can stand there.
	// Below services and programs, other module systems have submodules.
	Closed bool
}

var namespaces = map[string]Namespace{
	"boot":            {Class: NixOS, Telling: true, Groups: true, Closed: true},
	"containers":      {Class: NixOS, Telling: true},
	"fileSystems":     {Class: NixOS, Telling: true},
	"hardware":        {Class: NixOS, Telling: true, Groups: true, Closed: true},
	"i18n":            {Class: NixOS, Telling: true},
	"powerManagement": {Class: NixOS, Telling: true},
	"specialisation":  {Class: NixOS, Telling: true},
	"swapDevices":     {Class: NixOS, Telling: true},
	"virtualisation":  {Class: NixOS, Telling: true, Groups: true},
	"zramSwap":        {Class: NixOS, Telling: true},

	"accounts":   {Class: HomeManager, Telling: true},
	"dconf":      {Class: HomeManager, Telling: true},
	"gtk":        {Class: HomeManager, Telling: true},
	"home":       {Class: HomeManager, Telling: true, Groups: true, Closed: true},
	"qt":         {Class: HomeManager, Telling: true},
	"wayland":    {Class: HomeManager, Telling: true},
	"xdg":        {Class: HomeManager, Telling: true, Groups: true, Closed: true},
	"xresources": {Class: HomeManager, Telling: true},
	"xsession":   {Class: HomeManager, Telling: true},

	"homebrew": {Class: Darwin, Telling: true},
	"launchd":  {Class: Darwin, Telling: true, Groups: true},

	"console":       {Telling: true},
	"documentation": {Telling: true},
	"environment":   {Telling: true, Groups: true, Closed: true},
	"fonts":         {Telling: true, Groups: true, Closed: true},
	"networking":    {Telling: true, Groups: true, Closed: true},
	"nix":           {Telling: true, Groups: true, Closed: true},
	"nixpkgs":       {Telling: true},
	"power":         {Telling: true},
	"programs":      {Telling: true, Groups: true},
	"security":      {Telling: true, Groups: true, Closed: true},
	"services":      {Telling: true, Groups: true},
	"sound":         {Telling: true},
	"system":        {Telling: true, Groups: true, Closed: true},
	"systemd":       {Telling: true, Groups: true},
	"time":          {Telling: true},
	"users":         {Telling: true, Groups: true, Closed: true},

	"autoCmd":        {Class: Nixvim},
	"colorschemes":   {Class: Nixvim},
	"extraConfigLua": {Class: Nixvim},
	"extraPlugins":   {Class: Nixvim},
	"keymaps":        {Class: Nixvim},
	"plugins":        {Class: Nixvim},

	"flake":         {Class: FlakeParts},
	"perSystem":     {Class: FlakeParts},
	"systems":       {Class: FlakeParts},
	"transposition": {Class: FlakeParts},

	"init": {Groups: true}, // NixNG
	"user": {Groups: true}, // what many configurations call the options of their one user
}

// NamespaceOf returns what is known of options whose first name is name.
func NamespaceOf(name string) Namespace { return namespaces[name] }

// foreign are first names of options of widely used modules that come from flakes and channels of their own.
var foreign = words(`age agenix sops home-manager stylix disko impermanence catppuccin nixvim nvf jovian microvm lanzaboote nur wsl proxmox
	deployment colmena nixos-shell raspberry-pi raspberry-pi-nix mailserver simple-nixos-mailserver nix-bitcoin musnix chaotic
	snowfallorg flatpak topology garnix vscode-server spicetify lollypops clan hjem maid nix-topology
	assertions warnings meta lib passthru ids location krb5 jobs nixops dysnomia oci ec2 openstack sdImage isoImage image
	perSystem flake systems debug transposition devenv devShells treefmt pre-commit packages apps checks overlays process-compose
	nixosConfig osConfig appstream snapraid docker-containers nesting manual submoduleSupport uninstall news targets specialization
	pam i18n nixosModules homeModules darwinModules testing nodes defaults testScript name enableOCR interactive driver`)

// IsForeign reports whether a first name of options is one of widely used modules, so that a project that declares options
// there adds to those of others.
func IsForeign(name string) bool { return foreign[name] }
