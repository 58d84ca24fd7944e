package module

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// effects are options whose definition alone changes the system.
var effects = strings.Fields(`environment.systemPackages environment.defaultPackages environment.x11Packages environment.etc
	environment.variables environment.sessionVariables environment.shellInit environment.loginShellInit
	environment.interactiveShellInit environment.extraInit environment.shellAliases environment.pathsToLink
	home.packages home.file home.sessionVariables home.sessionPath home.activation home.shellAliases
	xdg.configFile xdg.dataFile xdg.desktopEntries user.packages users.users users.groups users.extraUsers
	users.extraGroups fonts.packages fonts.fonts
	networking.firewall networking.hosts networking.extraHosts networking.nftables
	systemd.services systemd.sockets systemd.timers systemd.paths systemd.mounts systemd.automounts systemd.tmpfiles
	systemd.user systemd.packages systemd.targets launchd.daemons launchd.agents launchd.user init.services
	boot.kernelModules boot.kernelParams boot.extraModulePackages boot.kernel boot.initrd boot.kernelPackages
	boot.extraModprobeConfig boot.blacklistedKernelModules boot.supportedFilesystems
	security.wrappers security.sudo security.pam security.polkit
	services.udev.packages services.udev.extraRules services.dbus.packages services.cron.systemCronJobs
	system.activationScripts system.userActivationScripts system.activation hardware.firmware hardware.opengl
	hardware.graphics homebrew.casks homebrew.brews`)

// takesEffect reports whether a definition changes the system: by an option that does so by itself, or by turning
// something on.
func (g *Guards) takesEffect(path []string, value ast.Node) bool {
	v := g.written(value)
	if isDefault(v) {
		return false
	}
	name := strings.Join(path, ".")
	for _, e := range effects {
		if strings.HasPrefix(name, e) && (len(name) == len(e) || name[len(e)] == '.') {
			switch {
			case conditionalHead(v):
				return false
			case strings.HasPrefix(e, "systemd.") && e != "systemd.tmpfiles" && e != "systemd.packages":
				return strings.Contains(v.Text(), "wantedBy") || strings.Contains(v.Text(), "WantedBy") || strings.Contains(name, "antedBy")
			case things[e] && len(name) > len(e) && !v.Is(ast.AttrSet):
				return true // the file, user or variable is there, whatever it holds
			}
			return g.filled(v)
		}
		// A set around it: networking = { firewall = { … }; }.
		if strings.HasPrefix(e, name+".") {
			found := false
			eachInside(v, func(inner []string, value ast.Node) bool {
				found = found || g.takesEffect(append(slices.Clone(path), inner...), value)
				return !found
			})
			if found {
				return true
			}
		}
	}
	return g.turnsOn(path, v, 0)
}

// things are the effects whose names are things that come to be.
var things = map[string]bool{
	"environment.etc": true, "environment.variables": true, "environment.sessionVariables": true, "home.file": true,
	"home.sessionVariables": true, "home.activation": true, "xdg.configFile": true, "xdg.dataFile": true, "users.users": true,
	"users.groups": true, "system.activationScripts": true, "system.activation": true, "security.wrappers": true,
}

// conditionalHead reports whether a value as a whole stands under a condition.
func conditionalHead(v ast.Node) bool {
	if v.Is(ast.If) {
		return true
	}
	fn, _ := ast.Call(v)
	return v.IsCall() && conditions[ast.LastName(fn)]
}

// written leaves parentheses, let and with, and follows names to what a let binds to them, and conditions that hold by the defaults of
// the module's options to what stands under them.
func (g *Guards) written(v ast.Node) ast.Node {
	for i := 0; i < 8; i++ {
		v = v.Tail()
		if under := g.chosen(v); under.IsValid() {
			v = under
			continue
		}
		if !v.Is(ast.Ident) {
			break
		}
		b := g.module.Names().Resolve(v)
		if b == nil || b.Kind != sema.LetBinding || b.More || !b.Value.IsValid() {
			break
		}
		v = b.Value
	}
	return v
}

