package ci

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/shell"
)

// nixPrograms are the commands that take flake references, beside those that start with "nix"; `use flake` is direnv's.
var nixPrograms = []string{
	"use", "use_flake",
	"home-manager", "darwin-rebuild", "system-manager", "colmena", "deploy", "devenv", "nh", "nom", "nom-build", "nom-shell", "om", "disko", "disko-install",
	"attic", "cachix", "devour-flake", "omnix",
}

func isNix(name string) bool {
	return strings.HasPrefix(name, "nix") || slices.Contains(nixPrograms, name)
}

// A program says how a program that runs Nix takes flake references, as far as that differs from nix and nixos-rebuild.
type program struct {
	flake  []string // options whose value is a reference, beside --flake
	values []string // options with a value, beside those of nix
	flags  []string // options without a value, though nix has some with one of the same name

	plain    bool     // plain arguments are references
	commands []string // one of which the first plain argument is; otherwise none is a reference
	words    []string // plain arguments before the references
	one      bool     // only the first one is a reference
	legacy   []string // options with which plain arguments are attributes of a file or an expression

	here  bool // without a reference it takes the flake of the folder
	wraps bool // it builds another flake, which has this one as an input: that is the one whose inputs are overridden
}

// programs are read off the programs' own parsers: nh's args.rs, deploy-rs' cli.rs and settings.rs, omnix' run.rs and build.rs,
// the scripts of nixos-anywhere, disko and nix-on-droid, the help of nix-fast-build.
var programs = map[string]program{
	"nh": {
		plain: true, one: true, commands: []string{"os", "home", "darwin"},
		words: []string{"switch", "boot", "test", "build", "build-vm", "build-image", "repl"}, legacy: []string{"-f", "--file", "-E", "--expr"},
		values: []string{
			"-H", "--hostname", "-c", "--configuration", "-s", "--specialisation", "-o", "--out-link", "-d", "--diff", "-b", "--backup-extension",
			"--target-host", "--build-host", "-U", "--update-input", "--image-variant",
		},
		flags: []string{"-k", "-t"},
	},
	"deploy": {
		plain: true, here: true,
		values: []string{
			"--hostname", "--ssh-user", "--profile-user", "--ssh-opts", "--auto-rollback", "--magic-rollback", "--confirm-timeout", "--activation-timeout",
			"--temp-path", "--rollback-succeeded", "--log-dir", "-r", "--result-path", "--sudo",
		},
		flags: []string{"-k"}, legacy: []string{"-f", "--file"},
	},
	"om": omnix, "omnix": omnix,
	"nixci":          {plain: true, one: true, words: []string{"build"}, values: []string{"--systems", "--build-systems"}, here: true, wraps: true},
	"devour-flake":   {plain: true, one: true, wraps: true},
	"use_flake":      {plain: true, one: true, here: true},
	"colmena":        {flake: []string{"-f"}},
	"nixos-anywhere": {flake: []string{"-f"}},
	"nix-fast-build": {flake: []string{"-f"}, legacy: []string{"--file", "-A", "--attr"}, here: true},
	"disko":          {flake: []string{"-f"}},
	"disko-install":  {flake: []string{"-f"}},
	"nix-on-droid":   {flake: []string{"-F"}},
}

var omnix = program{
	plain: true, one: true, commands: []string{"ci", "show", "run", "develop", "health"}, words: []string{"run", "gh-matrix"},
	values: []string{"--systems", "--on", "--results"}, here: true, wraps: true,
}

// valuesOf is how many words follow an option of nix that takes some; none of them is a reference to what is built.
var valuesOf = map[string]int{
	"--apply": 1, "--arg": 2, "--arg-from-file": 2, "--argstr": 2, "--builders": 1, "--cores": 1, "--eval-store": 1,
	"--experimental-features": 1, "--extra-experimental-features": 1, "--extra-substituters": 1, "--extra-trusted-public-keys": 1,
	"--from": 1, "--include": 1, "-I": 1, "--keep": 1, "-k": 1, "--log-format": 1, "--max-jobs": 1, "-j": 1, "--name": 1,
	"--option": 2, "--out-link": 1, "-o": 1, "--output-lock-file": 1, "--override-flake": 2, "--phase": 1, "--profile": 1,
	"--redirect": 2, "--reference-lock-file": 1, "--store": 1, "--substituters": 1, "--system": 1, "--template": 1, "-t": 1, "--to": 1,
	"--unset": 1, "-u": 1,
}

// valuesOf returns how many words follow an option of the program that are no references.
func (c *call) valuesOf(option string) int {
	switch p := programs[c.name]; {
	case slices.Contains(p.values, option):
		return 1
	case slices.Contains(p.flags, option):
		return 0
	}
	return valuesOf[option]
}

// plainReferences returns which of the plain arguments of a program are references.
func (p *program) plainReferences(plain []shell.Word) []shell.Word {
	if len(p.commands) > 0 {
		if len(plain) == 0 || !slices.Contains(p.commands, plain[0].Text) {
			return nil
		}
		plain = plain[1:]
	}
	if len(plain) > 0 && slices.Contains(p.words, plain[0].Text) {
		plain = plain[1:]
	}
	if p.one && len(plain) > 1 {
		plain = plain[:1]
	}
	return plain
}

// takesFolder reports whether a program without a reference takes the flake of the folder.
func (c *call) takesFolder() bool {
	p := programs[c.name]
	_, legacy := c.has(p.legacy...)
	return p.here && !legacy
}

// behindDashes reports whether an argument stands behind `--`.
func (c *call) behindDashes(i int) bool {
	return slices.ContainsFunc(c.args[:i], func(w shell.Word) bool { return w.Text == "--" })
}
