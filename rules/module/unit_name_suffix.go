package module

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unit-name-suffix", Family: family, Since: "0.1.0",
	Summary: "The name of a unit has a suffix where none belongs, or none where one does",
	Doc: "`systemd.services.web` makes the unit `web.service`: `systemd.services.\"web.service\"` makes `web.service.service`. Where units\n" +
		"refer to each other the suffix belongs to the name: `after = [ \"network\" ]` is refused by NixOS, and ignored by systemd in\n" +
		"a unit of home-manager's.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.Binding},
	Node: func(p *rules.Pass, n ast.Node) {
		b := ast.BindingNode{Node: n}
		if n.HasError() || !mayHoldUnits(p) {
			return
		}
		parts := b.Attrpath().Parts()
		for i, part := range parts {
			if part.Is(ast.String) {
				suffixOfKey(p, b, parts, i)
			}
		}
		switch last := b.Attrpath().LastName(); {
		case refersToUnits[last]:
			suffixesOfList(p, b, last)
		case refersToOne[last] != nil:
			suffixOfOne(p, b, last)
		}
	},
})

// suffixOfKey reports the name of a unit that has the suffix of its kind.
func suffixOfKey(p *rules.Pass, b ast.BindingNode, parts []ast.Node, i int) {
	name, ok := ast.AttrName(parts[i])
	if !ok || !hasUnitSuffix(name) {
		return
	}
	path := pathAround(b)
	path = path[:len(path)-len(parts)+i+1]
	u, ok := unitAt(path)
	if !ok || len(u.rest) > 0 {
		return
	}
	suffix := "." + unitKinds[u.kind]
	if !strings.HasSuffix(name, suffix) {
		return
	}
	bare := strings.TrimSuffix(name, suffix)
	p.Report(diag.Finding{
		Span:    parts[i].Span(),
		Message: fmt.Sprintf("%s makes the unit %s", diag.Code(u.kind+"."+ast.QuoteAttr(name)), diag.Code(name+suffix)),
		Help:    "leave the suffix out",
		Fixes:   []diag.Fix{rules.Replace("leave the suffix out", diag.Unsafe, parts[i].Span(), ast.QuoteAttr(bare))},
	})
}

// refersToUnits are the settings whose values are names of units, of NixOS and of systemd.
var refersToUnits = set(`after before wants requires requisite bindsTo partOf upholds conflicts wantedBy requiredBy upheldBy onFailure onSuccess
	After Before Wants Requires Requisite BindsTo PartOf Upholds Conflicts WantedBy RequiredBy UpheldBy OnFailure OnSuccess`)

// refersToOne are the keys whose values are the name of one unit, by the sections that have them.
var refersToOne = map[string]map[string]bool{
	"Unit": set("timerConfig Timer pathConfig Path"), "Service": set("socketConfig Socket"), "Slice": set("serviceConfig Service"),
}

// suffixOfOne reports a name without suffix in a key that takes one.
func suffixOfOne(p *rules.Pass, b ast.BindingNode, key string) {
	path := pathAround(b)
	if len(path) < 2 || !refersToOne[key][path[len(path)-2]] {
		return
	}
	if u, ok := unitAround(p.Names(), b); ok && (strings.HasSuffix(path[len(path)-2], "Config") || u.user) {
		eachCommand(p.Names(), b.Value(), func(n ast.Node) {
			if b.Value().Encloses(n) { // what a let holds may be the name of something else, too
				lacksSuffix(p, n, false)
			}
		}, 4)
	}
}

// lacksSuffix reports a text that has no suffix of a unit's name. One with a specifier of systemd's may have it all the same, but NixOS looks at the text.
func lacksSuffix(p *rules.Pass, n ast.Node, refused bool) {
	if !n.Is(ast.String) && !n.Is(ast.IndString) {
		return
	}
	text, _, ok := commandText(n)
	if !ok || text == "" || strings.ContainsAny(text, " \n") || strings.HasSuffix(text, string(rune(hole))) || hasUnitSuffix(text) || !refused && strings.ContainsRune(text, '%') {
		return
	}
	f := diag.Finding{Span: n.Span(), Message: diag.Code(strings.ReplaceAll(text, string(rune(hole)), "…")) + " lacks the suffix of a unit's name"}
	if refused {
		f.Severity = diag.Error
		f.Message += ": NixOS refuses it"
	}
	if full := knownUnits[text]; full != "" {
		f.Help = "did you mean " + diag.Code(full) + "?"
		f.Fixes = []diag.Fix{rules.Replace("write "+diag.Code(full), diag.Unsafe, n.Span(), ast.QuoteString(full))}
	} else {
		f.Help = "write it with `.service`, `.target` or what the unit is"
	}
	p.Report(f)
}

func suffixesOfList(p *rules.Pass, b ast.BindingNode, key string) {
	u, ok := unitAround(p.Names(), b)
	nixos := key[0] >= 'a'
	switch {
	case !ok || nixos && len(u.rest) != 1 || !nixos && len(u.rest) != 2:
		return
	case !nixos && u.rest[0] != "Unit" && u.rest[0] != "Install" && u.rest[0] != "unitConfig":
		return
	}
	check := func(n ast.Node) { lacksSuffix(p, n, nixos) }
	if text := b.Value().Tail(); !nixos && text.Is(ast.String) { // systemd splits it at blanks
		if names, constant := ast.StringValue(text); constant && strings.Contains(names, " ") {
			for _, name := range strings.Fields(names) {
				if !hasUnitSuffix(name) && !strings.ContainsRune(name, '%') {
					p.Report(diag.Finding{Span: text.Span(), Message: diag.Code(name) + " lacks the suffix of a unit's name", Help: "write it with `.service`, `.target` or what the unit is"})
					return
				}
			}
			return
		}
		check(text)
		return
	}
	var walk func(n ast.Node, depth int)
	walk = func(n ast.Node, depth int) {
		switch n = n.Tail(); {
		case depth == 0:
		case n.Is(ast.List):
			for c := range n.Children() {
				check(c.Unparen())
			}
		case n.Is(ast.Binary) && n.Op() == ast.OpConcat:
			walk(n.Child(0), depth-1)
			walk(n.Child(1), depth-1)
		case n.Is(ast.Apply):
			fn, args := ast.Call(n)
			if name := ast.LastName(fn); propertyArity[name] == len(args) && name != "" && name != "mkMerge" || (name == "optionals" && len(args) == 2) {
				walk(args[len(args)-1], depth-1)
			} else if name == "optional" && len(args) == 2 {
				check(args[1].Unparen())
			}
		}
	}
	walk(b.Value(), 8)
}

// knownUnits are units that are often named without their suffix (systemd.special(7)).
var knownUnits = func() map[string]string {
	known := map[string]string{}
	for _, name := range strings.Fields(`network.target network-online.target network-pre.target multi-user.target graphical.target
		graphical-session.target graphical-session-pre.target default.target basic.target sysinit.target local-fs.target remote-fs.target timers.target
		sockets.target paths.target shutdown.target sleep.target suspend.target hibernate.target nss-lookup.target time-sync.target getty.target
		rescue.target emergency.target dbus.service sshd.service nginx.service docker.service postgresql.service systemd-networkd.service
		systemd-resolved.service NetworkManager.service display-manager.service`) {
		known[name[:strings.LastIndexByte(name, '.')]] = name
	}
	return known
}()