// chosen returns what stands under the condition of mkIf and its kin, or in the branch of an if, that counts by the defaults of the
// module's options; invalid where that is not known.
func (g *Guards) chosen(v ast.Node) ast.Node {
	switch {
	case v.Is(ast.If):
		switch g.atDefaults(v.FirstChild()) {
		case holds:
			return v.Child(1)
		case fails:
			return v.Child(2)
		}
	case v.IsCall():
		fn, args := ast.Call(v)
		if len(args) != 2 {
			break
		}
		switch ast.LastName(fn) {
		case "mkIf", "optionals", "optionalAttrs", "optionalString":
			if g.atDefaults(args[0]) == holds {
				return args[1]
			}
		}
	}
	return ast.Node{}
}

// isDefault reports whether a value gives way to any other.
func isDefault(v ast.Node) bool {
	if !v.IsCall() {
		return false
	}
	fn, _ := ast.Call(v)
	name := ast.LastName(fn)
	return name == "mkDefault" || name == "mkOptionDefault" || name == "mkOverride"
}

// filled reports whether a value is written out and not empty. A value that is computed from options may be
// empty as long as nobody sets them.
func (g *Guards) filled(v ast.Node) bool { return g.filledTo(v, 8) }

func (g *Guards) filledTo(v ast.Node, depth int) bool {
	if depth == 0 {
		return false
	}
	v = g.written(v)
	switch v.Form() {
	case ast.List:
		return v.FirstChild().IsValid()
	case ast.AttrSet:
		some := false
		eachInside(v, func(_ []string, value ast.Node) bool {
			some = some || g.filledTo(value, depth-1)
			return !some
		})
		return some || !v.FirstChild().IsValid()
	case ast.String, ast.IndString, ast.Path, ast.Int:
		return true
	case ast.Ident:
		return v.Text() == "true"
	case ast.Binary:
		return v.Op() == ast.OpConcat && (g.filledTo(v.Child(0), depth-1) || g.filledTo(v.Child(1), depth-1))
	case ast.Apply:
		fn, args := ast.Call(v)
		name := ast.LastName(fn)
		switch {
		case name == "optional" && len(args) == 2:
			return g.atDefaults(args[0]) == holds
		case name == "mkForce" || name == "mkBefore" || name == "mkAfter" || name == "singleton",
			strings.Contains(strings.ToLower(name), "entry") || name == "stringAfter":
			return g.filledTo(args[len(args)-1], depth-1)
		}
	}
	return false
}

// turnsOn reports whether a definition sets the enable of something to true.
func (g *Guards) turnsOn(path []string, v ast.Node, depth int) bool {
	v = g.written(v)
	if path[len(path)-1] == "enable" || path[len(path)-1] == "enabled" {
		if v.IsCall() {
			fn, args := ast.Call(v)
			return ast.LastName(fn) == "mkForce" && args[len(args)-1].Unparen().Text() == "true"
		}
		return len(path) > 1 && v.Is(ast.Ident) && v.Text() == "true"
	}
	if isEnabled(g, v) {
		return true
	}
	if v.Is(ast.Lambda) && path[0] == "home-manager" {
		v = g.written(ast.LambdaExpr{Node: v}.Body()) // a module for a user
	}
	on := false
	if depth < 3 {
		eachInside(v, func(inner []string, value ast.Node) bool {
			on = on || g.turnsOn(append(slices.Clone(path), inner...), value, depth+1)
			return !on
		})
	}
	return on
}

// isEnabled reports whether a value is called enabled, as collections of modules name { enable = true; }.
func isEnabled(g *Guards, v ast.Node) bool {
	if ast.LastName(v) != "enabled" {
		return false
	}
	b := g.module.Names().Resolve(v)
	return v.Is(ast.Select) && g.module.ConfigPath(v) == nil || v.Is(ast.Ident) && (b == nil || b.Kind == sema.LetBinding)
}

// eachInside yields the attributes of a set literal until the function returns false.
func eachInside(v ast.Node, yield func(path []string, value ast.Node) bool) {
	if !v.Is(ast.AttrSet) {
		return
	}
	for c := range v.Children() {
		b, ok := ast.AsBinding(c)
		if !ok {
			continue
		}
		path := b.Attrpath().Names()
		if len(path) > 0 && !yield(path, b.Value()) {
			return
		}
	}
}
