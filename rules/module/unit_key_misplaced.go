package module

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unit-key-misplaced", Family: family, Since: "0.1.0",
	Summary: "A setting of a unit stands where another kind of setting belongs",
	Doc: "NixOS has options of its own for units, in lower case: `wantedBy`, `after`, `description`, `script`. What systemd calls\n" +
		"by its own names, in upper case, stands in `serviceConfig`, `unitConfig`, `timerConfig` and so on. An upper-case key beside the\n" +
		"options is an option that does not exist; an option's name in `serviceConfig` becomes a key that systemd ignores, so\n" +
		"that a service with `serviceConfig.wantedBy` is never started.\n" +
		"\n" +
		"home-manager writes units as systemd does: `Unit`, `Service` and `Install`, with systemd's keys in them.",
	Severity: diag.Error, Presets: rules.Recommended,
	On: []ast.Kind{ast.Binding},
	Node: func(p *rules.Pass, n ast.Node) {
		b := ast.BindingNode{Node: n}
		if n.HasError() || !mayHoldUnits(p) || !mayBeMisplaced(b) {
			return
		}
		path := pathAround(b)
		u, ok := unitAt(path)
		if !ok || len(u.rest) == 0 {
			return
		}
		misplaced(p, b, u, path)
	},
})

// mayBeMisplaced reports whether the last name of a path is one that may stand at the wrong place.
func mayBeMisplaced(b ast.BindingNode) bool {
	name := b.Attrpath().LastName()
	if name == "" {
		return false
	}
	for _, part := range b.Attrpath().Names() {
		if isUnitOption[part] || part != "" && part[0] >= 'A' && part[0] <= 'Z' {
			return true
		}
	}
	return false
}

// sectionOf names the section of NixOS' units that a key belongs to, or "".
func sectionOf(kind, key string) string {
	own := map[string]string{"services": "serviceConfig", "timers": "timerConfig", "sockets": "socketConfig", "paths": "pathConfig", "slices": "sliceConfig"}[kind]
	switch {
	case own != "" && unitSections[own].has[key]:
		return own
	case unitSections["unitConfig"].has[key]:
		return "unitConfig"
	case unitSections["Install"].has[key]:
		return "Install"
	}
	return ""
}

func misplaced(p *rules.Pass, b ast.BindingNode, u unitPlace, path []string) {
	own := b.Attrpath().Parts()
	at := func(i int) ast.Node { // element i of the rest, if the binding has it
		if j := len(own) - len(u.rest) + i; j >= 0 && j < len(own) {
			return own[j]
		}
		return ast.Node{}
	}
	first := u.rest[0]
	home := homeSections[first]
	switch {
	case at(0).IsValid() && !home && first != "" && first[0] >= 'A' && first[0] <= 'Z':
		section := sectionOf(u.kind, first)
		if section == "" {
			return
		}
		help := "put it into " + diag.Code(section)
		if lower := strings.ToLower(first[:1]) + first[1:]; section == "Install" || isUnitOption[lower] {
			help = "use " + diag.Code(lower)
		}
		if u.user && section != "Install" {
			help += ", or into the section of that unit in home-manager"
		}
		p.Report(diag.Finding{Span: at(0).Span(), Message: fmt.Sprintf("%s is a key of systemd's, and no option of the unit", diag.Code(first)), Help: help})
	case at(0).IsValid() && home && !u.user:
		p.Report(diag.Finding{
			Span:    at(0).Span(),
			Message: fmt.Sprintf("%s is a section of home-manager's units: NixOS has no such option", diag.Code(first)),
			Help:    "use " + diag.Code(nixosSection(first)),
		})
	case at(0).IsValid() && u.user && isUnitOption[first] && first != "enable" && ofHome(path):
		p.Report(diag.Finding{
			Span:    at(0).Span(),
			Message: fmt.Sprintf("%s is an option of NixOS' units: home-manager writes units by systemd's own sections", diag.Code(first)),
			Help:    "use `Unit`, `Service` and `Install`",
		})
	case len(u.rest) == 2 && at(1).IsValid() && strings.HasSuffix(first, "Config") && unitSections[first] != nil:
		inSection(p, at(1), u, first, u.rest[1])
	}
}

// ofHome reports whether a path leads into a user of home-manager.
func ofHome(path []string) bool {
	for i, name := range path {
		if name == "home-manager" && i+1 < len(path) && path[i+1] == "users" {
			return true
		}
	}
	return false
}

// homeSections are the sections of units as systemd, and so home-manager, calls them.
var homeSections = set("Unit Service Install Timer Socket Path Slice Mount Automount")

// nixosSection returns what NixOS calls a section of home-manager's units.
func nixosSection(name string) string {
	if name == "Install" {
		return "wantedBy"
	}
	return strings.ToLower(name[:1]) + name[1:] + "Config"
}

// inSection reports a key in a section that belongs to another one, or that is an option of NixOS.
func inSection(p *rules.Pass, at ast.Node, u unitPlace, section, key string) {
	if key == "" || unitSections[section].has[key] {
		return
	}
	f := diag.Finding{Span: at.Span(), Severity: diag.Warning, Message: fmt.Sprintf("%s in %s is no key of that section: systemd ignores it", diag.Code(key), diag.Code(section))}
	switch {
	case isUnitOption[key]:
		f.Help = diag.Code(key) + " is an option of the unit: put it beside " + diag.Code(section)
	case unitSections["Install"].has[key]:
		f.Help = "use " + diag.Code(strings.ToLower(key[:1])+key[1:]) + " beside " + diag.Code(section)
	default:
		other := sectionOf(u.kind, key)
		if other == "" || other == section {
			return
		}
		f.Help = "put it into " + diag.Code(other)
	}
	p.Report(f)
}
